//! Performance, over HTTP.

pub use api_base::{approval, spine};

mod appraisal;
pub mod appraisal_period;
mod appraisal_review;
mod certificate;
mod indicator;
mod indicator_figure;
mod scheme;
mod scheme_review;
mod team_award;

use spine::Wing;

// One name inside and outside.
extern crate self as performance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "performance",
    zh: "绩效考核",
    en: "Performance",
    tags: &[
        (
            "appraisal-periods",
            "考核期。The course of all appraisals of a month, a quarter, half a year or a year.",
        ),
        ("appraisal-reviews", "评分。What one is asked to say about oneself, peers and people below one."),
        ("appraisals", "绩效考核。One person's sheet of a period: targets, values, the result line by line."),
        ("certificates", "荣誉证书。What people and teams are honoured with on paper."),
        ("indicator-figures", "指标数据。What is entered by one and confirmed by another."),
        ("indicators", "考核指标。What people are measured by."),
        ("scheme-reviews", "考核方案评审。How a scheme itself does: spread, agreement, what is suggested."),
        ("team-awards", "团队考核与评优。What teams came to, and which were honoured."),
    ],
    rules: domain::WING,
    enums: &[],
    chores: &[appraisal_period::CHORE],
    routes: |into| {
        indicator::routes(into);
        indicator_figure::routes(into);
        scheme::routes(into);
        scheme_review::routes(into);
        certificate::routes(into);
        team_award::routes(into);
        appraisal_period::routes(into);
        appraisal::routes(into);
        appraisal_review::routes(into);
    },
};
