//! What one change looks like: what it says, and what the caller may do with it.

use super::{ChangeWorld, find, give_back, settle::submission};
use crate::{
    approval::APPROVAL,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{ActionView, Failure, Key, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    finance::budget_change::{
        BudgetChange, ChangeContent, ChangeKind, ChangeState, Movement, actions::ChangeAction,
    },
    spine::{AnyId, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a change. An alias, because the derive would take a generic type apart.
type ChangeActionView = ActionView<ChangeAction>;

/// A change of active budgets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetChange)]
pub struct BudgetChangeView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "BC-2026-000012")]
    pub number: String,
    /// What sort of change it is.
    pub kind: ChangeKind,
    /// Where it stands.
    pub status: ChangeState,
    /// Since when it stands there; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The fiscal year of its lines.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// In whose name it is asked for.
    pub department: NamedRef,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// The event that a draw answers.
    #[schema(max_length = 500)]
    pub event: Option<String>,
    /// The day of that event.
    pub event_on: Option<NaiveDate>,
    /// The draw of which it gives back what nobody needed.
    pub gives_back_id: Option<AnyId>,
    /// What was given back of it, where it is a draw.
    pub given_back: Option<Money>,
    /// What moves.
    #[schema(max_items = 200)]
    pub movements: Vec<Movement>,
    /// How much moves in all.
    pub total: Money,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<ChangeActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for BudgetChangeView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("gives_back", &BUDGET_CHANGE).by("gives_back_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/budget-changes/{}", self.id))
    }
}

/// One change, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<BudgetChange>) -> Result<BudgetChangeView, Failure> {
    let change = find(reader, id)?;
    show(reader, change)
}

/// A budget change where something refers to it.
pub static BUDGET_CHANGE: Target =
    Target { permission: Permission::ReadBudgets, look: |reader, id| in_json(view(reader, id.into())) };

/// How a change at hand is shown.
pub fn show(reader: &mut Reader<'_>, change: BudgetChange) -> Result<BudgetChangeView, Failure> {
    let (world, register) = (ChangeWorld::today(reader)?, Register::of(reader)?);
    let total = change.content.total(world.rules().currency)?;
    let submission = submission(reader, &change, &world)?;
    let actions = change.actions(reader.actor(), &submission);
    let (status_at, why) = change.petition.standing.told();
    let (status, status_reason) = (change.state(), why.map(str::to_owned));
    let id = change.id;
    let ChangeContent { kind, fiscal_year, department, reason, event, event_on, gives_back, movements } =
        change.content;
    let given_back = if kind == ChangeKind::EmergencyDraw {
        let of_draws = give_back::of_draws(reader, &[Key::from(id)])?;
        Some(Money::from_minor(of_draws.values().sum(), total.currency()))
    } else {
        None
    };
    Ok(BudgetChangeView {
        id: id.uuid().into(),
        number: change.petition.number,
        kind,
        status,
        status_at,
        status_reason,
        fiscal_year,
        department: register.placed(department)?,
        reason,
        event,
        event_on,
        gives_back_id: gives_back.map(|draw| draw.uuid().into()),
        given_back,
        movements,
        total,
        created_by: change.petition.creator,
        created_at: change.petition.created_at,
        submitter: register.named(change.petition.submitter)?,
        approval_id: change.petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/budget-changes/{id}"), actions),
        version: change.version,
    })
}

impl Placed<crate::Finance> for ChangeAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}
