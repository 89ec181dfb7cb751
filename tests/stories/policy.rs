//! Policies: drafted, mended, checked, published, and never changed afterwards. `[REG-4]`

use serde_json::{Value, json};
use tests::{App, Caller, stories};

stories! {
    a_draft_is_mended_checked_and_published_and_stands,
    an_unsound_policy_is_not_published,
    a_kind_nobody_knows_is_refused,
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
    let revised = caller.at(1).put(&place, mended.clone()).expect(200);
    assert_eq!((revised.version(), revised.text("/title").as_str()), (2, "登录规则"));
    caller.at(1).put(&place, mended.clone()).refuses(412, "http.stale");
    let findings = caller.get(&format!("{place}/findings")).expect(200);
    assert_eq!(findings.at("/sound"), json!(true), "{findings}");
    let published = caller.at(2).act(&format!("{place}/publish")).expect(200);
    assert_eq!(published.text("/status"), "published");
    // What is published stands for ever.
    assert_eq!(caller.at(3).put(&place, mended).status, 409);
    assert_eq!(caller.at(3).act(&format!("{place}/publish")).status, 409);
    assert_eq!(caller.get(&place).expect(200).version(), 3);
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

fn a_kind_nobody_knows_is_refused(app: App) {
    let caller = app.administrator();
    let refused = caller.post("/api/v1/policies", draft("weather/company", &json!({})));
    assert_eq!((refused.status, refused.text("/errors/0/pointer").as_str()), (422, "/code"));
    caller.post("/api/v1/policies", draft("Not A Code", &json!({}))).expect(422);
}
