//! Months close; nothing is posted into them, and they open again only by approval. `[BUD-9]`

use crate::{
    cash_advance::{advance_of, paid_out_as},
    expense_claim::{approve, approved, hand_over},
    expense_request::cny,
};
use chrono::Duration;
use serde_json::json;
use tests::{App, column, race, records, stories};

stories! {
    nothing_is_posted_into_a_closed_month_until_it_is_opened_again_by_approval,
    months_close_in_their_order_once_they_are_over,
    two_who_close_a_month_at_once_close_it_once,
    what_is_posted_while_a_month_is_closed_comes_before_its_end,
}

records! {
    "/api/v1/accounting-periods/{month}" => |_| "2026-02".to_owned(),
}

const BASE: &str = "/api/v1/accounting-periods";

fn nothing_is_posted_into_a_closed_month_until_it_is_opened_again_by_approval(app: App) {
    let mut company = app.company();
    let claim = approved(&company, 80);
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let finance = company.who("qian");
    assert_eq!(finance.get(&format!("{BASE}/2026-03")).expect(200).at("/status"), "open");
    finance.act(&format!("{BASE}/2026-03/close")).expect(200);
    hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [claim]}));
    let post = || {
        let voucher = json!({"number": "记-1", "year": 2026, "posted_on": "2026-03-31"});
        hand_over(&company, "confirm-posting", json!({"items": [{"claim_id": claim, "voucher": voucher}]}))
    };
    assert_eq!(post()["refusal"]["code"], "accounting_period.closed");
    let reopen = format!("{BASE}/2026-03/reopen");
    let asked = finance.post(&reopen, json!({"reason": "漏记一笔差旅费"})).expect(200);
    assert_eq!(asked.at("/status"), "reopening");
    finance.post(&reopen, json!({"reason": "再申请"})).refuses(409, "accounting_period.being_reopened");
    assert_eq!(post()["refusal"]["code"], "accounting_period.closed", "asked is not approved");
    let approval = asked.text("/approval_id");
    approve(&company, "director", &approval).expect(200);
    approve(&company, "gm", &approval).expect(200);
    assert_eq!(finance.get(&format!("{BASE}/2026-03")).expect(200).at("/status"), "open");
    assert_eq!(post()["outcome"], "done");
    finance.act(&format!("{BASE}/2026-03/close")).expect(200);
}

fn months_close_in_their_order_once_they_are_over(app: App) {
    let mut company = app.company();
    let finance = company.who("qian");
    finance.act(&format!("{BASE}/2026-03/close")).refuses(409, "accounting_period.not_over");
    finance.act(&format!("{BASE}/2026-Q1/close")).refuses(422, "accounting_period.not_a_month");
    let reason = json!({"reason": "试试"});
    finance.post(&format!("{BASE}/2026-01/reopen"), reason).refuses(409, "accounting_period.not_closed");
    finance.act(&format!("{BASE}/2026-01/close")).expect(200);
    finance.act(&format!("{BASE}/2026-01/close")).refuses(409, "accounting_period.already_closed");
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let finance = company.who("qian");
    finance.act(&format!("{BASE}/2026-03/close")).refuses(409, "accounting_period.out_of_order");
    finance.act(&format!("{BASE}/2026-02/close")).expect(200);
    finance.act(&format!("{BASE}/2026-03/close")).expect(200);
    company.who("lan").act(&format!("{BASE}/2026-03/close")).refuses(403, "http.forbidden");
    assert_eq!(finance.get(BASE).expect(200).at("/data").as_array().map(Vec::len), Some(3));
}

fn two_who_close_a_month_at_once_close_it_once(app: App) {
    let company = app.company();
    let close = |who: &'static str| {
        let company = &company;
        Box::new(move || company.who(who).act(&format!("{BASE}/2026-02/close")).status)
            as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race(vec![close("qian"), close("sun")]);
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
}

/// The order of the feed is the order of the commits: nothing stands in it behind the closing of its month.
fn what_is_posted_while_a_month_is_closed_comes_before_its_end(app: App) {
    let mut company = app.company();
    let claims: Vec<String> = (0..6).map(|_| approved(&company, 80)).collect();
    let advances: Vec<String> = (0..6).map(|_| paid_out_as(&company, advance_of("100.00"))).collect();
    hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": claims}));
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let finance = company.who("qian");
    let mut runners: Vec<Box<dyn FnOnce() -> (u16, String) + Send>> = Vec::new();
    for (claim, advance) in claims.iter().zip(&advances) {
        let voucher = json!({"number": format!("记-{claim}"), "year": 2026, "posted_on": "2026-03-31"});
        let items = json!({"items": [{"claim_id": claim, "voucher": voucher}]});
        let repay = json!({"reference": "R", "amount": cny("100.00"), "received_on": "2026-03-31"});
        let (place, caller) =
            (format!("{advance}/repay"), finance.at(finance.get(advance).expect(200).version()));
        runners.push(Box::new(move || {
            let reply = finance.post("/api/v1/erp/expense-claims/confirm-posting", items);
            (reply.status, reply.at("/data/0/refusal/code").as_str().unwrap_or_default().to_owned())
        }));
        runners.push(Box::new(move || {
            let reply = caller.post(&place, repay);
            (reply.status, reply.code())
        }));
    }
    runners.insert(6, Box::new(|| (finance.act(&format!("{BASE}/2026-03/close")).status, String::new())));
    let mut answers = race(runners);
    assert_eq!(answers.remove(6).0, 200);
    let refused = answers.iter().filter(|(_, code)| code == "accounting_period.closed").count();
    let kinds = "accounting_period.closed,expense_claim.posted,cash_advance.repaid";
    let feed = finance.get(&format!("/api/v1/events?limit=200&kinds={kinds}")).expect(200);
    let kinds = column(&feed.at("/data"), "kind");
    assert_eq!(kinds.len() + refused, 13, "{answers:?}");
    assert_eq!(kinds.last().map(String::as_str), Some("accounting_period.closed"), "{kinds:?}");
}
