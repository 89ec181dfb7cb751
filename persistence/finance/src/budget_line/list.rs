//! Lines with their balances, as they are shown. `[BUD-4, BUD-8]`

use super::row::Row;
use crate::{
    finance::budget::BUDGET,
    organisation::{DEPARTMENT, NamedColumns, NamedRef, like, lower, lower_if_any},
    schema::{budget_lines as lines, budgets, departments},
    spine::{
        Amount, Amounts, Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, Target, View,
        Where, columns, in_json, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::Budget,
        budget_line::{BudgetLine, Control, Purpose},
        period::Period,
    },
    spine::{AnyId, Currency, DepartmentId, Id, Money, Permission, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A line of a budget with what stands on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetLine)]
pub struct BudgetLineView {
    /// Its identity.
    pub id: AnyId,
    /// The budget that opened it.
    pub budget_id: AnyId,
    /// That budget's number.
    #[schema(max_length = 60, example = "BG-2026-000012")]
    pub budget_number: String,
    /// The department whose money it is.
    pub department: NamedRef,
    /// The expense category's code; a heading stands for everything below it.
    #[schema(max_length = 60, example = "promotion.advertising")]
    pub category: String,
    /// When it may be asked for.
    pub period: Period,
    /// Only for documents of this campaign.
    #[schema(max_length = 60)]
    pub campaign: Option<String>,
    /// Only for documents of this region.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// What happens beyond it.
    pub control: Control,
    /// Given to it in all.
    pub allocated: Money,
    /// Of that, granted beyond the budget.
    pub beyond: Money,
    /// Asked for by documents in approval.
    pub reserved: Money,
    /// Promised to approved documents, not paid yet.
    pub committed: Money,
    /// Paid.
    pub spent: Money,
    /// What may still be asked for.
    pub available: Money,
    /// What is asked for, promised or paid, in hundredths of a per cent of the budget: of what was given without what
    /// was granted beyond it.
    #[schema(minimum = 0)]
    pub used_basis_points: i64,
    /// Whether documents may be charged to it.
    pub is_open: bool,
    /// How many entries its ledger has.
    #[schema(minimum = 0)]
    pub entries: i64,
    /// Counts its states.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for BudgetLineView {
    const REFERS: &'static [Refers] =
        &[Refers::to("budget", &BUDGET).by("budget_id"), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
}

/// Which lines are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct LineFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only of this budget.
    #[param(value_type = Option<String>, max_length = 36)]
    pub budget_id: Option<Id<Budget>>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this category and those below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    pub category: Option<String>,
    /// Only within this year, quarter or month.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-Q1")]
    pub period: Option<Period>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// Only for these purposes, separated by commas.
    #[param(inline, example = "ordinary")]
    pub purpose: Several<Purpose>,
    /// Only open ones, or only closed ones.
    pub is_open: Option<bool>,
    /// Only those of low availability: used to at least so many per cent of what was given.
    #[serde(rename = "used_percent[gte]")]
    #[validate(range(min = 0, max = 100))]
    #[param(minimum = 0, maximum = 100, example = 80)]
    pub used_percent_from: Option<i64>,
    /// Only with at least this amount given, in its own currency.
    #[serde(rename = "allocated[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub allocated_from: Option<Amount>,
    /// Only with at most this amount given, in its own currency.
    #[serde(rename = "allocated[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub allocated_to: Option<Amount>,
    /// Only where it is given in this currency.
    #[param(inline)]
    pub allocated_currency: Option<Currency>,
    /// Only where this stands in category, campaign or region, or in the number or title of the budget, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "promotion")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: LineOrder,
}

