//! Budget lines for stories, opened behind the edge, and what stands on them.

use crate::{App, Engine, app::block_on};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
};
use domain::{
    finance::{
        budget_line::{Balance, BudgetLine, Control},
        period::Period,
    },
    spine::Id,
};
use persistence::{
    finance::budget_line,
    spine::{Key, Request},
};
use uuid::Uuid;

impl App {
    /// Opens a line of an active budget of its own with so much money, in minor units; returns its id.
    pub fn open_budget_line(
        &self,
        department: &str,
        category: &str,
        period: &str,
        control: Control,
        minor: i64,
    ) -> Id<BudgetLine> {
        let number = u128::from(number_of(category, period, department));
        let (budget, line) =
            (Uuid::from_u128(0xb0d6_0000 << 64 | number), Uuid::from_u128(0x11e0 << 64 | number));
        let id = |id: &str| match self.engine {
            Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        };
        let now = match self.engine {
            Engine::Sqlite => "0",
            Engine::Postgres => "now()",
        };
        let (budget, line_id) = (id(&budget.to_string()), id(&line.to_string()));
        let department = id(department);
        let period: Period = period.parse().expect("a period");
        let (first, last, control) = (period.first_day(), period.last_day(), control.code());
        let user = "(SELECT id FROM users LIMIT 1)";
        self.run(&format!(
            "INSERT INTO budgets (id, department_id, created_at, changed_at, creator_id, submitter_id, number, title, \
             fiscal_year, scope, currency, total_minor, content, status, version) \
             VALUES ({budget}, {department}, {now}, {now}, {user}, (SELECT id FROM employees LIMIT 1), 'B-{number}', \
             '故事', 2026, 'department', 'CNY', {minor}, '{{}}', 'active', 1)"
        ));
        self.run(&format!(
            "INSERT INTO budget_lines (id, budget_id, department_id, category, period, fiscal_year, first_day, \
             last_day, purpose, control, currency, allocated_minor, beyond_minor, reserved_minor, committed_minor, \
             spent_minor, entries, is_open, version) \
             VALUES ({line_id}, {budget}, {department}, '{category}', '{period}', 2026, '{first}', '{last}', \
             'ordinary', '{control}', 'CNY', {minor}, 0, 0, 0, 0, 1, TRUE, 1)"
        ));
        self.run(&format!(
            "INSERT INTO budget_entries (line_id, position, kind, allocated_minor, beyond_minor, reserved_minor, \
             committed_minor, spent_minor, after_allocated_minor, after_beyond_minor, after_reserved_minor, \
             after_committed_minor, after_spent_minor, month, entered_at, entered_by_id) \
             VALUES ({line_id}, 1, 'allocate', {minor}, 0, 0, 0, 0, {minor}, 0, 0, 0, 0, '2026-01', {now}, {user})"
        ));
        Id::from_uuid(line)
    }

    /// What stands on a line.
    pub fn balance_of(&self, line: Id<BudgetLine>) -> Balance {
        let key = Key::from(line);
        let read = self
            .database
            .read(Request::system("story"), move |reader| budget_line::find_many(reader, &[key]));
        block_on(read).expect("a line").first().expect("the line").balance
    }

    /// Fails the story unless every balance and holding is the sum of its entries.
    pub fn prove_ledger(&self) {
        let verdict = block_on(self.database.read(Request::system("story"), budget_line::verify));
        let report = verdict.expect("a report");
        assert!(report.differences.is_empty(), "{:?}", report.differences);
    }

    fn run(&self, text: &str) {
        match self.engine {
            Engine::Sqlite => {
                let file = self.database_url().trim_start_matches("sqlite:");
                let mut connection = SqliteConnection::establish(file).expect("the story's database");
                connection.batch_execute("PRAGMA busy_timeout = 10000").expect("patience");
                sql_query(text).execute(&mut connection).expect(text);
            }
            Engine::Postgres => {
                let url = self.database_url();
                let mut connection = PgConnection::establish(url).expect("the story's database");
                sql_query(text).execute(&mut connection).expect(text);
            }
        }
    }
}

/// A number that differs by what a line is for.
fn number_of(category: &str, period: &str, department: &str) -> u32 {
    let bytes = category.bytes().chain(period.bytes()).chain(department.bytes());
    bytes.fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}
