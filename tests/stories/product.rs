//! Products: what is sold, and what it costs, for those who may read that. `[PROD]`

use crate::expense_request::act;
use serde_json::{Value, json};
use tests::{App, Caller, Records, column, records, stories};

stories! {
    a_product_is_entered_changed_and_found,
    what_it_costs_is_for_those_who_may_read_profit,
    costs_that_overlap_are_refused_by_row,
    a_code_and_an_identity_elsewhere_are_taken_once,
}

records! {
    "/api/v1/products/{id}" => a_product,
}

const PRODUCTS: &str = "/api/v1/products";

fn body(code: &str) -> Value {
    json!({"code": code, "name_zh": "病人监护仪", "name_en": "Patient monitor", "category": "监护", "unit": "台",
        "decimals": 0, "tax_rate_bp": 1300, "sold_from": "2026-01-01"})
}

fn a_product(made: &Records<'_>) -> String {
    made.post("director", "/api/v1/products/{id}", body("RECORD"))
}

/// The id of a new product.
#[track_caller]
pub fn entered(by: &Caller, code: &str) -> String {
    by.post(PRODUCTS, body(code)).expect(201).text("/id")
}

fn a_product_is_entered_changed_and_found(app: App) {
    let company = app.company();
    let director = company.who("director");
    let made = director.post(PRODUCTS, body("M-300")).expect(201);
    let place = made.header("location").expect("a place");
    assert_eq!((made.text("/unit"), made.at("/sold_to")), ("台".into(), Value::Null));
    director.at(1).patch(&place, json!({"sold_to": "2026-06-30", "unit": "套"})).expect(200);
    entered(director, "M-200");
    let codes = |path: &str| column(&company.who("lan").get(path).expect(200).at("/data"), "code");
    assert_eq!(codes(PRODUCTS), ["M-200", "M-300"]);
    assert_eq!(codes("/api/v1/products?sold_on=2026-07-01"), ["M-200"]);
    assert_eq!(codes("/api/v1/products?q=jhy&sort=-code"), ["M-300", "M-200"], "by the initials of the name");
    company.who("lan").post(PRODUCTS, body("M-1")).refuses(403, "http.forbidden");
    let wrong = json!({"code": "M-9", "name_zh": "甲", "name_en": "A", "category": "监护", "unit": "台",
        "decimals": 0, "tax_rate_bp": 1300, "sold_from": "2026-02-01", "sold_to": "2026-01-01"});
    let refused = director.post(PRODUCTS, wrong).refuses(422, "validation.period_reversed");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("PROD".into(), "/sold_to".into())
    );
}

fn what_it_costs_is_for_those_who_may_read_profit(app: App) {
    let company = app.company();
    let id = entered(company.who("director"), "M-300");
    let place = format!("{PRODUCTS}/{id}");
    let costs = json!({"costs": [
        {"from": "2026-01-01", "to": "2026-02-28", "amount": {"amount": "4000.00", "currency": "CNY"}},
        {"from": "2026-03-01", "amount": {"amount": "4100.00", "currency": "CNY"}}]});
    act(company.who("director"), &place, "set-costs", costs.clone()).refuses(403, "http.forbidden");
    let costed = act(company.who("qian"), &place, "set-costs", costs).expect(200);
    assert_eq!(costed.text("/costs/1/amount/amount"), "4100.00");
    let seen = company.who("lan").get(&place).expect(200).at("");
    assert!(seen.get("costs").is_none(), "absent, not null: {seen}");
    assert!(company.who("director").get(&place).expect(200).at("").get("costs").is_some());
    let told = company.boss.get("/api/v1/events?kinds=product.costed").expect(200).at("/data").to_string();
    assert!(told.contains("M-300") && !told.contains("4100"), "the feed tells that it moved: {told}");
}

fn costs_that_overlap_are_refused_by_row(app: App) {
    let company = app.company();
    let id = entered(company.who("director"), "M-300");
    let cost = |from: &str, to: Option<&str>, currency: &str| json!({"from": from, "to": to, "amount": {"amount": "1.00", "currency": currency}});
    let body =
        json!({"costs": [cost("2026-01-01", Some("2026-03-01"), "CNY"), cost("2026-03-01", None, "USD")]});
    let place = format!("{PRODUCTS}/{id}");
    let refused = act(company.who("qian"), &place, "set-costs", body).refuses(422, "validation.failed");
    assert_eq!(column(&refused.at("/errors"), "code"), ["product.costs_overlap", "money.wrong_currency"]);
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/costs/1/from", "/costs/1/amount"]);
}

fn a_code_and_an_identity_elsewhere_are_taken_once(app: App) {
    let company = app.company();
    let director = company.who("director");
    entered(director, "M-300");
    let refused = director.post(PRODUCTS, body("M-300")).refuses(409, "validation.not_unique");
    assert_eq!(refused.text("/errors/0/pointer"), "/code");
    let mut mirrored = body("M-301");
    mirrored["external"] = json!({"source": "erp", "external_id": "7"});
    director.post(PRODUCTS, mirrored.clone()).expect(201);
    mirrored["code"] = json!("M-302");
    director.post(PRODUCTS, mirrored).refuses(409, "validation.not_unique");
}
