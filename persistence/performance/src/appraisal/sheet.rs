//! A sheet, line by line: what was measured and from what, what it was held against, what it adds, and all of
//! it in words.
//! `[KPI-6, KPI-9]`

use super::deed::scheme_of;
use crate::{
    appraisal_review::{self, CommentView},
    indicator,
    spine::{Failure, Reader},
};
use domain::{
    appraisal::{Appraisal, Frozen, FrozenPoints, FrozenValue, Named, Said},
    indicator::Indicator,
    scheme::Scheme,
    scoring::{Computation, Line, LineNote, PartSum, ReviewFate, ReviewLine, ReviewSum, YearSum},
    spine::Timestamp,
};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a result came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalSheet)]
pub struct SheetView {
    /// When it was measured.
    pub measured_at: Timestamp,
    /// The lines, those of the first part first.
    #[schema(max_items = 2000)]
    pub lines: Vec<LineView>,
    /// The indicators of all parts by days; null where none applies.
    #[schema(value_type = Option<String>, max_length = 40, example = "98")]
    pub indicators: Option<Decimal>,
    /// What they weigh in the result, in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 7000)]
    pub indicator_share_bp: i64,
    /// The reviews; null where there are none.
    pub reviews: Option<ReviewsView>,
    /// What they weigh in the result, in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 3000)]
    pub review_share_bp: i64,
    /// The points of the ledger of rewards and penalties.
    pub points: PointsView,
    /// The sum of all that.
    #[schema(value_type = String, max_length = 40, example = "80.48")]
    pub sum: Decimal,
    /// Within floor and cap.
    #[schema(value_type = String, max_length = 40, example = "80.48")]
    pub bounded: Decimal,
    /// What a veto caps it to.
    #[schema(value_type = Option<String>, max_length = 40, example = "59.99")]
    pub veto: Option<Decimal>,
    /// Rounded once, to two places; before anybody changed it by hand.
    #[schema(value_type = String, max_length = 40, example = "80.48")]
    pub result: Decimal,
    /// How that of a year came about, from its months.
    pub year: Option<YearView>,
    /// All of it in words.
    #[schema(max_items = 2500)]
    pub said: Vec<Said>,
}

/// A line of a sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalLine)]
pub struct LineView {
    /// The part of the period, from 1.
    #[schema(minimum = 1)]
    pub part: usize,
    /// The code of the indicator.
    #[schema(max_length = 60, example = "sales")]
    pub indicator: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "销售额")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Sales")]
    pub name_en: String,
    /// The unit of its values.
    #[schema(max_length = 20, example = "元")]
    pub unit: String,
    /// The weight it has in the scheme, in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 4000)]
    pub weight_bp: i64,
    /// The weight it counts with, in percent.
    #[schema(value_type = String, max_length = 40, example = "40")]
    pub effective_percent: Decimal,
    /// The value.
    #[schema(value_type = Option<String>, max_length = 40, example = "1150000")]
    pub value: Option<Decimal>,
    /// What it is held against.
    #[schema(value_type = Option<String>, max_length = 40, example = "1000000")]
    pub target: Option<Decimal>,
    /// The upper end of that, of a band.
    #[schema(value_type = Option<String>, max_length = 40)]
    pub target_upper: Option<Decimal>,
    /// How much of it was reached; 1 is all of it.
    #[schema(value_type = Option<String>, max_length = 40, example = "1.15")]
    pub attainment: Option<Decimal>,
    /// The score.
    #[schema(value_type = Option<String>, max_length = 40, example = "115")]
    pub score: Option<Decimal>,
    /// What it adds.
    #[schema(value_type = String, max_length = 40, example = "46")]
    pub contribution: Decimal,
    /// What became of it.
    pub note: LineNote,
    /// The clause it enforces, where it is another than the scheme's.
    #[schema(max_length = 200)]
    pub clause: Option<String>,
    /// What was asked: the measure, of what, and for which days; or `entered`.
    #[schema(max_length = 300, example = "entered")]
    pub query: Option<String>,
    /// From how many rows the value comes.
    #[schema(minimum = 0)]
    pub rows: i64,
    /// A digest of them.
    #[schema(max_length = 64)]
    pub digest: Option<String>,
    /// What of the value adjusts an earlier period.
    #[schema(max_items = 200)]
    pub adjustments: Vec<AdjustmentView>,
}

