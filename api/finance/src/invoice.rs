//! Invoices across the company: all of them, who holds one, and who tried. `[EXP-6]`

use crate::spine::{Can, List, Query, Reading, Reply, Routes, Wanted, routes};
use domain::spine::perm;
use persistence::finance::invoice::{
    InvoiceLookup,
    list::{self as invoices, InvoiceFilter, InvoiceSummary},
    look_up,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "expense-claims", [list_invoices, look_up_invoices]);
}

/// List the invoices on expense claims (发票台账). `[EXP-6, INT-4]`
///
/// One a row for each line that carries it, with the claim, also as a file; those on claims in reach, and on one's own.
#[utoipa::path(get, path = "/api/v1/invoices")]
async fn list_invoices(
    who: Can<perm::ReadInvoices>,
    wanted: Wanted<InvoiceFilter>,
    reading: Reading,
) -> List<InvoiceSummary> {
    reading.list(who, wanted, invoices::list).await
}

/// Which invoice.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct WhichInvoice {
    /// The invoice number, as printed or typed.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "26332000000012345678")]
    number: String,
}

/// Look up an invoice by its number. `[EXP-6]`
///
/// Shows every claim that carries it, which of them holds it now, and when earlier ones let go. An invoice is
/// reimbursed once in the whole company.
#[utoipa::path(get, path = "/api/v1/invoices/look-up")]
async fn look_up_invoices(
    who: Can<perm::ReadInvoices>,
    which: Query<WhichInvoice>,
    reading: Reading,
) -> Reply<InvoiceLookup> {
    let Query(WhichInvoice { number }) = which;
    reading.read(who, move |reader| look_up(reader, &number)).await
}
