//! Accounting periods over HTTP: months close, and open again by approval. `[BUD-9]`

use crate::spine::{Can, List, PathOf, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes};
use domain::{finance::period::Period, spine::perm};
use persistence::finance::accounting_period::{self as periods, AccountingPeriodView, PeriodFilter};
use serde::Deserialize;
use utoipa::IntoParams;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "accounting-periods",
        [list_accounting_periods, show_accounting_period, close_accounting_period, reopen_accounting_period]
    );
}

/// Which month.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct MonthPath {
    /// The month: `2026-03`.
    #[param(example = "2026-03")]
    month: Period,
}

/// List the accounting periods that were ever closed. `[BUD-9]`
#[utoipa::path(get, path = "/api/v1/accounting-periods")]
async fn list_accounting_periods(
    who: Can<perm::ReadAccountingPeriods>,
    wanted: Wanted<PeriodFilter>,
    reading: Reading,
) -> List<AccountingPeriodView> {
    reading.list(who, wanted, periods::list).await
}

/// Show an accounting period. `[BUD-9]`
///
/// A month that was never closed is open.
#[utoipa::path(get, path = "/api/v1/accounting-periods/{month}")]
async fn show_accounting_period(
    who: Can<perm::ReadAccountingPeriods>,
    path: PathOf<MonthPath>,
    reading: Reading,
) -> Reply<AccountingPeriodView> {
    reading.read(who, move |reader| periods::view(reader, path.month)).await
}

/// Close an accounting period. `[BUD-9]`
///
/// A month that is over, in the order of the months. Nothing is posted into it from then on; what comes late is
/// posted in the first month that is open.
#[utoipa::path(post, path = "/api/v1/accounting-periods/{month}/close")]
async fn close_accounting_period(
    who: Can<perm::CloseAccountingPeriods>,
    path: PathOf<MonthPath>,
    work: UnitOfWork,
) -> Reply<AccountingPeriodView> {
    work.write(who, move |tx| {
        periods::close(tx, path.month)?;
        periods::view(tx, path.month)
    })
    .await
}

/// Ask to open a closed accounting period again. `[BUD-9]`
///
/// It stays closed until director and general manager agree.
#[utoipa::path(post, path = "/api/v1/accounting-periods/{month}/reopen")]
async fn reopen_accounting_period(
    who: Can<perm::CloseAccountingPeriods>,
    path: PathOf<MonthPath>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<AccountingPeriodView> {
    work.write(who, move |tx| {
        periods::ask_to_reopen(tx, path.month, body.reason.clone())?;
        periods::view(tx, path.month)
    })
    .await
}
