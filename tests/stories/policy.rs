//! Policies: drafted, mended, checked, published, and never changed afterwards. `[REG-4]`

use serde_json::{Value, json};
use tests::{App, Caller, Reply, race, records, stories};

stories! {
    a_draft_is_mended_checked_and_published_and_stands,
    an_unsound_policy_is_not_published,
    a_draft_that_was_overtaken_is_not_published,
    a_kind_nobody_knows_is_refused,
    a_published_version_is_withdrawn_before_its_day_and_never_after,
    a_version_that_decides_a_document_of_a_day_ahead_is_not_withdrawn,
    a_version_is_withdrawn_or_decides_a_document_never_both,
    shipped_policies_follow_the_product_until_people_write_their_own,
}

records! {
    "/api/v1/policies/{id}" => |made| made.company.boss.get("/api/v1/policies?limit=1").expect(200).text("/data/0/id"),
}

/// The shipped sign-in policy, whose content is sound.
fn shipped(caller: &Caller) -> Value {
    let shipped = caller.get("/api/v1/policies?code=sign-in/company").expect(200);
    shipped.at("/data/0").clone()
}

fn draft(code: &str, content: &Value) -> Value {
    json!({"code": code, "title": "草案", "effective_from": "2027-01-01", "content": content, "clause": "000 §1"})
}

fn a_draft_is_mended_checked_and_published_and_stands(app: App) {
    let caller = app.administrator();
    let content = shipped(&caller)["content"].clone();
    let drafted = caller.post("/api/v1/policies", draft("sign-in/company", &content)).expect(201);
    assert_eq!((drafted.text("/status").as_str(), drafted.at("/number")), ("draft", json!(2)));
    let place = drafted.header("location").expect("a location");
    let mended =
        json!({"title": "登录规则", "effective_from": "2027-02-01", "content": content, "clause": "000 §2"});
    let revised = caller.at(1).patch(&place, mended.clone()).expect(200);
    assert_eq!((revised.version(), revised.text("/title").as_str()), (2, "登录规则"));
    caller.at(1).patch(&place, mended.clone()).refuses(412, "http.stale");
    let findings = caller.get(&format!("{place}/findings")).expect(200);
    assert_eq!(findings.at("/sound"), json!(true), "{findings}");
    let published = caller.at(2).act(&format!("{place}/publish")).expect(200);
    assert_eq!(published.text("/status"), "published");
    // What is published stands for ever.
    assert_eq!(caller.at(3).patch(&place, mended).status, 409);
    assert_eq!(caller.at(3).act(&format!("{place}/publish")).status, 409);
    assert_eq!(caller.get(&place).expect(200).version(), 3);
}

fn a_published_version_is_withdrawn_before_its_day_and_never_after(app: App) {
    let caller = app.administrator();
    let content = shipped(&caller)["content"].clone();
    let drafted = caller.post("/api/v1/policies", draft("sign-in/company", &content)).expect(201);
    let place = drafted.header("location").expect("a location");
    let withdraw = format!("{place}/withdraw");
    caller.at(1).act(&withdraw).refuses(409, "policy.not_published");
    caller.at(1).act(&format!("{place}/publish")).expect(200);
    caller.at(1).act(&withdraw).refuses(412, "http.stale");
    let withdrawn = caller.at(2).act(&withdraw).expect(200);
    assert_eq!((withdrawn.text("/status").as_str(), withdrawn.version()), ("draft", 3));
    assert_eq!(withdrawn.at("/published_at"), Value::Null);
    let trail = caller.get("/api/v1/audit-entries?action=policy.withdrawn").expect(200);
    assert_eq!(trail.at("/data/0/entity"), withdrawn.at("/id"));
    let events = caller.get(&format!("/api/v1/events?entity={}", withdrawn.text("/id"))).expect(200);
    assert_eq!(events.at("/data/2/kind"), json!("policy.withdrawn"));
    // It is mended and published anew, for today: from then on it stands.
    let today =
        json!({"title": "登录规则", "effective_from": "2026-03-05", "content": content, "clause": "000"});
    caller.at(3).patch(&place, today).expect(200);
    caller.at(4).act(&format!("{place}/publish")).expect(200);
    let refused = caller.at(5).act(&withdraw).refuses(409, "policy.in_force");
    assert_eq!(refused.text("/params/from"), "2026-03-05");
}

fn a_version_that_decides_a_document_of_a_day_ahead_is_not_withdrawn(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let shipped = boss.get("/api/v1/policies?code=approval-chain/expense-request").expect(200).at("/data/0");
    let body = json!({"code": shipped["code"], "title": "申请审批链", "content": shipped["content"], "clause": "003",
        "effective_from": "2026-03-10"});
    let drafted = boss.post("/api/v1/policies", body).expect(201);
    let place = drafted.header("location").expect("a location");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    let mut request = crate::expense_claim_request::travel("300.00");
    request["business_date"] = json!("2026-03-12");
    let lan = company.who("lan");
    let request = lan.post("/api/v1/expense-requests", request).expect(201);
    boss.at(2).act(&format!("{place}/withdraw?validate_only=true")).expect(200);
    let request = request.header("location").expect("a location");
    lan.at(1).act(&format!("{request}/submit")).expect(200);
    let refused = boss.at(2).act(&format!("{place}/withdraw")).refuses(409, "policy.used");
    assert_eq!(refused.text("/params/date"), "2026-03-12");
}

