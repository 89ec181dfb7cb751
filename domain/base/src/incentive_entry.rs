//! The ledger of rewards and penalties (奖惩台账). `[INC-1, INC-2, INC-3]`

mod amount;
mod incident;

pub use amount::IncentiveAmount;
pub use incident::{Incident, IncidentKind};

crate::refusals! { INCENTIVE_ENTRY_REFUSALS:
    AMOUNT_NOTHING = "incentive_entry.amount", Invalid, "数额不得为零，且不得超出单笔上限", "The amount must not be nothing, nor more than one entry may hold";
    AMOUNTS_DIFFER = "incentive_entry.amounts_differ", Invalid, "奖惩种类和方向须一致", "Both must reward or both penalise, in the same unit";
}
