//! Acknowledgements in the database: asked for some at a time, by whichever server comes first, seen by who is asked and by
//! those in whose reach they work. `[REG-2]`

/// What is asked, acknowledged, let go.
pub mod deed;
/// That to acknowledge is a duty.
mod duty;
mod row;
/// What one acknowledgement looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{AcknowledgementFilter, AcknowledgementView, REGULATION_ACKNOWLEDGEMENT, list, show, view};

use crate::{
    file,
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    regulation_acknowledgement::{RegulationAcknowledgement, SHIPPED_ACKNOWLEDGEMENT_RULE},
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &duty::CALLED,
    &duty::FILED,
    &file::DocumentKind { kind: RegulationAcknowledgement::KIND, may_read: row::may_read },
    &Shipped::text(
        "duty-rule/regulation-acknowledgement",
        "制度确认",
        "000 §1.2",
        SHIPPED_ACKNOWLEDGEMENT_RULE,
    ),
];

crate::spine::resource! {
    crate::Governance: RegulationAcknowledgement as AcknowledgementView; find, apply, show = show
}

/// Writes a change of an acknowledgement.
pub fn apply(
    tx: &mut Tx<'_>,
    change: Change<RegulationAcknowledgement>,
) -> Result<RegulationAcknowledgement, Failure> {
    tx.apply(change)
}
