//! What a document is charged to follows what it says, and what it was given beyond the budget never outlives it.
//! `[BUD-4, BUD-5, BUD-8, EXP-3]`

use super::{
    budget::{self as budgets, LINES},
    expense_claim::{CLAIMS, approve, approved, deed, hand_over, payment, voucher},
    expense_request::{self as requests, REQUESTS, act, line_of, request_of, submit, submitted},
};
use chrono::Duration;
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    a_document_sent_back_is_charged_to_what_it_says_at_last,
    an_amended_line_outside_the_budget_is_charged_to_none,
    what_was_granted_to_a_request_ends_with_its_last_claim,
    an_amendment_moves_no_money_that_nobody_looked_at,
    what_claims_draw_on_a_colleagues_request_is_used_in_their_own_names,
    a_claim_once_cut_still_meets_whom_its_amount_demands,
    a_request_at_anothers_cost_asks_the_head_of_who_bears_it,
    what_has_no_budget_meets_the_review_once_the_company_keeps_one,
    what_is_spent_beyond_the_budget_is_told_as_such,
    an_item_that_the_budget_refuses_is_undone_whole,
    of_lines_that_overlap_the_nearest_is_charged_and_the_others_keep_their_money,
}

const EVERYBODY: [&str; 5] = ["head", "qian", "director", "gm", "chair"];

fn marketing(company: &Company) -> &str {
    &company.departments["marketing"]
}

/// Whoever is asked agrees, until nobody is left.
#[track_caller]
fn agreed(company: &Company, names: &[&str], approval: &str) {
    for name in names {
        approve(company, name, approval).expect(200);
    }
    let read = company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(read.text("/state"), "approved");
}

/// A claim on the first line of a request, as it is sent.
fn claim_on(company: &Company, request: &str, yuan: u32) -> Value {
    let mut body = company.claim_of(yuan);
    body["request_id"] = json!(request.rsplit('/').next());
    body["lines"][0]["request_line"] = json!(1);
    body
}

/// A request for travel as it is sent.
fn travel(yuan: &str) -> Value {
    let mut body = request_of("entertainment.travel", yuan);
    body["details"]["route"] = json!("杭州—上海");
    body["details"]["days"] = json!(2);
    body
}

fn a_document_sent_back_is_charged_to_what_it_says_at_last(app: App) {
    let company = app.company();
    let promotion = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Hard, 100_000);
    let lan = company.who("lan");
    let (place, approval) = submitted(&company, request_of("promotion.publicity", "900.00"));
    let head = company.who("head");
    let read = head.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "应列培训费"});
    head.at(read.version()).post(&format!("/api/v1/approvals/{approval}/return"), body).expect(200);
    let version = lan.get(&place).expect(200).version();
    let other = json!({"lines": [line_of("other.training", "1900.00")]});
    lan.at(version).patch(&place, other).expect(200);
    let approval = submit(lan, &place);
    agreed(&company, &EVERYBODY, &approval);
    let shown = lan.get(&place).expect(200);
    assert_eq!((shown.text("/status"), shown.at("/budget")), ("approved".into(), json!([])));
    let balance = app.balance_of(promotion);
    assert_eq!((balance.allocated, balance.used()), (100_000, 0), "training is no promotion");
    app.prove_ledger();
}

fn an_amended_line_outside_the_budget_is_charged_to_none(app: App) {
    let company = app.company();
    let promotion = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Hard, 100_000);
    let lan = company.who("lan");
    let request = requests::approved(&company, request_of("promotion.publicity", "900.00"));
    let lines = json!([line_of("other.training", "1900.00")]);
    let amendment =
        act(lan, &request, "amendments", json!({"reason": "改办培训", "changes": {"lines": lines}}));
    let place = format!("/api/v1/expense-request-amendments/{}", amendment.expect(201).text("/id"));
    agreed(&company, &EVERYBODY, &submit(lan, &place));
    let shown = lan.get(&request).expect(200);
    assert_eq!((shown.text("/amount/amount"), shown.at("/budget")), ("1900.00".into(), json!([])));
    assert_eq!(app.balance_of(promotion).available(), 100_000);
    app.prove_ledger();
}

