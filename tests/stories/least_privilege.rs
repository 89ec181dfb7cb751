//! Shipped roles hold what their holders need, and say why they hold no more. `[ID-4]`

use serde_json::json;
use tests::{App, Company, PASSWORD, column, stories};

stories! {
    who_manages_people_has_no_business_with_expenses,
    whoever_held_that_role_before_keeps_their_own_expenses,
    every_shipped_role_says_why_it_goes_no_further,
}

const CLAIMS: &str = "/api/v1/expense-claims";

/// The department of finance.
fn finance(company: &Company) -> String {
    let all = company.boss.get("/api/v1/departments?limit=200").expect(200).at("/data");
    let found = all.as_array().into_iter().flatten().find(|department| department["code"] == "finance");
    found.and_then(|department| department["id"].as_str()).expect("a department").to_owned()
}

fn who_manages_people_has_no_business_with_expenses(app: App) {
    let company = app.company();
    let claim = company.who("lan").post(CLAIMS, company.claim_of(100)).expect(201).text("/id");
    let employee = app.hire(&company.boss, "chen", &finance(&company), None);
    let user = app.account(&company.boss, "chen", Some(&employee));
    app.grant(&company.boss, &user, "administration-office", "all", None);
    let office = app.sign_in("chen", PASSWORD);
    office.get("/api/v1/employees").expect(200);
    for list in ["expense-claims", "expense-requests", "cash-advances", "invoices", "budgets", "users"] {
        office.get(&format!("/api/v1/{list}")).refuses(403, "http.forbidden");
    }
    office.post(CLAIMS, company.claim_of(50)).refuses(403, "http.forbidden");
    // Their own expenses are another role's, which reaches no further than that.
    app.grant(&company.boss, &user, "employee", "own", None);
    let own = office.post(CLAIMS, company.claim_of(50)).expect(201).text("/id");
    assert_eq!(column(&office.get(CLAIMS).expect(200).at("/data"), "id"), [own]);
    office.get(&format!("{CLAIMS}/{claim}")).refuses(404, "http.not_found");
    office.get("/api/v1/employees?q=lan").expect(200);
}

fn whoever_held_that_role_before_keeps_their_own_expenses(app: App) {
    let company = app.company();
    let employee = app.hire(&company.boss, "chen", &finance(&company), None);
    let user = app.account(&company.boss, "chen", Some(&employee));
    app.grant(&company.boss, &user, "administration-office", "all", None);
    app.execute(
        "INSERT INTO role_permissions (role_id, permission) \
         SELECT id, 'expense-claim:submit' FROM roles WHERE code = 'administration-office'",
    );
    app.seed();
    app.seed();
    let grants = company.boss.get(&format!("/api/v1/users/{user}/grants")).expect(200).at("/data");
    let scopes = column(&grants, "scope");
    assert_eq!(scopes, ["all", "own"], "{grants}");
    app.sign_in("chen", PASSWORD).post(CLAIMS, company.claim_of(50)).expect(201);
}

fn every_shipped_role_says_why_it_goes_no_further(app: App) {
    let boss = app.administrator();
    let made = json!({"code": "own-role", "name_zh": "自建", "name_en": "Own", "permissions": ["file:read"]});
    boss.post("/api/v1/roles", made).expect(201);
    let roles = boss.get("/api/v1/roles?limit=200").expect(200).at("/data");
    for role in roles.as_array().expect("roles") {
        let said = |name: &str| role[name].as_str().is_some_and(|text| text.chars().count() > 5);
        assert_eq!(said("why_zh") && said("why_en"), role["is_built_in"] == true, "{role}");
    }
}
