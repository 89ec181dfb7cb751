//! Whoever acts for another is held against the other: reach, default and department are those of the person acted for.
//! `[EXP-14b, EXP-3]`

use crate::{
    approval::waiting,
    cash_advance::{ADVANCES, advance_of},
    expense_claim::{CLAIMS, deed, path},
    expense_request::{REQUESTS, request_of, submit},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, stories};

stories! {
    the_department_of_a_document_is_that_of_the_person_it_is_for,
    whoever_is_acted_for_lies_within_reach,
    who_moves_takes_their_drafts_along,
}

/// The three kinds of document that are made for others: where, and a body.
fn documents(company: &Company) -> [(&'static str, Value); 3] {
    let mut claim = company.claim_of(300);
    claim["lines"][0]["category"] = json!("entertainment.travel");
    [
        (CLAIMS, claim),
        (REQUESTS, request_of("promotion.publicity", "300.00")),
        (ADVANCES, advance_of("300.00")),
    ]
}

fn the_department_of_a_document_is_that_of_the_person_it_is_for(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    company.lets_file_for_others("qian");
    for (place, mut body) in documents(&company) {
        body["submitter_id"] = json!(company.id("rep"));
        let made = qian.post(place, body.clone()).expect(201);
        assert_eq!(made.text("/department/code"), "sales", "{place}");
        body["department_id"] = json!(company.departments["company"]);
        qian.post(place, body).refuses(403, "document.foreign_department");
    }
    // A claim is of the department of who gains by it.
    let mut claim = company.claim_of(300);
    (claim["beneficiary_id"], claim["beneficiary_reason"]) = (json!(company.id("rep")), json!("出差在外"));
    let made = qian.post(CLAIMS, claim.clone()).expect(201);
    assert_eq!(made.text("/department/code"), "sales");
    let approval = company.submit("qian", &made.text("/id"));
    assert_eq!(
        waiting(&company, &approval),
        ["chair", "gm"],
        "sales has no head: whom the chain falls back to"
    );
    claim["department_id"] = json!(company.departments["finance"]);
    qian.post(CLAIMS, claim).refuses(403, "document.foreign_department");
}

fn whoever_is_acted_for_lies_within_reach(app: App) {
    let company = app.company();
    let head = company.who("head");
    for (place, mut body) in documents(&company).into_iter().take(2) {
        body["submitter_id"] = json!(company.id("rep"));
        head.post(place, body.clone()).refuses(403, "document.for_others_forbidden");
        body["department_id"] = json!(company.departments["marketing"]);
        head.post(place, body.clone()).refuses(403, "document.for_others_forbidden");
        (body["submitter_id"], body["department_id"]) = (json!(company.id("lan")), Value::Null);
        assert_eq!(head.post(place, body).expect(201).text("/department/code"), "marketing");
    }
    let mut claim = company.claim_of(300);
    (claim["beneficiary_id"], claim["beneficiary_reason"]) = (json!(company.id("rep")), json!("代填"));
    head.post(CLAIMS, claim.clone()).refuses(403, "document.for_others_forbidden");
    claim["beneficiary_id"] = json!(company.id("ming"));
    head.post(CLAIMS, claim).expect(201);
}

fn who_moves_takes_their_drafts_along(app: App) {
    let mut company = app.company();
    let mut body = request_of("promotion.publicity", "300.00");
    body["business_date"] = json!("2026-03-06");
    let request = format!("{REQUESTS}/{}", company.who("lan").post(REQUESTS, body).expect(201).text("/id"));
    let mut body = company.claim_of(300);
    body["business_date"] = json!("2026-03-06");
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let place = format!("/api/v1/employees/{}", company.id("lan"));
    let version = company.boss.get(&place).expect(200).version();
    let away = json!({"from": "2026-03-06", "department_id": company.departments["sales"],
        "superior_id": company.id("director")});
    company.boss.at(version).post(&format!("{place}/move"), away).expect(200);
    app.advance(Duration::days(1));
    company.sign_in_again(&app);
    let lan = company.who("lan");
    deed(lan, &claim, "submit", Value::Null).refuses(403, "document.foreign_department");
    crate::expense_request::act(lan, &request, "submit", json!({}))
        .refuses(403, "document.foreign_department");
    for place in [path(&claim), request.clone()] {
        let version = lan.get(&place).expect(200).version();
        let here = json!({"department_id": company.departments["sales"]});
        let mended = lan.at(version).patch(&place, here).expect(200);
        assert_eq!(mended.text("/department/code"), "sales");
    }
    let mut lines = company.claim_of(300)["lines"].clone();
    lines[0]["cost_centre_id"] = Value::Null;
    let version = lan.get(&path(&claim)).expect(200).version();
    lan.at(version).patch(&path(&claim), json!({"lines": lines})).expect(200);
    assert_eq!(waiting(&company, &company.submit("lan", &claim)), ["chair", "gm"], "of sales now");
    submit(lan, &request);
}
