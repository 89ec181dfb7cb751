//! One approval as it is shown: the document's summary, steps, tasks, and what the caller may do. `[APR-7, ACT-1]`

use super::{
    course::{find, oversees},
    step_view::StepView,
    subject::{DocumentSummary, kind_of, summaries},
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, Organisation},
    spine::{ActionView, Failure, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    approval::{
        Action, Approval, Circumstances, CloseReason, ContentPart, Decision, Directory, Entry, EntryKind,
        Origin, Outcome, PolicyReference, Task, TaskState,
    },
    spine::{AnyId, EmployeeId, Id, Money, Permission, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with an approval. An alias, because the derive would take a generic type apart.
type ApprovalActionView = ActionView<Action>;

/// A person by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct PersonName {
    /// Their identity.
    pub id: EmployeeId,
    /// Their name.
    #[schema(max_length = 60, example = "李娜")]
    pub name: String,
}

impl PersonName {
    pub(super) fn of(id: EmployeeId, organisation: &Organisation) -> Self {
        Self { id, name: organisation.name(id).unwrap_or_default() }
    }
}

/// The document that is approved.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovedDocument)]
pub struct DocumentView {
    /// Its kind.
    #[schema(max_length = 60, example = "expense_claim")]
    pub kind: String,
    /// Its identity.
    pub id: AnyId,
    /// Its readable number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// Its version: what a decision is taken on. Send it with the decision.
    #[schema(minimum = 1)]
    pub version: Version,
    /// What an approver must see of it; absent where the document is gone.
    pub summary: Option<DocumentSummary>,
}

/// An approval.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalView {
    /// Its identity.
    pub id: AnyId,
    /// The document.
    pub document: DocumentView,
    /// What has become of it.
    pub state: ApprovalState,
    /// Why and by whom, where it was rejected or returned.
    pub verdict: Option<VerdictView>,
    /// Who submitted it.
    pub submitter: PersonName,
    /// Who wrote it.
    pub creator: PersonName,
    /// Who gains by it.
    pub beneficiary: PersonName,
    /// The department it is routed by.
    pub department_id: AnyId,
    /// What it is worth in the book currency.
    pub amount: Option<Money>,
    /// The business date.
    pub business_date: NaiveDate,
    /// The version of the chain.
    pub policy: PolicyReference,
    /// The present round: 1, 2, 3 …
    #[schema(minimum = 1)]
    pub round: u32,
    /// The code of the step that waits.
    #[schema(max_length = 60)]
    pub current_step: Option<String>,
    /// The steps of the present round.
    #[schema(max_items = 100)]
    pub steps: Vec<StepView>,
    /// The codes of the steps it may be returned to.
    #[schema(max_items = 100)]
    pub returnable_steps: Vec<String>,
    /// All tasks, oldest first.
    #[schema(max_items = 1000)]
    pub tasks: Vec<TaskView>,
    /// Whom it was copied to.
    #[schema(max_items = 1000)]
    pub copies: Vec<PersonName>,
    /// When it was submitted first.
    pub started_at: Option<Timestamp>,
    /// What the caller may do.
    #[schema(max_items = 20)]
    pub actions: Vec<ApprovalActionView>,
    /// Its version for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ApprovalView {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT).by("department_id"),
        Refers::to("beneficiary", &EMPLOYEE),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
}

/// What has become of an approval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// A step waits.
    Pending,
    /// The last step agreed.
    Approved,
    /// An approver refused.
    Rejected,
    /// It went back to the requester.
    Returned,
    /// The submitter withdrew it.
    Withdrawn,
}

domain::labels! { ApprovalState = "ApprovalState":
    Pending = "pending", "审批中", "Pending";
    Approved = "approved", "已通过", "Approved";
    Rejected = "rejected", "已驳回", "Rejected";
    Returned = "returned", "已退回", "Returned";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
}

impl ApprovalState {
    /// The state an outcome means.
    pub const fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Pending => Self::Pending,
            Outcome::Approved { .. } => Self::Approved,
            Outcome::Rejected { .. } => Self::Rejected,
            Outcome::Returned { .. } => Self::Returned,
            Outcome::Withdrawn { .. } => Self::Withdrawn,
        }
    }
}

