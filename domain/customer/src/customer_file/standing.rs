//! Whose customer it is now, as lists and rules read it. `[OWN-15, OWN-18]`
//!
//! Who owns a customer is *derived* from facts; this is what the derivation leaves behind for those who read: one row a
//! customer, written by the derivation alone, in the transaction in which the facts change. Until it has spoken for a
//! customer, the customer is `unowned` and belongs to the department that entered it, where it is also the own one of
//! whoever entered it.

use super::CustomerId;
use crate::spine::{BusinessDate, DepartmentId, EmployeeId, Timestamp, UserId, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a customer stands between owners.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerStandingState)]
pub enum StandingState {
    /// Nothing has been derived yet: the file was entered, nobody has registered the customer.
    Unowned,
    /// Somebody owns it.
    Owned,
    /// In the pool of its department: its people may claim it.
    DepartmentPool,
    /// In the pool of the centre: everybody may claim it.
    CentrePool,
    /// Its owner left; it has orders, and the department follows up. `[OWN-8]`
    FollowedUp,
    /// Its owner left and it has no order: the sales manager assigns it, nobody takes it. `[OWN-8]`
    ToAssign,
}

crate::labels! { StandingState = "CustomerStandingState":
    Unowned = "unowned", "未登记归属", "Not registered yet";
    Owned = "owned", "有归属", "Owned";
    DepartmentPool = "department_pool", "部门公海", "In the department's pool";
    CentrePool = "centre_pool", "中心公海", "In the centre's pool";
    FollowedUp = "followed_up", "部门跟进", "Followed up by the department";
    ToAssign = "to_assign", "待分配", "To be assigned";
}

/// Whose customer it is now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Standing {
    /// Which customer.
    pub customer: CustomerId,
    /// Who owns it; nobody in any state but `owned`.
    pub owner: Option<EmployeeId>,
    /// The department it belongs to: the owner's, the pool's, or the one that entered it.
    pub department: DepartmentId,
    /// Where it stands.
    pub state: StandingState,
    /// Until when the owner is safe; none without an owner, or where nothing ends it.
    pub protected_until: Option<Timestamp>,
    /// Since when it stands so.
    pub since: Timestamp,
    /// The tier it holds. `[TIE-1]`
    pub tier: Option<String>,
    /// When the owner is next warned that protection ends. `[OWN-15]`
    pub warn_at: Option<Timestamp>,
    /// The last day for the contact that is owed; none while none is. `[TIE-2]`
    pub follow_up_on: Option<BusinessDate>,
    /// The account that entered the customer, whose own it is while it is `unowned`.
    pub creator: UserId,
    /// Counts its states, for whoever writes it.
    pub version: Version,
}

impl Standing {
    /// That of a customer who was just entered.
    pub const fn entered(
        customer: CustomerId,
        department: DepartmentId,
        creator: UserId,
        at: Timestamp,
    ) -> Self {
        Self {
            customer,
            owner: None,
            department,
            state: StandingState::Unowned,
            protected_until: None,
            since: at,
            tier: None,
            warn_at: None,
            follow_up_on: None,
            creator,
            version: 1,
        }
    }
}
