//! Expense statements: compile, submit, freeze. `[EXP-13]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use domain::{
    finance::{
        expense_statement::{ExpenseStatement, NewStatement, Words},
        period::Period,
    },
    spine::{AnyId, Change, DepartmentId, Id, Refusal, codes, perm},
};
use persistence::{
    approval::document,
    finance::{
        expense_claim::PoliciesInForce,
        expense_statement::{
            self as statements, ExpenseStatementView, FigureRowView, StatementFilter, StatementRowFilter,
        },
    },
    organisation::department,
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "expense-statements",
        [
            list_expense_statements,
            compile_expense_statement,
            show_expense_statement,
            list_expense_statement_rows,
            revise_expense_statement,
            submit_expense_statement,
            withdraw_expense_statement,
            void_expense_statement
        ]
    );
}

/// List expense statements. `[EXP-13]`
#[utoipa::path(get, path = "/api/v1/expense-statements")]
async fn list_expense_statements(
    who: Can<perm::ReadExpenseStatements>,
    wanted: Wanted<StatementFilter>,
    reading: Reading,
) -> List<ExpenseStatementView> {
    reading.list(who, wanted, statements::list).await
}

/// List the rows of an expense statement, also as a file. `[EXP-13, INT-4]`
///
/// In the order of the statement: by dimension, the dearest first. Every dimension adds up to the total.
#[utoipa::path(get, path = "/api/v1/expense-statements/{id}/rows")]
async fn list_expense_statement_rows(
    who: Can<perm::ReadExpenseStatements>,
    id: PathId<ExpenseStatement>,
    wanted: Wanted<StatementRowFilter>,
    reading: Reading,
) -> List<FigureRowView> {
    let id = *id;
    reading.list(who, wanted, move |reader, filter, page| statements::rows(reader, id, filter, page)).await
}

/// A new statement.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompileExpenseStatement {
    /// The month, quarter or year; it must be over.
    period: Period,
    /// The department it is about, with everything below it.
    department_id: DepartmentId,
    /// 分析: what stands out.
    #[serde(default)]
    #[validate(length(min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    remarks: Option<String>,
    /// 优化建议: what should be done.
    #[serde(default)]
    #[validate(length(min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    advice: Option<String>,
    /// The approved statement it corrects: of the same period and department, once a month of it was opened again.
    #[serde(default)]
    replaces_id: Option<AnyId>,
}

impl Merged for CompileExpenseStatement {
    const PATCH: &'static str = "ReviseExpenseStatement";
    const FIXED: &'static [&'static str] = &["period", "department_id", "replaces_id"];
}

impl From<&ExpenseStatement> for CompileExpenseStatement {
    fn from(statement: &ExpenseStatement) -> Self {
        let Words { remarks, advice } = statement.words.clone();
        Self {
            period: statement.period,
            department_id: statement.department,
            remarks,
            advice,
            replaces_id: statement.replaces.map(|id| id.uuid().into()),
        }
    }
}

/// Compile an expense statement. `[EXP-13, 000 §9.2 四]`
///
/// What the period cost by category, department, campaign and region: expense that was posted in it, against the
/// budget, the period before and the year before. One live statement per period and department; one that is approved is
/// corrected by another, which names it, once a month of it was opened again: approved, the other takes its place.
#[utoipa::path(post, path = "/api/v1/expense-statements")]
async fn compile_expense_statement(
    who: Can<perm::CompileExpenseStatements>,
    body: Valid<CompileExpenseStatement>,
    work: UnitOfWork,
) -> Created<ExpenseStatementView> {
    work.write(who, move |tx| {
        let change = compile(tx, body.0.clone())?;
        let statement = statements::apply(tx, change)?;
        statements::show(tx, statement)
    })
    .await
}

fn compile(tx: &mut Tx<'_>, body: CompileExpenseStatement) -> Result<Change<ExpenseStatement>, Failure> {
    let CompileExpenseStatement { period, department_id, remarks, advice, replaces_id } = body;
    let replaces = replaces_id.map(|id| Id::from_uuid(id.uuid()));
    department::refer(tx, department_id, "/department_id")?;
    if !tx.reach().covers(department_id, false) {
        return Err(Refusal::new(codes::UNKNOWN_REFERENCE).at("/department_id").into());
    }
    statements::ensure_first(tx, period, department_id, replaces)?;
    let (today, now) = (tx.today(), tx.now());
    let currency = PoliciesInForce::on(tx, today)?.book_currency();
    let figures = statements::figures(tx, period, department_id)?;
    let new = NewStatement {
        id: tx.id(),
        number: statements::next_number(tx)?,
        period,
        department: department_id,
        currency,
        words: Words { remarks, advice },
        replaces,
    };
    Ok(ExpenseStatement::compile(new, figures, tx.actor(), now, today)?)
}

/// Show an expense statement. `[EXP-13]`
#[utoipa::path(get, path = "/api/v1/expense-statements/{id}")]
async fn show_expense_statement(
    who: Can<perm::ReadExpenseStatements>,
    id: PathId<ExpenseStatement>,
    reading: Reading,
) -> Reply<ExpenseStatementView> {
    reading.read(who, move |reader| statements::view(reader, *id)).await
}

/// Change an expense statement. `[EXP-13]`
///
/// The figures are compiled anew with it; they cannot be written.
#[utoipa::path(patch, path = "/api/v1/expense-statements/{id}")]
async fn revise_expense_statement(
    who: Can<perm::CompileExpenseStatements>,
    at: At<ExpenseStatement>,
    patch: Merge<CompileExpenseStatement>,
    work: UnitOfWork,
) -> Reply<ExpenseStatementView> {
    work.moves(who, at, move |statement, tx| {
        let CompileExpenseStatement { remarks, advice, .. } = patch.over(&(&statement).into())?;
        let words = Words { remarks, advice };
        let figures = statements::figures(tx, statement.period, statement.department)?;
        Ok(statement.revise(words, figures, tx.actor())?)
    })
    .await
}

/// Submit an expense statement to management. `[EXP-13, 000 §9.2 四]`
///
/// The figures of this moment stand from now on; approved, the statement is frozen. Every month of the period must be
/// closed.
#[utoipa::path(post, path = "/api/v1/expense-statements/{id}/submit")]
async fn submit_expense_statement(
    who: Can<perm::CompileExpenseStatements>,
    at: At<ExpenseStatement>,
    work: UnitOfWork,
) -> Reply<ExpenseStatementView> {
    work.moves(who, at, move |statement, tx| statements::submit(tx, statement)).await
}

/// Withdraw an expense statement that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/expense-statements/{id}/withdraw")]
async fn withdraw_expense_statement(
    who: Can<perm::CompileExpenseStatements>,
    at: At<ExpenseStatement>,
    work: UnitOfWork,
) -> Reply<ExpenseStatementView> {
    work.moves(who, at, move |statement, tx| document::withdraw(tx, &statement, None)).await
}

/// Void an expense statement. `[EXP-13]`
///
/// The period may then be compiled anew. What was approved stays. By who compiled it; where they have left, by
/// whoever may compile in their department.
#[utoipa::path(post, path = "/api/v1/expense-statements/{id}/void")]
async fn void_expense_statement(
    who: Can<perm::CompileExpenseStatements>,
    at: At<ExpenseStatement>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<ExpenseStatementView> {
    work.moves(who, at, move |statement, tx| document::void(tx, statement, body.reason.clone())).await
}
