//! Who is asked: never somebody who cannot answer, and always somebody.

use super::approval::{act, approve, path, reasons, waiting};
use serde_json::{Value, json};
use tests::{App, Company, block_on, column, stories};

stories! {
    the_only_general_manager_spends_under_the_eyes_of_finance,
    the_shipped_chains_suit_a_company_with_one_general_manager,
    a_chain_that_waits_for_what_never_is_is_not_published,
    whoever_may_not_deal_with_approvals_is_not_asked,
    whoever_loses_the_right_to_decide_loses_their_tasks,
    an_approver_without_an_account_loses_their_tasks,
    a_stand_in_who_leaves_is_followed_by_their_superior,
    whoever_is_away_is_not_waited_for_when_nobody_follows_their_stand_in,
    a_broken_approval_stops_no_other,
    nobody_chooses_who_decides_their_own_document,
}

/// The company with the general manager at its head and nobody above.
fn with_one_general_manager(app: &App) -> Company {
    let company = app.company();
    company.leave("chair");
    let place = format!("/api/v1/departments/{}", company.departments["company"]);
    let version = company.boss.get(&place).expect(200).version();
    company.boss.at(version).patch(&place, json!({"head_id": company.id("gm")})).expect(200);
    company
}

fn the_only_general_manager_spends_under_the_eyes_of_finance(app: App) {
    let company = with_one_general_manager(&app);
    let (claim, approval) = company.submitted("gm", 6_000);
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "finance stands behind the general manager");
    approve(&company, &approval, &["qian", "director"]);
    assert_eq!(company.state_of(&claim), "approved");
    assert!(reasons(&company, &approval).contains(&"skipped_same_person".to_owned()));
    // Finance stands back where there is a general manager to ask.
    company.leave("head");
    let (_, approval) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &approval), ["director"]);
    company.leave("director");
    let (_, approval) = company.submitted("rep", 6_000);
    assert_eq!(waiting(&company, &approval), ["gm"]);
}

fn the_shipped_chains_suit_a_company_with_one_general_manager(app: App) {
    let company = with_one_general_manager(&app);
    let chains = company.boss.get("/api/v1/policies?kind=approval-chain&limit=200").expect(200).at("/data");
    let chains = chains.as_array().expect("chains");
    assert!(chains.len() >= 9, "{chains:?}");
    for chain in chains {
        let body = json!({"code": chain["code"], "title": chain["title"], "content": chain["content"],
            "clause": chain["clause"], "effective_from": "2026-03-05"});
        let drafted = company.boss.post("/api/v1/policies", body).expect(201);
        let place = format!("/api/v1/policies/{}/publish", drafted.text("/id"));
        company.boss.at(drafted.version()).act(&place).expect(200);
    }
}

/// A draft of the chain of claims with another condition of its special review.
fn with_condition(company: &Company, condition: &Value) -> (String, i64) {
    let shipped = company.boss.get("/api/v1/policies?code=approval-chain/expense-claim").expect(200);
    let mut content = shipped.at("/data/0/content");
    content["steps"][5]["when"] = json!([condition]);
    let body = json!({"code": "approval-chain/expense-claim", "title": "费用报销审批链", "content": content,
        "clause": "003", "effective_from": "2026-03-05"});
    let drafted = company.boss.post("/api/v1/policies", body).expect(201);
    (format!("/api/v1/policies/{}", drafted.text("/id")), drafted.version())
}

fn a_chain_that_waits_for_what_never_is_is_not_published(app: App) {
    let company = app.company();
    let value = "approval.chain_unknown_value";
    for (condition, code) in [
        (json!({"on": "category", "any_of": ["entertainment.travel", "typo"]}), value),
        (json!({"on": "field", "field": "over_run", "any_of": ["yes"]}), value),
        (
            json!({"on": "field", "field": "campagin", "any_of": ["2026-spring"]}),
            "approval.chain_unknown_field",
        ),
        (json!({"on": "any", "of": [{"on": "urgent", "is": true}]}), "approval.chain_unknown_field"),
    ] {
        let (place, version) = with_condition(&company, &condition);
        let refused = company.boss.at(version).act(&format!("{place}/publish"));
        assert_eq!(column(&refused.refuses(422, "policy.unsound").at("/errors"), "code"), [code]);
    }
    let condition = json!({"on": "category", "any_of": ["entertainment.travel"]});
    let (place, version) = with_condition(&company, &condition);
    company.boss.at(version).act(&format!("{place}/publish")).expect(200);
}

