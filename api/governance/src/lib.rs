//! Regulations and notices, over HTTP.

pub use api_base::{approval, spine};

mod regulation;
pub mod regulation_acknowledgement;
mod regulation_suggestion;
mod regulation_version;

use spine::Wing;

// One name inside and outside.
extern crate self as governance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "governance",
    zh: "制度与通知",
    en: "Regulations and notices",
    tags: &[
        ("regulations", "制度。What the company has written down, by clause, and which rule enforces it."),
        (
            "regulation-versions",
            "制度版本。What a regulation says from a day on: drafted, agreed to, published.",
        ),
        ("regulation-acknowledgements", "制度确认。Who knows what a regulation says."),
        ("regulation-suggestions", "改进建议。How a regulation could be better."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[regulation_acknowledgement::ASKING],
    routes: |into| {
        regulation::routes(into);
        regulation_version::routes(into);
        regulation_acknowledgement::routes(into);
        regulation_suggestion::routes(into);
    },
};
