//! An invoice is reimbursed once, and its whole history can be seen. `[EXP-6]`

use crate::expense_claim::{CLAIMS, approve, deed, path};
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    an_invoice_tells_who_held_it_who_let_it_go_and_who_tried,
    an_invoice_that_is_not_what_it_says_is_refused_with_every_reason,
    one_paper_is_reimbursed_once_however_it_is_typed,
    an_invoice_is_shared_by_lines_and_its_rest_is_claimed_by_the_same_person,
    a_rail_ticket_is_entered_as_it_is_printed_and_its_tax_is_computed,
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

fn one_paper_is_reimbursed_once_however_it_is_typed(app: App) {
    let company = app.company();
    let first = with_number(&company, "lan", "26332000000088888888");
    company.submit("lan", &first);
    for (kind, code, number) in [
        ("fully_digital_special", None, "2633 2000 0000 8888 8888"),
        ("vat_general", Some("263320000000"), "88888888"),
        ("vat_general", Some("000088888888"), "26332000"),
        ("rail_ticket", None, "２６３３２０００００００８８８８８８８８"),
        ("toll", None, "٢٦٣٣٢٠٠٠٠٠٠٠٨٨٨٨٨٨٨٨"),
    ] {
        let mut body = company.claim_of(300);
        let invoice = &mut body["lines"][0]["invoices"][0];
        (invoice["kind"], invoice["code"], invoice["number"]) = (json!(kind), json!(code), json!(number));
        let claim = company.who("ming").post(CLAIMS, body).expect(201).text("/id");
        deed(company.who("ming"), &claim, "submit", Value::Null).refuses(409, "invoice.already_reimbursed");
    }
    // Called something else, it is told to be called what it is.
    for number in [
        "No26332000000088888888",
        "26332000000088888888/1",
        "(26332000000088888888)",
        "26332000000088888888号",
    ] {
        let mut body = company.claim_of(300);
        let invoice = &mut body["lines"][0]["invoices"][0];
        (invoice["kind"], invoice["number"]) = (json!("other"), json!(number));
        company.who("ming").post(CLAIMS, body).refuses(422, "invoice.kind_misstated");
    }
    // A slip without official numbers is known by its seller and number.
    for (index, seller) in ["西湖茶楼有限公司", "西湖茶楼", "西湖茶楼有限公司。"].into_iter().enumerate()
    {
        let mut body = company.claim_of(300);
        let invoice = &mut body["lines"][0]["invoices"][0];
        (invoice["kind"], invoice["number"]) = (json!("other"), json!("S-1001"));
        invoice["seller"] = json!({"name": seller});
        let claim = company.who("ming").post(CLAIMS, body).expect(201).text("/id");
        let submitted = deed(company.who("ming"), &claim, "submit", Value::Null);
        if index == 0 {
            submitted.expect(200);
        } else {
            submitted.refuses(409, "invoice.already_reimbursed");
        }
    }
    let found = company.who("qian").get("/api/v1/invoices?number=No26332000000088888888").expect(200);
    let uses = column(&found.at("/data/0/uses"), "claim_id");
    assert!(uses.contains(&first) && uses.len() == 6, "whoever tried it: {uses:?}");
}

/// A claim of so many lines on one invoice of 500, each taking so much of it.
fn sharing(company: &Company, number: &str, shares: &[Option<u32>]) -> Value {
    let mut body = company.claim_of(500);
    let money = |yuan: u32| json!({"amount": format!("{yuan}.00"), "currency": "CNY"});
    let line = body["lines"][0].clone();
    let shared = shares.iter().map(|share| {
        let mut line = line.clone();
        line["invoices"][0]["number"] = json!(number);
        line["claimed"] = money(share.unwrap_or(500));
        if let Some(share) = share {
            line["invoices"][0]["reimbursed"] = money(*share);
        }
        line
    });
    body["lines"] = shared.collect();
    body
}

fn an_invoice_is_shared_by_lines_and_its_rest_is_claimed_by_the_same_person(app: App) {
    let company = app.company();
    let number = "26332000000077777777";
    let refused = |shares: &[Option<u32>], code: &str| {
        company.who("lan").post(CLAIMS, sharing(&company, number, shares)).refuses(422, code);
    };
    refused(&[None, Some(100)], "invoice.twice_in_claim");
    refused(&[Some(300), Some(201)], "invoice.shared_beyond_total");
    refused(&[Some(501)], "invoice.share_out_of_range");
    let made = |by: &str, shares: &[Option<u32>]| {
        company.who(by).post(CLAIMS, sharing(&company, number, shares)).expect(201).text("/id")
    };
    let first = made("lan", &[Some(200), Some(100)]);
    company.submit("lan", &first);
    // Nobody else has a part of it, and the same person no more than the rest.
    let other = made("ming", &[Some(100)]);
    deed(company.who("ming"), &other, "submit", Value::Null).refuses(409, "invoice.already_reimbursed");
    let too_much = made("lan", &[Some(201)]);
    let refused =
        deed(company.who("lan"), &too_much, "submit", Value::Null).refuses(409, "invoice.beyond_rest");
    assert_eq!((refused.at("/params/used"), refused.at("/params/total")), (json!("300.00"), json!("500.00")));
    let rest = made("lan", &[Some(200)]);
    company.submit("lan", &rest);
    // What one of them lets go is free for the same person again.
    deed(company.who("lan"), &rest, "withdraw", json!({})).expect(200);
    deed(company.who("lan"), &rest, "void", json!({"reason": "重填"})).expect(200);
    let less = made("lan", &[Some(150)]);
    company.submit("lan", &less);
    deed(company.who("lan"), &too_much, "submit", Value::Null).refuses(409, "invoice.beyond_rest");
}

fn a_rail_ticket_is_entered_as_it_is_printed_and_its_tax_is_computed(app: App) {
    let company = app.company();
    let mut body = company.claim_of(553);
    let invoice = &mut body["lines"][0]["invoices"][0];
    invoice["kind"] = json!("rail_ticket");
    invoice["seller"] = json!({"name": "中国铁路上海局集团有限公司"});
    invoice["buyer"] = Value::Null;
    body["lines"][0]["category"] = json!("entertainment.travel");
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let read = company.who("qian").get(&path(&claim)).expect(200);
    let postings = read.at("/journal/postings");
    let vat =
        postings.as_array().into_iter().flatten().find(|posting| posting["role"] == "input_vat").cloned();
    assert_eq!(vat.map(|posting| posting["amount"]["amount"].clone()), Some(json!("45.66")));
}
