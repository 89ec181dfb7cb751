//! Rows of statements and of their lines.

use crate::{
    schema::{
        commission_entries as entries, commission_statement_lines as lines,
        commission_statements as statements, sales,
    },
    spine::{
        Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, insert_all, is_taken, reached,
        save_row,
    },
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    commission::statement::{Statement, StatementLine},
    commission_batch::CommissionBatch,
    commission_statement::{CommissionStatement, CommissionStatementId, CommissionStatementState},
    spine::{Currency, EmployeeId, Id, Version},
    working_time::Period,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = statements, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub month: String,
    pub employee_id: Key,
    pub department_id: Key,
    pub carried_minor: i64,
    pub fines_minor: i64,
    pub sum_minor: i64,
    pub currency: String,
    pub digest: String,
    pub status: String,
    pub objection_until: Option<Instant>,
    pub objections: String,
    pub approved_by_id: Option<Key>,
    pub changed_at: Instant,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    statement_id: Key,
    entry_id: Key,
    sale_id: Key,
    amount_minor: i64,
    is_held: bool,
}

impl Row {
    fn of(statement: &CommissionStatement, tx: &Tx<'_>) -> Result<Self, Failure> {
        let CommissionStatement {
            id,
            month,
            department,
            reckoned,
            state,
            objection_until,
            objections,
            approved_by,
            version,
        } = statement;
        Ok(Self {
            id: (*id).into(),
            month: month.to_string(),
            employee_id: reckoned.person.into(),
            department_id: (*department).into(),
            carried_minor: reckoned.carried,
            fines_minor: reckoned.fines,
            sum_minor: reckoned.sum(),
            currency: Currency::Cny.code().to_owned(),
            digest: reckoned.digest(),
            status: state.code().to_owned(),
            objection_until: objection_until.map(Into::into),
            objections: serde_json::to_string(objections)?,
            approved_by_id: approved_by.map(Into::into),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<CommissionStatementState, Failure> {
        CommissionStatementState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("commission_statements", column, self.id.0)
    }

    fn statement(self, lines: Vec<StatementLine>) -> Result<CommissionStatement, Failure> {
        let (month, state) = (self.month.parse().map_err(|_| self.corrupt("month"))?, self.state()?);
        let person = self.employee_id.into();
        Ok(CommissionStatement {
            id: self.id.into(),
            month,
            department: self.department_id.into(),
            reckoned: Statement::compile(person, self.carried_minor, lines, self.fines_minor),
            state,
            objection_until: self.objection_until.map(Into::into),
            objections: serde_json::from_str(&self.objections)?,
            approved_by: self.approved_by_id.map(Into::into),
            version: self.version,
        })
    }
}

impl LineRow {
    fn of(statement: Key, line: &StatementLine) -> Result<Self, Failure> {
        let StatementLine { source, sale, amount, held } = line;
        let sale = sale.ok_or_else(|| Failure::fault("a line without a sale"))?;
        Ok(Self {
            statement_id: statement,
            entry_id: Key(*source),
            sale_id: Key(sale),
            amount_minor: *amount,
            is_held: *held,
        })
    }
    fn line(self) -> StatementLine {
        let Self { statement_id: _, entry_id, sale_id, amount_minor, is_held } = self;
        StatementLine { source: entry_id.0, sale: Some(sale_id.0), amount: amount_minor, held: is_held }
    }
}

impl Stored<crate::Sales> for CommissionStatement {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, statements, &row, before) {
            // Somebody else reckoned the same month in the same instant: found when this is done again.
            Err(error) if is_taken(&error) => return Err(Failure::Moved),
            saved => guard(saved?)?,
        }
        if before.is_some_and(|before| before.reckoned.lines == self.reckoned.lines) {
            return Ok(());
        }
        let key = row.id;
        db!(tx, |c| diesel::delete(lines::table.filter(lines::statement_id.eq(key))).execute(c))?;
        let rows = self.reckoned.lines.iter().map(|line| LineRow::of(key, line));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        insert_all!(tx, lines::table, &rows);
        Ok(())
    }
}

/// That a statement lies within the caller's sight: one's own once it is published, and those of departments in reach.
pub(super) fn covered(reader: &Reader<'_>) -> Where {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if sight.all {
        return wanted;
    }
    let published = statements::status.ne(CommissionStatementState::Compiled.code());
    let own = statements::employee_id.eq(sight.employee).and(published);
    wanted.also(own.or(statements::department_id.eq_any(sight.departments)));
    wanted
}

/// One statement, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: CommissionStatementId) -> Result<CommissionStatement, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(statements::id.eq(key));
    found(reader, wanted)?.ok_or(Failure::NotFound)
}

fn found(reader: &mut Reader<'_>, wanted: Where) -> Result<Option<CommissionStatement>, Failure> {
    let row: Option<Row> =
        db!(reader, |c| statements::table.filter(wanted).select(Row::as_select()).first(c).optional())?;
    let Some(row) = row else { return Ok(None) };
    let key = row.id;
    let rows: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::statement_id.eq(key))
        .order(lines::entry_id)
        .select(LineRow::as_select())
        .load(c))?;
    row.statement(rows.into_iter().map(LineRow::line).collect()).map(Some)
}

/// Somebody's statement of a month.
pub(super) fn of(
    reader: &mut Reader<'_>,
    person: EmployeeId,
    month: Period,
) -> Result<Option<CommissionStatement>, Failure> {
    let (key, month, mut wanted) = (Key::from(person), month.to_string(), Where::new());
    wanted.also(statements::employee_id.eq(key));
    wanted.also(statements::month.eq(month));
    found(reader, wanted)
}

