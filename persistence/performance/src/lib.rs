//! Indicators, schemes, appraisals and what follows in the database.

pub use persistence_base::{
    approval, audit, duty, file, identity, incentive_entry, organisation, policy, spine, task, vacancy,
};

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
mod review_round;
/// Which indicators a position is measured by.
pub mod scheme;
/// A scheme itself is reviewed.
pub mod scheme_review;
/// What teams came to, and which are honoured.
pub mod team_award;

pub(crate) use persistence_base::{measure::digest, search};

use persistence_performance_tables as schema;
use spine::Wing;

// One name inside and outside.
pub extern crate self as performance;

/// This wing as the keeper of its entities.
pub struct Performance;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "performance",
    nouns: &[
        scheme::NOUN,
        scheme_review::NOUN,
        indicator_figure::NOUN,
        appraisal_period::NOUN,
        appraisal::NOUN,
        appraisal_review::NOUN,
        review_round::NOUN,
        team_award::NOUN,
    ],
};