fn what_was_granted_to_a_request_ends_with_its_last_claim(app: App) {
    let company = app.company();
    let line =
        app.open_budget_line(marketing(&company), "entertainment", "2026-03", Control::Special, 100_000);
    let lan = company.who("lan");
    let (request, approval) = submitted(&company, travel("1300.00"));
    agreed(&company, &EVERYBODY, &approval);
    assert_eq!(app.balance_of(line).beyond, 30_000);
    let claim = lan.post(CLAIMS, claim_on(&company, &request, 1200)).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    act(lan, &request, "close", json!({"reason": "结束"})).expect(200);
    let balance = app.balance_of(line);
    assert_eq!((balance.beyond, balance.committed), (20_000, 120_000), "the last given goes first");
    agreed(&company, &["head", "qian"], &approval);
    deed(lan, &claim, "revoke", json!({"reason": "行程取消"})).expect(200);
    let balance = app.balance_of(line);
    assert_eq!((balance.allocated, balance.beyond, balance.available()), (100_000, 0, 100_000));
    app.prove_ledger();
}

fn an_amendment_moves_no_money_that_nobody_looked_at(app: App) {
    let company = app.company();
    let wide =
        app.open_budget_line(marketing(&company), "entertainment", "2026-03", Control::Special, 100_000);
    let lan = company.who("lan");
    let (request, approval) = submitted(&company, travel("1300.00"));
    agreed(&company, &EVERYBODY, &approval);
    let claim = lan.post(CLAIMS, claim_on(&company, &request, 500)).expect(201).text("/id");
    company.submit("lan", &claim);
    // A nearer line opens, with too little for what was approved.
    let near =
        app.open_budget_line(marketing(&company), "entertainment.travel", "2026-03", Control::Special, 1_000);
    let amended = |yuan: &str| {
        let mut line = line_of("entertainment.travel", yuan);
        line["purpose"] = json!("改签");
        let body = json!({"reason": "改签", "changes": {"lines": [line]}});
        let amendment = act(lan, &request, "amendments", body).expect(201).text("/id");
        submit(lan, &format!("/api/v1/expense-request-amendments/{amendment}"))
    };
    agreed(&company, &["head", "qian"], &amended("1300.00"));
    let figures = |line| (app.balance_of(line).committed, app.balance_of(line).beyond);
    assert_eq!((figures(wide), figures(near)), ((130_000, 30_000), (0, 0)), "what asks for no more stays");
    agreed(&company, &EVERYBODY, &amended("1350.00"));
    assert_eq!(
        (figures(wide), figures(near)),
        ((135_000, 35_000), (0, 0)),
        "and more is asked where it stands"
    );
    app.prove_ledger();
    deed(lan, &claim, "withdraw", json!({})).expect(200);
    act(lan, &request, "close", json!({"reason": "结束"})).expect(200);
    assert_eq!((app.balance_of(wide).allocated, app.balance_of(wide).available()), (100_000, 100_000));
    app.prove_ledger();
}

fn what_claims_draw_on_a_colleagues_request_is_used_in_their_own_names(app: App) {
    let company = app.company();
    app.open_budget_line(marketing(&company), "entertainment", "2026-03", Control::Hard, 200_000);
    let request = requests::approved(&company, travel("1000.00"));
    let ming = company.who("ming");
    let claim = ming.post(CLAIMS, claim_on(&company, &request, 600)).expect(201).text("/id");
    let approval = company.submit("ming", &claim);
    let used = || {
        let path = "/api/v1/budget-execution?fiscal_year=2026&group_by=person";
        let rows = company.who("head").get(path).expect(200).at("/data");
        let row = |row: &Value| {
            let name = row["group"]["person"]["name"].as_str().unwrap_or_default().to_owned();
            (name, row["committed"]["amount"].as_str().unwrap_or_default().to_owned())
        };
        rows.as_array().into_iter().flatten().map(row).collect::<Vec<_>>()
    };
    let both = [("lan".to_owned(), "400.00".to_owned()), ("ming".to_owned(), "600.00".to_owned())];
    assert_eq!(used(), both);
    agreed(&company, &["head", "qian"], &approval);
    assert_eq!(used(), both);
    app.prove_ledger();
    deed(ming, &claim, "revoke", json!({"reason": "重报"})).expect(200);
    assert_eq!(used()[0], ("lan".to_owned(), "1000.00".to_owned()));
    app.prove_ledger();
    // An entry in another name than its document's is found.
    app.execute(
        "UPDATE budget_entries SET employee_id = (SELECT id FROM employees WHERE name = 'ming') \
         WHERE document_kind = 'expense_request' AND kind = 'reserve'",
    );
    let found = app.ledger_differences();
    assert!(found.contains(&("in_name", -100_000)), "{found:?}");
}

