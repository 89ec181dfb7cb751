//! What may be done with a period of appraisal now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::{AppraisalPeriod, NOT_OVER, Outstanding, Stage, refused};
use crate::spine::{BusinessDate, Refusal};

crate::actions! {
    /// A named action on a period of appraisal.
    pub PeriodAction as AppraisalPeriodActionName:
    Advance = "advance", "进入下一阶段", "Go on to the next stage", ManageAppraisals;
    Score = "score", "计分", "Score", ManageAppraisals;
    Distribute = "distribute", "强制分布", "Distribute grades", ManageAppraisals;
}

impl AppraisalPeriod {
    /// Whether an action is allowed now. Whether a cohort is large enough is seen when it is distributed.
    ///
    /// # Errors
    /// What the action would be refused with.
    pub fn may(
        &self,
        action: PeriodAction,
        outstanding: Outstanding,
        today: BusinessDate,
    ) -> Result<(), Refusal> {
        match action {
            PeriodAction::Advance => self.may_advance(outstanding, today).map(drop),
            PeriodAction::Score => self.may_score(today),
            PeriodAction::Distribute => self.may_distribute(),
        }
    }

    /// Whether the grades of a cohort may be distributed.
    ///
    /// # Errors
    /// `appraisal_period.wrong_stage`, `appraisal_period.pass_under_way`.
    pub fn may_distribute(&self) -> Result<(), Refusal> {
        self.ensure(Stage::Calibration)?;
        self.ensure_at_rest()
    }

    /// Whether it may be scored.
    ///
    /// # Errors
    /// `appraisal_period.wrong_stage`, `appraisal_period.not_over`, `appraisal_period.pass_under_way`.
    pub fn may_score(&self, today: BusinessDate) -> Result<(), Refusal> {
        self.ensure(Stage::Calibration)?;
        if self.period.last() >= today {
            return Err(refused(NOT_OVER).with("period", self.period.to_string()));
        }
        self.ensure_at_rest()
    }
}
