//! Regulations and notices, over HTTP.

pub use api_base::{approval, spine};

pub mod announcement;
mod notice_preference;
mod notice_stream;
mod regulation;
pub mod regulation_acknowledgement;
mod regulation_suggestion;
mod regulation_version;
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
        ("regulations", "制度。What the company has written down, by clause, and which rule enforces it."),
        (
            "regulation-versions",
            "制度版本。What a regulation says from a day on: drafted, agreed to, published.",
        ),
        ("regulation-acknowledgements", "制度确认。Who knows what a regulation says."),
        ("regulation-suggestions", "改进建议。How a regulation could be better."),
        ("webhook-endpoints", "事件推送。Where other systems are told of events, and what came of it."),
    ],
    rules: domain::WING,
    enums: &[webhook::ENABLE_FROM],
    chores: &[
        announcement::REMINDERS,
        regulation_acknowledgement::ASKING,
        webhook::DELIVERIES,
        webhook::OLD_ATTEMPTS,
    ],
    routes: |into| {
        announcement::routes(into);
        notice_preference::routes(into);
        notice_stream::routes(into);
        regulation::routes(into);
        regulation_version::routes(into);
        regulation_acknowledgement::routes(into);
        regulation_suggestion::routes(into);
        webhook::routes(into);
    },
};
