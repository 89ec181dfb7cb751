//! Disputes over ownership in the database: opened, and ruled on, with what follows for whose the customer is in the same
//! transaction. `[OWN-14]`

/// What moves ownership as well.
pub mod deed;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub(crate) use row::erase;
pub use row::{find, load};
pub use view::{DisputeFilter, DisputeView, list, show, view};

use crate::{
    audit::{Confidential, Shown},
    file::{self, DocumentKind},
    spine::{Failure, Part, Tx},
};
use domain::{
    ownership_dispute::OwnershipDispute,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Confidential { kind: OwnershipDispute::KIND, shown: Shown::Never },
    &DocumentKind { kind: OwnershipDispute::KIND, may_read: row::may_read },
];

crate::spine::resource! { crate::Customer: OwnershipDispute as DisputeView; find, apply, show = show }

/// Writes a change of a dispute, with the files of what was said last.
///
/// # Errors
/// Files that are not the actor's; where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<OwnershipDispute>) -> Result<OwnershipDispute, Failure> {
    let before = change.before().map_or(0, |before| before.statements.len());
    let dispute = tx.apply(change)?;
    for statement in dispute.statements.iter().skip(before) {
        file::attach(tx, &statement.files, OwnershipDispute::KIND, dispute.id.uuid(), "/file_ids")?;
    }
    Ok(dispute)
}
