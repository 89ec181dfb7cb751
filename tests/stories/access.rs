//! Accounts, roles, grants and keys: who may do what, and how far. `[ID-2, ID-4, ID-5]`

use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Records, column, records, stories};

stories! {
    a_grant_reaches_as_far_as_its_scope,
    a_record_out_of_reach_is_not_found,
    rights_change_at_once_when_a_grant_ends,
    a_grant_counts_within_its_days,
    a_disabled_account_is_out_at_once,
    a_custom_role_gives_what_it_says,
    nobody_gives_or_manages_what_they_do_not_have,
    the_last_administrator_stays,
    whoever_leaves_is_no_last_administrator,
    a_user_name_is_taken_once_in_any_spelling,
    accounts_are_found_by_kind_state_and_text,
    an_api_key_opens_its_scopes_only,
    an_api_key_ends_at_its_expiry,
    a_rotated_key_overlaps_and_a_revoked_one_is_out_at_once,
    an_answer_with_a_secret_is_not_kept,
    the_trail_and_the_feed_tell_of_everything_and_open_to_no_narrower_grant,
}

records! {
    "/api/v1/users/{id}" => |made| made.company.user("lan"),
    "/api/v1/grants/{id}" => |made| made.company.grant_of("lan").replace("/api/v1/grants/", ""),
    "/api/v1/roles/{id}" => |made| made.app.role(&made.company.boss, "designer"),
    "/api/v1/api-keys/{id}" => a_key_of_the_erp,
}

/// A tree of departments with one person each.
struct Company {
    boss: Caller,
    centre: String,
    sales: String,
    people: Vec<String>,
}

fn company(app: &App) -> Company {
    let boss = app.administrator();
    let centre = app.department(&boss, "centre", None);
    let sales = app.department(&boss, "sales", Some(&centre));
    let east = app.department(&boss, "east", Some(&sales));
    let finance = app.department(&boss, "finance", Some(&centre));
    let places = [("张一", &centre), ("李二", &sales), ("王三", &east), ("赵四", &finance)];
    let people = places.map(|(name, department)| app.hire(&boss, name, department, None)).to_vec();
    Company { boss, centre, sales, people }
}

fn names(caller: &Caller) -> Vec<String> {
    let mut names = column(&caller.get("/api/v1/employees").expect(200).at("/data"), "name");
    names.sort();
    names
}

fn a_grant_reaches_as_far_as_its_scope(app: App) {
    let company = company(&app);
    let user = app.account(&company.boss, "li.er", Some(&company.people[1]));
    let reaches = [
        ("own", None, vec!["李二"]),
        ("department", None, vec!["李二"]),
        ("subtree", None, vec!["李二", "王三"]),
        ("subtree", Some(company.centre.as_str()), vec!["张一", "李二", "王三", "赵四"]),
        ("department", Some(company.centre.as_str()), vec!["张一", "李二"]),
        ("all", None, vec!["张一", "李二", "王三", "赵四"]),
    ];
    for (scope, department, mut expected) in reaches {
        let grant = app.grant(&company.boss, &user, "sales-representative", scope, department);
        let caller = app.sign_in("li.er", PASSWORD);
        expected.sort_unstable();
        assert_eq!(names(&caller), expected, "{scope} {department:?}");
        company.boss.at(1).act(&format!("/api/v1/grants/{grant}/end")).expect(200);
        caller.get("/api/v1/employees").refuses(403, "http.forbidden");
    }
}

fn a_record_out_of_reach_is_not_found(app: App) {
    let company = company(&app);
    let head = app.person(&company.boss, "li.er", &company.people[1], "department-head", "subtree");
    head.get(&format!("/api/v1/employees/{}", company.people[2])).expect(200);
    head.get(&format!("/api/v1/employees/{}", company.people[3])).refuses(404, "http.not_found");
    let move_there = json!({"department_id": company.sales});
    let path = format!("/api/v1/employees/{}/move", company.people[2]);
    head.at(1).post(&path, move_there).refuses(403, "http.forbidden");
}

