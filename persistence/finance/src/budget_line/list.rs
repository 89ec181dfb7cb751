//! Lines with their balances, and the ledger of one line, as they are shown. `[BUD-4, BUD-8]`

use super::row::{EntryRow, Row};
use crate::spine::{Column, Exported, Label};
use crate::{
    finance::budget::BUDGET,
    organisation::{DEPARTMENT, EMPLOYEE, NamedColumns, NamedRef, PersonColumns, PersonRef},
    schema::{budget_entries as entries, budget_lines as lines, budgets, departments, employees, users},
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, Target, View, db, in_json},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::Budget,
        budget_line::{BudgetLine, Control, DocumentKind, EntryKind, Purpose},
        period::Period,
    },
    spine::{AnyId, DepartmentId, Id, Money, Permission, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

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

/// Which lines are wanted.
#[derive(Clone, Debug, Default)]
pub struct LineFilter {
    /// Only of this fiscal year.
    pub fiscal_year: Option<i32>,
    /// Only of this budget.
    pub budget: Option<Id<Budget>>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only of this category and those below it.
    pub category: Option<String>,
    /// Only within this period.
    pub period: Option<Period>,
    /// Only for this campaign.
    pub campaign: Option<String>,
    /// Only for this region.
    pub region: Option<String>,
    /// Only for this purpose.
    pub purpose: Option<Purpose>,
    /// Only open ones, or only closed ones.
    pub open: Option<bool>,
    /// Only those used to at least so many per cent.
    pub used_percent_from: Option<i64>,
}

type Found = (Row, String, NamedColumns);

/// Applies sight and filters to a query over lines.
macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr) => {{
        let (filter, sight) = ($filter, $sight);
        let mut query = $query.into_boxed();
        if !sight.all {
            query = query.filter(lines::department_id.eq_any(&sight.departments));
        }
        if let Some(year) = filter.fiscal_year {
            query = query.filter(lines::fiscal_year.eq(year));
        }
        if let Some(budget) = filter.budget {
            query = query.filter(lines::budget_id.eq(Key::from(budget)));
        }
        if let Some(department) = filter.department {
            query = query.filter(lines::department_id.eq(Key::from(department)));
        }
        if let Some(category) = &filter.category {
            let (from, to) = (format!("{category}."), format!("{category}/"));
            query = query.filter(
                lines::category.eq(category.clone()).or(lines::category.ge(from).and(lines::category.lt(to))),
            );
        }
        if let Some(period) = filter.period {
            query = query.filter(lines::first_day.ge(period.first_day()));
            query = query.filter(lines::last_day.le(period.last_day()));
        }
        if let Some(campaign) = &filter.campaign {
            query = query.filter(lines::campaign.eq(campaign.clone()));
        }
        if let Some(region) = &filter.region {
            query = query.filter(lines::region.eq(region.clone()));
        }
        if let Some(purpose) = filter.purpose {
            query = query.filter(lines::purpose.eq(purpose.code()));
        }
        if let Some(open) = filter.open {
            query = query.filter(lines::is_open.eq(open));
        }
        if let Some(percent) = filter.used_percent_from {
            let used = lines::reserved_minor + lines::committed_minor + lines::spent_minor;
            let budgeted = lines::allocated_minor - lines::beyond_minor;
            query = query.filter((used * 100_i64).ge(budgeted * percent));
        }
        query
    }};
}

/// A page of lines within the caller's sight: by budget in the order they were opened, which is by department,
/// category and period.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &LineFilter,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<BudgetLineView, i64>, Failure> {
    let sight = Sight::of_concerned(reader);
    let joined = || {
        lines::table
            .inner_join(budgets::table.on(budgets::id.eq(lines::budget_id)))
            .inner_join(departments::table.on(departments::id.eq(lines::department_id)))
    };
    let place = (departments::id, departments::code, departments::name_zh, departments::name_en);
    let rows: Vec<Found> = db!(reader, |c| {
        let columns = joined().select((Row::as_select(), budgets::number, place));
        let mut query = filtered!(columns, filter, &sight).order(lines::id).limit(page.limit + 1);
        if let Some((_, id)) = page.after {
            query = query.filter(lines::id.gt(Key(id)));
        }
        query.load(c)
    })?;
    let total = if include_total {
        let count = diesel::dsl::count_star();
        Some(db!(reader, |c| filtered!(lines::table.select(count), filter, &sight).first::<i64>(c))?)
    } else {
        None
    };
    let views = rows.into_iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { total, ..Slice::cut(views, page.limit, |view| (0, view.id.uuid())) })
}

