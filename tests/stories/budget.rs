//! A budget from draft to closed: it adds up, it is agreed to, its lines open, and nothing is planned twice.
//! `[BUD-1 … BUD-4, BUD-8]`

use crate::expense_claim::approve;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, race, records, stories};

stories! {
    a_budget_travels_from_draft_to_closed,
    only_an_active_budget_is_spent_and_what_it_rests_on_stays_linked,
    what_does_not_add_up_is_refused_with_the_difference,
    a_budget_is_submitted_when_it_says_everything,
    a_budget_is_seen_by_all_concerned_and_compiled_within_reach,
    two_budgets_never_hold_the_same_line,
    of_two_activations_of_the_same_lines_one_succeeds,
    a_returned_budget_is_mended_and_goes_on,
    next_year_starts_as_a_copy_that_grows,
    lines_are_listed_by_what_is_left_and_have_a_ledger,
}

records! {
    "/api/v1/budgets/{id}" => |made| active_budget(made.company, budget_of(made.company)),
    "/api/v1/budget-lines/{id}" => |made| lines_for_advertising(made).0,
}

pub(crate) const BUDGETS: &str = "/api/v1/budgets";
pub(crate) const LINES: &str = "/api/v1/budget-lines";

pub(crate) fn yuan(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

/// A budget of the marketing department as it is sent: 12,000.01 for advertising over the year, and travel money
/// for the first quarter.
pub(crate) fn budget_of(company: &Company) -> Value {
    json!({
        "title": "2026 年市场部营销预算", "fiscal_year": 2026,
        "scope": {"level": "department", "department_id": company.departments["marketing"]},
        "objectives": [
            {"period": "2026", "metric": "sales_amount", "unit": "万元", "target": "12000"},
            {"period": "2026-Q1", "metric": "market_share", "unit": "%", "target": "8.5"},
            {"period": "2026-03", "metric": "brand_awareness", "unit": "%", "target": "31"}
        ],
        "strategy": {"product": "主推新品", "price": "稳价", "channel": "渠道下沉", "promotion": "联合促销"},
        "activities": [{"name": "春季渠道订货会", "campaign": "2026-spring", "from": "2026-03-20",
            "to": "2026-03-22", "place": "杭州", "people": "市场部全体", "cost": yuan("3000.00"),
            "expected_effect": "签约 20 家", "likelihood_percent": 80}],
        "lines": [
            {"category": "promotion.advertising", "period": "2026", "amount": yuan("12000.01")},
            {"category": "entertainment", "period": "2026-Q1", "amount": yuan("3000.00"), "control": "hard"}
        ],
        "sums": [{"amount": yuan("15000.01")}, {"category": "promotion", "amount": yuan("12000.01")},
            {"period": "2026-03", "amount": yuan("1000.00")}],
        "indicators": [{"name": "销售额增长率", "target": "不低于 12%"}],
        "foundations": [{"kind": "research", "title": "2025 年华东消费者调研", "reference": "MR-2025-000007"}]
    })
}

pub(crate) fn path(budget: &str) -> String {
    format!("{BUDGETS}/{budget}")
}

/// Takes an action on a budget as it stands now.
#[track_caller]
pub(crate) fn deed(by: &Caller, budget: &str, action: &str, body: Option<Value>) -> Reply {
    let by = by.at(by.get(&path(budget)).expect(200).version());
    let action = format!("{}/{action}", path(budget));
    match body {
        Some(body) => by.post(&action, body),
        None => by.act(&action),
    }
}

/// A budget as it was sent by the head of marketing, approved by everybody; its id.
#[track_caller]
pub(crate) fn approved_budget(company: &Company, body: Value) -> String {
    let budget = company.who("head").post(BUDGETS, body).expect(201).text("/id");
    let approval = deed(company.who("head"), &budget, "submit", None).expect(200).text("/approval_id");
    for name in ["director", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    let status = company.who("qian").get(&path(&budget)).expect(200).text("/status");
    assert_eq!(status, "approved");
    budget
}

/// The same, activated.
#[track_caller]
pub(crate) fn active_budget(company: &Company, body: Value) -> String {
    let budget = approved_budget(company, body);
    deed(company.who("qian"), &budget, "activate", None).expect(200);
    budget
}

fn a_budget_travels_from_draft_to_closed(app: App) {
    let company = app.company();
    let head = company.who("head");
    let draft = head.post(BUDGETS, budget_of(&company)).expect(201);
    let budget = draft.text("/id");
    assert_eq!((draft.text("/number"), draft.text("/status")), ("BG-2026-000001".into(), "draft".into()));
    assert_eq!(draft.text("/total/amount"), "15000.01");
    let margins = draft.at("/margins").as_array().cloned().expect("margins");
    let march = margins.iter().find(|sum| sum["period"] == "2026-03").expect("March");
    assert_eq!(march["amount"]["amount"], "1000.00");
    let preview = head.get(&format!("{}/approval-preview", path(&budget))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true));
    let approval = deed(head, &budget, "submit", None).expect(200).text("/approval_id");
    let task = company.who("director").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(task.text("/document/summary/amount/amount"), "15000.01");
    deed(company.who("qian"), &budget, "activate", None).refuses(409, "budget.not_activatable");
    approve(&company, "director", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let of_budget = format!("{LINES}?budget_id={budget}&include_total=true");
    assert_eq!(head.get(&of_budget).expect(200).at("/total"), json!(0), "approved is not active");
    deed(head, &budget, "activate", None).refuses(403, "http.forbidden");
    let active = deed(company.who("qian"), &budget, "activate", None).expect(200);
    assert_eq!(active.text("/status"), "active");
    let lines = head.get(&of_budget).expect(200);
    assert_eq!(lines.at("/total"), json!(13), "twelve months and a quarter");
    deed(company.who("qian"), &budget, "void", Some(json!({"reason": "错"})))
        .refuses(409, "document.not_voidable");
    let closed = deed(company.who("qian"), &budget, "close", Some(json!({"reason": "年度结束"}))).expect(200);
    assert_eq!(closed.text("/status"), "closed");
    let open = head.get(&format!("{of_budget}&is_open=true")).expect(200);
    assert_eq!(open.at("/total"), json!(0));
    let listed = head
        .get(&format!(
            "{BUDGETS}?fiscal_year=2026&status=closed&q=%E5%B8%82%E5%9C%BA%E9%83%A8&include_total=true"
        ))
        .expect(200);
    assert_eq!(column(&listed.at("/data"), "number"), ["BG-2026-000001"]);
    let file = company.who("qian").get(&format!("{BUDGETS}?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("15000.01"));
}

/// `[BUD-3]`: decided by the superior department and finance, spent while it is active and at no other time.
fn only_an_active_budget_is_spent_and_what_it_rests_on_stays_linked(app: App) {
    let company = app.company();
    let (head, qian) = (company.who("head"), company.who("qian"));
    // Lan's travel is paid from the quarter's entertainment money, where there is any.
    let charged = || {
        let claim = company.submitted("lan", 100).0;
        let claim = company.who("lan").get(&format!("/api/v1/expense-claims/{claim}")).expect(200);
        column(&claim.at("/budget"), "category")
    };
    let budget = head.post(BUDGETS, budget_of(&company)).expect(201).text("/id");
    assert_eq!(charged(), Vec::<String>::new(), "a draft gives no money");
    let approval = deed(head, &budget, "submit", None).expect(200).text("/approval_id");
    let asked = qian.get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/steps");
    let asks = |step: usize, name: &str| asked[step]["seats"].to_string().contains(company.id(name));
    assert!(asks(0, "director") && asks(1, "qian") && !asks(0, "head"), "{asked}");
    assert_eq!(charged(), Vec::<String>::new(), "nor does one that is being decided");
    approve(&company, "director", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    assert_eq!(charged(), Vec::<String>::new(), "nor one that is approved");
    deed(qian, &budget, "activate", None).expect(200);
    assert_eq!(charged(), ["entertainment"]);
    let shown = head.get(&path(&budget)).expect(200);
    let rests_on = (shown.text("/foundations/0/kind"), shown.text("/foundations/0/reference"));
    assert_eq!(rests_on, ("research".into(), "MR-2025-000007".into()));
    deed(qian, &budget, "close", Some(json!({"reason": "提前结束"}))).expect(200);
    assert_eq!(charged(), Vec::<String>::new(), "what is closed is spent no more");
}

fn what_does_not_add_up_is_refused_with_the_difference(app: App) {
    let company = app.company();
    let mut wrong = budget_of(&company);
    wrong["sums"][0]["amount"] = yuan("15000.00");
    wrong["sums"][2]["amount"] = yuan("999.00");
    let refusal = company.who("head").post(BUDGETS, wrong).refuses(422, "validation.failed");
    assert_eq!(column(&refusal.at("/errors"), "pointer"), ["/sums/0", "/sums/2"]);
    assert!(refusal.text("/errors/0/detail").contains("-0.01"), "{refusal}");
    assert!(refusal.text("/errors/1/detail").contains("-1.00"), "{refusal}");
    assert_eq!(refusal.text("/rule"), "BUD-2");
    let mut twice = budget_of(&company);
    twice["sums"] = json!([]);
    twice["lines"][1] =
        json!({"category": "promotion.advertising", "period": "2026-05", "amount": yuan("1.00")});
    company.who("head").post(BUDGETS, twice).refuses(422, "budget.duplicate_line");
}

fn a_budget_is_submitted_when_it_says_everything(app: App) {
    let company = app.company();
    let mut bare = budget_of(&company);
    for part in ["objectives", "strategy", "activities", "indicators"] {
        bare.as_object_mut().expect("a body").remove(part);
    }
    let budget = company.who("head").post(BUDGETS, bare).expect(201).text("/id");
    let refusal = deed(company.who("head"), &budget, "submit", None).refuses(422, "validation.failed");
    let pointers = column(&refusal.at("/errors"), "pointer");
    assert_eq!(pointers.len(), 9, "{pointers:?}");
    assert_eq!(refusal.text("/clause"), "000 §9.1(2)");
    let head = company.who("head");
    let preview = head.get(&format!("{}/approval-preview", path(&budget))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(false));
    let version = head.get(&path(&budget)).expect(200).version();
    let whole = budget_of(&company);
    let patch = json!({"objectives": whole["objectives"], "strategy": whole["strategy"],
        "activities": whole["activities"], "indicators": whole["indicators"]});
    head.at(version).patch(&path(&budget), patch).expect(200);
    // The year alone is not enough: quarters and months have objectives of their own.
    let version = head.get(&path(&budget)).expect(200).version();
    let year = json!({"objectives": [whole["objectives"][0]]});
    head.at(version).patch(&path(&budget), year).expect(200);
    let refusal = deed(head, &budget, "submit", None).refuses(422, "validation.failed");
    let missing = column(&refusal.at("/errors"), "code");
    assert_eq!(missing, ["budget.no_quarter_objective", "budget.no_month_objective"]);
    let version = head.get(&path(&budget)).expect(200).version();
    head.at(version).patch(&path(&budget), json!({"objectives": whole["objectives"]})).expect(200);
    deed(head, &budget, "submit", None).expect(200);
    let version = head.get(&path(&budget)).expect(200).version();
    head.at(version).patch(&path(&budget), json!({"title": "新"})).refuses(409, "document.not_editable");
}

fn a_budget_is_seen_by_all_concerned_and_compiled_within_reach(app: App) {
    let company = app.company();
    let budget = company.who("head").post(BUDGETS, budget_of(&company)).expect(201).text("/id");
    company.who("lan").get(&path(&budget)).expect(200);
    company.who("rep").get(&path(&budget)).refuses(404, "http.not_found");
    company.who("lan").post(BUDGETS, budget_of(&company)).refuses(403, "http.forbidden");
    let mut elsewhere = budget_of(&company);
    elsewhere["scope"]["department_id"] = json!(company.departments["sales"]);
    company.who("head").post(BUDGETS, elsewhere).refuses(422, "budget.outside_scope");
    let mut beside = budget_of(&company);
    beside["lines"][0]["department_id"] = json!(company.departments["sales"]);
    company.who("head").post(BUDGETS, beside).refuses(422, "budget.outside_scope");
    deed(company.who("director"), &budget, "submit", None).refuses(403, "document.not_yours");
}

fn two_budgets_never_hold_the_same_line(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    let mut second = budget_of(&company);
    second["lines"] =
        json!([{"category": "promotion.advertising", "period": "2026-06", "amount": yuan("5000.00")}]);
    second["sums"] = json!([]);
    let second = approved_budget(&company, second);
    let refusal = deed(company.who("qian"), &second, "activate", None).refuses(409, "budget.overlaps");
    assert_eq!(refusal.text("/params/budget"), "BG-2026-000001");
    assert_eq!(refusal.text("/params/period"), "2026-06");
    deed(company.who("qian"), &second, "void", Some(json!({"reason": "重复"}))).expect(200);
}

fn of_two_activations_of_the_same_lines_one_succeeds(app: App) {
    let company = app.company();
    let budgets =
        [approved_budget(&company, budget_of(&company)), approved_budget(&company, budget_of(&company))];
    let qian = company.who("qian");
    let versions = budgets.clone().map(|budget| qian.get(&path(&budget)).expect(200).version());
    let runners: Vec<Box<dyn FnOnce() -> Reply + Send + '_>> = budgets
        .iter()
        .zip(versions)
        .map(|(budget, version)| {
            Box::new(move || qian.at(version).act(&format!("{}/activate", path(budget)))) as Box<_>
        })
        .collect();
    let mut replies = race(runners);
    replies.sort_by_key(|reply| reply.status);
    let lost = replies.pop().expect("two replies").refuses(409, "budget.overlaps");
    let won = replies.pop().expect("two replies").expect(200);
    assert_eq!(lost.text("/params/budget"), won.text("/number"));
    let open = qian.get(&format!("{LINES}?fiscal_year=2026&is_open=true&include_total=true")).expect(200);
    assert_eq!(open.at("/total"), json!(13));
}

fn a_returned_budget_is_mended_and_goes_on(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = head.post(BUDGETS, budget_of(&company)).expect(201).text("/id");
    let approval = deed(head, &budget, "submit", None).expect(200).text("/approval_id");
    approve(&company, "director", &approval).expect(200);
    let read = company.who("qian").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "差旅费偏高"});
    company
        .who("qian")
        .at(read.version())
        .post(&format!("/api/v1/approvals/{approval}/return"), body)
        .expect(200);
    let returned = head.get(&path(&budget)).expect(200);
    assert_eq!(returned.text("/status_reason"), "差旅费偏高");
    head.at(returned.version()).patch(&path(&budget), json!({"foundations": null})).expect(200);
    deed(head, &budget, "submit", None).expect(200);
    let withdrawn = deed(head, &budget, "withdraw", Some(json!({"note": "再改"}))).expect(200);
    assert_eq!(withdrawn.text("/status"), "withdrawn");
    deed(head, &budget, "submit", None).expect(200);
    approve(&company, "director", &approval).expect(200);
    let read = company.who("qian").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "不予安排"});
    company
        .who("qian")
        .at(read.version())
        .post(&format!("/api/v1/approvals/{approval}/reject"), body)
        .expect(200);
    assert_eq!(head.get(&path(&budget)).expect(200).text("/status"), "rejected");
}

fn next_year_starts_as_a_copy_that_grows(app: App) {
    let company = app.company();
    let head = company.who("head");
    let budget = head.post(BUDGETS, budget_of(&company)).expect(201).text("/id");
    let growth = json!({"growth_basis_points": -5000, "growth_by_category": {"promotion": 1000}});
    let copy = head.post(&format!("{}/copy", path(&budget)), growth).expect(201);
    assert_eq!((copy.at("/fiscal_year"), copy.text("/copied_from_id")), (json!(2027), budget.clone()));
    assert_eq!(
        (copy.text("/lines/0/amount/amount"), copy.text("/lines/1/amount/amount")),
        ("13200.01".into(), "1500.00".into())
    );
    assert_eq!(
        (copy.text("/lines/1/period"), copy.text("/activities/0/from")),
        ("2027-Q1".into(), "2027-03-20".into())
    );
    let wild = json!({"growth_by_category": {"promotion": 1_000_000}});
    head.post(&format!("{}/copy", path(&budget)), wild).refuses(422, "budget.no_growth");
}

fn lines_are_listed_by_what_is_left_and_have_a_ledger(app: App) {
    let company = app.company();
    let budget = active_budget(&company, budget_of(&company));
    let head = company.who("head");
    let found = head.get(&format!("{LINES}?category=entertainment&period=2026")).expect(200);
    assert_eq!(found.at("/data/0/budget_id"), json!(budget));
    assert_eq!(found.text("/data/0/available/amount"), "3000.00");
    let line = found.text("/data/0/id");
    let low = head.get(&format!("{LINES}?fiscal_year=2026&used_percent[gte]=80")).expect(200);
    assert_eq!(low.at("/data"), json!([]));
    head.get(&format!("{LINES}?used_percent[gte]=101")).refuses(400, "http.bad_parameter");
    let shown = head.get(&format!("{LINES}/{line}")).expect(200);
    assert_eq!((shown.text("/control"), shown.text("/purpose")), ("hard".into(), "ordinary".into()));
    let ledger = head.get(&format!("{LINES}/{line}/entries")).expect(200);
    assert_eq!(
        (ledger.text("/data/0/kind"), ledger.text("/data/0/document_id")),
        ("allocate".into(), budget)
    );
    company.who("rep").get(&format!("{LINES}/{line}")).refuses(404, "http.not_found");
    company.who("rep").get(&format!("{LINES}/{line}/entries")).refuses(404, "http.not_found");
    let file = company.who("qian").get(&format!("{LINES}/{line}/entries?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("3000.00"));
    let sheet = company.who("qian").get(&format!("{LINES}?format=xlsx")).expect(200);
    assert!(sheet.bytes.starts_with(b"PK"));
    company.who("lan").get(&format!("{LINES}?format=csv")).refuses(403, "http.forbidden");
}

/// The first two lines for advertising of the budget among the records.
pub(crate) fn lines_for_advertising(made: &Records<'_>) -> (String, String) {
    let budget = made.id("/api/v1/budgets/{id}");
    let lines = format!("{LINES}?budget_id={budget}&category=promotion.advertising");
    let lines = made.company.who("qian").get(&lines).expect(200);
    (lines.text("/data/0/id"), lines.text("/data/1/id"))
}
