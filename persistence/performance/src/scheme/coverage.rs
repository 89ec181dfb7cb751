//! Who would be scored by what in a period, by the schemes in force, and by one that is a draft yet. `[KPI-2,
//! REG-4]`

use super::stay::{Covered, Rules, covered};
use crate::{
    organisation::{EMPLOYEE, NamedRef, PersonRef, Register},
    policy,
    spine::{Failure, Filter, Key, Page, Reader, Refers, Slice, View, columns},
};
use chrono::NaiveDate;
use domain::{
    appraisal::{SheetPart, Unscorable},
    scheme::{NOT_A_PERIOD, Scheme},
    spine::{AnyId, Citation, Id, Permission, Policy, PolicyVersion, Refusal, read_content},
    working_time::{Period, Span},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// How many people are looked at at once.
const AT_ONCE: i64 = 500;

/// Somebody in a part of a period, and by what they would be scored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalCoverage)]
pub struct CoverageView {
    /// Who.
    pub employee: PersonRef,
    /// Where they work.
    pub department: NamedRef,
    /// The code of the position.
    #[schema(max_length = 40, example = "sales-representative")]
    pub position: Option<String>,
    /// The superior.
    pub superior: Option<PersonRef>,
    /// The first day of the part.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
    /// Its calendar days that count.
    #[schema(minimum = 0)]
    pub days: u32,
    /// The code of the scheme; null where none applies.
    #[schema(max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: Option<String>,
    /// The number of its version.
    #[schema(minimum = 1)]
    pub scheme_version: Option<i32>,
    /// Why it is not scored, if it is not.
    pub unscored: Option<Unscorable>,
}

impl View for CoverageView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
}

/// Of which period it is asked, and with which draft.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CoverageFilter {
    /// The period: a month, a quarter, half a year or a year; this month where absent.
    #[validate(length(min = 4, max = 10))]
    #[param(min_length = 4, max_length = 10, example = "2026-05")]
    pub period: Option<String>,
    /// A version of a scheme, taken as if it were published.
    pub policy_id: Option<AnyId>,
    /// Only those whom no scheme measures, or only those whom one does.
    pub covered: Option<bool>,
}

impl Filter for CoverageFilter {}

/// Everybody within reach who works here in a period, by name of their id, with a row for each part.
///
/// # Errors
/// What is no period; a version that is no scheme.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CoverageFilter,
    page: &Page,
) -> Result<Slice<CoverageView>, Failure> {
    let not_a_period = || Refusal::new(NOT_A_PERIOD).citing(Citation::rule("KPI-3")).at("period");
    let period = match &filter.period {
        Some(text) => text.parse().map_err(|_| not_a_period())?,
        None => Period::containing(Span::Month, reader.today()),
    };
    if period.span().months().is_none() {
        return Err(not_a_period().into());
    }
    let mut rules = Rules::of(reader, period)?;
    if let Some(id) = filter.policy_id {
        let version = as_published(reader, Id::from_uuid(id.uuid()))?;
        rules.schemes = rules.schemes.with(period.first(), version);
    }
    let register = Register::of(reader)?;
    let (mut rows, mut behind) = (Vec::new(), None);
    loop {
        let found = covered(reader, &rules, behind, AT_ONCE)?;
        let Some(last) = found.last() else { break };
        behind = Some(Key::from(last.employee));
        for Covered { employee, parts } in found {
            let within = |part: &SheetPart| reader.reach().covers(part.department, false);
            let wanted =
                |part: &SheetPart| filter.covered.is_none_or(|wanted| wanted == part.scheme.is_some());
            for part in parts.into_iter().filter(|part| within(part) && wanted(part)) {
                rows.push(shown(&register, employee, part)?);
            }
        }
    }
    rows.sort_by(|one, other| (&one.employee.number, one.from).cmp(&(&other.employee.number, other.from)));
    Ok(Slice::of(rows, page))
}

/// A version as if it were published.
pub(super) fn as_published(
    reader: &mut Reader<'_>,
    id: Id<Policy>,
) -> Result<PolicyVersion<Scheme>, Failure> {
    let policy = policy::find(reader, id)?;
    let content = read_content::<Scheme>(&policy.content).map_err(|_| Failure::NotFound)?;
    let Policy { id, code, number, clause, .. } = policy;
    Ok(PolicyVersion { id, code, number, clause, content })
}

fn shown(
    register: &Register,
    employee: domain::spine::EmployeeId,
    part: SheetPart,
) -> Result<CoverageView, Failure> {
    let SheetPart { from, until, department, position, superior, scheme, days, unscored, .. } = part;
    let (code, number) = scheme.map(|scheme| (scheme.code, scheme.number)).unzip();
    Ok(CoverageView {
        employee: register.named(employee)?,
        department: register.placed(department)?,
        position,
        superior: superior.map(|superior| register.named(superior)).transpose()?,
        from,
        until,
        days,
        scheme: code,
        scheme_version: number,
        unscored,
    })
}

columns! { CoverageView as "appraisal-coverage" "考核适用范围" "Appraisal coverage", Permission::ExportAppraisals:
    employee "员工" "Employee";
    department "部门" "Department";
    position "岗位" "Position";
    from "起" "From";
    until "止" "Until";
    days "天数" "Days";
    scheme "考核方案" "Scheme";
    scheme_version "版本" "Version";
    unscored "不计分原因" "Not scored because";
}
