//! Approvals: who must agree to a document, in which order, and what has become of it.
//!
//! The engine knows no document. A context hands it a [`Subject`] — the few facts by which a chain routes —
//! and receives an [`Outcome`]. The chain is policy data ([`ChainPolicy`]); submitting freezes what it
//! resolved to ([`plan`]), so that neither a later policy nor a later reorganisation moves a document in
//! flight. Deliberately not here: what approval does to the document, which its own context settles.
//! `[APR-1 … APR-10, ACT-1]`

mod actions;
mod chain;
mod condition;
mod content;
mod course;
mod decide;
mod directory;
mod document;
mod fate;
mod hand_over;
mod history;
mod leaver;
mod opening;
/// The head of such a document, and where it stands.
pub mod petition;
mod plan;
mod remind;
/// Whom a chain asked, to be compared.
pub mod replay;
mod roster;
mod round;
mod routing;
mod soundness;
mod staffing;
mod subject;
mod submit;
mod task;
#[cfg(test)]
mod tests;
mod threshold;

pub use actions::{Action, ActionState};
pub use chain::{ApproverRule, ChainPolicy, Counting, Label, RolePlace, StepRule, TimeLimit};
pub use condition::{Condition, FieldValue};
pub use content::{ContentPart, Seen, seen_of};
pub use course::{Approval, Circumstances, Copied, Outcome, ReturnTo};
pub use directory::{Directory, Place, departments_above, heads_above, own_people, stand_ins};
pub use document::{Course, Document, Facts, facts};
pub use fate::Fate;
pub use hand_over::Unavailable;
pub use history::{Entry, EntryKind};
pub use leaver::Owner;
pub use petition::{NO_EMPLOYEE, NOT_VOIDABLE, NewDocument, Petition, Standing, StandingState, check_reason};
pub use plan::{Candidate, Plan, PlannedStep, PolicyReference, Why, plan};
pub use roster::Roster;
pub use round::{Added, Placement, Round, Seat, SeatState, Step, StepReason, StepState};
pub use routing::{Holds, RoutedField, check_conditions};
pub use staffing::check_against;
pub use subject::Subject;
pub use task::{CloseReason, Decision, Origin, Task, TaskState};

