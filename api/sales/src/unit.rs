//! Units over HTTP. `[ORD-2, OWN-13]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    product::ProductId,
    receipt::ReceiptDetails,
    sales_contract::SalesContractId,
    spine::{Money, perm},
    unit::Unit,
};
use persistence::unit::{self as units, UnitFilter, UnitView, deed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "units", [list_units, create_unit, show_unit, deposit_on_unit, sign_unit, release_unit]);
}

/// List units. `[ORD-2, INT-4]`
///
/// By code. For whom one is held only its holder sees, and who supervises them.
#[utoipa::path(get, path = "/api/v1/units")]
async fn list_units(
    who: Can<perm::ReadUnits>,
    wanted: Wanted<UnitFilter>,
    reading: Reading,
) -> List<UnitView> {
    reading.list(who, wanted, units::list).await
}

/// Show a unit. `[ORD-2]`
#[utoipa::path(get, path = "/api/v1/units/{id}")]
async fn show_unit(who: Can<perm::ReadUnits>, id: PathId<Unit>, reading: Reading) -> Reply<UnitView> {
    reading.read(who, move |reader| units::view(reader, *id)).await
}

/// A new unit.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateUnit {
    /// Its code; unique.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "3-1201")]
    code: String,
    /// Where it is.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "三号楼 12 层")]
    place: String,
    /// The product it is sold as.
    product_id: ProductId,
}

/// Enter a unit. `[ORD-2]`
#[utoipa::path(post, path = "/api/v1/units")]
async fn create_unit(
    who: Can<perm::ManageUnits>,
    body: Valid<CreateUnit>,
    work: UnitOfWork,
) -> Created<UnitView> {
    work.write(who, move |tx| {
        let CreateUnit { code, place, product_id } = body.0.clone();
        let unit = deed::enter(tx, (code, place), product_id)?;
        units::show(tx, unit)
    })
    .await
}

/// A deposit on a unit.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DepositOnUnit {
    /// From which customer.
    customer_id: CustomerId,
    /// How much, in the book currency.
    amount: Money,
    /// The day it was received.
    received_on: NaiveDate,
    /// Whether it is the large one (大定), which reserves the unit; a small one (小订) holds nothing.
    is_large: bool,
}

/// Take a deposit on a unit. `[ORD-2, OWN-13, CNT; 002 §5]`
///
/// A large one reserves it in the same act, so that of many at once one does; the others are refused and nothing is recorded of
/// them. A small one holds nothing, and is recorded as what the customer paid.
#[utoipa::path(post, path = "/api/v1/units/{id}/deposit")]
async fn deposit_on_unit(
    who: Can<perm::ReserveUnits>,
    id: PathId<Unit>,
    body: Valid<DepositOnUnit>,
    work: UnitOfWork,
) -> Reply<UnitView> {
    work.write(who, move |tx| {
        let DepositOnUnit { customer_id, amount, received_on, is_large } = body.0.clone();
        let (payer, bank, external, taken_by) = (None, None, None, None);
        let (customer, is_deposit) = (customer_id, is_large);
        let details =
            ReceiptDetails { customer, amount, received_on, payer, bank, external, is_deposit, taken_by };
        let unit = units::find(tx, *id)?;
        let (unit, _) = deed::deposit(tx, unit, details)?;
        units::show(tx, unit)
    })
    .await
}

/// The contract by which a unit is bought.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUnit {
    /// Which: signed, the purchase of a unit, of the customer who holds it.
    contract_id: SalesContractId,
}

/// Say that a reserved unit is bought. `[ORD-2]`
#[utoipa::path(post, path = "/api/v1/units/{id}/sign")]
async fn sign_unit(
    who: Can<perm::ReserveUnits>,
    at: At<Unit>,
    body: Valid<SignUnit>,
    work: UnitOfWork,
) -> Reply<UnitView> {
    work.moves(who, at, move |unit, tx| deed::sign(tx, unit, body.contract_id)).await
}

/// Release a reserved unit. `[ORD-2]`
///
/// By whoever reserved it, until the last day on which it may be signed; afterwards only by who supervises them.
#[utoipa::path(post, path = "/api/v1/units/{id}/release")]
async fn release_unit(
    who: Can<perm::ReserveUnits>,
    at: At<Unit>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<UnitView> {
    work.moves(who, at, move |unit, tx| deed::release(tx, unit, &body.reason)).await
}
