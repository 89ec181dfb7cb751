//! Daily records and monthly reports of selling, over HTTP. `[SAL-4; 001 营销中心五]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    sales_report::{NEITHER_DAY_NOR_MONTH, SalesReport},
    spine::{Refusal, perm},
    working_time::Period,
};
use persistence::sales_report::{self as reports, SalesReportFilter, SalesReportView, deed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sales-reports",
        [
            list_sales_reports,
            compile_sales_report,
            show_sales_report,
            comment_sales_report,
            submit_sales_report,
        ]
    );
}

/// List daily records and monthly reports. `[SAL-4, INT-4]`
///
/// What the caller may see: their own, those of people below them, and of departments in reach. The newest first.
#[utoipa::path(get, path = "/api/v1/sales-reports")]
async fn list_sales_reports(
    who: Can<perm::ReadSalesReports>,
    wanted: Wanted<SalesReportFilter>,
    reading: Reading,
) -> List<SalesReportView> {
    reading.list(who, wanted, reports::list).await
}

/// Show a daily record or a monthly report. `[SAL-4]`
#[utoipa::path(get, path = "/api/v1/sales-reports/{id}")]
async fn show_sales_report(
    who: Can<perm::ReadSalesReports>,
    id: PathId<SalesReport>,
    reading: Reading,
) -> Reply<SalesReportView> {
    reading.read(who, move |reader| reports::view(reader, *id)).await
}

/// Of which day or month.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompileSalesReport {
    /// A day or a month that has begun.
    #[validate(length(min = 7, max = 10))]
    #[schema(min_length = 7, max_length = 10, example = "2026-03-05")]
    period: String,
}

/// Compile one's daily record or monthly report. `[SAL-4; 001 营销中心五]`
///
/// From records: interactions, filings, opportunities, quotations, contracts and what counts for oneself. Nobody types a
/// figure.
#[utoipa::path(post, path = "/api/v1/sales-reports")]
async fn compile_sales_report(
    who: Can<perm::FileSalesReports>,
    body: Valid<CompileSalesReport>,
    work: UnitOfWork,
) -> Created<SalesReportView> {
    work.write(who, move |tx| {
        let none = |_| Refusal::new(NEITHER_DAY_NOR_MONTH).at("/period");
        let period: Period = body.period.parse().map_err(none)?;
        let report = deed::compile(tx, period)?;
        reports::show(tx, report)
    })
    .await
}

/// What its author says to a report.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SalesReportComment {
    /// What there is to say.
    #[serde(default)]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000, example = "两家客户推迟到下月签约")]
    comment: Option<String>,
}

impl Merged for SalesReportComment {
    const PATCH: &'static str = "CommentSalesReport";
    const FILLED: &'static [&'static str] = &[];
}

/// Comment one's report. `[SAL-4]`
///
/// Until it is submitted; its figures are read anew.
#[utoipa::path(patch, path = "/api/v1/sales-reports/{id}")]
async fn comment_sales_report(
    who: Can<perm::FileSalesReports>,
    at: At<SalesReport>,
    patch: Merge<SalesReportComment>,
    work: UnitOfWork,
) -> Reply<SalesReportView> {
    work.moves(who, at, move |report, tx| {
        let SalesReportComment { comment } =
            patch.over(&SalesReportComment { comment: report.comment.clone() })?;
        deed::comment(tx, report, comment)
    })
    .await
}

/// Submit one's report. `[SAL-4]`
///
/// Once its day has come, or the last of its month; then it is frozen. A daily record is confirmed in this way.
#[utoipa::path(post, path = "/api/v1/sales-reports/{id}/submit")]
async fn submit_sales_report(
    who: Can<perm::FileSalesReports>,
    at: At<SalesReport>,
    work: UnitOfWork,
) -> Reply<SalesReportView> {
    work.moves(who, at, move |report, tx| deed::submit(tx, report)).await
}
