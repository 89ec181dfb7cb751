//! Migrations that set data right: a database of before is told as one of today.

use crate::{
    expense_claim::{CLAIMS, approve},
    expense_claim_request::{claim_on, travel},
    expense_request as requests,
};
use chrono::Duration;
use domain::finance::budget_line::Control;
use serde_json::json;
use tests::{App, stories};

stories! {
    what_claims_drew_is_entered_in_the_name_of_its_documents,
    months_that_stood_open_again_are_remembered_from_the_feed,
}

/// 0024: what a colleague's claim drew on a request stood in the name of whoever claimed.
fn what_claims_drew_is_entered_in_the_name_of_its_documents(app: App) {
    let company = app.company();
    app.open_budget_line(
        &company.departments["marketing"],
        "entertainment",
        "2026-03",
        Control::Hard,
        200_000,
    );
    let request = requests::approved(&company, travel("1000.00"));
    let claim = company.who("ming").post(CLAIMS, claim_on(&company, &request, 600)).expect(201).text("/id");
    company.submit("ming", &claim);
    app.prove_ledger();
    app.execute(
        "UPDATE budget_entries SET employee_id = (SELECT id FROM employees WHERE name = 'ming') \
         WHERE document_kind = 'expense_request' AND kind = 'release'",
    );
    app.execute("DELETE FROM budget_uses");
    app.execute(
        "INSERT INTO budget_uses (line_id, employee_id, reserved_minor, committed_minor, spent_minor) \
         SELECT line_id, employee_id, CAST(SUM(reserved_minor) AS BIGINT), CAST(SUM(committed_minor) AS BIGINT), \
         CAST(SUM(spent_minor) AS BIGINT) FROM budget_entries WHERE employee_id IS NOT NULL \
         GROUP BY line_id, employee_id",
    );
    assert_eq!(app.ledger_differences(), [("in_name", 60_000)]);
    let used = |name: &str| {
        app.number(&format!(
            "SELECT committed_minor AS number FROM budget_uses \
             WHERE employee_id = (SELECT id FROM employees WHERE name = '{name}')"
        ))
    };
    assert_eq!((used("lan"), used("ming")), (100_000, 0));
    app.migrate_again("0024");
    assert_eq!((used("lan"), used("ming")), (40_000, 60_000));
    app.prove_ledger();
}

/// 0031: a month did not remember whether it was ever opened again, or only asked to be.
fn months_that_stood_open_again_are_remembered_from_the_feed(app: App) {
    let mut company = app.company();
    app.advance(Duration::days(70));
    company.sign_in_again(&app);
    let (finance, director) = (company.who("qian"), company.who("director"));
    let periods = "/api/v1/accounting-periods";
    for month in ["2026-02", "2026-03", "2026-04"] {
        finance.act(&format!("{periods}/{month}/close")).expect(200);
    }
    let asked = |month: &str| {
        let reason = json!({"reason": "漏记一笔差旅费"});
        let asked = finance.post(&format!("{periods}/{month}/reopen"), reason).expect(200);
        asked.text("/approval_id")
    };
    let (granted, denied) = (asked("2026-02"), format!("/api/v1/approvals/{}", asked("2026-03")));
    for name in ["director", "gm"] {
        approve(&company, name, &granted).expect(200);
    }
    let read = director.get(&denied).expect(200);
    let no = json!({"document_version": read.at("/document/version"), "reason": "金额太小"});
    director.at(read.version()).post(&format!("{denied}/reject"), no).expect(200);
    finance.act(&format!("{periods}/2026-02/close")).expect(200);
    let remembered =
        || app.number("SELECT COUNT(*) AS number FROM accounting_periods WHERE reopened_until = status_at");
    assert_eq!(remembered(), 1);
    app.execute("ALTER TABLE accounting_periods DROP COLUMN reopened_until");
    app.migrate_again("0031");
    assert_eq!(remembered(), 1);
    let forgotten = "SELECT COUNT(*) AS number FROM accounting_periods WHERE reopened_until IS NULL";
    assert_eq!(app.number(forgotten), 2, "what was refused and what nobody asked for");
    finance.get(&format!("{periods}/2026-02")).expect(200);
}
