//! What a review of a scheme looks like, and all of them. `[KPI-10, INT-4]`

use super::{
    find,
    row::{Row, sees_all},
};
use crate::{
    schema::scheme_reviews,
    spine::{
        Failure, Filter, Page, Reader, Slice, Target, View, Where, columns, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    scheme_review::{Report, SchemeReview, Suggested},
    spine::{AnyId, Id, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A review of a scheme.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SchemeReview)]
pub struct SchemeReviewView {
    /// Its identity.
    pub id: AnyId,
    /// The code of the scheme.
    #[schema(max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: String,
    /// What it was called, in Chinese.
    #[schema(max_length = 60)]
    pub name_zh: String,
    /// What it was called, in English.
    #[schema(max_length = 60)]
    pub name_en: String,
    /// The first period.
    #[schema(max_length = 10, example = "2026-01")]
    pub from: String,
    /// The last period.
    #[schema(max_length = 10, example = "2026-06")]
    pub until: String,
    /// What was found.
    pub report: Report,
    /// What was suggested of it.
    #[schema(max_items = 600)]
    pub suggestions: Vec<SuggestedView>,
    /// The account that made it.
    pub made_by: UserId,
    /// When.
    pub made_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A suggestion that was made of a finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SchemeReviewSuggestion)]
pub struct SuggestedView {
    /// The number of the finding, from 1.
    #[schema(minimum = 1)]
    pub finding: usize,
    /// The suggestion to the regulation.
    pub suggestion_id: AnyId,
    /// When.
    pub at: Timestamp,
}

impl View for SchemeReviewView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/scheme-reviews/{}", self.id))
    }
}

/// A review where something refers to it.
pub static SCHEME_REVIEW: Target =
    Target { permission: Permission::ManageAppraisals, look: |reader, id| in_json(view(reader, id.into())) };

/// One review.
///
/// # Errors
/// Not found where the caller may not see it.
pub fn view(reader: &mut Reader<'_>, id: Id<SchemeReview>) -> Result<SchemeReviewView, Failure> {
    let review = find(reader, id)?;
    show(reader, review)
}

/// How a review at hand is shown.
///
/// # Errors
/// None; the signature is that of all nouns.
pub fn show(_: &mut Reader<'_>, review: SchemeReview) -> Result<SchemeReviewView, Failure> {
    let SchemeReview { id, scheme, name, from, until, report, suggestions, made_by, made_at, version } =
        review;
    let suggested = |Suggested { finding, suggestion, at }: Suggested| SuggestedView {
        finding,
        suggestion_id: suggestion.into(),
        at,
    };
    Ok(SchemeReviewView {
        id: id.uuid().into(),
        scheme,
        name_zh: name.zh,
        name_en: name.en,
        from: from.to_string(),
        until: until.to_string(),
        report,
        suggestions: suggestions.into_iter().map(suggested).collect(),
        made_by,
        made_at,
        version,
    })
}

/// A review in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SchemeReviewSummary)]
pub struct SchemeReviewSummary {
    /// Its identity.
    pub id: AnyId,
    /// The code of the scheme.
    #[schema(max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: String,
    /// The first day that was looked at.
    pub first_on: NaiveDate,
    /// The last.
    pub last_on: NaiveDate,
    /// How many sheets were looked at.
    #[schema(minimum = 1)]
    pub sheets: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SchemeReviewSummary {}

/// Which reviews are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SchemeReviewFilter {
    /// Only of this scheme.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SchemeReviewOrder,
}

impl Filter for SchemeReviewFilter {}

orders! {
    /// By what reviews are ordered.
    pub SchemeReviewOrder of Row in scheme_reviews by id, descending:
    made_at = id;
    changed_at;
}

/// Reviews, for who manages appraisals everywhere.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SchemeReviewFilter,
    page: &Page,
) -> Result<Slice<SchemeReviewSummary>, Failure> {
    if !sees_all(reader) {
        return Ok(Slice::of(Vec::new(), page));
    }
    let mut wanted = Where::new();
    narrow!(wanted, scheme_reviews, filter; scheme = scheme);
    let found = paged!(reader, page, filter.sort, wanted;
        scheme_reviews::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| {
        Ok(SchemeReviewSummary {
            id: row.id.into(),
            scheme: row.scheme,
            first_on: row.first_on,
            last_on: row.last_on,
            sheets: row.sheets,
            made_at: row.made_at.into(),
            changed_at: row.changed_at.into(),
            version: row.version,
        })
    })
}

columns! { SchemeReviewSummary as "scheme-reviews" "考核方案评审" "Scheme reviews", Permission::ExportAppraisals:
    scheme "考核方案" "Scheme";
    first_on "起" "From";
    last_on "止" "Until";
    sheets "考核份数" "Sheets";
    made_at "评审时间" "Made at";
    changed_at "更新时间" "Changed at";
}
