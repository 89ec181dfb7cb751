//! Many customers assigned in one call, each with its own result. `[OWN-8, OWN-15]`

use crate::spine::{Can, Reply, UnitOfWork, Valid, View};
use domain::{
    customer_file::CustomerId,
    spine::{AnyId, EmployeeId, Refusal, codes, perm},
};
use persistence::{
    ownership::deed,
    spine::{Failure, RefusalView, Tx},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// To whom customers are given.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignCustomers {
    /// Which customers: 1 to 200.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    customer_ids: Vec<CustomerId>,
    /// To whom.
    employee_id: EmployeeId,
}

/// What became of each customer, in the order in which they were named.
#[derive(Serialize, ToSchema)]
pub(super) struct Assignments {
    /// One for each.
    #[schema(max_items = 200)]
    data: Vec<Assignment>,
}
impl View for Assignments {}

/// What became of one customer.
#[derive(Serialize, ToSchema)]
#[schema(as = CustomerAssignment)]
struct Assignment {
    /// Which customer.
    customer_id: AnyId,
    /// Whether they were assigned.
    is_assigned: bool,
    /// Why not, where they were not.
    refusal: Option<RefusalView>,
}

/// Assign many customers. `[OWN-8, OWN-15; 002 §5(二)1]`
///
/// As each would be alone: one that a rule keeps, or that the caller does not see, stands in the way of no other, and the
/// answer says why.
#[utoipa::path(post, path = "/api/v1/customers/assign")]
pub(super) async fn assign_customers(
    who: Can<perm::ManageOwnership>,
    body: Valid<AssignCustomers>,
    work: UnitOfWork,
) -> Reply<Assignments> {
    work.write(who, move |tx| {
        // In the order of their ids: two who assign the same customers never wait for each other in a circle.
        let mut order = body.customer_ids.clone();
        order.sort_unstable();
        order.dedup();
        let mut done = BTreeMap::new();
        for customer in order {
            done.insert(customer, assigned(tx, customer, body.employee_id)?);
        }
        let zone = tx.zone();
        let result = |customer: &CustomerId| {
            let refusal = done.get(customer).and_then(Option::as_ref).map(RefusalView::of);
            let refusal = refusal.map(|refusal| refusal.in_zone(zone));
            Assignment { customer_id: customer.uuid().into(), is_assigned: refusal.is_none(), refusal }
        };
        Ok(Assignments { data: body.customer_ids.iter().map(result).collect() })
    })
    .await
}

/// Why a customer was not assigned; none where they were.
fn assigned(tx: &mut Tx<'_>, customer: CustomerId, to: EmployeeId) -> Result<Option<Refusal>, Failure> {
    match tx.attempt(|tx| deed::assign(tx, customer, to))? {
        Ok(_) => Ok(None),
        Err(Failure::Refused(refusal)) => Ok(Some(*refusal)),
        Err(Failure::NotFound) => Ok(Some(Refusal::new(codes::UNKNOWN_REFERENCE))),
        Err(failure) => Err(failure),
    }
}
