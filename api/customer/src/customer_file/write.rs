//! Routes that enter customers and change their files.

use super::body::CreateCustomer;
use crate::spine::{At, Can, Created, Merge, PathOf, Reply, UnitOfWork, Unrehearsed, Valid};
use domain::{
    customer_file::{Customer, NewCustomer},
    customer_look_up::KNOWN_ALREADY,
    spine::{Refusal, codes, perm},
};
use persistence::{
    customer_file::{self as customers, CustomerView},
    customer_look_up,
    spine::{Failure, Tx},
};
use serde::Deserialize;
use utoipa::IntoParams;

/// Enter a customer. `[CUS-1, CUS-2; 000 §5.1]`
///
/// Phones are kept in one form, however they are typed; what the company requires of every file must be there, and nobody is
/// entered who is known already by phone or tax number. The customer belongs to a department until a registration gives it
/// to somebody. There is no rehearsal: whether somebody is known is asked by `POST /customers/look-up`, which is counted, as it
/// is here to hear that somebody is.
#[utoipa::path(post, path = "/api/v1/customers")]
pub(super) async fn create_customer(
    who: Can<perm::MaintainCustomers>,
    body: Valid<CreateCustomer>,
    work: Unrehearsed,
) -> Created<CustomerView> {
    let entered = work.write(who.clone(), move |tx| {
        let customer = enter(tx, body.0.clone())?;
        customers::show(tx, customer)
    });
    let entered = entered.await;
    // Whoever hears that somebody is known has looked them up.
    if entered.as_ref().is_err_and(|problem| problem.code() == KNOWN_ALREADY.code) {
        work.apart(&who, |tx| customer_look_up::count_rows(tx, 1)).await?;
    }
    entered
}

pub(super) fn enter(tx: &mut Tx<'_>, body: CreateCustomer) -> Result<Customer, Failure> {
    let (now, today) = (tx.now(), tx.today());
    let allow_double = body.allow_double;
    let department = customers::answering(tx, body.department_id)?;
    let (rules, content) = (customers::rules(tx, today)?, body.content()?);
    let new = NewCustomer { id: tx.id(), number: customers::next_number(tx)? };
    let change = Customer::create(new, content, &rules, tx.actor(), (now, today))?;
    customers::enter(tx, change, department, allow_double)
}

/// Change the file of a customer. `[CUS-1, CUS-3]`
///
/// A contact keeps its number; one without a number is new. What is masked for the caller stays as it is unless it is sent.
#[utoipa::path(patch, path = "/api/v1/customers/{id}")]
pub(super) async fn revise_customer(
    who: Can<perm::MaintainCustomers>,
    at: At<Customer>,
    patch: Merge<CreateCustomer>,
    work: UnitOfWork,
) -> Reply<CustomerView> {
    work.moves(who, at, move |customer, tx| {
        let body = patch.over(&customer.content.clone().into())?;
        revise(tx, customer, body)
    })
    .await
}

fn revise(tx: &mut Tx<'_>, customer: Customer, body: CreateCustomer) -> Result<Customer, Failure> {
    let today = tx.today();
    let (rules, content) = (customers::rules(tx, today)?, body.content()?);
    let unchanged = customer.clone();
    match customer.revise(content, &rules, today)? {
        Some(change) => customers::apply(tx, change),
        None => Ok(unchanged),
    }
}

/// Which customer of which system.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub(super) struct CustomerExternalPath {
    /// The other system.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[param(min_length = 1, max_length = 40, example = "erp")]
    source: String,
    /// The customer's identity there.
    #[serde(deserialize_with = "domain::spine::typed::read_reference")]
    #[param(min_length = 1, max_length = 100)]
    external_id: String,
}

/// Create or replace the customer of another system. `[CUS-1, INT-5]`
///
/// Sent twice, the second call replaces what the first said; the same content changes nothing.
#[utoipa::path(put, path = "/api/v1/customers/by-external/{source}/{external_id}")]
pub(super) async fn mirror_customer(
    who: Can<perm::MaintainCustomers>,
    path: PathOf<CustomerExternalPath>,
    body: Valid<CreateCustomer>,
    work: UnitOfWork,
) -> Reply<CustomerView> {
    work.write(who, move |tx| {
        let customer = mirror(tx, path.0.clone(), body.0.clone())?;
        customers::show(tx, customer)
    })
    .await
}

fn mirror(
    tx: &mut Tx<'_>,
    path: CustomerExternalPath,
    mut body: CreateCustomer,
) -> Result<Customer, Failure> {
    let CustomerExternalPath { source, external_id } = path;
    let named = [(&body.source, &source, "/source"), (&body.external_id, &external_id, "/external_id")];
    for (sent, of_path, pointer) in named {
        if sent.as_ref().is_some_and(|sent| sent != of_path) {
            let refusal = Refusal::new(codes::BAD_FORMAT).with("expected", of_path.as_str());
            return Err(refusal.at(pointer).into());
        }
    }
    let known = customers::find_by_external(tx, &source, &external_id)?;
    (body.source, body.external_id) = (Some(source), Some(external_id));
    match known {
        None => enter(tx, body),
        Some(customer) => revise(tx, customer, body),
    }
}
