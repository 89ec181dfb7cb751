//! What statements look like.

use super::{Row, find, seen};
use crate::{
    approval::{APPROVAL, document},
    organisation::{DEPARTMENT, NamedRef, PersonRef, Register},
    policy::in_force,
    schema::expense_statements as statements,
    search,
    spine::{
        ActionView, Failure, Filter, Key, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, db, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    approval::{Document, Owner, StandingState},
    finance::{
        expense_category::ExpenseCategories,
        expense_statement::{
            self as domain_statement, Dimension, ExpenseStatement, Figures, change_basis_points,
        },
        period::Period,
    },
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Id, Money, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// What the caller may do with a statement. An alias, because the derive would take a generic type apart.
type StatementActionView = ActionView<StatementAction>;

/// A named action on a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseStatementActionName)]
pub enum StatementAction {
    /// Change remarks and advice.
    Revise,
    /// Hand it to management.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

domain::labels! { StatementAction = "ExpenseStatementActionName":
    Revise = "revise", "修改", "Change";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// A statement of what a month, quarter or year cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseStatement)]
pub struct ExpenseStatementView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "ES-2026-000003")]
    pub number: String,
    /// The month, quarter or year.
    pub period: Period,
    /// The department it is about, with everything below it.
    pub department: NamedRef,
    /// Where it stands. Approved: frozen.
    pub status: StandingState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// Who compiled it.
    pub compiler: PersonRef,
    /// The account that compiled it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// 分析: what stands out.
    #[schema(max_length = 5000)]
    pub remarks: Option<String>,
    /// 优化建议: what should be done.
    #[schema(max_length = 5000)]
    pub advice: Option<String>,
    /// The figures over everything.
    pub total: FiguresView,
    /// The figures row by row: in every dimension they add up to the total.
    #[schema(max_items = 5000)]
    pub rows: Vec<FigureRowView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// The approved statement that this one corrects.
    pub replaces: Option<StatementRefView>,
    /// The approved statement that corrected this one: that one is in force.
    pub replaced_by: Option<StatementRefView>,
    /// What the caller may do with it now.
    #[schema(max_items = 10)]
    pub actions: Vec<StatementActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ExpenseStatementView {
    const REFERS: &'static [Refers] =
        &[Refers::to("approval", &APPROVAL).by("approval_id"), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/expense-statements/{}", self.id))
    }
}

/// A statement that corrects another, or is corrected by it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseStatementRef)]
pub struct StatementRefView {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "ES-2026-000003")]
    pub number: String,
}

impl StatementRefView {
    fn of(reader: &mut Reader<'_>, id: Option<Id<ExpenseStatement>>) -> Result<Option<Self>, Failure> {
        let named = |id: Id<ExpenseStatement>| {
            let mine = statements::table.filter(statements::id.eq(Key::from(id)));
            let number = db!(reader, |c| mine.select(statements::number).first(c))?;
            Ok(Self { id: id.uuid().into(), number })
        };
        id.map(named).transpose()
    }
}

/// The figures of one row, in the currency of the books.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StatementFigures)]
pub struct FiguresView {
    /// Expense posted in the period, net of deductible tax.
    pub expense: Money,
    /// Deductible tax posted with it.
    pub tax: Money,
    /// What budgets gave for the period.
    pub budget: Money,
    /// What was posted, with tax, beyond the budget, as in the execution report: negative where less was.
    pub variance: Money,
    /// Expense and tax in hundredths of a per cent of the budget; null without one.
    #[schema(example = 8_250)]
    pub execution_basis_points: Option<i64>,
    /// Expense of the period before.
    pub previous: Money,
    /// The change against the period before, in hundredths of a per cent; null against nothing.
    #[schema(example = -1_250)]
    pub previous_change_basis_points: Option<i64>,
    /// Expense of the same period of the year before.
    pub last_year: Money,
    /// The change against the year before, in hundredths of a per cent; null against nothing.
    #[schema(example = 900)]
    pub last_year_change_basis_points: Option<i64>,
}

/// One row of a statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StatementRow)]
pub struct FigureRowView {
    /// By what it is grouped.
    pub dimension: Dimension,
    /// The code of the category, campaign or region, or the id of the department; null: without one.
    #[schema(max_length = 60, example = "promotion.advertising")]
    pub key: Option<String>,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "广告费")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Advertising")]
    pub name_en: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}

impl FiguresView {
    fn of(figures: Figures, currency: Currency) -> Self {
        let Figures { expense, tax, budget, previous, last_year } = figures;
        let money = |minor| Money::from_minor(minor, currency);
        Self {
            expense: money(expense),
            tax: money(tax),
            budget: money(budget),
            // Budgets are consumed with tax, deductible or not.
            variance: money(expense + tax - budget),
            execution_basis_points: change_basis_points(budget + expense + tax, budget),
            previous: money(previous),
            previous_change_basis_points: change_basis_points(expense, previous),
            last_year: money(last_year),
            last_year_change_basis_points: change_basis_points(expense, last_year),
        }
    }
}

/// Which statements are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct StatementFilter {
    /// Only of this period: `2026`, `2026-Q1`, `2026-03`.
    pub period: Option<Period>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "approved")]
    pub status: Several<StandingState>,
    /// Only compiled by this person.
    pub compiler_id: Option<EmployeeId>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, remarks, advice or the compiler's name, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "展会")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: StatementOrder,
}

