//! An invoice is reimbursed once, and its whole history can be seen. `[EXP-6]`

use crate::expense_claim::{CLAIMS, approve, deed, path};
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    an_invoice_tells_who_held_it_who_let_it_go_and_who_tried,
    an_invoice_that_is_not_what_it_says_is_refused_with_every_reason,
}

/// A claim with an invoice of this number, as a draft.
fn with_number(company: &Company, by: &str, number: &str) -> String {
    let mut body = company.claim_of(300);
    body["lines"][0]["invoices"][0]["number"] = json!(number);
    company.who(by).post(CLAIMS, body).expect(201).text("/id")
}

fn an_invoice_tells_who_held_it_who_let_it_go_and_who_tried(app: App) {
    let company = app.company();
    let number = "26332000000099999999";
    let first = with_number(&company, "lan", number);
    let approval = company.submit("lan", &first);
    let second = with_number(&company, "ming", number);
    deed(company.who("ming"), &second, "submit", Value::Null).refuses(409, "invoice.already_reimbursed");
    let uses = || {
        let looked = company.who("qian").get(&format!("/api/v1/invoices?number={number}")).expect(200);
        assert_eq!(looked.at("/data").as_array().map(Vec::len), Some(1), "one paper");
        looked.at("/data/0")
    };
    let seen = uses();
    assert_eq!(seen["is_held"], true);
    assert_eq!(column(&seen["uses"], "claim_id"), [second.clone(), first.clone()]);
    assert_eq!(
        (&seen["uses"][0]["submitter"]["name"], &seen["uses"][0]["held_at"]),
        (&json!("ming"), &Value::Null)
    );
    // Rejected, it is free; the other one takes it.
    let read = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "非公务"});
    company
        .who("head")
        .at(read.version())
        .post(&format!("/api/v1/approvals/{approval}/reject"), body)
        .expect(200);
    assert_eq!(uses()["is_held"], false);
    let approval = company.submit("ming", &second);
    let seen = uses();
    assert_eq!(column(&seen["uses"], "claim_id"), [second.clone(), first.clone()]);
    assert_eq!(
        (&seen["uses"][0]["is_holder"], &seen["uses"][1]["released_because"]),
        (&json!(true), &json!("rejected"))
    );
    // Taken off a returned claim, it is free, and the history stays.
    let read = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let body = json!({"document_version": read.at("/document/version"), "reason": "换票"});
    company
        .who("head")
        .at(read.version())
        .post(&format!("/api/v1/approvals/{approval}/return"), body)
        .expect(200);
    let lines = json!({"lines": company.claim_of(300)["lines"]});
    let version = company.who("ming").get(&path(&second)).expect(200).version();
    company.who("ming").at(version).patch(&path(&second), lines).expect(200);
    let seen = uses();
    assert_eq!((&seen["is_held"], &seen["uses"][0]["released_because"]), (&json!(false), &json!("removed")));
    assert_eq!(
        (&seen["uses"][0]["is_carried"], &seen["uses"][1]["is_carried"]),
        (&json!(false), &json!(true))
    );
    let approval = company.submit("ming", &second);
    approve(&company, "head", &approval).expect(200);
}

fn an_invoice_that_is_not_what_it_says_is_refused_with_every_reason(app: App) {
    let company = app.company();
    let mut body = company.claim_of(300);
    let invoice = &mut body["lines"][0]["invoices"][0];
    invoice["number"] = json!("123");
    invoice["seller"]["tax_number"] = json!("91330100799655058X");
    invoice["total"]["amount"] = json!("299.00");
    let refused = company.who("lan").post(CLAIMS, body.clone()).refuses(422, "validation.failed");
    assert_eq!(
        column(&refused.at("/errors"), "code"),
        ["invoice.bad_number", "invoice.bad_tax_number", "invoice.sum_wrong"]
    );
    let mut body = company.claim_of(300);
    let invoice = &mut body["lines"][0]["invoices"][0];
    invoice["issued_on"] = json!("2026-03-06");
    invoice["buyer"] = json!({"name": "别的公司", "tax_number": "91350100M000100Y43"});
    body["lines"][0]["claimed"]["amount"] = json!("300.01");
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let refused = deed(company.who("lan"), &claim, "submit", Value::Null).refuses(422, "validation.failed");
    assert_eq!(
        column(&refused.at("/errors"), "code"),
        ["invoice.in_future", "invoice.not_our_company", "invoice.line_not_covered"]
    );
}
