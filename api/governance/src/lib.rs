//! Regulations and notices, over HTTP.

pub use api_base::{approval, spine};

pub mod announcement;
pub mod webhook;

use spine::Wing;

// One name inside and outside.
extern crate self as governance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "governance",
    zh: "制度与通知",
    en: "Regulations and notices",
    tags: &[
        ("announcements", "通知公告。What is published to people, and who has read it."),
        ("notices", "我的通知。What was announced to oneself: read, received, answered."),
        ("webhook-endpoints", "事件推送。Where other systems are told of events, and what came of it."),
    ],
    rules: domain::WING,
    enums: &[webhook::ENABLE_FROM],
    chores: &[announcement::REMINDERS, webhook::DELIVERIES, webhook::OLD_ATTEMPTS],
    routes: |into| {
        announcement::routes(into);
        webhook::routes(into);
    },
};
