//! The ledger of rewards and penalties in the database: one entry for each incident whoever comes at the same time, found
//! within the caller's sight, moved by people and by what becomes of duties, and summed by month. `[INC-1 … INC-3]`

/// What follows from a rule.
pub mod by_rule;
/// What people do about an entry.
pub mod deed;
mod duty;
/// The entries within the caller's sight.
pub mod find;
/// In which month an entry counts, and what caps leave of it.
mod month;
mod row;
mod settle;
/// What months come to, and the statement to the person.
pub mod total;
/// What one entry looks like.
pub mod view;

pub(crate) use duty::follow;
pub use find::{IncentiveEntryFilter, IncentiveEntrySummary, list};
pub(crate) use month::PAYROLL;
pub use row::find;
pub(crate) use row::{goes_with_payroll, several};
pub use view::{INCENTIVE_ENTRY, IncentiveEntryView, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    file,
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    incentive_entry::{
        INCENTIVE_CHAIN_CODE, INCENTIVE_POLICY_CODE, IncentiveEntry, IncentivePolicy,
        SHIPPED_INCENTIVE_CHAIN, SHIPPED_INCENTIVE_POLICY, routed_fields,
    },
    spine::{Change, Entity, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &SubjectKind {
        kind: IncentiveEntry::KIND,
        settle: settle::settle,
        summaries: settle::summaries,
        foresee: None,
        moves: None,
    },
    &Routing(routed_fields),
    &Kind::of::<IncentivePolicy>(),
    &Shipped::text(INCENTIVE_POLICY_CODE, "奖惩台账设置", "001 §3", SHIPPED_INCENTIVE_POLICY),
    &Shipped::text(INCENTIVE_CHAIN_CODE, "奖惩审批链", "001 §3", SHIPPED_INCENTIVE_CHAIN),
    &file::DocumentKind { kind: IncentiveEntry::KIND, may_read: deed::may_read },
];

crate::spine::resource! { crate::Base: IncentiveEntry as IncentiveEntryView; find, apply, show = show }

/// Writes a change of an entry.
pub fn apply(tx: &mut Tx<'_>, change: Change<IncentiveEntry>) -> Result<IncentiveEntry, Failure> {
    tx.apply(change)
}

/// The company's settings for rewards and penalties, in force today.
fn settings(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<IncentivePolicy>>, Failure> {
    let today = reader.today();
    policy::in_force(reader, "company", today)
}
