//! Three servers on one PostgreSQL behind a pooler in transaction mode, one of which is stopped for a while: what happens once
//! happens once, and who was away comes back without harm. `[DUT-2a, DUT-2c, DUT-2d, INT-1c, INT-2, OPR-2]`

use crate::{
    crash::{verified, whole_feed},
    file::hand_in,
    webhook::receiver::Receiver,
};
use domain::spine::Clock;
use persistence::spine::SystemClock;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, thread, time::Duration};
use tests::{
    ADMINISTRATOR, App, Caller, Engine, Home, PrivatePooler, PrivatePostgres, Program, Reply, race, stories,
};

stories! {
    behind_a_pooler_three_servers_do_each_thing_once,
}

/// How many sessions all servers share: fewer than they have threads that ask.
const SESSIONS: u32 = 6;
/// How many people there are, who owe a report each, and how many an operation takes in besides.
const PEOPLE: i64 = 30;
const IMPORTED: i64 = 1_200;
/// How many departments are made while one of the servers is stopped.
const DEPARTMENTS: usize = 40;
/// For how long it is stopped.
const STOPPED: Duration = Duration::from_secs(4);

/// A zone in which it is noon now, so that no midnight comes between.
fn zone() -> String {
    let hour = chrono::Timelike::hour(&SystemClock.now().instant());
    let (sign, hours) = if hour > 12 { ('+', hour - 12) } else { ('-', 12 - hour) };
    // POSIX counts them the other way round.
    format!("Etc/GMT{sign}{hours}")
}

fn settings(zone: &str) -> Vec<(&str, &str)> {
    vec![
        ("DATABASE_BEHIND_POOLER", "true"),
        ("COMPANY_ZONE", zone),
        ("WEBHOOK_NETWORKS", "127.0.0.0/8"),
        ("SIGNING_SECRET", "a secret of more than thirty-two characters"),
    ]
}

fn sign_in(program: &Program) -> Caller {
    let (username, password) = ADMINISTRATOR;
    let body = json!({"username": username, "password": password});
    let token = program.caller(None).post("/api/v1/sessions", body).expect(201).text("/access_token");
    program.caller(Some(&token))
}

/// What three servers find to be done: people with a report that is due already, an import that waits, somebody to be told.
fn prepare(home: &Home, zone: &str, erp: &Receiver) -> String {
    let mut alone = settings(zone);
    alone.extend([("OPERATION_WORKERS", "0"), ("WEBHOOK_WORKERS", "0")]);
    let program = Program::start_with(home, &alone);
    let admin = sign_in(&program);
    let sales = json!({"code": "sales", "name_zh": "销售部"});
    let sales = admin.post("/api/v1/departments", sales).expect(201).text("/id");
    for number in 0..PEOPLE {
        let hired = json!({"number": format!("A{number:04}"), "name": "李娜", "joined_on": "2026-01-05",
            "department_id": sales});
        admin.post("/api/v1/employees", hired).expect(201);
    }
    let endpoint = json!({"name": "ERP", "url": erp.url(), "kinds": ["department.*"], "ordered": false});
    admin.post("/api/v1/webhook-endpoints", endpoint).expect(201);
    let rows = (0..IMPORTED).map(|n| format!("{n:05},员工{n},sales,2026-01-05\n"));
    let file: String = std::iter::once("工号,姓名,部门,入职日期\n".to_owned()).chain(rows).collect();
    let handed = hand_in(&admin, "/api/v1/employees/import?partial=true", "员工.csv", file.as_bytes());
    let place = handed.expect(202).header("location").expect("a place");
    // Due a minute after midnight, missed at once, and then twenty yuan.
    let today = SystemClock.now().date_in(zone.parse().expect("a zone"));
    let rule = json!({
        "name": {"zh": "日报", "en": "Daily report"}, "subject": "person",
        "cadence": {"by": "period", "every": "day", "on": {"day": 1}, "at": "00:01"},
        "fulfilled_by": {"source": "manual"},
        "consequence": {"missed": {"kind": "money", "amount": {"amount": "-20.00", "currency": "CNY"}}},
    });
    let body = json!({"code": "duty-rule/daily", "title": "日报", "content": rule, "clause": "演练",
        "effective_from": today});
    let draft = admin.post("/api/v1/policies", body).expect(201).text("/id");
    admin.at(1).act(&format!("/api/v1/policies/{draft}/publish")).expect(200);
    program.kill();
    place
}

/// Asks until a server takes it in: one that was stopped holds locks until they are taken from it, and one that comes back finds
/// its connections gone. Both say 503, and nothing was done.
fn taken_in(ask: impl Fn() -> Reply) -> Reply {
    let reply = RefCell::new(None);
    wait("a server takes it in", || {
        let said = ask();
        let is_taken = said.status != 503;
        reply.replace(Some(said));
        is_taken
    });
    reply.into_inner().expect("it was asked")
}

