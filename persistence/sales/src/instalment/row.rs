//! Rows of instalments and of what became open of them.

use crate::{
    merged,
    sale::{deal_of, of_deal},
    schema::{instalment_entries as entries, instalments},
    spine::{
        Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, insert_all, load_locked, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    instalment::{Instalment, InstalmentEntry, InstalmentId, InstalmentState, Milestone},
    sale::Deal,
    spine::{BusinessDate, Currency, Version},
};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = instalments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub contract_id: Option<Key>,
    pub order_id: Option<Key>,
    pub number: String,
    pub place: i32,
    pub department_id: Key,
    pub customer_id: Key,
    pub submitter_id: Key,
    pub amount_minor: i64,
    pub open_minor: i64,
    pub currency: String,
    pub milestone: Option<String>,
    pub days: Option<i32>,
    pub due_on: Option<BusinessDate>,
    pub is_called: bool,
    pub dropped_at: Option<Instant>,
    pub status: String,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
struct EntryRow {
    instalment_id: Key,
    place: i32,
    counted_on: BusinessDate,
    amount_minor: i64,
    at: Instant,
}

impl Row {
    fn of(instalment: &Instalment, tx: &Tx<'_>) -> Self {
        let Instalment { id, deal, number, place, department, customer, submitter, amount, .. } = instalment;
        let Instalment { after, due_on, is_called, dropped_at, entries: _, version, .. } = instalment;
        Self {
            id: (*id).into(),
            contract_id: deal.contract().map(Into::into),
            order_id: deal.order().map(Into::into),
            number: number.clone(),
            place: i32::try_from(*place).unwrap_or(i32::MAX),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            submitter_id: (*submitter).into(),
            amount_minor: *amount,
            open_minor: instalment.open(),
            currency: Currency::Cny.code().to_owned(),
            milestone: after.map(|(milestone, _)| milestone.code().to_owned()),
            days: after.map(|(_, days)| i32::try_from(days).unwrap_or(i32::MAX)),
            due_on: *due_on,
            is_called: *is_called,
            dropped_at: dropped_at.map(Into::into),
            status: instalment.state().code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("instalments", column, self.id.0)
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<InstalmentState, Failure> {
        InstalmentState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// What it waits for, as it is kept.
    pub fn milestone(&self) -> Result<Option<Milestone>, Failure> {
        let named = |code: &String| Milestone::from_code(code).ok_or_else(|| self.corrupt("milestone"));
        self.milestone.as_ref().map(named).transpose()
    }

    fn instalment(self, entries: Vec<InstalmentEntry>) -> Result<Instalment, Failure> {
        let milestone = self.milestone()?;
        let days = self.days.and_then(|days| u32::try_from(days).ok());
        let deal = deal_of((self.contract_id, self.order_id)).ok_or_else(|| self.corrupt("contract_id"))?;
        Ok(Instalment {
            id: self.id.into(),
            deal,
            place: u32::try_from(self.place).map_err(|_| self.corrupt("place"))?,
            number: self.number,
            department: self.department_id.into(),
            customer: self.customer_id.into(),
            submitter: self.submitter_id.into(),
            amount: self.amount_minor,
            after: milestone.zip(days),
            due_on: self.due_on,
            is_called: self.is_called,
            dropped_at: self.dropped_at.map(Into::into),
            entries,
            version: self.version,
        })
    }
}

impl From<EntryRow> for InstalmentEntry {
    fn from(row: EntryRow) -> Self {
        let EntryRow { instalment_id: _, place: _, counted_on, amount_minor, at } = row;
        Self { on: counted_on, amount: amount_minor, at: at.into() }
    }
}

impl Stored<crate::Sales> for Instalment {
    const GROWING: &'static [&'static str] = &["entries"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, instalments, &row, before)?)?;
        let known = before.map_or(0, |before| before.entries.len());
        let entry = |(index, entry): (usize, &InstalmentEntry)| EntryRow {
            instalment_id: row.id,
            place: i32::try_from(index).unwrap_or(i32::MAX),
            counted_on: entry.on,
            amount_minor: entry.amount,
            at: entry.at.into(),
        };
        let rows: Vec<EntryRow> = self.entries.iter().enumerate().skip(known).map(entry).collect();
        insert_all!(tx, entries::table, &rows);
        Ok(())
    }
}

/// That an instalment lies within the caller's sight: of departments in reach, of one's own document, or of a customer one owns.
pub(super) fn covered(reader: &Reader<'_>) -> Where {
    use crate::schema::customer_standings as standings;
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if sight.all {
        return wanted;
    }
    let of_mine =
        standings::table.filter(standings::owner_id.eq(Some(sight.employee))).select(standings::customer_id);
    let own = instalments::submitter_id.eq(sight.employee).or(instalments::customer_id.eq_any(of_mine));
    wanted.also(own.or(instalments::department_id.eq_any(sight.departments)));
    wanted
}

/// One instalment, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: InstalmentId) -> Result<Instalment, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(instalments::id.eq(key));
    let row: Row = db!(reader, |c| instalments::table.filter(wanted).select(Row::as_select()).first(c))?;
    one(reader, row)
}

/// One instalment whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: InstalmentId) -> Result<Instalment, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| instalments::table
        .filter(instalments::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    one(reader, row)
}

fn one(reader: &mut Reader<'_>, row: Row) -> Result<Instalment, Failure> {
    whole(reader, vec![row])?.into_iter().next().ok_or(Failure::NotFound)
}

/// The instalments of a contract or an order in their places, locked until the unit of work ends.
pub(super) fn locked_of(tx: &mut Tx<'_>, deal: Deal) -> Result<Vec<Instalment>, Failure> {
    let mine = of_deal!(deal, instalments);
    let rows: Vec<Row> =
        load_locked!(tx, instalments::table.filter(mine).order(instalments::place).select(Row::as_select()))?;
    whole(tx, rows)
}

/// The instalments of a customer that are asked for and open, also of files merged into theirs; locked until the unit of work ends.
pub(super) fn called_of(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Instalment>, Failure> {
    let family = merged::family(tx, customer)?;
    let rows: Vec<Row> = load_locked!(
        tx,
        instalments::table
            .filter(instalments::customer_id.eq_any(&family).and(instalments::is_called.eq(true)))
            .filter(instalments::status.eq(InstalmentState::Open.code()))
            .order(instalments::id)
            .select(Row::as_select())
    )?;
    whole(tx, rows)
}

fn whole(reader: &mut Reader<'_>, rows: Vec<Row>) -> Result<Vec<Instalment>, Failure> {
    let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let found: Vec<EntryRow> = db!(reader, |c| entries::table
        .filter(entries::instalment_id.eq_any(&keys))
        .order((entries::instalment_id, entries::place))
        .select(EntryRow::as_select())
        .load(c))?;
    let mut of: BTreeMap<Key, Vec<InstalmentEntry>> = BTreeMap::new();
    for entry in found {
        of.entry(entry.instalment_id).or_default().push(entry.into());
    }
    let whole = rows.into_iter().map(|row| {
        let entries = of.remove(&row.id).unwrap_or_default();
        row.instalment(entries)
    });
    whole.collect()
}
