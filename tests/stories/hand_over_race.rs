//! Batches of the hand-over that meet: each is done, whatever the other does. `[EXP-9, EXP-10, BUD-4]`

use crate::{
    expense_claim::{CLAIMS, approve, deed, hand_over, voucher},
    expense_claim_request::claim_on,
    expense_request::{approved, request_of},
};
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, Reply, race, stories};

stories! {
    batches_that_meet_on_the_same_lines_in_opposite_order_are_both_paid,
    a_claim_paid_in_parts_by_itself_and_in_a_batch_at_once_is_paid_both,
    reversals_that_meet_on_the_same_requests_in_opposite_order_are_both_posted,
    refusals_that_meet_on_the_same_requests_in_opposite_order_both_go_back,
}

/// A claim in the ledger, charged to the line of a month.
#[track_caller]
fn posted_in(company: &Company, day: &str) -> String {
    let mut body = company.claim_of(100);
    body["business_date"] = json!(day);
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
    claim
}

fn batches_that_meet_on_the_same_lines_in_opposite_order_are_both_paid(app: App) {
    const ROUNDS: i64 = 10;
    let company = app.company();
    let open = |month: &str| {
        app.open_budget_line(
            &company.departments["marketing"],
            "entertainment",
            month,
            Control::Hard,
            100_000,
        )
    };
    let lines = [open("2026-02"), open("2026-03")];
    // Claims are paid in the order of their ids: the one batch comes to February first, the other to March.
    let batches = [["2026-02-27", "2026-03-02"], ["2026-03-02", "2026-02-27"]]
        .map(|days| days.map(|day| posted_in(&company, day)));
    for round in 1..=ROUNDS {
        let runners = batches.each_ref().map(|claims| {
            let item = |claim: &String| {
                json!({"claim_id": claim, "reference": format!("P-{round}"), "paid_on": "2026-03-05",
                    "amount": {"amount": "1.00", "currency": "CNY"}})
            };
            let body = json!({"items": claims.iter().map(item).collect::<Vec<Value>>()});
            let by = company.who("qian");
            Box::new(move || by.post("/api/v1/erp/expense-claims/confirm-payments", body))
                as Box<dyn FnOnce() -> Reply + Send + '_>
        });
        for reply in race(runners.into()) {
            let answered = reply.expect(207);
            assert_eq!(tests::column(&answered.at("/data"), "outcome"), ["done", "done"], "{answered}");
        }
    }
    for line in lines {
        let balance = app.balance_of(line);
        assert_eq!((balance.spent, balance.used()), (200 * ROUNDS, 20_000));
    }
    app.prove_ledger();
    app.prove_no_circle();
}

/// The claim and its line are moved by both: whoever comes first to the claim must not wait for the line of the other.
fn a_claim_paid_in_parts_by_itself_and_in_a_batch_at_once_is_paid_both(app: App) {
    const ROUNDS: usize = 20;
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let line = app.open_budget_line(marketing, "entertainment", "2026-03", Control::Hard, 100_000);
    let claims = ["2026-03-02", "2026-03-03"].map(|day| posted_in(&company, day));
    for round in 1..=ROUNDS {
        let payment = |claim: &String, place: &str| {
            json!({"claim_id": claim, "reference": format!("{place}-{round}"), "paid_on": "2026-03-05",
                "amount": {"amount": "1.00", "currency": "CNY"}})
        };
        let batch: Vec<Value> = claims.iter().map(|claim| payment(claim, "B")).collect();
        let alone = claims.iter().map(|claim| vec![payment(claim, "A")]);
        let runners = alone.chain([batch]).map(|items| {
            let by = company.who("qian");
            Box::new(move || by.post("/api/v1/erp/expense-claims/confirm-payments", json!({"items": items})))
                as Box<dyn FnOnce() -> Reply + Send + '_>
        });
        for reply in race(runners.collect()) {
            let answered = reply.expect(207);
            let outcomes = tests::column(&answered.at("/data"), "outcome");
            assert!(outcomes.iter().all(|outcome| outcome == "done"), "{answered}");
        }
    }
    assert_eq!(app.balance_of(line).spent, 400 * i64::try_from(ROUNDS).expect("few"));
    app.prove_ledger();
    app.prove_no_circle();
}

/// What each of two batches comes to, in opposite order: an approved request, and the category it is for. Each holds a
/// budget line of its own.
fn opposed(app: &App, company: &Company) -> [[(String, &'static str); 2]; 2] {
    let marketing = &company.departments["marketing"];
    let requests = [("promotion", "promotion.publicity"), ("other.training", "other.training")];
    let [one, other] = requests.map(|(line, category)| {
        app.open_budget_line(marketing, line, "2026-03", Control::Hard, 300_000);
        (approved(company, request_of(category, "2000.00")), category)
    });
    [[one.clone(), other.clone()], [other, one]]
}

/// A claim of 100.00 on a request, taken by finance.
#[track_caller]
fn acknowledged_on(company: &Company, (request, category): &(String, &str)) -> String {
    let mut body = claim_on(company, request, 100);
    body["lines"][0]["category"] = json!(category);
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    claim
}

/// Makes both calls of the hand-over in the same instant; every item of both is done.
#[track_caller]
fn both(company: &Company, call: &str, batches: [Vec<Value>; 2]) {
    let path = format!("/api/v1/erp/expense-claims/{call}");
    let runners = batches.map(|items| {
        let (by, path) = (company.who("qian"), path.clone());
        Box::new(move || by.post(&path, json!({"items": items}))) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    for reply in race(runners.into()) {
        let answered = reply.expect(207);
        assert_eq!(tests::column(&answered.at("/data"), "outcome"), ["done", "done"], "{answered}");
    }
}

fn reversals_that_meet_on_the_same_requests_in_opposite_order_are_both_posted(app: App) {
    const ROUNDS: usize = 4;
    let company = app.company();
    let batches = opposed(&app, &company);
    for _ in 0..ROUNDS {
        // Items are done in the order of the counter-documents' ids.
        let items = batches.each_ref().map(|requests| {
            let item = |on: &(String, &str)| {
                let claim = acknowledged_on(&company, on);
                let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
                assert_eq!(hand_over(&company, "confirm-posting", item)["outcome"], "done");
                let why = json!({"reason": "重复报销"});
                let counter = deed(company.who("qian"), &claim, "reverse", why).expect(201).text("/id");
                hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
                json!({"claim_id": counter, "voucher": voucher("记-0232")})
            };
            requests.iter().map(item).collect()
        });
        both(&company, "confirm-posting", items);
    }
    for (request, _) in &batches[0] {
        let shown = company.who("lan").get(request).expect(200);
        assert_eq!(shown.text("/remaining/amount"), "2000.00", "all of it came back");
    }
    app.prove_ledger();
    app.prove_no_circle();
}

fn refusals_that_meet_on_the_same_requests_in_opposite_order_both_go_back(app: App) {
    const ROUNDS: usize = 4;
    let company = app.company();
    let batches = opposed(&app, &company);
    for _ in 0..ROUNDS {
        let items = batches.each_ref().map(|requests| {
            let refusal = json!({"code": "E-7", "text": "科目已停用"});
            let item = |on| json!({"claim_id": acknowledged_on(&company, on), "refusal": refusal});
            requests.iter().map(item).collect()
        });
        both(&company, "refuse-posting", items);
    }
    for (request, _) in &batches[0] {
        let shown = company.who("lan").get(request).expect(200);
        assert_eq!(shown.text("/remaining/amount"), "2000.00", "all of it came back");
    }
    app.prove_ledger();
    app.prove_no_circle();
}
