//! Replays of budget control: which claims and requests other settings would have refused, reviewed or let pass. `[REG-7a,
//! REG-7b; BUD-5]`

use crate::{
    expense_request::{request_of, submitted},
    policy_replay::{counts, drafted_for},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Reply, budget_of, stories};

stories! {
    a_harder_default_tells_which_claims_it_would_have_refused,
    what_no_budget_covers_is_answered_by_the_draft,
    a_document_is_judged_by_what_its_line_had_before_it,
}

const SETTINGS: &str = "budget-policy/standard";

#[track_caller]
fn shipped(boss: &Caller) -> Value {
    boss.get(&format!("/api/v1/policies?code={SETTINGS}")).expect(200).at("/data/0/content")
}

/// What other settings would have said, as they are changed.
#[track_caller]
fn replayed(boss: &Caller, change: &Value) -> Reply {
    let mut content = shipped(boss);
    for (name, value) in change.as_object().expect("an object") {
        content[name] = value.clone();
    }
    let draft = drafted_for(boss, (SETTINGS, "000 §9.3(5)"), &content);
    let body = json!({"drafts": [draft], "from": "2026-03-01", "to": "2026-03-05"});
    boss.post("/api/v1/policies/replay", body).expect(201)
}

/// Opens a line of marketing; without a control it is the settings' matter.
#[track_caller]
fn line(company: &Company, category: &str, yuan: &str, control: Option<&str>) {
    let mut line = json!({"category": category, "period": "2026-03",
        "amount": {"amount": yuan, "currency": "CNY"}});
    if let Some(control) = control {
        line["control"] = json!(control);
    }
    let (head, finance) = (company.who("head"), company.who("qian"));
    let made = head.post("/api/v1/budgets", budget_of(&company.departments["marketing"], "2026", line));
    let place = made.expect(201).header("location").expect("a place");
    let submitted = head.at(1).act(&format!("{place}/submit")).expect(200);
    let approval = submitted.text("/approval_id");
    crate::approval::approve(company, &approval, &["director", "qian"]);
    let version = finance.get(&place).expect(200).version();
    finance.at(version).act(&format!("{place}/activate")).expect(200);
}

fn a_harder_default_tells_which_claims_it_would_have_refused(app: App) {
    let company = app.company();
    let boss = &company.boss;
    line(&company, "entertainment", "3000.00", None);
    let rows = || ["budget_entries", "budget_holdings", "approvals"].map(|table| app.count_rows(table));
    // 1,000 and 1,500 are there; of 2,000 a part only.
    for yuan in [1_000, 1_500, 2_000] {
        company.submitted("lan", yuan);
    }
    let before = rows();
    let unchanged = replayed(boss, &json!({}));
    assert_eq!(counts(&unchanged), [3, 0, 0, 0, 0], "nothing drifts: {unchanged}");
    let harder = replayed(boss, &json!({"default_control": "hard"}));
    assert_eq!(counts(&harder), [2, 1, 0, 0, 0], "{harder}");
    assert_eq!(rows(), before, "nothing is written");
    assert_eq!(harder.text("/groups/0/decision"), "budget_control");
    assert_eq!(harder.text("/groups/0/reason/rule"), "default_control");
    assert_eq!(harder.text("/groups/0/reason/before/zh"), "须经超预算特批");
    assert_eq!(harder.text("/groups/0/reason/after/zh"), "不予提交");
    assert_eq!(harder.text("/groups/0/reason/clause"), "000 §9.3(5)");
    assert_eq!(harder.at("/moved"), json!([{"currency": "CNY", "minor": 200_000}]));
    let softer = replayed(boss, &json!({"default_control": "warn"}));
    assert_eq!(counts(&softer), [2, 1, 0, 0, 0], "{softer}");
    assert_eq!(softer.text("/groups/0/reason/after/zh"), "提示后通过");
    assert_eq!(softer.at("/moved"), json!([]));
}

fn what_no_budget_covers_is_answered_by_the_draft(app: App) {
    let company = app.company();
    let boss = &company.boss;
    line(&company, "entertainment", "100.00", Some("special"));
    // Beyond a line that names its own control; of a heading without a line; of a department without a budget.
    company.submitted("lan", 500);
    submitted(&company, request_of("promotion.publicity", "900.00"));
    company.submitted("rep", 300);
    let unchanged = replayed(boss, &json!({}));
    assert_eq!(counts(&unchanged), [3, 0, 0, 0, 0], "{unchanged}");
    let named = replayed(boss, &json!({"default_control": "hard"}));
    assert_eq!(counts(&named), [3, 0, 0, 0, 0], "a line that names its control keeps it: {named}");
    let outside = replayed(boss, &json!({"outside_budget": "allow"}));
    assert_eq!(counts(&outside), [2, 1, 0, 0, 0], "{outside}");
    assert_eq!(outside.text("/groups/0/reason/rule"), "outside_budget");
    assert_eq!(outside.at("/groups/0/reason/after"), Value::Null);
    assert_eq!(outside.text("/groups/0/examples/0/kind"), "expense_request");
    let without = replayed(boss, &json!({"without_budget": "refuse"}));
    assert_eq!(counts(&without), [2, 1, 0, 0, 0], "{without}");
    assert_eq!(without.text("/groups/0/reason/rule"), "without_budget");
    assert_eq!(without.at("/moved"), json!([{"currency": "CNY", "minor": 30_000}]));
}

fn a_document_is_judged_by_what_its_line_had_before_it(app: App) {
    let company = app.company();
    let boss = &company.boss;
    line(&company, "entertainment", "3000.00", None);
    let (first, first_approval) = company.submitted("lan", 2_500);
    let (second, _) = company.submitted("ming", 1_000);
    let hard = json!({"default_control": "hard"});
    let before = replayed(boss, &hard);
    assert_eq!(counts(&before), [1, 1, 0, 0, 0], "{before}");
    // What happens to the others afterwards changes nothing of what was there then.
    crate::approval::act(company.who("head"), &first_approval, "reject", json!({"reason": "不合规"}))
        .expect(200);
    assert_eq!(company.state_of(&first), "rejected");
    let after = replayed(boss, &hard);
    assert_eq!(counts(&after), [1, 1, 0, 0, 0], "{after}");
    assert_eq!(after.text("/digest"), before.text("/digest"), "the same to the letter");
    // One that came back may say something else by now.
    let path = format!("/api/v1/expense-claims/{second}");
    let ming = company.who("ming");
    ming.at(ming.get(&path).expect(200).version()).post(&format!("{path}/withdraw"), json!({})).expect(200);
    assert_eq!(counts(&replayed(boss, &hard)), [1, 0, 1, 0, 0]);
}
