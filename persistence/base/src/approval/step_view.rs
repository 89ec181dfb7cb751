//! The steps of a chain as they are shown: planned, or in their course.

use super::show::PersonName;
use crate::organisation::Organisation;
use crate::spine::RefusalView;
use domain::{
    approval::{
        Added, Approval, Candidate, Counting, Fate, Label, Plan, PlannedStep, PolicyReference, SeatState,
        Step, StepReason, StepState, TimeLimit, Why,
    },
    spine::{EmployeeId, Explanation, Refusal, Timestamp},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a document would meet if it were submitted now. `[APR-8]`
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalPlan)]
pub struct PlanView {
    /// Whether it could be submitted.
    pub can_submit: bool,
    /// Why not, if not.
    pub refusal: Option<RefusalView>,
    /// The version of the chain.
    pub policy: PolicyReference,
    /// Its steps, also those that do not apply.
    #[schema(max_items = 30)]
    pub steps: Vec<PlannedStepView>,
}

/// A step as it was resolved.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = PlannedApprovalStep)]
pub struct PlannedStepView {
    /// Its code.
    #[schema(max_length = 60, example = "finance")]
    pub code: String,
    /// Its name.
    pub name: Label,
    /// What will become of it.
    pub fate: Fate,
    /// How several approvers count.
    pub counting: Counting,
    /// Who decides.
    #[schema(max_items = 100)]
    pub approvers: Vec<ApproverView>,
    /// Whether the amount brought it in.
    pub added_by_amount: bool,
    /// Its time limit.
    pub time_limit: Option<TimeLimit>,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: String,
    /// Why it came out so.
    #[schema(max_items = 200)]
    pub explanations: Vec<Explanation>,
}

/// Somebody who decides a step, and why.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalCandidate)]
pub struct ApproverView {
    /// Who.
    pub employee: PersonName,
    /// Why.
    pub why: CandidateReason,
    /// Instead of whom, where it rose to a superior.
    pub instead_of: Option<PersonName>,
}

/// Why somebody is a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalCandidateReason)]
#[serde(rename_all = "snake_case")]
pub enum CandidateReason {
    /// The chain's rule names them.
    Rule,
    /// The rule named the requester or somebody else whose own document it is; it rose.
    RoseToSuperior,
    /// The step found nobody.
    Fallback,
}

domain::labels! { CandidateReason = "ApprovalCandidateReason":
    Rule = "rule", "审批链规定", "Named by the chain";
    RoseToSuperior = "rose_to_superior", "升至上级", "Rose to the superior";
    Fallback = "fallback", "后备审批人", "Fallback";
}

impl PlanView {
    /// A plan that was refused, with the names of its people.
    pub(super) fn of(plan: &Plan, organisation: &Organisation, refusal: &Refusal) -> Self {
        Self {
            can_submit: false,
            refusal: Some(RefusalView::of(refusal)),
            policy: plan.policy.clone(),
            steps: plan.steps.iter().map(|step| PlannedStepView::of(step, organisation)).collect(),
        }
    }

    /// The round that a submission would begin.
    pub(super) fn of_round(approval: &Approval, organisation: &Organisation) -> Self {
        let step = |step: &Step| {
            let is_kept = matches!(step.state, StepState::Closed { reason: StepReason::CarriedOver, .. });
            let view = PlannedStepView::of(&step.planned, organisation);
            if is_kept { PlannedStepView { fate: Fate::CarriedOver, ..view } } else { view }
        };
        Self {
            can_submit: true,
            refusal: None,
            policy: approval.plan.policy.clone(),
            steps: approval.steps().iter().map(step).collect(),
        }
    }
}

