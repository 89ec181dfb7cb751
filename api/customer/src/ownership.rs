//! Ownership over HTTP. `[OWN-3, OWN-4, OWN-8, OWN-13, OWN-15, OWN-18]`

mod act;

use crate::spine::{
    Can, Chore, Every, PathId, Query, Reading, Reason, Reply, Routes, UnitOfWork, Valid, each, routes,
};
use act::{__path_assign_customers, assign_customers};
use domain::{
    customer_file::{Customer, CustomerId},
    ownership::{FactId, What},
    spine::{AnyId, EmployeeId, Timestamp, perm},
};
use persistence::{
    ownership::{self as ownerships, OwnershipView, deal, deed, view::show},
    spine::{Database, Failure, Request, Tx},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "ownership",
        [
            show_ownership,
            announce_relative,
            announce_introduction,
            claim_customer,
            release_customer,
            assign_customer,
            assign_customers,
            lock_customer,
            record_deal,
            void_ownership_fact,
        ]
    );
}

/// As of when.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct AsOf {
    /// The instant whose knowledge is asked for; now where absent.
    as_of: Option<Timestamp>,
}

/// Show whose a customer is. `[OWN-18]`
///
/// Why, until when, and what happens next unless somebody acts; the chain of owners with the rule, the version and the facts
/// that made each, and which rules were looked at before and did not hold. With `as_of` as it was known then: only facts known
/// and policies published by that instant are used.
#[utoipa::path(get, path = "/api/v1/customers/{id}/ownership")]
async fn show_ownership(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    asked: Query<AsOf>,
    reading: Reading,
) -> Reply<OwnershipView> {
    let as_of = asked.as_of;
    reading.read(who, move |reader| ownerships::view(reader, *id, as_of)).await
}

/// Whose relative or friend.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnnounceRelative {
    /// Whose.
    relative_id: EmployeeId,
}

/// Announce a relative or friend. `[OWN-4; 002 §5(一)2②]`
///
/// Before they come: what is announced later does not count.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/announce-relative")]
async fn announce_relative(
    who: Can<perm::RegisterCustomers>,
    id: PathId<Customer>,
    body: Valid<AnnounceRelative>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::relate(tx, *id, body.relative_id)).await
}

/// By whom they will be brought.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnnounceIntroduction {
    /// The customer who brings them.
    introducer_id: CustomerId,
}

/// Announce that a customer brings another. `[OWN-3; 002 §5(一)2①]`
///
/// Before they come, or else they must ask for whose that customer is.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/announce-introduction")]
async fn announce_introduction(
    who: Can<perm::RegisterCustomers>,
    id: PathId<Customer>,
    body: Valid<AnnounceIntroduction>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::introduce(tx, *id, body.introducer_id)).await
}

/// Claim a customer from the pool. `[OWN-15]`
///
/// First come, first served: exactly one does. Of the department's pool by those who work there, of the centre's by all. What
/// one may claim a day is counted by claims, whatever becomes of them.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/claim")]
async fn claim_customer(
    who: Can<perm::RegisterCustomers>,
    id: PathId<Customer>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::claim(tx, *id)).await
}

/// Give a customer up to the pool. `[OWN-15]`
///
/// By the owner, or whoever manages ownership. A dispute, an open deal or a lock keeps them. The former owner waits before they
/// may claim them again.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/release")]
async fn release_customer(
    who: Can<perm::RegisterCustomers>,
    id: PathId<Customer>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::release(tx, *id, body.reason.clone())).await
}

/// To whom a customer is given.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignCustomer {
    /// To whom.
    employee_id: EmployeeId,
}

/// Assign a customer. `[OWN-8, OWN-15; 002 §5(二)1]`
///
/// Those of a leaver are nobody's to take: whoever manages ownership assigns them.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/assign")]
async fn assign_customer(
    who: Can<perm::ManageOwnership>,
    id: PathId<Customer>,
    body: Valid<AssignCustomer>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::assign(tx, *id, body.employee_id)).await
}

/// Until when a customer is locked.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LockCustomer {
    /// Until when they stay with their owner.
    until: Timestamp,
}

/// Lock a customer. `[OWN-15]`
///
/// They stay with their owner until then.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/lock")]
async fn lock_customer(
    who: Can<perm::ManageOwnership>,
    id: PathId<Customer>,
    body: Valid<LockCustomer>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| deed::lock(tx, *id, body.until)).await
}

