//! The appraisals within the caller's sight, and the list of results. `[KPI-9, INT-4]`

use super::{
    row::{Row, organised},
    view::is_out,
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::{appraisal_periods, appraisals},
    search,
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    appraisal::{Appraisal, AppraisalState},
    appraisal_period::Stage,
    spine::{AnyId, DepartmentId, EmployeeId, Permission, Timestamp, Version},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An appraisal in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalSummary)]
pub struct AppraisalSummary {
    /// Its identity.
    pub id: AnyId,
    /// The period.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// How far that has come.
    pub stage: Stage,
    /// Of whom.
    pub employee: PersonRef,
    /// Where they work.
    pub department: NamedRef,
    /// The code of the scheme.
    #[schema(max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: Option<String>,
    /// Where it stands; its person sees that it is scored once that is published.
    pub status: AppraisalState,
    /// The result; of one's own null until it is published.
    #[schema(value_type = Option<String>, max_length = 10, example = "80.48")]
    pub result: Option<Decimal>,
    /// The code of the grade.
    #[schema(max_length = 20, example = "B")]
    pub grade: Option<String>,
    /// Whether the person objected and nobody has ruled on it.
    pub is_objected: bool,
    /// From 1; more where it was opened again.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AppraisalSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("employee", &EMPLOYEE), Refers::to("department", &DEPARTMENT)];
}

/// Whose appraisals are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhoseAppraisals)]
pub enum Whose {
    /// One's own.
    Mine,
    /// Those of people below one.
    Below,
    /// All that one may see.
    #[default]
    All,
}

domain::labels! { Whose = "WhoseAppraisals":
    Mine = "mine", "本人的", "One's own";
    Below = "below", "下属的", "Of people below one";
    All = "all", "全部可见", "All that one may see";
}

/// Which appraisals are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AppraisalFilter {
    /// Whose: all that one may see where absent.
    #[param(inline)]
    pub whose: Whose,
    /// Only of this period.
    pub appraisal_period_id: Option<AnyId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "scored,final")]
    pub status: Several<AppraisalState>,
    /// Only with this grade.
    #[validate(length(min = 1, max = 20))]
    #[param(min_length = 1, max_length = 20, example = "A")]
    pub grade: Option<String>,
    /// Only those to which the person objected and nobody has ruled on it, or the others.
    pub objected: Option<bool>,
    /// Only where this stands in the person's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was opened last first where absent.
    #[param(inline)]
    pub sort: AppraisalOrder,
}

impl Filter for AppraisalFilter {}

orders! {
    /// By what appraisals are ordered.
    pub AppraisalOrder of Row in appraisals by id, descending:
    created_at = id;
    changed_at;
    result = result_hundredths;
}

type Found = (Row, (String, String));

/// Appraisals within the caller's sight. By grade or result one does not find one's own before it is
/// published.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AppraisalFilter,
    page: &Page,
) -> Result<Slice<AppraisalSummary>, Failure> {
    let mut wanted = within_sight(reader, filter.whose)?;
    narrow!(wanted, appraisals, filter;
        appraisal_period_id = appraisal_period_id, employee_id = employee_id, department_id = department_id,
        status in status, grade = grade, is_objected = objected);
    if filter.grade.is_some() || !filter.status.0.is_empty() {
        let out = [Stage::Published, Stage::Final].map(Stage::code);
        let own = appraisals::employee_id.eq(Sight::of(reader).employee);
        wanted.also(diesel::dsl::not(own).or(appraisal_periods::stage.eq_any(out)));
    }
    search!(wanted, filter; appraisals::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        appraisals::table.inner_join(appraisal_periods::table)
        => (Row::as_select(), (appraisal_periods::period, appraisal_periods::stage));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|found| summary(reader, &register, found))
}

fn within_sight(reader: &mut Reader<'_>, whose: Whose) -> Result<Where, Failure> {
    let (mut wanted, organised) = (Where::new(), organised(reader));
    let own = appraisals::employee_id.eq(Sight::of(reader).employee);
    match whose {
        Whose::Mine => wanted.also(own),
        Whose::Below => wanted.also(appraisals::employee_id.eq_any(Organisation::below_caller(reader)?)),
        Whose::All if organised.all => {}
        Whose::All => {
            let below = appraisals::employee_id.eq_any(Organisation::below_caller(reader)?);
            let departments: Vec<Key> = organised.departments.into_iter().map(Key::from).collect();
            wanted.also(own.or(below).or(appraisals::department_id.eq_any(departments)));
        }
    }
    Ok(wanted)
}

fn summary(
    reader: &Reader<'_>,
    register: &Register,
    (row, (period, stage)): Found,
) -> Result<AppraisalSummary, Failure> {
    let changed_at = row.changed_at.into();
    let corrupt = || Failure::corrupt("appraisal_periods", "stage", row.appraisal_period_id.0);
    let stage = Stage::from_code(&stage).ok_or_else(corrupt)?;
    let is_objected = row.is_objected;
    let appraisal = Appraisal::try_from(row)?;
    let is_told = !reader.actor().is(appraisal.employee) || is_out(stage, appraisal.state);
    let (result, grade) =
        appraisal.verdict.filter(|_| is_told).map(|verdict| (verdict.result, verdict.grade)).unzip();
    let status = match appraisal.state {
        AppraisalState::Scored | AppraisalState::Blocked if !is_told => AppraisalState::Open,
        state => state,
    };
    Ok(AppraisalSummary {
        id: appraisal.id.uuid().into(),
        period,
        stage,
        employee: register.named(appraisal.employee)?,
        department: register.placed(appraisal.department)?,
        scheme: appraisal.scheme.map(|scheme| scheme.code),
        status,
        result,
        grade,
        is_objected,
        revision: appraisal.revision,
        changed_at,
        version: appraisal.version,
    })
}

columns! { AppraisalSummary as "appraisals" "绩效考核" "Appraisals", Permission::ExportAppraisals:
    period "考核期" "Period";
    employee "员工" "Employee";
    department "部门" "Department";
    scheme "考核方案" "Scheme";
    status "状态" "Status";
    result "结果" "Result";
    grade "等级" "Grade";
    is_objected "异议待裁定" "Objection open";
    revision "修订" "Revision";
    changed_at "更新时间" "Changed at";
}
