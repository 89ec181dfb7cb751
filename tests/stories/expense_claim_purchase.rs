//! What claims buy beyond the limit: directly, beyond their request, and step by step beyond one request. `[EXP-7]`

use super::{
    expense_claim::{CLAIMS, approve, deed, path},
    expense_claim_request::claim_on,
    expense_request::{self as requests, act, line_of, request_of},
    file::{PDF, upload},
};
use serde_json::{Value, json};
use tests::{App, Company, Reply, race, stories};

stories! {
    buying_directly_beyond_the_limit_needs_the_papers_a_request_would_need,
    what_goes_beyond_a_request_is_compared_together_with_it,
    what_several_claims_go_beyond_a_request_is_added_up,
    claims_that_go_beyond_a_request_at_once_stay_below_the_limit_together,
    an_amendment_is_compared_together_with_what_claims_went_beyond_the_request,
}

/// An approved request for 18,000.00 CNY of publicity, 2,000.00 below the limit, without papers; its place.
#[track_caller]
fn requested(company: &Company) -> String {
    let (request, approval) = requests::submitted(company, request_of("promotion.publicity", "18000.00"));
    for name in ["head", "qian", "director"] {
        approve(company, name, &approval).expect(200);
    }
    request
}

/// A draft of 兰兰 that claims publicity on a request; its id.
#[track_caller]
fn drafted(company: &Company, request: &str, yuan: u32, paper: Value) -> String {
    let mut body = claim_on(company, request, yuan);
    body["lines"][0]["category"] = json!("promotion.publicity");
    body["lines"][0]["tender"] = paper;
    company.who("lan").post(CLAIMS, body).expect(201).text("/id")
}

fn buying_directly_beyond_the_limit_needs_the_papers_a_request_would_need(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut body = company.claim_of(20_001);
    body["lines"][0]["category"] = json!("promotion.publicity");
    let place = path(&lan.post(CLAIMS, body.clone()).expect(201).text("/id"));
    let submit = format!("{place}/submit");
    let refusal = lan.at(1).act(&submit).refuses(422, "procurement.quotes_missing");
    assert_eq!(
        (refusal.text("/rule"), refusal.text("/clause"), refusal.text("/citation/policy")),
        ("EXP-7".into(), "000 §9 费用控制机制".into(), "expense-request-policy/standard".into())
    );
    let record = upload(lan, "a.pdf", PDF).expect(201).text("/id");
    let quote = |supplier: &str| json!({"supplier": supplier, "amount": requests::cny("20001.00"), "file_id": record});
    body["lines"][0]["quotes"] = json!([quote("星火"), quote("云帆"), quote(" 云帆")]);
    let lines = |body: &Value| json!({"lines": body["lines"]});
    lan.at(1).patch(&place, lines(&body)).refuses(422, "procurement.supplier_twice");
    body["lines"][0]["quotes"] = json!([quote("星火"), quote("云帆"), quote("远山")]);
    let kept = lan.at(1).patch(&place, lines(&body)).expect(200);
    assert_eq!(kept.text("/lines/0/quotes/2/supplier"), "远山");
    assert_eq!(kept.at("/attachments"), json!([record]), "the paper is evidence of the claim, once");
    lan.at(kept.version()).act(&submit).expect(200);
    // A tender does as well, and so does a request that was approved with its own papers.
    let mut tendered = company.claim_of(20_001);
    tendered["lines"][0]["category"] = json!("promotion.publicity");
    tendered["lines"][0]["tender"] = json!({"reference": "ZB-2026-014"});
    let claim = lan.post(CLAIMS, tendered).expect(201);
    assert_eq!(claim.text("/lines/0/tender/reference"), "ZB-2026-014");
    company.submit("lan", &claim.text("/id"));
    let mut asked = request_of("promotion.publicity", "20001.00");
    asked["lines"][0]["tender"] = json!({"reference": "ZB-2026-015"});
    let (request, approval) = requests::submitted(&company, asked);
    for name in ["head", "qian", "director"] {
        approve(&company, name, &approval).expect(200);
    }
    let mut drawing = claim_on(&company, &request, 20_001);
    drawing["lines"][0]["category"] = json!("promotion.publicity");
    let claim = lan.post(CLAIMS, drawing).expect(201).text("/id");
    company.submit("lan", &claim);
}

fn what_goes_beyond_a_request_is_compared_together_with_it(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let request = requested(&company);
    let drawing = |yuan: u32, paper: Value| {
        let claim = drafted(&company, &request, yuan, paper);
        (lan.at(1).act(&format!("{}/submit", path(&claim))), claim)
    };
    let refused = drawing(20_001, Value::Null).0.refuses(422, "procurement.quotes_missing");
    assert_eq!(
        (refused.text("/rule"), refused.text("/errors/0/pointer")),
        ("EXP-7".into(), "/lines/0/quotes".into())
    );
    assert!(refused.text("/errors/0/detail").contains("20001.00"), "{refused}");
    // In a line beside the request it is no smaller, and to the limit it is free.
    let mut beside = claim_on(&company, &request, 18_000);
    beside["lines"][0]["category"] = json!("promotion.publicity");
    let mut second = company.claim_of(2_001)["lines"][0].clone();
    second["category"] = json!("promotion.publicity");
    beside["lines"].as_array_mut().expect("lines").push(second);
    let claim = lan.post(CLAIMS, beside).expect(201).text("/id");
    let refused =
        lan.at(1).act(&format!("{}/submit", path(&claim))).refuses(422, "procurement.quotes_missing");
    assert_eq!(refused.text("/errors/0/pointer"), "/lines/1/quotes");
    let (reply, claim) = drawing(20_000, Value::Null);
    reply.expect(200);
    deed(lan, &claim, "withdraw", json!({})).expect(200);
    drawing(20_001, json!({"reference": "ZB-2026-016"})).0.expect(200);
}

