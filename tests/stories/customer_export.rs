//! Long lists of customers leave only once approvers agreed. `[CUS-5; 000 §5.1]`

use crate::{
    approval,
    duty::publish,
    expense_request::{act, submit},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, column, records, stories};

stories! {
    a_long_list_leaves_only_once_approvers_agreed_and_as_far_as_they_did,
    a_request_is_changed_taken_back_and_given_up,
}

records! {
    "/api/v1/customer-exports/{id}" => a_request,
}

const EXPORTS: &str = "/api/v1/customer-exports";

fn a_request(made: &Records<'_>) -> String {
    made.post("director", "/api/v1/customer-exports/{id}", body("customers", 600))
}

fn body(list: &str, rows: u32) -> Value {
    json!({"list": list, "rows": rows, "until": "2026-03-31", "reason": "向审计提供年度客户清单"})
}

/// The company, whose director may export customers; three rows leave without being asked about.
fn company(app: &App) -> Company {
    let company = app.company();
    let code = "customer-file/company";
    let shipped =
        company.boss.get(&format!("/api/v1/policies?code={code}")).expect(200).at("/data/0/content");
    let mut rules = shipped;
    rules["export_rows_max"] = json!(3);
    publish(&company.boss, code, &rules, "2026-03-05");
    for number in 1..=4 {
        let file = json!({"kind": "person", "name": format!("客户{number}"), "phones": [format!("1380000000{number}")]});
        company.who("head").post("/api/v1/customers", file).expect(201);
    }
    company
}

fn lets_export(company: &Company, name: &str) {
    let role = json!({"code": "exporting", "name_zh": "导出", "name_en": "Exporting",
        "permissions": ["customer:export", "customer:read"]});
    let role = company.boss.post("/api/v1/roles", role).expect(201).text("/id");
    let grant = json!({"role_id": role, "scope": "subtree"});
    company.boss.post(&format!("/api/v1/users/{}/grants", company.user(name)), grant).expect(201);
}

fn taken(by: &Caller, with: &str) -> u16 {
    by.get(&format!("/api/v1/customers?format=csv{with}")).status
}

fn a_long_list_leaves_only_once_approvers_agreed_and_as_far_as_they_did(app: App) {
    let mut company = company(&app);
    lets_export(&company, "head");
    let head = company.who("head");
    let refused = head.get("/api/v1/customers?format=csv").refuses(403, "customer_export.needs_approval");
    assert_eq!((refused.at("/params/rows"), refused.at("/params/limit")), (json!(4), json!(3)));
    assert_eq!(refused.text("/rule"), "CUS-5");
    assert_eq!(taken(head, "&phone=13800000001"), 200, "a short list leaves");
    assert_eq!(head.get("/api/v1/customers").expect(200).at("/data").as_array().map(Vec::len), Some(4));
    let place = head.post(EXPORTS, body("customers", 4)).expect(201).header("location").expect("a place");
    head.get(&format!("{place}/approval-preview")).expect(200);
    let waiting = submit(head, &place);
    assert_eq!(taken(head, ""), 403, "not before");
    while let Some(name) = crate::approval::waiting(&company, &waiting).first() {
        approval::act(company.who(name), &waiting, "approve", json!({})).expect(200);
    }
    assert_eq!(taken(head, ""), 200);
    let file = json!({"kind": "person", "name": "客户5", "phones": ["13800000005"]});
    head.post("/api/v1/customers", file).expect(201);
    assert_eq!(taken(head, ""), 403, "not more rows than was agreed to");
    let listed = head.get(&format!("{EXPORTS}?status=approved&list=customers")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["CX-2026-000001"]);
    app.advance(Duration::days(27));
    company.sign_in_again(&app);
    assert_eq!(taken(company.who("head"), ""), 403, "nor longer");
}

fn a_request_is_changed_taken_back_and_given_up(app: App) {
    let company = company(&app);
    lets_export(&company, "head");
    let head = company.who("head");
    head.post(EXPORTS, json!({"list": "customers", "rows": 4, "until": "2026-06-30", "reason": "审计"}))
        .expect(422);
    let made = head.post(EXPORTS, body("customers", 4)).expect(201);
    let names: Vec<_> = made
        .at("/actions")
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["allowed"] == true)
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["revise", "submit", "void"]);
    let place = made.header("location").expect("a place");
    let changed = head.at(1).patch(&place, json!({"rows": 40})).expect(200);
    assert_eq!((changed.at("/rows"), changed.text("/list")), (json!(40), "customers".into()));
    submit(head, &place);
    act(head, &place, "withdraw", json!({"note": "不再需要"})).expect(200);
    assert_eq!(act(head, &place, "void", json!({"reason": "不再需要"})).expect(200).text("/status"), "void");
    company.who("rep").get(&place).expect(404);
}
