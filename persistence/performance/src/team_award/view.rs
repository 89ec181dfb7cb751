//! What a team award looks like, and those within the caller's sight. `[KPI-8, INT-4]`

use super::{find, row::Row};
use crate::{
    appraisal_period::APPRAISAL_PERIOD,
    organisation::{DEPARTMENT, NamedRef, PersonRef, Register},
    schema::team_awards,
    spine::{
        Failure, Filter, Page, Reader, Refers, Sight, Slice, Target, View, Where, columns, in_json, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    spine::{AnyId, Citation, DepartmentId, Id, Money, Permission, Timestamp, Version},
    team_award::{Shared, TeamAward},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A team that was honoured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TeamAward)]
pub struct TeamAwardView {
    /// Its identity.
    pub id: AnyId,
    /// The period of appraisal.
    pub appraisal_period_id: AnyId,
    /// Which that is.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// The team.
    pub department: NamedRef,
    /// Its place.
    #[schema(minimum = 1)]
    pub place: u32,
    /// The honour, in Chinese.
    #[schema(max_length = 60, example = "优秀团队")]
    pub title_zh: String,
    /// The honour, in English.
    #[schema(max_length = 60, example = "Team of honour")]
    pub title_en: String,
    /// What the team came to.
    #[schema(value_type = String, max_length = 10, example = "84.20")]
    pub result: Decimal,
    /// What its people share; null where it is the honour alone.
    pub sum: Option<Money>,
    /// Who shares in it.
    #[schema(max_items = 10000)]
    pub shares: Vec<SharedView>,
    /// The plan and its clause.
    pub citation: Citation,
    /// When it was given.
    pub at: Timestamp,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What somebody gets of a team's sum.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TeamAwardShare)]
pub struct SharedView {
    /// Who.
    pub employee: PersonRef,
    /// How much; null where the place brings no money.
    pub amount: Option<Money>,
}

impl View for TeamAwardView {
    const REFERS: &'static [Refers] = &[
        Refers::to("appraisal_period", &APPRAISAL_PERIOD).by("appraisal_period_id"),
        Refers::to("department", &DEPARTMENT),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/team-awards/{}", self.id))
    }
}

/// An award where something refers to it.
pub static TEAM_AWARD: Target =
    Target { permission: Permission::ManageAppraisals, look: |reader, id| in_json(view(reader, id.into())) };

/// One award, of a department in reach.
///
/// # Errors
/// Not found elsewhere.
pub fn view(reader: &mut Reader<'_>, id: Id<TeamAward>) -> Result<TeamAwardView, Failure> {
    let award = find(reader, id)?;
    show(reader, award)
}

/// How an award at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, award: TeamAward) -> Result<TeamAwardView, Failure> {
    let register = Register::of(reader)?;
    let period = crate::appraisal_period::of_period(reader, award.period)?.ok_or(Failure::NotFound)?;
    let TeamAward { id, period: of, department, place, title, result, shares, sum, citation, at, version } =
        award;
    let shared =
        |Shared { employee, amount }: Shared| Ok(SharedView { employee: register.named(employee)?, amount });
    Ok(TeamAwardView {
        id: id.uuid().into(),
        appraisal_period_id: period.id.uuid().into(),
        period: of.to_string(),
        department: register.placed(department)?,
        place,
        title_zh: title.zh,
        title_en: title.en,
        result,
        sum,
        shares: shares.into_iter().map(shared).collect::<Result<_, Failure>>()?,
        citation,
        at,
        version,
    })
}

/// Which awards are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TeamAwardFilter {
    /// Only of this period.
    pub appraisal_period_id: Option<AnyId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: TeamAwardOrder,
}

impl Filter for TeamAwardFilter {}

orders! {
    /// By what awards are ordered.
    pub TeamAwardOrder of Row in team_awards by id, descending:
    created_at = id;
    changed_at;
}

/// Awards of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &TeamAwardFilter,
    page: &Page,
) -> Result<Slice<TeamAwardView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        wanted.also(team_awards::department_id.eq_any(sight.departments));
    }
    narrow!(wanted, team_awards, filter;
        appraisal_period_id = appraisal_period_id, department_id = department_id);
    let found = paged!(reader, page, filter.sort, wanted;
        team_awards::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.try_into()?))
}

columns! { TeamAwardView as "team-awards" "团队奖" "Team awards", Permission::ExportAppraisals:
    period "考核期" "Period";
    department "部门" "Department";
    place "名次" "Place";
    title_zh "荣誉" "Title";
    result "结果" "Result";
    sum "奖金" "Sum";
    at "评定时间" "Awarded at";
}
