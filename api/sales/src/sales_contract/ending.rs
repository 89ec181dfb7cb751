//! Until when contracts run, and how they end by themselves. `[CON-1, CON-4]`

use crate::spine::{At, Can, Reply, UnitOfWork, Valid};
use chrono::NaiveDate;
use domain::{
    sales_contract::{Ending, SalesContract},
    spine::perm,
};
use persistence::sales_contract::{SalesContractView, deed};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Until when a contract runs.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetSalesContractExpiry {
    /// Its last day.
    expires_on: NaiveDate,
}

/// Say until which day a contract runs. `[CON-4]`
///
/// Who drew it up is reminded before that day as the rule of duties says; another day, when it is renewed, takes the place of this
/// one.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/set-expiry")]
pub(super) async fn set_sales_contract_expiry(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<SetSalesContractExpiry>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| Ok(contract.run_until(body.expires_on, tx.actor())?)).await
}

/// How a contract ended by itself.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConcludeSalesContract {
    /// Completed, or expired; a termination is a document of its own.
    how: Ending,
    /// Why.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Conclude a sales contract. `[CON-1, CON-4]`
///
/// Completed once all of it is paid and no order under it has anything left to be shipped; expired once its last day is over. Nothing
/// is ordered under it since; what is still owed of it can be collected.
#[utoipa::path(post, path = "/api/v1/sales-contracts/{id}/conclude")]
pub(super) async fn conclude_sales_contract(
    who: Can<perm::SubmitContracts>,
    at: At<SalesContract>,
    body: Valid<ConcludeSalesContract>,
    work: UnitOfWork,
) -> Reply<SalesContractView> {
    work.moves(who, at, move |contract, tx| deed::conclude(tx, contract, (body.how, &body.reason))).await
}
