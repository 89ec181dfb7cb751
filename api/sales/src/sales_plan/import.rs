//! Targets from a spreadsheet: a row a person, twelve months. `[SAL-1a, EXT, INT-5]`

use crate::spine::{
    At, ByRules, Can, Label, PathId, Reading, Reply, UnitOfWork, Upload,
    import::{Cells, ImportColumn, ImportReport, Imported, Outcome, Sheet, Template, TemplateFormat},
};
use domain::{
    approval::Document,
    sales_plan::{Measure, OUTSIDE, PersonalYear, PlanNode, PlanPeriod, SalesPlan, Scope, with_people},
    spine::{Currency, Money, codes, perm},
};
use persistence::{
    organisation::department,
    sales_plan::{self as plans, people},
    spine::{Failure, Reader, Tx},
};
use serde_json::Map;

/// The columns of the months.
const MONTHS: [&str; 12] =
    ["m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08", "m09", "m10", "m11", "m12"];

/// What people read of a month's column.
const HINT: (&str, &str) = (
    "金额类指标以元为单位，最多两位小数；数量与客户数为整数",
    "Amounts in yuan with at most two decimals; quantities and customers in whole numbers",
);

const fn month(name: &'static str, zh: &'static str, en: &'static str) -> ImportColumn {
    ImportColumn::required(name, zh, en, HINT)
}

/// A person's targets as a row of a file says them.
#[derive(Clone)]
pub(super) struct TargetRow {
    number: String,
    months: [Money; 12],
}

impl Imported for TargetRow {
    const FILE: Label =
        Label { name: "sales-targets", zh: "个人销售目标", en: "Sales targets of people" };
    const COLUMNS: &'static [ImportColumn] = &[
        ImportColumn::required(
            "number",
            "工号",
            "Employee number",
            ("在职员工的工号，每人一行", "Of somebody who works here; a row a person"),
        ),
        month("m01", "1月", "January"),
        month("m02", "2月", "February"),
        month("m03", "3月", "March"),
        month("m04", "4月", "April"),
        month("m05", "5月", "May"),
        month("m06", "6月", "June"),
        month("m07", "7月", "July"),
        month("m08", "8月", "August"),
        month("m09", "9月", "September"),
        month("m10", "10月", "October"),
        month("m11", "11月", "November"),
        month("m12", "12月", "December"),
    ];

    const ROWS_MAX: usize = 300;

    const NUMBERS: &'static [&'static str] = &MONTHS;

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let number = cells.text("number", 40);
        // Every month is read, so that everything wrong of a row is said at once.
        let months = MONTHS.map(|column| cells.money(column, Currency::Cny));
        let mut read = [Money::zero(Currency::Cny); 12];
        for (place, month) in read.iter_mut().zip(months) {
            *place = month?;
        }
        Some(Self { number: number?, months: read })
    }
}

