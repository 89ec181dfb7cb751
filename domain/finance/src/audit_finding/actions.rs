//! What this caller may do with a finding now, and if not why. `[ACT-1]`

use super::*;
use crate::{finance::internal_audit::AuditState, spine::Permission};

/// A named action on a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFindingActionName)]
pub enum FindingAction {
    /// Change what it says.
    Revise,
    /// Say that it is mended.
    ReportRemediation,
    /// Hand the remediation back.
    RejectRemediation,
    /// Say that it is mended indeed.
    Close,
    /// Take it back.
    Withdraw,
}

crate::labels! { FindingAction = "AuditFindingActionName":
    Revise = "revise", "修改", "Revise";
    ReportRemediation = "report_remediation", "提交整改", "Report remediation";
    RejectRemediation = "reject_remediation", "退回整改", "Reject remediation";
    Close = "close", "验证并关闭", "Verify and close";
    Withdraw = "withdraw", "撤销", "Withdraw";
}

impl FindingAction {
    /// The permission the action's call demands.
    pub const fn permission(self) -> Permission {
        match self {
            Self::ReportRemediation => Permission::RemediateAuditFindings,
            _ => Permission::ConductInternalAudits,
        }
    }
}

impl AuditFinding {
    /// Every action with the refusal it would meet. `is_head`: whether the caller heads the responsible department.
    pub fn actions(
        &self,
        by: &Actor,
        is_head: bool,
    ) -> impl Iterator<Item = (FindingAction, Result<(), Refusal>)> {
        FindingAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                FindingAction::Revise => self.ensure_open(),
                FindingAction::ReportRemediation => {
                    self.ensure_remediable(is_head || by.may(Permission::ConductInternalAudits), by)
                }
                FindingAction::RejectRemediation | FindingAction::Close => {
                    Auditor::employee_of(by).and_then(|auditor| self.to_verify(auditor, by)).map(|_| ())
                }
                FindingAction::Withdraw => {
                    Auditor::employee_of(by).and_then(|auditor| self.ensure_withdrawable(auditor))
                }
            };
            (action, allowed)
        })
    }

    /// Whether findings of an audit can be raised now.
    pub fn ensure_raisable(audit: &InternalAudit) -> Result<(), Refusal> {
        match audit.status.state() {
            AuditState::UnderWay | AuditState::Reported => Ok(()),
            state => Err(Refusal::new(AUDIT_NOT_OPEN).with_label("state", state).citing(rule())),
        }
    }

    pub(super) fn ensure_open(&self) -> Result<(), Refusal> {
        match self.status.state() {
            FindingState::Open => Ok(()),
            _ => Err(self.wrong_state(FINDING_NOT_OPEN)),
        }
    }

    /// Whether it can be reported as mended by this actor. `stands_in`: whether they may for whoever is responsible.
    pub(super) fn ensure_remediable(&self, stands_in: bool, by: &Actor) -> Result<(), Refusal> {
        self.ensure_open()?;
        if stands_in || self.content.responsible.is_some_and(|person| by.is(person)) {
            return Ok(());
        }
        Err(Refusal::new(NOT_RESPONSIBLE).citing(rule()))
    }

    /// The remediation that waits to be verified, by somebody who neither reported nor owes it.
    pub(super) fn to_verify(&self, auditor: Id<Employee>, by: &Actor) -> Result<&Remediation, Refusal> {
        let FindingStatus::RemediationReported { remediation } = &self.status else {
            return Err(self.wrong_state(FINDING_NOT_MENDED));
        };
        if remediation.by == by.user || self.content.responsible == Some(auditor) {
            return Err(Refusal::new(OWN_REMEDIATION).citing(rule()));
        }
        Ok(remediation)
    }

    /// Whether an auditor may take it back: not one who owes its remediation.
    pub(super) fn ensure_withdrawable(&self, auditor: Id<Employee>) -> Result<(), Refusal> {
        if self.status.state().is_ended() {
            return Err(self.wrong_state(FINDING_ENDED));
        }
        if self.content.responsible == Some(auditor) {
            return Err(Refusal::new(OWN_REMEDIATION).citing(rule()));
        }
        Ok(())
    }
}
