//! Money before it is spent: paid out once, settled by claims or paid back, never beyond what is outstanding, and
//! none beside an overdue one. `[EXP-14]`

use super::{
    expense_claim::{CLAIMS, approve, deed, hand_over, path as claim_path, payment, voucher},
    expense_request::{act, cny, submit},
};
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, Records, race, records, stories};

stories! {
    an_advance_is_paid_out_settled_by_a_claim_and_the_rest_paid_back,
    a_claim_beyond_its_advance_is_owed_the_rest_and_less_approved_settles_less,
    what_comes_to_nothing_is_outstanding_again,
    an_advance_is_taken_back_before_it_is_paid_out,
    an_overdue_advance_blocks_the_next,
    only_what_is_outstanding_of_ones_own_is_settled,
    claims_at_the_same_instant_settle_no_more_than_is_outstanding,
    advances_are_seen_by_their_people_and_stated_for_finance,
    what_is_wrong_with_an_advance_is_said,
}

records! {
    "/api/v1/cash-advances/{id}" => an_advance,
}

pub(crate) const ADVANCES: &str = "/api/v1/cash-advances";

pub(crate) fn advance_of(yuan: &str) -> Value {
    json!({"amount": cny(yuan), "purpose": "春季展会现场费用", "settle_on": "2026-03-31"})
}

/// An advance of 兰兰 that was approved and paid out; its place.
#[track_caller]
pub(crate) fn paid_out(company: &Company, yuan: &str) -> String {
    paid_out_as(company, advance_of(yuan))
}

/// An advance of 兰兰 that was approved; its place.
#[track_caller]
pub(crate) fn approved_of(company: &Company, body: Value) -> String {
    let lan = company.who("lan");
    let place = format!("{ADVANCES}/{}", lan.post(ADVANCES, body).expect(201).text("/id"));
    let approval = submit(lan, &place);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    place
}

#[track_caller]
pub(crate) fn paid_out_as(company: &Company, body: Value) -> String {
    let place = approved_of(company, body);
    let body = json!({"reference": "PAY-1", "paid_on": "2026-03-05"});
    act(company.who("qian"), &place, "confirm-payout", body).expect(200);
    place
}

pub(crate) fn id_of(place: &str) -> &str {
    place.rsplit('/').next().expect("a place ends with an id")
}

/// A travel claim of so many yuan that settles so much of an advance, as it is sent.
pub(crate) fn claim_settling(company: &Company, advance: &str, yuan: u32, settled: &str) -> Value {
    let mut body = company.claim_of(yuan);
    body["advances"] = json!([{"advance_id": id_of(advance), "amount": cny(settled)}]);
    body
}

#[track_caller]
pub(crate) fn submitted(company: &Company, body: Value) -> (String, String) {
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    (claim, approval)
}

pub(crate) fn posted(company: &Company, claim: &str) {
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
}

#[track_caller]
fn outstanding(company: &Company, advance: &str) -> String {
    company.who("qian").get(advance).expect(200).text("/outstanding/amount")
}

fn an_advance_is_paid_out_settled_by_a_claim_and_the_rest_paid_back(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 500_000);
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let advance = paid_out(&company, "3000.00");
    let shown = lan.get(&advance).expect(200);
    assert_eq!(
        (shown.text("/number"), shown.text("/settlement")),
        ("CA-2026-000001".into(), "outstanding".into())
    );
    assert_eq!(shown.text("/journal/0/postings/0/account"), "1221.01");
    let again = json!({"reference": "PAY-2", "paid_on": "2026-03-05"});
    let known = act(qian, &advance, "confirm-payout", again).refuses(409, "cash_advance.already_paid_out");
    assert_eq!(known.text("/params/reference"), "PAY-1");
    let (claim, approval) = submitted(&company, claim_settling(&company, &advance, 2000, "2000.00"));
    assert_eq!(outstanding(&company, &advance), "1000.00", "held while it is in approval");
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    let shown = lan.get(&claim_path(&claim)).expect(200);
    assert_eq!(
        (shown.text("/payable/amount"), shown.text("/advances/0/settled/amount")),
        ("0.00".into(), "2000.00".into())
    );
    let credits = shown.at("/journal/postings").to_string();
    assert!(credits.contains("\"advance\"") && !credits.contains("\"payable\""), "{credits}");
    posted(&company, &claim);
    assert_eq!(lan.get(&claim_path(&claim)).expect(200).text("/paid_status"), "paid");
    assert_eq!(app.balance_of(line).spent, 200_000, "what an advance settles is spent with the posting");
    let rest = json!({"reference": "REC-1", "amount": cny("1000.00"), "received_on": "2026-03-05"});
    act(lan, &advance, "repay", rest.clone()).refuses(403, "http.forbidden");
    let closed = act(qian, &advance, "repay", rest).expect(200);
    assert_eq!((closed.text("/status"), closed.text("/settlement")), ("closed".into(), "settled".into()));
    app.prove_ledger();
}

