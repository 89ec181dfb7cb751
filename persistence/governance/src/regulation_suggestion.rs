//! Suggestions in the database: read by all, answered by who issues the regulation. `[REG-3]`

/// What is suggested, and answered.
pub mod deed;
/// That to answer is a duty.
mod duty;
mod row;
/// What one suggestion looks like, and all of them.
pub mod view;

pub use deed::come_into_force;
pub use row::{find, load};
pub use view::{
    REGULATION_SUGGESTION, SuggestionFilter, SuggestionSummary, SuggestionView, list, show, view,
};

use crate::{
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    regulation_suggestion::{RegulationSuggestion, SHIPPED_SUGGESTION_RULE},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &duty::CALLED,
    &duty::FILED,
    &Shipped::text(
        "duty-rule/regulation-suggestion",
        "改进建议答复",
        "000 §10 持续改进",
        SHIPPED_SUGGESTION_RULE,
    ),
];

crate::spine::resource! { crate::Governance: RegulationSuggestion as SuggestionView; find, apply, show = show }

/// Writes a change of a suggestion.
pub fn apply(tx: &mut Tx<'_>, change: Change<RegulationSuggestion>) -> Result<RegulationSuggestion, Failure> {
    tx.apply(change)
}
