//! How long an owner is safe, the warnings before, and what happens next unless somebody acts. `[OWN-15, OWN-18]`

use super::PoolNumbers;
use crate::{
    spine::{BusinessDate, Timestamp},
    working_time::midnight,
};
use chrono::Days;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens next unless somebody acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipNext)]
pub enum NextKind {
    /// The registration by phone lapses.
    PhoneLapses,
    /// They fall into the department's pool for want of a contact.
    FollowUpDue,
    /// They fall into the department's pool for want of a deal.
    DealDue,
    /// They fall into the centre's pool.
    CentrePool,
}

crate::labels! { NextKind = "OwnershipNext":
    PhoneLapses = "phone_lapses", "来电登记失效", "The registration by phone lapses";
    FollowUpDue = "follow_up_due", "未跟进转入部门公海", "Falls to the department's pool unless followed up";
    DealDue = "deal_due", "未成交转入部门公海", "Falls to the department's pool unless there is a deal";
    CentrePool = "centre_pool", "转入中心公海", "Falls to the centre's pool";
}

/// What happens next, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Next {
    /// What.
    pub kind: NextKind,
    /// When.
    pub at: Timestamp,
}

/// A warning before protection ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// So many days before.
    pub days: u32,
    /// When it is given.
    pub at: Timestamp,
    /// The end it warns of.
    pub of: Timestamp,
    /// When what it warns of was put off.
    pub answered_at: Option<Timestamp>,
}

/// How long the owner is safe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Protection {
    /// Until when they must be contacted.
    pub follow_up_by: Timestamp,
    /// Until when there must be a deal.
    pub deal_by: Timestamp,
}

impl Protection {
    /// The earlier of both, and what is wanting then.
    pub fn end(self) -> Next {
        if self.deal_by < self.follow_up_by {
            Next { kind: NextKind::DealDue, at: self.deal_by }
        } else {
            Next { kind: NextKind::FollowUpDue, at: self.follow_up_by }
        }
    }
}

/// The end of the last of so many days after that of an instant: what happens on that day is in time.
pub(super) fn end_of_days(from: Timestamp, days: u32, zone: Tz) -> Timestamp {
    let day = from.date_in(zone).checked_add_days(Days::new(u64::from(days) + 1));
    midnight(day.unwrap_or(BusinessDate::MAX), zone)
}

/// The warnings of an end that were, or are to be, given from an instant on, the earliest first.
pub(super) fn warnings(numbers: &PoolNumbers, of: Timestamp, since: Timestamp) -> Vec<Warning> {
    let before = |days: &u32| of.plus(-chrono::Duration::days((*days).into()));
    let warning = |days: &u32| Warning { days: *days, at: before(days), of, answered_at: None };
    let mut warnings: Vec<_> = numbers.warning_days.iter().map(warning).collect();
    warnings.retain(|warning| warning.at >= since);
    warnings.sort_by_key(|warning| warning.at);
    warnings
}
