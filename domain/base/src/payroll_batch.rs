//! Batches of the payroll (工资批次): the rewards and penalties that go with the wages of a month, taken by the
//! payroll, acknowledged and confirmed, each entry once. `[INC-2a, INC-3]`
//!
//! Taking closes the month: what comes later enters the next open one. What of a closed month is confirmed
//! later goes with a further batch. Deliberately not here: the wages themselves.

#[cfg(test)]
mod tests;

use crate::{
    incentive_entry::month::MonthlyTotals,
    spine::{Actor, Change, Citation, Entity, Findings, Id, Refusal, Timestamp, User, Version, wording},
    working_time::{Period, Span},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { PAYROLL_BATCH_REFUSALS:
    NOT_A_MONTH = "payroll_batch.not_a_month", Invalid, "工资批次须指明月份", "A batch of the payroll is of a month";
    MONTH_AHEAD = "payroll_batch.month_ahead", Invalid, "不得提取尚未开始的月份", "A month that has not begun is not taken";
    OF_THE_COMPANY = "payroll_batch.of_the_company", Forbidden, "工资批次涉及全公司，须有全公司范围的权限", "A batch of the payroll concerns the whole company; so must the permission";
    OTHER_REFERENCE = "payroll_batch.other_reference", Conflict, "该批次已以“{reference}”签收", "The batch was acknowledged as \"{reference}\" already";
    NOT_ACKNOWLEDGED = "payroll_batch.not_acknowledged", Conflict, "该批次尚未签收，不能确认发放", "The batch was not acknowledged yet; it cannot be confirmed";
}

crate::events! { PAYROLL_BATCH_EVENTS:
    BATCH_TAKEN = "payroll_batch.taken", "工资批次已提取", "A batch of the payroll was taken";
    BATCH_ACKNOWLEDGED = "payroll_batch.acknowledged", "工资批次已签收", "A batch of the payroll was acknowledged";
    BATCH_CONFIRMED = "payroll_batch.confirmed", "工资批次已确认发放", "A batch of the payroll was confirmed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[PAYROLL_BATCH_REFUSALS],
    events: &[PAYROLL_BATCH_EVENTS],
    enums: &[PayrollBatchState::LABELS],
};

/// That the payroll has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
    /// What the payroll calls it, 1 to 60 characters.
    pub reference: String,
}

/// Where a batch stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PayrollBatchStatus {
    /// Its entries are set apart for the payroll.
    Taken {},
    /// The payroll has it.
    Acknowledged {
        /// How.
        acknowledgement: Acknowledgement,
    },
    /// It went with the wages: its entries are carried out.
    Confirmed {
        /// How it was acknowledged.
        acknowledgement: Acknowledgement,
        /// When it was confirmed.
        at: Timestamp,
        /// By whom.
        by: Id<User>,
    },
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayrollBatchStatus)]
pub enum PayrollBatchState {
    /// Its entries are set apart for the payroll.
    Taken,
    /// The payroll has it.
    Acknowledged,
    /// It went with the wages.
    Confirmed,
}

crate::labels! { PayrollBatchState = "PayrollBatchStatus":
    Taken = "taken", "已提取", "Taken";
    Acknowledged = "acknowledged", "已签收", "Acknowledged";
    Confirmed = "confirmed", "已确认发放", "Confirmed";
}

crate::status! { PayrollBatchStatus as PayrollBatchState: Taken, Acknowledged, Confirmed }

