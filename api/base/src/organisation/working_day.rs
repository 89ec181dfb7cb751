//! Which days are worked, and in which hours. `[DUT-3a, DUT-3c]`

use crate::spine::{Query, Reading, Reply, Routes, SignedIn, routes};
use chrono::NaiveDate;
use persistence::organisation::{WorkingDaysView, working_days};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "working-calendar", [show_working_days]);
}

/// Which days are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
struct WhichDays {
    /// The first day.
    from: NaiveDate,
    /// The last day; 366 days at most.
    to: NaiveDate,
}

/// Show which days are worked, and in which hours. `[DUT-3a, DUT-3c; 002 §8]`
///
/// By the calendar in force today: weekends, holidays, days worked in their stead, the hours of the season and the day of the
/// week; and what the lunar calendar calls each day, with its festivals. A year whose holidays nobody has announced knows
/// weekends alone, and says so.
#[utoipa::path(get, path = "/api/v1/working-calendar/days")]
async fn show_working_days(
    who: SignedIn,
    which: Query<WhichDays>,
    reading: Reading,
) -> Reply<WorkingDaysView> {
    let Query(WhichDays { from, to }) = which;
    reading.read(who, move |reader| working_days(reader, (from, to))).await
}