fn rights_change_at_once_when_a_grant_ends(app: App) {
    let company = company(&app);
    let user = app.account(&company.boss, "li.er", Some(&company.people[1]));
    let grant = app.grant(&company.boss, &user, "administration-office", "all", None);
    let caller = app.sign_in("li.er", PASSWORD);
    assert_eq!(names(&caller).len(), 4);
    let ended = company.boss.at(1).act(&format!("/api/v1/grants/{grant}/end")).expect(200);
    assert!(ended.at("/ended_at").is_string());
    caller.get("/api/v1/employees").refuses(403, "http.forbidden");
    company.boss.at(2).act(&format!("/api/v1/grants/{grant}/end")).refuses(409, "identity.grant_over");
    company.boss.get(&format!("/api/v1/grants/{grant}")).expect(200);
    let grants = company.boss.get(&format!("/api/v1/users/{user}/grants")).expect(200).at("/data");
    assert_eq!(grants.as_array().map(Vec::len), Some(1));
}

fn a_grant_counts_within_its_days(app: App) {
    let company = company(&app);
    let user = app.account(&company.boss, "li.er", Some(&company.people[1]));
    let role = app.role(&company.boss, "finance");
    let path = format!("/api/v1/users/{user}/grants");
    let grant = |from: &str, until: &str| {
        company.boss.post(&path, json!({"role_id": role, "scope": "all", "from": from, "until": until}))
    };
    grant("2026-03-07", "2026-03-06").refuses(422, "identity.grant_period_reversed");
    grant("2026-03-06", "2026-03-06").expect(201);
    // 09:30 on the 5th.
    let may = |app: &App| app.sign_in("li.er", PASSWORD).get("/api/v1/employees").status;
    assert_eq!(may(&app), 403);
    app.advance(Duration::hours(15));
    assert_eq!(may(&app), 200);
    let during = app.sign_in("li.er", PASSWORD);
    app.advance(Duration::hours(24));
    assert_eq!(may(&app), 403);
    during.get("/api/v1/employees").refuses(401, "http.unauthenticated");
}

fn a_disabled_account_is_out_at_once(app: App) {
    let company = company(&app);
    let user = app.account(&company.boss, "li.er", Some(&company.people[1]));
    app.grant(&company.boss, &user, "sales-representative", "own", None);
    let caller = app.sign_in("li.er", PASSWORD);
    caller.get("/api/v1/me").expect(200);
    let path = format!("/api/v1/users/{user}");
    company.boss.at(9).act(&format!("{path}/disable")).refuses(412, "http.stale");
    company.boss.at(1).act(&format!("{path}/disable")).expect(200);
    caller.get("/api/v1/me").refuses(401, "http.unauthenticated");
    company.boss.at(2).act(&format!("{path}/disable")).refuses(409, "identity.account_disabled");
    company.boss.at(2).act(&format!("{path}/enable")).expect(200);
    caller.get("/api/v1/me").refuses(401, "http.unauthenticated");
    app.sign_in("li.er", PASSWORD).get("/api/v1/me").expect(200);
}

