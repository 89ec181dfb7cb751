//! Absences and who stands in.

use super::reference::{PersonColumns, PersonRef, holds_on, lower};
use crate::{
    organisation::EMPLOYEE,
    schema::{absences, employee_placements, employees},
    search,
    spine::{
        Failure, Filter, Instant, Key, Master, Page, Reader, Refers, Slice, Stored, Tx, View, Where, columns,
        db, guard, narrow, orders, paged, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    organisation::{Absence, AbsenceId},
    spine::{BusinessDate, Change, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = absences, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    employee_id: Key,
    stand_in_id: Key,
    from_on: BusinessDate,
    until_on: BusinessDate,
    reason: String,
    cancelled_at: Option<Instant>,
    version: Version,
}

impl From<&Absence> for Row {
    fn from(absence: &Absence) -> Self {
        let Absence { id, employee, stand_in, from, until, reason, cancelled_at, version } = absence;
        Self {
            id: (*id).into(),
            employee_id: (*employee).into(),
            stand_in_id: (*stand_in).into(),
            from_on: *from,
            until_on: *until,
            reason: reason.clone(),
            cancelled_at: cancelled_at.map(Into::into),
            version: *version,
        }
    }
}

impl From<Row> for Absence {
    fn from(row: Row) -> Self {
        let Row { id, employee_id, stand_in_id, from_on, until_on, reason, cancelled_at, version } = row;
        Self {
            id: id.into(),
            employee: employee_id.into(),
            stand_in: stand_in_id.into(),
            from: from_on,
            until: until_on,
            reason,
            cancelled_at: cancelled_at.map(Into::into),
            version,
        }
    }
}

impl Stored<crate::Base> for Absence {
    const MASTER: Option<Master> = Some(crate::PEOPLE);

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, absences, &row, before)?)
    }
}

crate::spine::resource! { crate::Base: Absence as AbsenceView; find, apply, view = view }

/// Writes a change of an absence.
pub fn apply(tx: &mut Tx<'_>, change: Change<Absence>) -> Result<Absence, Failure> {
    let absent = change.after().employee;
    let named = tx.actor().in_whose_name(absent, absent);
    tx.apply(change.in_the_name_of(named))
}

/// An absence, whoever asks.
pub fn load(reader: &mut Reader<'_>, id: AbsenceId) -> Result<Absence, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| absences::table.filter(absences::id.eq(key)).select(Row::as_select()).first(c))?;
    Ok(row.into())
}

/// An absence of somebody within the reach of the route's permission.
pub fn find(reader: &mut Reader<'_>, id: AbsenceId) -> Result<Absence, Failure> {
    let absence = load(reader, id)?;
    super::employee::find(reader, absence.employee)?;
    Ok(absence)
}

