//! What a period looks like, how far its people have come, and all of them. `[KPI-3, KPI-6, INT-4]`

use super::{find, row::Row};
use crate::{
    schema::{appraisal_periods, appraisals},
    spine::{
        Failure, Filter, Key, Page, Reader, Several, Sight, Slice, Target, View, Where, columns, db, in_json,
        narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    appraisal::AppraisalState,
    appraisal_period::{AppraisalPeriod, PassKind, Stage, StageBegun},
    spine::{AnyId, Id, Permission, Timestamp, UserId, Version},
    working_time::Span,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A period of appraisal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalPeriod)]
pub struct PeriodView {
    /// Its identity.
    pub id: AnyId,
    /// Which: a month, a quarter, half a year, a year.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// Its kind.
    pub span: Span,
    /// Its first day.
    pub first_on: NaiveDate,
    /// Its last day.
    pub last_on: NaiveDate,
    /// The stage it is in.
    pub stage: Stage,
    /// The last day of that stage; of the publication, the last to object.
    pub due_on: Option<NaiveDate>,
    /// The stages it came through.
    #[schema(max_items = 20)]
    pub stages: Vec<StageView>,
    /// What is being done with its people; null where nothing is.
    pub pass: Option<PassView>,
    /// How many of its people within the caller's reach stand where.
    pub people: PeopleView,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A stage that began.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalStageBegun)]
pub struct StageView {
    /// Which.
    pub stage: Stage,
    /// When.
    pub at: Timestamp,
    /// The account that began it.
    pub by: UserId,
    /// Its last day.
    pub due_on: Option<NaiveDate>,
}

/// Everybody is gone through; it goes on by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalPass)]
pub struct PassView {
    /// What is done.
    pub kind: PassKind,
    /// How many people were gone through.
    #[schema(minimum = 0)]
    pub done: i64,
}

/// How many people stand where.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(as = AppraisalPeople)]
pub struct PeopleView {
    /// Not scored yet.
    #[schema(minimum = 0)]
    pub open: i64,
    /// Could not be scored: something is missing.
    #[schema(minimum = 0)]
    pub blocked: i64,
    /// Have a result.
    #[schema(minimum = 0)]
    pub scored: i64,
    /// Are not scored.
    #[schema(minimum = 0)]
    pub exempt: i64,
    /// Have a result that is final.
    #[schema(minimum = 0)]
    pub finished: i64,
    /// Objected, and wait for a ruling.
    #[schema(minimum = 0)]
    pub objections: i64,
}

impl View for PeriodView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/appraisal-periods/{}", self.id))
    }
}

/// A period where something refers to it.
pub static APPRAISAL_PERIOD: Target =
    Target { permission: Permission::ReadAppraisals, look: |reader, id| in_json(view(reader, id.into())) };

/// One period.
///
/// # Errors
/// Where there is none.
pub fn view(reader: &mut Reader<'_>, id: Id<AppraisalPeriod>) -> Result<PeriodView, Failure> {
    let period = find(reader, id)?;
    show(reader, period)
}

/// How a period at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, period: AppraisalPeriod) -> Result<PeriodView, Failure> {
    let people = people(reader, period.id)?;
    let (stage, due_on) = (period.stage(), period.due_on());
    let AppraisalPeriod { id, period, stages, pass, version } = period;
    let begun = |StageBegun { stage, at, by, due_on }: StageBegun| StageView { stage, at, by, due_on };
    Ok(PeriodView {
        id: id.uuid().into(),
        period: period.to_string(),
        span: period.span(),
        first_on: period.first(),
        last_on: period.last(),
        stage,
        due_on,
        stages: stages.into_iter().map(begun).collect(),
        pass: pass.map(|pass| PassView { kind: pass.kind, done: pass.done }),
        people,
        version,
    })
}

/// How many of its people in departments within reach stand where; the first revision of each counts.
fn people(reader: &mut Reader<'_>, period: Id<AppraisalPeriod>) -> Result<PeopleView, Failure> {
    let (key, sight) = (Key::from(period), Sight::of(reader));
    let mut wanted = Where::new();
    wanted.also(appraisals::appraisal_period_id.eq(key).and(appraisals::revision.eq(1)));
    if !sight.all {
        wanted.also(appraisals::department_id.eq_any(sight.departments));
    }
    let rows: Vec<(String, bool, i64)> = db!(reader, |c| appraisals::table
        .filter(&wanted)
        .group_by((appraisals::status, appraisals::is_objected))
        .select((appraisals::status, appraisals::is_objected, count_star()))
        .load(c))?;
    let mut people = PeopleView::default();
    for (status, is_objected, count) in rows {
        let place = match AppraisalState::from_code(&status) {
            Some(AppraisalState::Open) => &mut people.open,
            Some(AppraisalState::Blocked) => &mut people.blocked,
            Some(AppraisalState::Scored) => &mut people.scored,
            Some(AppraisalState::Exempt) => &mut people.exempt,
            Some(AppraisalState::Final) => &mut people.finished,
            _ => continue,
        };
        *place += count;
        people.objections += if is_objected { count } else { 0 };
    }
    Ok(people)
}

/// A period in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalPeriodSummary)]
pub struct PeriodSummary {
    /// Its identity.
    pub id: AnyId,
    /// Which.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// Its first day.
    pub first_on: NaiveDate,
    /// Its last day.
    pub last_on: NaiveDate,
    /// The stage it is in.
    pub stage: Stage,
    /// The last day of that stage.
    pub due_on: Option<NaiveDate>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PeriodSummary {}

/// Which periods are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PeriodFilter {
    /// Only this period.
    #[validate(length(min = 4, max = 10))]
    #[param(min_length = 4, max_length = 10, example = "2026-05")]
    pub period: Option<String>,
    /// Only in these stages, separated by commas.
    #[param(inline, example = "calibration,published")]
    pub stage: Several<Stage>,
    /// Only what ends on this day or later.
    #[serde(rename = "last_on[gte]")]
    pub last_from: Option<NaiveDate>,
    /// Only what begins on this day or before.
    #[serde(rename = "first_on[lte]")]
    pub first_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The latest first where absent.
    #[param(inline)]
    pub sort: PeriodOrder,
}

impl Filter for PeriodFilter {}

orders! {
    /// By what periods are ordered.
    pub PeriodOrder of Row in appraisal_periods by id, descending:
    first_on;
    changed_at;
}

/// Periods, the latest first.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PeriodFilter,
    page: &Page,
) -> Result<Slice<PeriodSummary>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, appraisal_periods, filter;
        period = period, stage in stage, last_on >= last_from, first_on <= first_to);
    let found = paged!(reader, page, filter.sort, wanted;
        appraisal_periods::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| {
        let corrupt = || Failure::corrupt("appraisal_periods", "stage", row.id.0);
        Ok(PeriodSummary {
            id: row.id.into(),
            stage: Stage::from_code(&row.stage).ok_or_else(corrupt)?,
            period: row.period,
            first_on: row.first_on,
            last_on: row.last_on,
            due_on: row.due_on,
            changed_at: row.changed_at.into(),
            version: row.version,
        })
    })
}

columns! { PeriodSummary as "appraisal-periods" "考核期" "Appraisal periods", Permission::ExportAppraisals:
    period "考核期" "Period";
    first_on "起" "From";
    last_on "止" "Until";
    stage "阶段" "Stage";
    due_on "阶段期限" "Due on";
    changed_at "更新时间" "Changed at";
}
