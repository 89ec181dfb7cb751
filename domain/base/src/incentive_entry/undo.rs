//! An entry is taken back: cancelled before it counts, countered by one other entry afterwards. `[INC-2a,
//! DUT-2d]`

use super::{
    COUNTER_STAYS, Confirmation, ENTRY_CANCELLED, ENTRY_CONFIRMED, ENTRY_NOT_CANCELLABLE,
    ENTRY_NOT_REVERSIBLE, ENTRY_REVERSED, IncentiveEntry, IncentiveStatus, NOT_A_MONTH, OWN_ENTRY,
    UndoGround, Undone, refused,
};
use crate::{
    approval::check_reason,
    spine::{Actor, Change, Id, Refusal, Timestamp},
    working_time::{Period, Span},
};
use serde_json::json;

/// What a counter-entry is made with.
#[derive(Clone, Debug)]
pub struct Counter {
    /// Identity.
    pub id: Id<IncentiveEntry>,
    /// The number, from the counter of its year.
    pub number: String,
    /// The open month it counts in.
    pub month: Period,
}

impl IncentiveEntry {
    /// Takes it back by rule, since what gave rise to it was waived, excused or done in time after all: what
    /// is cancelled before it counts; the entry and then its counter-entry afterwards; nothing where it was
    /// taken back before, however often it is asked.
    ///
    /// # Errors
    /// `incentive_entry.counter_stays`; `incentive_entry.not_a_month`.
    pub fn undo(
        self,
        ground: UndoGround,
        counter: Counter,
        now: Timestamp,
    ) -> Result<Vec<Change<Self>>, Refusal> {
        let undone = Undone { at: now, ground, reason: None, by: None };
        match self.status {
            IncentiveStatus::Cancelled { .. } | IncentiveStatus::Reversed { .. } => Ok(Vec::new()),
            IncentiveStatus::Proposed {} | IncentiveStatus::Notified { .. } => {
                Ok(vec![self.cancelled(undone)])
            }
            IncentiveStatus::Confirmed { .. } | IncentiveStatus::Executed { .. } => {
                let (entry, counter) = self.reversed(undone, counter)?;
                Ok(vec![entry, counter])
            }
        }
    }

    /// Cancels it before it counts, for a reason of 1 to 500 characters; one in approval is taken back first.
    ///
    /// # Errors
    /// `incentive_entry.own`, `incentive_entry.not_cancellable`, `incentive_entry.in_approval`; a reason that is missing or too long.
    pub fn cancel(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_not_own(by)?;
        self.ensure_cancellable()?;
        check_reason(&reason)?;
        let by = Some(by.user);
        Ok(self.cancelled(Undone { at: now, ground: UndoGround::Decided, reason: Some(reason), by }))
    }

    /// Takes it back by one counter-entry, for a reason of 1 to 500 characters: the entry, then its
    /// counter-entry.
    ///
    /// # Errors
    /// `incentive_entry.own`, `incentive_entry.not_reversible`, `incentive_entry.counter_stays`,
    /// `incentive_entry.not_a_month`; a reason that is missing or too long.
    pub fn reverse(
        self,
        reason: String,
        counter: Counter,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(Change<Self>, Change<Self>), Refusal> {
        self.ensure_not_own(by)?;
        self.ensure_reversible()?;
        check_reason(&reason)?;
        let by = Some(by.user);
        self.reversed(Undone { at: now, ground: UndoGround::Decided, reason: Some(reason), by }, counter)
    }

    pub(super) fn ensure_not_own(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) { Err(refused(OWN_ENTRY)) } else { Ok(()) }
    }

    pub(super) fn ensure_cancellable(&self) -> Result<(), Refusal> {
        self.ensure_undecided()?;
        self.ensure_not_in_approval()
    }

    pub(super) fn ensure_undecided(&self) -> Result<(), Refusal> {
        match self.status {
            IncentiveStatus::Proposed {} | IncentiveStatus::Notified { .. } => Ok(()),
            _ => Err(self.wrong_state(ENTRY_NOT_CANCELLABLE)),
        }
    }

    pub(super) fn ensure_reversible(&self) -> Result<(), Refusal> {
        match self.status {
            _ if self.counters.is_some() => Err(refused(COUNTER_STAYS)),
            IncentiveStatus::Confirmed { .. } | IncentiveStatus::Executed { .. } => Ok(()),
            _ => Err(self.wrong_state(ENTRY_NOT_REVERSIBLE)),
        }
    }

    pub(super) fn cancelled(self, undone: Undone) -> Change<Self> {
        let mut facts = self.facts();
        facts["ground"] = json!(undone.ground.code());
        let after = Self { status: IncentiveStatus::Cancelled { undone }, ..self.clone() };
        Change::updated(self, after, ENTRY_CANCELLED, facts)
    }

    fn reversed(self, undone: Undone, counter: Counter) -> Result<(Change<Self>, Change<Self>), Refusal> {
        self.ensure_reversible()?;
        let (confirmation, execution) = match self.status.clone() {
            IncentiveStatus::Confirmed { confirmation } => (confirmation, None),
            IncentiveStatus::Executed { confirmation, execution } => (confirmation, Some(execution)),
            _ => return Err(self.wrong_state(ENTRY_NOT_REVERSIBLE)),
        };
        if counter.month.span() != Span::Month {
            return Err(refused(NOT_A_MONTH).at("/month"));
        }
        let countering = self.countered_by(&undone, counter);
        let mut facts = self.facts();
        facts["ground"] = json!(undone.ground.code());
        facts["counter"] = json!(countering.number);
        let status = IncentiveStatus::Reversed { confirmation, execution, undone, counter: countering.id };
        let after = Self { status, ..self.clone() };
        let mut counter_facts = countering.facts();
        counter_facts["counters"] = json!(self.number);
        let entry = Change::updated(self, after, ENTRY_REVERSED, facts);
        Ok((entry, Change::created(countering, ENTRY_CONFIRMED, counter_facts)))
    }

    /// The entry that takes this one back; it counts at once.
    fn countered_by(&self, undone: &Undone, counter: Counter) -> Self {
        let Counter { id, number, month } = counter;
        let confirmation = Confirmation { at: undone.at, by: undone.by, approval: None, ruling: None };
        Self {
            id,
            number,
            month,
            amount: self.amount.negated(),
            uncapped: self.amount.negated(),
            evidence: Vec::new(),
            proposed_by: undone.by,
            proposed_at: undone.at,
            counters: Some(self.id),
            status: IncentiveStatus::Confirmed { confirmation },
            submission: None,
            version: 0,
            ..self.clone()
        }
    }
}
