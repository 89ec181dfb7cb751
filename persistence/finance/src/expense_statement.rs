//! Expense statements: kept with their figures, found within reach, and plugged into approvals. `[EXP-13]`

mod duty;
mod figures;
mod list;
mod settle;
mod view;

pub use figures::figures;
pub use list::{StatementRowFilter, rows};
pub(crate) use settle::SUBJECT;
pub use settle::submit;
pub use view::{ExpenseStatementView, FigureRowView, StatementAction, StatementFilter, list, show, view};

use crate::{
    approval::document::StandingColumns,
    finance::accounting_period,
    organisation::{referred, unless_taken},
    policy::Shipped,
    schema::expense_statements as statements,
    spine::{Failure, Instant, Key, Part, Reader, Sight, Stored, Tx, Where, covered, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    finance::{
        expense_statement::{
            ALREADY_COMPILED, ExpenseStatement, NUMBER_PREFIX, SHIPPED_STATEMENT_CHAIN, STATEMENT_CHAIN_CODE,
            Words,
        },
        period::Period,
    },
    spine::{Change, DepartmentId, Id, Refusal, Timestamp, Version, search_text},
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &SUBJECT,
    StatementAction::LABELS,
    &Shipped::text(STATEMENT_CHAIN_CODE, "费用报表审批链", "000 §9.2 四", SHIPPED_STATEMENT_CHAIN),
    &duty::FILED,
    &Shipped::text(
        "duty-rule/monthly-expense-statement",
        "月度费用报表",
        "000 §9.2 四",
        duty::MONTHLY_STATEMENT_RULE,
    ),
];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = statements, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    period: String,
    department_id: Key,
    currency: String,
    creator_id: Key,
    compiler_id: Key,
    created_at: Instant,
    remarks: Option<String>,
    advice: Option<String>,
    figures: String,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    approval_id: Option<Key>,
    version: Version,
    replaces_id: Option<Key>,
    replaced_by_id: Option<Key>,
    changed_at: Instant,
    search_text: String,
}

impl Row {
    fn of(statement: &ExpenseStatement, now: Timestamp) -> Result<Self, Failure> {
        let ExpenseStatement { id, petition, period, department, currency, words, figures, .. } = statement;
        let ExpenseStatement { replaces, replaced_by, version, .. } = statement;
        let Petition { number, creator, creator_employee: _, submitter, created_at, standing, approval } =
            petition;
        let (Words { remarks, advice }, columns) = (words, StandingColumns::of(standing));
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            period: period.to_string(),
            department_id: (*department).into(),
            currency: currency.code().to_owned(),
            creator_id: (*creator).into(),
            compiler_id: (*submitter).into(),
            created_at: (*created_at).into(),
            remarks: remarks.clone(),
            advice: advice.clone(),
            figures: serde_json::to_string(figures)?,
            status: columns.status,
            status_at: columns.at,
            status_reason: columns.reason,
            approval_id: approval.map(Into::into),
            version: *version,
            replaces_id: replaces.map(Into::into),
            replaced_by_id: replaced_by.map(Into::into),
            changed_at: now.into(),
            search_text: search_text(
                &[],
                &[number, remarks.as_deref().unwrap_or_default(), advice.as_deref().unwrap_or_default()],
            ),
        })
    }
}

impl TryFrom<Row> for ExpenseStatement {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("expense_statements", column, row.id.0);
        let columns = StandingColumns { status: row.status, at: row.status_at, reason: row.status_reason };
        Ok(Self {
            id: row.id.into(),
            period: row.period.parse().map_err(|_| corrupt("period"))?,
            department: row.department_id.into(),
            currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
            petition: Petition {
                number: row.number,
                creator: row.creator_id.into(),
                // Nobody compiles in another's name.
                creator_employee: Some(row.compiler_id.into()),
                submitter: row.compiler_id.into(),
                created_at: row.created_at.into(),
                standing: columns.standing("expense_statements", row.id)?,
                approval: row.approval_id.map(Into::into),
            },
            figures: serde_json::from_str(&row.figures)?,
            words: Words { remarks: row.remarks, advice: row.advice },
            replaces: row.replaces_id.map(Into::into),
            replaced_by: row.replaced_by_id.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for ExpenseStatement {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx.now())?;
        guard(unless_taken(save_row!(tx, statements, &row, before), "/period", &row.period)?)
    }
}

crate::spine::resource! { crate::Finance: ExpenseStatement as ExpenseStatementView; find, apply, show = show }

/// Writes a change of a statement.
pub fn apply(tx: &mut Tx<'_>, change: Change<ExpenseStatement>) -> Result<ExpenseStatement, Failure> {
    tx.apply(change)
}

/// The number of a new statement of this year.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    crate::spine::next_number(tx, NUMBER_PREFIX)
}

/// Refuses a second live statement of a period and department, naming the first: beside one that is in force only its
/// correction, `replaces`, is compiled, and only where a month of it was opened again.
pub fn ensure_first(
    reader: &mut Reader<'_>,
    period: Period,
    department: DepartmentId,
    replaces: Option<Id<ExpenseStatement>>,
) -> Result<(), Failure> {
    if let Some(replaces) = replaces {
        let replaced = referred(find(reader, replaces), "/replaces_id")?;
        let last_open = accounting_period::last_open(reader, period)?;
        replaced.may_be_corrected(period, department, last_open)?;
    }
    let settled: &[&str] =
        if replaces.is_some() { &["void", "rejected", "approved"] } else { &["void", "rejected"] };
    let known: Option<String> = db!(reader, |c| statements::table
        .filter(statements::period.eq(period.to_string()))
        .filter(statements::department_id.eq(Key::from(department)))
        .filter(statements::status.ne_all(settled))
        .order(statements::id.desc())
        .select(statements::number)
        .first(c)
        .optional())?;
    match known {
        Some(number) => Err(Refusal::new(ALREADY_COMPILED).with("number", number).at("/period").into()),
        None => Ok(()),
    }
}

/// The statements within a sight: one's own are those one compiled.
fn seen(sight: &Sight) -> Where {
    let compiled = statements::compiler_id.eq(sight.employee);
    covered!(sight, expense_statements, "expense_statement", compiled)
}

/// One statement, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<ExpenseStatement>) -> Result<ExpenseStatement, Failure> {
    let (seen, key) = (seen(&Sight::of(reader)), Key::from(id));
    let row: Row = db!(reader, |c| statements::table
        .filter(statements::id.eq(key))
        .filter(&seen)
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

fn find_unscoped(reader: &mut Reader<'_>, id: Id<ExpenseStatement>) -> Result<ExpenseStatement, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| statements::table.filter(statements::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}
