//! Claiming on an approved request: partial claims until it is used up, the over-run step, no other use, and an
//! advertisement without an application. `[EXP-4, EXP-5, EXP-8, BUD-4]`

use super::{
    expense_claim::{CLAIMS, approve, deed, hand_over, path, payment, voucher},
    expense_request::{self as requests, REQUESTS, act, request_of},
    file::{PDF, upload},
};
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Company, race, stories};

stories! {
    a_claim_within_its_request_meets_head_and_finance_alone,
    what_was_approved_for_an_advertisement_bounds_what_is_claimed_for_it,
    claims_draw_on_their_request_until_it_is_used_up,
    what_comes_to_nothing_opens_the_request_again,
    a_reversed_claim_leaves_its_request_to_be_claimed_anew,
    beyond_the_request_the_over_run_step_decides,
    another_use_needs_an_amendment,
    only_an_approved_request_of_ones_own_is_claimed_on,
    claims_at_the_same_instant_take_no_more_than_was_approved,
    an_advertisement_without_an_application_is_borne_by_whoever_placed_it,
}

/// A request for travel as it is sent.
pub(crate) fn travel(yuan: &str) -> Value {
    let mut body = request_of("entertainment.travel", yuan);
    body["details"]["route"] = json!("杭州—上海");
    body["details"]["days"] = json!(2);
    body
}

/// The id at the end of a place.
fn id_of(place: &str) -> &str {
    place.rsplit('/').next().expect("a place ends with an id")
}

/// A travel claim on the first line of a request, as it is sent.
pub(crate) fn claim_on(company: &Company, request: &str, yuan: u32) -> Value {
    let mut body = company.claim_of(yuan);
    body["request_id"] = json!(id_of(request));
    body["lines"][0]["request_line"] = json!(1);
    body
}

/// A claim of 兰兰 on a request: its id and its approval's.
#[track_caller]
fn submitted_on(company: &Company, request: &str, yuan: u32) -> (String, String) {
    let body = claim_on(company, request, yuan);
    let claim = company.who("lan").post(CLAIMS, body).expect(201).text("/id");
    let approval = company.submit("lan", &claim);
    (claim, approval)
}

#[track_caller]
pub(crate) fn approved_on(company: &Company, request: &str, yuan: u32) -> String {
    let (claim, approval) = submitted_on(company, request, yuan);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    assert_eq!(company.state_of(&claim), "approved");
    claim
}

/// Acknowledges, posts and pays a claim.
pub(crate) fn paid(company: &Company, claim: &str, yuan: &str) {
    hand_over(company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let item = json!({"items": [{"claim_id": claim, "voucher": voucher("记-0231")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
    assert_eq!(hand_over(company, "confirm-payments", payment(claim, "P-1", yuan))["outcome"], "done");
}

fn claims_draw_on_their_request_until_it_is_used_up(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 150_000);
    let request = requests::approved(&company, travel("1000.00"));
    let lan = company.who("lan");
    let first = lan.post(CLAIMS, claim_on(&company, &request, 600)).expect(201).text("/id");
    let preview = lan.get(&format!("{}/approval-preview", path(&first))).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true), "{preview}");
    let approval = company.submit("lan", &first);
    let balance = app.balance_of(line);
    assert_eq!((balance.reserved, balance.committed), (0, 100_000), "nothing is reserved twice");
    let shown = lan.get(&path(&first)).expect(200);
    assert_eq!(shown.text("/request/number"), "ER-2026-000001");
    assert_eq!(
        (shown.at("/lines/0/request_line"), shown.text("/budget/0/drawn/amount")),
        (json!(1), "600.00".into())
    );
    let part = json!({"amount": "500.00", "currency": "CNY"});
    let cut = json!({"lines": [{"line": 1, "approved": part, "reason": "超标准"}]});
    deed(company.who("head"), &first, "reduce", cut).expect(200);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    let shown = lan.get(&request).expect(200);
    assert_eq!(
        (shown.text("/claimed/amount"), shown.text("/remaining/amount")),
        ("500.00".into(), "500.00".into())
    );
    assert_eq!(shown.text("/claims/0/claim_id"), first);
    paid(&company, &first, "500.00");
    let balance = app.balance_of(line);
    assert_eq!((balance.committed, balance.spent), (50_000, 50_000));
    let second = approved_on(&company, &request, 500);
    let shown = lan.get(&request).expect(200);
    assert_eq!((shown.text("/status"), shown.at("/status_reason")), ("closed".into(), Value::Null));
    let found = lan.get(&format!("{CLAIMS}?request_id={}&sort=created_at", id_of(&request))).expect(200);
    assert_eq!((found.text("/data/0/id"), found.text("/data/1/id")), (first, second));
    app.prove_ledger();
}

fn what_comes_to_nothing_opens_the_request_again(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 150_000);
    let request = requests::approved(&company, travel("1000.00"));
    let lan = company.who("lan");
    let claim = approved_on(&company, &request, 1000);
    assert_eq!(lan.get(&request).expect(200).text("/status"), "closed");
    act(lan, &request, "close", json!({"reason": "不办了"})).refuses(409, "document.not_approved");
    hand_over(&company, "acknowledge", json!({"reference": "B-1", "claim_ids": [claim]}));
    let refused = json!({"items": [{"claim_id": claim, "refusal": {"code": "E-7", "text": "科目已停用"}}]});
    assert_eq!(hand_over(&company, "refuse-posting", refused)["outcome"], "done");
    let shown = lan.get(&request).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/remaining/amount")),
        ("approved".into(), "1000.00".into())
    );
    assert_eq!(app.balance_of(line).committed, 100_000, "the request holds it again");
    company.submit("lan", &claim);
    deed(lan, &claim, "withdraw", json!({})).expect(200);
    assert_eq!(company.state_of(&claim), "withdrawn");
    act(lan, &request, "revoke", json!({"reason": "不办了"})).expect(200);
    assert_eq!(app.balance_of(line).available(), 150_000);
    let version = lan.get(&path(&claim)).expect(200).version();
    lan.at(version)
        .act(&format!("{}/submit", path(&claim)))
        .refuses(422, "expense_claim.request_not_approved");
    app.prove_ledger();
}

