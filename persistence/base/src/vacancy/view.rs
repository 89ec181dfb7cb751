//! What a vacancy looks like, and the vacancies within the caller's sight. `[ORG-2b, INT-4]`

use super::{find, row::Row};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, PersonRef, Register},
    schema::{positions, vacancies},
    search,
    spine::{
        ActionView, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, Where, columns, covered, db, in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    organisation::PositionId,
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Id, Permission, Timestamp, UserId, Version},
    vacancy::{Vacancy, VacancyAction, VacancyCauseKind, VacancyState},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a vacancy. An alias, because the derive would take a generic type apart.
type VacancyActionView = ActionView<VacancyAction>;

/// Places that a department may fill.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Vacancy)]
pub struct VacancyView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "VA-2026-000012")]
    pub number: String,
    /// Where it stands today.
    pub status: VacancyState,
    /// Since when it stands there; null for a draft, and where it is open or expired by its days.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected, voided or cancelled.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department that needs people.
    pub department: NamedRef,
    /// The position they are to hold.
    pub position: NamedRef,
    /// How many.
    #[schema(minimum = 1, maximum = 1000)]
    pub places: u32,
    /// How many of the places nobody has taken, while it is open.
    pub places_left: u32,
    /// Why people are needed.
    pub cause: VacancyCauseKind,
    /// Who is replaced.
    pub replaces: Option<PersonRef>,
    /// The day by which they are needed.
    pub needed_by: NaiveDate,
    /// What is looked for.
    #[schema(max_length = 2000, example = "两年以上会展销售经验")]
    pub profile: String,
    /// The day it was approved.
    pub opened_on: Option<NaiveDate>,
    /// The last day on which it can be filled.
    pub expires_on: Option<NaiveDate>,
    /// Who took its places, in order; also who then never started.
    #[schema(max_items = 5000)]
    pub taken: Vec<TakenView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<VacancyActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A place of a vacancy that somebody took.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VacancyPlace)]
pub struct TakenView {
    /// Who.
    pub employee: PersonRef,
    /// The first day in the position.
    pub from: NaiveDate,
    /// When it was given back, by who never started.
    pub freed_at: Option<Timestamp>,
}

impl View for VacancyView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
        Refers::to("replaces", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/vacancies/{}", self.id))
    }
}

/// One vacancy, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Vacancy>) -> Result<VacancyView, Failure> {
    let vacancy = find(reader, id)?;
    show(reader, vacancy)
}

/// A vacancy where something refers to it.
pub static VACANCY: Target =
    Target { permission: Permission::ReadVacancies, look: |reader, id| in_json(view(reader, id.into())) };

/// How a vacancy at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, vacancy: Vacancy) -> Result<VacancyView, Failure> {
    let (register, today) = (Register::of(reader)?, reader.today());
    let actions = vacancy.actions(owner(reader, &vacancy)?, reader.actor(), today);
    let (status, left, cause) = (vacancy.state_on(today), vacancy.vacant_on(today), vacancy.content.cause());
    let (status_at, reason) = vacancy.stands_since();
    let reason = reason.map(str::to_owned);
    let Vacancy { id, petition, content, opening, taken, version } = vacancy;
    let taken = taken.into_iter().map(|taken| {
        let employee = register.named(taken.employee)?;
        Ok(TakenView { employee, from: taken.from, freed_at: taken.freed_at })
    });
    Ok(VacancyView {
        id: id.uuid().into(),
        status,
        status_at,
        status_reason: reason,
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(content.department)?,
        position: position(reader, content.position)?,
        places: content.places,
        places_left: left,
        cause,
        replaces: content.replaces.map(|replaced| register.named(replaced)).transpose()?,
        needed_by: content.needed_by,
        profile: content.profile,
        opened_on: opening.as_ref().map(|opening| opening.opened_on),
        expires_on: opening.as_ref().map(|opening| opening.expires_on),
        taken: taken.collect::<Result<_, Failure>>()?,
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/vacancies/{id}"), actions),
        version,
        number: petition.number,
    })
}

