//! Instalments (分期应收): what a customer is to pay of a contract or an order, and by when. `[REC-1a, REC-1d; 001 第十七条]`
//!
//! What a document says of its payment becomes instalments once it is approved; they come to exactly what it comes to. What is
//! open of each follows from what the sale comes to and what is received of it: that due first is paid first. Deliberately not
//! here: who is told of what is overdue, which rules of duties say.

/// How long what is open has been overdue.
mod ageing;
/// What is open of each, by what is received of all.
mod spread;
/// What a document says of its payment.
mod terms;

pub use ageing::{AgeingKey, Bucket, buckets, place_of};
pub use spread::{Owed, open_of};
pub use terms::{
    InstalmentTerm, MILESTONES_OF_CONTRACTS, MILESTONES_OF_ORDERS, Milestone, OF_ITS_ORDERS, TERMS_MAX,
    amounts_of, check_days, check_terms,
};

use crate::{
    customer_file::CustomerId,
    sale::Deal,
    spine::{
        BusinessDate, Change, Currency, DepartmentId, EmployeeId, Entity, EventKind, Id, Money, Timestamp,
        Version,
    },
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of an instalment.
pub type InstalmentId = Id<Instalment>;

crate::events! { INSTALMENT_EVENTS:
    PLANNED = "instalment.planned", "分期应收已建立，到期日待定", "An instalment was planned; its day is not known yet";
    SCHEDULED = "instalment.scheduled", "分期应收的到期日已确定", "The day of an instalment was set";
    CHANGED = "instalment.changed", "分期应收的未收金额已变动", "What is open of an instalment changed";
    SETTLED = "instalment.settled", "分期应收已收清", "An instalment was paid";
    REOPENED = "instalment.reopened", "分期应收重新未收", "An instalment is open again";
    PASSED_ON = "instalment.passed_on", "分期应收的催收人可能已变更", "Somebody else may have to collect an instalment";
    DROPPED = "instalment.dropped", "分期应收已取消", "An instalment is not owed any more";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[terms::TERMS_REFUSALS],
    events: &[INSTALMENT_EVENTS],
    enums: &[InstalmentState::LABELS, Milestone::LABELS],
};

/// Where an instalment stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InstalmentStatus)]
pub enum InstalmentState {
    /// What it waits for has not come about; its day is not known.
    Planned,
    /// It is to be paid by its day.
    Open,
    /// Nothing of it is open.
    Settled,
    /// It is not owed any more.
    Dropped,
}

crate::labels! { InstalmentState = "InstalmentStatus":
    Planned = "planned", "待触发", "Planned";
    Open = "open", "待收", "Open";
    Settled = "settled", "已收清", "Settled";
    Dropped = "dropped", "已取消", "Dropped";
}

/// What was added to what is open of an instalment, or taken off it, on a day: append-only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InstalmentEntry {
    /// The business day.
    pub on: BusinessDate,
    /// In minor units of the book currency; below nothing where it was taken off.
    pub amount: i64,
    /// When.
    pub at: Timestamp,
}

/// An instalment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Instalment {
    /// Identity.
    pub id: InstalmentId,
    /// Of what.
    pub deal: Deal,
    /// The number of that contract or order.
    pub number: String,
    /// Its place among those of the same document, from 1 on.
    pub place: u32,
    /// The department of the document.
    pub department: DepartmentId,
    /// Who pays.
    pub customer: CustomerId,
    /// Who drew the document up.
    pub submitter: EmployeeId,
    /// How much it is, in minor units of the book currency.
    pub amount: i64,
    /// What it waits for, and how many days it is due after that; none where its day was said.
    pub after: Option<(Milestone, u32)>,
    /// The day by whose end it is due, once that is known.
    pub due_on: Option<BusinessDate>,
    /// Whether its day called for it while something was open.
    pub is_called: bool,
    /// When it was given up.
    pub dropped_at: Option<Timestamp>,
    /// What is open of it, as it came to be.
    pub entries: Vec<InstalmentEntry>,
    /// Counts its states.
    pub version: Version,
}

/// How many days an instalment that stands so and is due by a day is overdue on another; none where it is not.
pub fn overdue_days(state: InstalmentState, due_on: Option<BusinessDate>, on: BusinessDate) -> Option<i64> {
    let due = due_on.filter(|_| state == InstalmentState::Open)?;
    Some((on - due).num_days()).filter(|days| *days > 0)
}

