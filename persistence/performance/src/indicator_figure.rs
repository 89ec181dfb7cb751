//! Figures that are entered, in the database: by one, confirmed by another, once for an indicator, a person
//! and a period.
//! `[KPI-1, SER]`

/// What people do about a figure.
pub mod deed;
mod row;
/// What a figure looks like, and those within the caller's sight.
pub mod view;

pub use row::{confirmed, find};
pub use view::{FigureFilter, FigureView, list, show, view};

use crate::{
    file,
    spine::{Failure, Part, Tx},
};
use domain::{
    indicator_figure::IndicatorFigure,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] =
    &[&file::DocumentKind { kind: IndicatorFigure::KIND, may_read: deed::may_read }];

crate::spine::resource! { crate::Performance: IndicatorFigure as FigureView; find, apply, show = show }

/// Writes a change of a figure.
///
/// # Errors
/// `indicator_figure.entered_twice`.
pub fn apply(tx: &mut Tx<'_>, change: Change<IndicatorFigure>) -> Result<IndicatorFigure, Failure> {
    tx.apply(change)
}
