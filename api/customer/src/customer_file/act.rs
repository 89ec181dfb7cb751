//! Routes that do something with a customer beyond the file itself.

use crate::spine::{At, Can, PathId, Reason, Reply, UnitOfWork, Unrehearsed, Valid};
use domain::{
    customer_file::{Customer, CustomerImportance, CustomerSensitivity},
    spine::perm,
};
use persistence::customer_file::{
    self as customers, CustomerView,
    deed::{self, CustomerCopy},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Reveal a customer. `[CUS-5, ID-6; 000 §5.1]`
///
/// The file without a mask, for a reason that is kept in the audit trail: to whoever holds the permission as far as the
/// customer's department, to the owner and to their superiors. The answer is not kept for retries.
#[utoipa::path(post, path = "/api/v1/customers/{id}/reveal")]
pub(super) async fn reveal_customer(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    body: Valid<Reason>,
    work: Unrehearsed,
) -> Reply<CustomerView> {
    work.without_memory().write(who, move |tx| deed::reveal(tx, *id, &body.reason)).await
}

/// Hand out everything held on a customer. `[CUS-9; PIPL]`
///
/// At the customer's own request: the file without a mask, consents, interactions and when the file was changed. Kept in the
/// audit trail with the reason; the answer is not kept for retries.
#[utoipa::path(post, path = "/api/v1/customers/{id}/copy")]
pub(super) async fn copy_customer(
    who: Can<perm::EraseCustomers>,
    id: PathId<Customer>,
    body: Valid<Reason>,
    work: Unrehearsed,
) -> Reply<CustomerCopy> {
    work.without_memory().write(who, move |tx| deed::copy(tx, *id, &body.reason)).await
}

/// Verify the file of a customer. `[CUS-3; 000 §5.1]`
///
/// Says that it is true as it stands; it is due again after the days that the company's rules say, and what was owed of it is
/// fulfilled.
#[utoipa::path(post, path = "/api/v1/customers/{id}/verify")]
pub(super) async fn verify_customer(
    who: Can<perm::MaintainCustomers>,
    at: At<Customer>,
    work: UnitOfWork,
) -> Reply<CustomerView> {
    work.moves(who, at, move |customer, tx| {
        let today = tx.today();
        let rules = customers::rules(tx, today)?;
        Ok(customer.verify(today, &rules)?)
    })
    .await
}

/// How important and how sensitive a customer is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassifyCustomer {
    /// How important.
    importance: CustomerImportance,
    /// How sensitive.
    sensitivity: CustomerSensitivity,
}

/// Classify a customer. `[CUS-4; 000 §5.1]`
///
/// Of the classes that the company's rules name, phones, addresses and all that is personal are sealed at rest from then on, by
/// a key that is not in the database; the exact phone still finds the customer.
#[utoipa::path(post, path = "/api/v1/customers/{id}/classify")]
pub(super) async fn classify_customer(
    who: Can<perm::ClassifyCustomers>,
    at: At<Customer>,
    body: Valid<ClassifyCustomer>,
    work: UnitOfWork,
) -> Reply<CustomerView> {
    work.moves(who, at, move |customer, tx| deed::classify(tx, customer, (body.importance, body.sensitivity)))
        .await
}

/// Erase a customer. `[CUS-9; 000 §5.1; PIPL]`
///
/// Thoroughly and for ever: file, numbers, interactions with their files, and what the audit trail says of them, also of the
/// files that were merged into this one. Number, kind and the dates stay; ledgers and the trail stay whole.
#[utoipa::path(post, path = "/api/v1/customers/{id}/erase")]
pub(super) async fn erase_customer(
    who: Can<perm::EraseCustomers>,
    at: At<Customer>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<CustomerView> {
    let erased = work.moves(who, at, move |customer, tx| deed::erase(tx, customer, &body.reason)).await?;
    work.scrub().await?;
    Ok(erased)
}
