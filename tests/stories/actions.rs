//! A front end needs no copy of the rules: what a document lists as allowed passes, what it lists as refused meets the
//! refusal it foresaw, and what it does not list is not the caller's. `[ACT-1]`

use crate::{
    audit_finding::FINDINGS,
    expense_claim::CLAIMS,
    file::{PDF, upload},
    internal_audit::{AUDITS, act, auditor, finding, plan, random, sampled},
    post_evaluation::{EVALUATIONS, commission, report},
};
use serde_json::{Value, json};
use tests::{App, Caller, Reply, stories};

stories! {
    an_audit_says_what_may_be_done_with_it_at_every_stage,
    an_item_says_whether_one_may_conclude_on_it,
    a_finding_says_what_may_be_done_with_it_by_whom,
    an_evaluation_says_what_may_be_done_with_it_at_every_stage,
    people_and_departments_say_what_may_be_done_with_them,
    accounts_and_roles_say_what_may_be_done_with_them,
    a_policy_version_says_what_may_be_done_with_it,
    a_month_and_a_key_say_what_may_be_done_with_them,
}

/// Calls an action as it is listed, without its effect.
fn rehearse(by: &Caller, version: i64, action: &Value, body: Value) -> Reply {
    let text = |member: &str| action[member].as_str().expect("a text").to_owned();
    let (by, href) = (by.at(version), format!("{}?validate_only=true", text("href")));
    match text("method").as_str() {
        "PUT" => by.put(&href, body),
        "PATCH" => by.patch(&href, body),
        _ => by.post(&href, body),
    }
}

/// Tries every action that a resource lists; answers those that it allows.
#[track_caller]
fn agreed(by: &Caller, place: &str, body: impl Fn(&str) -> Value) -> Vec<String> {
    let shown = by.get(place).expect(200);
    let mut allowed = Vec::new();
    for action in shown.at("/actions").as_array().expect("a list") {
        let name = action["name"].as_str().expect("a name");
        let reply = rehearse(by, shown.version(), action, body(name));
        if action["allowed"] == true {
            assert!((200..300).contains(&reply.status), "{name} is allowed: {reply:?}");
            allowed.push(name.to_owned());
        } else {
            let foreseen = (action["refusal"]["code"].as_str().expect("a code").to_owned(), false);
            assert_eq!((reply.code(), reply.status < 300), foreseen, "{name} is refused");
        }
    }
    assert_eq!(by.get(place).expect(200).version(), shown.version(), "nothing was changed");
    allowed
}

/// Nothing is listed, and what is listed for another does not pass.
#[track_caller]
fn none_of(by: &Caller, of_another: &Caller, place: &str, body: impl Fn(&str) -> Value) {
    let shown = by.get(place).expect(200);
    assert_eq!(shown.at("/actions"), json!([]));
    for action in of_another.get(place).expect(200).at("/actions").as_array().expect("a list") {
        let name = action["name"].as_str().expect("a name");
        rehearse(by, shown.version(), action, body(name)).refuses(403, "http.forbidden");
    }
}

fn people_and_departments_say_what_may_be_done_with_them(app: App) {
    let company = app.company();
    let (boss, lan) = (&company.boss, company.who("lan"));
    let sales = company.departments["sales"].clone();
    let body = |action: &str| match action {
        "change" => json!({}),
        "move" => json!({"department_id": sales}),
        "leave" => json!({"last_day": "2026-03-31"}),
        "stay" => Value::Null,
        _ => json!({}),
    };
    let place = format!("/api/v1/employees/{}", company.id("rep"));
    assert_eq!(agreed(boss, &place, body), ["change", "move", "leave"]);
    none_of(company.who("gm"), boss, &place, body);
    boss.at(boss.get(&place).expect(200).version())
        .post(&format!("{place}/leave"), body("leave"))
        .expect(200);
    assert_eq!(agreed(boss, &place, body), ["change", "move", "leave", "stay"]);
    company.leave("rep");
    assert_eq!(agreed(boss, &place, body), ["change"]);
    let department = format!("/api/v1/departments/{sales}");
    assert_eq!(agreed(boss, &department, body), ["change", "close"], "nobody works there any more");
    none_of(lan, boss, &department, body);
    let full = format!("/api/v1/departments/{}", company.departments["marketing"]);
    assert_eq!(agreed(boss, &full, body), ["change"]);
    boss.at(boss.get(&department).expect(200).version())
        .post(&format!("{department}/close"), json!({}))
        .expect(200);
    assert!(agreed(boss, &department, body).is_empty());
}

