//! Regulations and notices, over HTTP.

pub use api_base::{approval, spine};

pub mod announcement;

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
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[announcement::REMINDERS],
    routes: |into| {
        announcement::routes(into);
    },
};
