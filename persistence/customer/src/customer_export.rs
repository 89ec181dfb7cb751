//! Requests to take lists of customers away, in the database: without one no long list leaves. `[CUS-5]`

/// What moves more than the request itself.
pub mod deed;
mod row;
mod settle;
/// What one looks like, and those within the caller's sight.
pub mod view;

pub use row::find;
pub use settle::preview;
pub use view::{ExportFilter, ExportView, list, show, view};

use crate::{
    approval::{Routing, SubjectKind},
    customer_file,
    policy::Shipped,
    spine::{ExportGate, Failure, Part, Reader, Tx},
};
use domain::{
    customer_export::{
        CustomerExport, EXPORT_CHAIN_CODE, NEEDS_APPROVAL, SHIPPED_EXPORT_CHAIN, routed_fields,
    },
    spine::{Change, Permission, Refusal},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &const { SubjectKind::of::<CustomerExport, crate::Customer>() },
    &Routing(routed_fields),
    &Shipped::text(EXPORT_CHAIN_CODE, "客户数据导出审批链", "000 §5.1", SHIPPED_EXPORT_CHAIN),
    &ExportGate { permission: Permission::ExportCustomers, allow },
];

crate::spine::resource! { crate::Customer: CustomerExport as ExportView; find, apply, show = show }

/// Writes a change of a request.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<CustomerExport>) -> Result<CustomerExport, Failure> {
    tx.apply(change)
}

/// Lets a list of customers leave: a short one, or one that was approved.
fn allow(reader: &mut Reader<'_>, list: &'static str, rows: i64) -> Result<(), Failure> {
    let today = reader.today();
    let rules = customer_file::rules(reader, today)?;
    let limit = i64::from(rules.content.export_rows_max);
    if rows <= limit || row::is_allowed(reader, list, rows)? {
        return Ok(());
    }
    let refusal = Refusal::new(NEEDS_APPROVAL).with("rows", rows).with("limit", limit);
    Err(refusal.citing(rules.cite("CUS-5", None)).into())
}
