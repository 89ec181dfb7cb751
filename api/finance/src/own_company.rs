//! The company's own names and tax numbers over HTTP. `[EXP-6, REG-4]`

use crate::spine::{Can, Reading, Reply, Routes, UnitOfWork, Valid, routes};
use chrono::NaiveDate;
use domain::{finance::invoice::Party, spine::perm};
use persistence::finance::own_company::{self as companies, OwnCompaniesView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "expense-claims", [show_own_companies, register_own_companies]);
}

/// Show whom invoices are made out to. `[EXP-6]`
///
/// Whoever asks a seller for an invoice needs the name and the tax number.
#[utoipa::path(get, path = "/api/v1/own-companies")]
async fn show_own_companies(who: Can<perm::ReadExpenseClaims>, reading: Reading) -> Reply<OwnCompaniesView> {
    reading.read(who, companies::view).await
}

/// The company itself.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterOwnCompanies {
    /// All names and tax numbers that invoices may bear.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    companies: Vec<Party>,
    /// The first business day on which they count; where absent, today, or from the beginning as long as no document was
    /// handed in.
    #[serde(default)]
    effective_from: Option<NaiveDate>,
}

/// Register whom invoices are made out to. `[EXP-6, REG-4]`
///
/// Publishes a version of the settings of claims (`expense-policy/claims`) that differs in this alone. Without it no invoice
/// that names its buyer is reimbursed.
#[utoipa::path(post, path = "/api/v1/own-companies")]
async fn register_own_companies(
    who: Can<perm::ManagePolicies>,
    body: Valid<RegisterOwnCompanies>,
    work: UnitOfWork,
) -> Reply<OwnCompaniesView> {
    work.write(who, move |tx| {
        let RegisterOwnCompanies { companies, effective_from } = body.0.clone();
        companies::register(tx, companies, effective_from)?;
        companies::view(tx)
    })
    .await
}
