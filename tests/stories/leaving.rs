//! Who leaves is asked to leave nothing open, who comes back has their tasks again, and who approves sees what the asker
//! still owes. `[ORG-3, ORG-4, APR-9, EXP-14]`

use crate::{
    approval::{approve, reasons, waiting},
    cash_advance::{advance_of, approved_of, paid_out},
    expense_claim::deed,
    expense_request::{act, cny, request_of},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    who_leaves_is_asked_to_clear_what_is_open,
    who_comes_back_has_their_open_tasks_again,
    an_absence_that_ends_by_its_date_gives_the_tasks_back,
    an_approver_sees_what_the_asker_still_owes,
}

fn who_leaves_is_asked_to_clear_what_is_open(app: App) {
    let company = app.company();
    let advance = paid_out(&company, "500.00");
    let draft = company.draft("lan", 90);
    let place = format!("/api/v1/employees/{}", company.id("lan"));
    let open = || company.boss.get(&format!("{place}/open-matters")).expect(200).at("/data");
    assert_eq!(column(&open(), "number"), ["CA-2026-000001", "EC-2026-000001"]);
    assert!(open()[0]["zh"].as_str().is_some_and(|text| text.contains("500.00")), "{}", open());
    let leave = |body: Value| {
        let version = company.boss.get(&place).expect(200).version();
        company.boss.at(version).post(&format!("{place}/leave"), body)
    };
    let refused = leave(json!({"last_day": "2026-03-31"})).refuses(409, "organisation.open_matters");
    assert_eq!(column(&refused.at("/errors"), "code").len(), 2);
    assert!(refused.text("/errors/0/detail").starts_with("CA-2026-000001"), "{refused}");
    // What is cleared is open no more; the rest may be left so by whoever says it.
    deed(company.who("lan"), &draft, "void", json!({"reason": "不再报销"})).expect(200);
    let back = json!({"reference": "REC-1", "amount": cny("200.00"), "received_on": "2026-03-05"});
    act(company.who("qian"), &advance, "repay", back).expect(200);
    assert_eq!(column(&open(), "number"), ["CA-2026-000001"]);
    leave(json!({"last_day": "2026-03-31", "despite_open_matters": true})).expect(200);
    company.who("lan").get(&format!("{place}/open-matters")).refuses(403, "http.forbidden");
}

/// Registers that the head is away from today until a day, and the director stands in; the place of the absence.
fn away(company: &Company, until: &str) -> String {
    let body = json!({"employee_id": company.id("head"), "stand_in_id": company.id("director"),
        "from": "2026-03-05", "until": until, "reason": "年假"});
    let made = company.boss.post("/api/v1/absences", body).expect(201);
    made.header("location").expect("a place")
}

fn who_comes_back_has_their_open_tasks_again(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 300);
    let place = away(&company, "2026-03-20");
    assert_eq!(waiting(&company, &approval), ["director"]);
    let (_, meanwhile) = company.submitted("ming", 300);
    // What the stand-in handed on themselves stays there.
    let (_, handed_on) = company.submitted("ming", 200);
    let to = json!({"employee_id": company.id("gm")});
    crate::approval::act(company.who("director"), &handed_on, "transfer", to).expect(200);
    let version = company.boss.get(&place).expect(200).version();
    company.boss.at(version).act(&format!("{place}/cancel")).expect(200);
    for approval in [&approval, &meanwhile] {
        assert_eq!(waiting(&company, approval), ["head"]);
        let told = reasons(&company, approval);
        assert!(told.contains(&"transferred_approver_back".to_owned()), "{told:?}");
    }
    assert_eq!(waiting(&company, &handed_on), ["gm"]);
    approve(&company, &approval, &["head"]);
}

fn an_absence_that_ends_by_its_date_gives_the_tasks_back(app: App) {
    let mut company = app.company();
    let (_, approval) = company.submitted("lan", 300);
    away(&company, "2026-03-06");
    assert_eq!(waiting(&company, &approval), ["director"]);
    app.advance(Duration::days(1));
    app.begin_absences();
    company.sign_in_again(&app);
    assert_eq!(waiting(&company, &approval), ["director"], "still away");
    app.advance(Duration::days(1));
    app.begin_absences();
    app.begin_absences();
    company.sign_in_again(&app);
    assert_eq!(waiting(&company, &approval), ["head"]);
    let told = reasons(&company, &approval);
    assert_eq!(told.iter().filter(|kind| *kind == "transferred_approver_back").count(), 1);
}

fn an_approver_sees_what_the_asker_still_owes(app: App) {
    let company = app.company();
    paid_out(&company, "500.00");
    approved_of(&company, advance_of("80.00"));
    company.submitted("lan", 90);
    crate::expense_request::submitted(&company, request_of("promotion.publicity", "300.00"));
    let inbox = company.who("head").get("/api/v1/approvals").expect(200).at("/data");
    let owed = json!([{"number": "CA-2026-000001", "outstanding": cny("500.00")}]);
    let items = inbox.as_array().cloned().unwrap_or_default();
    assert_eq!(items.len(), 2, "{inbox}");
    for item in items {
        assert_eq!(item["document"]["summary"]["facts"]["outstanding_advances"], owed, "{item}");
    }
}
