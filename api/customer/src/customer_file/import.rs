//! Customers from a spreadsheet: CSV or XLSX, dry run, and a second run makes no doubles. `[CUS-1, CUS-2, INT-5]`
//!
//! A row is the customer that another system names so, or else one whom the caller sees with the same name and phone: what
//! the row fills in is changed there, and what it leaves empty stays.

use super::{body::CreateCustomer, row::CustomerRow, write::enter};
use crate::operation::{
    Kind,
    import::{self, HandedIn, Imports, LongImport},
};
use crate::spine::{
    Can, Patience, Query, Reading, UnitOfWork, Upload,
    import::{Outcome, Sheet, Template, TemplateFormat},
};
use domain::{
    customer_file::{Customer, CustomerContent},
    customer_look_up::KNOWN_ALREADY,
    spine::{Permission, perm},
};
use persistence::{
    customer_file as customers, customer_look_up,
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
    /// Whether the file is rehearsed alone: as `validate_only`, but also above the bound, where it is an operation that keeps
    /// nothing of the rows.
    rehearsal: Option<bool>,
}

impl LongImport for CustomerRow {
    const KIND: &'static str = "customer_import";
    const CALLED: (&'static str, &'static str) = ("导入客户", "Import of customers");
    const PERMISSION: Permission = Permission::MaintainCustomers;
    type How = ();

    fn take(tx: &mut Tx<'_>, sheet: &mut Sheet<Self>, (): &(), _: bool) -> Result<(), Failure> {
        sheet.each(tx, take)
    }

    fn tells(sheet: &Sheet<Self>) -> usize {
        sheet.refused_for(KNOWN_ALREADY)
    }

    fn told(tx: &mut Tx<'_>, rows: usize) -> Result<(), Failure> {
        customer_look_up::count_rows(tx, rows)
    }
}

/// Files of many customers.
pub(super) static KIND: Kind = import::kind::<CustomerRow>();

/// Import customers from CSV or XLSX. `[CUS-1, CUS-2, INT-5, OPR-1]`
///
/// Each row is judged as a customer entered by hand; who is known to somebody else by phone or tax number is refused with the
/// owner's name, and counts as a look-up of a caller who does not supervise customers: where there are more than may be looked
/// up in an hour, a file of which nothing is taken is refused without a word of them. The same file again changes nothing. With
/// `validate_only=true` the report says of every row what would become of it, and each row counts so.
/// A file of more than 1,000 rows, 100,000 at most, is an operation.
#[utoipa::path(post, path = "/api/v1/customers/import")]
pub(super) async fn import_customers(
    who: Can<perm::MaintainCustomers>,
    how: Query<ImportCustomers>,
    patience: Patience,
    upload: Upload,
    work: UnitOfWork,
) -> Imports {
    let (partial, rehearsal) = (how.0.partial.unwrap_or(false), how.0.rehearsal.unwrap_or(false));
    let file = upload.named_sheet::<CustomerRow>().await?;
    // What takes rows tells as much as entering them by hand; a rehearsal tells as much as looking them up.
    if rehearsal || work.is_rehearsal() {
        let rows = file.1.count();
        work.apart(&who, move |tx| customer_look_up::count_rows(tx, rows)).await?;
    }
    import::hand_in((who, patience, work), HandedIn { file, partial, rehearsal, how: () }).await
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
