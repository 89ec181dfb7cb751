//! What may be done with an appraisal now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::appraisal_period::Stage;

/// A named action on an appraisal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppraisalActionName)]
pub enum AppraisalAction {
    /// Set targets.
    SetTargets,
    /// Exempt the person.
    Exempt,
    /// Change the result.
    Calibrate,
    /// Object to it.
    Object,
    /// Rule on the objection.
    Rule,
    /// Ask to open it again.
    AskToReopen,
    /// Agree to that.
    ApproveReopening,
    /// Refuse that.
    RefuseReopening,
    /// End the revision.
    Conclude,
}

crate::labels! { AppraisalAction = "AppraisalActionName":
    SetTargets = "set_targets", "设定目标", "Set targets";
    Exempt = "exempt", "免予考核", "Exempt";
    Calibrate = "calibrate", "校准", "Calibrate";
    Object = "object", "提出异议", "Object";
    Rule = "rule", "裁定异议", "Rule on the objection";
    AskToReopen = "ask_to_reopen", "申请重新打开", "Ask to reopen";
    ApproveReopening = "approve_reopening", "批准重新打开", "Approve the reopening";
    RefuseReopening = "refuse_reopening", "不批准重新打开", "Refuse the reopening";
    Conclude = "conclude", "修订定档", "Conclude the revision";
}

impl Appraisal {
    /// Every action with the refusal it would meet. `manages` says whether the caller manages appraisals of
    /// the department,
    /// `later` where the revision behind it stands.
    pub fn actions(
        &self,
        period: &AppraisalPeriod,
        manages: bool,
        later: Option<AppraisalState>,
        (by, today): (&Actor, BusinessDate),
    ) -> Vec<(AppraisalAction, Result<(), Refusal>)> {
        let allowed = |action| match action {
            AppraisalAction::SetTargets => {
                period.ensure(Stage::Targets).and_then(|()| self.may_set_targets(manages, by))
            }
            AppraisalAction::Exempt => period.ensure(Stage::Calibration).and_then(|()| self.may_exempt(by)),
            AppraisalAction::Calibrate if self.state == AppraisalState::Reopened => self.may_calibrate(by),
            AppraisalAction::Calibrate => {
                period.ensure(Stage::Calibration).and_then(|()| self.may_calibrate(by))
            }
            AppraisalAction::Object => {
                let until = period.due_on().unwrap_or(today);
                period.ensure(Stage::Published).and_then(|()| self.may_object(until, by, today))
            }
            AppraisalAction::Rule => period.ensure(Stage::Published).and_then(|()| self.may_rule(by)),
            AppraisalAction::AskToReopen => self.may_ask_to_reopen(later, by),
            AppraisalAction::ApproveReopening | AppraisalAction::RefuseReopening => {
                self.may_decide_reopening(by)
            }
            AppraisalAction::Conclude => self.may_conclude(by),
        };
        let needs_more = |action: &AppraisalAction| {
            !matches!(action, AppraisalAction::SetTargets | AppraisalAction::Object)
        };
        let shown = AppraisalAction::ALL.into_iter().filter(|action| manages || !needs_more(action));
        shown.map(|action| (action, allowed(action))).collect()
    }
}
