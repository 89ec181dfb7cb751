//! A file of rows of one sort: what was read of each, what is wrong with it, what became of it.

use super::{
    Cells, Imported,
    column::place,
    grid::{GridRow, rows_of, too_large},
    report::Outcome,
};
use domain::spine::{Refusal, RefusalCode, codes, import as rules};
use persistence::spine::{Failure, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a column stands in the file, if it does.
#[derive(Clone, Copy)]
pub(super) struct Heading {
    pub at: Option<usize>,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug)]
pub(super) struct RowFinding {
    /// The column at fault; empty for the row as a whole.
    pub column: &'static str,
    pub code: &'static RefusalCode,
    pub params: Map<String, Value>,
}

impl RowFinding {
    pub fn new<const N: usize>(
        column: &'static str,
        code: &'static RefusalCode,
        params: [(&str, Value); N],
    ) -> Self {
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { column, code, params }
    }
}

/// Rows of a file as they stand in it, to be kept and read again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RawRows {
    headings: Vec<String>,
    rows: Vec<(u32, Vec<String>)>,
}

#[derive(Clone)]
pub(super) struct Row<T> {
    pub number: u32,
    pub cells: Vec<String>,
    pub said: Option<T>,
    pub outcome: Option<Outcome>,
    pub findings: Vec<RowFinding>,
}

/// The rows of a file.
#[derive(Clone)]
pub struct Sheet<T> {
    pub(super) headings: Vec<String>,
    pub(super) places: Vec<Heading>,
    pub(super) rows: Vec<Row<T>>,
    pub(super) made: Option<String>,
    pub(super) removed: usize,
}

impl<T: Imported> Sheet<T> {
    /// Reads a file.
    ///
    /// # Errors
    /// What is no table, has other columns, or has no rows.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut grid = rows_of(bytes)?.into_iter();
        let headings = grid.next().ok_or_else(|| Refusal::new(rules::IMPORT_EMPTY).at("/file"))?.cells;
        let places = place(T::COLUMNS, &headings)?;
        let rows: Vec<Row<T>> = grid.map(|row| Self::read_row(row, &places)).collect();
        match rows.len() {
            0 => Err(Refusal::new(rules::IMPORT_EMPTY).at("/file")),
            count if count > T::ROWS_MAX => Err(too_large(T::ROWS_MAX)),
            _ => Ok(Self { headings, places, rows, made: None, removed: 0 }),
        }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The rows as they stand in the file, so many a batch.
    pub fn batches(&self, of: usize) -> Vec<RawRows> {
        let batch = |rows: &[Row<T>]| RawRows {
            headings: self.headings.clone(),
            rows: rows.iter().map(|row| (row.number, row.cells.clone())).collect(),
        };
        self.rows.chunks(of.max(1)).map(batch).collect()
    }

    /// Reads rows again that were kept as they stood in the file.
    ///
    /// # Errors
    /// Where the columns are others by now.
    pub fn of(RawRows { headings, rows }: RawRows) -> Result<Self, Refusal> {
        let places = place(T::COLUMNS, &headings)?;
        let rows = rows.into_iter().map(|(number, cells)| Self::read_row(GridRow { number, cells }, &places));
        Ok(Self { rows: rows.collect(), headings, places, made: None, removed: 0 })
    }

    /// Puts the rows into another order, by their places; each keeps its number. Those that are not named follow.
    pub fn arrange(&mut self, order: &[usize]) {
        let mut rows: Vec<Option<Row<T>>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        let mut arranged = Vec::with_capacity(rows.len());
        arranged.extend(order.iter().filter_map(|index| rows.get_mut(*index)?.take()));
        arranged.extend(rows.into_iter().flatten());
        self.rows = arranged;
    }

    fn read_row(GridRow { number, cells: texts }: GridRow, places: &[Heading]) -> Row<T> {
        let mut cells = Cells { columns: T::COLUMNS, places, cells: &texts, findings: Vec::new() };
        cells.check_all();
        let said = T::read(&mut cells);
        let mut findings = cells.findings;
        if said.is_none() && findings.is_empty() {
            findings.push(RowFinding::new("", codes::REQUIRED, []));
        }
        Row { number, cells: texts, said, outcome: None, findings }
    }

