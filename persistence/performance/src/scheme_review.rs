//! Reviews of schemes in the database: made of what is final, kept, and what is suggested of them. `[KPI-10]`

/// How a review is made, and what is suggested of it.
pub mod deed;
mod row;
/// What a review looks like, and all of them.
pub mod view;

pub use row::find;
pub use view::{SCHEME_REVIEW, SchemeReviewFilter, SchemeReviewSummary, SchemeReviewView, list, show, view};

use crate::{
    duty::{Filed, FiledRecord},
    organisation::Organisation,
    policy::{Kind, Shipped},
    spine::{Failure, Part, Tx},
};
use domain::{
    approval::Directory,
    scheme_review::{
        SCHEME_REVIEW_SETTINGS_CODE, SHIPPED_SCHEME_REVIEW_SETTINGS, SchemeReview, SchemeReviewSettings,
    },
    spine::Change,
    working_time::{Period, Span},
};
use serde_json::json;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<SchemeReviewSettings>(),
    &Shipped::text(
        SCHEME_REVIEW_SETTINGS_CODE,
        "考核方案评审设置",
        "000 §10 持续改进",
        SHIPPED_SCHEME_REVIEW_SETTINGS,
    ),
    &MADE,
];

/// A review counts for the half-year in which it is made: a rule may ask for one in each.
static MADE: Filed = Filed {
    source: "scheme_review.made",
    zh: "考核方案已评审",
    en: "A scheme of appraisal was reviewed",
    event: "scheme_review.made",
    undone: &[],
    of: |reader, id| {
        let review = row::load(reader, id.into())?;
        let Some(by) = reader.actor().employee else { return Ok(None) };
        let Some(department) = Organisation::today(reader)?.department_of(by) else { return Ok(None) };
        let period = Period::containing(Span::HalfYear, reader.today());
        Ok(Some(FiledRecord::Period { period, by, department, facts: json!({"scheme": review.scheme}) }))
    },
};

crate::spine::resource! { crate::Performance: SchemeReview as SchemeReviewView; find, apply, show = show }

/// Writes a change of a review.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<SchemeReview>) -> Result<SchemeReview, Failure> {
    tx.apply(change)
}