/// The absences, of anybody, that were not cancelled and share a day with a period.
pub fn sharing_days(
    reader: &mut Reader<'_>,
    from: BusinessDate,
    until: BusinessDate,
) -> Result<Vec<Absence>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| absences::table
        .filter(absences::until_on.ge(from).and(absences::from_on.le(until)))
        .filter(absences::cancelled_at.is_null())
        .order(absences::id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The first and last days of the absences of some people, not cancelled, that last beyond a day.
pub fn days_away(
    reader: &mut Reader<'_>,
    employees: &[EmployeeId],
    from: BusinessDate,
) -> Result<BTreeMap<EmployeeId, Vec<(BusinessDate, BusinessDate)>>, Failure> {
    let mut keys: Vec<Key> = employees.iter().copied().map(Key::from).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut away: BTreeMap<EmployeeId, Vec<_>> = BTreeMap::new();
    // In parts: an engine binds only so many values.
    for part in keys.chunks(500) {
        let rows: Vec<(Key, BusinessDate, BusinessDate)> = db!(reader, |c| absences::table
            .filter(absences::employee_id.eq_any(part).and(absences::until_on.ge(from)))
            .filter(absences::cancelled_at.is_null())
            .order(absences::from_on)
            .select((absences::employee_id, absences::from_on, absences::until_on))
            .load(c))?;
        for (employee, from, until) in rows {
            away.entry(employee.into()).or_default().push((from, until));
        }
    }
    Ok(away)
}

/// The absences, not cancelled, in which a person is away or stands in and that last beyond a day.
pub fn concerning(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    after: BusinessDate,
) -> Result<Vec<Absence>, Failure> {
    let key = Key::from(employee);
    let rows: Vec<Row> = db!(reader, |c| absences::table
        .filter(absences::employee_id.eq(key).or(absences::stand_in_id.eq(key)))
        .filter(absences::until_on.ge(after))
        .filter(absences::cancelled_at.is_null())
        .order(absences::id)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// An absence, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Absence)]
pub struct AbsenceView {
    /// Identity.
    pub id: AbsenceId,
    /// Who is away.
    pub employee: PersonRef,
    /// Who stands in.
    pub stand_in: PersonRef,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: NaiveDate,
    /// Why.
    #[schema(max_length = 200)]
    pub reason: String,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AbsenceView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE), Refers::to("stand_in", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/absences/{}", self.id))
    }
}

/// Which absences are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AbsenceFilter {
    /// Only those of this person.
    #[param(inline)]
    pub employee_id: Option<EmployeeId>,
    /// Only those in which this person stands in.
    #[param(inline)]
    pub stand_in_id: Option<EmployeeId>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
    /// Only where this stands in the reason, or in the name of who is away or stands in, however it is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ln")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest registration first where absent.
    #[param(inline)]
    pub sort: AbsenceOrder,
}

impl Filter for AbsenceFilter {}

orders! {
    /// By what absences are ordered.
    pub AbsenceOrder of Row in absences by id, ascending:
    created_at = id;
    from = from_on;
    until = until_on;
}

diesel::alias!(employees as stand_ins: StandIns);

type Found = (Row, PersonColumns, PersonColumns);

fn rows(
    reader: &mut Reader<'_>,
    mut wanted: Where,
    order: AbsenceOrder,
    page: &Page,
) -> Result<Slice<AbsenceView>, Failure> {
    let (reach, today) = (reader.reach(), reader.today());
    wanted.also(holds_on!(today));
    if !reach.all {
        let own = reader.actor().employee.filter(|_| reach.own).map_or(Key(Uuid::nil()), Key::from);
        let reached: Vec<Key> = reach.departments.iter().map(|department| (*department).into()).collect();
        let is_own = absences::employee_id.eq(own).or(absences::stand_in_id.eq(own));
        wanted.also(employee_placements::department_id.eq_any(reached).or(is_own));
    }
    let placed = employee_placements::employee_id.eq(absences::employee_id);
    let found = paged!(reader, page, order, wanted;
        absences::table
            .inner_join(employees::table.on(employees::id.eq(absences::employee_id)))
            .inner_join(stand_ins.on(stand_ins.field(employees::id).eq(absences::stand_in_id)))
            .inner_join(employee_placements::table.on(placed))
        => (
            Row::as_select(),
            (employees::id, employees::number, employees::name),
            stand_ins.fields((employees::id, employees::number, employees::name)),
        );
        |found: &Found| &found.0);
    Ok(found.map(|(row, employee, stand_in)| AbsenceView {
        id: row.id.into(),
        employee: employee.into(),
        stand_in: stand_in.into(),
        from: row.from_on,
        until: row.until_on,
        reason: row.reason,
        cancelled_at: row.cancelled_at.map(Into::into),
        version: row.version,
    }))
}

/// An absence within reach, as it is shown; also to the one who stands in.
pub fn view(reader: &mut Reader<'_>, id: AbsenceId) -> Result<AbsenceView, Failure> {
    let mut wanted = Where::new();
    wanted.also(absences::id.eq(Key::from(id)));
    rows(reader, wanted, AbsenceOrder::default(), &Page::first(1))?.data.pop().ok_or(Failure::NotFound)
}

/// The absences within reach.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AbsenceFilter,
    page: &Page,
) -> Result<Slice<AbsenceView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, absences, filter; employee_id = employee_id, stand_in_id = stand_in_id);
    if let Some(day) = filter.on {
        let holds = absences::from_on.le(day).and(absences::until_on.ge(day));
        wanted.also(holds.and(absences::cancelled_at.is_null()));
    }
    search!(wanted, filter, lower(absences::reason); absences::employee_id, absences::stand_in_id);
    rows(reader, wanted, filter.sort, page)
}

columns! { AbsenceView as "absences" "外出代理" "Absences", domain::spine::Permission::ExportOrganisation:
    employee_number "工号" "Number" = |absence| &absence.employee.number;
    employee "外出人" "Who is away";
    stand_in "代理人" "Who stands in";
    from "起始日期" "From";
    until "截止日期" "Until";
    reason "事由" "Reason";
    cancelled_at "取消时间" "Cancelled at";
}