/// What was taken from, or added to, a value for an earlier period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalAdjustment)]
pub struct AdjustmentView {
    /// The earlier period.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// What it is about.
    #[schema(max_length = 200)]
    pub about: String,
    /// How much.
    #[schema(value_type = String, max_length = 40, example = "-200000")]
    pub value: Decimal,
}

/// The reviews of a sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReviews)]
pub struct ReviewsView {
    /// One's own.
    pub own: ReviewView,
    /// The superiors', by days.
    pub superior: ReviewView,
    /// The mean of the peers'; of fewer than the scheme wants, none is shown.
    pub peers: ReviewView,
    /// How many peers answered.
    #[schema(minimum = 0)]
    pub peers_answered: u32,
    /// What it comes to.
    #[schema(value_type = String, max_length = 40, example = "89.6")]
    pub sum: Decimal,
    /// What the person and the superiors wrote; peers write nothing.
    #[schema(max_items = 50)]
    pub comments: Vec<CommentView>,
}

/// One kind of review in a sheet.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReviewLine)]
pub struct ReviewView {
    /// The score that counts.
    #[schema(value_type = Option<String>, max_length = 40, example = "88")]
    pub score: Option<Decimal>,
    /// The weight it counts with, in percent.
    #[schema(value_type = String, max_length = 40, example = "60")]
    pub effective_percent: Decimal,
    /// What became of it.
    pub fate: ReviewFate,
}

/// The points of the ledger that count.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalPoints)]
pub struct PointsView {
    /// What they come to.
    pub points: i64,
    /// The numbers of the entries.
    #[schema(max_items = 1000)]
    pub entries: Vec<String>,
    /// The numbers of those whose incident an indicator counts already.
    #[schema(max_items = 1000)]
    pub left_out: Vec<String>,
}

/// The year, from its months and its own goals.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalYear)]
pub struct YearView {
    /// Its months, in order.
    #[schema(max_items = 12)]
    pub months: Vec<MonthView>,
    /// Their mean; null where all are exempt.
    #[schema(value_type = Option<String>, max_length = 40, example = "84.5")]
    pub mean: Option<Decimal>,
    /// The year's own goals.
    #[schema(value_type = Option<String>, max_length = 40, example = "90")]
    pub goals: Option<Decimal>,
    /// Rounded to two places.
    #[schema(value_type = String, max_length = 40, example = "86.70")]
    pub result: Decimal,
}

/// What a month brought to the year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalMonth)]
pub struct MonthView {
    /// The month.
    #[schema(max_length = 10, example = "2026-05")]
    pub month: String,
    /// Its final result; null where the person was exempt.
    #[schema(value_type = Option<String>, max_length = 40, example = "80.48")]
    pub result: Option<Decimal>,
}

/// What lines are called, and what clauses they enforce.
struct Names {
    indicators: BTreeMap<String, Indicator>,
    schemes: Vec<Option<Scheme>>,
}

impl Names {
    fn of(reader: &mut Reader<'_>, sheet: &Appraisal) -> Result<Self, Failure> {
        let mut schemes = Vec::with_capacity(sheet.parts.len());
        for part in sheet.parts.iter().filter(|part| part.unscored.is_none()) {
            schemes.push(part.scheme.as_ref().map(|reference| scheme_of(reader, reference)).transpose()?);
        }
        Ok(Self { indicators: indicator::all(reader)?, schemes })
    }

    /// Of an indicator of a part that was scored, from 1.
    fn clause(&self, part: usize, code: &str) -> Option<String> {
        self.schemes.get(part.checked_sub(1)?)?.as_ref()?.indicator(code)?.clause.clone()
    }
}

/// How the result of a sheet came about; nothing where it has none.
///
/// # Errors
/// Where the database fails.
pub(super) fn show(reader: &mut Reader<'_>, sheet: &Appraisal) -> Result<Option<SheetView>, Failure> {
    let (Some(frozen), Some(computation)) = (&sheet.frozen, &sheet.computation) else { return Ok(None) };
    let comments = appraisal_review::comments(reader, sheet.id)?;
    of(reader, sheet, frozen, computation, comments).map(Some)
}