crate::refusals! { APPROVAL_REFUSALS:
    CHAIN_NO_STEPS = "approval.chain_no_steps", Invalid, "审批链没有任何步骤", "The chain has no step";
    CHAIN_DUPLICATE_STEP = "approval.chain_duplicate_step", Invalid, "步骤编码“{step}”重复", "The step code \"{step}\" is used twice";
    CHAIN_NO_APPROVER = "approval.chain_no_approver", Invalid, "步骤“{step}”没有规定审批人", "The step \"{step}\" names no approver";
    CHAIN_UNREACHABLE_STEP = "approval.chain_unreachable_step", Invalid, "步骤“{step}”的条件不可能成立", "The conditions of the step \"{step}\" can never hold";
    CHAIN_TOO_MANY_WAYS = "approval.chain_too_many_ways", Invalid, "步骤“{step}”的条件组合超过 {max} 种，无法逐一检查，请拆分步骤", "The conditions of the step \"{step}\" can hold in more than {max} ways, too many to check; split the step";
    CHAIN_ALWAYS_COUNTS = "approval.chain_always_counts", Invalid, "“{part}”变更后必须重新审批，不能设为沿用原审批意见", "A change of \"{part}\" always has to be approved anew; the chain cannot let earlier decisions stand";
    CHAIN_BAND_GAP = "approval.chain_band_gap", Invalid, "金额分档“{ladder}”有空档：{band}", "The amount bands of \"{ladder}\" leave a gap: {band}";
    CHAIN_BAND_OVERLAP = "approval.chain_band_overlap", Invalid, "金额分档“{ladder}”重叠：{band}", "The amount bands of \"{ladder}\" overlap: {band}";
    CHAIN_BAND_WITHOUT_LADDER = "approval.chain_band_without_ladder", Invalid, "步骤“{step}”的金额有上限，须注明所属分档", "The step \"{step}\" ends at an amount and must name its ladder of bands";
    CHAIN_UNCOVERED = "approval.chain_uncovered", Invalid, "金额为 {band} 的单据可能不经过任何步骤", "A document of {band} may meet no step at all";
    CHAIN_BAD_LIMIT = "approval.chain_bad_limit", Invalid, "步骤“{step}”的升级时间须晚于提醒时间", "The step \"{step}\" must escalate later than it reminds";
    CHAIN_NOBODY_IN_DEPARTMENT = "approval.chain_nobody_in_department", Invalid, "部门“{department}”的单据在步骤“{step}”找不到审批人", "Nobody can decide the step \"{step}\" for the department \"{department}\"";
    CHAIN_OWN_SPENDING = "approval.chain_own_spending", Invalid, "在步骤“{step}”，{employee} 只能由本人审批", "At the step \"{step}\" only {employee} could approve their own document";
    CHAIN_DELEGATION_LOOP = "approval.chain_delegation_loop", Invalid, "{employee} 的代理关系形成循环", "The stand-ins of {employee} form a loop";
    CHAIN_UNKNOWN_REFERENCE = "approval.chain_unknown_reference", Invalid, "步骤“{step}”引用的“{reference}”不存在", "\"{reference}\", named by the step \"{step}\", does not exist";
    CHAIN_UNKNOWN_FIELD = "approval.chain_unknown_field", Invalid, "步骤“{step}”按字段“{field}”判断，此类单据没有该字段", "The step \"{step}\" looks at the field \"{field}\", which such documents do not have";
    CHAIN_UNKNOWN_VALUE = "approval.chain_unknown_value", Invalid, "步骤“{step}”的条件不可能成立：“{field}”不会是“{value}”", "The step \"{step}\" waits for \"{field}\" to be \"{value}\", which it never is";
    CHAIN_STEP_UNKNOWN = "approval.chain_step_unknown", Invalid, "该审批链没有步骤“{step}”", "The chain has no step \"{step}\"";
    CHAIN_WITHOUT_THRESHOLD = "approval.chain_without_threshold", Conflict, "步骤“{step}”不按单一金额起点审批，请另行起草审批链", "The step \"{step}\" does not begin at one amount; draft a new version of the chain instead";
    STEP_HAS_NOBODY = "approval.step_has_nobody", Invalid, "步骤“{step}”找不到审批人，不能提交", "Nobody can decide the step \"{step}\"; it cannot be submitted";
    NOBODY_DECIDES = "approval.nobody_decides", Invalid, "没有任何步骤需要审批，不能提交", "No step would decide; it cannot be submitted";
    NOT_PENDING = "approval.not_pending", Conflict, "审批已结束（{state}）", "The approval is over ({state})";
    ALREADY_DECIDED = "approval.already_decided", Conflict, "{by_name} 已经作出决定（{decision}）", "{by_name} has decided already ({decision})";
    NOT_YOUR_TURN = "approval.not_your_turn", Forbidden, "当前步骤不在等您审批", "The present step does not wait for you";
    OWN_DOCUMENT = "approval.own_document", Forbidden, "不能审批自己的单据（含提交人、受益人、制单人及其代理人）", "Nobody approves their own document: submitter, beneficiary, creator, or whoever stands in for one";
    DOCUMENT_CHANGED = "approval.document_changed", Conflict, "单据在您阅读后已变更（当前版本 {current}），请重新查看", "The document changed since you read it (now version {current}); read it again";
    REASON_REQUIRED = "approval.reason_required", Invalid, "须填写理由", "A reason is required";
    STEP_NOT_PASSED = "approval.step_not_passed", Invalid, "只能退回到已通过的步骤", "It can be returned only to a step it has passed";
    NOT_SUBMITTER = "approval.not_submitter", Forbidden, "只有提交人可以执行此操作", "Only the submitter may do this";
    NOTHING_TO_TAKE_BACK = "approval.nothing_to_take_back", Conflict, "您没有可撤回的审批", "You have no decision that could be taken back";
    NEXT_STEP_DECIDED = "approval.next_step_decided", Conflict, "下一步骤已由 {by_name} 审批，不能撤回", "{by_name} has decided the next step; your decision stands";
    TARGET_INACTIVE = "approval.target_inactive", Invalid, "该员工不在职，或没有处理审批的权限", "That employee is not active or may not deal with approvals";
    TARGET_OWN = "approval.target_own", Invalid, "该员工是单据的提交人、受益人、制单人或其代理人", "That employee is the submitter, beneficiary, creator or stands in for one";
    TARGET_PRESENT = "approval.target_present", Conflict, "该员工已是本步骤的审批人", "That employee is an approver of this step already";
    TOO_MANY_APPROVERS = "approval.too_many_approvers", Conflict, "加签、转审不得超过 {limit} 次", "No more than {limit} additions and transfers are possible";
    TOO_MUCH_SAID = "approval.too_much_said", Conflict, "一项审批最多 {limit} 条评论", "An approval takes at most {limit} comments";
    TOO_MANY_COPIES = "approval.too_many_copies", Conflict, "一项审批最多抄送 {limit} 人", "An approval is copied to at most {limit} people";
    NOT_ADDED_BY_YOU = "approval.not_added_by_you", Conflict, "该审批人不是由您加签，或已经作出决定", "That approver was not added by you, or has decided";
    REMINDED_RECENTLY = "approval.reminded_recently", TooMany, "催办过于频繁，{again_at} 后可再次催办", "A reminder went out recently; the next is possible at {again_at}";
    NOT_PARTICIPANT = "approval.not_participant", Forbidden, "您不是本审批的参与人", "You take no part in this approval";
    NOT_OVERSEER = "approval.not_overseer", Forbidden, "改派须有监督审批的权限", "Reassigning needs the permission to oversee approvals";
    NOT_RETURNED = "approval.not_returned", Conflict, "只有被退回或撤回的单据可以重新提交（{state}）", "Only what was returned or withdrawn can be submitted again ({state})";
    NO_OPEN_TASK = "approval.no_open_task", Conflict, "该待办不存在或已关闭", "That task does not exist or is closed";
}