/// What somebody's last statement before a month leaves below nothing.
pub(super) fn carried(reader: &mut Reader<'_>, person: EmployeeId, month: Period) -> Result<i64, Failure> {
    let (key, month) = (Key::from(person), month.to_string());
    let sum: Option<i64> = db!(reader, |c| statements::table
        .filter(statements::employee_id.eq(key).and(statements::month.lt(month)))
        .order(statements::month.desc())
        .select(statements::sum_minor)
        .first(c)
        .optional())?;
    Ok(sum.unwrap_or_default().min(0))
}

/// That a statement is of a department in reach.
fn in_reach(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), statements)
}

/// An earlier month of which a statement in reach is neither approved nor further.
pub(super) fn earlier_open(reader: &mut Reader<'_>, month: Period) -> Result<Option<Period>, Failure> {
    let open = [CommissionStatementState::Compiled.code(), CommissionStatementState::Published.code()];
    let (month, within) = (month.to_string(), in_reach(reader));
    let found: Option<String> = db!(reader, |c| statements::table
        .filter(within)
        .filter(statements::month.lt(month).and(statements::status.eq_any(open)))
        .order(statements::month)
        .select(statements::month)
        .first(c)
        .optional())?;
    let corrupt = |month: String| month.parse().map_err(|_| Failure::fault("no month"));
    found.map(corrupt).transpose()
}

/// Entries booked by the end of a month that are on no statement but that of this month which may be reckoned anew; with
/// whose they are. Nobody's, the company's, are left out.
pub(super) fn unpaid(
    reader: &mut Reader<'_>,
    month: Period,
) -> Result<Vec<(EmployeeId, StatementLine)>, Failure> {
    let (until, month) = (month.last(), month.to_string());
    let others =
        statements::month.ne(month).or(statements::status.ne(CommissionStatementState::Compiled.code()));
    let paid = lines::table
        .inner_join(statements::table.on(statements::id.eq(lines::statement_id)))
        .filter(lines::entry_id.eq(entries::id))
        .filter(others);
    let rows: Vec<(Key, Key, Option<Key>, i64)> = db!(reader, |c| entries::table
        .inner_join(sales::table.on(sales::id.eq(entries::sale_id)))
        .filter(entries::booked_on.le(until).and(entries::employee_id.is_not_null()))
        .filter(diesel::dsl::not(exists(paid)))
        .order(entries::id)
        .select((entries::id, entries::sale_id, entries::employee_id, entries::amount_minor))
        .load(c))?;
    let line = |(id, sale, person, amount): (Key, Key, Option<Key>, i64)| {
        let line = StatementLine { source: id.0, sale: Some(sale.0), amount, held: false };
        Some((person?.into(), line))
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// Everybody of whom a month is reckoned already, and everybody whose last statement leaves something below nothing.
pub(super) fn also_of(reader: &mut Reader<'_>, month: Period) -> Result<Vec<EmployeeId>, Failure> {
    let month = month.to_string();
    let of_month = statements::month.eq(&month);
    let below = statements::sum_minor.lt(0).and(statements::month.lt(&month));
    let rows: Vec<Key> = db!(reader, |c| statements::table
        .filter(of_month.or(below))
        .select(statements::employee_id)
        .distinct()
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The statements of a month in a state and in reach, by their ids.
fn in_state(
    reader: &mut Reader<'_>,
    month: Period,
    state: CommissionStatementState,
) -> Result<Vec<CommissionStatementId>, Failure> {
    let (month, within) = (month.to_string(), in_reach(reader));
    let ids: Vec<Key> = db!(reader, |c| statements::table
        .filter(within)
        .filter(statements::month.eq(month).and(statements::status.eq(state.code())))
        .order(statements::id)
        .select(statements::id)
        .load(c))?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The statements of a month that may be published.
pub(super) fn compiled(
    reader: &mut Reader<'_>,
    month: Period,
) -> Result<Vec<CommissionStatementId>, Failure> {
    in_state(reader, month, CommissionStatementState::Compiled)
}

/// The statements of a month that go to the payroll.
pub(crate) fn ready(reader: &mut Reader<'_>, month: Period) -> Result<Vec<CommissionStatementId>, Failure> {
    in_state(reader, month, CommissionStatementState::Approved)
}

/// Sets a statement apart for a batch.
pub(crate) fn set_batch(
    tx: &mut Tx<'_>,
    statement: CommissionStatementId,
    batch: Id<CommissionBatch>,
) -> Result<(), Failure> {
    let (statement, batch) = (Key::from(statement), Some(Key::from(batch)));
    db!(tx, |c| diesel::update(statements::table.filter(statements::id.eq(statement)))
        .set(statements::batch_id.eq(batch))
        .execute(c))?;
    Ok(())
}

/// The statements of a batch.
pub(crate) fn of_batch(
    reader: &mut Reader<'_>,
    batch: Id<CommissionBatch>,
) -> Result<Vec<CommissionStatementId>, Failure> {
    let batch = Some(Key::from(batch));
    let ids: Vec<Key> = db!(reader, |c| statements::table
        .filter(statements::batch_id.eq(batch))
        .order(statements::id)
        .select(statements::id)
        .load(c))?;
    Ok(ids.into_iter().map(Into::into).collect())
}
