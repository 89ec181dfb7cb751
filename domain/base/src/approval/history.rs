//! The history of an approval: append-only, each line with its reason code. `[APR-3]`

use crate::spine::{EmployeeId, Timestamp, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an entry of the history tells. Its name is the reason code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalHistoryKind)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The document was submitted.
    Submitted,
    /// It was submitted again and continues where it was returned.
    ResubmittedContinued,
    /// It was submitted again, and the chain was resolved anew.
    ResubmittedAnew,
    /// A task opened for somebody the chain names.
    TaskOpened,
    /// A task opened for the stand-in of somebody absent.
    TaskOpenedForStandIn,
    /// A task rose to a superior.
    RoseToSuperior,
    /// A task was taken over by the fallback.
    TakenOverByFallback,
    /// A task found nobody who may decide; an overseer must assign it.
    NobodyCanDecide,
    /// An approver agreed.
    Approved,
    /// An approver refused.
    Rejected,
    /// An approver returned it, to the requester or to a passed step.
    Returned,
    /// A step was decided.
    StepDecided,
    /// A step was skipped because the same person decided the one before.
    SkippedSamePerson,
    /// A step's conditions do not hold.
    StepNotApplicable,
    /// The last step agreed.
    Completed,
    /// The submitter withdrew.
    Withdrawn,
    /// What it was about has come to nothing elsewhere.
    FellAway,
    /// An approver took a decision back.
    DecisionTakenBack,
    /// A task was handed over.
    Transferred,
    /// An overseer assigned a task.
    Reassigned,
    /// A task moved because its approver left.
    TransferredApproverLeft,
    /// A task moved because its approver's account was disabled or may decide nothing any more.
    TransferredApproverDisabled,
    /// A task moved because its approver is absent.
    TransferredApproverAbsent,
    /// A task moved because its approver came to stand in for somebody whose document it is.
    TransferredApproverStandsIn,
    /// A task came back because its approver is here again.
    TransferredApproverBack,
    /// An approver was added before the step.
    AddedBefore,
    /// An approver was added after the step.
    AddedAfter,
    /// An approver was added to the step.
    AddedParallel,
    /// An added approver was removed.
    AddedRemoved,
    /// The submitter reminded.
    Reminded,
    /// The time limit reminded.
    TimeLimitReminded,
    /// The time limit brought the task to the superior.
    TimeLimitEscalated,
    /// The time limit passed and nobody is above.
    TimeLimitNobodyAbove,
    /// A comment.
    Commented,
    /// A copy.
    Copied,
    /// The document changed while in approval.
    DocumentChanged,
}

crate::labels! { EntryKind = "ApprovalHistoryKind":
    Submitted = "submitted", "提交", "Submitted";
    ResubmittedContinued = "resubmitted_continued", "重新提交，从退回处继续", "Submitted again, continues where it was returned";
    ResubmittedAnew = "resubmitted_anew", "重新提交，重新走审批链", "Submitted again, chain resolved anew";
    TaskOpened = "task_opened", "待审批", "Task opened";
    TaskOpenedForStandIn = "task_opened_for_stand_in", "由代理人审批", "Task opened for the stand-in";
    RoseToSuperior = "rose_to_superior", "升至上级", "Rose to the superior";
    TakenOverByFallback = "taken_over_by_fallback", "由后备审批人接手", "Taken over by the fallback";
    NobodyCanDecide = "nobody_can_decide", "无人可审批，待改派", "Nobody can decide";
    Approved = "approved", "同意", "Approved";
    Rejected = "rejected", "驳回", "Rejected";
    Returned = "returned", "退回", "Returned";
    StepDecided = "step_decided", "步骤通过", "Step decided";
    SkippedSamePerson = "skipped_same_person", "同一人，跳过", "Skipped: same person";
    StepNotApplicable = "step_not_applicable", "步骤不适用", "Step not applicable";
    Completed = "completed", "审批完成", "Completed";
    Withdrawn = "withdrawn", "撤回", "Withdrawn";
    FellAway = "fell_away", "事由消失，审批终止", "Nothing left to decide";
    DecisionTakenBack = "decision_taken_back", "收回决定", "Decision taken back";
    Transferred = "transferred", "转审", "Transferred";
    Reassigned = "reassigned", "改派", "Reassigned";
    TransferredApproverLeft = "transferred_approver_left", "审批人离职，转交", "Moved: the approver left";
    TransferredApproverDisabled = "transferred_approver_disabled", "审批人账号停用或无审批权限，转交", "Moved: the approver may decide nothing any more";
    TransferredApproverAbsent = "transferred_approver_absent", "审批人缺勤，转交", "Moved: the approver is absent";
    TransferredApproverStandsIn = "transferred_approver_stands_in", "审批人成为当事人的代理人，转交", "Moved: the approver stands in for a party";
    TransferredApproverBack = "transferred_approver_back", "审批人返岗，转回", "Moved back: the approver is here again";
    AddedBefore = "added_before", "前加签", "Approver added before";
    AddedAfter = "added_after", "后加签", "Approver added after";
    AddedParallel = "added_parallel", "并加签", "Approver added in parallel";
    AddedRemoved = "added_removed", "减签", "Added approver removed";
    Reminded = "reminded", "催办", "Reminded";
    TimeLimitReminded = "time_limit_reminded", "超时提醒", "Reminded by the time limit";
    TimeLimitEscalated = "time_limit_escalated", "超时升级至上级", "Escalated by the time limit";
    TimeLimitNobodyAbove = "time_limit_nobody_above", "超时，已无上级", "Time limit passed, nobody above";
    Commented = "commented", "评论", "Commented";
    Copied = "copied", "抄送", "Copied";
    DocumentChanged = "document_changed", "单据已修改", "Document changed";
}

/// One line of the history, kept for ever. `[APR-3]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3 … within the approval.
    pub number: u32,
    /// The round it belongs to.
    pub round: u32,
    /// The code of the step it belongs to, if any.
    pub step: Option<String>,
    /// What happened: the reason code.
    pub kind: EntryKind,
    /// Who did it; absent where a rule or the clock did.
    pub by: Option<EmployeeId>,
    /// On whose behalf, or whom it concerned before.
    pub from: Option<EmployeeId>,
    /// Whom it concerns now.
    pub to: Option<EmployeeId>,
    /// The reason, remark or comment.
    pub note: Option<String>,
    /// The version of the document then.
    pub document_version: Version,
    /// When.
    pub at: Timestamp,
}
