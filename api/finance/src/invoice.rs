//! Invoices across the company: who holds one, and who tried. `[EXP-6]`

use crate::spine::{Can, Query, Reading, Reply, Routes, routes};
use domain::spine::perm;
use persistence::finance::invoice::{InvoiceLookup, look_up};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "expense-claims", [look_up_invoices]);
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
#[utoipa::path(get, path = "/api/v1/invoices")]
async fn look_up_invoices(
    who: Can<perm::ReadInvoices>,
    which: Query<WhichInvoice>,
    reading: Reading,
) -> Reply<InvoiceLookup> {
    let Query(WhichInvoice { number }) = which;
    reading.read(who, move |reader| look_up(reader, &number)).await
}
