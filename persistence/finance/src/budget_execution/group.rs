//! Lines grouped and added up: one row for each group, compared with the plan and with the year before.

use super::{ExecutionFilter, Reported, lines_of, person::by_person};
use crate::{
    finance::budget::book_currency,
    organisation::{NamedRef, PersonRef, Register},
    policy,
    schema::budgets,
    spine::{Failure, Key, Page, Reader, Slice, ToCell, View, columns, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_execution::{Dimension, Execution},
        budget_line::Balance,
        expense_category::ExpenseCategories,
        period::Period,
    },
    spine::{AnyId, Currency, Money},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use utoipa::ToSchema;

/// What a row of the report is about; only what was grouped by is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetExecutionGroup)]
pub struct ExecutionGroup {
    /// The month or quarter of the lines.
    pub period: Option<Period>,
    /// The quarter the lines lie in.
    pub quarter: Option<Period>,
    /// The department.
    pub department: Option<NamedRef>,
    /// The expense category.
    #[schema(max_length = 60)]
    pub category: Option<String>,
    /// The topmost heading of the category.
    #[schema(max_length = 60)]
    pub category_group: Option<String>,
    /// The campaign; null also for what is for none.
    #[schema(max_length = 60)]
    pub campaign: Option<String>,
    /// The region; null also for what is for none.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// The budget that opened the lines.
    pub budget_id: Option<AnyId>,
    /// That budget's number.
    #[schema(max_length = 60)]
    pub budget_number: Option<String>,
    /// In whose name documents used it.
    pub person: Option<PersonRef>,
}

/// A row of the execution report. `[BUD-8]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetExecution)]
pub struct ExecutionRow {
    /// What it is about.
    pub group: ExecutionGroup,
    /// What the budget gave. Nothing where the report is by person: money is given to departments.
    pub budget: Money,
    /// What special reviews and warnings granted beyond it.
    pub beyond: Money,
    /// Asked for by documents in approval.
    pub reserved: Money,
    /// Promised, not paid yet.
    pub committed: Money,
    /// Paid.
    pub spent: Money,
    /// What may still be asked for.
    pub available: Money,
    /// What is paid, in hundredths of a per cent of the budget; null where there is none.
    pub rate_basis_points: Option<i64>,
    /// What is paid less the budget: negative where less was spent than planned.
    pub variance_to_plan: Money,
    /// Paid in the same periods of the year before.
    pub last_year_spent: Money,
    /// What is paid less what was paid in the year before.
    pub variance_to_last_year: Money,
    /// Where it leads to: what is promised or paid so far, at the same daily rate to the last day of the row's
    /// lines. Null before their first day.
    pub forecast: Option<Money>,
}

impl View for ExecutionRow {}

/// What identifies a group, in the order in which rows are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    budget: Option<Key>,
    department: Option<(String, Key)>,
    category: Option<String>,
    category_group: Option<String>,
    campaign: Option<String>,
    region: Option<String>,
    person: Option<Key>,
    quarter: Option<Period>,
    period: Option<Period>,
}

/// The names behind keys, looked up once for a report.
struct Names {
    register: Arc<Register>,
    categories: Arc<domain::spine::PolicyVersion<ExpenseCategories>>,
    currency: Currency,
}

impl Names {
    fn load(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let today = reader.today();
        Ok(Self {
            register: Register::of(reader)?,
            categories: policy::in_force(reader, "standard", today)?,
            currency: book_currency(reader, today)?,
        })
    }

    fn key(&self, line: &Reported, person: Option<Key>, by: &[Dimension], years_back: i32) -> GroupKey {
        let mut key = GroupKey::default();
        // The year before is laid beside the present one.
        let shown = |period: Period| period.in_year(period.fiscal_year() + years_back).unwrap_or(period);
        for dimension in by {
            match dimension {
                Dimension::Period => key.period = Some(shown(line.period)),
                Dimension::Quarter => {
                    let quarter = line.period.around().find(|around| around.length() >= 3);
                    key.quarter = quarter.map(shown);
                }
                Dimension::Department => {
                    let code =
                        self.register.department(line.department.into()).map(|named| named.code.clone());
                    key.department = Some((code.unwrap_or_default(), line.department));
                }
                Dimension::Category => key.category = Some(line.category.clone()),
                Dimension::CategoryGroup => {
                    key.category_group = self.categories.content.path(&line.category).pop();
                }
                Dimension::Campaign => key.campaign.clone_from(&line.campaign),
                Dimension::Region => key.region.clone_from(&line.region),
                Dimension::Budget => key.budget = Some(line.budget),
                Dimension::Person => key.person = person,
            }
        }
        key
    }
}

/// Lines added up by group.
fn grouped(
    reader: &mut Reader<'_>,
    names: &Names,
    filter: &ExecutionFilter,
    years_back: i32,
) -> Result<BTreeMap<GroupKey, Execution>, Failure> {
    let lines = lines_of(reader, filter)?;
    let parts = if filter.by().contains(&Dimension::Person) {
        by_person(reader, filter.fiscal_year, lines)?
    } else {
        lines.into_iter().map(|line| (None, line)).collect()
    };
    let mut groups: BTreeMap<GroupKey, Execution> = BTreeMap::new();
    for (person, line) in parts {
        let key = names.key(&line, person, filter.by(), years_back);
        let execution = line.execution();
        groups.entry(key).and_modify(|group| group.add(execution)).or_insert(execution);
    }
    Ok(groups)
}

