//! Emergency funds on their own: what was set aside, drawn, given back and is left. `[BUD-7]`

use crate::{
    finance::{
        budget::BUDGET,
        budget_line::{
            BUDGET_LINE,
            list::{self as lines, BudgetLineView, LineFilter, LineOrder},
        },
    },
    organisation::{DEPARTMENT, NamedRef},
    schema::{budget_changes as changes, budget_entries as entries},
    spine::{Failure, Filter, Key, Page, Reader, Refers, Several, Slice, View, columns, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget_change::ChangeKind,
        budget_line::{DocumentKind, EntryKind, Purpose},
        period::Period,
    },
    spine::{AnyId, DepartmentId, Money},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An emergency fund: a line of an active budget that no document is charged to. `[BUD-7]`
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmergencyFund {
    /// The budget line it stands on.
    pub line_id: AnyId,
    /// The budget that opened it.
    pub budget_id: AnyId,
    /// That budget's number.
    #[schema(max_length = 60, example = "BG-2026-000012")]
    pub budget_number: String,
    /// The department whose fund it is.
    pub department: NamedRef,
    /// The expense category's code.
    #[schema(max_length = 60, example = "other")]
    pub category: String,
    /// For when it was set aside.
    pub period: Period,
    /// What was set aside in all.
    pub set_aside: Money,
    /// What draws took.
    pub drawn: Money,
    /// What was given back of that.
    pub given_back: Money,
    /// What may still be drawn.
    pub remaining: Money,
    /// How many draws there were.
    #[schema(minimum = 0)]
    pub draws: i64,
    /// Whether it may be drawn on; closed with its budget.
    pub is_open: bool,
}

impl View for EmergencyFund {
    const REFERS: &'static [Refers] = &[
        Refers::to("budget", &BUDGET).by("budget_id"),
        Refers::to("line", &BUDGET_LINE).by("line_id"),
        Refers::to("department", &DEPARTMENT),
    ];
}

/// Which funds are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct FundFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only open ones, or only closed ones.
    pub is_open: Option<bool>,
    /// Only where this stands in category, or in the number or title of the budget, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "BG-2026")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: LineOrder,
}

impl Filter for FundFilter {}

/// What draws took of a fund and gave back, in minor units.
#[derive(Clone, Default)]
struct Used {
    drawn: i64,
    given_back: i64,
    draws: BTreeSet<Key>,
}

/// A page of the funds within the caller's sight, by budget.
pub fn funds(
    reader: &mut Reader<'_>,
    filter: &FundFilter,
    page: &Page,
) -> Result<Slice<EmergencyFund>, Failure> {
    let FundFilter { fiscal_year, department_id, is_open, q, sort } = filter.clone();
    let purpose = Several(vec![Purpose::EmergencyFund]);
    let lines = LineFilter { fiscal_year, department_id, is_open, q, sort, purpose, ..LineFilter::default() };
    let found = lines::list(reader, &lines, page)?;
    let keys: Vec<Key> = found.data.iter().map(|line| Key(line.id.uuid())).collect();
    let mut used = used(reader, &keys)?;
    Ok(found.map(|line| {
        let used = used.remove(&Key(line.id.uuid())).unwrap_or_default();
        fund(line, &used)
    }))
}

fn fund(line: BudgetLineView, used: &Used) -> EmergencyFund {
    let money = |minor| Money::from_minor(minor, line.allocated.currency());
    EmergencyFund {
        line_id: line.id,
        budget_id: line.budget_id,
        set_aside: money(line.allocated.minor() + used.drawn - used.given_back),
        drawn: money(used.drawn),
        given_back: money(used.given_back),
        remaining: line.available,
        draws: i64::try_from(used.draws.len()).unwrap_or(i64::MAX),
        is_open: line.is_open,
        budget_number: line.budget_number,
        department: line.department,
        category: line.category,
        period: line.period,
    }
}

type Row = (Key, i64, Key, String, Option<Key>);

fn used(reader: &mut Reader<'_>, funds: &[Key]) -> Result<BTreeMap<Key, Used>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| entries::table
        .inner_join(changes::table.on(entries::document.eq(changes::id.nullable())))
        .filter(entries::line_id.eq_any(funds).and(entries::kind.eq(EntryKind::Transfer.code())))
        .filter(entries::document_kind.eq(DocumentKind::BudgetChange.code()))
        .select((
            entries::line_id,
            entries::allocated_minor,
            changes::id,
            changes::kind,
            changes::gives_back_id
        ))
        .load(c))?;
    let mut all: BTreeMap<Key, Used> = BTreeMap::new();
    for (line, amount, change, kind, gives_back) in rows {
        let used = all.entry(line).or_default();
        if kind == ChangeKind::EmergencyDraw.code() {
            used.drawn -= amount;
            used.draws.insert(change);
        } else if gives_back.is_some() {
            used.given_back += amount;
        }
    }
    Ok(all)
}

columns! { EmergencyFund as "emergency-funds" "应急资金" "Emergency funds", domain::spine::Permission::ExportBudgets:
    budget_number "预算编号" "Budget";
    department "部门" "Department";
    category "费用类别" "Category";
    period "期间" "Period" = |fund| fund.period.to_string();
    currency "币种" "Currency" = |fund| fund.set_aside.currency().code();
    set_aside "预留金额" "Set aside";
    drawn "已动用" "Drawn";
    given_back "已退回" "Given back";
    remaining "剩余" "Remaining";
    draws "动用次数" "Draws";
    is_open "启用" "Open";
}
