//! Signing in, sessions, and how they end. `[ID-1, ID-3]`

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, PASSWORD, Reply, column, race, records, stories};

stories! {
    signing_in_shows_who_one_is_and_what_one_may_do,
    a_wrong_password_and_an_unknown_name_are_told_apart_by_nobody,
    an_access_token_is_good_for_its_minutes_only,
    a_refresh_token_is_good_for_one_use,
    a_refresh_token_used_twice_revokes_the_whole_session,
    tokens_of_sessions_that_are_over_are_forgotten,
    two_tabs_that_refresh_at_once_go_on_with_one_pair_and_a_stranger_with_none,
    signing_out_ends_the_access_token_at_once,
    ones_own_sessions_can_be_listed_and_ended,
    changing_the_password_ends_all_sessions,
    a_password_set_by_somebody_else_must_be_changed_first_of_all,
    nobody_signs_in_before_their_first_day,
    repeated_failures_are_slowed_down,
    anybody_can_verify_a_token_with_the_published_keys,
    after_a_rotation_the_new_key_signs_and_old_tokens_are_accepted,
    a_signing_key_that_comes_of_age_is_followed_by_one_and_stays_until_its_tokens_have_ended,
    tokens_of_nobody_open_nothing,
}

records! {
    "/api/v1/sessions/{id}" => |made| made.company.who("lan").get("/api/v1/sessions").expect(200).text("/data/0/id"),
}

fn tokens(app: &App, username: &str) -> Value {
    let body = json!({"username": username, "password": PASSWORD});
    app.anonymous().post("/api/v1/sessions", body).expect(201).json()
}

fn text(tokens: &Value, member: &str) -> String {
    tokens[member].as_str().expect("a text").to_owned()
}

fn signing_in_shows_who_one_is_and_what_one_may_do(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let lina = app.hire(&boss, "李娜", &sales, None);
    let caller = app.person(&boss, "Li.Na", &lina, "sales-representative", "own");
    let me = caller.get("/api/v1/me").expect(200);
    assert_eq!(me.text("/username"), "li.na");
    assert_eq!(me.text("/employee/name"), "李娜");
    assert_eq!(me.text("/department/code"), "sales");
    let permissions = me.at("/permissions");
    let submit = permissions
        .as_array()
        .expect("permissions")
        .iter()
        .find(|p| p["permission"] == "expense-claim:submit");
    assert_eq!(submit.expect("may submit")["own"], true);
    assert!(!column(&permissions, "permission").contains(&"user:manage".to_owned()));
    // The same name in full width and upper case.
    app.sign_in("ＬＩ．ＮＡ", PASSWORD).get("/api/v1/me").expect(200);
}

fn a_wrong_password_and_an_unknown_name_are_told_apart_by_nobody(app: App) {
    let boss = app.administrator();
    app.account(&boss, "li.na", None);
    let disabled = app.account(&boss, "wang", None);
    boss.at(1).act(&format!("/api/v1/users/{disabled}/disable")).expect(200);
    let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
    boss.post("/api/v1/users", service).expect(201);
    let attempt = |username: &str, password: &str| {
        let reply = app
            .anonymous()
            .with("X-Request-Id", "same")
            .post("/api/v1/sessions", json!({"username": username, "password": password}));
        reply.refuses(401, "identity.sign_in_failed").bytes
    };
    let wrong = attempt("li.na", "wrong horse battery");
    for (username, password) in
        [("nobody", PASSWORD), ("wang", PASSWORD), ("erp", PASSWORD), ("no such name!", PASSWORD)]
    {
        assert_eq!(attempt(username, password), wrong, "{username}");
    }
}

fn an_access_token_is_good_for_its_minutes_only(app: App) {
    let boss = app.administrator();
    boss.get("/api/v1/me").expect(200);
    app.advance(Duration::minutes(14));
    boss.get("/api/v1/me").expect(200);
    app.advance(Duration::minutes(1));
    boss.get("/api/v1/me").refuses(401, "http.unauthenticated");
}

