//! Batches of the hand-over that meet: each is done, whatever the other does. `[EXP-9, EXP-10, BUD-4]`

use crate::expense_claim::{CLAIMS, approve, hand_over, voucher};
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, Reply, race, stories};

stories! {
    batches_that_meet_on_the_same_lines_in_opposite_order_are_both_paid,
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
}
