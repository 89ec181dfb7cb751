//! Tokens of the company's own identity provider open the accounts they name, and nothing else. `[ID-3]`

use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Issuer, column, stories};

stories! {
    a_token_of_the_identity_provider_opens_the_account_it_names,
    whatever_is_not_quite_right_about_a_token_opens_nothing,
    keys_are_read_anew_when_they_change_and_outlast_a_silent_issuer,
    without_configuration_no_foreign_token_opens_anything,
}

/// The story's server, which accepts the tokens of an issuer.
fn trusting(app: App, issuer: &Issuer) -> App {
    let engine = app.engine;
    drop(app);
    App::start_with(engine, |settings| {
        let oidc = &mut settings.identity.oidc;
        oidc.oidc_issuer = Some(issuer.url.clone());
        oidc.oidc_audience = Some("marketing-center".to_owned());
        oidc.oidc_account_claim = Some("upn".to_owned());
    })
}

/// What a good token for somebody says, an hour long.
fn claims(app: &App, issuer: &Issuer, username: &str) -> Value {
    let now = app.database.now().micros() / 1_000_000;
    json!({"iss": issuer.url, "aud": ["portal", "marketing-center"], "sub": "8f1c-22", "upn": username,
        "iat": now, "exp": now + 3_600})
}

fn token(app: &App, issuer: &Issuer, username: &str) -> String {
    Issuer::sign(1, &json!({}), &claims(app, issuer, username))
}

fn a_token_of_the_identity_provider_opens_the_account_it_names(app: App) {
    let issuer = Issuer::start();
    let app = trusting(app, &issuer);
    let company = app.company();
    let lan = app.with_token(&token(&app, &issuer, "LAN"));
    let me = lan.get("/api/v1/me").expect(200);
    assert_eq!((me.text("/username"), me.at("/session_id")), ("lan".into(), Value::Null));
    assert_eq!(me.at("/permissions"), company.who("lan").get("/api/v1/me").expect(200).at("/permissions"));
    let claim = lan.post("/api/v1/expense-claims", company.claim_of(70)).expect(201);
    assert_eq!(claim.text("/submitter/name"), "lan");
    let ming = app.with_token(&token(&app, &issuer, "ming"));
    ming.get(&format!("/api/v1/expense-claims/{}", claim.text("/id"))).refuses(404, "http.not_found");
    let told = company.boss.get(&format!("/api/v1/audit-entries?entity={}", claim.text("/id"))).expect(200);
    assert_eq!(column(&told.at("/data"), "actor"), [me.text("/id")]);
    // Access ends at once, whatever the provider says.
    let user = me.text("/id");
    company.boss.at(1).act(&format!("/api/v1/users/{user}/disable")).expect(200);
    lan.get("/api/v1/me").refuses(401, "http.unauthenticated");
    // And with the token, by the clock.
    ming.get("/api/v1/me").expect(200);
    app.advance(Duration::seconds(3_599));
    ming.get("/api/v1/me").expect(200);
    app.advance(Duration::seconds(1));
    ming.get("/api/v1/me").refuses(401, "http.unauthenticated");
    assert_eq!(issuer.times_asked(), 1, "the keys are kept");
}

fn whatever_is_not_quite_right_about_a_token_opens_nothing(app: App) {
    let issuer = Issuer::start();
    let app = trusting(app, &issuer);
    let boss = app.administrator();
    let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
    boss.post("/api/v1/users", service).expect(201);
    let good = claims(&app, &issuer, "boss");
    let with = |member: &str, value: Value| {
        let mut claims = good.clone();
        claims[member] = value;
        claims
    };
    let opens = |token: &str| app.with_token(token).get("/api/v1/me").status;
    let signed = |claims: &Value| opens(&Issuer::sign(1, &json!({}), claims));
    assert_eq!(signed(&good), 200);
    let (now, soon) = (good["iat"].as_i64().expect("a time"), json!(good["iat"].as_i64().map(|at| at + 120)));
    for (member, value) in [
        ("iss", json!("https://id.example.com")),
        ("aud", json!("portal")),
        ("aud", Value::Null),
        ("sub", Value::Null),
        ("exp", json!(now)),
        ("exp", Value::Null),
        ("nbf", soon.clone()),
        ("iat", soon),
        ("upn", json!("nobody")),
        ("upn", json!("erp")),
        ("upn", json!(["boss"])),
        ("upn", Value::Null),
    ] {
        assert_eq!(signed(&with(member, value.clone())), 401, "{member}: {value}");
    }
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS256"}),
        json!({"kid": "key-2"}),
        json!({"kid": null}),
        json!({"typ": "logout+jwt"}),
    ] {
        assert_eq!(opens(&Issuer::sign(1, &header, &good)), 401, "{header}");
    }
    // Signed with a key that is not the one it names; altered; cut off.
    assert_eq!(opens(&Issuer::sign(2, &json!({"kid": "key-1"}), &good)), 401);
    let whole = Issuer::sign(1, &json!({}), &good);
    let (message, signature) = whole.rsplit_once('.').expect("three parts");
    assert_eq!(opens(&format!("{message}A.{signature}")), 401);
    assert_eq!(opens(&format!("{message}.")), 401);
    // The provider is no way around signing in: its tokens are no sessions of ours.
    let own = app.with_token(&whole);
    own.delete("/api/v1/sessions/current").refuses(404, "http.not_found");
}

fn keys_are_read_anew_when_they_change_and_outlast_a_silent_issuer(app: App) {
    let issuer = Issuer::start();
    let app = trusting(app, &issuer);
    app.administrator();
    let opens = |key: u8, salt: &str| {
        let mut claims = claims(&app, &issuer, "boss");
        claims["jti"] = json!(salt);
        app.with_token(&Issuer::sign(key, &json!({}), &claims)).get("/api/v1/me").status
    };
    assert_eq!(opens(1, "a"), 200);
    issuer.rotate(2);
    // Somebody who makes up keys cannot make us ask all the time, but once in two seconds.
    let begun = std::time::Instant::now();
    for unknown in 3..9 {
        assert_eq!(opens(unknown, "b"), 401);
    }
    let allowed = 3 + begun.elapsed().as_secs() / 2;
    assert!(u64::from(issuer.times_asked()) <= allowed, "asked {} times", issuer.times_asked());
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!((opens(2, "c"), opens(1, "d")), (200, 401), "the old key is out with the new one");
    issuer.fall_silent();
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!((opens(9, "e"), opens(2, "f")), (401, 200));
}

fn without_configuration_no_foreign_token_opens_anything(app: App) {
    let issuer = Issuer::start();
    app.administrator();
    let foreign = app.with_token(&token(&app, &issuer, "boss"));
    foreign.get("/api/v1/me").refuses(401, "http.unauthenticated");
    assert_eq!(issuer.times_asked(), 0);
    // An issuer that is out of reach from the start: later, not never.
    let silent = Issuer::start();
    silent.fall_silent();
    let app = trusting(app, &silent);
    app.administrator();
    let reply = app.with_token(&token(&app, &silent, "boss")).get("/api/v1/me");
    assert!(reply.refuses(503, "http.overloaded").header("retry-after").is_some());
}