fn what_several_claims_go_beyond_a_request_is_added_up(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let request = requested(&company);
    let submit = |claim: &str| -> Reply {
        let version = lan.get(&path(claim)).expect(200).version();
        lan.at(version).act(&format!("{}/submit", path(claim)))
    };
    let all = drafted(&company, &request, 18_000, Value::Null);
    submit(&all).expect(200);
    let first = drafted(&company, &request, 1_500, Value::Null);
    let approval = submit(&first).expect(200).text("/approval_id");
    let second = drafted(&company, &request, 1_500, Value::Null);
    let preview = lan.get(&format!("{}/approval-preview", path(&second))).expect(200);
    assert_eq!(
        (preview.at("/submittable"), preview.text("/refusal/code")),
        (json!(false), "procurement.quotes_missing".into())
    );
    let rehearsal = format!("{}/submit?validate_only=true", path(&second));
    lan.at(1).act(&rehearsal).refuses(422, "procurement.quotes_missing");
    let refused = submit(&second).refuses(422, "procurement.quotes_missing");
    assert!(refused.text("/errors/0/detail").contains("21000.00"), "{refused}");
    // With papers of its own it buys nothing unseen, and does not count for others either.
    let compared = drafted(&company, &request, 1_500, json!({"reference": "ZB-2026-017"}));
    submit(&compared).expect(200);
    let rest = drafted(&company, &request, 500, Value::Null);
    submit(&rest).expect(200);
    let last = drafted(&company, &request, 1, Value::Null);
    submit(&last).refuses(422, "procurement.quotes_missing");
    // What is rejected, or taken back, is not bought.
    let read = company.who("head").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let no = json!({"document_version": read.at("/document/version"), "reason": "没有必要"});
    company
        .who("head")
        .at(read.version())
        .post(&format!("/api/v1/approvals/{approval}/reject"), no)
        .expect(200);
    submit(&second).expect(200);
    submit(&last).refuses(422, "procurement.quotes_missing");
    deed(lan, &rest, "withdraw", json!({})).expect(200);
    lan.at(1).act(&format!("{}/submit?validate_only=true", path(&last))).expect(200);
    submit(&last).expect(200);
}

fn claims_that_go_beyond_a_request_at_once_stay_below_the_limit_together(app: App) {
    const CLAIMS_AT_ONCE: usize = 8;
    let company = app.company();
    let lan = company.who("lan");
    let request = requested(&company);
    let all = drafted(&company, &request, 18_000, Value::Null);
    lan.at(1).act(&format!("{}/submit", path(&all))).expect(200);
    let claims: Vec<String> =
        (0..CLAIMS_AT_ONCE).map(|_| drafted(&company, &request, 1_000, Value::Null)).collect();
    let runners = claims.iter().map(|claim| {
        let (caller, submit) = (lan.at(1), format!("{}/submit", path(claim)));
        Box::new(move || {
            let reply = caller.act(&submit);
            (reply.status, reply.code())
        }) as Box<dyn FnOnce() -> (u16, String) + Send>
    });
    let answers = race(runners.collect());
    let passed = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = answers.iter().filter(|(_, code)| code == "procurement.quotes_missing").count();
    assert_eq!((passed, refused), (2, CLAIMS_AT_ONCE - 2), "{answers:?}");
}

/// Else the limit would be passed by going beyond a request first and raising it afterwards.
fn an_amendment_is_compared_together_with_what_claims_went_beyond_the_request(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let request = requested(&company);
    let submit = |claim: &str| lan.at(1).act(&format!("{}/submit", path(claim)));
    for yuan in [18_000, 1_500] {
        submit(&drafted(&company, &request, yuan, Value::Null)).expect(200);
    }
    let raised_to = |yuan: &str| json!({"lines": [line_of("promotion.publicity", yuan)]});
    let body = json!({"reason": "展位加大", "changes": raised_to("18501.00")});
    let made = act(lan, &request, "amendments", body).expect(201).text("/id");
    let amendment = format!("/api/v1/expense-request-amendments/{made}");
    let refused = act(lan, &amendment, "submit", json!({})).refuses(422, "procurement.quotes_missing");
    assert!(refused.text("/errors/0/detail").contains("20001.00"), "{refused}");
    let version = lan.get(&amendment).expect(200).version();
    lan.at(version).patch(&amendment, json!({"changes": raised_to("18500.00")})).expect(200);
    let approval = requests::submit(lan, &amendment);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    // What claims go beyond the request while it waits stands in its way as well, until they are taken back.
    let late = drafted(&company, &request, 1, Value::Null);
    submit(&late).expect(200);
    let read =
        company.who("director").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/actions");
    let approving = read.as_array().into_iter().flatten().find(|action| action["name"] == "approve");
    let foreseen = approving.map(|action| &action["refusal"]["code"]);
    assert_eq!(foreseen, Some(&json!("procurement.quotes_missing")), "{read}");
    approve(&company, "director", &approval).refuses(422, "procurement.quotes_missing");
    assert_eq!(lan.get(&amendment).expect(200).text("/status"), "in_approval");
    deed(lan, &late, "withdraw", json!({})).expect(200);
    approve(&company, "director", &approval).expect(200);
    assert_eq!(lan.get(&amendment).expect(200).text("/status"), "approved");
}