fn a_custom_role_gives_what_it_says(app: App) {
    let company = company(&app);
    let body = json!({"code": "archivist", "name_zh": "档案员", "permissions": ["organisation:read"]});
    let role = company.boss.post("/api/v1/roles", body.clone()).expect(201);
    company.boss.post("/api/v1/roles", body).refuses(409, "validation.not_unique");
    let path = format!("/api/v1/roles/{}", role.text("/id"));
    let user = app.account(&company.boss, "li.er", Some(&company.people[1]));
    app.grant(&company.boss, &user, "archivist", "all", None);
    let caller = app.sign_in("li.er", PASSWORD);
    caller.get("/api/v1/employees").expect(200);
    caller.get("/api/v1/roles").refuses(403, "http.forbidden");
    let change = json!({"permissions": ["role:read"]});
    company.boss.at(1).patch(&path, change).expect(200);
    caller.get("/api/v1/employees").refuses(403, "http.forbidden");
    caller.get(&path).expect(200);
    company.boss.at(2).act(&format!("{path}/retire")).refuses(409, "identity.role_in_use");
    let grant = company.boss.get(&format!("/api/v1/users/{user}/grants")).expect(200).text("/data/0/id");
    company.boss.at(1).act(&format!("/api/v1/grants/{grant}/end")).expect(200);
    company.boss.at(2).act(&format!("{path}/retire")).expect(200);
    let shipped = format!("/api/v1/roles/{}", app.role(&company.boss, "finance"));
    let change = json!({"name_zh": "会计"});
    company.boss.at(1).patch(&shipped, change).refuses(409, "identity.role_built_in");
    let unknown = json!({"code": "x", "name_zh": "x", "permissions": ["world:rule"]});
    company.boss.post("/api/v1/roles", unknown).refuses(422, "http.bad_body");
    let list = company.boss.post("/api/v1/roles", json!(["x"])).refuses(422, "http.bad_body");
    assert!(list.text("/title").ends_with('）'), "what is wrong with the whole is said: {list}");
}

/// Somebody of the sales department who manages accounts there, and no more.
fn local_manager(app: &App, company: &Company) -> Caller {
    let permissions = ["user:read", "user:manage", "role:read", "role:manage", "organisation:read"];
    let body = json!({"code": "local-manager", "name_zh": "账号管理员", "permissions": permissions});
    company.boss.post("/api/v1/roles", body).expect(201);
    app.person(&company.boss, "li.er", &company.people[1], "local-manager", "subtree")
}

fn nobody_gives_or_manages_what_they_do_not_have(app: App) {
    let company = company(&app);
    let manager = local_manager(&app, &company);
    let wang = app.account(&company.boss, "wang.san", Some(&company.people[2]));
    let zhao = app.account(&company.boss, "zhao.si", Some(&company.people[3]));
    let give = |user: &str, role: &str, scope: &str| {
        let role = app.role(&company.boss, role);
        manager.post(&format!("/api/v1/users/{user}/grants"), json!({"role_id": role, "scope": scope}))
    };
    give(&wang, "administrator", "all").refuses(403, "identity.beyond_own_rights");
    give(&wang, "local-manager", "all").refuses(403, "identity.beyond_own_rights");
    give(&wang, "local-manager", "department").expect(201);
    give(&zhao, "local-manager", "own").refuses(404, "http.not_found");
    // Whoever can do more than oneself is not managed by oneself: their password would open their rights.
    app.grant(&company.boss, &wang, "finance", "all", None);
    let reset = json!({"password": "chosen by the manager"});
    let path = format!("/api/v1/users/{wang}/reset-password");
    manager.at(1).post(&path, reset).refuses(403, "identity.beyond_own_rights");
    // A role made by oneself holds only what one has everywhere.
    let role = json!({"code": "mine", "name_zh": "我的", "permissions": ["user:manage"]});
    manager.post("/api/v1/roles", role).refuses(403, "identity.beyond_own_rights");
    let outside = json!({"username": "x.y", "kind": "person", "name": "外人", "password": PASSWORD,
        "employee_id": company.people[3]});
    manager.post("/api/v1/users", outside).refuses(422, "validation.unknown_reference");
}

fn the_last_administrator_stays(app: App) {
    let boss = app.administrator();
    let me = boss.get("/api/v1/me").expect(200).text("/id");
    let grant = boss.get(&format!("/api/v1/users/{me}/grants")).expect(200).text("/data/0/id");
    let end = format!("/api/v1/grants/{grant}/end");
    boss.at(1).act(&end).refuses(409, "identity.last_administrator");
    let second = app.account(&boss, "second", None);
    app.grant(&boss, &second, "administrator", "all", None);
    boss.at(1).act(&format!("/api/v1/users/{me}/disable")).refuses(409, "identity.own_account");
    boss.at(1).act(&end).expect(200);
    boss.get("/api/v1/users").refuses(403, "http.forbidden");
}