impl PlannedStepView {
    fn of(step: &PlannedStep, organisation: &Organisation) -> Self {
        let PlannedStep { code, name, counting, candidates, fate, added_by_amount, .. } = step.clone();
        let approver = |candidate: Candidate| {
            let (why, instead_of) = match candidate.why {
                Why::Rule => (CandidateReason::Rule, None),
                Why::RoseToSuperior { instead_of } => (CandidateReason::RoseToSuperior, Some(instead_of)),
                Why::Fallback => (CandidateReason::Fallback, None),
            };
            let instead_of = instead_of.map(|person| PersonName::of(person, organisation));
            ApproverView { employee: PersonName::of(candidate.employee, organisation), why, instead_of }
        };
        Self {
            code,
            name,
            fate,
            counting,
            approvers: candidates.into_iter().map(approver).collect(),
            added_by_amount,
            time_limit: step.time_limit,
            clause: step.clause.clone(),
            explanations: step.explanations.clone(),
        }
    }
}

/// A step in its course.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalStep)]
pub struct StepView {
    /// Its code.
    #[schema(max_length = 60, example = "finance")]
    pub code: String,
    /// Its name.
    pub name: Label,
    /// How several approvers count.
    pub counting: Counting,
    /// How far it is.
    pub state: StepProgress,
    /// Why it is over, if it is.
    pub reason: Option<StepReason>,
    /// Since when it is so.
    pub since: Option<Timestamp>,
    /// Who inserted it and where, if it is not of the chain.
    pub added: Option<Added>,
    /// Its seats.
    #[schema(max_items = 100)]
    pub seats: Vec<SeatView>,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: String,
}

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalStepProgress)]
#[serde(rename_all = "snake_case")]
pub enum StepProgress {
    /// Its turn has not come.
    Waiting,
    /// It waits for its approvers.
    Open,
    /// It is over.
    Closed,
}

domain::labels! { StepProgress = "ApprovalStepProgress":
    Waiting = "waiting", "未开始", "Waiting";
    Open = "open", "进行中", "Open";
    Closed = "closed", "已结束", "Closed";
}

/// A place at a step's table.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalSeat)]
pub struct SeatView {
    /// The candidate.
    pub candidate: PersonName,
    /// Who added them in parallel, if somebody did.
    pub added_by: Option<PersonName>,
    /// What has become of it.
    pub state: SeatProgress,
    /// Who agreed for it.
    pub by: Option<PersonName>,
}

/// What has become of a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalSeatProgress)]
#[serde(rename_all = "snake_case")]
pub enum SeatProgress {
    /// Nothing yet.
    Pending,
    /// Somebody agreed for it.
    Approved,
    /// Its holder decided the step before.
    SamePerson,
    /// It was removed.
    Removed,
}

domain::labels! { SeatProgress = "ApprovalSeatProgress":
    Pending = "pending", "待审批", "Pending";
    Approved = "approved", "已同意", "Approved";
    SamePerson = "same_person", "同一人，跳过", "Same person";
    Removed = "removed", "已减签", "Removed";
}

impl StepView {
    pub(super) fn of_round(approval: &Approval, organisation: &Organisation) -> Vec<Self> {
        approval.steps().iter().map(|step| Self::of(step, organisation)).collect()
    }

    fn of(step: &Step, organisation: &Organisation) -> Self {
        let (state, reason, since) = match step.state {
            StepState::Waiting => (StepProgress::Waiting, None, None),
            StepState::Open { since } => (StepProgress::Open, None, Some(since)),
            StepState::Closed { at, reason } => (StepProgress::Closed, Some(reason), Some(at)),
        };
        let named = |person: EmployeeId| PersonName::of(person, organisation);
        let seats = step.seats.iter().map(|seat| {
            let (state, by) = match seat.state {
                SeatState::Pending => (SeatProgress::Pending, None),
                SeatState::Approved { by, .. } => (SeatProgress::Approved, Some(by)),
                SeatState::SamePerson { by } => (SeatProgress::SamePerson, Some(by)),
                SeatState::Removed => (SeatProgress::Removed, None),
            };
            let added_by = seat.added_by.map(named);
            SeatView { candidate: named(seat.candidate), added_by, state, by: by.map(named) }
        });
        Self {
            code: step.planned.code.clone(),
            name: step.planned.name.clone(),
            counting: step.planned.counting,
            state,
            reason,
            since,
            added: step.added,
            seats: seats.collect(),
            clause: step.planned.clause.clone(),
        }
    }
}
