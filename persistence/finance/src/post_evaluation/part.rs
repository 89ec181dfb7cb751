//! The parts of a post-evaluation, as they are shown.

use domain::finance::post_evaluation::Indicator;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// Who evaluates.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EvaluationThirdParty)]
pub struct ThirdPartyView {
    /// The institution.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its unified social credit code.
    #[schema(max_length = 20)]
    pub tax_number: Option<String>,
    /// Whom to ask there.
    #[schema(max_length = 200)]
    pub contact: Option<String>,
}

/// Expected against achieved.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EvaluationIndicator)]
pub struct IndicatorView {
    /// What is measured.
    #[schema(max_length = 100)]
    pub name: String,
    /// In what.
    #[schema(max_length = 20)]
    pub unit: String,
    /// What was expected.
    #[schema(value_type = String, max_length = 30, example = "200")]
    pub expected: Decimal,
    /// What was achieved.
    #[schema(value_type = Option<String>, max_length = 30, example = "150")]
    pub achieved: Option<Decimal>,
    /// Whether less is better.
    pub less_is_better: bool,
    /// How much of what was expected was achieved, in per cent to two places.
    #[schema(value_type = Option<String>, max_length = 30, example = "75.00")]
    pub rate_percent: Option<Decimal>,
    /// Whether what was expected was achieved.
    pub is_met: Option<bool>,
}

impl From<Indicator> for IndicatorView {
    fn from(indicator: Indicator) -> Self {
        let (rate_percent, is_met) = (indicator.rate_percent(), indicator.is_met());
        let Indicator { name, unit, expected, achieved, less_is_better } = indicator;
        Self { name, unit, expected, achieved, less_is_better, rate_percent, is_met }
    }
}
