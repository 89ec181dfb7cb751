//! What may be done with an opportunity now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::{FIRST_STAGE, Opportunity, cite};
use crate::{
    pipeline_terms::PipelineTerms,
    spine::{Actor, Permission, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on an opportunity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OpportunityActionName)]
pub enum OpportunityAction {
    /// Change what it says.
    Revise,
    /// To the next stage.
    Advance,
    /// To an earlier one.
    StepBack,
    /// It is lost.
    Lose,
    /// Take it up again.
    Reopen,
    /// Hand it to somebody else.
    HandOver,
}

crate::labels! { OpportunityAction = "OpportunityActionName":
    Revise = "revise", "修改", "Revise";
    Advance = "advance", "推进", "Advance";
    StepBack = "step_back", "退回上一阶段", "Step back";
    Lose = "lose", "登记丢单", "Lose";
    Reopen = "reopen", "重新打开", "Reopen";
    HandOver = "hand_over", "移交", "Hand over";
}

impl Opportunity {
    /// Every action that is the caller's kind of action, with the refusal it would meet; what the next stage asks for is said
    /// when it is entered.
    pub fn actions(
        &self,
        terms: &PipelineTerms,
        by: &Actor,
    ) -> Vec<(OpportunityAction, Result<(), Refusal>)> {
        let works = by.may(Permission::WorkOpportunities);
        let supervises = by.reach(Permission::SuperviseOpportunities).covers(self.department, false);
        let back = || {
            self.may_work(by)?;
            match terms.stage(&self.stage) {
                Some((0, _)) => Err(cite(Refusal::new(FIRST_STAGE).at("/stage"))),
                _ => Ok(()),
            }
        };
        let allowed = |action| match action {
            OpportunityAction::Revise | OpportunityAction::Lose => works.then(|| self.may_work(by)),
            OpportunityAction::Advance => works.then(|| self.next_stage(terms, by).map(drop)),
            OpportunityAction::StepBack => works.then(back),
            OpportunityAction::Reopen => works.then(|| self.may_reopen(by)),
            OpportunityAction::HandOver => supervises.then(|| self.may_hand_over(by)),
        };
        OpportunityAction::ALL.into_iter().filter_map(|action| Some((action, allowed(action)?))).collect()
    }
}
