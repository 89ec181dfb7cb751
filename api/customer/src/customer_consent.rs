//! What customers agreed to, over HTTP. `[CUS-9]`

use crate::spine::{
    At, Can, Created, Listing, Paged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, routes,
};
use domain::{
    customer_consent::{ConsentMeans, ConsentPurpose, CustomerConsent, NewConsent},
    customer_file::{Customer, some_text},
    spine::{Timestamp, perm},
};
use persistence::{
    customer_consent::{self as consents, CustomerConsentView},
    customer_file as customers,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customer-consents",
        [list_customer_consents, give_customer_consent, show_customer_consent, withdraw_customer_consent]
    );
}

/// List what a customer agreed to. `[CUS-9]`
#[utoipa::path(get, path = "/api/v1/customers/{id}/consents")]
async fn list_customer_consents(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<CustomerConsentView>> {
    reading.page(who, paged, move |reader, page| consents::list(reader, *id, page)).await
}

/// Show a consent. `[CUS-9]`
#[utoipa::path(get, path = "/api/v1/customer-consents/{id}")]
async fn show_customer_consent(
    who: Can<perm::ReadCustomers>,
    id: PathId<CustomerConsent>,
    reading: Reading,
) -> Reply<CustomerConsentView> {
    reading.read(who, move |reader| consents::view(reader, *id)).await
}

/// What a customer agreed to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveConsent {
    /// To what.
    purpose: ConsentPurpose,
    /// How.
    means: ConsentMeans,
    /// When; now where absent.
    #[serde(default)]
    given_at: Option<Timestamp>,
    /// What else is to be known of it.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Write down what a customer agreed to. `[CUS-9; PIPL]`
#[utoipa::path(post, path = "/api/v1/customers/{id}/consents")]
async fn give_customer_consent(
    who: Can<perm::MaintainCustomers>,
    id: PathId<Customer>,
    body: Valid<GiveConsent>,
    work: UnitOfWork,
) -> Created<CustomerConsentView> {
    work.write(who, move |tx| {
        let customer = customers::find(tx, *id)?;
        customer.ensure_active()?;
        let GiveConsent { purpose, means, given_at, note } = body.0.clone();
        let (consent, now) = (tx.id(), tx.now());
        let given_at = given_at.unwrap_or(now);
        let new = NewConsent { purpose, means, given_at, note: some_text(note) };
        let change = CustomerConsent::give(consent, customer.id, new, tx.actor(), now)?;
        let consent = consents::apply(tx, change)?;
        consents::show(tx, consent)
    })
    .await
}

/// Withdraw a consent. `[CUS-9; PIPL]`
#[utoipa::path(post, path = "/api/v1/customer-consents/{id}/withdraw")]
async fn withdraw_customer_consent(
    who: Can<perm::MaintainCustomers>,
    at: At<CustomerConsent>,
    work: UnitOfWork,
) -> Reply<CustomerConsentView> {
    work.moves(who, at, move |consent, tx| Ok(consent.withdraw(tx.now())?)).await
}
