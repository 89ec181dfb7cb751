//! Interactions with customers: planned before, reported after, counted where they have substance. `[CUS-6; 002 §6 ch.4]`

use crate::customer_file::{entered, owned};
use crate::file::{PDF, upload};
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Records, column, records, stories};

stories! {
    a_visit_is_planned_reported_and_counts,
    what_an_interaction_lacks_to_count_is_named,
    a_superior_voids_what_has_no_content_and_it_counts_no_longer,
    an_interaction_is_seen_by_whoever_sees_the_customer_or_is_above,
    each_day_is_summed_by_employee,
    what_is_wrong_with_an_interaction_is_said,
    a_visit_that_does_not_take_place_is_cancelled_and_says_why,
}

records! {
    "/api/v1/interactions/{id}" => an_interaction,
}

const INTERACTIONS: &str = "/api/v1/interactions";
const SAID: &str = "客户希望看两居室，预算三百万以内";

fn an_interaction(made: &Records<'_>) -> String {
    let plan =
        json!({"planned_for": "2026-03-06T10:00:00+08:00", "purpose": "介绍项目", "content": "户型与价格"});
    let customer = made.id("/api/v1/customers/{id}");
    let body = json!({"customer_id": customer, "kind": "visit", "method": "appointment", "plan": plan});
    made.post("lan", "/api/v1/interactions/{id}", body)
}

#[track_caller]
fn called(by: &Caller, customer: &str, content: &str, minutes: u32) -> Value {
    let report = json!({"minutes": minutes, "content": content});
    let body = json!({"customer_id": customer, "kind": "call", "report": report});
    by.post(INTERACTIONS, body).expect(201).json()
}

fn place(made: &Value) -> String {
    format!("{INTERACTIONS}/{}", made["id"].as_str().expect("an id"))
}

fn a_visit_is_planned_reported_and_counts(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let customer = entered(lan, "李娜", "13812345678");
    let plan = json!({"planned_for": "2026-03-05T14:00:00+08:00", "purpose": "介绍项目", "content": "户型与价格",
        "focus": "学区"});
    let visit = json!({"customer_id": customer, "kind": "visit", "method": "appointment", "plan": plan});
    let planned = lan.post(INTERACTIONS, visit).expect(201);
    assert_eq!((planned.text("/status"), planned.at("/is_qualified")), ("planned".into(), json!(false)));
    let place = planned.header("location").expect("a place");
    app.advance(chrono::Duration::hours(6));
    let lan = &app.sign_in("lan", PASSWORD);
    let evidence = upload(lan, "现场.pdf", PDF).expect(201).text("/id");
    let report = json!({"held_at": "2026-03-05T14:05:00+08:00", "minutes": 40, "content": SAID, "needs": "两居室",
        "next_step": "发送报价", "next_on": "2026-03-09", "evidence": [evidence]});
    let reported = lan.at(1).post(&format!("{place}/report"), report.clone()).expect(200);
    assert_eq!((reported.text("/status"), reported.at("/is_qualified")), ("reported".into(), json!(true)));
    assert_eq!(reported.at("/report/shortfalls"), json!([]));
    assert_eq!(reported.text("/report/evidence/0/name"), "现场.pdf");
    lan.at(2).post(&format!("{place}/report"), report).refuses(409, "interaction.not_planned");
    let events = app
        .administrator()
        .get(&format!("/api/v1/events?entity={}&limit=200", place.rsplit('/').next().unwrap_or_default()))
        .expect(200)
        .at("/data")
        .to_string();
    assert!(
        events.contains("interaction.qualified") && !events.contains(SAID),
        "the feed tells nothing that was said"
    );
}

fn what_an_interaction_lacks_to_count_is_named(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let customer = entered(lan, "李娜", "13812345678");
    assert_eq!(called(lan, &customer, SAID, 5)["is_qualified"], json!(true));
    let empty = called(lan, &customer, "无人接听", 0);
    assert_eq!(empty["report"]["shortfalls"], json!(["too_brief", "too_little_said"]));
    let report = json!({"minutes": 30, "content": SAID});
    let cold = json!({"customer_id": customer, "kind": "visit", "method": "cold_visit", "report": report});
    assert_eq!(lan.post(INTERACTIONS, cold).expect(201).at("/report/shortfalls"), json!(["not_planned"]));
    let message = json!({"customer_id": customer, "kind": "message", "report": report});
    assert_eq!(
        lan.post(INTERACTIONS, message).expect(201).at("/report/shortfalls"),
        json!(["kind_not_counted"])
    );
    let late = json!({"held_at": "2026-03-01T10:00:00+08:00", "minutes": 30, "content": SAID});
    let late = json!({"customer_id": customer, "kind": "call", "report": late});
    assert_eq!(lan.post(INTERACTIONS, late).expect(201).at("/report/shortfalls"), json!(["reported_late"]));
    let listed = lan.get(&format!("{INTERACTIONS}?qualified=true&customer_id={customer}")).expect(200);
    assert_eq!(column(&listed.at("/data"), "kind"), ["call"]);
}