/// Every row of a report.
pub fn report(reader: &mut Reader<'_>, filter: &ExecutionFilter) -> Result<Vec<ExecutionRow>, Failure> {
    let names = Names::load(reader)?;
    let mut groups = grouped(reader, &names, filter, 0)?;
    let before = match filter.a_year_before() {
        Some(before) => grouped(reader, &names, &before, 1)?,
        None => BTreeMap::new(),
    };
    for (key, execution) in &before {
        let nothing = Execution { balance: Balance::default(), ..*execution };
        groups.entry(key.clone()).or_insert(nothing);
    }
    let shown = Shown::load(reader, &names, groups.keys())?;
    let today = reader.today();
    let money = |minor| Money::from_minor(minor, names.currency);
    let row = |(key, execution): (GroupKey, Execution)| {
        let last_year = before.get(&key).map_or(0, |execution| execution.balance.spent);
        let Balance { beyond, reserved, committed, spent, .. } = execution.balance;
        let budgeted = execution.balance.budgeted();
        let given = !filter.by().contains(&Dimension::Person);
        ExecutionRow {
            group: shown.group(key),
            budget: money(budgeted),
            beyond: money(beyond),
            reserved: money(reserved),
            committed: money(committed),
            spent: money(spent),
            available: money(if given { execution.balance.available() } else { 0 }),
            rate_basis_points: execution.rate_basis_points(),
            variance_to_plan: money(if given { spent - budgeted } else { 0 }),
            last_year_spent: money(last_year),
            variance_to_last_year: money(spent - last_year),
            forecast: execution.forecast(today).map(money),
        }
    };
    Ok(groups.into_iter().map(row).collect())
}

/// A page of a report: reports are computed whole, and small.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ExecutionFilter,
    page: &Page,
) -> Result<Slice<ExecutionRow>, Failure> {
    Ok(Slice::of(report(reader, filter)?, page))
}

/// The names that the groups of one report show.
struct Shown<'a> {
    names: &'a Names,
    budgets: HashMap<Key, String>,
}

impl<'a> Shown<'a> {
    fn load<'k>(
        reader: &mut Reader<'_>,
        names: &'a Names,
        keys: impl Iterator<Item = &'k GroupKey>,
    ) -> Result<Self, Failure> {
        let shown: BTreeSet<Key> = keys.filter_map(|key| key.budget).collect();
        let mut numbers = HashMap::new();
        // Pieces, because an engine takes only so many parameters at once.
        for piece in Vec::from_iter(shown).chunks(5_000) {
            let rows: Vec<(Key, String)> = db!(reader, |c| budgets::table
                .filter(budgets::id.eq_any(piece))
                .select((budgets::id, budgets::number))
                .load(c))?;
            numbers.extend(rows);
        }
        Ok(Self { names, budgets: numbers })
    }

    fn group(&self, key: GroupKey) -> ExecutionGroup {
        let GroupKey {
            budget,
            department,
            category,
            category_group,
            campaign,
            region,
            person,
            quarter,
            period,
        } = key;
        ExecutionGroup {
            period,
            quarter,
            department: department.and_then(|(_, id)| self.names.register.department(id.into()).cloned()),
            category,
            category_group,
            campaign,
            region,
            budget_id: budget.map(Into::into),
            budget_number: budget.and_then(|id| self.budgets.get(&id).cloned()),
            person: person.and_then(|id| self.names.register.person(id.into()).cloned()),
        }
    }
}

columns! { ExecutionRow as "budget-execution" "预算执行" "Budget execution", domain::spine::Permission::ExportBudgets:
    period "期间" "Period" = |row| row.group.period.map(|period| period.to_string());
    quarter "季度" "Quarter" = |row| row.group.quarter.map(|quarter| quarter.to_string());
    department "部门" "Department" = |row| row.group.department.cell();
    category_group "费用大类" "Category group" = |row| row.group.category_group.as_ref();
    category "费用类别" "Category" = |row| row.group.category.as_ref();
    campaign "活动" "Campaign" = |row| row.group.campaign.as_ref();
    region "区域" "Region" = |row| row.group.region.as_ref();
    budget_number "预算编号" "Budget number" = |row| row.group.budget_number.as_ref();
    person "人员" "Person" = |row| row.group.person.cell();
    currency "币种" "Currency" = |row| row.budget.currency().code();
    budget "预算" "Budget";
    beyond "超预算特批" "Beyond the budget";
    reserved "预占" "Reserved";
    committed "占用" "Committed";
    spent "支出" "Spent";
    available "可用" "Available";
    rate_basis_points "执行率（万分之）" "Rate in basis points";
    variance_to_plan "与预算差异" "Variance to plan";
    last_year_spent "上年同期支出" "Spent last year";
    variance_to_last_year "与上年差异" "Variance to last year";
    forecast "预测" "Forecast";
}