/// What goes with the wages of a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PayrollBatch {
    /// Identity.
    pub id: Id<Self>,
    /// The month.
    pub month: Period,
    /// Which batch of the month, from 1: what was confirmed later goes with a further one.
    pub part: u32,
    /// How many entries it has.
    pub entries: u32,
    /// What they come to.
    pub totals: MonthlyTotals,
    /// Who took it.
    pub taken_by: Id<User>,
    /// When.
    pub taken_at: Timestamp,
    /// Where it stands.
    pub status: PayrollBatchStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for PayrollBatch {
    const KIND: &'static str = "payroll_batch";
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

impl PayrollBatchStatus {
    /// That the payroll has the batch, once it says so.
    pub const fn acknowledgement(&self) -> Option<&Acknowledgement> {
        match self {
            Self::Taken {} => None,
            Self::Acknowledged { acknowledgement } | Self::Confirmed { acknowledgement, .. } => {
                Some(acknowledgement)
            }
        }
    }

    /// When and by whom it was confirmed, once it was.
    pub const fn confirmation(&self) -> Option<(Timestamp, Id<User>)> {
        match self {
            Self::Confirmed { at, by, .. } => Some((*at, *by)),
            _ => None,
        }
    }

    /// The payroll says that it has the batch, under a reference of 1 to 60 characters; none where it said so before. The
    /// rule is what a refusal cites: other wings hand over batches of their own in the same way.
    ///
    /// # Errors
    /// `payroll_batch.other_reference`; a reference that is empty or too long.
    pub fn acknowledged(
        &self,
        reference: String,
        (by, now): (&Actor, Timestamp),
        rule: &str,
    ) -> Result<Option<Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 60);
        findings.into_result()?;
        match self.acknowledgement().map(|known| known.reference.as_str()) {
            Some(known) if known == reference => Ok(None),
            Some(known) => {
                Err(Refusal::new(OTHER_REFERENCE).citing(Citation::rule(rule)).with("reference", known))
            }
            None => {
                let acknowledgement = Acknowledgement { at: now, by: by.user, reference };
                Ok(Some(Self::Acknowledged { acknowledgement }))
            }
        }
    }

    /// The payroll says that the batch went with the wages; none where it said so before.
    ///
    /// # Errors
    /// `payroll_batch.not_acknowledged`.
    pub fn confirmed(&self, (by, now): (&Actor, Timestamp), rule: &str) -> Result<Option<Self>, Refusal> {
        match self {
            Self::Taken {} => Err(Refusal::new(NOT_ACKNOWLEDGED).citing(Citation::rule(rule))),
            Self::Confirmed { .. } => Ok(None),
            Self::Acknowledged { acknowledgement } => {
                let acknowledgement = acknowledgement.clone();
                Ok(Some(Self::Confirmed { acknowledgement, at: now, by: by.user }))
            }
        }
    }
}

/// The rule that the payroll's batches of rewards and penalties are taken by.
const RULE: &str = "INC-3";

impl PayrollBatch {
    /// What its entries say of it: `2026-05`, `2026-05-2`.
    pub fn name(&self) -> String {
        if self.part == 1 { self.month.to_string() } else { format!("{}-{}", self.month, self.part) }
    }

    /// Whether a month may be taken in another one: it must have begun.
    ///
    /// # Errors
    /// `payroll_batch.not_a_month`, `payroll_batch.month_ahead`.
    pub fn check_month(month: Period, present: Period) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        if month.span() != Span::Month {
            findings.add("/month", NOT_A_MONTH);
        } else if month.first() > present.first() {
            findings.add("/month", MONTH_AHEAD);
        }
        findings.into_result()
    }

    /// Takes a batch of a month: so many entries that come to so much.
    pub fn take(
        id: Id<Self>,
        (month, part): (Period, u32),
        (entries, totals): (u32, MonthlyTotals),
        by: &Actor,
        now: Timestamp,
    ) -> Change<Self> {
        let batch = Self {
            id,
            month,
            part,
            entries,
            totals,
            taken_by: by.user,
            taken_at: now,
            status: PayrollBatchStatus::Taken {},
            version: 0,
        };
        let facts = batch.facts();
        Change::created(batch, BATCH_TAKEN, facts)
    }

    /// The payroll says that it has it, under a reference of 1 to 60 characters. Nothing where it said so
    /// before.
    ///
    /// # Errors
    /// `payroll_batch.other_reference`; a reference that is empty or too long.
    pub fn acknowledge(
        self,
        reference: String,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Result<Change<Self>, Self>, Refusal> {
        let Some(status) = self.status.acknowledged(reference.clone(), (by, now), RULE)? else {
            return Ok(Err(self));
        };
        let mut facts = self.facts();
        facts["reference"] = json!(reference);
        let after = Self { status, ..self.clone() };
        Ok(Ok(Change::updated(self, after, BATCH_ACKNOWLEDGED, facts)))
    }

    /// The payroll says that it went with the wages. Nothing where it said so before. Its entries are carried
    /// out in the same unit of work.
    ///
    /// # Errors
    /// `payroll_batch.not_acknowledged`.
    pub fn confirm(self, by: &Actor, now: Timestamp) -> Result<Result<Change<Self>, Self>, Refusal> {
        let Some(status) = self.status.confirmed((by, now), RULE)? else { return Ok(Err(self)) };
        let facts = self.facts();
        let after = Self { status, ..self.clone() };
        Ok(Ok(Change::updated(self, after, BATCH_CONFIRMED, facts)))
    }

    fn facts(&self) -> Value {
        json!({"month": self.month, "part": self.part, "entries": self.entries})
    }
}

/// Refuses whoever does not answer for the whole company.
///
/// # Errors
/// `payroll_batch.of_the_company`.
pub fn ensure_of_the_company(reaches_all: bool) -> Result<(), Refusal> {
    if reaches_all { Ok(()) } else { Err(Refusal::new(OF_THE_COMPANY).citing(Citation::rule(RULE))) }
}
