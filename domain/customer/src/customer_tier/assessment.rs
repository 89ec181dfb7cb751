//! What a customer comes to at a cut-off, line by line: figure, threshold, points, weight. Exact: points times basis points,
//! never rounded. `[TIE-1]`

use super::{
    TierModel,
    model::{TierBand, TierDimension},
};
use crate::{
    approval::Label,
    ownership::WHOLE_BP,
    spine::{BusinessDate, Citation, Explanation, Id},
    tier_run::TierRun,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A figure as it was frozen at the cut-off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TierFigure {
    /// The code of the dimension.
    pub dimension: String,
    /// The value; none where there was nothing to measure, and nobody entered one.
    pub value: Option<Decimal>,
    /// From how many rows.
    pub rows: i64,
    /// A digest of them.
    pub digest: String,
}

/// A line of an assessment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TierLine {
    /// The figure.
    #[serde(flatten)]
    pub figure: TierFigure,
    /// What the dimension is called.
    pub name: Label,
    /// The threshold that was reached; none below the first.
    pub reached: Option<Decimal>,
    /// The points of it, 0 to 100.
    pub points: u32,
    /// The weight, in basis points.
    pub weight_bp: u32,
}

impl TierLine {
    /// What it adds: points times basis points.
    pub fn weighted(&self) -> i64 {
        i64::from(self.points) * i64::from(self.weight_bp)
    }
}

/// What the model makes of the figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assessed {
    /// Line by line.
    pub lines: Vec<TierLine>,
    /// Points times basis points: 0 to 1,000,000.
    pub score: i64,
    /// The tier that is reached.
    pub reached: String,
}

/// Points from their sum with basis points.
pub(super) fn points(score: i64) -> Decimal {
    Decimal::new(score, 4).normalize()
}

impl Assessed {
    /// The points, 0 to 100, exactly.
    pub fn points(&self) -> Decimal {
        points(self.score)
    }

    pub(super) fn explained(&self, outcome: AssessmentOutcome, citation: Citation) -> Explanation {
        let lines = self.lines.iter().map(|line| {
            json!({"dimension": line.figure.dimension, "value": line.figure.value, "reached": line.reached,
                "points": line.points, "weight_bp": line.weight_bp})
        });
        let facts = json!({"points": self.points(), "reached": self.reached, "outcome": outcome,
            "lines": lines.collect::<Vec<_>>()});
        Explanation::new("tier_assessed", citation, facts)
    }
}

/// How a run came out for a customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TierAssessmentOutcome)]
pub enum AssessmentOutcome {
    /// The first tier.
    First,
    /// The same tier.
    Kept,
    /// A better tier.
    Raised,
    /// Below the tier, and not often enough to lose it.
    Spared,
    /// Below the tier often enough: it is lost.
    Lowered,
}

crate::labels! { AssessmentOutcome = "TierAssessmentOutcome":
    First = "first", "首次评定", "First tier";
    Kept = "kept", "保持等级", "Kept";
    Raised = "raised", "升级", "Raised";
    Spared = "spared", "低于标准，暂不降级", "Below, not lost yet";
    Lowered = "lowered", "降级", "Lowered";
}

impl AssessmentOutcome {
    /// Whether another tier is held by it.
    pub const fn moves(self) -> bool {
        matches!(self, Self::First | Self::Raised | Self::Lowered)
    }
}

/// How a run came out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assessment {
    /// Which run.
    pub run: Id<TierRun>,
    /// The first day on which a tier that it gave is held.
    pub from: BusinessDate,
    /// What the model made of the figures.
    pub assessed: Assessed,
    /// What follows.
    pub outcome: AssessmentOutcome,
    /// The computed tier before; none of the first.
    pub before: Option<String>,
    /// The computed tier from then on.
    pub tier: String,
    /// So many runs in a row below it.
    pub below: u32,
    /// The version of the model.
    pub citation: Citation,
}

impl TierDimension {
    fn band(&self, value: Option<Decimal>) -> Option<TierBand> {
        let value = value?;
        self.bands.iter().rev().find(|band| band.from <= value).copied()
    }
}

impl TierModel {
    /// What the model makes of figures; a dimension without one has no points.
    pub fn assess(&self, figures: Vec<TierFigure>) -> Assessed {
        let line = |dimension: &TierDimension| {
            let known = figures.iter().find(|figure| figure.dimension == dimension.code).cloned();
            let figure = known.unwrap_or_else(|| TierFigure {
                dimension: dimension.code.clone(),
                value: None,
                rows: 0,
                digest: String::new(),
            });
            let band = dimension.band(figure.value);
            TierLine {
                figure,
                name: dimension.name.clone(),
                reached: band.map(|band| band.from),
                points: band.map_or(0, |band| band.points),
                weight_bp: dimension.weight_bp,
            }
        };
        let lines: Vec<TierLine> = self.dimensions.iter().map(line).collect();
        let score = lines.iter().map(TierLine::weighted).sum();
        let reaches = |from: u32| i64::from(from) * i64::from(WHOLE_BP) <= score;
        let reached = self.tiers.iter().find(|tier| reaches(tier.from_points)).or(self.tiers.last());
        Assessed { lines, score, reached: reached.map(|tier| tier.code.clone()).unwrap_or_default() }
    }
}
