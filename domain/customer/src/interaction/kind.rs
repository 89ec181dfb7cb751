//! How people are in touch with customers, and by which method a visit comes about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How somebody was in touch with a customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// Face to face, at theirs or ours.
    Visit,
    /// By phone.
    Call,
    /// By letter or e-mail.
    Mail,
    /// By a message.
    Message,
    /// In a meeting of several.
    Meeting,
}

crate::labels! { InteractionKind = "InteractionKind":
    Visit = "visit", "拜访", "Visit";
    Call = "call", "电话", "Call";
    Mail = "mail", "信函邮件", "Mail";
    Message = "message", "消息", "Message";
    Meeting = "meeting", "会议", "Meeting";
}

/// By which method a visit comes about. `[002 §6 ch.4]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitMethod {
    /// Met at an event of the industry.
    IndustryEvent,
    /// Agreed upon by phone.
    Appointment,
    /// Unannounced.
    ColdVisit,
    /// The customer was invited to us.
    Invitation,
}

crate::labels! { VisitMethod = "VisitMethod":
    IndustryEvent = "industry_event", "行业活动", "Industry event";
    Appointment = "appointment", "电话预约登门", "Appointment";
    ColdVisit = "cold_visit", "陌生拜访", "Cold visit";
    Invitation = "invitation", "邀约来访", "Invitation";
}