/// One line, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<BudgetLine>) -> Result<BudgetLineView, Failure> {
    let (sight, key) = (Sight::of_concerned(reader), Key::from(id));
    let filter = LineFilter::default();
    let place = (departments::id, departments::code, departments::name_zh, departments::name_en);
    let found: Found = db!(reader, |c| {
        let columns = lines::table
            .inner_join(budgets::table.on(budgets::id.eq(lines::budget_id)))
            .inner_join(departments::table.on(departments::id.eq(lines::department_id)))
            .select((Row::as_select(), budgets::number, place));
        filtered!(columns, &filter, &sight).filter(lines::id.eq(key)).first(c)
    })?;
    shown(found)
}

/// A budget line where something refers to it.
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

/// One movement of a line's money.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetEntry)]
pub struct BudgetEntryView {
    /// 1, 2, 3 … of the line, without a gap.
    #[schema(minimum = 1)]
    pub position: i64,
    /// What it does.
    pub kind: EntryKind,
    /// By how much what is given moves.
    pub allocated: Money,
    /// By how much what is reserved moves.
    pub reserved: Money,
    /// By how much what is committed moves.
    pub committed: Money,
    /// By how much what is spent moves.
    pub spent: Money,
    /// What may still be asked for afterwards.
    pub available_after: Money,
    /// The kind of document it was made for.
    pub document_kind: Option<DocumentKind>,
    /// That document.
    pub document_id: Option<AnyId>,
    /// Its line, counted from 1.
    #[schema(minimum = 1)]
    pub document_line: Option<i32>,
    /// The month it is posted in.
    pub month: Period,
    /// Why, where it is not plain from the kind.
    #[schema(max_length = 60, example = "special_review")]
    pub reason: Option<String>,
    /// In whose name it was spent.
    pub employee: Option<PersonRef>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// By which account.
    #[schema(max_length = 200)]
    pub entered_by: String,
}

impl View for BudgetEntryView {
    const REFERS: &'static [Refers] = &[Refers::to("employee", &EMPLOYEE)];
}

type FoundEntry = (EntryRow, Option<PersonColumns>, String, Instant);

