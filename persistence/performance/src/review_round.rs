//! Rounds of reviews in the database: opened as people are asked, done as they give the last. That is a duty; nobody reads a
//! round itself. `[KPI-4, DUT-1a]`

/// How rounds follow what is asked and given.
pub(crate) mod deed;
/// Which duties a round calls for and fulfils.
mod duty;
mod row;

use crate::{
    policy::Shipped,
    spine::{Failure, Part, Tx},
};
use domain::{
    review_round::{ReviewRound, SHIPPED_REVIEW_RULE},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &duty::CALLED,
    &duty::DONE,
    &Shipped::text("duty-rule/appraisal-review", "绩效评分", "004 §9.2", SHIPPED_REVIEW_RULE),
];

fn apply(tx: &mut Tx<'_>, change: Change<ReviewRound>) -> Result<ReviewRound, Failure> {
    tx.apply(change)
}