fn a_claim_once_cut_still_meets_whom_its_amount_demands(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    // Nobody above the head saw it before: within an approved request they would have.
    let (claim, _) = company.submitted("lan", 6_000);
    let cut = |yuan: &str| {
        let part = json!({"amount": yuan, "currency": "CNY"});
        let cut = json!({"lines": [{"line": 1, "approved": part, "reason": "超标准"}]});
        deed(company.who("head"), &claim, "reduce", cut).expect(200);
    };
    cut("4900.00");
    deed(lan, &claim, "withdraw", json!({})).expect(200);
    let approval = company.submit("lan", &claim);
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    assert_eq!(company.state_of(&claim), "in_approval", "it still claims 6,000: the director decides too");
    approve(&company, "director", &approval).expect(200);
    let shown = lan.get(&format!("{CLAIMS}/{claim}")).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/approved/amount")),
        ("approved".into(), "4900.00".into())
    );
}

fn a_request_at_anothers_cost_asks_the_head_of_who_bears_it(app: App) {
    let company = app.company();
    let mut body = request_of("other.training", "300.00");
    body["lines"][0]["cost_centre_id"] = json!(company.departments["finance"]);
    let (place, approval) = submitted(&company, body);
    let steps = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/steps");
    assert_eq!(column(&steps, "code")[..3], ["head", "bearing-head", "finance"]);
    assert_eq!(steps[1]["seats"][0]["candidate"]["name"], "qian", "{steps}");
    approve(&company, "head", &approval).expect(200);
    approve(&company, "sun", &approval).refuses(403, "approval.not_your_turn");
    // Who agreed for the department is spared the step that follows.
    approve(&company, "qian", &approval).expect(200);
    let lan = company.who("lan");
    assert_eq!(lan.get(&place).expect(200).text("/status"), "approved");
    // An amendment that lays the cost on somebody else asks them too.
    let own = requests::approved(&company, request_of("other.training", "300.00"));
    let mut line = line_of("other.training", "300.00");
    line["cost_centre_id"] = json!(company.departments["finance"]);
    let body = json!({"reason": "由财务承担", "changes": {"lines": [line]}});
    let amendment = act(lan, &own, "amendments", body).expect(201).text("/id");
    let approval = submit(lan, &format!("/api/v1/expense-request-amendments/{amendment}"));
    let steps = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/steps");
    assert_eq!(
        (&steps[1]["code"], &steps[1]["seats"][0]["candidate"]["name"]),
        (&json!("bearing-head"), &json!("qian"))
    );
}

fn what_has_no_budget_meets_the_review_once_the_company_keeps_one(app: App) {
    let company = app.company();
    let reviewed = |name: &str| {
        let who = company.who(name);
        let made = who.post(REQUESTS, request_of("other.training", "300.00")).expect(201).text("/id");
        let plan = who.get(&format!("{REQUESTS}/{made}/approval-preview")).expect(200).at("/plan/steps");
        let step =
            plan.as_array().into_iter().flatten().find(|step| step["code"] == "special-review").cloned();
        step.is_some_and(|step| step["fate"] == "decides")
    };
    assert!(!reviewed("rep"), "a company without budgets controls nothing");
    let line = app.open_budget_line(marketing(&company), "other", "2026-03", Control::Hard, 100_000);
    assert!(reviewed("rep"), "sales has none");
    assert!(!reviewed("lan"));
    let (head, qian) = (company.who("head"), company.who("qian"));
    let budget = head.get(&format!("{LINES}/{line}")).expect(200).text("/budget_id");
    let version = qian.get(&budgets::path(&budget)).expect(200).version();
    let close = format!("{}/close", budgets::path(&budget));
    qian.at(version).post(&close, json!({"reason": "重新编制"})).expect(200);
    assert!(reviewed("lan"), "closing a budget does not set its department free");
}

/// Acknowledges, posts and pays a claim.
#[track_caller]
fn paid(company: &Company, claim: &str, yuan: &str) {
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
    assert_eq!(hand_over(company, "confirm-payments", payment(claim, "P-1", yuan))["outcome"], "done");
}

