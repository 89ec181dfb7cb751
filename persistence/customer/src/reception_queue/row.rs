//! Rows of queues and of their entries.

use crate::{
    organisation::{Organisation, unless_taken},
    schema::{reception_entries as entries, reception_places as places, reception_queues},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, insert_all, save_row},
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    reception_queue::{QueueEntry, Queued, ReceptionQueue},
    site::Site,
    spine::{BusinessDate, EmployeeId, Id, Version},
};
use std::collections::BTreeSet;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = reception_queues, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub site_id: Key,
    pub department_id: Key,
    pub queue_on: BusinessDate,
    pub entries: i32,
    pub head: String,
    pub is_suspended: bool,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub(super) struct EntryRow {
    pub queue_id: Key,
    pub sequence: i32,
    pub kind: String,
    pub employee_id: Option<Key>,
    pub by_id: Option<Key>,
    pub because: Option<String>,
    pub at: Instant,
    pub what: String,
    pub hash: String,
}

#[derive(Insertable, Clone, Copy, Debug)]
#[diesel(table_name = places)]
struct PlaceRow {
    queue_id: Key,
    place: i32,
    employee_id: Key,
}

fn small(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl From<&ReceptionQueue> for Row {
    fn from(queue: &ReceptionQueue) -> Self {
        let ReceptionQueue { id, site, department, on, entries, version } = queue;
        Self {
            id: (*id).into(),
            site_id: (*site).into(),
            department_id: (*department).into(),
            queue_on: *on,
            entries: small(entries.len()),
            head: queue.head().to_owned(),
            is_suspended: queue.state().is_suspended,
            version: *version,
        }
    }
}

impl EntryRow {
    fn of(queue: Key, entry: &QueueEntry) -> Result<Self, Failure> {
        let QueueEntry { sequence, at, by, what, hash } = entry;
        let because = match what {
            Queued::PassedOver { because, .. } => Some(because.code().to_owned()),
            _ => None,
        };
        Ok(Self {
            queue_id: queue,
            sequence: i32::try_from(*sequence).map_err(Failure::fault)?,
            kind: what.code().to_owned(),
            employee_id: what.about().0.map(Into::into),
            by_id: by.map(Into::into),
            because,
            at: (*at).into(),
            what: serde_json::to_string(what)?,
            hash: hash.clone(),
        })
    }

    /// The entry; none where what it says is no entry of a queue.
    pub fn entry(self) -> Option<QueueEntry> {
        let what: Queued = serde_json::from_str(&self.what).ok()?;
        let sequence = u32::try_from(self.sequence).ok()?;
        let by = self.by_id.map(Into::into);
        let is_told = what.code() == self.kind && what.about().0.map(Key::from) == self.employee_id;
        is_told.then(|| QueueEntry { sequence, at: self.at.into(), by, what, hash: self.hash })
    }
}

impl Stored<crate::Customer> for ReceptionQueue {
    const GROWING: &'static [&'static str] = &["entries"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        let day = self.on.to_string();
        // The guard comes first: who comes second does it again, and finds whose turn it is then.
        guard(unless_taken(save_row!(tx, reception_queues, &row, before), "/on", &day)?)?;
        let known = before.map_or(0, |before| before.entries.len());
        let new = self.entries.iter().skip(known);
        let rows = new.map(|entry| EntryRow::of(row.id, entry)).collect::<Result<Vec<_>, _>>()?;
        insert_all!(tx, entries::table, &rows);
        let order = self.state().order;
        if before.is_none_or(|before| before.state().order != order) {
            let mine = places::queue_id.eq(row.id);
            db!(tx, |c| diesel::delete(places::table.filter(mine)).execute(c))?;
            let place = |(place, who): (usize, &EmployeeId)| PlaceRow {
                queue_id: row.id,
                place: small(place),
                employee_id: (*who).into(),
            };
            let rows: Vec<PlaceRow> = order.iter().enumerate().map(place).collect();
            insert_all!(tx, places::table, &rows);
        }
        Ok(())
    }
}

/// The entries of a queue as they stand.
pub(super) fn entries_of(reader: &mut Reader<'_>, queue: Key) -> Result<Vec<EntryRow>, Failure> {
    Ok(db!(reader, |c| entries::table
        .filter(entries::queue_id.eq(queue))
        .order(entries::sequence)
        .select(EntryRow::as_select())
        .load(c))?)
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<ReceptionQueue, Failure> {
    let entries = entries_of(reader, row.id)?.into_iter();
    let corrupt = || Failure::corrupt("reception_entries", "what", row.id.0);
    let entries = entries.map(|entry| entry.entry().ok_or_else(corrupt)).collect::<Result<_, _>>()?;
    Ok(ReceptionQueue {
        id: row.id.into(),
        site: row.site_id.into(),
        department: row.department_id.into(),
        on: row.queue_on,
        entries,
        version: row.version,
    })
}

/// The row of a queue in which the caller has a place, or which lies within their reach.
pub(super) fn find_row(reader: &mut Reader<'_>, id: Id<ReceptionQueue>) -> Result<Row, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| reception_queues::table
        .filter(reception_queues::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    let me = reader.actor().employee.map(Key::from);
    let is_placed = match me {
        Some(me) => {
            let mine = places::queue_id.eq(key).and(places::employee_id.eq(me));
            db!(reader, |c| diesel::select(exists(places::table.filter(mine))).get_result(c))?
        }
        None => false,
    };
    if is_placed || reader.reach().covers(row.department_id.into(), false) {
        Ok(row)
    } else {
        Err(Failure::NotFound)
    }
}

/// One queue in which the caller has a place, or within their reach.
///
/// # Errors
/// Not found where it is neither.
pub fn find(reader: &mut Reader<'_>, id: Id<ReceptionQueue>) -> Result<ReceptionQueue, Failure> {
    let row = find_row(reader, id)?;
    whole(reader, row)
}

/// One queue whoever asks: for rules, never for an answer.
///
/// # Errors
/// Where there is none.
pub(crate) fn load(reader: &mut Reader<'_>, id: Id<ReceptionQueue>) -> Result<ReceptionQueue, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| reception_queues::table
        .filter(reception_queues::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    whole(reader, row)
}

/// The queue of a site of a day, within the caller's sight.
///
/// # Errors
/// Not found where there is none.
pub fn of_day(reader: &mut Reader<'_>, site: Id<Site>, on: BusinessDate) -> Result<ReceptionQueue, Failure> {
    let of = reception_queues::site_id.eq(Key::from(site)).and(reception_queues::queue_on.eq(on));
    let key: Key = db!(reader, |c| reception_queues::table.filter(of).select(reception_queues::id).first(c))?;
    find(reader, key.into())
}

/// Who of these people is on leave today, or does not work here.
///
/// # Errors
/// Where the database fails.
pub fn absent(reader: &mut Reader<'_>, people: &[EmployeeId]) -> Result<BTreeSet<EmployeeId>, Failure> {
    let today = reader.today();
    let organisation = Organisation::today(reader)?;
    let is_absent =
        |who: &&EmployeeId| !organisation.works_here(**who, today) || organisation.is_away(**who, today);
    Ok(people.iter().filter(is_absent).copied().collect())
}