fn accounts_and_roles_say_what_may_be_done_with_them(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let body = |action: &str| match action {
        "reset_password" => json!({"password": "Nobody guesses this one 2026"}),
        "change" => json!({}),
        _ => Value::Null,
    };
    let place = format!("/api/v1/users/{}", company.user("lan"));
    assert_eq!(agreed(boss, &place, body), ["change", "disable", "reset_password"]);
    boss.at(boss.get(&place).expect(200).version()).act(&format!("{place}/disable")).expect(200);
    assert_eq!(agreed(boss, &place, body), ["change", "enable"]);
    let own = format!("/api/v1/users/{}", boss.get("/api/v1/me").expect(200).text("/id"));
    assert_eq!(agreed(boss, &own, body), ["change", "reset_password"], "nobody disables themselves");
    let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let service = boss.post("/api/v1/users", service).expect(201).header("location").expect("a place");
    assert_eq!(agreed(boss, &service, body), ["change", "disable"]);
    // Whoever manages accounts but may do less than an administrator deals with none.
    let clerk =
        json!({"code": "clerk", "name_zh": "账号管理员", "permissions": ["user:read", "user:manage"]});
    let clerk = boss.post("/api/v1/roles", clerk).expect(201);
    let role = clerk.header("location").expect("a place");
    assert_eq!(agreed(boss, &role, body), ["change", "retire"]);
    app.grant(boss, &company.user("ming"), "clerk", "all", None);
    assert_eq!(agreed(boss, &role, body), ["change"], "somebody holds it");
    assert!(agreed(company.who("ming"), &own, body).is_empty());
    let shipped = boss.get("/api/v1/roles").expect(200).text("/data/0/id");
    assert!(agreed(boss, &format!("/api/v1/roles/{shipped}"), body).is_empty(), "shipped roles stand");
}

fn a_policy_version_says_what_may_be_done_with_it(app: App) {
    let boss = app.administrator();
    let shipped = boss.get("/api/v1/policies?code=sign-in/company").expect(200).at("/data/0");
    let text = json!({"title": "登录规则", "effective_from": "2026-04-01", "content": shipped["content"],
        "clause": "000"});
    let body = |action: &str| if action == "revise" { text.clone() } else { Value::Null };
    let mut drafted = text.clone();
    drafted["code"] = json!("sign-in/company");
    let place = boss.post("/api/v1/policies", drafted).expect(201).header("location").expect("a place");
    assert_eq!(agreed(&boss, &place, body), ["revise", "publish"]);
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    assert_eq!(agreed(&boss, &place, body), ["withdraw"]);
    let shipped = format!("/api/v1/policies/{}", shipped["id"].as_str().expect("an id"));
    assert!(agreed(&boss, &shipped, body).is_empty(), "what is in force stands");
}

