//! Two pairs of eyes: what one person may not both do, and how a company with too few people does without.
//! `[APR-4, EXP-9, EXP-12]`

use crate::{
    approval::{act as decide, approve, waiting},
    cash_advance::{ADVANCES, advance_of},
    expense_claim::{CLAIMS, approved, path, payment, voucher},
    expense_request::{act, submit},
    post_evaluation::{commission, report},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, stories};

stories! {
    nobody_takes_their_own_document_into_the_books_or_moves_its_money,
    a_company_that_has_one_person_for_it_loosens_the_rule_and_it_shows,
    who_sold_it_does_not_evaluate_it_and_who_decided_does_not_accept,
    one_person_does_not_pass_two_steps_by_a_task_of_somebody_else,
}

/// A claim of an accountant that was approved; its id.
fn of_an_accountant(company: &Company) -> String {
    let (claim, approval) = company.submitted("qian", 300);
    while let Some(next) = waiting(company, &approval).first() {
        approve(company, &approval, &[next.as_str()]);
    }
    assert_eq!(company.state_of(&claim), "approved");
    claim
}

/// A call of the hand-over by somebody: the answer for its one item.
fn call(by: &Caller, call: &str, body: &Value) -> Value {
    by.post(&format!("/api/v1/erp/expense-claims/{call}"), body.clone()).expect(207).at("/data/0")
}

fn nobody_takes_their_own_document_into_the_books_or_moves_its_money(app: App) {
    let company = app.company();
    let (qian, sun) = (company.who("qian"), company.who("sun"));
    let claim = of_an_accountant(&company);
    let steps = [
        ("acknowledge", json!({"reference": "B-1", "claim_ids": [claim]})),
        ("confirm-posting", json!({"items": [{"claim_id": claim, "voucher": voucher("记-1")}]})),
        ("confirm-payments", payment(&claim, "P-1", "300.00")),
    ];
    for (step, body) in &steps {
        assert_eq!(call(qian, step, body)["refusal"]["code"], "separation.own_in_books", "{step}");
        let actions = qian.get(&path(&claim)).expect(200).at("/actions").to_string();
        assert!(actions.contains("separation.own_in_books"), "{actions}");
        assert_eq!(call(sun, step, body)["outcome"], "done", "{step}");
    }
    act(qian, &path(&claim), "reverse", json!({"reason": "多付"})).refuses(403, "separation.own_in_books");
    let advance = format!("{ADVANCES}/{}", qian.post(ADVANCES, advance_of("200.00")).expect(201).text("/id"));
    let approval = submit(qian, &advance);
    while let Some(next) = waiting(&company, &approval).first() {
        approve(&company, &approval, &[next.as_str()]);
    }
    let paid = json!({"reference": "PAY-1", "paid_on": "2026-03-05"});
    act(qian, &advance, "confirm-payout", paid.clone()).refuses(403, "separation.own_in_books");
    act(sun, &advance, "confirm-payout", paid).expect(200);
    assert!(sun.get(&format!("{advance}/explanations")).expect(200).at("/data").is_array());
}

/// Publishes that a rule is loosened.
fn loosen(company: &Company, rule: &str) {
    let content = json!({"loosened": [{"rule": rule, "reason": "财务部仅一人"}]});
    let body = json!({"code": "separation/standard", "title": "不相容职务分离规则", "content": content,
        "clause": "000 §9.2", "effective_from": "2026-03-05"});
    let drafted = company.boss.post("/api/v1/policies", body).expect(201);
    let place = format!("/api/v1/policies/{}/publish", drafted.text("/id"));
    company.boss.at(drafted.version()).act(&place).expect(200);
}

fn a_company_that_has_one_person_for_it_loosens_the_rule_and_it_shows(app: App) {
    let company = app.company();
    loosen(&company, "own_in_books");
    let claim = of_an_accountant(&company);
    let body = json!({"reference": "B-1", "claim_ids": [claim]});
    assert_eq!(call(company.who("qian"), "acknowledge", &body)["outcome"], "done");
    let told = company.who("sun").get(&format!("{}/explanations", path(&claim))).expect(200);
    let told = told.at("/data").as_array().cloned().unwrap_or_default();
    let loosened = told.iter().find(|one| one["explanation"]["decision"] == "separation_loosened");
    let explanation = loosened.map(|one| &one["explanation"]).expect("it shows");
    assert_eq!(explanation["facts"]["reason"], "财务部仅一人");
    assert_eq!(explanation["citation"]["policy"], "separation/standard");
}

fn who_sold_it_does_not_evaluate_it_and_who_decided_does_not_accept(app: App) {
    let company = app.company();
    let (qian, sun) = (company.who("qian"), company.who("sun"));
    let claim = approved(&company, 90);
    let mut body = commission(Some(&claim));
    for party in
        [json!({"name": "某某咨询", "tax_number": "91330100799655058B"}), json!({"name": "杭州云栖酒店"})]
    {
        body["third_party"] = party;
        sun.post("/api/v1/post-evaluations", body.clone()).refuses(422, "separation.seller_evaluates");
    }
    let place = sun.post("/api/v1/post-evaluations", commission(Some(&claim))).expect(201);
    let place = place.header("location").expect("a place");
    let file = crate::file::upload(sun, "评估报告.pdf", crate::file::PDF).expect(201).text("/id");
    act(sun, &place, "file-report", report(&file, "12")).expect(200);
    let accept = |by: &Caller| act(by, &place, "accept-report", json!({"note": "好"}));
    accept(qian).refuses(403, "separation.decider_accepts");
    accept(sun).expect(200);
}

fn one_person_does_not_pass_two_steps_by_a_task_of_somebody_else(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 300);
    let to = |name: &str| json!({"employee_id": company.id(name)});
    let head = company.who("head");
    decide(head, &approval, "transfer", to("qian")).refuses(422, "separation.two_steps");
    let added = json!({"employee_id": company.id("qian"), "placement": "parallel"});
    decide(head, &approval, "add-approver", added).refuses(422, "separation.two_steps");
    approve(&company, &approval, &["head"]);
    decide(company.who("qian"), &approval, "transfer", to("head")).refuses(422, "separation.two_steps");
    decide(company.who("qian"), &approval, "transfer", to("gm")).expect(200);
    loosen(&company, "two_steps");
    let claim = company.who("lan").post(CLAIMS, company.claim_of(300)).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    decide(head, &approval, "transfer", to("qian")).expect(200);
}
