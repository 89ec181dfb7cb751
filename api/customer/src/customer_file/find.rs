//! Routes that show customers.

use crate::spine::{Can, List, Listing, Paged, PathId, Reading, Reply, Wanted};
use domain::{customer_file::Customer, spine::perm};
use persistence::customer_file::{
    self as customers, CustomerFilter, CustomerSummary, CustomerView,
    history::{self, CustomerChangeView},
};

/// List customers. `[CUS-1, CUS-5, INT-4]`
///
/// What the caller may see: their own, those of people below them, those of departments in reach. Personal data are masked
/// but to the owner, their superiors and holders of the permission to reveal. The newest first.
#[utoipa::path(get, path = "/api/v1/customers")]
pub(super) async fn list_customers(
    who: Can<perm::ReadCustomers>,
    wanted: Wanted<CustomerFilter>,
    reading: Reading,
) -> List<CustomerSummary> {
    reading.list(who, wanted, customers::list).await
}

/// Show a customer. `[CUS-1, CUS-5, ID-6]`
///
/// Phones, addresses, e-mail and identity card are masked but to the owner, their superiors and holders of the permission
/// to reveal.
#[utoipa::path(get, path = "/api/v1/customers/{id}")]
pub(super) async fn show_customer(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    reading: Reading,
) -> Reply<CustomerView> {
    reading.read(who, move |reader| customers::view(reader, *id)).await
}

/// List the changes of a customer's file. `[CUS-3]`
///
/// When it was changed, by whom and what of it, the latest first; what it said stands in the audit trail alone.
#[utoipa::path(get, path = "/api/v1/customers/{id}/changes")]
pub(super) async fn list_customer_changes(
    who: Can<perm::ReadCustomers>,
    id: PathId<Customer>,
    paged: Paged,
    reading: Reading,
) -> Reply<Listing<CustomerChangeView>> {
    reading.page(who, paged, move |reader, page| history::list(reader, *id, page)).await
}