fn a_month_and_a_key_say_what_may_be_done_with_them(app: App) {
    let company = app.company();
    let (boss, qian) = (&company.boss, company.who("qian"));
    let body =
        |action: &str| if action == "reopen" { json!({"reason": "漏记一笔"}) } else { Value::Null };
    let month = |month: &str| format!("/api/v1/accounting-periods/{month}");
    assert_eq!(agreed(qian, &month("2026-02"), body), ["close"]);
    assert!(agreed(qian, &month("2026-03"), body).is_empty(), "it is not over");
    assert_eq!(company.who("gm").get(&month("2026-02")).expect(200).at("/actions"), json!([]));
    qian.act(&format!("{}/close", month("2026-02"))).expect(200);
    assert_eq!(agreed(qian, &month("2026-02"), body), ["reopen"]);
    let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let service = boss.post("/api/v1/users", service).expect(201).text("/id");
    let key = json!({"user_id": service, "name": "ERP", "scopes": ["event:read"]});
    let key = boss.post("/api/v1/api-keys", key).expect(201).text("/api_key/id");
    let key = format!("/api/v1/api-keys/{key}");
    let allowed = || {
        let actions = boss.get(&key).expect(200).at("/actions");
        let actions = actions.as_array().cloned().unwrap_or_default();
        let allowed = actions.iter().filter(|action| action["allowed"] == true);
        allowed.map(|action| action["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(allowed(), ["rotate", "revoke"]);
    // A key is replaced once: what is left of its time is no lifetime. Whoever lost the answer replaces the new one.
    let rotate = format!("{key}/rotate");
    boss.at(1).post(&rotate, json!({"overlap_hours": 1})).expect(201);
    assert_eq!(allowed(), ["revoke"]);
    boss.at(2).post(&rotate, json!({"overlap_hours": 1})).refuses(409, "identity.key_replaced");
    boss.at(2).act(&format!("{key}/revoke")).expect(200);
    assert!(allowed().is_empty(), "what is over is over");
}

fn an_audit_says_what_may_be_done_with_it_at_every_stage(app: App) {
    let company = app.company();
    let (id, auditor) = auditor(&app, &company, "shen");
    company.submitted("lan", 480);
    let picked = company.submitted("ming", 120).0;
    let body = |action: &str| match action {
        "revise" => plan(&id),
        "draw" => random(1, "seed"),
        "pick" => json!({"claim_id": picked}),
        "raise_finding" => finding(&company, None),
        "report" => json!({"conclusion": "基本合规"}),
        "cancel" => json!({"reason": "并入年度审计"}),
        _ => Value::Null,
    };
    let place = auditor.post(AUDITS, plan(&id)).expect(201).header("location").expect("a place");
    assert_eq!(agreed(&auditor, &place, body), ["revise", "start", "cancel"]);
    none_of(company.who("gm"), &auditor, &place, body);
    act(&auditor, &place, "start", Value::Null).expect(200);
    assert_eq!(agreed(&auditor, &place, body), ["draw", "pick", "raise_finding", "cancel"]);
    let item = auditor.post(&format!("{place}/items"), json!({"claim_id": company.submitted("rep", 90).0}));
    let item = format!("/api/v1/internal-audit-items/{}", item.expect(201).text("/id"));
    assert_eq!(agreed(&auditor, &place, body), ["draw", "pick", "raise_finding", "cancel"]);
    act(&auditor, &item, "conclude", json!({"verdict": "satisfactory", "note": "齐全"})).expect(200);
    assert_eq!(agreed(&auditor, &place, body), ["draw", "pick", "raise_finding", "report", "cancel"]);
    let raised = auditor.post(&format!("{place}/findings"), finding(&company, None)).expect(201);
    act(&auditor, &place, "report", body("report")).expect(200);
    assert_eq!(agreed(&auditor, &place, body), ["raise_finding"]);
    let raised = format!("{FINDINGS}/{}", raised.text("/id"));
    act(&auditor, &raised, "withdraw", json!({"reason": "登记有误"})).expect(200);
    assert_eq!(agreed(&auditor, &place, body), ["raise_finding", "close"]);
    act(&auditor, &place, "close", Value::Null).expect(200);
    assert_eq!(agreed(&auditor, &place, body), Vec::<String>::new());
    // In a list of audits it is left out, whoever asks.
    assert_eq!(auditor.get(AUDITS).expect(200).at("/data/0/actions"), json!([]));
}

fn an_item_says_whether_one_may_conclude_on_it(app: App) {
    let company = app.company();
    let (_, shen, place, item) = sampled(&app, &company);
    let (_, wen) = auditor(&app, &company, "wen");
    let item = format!("/api/v1/internal-audit-items/{item}");
    let body = |_: &str| json!({"verdict": "satisfactory", "note": "齐全"});
    assert_eq!(agreed(&shen, &item, body), ["conclude"]);
    assert_eq!(agreed(&wen, &item, body), ["conclude"]);
    none_of(company.who("gm"), &shen, &item, body);
    // Nobody concludes on their own claim.
    let own = wen.post(CLAIMS, company.claim_of(77)).expect(201).text("/id");
    wen.at(1).act(&format!("{CLAIMS}/{own}/submit")).expect(200);
    let picked = shen.post(&format!("{place}/items"), json!({"claim_id": own})).expect(201);
    let of_wen = format!("/api/v1/internal-audit-items/{}", picked.text("/id"));
    assert_eq!(agreed(&wen, &of_wen, body), Vec::<String>::new());
    assert_eq!(
        wen.get(&of_wen).expect(200).text("/actions/0/refusal/code"),
        "internal_audit.not_independent"
    );
    assert_eq!(agreed(&shen, &of_wen, body), ["conclude"]);
    act(&shen, &place, "cancel", json!({"reason": "并入年度审计"})).expect(200);
    assert_eq!(agreed(&shen, &item, body), Vec::<String>::new());
}

fn a_finding_says_what_may_be_done_with_it_by_whom(app: App) {
    let company = app.company();
    let (_, shen, audit, item) = sampled(&app, &company);
    let (_, wen) = auditor(&app, &company, "wen");
    let raised = shen.post(&format!("{audit}/findings"), finding(&company, Some(&item))).expect(201);
    let place = raised.header("location").expect("a place");
    let body = |action: &str| match action {
        "revise" => finding(&company, None)["content"].clone(),
        "report_remediation" => json!({"text": "已退回"}),
        "close" => json!({"note": "已核对"}),
        _ => json!({"reason": "金额不足"}),
    };
    let (lan, head, qian) = (company.who("lan"), company.who("head"), company.who("qian"));
    assert_eq!(agreed(&shen, &place, body), ["revise", "report_remediation", "withdraw"]);
    assert_eq!(agreed(lan, &place, body), ["report_remediation"]);
    assert_eq!(agreed(head, &place, body), ["report_remediation"]);
    assert_eq!(agreed(qian, &place, body), Vec::<String>::new());
    assert_eq!(qian.get(&place).expect(200).text("/actions/0/refusal/code"), "audit_finding.not_responsible");
    act(&wen, &place, "report-remediation", body("report_remediation")).expect(200);
    assert_eq!(agreed(&shen, &place, body), ["reject_remediation", "close", "withdraw"]);
    assert_eq!(agreed(&wen, &place, body), ["withdraw"], "nobody verifies their own remediation");
    assert_eq!(agreed(lan, &place, body), Vec::<String>::new());
    act(&shen, &place, "close", body("close")).expect(200);
    assert_eq!(agreed(&shen, &place, body), Vec::<String>::new());
}

fn an_evaluation_says_what_may_be_done_with_it_at_every_stage(app: App) {
    let company = app.company();
    let (sun, qian) = (company.who("sun"), company.who("qian"));
    let claim = sun.post(CLAIMS, company.claim_of(90)).expect(201).text("/id");
    let made = sun.post(EVALUATIONS, commission(Some(&claim))).expect(201);
    let place = made.header("location").expect("a place");
    let file = || upload(sun, "后评估报告.pdf", PDF).expect(201).text("/id");
    let body = |action: &str| match action {
        "revise" => commission(Some(&claim)),
        "file_report" => report(&file(), "12"),
        "accept_report" => json!({"note": "好"}),
        _ => json!({"reason": "缺少样本说明"}),
    };
    assert_eq!(agreed(sun, &place, body), ["revise", "file_report", "cancel"]);
    act(sun, &place, "file-report", body("file_report")).expect(200);
    assert_eq!(
        agreed(sun, &place, body),
        ["return_report", "cancel"],
        "nobody accepts that of their own spending"
    );
    assert_eq!(agreed(qian, &place, body), ["return_report", "accept_report", "cancel"]);
    act(qian, &place, "return-report", body("return_report")).expect(200);
    assert_eq!(agreed(sun, &place, body), ["revise", "file_report", "cancel"]);
    act(sun, &place, "file-report", body("file_report")).expect(200);
    act(qian, &place, "accept-report", body("accept_report")).expect(200);
    assert_eq!(agreed(qian, &place, body), Vec::<String>::new());
}
