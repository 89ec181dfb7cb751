//! Schemes (考核方案): which indicators a position is measured by in a kind of period, how they are weighed and
//! scored, and what follows. A policy: drafted, published, in force from a day on. `[KPI-2 … KPI-8, REG-4]`

/// What follows from a result.
mod consequence;
/// What makes a scheme unsound.
mod soundness;

pub use consequence::{Consequence, Follows, Occasion};

use crate::{
    approval::Label,
    scoring::{Band, Bounds, Cap, Curve, ReviewPlan, Shares, Target, YearPlan, of_bands},
    spine::{Finding, PolicyContent},
    working_time::Span,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SCHEME_REFUSALS],
    events: &[],
    enums: &[Follows::LABELS, MissingValue::LABELS, Occasion::LABELS],
};

/// An indicator in a scheme.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeIndicator {
    /// The code of the indicator.
    pub indicator: String,
    /// Its weight, in basis points; all of them add up to 10,000. A veto has none.
    pub weight: i64,
    /// How it is scored.
    pub curve: Curve,
    /// The target for everybody; none where each person is set one, or none is needed.
    #[serde(default)]
    pub target: Option<Target>,
    /// Whether target and levels grow with the days of a part: amounts do, rates do not.
    #[serde(default)]
    pub by_days: bool,
    /// The clause it enforces, where it is another than the scheme's.
    #[serde(default)]
    pub clause: Option<String>,
}

/// A grade and the results that get it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeGrade)]
pub struct Grade {
    /// Its code, such as `A`.
    pub code: String,
    /// What it is called.
    pub name: Label,
    /// The least result.
    pub from: Decimal,
    /// The least result of the next better grade; the best has none.
    #[serde(default)]
    pub below: Option<Decimal>,
}

impl Band for Grade {
    fn from(&self) -> Decimal {
        self.from
    }
    fn below(&self) -> Option<Decimal> {
        self.below
    }
}

/// At most how many of a cohort have which grade.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeDistribution)]
pub struct Distribution {
    /// The fewest people of a cohort to whom it applies.
    pub cohort_at_least: u32,
    /// The caps.
    pub at_most: Vec<Cap>,
}

/// What happens where an indicator has no value at the cut-off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SchemeMissingValue)]
pub enum MissingValue {
    /// Its weight is spread over the others.
    Spread,
    /// There is no result until it is there.
    Block,
}

crate::labels! { MissingValue = "SchemeMissingValue":
    Spread = "spread", "权重分摊到其他指标", "Its weight is spread";
    Block = "block", "补齐前不出结果", "No result until it is there";
}

/// How the people of some positions are measured in a kind of period, and what follows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppraisalScheme)]
pub struct Scheme {
    /// What it is called.
    pub name: Label,
    /// The codes of the positions that are measured by it.
    pub positions: Vec<String>,
    /// The kind of period.
    pub span: Span,
    /// The indicators.
    pub indicators: Vec<SchemeIndicator>,
    /// What indicators and reviews weigh in the result.
    pub shares: Shares,
    /// Who reviews.
    pub reviews: ReviewPlan,
    /// Between what a result lies.
    pub result: Bounds,
    /// The grades, from the lowest to the best.
    pub grades: Vec<Grade>,
    /// What happens where there is no value.
    pub missing_values: MissingValue,
    /// A part of fewer working days is not scored.
    pub part_working_days_at_least: u32,
    /// Whether a penalty of the ledger and an indicator may count the same incident.
    #[serde(default)]
    pub counts_incidents_twice: bool,
    /// What the months of a year weigh; a scheme of the year has it.
    #[serde(default)]
    pub year: Option<YearPlan>,
    /// Forced distribution.
    #[serde(default)]
    pub distribution: Option<Distribution>,
    /// What follows from results.
    #[serde(default)]
    pub consequences: Vec<Consequence>,
}

impl Scheme {
    /// The grade of a result that is rounded.
    pub fn grade(&self, result: Decimal) -> Option<&Grade> {
        of_bands(&self.grades, result)
    }

    /// The place of a grade, the lowest 0.
    pub fn place(&self, grade: &str) -> Option<usize> {
        self.grades.iter().position(|known| known.code == grade)
    }

    /// An indicator of it.
    pub fn indicator(&self, code: &str) -> Option<&SchemeIndicator> {
        self.indicators.iter().find(|known| known.indicator == code)
    }
}

impl PolicyContent for Scheme {
    const KIND: &'static str = "appraisal-scheme";
    const EXAMPLE: &'static str = include_str!("scheme/example.json");
    fn findings(&self) -> Vec<Finding> {
        soundness::findings(self)
    }
}

pub use soundness::{
    INDICATOR_UNKNOWN, NOT_A_PERIOD, POSITION_ELSEWHERE, POSITION_UNKNOWN, PUNISHED_TWICE, SCHEME_REFUSALS,
};

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// That of the worked examples, with a veto.
    pub(crate) fn scheme() -> Scheme {
        serde_json::from_str(include_str!("scheme/example.json")).expect("it reads")
    }

    #[test]
    fn a_grade_is_half_open_and_taken_from_the_rounded_result() {
        for (result, grade) in [("89.99", "B"), ("90.00", "A"), ("74.99", "C"), ("59.99", "D"), ("0", "D")] {
            let found = scheme().grade(result.parse().expect("a decimal")).map(|grade| grade.code.clone());
            assert_eq!(found.as_deref(), Some(grade), "{result}");
        }
    }
}
