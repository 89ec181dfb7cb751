//! What a client writes of a change.

use crate::spine::Merged;
use chrono::NaiveDate;
use domain::{
    finance::budget_change::{ChangeContent, ChangeKind, Movement},
    spine::{AnyId, DepartmentId, Id},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A new change of active budgets.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
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

impl Merged for CreateBudgetChange {
    const PATCH: &'static str = "ReviseBudgetChange";
    const FIXED: &'static [&'static str] = &["kind", "fiscal_year", "department_id", "gives_back_id"];
}

impl From<ChangeContent> for CreateBudgetChange {
    fn from(content: ChangeContent) -> Self {
        let ChangeContent { kind, fiscal_year, department, reason, event, event_on, gives_back, movements } =
            content;
        let (department_id, gives_back_id) = (Some(department), gives_back.map(|id| id.uuid().into()));
        Self { kind, fiscal_year, department_id, reason, event, event_on, gives_back_id, movements }
    }
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