fn a_superior_voids_what_has_no_content_and_it_counts_no_longer(app: App) {
    let company = app.company();
    let (lan, head) = (company.who("lan"), company.who("head"));
    let customer = entered(lan, "李娜", "13812345678");
    let place = place(&called(lan, &customer, SAID, 5));
    let reason = json!({"reason": "没有内容"});
    lan.at(1).post(&format!("{place}/void"), reason.clone()).refuses(403, "interaction.not_yours");
    company.who("ming").at(1).post(&format!("{place}/void"), reason.clone()).refuses(404, "http.not_found");
    let voided = head.at(1).post(&format!("{place}/void"), reason.clone()).expect(200);
    assert_eq!((voided.text("/status"), voided.text("/voided_by/name")), ("voided".into(), "head".into()));
    assert_eq!(
        (voided.at("/is_qualified"), voided.text("/status_reason")),
        (json!(false), "没有内容".into())
    );
    head.at(2).post(&format!("{place}/void"), reason).refuses(409, "interaction.not_reported");
}

fn an_interaction_is_seen_by_whoever_sees_the_customer_or_is_above(app: App) {
    let company = app.company();
    let customer = entered(company.who("lan"), "李娜", "13812345678");
    let place = place(&called(company.who("lan"), &customer, SAID, 5));
    for name in ["lan", "head", "director", "gm"] {
        company.who(name).get(&place).expect(200);
    }
    for name in ["ming", "rep"] {
        company.who(name).get(&place).refuses(404, "http.not_found");
        assert_eq!(company.who(name).get(INTERACTIONS).expect(200).at("/data"), json!([]));
    }
    owned(&app, company.id("rep"));
    company.who("rep").get(&place).expect(200);
    let stranger =
        json!({"customer_id": customer, "kind": "call", "report": {"minutes": 5, "content": SAID}});
    company.who("ming").post(INTERACTIONS, stranger).refuses(422, "validation.unknown_reference");
}

fn each_day_is_summed_by_employee(app: App) {
    let company = app.company();
    let (lan, rep) = (company.who("lan"), company.who("rep"));
    let (first, second) = (entered(lan, "李娜", "13812345678"), entered(lan, "赵敏", "13912345678"));
    called(lan, &first, SAID, 5);
    called(lan, &first, "无人接听", 0);
    called(lan, &second, SAID, 5);
    let other = entered(rep, "周强", "13712345678");
    called(rep, &other, SAID, 5);
    let days = company.who("director").get("/api/v1/interaction-days").expect(200).at("/data");
    let row = |index: usize| {
        let row = &days[index];
        (
            row["employee"]["name"].clone(),
            row["calls"].clone(),
            row["qualified"].clone(),
            row["customers"].clone(),
        )
    };
    assert_eq!(row(0), (json!("lan"), json!(3), json!(2), json!(2)));
    assert_eq!(row(1), (json!("rep"), json!(1), json!(1), json!(1)));
    let own = lan.get("/api/v1/interaction-days?day[gte]=2026-03-01").expect(200).at("/data");
    assert_eq!(own.as_array().map(Vec::len), Some(1));
    assert_eq!(lan.get("/api/v1/interaction-days?day[lte]=2026-03-04").expect(200).at("/data"), json!([]));
}

fn what_is_wrong_with_an_interaction_is_said(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let customer = entered(lan, "李娜", "13812345678");
    let nothing = json!({"customer_id": customer, "kind": "call"});
    lan.post(INTERACTIONS, nothing).refuses(422, "interaction.neither_plan_nor_report");
    let report = json!({"minutes": 5, "content": SAID, "held_at": "2026-03-06T10:00:00+08:00"});
    let wrong = json!({"customer_id": customer, "kind": "call", "method": "cold_visit", "report": report});
    let refused = lan.post(INTERACTIONS, wrong).refuses(422, "validation.failed");
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/method", "/report/held_at"]);
    assert_eq!(refused.text("/rule"), "CUS-6");
}

fn a_visit_that_does_not_take_place_is_cancelled_and_says_why(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let customer = entered(lan, "李娜", "13812345678");
    let plan =
        json!({"planned_for": "2026-03-06T10:00:00+08:00", "purpose": "介绍项目", "content": "户型与价格"});
    let visit = json!({"customer_id": customer, "kind": "visit", "method": "appointment", "plan": plan});
    let place = lan.post(INTERACTIONS, visit).expect(201).header("location").expect("a place");
    company
        .who("ming")
        .at(1)
        .post(&format!("{place}/cancel"), json!({"reason": "误"}))
        .refuses(404, "http.not_found");
    let cancelled =
        lan.at(1).post(&format!("{place}/cancel"), json!({"reason": "客户出差，改约"})).expect(200);
    assert_eq!(cancelled.text("/status"), "cancelled");
    let report = json!({"minutes": 40, "content": SAID});
    lan.at(2).post(&format!("{place}/report"), report).refuses(409, "interaction.not_planned");
    let listed = lan.get(&format!("{INTERACTIONS}?status=cancelled")).expect(200).at("/data");
    assert_eq!(column(&listed, "kind"), ["visit"]);
}
