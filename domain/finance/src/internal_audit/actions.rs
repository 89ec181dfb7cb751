//! What this caller may do with an audit or an item of its sample now, and if not why. `[ACT-1]`

use super::*;
use crate::finance::audit_finding::AuditFinding;

/// A named action on an audit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InternalAuditActionName)]
pub enum AuditAction {
    /// Change the plan.
    Revise,
    /// Begin.
    Start,
    /// Draw a sample.
    Draw,
    /// Take one claim into the sample.
    Pick,
    /// Raise a finding.
    RaiseFinding,
    /// Report it as a whole.
    Report,
    /// End it.
    Close,
    /// Give it up.
    Cancel,
}

crate::labels! { AuditAction = "InternalAuditActionName":
    Revise = "revise", "修改计划", "Revise";
    Start = "start", "开始实施", "Start";
    Draw = "draw", "抽样", "Draw a sample";
    Pick = "pick", "指定样本", "Pick a claim";
    RaiseFinding = "raise_finding", "登记发现", "Raise a finding";
    Report = "report", "提交报告", "Report";
    Close = "close", "结束", "Close";
    Cancel = "cancel", "取消", "Cancel";
}

/// A named action on an item of a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InternalAuditItemActionName)]
pub enum ItemAction {
    /// Conclude on it, or conclude anew.
    Conclude,
}

crate::labels! { ItemAction = "InternalAuditItemActionName":
    Conclude = "conclude", "作出结论", "Conclude";
}

impl InternalAudit {
    /// Every action with the refusal it would meet, for a caller who may conduct this audit.
    pub fn actions(
        &self,
        by: &Actor,
        progress: AuditProgress,
    ) -> impl Iterator<Item = (AuditAction, Result<(), Refusal>)> {
        AuditAction::ALL.into_iter().map(move |action| {
            let allowed = match action {
                AuditAction::Revise | AuditAction::Start => self.ensure_planned(),
                AuditAction::Draw | AuditAction::Pick => {
                    self.ensure_under_way().and_then(|()| progress.ensure_room())
                }
                AuditAction::RaiseFinding => {
                    Auditor::employee_of(by).and_then(|_| AuditFinding::ensure_raisable(self))
                }
                AuditAction::Report => self.ensure_under_way().and_then(|()| progress.ensure_reportable()),
                AuditAction::Close => self
                    .refuse_unless(AuditState::Reported, NOT_REPORTED)
                    .and_then(|()| progress.ensure_mended()),
                AuditAction::Cancel => self.ensure_cancellable(),
            };
            (action, allowed)
        })
    }

    /// Whether it is still being planned.
    pub(super) fn ensure_planned(&self) -> Result<(), Refusal> {
        self.refuse_unless(AuditState::Planned, NOT_PLANNED)
    }

    /// Whether it can be given up.
    pub(super) fn ensure_cancellable(&self) -> Result<(), Refusal> {
        match self.status.state() {
            AuditState::Planned | AuditState::UnderWay => Ok(()),
            _ => Err(self.wrong_state(NOT_CANCELLABLE)),
        }
    }
}

impl AuditItem {
    /// Whether an auditor may conclude on it now.
    pub fn ensure_concludable(&self, audit: &InternalAudit, auditor: &Auditor) -> Result<(), Refusal> {
        audit.ensure_under_way()?;
        auditor.ensure_independent(&self.claim.parties())
    }
}

impl AuditProgress {
    /// Whether the sample can take another item.
    fn ensure_room(self) -> Result<(), Refusal> {
        if usize::try_from(self.items).is_ok_and(|items| items < SAMPLE_MAX) {
            return Ok(());
        }
        Err(Refusal::new(SAMPLE_TOO_LARGE).with("max", SAMPLE_MAX).citing(rule()))
    }

    /// Whether every item is concluded, and every exception has its finding.
    pub(super) fn ensure_reportable(self) -> Result<(), Refusal> {
        let Self { items, items_open, exceptions_without_finding, findings_open: _ } = self;
        let stands_against = [
            (NO_SAMPLE, i64::from(items == 0)),
            (ITEMS_OPEN, items_open),
            (EXCEPTIONS_WITHOUT_FINDING, exceptions_without_finding),
        ];
        match stands_against.into_iter().find(|(_, count)| *count > 0) {
            None => Ok(()),
            Some((code, count)) => Err(Refusal::new(code).with("count", count).citing(rule())),
        }
    }

    /// Whether every finding is mended.
    pub(super) fn ensure_mended(self) -> Result<(), Refusal> {
        if self.findings_open == 0 {
            return Ok(());
        }
        Err(Refusal::new(FINDINGS_OPEN).with("count", self.findings_open).citing(rule()))
    }
}

impl Auditor {
    /// The employee behind an account: nobody else can answer for what an audit finds.
    pub fn employee_of(by: &Actor) -> Result<Id<Employee>, Refusal> {
        by.employee.ok_or_else(|| Refusal::new(AUDITOR_WITHOUT_EMPLOYEE))
    }
}
