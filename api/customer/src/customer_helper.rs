//! Helpers with customers over HTTP. `[OWN-16]`

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    customer_file::CustomerId,
    customer_helper::{CustomerHelper, HelperAccess},
    spine::{EmployeeId, perm},
};
use persistence::customer_helper::{self as helpers, HelperFilter, HelperView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customer-helpers",
        [list_customer_helpers, grant_customer_helper, show_customer_helper, end_customer_helper,]
    );
}

/// List helpers with customers. `[OWN-16, INT-4]`
///
/// Those who help, or helped, with customers the caller sees; the newest first.
#[utoipa::path(get, path = "/api/v1/customer-helpers")]
async fn list_customer_helpers(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<HelperFilter>,
    reading: Reading,
) -> List<HelperView> {
    reading.list(who, wanted, helpers::list).await
}

/// Who helps with a customer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantCustomerHelper {
    /// With which customer.
    customer_id: CustomerId,
    /// Who.
    employee_id: EmployeeId,
    /// What they may do.
    access: HelperAccess,
    /// The last day: a year ahead at most.
    until: NaiveDate,
}

/// Let somebody in to help with a customer. `[OWN-16]`
///
/// By the owner, or whoever manages ownership there. One who may read sees the file behind the mask; one who may write sees it
/// whole and keeps it. The owner stays the owner, and all help ends with the ownership.
#[utoipa::path(post, path = "/api/v1/customer-helpers")]
async fn grant_customer_helper(
    who: Can<perm::MaintainCustomers>,
    body: Valid<GrantCustomerHelper>,
    work: UnitOfWork,
) -> Created<HelperView> {
    work.write(who, move |tx| {
        helpers::grant(tx, body.customer_id, (body.employee_id, body.access, body.until))
    })
    .await
}

/// Show a helper with a customer. `[OWN-16]`
#[utoipa::path(get, path = "/api/v1/customer-helpers/{id}")]
async fn show_customer_helper(
    who: Can<perm::ReadCustomers>,
    id: PathId<CustomerHelper>,
    reading: Reading,
) -> Reply<HelperView> {
    reading.read(who, move |reader| helpers::view(reader, *id)).await
}

/// End somebody's help with a customer. `[OWN-16]`
///
/// By who helps, the owner, or whoever manages ownership there.
#[utoipa::path(post, path = "/api/v1/customer-helpers/{id}/end")]
async fn end_customer_helper(
    who: Can<perm::MaintainCustomers>,
    at: At<CustomerHelper>,
    work: UnitOfWork,
) -> Reply<HelperView> {
    work.moves(who, at, move |helper, tx| helpers::end(tx, helper)).await
}
