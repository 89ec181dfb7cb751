//! How people are measured and judged: indicators, schemes, appraisals, consequences. `[KPI-1 … KPI-10]`
#![warn(missing_docs)]

/// One person's sheet of a period.
pub mod appraisal;
/// The course of all of them.
pub mod appraisal_period;
/// What people say about each other.
pub mod appraisal_review;
/// What people and teams are honoured with on paper.
pub mod certificate;
/// What is measured.
pub mod indicator;
/// What is entered, where nothing measures it.
pub mod indicator_figure;
/// All that somebody is asked to say in a period.
pub mod review_round;
/// Which indicators a position is measured by.
pub mod scheme;
/// A scheme itself is reviewed.
pub mod scheme_review;
/// How a score is computed.
pub mod scoring;
/// What teams came to, and which are honoured.
pub mod team_award;

pub use domain_governance::{regulation, regulation_suggestion};

pub use domain_base::{
    approval, duty, events, file, identity, incentive_entry, labels, organisation, refusals, spine, status,
    task, working_time,
};

// One name inside and outside.
pub extern crate self as performance;

/// What this wing brings.
pub const WING: &spine::Wing = &spine::Wing {
    name: "performance",
    nouns: &[
        scoring::NOUN,
        indicator::NOUN,
        indicator_figure::NOUN,
        scheme::NOUN,
        scheme_review::NOUN,
        appraisal_period::NOUN,
        appraisal::NOUN,
        appraisal_review::NOUN,
        review_round::NOUN,
        certificate::NOUN,
        team_award::NOUN,
    ],
};
