//! What a figure looks like, and those within the caller's sight. `[KPI-1, INT-4]`

use super::{find, row::Row};
use crate::{
    indicator::INDICATOR,
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, Organisation, PersonRef, Register},
    schema::{indicator_figures, indicators},
    search,
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, db, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    indicator_figure::{FigureState, FigureStatus, IndicatorFigure},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, UserId, Version},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A figure of an indicator for a person and a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IndicatorFigure)]
pub struct FigureView {
    /// Its identity.
    pub id: AnyId,
    /// Of which indicator.
    pub indicator: NamedRef,
    /// About whom.
    pub employee: PersonRef,
    /// Where they worked.
    pub department: NamedRef,
    /// In which period it counts.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// In which part of it: another after a move.
    #[schema(minimum = 1, maximum = 31)]
    pub part: i32,
    /// The value, in the unit of the indicator.
    #[schema(value_type = String, max_length = 30, example = "1150000")]
    pub value: Decimal,
    /// The earlier period that it adjusts.
    #[schema(max_length = 10, example = "2026-05")]
    pub adjusts_period: Option<String>,
    /// What the adjustment is about, such as the number of a sale.
    #[schema(max_length = 200)]
    pub adjusts_about: Option<String>,
    /// What it rests on.
    #[schema(max_length = 500)]
    pub basis: String,
    /// Evidence: files.
    #[schema(max_items = 50)]
    pub evidence: Vec<AnyId>,
    /// The account that entered it.
    pub entered_by: UserId,
    /// When.
    pub entered_at: Timestamp,
    /// Where it stands.
    pub status: FigureState,
    /// The account that confirmed, rejected or took it back.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was rejected or taken back.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for FigureView {
    const REFERS: &'static [Refers] = &[
        Refers::to("indicator", &INDICATOR),
        Refers::to("employee", &EMPLOYEE),
        Refers::to("department", &DEPARTMENT),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/indicator-figures/{}", self.id))
    }
}

/// One figure, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<IndicatorFigure>) -> Result<FigureView, Failure> {
    let figure = find(reader, id)?;
    show(reader, figure)
}

/// How a figure at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, figure: IndicatorFigure) -> Result<FigureView, Failure> {
    let register = Register::of(reader)?;
    let key = Key::from(figure.indicator);
    let named: NamedColumns = db!(reader, |c| indicators::table
        .filter(indicators::id.eq(key))
        .select((indicators::id, indicators::code, indicators::name_zh, indicators::name_en))
        .first(c))?;
    shown(&register, figure, named.into())
}

fn shown(register: &Register, figure: IndicatorFigure, indicator: NamedRef) -> Result<FigureView, Failure> {
    let IndicatorFigure { id, employee, department, period, part, value, adjusts, basis, .. } = figure;
    let IndicatorFigure { evidence, entered_by, entered_at, status, version, .. } = figure;
    let (adjusts_period, adjusts_about) =
        adjusts.map(|adjusts| (adjusts.period.to_string(), adjusts.about)).unzip();
    let (state, decided, reason) = match status {
        FigureStatus::Entered {} => (FigureState::Entered, None, None),
        FigureStatus::Confirmed { by, at } => (FigureState::Confirmed, Some((by, at)), None),
        FigureStatus::Rejected { by, at, reason } => (FigureState::Rejected, Some((by, at)), Some(reason)),
        FigureStatus::Withdrawn { by, at, reason } => (FigureState::Withdrawn, Some((by, at)), Some(reason)),
    };
    Ok(FigureView {
        id: id.uuid().into(),
        indicator,
        employee: register.named(employee)?,
        department: register.placed(department)?,
        period: period.to_string(),
        part,
        value,
        adjusts_period,
        adjusts_about,
        basis,
        evidence: evidence.iter().map(|file| file.uuid().into()).collect(),
        entered_by,
        entered_at,
        status: state,
        decided_by: decided.map(|(by, _)| by),
        decided_at: decided.map(|(_, at)| at),
        reason,
        version,
    })
}

/// Which figures are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct FigureFilter {
    /// Only of this indicator.
    pub indicator_id: Option<AnyId>,
    /// Only about this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this period.
    #[validate(length(min = 4, max = 10))]
    #[param(min_length = 4, max_length = 10, example = "2026-05")]
    pub period: Option<String>,
    /// Only these states, separated by commas.
    #[param(inline, example = "entered")]
    pub status: Several<FigureState>,
    /// Only where this stands in the person's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was entered last first where absent.
    #[param(inline)]
    pub sort: FigureOrder,
}

impl Filter for FigureFilter {}

orders! {
    /// By what figures are ordered.
    pub FigureOrder of Row in indicator_figures by id, descending:
    entered_at = id;
    changed_at;
}

type Found = (Row, NamedColumns);

/// Figures within the caller's sight: their own, those they entered, those of people below them, and those in
/// reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &FigureFilter,
    page: &Page,
) -> Result<Slice<FigureView>, Failure> {
    let mut wanted = Where::new();
    let sight = Sight::of(reader);
    if !sight.all {
        let below = indicator_figures::employee_id.eq_any(Organisation::below_caller(reader)?);
        let own = indicator_figures::employee_id.eq(sight.employee);
        let entered = indicator_figures::entered_by_id.eq(sight.user);
        let within = indicator_figures::department_id.eq_any(sight.departments);
        wanted.also(own.or(entered).or(below).or(within));
    }
    narrow!(wanted, indicator_figures, filter;
        indicator_id = indicator_id, employee_id = employee_id, department_id = department_id,
        period = period, status in status);
    search!(wanted, filter; indicator_figures::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        indicator_figures::table.inner_join(indicators::table)
        => (Row::as_select(), (indicators::id, indicators::code, indicators::name_zh, indicators::name_en));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|(row, named): Found| shown(&register, row.try_into()?, named.into()))
}

columns! { FigureView as "indicator-figures" "指标数据" "Indicator figures", Permission::ExportAppraisals:
    indicator "指标" "Indicator";
    employee "员工" "Employee";
    department "部门" "Department";
    period "期间" "Period";
    part "分段" "Part";
    value "数值" "Value";
    adjusts_period "调整所涉期间" "Adjusts";
    adjusts_about "调整事由" "About";
    basis "依据" "Basis";
    status "状态" "Status";
    entered_at "填报时间" "Entered at";
}
