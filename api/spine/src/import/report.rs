//! What became of a file, row by row, and its bad rows as a file to be mended and handed in again.

use super::{
    Imported,
    column::PROBLEMS,
    table::{Row, RowFinding, Sheet},
};
use crate::spine::{View, csv_text};
use domain::spine::{Finding, Language, Refusal, import as rules};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// Something new was made of it.
    Created,
    /// It changed something.
    Changed,
    /// Everything it says stood already.
    Unchanged,
    /// Something is wrong with it: nothing was done.
    Refused,
}

domain::labels! { Outcome = "ImportOutcome":
    Created = "created", "新增", "Created";
    Changed = "changed", "更新", "Changed";
    Unchanged = "unchanged", "未变", "Unchanged";
    Refused = "refused", "有误", "Refused";
}

/// One thing that is wrong with a row.
#[derive(Serialize, ToSchema)]
struct ImportFinding {
    /// The field of the column at fault; empty for the row as a whole.
    #[schema(max_length = 60)]
    column: &'static str,
    /// The heading of that column in the file, if it has one.
    #[schema(max_length = 200)]
    heading: Option<String>,
    /// The stable code.
    #[schema(max_length = 100)]
    code: &'static str,
    /// In Chinese.
    #[schema(max_length = 2000)]
    zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    en: String,
}

/// What became of one row.
#[derive(Serialize, ToSchema)]
struct ImportRow {
    /// Where it stands in the file, counted from 1 as a spreadsheet does; the headings count.
    #[schema(minimum = 1)]
    row: u32,
    /// What became of it, or would have.
    outcome: Outcome,
    /// Everything that is wrong with it.
    #[schema(max_items = 200)]
    findings: Vec<ImportFinding>,
}

/// What became of a file of rows. `[INT-5]`
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    /// Whether anything was kept: not in a rehearsal.
    kept: bool,
    /// How many rows made something new.
    #[schema(minimum = 0)]
    created: usize,
    /// How many rows changed something.
    #[schema(minimum = 0)]
    changed: usize,
    /// How many rows said what stood already.
    #[schema(minimum = 0)]
    unchanged: usize,
    /// How many rows were refused.
    #[schema(minimum = 0)]
    refused: usize,
    /// How much that stood before and is not in the file is gone, or would be: only where the file was to be
    /// the whole.
    #[schema(minimum = 0)]
    removed: usize,
    /// Where what was made as a whole can be read.
    #[schema(max_length = 200, example = "/api/v1/policies/01977a3e-8f00-7000-8000-000000000001")]
    place: Option<String>,
    /// Each row.
    #[schema(max_items = 20000)]
    rows: Vec<ImportRow>,
    /// The refused rows as CSV in the columns of the file, with one more column that says what is wrong. Save
    /// it, mend it, hand it in again; that column is not read.
    #[schema(max_length = 20000000)]
    refused_rows: Option<String>,
}

impl View for ImportReport {}

impl<T: Imported> Sheet<T> {
    /// The report; one bad row refuses all, unless nothing is kept anyway or the good ones shall be taken.
    ///
    /// # Errors
    /// `import.rows_refused`.
    pub fn report(&self, partial: bool, rehearsal: bool) -> Result<ImportReport, Refusal> {
        let is_bad = |row: &&Row<T>| !row.findings.is_empty();
        let refused = self.rows.iter().filter(is_bad).count();
        if refused > 0 && !rehearsal && (!partial || refused == self.rows.len()) {
            return Err(self.refusal(refused));
        }
        let count = |wanted| self.rows.iter().filter(|row| outcome(row) == wanted).count();
        let (created, changed) = (count(Outcome::Created), count(Outcome::Changed));
        Ok(ImportReport {
            kept: !rehearsal && created + changed + self.removed > 0,
            created,
            changed,
            unchanged: count(Outcome::Unchanged),
            refused,
            removed: self.removed,
            place: self.made.clone().filter(|_| !rehearsal),
            rows: self.rows.iter().map(|row| self.shown(row)).collect(),
            refused_rows: if refused == 0 { None } else { Some(self.refused_rows(self.widest())) },
        })
    }

