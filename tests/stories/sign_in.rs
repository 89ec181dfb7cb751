//! Who guesses passwords is slowed down, and nobody else; what was refused and what was taken away stands in the trail.
//! `[ID-1, AUD-1]`

use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Reply, stories};

stories! {
    a_stranger_shuts_out_neither_the_owner_nor_the_office,
    whoever_guesses_waits_longer_each_time,
    what_was_refused_and_taken_away_is_in_the_trail,
    the_trail_of_an_account_tells_when_it_came_and_went,
    the_same_refusal_is_told_once_in_a_while,
    passwords_that_many_choose_or_that_name_their_owner_are_refused,
}

/// The product behind a proxy, which says from where somebody calls.
fn behind_a_proxy(app: &App) -> App {
    App::start_with(app.engine, |settings| {
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().expect("an address")];
    })
}

fn attempt(app: &App, from: &str, agent: &str, name: &str, password: &str) -> Reply {
    let caller = app.anonymous().with("X-Forwarded-For", from).with("User-Agent", agent);
    caller.post("/api/v1/sessions", json!({"username": name, "password": password}))
}

fn a_stranger_shuts_out_neither_the_owner_nor_the_office(app: App) {
    let app = behind_a_proxy(&app);
    let boss = app.administrator();
    ["li.na", "wang.fang", "zhao.min"].into_iter().for_each(|name| drop(app.account(&boss, name, None)));
    // Two of the office have signed in there before.
    attempt(&app, "10.0.0.1", "Firefox", "li.na", PASSWORD).expect(201);
    attempt(&app, "10.0.0.1", "Firefox", "wang.fang", PASSWORD).expect(201);
    // A stranger tries the account of one, from one address and from many.
    let mut refused = 0;
    for n in 0..80 {
        let from = format!("198.51.100.{n}");
        for address in ["203.0.113.7", &from] {
            let reply = attempt(&app, address, "Firefox", "li.na", "wrong horse battery");
            assert!([401, 429].contains(&reply.status), "{reply}");
            refused += u32::from(reply.status == 429);
        }
    }
    assert!(refused > 100, "of 160 attempts only {refused} had to wait");
    attempt(&app, "203.0.113.7", "Firefox", "li.na", PASSWORD).refuses(429, "identity.sign_in_throttled");
    attempt(&app, "10.0.0.1", "Firefox", "li.na", PASSWORD).expect(201);
    // Somebody in the office itself tries many accounts, and that of a colleague.
    for n in 0..40 {
        attempt(&app, "10.0.0.1", "curl", &format!("somebody{n}"), "wrong horse battery");
        attempt(&app, "10.0.0.1", "curl", "li.na", "wrong horse battery");
    }
    attempt(&app, "10.0.0.1", "curl", "nobody", PASSWORD).refuses(429, "identity.sign_in_throttled");
    attempt(&app, "10.0.0.1", "Firefox", "li.na", PASSWORD).expect(201);
    attempt(&app, "10.0.0.1", "Firefox", "wang.fang", PASSWORD).expect(201);
    // Whoever comes there for the first time waits a minute at most.
    app.advance(Duration::seconds(60));
    attempt(&app, "10.0.0.1", "Firefox", "zhao.min", PASSWORD).expect(201);
}

fn whoever_guesses_waits_longer_each_time(app: App) {
    let boss = app.administrator();
    app.account(&boss, "li.na", None);
    let guess = || attempt(&app, "10.0.0.1", "curl", "li.na", "wrong horse battery");
    let mut waits = Vec::new();
    for _ in 0..40 {
        let reply = guess();
        if reply.status == 429 {
            let seconds: i64 =
                reply.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
            assert_eq!(reply.at("/params/seconds"), json!(seconds));
            waits.push(seconds);
            app.advance(Duration::seconds(seconds));
        }
    }
    let longest = *waits.last().expect("it had to wait");
    assert!(waits.is_sorted() && waits[0] <= 3 && longest >= 256, "{waits:?}");
}

/// What the trail tells of something that changed nothing, newest first.
fn told(boss: &Caller, action: &str) -> Vec<Value> {
    let entries = boss.get(&format!("/api/v1/audit-entries?action={action}")).expect(200).at("/data");
    entries.as_array().cloned().unwrap_or_default()
}