/// A computation, line by line.
pub(super) fn of(
    reader: &mut Reader<'_>,
    sheet: &Appraisal,
    frozen: &Frozen,
    computation: &Computation,
    comments: Vec<CommentView>,
) -> Result<SheetView, Failure> {
    let names = Names::of(reader, sheet)?;
    // Parts that are not scored have no lines: the places of those that are, among all.
    let places: Vec<usize> =
        (1..).zip(&sheet.parts).filter(|(_, part)| part.unscored.is_none()).map(|(place, _)| place).collect();
    let frozen_of = |part: usize, code: &str| {
        let place = part.checked_sub(1).and_then(|place| places.get(place))?;
        frozen.values.iter().find(|value| value.part == *place && value.indicator == code)
    };
    let mut lines = Vec::new();
    for (place, part) in computation.parts.iter().enumerate() {
        let PartSum { lines: of_part, .. } = part;
        let real = places.get(place).copied().unwrap_or(place + 1);
        let shown =
            |line: &Line| line_view(&names, (place + 1, real), line, frozen_of(place + 1, &line.indicator));
        lines.extend(of_part.iter().map(shown));
    }
    let named = |part: usize, code: &str| {
        let details = &names.indicators.get(code)?.details;
        let adjusted = frozen_of(part, code).map_or(&[][..], |value| &value.adjustments);
        let adjusted = adjusted.iter().map(|one| (one.period, one.about.clone(), one.value)).collect();
        let clause = names.clause(part, code);
        let (zh, en) = (details.name_zh.clone(), details.name_en.clone());
        Some(Named { zh, en, unit: details.unit.clone(), clause, adjusted })
    };
    let mut said = computation.said(&named);
    said.extend(sheet.year.as_ref().map(YearSum::said));
    let FrozenPoints { points, entries, left_out, digest: _ } = frozen.points.clone();
    Ok(SheetView {
        measured_at: frozen.at,
        lines,
        indicators: computation.indicators.map(|sum| sum.normalize()),
        indicator_share_bp: computation.shares.indicators,
        reviews: computation.reviews.map(|reviews| reviews_view(reviews, comments)),
        review_share_bp: computation.shares.reviews,
        points: PointsView { points, entries, left_out },
        sum: computation.sum.normalize(),
        bounded: computation.bounded.normalize(),
        veto: computation.veto.map(|cap| cap.normalize()),
        result: computation.result,
        year: sheet.year.clone().map(year_view),
        said,
    })
}

fn line_view(
    names: &Names,
    (place, part): (usize, usize),
    line: &Line,
    frozen: Option<&FrozenValue>,
) -> LineView {
    let details = names.indicators.get(&line.indicator).map(|indicator| &indicator.details);
    let adjustments = frozen.map_or(&[][..], |value| &value.adjustments).iter();
    let adjustment = |one: &domain::appraisal::Adjustment| AdjustmentView {
        period: one.period.to_string(),
        about: one.about.clone(),
        value: one.value,
    };
    LineView {
        part,
        indicator: line.indicator.clone(),
        name_zh: details.map(|details| details.name_zh.clone()).unwrap_or_default(),
        name_en: details.map(|details| details.name_en.clone()).unwrap_or_default(),
        unit: details.map(|details| details.unit.clone()).unwrap_or_default(),
        weight_bp: line.weight,
        effective_percent: line.effective.normalize(),
        value: line.value.map(|value| value.normalize()),
        target: line.target.map(|target| target.value.normalize()),
        target_upper: line.target.and_then(|target| target.upper).map(|upper| upper.normalize()),
        attainment: line.attainment.map(|attainment| attainment.normalize()),
        score: line.score.map(|score| score.normalize()),
        contribution: line.contribution.normalize(),
        note: line.note,
        clause: names.clause(place, &line.indicator),
        query: frozen.map(|value| value.query.clone()),
        rows: frozen.map_or(0, |value| value.rows),
        digest: frozen.map(|value| value.digest.clone()),
        adjustments: adjustments.map(adjustment).collect(),
    }
}

fn reviews_view(reviews: ReviewSum, comments: Vec<CommentView>) -> ReviewsView {
    let shown = |ReviewLine { score, effective, fate }: ReviewLine| ReviewView {
        score: score.map(|score| score.normalize()),
        effective_percent: effective.normalize(),
        fate,
    };
    ReviewsView {
        own: shown(reviews.own),
        superior: shown(reviews.superior),
        peers: shown(reviews.peers),
        peers_answered: reviews.peers_answered,
        sum: reviews.sum.normalize(),
        comments,
    }
}

fn year_view(year: YearSum) -> YearView {
    let months = year.months.into_iter();
    YearView {
        months: months.map(|month| MonthView { month: month.month, result: month.result }).collect(),
        mean: year.mean.map(|mean| mean.normalize()),
        goals: year.goals.map(|goals| goals.normalize()),
        result: year.result,
    }
}