fn whoever_leaves_is_no_last_administrator(app: App) {
    let first = app.administrator();
    let centre = app.department(&first, "centre", None);
    let hire = |name: &str| {
        let employee = app.hire(&first, name, &centre, None);
        (format!("/api/v1/employees/{employee}"), app.person(&first, name, &employee, "administrator", "all"))
    };
    let ([anna, bert, cora], stranger) =
        (["anna", "bert", "cora"].map(hire), app.hire(&first, "dora", &centre, None));
    let me = first.get("/api/v1/me").expect(200).text("/id");
    anna.1.at(1).act(&format!("/api/v1/users/{me}/disable")).expect(200);
    // Who has left counts no more, though nobody closed the account.
    anna.1.at(1).post(&format!("{}/leave", cora.0), json!({})).expect(200);
    // Nor does who will: two can only leave one after the other, with somebody to follow.
    let last_day = json!({"last_day": "2026-04-30"});
    anna.1.at(1).post(&format!("{}/leave", anna.0), last_day.clone()).expect(200);
    let last = "identity.last_administrator";
    anna.1.at(1).post(&format!("{}/leave", bert.0), last_day.clone()).refuses(409, last);
    let user = format!("/api/v1/users/{}", bert.1.get("/api/v1/me").expect(200).text("/id"));
    let grant = bert.1.get(&format!("{user}/grants")).expect(200).text("/data/0/id");
    bert.1.at(1).act(&format!("/api/v1/grants/{grant}/end")).refuses(409, last);
    anna.1.at(1).act(&format!("{user}/disable")).refuses(409, last);
    // Nor is the account lent to somebody who leaves.
    anna.1.at(1).post(&format!("/api/v1/employees/{stranger}/leave"), last_day).expect(200);
    anna.1.at(1).patch(&user, json!({"employee_id": stranger})).refuses(409, last);
    anna.1.at(2).act(&format!("{}/stay", anna.0)).expect(200);
    anna.1.at(1).act(&format!("{user}/disable")).expect(200);
}

fn a_user_name_is_taken_once_in_any_spelling(app: App) {
    let boss = app.administrator();
    let user = app.account(&boss, "Li.Na", None);
    for spelling in ["li.na", "LI.NA", "ｌｉ．ｎａ"] {
        let body = json!({"username": spelling, "kind": "person", "name": "李娜", "password": PASSWORD});
        boss.post("/api/v1/users", body).refuses(409, "validation.not_unique");
    }
    for bad in ["li na", "<li>", "li\u{200b}na"] {
        let body = json!({"username": bad, "kind": "person", "name": "李娜", "password": PASSWORD});
        boss.post("/api/v1/users", body).refuses(422, "identity.username_malformed");
    }
    let body = json!({"username": "erp", "kind": "service", "name": "ERP", "password": PASSWORD});
    boss.post("/api/v1/users", body).refuses(409, "identity.not_a_person");
    let body = json!({"username": "wang", "kind": "person", "name": "王强"});
    boss.post("/api/v1/users", body).refuses(422, "validation.required");
    let body = json!({"username": "wang", "kind": "person", "name": "王强", "password": "1234567890"});
    boss.post("/api/v1/users", body).refuses(422, "identity.password_too_common");
    let path = format!("/api/v1/users/{user}");
    assert_eq!(boss.get(&path).expect(200).text("/username"), "li.na");
    assert_eq!(boss.at(1).patch(&path, json!({"name": "李娜娜"})).expect(200).text("/name"), "李娜娜");
    boss.at(1).patch(&path, json!({"name": "李娜"})).refuses(412, "http.stale");
    boss.at(2).patch(&path, json!({"username": "other"})).refuses(422, "http.bad_body");
    boss.at(2).patch(&path, json!({"name": null})).refuses(422, "validation.required");
}

