//! Money that moves between lines, and draws on the emergency fund: agreed to, made at once, or not at all.
//! `[BUD-6, BUD-7]`

use crate::{
    budget::{BUDGETS, LINES, active_budget, budget_of, deed as budget_deed, lines_for_advertising, yuan},
    expense_claim::approve,
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, race, records, stories};

stories! {
    a_transfer_takes_effect_with_the_last_approval,
    of_two_transfers_out_of_one_line_no_more_moves_than_is_there,
    a_line_is_raised_cut_and_added,
    an_emergency_fund_is_drawn_on_by_director_and_finance_for_an_event,
    a_change_is_within_reach_and_leads_somewhere,
}

records! {
    "/api/v1/budget-changes/{id}" => a_change,
}

pub(crate) const CHANGES: &str = "/api/v1/budget-changes";

pub(crate) fn path(change: &str) -> String {
    format!("{CHANGES}/{change}")
}

#[track_caller]
pub(crate) fn deed(by: &Caller, change: &str, action: &str, body: Option<Value>) -> Reply {
    let by = by.at(by.get(&path(change)).expect(200).version());
    let action = format!("{}/{action}", path(change));
    match body {
        Some(body) => by.post(&action, body),
        None => by.act(&action),
    }
}

/// The id of the line of a category and period.
#[track_caller]
pub(crate) fn line(company: &Company, category: &str, period: &str) -> String {
    let found = company.who("qian").get(&format!("{LINES}?category={category}&period={period}")).expect(200);
    found.text("/data/0/id")
}

#[track_caller]
pub(crate) fn available(company: &Company, line: &str) -> String {
    company.who("qian").get(&format!("{LINES}/{line}")).expect(200).text("/available/amount")
}

pub(crate) fn adjustment(movements: Value) -> Value {
    json!({"kind": "adjustment", "fiscal_year": 2026, "reason": "渠道推广提前", "movements": movements})
}

/// A submitted change of the head of marketing; its id and its approval's.
#[track_caller]
pub(crate) fn submitted(company: &Company, body: Value) -> (String, String) {
    let change = company.who("head").post(CHANGES, body).expect(201).text("/id");
    let approval = deed(company.who("head"), &change, "submit", None).expect(200).text("/approval_id");
    (change, approval)
}

fn a_transfer_takes_effect_with_the_last_approval(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    let (march, april) = (
        line(&company, "promotion.advertising", "2026-03"),
        line(&company, "promotion.advertising", "2026-04"),
    );
    let body = adjustment(json!([{"from_line_id": april, "to_line_id": march, "amount": yuan("400.00")}]));
    let change = company.who("head").post(CHANGES, body).expect(201);
    assert_eq!(
        (change.text("/number"), change.text("/total/amount")),
        ("BC-2026-000001".into(), "400.00".into())
    );
    let change = change.text("/id");
    let preview = company.who("head").get(&format!("{}/approval-preview", path(&change))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true));
    let approval = deed(company.who("head"), &change, "submit", None).expect(200).text("/approval_id");
    approve(&company, "director", &approval).expect(200);
    assert_eq!(available(&company, &march), "1000.00");
    approve(&company, "qian", &approval).expect(200);
    assert_eq!(
        (available(&company, &march), available(&company, &april)),
        ("1400.00".into(), "600.00".into())
    );
    let shown = company.who("head").get(&path(&change)).expect(200);
    assert_eq!(shown.text("/status"), "effective");
    let ledger = company.who("head").get(&format!("{LINES}/{march}/entries")).expect(200);
    assert_eq!(column(&ledger.at("/data"), "kind"), ["allocate", "transfer"]);
    assert_eq!(ledger.text("/data/1/document_kind"), "budget_change");
    let listed =
        company.who("head").get(&format!("{CHANGES}?status=effective&include_total=true")).expect(200);
    assert_eq!(listed.at("/total"), json!(1));
}

