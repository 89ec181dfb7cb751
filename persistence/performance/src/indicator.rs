//! Indicators in the database: set up, changed, retired where no scheme uses them, shown and listed.
//! `[KPI-1]`

/// What the product measures by itself.
pub mod measure;
mod row;
/// What an indicator looks like, and all of them.
pub mod view;

pub use row::{all, find, of_code};
pub use view::{INDICATOR, IndicatorFilter, IndicatorView, list, show, view};

use crate::{
    scheme,
    spine::{Failure, Reader, Tx},
};
use domain::{
    indicator::{
        Indicator, IndicatorDetails, MEASURE_NEEDS_SUBJECT, MEASURE_TAKES_NO_SUBJECT, MEASURE_UNKNOWN, Source,
    },
    spine::{Change, Citation, Refusal},
};

crate::spine::resource! { crate::Performance: Indicator as IndicatorView; find, apply, show = show }

/// Writes a change of an indicator.
///
/// # Errors
/// A code that is taken.
pub fn apply(tx: &mut Tx<'_>, change: Change<Indicator>) -> Result<Indicator, Failure> {
    tx.apply(change)
}

/// Refuses a measure that there is none of, and a subject that it lacks or does not take.
///
/// # Errors
/// `indicator.measure_unknown`, `indicator.measure_needs_subject`, `indicator.measure_takes_no_subject`.
pub fn check_source(reader: &Reader<'_>, details: &IndicatorDetails) -> Result<(), Failure> {
    let Source::Measured { measure, of } = &details.source else { return Ok(()) };
    let refused = |code| Refusal::new(code).citing(Citation::rule("KPI-1"));
    let Some(known) = measure::of_code(reader, measure) else {
        return Err(refused(MEASURE_UNKNOWN).with("measure", measure.as_str()).at("/source/measure").into());
    };
    match (known.needs_subject, of) {
        (true, None) => Err(refused(MEASURE_NEEDS_SUBJECT).at("/source/of").into()),
        (false, Some(_)) => Err(refused(MEASURE_TAKES_NO_SUBJECT).at("/source/of").into()),
        _ => Ok(()),
    }
}

/// Retires an indicator that no scheme in force, or to come, uses.
///
/// # Errors
/// `indicator.in_use`, `indicator.retired`.
pub fn retire(tx: &mut Tx<'_>, indicator: Indicator) -> Result<Change<Indicator>, Failure> {
    let used_by = scheme::using(tx, &indicator.details.code)?;
    Ok(indicator.retire(used_by.as_deref())?)
}
