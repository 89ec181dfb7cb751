//! Emergency funds, and the draws on them, reported on their own. `[BUD-7]`

use crate::spine::{Can, List, Reading, Wanted};
use domain::spine::perm;
use persistence::finance::budget_change::{
    fund::{EmergencyFund, FundFilter, funds},
    list::{self as changes, DrawFilter, EmergencyDraw},
};

/// Report the emergency funds: what was set aside, drawn, given back and is left. `[BUD-7]`
///
/// No document is charged to a fund, and no change takes money out of it but a draw.
#[utoipa::path(get, path = "/api/v1/emergency-funds")]
pub(super) async fn list_emergency_funds(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<FundFilter>,
    reading: Reading,
) -> List<EmergencyFund> {
    reading.list(who, wanted, funds).await
}

/// Report the draws on emergency funds that took effect, the newest first. `[BUD-7]`
///
/// With the event each answered, and what was given back of it.
#[utoipa::path(get, path = "/api/v1/emergency-draws")]
pub(super) async fn list_emergency_draws(
    who: Can<perm::ReadBudgets>,
    wanted: Wanted<DrawFilter>,
    reading: Reading,
) -> List<EmergencyDraw> {
    reading.list(who, wanted, changes::draws).await
}
