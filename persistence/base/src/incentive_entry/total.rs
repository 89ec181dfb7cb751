//! What the entries of people come to in months, for the payroll, and the statement to the person. `[INC-3]`

use super::{
    IncentiveEntrySummary,
    find::{own_of_month, within_sight},
};
use crate::{
    duty::list::Whose,
    organisation::{NamedRef, PersonRef, Register},
    schema::incentive_entries,
    search,
    spine::{Failure, Filter, Key, Page, Reader, Slice, View, columns, db, narrow},
};
use diesel::prelude::*;
use domain::{
    incentive_entry::{IncentiveState, month::MonthlyTotals},
    spine::{Currency, DepartmentId, EmployeeId, Money},
    working_time::{Period, Span},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What entries that count come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveTotals)]
pub struct TotalsView {
    /// Money granted less money taken, by currency.
    #[schema(max_items = 20)]
    pub money: Vec<Money>,
    /// Points granted less points taken.
    pub points: i64,
    /// Half days of wages granted less those taken.
    pub wage_half_days: i64,
    /// Honours granted less those revoked.
    pub honours: i64,
}

impl TotalsView {
    /// As totals are shown.
    pub fn of(totals: &MonthlyTotals) -> Self {
        let MonthlyTotals { money_minor: _, points, wage_half_days, honours } = *totals;
        Self { money: totals.money(), points, wage_half_days, honours }
    }
}

/// What the entries of a person come to in a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveTotalRow)]
pub struct TotalRow {
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// Who.
    pub employee: PersonRef,
    /// Where they work.
    pub department: NamedRef,
    /// What it comes to.
    pub totals: TotalsView,
}

impl View for TotalRow {}

/// Of whom and of when totals are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct TotalFilter {
    /// Whose: of all that one may see where absent.
    #[param(inline)]
    pub whose: Option<Whose>,
    /// Only from this month on.
    #[serde(rename = "month[gte]")]
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-01")]
    pub month_from: Option<String>,
    /// Only up to this month.
    #[serde(rename = "month[lte]")]
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-12")]
    pub month_to: Option<String>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of people of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of people in whose name this stands, however that is written or read, or with entries whose text it stands in.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
}

impl Filter for TotalFilter {}

/// Month, person, department; kind, currency and measure of one entry that counts.
type Counted = (String, Key, Key, String, String, i64);

fn add(totals: &mut MonthlyTotals, kind: &str, currency: &str, measure: i64) -> Result<(), Failure> {
    let unknown = || Failure::fault(format_args!("an entry of {kind} in {currency}"));
    match kind {
        "money" => {
            let currency: Currency = currency.parse().map_err(|_| unknown())?;
            *totals.money_minor.entry(currency).or_default() += measure;
        }
        "points" => totals.points += measure,
        "wage_days" => totals.wage_half_days += measure,
        "honour" => totals.honours += measure,
        _ => return Err(unknown()),
    }
    Ok(())
}

/// What months come to by person, within the caller's sight; the latest month first.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &TotalFilter, page: &Page) -> Result<Slice<TotalRow>, Failure> {
    let mut wanted = within_sight(reader, filter.whose.unwrap_or(Whose::All))?;
    narrow!(wanted, incentive_entries, filter;
        month >= month_from, month <= month_to, employee_id = employee_id, department_id = department_id);
    search!(wanted, filter, incentive_entries::search_text; incentive_entries::employee_id);
    let counting = [IncentiveState::Confirmed, IncentiveState::Executed, IncentiveState::Reversed];
    wanted.also(incentive_entries::status.eq_any(counting.map(IncentiveState::code)));
    let rows: Vec<Counted> = db!(reader, |c| incentive_entries::table
        .select((
            incentive_entries::month,
            incentive_entries::employee_id,
            incentive_entries::department_id,
            incentive_entries::amount_kind,
            incentive_entries::currency,
            incentive_entries::measure,
        ))
        .filter(&wanted)
        .order(incentive_entries::id)
        .load(c))?;
    let mut sums: BTreeMap<(std::cmp::Reverse<String>, Key), (Key, MonthlyTotals)> = BTreeMap::new();
    for (month, employee, department, kind, currency, measure) in rows {
        let fresh = || (department, MonthlyTotals::default());
        let sum = sums.entry((std::cmp::Reverse(month), employee)).or_insert_with(fresh);
        sum.0 = department;
        add(&mut sum.1, &kind, &currency, measure)?;
    }
    let register = Register::of(reader)?;
    let shown = sums.into_iter().map(|((month, employee), (department, totals))| {
        Ok(TotalRow {
            month: month.0,
            employee: register.named(employee.into())?,
            department: register.placed(department.into())?,
            totals: TotalsView::of(&totals),
        })
    });
    Ok(Slice::of(shown.collect::<Result<Vec<_>, Failure>>()?, page))
}

/// How much money it is, by currency, as one text.
fn money(totals: &TotalsView) -> Option<String> {
    let each = totals.money.iter().map(|money| format!("{} {}", money.decimal(), money.currency().code()));
    let text = each.collect::<Vec<_>>().join("; ");
    (!text.is_empty()).then_some(text)
}

columns! { TotalRow as "incentive-totals" "奖惩月度汇总" "Monthly totals of rewards and penalties",
    domain::spine::Permission::ExportIncentiveEntries:
    month "月份" "Month";
    number "工号" "Number" = |row| &row.employee.number;
    employee "员工" "Employee";
    department "部门" "Department";
    money "金额" "Money" = |row| money(&row.totals);
    points "积分" "Points" = |row| row.totals.points;
    wage_half_days "工资半天数" "Half days of wages" = |row| row.totals.wage_half_days;
    honours "荣誉" "Honours" = |row| row.totals.honours;
}

/// At most this many entries stand in a statement.
const ENTRIES_MAX: i64 = 500;

/// What a month brought the caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveStatement)]
pub struct StatementView {
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// What counts in it.
    pub totals: TotalsView,
    /// What counts in it or may yet, the oldest first; what was cancelled is left out.
    #[schema(max_items = 500)]
    pub entries: Vec<IncentiveEntrySummary>,
}

impl View for StatementView {}

/// The statement of a month to the caller; of the present one where none is named.
///
/// # Errors
/// Where the database fails.
pub fn statement(reader: &mut Reader<'_>, month: Option<Period>) -> Result<StatementView, Failure> {
    let month = month.unwrap_or_else(|| Period::containing(Span::Month, reader.today()));
    let month = month.to_string();
    let entries = own_of_month(reader, &month, ENTRIES_MAX)?;
    let counting = [IncentiveState::Confirmed, IncentiveState::Executed, IncentiveState::Reversed];
    let me = reader.actor().employee.map_or(Key(uuid::Uuid::nil()), Key::from);
    let counted: Vec<(String, String, i64)> = db!(reader, |c| incentive_entries::table
        .filter(incentive_entries::employee_id.eq(me).and(incentive_entries::month.eq(&month)))
        .filter(incentive_entries::status.eq_any(counting.map(IncentiveState::code)))
        .select((incentive_entries::amount_kind, incentive_entries::currency, incentive_entries::measure))
        .load(c))?;
    let mut totals = MonthlyTotals::default();
    for (kind, currency, measure) in counted {
        add(&mut totals, &kind, &currency, measure)?;
    }
    Ok(StatementView { month, totals: TotalsView::of(&totals), entries })
}