/// What became of a deal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DealStep)]
enum Step {
    /// A deposit was paid.
    Deposited,
    /// A contract was signed.
    Signed,
    /// It came to nothing.
    FellThrough,
    /// It was carried out.
    Completed,
}

domain::labels! { Step = "DealStep":
    Deposited = "deposited", "交定金", "Deposit paid";
    Signed = "signed", "签约", "Signed";
    FellThrough = "fell_through", "退定或撤单", "Fell through";
    Completed = "completed", "成交完成", "Completed";
}

/// The labels of what became of a deal.
pub(crate) const STEPS: &domain::spine::EnumLabels = Step::LABELS;

/// What became of a deal.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordDeal {
    /// The deal: an id of the caller's own.
    deal_id: AnyId,
    /// What became of it.
    step: Step,
}

/// Tell what became of a deal. `[OWN-8, OWN-13, OWN-15]`
///
/// By hand, where no sale is kept: a sale tells of its deal by itself, and with a customer with whom there is one no deal
/// begins by hand; one that began so before it ends. An open deal keeps the customer with the owner; whose it is credited to
/// stands from the deposit on, and is frozen when it is signed.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/record-deal")]
async fn record_deal(
    who: Can<perm::ManageOwnership>,
    id: PathId<Customer>,
    body: Valid<RecordDeal>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| {
        let deal = body.deal_id;
        let what = match body.step {
            Step::Deposited => What::Deposited { deal },
            Step::Signed => What::Signed { deal },
            Step::FellThrough => What::FellThrough { deal },
            Step::Completed => What::Completed { deal },
        };
        deal::record(tx, *id, what)
    })
    .await
}

/// Which fact does not count.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct VoidOwnershipFact {
    /// Which.
    fact_id: AnyId,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "跟进无内容")]
    reason: String,
}

/// Void a fact of ownership. `[OWN-15, OWN-18]`
///
/// From then on it is as if it had never counted, and whose the customer is follows anew; asked of a day before, it still does.
#[utoipa::path(post, path = "/api/v1/customers/{id}/ownership/void-fact")]
async fn void_ownership_fact(
    who: Can<perm::ManageOwnership>,
    id: PathId<Customer>,
    body: Valid<VoidOwnershipFact>,
    work: UnitOfWork,
) -> Reply<OwnershipView> {
    shown(work, who, move |tx| {
        let (fact, reason) = (FactId::from_uuid(body.fact_id.uuid()), body.reason.clone());
        let by = tx.actor().employee;
        deed::tell(tx, *id, What::Voided { fact, by, reason })
    })
    .await
}

/// Does a deed and shows whose the customer is then.
async fn shown<G: crate::spine::Guard>(
    work: UnitOfWork,
    who: G,
    deed: impl Fn(&mut Tx<'_>) -> Result<domain::ownership::Ownership, Failure> + Send + 'static,
) -> Reply<OwnershipView> {
    work.write(who, move |tx| {
        let ownership = deed(tx)?;
        show(tx, &ownership, None)
    })
    .await
}

/// Customers whom time has moved.
pub const FALLS: &Chore = &Chore {
    name: "ownership-falls",
    every: Every::Seconds(60),
    run: |state| Box::pin(settle_ownership(&state.database)),
};

/// Lets what time has brought about show where lists read it; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a customer who could not be settled, when the others have been.
pub async fn settle_ownership(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("ownership-falls"), deed::due).await?;
    each(database, "ownership-falls", due, deed::settle).await
}

/// Owners whose protection ends soon.
pub const WARNINGS: &Chore = &Chore {
    name: "ownership-warnings",
    every: Every::Seconds(60),
    run: |state| Box::pin(warn_owners(&state.database)),
};

/// Warns owners whose protection ends soon, and calls for the contact that keeps the customer; safe to be done by several
/// servers, and twice. `[OWN-15, TIE-2]`
///
/// # Errors
/// A database that does not answer; a customer whose owner could not be warned, when the others have been.
pub async fn warn_owners(database: &Database) -> Result<(), Failure> {
    let due = database.read(Request::system("ownership-warnings"), deed::to_warn).await?;
    each(database, "ownership-warnings", due, deed::warn).await
}
