//! Customers from a spreadsheet: CSV or XLSX, dry run, and a second run makes no doubles. `[CUS-1, CUS-2, INT-5]`
//!
//! A row is the customer that another system names so, or else one whom the caller sees with the same name and phone: what
//! the row fills in is changed there, and what it leaves empty stays.

use super::{body::CreateCustomer, row::CustomerRow, write::enter};
use crate::spine::{
    Can, Query, Reading, Reply, UnitOfWork, Upload,
    import::{ImportReport, Outcome, Template, TemplateFormat},
};
use domain::{
    customer_file::{Customer, CustomerContent},
    spine::perm,
};
use persistence::{
    customer_file as customers,
    spine::{Failure, Tx},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

/// Show which columns an import of customers has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/customers/import-template")]
pub(super) async fn show_customer_template(
    _who: Can<perm::MaintainCustomers>,
    format: TemplateFormat,
    reading: Reading,
) -> Template {
    reading.template::<CustomerRow>(format, Vec::new(), Vec::new()).await
}

/// How a file of customers is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ImportCustomers {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
}

/// Import customers from CSV or XLSX. `[CUS-1, CUS-2, INT-5]`
///
/// Each row is judged as a customer entered by hand; who is known to somebody else by phone or tax number is refused with the
/// owner's name. The same file again changes nothing. With `validate_only=true` the report says of every row what would become
/// of it.
#[utoipa::path(post, path = "/api/v1/customers/import")]
pub(super) async fn import_customers(
    who: Can<perm::MaintainCustomers>,
    how: Query<ImportCustomers>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let partial = how.0.partial.unwrap_or(false);
    let sheet = upload.sheet::<CustomerRow>().await?;
    work.import(who, sheet, partial, |tx, sheet| sheet.each(tx, take)).await
}

fn take(tx: &mut Tx<'_>, row: &CustomerRow) -> Result<Outcome, Failure> {
    let Some(known) = known(tx, row)? else {
        enter(tx, CreateCustomer::from(row.clone()))?;
        return Ok(Outcome::Created);
    };
    let (today, content) = (tx.today(), row.over(known.content.clone())?);
    let rules = customers::rules(tx, today)?;
    match known.revise(content, &rules, today)? {
        None => Ok(Outcome::Unchanged),
        Some(change) => customers::apply(tx, change).map(|_| Outcome::Changed),
    }
}

/// The customer whom a row names: by the identity in another system, else by name and phone among those the caller sees.
fn known(tx: &mut Tx<'_>, row: &CustomerRow) -> Result<Option<Customer>, Failure> {
    if let Some((source, external_id)) = row.external() {
        return customers::find_by_external(tx, source, external_id);
    }
    let content: CustomerContent = CreateCustomer::from(row.clone()).content()?;
    customers::find_same(tx, &content)
}
