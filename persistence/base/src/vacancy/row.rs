//! Rows of vacancies and of who took their places.

use crate::{
    approval::document::StandingColumns,
    schema::{vacancies, vacancy_places as places},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    spine::{BusinessDate, EmployeeId, Id, Version, search_text},
    vacancy::{Ended, Ending, Opening, Taken, Vacancy, VacancyContent, VacancyState},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = vacancies, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub position_id: Key,
    pub places: i64,
    pub taken: i64,
    pub replaces_id: Option<Key>,
    pub needed_by: BusinessDate,
    pub profile: String,
    pub opened_on: Option<BusinessDate>,
    pub opened_at: Option<Instant>,
    pub expires_on: Option<BusinessDate>,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = places, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PlaceRow {
    vacancy_id: Key,
    number: i32,
    employee_id: Key,
    from_on: BusinessDate,
    at: Instant,
    freed_at: Option<Instant>,
}

impl Row {
    fn of(vacancy: &Vacancy, tx: &Tx<'_>) -> Self {
        let Vacancy { id, petition, content, opening, taken: _, version } = vacancy;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let VacancyContent { department, position, places, replaces, needed_by, profile } = content;
        let (at, reason) = vacancy.stands_since();
        let opened_at = if opening.is_some() { standing.told().0 } else { None };
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            position_id: (*position).into(),
            places: (*places).into(),
            taken: vacancy.places_taken().into(),
            replaces_id: replaces.map(Into::into),
            needed_by: *needed_by,
            profile: profile.clone(),
            opened_on: opening.as_ref().map(|opening| opening.opened_on),
            opened_at: opened_at.map(Into::into),
            expires_on: opening.as_ref().map(|opening| opening.expires_on),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: vacancy.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[], &[number, profile]),
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<VacancyState, Failure> {
        VacancyState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("vacancies", column, self.id.0)
    }

    fn opening(&self) -> Result<Option<Opening>, Failure> {
        let ending = match self.state()? {
            VacancyState::Open => None,
            VacancyState::Filled => Some(Ending::Filled),
            VacancyState::Cancelled => Some(Ending::Cancelled),
            VacancyState::Expired => Some(Ending::Expired),
            _ => return Ok(None),
        };
        let missing = |column| move || self.corrupt(column);
        let at = self.status_at.ok_or_else(missing("status_at"))?.into();
        Ok(Some(Opening {
            opened_on: self.opened_on.ok_or_else(missing("opened_on"))?,
            expires_on: self.expires_on.ok_or_else(missing("expires_on"))?,
            ended: ending.map(|by| Ended { by, at, reason: self.status_reason.clone() }),
        }))
    }

    fn vacancy(self, taken: Vec<Taken>) -> Result<Vacancy, Failure> {
        let opening = self.opening()?;
        let standing = match self.opened_at {
            Some(at) => Standing::Approved { at: at.into() },
            None => {
                let (status, reason) = (self.status.clone(), self.status_reason.clone());
                StandingColumns { status, at: self.status_at, reason }.standing("vacancies", self.id)?
            }
        };
        Ok(Vacancy {
            id: self.id.into(),
            content: VacancyContent {
                department: self.department_id.into(),
                position: self.position_id.into(),
                places: u32::try_from(self.places).map_err(|_| self.corrupt("places"))?,
                replaces: self.replaces_id.map(Into::into),
                needed_by: self.needed_by,
                profile: self.profile,
            },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            opening,
            taken,
            version: self.version,
        })
    }
}

fn place_row(vacancy: Key, (number, taken): (i32, &Taken)) -> PlaceRow {
    let Taken { employee, from, at, freed_at } = taken;
    PlaceRow {
        vacancy_id: vacancy,
        number,
        employee_id: (*employee).into(),
        from_on: *from,
        at: (*at).into(),
        freed_at: freed_at.map(Into::into),
    }
}

impl Stored<crate::Base> for Vacancy {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, vacancies, &row, before)?)?;
        let known = before.map_or(&[][..], |before| &before.taken);
        for (number, taken) in (1..).zip(&self.taken) {
            let place = place_row(row.id, (number, taken));
            match known.get(usize::try_from(number - 1).unwrap_or(usize::MAX)) {
                Some(same) if same == taken => {}
                Some(_) => {
                    let mine = places::vacancy_id.eq(place.vacancy_id).and(places::number.eq(place.number));
                    let freed_at = place.freed_at;
                    db!(tx, |c| diesel::update(places::table.filter(mine))
                        .set(places::freed_at.eq(freed_at))
                        .execute(c))?;
                }
                None => {
                    db!(tx, |c| diesel::insert_into(places::table).values(&place).execute(c))?;
                }
            }
        }
        Ok(())
    }
}

/// One vacancy, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<Vacancy>) -> Result<Vacancy, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = vacancies::table.filter(vacancies::id.eq(key)).into_boxed();
        within!(query, sight, vacancies, "vacancy").select(Row::as_select()).first(c)
    })?;
    whole(reader, row)
}

/// One vacancy whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Vacancy>) -> Result<Vacancy, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| vacancies::table.filter(vacancies::id.eq(key)).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<Vacancy, Failure> {
    let key = row.id;
    let taken: Vec<PlaceRow> = db!(reader, |c| places::table
        .filter(places::vacancy_id.eq(key))
        .order(places::number)
        .select(PlaceRow::as_select())
        .load(c))?;
    row.vacancy(taken.into_iter().map(Into::into).collect())
}

impl From<PlaceRow> for Taken {
    fn from(row: PlaceRow) -> Self {
        let PlaceRow { vacancy_id: _, number: _, employee_id, from_on, at, freed_at } = row;
        Self {
            employee: employee_id.into(),
            from: from_on,
            at: at.into(),
            freed_at: freed_at.map(Into::into),
        }
    }
}

/// The vacancies that are kept as open and whose last day has passed.
///
/// # Errors
/// Where the database fails.
pub fn due_to_expire(reader: &mut Reader<'_>) -> Result<Vec<Id<Vacancy>>, Failure> {
    let today = reader.today();
    let due: Vec<Key> = db!(reader, |c| vacancies::table
        .filter(vacancies::status.eq(VacancyState::Open.code()).and(vacancies::expires_on.lt(today)))
        .order(vacancies::id)
        .select(vacancies::id)
        .load(c))?;
    Ok(due.into_iter().map(Into::into).collect())
}

/// The vacancies of which somebody has a place that begins on a day or later, or had one and gave it back.
pub(super) fn of_employee(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    from: BusinessDate,
) -> Result<Vec<Id<Vacancy>>, Failure> {
    let key = Key::from(employee);
    let found: Vec<Key> = db!(reader, |c| places::table
        .filter(places::employee_id.eq(key).and(places::from_on.ge(from)))
        .order(places::vacancy_id)
        .select(places::vacancy_id)
        .distinct()
        .load(c))?;
    Ok(found.into_iter().map(Into::into).collect())
}