fn accounts_are_found_by_kind_state_and_text(app: App) {
    let company = company(&app);
    let boss = &company.boss;
    app.account(boss, "li.er", Some(&company.people[1]));
    let zhao = app.account(boss, "zhao.si", Some(&company.people[3]));
    boss.post("/api/v1/users", json!({"username": "erp", "kind": "service", "name": "100%"})).expect(201);
    boss.at(1).act(&format!("/api/v1/users/{zhao}/disable")).expect(200);
    let found = |query: &str| {
        column(&boss.get(&format!("/api/v1/users?{query}")).expect(200).at("/data"), "username")
    };
    assert_eq!(found("kind=service"), ["erp"]);
    assert_eq!(found("disabled=true"), ["zhao.si"]);
    assert_eq!(found("q=li."), ["li.er"]);
    assert_eq!(found("q=%25"), ["erp"], "a wildcard is a character");
    assert_eq!(found("limit=2"), ["boss", "erp"]);
    boss.get("/api/v1/users?colour=red").refuses(400, "http.unknown_parameter");
    // A department head with the permission sees the accounts within reach, and no service.
    let manager = app.person(boss, "zhang.yi", &company.people[0], "internal-auditor", "department");
    let seen = manager.get("/api/v1/users").expect(200).at("/data");
    assert_eq!(column(&seen, "username"), ["zhang.yi"]);
}

fn service(boss: &Caller, app: &App, role: &str) -> String {
    let body = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let user = boss.post("/api/v1/users", body).expect(201).text("/id");
    app.grant(boss, &user, role, "all", None);
    user
}

fn issue(boss: &Caller, user: &str, scopes: Value, expires_at: Value) -> (String, String) {
    let body = json!({"user_id": user, "name": "ERP", "scopes": scopes, "expires_at": expires_at});
    let issued = boss.post("/api/v1/api-keys", body).expect(201);
    (issued.text("/key"), issued.text("/api_key/id"))
}

fn an_api_key_opens_its_scopes_only(app: App) {
    let boss = app.administrator();
    let user = service(&boss, &app, "integration");
    let (key, id) = issue(&boss, &user, json!(["event:read", "user:read"]), Value::Null);
    assert!(key.starts_with("mc_") && key.len() > 50, "{key}");
    let erp = app.with_token(&key);
    erp.get("/api/v1/events").expect(200);
    // In the role, but not in the scopes; and in the scopes, but not in the role.
    erp.get("/api/v1/employees").refuses(403, "http.forbidden");
    erp.get("/api/v1/users").refuses(403, "http.forbidden");
    let me = erp.get("/api/v1/me").expect(200);
    assert_eq!(column(&me.at("/permissions"), "permission"), ["event:read"]);
    let shown = boss.get(&format!("/api/v1/api-keys/{id}")).expect(200);
    assert!(!String::from_utf8_lossy(&shown.bytes).contains(&key));
    assert!(key.starts_with(&shown.text("/prefix")));
    let listed = boss.get(&format!("/api/v1/api-keys?user_id={user}")).expect(200).at("/data");
    assert_eq!(column(&listed, "id"), [id]);
    let person = app.account(&boss, "li.na", None);
    let body = json!({"user_id": person, "name": "x", "scopes": ["event:read"]});
    boss.post("/api/v1/api-keys", body).refuses(409, "identity.not_a_service");
    app.with_token(&format!("{key}x")).get("/api/v1/me").refuses(401, "http.unauthenticated");
    boss.at(1).act(&format!("/api/v1/users/{user}/disable")).expect(200);
    erp.get("/api/v1/me").refuses(401, "http.unauthenticated");
}