    /// The rows nothing is wrong with so far, each with what it is called by in [`Self::refuse`] and
    /// [`Self::came`].
    pub fn good(&self) -> impl Iterator<Item = (usize, &T)> {
        let sound = self.rows.iter().enumerate().filter(|(_, row)| row.findings.is_empty());
        sound.filter_map(|(index, row)| Some((index, row.said.as_ref()?)))
    }

    /// The row as the file counts it.
    pub fn number(&self, index: usize) -> u32 {
        self.rows.get(index).map_or(0, |row| row.number)
    }

    /// Refuses a row for the sake of a column; of the whole row where there is no such column.
    pub fn refuse(
        &mut self,
        index: usize,
        column: &str,
        code: &'static RefusalCode,
        params: Map<String, Value>,
    ) {
        let column = T::COLUMNS.iter().find(|known| known.name == column).map_or("", |known| known.name);
        if let Some(row) = self.rows.get_mut(index) {
            row.findings.push(RowFinding { column, code, params });
        }
    }

    /// Says what became of a row.
    pub fn came(&mut self, index: usize, outcome: Outcome) {
        if let Some(row) = self.rows.get_mut(index) {
            row.outcome = Some(outcome);
        }
    }

    /// Says where what was made can be read.
    pub fn made(&mut self, path: String) {
        self.made = Some(path);
    }

    /// Says how much that stood before is gone, because the file is the whole and has it not.
    pub fn removed(&mut self, count: usize) {
        self.removed = count;
    }

    /// Whether any row, or what is missing, changes something.
    pub fn changes_something(&self) -> bool {
        let changed = |row: &Row<T>| matches!(row.outcome, Some(Outcome::Created | Outcome::Changed));
        self.removed > 0 || self.rows.iter().any(changed)
    }

    /// Whether any row was refused.
    pub fn has_refused(&self) -> bool {
        self.rows.iter().any(|row| !row.findings.is_empty())
    }

    /// How many rows are refused for a reason.
    pub fn refused_for(&self, code: &'static RefusalCode) -> usize {
        let is_for = |row: &&Row<T>| row.findings.iter().any(|found| found.code.code == code.code);
        self.rows.iter().filter(is_for).count()
    }

    /// Refuses rows whose key an earlier row has.
    pub fn refuse_repeated<K: Ord>(&mut self, column: &'static str, key: impl Fn(&T) -> K) {
        let mut seen = std::collections::BTreeMap::new();
        let mut repeated = Vec::new();
        for (index, row) in self.good() {
            match seen.entry(key(row)) {
                std::collections::btree_map::Entry::Occupied(first) => repeated.push((index, *first.get())),
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(self.number(index));
                }
            }
        }
        for (index, first) in repeated {
            let params = Map::from_iter([("row".to_owned(), Value::from(first))]);
            self.refuse(index, column, rules::IMPORT_ROW_TWICE, params);
        }
    }

    /// Takes each good row on its own: what is refused is undone and noted, the others stand.
    ///
    /// # Errors
    /// What concerns the whole unit of work.
    pub fn each(
        &mut self,
        tx: &mut Tx<'_>,
        take: impl Fn(&mut Tx<'_>, &T) -> Result<Outcome, Failure>,
    ) -> Result<(), Failure> {
        let good: Vec<(usize, T)> = self.good().map(|(index, row)| (index, row.clone())).collect();
        for (index, row) in good {
            match tx.attempt(|tx| take(tx, &row))? {
                Ok(outcome) => self.came(index, outcome),
                Err(Failure::Refused(refusal)) => self.refuse_as(index, *refusal),
                Err(_) => self.refuse(index, "", codes::UNKNOWN_REFERENCE, Map::new()),
            }
        }
        Ok(())
    }

    /// Notes a refusal on its row: its findings on the columns that their pointers name.
    fn refuse_as(&mut self, index: usize, refusal: Refusal) {
        if refusal.findings.is_empty() {
            return self.refuse(index, "", refusal.code, refusal.params);
        }
        for finding in refusal.findings {
            let column =
                finding.pointer.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
            self.refuse(index, &column, finding.code, finding.params);
        }
    }
}
