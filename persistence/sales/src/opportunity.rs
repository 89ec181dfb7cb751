//! Opportunities in the database: pursued by facts that records show, won by closed sales. `[SAL-3]`

/// What is done with an opportunity and looks at records.
pub mod deed;
/// How many enter each stage, pass on, and how long it takes.
pub mod funnel;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub(crate) use row::expected;
pub use row::find;
pub use view::{OPPORTUNITY, OpportunityFilter, OpportunitySummary, OpportunityView, list, show, view};

use crate::spine::{Failure, Follows, Part, Tx};
use domain::{opportunity::Opportunity, spine::Change};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Follows { wants: deed::wants, then: deed::follow }];

crate::spine::resource! { crate::Sales: Opportunity as OpportunityView; find, apply, show = show }

/// Writes a change of an opportunity.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Opportunity>) -> Result<Opportunity, Failure> {
    tx.apply(change)
}