fn what_is_spent_beyond_the_budget_is_told_as_such(app: App) {
    let mut company = app.company();
    app.open_budget_line(marketing(&company), "entertainment", "2026-03", Control::Special, 100_000);
    let (request, approval) = submitted(&company, travel("1300.00"));
    agreed(&company, &EVERYBODY, &approval);
    let claim = company.who("lan").post(CLAIMS, claim_on(&company, &request, 1300)).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    agreed(&company, &["head", "qian"], &approval);
    paid(&company, &claim, "1300.00");
    let (head, qian) = (company.who("head"), company.who("qian"));
    let row = head.get("/api/v1/budget-execution?fiscal_year=2026").expect(200).at("/data/0");
    let amount = |figure: &str| row[figure]["amount"].as_str().unwrap_or_default().to_owned();
    assert_eq!((amount("budget"), amount("beyond")), ("1000.00".into(), "300.00".into()));
    assert_eq!((amount("spent"), amount("variance_to_plan")), ("1300.00".into(), "300.00".into()));
    assert_eq!(row["rate_basis_points"], 13_000);
    let alert = head.get("/api/v1/budget-alerts").expect(200).at("/alerts/0");
    assert_eq!((&alert["used_basis_points"], &alert["threshold_percent"]), (&json!(13_000), &json!(100)));
    let file = qian.get("/api/v1/budget-execution?fiscal_year=2026&format=csv").expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("1000.00,300.00"));
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let body = json!({"period": "2026-03", "department_id": marketing(&company), "remarks": "超支三成"});
    let statement = company.who("qian").post("/api/v1/expense-statements", body).expect(201);
    assert_eq!(statement.text("/total/budget/amount"), "1000.00", "{statement}");
}

fn an_item_that_the_budget_refuses_is_undone_whole(app: App) {
    let company = app.company();
    app.open_budget_line(marketing(&company), "entertainment", "2026-03", Control::Hard, 100_000);
    let claim = approved(&company, 600);
    paid(&company, &claim, "600.00");
    let reason = json!({"reason": "重复报销"});
    let counter = deed(company.who("qian"), &claim, "reverse", reason).expect(201).text("/id");
    hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    let post = || {
        let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0232")}]});
        hand_over(&company, "confirm-posting", item)
    };
    app.execute("UPDATE budget_lines SET spent_minor = spent_minor - 1 WHERE spent_minor > 0");
    assert_eq!(post()["outcome"], "refused", "the line cannot give back what it has not spent");
    assert_eq!(
        (company.state_of(&counter), company.state_of(&claim)),
        ("acknowledged".into(), "posted".into())
    );
    app.execute("UPDATE budget_lines SET spent_minor = spent_minor + 1 WHERE spent_minor > 0");
    assert_eq!(post()["outcome"], "done");
    assert_eq!((company.state_of(&counter), company.state_of(&claim)), ("posted".into(), "reversed".into()));
    app.prove_ledger();
}

/// A heading's money is for what has no line of its own: both stand side by side, and which one pays is never chance.
fn of_lines_that_overlap_the_nearest_is_charged_and_the_others_keep_their_money(app: App) {
    let company = app.company();
    let open = |category: &str, period: &str| {
        app.open_budget_line(marketing(&company), category, period, Control::Hard, 50_000)
    };
    // From the widest to the nearest: whatever was opened first does not matter.
    let lines = [
        open("entertainment", "2026-Q1"),
        open("entertainment", "2026-03"),
        open("entertainment.travel", "2026-Q1"),
        open("entertainment.travel", "2026-03"),
    ];
    approved(&company, 300);
    let used = || lines.map(|line| app.balance_of(line).used());
    assert_eq!(used(), [0, 0, 0, 30_000]);
    // What is left of it is its own: no other line steps in for it.
    let claim = company.draft("lan", 300);
    let (lan, place) = (company.who("lan"), format!("{CLAIMS}/{claim}"));
    let short = lan.at(1).act(&format!("{place}/submit")).refuses(409, "budget_line.exhausted");
    assert_eq!(short.text("/params/available"), "200.00");
    let report =
        company.who("head").get("/api/v1/budget-execution?fiscal_year=2026&group_by=category").expect(200);
    assert_eq!(
        (report.text("/data/0/budget/amount"), report.text("/data/1/budget/amount")),
        ("1000.00".into(), "1000.00".into()),
        "each line is told where it stands: {report}"
    );
    app.prove_ledger();
}
