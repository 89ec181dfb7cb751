//! Emergency funds, and the draws on them, reported on their own. `[BUD-7]`

use crate::spine::{Can, Format, List, Paged, Query, Reading};
use domain::spine::{DepartmentId, perm};
use persistence::finance::budget_change::{
    fund::{EmergencyFund, FundFilter, funds},
    list::{self as changes, EmergencyDraw},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Which funds are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListEmergencyFunds {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
}

/// Report the emergency funds: what was set aside, drawn, given back and is left. `[BUD-7]`
///
/// No document is charged to a fund, and no change takes money out of it but a draw.
#[utoipa::path(get, path = "/api/v1/emergency-funds")]
pub(super) async fn list_emergency_funds(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListEmergencyFunds>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<EmergencyFund> {
    let include_total = paged.include_total;
    let ListEmergencyFunds { fiscal_year, department_id: department } = filter.0;
    let filter = FundFilter { fiscal_year, department };
    reading.list_as(who, format, paged, move |reader, page| funds(reader, &filter, page, include_total)).await
}

/// Of which year draws are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListEmergencyDraws {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
}

/// Report the draws on emergency funds that took effect, the newest first. `[BUD-7]`
///
/// With the event each answered, and what was given back of it.
#[utoipa::path(get, path = "/api/v1/emergency-draws")]
pub(super) async fn list_emergency_draws(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListEmergencyDraws>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<EmergencyDraw> {
    let (include_total, year) = (paged.include_total, filter.fiscal_year);
    reading
        .list_as(who, format, paged, move |reader, page| changes::draws(reader, year, page, include_total))
        .await
}
