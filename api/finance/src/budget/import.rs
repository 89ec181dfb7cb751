//! Planned lines from a spreadsheet, as departments hand them to finance. `[BUD-1, BUD-2, INT-5]`
//!
//! Each row is one planned amount. The budget's own rules judge the lines that come out, so a file can say
//! nothing that a body could not.

use super::row::{LineRow, cells_of};
use crate::spine::{
    At, ByRules, Can, PathId, Problem, Query, Reading, Reply, UnitOfWork, Upload,
    import::{ImportReport, Outcome, Sheet, Template, TemplateFormat},
};
use domain::{
    approval::Document,
    finance::{
        budget::{Budget, BudgetContent, BudgetRules, PLANNED_LINES_MAX, PlannedLine},
        expense_category::ExpenseCategories,
    },
    spine::{
        DepartmentId, Finding, PolicyVersion, Refusal, RefusalCode, codes as refusals, import as rules,
        in_both, perm,
    },
};
use persistence::{
    finance::budget::{self as budgets, BudgetWorld},
    organisation::{NamedRef, department},
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
    let (filled, lists) = reading
        .value(who, move |reader| {
            let budget = budgets::find(reader, *id)?;
            let (departments, world) = (Departments::load(reader)?, BudgetWorld::today(reader)?);
            let own = budget.content.scope.department;
            let filled = |line: &PlannedLine| cells_of(line, departments.code_of(line, own));
            let lines = budget.content.lines.iter().filter(|_| is_filled).map(filled).collect();
            let categories = world.rules().categories.content.categories.iter();
            let lists = vec![
                ("department", departments.0.iter().map(|known| known.name_zh.clone()).collect()),
                ("category", categories.map(|category| category.zh.clone()).collect()),
            ];
            Ok((lines, lists))
        })
        .await?;
    reading.template::<LineRow>(format, filled, lists).await
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
/// and purpose as a line changes that line; any other adds one. Departments are named by code, id or a name that no other
/// has, categories by code or such a name; a year is
/// split into months by the largest remainder unless the row says otherwise. Lines that no longer add up to a
/// declared sum are refused with the difference. With `validate_only=true` the report says of every row what would
/// become of it.
#[utoipa::path(post, path = "/api/v1/budgets/{id}/lines/import")]
pub(super) async fn import_budget_lines(
    who: Can<perm::CompileBudgets>,
    at: At<Budget>,
    how: Query<ImportBudgetLines>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let how = Manner { partial: how.partial.unwrap_or(false), whole: how.replace.unwrap_or(false) };
    if how.partial && how.whole {
        let reason = in_both("不能与 replace 同时使用", "not together with replace");
        return Err(Problem::bad_parameter("partial", reason));
    }
    let sheet = upload.sheet::<LineRow>().await?;
    work.import(who, sheet, how.partial, move |tx, sheet| {
        let budget = at.find(tx)?;
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
    let old = &budget.content;
    let world = BudgetWorld::today(tx)?;
    let known = Known { departments: Departments::load(tx)?, categories: world.rules().categories };
    let planned = planned(sheet, old, &known);
    let content = sound_content(sheet, old, &planned, how, world.rules())?;
    tell(sheet, old, &content, &planned);
    if sheet.changes_something() && (how.partial || !sheet.has_refused()) {
        let budget = budgets::revise(tx, budget, content)?;
        sheet.made(format!("/api/v1/budgets/{}", budget.id));
    }
    Ok(())
}

/// The lines that rows mean, by row. Refuses rows of departments nobody knows, names that several have, and rows about
/// the same line.
fn planned(
    sheet: &mut Sheet<LineRow>,
    content: &BudgetContent,
    known: &Known,
) -> BTreeMap<usize, PlannedLine> {
    let (mut planned, mut wrong) = (BTreeMap::new(), Vec::new());
    // A line that is the budget's own department's stays so, whether the file names that department or not.
    let named: HashMap<_, _> =
        content.lines.iter().map(|line| (content.key_of(line), line.department)).collect();
    for (index, row) in sheet.good() {
        match known.line(row) {
            Ok(line) => {
                let department = named.get(&content.key_of(&line)).copied().unwrap_or(line.department);
                planned.insert(index, PlannedLine { department, ..line });
            }
            Err(found) => wrong.push((index, found)),
        }
    }
    for (index, (column, code, name)) in wrong {
        sheet.refuse(index, column, code, Map::from_iter([("name".to_owned(), name.into())]));
    }
    sheet.refuse_repeated("", |row| known.line(row).ok().map(|line| content.key_of(&line)));
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

/// What a name in a cell is refused with: its column, why, and the name.
type Unknown = (&'static str, &'static RefusalCode, String);

/// What a row can name.
struct Known<'a> {
    departments: Departments,
    categories: &'a PolicyVersion<ExpenseCategories>,
}

impl Known<'_> {
    fn line(&self, row: &LineRow) -> Result<PlannedLine, Unknown> {
        let department = row.department.as_deref().map(|name| self.departments.find(name)).transpose()?;
        Ok(row.planned(department, self.category(&row.category)?))
    }

    /// A category by its code, or by a name that no other has; what nobody knows is judged with the budget.
    fn category(&self, name: &str) -> Result<String, Unknown> {
        let categories = &self.categories.content;
        if categories.find(name).is_some() {
            return Ok(name.to_owned());
        }
        let mut named =
            categories.categories.iter().filter(|category| category.zh == name || category.en == name);
        match (named.next(), named.next()) {
            (Some(category), None) => Ok(category.code.clone()),
            (Some(_), Some(_)) => Err(("category", rules::IMPORT_AMBIGUOUS, name.to_owned())),
            _ => Ok(name.to_owned()),
        }
    }
}

/// The open departments by code, by name, and by id.
struct Departments(Vec<NamedRef>);

impl Departments {
    fn load(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        Ok(Self(department::open_names(reader)?))
    }

    fn find(&self, name: &str) -> Result<DepartmentId, Unknown> {
        let id = |known: &NamedRef| DepartmentId::from_uuid(known.id.uuid());
        let wanted: Option<DepartmentId> = name.parse().ok();
        let exact = self.0.iter().find(|known| known.code == name || Some(id(known)) == wanted);
        let mut named = self.0.iter().filter(|known| known.name_zh == name || known.name_en == name);
        match (exact, named.next(), named.next()) {
            (Some(known), ..) | (None, Some(known), None) => Ok(id(known)),
            (None, Some(_), Some(_)) => Err(("department", rules::IMPORT_AMBIGUOUS, name.to_owned())),
            (None, ..) => Err(("department", refusals::UNKNOWN_REFERENCE, name.to_owned())),
        }
    }

    /// The code of a line's department, else the budget's own; its id where the department is no longer open.
    fn code_of(&self, line: &PlannedLine, own: DepartmentId) -> String {
        let department = line.department.unwrap_or(own);
        let open = self.0.iter().find(|known| known.id.uuid() == department.uuid());
        open.map_or_else(|| department.to_string(), |known| known.code.clone())
    }
}
