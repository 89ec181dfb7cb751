//! What teams came to in a period, reckoned from the results that are final: never of so few people that somebody's own result
//! could be read from it. `[KPI-8]`

use crate::{
    appraisal::final_of_period,
    appraisal_period,
    organisation::{DEPARTMENT, NamedRef, Register},
    policy,
    spine::{Failure, Filter, Key, Page, Reader, Refers, Slice, View, columns},
};
use domain::{
    appraisal::Appraisal,
    appraisal_period::{AppraisalPeriod, Stage},
    spine::{DepartmentId, EmployeeId, Id, Permission, PolicyVersion},
    team_award::{Member, NO_PLAN, NOT_FINAL, TeamAwardPlan, TeamResult, ranked, refused},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What a team came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TeamResult)]
pub struct TeamResultView {
    /// Its rank among all teams; who tie share the better one.
    #[schema(minimum = 1)]
    pub rank: u32,
    /// The department.
    pub department: NamedRef,
    /// How many of its people were scored.
    #[schema(minimum = 1)]
    pub members: u32,
    /// The mean of their results by days.
    #[schema(value_type = String, max_length = 10, example = "84.20")]
    pub result: Decimal,
}

impl View for TeamResultView {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT)];
}

/// Which teams are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TeamResultFilter {
    /// Only this department.
    pub department_id: Option<DepartmentId>,
}

impl Filter for TeamResultFilter {}

/// The teams of a period within reach, the best first; none before it is final, or where no plan says what a team is.
///
/// # Errors
/// Not found where there is no such period.
pub fn list(
    reader: &mut Reader<'_>,
    id: Id<AppraisalPeriod>,
    filter: &TeamResultFilter,
    page: &Page,
) -> Result<Slice<TeamResultView>, Failure> {
    let period = appraisal_period::find(reader, id)?;
    let plan = plan_of(reader, &period)?.filter(|_| is_final(&period));
    let Some(plan) = plan else { return Ok(Slice::of(Vec::new(), page)) };
    let results = results(reader, &period, &plan.content)?;
    let register = Register::of(reader)?;
    let seen = results.into_iter().filter(|team| {
        let is_wanted = filter.department_id.is_none_or(|wanted| wanted == team.department);
        is_wanted && reader.reach().covers(team.department, false)
    });
    let shown = |team: TeamResult| {
        Ok(TeamResultView {
            rank: team.rank,
            department: register.placed(team.department)?,
            members: u32::try_from(team.members.len()).unwrap_or(u32::MAX),
            result: team.result,
        })
    };
    Ok(Slice::of(seen.map(shown).collect::<Result<_, Failure>>()?, page))
}

fn is_final(period: &AppraisalPeriod) -> bool {
    period.stage() == Stage::Final && period.pass.is_none()
}

/// The plan in force on the last day of a period; of several for such periods the one that came into force last.
fn plan_of(
    reader: &mut Reader<'_>,
    period: &AppraisalPeriod,
) -> Result<Option<PolicyVersion<TeamAwardPlan>>, Failure> {
    let last = period.period.last();
    let mut in_force = BTreeMap::new();
    for dated in policy::all_of_kind::<TeamAwardPlan>(reader)?.into_iter().filter(|dated| dated.from <= last)
    {
        in_force.insert(dated.version.code.clone(), dated);
    }
    let fits = in_force.into_values().filter(|dated| dated.version.content.span == period.period.span());
    Ok(fits.max_by_key(|dated| (dated.from, dated.published_at)).map(|dated| dated.version))
}

/// What the teams of a period came to, and the plan by which they are honoured.
///
/// # Errors
/// `team_award.not_final`, `team_award.no_plan`.
pub(super) fn of_period(
    reader: &mut Reader<'_>,
    period: &AppraisalPeriod,
) -> Result<(Vec<TeamResult>, PolicyVersion<TeamAwardPlan>), Failure> {
    if !is_final(period) {
        return Err(refused(NOT_FINAL).with("period", period.period.to_string()).into());
    }
    let plan = plan_of(reader, period)?.ok_or_else(|| refused(NO_PLAN))?;
    Ok((results(reader, period, &plan.content)?, plan))
}

/// The last final revision of everybody counts, where they worked at the end of the period.
fn results(
    reader: &mut Reader<'_>,
    period: &AppraisalPeriod,
    plan: &TeamAwardPlan,
) -> Result<Vec<TeamResult>, Failure> {
    let mut people: BTreeMap<EmployeeId, (i32, DepartmentId, Member)> = BTreeMap::new();
    let mut behind = None;
    loop {
        let sheets = final_of_period(reader, period.id, behind)?;
        let Some(end) = sheets.last() else { break };
        behind = Some(Key::from(end.id));
        for sheet in sheets {
            let revision = sheet.revision;
            let is_later = people.get(&sheet.employee).is_none_or(|(known, ..)| *known < revision);
            if let Some((department, member)) = member(&sheet).filter(|_| is_later) {
                people.insert(sheet.employee, (revision, department, member));
            }
        }
    }
    let mut teams: BTreeMap<DepartmentId, Vec<Member>> = BTreeMap::new();
    for (_, department, member) in people.into_values() {
        teams.entry(department).or_default().push(member);
    }
    Ok(ranked(teams.into_iter().collect(), plan.members_at_least))
}

fn member(sheet: &Appraisal) -> Option<(DepartmentId, Member)> {
    let days = sheet.parts.iter().filter(|part| part.unscored.is_none()).map(|part| part.days).sum();
    let member = Member { employee: sheet.employee, days, result: sheet.result()? };
    Some((sheet.department, member))
}

columns! { TeamResultView as "team-results" "团队考核结果" "Team results", Permission::ExportAppraisals:
    rank "名次" "Rank";
    department "部门" "Department";
    members "人数" "Members";
    result "结果" "Result";
}
