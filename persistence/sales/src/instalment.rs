//! Instalments in the database: planned with what they are of, paid in turn, asked for by duties, aged. `[REC-1a, REC-1d]`

/// How long what is open has been overdue.
pub mod ageing;
/// What follows from the sale and from what comes about.
pub(crate) mod deed;
/// Who collects.
mod duty;
mod row;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use ageing::{ReceivableFilter, ReceivableRow};
pub use row::find;
pub use view::{InstalmentFilter, InstalmentSummary, InstalmentTermView, InstalmentView, list, view};

use crate::{
    policy::Shipped,
    spine::{Follows, Part},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &duty::SCHEDULED,
    &duty::SETTLED,
    &Follows { wants: duty::wants, then: duty::follow },
    &Shipped::text("duty-rule/collection", "应收账款催收", "001 第十七条", duty::COLLECTION_RULE),
];