/// Why and by whom it was rejected or returned.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalVerdict)]
pub struct VerdictView {
    /// By whom.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// The parts that the return asked to be mended: what was decided before stands if nothing else changes.
    #[schema(max_items = 8)]
    pub mend: Vec<ContentPart>,
}

/// One person's part in one step.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalTask)]
pub struct TaskView {
    /// Its identity.
    pub id: AnyId,
    /// The round.
    pub round: u32,
    /// The step's code.
    #[schema(max_length = 60)]
    pub step: String,
    /// Who decides.
    pub assignee: PersonName,
    /// For whom, where that is somebody else.
    pub on_behalf_of: Option<PersonName>,
    /// How it came to them.
    pub origin: Origin,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When they are reminded.
    pub remind_at: Option<Timestamp>,
    /// When it goes to their superior.
    pub escalate_at: Option<Timestamp>,
    /// `open`, `decided` or `closed`.
    #[schema(max_length = 20, example = "open")]
    pub state: String,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why it was closed undecided.
    pub closed: Option<CloseReason>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The reason or remark given.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The version of the document it was decided on.
    pub document_version: Option<Version>,
}

impl TaskView {
    fn of(task: &Task, approval: &Approval, organisation: &Organisation) -> Self {
        let named = |person| PersonName::of(person, organisation);
        let steps =
            approval.rounds.iter().filter(|round| round.number == task.round).flat_map(|round| &round.steps);
        let code = steps.filter(|step| step.key == task.step).map(|step| step.planned.code.clone()).next();
        let mut view = Self {
            id: Id::from_uuid(task.id.uuid()),
            round: task.round,
            step: code.unwrap_or_default(),
            assignee: named(task.assignee),
            on_behalf_of: task.on_behalf_of.map(named),
            origin: task.origin,
            opened_at: task.opened_at,
            remind_at: task.remind_at,
            escalate_at: task.escalate_at,
            state: task.state.name().to_owned(),
            decision: None,
            closed: None,
            ended_at: None,
            note: None,
            document_version: None,
        };
        match &task.state {
            TaskState::Open => {}
            TaskState::Decided { decision, at, note, document_version, content_digest: _ } => {
                view.decision = Some(*decision);
                view.ended_at = Some(*at);
                view.note.clone_from(note);
                view.document_version = Some(*document_version);
            }
            TaskState::Closed { at, why } => {
                view.closed = Some(*why);
                view.ended_at = Some(*at);
            }
        }
        view
    }
}

