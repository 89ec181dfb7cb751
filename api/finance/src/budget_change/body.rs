//! What a client writes of a change.

use crate::spine::Patch;
use chrono::NaiveDate;
use domain::{
    finance::budget_change::{ChangeContent, ChangeKind, Movement},
    spine::{AnyId, DepartmentId, Id, Refusal, codes},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new change of active budgets.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateBudgetChange {
    /// What sort of change it is.
    kind: ChangeKind,
    /// The fiscal year of every line in it.
    #[validate(range(min = 2000, max = 2999))]
    #[schema(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: i32,
    /// In whose name it is asked for; the caller's own department where absent.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "渠道推广提前")]
    reason: String,
    /// The event that a draw on an emergency fund answers.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "竞品突然降价")]
    event: Option<String>,
    /// The day of that event.
    #[serde(default)]
    event_on: Option<NaiveDate>,
    /// The draw of which an adjustment gives back what nobody needed: from the lines it gave to, into the funds it
    /// took from.
    #[serde(default)]
    gives_back_id: Option<AnyId>,
    /// What moves.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    movements: Vec<Movement>,
}

impl CreateBudgetChange {
    /// What the change says; none where nobody says in whose name.
    pub fn content(self, own: Option<DepartmentId>) -> Option<ChangeContent> {
        let Self { kind, fiscal_year, department_id, reason, event, event_on, gives_back_id, movements } =
            self;
        let department = department_id.or(own)?;
        let gives_back = gives_back_id.map(|id| Id::from_uuid(id.uuid()));
        Some(ChangeContent { kind, fiscal_year, department, reason, event, event_on, gives_back, movements })
    }
}

/// A merge patch of a change (RFC 7396): absent stays, null clears, arrays are replaced whole.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviseBudgetChange {
    /// Why.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    reason: Patch<String>,
    /// The event that a draw answers.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    event: Patch<String>,
    /// The day of that event.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    event_on: Patch<NaiveDate>,
    /// What moves.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Movement>>, max_items = 200)]
    movements: Patch<Vec<Movement>>,
}

impl ReviseBudgetChange {
    /// What the change says after the patch.
    pub fn over(self, old: ChangeContent) -> Result<ChangeContent, Refusal> {
        let Self { reason, event, event_on, movements } = self;
        let movements = movements.over_required(old.movements, "/movements")?;
        if movements.len() > 200 {
            return Err(Refusal::new(codes::BAD_LENGTH).with("min", 1).with("max", 200).at("/movements"));
        }
        Ok(ChangeContent {
            reason: reason.over_required(old.reason, "/reason")?,
            event: event.over(old.event),
            event_on: event_on.over(old.event_on),
            movements,
            ..old
        })
    }
}

/// A word to the approvers.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawBudgetChange {
    /// Why it is taken back.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Why a change is given up.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndBudgetChange {
    /// The reason, for the people it touches.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "不再需要")]
    pub reason: String,
}