fn a_claim_beyond_its_advance_is_owed_the_rest_and_less_approved_settles_less(app: App) {
    let company = app.company();
    let advance = paid_out(&company, "1000.00");
    let (claim, approval) = submitted(&company, claim_settling(&company, &advance, 1500, "1000.00"));
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    posted(&company, &claim);
    let shown = company.who("lan").get(&claim_path(&claim)).expect(200);
    assert_eq!(
        (shown.text("/payable/amount"), shown.text("/paid_status")),
        ("500.00".into(), "unpaid".into())
    );
    assert_eq!(
        hand_over(&company, "confirm-payments", payment(&claim, "P-1", "501.00"))["outcome"],
        "refused"
    );
    assert_eq!(hand_over(&company, "confirm-payments", payment(&claim, "P-1", "500.00"))["outcome"], "done");
    let second = paid_out(&company, "1000.00");
    let (claim, approval) = submitted(&company, claim_settling(&company, &second, 800, "800.00"));
    let cut = json!({"lines": [{"line": 1, "approved": cny("300.00"), "reason": "超标准"}]});
    deed(company.who("head"), &claim, "reduce", cut).expect(200);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(outstanding(&company, &second), "700.00");
}

fn what_comes_to_nothing_is_outstanding_again(app: App) {
    let company = app.company();
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let advance = paid_out(&company, "1000.00");
    let (claim, _) = submitted(&company, claim_settling(&company, &advance, 1000, "1000.00"));
    deed(lan, &claim, "withdraw", json!({})).expect(200);
    assert_eq!(outstanding(&company, &advance), "1000.00");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(qian.get(&advance).expect(200).text("/status"), "closed");
    posted(&company, &claim);
    let counter = deed(qian, &claim, "reverse", json!({"reason": "重复报销"})).expect(201).text("/id");
    hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0232")}]});
    assert_eq!(hand_over(&company, "confirm-posting", item)["outcome"], "done");
    let shown = qian.get(&advance).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/outstanding/amount")),
        ("approved".into(), "1000.00".into())
    );
}

fn an_advance_is_taken_back_before_it_is_paid_out(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = format!("{ADVANCES}/{}", lan.post(ADVANCES, advance_of("500.00")).expect(201).text("/id"));
    submit(lan, &place);
    let withdrawn = act(lan, &place, "withdraw", json!({"note": "改期"})).expect(200);
    assert_eq!(withdrawn.text("/status"), "withdrawn");
    let approval = submit(lan, &place);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    let revoked = act(lan, &place, "revoke", json!({"reason": "展会取消"})).expect(200);
    assert_eq!(revoked.text("/status"), "revoked");
    let body = json!({"reference": "PAY-1", "paid_on": "2026-03-05"});
    act(company.who("qian"), &place, "confirm-payout", body).refuses(409, "document.not_approved");
    let paid = paid_out(&company, "500.00");
    act(lan, &paid, "revoke", json!({"reason": "展会取消"})).refuses(409, "cash_advance.already_paid_out");
    let next = approved_of(&company, advance_of("500.00"));
    act(company.who("head"), &next, "revoke", json!({"reason": "x"})).refuses(403, "document.not_yours");
    act(company.who("qian"), &next, "revoke", json!({"reason": "不予付款"})).expect(200);
}

fn an_overdue_advance_blocks_the_next(app: App) {
    let mut company = app.company();
    let mut body = advance_of("500.00");
    body["settle_on"] = json!("2026-03-05");
    let overdue = paid_out_as(&company, body);
    app.advance(chrono::Duration::days(1));
    company.sign_in_again(&app);
    let lan = company.who("lan");
    assert_eq!(lan.get(&overdue).expect(200).text("/settlement"), "overdue");
    let found = company.who("qian").get(&format!("{ADVANCES}?settlement=overdue")).expect(200);
    assert_eq!(found.text("/data/0/id"), id_of(&overdue));
    let next = format!("{ADVANCES}/{}", lan.post(ADVANCES, advance_of("100.00")).expect(201).text("/id"));
    let refused = lan.at(1).act(&format!("{next}/submit")).refuses(409, "cash_advance.overdue_blocks");
    assert_eq!(refused.text("/citation/rule"), "EXP-14");
    let preview = lan.get(&format!("{next}/approval-preview")).expect(200);
    assert_eq!(preview.at("/submittable"), false);
    let back = json!({"reference": "REC-1", "amount": cny("500.00"), "received_on": "2026-03-06"});
    act(company.who("qian"), &overdue, "repay", back).expect(200);
    lan.at(1).act(&format!("{next}/submit")).expect(200);
}