/// One approval, if the actor takes part in it or oversees it.
pub fn view(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<ApprovalView, Failure> {
    let approval = find(reader, id)?;
    show(reader, &approval)
}

/// An approval where something refers to it.
pub static APPROVAL: Target =
    Target { permission: Permission::UseApprovals, look: |reader, id| in_json(view(reader, id.into())) };

/// How an approval at hand is shown.
pub fn show(reader: &mut Reader<'_>, approval: &Approval) -> Result<ApprovalView, Failure> {
    let organisation = Organisation::today(reader)?;
    let subject = &approval.subject;
    let mut found = summaries(reader, [(subject.kind.clone(), subject.document)])?;
    let named = |person| PersonName::of(person, &organisation);
    let verdict = match &approval.outcome {
        Outcome::Rejected { by, at, reason } => {
            Some(VerdictView { by: named(*by), at: *at, reason: reason.clone(), mend: Vec::new() })
        }
        Outcome::Returned { by, at, reason, mend, .. } => {
            Some(VerdictView { by: named(*by), at: *at, reason: reason.clone(), mend: mend.clone() })
        }
        _ => None,
    };
    Ok(ApprovalView {
        id: Id::from_uuid(approval.id.uuid()),
        document: DocumentView {
            kind: subject.kind.clone(),
            id: Id::from_uuid(subject.document),
            number: subject.number.clone(),
            version: subject.version,
            summary: found.remove(&subject.document),
        },
        state: ApprovalState::of(&approval.outcome),
        verdict,
        submitter: named(subject.submitter),
        creator: named(subject.creator),
        beneficiary: named(subject.beneficiary),
        department_id: Id::from_uuid(subject.department.uuid()),
        amount: subject.amount,
        business_date: subject.business_date,
        policy: approval.plan.policy.clone(),
        round: approval.round_number(),
        current_step: approval.current_step().map(|step| step.planned.code.clone()),
        steps: StepView::of_round(approval, &organisation),
        returnable_steps: approval.passed_steps().into_iter().map(str::to_owned).collect(),
        tasks: approval.tasks.iter().map(|task| TaskView::of(task, approval, &organisation)).collect(),
        copies: approval.copies.iter().map(|copy| named(copy.to)).collect(),
        started_at: approval.history.first().map(|entry| entry.at),
        actions: actions(reader, approval, &organisation)?,
        version: approval.version,
    })
}

/// What the actor may do. Submitting again is the document's own action.
fn actions(
    reader: &mut Reader<'_>,
    approval: &Approval,
    organisation: &Organisation,
) -> Result<Vec<ApprovalActionView>, Failure> {
    let world = Circumstances {
        directory: organisation,
        ids: reader.ids(),
        now: reader.now(),
        today: reader.today(),
    };
    let (by, zone) = (reader.actor().employee, reader.zone());
    let mut states = approval.actions(by, oversees(reader, approval), world);
    let foresee = kind_of(reader, &approval.subject.kind)?.foresee;
    // What the document would meet is asked only for whose agreement would move it.
    let foresee = foresee.filter(|_| by.is_some_and(|by| approval.is_last_asked(by, world)));
    if let Some(foresee) = foresee {
        let refusal = foresee(reader, approval.subject.document)?.err();
        for state in states.iter_mut().filter(|state| state.action == Action::Approve) {
            state.refusal = state.refusal.take().or_else(|| refusal.clone());
        }
    }
    let shown = states.into_iter().filter_map(|state| {
        let path = match state.action {
            Action::Approve => "approve",
            Action::Reject => "reject",
            Action::Return => "return",
            Action::Withdraw => "withdraw",
            Action::TakeBack => "take-back",
            Action::Transfer => "transfer",
            Action::Reassign => "reassign",
            Action::AddApprover => "add-approver",
            Action::RemoveApprover => "remove-approver",
            Action::Remind => "remind",
            Action::Comment => "comment",
            Action::Copy => "copy",
            Action::Resubmit => return None,
        };
        let href = format!("/api/v1/approvals/{}/{path}", approval.id);
        Some(ActionView::post(state.action, href, state.refusal.as_ref(), zone))
    });
    Ok(shown.collect())
}

/// One line of the history.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalHistoryEntry)]
pub struct EntryView {
    /// 1, 2, 3 …
    #[schema(minimum = 1)]
    pub number: u32,
    /// The round.
    #[schema(minimum = 1)]
    pub round: u32,
    /// The step's code, if it concerns one.
    #[schema(max_length = 60)]
    pub step: Option<String>,
    /// The reason code.
    pub kind: EntryKind,
    /// Who did it; absent where a rule or the clock did.
    pub by: Option<PersonName>,
    /// On whose behalf, or whom it concerned before.
    pub from: Option<PersonName>,
    /// Whom it concerns now.
    pub to: Option<PersonName>,
    /// The reason, remark or comment.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The version of the document then.
    pub document_version: Version,
    /// When.
    pub at: Timestamp,
}

/// The whole history of an approval, oldest first.
pub fn history(reader: &mut Reader<'_>, id: Id<Approval>) -> Result<Vec<EntryView>, Failure> {
    let approval = find(reader, id)?;
    let organisation = Organisation::today(reader)?;
    let named = |person: Option<EmployeeId>| person.map(|person| PersonName::of(person, &organisation));
    let shown = approval.history.into_iter().map(|entry| {
        let Entry { number, round, step, kind, by, from, to, note, document_version, at } = entry;
        let (by, from, to) = (named(by), named(from), named(to));
        EntryView { number, round, step, kind, by, from, to, note, document_version, at }
    });
    Ok(shown.collect())
}
