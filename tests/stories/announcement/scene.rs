//! What stories of announcements stand on: a day in May, and a crowd.

use chrono::Duration;
use tests::{App, Company, Engine};

/// Lets the clock stand at an instant of May 2026 in Shanghai; the story began on Thursday 5 March at 9:30.
pub(super) fn may(app: &App, company: &mut Company, day: i64, (hour, minute): (i64, i64)) {
    let now = app.clock_minutes();
    // From 5 March 9:30 to 1 May 0:00 there are 57 days less nine and a half hours.
    let wanted = 57 * 1440 - 570 + (day - 1) * 1440 + hour * 60 + minute;
    app.advance(Duration::minutes(wanted - now));
    company.sign_in_again(app);
}

/// Minutes since a story began.
trait Clocked {
    fn clock_minutes(&self) -> i64;
}

impl Clocked for App {
    fn clock_minutes(&self) -> i64 {
        (self.database.now().micros() - 1_772_674_200_000_000) / 60_000_000
    }
}

/// Ten thousand more who work in a department.
pub(super) fn crowd(app: &App, department: &str) {
    let (id, of, until) = match app.engine {
        Engine::Sqlite => ("randomblob(16)", format!("X'{}'", department.replace('-', "")), "NULL"),
        Engine::Postgres => ("gen_random_uuid()", format!("'{department}'::uuid"), "NULL::date"),
    };
    app.execute(&format!(
        "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 10000) \
         INSERT INTO employees (id, number, name, joined_on, status, last_day, version, search_text) \
         SELECT {id}, 'C' || n, '众' || n, '2025-01-01', 'employed', {until}, 1, '' FROM more"
    ));
    app.execute(&format!(
        "INSERT INTO employee_placements (employee_id, from_on, until_on, is_first, department_id) \
         SELECT id, '2025-01-01', {until}, TRUE, {of} FROM employees WHERE number LIKE 'C%'"
    ));
    // In this order: who reads between the two keeps nothing that is old under a new revision.
    app.execute("UPDATE master_revisions SET revision = revision + 1");
    app.execute("UPDATE access_epoch SET master_revision = master_revision + 1");
}
