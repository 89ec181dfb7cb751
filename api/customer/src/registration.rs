//! Registrations over HTTP. `[OWN-1, OWN-2, OWN-17]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    customer_file::CustomerId,
    ownership::{Channel, FirstInquiry},
    registration::{Registration, RegistrationContent},
    spine::{AnyId, EmployeeId, Id, Timestamp, perm},
};
use persistence::registration::{self as registrations, RegistrationFilter, RegistrationView, deed};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "registrations",
        [list_registrations, register_customer, show_registration, complete_registration]
    );
}

/// List registrations. `[OWN-1, INT-4]`
///
/// One's own, those of people below, and those of departments in reach; the newest first.
#[utoipa::path(get, path = "/api/v1/registrations")]
async fn list_registrations(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<RegistrationFilter>,
    reading: Reading,
) -> List<RegistrationView> {
    reading.list(who, wanted, registrations::list).await
}

/// Show a registration. `[OWN-1]`
#[utoipa::path(get, path = "/api/v1/registrations/{id}")]
async fn show_registration(
    who: Can<perm::ReadCustomers>,
    id: PathId<Registration>,
    reading: Reading,
) -> Reply<RegistrationView> {
    reading.read(who, move |reader| registrations::view(reader, *id)).await
}

/// The answers to the first inquiry. A question that was not asked is left out; the registration counts once all are
/// answered, and of whoever is said to be there the id is given.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct AnsweredInquiry {
    /// Is it the first time here?
    is_first_visit: Option<bool>,
    /// Been at another site?
    was_elsewhere: Option<bool>,
    /// At which.
    elsewhere_id: Option<AnyId>,
    /// Has somebody of ours spoken to them by phone?
    was_phoned: Option<bool>,
    /// Who; left out where they remember nobody.
    phoned_by_id: Option<EmployeeId>,
    /// Did a customer of ours introduce them?
    was_introduced: Option<bool>,
    /// Which customer.
    introducer_id: Option<AnyId>,
    /// Do they ask for somebody?
    asks_for_somebody: Option<bool>,
    /// For whom.
    asks_for_id: Option<EmployeeId>,
    /// Is somebody of ours a relative or friend?
    has_relative: Option<bool>,
    /// Who.
    relative_id: Option<EmployeeId>,
}

impl From<AnsweredInquiry> for FirstInquiry {
    fn from(body: AnsweredInquiry) -> Self {
        let AnsweredInquiry { is_first_visit, was_elsewhere, elsewhere_id, was_phoned, phoned_by_id, .. } =
            body;
        let AnsweredInquiry { was_introduced, introducer_id, asks_for_somebody, asks_for_id, .. } = body;
        let AnsweredInquiry { has_relative, relative_id, .. } = body;
        Self {
            is_first_visit,
            was_elsewhere,
            elsewhere: elsewhere_id,
            was_phoned,
            phoned_by: phoned_by_id,
            was_introduced,
            introducer: introducer_id,
            asks_for_somebody,
            asks_for: asks_for_id,
            has_relative,
            relative: relative_id,
        }
    }
}

/// A customer who came.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegisterCustomer {
    /// Who came: a file with a phone or a tax number, whoever keeps it.
    customer_id: CustomerId,
    /// Where.
    site_id: AnyId,
    /// By which way.
    channel: Channel,
    /// What was answered.
    #[serde(default)]
    #[validate(nested)]
    inquiry: AnsweredInquiry,
    /// Who asked the caller to begin in their place: then they register, and not the caller.
    #[serde(default)]
    entrusted_by_id: Option<EmployeeId>,
    /// The reception of which it comes.
    #[serde(default)]
    reception_id: Option<AnyId>,
    /// Whether they are of a competitor.
    #[serde(default)]
    is_peer: bool,
    /// An earlier time, as it is claimed: an argument in a dispute, and nothing else.
    #[serde(default)]
    claimed_at: Option<Timestamp>,
}

/// Register a customer. `[OWN-1 … OWN-9, OWN-11, OWN-12, OWN-17; 002 §5(二)1]`
///
/// In the caller's name, at the server's time. Whose the customer is follows at once, by the policy of the site; where a rule
/// stands against it nothing is registered and the answer names the rule, and whose the customer is. One with questions
/// left out is kept, and does not count until they are answered.
#[utoipa::path(post, path = "/api/v1/registrations")]
async fn register_customer(
    who: Can<perm::RegisterCustomers>,
    body: Valid<RegisterCustomer>,
    work: UnitOfWork,
) -> Created<RegistrationView> {
    work.write(who, move |tx| {
        let RegisterCustomer { customer_id, site_id, channel, inquiry, .. } = body.0.clone();
        let RegisterCustomer { entrusted_by_id, reception_id, is_peer, claimed_at, .. } = body.0.clone();
        let content = RegistrationContent {
            customer: customer_id,
            site: Id::from_uuid(site_id.uuid()),
            channel,
            inquiry: inquiry.into(),
            entrusted_by: entrusted_by_id,
            is_peer,
            claimed_at,
        };
        let reception = reception_id.map(|id| Id::from_uuid(id.uuid()));
        let registration = deed::make(tx, content, reception)?;
        registrations::show(tx, registration)
    })
    .await
}

/// What is answered now.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompleteRegistration {
    /// All answers.
    #[validate(nested)]
    inquiry: AnsweredInquiry,
}

/// Complete a registration. `[OWN-2]`
///
/// By its receiver. It counts from now on: it overtakes nobody who registered the customer meanwhile.
#[utoipa::path(post, path = "/api/v1/registrations/{id}/complete")]
async fn complete_registration(
    who: Can<perm::RegisterCustomers>,
    at: At<Registration>,
    body: Valid<CompleteRegistration>,
    work: UnitOfWork,
) -> Reply<RegistrationView> {
    work.moves(who, at, move |registration, tx| deed::complete(tx, registration, body.inquiry.into())).await
}
