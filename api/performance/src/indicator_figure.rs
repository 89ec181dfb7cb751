//! Figures that are entered, over HTTP. `[KPI-1, SER]`

mod import;

use crate::spine::{
    At, Can, Created, List, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    indicator_figure::{Adjusts, IndicatorFigure},
    spine::{AnyId, EmployeeId, Findings, Id, Refusal, codes, perm},
    working_time::Period,
};
use import::*;
use persistence::indicator_figure::{
    self as figures, FigureFilter, FigureView,
    deed::{self, Entering},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "indicator-figures",
        [
            list_indicator_figures,
            enter_indicator_figure,
            show_indicator_figure_template,
            import_indicator_figures,
            show_indicator_figure,
            confirm_indicator_figure,
            reject_indicator_figure,
            withdraw_indicator_figure,
        ]
    );
}

/// List figures of indicators. `[KPI-1, INT-4]`
///
/// Those about oneself, those one entered, those of people below one, and those in reach.
#[utoipa::path(get, path = "/api/v1/indicator-figures")]
async fn list_indicator_figures(
    who: Can<perm::ReadAppraisals>,
    wanted: Wanted<FigureFilter>,
    reading: Reading,
) -> List<FigureView> {
    reading.list(who, wanted, figures::list).await
}

/// Show a figure. `[KPI-1]`
#[utoipa::path(get, path = "/api/v1/indicator-figures/{id}")]
async fn show_indicator_figure(
    who: Can<perm::ReadAppraisals>,
    id: PathId<IndicatorFigure>,
    reading: Reading,
) -> Reply<FigureView> {
    reading.read(who, move |reader| figures::view(reader, *id)).await
}

/// A new figure.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnterIndicatorFigure {
    /// Of which indicator: one that is entered.
    indicator_id: AnyId,
    /// About whom: somebody below the caller, or in reach.
    employee_id: EmployeeId,
    /// In which period it counts.
    #[validate(length(min = 4, max = 10))]
    #[schema(min_length = 4, max_length = 10, example = "2026-05")]
    period: String,
    /// In which part of it; another after a move.
    #[serde(default = "first")]
    #[validate(range(min = 1, max = 31))]
    #[schema(minimum = 1, maximum = 31)]
    part: i32,
    /// The value, in the unit of the indicator; at most four decimal places.
    #[schema(
        value_type = String, min_length = 1, max_length = 30,
        pattern = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$", example = "1150000"
    )]
    value: Decimal,
    /// What it adjusts, where it is not the period's own.
    #[serde(default)]
    #[validate(nested)]
    adjusts: Option<AdjustsEarlier>,
    /// What it rests on; without it, files must show it.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500, example = "财务销售明细 2026-05")]
    basis: String,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    evidence: Vec<AnyId>,
}

/// What a figure takes from or adds to an earlier period.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IndicatorFigureAdjusts)]
struct AdjustsEarlier {
    /// The earlier period.
    #[validate(length(min = 4, max = 10))]
    #[schema(min_length = 4, max_length = 10, example = "2026-05")]
    period: String,
    /// What it is about, such as the number of a sale.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "XS-2026-0512 退款")]
    about: String,
}

const fn first() -> i32 {
    1
}

/// A period as it is written.
pub(crate) fn period(text: &str, pointer: &str) -> Result<Period, Refusal> {
    let mut findings = Findings::new();
    let read = text.parse();
    if read.is_err() {
        findings.add_with(
            pointer,
            codes::BAD_FORMAT,
            [("expected", json!("2026-05, 2026-Q2, 2026-H1, 2026"))],
        );
    }
    findings.into_result()?;
    read.map_err(|_| Refusal::new(codes::BAD_FORMAT))
}

impl EnterIndicatorFigure {
    fn entering(self) -> Result<Entering, Refusal> {
        let Self { indicator_id, employee_id, period: text, part, value, adjusts, basis, evidence } = self;
        let adjusts = adjusts.map(|AdjustsEarlier { period: text, about }| {
            Ok(Adjusts { period: period(&text, "/adjusts/period")?, about })
        });
        Ok(Entering {
            indicator: Id::from_uuid(indicator_id.uuid()),
            employee: employee_id,
            period: period(&text, "/period")?,
            part,
            value,
            adjusts: adjusts.transpose()?,
            basis,
            evidence: evidence.into_iter().map(|file| Id::from_uuid(file.uuid())).collect(),
        })
    }
}

/// Enter a figure. `[KPI-1]`
///
/// With what it rests on. It counts once somebody else has confirmed it. What becomes known after a result is
/// final
/// `adjusts` an earlier period, and counts in this one.
#[utoipa::path(post, path = "/api/v1/indicator-figures")]
async fn enter_indicator_figure(
    who: Can<perm::EnterIndicatorFigures>,
    body: Valid<EnterIndicatorFigure>,
    work: UnitOfWork,
) -> Created<FigureView> {
    work.write(who, move |tx| {
        let figure = deed::enter(tx, body.0.clone().entering()?)?;
        figures::show(tx, figure)
    })
    .await
}

/// Confirm a figure. `[KPI-1]`
///
/// By neither who entered it nor whom it is about.
#[utoipa::path(post, path = "/api/v1/indicator-figures/{id}/confirm")]
async fn confirm_indicator_figure(
    who: Can<perm::ConfirmIndicatorFigures>,
    at: At<IndicatorFigure>,
    work: UnitOfWork,
) -> Reply<FigureView> {
    work.moves(who, at, move |figure, tx| Ok(figure.confirm(tx.actor(), tx.now())?)).await
}

/// Reject a figure. `[KPI-1]`
#[utoipa::path(post, path = "/api/v1/indicator-figures/{id}/reject")]
async fn reject_indicator_figure(
    who: Can<perm::ConfirmIndicatorFigures>,
    at: At<IndicatorFigure>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<FigureView> {
    work.moves(who, at, move |figure, tx| Ok(figure.reject(body.reason.clone(), tx.actor(), tx.now())?)).await
}

/// Take a figure back. `[KPI-1]`
///
/// So that another can be entered. What was measured of it before stays as it is.
#[utoipa::path(post, path = "/api/v1/indicator-figures/{id}/withdraw")]
async fn withdraw_indicator_figure(
    who: Can<perm::EnterIndicatorFigures>,
    at: At<IndicatorFigure>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<FigureView> {
    work.moves(who, at, move |figure, tx| Ok(figure.withdraw(body.reason.clone(), tx.actor(), tx.now())?))
        .await
}
