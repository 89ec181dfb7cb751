//! Another use of what was approved is asked for again. `[EXP-5]`

use super::{
    expense_claim::approve,
    expense_request::{act, approved, line_of, path, request_of, submit, submitted},
};
use domain::finance::budget_line::Control;
use serde_json::json;
use tests::{App, Records, column, records, stories};

stories! {
    an_amendment_takes_effect_on_request_and_budget_together,
    an_amendment_takes_the_rate_of_its_request_or_one_of_these_days,
    one_amendment_of_a_request_is_under_way_at_a_time,
    an_amendment_that_comes_to_nothing_leaves_everything_as_it_was,
}

records! {
    "/api/v1/expense-request-amendments/{id}" => an_amendment,
}

const AMENDMENTS: &str = "/api/v1/expense-request-amendments";

fn an_amendment_takes_effect_on_request_and_budget_together(app: App) {
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let promotion = app.open_budget_line(marketing, "promotion", "2026-03", Control::Hard, 300_000);
    let training = app.open_budget_line(marketing, "other.training", "2026-03", Control::Hard, 100_000);
    let lan = company.who("lan");
    let request = approved(&company, request_of("promotion.publicity", "2000.00"));
    let lines = json!([line_of("promotion.publicity", "2500.00"), line_of("other.training", "600.00")]);
    let body = json!({"reason": "加一场培训", "changes": {"lines": lines}});
    let amendment = act(lan, &request, "amendments", body).expect(201);
    assert_eq!(
        (amendment.text("/number"), amendment.text("/request_number")),
        ("EA-2026-000001".into(), "ER-2026-000001".into())
    );
    let place = format!("{AMENDMENTS}/{}", amendment.text("/id"));
    assert_eq!(amendment.header("location"), Some(place.clone()));
    let approval = submit(lan, &place);
    assert_eq!((app.balance_of(promotion).reserved, app.balance_of(promotion).committed), (50_000, 200_000));
    assert_eq!(app.balance_of(training).reserved, 60_000);
    act(lan, &request, "close", json!({"reason": "算了"})).refuses(409, "expense_request.amendment_open");
    approve(&company, "head", &approval).expect(200);
    assert_eq!(lan.get(&request).expect(200).text("/amount/amount"), "2000.00", "nothing changes before");
    approve(&company, "qian", &approval).expect(200);
    assert_eq!(lan.get(&place).expect(200).text("/status"), "approved");
    let amended = lan.get(&request).expect(200);
    assert_eq!((amended.text("/amount/amount"), amended.at("/revision")), ("3100.00".into(), json!(2)));
    assert_eq!((app.balance_of(promotion).reserved, app.balance_of(promotion).committed), (0, 250_000));
    assert_eq!((app.balance_of(training).reserved, app.balance_of(training).committed), (0, 60_000));
    let history = lan.get(&format!("{request}/revisions")).expect(200).at("/data");
    assert_eq!(history[0]["content"]["amount"]["amount"], "2000.00");
    assert_eq!(history[1]["content"]["amount"]["amount"], "3100.00");
    assert_eq!(history[1]["reason"], "加一场培训");
    act(lan, &request, "close", json!({"reason": "结束"})).expect(200);
    assert_eq!(
        (app.balance_of(promotion).available(), app.balance_of(training).available()),
        (300_000, 100_000)
    );
    app.prove_ledger();
}

fn an_amendment_takes_the_rate_of_its_request_or_one_of_these_days(app: App) {
    let mut company = app.company();
    let mut body = request_of("promotion.publicity", "100.00");
    body["currency"] = json!("USD");
    body["exchange_rate"] = json!({"rate": "7.1", "date": "2026-03-04"});
    body["lines"][0]["amount"]["currency"] = json!("USD");
    let request = approved(&company, body.clone());
    app.advance(chrono::Duration::days(20));
    company.sign_in_again(&app);
    let lan = company.who("lan");
    let changes = json!({"exchange_rate": {"rate": "9.9", "date": "2025-01-02"}});
    let made = act(lan, &request, "amendments", json!({"reason": "汇率", "changes": changes})).expect(201);
    let place = format!("{AMENDMENTS}/{}", made.text("/id"));
    act(lan, &place, "submit", json!({})).refuses(422, "expense_request.rate_too_far");
    let mut line = body["lines"][0].clone();
    line["amount"]["amount"] = json!("120.00");
    let old = json!({"changes": {"exchange_rate": {"rate": "7.1", "date": "2026-03-04"}, "lines": [line]}});
    let version = lan.get(&place).expect(200).version();
    lan.at(version).patch(&place, old).expect(200);
    act(lan, &place, "submit", json!({})).expect(200);
}