fn a_version_is_withdrawn_or_decides_a_document_never_both(app: App) {
    let company = app.company();
    let (boss, lan) = (&company.boss, company.who("lan"));
    let shipped = boss.get("/api/v1/policies?code=approval-chain/expense-request").expect(200).at("/data/0");
    for day in 10..18 {
        // Each round on a day behind all that were used before.
        let on = format!("2026-03-{day}");
        let body = json!({"code": shipped["code"], "title": "申请审批链", "content": shipped["content"], "clause": "003",
            "effective_from": on});
        let drafted = boss.post("/api/v1/policies", body).expect(201);
        let (id, place) = (drafted.at("/id"), drafted.header("location").expect("a location"));
        boss.at(1).act(&format!("{place}/publish")).expect(200);
        let mut request = crate::expense_claim_request::travel("300.00");
        request["business_date"] = json!(on);
        let request = lan.post("/api/v1/expense-requests", request).expect(201);
        let request = request.header("location").expect("a location");
        let submit: Box<dyn FnOnce() -> Reply + Send> =
            Box::new(|| lan.at(1).act(&format!("{request}/submit")));
        let withdraw: Box<dyn FnOnce() -> Reply + Send> =
            Box::new(|| boss.at(2).act(&format!("{place}/withdraw")));
        let [submitted, withdrawn]: [Reply; 2] =
            race(vec![submit, withdraw]).try_into().expect("two replies");
        // Whoever hands in finds a version in any case: this one, or where it is gone the one before.
        let approval = submitted.expect(200).text("/approval_id");
        let approval = boss.get(&format!("/api/v1/approvals/{approval}")).expect(200);
        let was_used = approval.at("/policy/id") == id;
        assert_eq!(was_used, withdrawn.status == 409, "{withdrawn} and {approval}");
        if was_used {
            withdrawn.refuses(409, "policy.used");
        } else {
            withdrawn.expect(200);
        }
    }
}

fn a_draft_that_was_overtaken_is_not_published(app: App) {
    let caller = app.administrator();
    let content = shipped(&caller)["content"].clone();
    let drafted = || {
        let made = caller.post("/api/v1/policies", draft("sign-in/company", &content)).expect(201);
        made.header("location").expect("a location")
    };
    let (first, second) = (drafted(), drafted());
    caller.at(1).act(&format!("{second}/publish")).expect(200);
    let refused = caller.at(1).act(&format!("{first}/publish")).refuses(409, "policy.overtaken");
    assert_eq!(refused.at("/params/newer"), json!(3));
    let actions = caller.get(&first).expect(200).at("/actions");
    let publish =
        actions.as_array().and_then(|all| all.iter().find(|action| action["name"] == "publish").cloned());
    assert_eq!(publish.map(|action| action["refusal"]["code"].clone()), Some(json!("policy.overtaken")));
}

fn an_unsound_policy_is_not_published(app: App) {
    let caller = app.administrator();
    let nonsense = json!({"no_such_rule": true});
    let drafted = caller.post("/api/v1/policies", draft("sign-in/company", &nonsense)).expect(201);
    let place = drafted.header("location").expect("a location");
    let findings = caller.get(&format!("{place}/findings")).expect(200);
    assert_eq!(findings.at("/sound"), json!(false));
    assert!(findings.at("/findings/0/code").is_string(), "{findings}");
    assert_eq!(caller.at(1).act(&format!("{place}/publish")).status, 422);
    assert_eq!(caller.get(&place).expect(200).text("/status"), "draft");
}

fn shipped_policies_follow_the_product_until_people_write_their_own(app: App) {
    let boss = app.administrator();
    let chain = "approval-chain/expense-claim";
    let versions = || boss.get(&format!("/api/v1/policies?code={chain}")).expect(200).at("/data");
    let shipped = versions()[0]["content"].clone();
    app.seed();
    assert_eq!(versions().as_array().map(Vec::len), Some(1), "seeding twice changes nothing");
    // As if an older product had shipped another chain.
    app.execute(&format!(
        "UPDATE policies SET content = REPLACE(content, '\"remind_after_hours\":24', '\"remind_after_hours\":12') \
         WHERE code = '{chain}'"
    ));
    app.seed();
    let upgraded = versions();
    let newest = &upgraded[0];
    assert_eq!((newest["number"].clone(), newest["content"].clone()), (json!(2), shipped.clone()));
    assert_eq!(
        (newest["status"].clone(), newest["effective_from"].clone()),
        (json!("published"), json!("2026-03-05"))
    );
    assert_eq!(upgraded[1]["effective_from"], "2000-01-01", "what was decided before stands");
    // People's own version is never overruled.
    let mut own = shipped;
    own["reminder_interval_hours"] = json!(8);
    let place =
        boss.post("/api/v1/policies", draft(chain, &own)).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    app.seed();
    assert_eq!(versions().as_array().map(Vec::len), Some(3));
}

fn a_kind_nobody_knows_is_refused(app: App) {
    let caller = app.administrator();
    let refused = caller.post("/api/v1/policies", draft("weather/company", &json!({})));
    assert_eq!((refused.status, refused.text("/errors/0/pointer").as_str()), (422, "/code"));
    for code in ["Not A Code", "approval-chain", "approval-chain/", "approval-chain/a b", "sign-in/a/b"] {
        let refused = caller.post("/api/v1/policies", draft(code, &json!({})));
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (422, "validation.format"),
            "{code}: {refused}"
        );
    }
    let of_kind = |kind: &str| caller.get(&format!("/api/v1/policies?kind={kind}")).expect(200).at("/data");
    assert_eq!(of_kind("sign-in").as_array().map(Vec::len), Some(1));
    for wildcard in ["%25", "sign%25", "sign_in"] {
        assert_eq!(of_kind(wildcard), json!([]), "{wildcard}");
    }
}
