//! Counted figures in the database: append-only entries, and one guarded update whose condition carries the ceiling. `[CNT]`

use crate::{
    schema::{counted_entries as entries, counted_figures as figures},
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_missing, load_locked},
};
use diesel::prelude::*;
use domain::{
    counted_figure::{Control, CountedFigure, CountedKind, Movement},
    quantity::Quantity,
    spine::{Refusal, RefusalCode},
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = figures, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    kind: String,
    subject: Key,
    counted: i64,
    ceiling: i64,
    control: String,
}

#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = entries)]
struct EntryRow {
    figure_id: Key,
    source: Key,
    amount: i64,
    at: Instant,
}

impl Row {
    fn figure(&self) -> Result<CountedFigure, Failure> {
        let corrupt = |column| Failure::corrupt("counted_figures", column, self.id.0);
        Ok(CountedFigure {
            kind: CountedKind::from_code(&self.kind).ok_or_else(|| corrupt("kind"))?,
            counted: self.counted,
            ceiling: self.ceiling,
            control: Control::from_code(&self.control).ok_or_else(|| corrupt("control"))?,
        })
    }
}

/// Opens a figure of something, of which nothing is counted yet.
///
/// # Errors
/// Where it has one of the kind.
pub(crate) fn open(tx: &mut Tx<'_>, subject: Uuid, figure: CountedFigure) -> Result<(), Failure> {
    let CountedFigure { kind, counted, ceiling, control } = figure;
    let (kind, control) = (kind.code().to_owned(), control.code().to_owned());
    let row = Row { id: Key(tx.ids().fresh()), kind, subject: Key(subject), counted, ceiling, control };
    db!(tx, |c| diesel::insert_into(figures::table).values(&row).execute(c))?;
    Ok(())
}

/// The figures of some subjects, locked in the order of their ids until the unit of work ends: what fits now fits then.
///
/// # Errors
/// Where the database fails.
pub(crate) fn locked(
    tx: &mut Tx<'_>,
    kind: CountedKind,
    subjects: &[Uuid],
) -> Result<BTreeMap<Uuid, CountedFigure>, Failure> {
    let keys: Vec<Key> = subjects.iter().copied().map(Key).collect();
    let rows: Vec<Row> = load_locked!(
        tx,
        figures::table
            .filter(figures::kind.eq(kind.code()).and(figures::subject.eq_any(&keys)))
            .order(figures::id)
            .select(Row::as_select())
    )?;
    rows.into_iter().map(|row| Ok((row.subject.0, row.figure()?))).collect()
}

/// What is counted of some subjects, as it is read: those without a figure of the kind are not there.
///
/// # Errors
/// Where the database fails.
pub(crate) fn counted(
    reader: &mut Reader<'_>,
    kind: CountedKind,
    subjects: &[Uuid],
) -> Result<BTreeMap<Uuid, i64>, Failure> {
    let keys: Vec<Key> = subjects.iter().copied().map(Key).collect();
    let rows: Vec<(Key, i64)> = db!(reader, |c| figures::table
        .filter(figures::kind.eq(kind.code()).and(figures::subject.eq_any(&keys)))
        .select((figures::subject, figures::counted))
        .load(c))?;
    Ok(rows.into_iter().map(|(subject, counted)| (subject.0, counted)).collect())
}

/// Opens a figure of something, unless it has one of the kind. Of two who open it at once one does, and the other waits.
///
/// # Errors
/// Where the database fails.
pub(crate) fn ensure(tx: &mut Tx<'_>, subject: Uuid, figure: CountedFigure) -> Result<(), Failure> {
    let CountedFigure { kind, counted, ceiling, control } = figure;
    let (kind, control) = (kind.code().to_owned(), control.code().to_owned());
    let row = Row { id: Key(tx.ids().fresh()), kind, subject: Key(subject), counted, ceiling, control };
    insert_missing!(tx, figures::table, &[row]);
    Ok(())
}

/// Moves the ceiling of a figure; a hard one never below what is counted. Whether it was moved.
///
/// # Errors
/// Where the database fails.
pub(crate) fn limit(
    tx: &mut Tx<'_>,
    kind: CountedKind,
    subject: Uuid,
    ceiling: i64,
) -> Result<bool, Failure> {
    let mine = figures::kind.eq(kind.code()).and(figures::subject.eq(Key(subject)));
    let fits = mine.and(figures::control.ne(Control::Hard.code()).or(figures::counted.le(ceiling)));
    let touched: usize = db!(tx, |c| diesel::update(figures::table.filter(fits))
        .set(figures::ceiling.eq(ceiling))
        .execute(c))?;
    Ok(touched > 0)
}

/// What is counted of a subject; none where it has no figure of the kind.
///
/// # Errors
/// Where the database fails.
pub(crate) fn of(
    reader: &mut Reader<'_>,
    kind: CountedKind,
    subject: Uuid,
) -> Result<Option<CountedFigure>, Failure> {
    let row: Option<Row> = db!(reader, |c| figures::table
        .filter(figures::kind.eq(kind.code()).and(figures::subject.eq(Key(subject))))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| row.figure()).transpose()
}

