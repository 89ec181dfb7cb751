//! Commission that goes with the wages (佣金发放批次): approved statements of a month, taken, acknowledged and confirmed, each
//! once, as the batches of rewards and penalties are. `[COM-11, EXP-10]`

use crate::{
    payroll_batch::{PayrollBatchState, PayrollBatchStatus},
    spine::{Actor, Change, Citation, Entity, Id, Refusal, Timestamp, UserId, Version},
    working_time::Period,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

crate::refusals! { COMMISSION_BATCH_REFUSALS:
    NOTHING_READY = "commission_batch.nothing_ready", Conflict, "{month} 没有已批准而未发放的佣金结算单；结算单批准后再提取", "No approved commission statement of {month} is waiting; take a batch once they are approved";
}

crate::events! { COMMISSION_BATCH_EVENTS:
    COMMISSION_TAKEN = "commission_batch.taken", "佣金发放批次已提取", "A batch of commission was taken";
    COMMISSION_ACKNOWLEDGED = "commission_batch.acknowledged", "佣金发放批次已签收", "A batch of commission was acknowledged";
    COMMISSION_CONFIRMED = "commission_batch.confirmed", "佣金发放批次已确认", "A batch of commission was confirmed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[COMMISSION_BATCH_REFUSALS],
    events: &[COMMISSION_BATCH_EVENTS],
    enums: &[],
};

/// The id of a batch of commission.
pub type CommissionBatchId = Id<CommissionBatch>;

/// What goes with the wages of a month of commission.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CommissionBatch {
    /// Identity.
    pub id: Id<Self>,
    /// The month.
    pub month: Period,
    /// Which batch of the month, from 1.
    pub part: u32,
    /// How many statements it has.
    pub statements: u32,
    /// What they pay, in minor units of the book currency.
    pub total: i64,
    /// Who took it.
    pub taken_by: UserId,
    /// When.
    pub taken_at: Timestamp,
    /// Where it stands.
    pub status: PayrollBatchStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CommissionBatch {
    const KIND: &'static str = "commission_batch";
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

/// The rule that commission goes with the wages by.
const RULE: &str = "COM-11";

impl CommissionBatch {
    /// Takes a batch of a month: so many statements that pay so much.
    ///
    /// # Errors
    /// `commission_batch.nothing_ready`: an empty batch would wait to be confirmed, and what is approved later behind it.
    pub fn take(
        id: Id<Self>,
        (month, part): (Period, u32),
        (statements, total): (u32, i64),
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if statements == 0 {
            let refusal = Refusal::new(NOTHING_READY).with("month", month.to_string());
            return Err(refusal.citing(Citation::rule(RULE)));
        }
        let status = PayrollBatchStatus::Taken {};
        let batch =
            Self { id, month, part, statements, total, taken_by: by.user, taken_at: now, status, version: 0 };
        let facts = batch.facts();
        Ok(Change::created(batch, COMMISSION_TAKEN, facts))
    }

    /// Whether another batch of the month may follow: once this one is confirmed.
    pub const fn is_over(&self) -> bool {
        matches!(self.status.state(), PayrollBatchState::Confirmed)
    }

    /// The payroll says that it has it, under a reference of 1 to 60 characters. Nothing where it said so before.
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
        Ok(Ok(Change::updated(self, after, COMMISSION_ACKNOWLEDGED, facts)))
    }

    /// The payroll says that it went with the wages; its statements are paid in the same unit of work. Nothing where it
    /// said so before.
    ///
    /// # Errors
    /// `payroll_batch.not_acknowledged`.
    pub fn confirm(self, by: &Actor, now: Timestamp) -> Result<Result<Change<Self>, Self>, Refusal> {
        let Some(status) = self.status.confirmed((by, now), RULE)? else { return Ok(Err(self)) };
        let facts = self.facts();
        let after = Self { status, ..self.clone() };
        Ok(Ok(Change::updated(self, after, COMMISSION_CONFIRMED, facts)))
    }

    fn facts(&self) -> Value {
        json!({"month": self.month, "part": self.part, "statements": self.statements, "total_minor": self.total})
    }
}