fn position(reader: &mut Reader<'_>, id: PositionId) -> Result<NamedRef, Failure> {
    let key = Key::from(id);
    let found: NamedColumns = db!(reader, |c| positions::table
        .filter(positions::id.eq(key))
        .select((positions::id, positions::code, positions::name_zh, positions::name_en))
        .first(c))?;
    Ok(found.into())
}

impl Placed<crate::Base> for VacancyAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Cancel => Place::Post("/cancel"),
        }
    }
}

/// A vacancy in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VacancySummary)]
pub struct VacancySummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "VA-2026-000012")]
    pub number: String,
    /// Where it stands today.
    pub status: VacancyState,
    /// Who asks.
    pub submitter: PersonRef,
    /// The department that needs people.
    pub department: NamedRef,
    /// The position they are to hold.
    pub position: NamedRef,
    /// How many.
    #[schema(minimum = 1, maximum = 1000)]
    pub places: i64,
    /// How many of the places are taken.
    pub taken: i64,
    /// The day by which they are needed.
    pub needed_by: NaiveDate,
    /// The last day on which it can be filled.
    pub expires_on: Option<NaiveDate>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for VacancySummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which vacancies are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct VacancyFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "open,filled")]
    pub status: Several<VacancyState>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only for this position.
    pub position_id: Option<PositionId>,
    /// Only of whoever asked.
    pub submitter_id: Option<EmployeeId>,
    /// Only needed on this day or later.
    #[serde(rename = "needed_by[gte]")]
    pub needed_from: Option<NaiveDate>,
    /// Only needed on this day or before.
    #[serde(rename = "needed_by[lte]")]
    pub needed_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, profile or the name of whoever asked, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "会展")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: VacancyOrder,
}

impl Filter for VacancyFilter {}

orders! {
    /// By what vacancies are ordered.
    pub VacancyOrder of Row in vacancies by id, descending:
    created_at = id;
    changed_at;
    needed_by;
}

/// In a state on a day: one that is kept as open is expired behind its last day.
fn standing(state: VacancyState, today: BusinessDate) -> Where {
    let mut wanted = Where::new();
    let is = vacancies::status.eq(state.code());
    let open = vacancies::status.eq(VacancyState::Open.code());
    match state {
        VacancyState::Open => wanted.also(is.and(vacancies::expires_on.ge(today))),
        VacancyState::Expired => wanted.also(is.or(open.and(vacancies::expires_on.lt(today)))),
        _ => wanted.also(is),
    }
    wanted
}

type Found = (Row, NamedColumns);

/// Vacancies within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &VacancyFilter,
    page: &Page,
) -> Result<Slice<VacancySummary>, Failure> {
    let today = reader.today();
    let mut wanted = covered!(Sight::of(reader), vacancies, "vacancy");
    narrow!(wanted, vacancies, filter;
        department_id = department_id, position_id = position_id, submitter_id = submitter_id,
        needed_by >= needed_from, needed_by <= needed_to, changed_at >= changed_from, changed_at < changed_before);
    wanted.also_any(filter.status.0.iter().map(|state| standing(*state, today)).collect());
    search!(wanted, filter, vacancies::search_text; vacancies::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        vacancies::table.inner_join(positions::table)
        => (Row::as_select(), (positions::id, positions::code, positions::name_zh, positions::name_en));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, today, row))
}

fn summary(
    register: &Register,
    today: BusinessDate,
    (row, position): Found,
) -> Result<VacancySummary, Failure> {
    let over = row.expires_on.is_some_and(|last| last < today);
    let status = match row.state()? {
        VacancyState::Open if over => VacancyState::Expired,
        state => state,
    };
    Ok(VacancySummary {
        id: row.id.into(),
        number: row.number,
        status,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        position: position.into(),
        places: row.places,
        taken: row.taken,
        needed_by: row.needed_by,
        expires_on: row.expires_on,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { VacancySummary as "vacancies" "用人申请" "Vacancies", domain::spine::Permission::ExportOrganisation:
    number "单号" "Number";
    status "状态" "Status";
    submitter "申请人" "Asked by";
    department "部门" "Department";
    position "岗位" "Position";
    places "名额" "Places";
    taken "已占用" "Taken";
    needed_by "到岗日期" "Needed by";
    expires_on "有效期至" "Expires on";
    created_at "填报时间" "Created at";
    changed_at "更新时间" "Changed at";
}