impl LineFilter {
    fn allocated(&self) -> Amounts<'_> {
        let (from, to) = (self.allocated_from.as_ref(), self.allocated_to.as_ref());
        Amounts { name: "allocated", from, to, currency: self.allocated_currency }
    }

    fn wanted(&self) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, lines, filter;
            fiscal_year = fiscal_year, budget_id = budget_id, department_id = department_id, campaign = campaign,
            region = region, purpose in purpose, is_open = is_open, (allocated_minor, currency) within allocated);
        if let Some(category) = &filter.category {
            let (from, to) = (format!("{category}."), format!("{category}/"));
            let below = lines::category.ge(from).and(lines::category.lt(to));
            wanted.also(lines::category.eq(category.clone()).or(below));
        }
        if let Some(period) = filter.period {
            wanted.also(lines::first_day.ge(period.first_day()).and(lines::last_day.le(period.last_day())));
        }
        if let Some(percent) = filter.used_percent_from {
            let used = lines::reserved_minor + lines::committed_minor + lines::spent_minor;
            let budgeted = lines::allocated_minor - lines::beyond_minor;
            wanted.also((used * 100_i64).ge(budgeted * percent));
        }
        if let Some(text) = &filter.q {
            let pattern = like(text);
            let stands = lower(lines::category).like(pattern.clone()).escape('\\');
            let campaign = lower_if_any(lines::campaign).like(pattern.clone()).escape('\\');
            let region = lower_if_any(lines::region).like(pattern.clone()).escape('\\');
            wanted.also(campaign.or(region).or(stands).or(budgets::search_text.like(pattern).escape('\\')));
        }
        wanted
    }
}

impl Filter for LineFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.allocated()]
    }
}

orders! {
    /// By what budget lines are ordered.
    pub LineOrder of Row in lines by id, ascending:
    created_at = id;
    allocated = allocated_minor;
}

type Found = (Row, String, NamedColumns);

fn rows(
    reader: &mut Reader<'_>,
    mut wanted: Where,
    order: LineOrder,
    page: &Page,
) -> Result<Slice<BudgetLineView>, Failure> {
    let sight = Sight::of_concerned(reader);
    if !sight.all {
        wanted.also(lines::department_id.eq_any(sight.departments));
    }
    let found = paged!(reader, page, order, wanted;
        lines::table
            .inner_join(budgets::table.on(budgets::id.eq(lines::budget_id)))
            .inner_join(departments::table.on(departments::id.eq(lines::department_id)))
        => (
            Row::as_select(),
            budgets::number,
            (departments::id, departments::code, departments::name_zh, departments::name_en),
        );
        |found: &Found| &found.0);
    found.try_map(shown)
}

/// A page of budget lines of departments in sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &LineFilter,
    page: &Page,
) -> Result<Slice<BudgetLineView>, Failure> {
    rows(reader, filter.wanted(), filter.sort, page)
}

/// One line, if its department is in sight.
pub fn view(reader: &mut Reader<'_>, id: Id<BudgetLine>) -> Result<BudgetLineView, Failure> {
    let mut wanted = Where::new();
    wanted.also(lines::id.eq(Key::from(id)));
    rows(reader, wanted, LineOrder::default(), &Page::first(1))?.data.pop().ok_or(Failure::NotFound)
}

/// A line of a budget where something refers to it.
pub static BUDGET_LINE: Target =
    Target { permission: Permission::ReadBudgets, look: |reader, id| in_json(view(reader, id.into())) };

fn shown((row, budget_number, place): Found) -> Result<BudgetLineView, Failure> {
    let line = BudgetLine::try_from(row)?;
    let money = |minor| line.money(minor);
    Ok(BudgetLineView {
        id: line.id.uuid().into(),
        budget_id: line.budget.uuid().into(),
        budget_number,
        department: place.into(),
        period: line.period,
        purpose: line.purpose,
        control: line.control,
        allocated: money(line.balance.allocated),
        beyond: money(line.balance.beyond),
        reserved: money(line.balance.reserved),
        committed: money(line.balance.committed),
        spent: money(line.balance.spent),
        available: line.available(),
        used_basis_points: line.balance.used_basis_points(),
        is_open: line.open,
        entries: line.entries,
        version: line.version,
        category: line.category,
        campaign: line.campaign,
        region: line.region,
    })
}

columns! { BudgetLineView as "budget-lines" "预算科目" "Budget lines", domain::spine::Permission::ExportBudgets:
    budget_number "预算编号" "Budget";
    department "部门" "Department";
    category "费用类别" "Category";
    period "期间" "Period" = |line| line.period.to_string();
    campaign "活动" "Campaign";
    region "区域" "Region";
    purpose "用途" "Purpose";
    control "控制方式" "Control";
    currency "币种" "Currency" = |line| line.allocated.currency().code();
    allocated "下达" "Allocated";
    beyond "其中超预算特批" "Of it beyond the budget";
    reserved "预占" "Reserved";
    committed "占用" "Committed";
    spent "支出" "Spent";
    available "可用" "Available";
    is_open "执行中" "Open";
}