/// 1,000 stand on the line; two changes of 600 are agreed to in the same instant. One takes effect; the other
/// approval is told what is missing, and stays open.
fn of_two_transfers_out_of_one_line_no_more_moves_than_is_there(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    let of = |month: &str| line(&company, "promotion.advertising", month);
    let (may, june) = (of("2026-05"), of("2026-06"));
    let approvals: Vec<String> = (0..2)
        .map(|_| {
            let movements = json!([{"from_line_id": may, "to_line_id": june, "amount": yuan("600.00")}]);
            let (_, approval) = submitted(&company, adjustment(movements));
            approve(&company, "director", &approval).expect(200);
            approval
        })
        .collect();
    let qian = company.who("qian");
    let read: Vec<Reply> = approvals
        .iter()
        .map(|approval| qian.get(&format!("/api/v1/approvals/{approval}")).expect(200))
        .collect();
    let runners: Vec<Box<dyn FnOnce() -> Reply + Send + '_>> = approvals
        .iter()
        .zip(&read)
        .map(|(approval, read)| {
            let body = json!({"document_version": read.at("/document/version")});
            let by = qian.at(read.version());
            Box::new(move || by.post(&format!("/api/v1/approvals/{approval}/approve"), body)) as Box<_>
        })
        .collect();
    let mut replies = race(runners);
    replies.sort_by_key(|reply| reply.status);
    let lost = replies.pop().expect("two replies").refuses(409, "budget_line.cut_below_use");
    replies.pop().expect("two replies").expect(200);
    assert_eq!(lost.text("/params/available"), "400.00");
    assert_eq!((available(&company, &may), available(&company, &june)), ("400.00".into(), "1600.00".into()));
    let waiting = qian.get("/api/v1/approvals?box=waiting&include_total=true").expect(200);
    assert_eq!(waiting.at("/total"), json!(1), "the other approval stays open");
}

