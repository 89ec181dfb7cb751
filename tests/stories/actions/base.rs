//! What may be done with departments, positions, people and their absences, with accounts and what they are granted, with policies
//! and with the batches of the payroll.

use super::*;
use tests::column;

stories! {
    people_and_departments_say_what_may_be_done_with_them,
    a_position_says_what_may_be_done_with_it_by_whom_within_reach,
    an_absence_says_what_may_be_done_with_it_by_who_is_away,
    accounts_and_roles_say_what_may_be_done_with_them,
    a_grant_says_whether_one_may_take_it_back,
    a_policy_version_says_what_may_be_done_with_it,
    a_batch_of_the_payroll_says_what_may_be_done_with_it,
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

fn a_position_says_what_may_be_done_with_it_by_whom_within_reach(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let body = |_: &str| json!({});
    let lead = json!({"code": "marketing-lead", "name_zh": "市场主管",
        "department_id": company.departments["marketing"]});
    let place = boss.post("/api/v1/positions", lead).expect(201).header("location").expect("a place");
    assert_eq!(agreed(boss, &place, body), ["change"]);
    none_of(company.who("lan"), boss, &place, body);
    // Whoever manages another department alone reads it, and does not change it.
    let clerk = app.hire(boss, "clerk", &company.departments["sales"], None);
    let clerk = app.person(boss, "clerk", &clerk, "administration-office", "department");
    assert_eq!(clerk.get(&place).expect(200).at("/actions"), json!([]));
    clerk.at(1).patch(&place, json!({})).refuses(404, "http.not_found");
    assert_eq!(
        boss.get("/api/v1/positions").expect(200).at("/data/0/actions"),
        json!([]),
        "in lists left out"
    );
}

fn an_absence_says_what_may_be_done_with_it_by_who_is_away(app: App) {
    let company = app.company();
    let (lan, ming) = (company.who("lan"), company.who("ming"));
    let body = |action: &str| if action == "change" { json!({"reason": "年假"}) } else { Value::Null };
    let away = json!({"stand_in_id": company.id("ming"), "from": "2026-03-10", "until": "2026-03-20"});
    let place = lan.post("/api/v1/absences", away).expect(201).header("location").expect("a place");
    assert_eq!(agreed(lan, &place, body), ["change", "cancel"]);
    assert_eq!(agreed(&company.boss, &place, body), ["change", "cancel"]);
    // Who stands in sees that they do, and changes nothing of it.
    assert_eq!(ming.get(&place).expect(200).at("/actions"), json!([]));
    ming.at(1).patch(&place, body("change")).refuses(404, "http.not_found");
    act(lan, &place, "cancel", Value::Null).expect(200);
    assert!(agreed(lan, &place, body).is_empty());
    assert_eq!(foreseen(lan, &place, "change"), "organisation.absence_cancelled");
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

fn a_grant_says_whether_one_may_take_it_back(app: App) {
    let company = app.company();
    let boss = &company.boss;
    let (_, auditor) = auditor(&app, &company, "shen");
    let body = |_: &str| Value::Null;
    let place = company.grant_of("lan");
    assert_eq!(agreed(boss, &place, body), ["end"]);
    none_of(&auditor, boss, &place, body);
    // Whoever manages accounts takes nothing away from somebody who may do more.
    let clerk =
        json!({"code": "clerk", "name_zh": "账号管理员", "permissions": ["user:read", "user:manage"]});
    boss.post("/api/v1/roles", clerk).expect(201);
    app.grant(boss, &company.user("ming"), "clerk", "all", None);
    let (ming, above) = (company.who("ming"), company.grant_of("qian"));
    assert_eq!(agreed(ming, &place, body), ["end"], "they may do the same and more");
    assert!(agreed(ming, &above, body).is_empty());
    assert_eq!(foreseen(ming, &above, "end"), "identity.beyond_own_rights");
    act(boss, &place, "end", Value::Null).expect(200);
    assert!(agreed(boss, &place, body).is_empty());
    assert_eq!(foreseen(boss, &place, "end"), "identity.grant_over");
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
    assert_eq!(agreed(&boss, &place, body), ["revise", "publish", "discard"]);
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    assert_eq!(agreed(&boss, &place, body), ["withdraw"]);
    let shipped = format!("/api/v1/policies/{}", shipped["id"].as_str().expect("an id"));
    assert!(agreed(&boss, &shipped, body).is_empty(), "what is in force stands");
}

fn a_batch_of_the_payroll_says_what_may_be_done_with_it(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    let body = |action: &str| match action {
        "acknowledge" => json!({"reference": "GZ-2026-03-B"}),
        _ => Value::Null,
    };
    let taken = qian.post("/api/v1/payroll-batches", json!({"month": "2026-03"})).expect(200);
    let place = format!("/api/v1/payroll-batches/{}", taken.text("/id"));
    assert_eq!(taken.at("/actions"), qian.get(&place).expect(200).at("/actions"), "said at once");
    assert_eq!(agreed(qian, &place, body), ["acknowledge"]);
    assert_eq!(foreseen(qian, &place, "confirm"), "payroll_batch.not_acknowledged");
    qian.post(&format!("{place}/acknowledge"), json!({"reference": "GZ-2026-03"})).expect(200);
    assert_eq!(agreed(qian, &place, body), ["confirm"]);
    assert_eq!(foreseen(qian, &place, "acknowledge"), "payroll_batch.other_reference");
    qian.act(&format!("{place}/confirm")).expect(200);
    assert!(agreed(qian, &place, body).is_empty());
    let left = qian.get(&place).expect(200).at("/actions");
    assert_eq!(column(&left, "name"), ["acknowledge"], "to confirm it again would change nothing");
}
