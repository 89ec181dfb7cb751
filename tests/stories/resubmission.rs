//! What was approved is what was seen: a returned document that says something else is decided anew, and what a preview
//! says is what submitting does. `[APR-6, APR-8]`

use crate::{
    approval::{act as decide, approve, waiting},
    cash_advance::{ADVANCES, advance_of, claim_settling, id_of, paid_out},
    expense_claim::{CLAIMS, deed, path},
    expense_request::{REQUESTS, act, cny, request_of},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    what_an_approver_saw_is_decided_anew_once_it_changed,
    what_a_return_asked_for_may_change_and_nothing_else,
    a_policy_may_let_words_pass_and_never_money,
    another_business_date_meets_the_chain_of_that_date,
    what_a_preview_promises_is_what_submitting_does,
}

/// A claim of 兰兰 that the head approved and finance returned: its id and its approval's.
fn returned(company: &Company, mend: Value) -> (String, String) {
    let (claim, approval) = company.submitted("lan", 800);
    approve(company, &approval, &["head"]);
    let body = json!({"reason": "请补充", "mend": mend});
    decide(company.who("qian"), &approval, "return", body).expect(200);
    (claim, approval)
}

/// Changes a claim of 兰兰 and submits it again.
fn again(company: &Company, claim: &str, change: &Value) {
    let lan = company.who("lan");
    if !change.is_null() {
        let version = lan.get(&path(claim)).expect(200).version();
        lan.at(version).patch(&path(claim), change.clone()).expect(200);
    }
    deed(lan, claim, "submit", Value::Null).expect(200);
}

/// The lines of a claim of 800, changed.
fn lines(company: &Company, change: impl FnOnce(&mut Value)) -> Value {
    let mut lines = company.claim_of(800)["lines"].clone();
    change(&mut lines[0]);
    json!({"lines": lines})
}

fn what_an_approver_saw_is_decided_anew_once_it_changed(app: App) {
    let company = app.company();
    let (claim, approval) = returned(&company, json!([]));
    again(&company, &claim, &Value::Null);
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "nothing changed: it goes on at finance");
    let mut details = company.claim_of(800)["details"].clone();
    details["purpose"] = json!("参加培训");
    let changes = [
        json!({"details": details}),
        lines(&company, |line| line["category"] = json!("entertainment.meeting")),
        lines(&company, |line| line["occurred_on"] = json!("2026-03-01")),
        lines(&company, |line| line["description"] = json!("另一件事")),
        // The same amount with another invoice.
        lines(&company, |_| {}),
    ];
    for change in changes {
        let (claim, approval) = returned(&company, json!([]));
        again(&company, &claim, &change);
        assert_eq!(waiting(&company, &approval), ["head"], "{change}");
    }
}

fn what_a_return_asked_for_may_change_and_nothing_else(app: App) {
    let company = app.company();
    let (claim, approval) = returned(&company, json!(["papers"]));
    let shown = company.who("lan").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    assert_eq!(shown.at("/verdict/mend"), json!(["papers"]));
    again(&company, &claim, &lines(&company, |_| {}));
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "another invoice was asked for");
    let history = crate::approval::reasons(&company, &approval);
    assert!(history.contains(&"resubmitted_continued".to_owned()), "{history:?}");
    let (claim, approval) = returned(&company, json!(["papers"]));
    again(&company, &claim, &lines(&company, |line| line["description"] = json!("另一件事")));
    assert_eq!(waiting(&company, &approval), ["head"], "and a new description was not");
    // Whatever a return asks for: amounts, category, who gains, who bears and dates are decided anew.
    let (claim, approval) = returned(&company, json!(["papers", "money", "category", "wording"]));
    again(&company, &claim, &lines(&company, |line| line["claimed"] = cny("700.00")));
    assert_eq!(waiting(&company, &approval), ["head"]);
}

/// Publishes the chain of claims with a change, from a day on.
fn publish(company: &Company, from: &str, change: impl FnOnce(&mut Value)) -> tests::Reply {
    let shipped = company.boss.get("/api/v1/policies?code=approval-chain/expense-claim").expect(200);
    let mut content = shipped.at("/data/0/content");
    change(&mut content);
    let body = json!({"code": "approval-chain/expense-claim", "title": "费用报销审批链", "content": content,
        "clause": "003", "effective_from": from});
    let drafted = company.boss.post("/api/v1/policies", body).expect(201);
    company.boss.at(drafted.version()).act(&format!("/api/v1/policies/{}/publish", drafted.text("/id")))
}

fn a_policy_may_let_words_pass_and_never_money(app: App) {
    let company = app.company();
    let refused =
        publish(&company, "2026-03-05", |chain| chain["unseen_changes"] = json!(["wording", "money"]));
    let refused = refused.refuses(422, "policy.unsound");
    assert_eq!(column(&refused.at("/errors"), "code"), ["approval.chain_always_counts"]);
    publish(&company, "2026-03-05", |chain| chain["unseen_changes"] = json!(["wording"])).expect(200);
    let (claim, approval) = returned(&company, json!([]));
    let details = json!({"details": {"purpose": "参加培训"}});
    again(&company, &claim, &details);
    assert_eq!(waiting(&company, &approval), ["qian", "sun"]);
    let (claim, approval) = returned(&company, json!([]));
    again(&company, &claim, &lines(&company, |_| {}));
    assert_eq!(waiting(&company, &approval), ["head"]);
}