    /// Says at most so many findings of a file that is refused; a rehearsal tells all.
    const FINDINGS_MAX: usize = 1_000;

    fn refusal(&self, refused: usize) -> Refusal {
        let mut refusal = Refusal::new(rules::IMPORT_ROWS_REFUSED).with("count", refused);
        let each = self.rows.iter().flat_map(|row| row.findings.iter().map(move |found| (row.number, found)));
        refusal.findings = each.take(Self::FINDINGS_MAX).map(|(row, found)| finding(row, found)).collect();
        refusal
    }

    fn heading(&self, column: &str) -> Option<String> {
        let index = T::COLUMNS.iter().position(|known| known.name == column)?;
        self.headings.get(self.places.get(index)?.at?).cloned()
    }

    fn shown(&self, row: &Row<T>) -> ImportRow {
        let findings = row.findings.iter().map(|found| ImportFinding {
            column: found.column,
            heading: self.heading(found.column),
            code: found.code.code,
            zh: found.code.text(Language::Chinese, &found.params),
            en: found.code.text(Language::English, &found.params),
        });
        ImportRow { row: row.number, outcome: outcome(row), findings: findings.collect() }
    }

    /// How many rows came out how, by the codes of the outcomes.
    pub fn counts(&self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(outcome(row).code().to_owned()).or_default() += 1;
        }
        counts
    }

    /// The refused rows as a piece of a file to be mended, under the headings or, where those stand already, behind
    /// others; nothing where none were. What stands beyond the headings is left out.
    pub fn refused_piece(&self, with_headings: bool) -> Option<Vec<u8>> {
        let file = self.has_refused().then(|| self.refused_rows(self.headings.len()))?;
        if with_headings {
            return Some(file.into_bytes());
        }
        // Headings have no lines inside.
        file.split_once("\r\n").map(|(_, rows)| rows.as_bytes().to_vec())
    }

    fn widest(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(self.headings.len())
    }

    fn refused_rows(&self, width: usize) -> String {
        let problems = |row: &Row<T>| {
            let said = row.findings.iter().map(|found| {
                let heading = self.heading(found.column).unwrap_or_else(|| found.column.to_owned());
                let zh = found.code.text(Language::Chinese, &found.params);
                let en = found.code.text(Language::English, &found.params);
                format!("{heading}: {zh} {en}")
            });
            said.collect::<Vec<_>>().join("; ")
        };
        // What an earlier round said is replaced.
        let kept: Vec<usize> = (0..width)
            .filter(|index| self.headings.get(*index).is_none_or(|heading| heading != PROBLEMS))
            .collect();
        let cell = |cells: &[String], index: &usize| cells.get(*index).cloned().unwrap_or_default();
        let line = |cells: &[String], last: String| -> Vec<String> {
            kept.iter().map(|index| cell(cells, index)).chain([last]).collect()
        };
        let bad = self.rows.iter().filter(|row| !row.findings.is_empty());
        let bad = bad.map(|row| line(&row.cells, problems(row)));
        csv_text([line(&self.headings, PROBLEMS.to_owned())].into_iter().chain(bad))
    }
}

/// What became of a row; a good one nobody spoke of was left as it is.
fn outcome<T>(row: &Row<T>) -> Outcome {
    if row.findings.is_empty() { row.outcome.unwrap_or(Outcome::Unchanged) } else { Outcome::Refused }
}

fn finding(row: u32, found: &RowFinding) -> Finding {
    let pointer = match found.column {
        "" => format!("/rows/{row}"),
        column => format!("/rows/{row}/{column}"),
    };
    Finding { pointer, code: found.code, params: found.params.clone() }
}