/// Makes a department at two servers at once under one key; its id.
fn made(at: [&Caller; 2], number: usize) -> String {
    let key = format!("department-{number}");
    let body = json!({"code": format!("d{number}"), "name_zh": format!("部门{number}")});
    let runners = at.map(|caller| {
        let (key, body) = (key.as_str(), body.clone());
        let ask = move || caller.once(key).post("/api/v1/departments", body.clone());
        Box::new(move || taken_in(ask).expect(201).text("/id")) as Box<dyn FnOnce() -> String + Send>
    });
    let ids = race(runners.into());
    assert_eq!(ids[0], ids[1], "one key is one department, whichever server is asked");
    ids[0].clone()
}

/// Waits until something is so, however slow the machine is; but not for ever.
#[track_caller]
fn wait(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{what}");
}

fn behind_a_pooler_three_servers_do_each_thing_once(app: App) {
    // A file has no pooler.
    if app.engine == Engine::Sqlite {
        return;
    }
    drop(app);
    let postgres = PrivatePostgres::start(&["max_connections=40"]).expect("a PostgreSQL");
    let Some(pooler) = PrivatePooler::start(&postgres, "postgres", SESSIONS) else {
        eprintln!("skipped: behind_a_pooler_three_servers_do_each_thing_once needs pgbouncer");
        return;
    };
    let (home, direct) = (Home::of(pooler.url()), Home::of(postgres.url("postgres")));
    let (zone, erp) = (zone(), Receiver::listen());
    let place = prepare(&home, &zone, &erp);
    let programs: Vec<Program> = thread::scope(|scope| {
        let starts = (0..3).map(|_| scope.spawn(|| Program::start_with(&home, &settings(&zone))));
        let starts: Vec<_> = starts.collect();
        starts.into_iter().map(|start| start.join().expect("it started")).collect()
    });
    let callers: Vec<Caller> = programs.iter().map(sign_in).collect();
    // One stops in the midst of whatever it does; the others go on.
    programs[1].pause();
    let ids: Vec<String> = (0..DEPARTMENTS).map(|number| made([&callers[0], &callers[2]], number)).collect();
    thread::sleep(STOPPED);
    programs[1].resume();
    for (number, id) in ids.iter().enumerate() {
        assert_eq!(made([&callers[1], &callers[1]], number), *id, "it answers as the others did");
    }
    let count =
        |query: &str| direct.number(Engine::Postgres, &format!("SELECT COUNT(*) AS number FROM {query}"));
    wait("the import comes to its end", || {
        taken_in(|| callers[1].get(&place)).expect(200).text("/status") == "succeeded"
    });
    wait("all duties are missed", || count("events WHERE kind = 'duty.missed'") >= PEOPLE);
    let told = || told_of(&erp).len() >= DEPARTMENTS;
    wait("the other system is told of all departments", told);
    for program in programs {
        program.terminate();
        assert!(program.wait().success(), "it ends of its own accord");
    }
    each_happened_once(&home, &direct, &zone, &erp);
}

/// What the other system was told, by the id of the message: one that a server was stopped over comes again under its id.
fn told_of(erp: &Receiver) -> BTreeMap<String, i64> {
    erp.got().iter().map(|got| (got.id(), got.sequence())).collect()
}

fn each_happened_once(home: &Home, direct: &Home, zone: &str, erp: &Receiver) {
    let count =
        |query: &str| direct.number(Engine::Postgres, &format!("SELECT COUNT(*) AS number FROM {query}"));
    assert_eq!(count("employees"), PEOPLE + IMPORTED, "nobody is taken in twice");
    assert_eq!(count("departments"), i64::try_from(DEPARTMENTS + 1).expect("a few"));
    assert_eq!(count("duties WHERE rule_code = 'duty-rule/daily'"), count("duties"));
    let (missed, entries) = (count("duties WHERE tallied = 'missed'"), count("incentive_entries"));
    assert_eq!(missed, entries, "one entry for each that was missed");
    let program = Program::start_with(home, &settings(zone));
    let feed = whole_feed(&sign_in(&program));
    program.kill();
    let of = |kind: &str| feed.iter().filter(|event| event["kind"] == kind).collect::<Vec<_>>();
    let distinct = |events: &[&Value]| {
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        events.iter().for_each(|event| *by.entry(event["entity"].to_string()).or_default() += 1);
        by
    };
    for kind in ["duty.missed", "incentive_entry.proposed", "employee.hired"] {
        let (events, by) = (of(kind), distinct(&of(kind)));
        assert!(!events.is_empty() && by.values().all(|times| *times == 1), "{kind}: {by:?}");
    }
    let raised: u64 = of("duty.batch_raised").iter().filter_map(|told| told["facts"]["count"].as_u64()).sum();
    let joined = count("duties") - i64::try_from(raised).expect("a few");
    assert_eq!(joined, 0, "each was raised in one batch");
    let mut told: Vec<i64> = told_of(erp).into_values().collect();
    told.sort_unstable();
    // The first was there before anybody was to be told.
    let wanted = feed.iter().filter(|event| event["entity_kind"] == "department").skip(1);
    let wanted: Vec<i64> = wanted.filter_map(|event| event["sequence"].as_i64()).collect();
    assert_eq!(told, wanted, "the other system was told of each once");
    verified(direct, "audit");
    let board = Program::run(direct, &["duty", "verify"]);
    assert!(board.status.success(), "{board:?}");
}
