//! Planned lines from a spreadsheet, as departments hand them to finance. `[BUD-1, BUD-2, INT-5]`
//!
//! Each row is one planned amount. The budget's own rules judge the lines that come out, so a file can say
//! nothing that a body could not.

use super::row::{LineRow, cells_of};
use crate::spine::{
    ByRules, Can, IfMatch, PathId, Problem, Query, Reading, Reply, UnitOfWork, Upload, codes,
    import::{ImportReport, Outcome, Sheet, Template, TemplateFormat},
};
use domain::{
    finance::budget::{Budget, BudgetContent, BudgetRules, PLANNED_LINES_MAX, PlannedLine},
    spine::{DepartmentId, Finding, Refusal, codes as refusals, perm},
};
use persistence::{
    finance::budget::{self as budgets, BudgetWorld},
    organisation::department,
    spine::{Failure, Reader, Tx},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use utoipa::IntoParams;
use validator::Validate;

/// What the template holds.
#[derive(Debug, Deserialize, Validate, IntoParams)]
pub(super) struct WhichTemplate {
    /// Whether the lines of the budget stand in it already, to be changed and handed in again.
    filled: Option<bool>,
}

/// Show which columns an import of budget lines has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/budgets/{id}/lines/import-template")]
pub(super) async fn show_budget_line_template(
    who: Can<perm::ReadBudgets>,
    id: PathId<Budget>,
    which: Query<WhichTemplate>,
    format: TemplateFormat,
    _: ByRules,
    reading: Reading,
) -> Template {
    let is_filled = which.filled.unwrap_or(false);
    let filled = reading
        .value(who, move |reader| {
            let budget = budgets::find(reader, *id)?;
            if !is_filled {
                return Ok(Vec::new());
            }
            let codes = Departments::load(reader)?;
            Ok(budget.content.lines.iter().map(|line| cells_of(line, codes.code_of(line))).collect())
        })
        .await?;
    reading.template::<LineRow>(format, filled).await
}

/// How a file of lines is meant.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ImportBudgetLines {
    /// Whether the good rows shall be taken where others are bad.
    partial: Option<bool>,
    /// Whether lines that are not in the file shall be gone: the file is the whole allocation. Otherwise they
    /// stay as they are. Not together with `partial`.
    replace: Option<bool>,
}

/// Import the lines of a budget from CSV or XLSX. `[BUD-1, BUD-2, INT-5]`
///
/// While it is a draft, returned or withdrawn. A row about the same department, category, period, campaign, region
/// and purpose as a line changes that line; any other adds one. Departments are named by code or id; a year is
/// split into months by the largest remainder unless the row says otherwise. Lines that no longer add up to a
/// declared sum are refused with the difference. With `validate_only=true` the report says of every row what would
/// become of it.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/lines/import")]
pub(super) async fn import_budget_lines(
    who: Can<perm::CompileBudgets>,
    id: PathId<Budget>,
    version: IfMatch,
    how: Query<ImportBudgetLines>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let how = Manner { partial: how.partial.unwrap_or(false), whole: how.replace.unwrap_or(false) };
    if how.partial && how.whole {
        let problem = Problem::new(codes::BAD_PARAMETER).with("parameter", "partial");
        return Err(problem.with("reason", "not together with replace").at("partial", "replace"));
    }
    let sheet = upload.sheet::<LineRow>().await?;
    work.import(who, sheet, how.partial, move |tx, sheet| {
        let budget = budgets::find(tx, *id)?;
        version.check(budget.version)?;
        take(tx, sheet, budget, how)
    })
    .await
}

/// How a file is meant.
#[derive(Clone, Copy)]
struct Manner {
    /// Good rows are taken beside bad ones.
    partial: bool,
    /// The file is the whole allocation.
    whole: bool,
}

fn take(tx: &mut Tx<'_>, sheet: &mut Sheet<LineRow>, budget: Budget, how: Manner) -> Result<(), Failure> {
    budget.may_revise(tx.actor())?;
    let departments = Departments::load(tx)?;
    let old = &budget.content;
    let planned = planned(sheet, old, &departments);
    let world = BudgetWorld::today(tx)?;
    let content = sound_content(sheet, old, &planned, how, world.rules())?;
    tell(sheet, old, &content, &planned);
    if sheet.changes_something() && (how.partial || !sheet.has_refused()) {
        let budget = budgets::revise(tx, budget, content)?;
        sheet.made(format!("/api/v1/budgets/{}", budget.id));
    }
    Ok(())
}

/// The lines that rows mean, by row. Refuses rows of departments nobody knows, and rows about the same line.
fn planned(
    sheet: &mut Sheet<LineRow>,
    content: &BudgetContent,
    departments: &Departments,
) -> BTreeMap<usize, PlannedLine> {
    let (mut planned, mut unknown) = (BTreeMap::new(), Vec::new());
    for (index, row) in sheet.good() {
        match row.department.as_deref().map(|name| departments.find(name)) {
            Some(None) => unknown.push(index),
            named => drop(planned.insert(index, row.planned(named.flatten()))),
        }
    }
    for index in unknown {
        sheet.refuse(index, "department", refusals::UNKNOWN_REFERENCE, Map::new());
    }
    sheet.refuse_repeated("", |row| {
        let named = row.department.as_deref().and_then(|name| departments.find(name));
        content.key_of(&row.planned(named))
    });
    planned
}

