//! Violations of the rules of conduct at a reception go to the ledger of rewards and penalties. `[QUE-4, INC-2a]`

use crate::{expense_request::act, ownership::Site};
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, records, stories};

stories! {
    a_violation_is_recorded_against_its_rule_and_entered_in_the_ledger,
    a_violation_that_is_voided_is_taken_back,
    what_may_not_be_recorded_is_refused,
}

records! {
    "/api/v1/conduct-violations/{id}" => a_violation,
}

const VIOLATIONS: &str = "/api/v1/conduct-violations";
const ENTRIES: &str = "/api/v1/incentive-entries";

fn a_violation(made: &Records<'_>) -> String {
    let body = body(made.company.id("lan"), &made.id("/api/v1/sites/{id}"), "picked_customers");
    made.post("head", "/api/v1/conduct-violations/{id}", body)
}

fn body(employee: &str, site: &str, rule: &str) -> Value {
    json!({"employee_id": employee, "site_id": site, "rule": rule, "account": "兰兰接待时，当着客户的面抢话报价"})
}

fn record(site: &Site, by: &Caller, employee: &str, rule: &str) -> Reply {
    by.post(VIOLATIONS, body(employee, &site.north, rule))
}

fn entries(site: &Site) -> Value {
    site.company.who("gm").get(ENTRIES).expect(200).at("/data")
}

fn a_violation_is_recorded_against_its_rule_and_entered_in_the_ledger(app: App) {
    let site = Site::open(&app);
    let ming = site.company.id("ming");
    let made = record(&site, site.head(), ming, "stole_customer").expect(201);
    assert_eq!((made.text("/employee/name"), made.text("/on")), ("ming".into(), "2026-03-05".into()));
    assert_eq!(made.text("/citation/clause"), "002 §5(二)6");
    let entered = entries(&site);
    assert_eq!(
        (entered[0]["incident_kind"].clone(), entered[0]["amount"].clone()),
        (json!("conduct"), json!({"kind": "points", "points": -20})),
        "{entered}"
    );
    let mine = site.b().get(VIOLATIONS).expect(200).at("/data");
    assert_eq!(column(&mine, "rule"), ["stole_customer"], "whoever was at fault knows it");
    assert_eq!(site.a().get(VIOLATIONS).expect(200).at("/data"), json!([]));
    record(&site, site.head(), ming, "handed_card").expect(201);
    let of_rule =
        site.head().get(&format!("{VIOLATIONS}?rule=handed_card&employee_id={ming}")).expect(200).at("/data");
    assert_eq!(column(&of_rule, "rule"), ["handed_card"]);
    assert_eq!(entries(&site).as_array().map(Vec::len), Some(2), "each is an incident of its own");
}

fn a_violation_that_is_voided_is_taken_back(app: App) {
    let site = Site::open(&app);
    let made = record(&site, site.head(), site.company.id("ming"), "spoke_into_reception").expect(201);
    let place = made.header("location").expect("a place");
    let voided = act(site.head(), &place, "void", json!({"reason": "兰兰曾邀请协助"})).expect(200);
    assert_eq!(voided.text("/voided_reason"), "兰兰曾邀请协助");
    assert_eq!(entries(&site)[0]["status"], "cancelled");
    act(site.head(), &place, "void", json!({"reason": "再次"}))
        .refuses(409, "conduct_violation.voided_already");
}

fn what_may_not_be_recorded_is_refused(app: App) {
    let site = Site::open(&app);
    let ming = site.company.id("ming");
    record(&site, site.a(), ming, "stole_customer").expect(403);
    record(&site, site.head(), site.company.id("head"), "stole_customer")
        .refuses(403, "conduct_violation.own");
    let mut ahead = body(ming, &site.north, "stole_customer");
    ahead["on"] = json!("2026-03-06");
    site.head().post(VIOLATIONS, ahead).refuses(422, "conduct_violation.not_yet");
    site.head()
        .post(VIOLATIONS, body(ming, &site.south, "stole_customer"))
        .refuses(422, "validation.unknown_reference");
    let only = json!({"rules": [{"rule": "handed_card", "clause": "002 §5(二)8", "amount": {"kind": "points", "points": -5}}]});
    crate::duty::publish(&site.company.boss, "reception-conduct/company", &only, "2026-03-05");
    record(&site, site.head(), ming, "stole_customer").refuses(409, "conduct_violation.not_a_rule");
}