fn end_grant(company: &Company, name: &str) {
    let grant = company.grant_of(name);
    let version = company.boss.get(&grant).expect(200).version();
    company.boss.at(version).act(&format!("{grant}/end")).expect(200);
}

fn whoever_may_not_deal_with_approvals_is_not_asked(app: App) {
    let company = app.company();
    let (_, before) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &before), ["head"]);
    end_grant(&company, "head");
    assert_eq!(waiting(&company, &before), ["director"], "with the right the task goes");
    assert!(reasons(&company, &before).contains(&"transferred_approver_disabled".to_owned()));
    let (_, after) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &after), ["director"], "nobody waits for who could not even read it");
    let to_head = json!({"employee_id": company.id("head")});
    act(company.who("director"), &after, "transfer", to_head).refuses(422, "approval.target_inactive");
}

fn whoever_loses_the_right_to_decide_loses_their_tasks(app: App) {
    let mut company = app.company();
    let body = json!({"code": "deciding", "name_zh": "审批员", "permissions": ["approval:use"]});
    let role = company.boss.post("/api/v1/roles", body).expect(201).text("/id");
    end_grant(&company, "head");
    let grants = format!("/api/v1/users/{}/grants", company.user("head"));
    let give = |until: Value| json!({"role_id": role, "scope": "own", "until": until});
    company.boss.post(&grants, give(Value::Null)).expect(201);
    let (_, approval) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &approval), ["head"]);
    let place = format!("/api/v1/roles/{role}");
    let body = |permission: &str| json!({"permissions": [permission]});
    company.boss.at(1).patch(&place, body("organisation:read")).expect(200);
    assert_eq!(waiting(&company, &approval), ["director"], "the role may do less");
    company.boss.at(2).patch(&place, body("approval:use")).expect(200);
    let all = company.boss.get(&grants).expect(200).at("/data");
    let live = all.as_array().and_then(|all| all.iter().find(|grant| grant["ended_at"].is_null())).cloned();
    let grant = format!("/api/v1/grants/{}/end", live.expect("a live grant")["id"].as_str().unwrap_or(""));
    company.boss.at(1).act(&grant).expect(200);
    company.boss.post(&grants, give(json!("2026-03-05"))).expect(201);
    let (_, approval) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &approval), ["head"]);
    app.release_expired();
    assert_eq!(waiting(&company, &approval), ["head"], "the last day is not over");
    app.advance(chrono::Duration::days(1));
    company.sign_in_again(&app);
    app.release_expired();
    app.release_expired();
    assert_eq!(waiting(&company, &approval), ["director"]);
}

fn an_approver_without_an_account_loses_their_tasks(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let user = format!("/api/v1/users/{}", company.user("head"));
    let version = company.boss.get(&user).expect(200).version();
    company.boss.at(version).patch(&user, json!({"employee_id": null})).expect(200);
    assert_eq!(waiting(&company, &approval), ["director"]);
    let director = format!("/api/v1/users/{}", company.user("director"));
    let version = company.boss.get(&director).expect(200).version();
    let other = json!({"employee_id": company.id("head")});
    company.boss.at(version).patch(&director, other).expect(200);
    assert_eq!(waiting(&company, &approval), ["gm"], "it belongs to somebody else now");
}

/// The head is away until the end of the month.
fn head_away(company: &Company, stand_in: &str) -> String {
    let away = json!({"employee_id": company.id("head"), "stand_in_id": company.id(stand_in),
        "from": "2026-03-05", "until": "2026-03-30", "reason": "年假"});
    format!("/api/v1/absences/{}", company.boss.post("/api/v1/absences", away).expect(201).text("/id"))
}