impl Filter for StatementFilter {}

orders! {
    /// By what statements are ordered.
    pub StatementOrder of Row in statements by id, ascending:
    created_at = id;
    changed_at;
    period;
}

/// One statement, if the caller may see it.
pub fn view(reader: &mut Reader<'_>, id: Id<ExpenseStatement>) -> Result<ExpenseStatementView, Failure> {
    let statement = find(reader, id)?;
    show(reader, statement)
}

/// How a statement at hand is shown.
pub fn show(reader: &mut Reader<'_>, statement: ExpenseStatement) -> Result<ExpenseStatementView, Failure> {
    let owner = document::owner(reader, &statement)?;
    let actions = actions(reader, &statement, owner);
    let replaces = StatementRefView::of(reader, statement.replaces)?;
    let replaced_by = StatementRefView::of(reader, statement.replaced_by)?;
    let register = Register::of(reader)?;
    let categories = in_force::<ExpenseCategories>(reader, "standard", statement.period.last_day())?;
    let unknown = |table, id| Failure::corrupt(table, "id", id);
    let ExpenseStatement { id, petition, period, department, currency, .. } = statement;
    let rows = statement.figures.rows.into_iter().map(|row| {
        let (name_zh, name_en) = names(&row, &register, &categories.content);
        let domain_statement::Row { dimension, key, figures } = row;
        FigureRowView { dimension, key, name_zh, name_en, figures: FiguresView::of(figures, currency) }
    });
    let (status_at, status_reason) = petition.standing.told();
    Ok(ExpenseStatementView {
        id: id.uuid().into(),
        number: petition.number.clone(),
        period,
        department: register
            .department(department)
            .cloned()
            .ok_or_else(|| unknown("departments", department.uuid()))?,
        status: petition.state(),
        status_at,
        status_reason: status_reason.map(str::to_owned),
        compiler: register
            .person(petition.submitter)
            .cloned()
            .ok_or_else(|| unknown("employees", petition.submitter.uuid()))?,
        created_by: petition.creator,
        created_at: petition.created_at,
        remarks: statement.words.remarks,
        advice: statement.words.advice,
        total: FiguresView::of(statement.figures.total, currency),
        rows: rows.collect(),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        replaces,
        replaced_by,
        actions,
        version: statement.version,
    })
}

/// What people read for the key of a row.
fn names(
    row: &domain_statement::Row,
    register: &Register,
    categories: &ExpenseCategories,
) -> (String, String) {
    let Some(key) = &row.key else { return ("未指定".to_owned(), "None".to_owned()) };
    match row.dimension {
        Dimension::Category => {
            categories.find(key).map(|category| (category.zh.clone(), category.en.clone()))
        }
        Dimension::Department => key
            .parse::<Uuid>()
            .ok()
            .and_then(|id| register.department(DepartmentId::from_uuid(id)))
            .map(|department| (department.name_zh.clone(), department.name_en.clone())),
        Dimension::Campaign | Dimension::Region => None,
    }
    .unwrap_or_else(|| (key.clone(), key.clone()))
}

fn actions(reader: &Reader<'_>, statement: &ExpenseStatement, owner: Owner) -> Vec<StatementActionView> {
    let by = reader.actor();
    if !by.may(Permission::CompileExpenseStatements) {
        return Vec::new();
    }
    let foreseen = |action| match action {
        StatementAction::Revise | StatementAction::Submit => statement.may_revise(by),
        StatementAction::Withdraw => statement.may_withdraw(by),
        StatementAction::Void => statement.may_void(owner, by),
    };
    let actions = StatementAction::ALL.into_iter().map(|action| (action, foreseen(action)));
    ActionView::listed(&format!("/api/v1/expense-statements/{}", statement.id), actions)
}

impl Placed<crate::Finance> for StatementAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// Statements within the caller's reach.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &StatementFilter,
    page: &Page,
) -> Result<Slice<ExpenseStatementView>, Failure> {
    let mut wanted = seen(&Sight::of(reader));
    if let Some(period) = filter.period {
        wanted.also(statements::period.eq(period.to_string()));
    }
    narrow!(wanted, statements, filter;
        department_id = department_id, status in status, compiler_id = compiler_id, created_at >= created_from,
        created_at < created_before, changed_at >= changed_from, changed_at < changed_before);
    search!(wanted, filter, statements::search_text; statements::compiler_id);
    let found = paged!(reader, page, filter.sort, wanted;
        statements::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.try_into()?))
}

columns! { ExpenseStatementView as "expense-statements" "营销费用报表" "Expense statements":
    number "编号" "Number";
    period "期间" "Period" = |statement| statement.period.to_string();
    department "部门" "Department";
    status "状态" "Status";
    expense "费用" "Expense" = |statement| statement.total.expense;
    tax "可抵扣税额" "Deductible tax" = |statement| statement.total.tax;
    budget "预算" "Budget" = |statement| statement.total.budget;
    variance "与预算差异" "Variance to plan" = |statement| statement.total.variance;
    previous "上期" "Period before" = |statement| statement.total.previous;
    last_year "上年同期" "Year before" = |statement| statement.total.last_year;
    compiler "编制人" "Compiler";
    created_at "编制时间" "Compiled at";
}