/// Show which columns an import of targets has. `[INT-5]`
///
/// As JSON, or with `format=xlsx` or `format=csv` as a file to be filled in.
#[utoipa::path(get, path = "/api/v1/sales-plans/{id}/targets/import-template")]
pub(super) async fn show_sales_target_template(
    who: Can<perm::CompileSalesPlans>,
    id: PathId<SalesPlan>,
    format: TemplateFormat,
    _: ByRules,
    reading: Reading,
) -> Template {
    reading.value(who, move |reader: &mut Reader<'_>| plans::find(reader, *id).map(drop)).await?;
    reading.template::<TargetRow>(format, Vec::new(), Vec::new()).await
}

/// Import the targets of people from CSV or XLSX. `[SAL-1a, EXT, INT-5]`
///
/// Into a plan that is a draft, returned or withdrawn: a row a person, twelve months; who is in the file has exactly those
/// targets, in the department they work in, and everybody else keeps theirs. What the targets of a department have beyond
/// its people is its reserve. With `validate_only=true` the report says of every row what would become of it.
#[utoipa::path(post, path = "/api/v1/sales-plans/{id}/targets/import")]
pub(super) async fn import_sales_targets(
    who: Can<perm::CompileSalesPlans>,
    at: At<SalesPlan>,
    upload: Upload,
    work: UnitOfWork,
) -> Reply<ImportReport> {
    let sheet = upload.sheet::<TargetRow>().await?;
    work.import(who, sheet, false, move |tx, sheet| {
        let plan = at.find(tx)?;
        take(tx, sheet, plan)
    })
    .await
}

fn take(tx: &mut Tx<'_>, sheet: &mut Sheet<TargetRow>, plan: SalesPlan) -> Result<(), Failure> {
    plan.may_revise(tx.actor())?;
    sheet.refuse_repeated("number", |row| row.number.clone());
    let read = read(tx, sheet, &plan)?;
    for (index, one) in &read {
        let outcome = match had(&plan, one) {
            None => Outcome::Created,
            Some(months) if months == one.months => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        sheet.came(*index, outcome);
    }
    if sheet.has_refused() || !sheet.changes_something() {
        return Ok(());
    }
    let people: Vec<PersonalYear> = read.into_iter().map(|(_, one)| one).collect();
    let tree = department::tree(tx)?;
    let nodes = with_people(plan.content.nodes.clone(), plan.content.year, &people, &tree);
    let (grounds, place) = (plan.content.grounds.clone(), format!("/api/v1/sales-plans/{}", plan.id));
    let change = plan.revise((grounds, nodes), &tree, tx.actor())?;
    plans::apply(tx, change)?;
    sheet.made(place);
    Ok(())
}

/// The people whom the good rows name, by row. Refuses who is not known, or works outside the plan's department.
fn read(
    tx: &mut Tx<'_>,
    sheet: &mut Sheet<TargetRow>,
    plan: &SalesPlan,
) -> Result<Vec<(usize, PersonalYear)>, Failure> {
    let rows: Vec<(usize, TargetRow)> = sheet.good().map(|(index, row)| (index, row.clone())).collect();
    let numbers: Vec<&str> = rows.iter().map(|(_, row)| row.number.as_str()).collect();
    let (known, tree) = (people::numbered(tx, &numbers)?, department::tree(tx)?);
    let within = tree.subtree(plan.department);
    let mut read = Vec::with_capacity(rows.len());
    for (index, row) in rows {
        let Some((person, department)) = known.get(&row.number).copied() else {
            sheet.refuse(index, "number", codes::UNKNOWN_REFERENCE, Map::new());
            continue;
        };
        if !within.contains(&department) {
            sheet.refuse(index, "number", OUTSIDE, Map::new());
            continue;
        }
        match counted(plan.content.measure, &row.months) {
            Ok(months) => read.push((index, PersonalYear { person, department, months })),
            Err(column) => sheet.refuse(index, column, codes::BAD_FORMAT, whole_numbers()),
        }
    }
    Ok(read)
}

fn whole_numbers() -> Map<String, serde_json::Value> {
    Map::from_iter([("expected".to_owned(), domain::spine::in_both("整数", "a whole number"))])
}

/// A row's numbers in the unit of the measure; the column of one that is no whole number where there must be.
fn counted(measure: Measure, row: &[Money; 12]) -> Result<[i64; 12], &'static str> {
    let mut months = [0; 12];
    for ((month, money), column) in months.iter_mut().zip(row).zip(MONTHS) {
        *month = match measure {
            Measure::Amount | Measure::Profit | Measure::Receipts => money.minor(),
            Measure::Quantity | Measure::NewCustomers if money.minor() % 100 == 0 => money.minor() / 100,
            Measure::Quantity | Measure::NewCustomers => return Err(column),
        };
    }
    Ok(months)
}

/// What somebody had in the months of the plan; none where they had nothing.
fn had(plan: &SalesPlan, one: &PersonalYear) -> Option<[i64; 12]> {
    let scope = Scope { department: one.department, person: Some(one.person) };
    let target = |month: PlanPeriod| {
        let same = |node: &&PlanNode| node.scope == scope && node.period == month;
        plan.content.nodes.iter().find(same).map(|node| node.target)
    };
    let months: Vec<i64> = PlanPeriod::Year(plan.content.year).months().filter_map(target).collect();
    months.try_into().ok()
}
