//! Reviews of schemes over HTTP. `[KPI-10]`

use crate::{
    indicator_figure::period,
    spine::{
        At, Can, Created, List, PathId, Query, Reading, Reply, Routes, UnitOfWork, Valid, Wanted,
        chart::{Bar, Chart, Svg, bars},
        routes,
    },
};
use domain::{
    scheme_review::{Report, SchemeReview},
    spine::{AnyId, Language, Permission, perm},
};
use persistence::scheme_review::{
    self as reviews, SchemeReviewFilter, SchemeReviewSummary, SchemeReviewView, deed,
};
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "scheme-reviews",
        [
            list_scheme_reviews,
            make_scheme_review,
            show_scheme_review,
            show_scheme_review_chart,
            suggest_by_scheme_review,
        ]
    );
}

/// List reviews of schemes. `[KPI-10, INT-4]`
///
/// Empty for who does not manage appraisals everywhere.
#[utoipa::path(get, path = "/api/v1/scheme-reviews")]
async fn list_scheme_reviews(
    who: Can<perm::ManageAppraisals>,
    wanted: Wanted<SchemeReviewFilter>,
    reading: Reading,
) -> List<SchemeReviewSummary> {
    reading.list(who, wanted, reviews::list).await
}

/// Show a review of a scheme. `[KPI-10]`
#[utoipa::path(get, path = "/api/v1/scheme-reviews/{id}")]
async fn show_scheme_review(
    who: Can<perm::ManageAppraisals>,
    id: PathId<SchemeReview>,
    reading: Reading,
) -> Reply<SchemeReviewView> {
    reading.read(who, move |reader| reviews::view(reader, *id)).await
}

/// What is reviewed.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MakeSchemeReview {
    /// The code of a scheme.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "appraisal-scheme/sales")]
    scheme: String,
    /// The first period, of the kind of the scheme.
    #[validate(length(min = 4, max = 10))]
    #[schema(min_length = 4, max_length = 10, example = "2026-01")]
    from: String,
    /// The last period.
    #[validate(length(min = 4, max = 10))]
    #[schema(min_length = 4, max_length = 10, example = "2026-06")]
    until: String,
}

/// Review a scheme. `[KPI-10; 000 §10 持续改进]`
///
/// How its final results spread, whether people and peers agree with superiors, which indicators tell nobody apart, and
/// what that suggests. The review is kept as it is made; a duty may ask for one in each half-year.
#[utoipa::path(post, path = "/api/v1/scheme-reviews")]
async fn make_scheme_review(
    who: Can<perm::ManageAppraisals>,
    body: Valid<MakeSchemeReview>,
    work: UnitOfWork,
) -> Created<SchemeReviewView> {
    work.write(who, move |tx| {
        tx.over_everything()?;
        let (from, until) = (period(&body.from, "/from")?, period(&body.until, "/until")?);
        let review = deed::make(tx, body.scheme.clone(), from, until)?;
        reviews::show(tx, review)
    })
    .await
}

/// What is drawn of a review.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SchemeReviewChart {
    /// How many results lie in each ten points.
    #[default]
    Results,
    /// How many have which grade.
    Grades,
    /// How far the scores of each indicator differ.
    Indicators,
}

domain::labels! { SchemeReviewChart = "SchemeReviewChart":
    Results = "results", "结果分布", "Results";
    Grades = "grades", "等级分布", "Grades";
    Indicators = "indicators", "指标区分度", "How far indicators differ";
}

/// What is to be drawn.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
struct DrawnOf {
    /// Which picture; results where absent.
    #[param(inline)]
    of: SchemeReviewChart,
}

/// Draw a review of a scheme, as an SVG. `[KPI-10]`
#[utoipa::path(get, path = "/api/v1/scheme-reviews/{id}/chart")]
async fn show_scheme_review_chart(
    who: Can<perm::ManageAppraisals>,
    id: PathId<SchemeReview>,
    drawn: Query<DrawnOf>,
    reading: Reading,
) -> Chart {
    let is_chinese = reading.language() == Language::Chinese;
    let review = reading.value(who, move |reader| reviews::view(reader, *id)).await?;
    Ok(draw(&review, drawn.of, is_chinese))
}

/// A picture of a review.
fn draw(review: &SchemeReviewView, of: SchemeReviewChart, is_chinese: bool) -> Svg {
    let name = if is_chinese { &review.name_zh } else { &review.name_en };
    let (zh, en) = match of {
        SchemeReviewChart::Results => ("结果分布", "results"),
        SchemeReviewChart::Grades => ("等级分布", "grades"),
        SchemeReviewChart::Indicators => ("指标得分标准差", "deviation of scores"),
    };
    let title = format!("{name} · {} · {}–{}", if is_chinese { zh } else { en }, review.from, review.until);
    bars(&title, &rows(&review.report, of))
}

fn rows(report: &Report, of: SchemeReviewChart) -> Vec<Bar> {
    let counted = |name: String, count: u32| Bar { name, length: count.into(), said: count.to_string() };
    match of {
        SchemeReviewChart::Results => {
            let named = |from: u32| format!("{from}–{}", from + 10);
            report.bins.iter().map(|bin| counted(named(bin.from), bin.count)).collect()
        }
        SchemeReviewChart::Grades => {
            report.grades.iter().map(|one| counted(one.grade.clone(), one.count)).collect()
        }
        SchemeReviewChart::Indicators => {
            let look = |look: &domain::scheme_review::IndicatorLook| {
                let deviation = look.scores.deviation;
                let length = (deviation * rust_decimal::Decimal::ONE_THOUSAND).to_i64().unwrap_or(0);
                Bar { name: look.indicator.clone(), length, said: deviation.normalize().to_string() }
            };
            report.indicators.iter().map(look).collect()
        }
    }
}

/// Of what a suggestion is made, and to whom.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestByReview {
    /// The number of the finding, from 1.
    #[validate(range(min = 1, max = 600))]
    #[schema(minimum = 1, maximum = 600)]
    finding: usize,
    /// The regulation that the scheme carries out.
    regulation_id: AnyId,
    /// The clause it is about; absent where it is about the whole.
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    clause: Option<String>,
}

/// Suggest what a review found. `[KPI-10, REG-3]`
///
/// A suggestion to the regulation, in one's own name; whoever issues that owes an answer. Once for each finding.
#[utoipa::path(post, path = "/api/v1/scheme-reviews/{id}/suggest")]
async fn suggest_by_scheme_review(
    who: Can<perm::ManageAppraisals>,
    at: At<SchemeReview>,
    body: Valid<SuggestByReview>,
    work: UnitOfWork,
) -> Reply<SchemeReviewView> {
    work.write(who, move |tx| {
        let review = at.find(tx)?;
        tx.bound_by(Permission::RespondToRegulations)?;
        let SuggestByReview { finding, regulation_id, clause } = body.0.clone();
        let review = deed::suggest(tx, review, finding, (regulation_id.uuid().into(), clause))?;
        reviews::show(tx, review)
    })
    .await
}