/// One update, whose condition carries bounds and ceiling; and the entry. Whether it was moved: where not, nothing is written.
macro_rules! move_where {
    ($tx:expr, $kind:expr, $subject:expr, $movement:expr, $bound:expr) => {{
        let Movement { source, amount } = $movement;
        let mine = figures::kind.eq($kind.code()).and(figures::subject.eq(Key($subject)));
        let fits = mine.and($bound).and(figures::counted.ge(-amount));
        let touched: Vec<Key> = db!($tx, |c| diesel::update(figures::table.filter(fits))
            .set(figures::counted.eq(figures::counted + amount))
            .returning(figures::id)
            .get_results(c))?;
        let Some(figure_id) = touched.first().copied() else { return Ok(false) };
        let entry = EntryRow { figure_id, source: Key(source), amount, at: $tx.now().into() };
        db!($tx, |c| diesel::insert_into(entries::table).values(&entry).execute(c))?;
        Ok(true)
    }};
}

/// Moves a figure by an entry: one update, whose condition carries bounds and ceiling. Whether it was moved; where it was
/// not, nothing is written.
///
/// # Errors
/// A source that moved it before; where the database fails.
pub(crate) fn moved(
    tx: &mut Tx<'_>,
    kind: CountedKind,
    subject: Uuid,
    movement: Movement,
) -> Result<bool, Failure> {
    let up_to = figures::ceiling - movement.amount;
    let bound = figures::control.ne(Control::Hard.code()).or(figures::counted.le(up_to));
    move_where!(tx, kind, subject, movement, bound)
}

/// The same of a figure whose ceiling a special release may pass: without one it goes no further than `beyond` above its
/// ceiling.
///
/// # Errors
/// A source that moved it before; where the database fails.
pub(crate) fn moved_within(
    tx: &mut Tx<'_>,
    kind: CountedKind,
    subject: Uuid,
    (movement, beyond): (Movement, i64),
) -> Result<bool, Failure> {
    let up_to = figures::ceiling + beyond.saturating_sub(movement.amount);
    let bound = figures::control.eq(Control::Special.code()).and(figures::counted.le(up_to));
    move_where!(tx, kind, subject, movement, bound)
}

/// What counting everything anew found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CountedReport {
    /// How many figures were counted anew.
    pub figures: u64,
    /// Where a figure is not the sum of its entries: kind, subject, kept, counted anew.
    pub differences: Vec<(String, Uuid, i64, i64)>,
}

/// Counts every figure anew from its entries: `ledger verify`. `[CNT]`
///
/// # Errors
/// Where the database fails.
pub fn verify(reader: &mut Reader<'_>) -> Result<CountedReport, Failure> {
    /// So many figures are read at a time.
    const AT_ONCE: i64 = 1_000;
    let mut report = CountedReport::default();
    let mut after = Key(Uuid::nil());
    loop {
        let rows: Vec<Row> = db!(reader, |c| figures::table
            .filter(figures::id.gt(after))
            .order(figures::id)
            .limit(AT_ONCE)
            .select(Row::as_select())
            .load(c))?;
        let Some(last) = rows.last() else { return Ok(report) };
        after = last.id;
        let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
        let moved: Vec<(Key, i64)> = db!(reader, |c| entries::table
            .filter(entries::figure_id.eq_any(&keys))
            .select((entries::figure_id, entries::amount))
            .load(c))?;
        let mut sums: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (figure, amount) in moved {
            *sums.entry(figure.0).or_default() += amount;
        }
        for row in rows {
            report.figures += 1;
            let anew = sums.get(&row.id.0).copied().unwrap_or_default();
            if anew != row.counted {
                report.differences.push((row.kind, row.subject.0, row.counted, anew));
            }
        }
    }
}

/// What moves of a line of an order.
pub(crate) struct LineMoved {
    /// The line.
    pub line: Uuid,
    /// Its place, by which people know it.
    pub place: usize,
    /// By how much.
    pub movement: Movement,
}

/// Moves the figures of lines, in the order of their ids: one update each, whose condition carries what is left.
///
/// # Errors
/// `over`, with the `line` and what is `left` of it.
pub(crate) fn move_lines(
    tx: &mut Tx<'_>,
    kind: CountedKind,
    mut moved_lines: Vec<LineMoved>,
    over: &'static RefusalCode,
) -> Result<(), Failure> {
    moved_lines.sort_by_key(|moved| moved.line);
    let subjects: Vec<Uuid> = moved_lines.iter().map(|moved| moved.line).collect();
    let figures = locked(tx, kind, &subjects)?;
    for LineMoved { line, place, movement } in moved_lines {
        if !moved(tx, kind, line, movement)? {
            let left = figures.get(&line).map_or(0, |figure| figure.left().max(0));
            let left = Quantity::from_scaled(left).to_string();
            return Err(Refusal::new(over).with("line", place).with("left", left).into());
        }
    }
    Ok(())
}
