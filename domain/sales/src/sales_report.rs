//! Reports of selling (销售日报、销售月报): what somebody did and sold on a day or in a month, compiled from records, commented by
//! them, submitted, and frozen then. `[SAL-4; 001 营销中心五]`
//!
//! Nobody types a figure: they are read anew with every change until the report is submitted. A daily record is confirmed by
//! submitting it.

use crate::{
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id,
        Refusal, RefusalCode, Timestamp, Version, wording,
    },
    working_time::{Period, Span},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The rule of daily records, as shipped: by 20:00.
pub const SHIPPED_SALES_DAY_RULE: &str = include_str!("shipped/sales_day_rule.json");
/// The rule of monthly reports, as shipped: by the third working day of the next month.
pub const SHIPPED_SALES_MONTH_RULE: &str = include_str!("shipped/sales_month_rule.json");

crate::refusals! { SALES_REPORT_REFUSALS:
    NEITHER_DAY_NOR_MONTH = "sales_report.neither_day_nor_month", Invalid, "只有日报和月报，请填写日期或月份", "There are reports of a day and of a month";
    AHEAD = "sales_report.ahead", Invalid, "{period} 尚未开始，不能编制报告", "{period} has not begun; there is nothing to report";
    NOT_OVER = "sales_report.not_over", Conflict, "{period} 尚未结束，不能提交", "{period} is not over; it cannot be submitted yet";
    COMPILED_ALREADY = "sales_report.compiled_already", Conflict, "{period} 的报告已编制", "The report of {period} is compiled already";
    SUBMITTED_ALREADY = "sales_report.submitted_already", Conflict, "{period} 的报告已提交，不能修改", "The report of {period} was submitted and stays as it is";
    NOT_YOURS = "sales_report.not_yours", Forbidden, "只有本人可以办理", "Only whose report it is may do this";
    NO_EMPLOYEE = "sales_report.no_employee", Forbidden, "该账号没有对应的员工，没有销售报告", "The account has no employee, and reports nothing";
}

crate::events! { SALES_REPORT_EVENTS:
    COMPILED = "sales_report.compiled", "销售报告已编制", "A report of selling was compiled";
    COMMENTED = "sales_report.commented", "销售报告已补充说明", "A report of selling was commented";
    SUBMITTED = "sales_report.submitted", "销售报告已提交", "A report of selling was submitted";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALES_REPORT_REFUSALS],
    events: &[SALES_REPORT_EVENTS],
    enums: &[ReportSpan::LABELS, SalesReportState::LABELS],
};

/// Which report.
pub type SalesReportId = Id<SalesReport>;

/// Of a day, or of a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesReportSpan)]
pub enum ReportSpan {
    /// A daily record.
    Day,
    /// A monthly report.
    Month,
}

crate::labels! { ReportSpan = "SalesReportSpan":
    Day = "day", "日报", "Daily record";
    Month = "month", "月报", "Monthly report";
}

/// Where a report stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesReportStatus)]
pub enum SalesReportState {
    /// Its figures still follow the records.
    Compiled,
    /// It is submitted, and frozen.
    Submitted,
}

crate::labels! { SalesReportState = "SalesReportStatus":
    Compiled = "compiled", "已编制", "Compiled";
    Submitted = "submitted", "已提交", "Submitted";
}

/// What records show of somebody's selling.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = SalesReportFigures)]
pub struct Figures {
    /// Visits that took place.
    pub visits: i64,
    /// Calls.
    pub calls: i64,
    /// Letters and messages.
    pub messages: i64,
    /// Meetings.
    pub meetings: i64,
    /// How many of all these count.
    pub qualified: i64,
    /// Filings drafted.
    pub filings: i64,
    /// Opportunities opened.
    pub opportunities_opened: i64,
    /// Opportunities advanced.
    pub opportunities_advanced: i64,
    /// Opportunities lost.
    pub opportunities_lost: i64,
    /// Opportunities won.
    pub opportunities_won: i64,
    /// Quotations first sent.
    pub quotations_sent: i64,
    /// Contracts drawn up.
    pub contracts_drawn: i64,
    /// Contracts whose signature they took.
    pub contracts_signed: i64,
    /// What counts for them, without tax, in fen.
    pub net: i64,
}