fn a_reversed_claim_leaves_its_request_to_be_claimed_anew(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 100_000);
    let request = requests::approved(&company, travel("800.00"));
    let claim = approved_on(&company, &request, 800);
    paid(&company, &claim, "800.00");
    let counter =
        deed(company.who("qian"), &claim, "reverse", json!({"reason": "重复报销"})).expect(201).text("/id");
    hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0232")}]});
    assert_eq!(hand_over(&company, "confirm-posting", item)["outcome"], "done");
    let balance = app.balance_of(line);
    assert_eq!((balance.spent, balance.committed, balance.available()), (0, 80_000, 20_000));
    approved_on(&company, &request, 800);
    assert_eq!(app.balance_of(line).committed, 80_000);
    app.prove_ledger();
}

fn beyond_the_request_the_over_run_step_decides(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 150_000);
    let request = requests::approved(&company, travel("1000.00"));
    let lan = company.who("lan");
    let claim = lan.post(CLAIMS, claim_on(&company, &request, 1200)).expect(201).text("/id");
    let preview = lan.get(&format!("{}/approval-preview", path(&claim))).expect(200);
    let drawn = (preview.text("/budget/0/drawn/amount"), preview.text("/budget/0/reserved/amount"));
    assert_eq!(drawn, ("1000.00".into(), "200.00".into()));
    let steps = preview.at("/plan/steps");
    let step = steps.as_array().into_iter().flatten().find(|step| step["code"] == "over-run").cloned();
    assert_eq!(step.unwrap_or_default()["fate"], "decides", "{preview}");
    let approval = company.submit("lan", &claim);
    let balance = app.balance_of(line);
    assert_eq!((balance.committed, balance.reserved), (100_000, 20_000));
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(company.state_of(&claim), "in_approval");
    approve(&company, "director", &approval).expect(200);
    assert_eq!(company.state_of(&claim), "approved");
    assert_eq!(app.balance_of(line).committed, 120_000);
    app.prove_ledger();
}

fn another_use_needs_an_amendment(app: App) {
    let company = app.company();
    let request = requests::approved(&company, travel("1000.00"));
    let lan = company.who("lan");
    let refused = |change: &dyn Fn(&mut Value), code: &str, pointer: &str| {
        let mut body = claim_on(&company, &request, 100);
        change(&mut body);
        let claim = lan.post(CLAIMS, body).expect(201).text("/id");
        let reply = lan.at(1).act(&format!("{}/submit", path(&claim))).refuses(422, code);
        assert_eq!(reply.text("/errors/0/pointer"), pointer);
        reply
    };
    let other = |body: &mut Value| body["lines"][0]["category"] = json!("entertainment.meeting");
    let reply = refused(&other, "expense_claim.other_use", "/lines/0/category");
    assert_eq!(reply.text("/citation/rule"), "EXP-5");
    let campaign = |body: &mut Value| body["campaign"] = json!("spring-2026");
    refused(&campaign, "expense_claim.other_use", "/campaign");
    let sales = company.departments["sales"].clone();
    let centre = move |body: &mut Value| body["lines"][0]["cost_centre_id"] = json!(sales);
    refused(&centre, "expense_claim.other_use", "/lines/0/cost_centre_id");
    let line = |body: &mut Value| body["lines"][0]["request_line"] = json!(2);
    refused(&line, "expense_claim.no_request_line", "/lines/0/request_line");
    let none = |body: &mut Value| body["request_id"] = Value::Null;
    refused(&none, "expense_claim.line_without_request", "/lines/0/request_line");
}