/// The budget's content with the good rows, once every row that makes it unsound is refused. Its sums are not
/// asked where one bad row keeps all out: without that row they cannot come right.
fn sound_content(
    sheet: &mut Sheet<LineRow>,
    old: &BudgetContent,
    planned: &BTreeMap<usize, PlannedLine>,
    how: Manner,
    rules: BudgetRules<'_>,
) -> Result<BudgetContent, Failure> {
    loop {
        let good: Vec<usize> = sheet.good().map(|(index, _)| index).collect();
        let lines = good.iter().filter_map(|index| planned.get(index)).cloned();
        let (content, places) = old.with_lines(lines, how.whole);
        if content.lines.len() > PLANNED_LINES_MAX {
            let refusal = Refusal::new(refusals::BAD_LENGTH).with("min", 0).with("max", PLANNED_LINES_MAX);
            return Err(refusal.at("/lines").into());
        }
        let Err(refusal) = content.check(rules) else { return Ok(content) };
        let rows: HashMap<usize, usize> = places.into_iter().zip(good).collect();
        if !refuse_rows(sheet, &refusal.findings, &rows) {
            // What is left is no row's fault: a sum that differs, or what stood before.
            let nothing_is_kept = sheet.has_refused() && !how.partial;
            return if nothing_is_kept { Ok(content) } else { Err(refusal.into()) };
        }
    }
}

/// Notes findings on the rows whose lines they point to; whether there was any.
fn refuse_rows(sheet: &mut Sheet<LineRow>, findings: &[Finding], rows: &HashMap<usize, usize>) -> bool {
    let mut is_refused = false;
    for finding in findings {
        let Some((place, field)) = place_of(finding) else { continue };
        let Some(index) = rows.get(&place) else { continue };
        let mut params = finding.params.clone();
        // "The same as line 3" counts the budget's lines: the file counts its own rows.
        let other = params.get("other").and_then(Value::as_u64).and_then(|line| usize::try_from(line).ok());
        if let Some(row) = other.and_then(|line| rows.get(&(line - 1))) {
            params.insert("other".to_owned(), sheet.number(*row).into());
        }
        let column = field.rsplit('/').find_map(column_of).unwrap_or_default();
        sheet.refuse(*index, column, finding.code, params);
        is_refused = true;
    }
    is_refused
}

/// The line and field that a finding points to: `/lines/3/split/weights`.
fn place_of(finding: &Finding) -> Option<(usize, &str)> {
    let place = finding.pointer.strip_prefix("/lines/")?;
    let (index, field) = place.split_once('/').unwrap_or((place, ""));
    Some((index.parse().ok()?, field))
}

/// The column in which a field of a line stands; none for a part that has no name of its own.
fn column_of(field: &str) -> Option<&str> {
    match field {
        "department_id" => Some("department"),
        "" | "into" => None,
        "split" => Some("split"),
        other => Some(other),
    }
}

/// Says of each good row what it does to the budget, and how many lines are gone.
fn tell(
    sheet: &mut Sheet<LineRow>,
    old: &BudgetContent,
    new: &BudgetContent,
    planned: &BTreeMap<usize, PlannedLine>,
) {
    let keyed = |content: &BudgetContent| -> HashMap<_, _> {
        content.lines.iter().map(|line| (content.key_of(line), line.clone())).collect()
    };
    let (before, after) = (keyed(old), keyed(new));
    let good: Vec<usize> = sheet.good().map(|(index, _)| index).collect();
    for index in good {
        let Some(key) = planned.get(&index).map(|line| new.key_of(line)) else { continue };
        let outcome = match before.get(&key) {
            None => Outcome::Created,
            known if known == after.get(&key) => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        sheet.came(index, outcome);
    }
    sheet.removed(before.keys().filter(|key| !after.contains_key(key)).count());
}

/// The open departments by code and by id.
struct Departments(Vec<(DepartmentId, String)>);

impl Departments {
    fn load(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self(department::open_codes(reader)?))
    }

    fn find(&self, name: &str) -> Option<DepartmentId> {
        let id: Option<DepartmentId> = name.parse().ok();
        self.0.iter().find(|(known, code)| code == name || Some(*known) == id).map(|(known, _)| *known)
    }

    /// The code of a line's department; its id where the department is no longer open.
    fn code_of(&self, line: &PlannedLine) -> String {
        let Some(department) = line.department else { return String::new() };
        let open = self.0.iter().find(|(known, _)| *known == department);
        open.map_or_else(|| department.to_string(), |(_, code)| code.clone())
    }
}
