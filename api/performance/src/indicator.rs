//! Indicators over HTTP. `[KPI-1]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    indicator::{Indicator, IndicatorDetails, Source},
    scoring::Direction,
    spine::perm,
};
use persistence::indicator::{
    self as indicators, IndicatorFilter, IndicatorView,
    measure::{self, MeasuresView},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "indicators",
        [
            list_indicators,
            create_indicator,
            show_indicator,
            change_indicator,
            retire_indicator,
            show_indicator_measures,
        ]
    );
}

/// List indicators by code. `[KPI-1, INT-4]`
#[utoipa::path(get, path = "/api/v1/indicators")]
async fn list_indicators(
    who: Can<perm::ReadIndicators>,
    wanted: Wanted<IndicatorFilter>,
    reading: Reading,
) -> List<IndicatorView> {
    reading.list(who, wanted, indicators::list).await
}

/// Show an indicator. `[KPI-1]`
#[utoipa::path(get, path = "/api/v1/indicators/{id}")]
async fn show_indicator(
    who: Can<perm::ReadIndicators>,
    id: PathId<Indicator>,
    reading: Reading,
) -> Reply<IndicatorView> {
    reading.read(who, move |reader| indicators::view(reader, *id)).await
}

/// Show what the product measures by itself. `[KPI-1]`
#[utoipa::path(get, path = "/api/v1/indicator-measures")]
async fn show_indicator_measures(who: Can<perm::ReadIndicators>, reading: Reading) -> Reply<MeasuresView> {
    reading.read(who, |reader| Ok(measure::all(reader))).await
}

/// A new indicator.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateIndicator {
    /// Its code, by which schemes name it; unique, and said once.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z][a-z0-9-]*$", example = "sales")]
    code: String,
    /// Its Chinese name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "销售额")]
    name_zh: String,
    /// Its English name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "Sales")]
    name_en: String,
    /// The unit of its values.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "元")]
    unit: String,
    /// Which values are good.
    direction: Direction,
    /// The measure it comes from; absent where figures are entered.
    #[serde(default)]
    #[validate(nested)]
    source: Option<MeasuredBy>,
    /// How it is reckoned, in words.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    description: String,
}

/// What an indicator is measured by.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IndicatorSource)]
struct MeasuredBy {
    /// The code of the measure.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "duties-in-time")]
    measure: String,
    /// Of what, where the measure is of something: the code of a rule of duties.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "duty-rule/weekly-report")]
    of: Option<String>,
}

impl Merged for CreateIndicator {
    const PATCH: &'static str = "ChangeIndicator";
    const FIXED: &'static [&'static str] = &["code"];
    const FILLED: &'static [&'static str] = &["description"];
}

impl From<CreateIndicator> for IndicatorDetails {
    fn from(body: CreateIndicator) -> Self {
        let CreateIndicator { code, name_zh, name_en, unit, direction, source, description } = body;
        let source = match source {
            Some(MeasuredBy { measure, of }) => Source::Measured { measure, of },
            None => Source::Entered {},
        };
        Self { code, name_zh, name_en, unit, direction, source, description }
    }
}

impl From<IndicatorDetails> for CreateIndicator {
    fn from(details: IndicatorDetails) -> Self {
        let IndicatorDetails { code, name_zh, name_en, unit, direction, source, description } = details;
        let source = match source {
            Source::Measured { measure, of } => Some(MeasuredBy { measure, of }),
            Source::Entered {} => None,
        };
        Self { code, name_zh, name_en, unit, direction, source, description }
    }
}

/// Set up an indicator. `[KPI-1]`
///
/// Measured by the product, or entered with evidence and confirmed by somebody else.
#[utoipa::path(post, path = "/api/v1/indicators")]
async fn create_indicator(
    who: Can<perm::ManageIndicators>,
    body: Valid<CreateIndicator>,
    work: UnitOfWork,
) -> Created<IndicatorView> {
    work.write(who, move |tx| {
        let details = IndicatorDetails::from(body.0.clone());
        indicators::check_source(tx, &details)?;
        let change = Indicator::create(tx.id(), details)?;
        let indicator = indicators::apply(tx, change)?;
        indicators::show(tx, indicator)
    })
    .await
}

/// Change an indicator. `[KPI-1]`
#[utoipa::path(patch, path = "/api/v1/indicators/{id}")]
async fn change_indicator(
    who: Can<perm::ManageIndicators>,
    at: At<Indicator>,
    patch: Merge<CreateIndicator>,
    work: UnitOfWork,
) -> Reply<IndicatorView> {
    work.moves(who, at, move |indicator, tx| {
        let details: IndicatorDetails = patch.over(&indicator.details.clone().into())?.into();
        indicators::check_source(tx, &details)?;
        Ok(indicator.change(details)?)
    })
    .await
}

/// Retire an indicator. `[KPI-1]`
///
/// Refused while a scheme uses it, today or later.
#[utoipa::path(post, path = "/api/v1/indicators/{id}/retire")]
async fn retire_indicator(
    who: Can<perm::ManageIndicators>,
    at: At<Indicator>,
    work: UnitOfWork,
) -> Reply<IndicatorView> {
    work.moves(who, at, move |indicator, tx| indicators::retire(tx, indicator)).await
}