fn only_an_approved_request_of_ones_own_is_claimed_on(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let body = claim_on(&company, "/00000000-0000-7000-8000-000000000000", 100);
    lan.post(CLAIMS, body).refuses(422, "validation.unknown_reference");
    let draft = lan.post(REQUESTS, travel("1000.00")).expect(201).text("/id");
    let claim = lan.post(CLAIMS, claim_on(&company, &draft, 100)).expect(201).text("/id");
    lan.at(1).act(&format!("{}/submit", path(&claim))).refuses(422, "expense_claim.request_not_approved");
    let request = requests::approved(&company, travel("1000.00"));
    let rep = company.who("rep");
    let claim = rep.post(CLAIMS, claim_on(&company, &request, 100)).expect(201).text("/id");
    let reply = rep.at(1).act(&format!("{}/submit", path(&claim)));
    assert!(!reply.refuses(422, "expense_claim.request_of_others").at("").to_string().contains("ER-2026"));
}

fn claims_at_the_same_instant_take_no_more_than_was_approved(app: App) {
    let company = app.company();
    let department = &company.departments["marketing"];
    let line = app.open_budget_line(department, "entertainment", "2026-03", Control::Hard, 100_000);
    let request = requests::approved(&company, travel("1000.00"));
    let lan = company.who("lan");
    let claims: Vec<String> = (0..20)
        .map(|_| lan.post(CLAIMS, claim_on(&company, &request, 100)).expect(201).text("/id"))
        .collect();
    let runners = claims.iter().map(|claim| {
        let (caller, submit) = (lan.at(1), format!("{}/submit", path(claim)));
        Box::new(move || {
            let reply = caller.act(&submit);
            (reply.status, reply.code())
        }) as Box<dyn FnOnce() -> (u16, String) + Send>
    });
    let answers = race(runners.collect());
    let passed = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = answers.iter().filter(|(_, code)| code == "budget_line.exhausted").count();
    assert_eq!((passed, refused), (10, 10), "what goes beyond the request finds a full line: {answers:?}");
    let shown = lan.get(&request).expect(200);
    assert_eq!(
        (shown.text("/claimed/amount"), shown.text("/remaining/amount")),
        ("1000.00".into(), "0.00".into())
    );
    assert_eq!(app.balance_of(line).committed, 100_000);
    app.prove_ledger();
}

fn an_advertisement_without_an_application_is_borne_by_whoever_placed_it(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let placed_on = |placed_on: &str, advertisement: Value| {
        let mut body = company.claim_of(480);
        body["lines"][0]["category"] = json!("promotion.advertising");
        body["lines"][0]["occurred_on"] = json!(placed_on);
        body["lines"][0]["advertisement"] = advertisement;
        body["attachments"] = json!([upload(lan, "投放截图.pdf", PDF).expect(201).text("/id")]);
        let claim = lan.post(CLAIMS, body).expect(201).text("/id");
        (lan.at(1).act(&format!("{}/submit", path(&claim))), claim)
    };
    let with = |advertisement: Value| placed_on("2026-03-05", advertisement);
    with(Value::Null).0.refuses(422, "expense_claim.advertisement_missing");
    let (reply, claim) = with(json!({"reference": "AD-2026-031", "placed_by_id": company.id("lan")}));
    let refused = reply.refuses(422, "expense_claim.advertisement_unapproved");
    assert_eq!(refused.text("/citation/rule"), "EXP-8");
    assert!(refused.text("/citation/clause").starts_with("002 §6"));
    deed(lan, &claim, "void", json!({"reason": "个人承担"})).expect(200);
    assert_eq!(refused.text("/params/placed_by_id"), company.id("lan"));
    // A paper approves nothing, nor does a request that is not approved, or asks for something else.
    with(json!({"reference": "AD-1", "application": "GG-2026-018"}))
        .0
        .refuses(422, "expense_claim.advertisement_unapproved");
    let under = |request: &str| with(json!({"reference": "AD-1", "application_id": id_of(request)}));
    let (waiting, approval) = requests::submitted(&company, request_of("promotion.advertising", "480.00"));
    let elsewhere = requests::approved(&company, request_of("promotion.publicity", "480.00"));
    for request in [&waiting, &elsewhere, &format!("{REQUESTS}/019ccccc-0000-7000-8000-00000000dead")] {
        under(request).0.refuses(422, "expense_claim.advertisement_unapproved");
    }
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    // What was placed the day before was placed without leave; a request that it draws on helps no more.
    let earlier = json!({"reference": "AD-1", "application_id": id_of(&waiting)});
    let early =
        placed_on("2026-03-04", earlier).0.refuses(422, "expense_claim.advertisement_before_approval");
    assert_eq!(
        (early.text("/citation/rule"), early.text("/params/approved_on")),
        ("EXP-8".into(), "2026-03-05".into())
    );
    let mut drawing = company.claim_of(480);
    drawing["request_id"] = json!(id_of(&waiting));
    drawing["lines"][0]["request_line"] = json!(1);
    drawing["lines"][0]["category"] = json!("promotion.advertising");
    drawing["lines"][0]["advertisement"] = json!({"reference": "AD-1"});
    drawing["attachments"] = json!([upload(lan, "投放截图.pdf", PDF).expect(201).text("/id")]);
    let claim = lan.post(CLAIMS, drawing).expect(201).text("/id");
    let submit = format!("{}/submit", path(&claim));
    lan.at(1).act(&submit).refuses(422, "expense_claim.advertisement_before_approval");
    let mut nobody = company.claim_of(480);
    nobody["lines"][0]["advertisement"] =
        json!({"reference": "AD-1", "placed_by_id": "019ccccc-0000-7000-8000-00000000dead"});
    lan.post(CLAIMS, nobody).refuses(422, "validation.unknown_reference");
}