fn a_refresh_token_is_good_for_one_use(app: App) {
    app.administrator();
    let first = tokens(&app, "boss");
    app.advance(Duration::minutes(20));
    let refresh =
        |token: &str| app.anonymous().post("/api/v1/sessions/refresh", json!({"refresh_token": token}));
    let second = refresh(&text(&first, "refresh_token")).expect(200).json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["session_id"], first["session_id"]);
    app.with_token(&text(&second, "access_token")).get("/api/v1/me").expect(200);
    refresh(&text(&second, "refresh_token")).expect(200);
    refresh("never-given-out").refuses(401, "identity.session_over");
    // A session that was not refreshed for three days is over.
    let idle = tokens(&app, "boss");
    app.advance(Duration::hours(72));
    refresh(&text(&idle, "refresh_token")).refuses(401, "identity.session_over");
}

fn a_refresh_token_used_twice_revokes_the_whole_session(app: App) {
    app.administrator();
    let first = tokens(&app, "boss");
    let other = tokens(&app, "boss");
    let refresh =
        |token: &str| app.anonymous().post("/api/v1/sessions/refresh", json!({"refresh_token": token}));
    let second = refresh(&text(&first, "refresh_token")).expect(200).json();
    let owner = app.with_token(&text(&second, "access_token"));
    owner.get("/api/v1/me").expect(200);
    // Two tabs, or an answer that was lost: the same client at once is answered the same.
    let again = refresh(&text(&first, "refresh_token")).expect(200).json();
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    app.advance(Duration::seconds(11));
    refresh(&text(&first, "refresh_token")).refuses(401, "identity.session_over");
    owner.get("/api/v1/me").refuses(401, "http.unauthenticated");
    refresh(&text(&second, "refresh_token")).refuses(401, "identity.session_over");
    // Another sign-in of the same person is another session.
    let other = app.with_token(&text(&other, "access_token"));
    other.get("/api/v1/me").expect(200);
    let events = other.get("/api/v1/events?kinds=session.reuse_detected").expect(200);
    assert_eq!(events.at("/data").as_array().map(Vec::len), Some(1), "{events}");
}

fn tokens_of_sessions_that_are_over_are_forgotten(app: App) {
    app.administrator();
    let (kept, ended) = (tokens(&app, "boss"), tokens(&app, "boss"));
    let before = app.count_rows("refresh_tokens");
    app.forget_tokens();
    assert_eq!(app.count_rows("refresh_tokens"), before, "none is over yet");
    app.with_token(&text(&ended, "access_token")).delete("/api/v1/sessions/current").expect(204);
    app.forget_tokens();
    assert_eq!(app.count_rows("refresh_tokens"), before - 1);
    let refresh = |session: &Value| {
        app.anonymous()
            .post("/api/v1/sessions/refresh", json!({"refresh_token": text(session, "refresh_token")}))
    };
    refresh(&ended).refuses(401, "identity.session_over");
    refresh(&kept).expect(200);
}

fn two_tabs_that_refresh_at_once_go_on_with_one_pair_and_a_stranger_with_none(app: App) {
    app.administrator();
    let first = tokens(&app, "boss");
    let body = json!({"refresh_token": first["refresh_token"]});
    let runner = || -> Box<dyn FnOnce() -> Reply + Send + '_> {
        Box::new(|| app.anonymous().post("/api/v1/sessions/refresh", body.clone()))
    };
    let replies = race((0..8).map(|_| runner()).collect());
    let given: std::collections::BTreeSet<_> =
        replies.iter().map(|reply| reply.text("/refresh_token")).collect();
    assert!(given.len() == 1 && replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let token = replies[0].text("/access_token");
    app.with_token(&token).get("/api/v1/me").expect(200);
    // Whoever has a copy is another client: the session is revoked, also for the one who went on.
    let stranger = app.anonymous().with("User-Agent", "another");
    stranger.post("/api/v1/sessions/refresh", body).refuses(401, "identity.session_over");
    app.with_token(&token).get("/api/v1/me").refuses(401, "http.unauthenticated");
}

fn signing_out_ends_the_access_token_at_once(app: App) {
    let boss = app.administrator();
    let second = app.sign_in("boss", PASSWORD);
    boss.delete("/api/v1/sessions/current").expect(204);
    boss.get("/api/v1/me").refuses(401, "http.unauthenticated");
    second.get("/api/v1/me").expect(200);
    second.delete("/api/v1/sessions").expect(204);
    second.get("/api/v1/me").refuses(401, "http.unauthenticated");
}

