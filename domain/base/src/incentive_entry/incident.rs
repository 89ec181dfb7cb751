//! What an entry is made for: one incident, one entry. `[INC-2, INC-2a]`

use crate::spine::BusinessDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What gives rise to an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncentiveIncidentKind)]
pub enum IncidentKind {
    /// A duty that was missed, or done late.
    Duty,
    /// A ticket whose clock ran out, however many of its clocks did.
    Ticket,
    /// A violation of the rules of conduct.
    Conduct,
    /// A commission rule.
    Commission,
    /// A manager's ruling.
    Ruling,
    /// A day of attendance.
    Attendance,
    /// The result of an appraisal.
    Appraisal,
    /// Entered by hand.
    ByHand,
}

crate::labels! { IncidentKind = "IncentiveIncidentKind":
    Duty = "duty", "应办事项", "Duty";
    Ticket = "ticket", "服务时限", "Service time";
    Conduct = "conduct", "违规行为", "Conduct";
    Commission = "commission", "佣金规则", "Commission rule";
    Ruling = "ruling", "裁决", "Ruling";
    Attendance = "attendance", "考勤", "Attendance";
    Appraisal = "appraisal", "绩效考核", "Appraisal";
    ByHand = "by_hand", "手工登记", "By hand";
}

/// An incident; its kind and id are unique among the entries that counter none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// What gave rise to it.
    pub kind: IncidentKind,
    /// Its id: of the duty, the ticket, the day.
    pub id: Uuid,
    /// The day on which it happened.
    pub on: BusinessDate,
}