fn a_claim_within_its_request_meets_head_and_finance_alone(app: App) {
    let company = app.company();
    let (request, approval) =
        requests::submitted(&company, request_of("promotion.event_planning", "15000.00"));
    for name in ["head", "qian", "director"] {
        approve(&company, name, &approval).expect(200);
    }
    let lan = company.who("lan");
    let claimed = |yuan: u32, line: Value| {
        let mut body = company.claim_of(yuan);
        body["request_id"] = json!(id_of(&request));
        body["lines"][0]["category"] = json!("promotion.event_planning");
        body["lines"][0]["request_line"] = line;
        body["attachments"] = json!([upload(lan, "活动照片.pdf", PDF).expect(201).text("/id")]);
        let claim = lan.post(CLAIMS, body).expect(201).text("/id");
        let plan = lan.get(&format!("{}/approval-preview", path(&claim))).expect(200).at("/plan/steps");
        let steps = plan.as_array().cloned().unwrap_or_default();
        let met = steps.iter().filter(|step| step["fate"] != "not_applicable");
        (claim, met.map(|step| step["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>())
    };
    let (claim, within) = claimed(12_000, json!(1));
    assert_eq!(within, ["head", "finance"], "leadership agreed to it with the request");
    let approval = company.submit("lan", &claim);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(company.state_of(&claim), "approved");
    // What goes beyond it does so again with leadership.
    let (_, beyond) = claimed(9_000, json!(1));
    assert_eq!(beyond, ["head", "finance", "marketing-director", "over-run"]);
}

fn what_was_approved_for_an_advertisement_bounds_what_is_claimed_for_it(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let waiting = requests::approved(&company, request_of("promotion.advertising", "480.00"));
    let mut undrawn = company.claim_of(480);
    undrawn["lines"][0]["category"] = json!("promotion.advertising");
    undrawn["lines"][0]["occurred_on"] = json!("2026-03-05");
    undrawn["lines"][0]["advertisement"] = json!({"reference": "AD-1", "application_id": id_of(&waiting)});
    undrawn["attachments"] = json!([upload(lan, "投放截图.pdf", PDF).expect(201).text("/id")]);
    let claim = lan.post(CLAIMS, undrawn).expect(201).text("/id");
    let reply = lan.at(1).act(&format!("{}/submit", path(&claim)));
    let refused = reply.refuses(422, "expense_claim.advertisement_not_drawn");
    assert!(refused.text("/params/application").starts_with("ER-"), "{refused}");
    let drawn = |yuan: u32| {
        let mut body = company.claim_of(yuan);
        body["request_id"] = json!(id_of(&waiting));
        body["lines"][0]["category"] = json!("promotion.advertising");
        body["lines"][0]["request_line"] = json!(1);
        body["lines"][0]["occurred_on"] = json!("2026-03-05");
        body["lines"][0]["advertisement"] = json!({"reference": "AD-1", "application_id": id_of(&waiting)});
        body["attachments"] = json!([upload(lan, "投放截图.pdf", PDF).expect(201).text("/id")]);
        lan.post(CLAIMS, body).expect(201).text("/id")
    };
    let beyond = lan.get(&format!("{}/approval-preview", path(&drawn(19_000)))).expect(200).to_string();
    assert!(beyond.contains("over-run"), "beyond what was approved it meets the step for that: {beyond}");
    let claim = drawn(480);
    let reply = deed(lan, &claim, "submit", Value::Null);
    assert_eq!(reply.expect(200).text("/lines/0/advertisement/application_id"), id_of(&waiting));
    let preview = lan.get(&format!("{}/approval-preview", path(&claim))).expect(200);
    assert_eq!(preview.at("/refusal/code"), json!("document.not_submittable"), "it is submitted");
}