/// A page of a line's ledger, the first entry first; the line must lie within the caller's sight.
pub fn ledger(
    reader: &mut Reader<'_>,
    id: Id<BudgetLine>,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<BudgetEntryView, i64>, Failure> {
    let line = view(reader, id)?;
    let key = Key::from(id);
    let after = page.after.map_or(0, |(position, _)| position);
    let rows: Vec<FoundEntry> = db!(reader, |c| entries::table
        .left_join(employees::table.on(employees::id.nullable().eq(entries::employee_id)))
        .inner_join(users::table.on(users::id.eq(entries::entered_by_id)))
        .filter(entries::line_id.eq(key).and(entries::position.gt(after)))
        .order(entries::position)
        .limit(page.limit + 1)
        .select((
            EntryRow::as_select(),
            (employees::id, employees::number, employees::name).nullable(),
            users::name,
            entries::entered_at
        ))
        .load(c))?;
    let shown = rows.into_iter().map(|row| shown_entry(row, &line)).collect::<Result<Vec<_>, _>>()?;
    let cut = Slice::cut(shown, page.limit, |entry| (entry.position, id.uuid()));
    Ok(Slice { total: include_total.then_some(line.entries), ..cut })
}

fn shown_entry(
    (row, person, entered_by, entered_at): FoundEntry,
    line: &BudgetLineView,
) -> Result<BudgetEntryView, Failure> {
    let corrupt = |column| Failure::corrupt("budget_entries", column, line.id);
    let money = |minor| Money::from_minor(minor, line.allocated.currency());
    let (delta, after) = (row.delta(), row.after());
    Ok(BudgetEntryView {
        position: row.position,
        kind: EntryKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
        allocated: money(delta.allocated),
        reserved: money(delta.reserved),
        committed: money(delta.committed),
        spent: money(delta.spent),
        available_after: money(after.available()),
        document_kind: row.document_kind.as_deref().and_then(DocumentKind::from_code),
        document_id: row.document.map(Into::into),
        document_line: row.document_line,
        month: row.month.parse().map_err(|_| corrupt("month"))?,
        reason: row.reason,
        employee: person.map(Into::into),
        entered_at: entered_at.into(),
        entered_by,
    })
}

impl Exported for BudgetLineView {
    const FILE: Label = Label { name: "budget-lines", zh: "预算科目", en: "Budget lines" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("budget_number", "预算编号", "Budget", |line| (&line.budget_number).into()),
        Column::new("department", "部门", "Department", |line| (&line.department.name_zh).into()),
        Column::new("category", "费用类别", "Category", |line| (&line.category).into()),
        Column::new("period", "期间", "Period", |line| line.period.to_string().into()),
        Column::new("campaign", "活动", "Campaign", |line| line.campaign.as_ref().into()),
        Column::new("region", "区域", "Region", |line| line.region.as_ref().into()),
        Column::new("purpose", "用途", "Purpose", |line| line.purpose.labels().into()),
        Column::new("control", "控制方式", "Control", |line| line.control.labels().into()),
        Column::new("currency", "币种", "Currency", |line| line.allocated.currency().code().into()),
        Column::new("allocated", "下达", "Allocated", |line| line.allocated.into()),
        Column::new("beyond", "其中超预算特批", "Of it beyond the budget", |line| line.beyond.into()),
        Column::new("reserved", "预占", "Reserved", |line| line.reserved.into()),
        Column::new("committed", "占用", "Committed", |line| line.committed.into()),
        Column::new("spent", "支出", "Spent", |line| line.spent.into()),
        Column::new("available", "可用", "Available", |line| line.available.into()),
        Column::new("is_open", "执行中", "Open", |line| line.is_open.into()),
    ];
}

impl Exported for BudgetEntryView {
    const FILE: Label = Label { name: "budget-entries", zh: "预算台账", en: "Budget ledger" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("position", "序号", "Position", |entry| entry.position.into()),
        Column::new("kind", "事项", "Kind", |entry| entry.kind.labels().into()),
        Column::new("currency", "币种", "Currency", |entry| entry.allocated.currency().code().into()),
        Column::new("allocated", "下达", "Allocated", |entry| entry.allocated.into()),
        Column::new("reserved", "预占", "Reserved", |entry| entry.reserved.into()),
        Column::new("committed", "占用", "Committed", |entry| entry.committed.into()),
        Column::new("spent", "支出", "Spent", |entry| entry.spent.into()),
        Column::new("available_after", "可用余额", "Available afterwards", |entry| {
            entry.available_after.into()
        }),
        Column::new("document_kind", "单据类型", "Document", |entry| {
            entry.document_kind.map(|kind| kind.labels()).into()
        }),
        Column::new("document_id", "单据", "Document id", |entry| entry.document_id.into()),
        Column::new("document_line", "单据行", "Line", |entry| entry.document_line.into()),
        Column::new("month", "记账月份", "Month", |entry| entry.month.to_string().into()),
        Column::new("reason", "原因", "Reason", |entry| entry.reason.as_ref().into()),
        Column::new("employee", "使用人", "In whose name", |entry| {
            entry.employee.as_ref().map(|person| &person.name).into()
        }),
        Column::new("entered_at", "记账时间", "Entered at", |entry| entry.entered_at.into()),
        Column::new("entered_by", "记账人", "Entered by", |entry| (&entry.entered_by).into()),
    ];
}