fn ones_own_sessions_can_be_listed_and_ended(app: App) {
    let boss = app.administrator();
    let mine = app.sign_in("boss", PASSWORD).with("User-Agent", "story");
    app.account(&boss, "li.na", None);
    let other = app.sign_in("li.na", PASSWORD);
    let sessions = mine.get("/api/v1/sessions").expect(200).at("/data");
    let sessions = sessions.as_array().expect("sessions");
    assert_eq!(sessions.len(), 2);
    let elsewhere = sessions.iter().find(|session| session["is_current"] == false).expect("the other one");
    let path = format!("/api/v1/sessions/{}", elsewhere["id"].as_str().expect("an id"));
    other.delete(&path).refuses(404, "http.not_found");
    mine.delete(&path).expect(204);
    boss.get("/api/v1/me").refuses(401, "http.unauthenticated");
    mine.delete(&path).refuses(404, "http.not_found");
}

fn changing_the_password_ends_all_sessions(app: App) {
    let boss = app.administrator();
    let second = app.sign_in("boss", PASSWORD);
    let change = |current: &str, new: &str| {
        boss.post("/api/v1/me/password", json!({"current_password": current, "new_password": new}))
    };
    change("wrong horse battery", "another long phrase").refuses(422, "identity.password_wrong");
    change(PASSWORD, "shoo").refuses(422, "validation.failed");
    change(PASSWORD, "i am the boss here").refuses(422, "identity.password_reveals_name");
    change(PASSWORD, PASSWORD).refuses(422, "identity.password_unchanged");
    second.get("/api/v1/me").expect(200);
    change(PASSWORD, "another long phrase").expect(204);
    boss.get("/api/v1/me").refuses(401, "http.unauthenticated");
    second.get("/api/v1/me").refuses(401, "http.unauthenticated");
    let old = json!({"username": "boss", "password": PASSWORD});
    app.anonymous().post("/api/v1/sessions", old).refuses(401, "identity.sign_in_failed");
    app.sign_in("boss", "another long phrase").get("/api/v1/me").expect(200);
}

fn a_password_set_by_somebody_else_must_be_changed_first_of_all(app: App) {
    let boss = app.administrator();
    let user = app.account(&boss, "li.na", None);
    app.grant(&boss, &user, "finance", "all", None);
    let before = app.sign_in("li.na", PASSWORD);
    before.get("/api/v1/departments").expect(200);
    let reset = json!({"password": "given by the boss"});
    let path = format!("/api/v1/users/{user}/reset-password");
    assert_eq!(boss.at(1).post(&path, reset).expect(200).at("/must_change_password"), true);
    before.get("/api/v1/me").refuses(401, "http.unauthenticated");
    let body = json!({"username": "li.na", "password": "given by the boss"});
    let tokens = app.anonymous().post("/api/v1/sessions", body).expect(201);
    assert_eq!(tokens.at("/must_change_password"), true);
    let lina = app.with_token(&tokens.text("/access_token"));
    let refused = lina.get("/api/v1/departments").refuses(403, "http.password_to_change");
    assert_eq!(refused.text("/params/href"), "/api/v1/me/password", "no permission is missing");
    let change = json!({"current_password": "given by the boss", "new_password": "chosen by herself"});
    lina.post("/api/v1/me/password", change).expect(204);
    app.sign_in("li.na", "chosen by herself").get("/api/v1/departments").expect(200);
}

fn nobody_signs_in_before_their_first_day(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let body = json!({"number": "E1", "name": "李娜", "joined_on": "2026-03-10", "department_id": sales});
    let lina = boss.post("/api/v1/employees", body).expect(201).text("/id");
    let user = app.account(&boss, "li.na", Some(&lina));
    app.grant(&boss, &user, "sales-representative", "own", None);
    let body = json!({"username": "li.na", "password": PASSWORD});
    app.anonymous().post("/api/v1/sessions", body).refuses(401, "identity.sign_in_failed");
    app.advance(Duration::days(5));
    app.sign_in("li.na", PASSWORD).get("/api/v1/me").expect(200);
}

