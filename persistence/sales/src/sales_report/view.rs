//! What a report looks like, and the reports within the caller's sight. `[SAL-4, INT-4]`

use super::{
    find,
    row::{Row, covered},
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::sales_reports,
    spine::{Failure, Filter, Page, Reader, Refers, Several, Slice, View, columns, narrow, orders, paged},
};
use diesel::prelude::*;
use domain::{
    sales_report::{Figures, ReportSpan, SalesReport, SalesReportId, SalesReportState},
    spine::{DepartmentId, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A report of somebody's selling.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesReport)]
pub struct SalesReportView {
    /// Its identity.
    pub id: SalesReportId,
    /// Whose.
    pub employee: PersonRef,
    /// The department they worked in.
    pub department: NamedRef,
    /// Of a day, or of a month.
    pub span: ReportSpan,
    /// Which.
    #[schema(max_length = 10, example = "2026-03")]
    pub period: String,
    /// Where it stands.
    pub status: SalesReportState,
    /// What records show; frozen once it is submitted.
    pub figures: Figures,
    /// What they say to it.
    #[schema(max_length = 4000)]
    pub comment: Option<String>,
    /// When it was compiled.
    pub compiled_at: Timestamp,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SalesReportView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales-reports/{}", self.id))
    }
}

/// One report, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SalesReportId) -> Result<SalesReportView, Failure> {
    let report = find(reader, id)?;
    show(reader, report)
}

/// How a report at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, report: SalesReport) -> Result<SalesReportView, Failure> {
    let register = Register::of(reader)?;
    shown(&register, report)
}

fn shown(register: &Register, report: SalesReport) -> Result<SalesReportView, Failure> {
    Ok(SalesReportView {
        id: report.id,
        employee: register.named(report.employee)?,
        department: register.placed(report.department)?,
        span: report.span(),
        period: report.period.to_string(),
        status: report.state(),
        figures: report.figures,
        comment: report.comment,
        compiled_at: report.compiled_at,
        submitted_at: report.submitted_at,
        version: report.version,
    })
}

/// Which reports are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesReportFilter {
    /// Only of days or of months.
    #[param(inline, example = "month")]
    pub span: Several<ReportSpan>,
    /// Only these states, separated by commas.
    #[param(inline, example = "submitted")]
    pub status: Several<SalesReportState>,
    /// Only of this day or month.
    #[validate(length(min = 7, max = 10))]
    #[param(min_length = 7, max_length = 10, example = "2026-03")]
    pub period: Option<String>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SalesReportOrder,
}

impl Filter for SalesReportFilter {}

orders! {
    /// By what reports are ordered.
    pub SalesReportOrder of Row in sales_reports by id, descending:
    created_at = id;
    changed_at;
    period;
}

/// Reports within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesReportFilter,
    page: &Page,
) -> Result<Slice<SalesReportView>, Failure> {
    let mut wanted = covered(reader)?;
    narrow!(wanted, sales_reports, filter;
        span in span, status in status, period = period, employee_id = employee_id,
        department_id = department_id, changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        sales_reports::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| shown(&register, row.report()?))
}

columns! { SalesReportView as "sales-reports" "销售报告" "Sales reports", domain::spine::Permission::ExportSales:
    period "期间" "Period";
    span "类型" "Kind";
    employee "人员" "Person";
    department "部门" "Department";
    status "状态" "Status";
    visits "拜访" "Visits" = |row| row.figures.visits;
    calls "电话" "Calls" = |row| row.figures.calls;
    qualified "有效跟进" "That count" = |row| row.figures.qualified;
    quotations "报价" "Quotations" = |row| row.figures.quotations_sent;
    contracts "签约" "Contracts signed" = |row| row.figures.contracts_signed;
    won "赢单" "Won" = |row| row.figures.opportunities_won;
    comment "说明" "Comment";
    submitted_at "提交时间" "Submitted at";
}
