//! Filings in the database: one live a customer and product line, reviewed, followed by what becomes of it. `[SAL-2]`

/// What is done with a filing and looks at others.
pub mod deed;
/// Who reviews, and who is warned.
mod duty;
/// What others are kept from while it protects.
pub(crate) mod protection;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use view::{FILING, FilingFilter, FilingView, list, show, view};

use crate::{
    file::{self, DocumentKind},
    policy::Shipped,
    spine::{Failure, Follows, Part, Tx},
};
use domain::{
    filing::Filing,
    spine::{Change, Entity},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &DocumentKind { kind: Filing::KIND, may_read: row::may_read },
    &duty::FILED,
    &duty::REVIEWED,
    &duty::PROTECTED,
    &duty::CONVERTED,
    &Follows { wants: deed::wants, then: deed::follow },
    &Shipped::text("duty-rule/filing-review", "销售报备审核", "001 奖惩条款 §3.2", duty::REVIEW_RULE),
    &Shipped::text("duty-rule/filing-protection", "报备到期提醒", "001 奖惩条款 §3.2", duty::PROTECTION_RULE),
];

crate::spine::resource! { crate::Sales: Filing as FilingView; find, apply, show = show }

/// Writes a change of a filing; what proves it are exactly the files it names.
///
/// # Errors
/// Files that are not the actor's; where it moved meanwhile, or another came first.
pub fn apply(tx: &mut Tx<'_>, change: Change<Filing>) -> Result<Filing, Failure> {
    let is_written = change.before().is_none_or(|before| before.content != change.after().content);
    let filing = tx.apply(change)?;
    if is_written {
        file::attach_exactly(tx, &filing.content.evidence, Filing::KIND, filing.id.uuid(), "/evidence")?;
    }
    Ok(filing)
}
