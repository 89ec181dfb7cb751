//! Policies: drafted, mended, checked, published, and never changed afterwards. `[REG-4]`

use serde_json::{Value, json};
use tests::{App, Caller, Reply, race, records, stories};

stories! {
    a_draft_is_mended_checked_and_published_and_stands,
    an_unsound_policy_is_not_published,
    what_is_not_as_its_kind_demands_is_told_with_every_place,
    a_draft_is_checked_as_far_as_publishing_would,
    amounts_that_were_said_in_fen_are_shown_as_money,
    a_threshold_is_set_without_writing_out_the_chain,
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
    let careless = json!({"password": {"min_characters": 3}});
    let drafted = caller.post("/api/v1/policies", draft("sign-in/company", &careless)).expect(201);
    let place = drafted.header("location").expect("a location");
    let findings = caller.get(&format!("{place}/findings")).expect(200);
    assert_eq!(findings.at("/sound"), json!(false));
    assert_eq!(findings.text("/findings/0/pointer"), "/content/password/min_characters", "{findings}");
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

fn what_is_not_as_its_kind_demands_is_told_with_every_place(app: App) {
    let boss = app.administrator();
    let chain =
        boss.get("/api/v1/policies?code=approval-chain/expense-claim").expect(200).at("/data/0/content");
    assert_eq!(chain["kind"], "approval-chain");
    let mut wrong = chain.clone();
    wrong["steps"][0]["counting"] = json!("everybody");
    wrong["steps"][1]["approvers"][0] = json!({"kind": "role", "role": 7, "place": {"in": "anywhere"}});
    wrong["steps"][1]["when"] = json!([{"on": "amount", "from": 500_001}]);
    wrong["steps"][2]["clause"] = Value::Null;
    wrong["colour"] = json!("red");
    let code = "approval-chain/expense-claim";
    let pointers = |reply: &Reply| {
        let errors = reply.at("/errors");
        let errors = errors.as_array().into_iter().flatten();
        let mut all: Vec<String> =
            errors.map(|at| at["pointer"].as_str().unwrap_or_default().to_owned()).collect();
        all.sort();
        all
    };
    let expected = [
        "/content/colour",
        "/content/steps/0/counting",
        "/content/steps/1/approvers/0/role",
        "/content/steps/1/when/0/from",
        "/content/steps/2/clause",
    ];
    let refused = boss.post("/api/v1/policies", draft(code, &wrong));
    assert_eq!(
        (refused.status, pointers(&refused)),
        (422, expected.map(str::to_owned).to_vec()),
        "{refused}"
    );
    // A draft is mended by what is wrong with it alone, and is as it was where that does not do.
    let drafted = boss.post("/api/v1/policies", draft(code, &chain)).expect(201);
    let place = drafted.header("location").expect("a location");
    let refused = boss.at(1).patch(&place, json!({"content": {"reminder_interval_hours": "often"}}));
    assert_eq!(pointers(&refused), ["/content/reminder_interval_hours"], "{refused}");
    let mended = boss.at(1).patch(&place, json!({"content": {"reminder_interval_hours": 8}})).expect(200);
    assert_eq!(mended.at("/content/steps"), chain["steps"]);
    assert_eq!(mended.at("/content/reminder_interval_hours"), json!(8));
}

fn a_draft_is_checked_as_far_as_publishing_would(app: App) {
    let boss = app.administrator();
    let content = shipped(&boss)["content"].clone();
    let drafted = |body: &Value| {
        let made = boss.post("/api/v1/policies", body.clone()).expect(201);
        made.header("location").expect("a location")
    };
    let mut own = draft("sign-in/company", &content);
    own["effective_from"] = json!("2026-03-05");
    let (first, second) = (drafted(&own), drafted(&own));
    boss.at(1).act(&format!("{second}/publish")).expect(200);
    let findings = boss.get(&format!("{first}/findings")).expect(200);
    assert_eq!(
        (findings.text("/findings/0/code").as_str(), findings.at("/sound")),
        ("policy.overtaken", json!(false))
    );
    own["effective_from"] = json!("2026-03-04");
    let findings = boss.get(&format!("{}/findings", drafted(&own))).expect(200);
    let told = (findings.text("/findings/0/pointer"), findings.text("/findings/0/code"));
    assert_eq!(told, ("/effective_from".to_owned(), "policy.backdated".to_owned()));
    // A chain is held against the organisation, where it stands.
    let chain =
        boss.get("/api/v1/policies?code=approval-chain/expense-claim").expect(200).at("/data/0/content");
    let mut chain = draft("approval-chain/expense-claim", &chain);
    chain["content"]["departments"] = json!(["nowhere"]);
    let findings = boss.get(&format!("{}/findings", drafted(&chain))).expect(200);
    assert_eq!(findings.text("/findings/0/pointer"), "/content/departments/0", "{findings}");
}

fn amounts_that_were_said_in_fen_are_shown_as_money(app: App) {
    let boss = app.administrator();
    let chain = "approval-chain/expense-claim";
    let shown = || boss.get(&format!("/api/v1/policies?code={chain}")).expect(200).at("/data/0/content");
    let before = shown();
    let money = json!({"amount": "5000.01", "currency": "CNY"});
    assert!(before.to_string().contains(&money.to_string()), "{before}");
    // As an older product kept it.
    app.execute(&format!(
        "UPDATE policies SET content = REPLACE(content, '{money}', '500001') WHERE code = '{chain}'"
    ));
    app.seed();
    assert_eq!(shown(), before);
    let versions = boss.get(&format!("/api/v1/policies?code={chain}")).expect(200).at("/data");
    assert_eq!(versions.as_array().map(Vec::len), Some(1), "the same said otherwise is no new version");
}

fn a_threshold_is_set_without_writing_out_the_chain(app: App) {
    const THRESHOLDS: &str = "/api/v1/approval-thresholds";
    let company = app.company();
    let boss = &company.boss;
    let claim = "approval-chain/expense-claim";
    let of = |step: &str| {
        let chains = boss.get(THRESHOLDS).expect(200).at("/chains");
        let chain = chains.as_array().and_then(|all| all.iter().find(|one| one["code"] == claim).cloned());
        let steps = chain.expect("the chain")["steps"].clone();
        let step = steps.as_array().and_then(|all| all.iter().find(|one| one["step"] == step).cloned());
        step.expect("the step")["from"]["amount"].clone()
    };
    assert_eq!((of("marketing-director"), of("general-manager")), (json!("5000.01"), json!("50000.01")));
    let yuan = |amount: &str| json!({"amount": amount, "currency": "CNY"});
    let set =
        |step: &str, from: Value| boss.post(THRESHOLDS, json!({"code": claim, "step": step, "from": from}));
    let by_lan = json!({"code": claim, "step": "general-manager", "from": yuan("1.00")});
    company.who("lan").post(THRESHOLDS, by_lan).refuses(403, "http.forbidden");
    set("nobody", yuan("1")).refuses(422, "approval.chain_step_unknown");
    set("head", yuan("1")).refuses(409, "approval.chain_without_threshold");
    set("general-manager", json!({"amount": "1", "currency": "USD"})).refuses(422, "http.bad_body");
    set("general-manager", yuan("-1")).refuses(422, "validation.out_of_range");
    boss.post(THRESHOLDS, json!({"code": "sign-in/company", "step": "x", "from": yuan("1")}))
        .refuses(422, "policy.unknown_kind");
    // Whoever asked for 300 met head and finance; from now on the director is asked too.
    let asked = |amount: u32| {
        let (_, approval) = company.submitted("lan", amount);
        let steps = boss.get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/steps");
        let steps = steps.as_array().cloned().unwrap_or_default();
        steps.iter().any(|step| step["code"] == "marketing-director" && step["reason"].is_null())
    };
    let before = asked(300);
    set("marketing-director", yuan("200.00")).expect(200);
    assert_eq!((of("marketing-director"), of("general-manager")), (json!("200.00"), json!("50000.01")));
    assert_eq!((before, asked(300)), (false, true));
    let published = boss.get(&format!("/api/v1/policies?code={claim}&limit=1&sort=-created_at")).expect(200);
    assert_eq!(published.at("/data/0/status"), json!("published"));
}
