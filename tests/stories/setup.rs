//! From the empty database to the first document: what is still missing is said, and where it is mended. `[ID-1, ORG-1]`

use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, column, stories};

stories! {
    an_empty_company_is_told_what_is_missing_step_by_step,
    whom_invoices_are_made_out_to_is_registered_before_the_first_claim,
    who_is_registered_does_not_vanish_with_settings_that_come_later,
}

const SETUP: &str = "/api/v1/setup";
const OWN: &str = "/api/v1/own-companies";

/// A step by its code.
fn step(by: &Caller, code: &str) -> Value {
    let steps = by.get(SETUP).expect(200).at("/steps");
    let steps = steps.as_array().cloned().unwrap_or_default();
    steps.into_iter().find(|step| step["code"] == code).expect("the step")
}

fn an_empty_company_is_told_what_is_missing_step_by_step(app: App) {
    let boss = app.administrator();
    let empty = boss.get(SETUP).expect(200);
    assert_eq!(empty.at("/is_ready"), json!(false));
    let codes = column(&empty.at("/steps"), "code");
    assert_eq!(
        codes[..6],
        ["packs", "departments", "employees", "department_heads", "superiors", "accounts"]
    );
    for wing in ["regulations", "buyers", "sites", "products", "price_lists"] {
        assert!(codes.contains(&wing.to_owned()), "{wing}: {codes:?}");
    }
    assert_eq!(
        (step(&boss, "departments")["is_done"].clone(), step(&boss, "buyers")["is_done"].clone()),
        (json!(false), json!(false))
    );
    for place in column(&empty.at("/steps"), "href") {
        boss.get(&place).expect(200);
    }
    let sales = app.department(&boss, "sales", None);
    assert_eq!(step(&boss, "departments")["is_done"], true);
    assert_eq!(step(&boss, "department_heads")["is_done"], true, "nobody works there yet");
    let lan = app.hire(&boss, "lan", &sales, None);
    let heads = step(&boss, "department_heads");
    assert_eq!(
        (&heads["is_done"], heads["missing"].as_array().map(Vec::len)),
        (&json!(false), Some(1)),
        "{heads}"
    );
    assert_eq!(step(&boss, "accounts")["missing"], json!(["lan"]));
    app.account(&boss, "lan", Some(&lan));
    assert_eq!(step(&boss, "accounts")["is_done"], true);
    // No company ships; the first that is registered counts from the beginning, since nothing was decided yet.
    assert_eq!(boss.get(OWN).expect(200).at("/companies"), json!([]));
    let own = boss.post(OWN, json!({"companies": [company("杭州云杉营销服务有限公司")]})).expect(200);
    assert_eq!(
        (own.at("/policy_version"), step(&boss, "buyers")["is_done"].clone()),
        (json!(2), json!(true))
    );
    let published = boss.get("/api/v1/policies?code=expense-policy/claims&limit=1").expect(200);
    assert_eq!(published.text("/data/0/effective_from"), "2000-01-01");
}

fn company(name: &str) -> Value {
    json!({"name": name, "tax_number": "91330106MA2XYQNL8A"})
}

fn whom_invoices_are_made_out_to_is_registered_before_the_first_claim(app: App) {
    let people = app.company();
    let (boss, lan) = (&people.boss, people.who("lan"));
    let refused_buyer = |code: &str| {
        let claim = format!("/api/v1/expense-claims/{}", people.draft("lan", 100));
        let refused = lan.at(1).act(&format!("{claim}/submit")).refuses(422, code);
        assert_eq!(refused.text("/errors/0/pointer"), "/lines/0/invoices/0/buyer");
        refused
    };
    // Nobody is registered any more.
    let shipped = boss.get("/api/v1/policies?code=expense-policy/claims&limit=1").expect(200).at("/data/0");
    let mut content = shipped["content"].clone();
    content["buyers"] = json!([]);
    let body = json!({"code": shipped["code"], "title": shipped["title"], "clause": shipped["clause"],
        "content": content, "effective_from": "2026-03-05"});
    let drafted = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{drafted}/publish")).expect(200);
    let refused = refused_buyer("invoice.no_own_company");
    assert_eq!(refused.text("/params/href"), OWN);
    lan.post(OWN, json!({"companies": [company("杭州云杉营销服务有限公司")]})).refuses(403, "http.forbidden");
    let wrong = json!({"name": "云杉", "tax_number": "913301007996550580"});
    let refused = boss.post(OWN, json!({"companies": [wrong]})).refuses(422, "policy.unsound");
    assert_eq!(refused.text("/errors/0/pointer"), "/companies/0/tax_number");
    boss.post(OWN, json!({"companies": [company("别的公司")]})).expect(200);
    let refused = refused_buyer("invoice.not_our_company");
    assert_eq!(refused.text("/params/ours"), "别的公司");
    let early = json!({"companies": [company("杭州云杉营销服务有限公司")], "effective_from": "2026-03-04"});
    let refused = boss.post(OWN, early).refuses(422, "policy.backdated");
    assert_eq!(
        (refused.text("/params/from"), refused.text("/params/earliest")),
        ("2026-03-04".into(), "2026-03-05".into())
    );
    assert!(refused.text("/title").contains("2026-03-04") && refused.text("/title").contains("2026-03-05"));
    assert_eq!(lan.get(OWN).expect(200).text("/companies/0/name"), "别的公司", "whoever claims may read it");
}

fn who_is_registered_does_not_vanish_with_settings_that_come_later(app: App) {
    let mut people = app.company();
    let shipped =
        people.boss.get("/api/v1/policies?code=expense-policy/claims&limit=1").expect(200).at("/data/0");
    let body = json!({"code": shipped["code"], "title": shipped["title"], "clause": "财务部通知 4 号",
        "content": shipped["content"], "effective_from": "2026-03-20"});
    let drafted = people.boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    people.boss.at(1).act(&format!("{drafted}/publish")).expect(200);
    people.boss.post(OWN, json!({"companies": [company("别的公司")]})).expect(200);
    let named = |people: &Company| people.boss.get(OWN).expect(200).text("/companies/0/name");
    assert_eq!(named(&people), "别的公司");
    app.advance(Duration::days(20));
    people.sign_in_again(&app);
    assert_eq!(named(&people), "别的公司", "the settings of the 20th know them too");
    let newest = "/api/v1/policies?code=expense-policy/claims&sort=-effective_from&limit=1";
    let latest = people.boss.get(newest).expect(200).at("/data/0");
    assert_eq!(latest["clause"], "财务部通知 4 号", "and say what they said otherwise");
}