fn one_amendment_of_a_request_is_under_way_at_a_time(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let (pending, _) = submitted(&company, request_of("other.training", "300.00"));
    let body = json!({"reason": "改期", "changes": {"urgent": true}});
    act(lan, &pending, "amendments", body.clone()).refuses(409, "document.not_approved");
    let request = approved(&company, request_of("other.training", "300.00"));
    act(company.who("head"), &request, "amendments", body.clone()).refuses(403, "document.not_yours");
    let first = act(lan, &request, "amendments", body.clone()).expect(201);
    let refused =
        act(lan, &request, "amendments", body.clone()).refuses(409, "expense_request.amendment_open");
    assert_eq!(refused.text("/params/amendment"), "EA-2026-000001");
    assert_eq!(lan.get(&request).expect(200).at("/open_amendment_id"), first.at("/id"));
    let place = format!("{AMENDMENTS}/{}", first.text("/id"));
    act(lan, &place, "void", json!({"reason": "写错了"})).expect(200);
    let second = act(lan, &request, "amendments", body).expect(201);
    let place = format!("{AMENDMENTS}/{}", second.text("/id"));
    lan.at(1)
        .patch(&place, json!({"changes": {"business_date": "2026-03-06"}}))
        .refuses(409, "expense_request.frame_fixed");
    lan.at(1).patch(&place, json!({"changes": {"urgent": false}})).expect(200);
    act(lan, &place, "submit", json!({})).refuses(422, "expense_request_amendment.changes_nothing");
    let id = request.trim_start_matches(&path(""));
    let listed = lan.get(&format!("{AMENDMENTS}?request_id={id}")).expect(200).at("/data");
    assert_eq!(column(&listed, "status"), ["void", "draft"]);
    let drafts = lan.get(&format!("{AMENDMENTS}?status=draft")).expect(200).at("/data");
    assert_eq!(column(&drafts, "number"), ["EA-2026-000002"]);
    company.who("ming").get(&place).refuses(404, "http.not_found");
}

fn an_amendment_that_comes_to_nothing_leaves_everything_as_it_was(app: App) {
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let promotion = app.open_budget_line(marketing, "promotion", "2026-03", Control::Hard, 300_000);
    let lan = company.who("lan");
    let request = approved(&company, request_of("promotion.publicity", "2000.00"));
    let much = json!({"reason": "更大", "changes": {"lines": [line_of("promotion.publicity", "3000.01")]}});
    let amendment = act(lan, &request, "amendments", much).expect(201);
    let place = format!("{AMENDMENTS}/{}", amendment.text("/id"));
    act(lan, &place, "submit", json!({})).refuses(409, "budget_line.exhausted");
    let lines = json!([line_of("promotion.publicity", "3000.00")]);
    lan.at(1).patch(&place, json!({"changes": {"lines": lines}})).expect(200);
    submit(lan, &place);
    assert_eq!(app.balance_of(promotion).available(), 0);
    act(lan, &place, "withdraw", json!({})).expect(200);
    assert_eq!(app.balance_of(promotion).available(), 100_000);
    let shown = lan.get(&request).expect(200);
    assert_eq!((shown.text("/amount/amount"), shown.at("/revision")), ("2000.00".into(), json!(1)));
    app.prove_ledger();
}

fn an_amendment(made: &Records<'_>) -> String {
    let (lan, request) = (made.company.who("lan"), made.place("/api/v1/expense-requests/{id}"));
    let body = json!({"reason": "改期", "changes": {"urgent": true}});
    act(lan, &request, "amendments", body).expect(201).text("/id")
}