fn another_business_date_meets_the_chain_of_that_date(app: App) {
    let mut company = app.company();
    let (claim, approval) = returned(&company, json!([]));
    publish(&company, "2026-03-06", |chain| {
        let steps = chain["steps"].as_array_mut().expect("steps");
        steps.retain(|step| step["code"] != "head");
    })
    .expect(200);
    app.advance(Duration::days(1));
    company.sign_in_again(&app);
    let shown =
        |company: &Company| company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200);
    let before = shown(&company).at("/policy/number");
    again(&company, &claim, &json!({"business_date": "2026-03-06"}));
    assert_ne!(shown(&company).at("/policy/number"), before, "the chain in force on the 6th");
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "which has no step of the head");
}

/// A step of a chain with what becomes of it.
fn fates(plan: &Value) -> Vec<(String, String)> {
    let steps = plan["steps"].as_array().cloned().unwrap_or_default();
    let text = |step: &Value, name: &str| step[name].as_str().unwrap_or_default().to_owned();
    steps.iter().map(|step| (text(step, "code"), text(step, "fate"))).collect()
}

/// Previews a document, submits it, and holds the one against the other.
#[track_caller]
fn promised(company: &Company, by: &str, place: &str) {
    let who = company.who(by);
    let foreseen = who.get(&format!("{place}/approval-preview")).expect(200);
    let submitted = act(who, place, "submit", json!({}));
    let (said, done) = (foreseen.at("/submittable") == true, submitted.status == 200);
    assert_eq!(said, done, "{foreseen} and then {submitted}");
    if !done {
        assert_eq!(foreseen.text("/refusal/code"), submitted.code(), "{foreseen} and then {submitted}");
        return;
    }
    let approval = company.who("gm").get(&format!("/api/v1/approvals/{}", submitted.text("/approval_id")));
    let approval = approval.expect(200);
    let steps = approval.at("/steps").as_array().cloned().unwrap_or_default();
    for ((code, fate), step) in fates(&foreseen.at("/plan")).into_iter().zip(steps) {
        let became = step["reason"].as_str().unwrap_or("decides");
        let promised = if fate == "same_person" { "decides" } else { &fate };
        assert_eq!((step["code"].as_str(), became), (Some(code.as_str()), promised), "{step}");
    }
}

fn what_a_preview_promises_is_what_submitting_does(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let claim_with = |change: &dyn Fn(&mut Value)| {
        let mut body = company.claim_of(900);
        change(&mut body);
        path(&lan.post(CLAIMS, body).expect(201).text("/id"))
    };
    company.submitted("ming", 900);
    let taken = company.who("ming").get(&format!("{CLAIMS}?submitter_id={}", company.id("ming"))).expect(200);
    let taken = company.who("ming").get(&path(&taken.text("/data/0/id"))).expect(200);
    let taken = taken.text("/lines/0/invoices/0/number");
    let claims = [
        claim_with(&|_| {}),
        claim_with(&|body| body["lines"][0]["invoices"][0]["number"] = json!(taken)),
        claim_with(&|body| body["lines"][0]["invoices"] = json!([])),
        claim_with(&|body| body["lines"][0]["category"] = json!("promotion.advertising")),
        claim_with(&|body| body["lines"][0]["claimed"] = cny("900.01")),
        claim_with(&|body| body["details"]["route"] = Value::Null),
        claim_with(&|body| body["lines"][0]["occurred_on"] = json!("2025-01-01")),
    ];
    for claim in &claims {
        promised(&company, "lan", claim);
    }
    // Already in approval, it cannot be submitted, and that is said before.
    promised(&company, "lan", &claims[0]);
    // What of an advance is held by another claim is not there.
    let advance = paid_out(&company, "500.00");
    for yuan in [400, 400] {
        let body = claim_settling(&company, &advance, yuan, &format!("{yuan}.00"));
        promised(&company, "lan", &path(&lan.post(CLAIMS, body).expect(201).text("/id")));
    }
    // A return carries decisions over, and a change takes them again.
    for change in [Value::Null, lines(&company, |line| line["description"] = json!("另一件事"))] {
        let (claim, _) = returned(&company, json!([]));
        if !change.is_null() {
            let version = lan.get(&path(&claim)).expect(200).version();
            lan.at(version).patch(&path(&claim), change.clone()).expect(200);
        }
        let foreseen = lan.get(&format!("{}/approval-preview", path(&claim))).expect(200);
        let kept = if change.is_null() { "carried_over" } else { "decides" };
        assert_eq!(fates(&foreseen.at("/plan"))[0], ("head".to_owned(), kept.to_owned()), "{foreseen}");
        promised(&company, "lan", &path(&claim));
    }
    for yuan in ["300.00", "60000.00"] {
        let request = lan.post(REQUESTS, request_of("promotion.publicity", yuan)).expect(201).text("/id");
        promised(&company, "lan", &format!("{REQUESTS}/{request}"));
        let advance = lan.post(ADVANCES, advance_of(yuan)).expect(201).text("/id");
        promised(&company, "lan", &format!("{ADVANCES}/{advance}"));
    }
    assert!(!id_of(&advance).is_empty());
}
