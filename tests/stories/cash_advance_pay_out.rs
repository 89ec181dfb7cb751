//! What stands in the way of an advance when it is submitted, and again when it is paid out: an overdue one, the rest of
//! its request, a day that cannot be. `[EXP-14]`

use super::{
    cash_advance::{ADVANCES, advance_of, approved_of, id_of, paid_out_as, submitted as submitted_claim},
    expense_request::{self as requests, act, cny, request_of, submit},
};
use serde_json::{Value, json};
use tests::{App, race, stories};

stories! {
    what_blocks_an_advance_blocks_its_pay_out_too,
    advances_on_a_request_take_together_no_more_than_is_left_of_it,
    advances_at_the_same_instant_take_no_more_than_is_left_of_their_request,
    money_moves_on_days_that_can_be_and_the_same_said_again_is_known,
}

/// A request for travel of so many yuan, as it is sent.
fn travel(yuan: &str) -> Value {
    let mut body = request_of("entertainment.travel", yuan);
    body["details"]["route"] = json!("杭州—上海");
    body["details"]["days"] = json!(2);
    body
}

fn what_blocks_an_advance_blocks_its_pay_out_too(app: App) {
    let mut company = app.company();
    let next = approved_of(&company, advance_of("100.00"));
    let mut body = advance_of("500.00");
    body["settle_on"] = json!("2026-03-05");
    let overdue = paid_out_as(&company, body);
    let waiting = format!(
        "{ADVANCES}/{}",
        company.who("lan").post(ADVANCES, advance_of("50.00")).expect(201).text("/id")
    );
    submit(company.who("lan"), &waiting);
    app.advance(chrono::Duration::days(1));
    company.sign_in_again(&app);
    let (head, qian) = (company.who("head"), company.who("qian"));
    let asked = head.get("/api/v1/approvals?box=waiting").expect(200);
    assert_eq!(asked.at("/data/0/document/summary/facts/overdue_advances"), json!(["CA-2026-000002"]));
    let paid = json!({"reference": "PAY-2", "paid_on": "2026-03-06"});
    let refused =
        act(qian, &next, "confirm-payout", paid.clone()).refuses(409, "cash_advance.overdue_blocks");
    assert_eq!(refused.text("/params/advances"), "CA-2026-000002");
    let shown = qian.get(&next).expect(200).at("/actions").to_string();
    assert!(shown.contains("cash_advance.overdue_blocks"), "{shown}");
    let back = json!({"reference": "REC-1", "amount": cny("500.00"), "received_on": "2026-03-06"});
    act(qian, &overdue, "repay", back).expect(200);
    act(qian, &next, "confirm-payout", paid).expect(200);
}

/// An advance of 兰兰 for a request, as it is sent.
fn advance_on(request: &str, yuan: &str) -> Value {
    let mut body = advance_of(yuan);
    body["request_id"] = json!(id_of(request));
    body
}

fn advances_on_a_request_take_together_no_more_than_is_left_of_it(app: App) {
    let company = app.company();
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let request = requests::approved(&company, travel("4000.00"));
    let first = approved_of(&company, advance_on(&request, "2400.00"));
    let draft = |yuan: &str| {
        format!("{ADVANCES}/{}", lan.post(ADVANCES, advance_on(&request, yuan)).expect(201).text("/id"))
    };
    let beyond = act(lan, &draft("1600.01"), "submit", json!({})).refuses(422, "cash_advance.beyond_request");
    assert!(beyond.text("/params/remaining").contains("1600.00"), "{}", beyond.text("/params/remaining"));
    let second = approved_of(&company, advance_on(&request, "1600.00"));
    act(lan, &draft("0.01"), "submit", json!({})).refuses(422, "cash_advance.beyond_request");
    let mut claim = company.claim_of(2000);
    (claim["request_id"], claim["lines"][0]["request_line"]) = (json!(id_of(&request)), json!(1));
    submitted_claim(&company, claim);
    let paid =
        |place: &str| act(qian, place, "confirm-payout", json!({"reference": "P", "paid_on": "2026-03-05"}));
    paid(&first).refuses(422, "cash_advance.beyond_request");
    act(qian, &second, "revoke", json!({"reason": "申请已被报销占用"})).expect(200);
    paid(&first).refuses(422, "cash_advance.beyond_request");
    act(lan, &first, "revoke", json!({"reason": "改为报销"})).expect(200);
    paid(&approved_of(&company, advance_on(&request, "2000.00"))).expect(200);
}

fn advances_at_the_same_instant_take_no_more_than_is_left_of_their_request(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let request = requests::approved(&company, travel("1000.00"));
    let drafts: Vec<String> =
        (0..8).map(|_| lan.post(ADVANCES, advance_on(&request, "300.00")).expect(201).text("/id")).collect();
    let runners = drafts.iter().map(|draft| {
        let (caller, submit) = (lan.at(1), format!("{ADVANCES}/{draft}/submit"));
        Box::new(move || caller.act(&submit).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let answers = race(runners.collect());
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 3, "{answers:?}");
}

fn money_moves_on_days_that_can_be_and_the_same_said_again_is_known(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    let advance = approved_of(&company, advance_of("500.00"));
    let payout = |paid_on: &str| json!({"reference": "PAY-1", "paid_on": paid_on});
    act(qian, &advance, "confirm-payout", payout("2026-03-04")).refuses(422, "cash_advance.date_too_early");
    let first = act(qian, &advance, "confirm-payout", payout("2026-03-05")).expect(200);
    let again = act(qian, &advance, "confirm-payout", payout("2026-03-05")).expect(200);
    assert_eq!((first.version(), first.at("/payout")), (again.version(), again.at("/payout")));
    let repayment =
        |on: &str, yuan: &str| json!({"reference": "REC-1", "amount": cny(yuan), "received_on": on});
    act(qian, &advance, "repay", repayment("2026-03-04", "500.00"))
        .refuses(422, "cash_advance.date_too_early");
    let repaid = act(qian, &advance, "repay", repayment("2026-03-05", "500.00")).expect(200);
    let again = act(qian, &advance, "repay", repayment("2026-03-05", "500.00")).expect(200);
    assert_eq!((repaid.version(), again.text("/status")), (again.version(), "closed".into()));
    act(qian, &advance, "repay", repayment("2026-03-05", "1.00"))
        .refuses(409, "cash_advance.reference_taken");
}