fn a_stand_in_who_leaves_is_followed_by_their_superior(app: App) {
    let company = app.company();
    let away = head_away(&company, "sun");
    let (_, before) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &before), ["sun"]);
    company.leave("sun");
    assert_eq!(waiting(&company, &before), ["qian"]);
    let (_, after) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &after), ["qian"], "the head is away still");
    let away = company.boss.get(&away).expect(200);
    assert_eq!((away.text("/stand_in/name"), away.at("/cancelled_at")), ("qian".to_owned(), Value::Null));
}

fn whoever_is_away_is_not_waited_for_when_nobody_follows_their_stand_in(app: App) {
    let company = app.company();
    let away = head_away(&company, "chair");
    let (_, before) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &before), ["chair"]);
    company.leave("chair");
    let (_, after) = company.submitted("lan", 100);
    assert_eq!(waiting(&company, &after), ["director"], "the superior of whoever is away");
    assert_eq!(company.boss.get(&away).expect(200).at("/cancelled_at"), Value::Null);
}

fn a_broken_approval_stops_no_other(app: App) {
    let mut company = app.company();
    let (_, broken) = company.submitted("lan", 100);
    app.advance(chrono::Duration::minutes(1));
    let (_, sound) = company.submitted("lan", 100);
    let first = "(SELECT MIN(started_at) FROM approvals)";
    app.execute(&format!("UPDATE approvals SET plan = '!' || plan WHERE started_at = {first}"));
    app.advance(chrono::Duration::hours(25));
    company.sign_in_again(&app);
    assert!(block_on(api::sweep_time_limits(&app.database)).is_err(), "it says that one failed");
    assert!(reasons(&company, &sound).contains(&"time_limit_reminded".to_owned()));
    app.execute("UPDATE approvals SET plan = SUBSTR(plan, 2) WHERE plan LIKE '!%'");
    app.sweep_time_limits();
    assert!(reasons(&company, &broken).contains(&"time_limit_reminded".to_owned()), "once it is mended");
}

fn nobody_chooses_who_decides_their_own_document(app: App) {
    let company = app.company();
    let by_head = json!({"steps": [{"code": "head", "name": {"zh": "审核", "en": "Head"}, "counting": "any_of",
        "approvers": [{"kind": "named", "employees": [company.id("head")]}], "clause": "003"}]});
    let body = json!({"code": "approval-chain/expense-claim", "title": "费用报销审批链", "content": by_head,
        "clause": "003", "effective_from": "2026-03-05"});
    let drafted = company.boss.post("/api/v1/policies", body).expect(201);
    let place = format!("/api/v1/policies/{}/publish", drafted.text("/id"));
    company.boss.at(drafted.version()).act(&place).expect(200);
    let (_, approval) = company.submitted("lan", 100);
    // Nobody above can take it, and the head comes to stand in for whose claim it is.
    for name in ["director", "gm", "chair"] {
        let user = format!("/api/v1/users/{}", company.user(name));
        let version = company.boss.get(&user).expect(200).version();
        company.boss.at(version).act(&format!("{user}/disable")).expect(200);
    }
    let away = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("head"),
        "from": "2026-03-05", "until": "2026-03-30", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    let to_ming = json!({"employee_id": company.id("ming")});
    act(company.who("head"), &approval, "transfer", to_ming).refuses(403, "approval.own_document");
    let add = json!({"employee_id": company.id("ming"), "placement": "before"});
    act(company.who("head"), &approval, "add-approver", add).refuses(403, "approval.own_document");
    let task = company.boss.get(&path(&approval)).expect(200).text("/tasks/0/id");
    let to_ming = json!({"task_id": task, "employee_id": company.id("ming")});
    act(&company.boss, &approval, "reassign", to_ming).expect(200);
    act(company.who("ming"), &approval, "approve", json!({})).expect(200);
}
