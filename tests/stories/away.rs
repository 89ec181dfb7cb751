//! A database that is away, locked, or of another time: said at once, to everybody, with a reason, and never as our own
//! fault; and what was given up does not happen later.

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::{Value, json};
use std::{thread, time::Duration};
use tests::{ADMINISTRATOR, App, Caller, Engine, Home, PrivatePostgres, Program, Reply, stories};

stories! {
    whoever_asks_a_database_that_is_away_is_told_so,
    what_was_given_up_does_not_happen_later,
    a_server_says_why_it_is_not_ready,
    several_servers_start_at_once_on_a_new_database,
}

/// How often something is asked until it comes; a slow machine gets as long as it needs, but not for ever.
const ASKED_MAX: u32 = 1_200;

/// Asks until an answer is as it should be.
fn until(caller: &Caller, path: &str, wanted: impl Fn(&Reply) -> bool) -> Reply {
    for _ in 0..ASKED_MAX {
        if let Some(reply) = caller.attempt("GET", path, None).filter(|reply| wanted(reply)) {
            return reply;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{path} never became what it should")
}

fn draft(key: &str) -> Value {
    json!({"code": format!("price-order/{key}"), "title": key, "effective_from": "2099-01-01", "content": {"keys": []},
        "clause": "演练"})
}

fn count(caller: &Caller, key: &str) -> usize {
    let found = caller.get(&format!("/api/v1/policies?code=price-order/{key}")).expect(200).at("/data");
    found.as_array().map_or(0, Vec::len)
}

fn is_away(reply: &Reply) -> bool {
    let told = reply.status == 503 && reply.code() == "http.database_away";
    assert!(told || reply.status < 300, "{reply}");
    assert!(!told || reply.header("retry-after").is_some(), "{reply}");
    told
}

fn whoever_asks_a_database_that_is_away_is_told_so(app: App) {
    if app.engine == Engine::Sqlite {
        return locked_by_another_process(&app);
    }
    let mut postgres = PrivatePostgres::start(&[]).expect("a PostgreSQL");
    let home = Home::of(postgres.url("postgres"));
    let program = Program::start(&home);
    let (username, password) = ADMINISTRATOR;
    let account = json!({"username": username, "password": password});
    let signed_in = program.caller(None).post("/api/v1/sessions", account).expect(201);
    let caller = program.caller(Some(&signed_in.text("/access_token")));
    // It is stopped in the midst of its work and never says so: whoever waits is told, all of them.
    postgres.pause();
    thread::scope(|scope| {
        for n in 0..12 {
            let caller = &caller;
            scope.spawn(move || match n % 3 {
                0 => {
                    let body = draft(&format!("paused{n}")).to_string().into_bytes();
                    let key = caller.once(&format!("paused{n}"));
                    let sent = Some(("application/json", body));
                    let reply = key.attempt("POST", "/api/v1/policies", sent).expect("an answer");
                    assert!(is_away(&reply), "{reply}");
                }
                _ => drop(until(caller, "/api/v1/policies", is_away)),
            });
        }
    });
    until(&caller, "/readyz", |reply| reply.status == 503 && reply.code() == "http.not_ready");
    caller.get("/healthz").expect(200);
    postgres.resume();
    until(&caller, "/readyz", |reply| reply.status == 200);
    for n in [0, 3, 6, 9] {
        let key = format!("paused{n}");
        caller.once(&key).post("/api/v1/policies", draft(&key)).expect(201);
        assert_eq!(count(&caller, &key), 1, "done once, whether it had been done or not");
    }
    // It goes, and comes back.
    postgres.stop();
    until(&caller, "/api/v1/policies", is_away);
    let refused = caller.attempt(
        "POST",
        "/api/v1/policies",
        Some(("application/json", draft("gone").to_string().into())),
    );
    assert!(is_away(&refused.expect("an answer")));
    let told = until(&caller, "/readyz", |reply| reply.code() == "http.not_ready");
    assert!(told.text("/title").contains("数据库没有应答"), "{told}");
    postgres.restart();
    until(&caller, "/readyz", |reply| reply.status == 200);
    assert_eq!(count(&caller, "gone"), 0);
    caller.post("/api/v1/policies", draft("back")).expect(201);
}

/// A connection of another program, which has SQLite to itself until it is dropped.
fn lock(app: &App) -> SqliteConnection {
    let file = app.database_url().trim_start_matches("sqlite:");
    let mut other = SqliteConnection::establish(file).expect("the story's database");
    sql_query("PRAGMA busy_timeout = 10000").execute(&mut other).expect("a pragma");
    sql_query("BEGIN IMMEDIATE").execute(&mut other).expect("the lock");
    other
}

fn locked_by_another_process(app: &App) {
    let boss = app.administrator();
    let other = lock(app);
    let refused = boss.once("locked").post("/api/v1/policies", draft("locked"));
    refused.refuses(503, "http.overloaded");
    let told = until(&boss, "/readyz", |reply| reply.status == 503);
    assert!(told.text("/title").contains("数据库被其他程序独占"), "{told}");
    boss.get("/api/v1/policies").expect(200);
    drop(other);
    until(&boss, "/readyz", |reply| reply.status == 200);
    assert_eq!(count(&boss, "locked"), 0, "what was refused was not done");
    boss.once("locked").post("/api/v1/policies", draft("locked")).expect(201);
    assert_eq!(count(&boss, "locked"), 1);
}

fn what_was_given_up_does_not_happen_later(app: App) {
    let app = App::start_with(app.engine, |settings| settings.request_seconds_max = 1);
    let boss = app.administrator();
    let (mut sqlite, mut postgres) = (None, None);
    match app.engine {
        Engine::Sqlite => sqlite = Some(lock(&app)),
        Engine::Postgres => {
            let mut other = PgConnection::establish(app.database_url()).expect("the story's database");
            sql_query("BEGIN").execute(&mut other).expect("a transaction");
            sql_query("LOCK TABLE policies IN ACCESS EXCLUSIVE MODE").execute(&mut other).expect("the lock");
            postgres = Some(other);
        }
    }
    for key in ["given-up", "given-up-too"] {
        boss.once(key).post("/api/v1/policies", draft(key)).refuses(503, "http.too_slow");
    }
    drop((sqlite.take(), postgres.take()));
    until(&boss, "/api/v1/policies", |reply| reply.status == 200);
    // Either it was not done and never is, or it answers under its key: once in any case.
    for key in ["given-up", "given-up-too"] {
        let again = (0..ASKED_MAX).find_map(|_| {
            let reply = boss.once(key).post("/api/v1/policies", draft(key));
            (reply.status != 503).then_some(reply)
        });
        again.expect("an answer").expect(201);
        assert_eq!(count(&boss, key), 1);
    }
    if app.engine == Engine::Sqlite {
        let other = lock(&app);
        boss.post("/api/v1/policies", draft("without-key")).refuses(503, "http.too_slow");
        drop(other);
        until(&boss, "/readyz", |reply| reply.status == 200);
        // What is written after it is behind it.
        let later = (0..ASKED_MAX)
            .find(|_| boss.once("later").post("/api/v1/policies", draft("later")).status == 201);
        assert!(later.is_some());
        assert_eq!(count(&boss, "without-key"), 0, "it was told that it may not have been done, and was not");
    }
}

fn a_server_says_why_it_is_not_ready(app: App) {
    let boss = app.administrator();
    boss.get("/readyz").expect(200);
    let because = |zh: &str, en: &str| {
        let told = app.anonymous_elsewhere().get("/readyz").refuses(503, "http.not_ready");
        assert!(told.text("/title").contains(zh), "{told}");
        let told = app.anonymous_elsewhere().with("Accept-Language", "en").get("/readyz");
        assert!(told.text("/title").contains(en), "{told}");
    };
    app.execute(
        "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('99999999', CURRENT_TIMESTAMP)",
    );
    because("数据库结构属于较新的版本", "a later version");
    app.execute("DELETE FROM __diesel_schema_migrations WHERE version = '99999999'");
    app.execute(
        "UPDATE __diesel_schema_migrations SET version = '00000000' WHERE version = \
         (SELECT MIN(version) FROM __diesel_schema_migrations)",
    );
    because("数据库结构属于较新的版本", "a later version");
    app.execute("DELETE FROM __diesel_schema_migrations WHERE version = '00000000'");
    because("数据库结构属于较早的版本", "an earlier version");
    app.execute(
        "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('0001', CURRENT_TIMESTAMP)",
    );
    app.anonymous_elsewhere().get("/readyz").expect(200);
    app.execute("UPDATE signing_keys SET private_key = 'sealed:AAAA'");
    because("无法打开访问令牌的签名密钥", "cannot be opened");
}

fn several_servers_start_at_once_on_a_new_database(app: App) {
    let home = app.home();
    for _ in 0..3 {
        // PostgreSQL makes a database, SQLite a file.
        let (home, _kept) = match app.engine {
            Engine::Sqlite => (Home::beside(&home, app.engine), None),
            Engine::Postgres => {
                let postgres = PrivatePostgres::start(&[]).expect("a PostgreSQL");
                (Home::of(postgres.url("postgres")), Some(postgres))
            }
        };
        let programs = thread::scope(|scope| {
            let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Program::start(&home))).collect();
            starts.into_iter().map(|start| start.join().expect("it started")).collect::<Vec<_>>()
        });
        let (username, password) = ADMINISTRATOR;
        for program in &programs {
            let account = json!({"username": username, "password": password});
            let signed_in = program.caller(None).post("/api/v1/sessions", account).expect(201);
            let token = signed_in.text("/access_token");
            // What one signs all accept, and there is one administrator.
            for other in &programs {
                let users = other.caller(Some(&token)).get("/api/v1/users").expect(200);
                assert_eq!(users.at("/data").as_array().map(Vec::len), Some(1), "{users}");
            }
        }
    }
}
