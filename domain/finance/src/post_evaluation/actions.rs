//! What this caller may do with an evaluation now, and if not why. `[ACT-1]`

use super::*;
use utoipa::ToSchema;

/// A named action on an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PostEvaluationActionName)]
pub enum EvaluationAction {
    /// Change what is commissioned.
    Revise,
    /// File the third party's report.
    FileReport,
    /// Send the report back.
    ReturnReport,
    /// Let the report stand.
    AcceptReport,
    /// Give it up.
    Cancel,
}

crate::labels! { EvaluationAction = "PostEvaluationActionName":
    Revise = "revise", "修改委托", "Revise";
    FileReport = "file_report", "提交报告", "File the report";
    ReturnReport = "return_report", "退回报告", "Return the report";
    AcceptReport = "accept_report", "验收报告", "Accept the report";
    Cancel = "cancel", "取消", "Cancel";
}

impl PostEvaluation {
    /// Every action with the refusal it would meet, for a caller who may manage this evaluation. `is_party`: whether
    /// the caller had a part in the spending.
    pub fn actions(&self, is_party: bool) -> impl Iterator<Item = (EvaluationAction, Result<(), Refusal>)> {
        EvaluationAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                EvaluationAction::Revise => self.expect_open(EVALUATION_NOT_CHANGEABLE),
                EvaluationAction::FileReport => self.expect_open(EVALUATION_NOT_OPEN),
                EvaluationAction::ReturnReport => self.filed().map(|_| ()),
                EvaluationAction::AcceptReport => self.acceptable(is_party).map(|_| ()),
                EvaluationAction::Cancel => self.expect_not_ended(),
            };
            (action, allowed)
        })
    }

    pub(super) fn expect_open(&self, code: &'static RefusalCode) -> Result<(), Refusal> {
        if self.status.state().is_open() { Ok(()) } else { Err(self.wrong_state(code)) }
    }

    /// The report that waits to be accepted.
    pub(super) fn filed(&self) -> Result<&EvaluationReport, Refusal> {
        match &self.status {
            EvaluationStatus::ReportFiled { report } => Ok(report),
            _ => Err(self.wrong_state(EVALUATION_NOT_FILED)),
        }
    }

    /// The same, unless the actor had a part in the spending.
    pub(super) fn acceptable(&self, is_party: bool) -> Result<&EvaluationReport, Refusal> {
        let report = self.filed()?;
        if is_party { Err(Refusal::new(EVALUATED_BY_PARTY).citing(rule())) } else { Ok(report) }
    }

    pub(super) fn expect_not_ended(&self) -> Result<(), Refusal> {
        match self.status.state() {
            EvaluationState::Accepted | EvaluationState::Cancelled => Err(self.wrong_state(EVALUATION_ENDED)),
            _ => Ok(()),
        }
    }
}
