//! Whether a customer is known already (查重), asked before they are entered. `[CUS-2]`
//!
//! The answer tells whose they are and who may register them, and nothing of their data: a look-up must not be a way to fish.

use crate::{
    customer_file::{Standing, StandingState},
    spine::{Actor, Citation},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::refusals! { CUSTOMER_LOOK_UP_REFUSALS:
    NOTHING_ASKED = "customer_look_up.nothing_asked", Invalid, "请填写姓名或名称、电话、税号中的至少一项", "Give a name, a phone or a tax number";
    TOO_OFTEN = "customer_look_up.too_often", TooMany, "每小时最多查重 {max} 次，请在 {seconds} 秒后再试", "At most {max} look-ups an hour; try again in {seconds} seconds";
    KNOWN_ALREADY = "customer_look_up.known_already", Conflict, "按{by}查得该客户已建档：{number}，归属：{whose}", "By {by} this customer is known already: {number}, of {whose}";
}

crate::events! { CUSTOMER_LOOK_UP_EVENTS:
    LOOKED_UP = "customer.looked_up", "客户被查重（仅记入审计）", "Somebody asked whether a customer is known (told in the audit trail alone)";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CUSTOMER_LOOK_UP_REFUSALS],
    events: &[CUSTOMER_LOOK_UP_EVENTS],
    enums: &[DoubleBy::LABELS, RegistrationVerdict::LABELS],
};

/// By what two files are found to be of one customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubleBy {
    /// The same phone.
    Phone,
    /// The same tax number.
    TaxNumber,
    /// The same name, widths and what companies append aside.
    Name,
    /// A name that is read alike.
    NameReading,
}

crate::labels! { DoubleBy = "DoubleBy":
    Phone = "phone", "电话", "the phone";
    TaxNumber = "tax_number", "税号", "the tax number";
    Name = "name", "名称", "the name";
    NameReading = "name_reading", "同音名称", "a name read alike";
}

/// Who may register a customer who is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationVerdict {
    /// Nobody has: whoever registers first.
    FirstComer,
    /// Nobody: the customer is one's own already.
    Yours,
    /// Nobody: somebody else owns the customer.
    Owned,
    /// Whoever claims the customer from the pool.
    Claimable,
    /// Nobody: the department follows up.
    FollowedUp,
    /// Whom the sales manager assigns the customer to.
    ByAssignment,
}

crate::labels! { RegistrationVerdict = "RegistrationVerdict":
    FirstComer = "first_comer", "尚无归属，先登记者得", "Nobody's yet: whoever registers first";
    Yours = "yours", "已是您的客户", "Yours already";
    Owned = "owned", "已有归属，不可登记", "Somebody else's: not to be registered";
    Claimable = "claimable", "在公海中，可申领", "In the pool: to be claimed";
    FollowedUp = "followed_up", "由部门跟进，不可登记", "Followed up by the department: not to be registered";
    ByAssignment = "by_assignment", "须由销售经理分配", "To be assigned by the sales manager";
}

impl RegistrationVerdict {
    /// What a standing says to somebody, and the rule that says so.
    pub fn of(standing: &Standing, by: &Actor) -> (Self, Citation) {
        let is_own = standing.owner.is_some_and(|owner| by.is(owner));
        let (verdict, rule) = match standing.state {
            StandingState::Unowned => (Self::FirstComer, "OWN-1"),
            StandingState::Owned if is_own => (Self::Yours, "OWN-1"),
            StandingState::Owned => (Self::Owned, "OWN-1"),
            StandingState::DepartmentPool | StandingState::CentrePool => (Self::Claimable, "OWN-15"),
            StandingState::FollowedUp => (Self::FollowedUp, "OWN-8"),
            StandingState::ToAssign => (Self::ByAssignment, "OWN-8"),
        };
        (verdict, Citation::clause(rule, "002 §5"))
    }
}

/// A name as a look-up answers it: enough to know somebody by, not to learn who they are.
pub fn masked_name(name: &str) -> String {
    let length = name.chars().count();
    let kept = if length > 4 { 2 } else { 1 };
    let hidden = length.saturating_sub(kept).clamp(1, 4);
    name.chars().take(kept).chain(std::iter::repeat_n('*', hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_name_tells_a_clerk_who_asked_and_nobody_else() {
        assert_eq!(masked_name("李娜"), "李*");
        assert_eq!(masked_name("杭州云帆科技有限公司"), "杭州****");
        assert_eq!(masked_name("A"), "A*");
    }
}