fn what_was_refused_and_taken_away_is_in_the_trail(app: App) {
    let boss = app.administrator();
    let li = app.account(&boss, "li.na", None);
    let wang = app.account(&boss, "wang.fang", None);
    boss.at(1).act(&format!("/api/v1/users/{wang}/disable")).expect(200);
    for (name, password) in [("li.na", "wrong horse battery"), ("nobody", PASSWORD), ("wang.fang", PASSWORD)]
    {
        attempt(&app, "10.0.0.1", "curl/8", name, password).refuses(401, "identity.sign_in_failed");
    }
    let refused = told(&boss, "access.sign_in_refused");
    let reasons: Vec<_> = refused.iter().map(|entry| entry["after"]["reason"].as_str()).collect();
    let expected = [Some("account_not_usable"), Some("no_such_account"), Some("wrong_password")];
    assert_eq!(reasons, expected);
    assert_eq!((&refused[2]["entity"], &refused[0]["entity"]), (&json!(li), &json!(wang)));
    assert!(
        refused.iter().all(|entry| entry["origin"] == "127.0.0.1" && entry["after"]["agent"] == "curl/8")
    );
    assert!(!refused[1].to_string().contains("nobody"), "what was typed may be a password: {}", refused[1]);
    // Who is signed in and asks for more than they may.
    let narrow = app.sign_in("li.na", PASSWORD);
    let refused = narrow.get("/api/v1/users").refuses(403, "http.forbidden");
    assert_eq!(refused.at("/params/permission"), "user:read", "for programs");
    assert!(refused.text("/title").contains("“查看账号”"), "for people: {refused}");
    let entry = &told(&boss, "access.refused")[0];
    let facts = json!({"method": "GET", "route": "/api/v1/users", "reason": "http.forbidden",
        "permission": "user:read"});
    assert_eq!(
        (&entry["after"], &entry["actor"], &entry["origin"]),
        (&facts, &json!(li), &json!("127.0.0.1"))
    );
    // Who takes a list away.
    boss.get("/api/v1/users?format=csv&q=li").expect(200);
    boss.get("/api/v1/users?q=li").expect(200);
    let exports = told(&boss, "access.list_exported");
    assert_eq!(exports.len(), 1, "a page that is looked at is not taken away");
    let facts = json!({"list": "users", "format": "csv", "query": "format=csv&q=li"});
    assert_eq!((&exports[0]["after"], &exports[0]["actor_name"]), (&facts, &json!("系统管理员")));
    // Other systems are not told of any of it.
    let feed = boss.get("/api/v1/events?limit=200").expect(200).at("/data").to_string();
    assert!(!feed.contains("access."), "{feed}");
}

fn the_trail_of_an_account_tells_when_it_came_and_went(app: App) {
    let boss = app.administrator();
    let li = app.account(&boss, "li.na", None);
    attempt(&app, "10.0.0.1", "curl/8", "li.na", "wrong horse battery")
        .refuses(401, "identity.sign_in_failed");
    let came = attempt(&app, "10.0.0.1", "curl/8", "li.na", PASSWORD).expect(201);
    let caller = app.anonymous().with("Authorization", format!("Bearer {}", came.text("/access_token")));
    caller.delete("/api/v1/sessions/current").expect(204);
    let kept = app.sign_in("li.na", PASSWORD);
    boss.at(1).act(&format!("/api/v1/users/{li}/disable")).expect(200);
    kept.get("/api/v1/me").refuses(401, "http.unauthenticated");
    let trail = boss.get(&format!("/api/v1/audit-entries?entity={li}&entity_kind=access_notice")).expect(200);
    let trail = trail.at("/data").as_array().cloned().unwrap_or_default();
    let deed = |entry: &Value| {
        let (action, reason) = (entry["action"].as_str(), entry["after"]["reason"].as_str());
        (action.unwrap_or_default().to_owned(), reason.unwrap_or_default().to_owned())
    };
    let deeds: Vec<_> = trail.iter().rev().map(deed).collect();
    let expected = [
        ("access.sign_in_refused", "wrong_password"),
        ("access.signed_in", ""),
        ("access.signed_out", "signed_out"),
        ("access.signed_in", ""),
        ("access.signed_out", "disabled"),
    ];
    assert_eq!(deeds, expected.map(|(action, reason)| (action.to_owned(), reason.to_owned())));
    let session = came.text("/session_id");
    let about = [1, 2].map(|place| trail[trail.len() - 1 - place]["after"]["session_id"].clone());
    assert_eq!(about, [json!(session), json!(session)], "one session came and went");
    assert_eq!(trail[trail.len() - 2]["after"]["agent"], "curl/8");
}

fn the_same_refusal_is_told_once_in_a_while(app: App) {
    let boss = app.administrator();
    app.account(&boss, "li.na", None);
    let narrow = app.sign_in("li.na", PASSWORD);
    for _ in 0..20 {
        narrow.get("/api/v1/users").refuses(403, "http.forbidden");
        narrow.get("/api/v1/roles").refuses(403, "http.forbidden");
    }
    assert_eq!(told(&boss, "access.refused").len(), 2);
    for _ in 0..20 {
        attempt(&app, "10.0.0.1", "curl", "li.na", "wrong horse battery");
    }
    let told = told(&boss, "access.sign_in_refused");
    let slowed = told.iter().filter(|entry| entry["after"]["reason"] == "too_many_attempts").count();
    assert_eq!((slowed, told.len()), (1, 7));
}

fn passwords_that_many_choose_or_that_name_their_owner_are_refused(app: App) {
    let boss = app.administrator();
    let open = |password: &str| {
        boss.post(
            "/api/v1/users",
            json!({"username": "zhang.weiguo", "kind": "person", "name": "张卫国",
            "password": password}),
        )
    };
    for common in ["1qaz2wsx3edc", "Sunshine2026!", "woaini5201314", "basketball1"] {
        open(common).refuses(422, "identity.password_too_common");
    }
    for own in ["weiguo-2026-07", "ZHANGWEIGUO-x1", "x-zhang.weiguo-x"] {
        open(own).refuses(422, "identity.password_reveals_name");
    }
    let id = open("青山绿水长流不息").expect(422).at("/errors");
    assert_eq!(id[0]["code"], "identity.password_too_short");
    let id = open("magpie under the bridge").expect(201).text("/id");
    let reset = |password: &str| {
        boss.at(1).post(&format!("/api/v1/users/{id}/reset-password"), json!({"password": password}))
    };
    reset("weiguo-2026-07").refuses(422, "identity.password_reveals_name");
    reset("heron above the lake").expect(200);
}