fn an_api_key_ends_at_its_expiry(app: App) {
    let boss = app.administrator();
    let user = service(&boss, &app, "integration");
    let (key, _) = issue(&boss, &user, json!(["event:read"]), json!("2026-03-05T10:30:00+08:00"));
    let erp = app.with_token(&key);
    erp.get("/api/v1/events").expect(200);
    app.advance(Duration::minutes(59));
    erp.get("/api/v1/events").expect(200);
    app.advance(Duration::minutes(1));
    erp.get("/api/v1/events").refuses(401, "http.unauthenticated");
    let boss = app.sign_in("boss", PASSWORD);
    let past = json!({"user_id": user, "name": "x", "scopes": ["event:read"],
        "expires_at": "2026-03-05T01:00:00Z"});
    boss.post("/api/v1/api-keys", past).refuses(422, "identity.key_expiry_past");
}

fn a_rotated_key_overlaps_and_a_revoked_one_is_out_at_once(app: App) {
    let boss = app.administrator();
    let user = service(&boss, &app, "integration");
    let (old, id) = issue(&boss, &user, json!(["event:read"]), Value::Null);
    let path = format!("/api/v1/api-keys/{id}/rotate");
    let rotated = boss.at(1).post(&path, json!({"overlap_hours": 1})).expect(201);
    let (old, new) = (app.with_token(&old), app.with_token(&rotated.text("/key")));
    old.get("/api/v1/events").expect(200);
    new.get("/api/v1/events").expect(200);
    assert_eq!(rotated.text("/api_key/replaces_id"), id);
    app.advance(Duration::hours(1));
    old.get("/api/v1/events").refuses(401, "http.unauthenticated");
    new.get("/api/v1/events").expect(200);
    let boss = app.sign_in("boss", PASSWORD);
    boss.at(2).post(&path, json!({})).refuses(409, "identity.key_over");
    let revoke = format!("/api/v1/api-keys/{}/revoke", rotated.text("/api_key/id"));
    boss.at(1).act(&revoke).expect(200);
    new.get("/api/v1/events").refuses(401, "http.unauthenticated");
    boss.at(2).act(&revoke).refuses(409, "identity.key_over");
}

fn an_answer_with_a_secret_is_not_kept(app: App) {
    app.administrator();
    let body = json!({"username": "boss", "password": PASSWORD});
    let first = app.anonymous().once("k").post("/api/v1/sessions", body.clone()).expect(201);
    let second = app.anonymous().once("k").post("/api/v1/sessions", body).expect(201);
    assert!(second.header("idempotent-replayed").is_none());
    assert_ne!(first.text("/refresh_token"), second.text("/refresh_token"));
}

fn the_trail_and_the_feed_tell_of_everything_and_open_to_no_narrower_grant(app: App) {
    let company = company(&app);
    for (role, path) in [("internal-auditor", "/api/v1/audit-entries"), ("integration", "/api/v1/events")] {
        for (scope, status) in [("own", 403), ("department", 403), ("subtree", 403), ("all", 200)] {
            let username = format!("{}.{scope}", &role[..8]);
            let employee = app.hire(&company.boss, &username, &company.sales, None);
            let caller = app.person(&company.boss, &username, &employee, role, scope);
            caller.get(path).expect(status);
            caller.get(&format!("{path}?format=csv")).expect(if path.ends_with("events") {
                400
            } else {
                status
            });
        }
    }
}

fn a_key_of_the_erp(made: &Records<'_>) -> String {
    let boss = &made.company.boss;
    let erp = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let erp = boss.post("/api/v1/users", erp).expect(201).text("/id");
    made.app.grant(boss, &erp, "integration", "all", None);
    let key = json!({"user_id": erp, "name": "ERP", "scopes": ["event:read"], "expires_at": null});
    boss.post("/api/v1/api-keys", key).expect(201).text("/api_key/id")
}