fn a_line_is_raised_cut_and_added(app: App) {
    let company = app.company();
    let budget = active_budget(&company, budget_of(&company));
    let of = |month: &str| line(&company, "promotion.advertising", month);
    let (july, august) = (of("2026-07"), of("2026-08"));
    let marketing = &company.departments["marketing"];
    let new = json!({"budget_id": budget, "department_id": marketing, "category": "other.market_research", "period": "2026-07"});
    let movements = json!([
        {"to_line_id": july, "amount": yuan("250.00")},
        {"from_line_id": august, "amount": yuan("50.00")},
        {"from_line_id": august, "open": new, "amount": yuan("300.00")}
    ]);
    let (_, approval) = submitted(&company, adjustment(movements.clone()));
    for name in ["director", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(
        (available(&company, &july), available(&company, &august)),
        ("1250.00".into(), "650.00".into())
    );
    let added = line(&company, "other.market_research", "2026-07");
    assert_eq!(available(&company, &added), "300.00");
    let again = company.who("head").post(CHANGES, adjustment(movements)).expect(201).text("/id");
    deed(company.who("head"), &again, "submit", None).refuses(409, "budget.overlaps");
    let fewer = json!({"movements": [{"from_line_id": august, "amount": yuan("651.00")}]});
    let version = company.who("head").get(&path(&again)).expect(200).version();
    company.who("head").at(version).patch(&path(&again), fewer).expect(200);
    deed(company.who("head"), &again, "submit", None).refuses(409, "budget_line.cut_below_use");
    deed(company.who("head"), &again, "void", Some(json!({"reason": "算错了"}))).expect(200);
    budget_deed(company.who("qian"), &budget, "close", Some(json!({"reason": "年度结束"}))).expect(200);
    let late = adjustment(json!([{"to_line_id": july, "amount": yuan("1.00")}]));
    let late = company.who("head").post(CHANGES, late).expect(201).text("/id");
    deed(company.who("head"), &late, "submit", None).refuses(409, "budget_line.closed");
}

fn an_emergency_fund_is_drawn_on_by_director_and_finance_for_an_event(app: App) {
    let company = app.company();
    let mut with_fund = budget_of(&company);
    with_fund["sums"] = json!([]);
    let fund = json!({"category": "other", "period": "2026", "purpose": "emergency_fund", "amount": yuan("8000.00")});
    with_fund["lines"].as_array_mut().expect("lines").push(fund);
    active_budget(&company, with_fund);
    let found = company.who("head").get(&format!("{LINES}?purpose=emergency_fund")).expect(200);
    let (fund, march) = (found.text("/data/0/id"), line(&company, "promotion.advertising", "2026-03"));
    assert_eq!(found.text("/data/0/period"), "2026");
    let movement = json!([{"from_line_id": fund, "to_line_id": march, "amount": yuan("2000.00")}]);
    company.who("head").post(CHANGES, adjustment(movement.clone())).refuses(422, "budget_change.draw_needed");
    let mut draw = adjustment(movement);
    draw["kind"] = json!("emergency_draw");
    company.who("head").post(CHANGES, draw.clone()).refuses(422, "validation.failed");
    (draw["event"], draw["event_on"]) = (json!("竞品突然降价"), json!("2026-03-04"));
    let (change, approval) = submitted(&company, draw);
    let report = "/api/v1/emergency-draws?fiscal_year=2026&include_total=true";
    assert_eq!(company.who("head").get(report).expect(200).at("/total"), json!(0));
    approve(&company, "director", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    assert_eq!(
        (available(&company, &fund), available(&company, &march)),
        ("6000.00".into(), "3000.00".into())
    );
    let reported = company.who("qian").get(report).expect(200);
    assert_eq!(
        (reported.text("/data/0/change_id"), reported.text("/data/0/event")),
        (change, "竞品突然降价".into())
    );
    let ledger = company.who("head").get(&format!("{LINES}/{fund}/entries")).expect(200);
    assert_eq!(ledger.text("/data/1/reason"), "emergency_draw");
    let file = company.who("qian").get("/api/v1/emergency-draws?format=csv").expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("2000.00"));
    let files = company.who("qian").get(&format!("{CHANGES}?format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&files.bytes).contains("BC-2026-000001"));
}

fn a_change_is_within_reach_and_leads_somewhere(app: App) {
    let company = app.company();
    active_budget(&company, budget_of(&company));
    let march = line(&company, "promotion.advertising", "2026-03");
    let head = company.who("head");
    let movements = json!([{"amount": yuan("1.00")}, {"from_line_id": march, "to_line_id": march, "amount": yuan("0.00")}]);
    let refusal = head.post(CHANGES, adjustment(movements)).refuses(422, "validation.failed");
    let codes = column(&refusal.at("/errors"), "code");
    assert_eq!(codes, ["budget_change.no_direction", "money.not_positive", "budget_change.same_line"]);
    let cut = adjustment(json!([{"from_line_id": march, "amount": yuan("1.00")}]));
    company.who("lan").post(CHANGES, cut.clone()).refuses(403, "http.forbidden");
    let change = head.post(CHANGES, cut).expect(201).text("/id");
    company.who("rep").get(&path(&change)).refuses(404, "http.not_found");
    deed(company.who("director"), &change, "submit", None).refuses(403, "document.not_yours");
    deed(head, &change, "submit", None).expect(200);
    deed(head, &change, "void", Some(json!({"reason": "算了"}))).refuses(409, "document.not_voidable");
    let withdrawn = deed(head, &change, "withdraw", Some(json!({"note": "再想想"}))).expect(200);
    assert_eq!(withdrawn.text("/status"), "withdrawn");
    head.get(&format!("{BUDGETS}?status=active")).expect(200);
}

fn a_change(made: &Records<'_>) -> String {
    let (from, to) = lines_for_advertising(made);
    let change = json!({"kind": "adjustment", "fiscal_year": 2026, "reason": "渠道推广提前",
        "movements": [{"from_line_id": from, "to_line_id": to, "amount": yuan("10.00")}]});
    made.post("head", "/api/v1/budget-changes/{id}", change)
}
