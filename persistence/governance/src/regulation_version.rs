//! Versions of regulations in the database, their clauses in a table of their own; read as of a day, compared by clause.
//! `[REG-1a, REG-1b]`

/// What a version changes of another.
pub mod comparison;
/// What is done with a version, and what follows elsewhere.
pub mod deed;
/// The versions within the caller's sight.
pub mod list;
/// Policies whose clause was edited.
mod review;
mod row;
mod settle;
/// What one version looks like.
pub mod view;

pub use list::{RegulationVersionFilter, RegulationVersionSummary, list};
pub(crate) use row::find_unscoped;
pub use row::{find, in_force, last, last_published};
pub use settle::preview;
pub use view::{
    EditionRef, REGULATION_VERSION, RegulationVersionView, editions_in_force, show, view, view_in_force,
};

use crate::{
    approval::{Routing, SubjectKind},
    policy::Shipped,
    spine::{Failure, Follows, Part, Tx},
};
use domain::{
    regulation_version::{REGULATION_CHAIN_CODE, RegulationVersion, SHIPPED_REGULATION_CHAIN, routed_fields},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<RegulationVersion, crate::Governance>() },
    &Routing(routed_fields),
    &Follows { wants: review::wants, then: review::follow },
    &Shipped::text(REGULATION_CHAIN_CODE, "制度审批链", "000 §9.2 六；§11.1", SHIPPED_REGULATION_CHAIN),
];

crate::spine::resource! {
    crate::Governance: RegulationVersion as RegulationVersionView; find, apply, show = show
}

/// Writes a change of a version.
pub fn apply(tx: &mut Tx<'_>, change: Change<RegulationVersion>) -> Result<RegulationVersion, Failure> {
    tx.apply(change)
}