fn only_what_is_outstanding_of_ones_own_is_settled(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let advance = paid_out(&company, "1000.00");
    let refused = |body: Value, status: u16, code: &str| {
        let claim = lan.post(CLAIMS, body).expect(201).text("/id");
        lan.at(1).act(&format!("{}/submit", claim_path(&claim))).refuses(status, code);
    };
    refused(claim_settling(&company, &advance, 1200, "1000.01"), 409, "cash_advance.beyond_outstanding");
    refused(claim_settling(&company, &advance, 100, "100.01"), 422, "expense_claim.settles_too_much");
    let draft = lan.post(ADVANCES, advance_of("500.00")).expect(201).text("/id");
    refused(claim_settling(&company, &draft, 100, "100.00"), 409, "cash_advance.not_paid_out");
    let ming = company.who("ming");
    let claim = ming.post(CLAIMS, claim_settling(&company, &advance, 100, "100.00")).expect(201).text("/id");
    let reply = ming.at(1).act(&format!("{}/submit", claim_path(&claim)));
    reply.refuses(422, "cash_advance.not_the_beneficiarys");
    let mut twice = claim_settling(&company, &advance, 100, "10.00");
    let first = twice["advances"][0].clone();
    twice["advances"].as_array_mut().expect("a list").push(first);
    lan.post(CLAIMS, twice).refuses(422, "expense_claim.advance_twice");
    let unknown = claim_settling(&company, "/00000000-0000-7000-8000-000000000000", 100, "10.00");
    lan.post(CLAIMS, unknown).refuses(422, "validation.unknown_reference");
    assert_eq!(outstanding(&company, &advance), "1000.00");
}

fn claims_at_the_same_instant_settle_no_more_than_is_outstanding(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let advance = paid_out(&company, "1000.00");
    let claims: Vec<String> = (0..10)
        .map(|_| lan.post(CLAIMS, claim_settling(&company, &advance, 200, "200.00")).expect(201).text("/id"))
        .collect();
    let runners = claims.iter().map(|claim| {
        let (caller, submit) = (lan.at(1), format!("{}/submit", claim_path(claim)));
        Box::new(move || {
            let reply = caller.act(&submit);
            (reply.status, reply.code())
        }) as Box<dyn FnOnce() -> (u16, String) + Send>
    });
    let answers = race(runners.collect());
    let passed = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = answers.iter().filter(|(_, code)| code == "cash_advance.beyond_outstanding").count();
    assert_eq!((passed, refused), (5, 5), "{answers:?}");
    assert_eq!(outstanding(&company, &advance), "0.00");
}

fn advances_are_seen_by_their_people_and_stated_for_finance(app: App) {
    let company = app.company();
    let advance = paid_out(&company, "1000.00");
    company.who("ming").get(&advance).refuses(404, "http.not_found");
    assert_eq!(company.who("ming").get(ADVANCES).expect(200).at("/data"), json!([]));
    assert_eq!(company.who("head").get(ADVANCES).expect(200).text("/data/0/outstanding/amount"), "1000.00");
    let body = json!({"reference": "REC-1", "amount": cny("400.00"), "received_on": "2026-03-05"});
    act(company.who("qian"), &advance, "repay", body).expect(200);
    let statement = format!("/api/v1/employees/{}/cash-advance-statement", company.id("lan"));
    let stated = company.who("qian").get(&statement).expect(200);
    assert_eq!(
        (stated.text("/paid_out/amount"), stated.text("/repaid/amount")),
        ("1000.00".into(), "400.00".into())
    );
    assert_eq!(
        (stated.text("/outstanding/amount"), stated.text("/entries/1/balance/amount")),
        ("600.00".into(), "600.00".into())
    );
    company.who("ming").get(&statement).refuses(404, "http.not_found");
    let file = company.who("head").get(&format!("{ADVANCES}?format=csv")).expect(200);
    assert!(String::from_utf8(file.bytes).expect("UTF-8").contains("CA-2026-000001"));
}

fn what_is_wrong_with_an_advance_is_said(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let with = |change: Value| {
        let mut body = advance_of("500.00");
        for (name, value) in change.as_object().expect("members") {
            body[name] = value.clone();
        }
        lan.post(ADVANCES, body)
    };
    with(json!({"amount": cny("-5.00")})).refuses(422, "money.not_positive");
    with(json!({"amount": {"amount": "5.00", "currency": "USD"}})).refuses(422, "money.wrong_currency");
    with(json!({"request_id": "00000000-0000-7000-8000-000000000000"}))
        .refuses(422, "validation.unknown_reference");
    with(json!({"purpose": " "})).refuses(422, "validation.required");
    let late = with(json!({"settle_on": "2026-12-31"})).expect(201).text("/id");
    lan.at(1).act(&format!("{ADVANCES}/{late}/submit")).refuses(422, "cash_advance.settlement_too_late");
    let draft = with(json!({})).expect(201).text("/id");
    let place = format!("{ADVANCES}/{draft}");
    let body = json!({"reference": "PAY-1", "paid_on": "2026-03-05"});
    act(company.who("qian"), &place, "confirm-payout", body).refuses(409, "document.not_approved");
    let changed = lan.at(1).patch(&place, json!({"purpose": "展位押金"})).expect(200);
    assert_eq!(changed.text("/purpose"), "展位押金");
    act(lan, &place, "void", json!({"reason": "不借了"})).expect(200);
}

fn an_advance(made: &Records<'_>) -> String {
    let advance = json!({"amount": cny("500.00"), "purpose": "展会现场费用", "settle_on": "2026-03-31"});
    made.post("lan", "/api/v1/cash-advances/{id}", advance)
}
