//! What a review looks like to who gives it, and those one is asked for. `[KPI-4, INT-4]`

use super::{deed::stage, find, row::Row};
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::{appraisal_periods, appraisal_reviews},
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    appraisal_period::Stage,
    appraisal_review::{AppraisalReview, ReviewKind},
    spine::{AnyId, BusinessDate, Id, Permission, Timestamp, Version},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A review that the caller is asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReview)]
pub struct ReviewView {
    /// Its identity.
    pub id: AnyId,
    /// The period.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// How far that has come.
    pub stage: Stage,
    /// The last day of that stage.
    pub due_on: Option<NaiveDate>,
    /// About whom.
    pub employee: PersonRef,
    /// As what.
    pub kind: ReviewKind,
    /// The score one gave, 0 to 100.
    #[schema(value_type = Option<String>, max_length = 10, example = "88")]
    pub score: Option<Decimal>,
    /// What one wrote.
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
    /// When one gave it.
    pub given_at: Option<Timestamp>,
    /// Whether it can be given now, or given anew.
    pub is_open: bool,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ReviewView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/appraisal-reviews/{}", self.id))
    }
}

/// One review that the caller is asked for.
///
/// # Errors
/// Not found of another's.
pub fn view(reader: &mut Reader<'_>, id: Id<AppraisalReview>) -> Result<ReviewView, Failure> {
    let review = find(reader, id)?;
    show(reader, review)
}

/// How a review at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, review: AppraisalReview) -> Result<ReviewView, Failure> {
    let period = crate::appraisal_period::find(reader, review.period)?;
    let (_, is_awaited) = stage(reader, &review)?;
    let register = Register::of(reader)?;
    let of =
        Of { period: period.period.to_string(), stage: period.stage(), due_on: period.due_on(), is_awaited };
    shown(reader, &register, review, of)
}

/// What is shown of its period.
struct Of {
    period: String,
    stage: Stage,
    due_on: Option<BusinessDate>,
    is_awaited: bool,
}

fn shown(
    reader: &Reader<'_>,
    register: &Register,
    review: AppraisalReview,
    of: Of,
) -> Result<ReviewView, Failure> {
    let is_open = review.may_give(of.stage, of.is_awaited, reader.actor()).is_ok();
    let AppraisalReview { id, appraisal: _, period: _, employee, reviewer: _, kind, given, .. } = review;
    let given_at = given.as_ref().map(|given| given.at);
    let (score, comment) = given.map(|given| (given.score, given.comment)).unzip();
    Ok(ReviewView {
        id: id.uuid().into(),
        period: of.period,
        stage: of.stage,
        due_on: of.due_on,
        employee: register.named(employee)?,
        kind,
        score,
        comment: comment.flatten(),
        given_at,
        is_open,
        version: review.version,
    })
}

/// Which reviews are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReviewFilter {
    /// Only of this period.
    pub appraisal_period_id: Option<AnyId>,
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "peer,superior")]
    pub kind: Several<ReviewKind>,
    /// Only those that were given, or were not.
    pub given: Option<bool>,
    /// The order; a minus turns it round. What was asked last first where absent.
    #[param(inline)]
    pub sort: ReviewOrder,
}

impl Filter for ReviewFilter {}

orders! {
    /// By what reviews are ordered.
    pub ReviewOrder of Row in appraisal_reviews by id, descending:
    asked_at = id;
}

type Found = (Row, (String, String, Option<BusinessDate>));

/// The reviews that the caller is asked for, and nobody else's.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ReviewFilter,
    page: &Page,
) -> Result<Slice<ReviewView>, Failure> {
    let mut wanted = Where::new();
    wanted.also(appraisal_reviews::reviewer_id.eq(Sight::of(reader).employee));
    narrow!(wanted, appraisal_reviews, filter;
        appraisal_period_id = appraisal_period_id, kind in kind);
    match filter.given {
        Some(true) => wanted.also(appraisal_reviews::given_at.is_not_null()),
        Some(false) => wanted.also(appraisal_reviews::given_at.is_null()),
        None => {}
    }
    let found = paged!(reader, page, filter.sort, wanted;
        appraisal_reviews::table.inner_join(appraisal_periods::table)
        => (
            Row::as_select(),
            (appraisal_periods::period, appraisal_periods::stage, appraisal_periods::due_on),
        );
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, (period, stage, due_on)): Found| {
        let corrupt = || Failure::corrupt("appraisal_periods", "stage", row.appraisal_period_id.0);
        let stage = Stage::from_code(&stage).ok_or_else(corrupt)?;
        shown(reader, &register, row.try_into()?, Of { period, stage, due_on, is_awaited: false })
    })
}

columns! { ReviewView as "appraisal-reviews" "绩效评分" "Appraisal reviews", Permission::ExportAppraisals:
    period "考核期" "Period";
    employee "员工" "Employee";
    kind "类别" "Kind";
    score "评分" "Score";
    given_at "提交时间" "Given at";
}