fn repeated_failures_are_slowed_down(app: App) {
    let boss = app.administrator();
    app.account(&boss, "li.na", None);
    for name in ["li.na", "nobody"] {
        let attempt = |password: &str| {
            app.anonymous().post("/api/v1/sessions", json!({"username": name, "password": password}))
        };
        for _ in 0..6 {
            attempt("wrong horse battery").refuses(401, "identity.sign_in_failed");
        }
        let refused = attempt(PASSWORD).refuses(429, "identity.sign_in_throttled");
        assert_eq!(refused.header("retry-after").as_deref(), Some("3"), "{name}");
    }
    app.advance(Duration::seconds(3));
    app.sign_in("li.na", PASSWORD);
}

fn anybody_can_verify_a_token_with_the_published_keys(app: App) {
    app.administrator();
    let token = text(&tokens(&app, "boss"), "access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let header: Value = serde_json::from_slice(&read(parts[0])).expect("a header");
    let claims: Value = serde_json::from_slice(&read(parts[1])).expect("claims");
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 900);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("marketing-center"), &json!("marketing-center")));
    let keys = app.anonymous().get("/.well-known/jwks.json").expect(200).at("/keys");
    let key = keys.as_array().expect("keys").iter().find(|key| key["kid"] == header["kid"]).expect("the key");
    let public: [u8; 32] = read(key["x"].as_str().expect("x")).try_into().expect("32 bytes");
    let public = ed25519_dalek::VerifyingKey::from_bytes(&public).expect("a key");
    let signature = ed25519_dalek::Signature::from_slice(&read(parts[2])).expect("a signature");
    let signed = format!("{}.{}", parts[0], parts[1]);
    public.verify_strict(signed.as_bytes(), &signature).expect("a good signature");
    assert!(public.verify_strict(signed.to_uppercase().as_bytes(), &signature).is_err());
}

fn after_a_rotation_the_new_key_signs_and_old_tokens_are_accepted(app: App) {
    let before = app.administrator();
    let kids = || column(&app.anonymous().get("/.well-known/jwks.json").expect(200).at("/keys"), "kid");
    let old = kids();
    let new = app.rotate_signing_keys();
    before.get("/api/v1/me").expect(200);
    // This server reads the keys anew before it verifies with ones it does not know, and at the latest after
    // a minute; another server of the same database knows the new key at once.
    let other = app.anonymous_elsewhere();
    let body = json!({"username": "boss", "password": PASSWORD});
    let token = other.post("/api/v1/sessions", body).expect(201).text("/access_token");
    let header =
        BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("a header");
    assert_eq!(header["kid"], json!(new));
    assert!(!old.contains(&new));
    let published = column(&other.get("/.well-known/jwks.json").expect(200).at("/keys"), "kid");
    assert!(published.contains(&new) && published.contains(&old[0]), "{published:?}");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    app.with_token(&token).get("/api/v1/me").expect(200);
}

fn a_signing_key_that_comes_of_age_is_followed_by_one_and_stays_until_its_tokens_have_ended(app: App) {
    app.administrator();
    let kids =
        || column(&app.anonymous_elsewhere().get("/.well-known/jwks.json").expect(200).at("/keys"), "kid");
    assert!(!app.rotate_aged_signing_keys(30), "it is young");
    let rotate = || Box::new(|| app.rotate_aged_signing_keys(30)) as Box<dyn FnOnce() -> bool + Send>;
    let mut both = Vec::new();
    for _ in 0..6 {
        let first = kids();
        app.advance(Duration::days(30));
        assert!(!app.rotate_aged_signing_keys(0), "any age is allowed");
        assert_eq!(kids(), first[..1]);
        // Several servers notice in the same instant.
        race((0..4).map(|_| rotate()).collect());
        both = kids();
        assert_eq!(
            (both.len(), both.last()),
            (2, first.first()),
            "one follows, and the old one stays: {both:?}"
        );
    }
    assert!(!app.rotate_aged_signing_keys(30), "the one that signs is young");
    app.advance(Duration::hours(25));
    assert_eq!(kids(), both[..1], "every token of the old one has ended");
}

fn tokens_of_nobody_open_nothing(app: App) {
    for token in ["", "x", "a.b.c", "mc_unknown_key", "eyJhbGciOiJub25lIn0.e30."] {
        app.with_token(token).get("/api/v1/me").refuses(401, "http.unauthenticated");
    }
}