crate::events! { APPROVAL_EVENTS:
    STARTED = "approval.started", "审批已发起", "An approval was started";
    TASK_OPENED = "approval.task_opened", "审批待办已产生", "A document waits for an approver";
    DECIDED = "approval.decided", "审批人已同意", "An approver agreed";
    APPROVED = "approval.approved", "审批已通过", "The last step agreed";
    REJECTED = "approval.rejected", "审批已拒绝", "An approver refused";
    RETURNED = "approval.returned", "审批已退回", "An approver returned the document";
    WITHDRAWN = "approval.withdrawn", "审批已撤回", "The submitter withdrew the document";
    FELL_AWAY = "approval.fell_away", "事由已消失，审批已终止", "An approval ended because nothing was left to decide";
    RESUBMITTED = "approval.resubmitted", "审批已重新提交", "The document was submitted again";
    TAKEN_BACK = "approval.decision_taken_back", "审批决定已撤回", "An approver took a decision back";
    TRANSFERRED = "approval.transferred", "审批已转交", "A task was handed to somebody else";
    APPROVER_ADDED = "approval.approver_added", "已加签", "An approver was added";
    APPROVER_REMOVED = "approval.approver_removed", "已撤销加签", "An added approver was removed";
    REMINDED = "approval.reminded", "已催办", "Approvers were reminded";
    ESCALATED = "approval.escalated", "审批已升级", "A task passed its time limit and went to the superior";
    COMMENTED = "approval.commented", "审批有新评论", "A comment was made";
    COPIED = "approval.copied", "审批已抄送", "The document was copied to somebody";
    TASKS_MOVED = "approval.tasks_moved", "审批待办已移交", "Tasks of somebody who is not available moved";
    DOCUMENT_MOVED = "approval.document_moved", "审批中的单据已变更", "The document changed while in approval";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[APPROVAL_REFUSALS, petition::PETITION_REFUSALS],
    events: &[APPROVAL_EVENTS],
    enums: &[
        Action::LABELS,
        ApproverRule::LABELS,
        CloseReason::LABELS,
        Condition::LABELS,
        ContentPart::LABELS,
        Counting::LABELS,
        Decision::LABELS,
        EntryKind::LABELS,
        Fate::LABELS,
        Origin::LABELS,
        Placement::LABELS,
        RolePlace::LABELS,
        StandingState::LABELS,
        StepReason::LABELS,
    ],
};