impl Entity for Instalment {
    const KIND: &'static str = "instalment";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Instalment {
    /// Plans one of which all is open; its day is known where it was said.
    pub fn plan(mut self, (now, today): (Timestamp, BusinessDate)) -> Change<Self> {
        self.entries = vec![InstalmentEntry { on: today, amount: self.amount, at: now }];
        self.is_called = self.due_on.is_some() && self.amount > 0;
        let event = if self.is_called { SCHEDULED } else { PLANNED };
        let facts = self.facts();
        Change::created(self, event, facts)
    }

    /// What is open of it, in minor units.
    pub fn open(&self) -> i64 {
        self.entries.iter().map(|entry| entry.amount).sum()
    }

    /// Where it stands.
    pub fn state(&self) -> InstalmentState {
        match (self.dropped_at, self.open(), self.due_on) {
            (Some(_), ..) => InstalmentState::Dropped,
            (None, 0, _) => InstalmentState::Settled,
            (None, _, None) => InstalmentState::Planned,
            (None, _, Some(_)) => InstalmentState::Open,
        }
    }

    /// How many days it is overdue on a day; none where it is not.
    pub fn overdue_days(&self, on: BusinessDate) -> Option<i64> {
        overdue_days(self.state(), self.due_on, on)
    }

    /// What it waits for came about on a day; nothing where it waits for something else, or its day is known.
    pub fn reached(self, milestone: Milestone, on: BusinessDate) -> Result<Change<Self>, Self> {
        let Some((_, days)) = self.after.filter(|(awaited, _)| *awaited == milestone) else {
            return Err(self);
        };
        if self.due_on.is_some() || self.dropped_at.is_some() {
            return Err(self);
        }
        let due_on = on.checked_add_days(Days::new(days.into())).unwrap_or(BusinessDate::MAX);
        let is_called = self.open() > 0;
        let after = Self { due_on: Some(due_on), is_called, ..self.clone() };
        let event = if is_called { SCHEDULED } else { CHANGED };
        let facts = after.facts();
        Ok(Change::updated(self, after, event, facts))
    }

    /// So much of it is open by now; nothing where that was so before.
    pub fn stand_at(self, open: i64, (now, today): (Timestamp, BusinessDate)) -> Result<Change<Self>, Self> {
        let before = self.open();
        if before == open || self.dropped_at.is_some() {
            return Err(self);
        }
        let mut after = self.clone();
        after.entries.push(InstalmentEntry { on: today, amount: open - before, at: now });
        // Its day may have come while nothing was open: it is asked for now.
        let is_late_call = open > 0 && after.due_on.is_some() && !after.is_called;
        after.is_called |= is_late_call;
        let event: &'static EventKind = match (before, open) {
            (_, 0) => SETTLED,
            _ if is_late_call => SCHEDULED,
            (0, _) => REOPENED,
            _ => CHANGED,
        };
        let facts = after.facts();
        Ok(Change::updated(self, after, event, facts))
    }

    /// It is not owed any more: what it is of came to nothing. Nothing where that was so before.
    pub fn drop_it(self, (now, today): (Timestamp, BusinessDate)) -> Result<Change<Self>, Self> {
        if self.dropped_at.is_some() {
            return Err(self);
        }
        let mut after = Self { dropped_at: Some(now), ..self.clone() };
        let open = self.open();
        if open != 0 {
            after.entries.push(InstalmentEntry { on: today, amount: -open, at: now });
        }
        let facts = after.facts();
        Ok(Change::updated(self, after, DROPPED, facts))
    }

    /// Its customer came to stand otherwise: what is owed of collecting it goes with them. `[REC-1d]`
    pub fn pass_on(self) -> Change<Self> {
        let facts = self.facts();
        Change::updated(self.clone(), self, PASSED_ON, facts)
    }

    fn facts(&self) -> Value {
        let yuan = |minor| Money::from_minor(minor, Currency::Cny);
        json!({"number": self.number, "place": self.place, "customer_id": self.customer,
            "amount": yuan(self.amount), "open": yuan(self.open()), "due_on": self.due_on,
            "status": self.state()})
    }
}