/// A report of somebody's selling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesReport {
    /// Identity.
    pub id: SalesReportId,
    /// Whose.
    pub employee: EmployeeId,
    /// The department they work in.
    pub department: DepartmentId,
    /// Of which day or month.
    pub period: Period,
    /// What records show.
    pub figures: Figures,
    /// What they say to it, up to 4,000 characters.
    pub comment: Option<String>,
    /// When it was compiled.
    pub compiled_at: Timestamp,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for SalesReport {
    const KIND: &'static str = "sales_report";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl SalesReport {
    /// Whether a period is a day or a month that has begun.
    ///
    /// # Errors
    /// `sales_report.neither_day_nor_month`, `sales_report.ahead`.
    pub fn check_period(period: Period, today: BusinessDate) -> Result<ReportSpan, Refusal> {
        let span = span_of(period).ok_or_else(|| cite(Refusal::new(NEITHER_DAY_NOR_MONTH).at("/period")))?;
        if today < period.first() {
            return Err(cite(Refusal::new(AHEAD).with("period", period.to_string()).at("/period")));
        }
        Ok(span)
    }

    /// Compiles the caller's own.
    ///
    /// # Errors
    /// An account without an employee; a period that is none, or lies ahead.
    pub fn compile(
        (id, department): (SalesReportId, DepartmentId),
        period: Period,
        figures: Figures,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let employee = by.employee.ok_or_else(|| cite(Refusal::new(NO_EMPLOYEE)))?;
        Self::check_period(period, today)?;
        let report = Self {
            id,
            employee,
            department,
            period,
            figures,
            comment: None,
            compiled_at: now,
            submitted_at: None,
            version: 0,
        };
        let facts = report.facts();
        Ok(Change::created(report, COMPILED, facts))
    }

    /// Says something to it; its figures are read anew.
    ///
    /// # Errors
    /// Another's; one that is submitted; what is not well formed.
    pub fn comment(
        self,
        comment: Option<String>,
        figures: Figures,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_write(by)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/comment", comment.as_deref(), 4_000);
        findings.into_result().map_err(cite)?;
        Ok(self.becomes(COMMENTED, |after| {
            after.comment = comment;
            after.figures = figures;
        }))
    }

    /// Submits it, once its period is over; its figures are read a last time.
    ///
    /// # Errors
    /// `sales_report.not_over`; another's; one that is submitted.
    pub fn submit(
        self,
        figures: Figures,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_write(by)?;
        if today < self.period.last() {
            return Err(self.refuse(NOT_OVER));
        }
        Ok(self.becomes(SUBMITTED, |after| {
            after.figures = figures;
            after.submitted_at = Some(now);
        }))
    }

    /// Of a day, or of a month.
    pub fn span(&self) -> ReportSpan {
        span_of(self.period).unwrap_or(ReportSpan::Day)
    }

    /// Where it stands.
    pub const fn state(&self) -> SalesReportState {
        match self.submitted_at {
            None => SalesReportState::Compiled,
            Some(_) => SalesReportState::Submitted,
        }
    }

    /// That there is one of this period already.
    pub fn is_there(period: Period) -> Refusal {
        cite(Refusal::new(COMPILED_ALREADY).with("period", period.to_string()))
    }

    fn may_write(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.is(self.employee) {
            return Err(cite(Refusal::new(NOT_YOURS)));
        }
        if self.submitted_at.is_some() { Err(self.refuse(SUBMITTED_ALREADY)) } else { Ok(()) }
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("period", self.period.to_string()))
    }

    fn facts(&self) -> Value {
        json!({"employee_id": self.employee, "department_id": self.department, "period": self.period,
            "span": self.span(), "state": self.state()})
    }

    fn becomes(self, kind: &'static EventKind, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut after = self.clone();
        change(&mut after);
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }
}

fn span_of(period: Period) -> Option<ReportSpan> {
    match period.span() {
        Span::Day => Some(ReportSpan::Day),
        Span::Month => Some(ReportSpan::Month),
        _ => None,
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("SAL-4", "001 营销中心五"))
}
