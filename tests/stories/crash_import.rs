//! The real binary is killed with SIGKILL while it imports a company's people, again and again. Whoever comes next goes on behind
//! the last batch: everybody is there once, with one account and one role. `[OPR-2, INT-5a]`

use crate::{
    crash::{verified, whole_feed},
    file::hand_in,
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::{ADMINISTRATOR, App, Caller, Engine, Home, Program, stories};

stories! {
    killed_again_and_again_an_import_takes_everybody_once,
}

/// How often it is killed at most.
const ROUNDS: i64 = 20;
/// How many people there are: more than are taken between the kills.
const PEOPLE: i64 = 4_000;

fn sign_in(program: &Program) -> Caller {
    let (username, password) = ADMINISTRATOR;
    let body = json!({"username": username, "password": password});
    let token = program.caller(None).post("/api/v1/sessions", body).expect(201).text("/access_token");
    program.caller(Some(&token))
}

/// Everybody reports to the last.
fn people() -> String {
    let row = |n: i64| format!("{n:05},员工{n},sales,{PEOPLE:05},2026-01-05,是,销售代表\n");
    let first = format!("{PEOPLE:05},带头人,sales,无,2026-01-05,是,部门负责人\n");
    let headings = "工号,姓名,部门,上级工号,入职日期,开通账号,角色\n".to_owned();
    std::iter::once(headings).chain((1..PEOPLE).map(row)).chain([first]).collect()
}

/// The operation's state and how much of it is done.
fn standing(caller: &Caller, place: &str) -> (String, i64) {
    let shown = caller.get(place).expect(200);
    (shown.text("/status"), shown.at("/progress/done").as_i64().expect("a number"))
}

/// Waits until more is done than was, or it is over, however slow the machine is; not for ever.
fn wait_for_more(caller: &Caller, place: &str, than: i64) -> (String, i64) {
    for _ in 0..12_000 {
        let (status, done) = standing(caller, place);
        if done > than || status != "running" && status != "queued" {
            return (status, done);
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("nothing goes on with {place}");
}

/// As if a minute had passed: nobody holds it any more.
fn lease_runs_out(home: &Home, engine: Engine) {
    home.execute(engine, "UPDATE operations SET lease_until = NULL");
}

fn killed_again_and_again_an_import_takes_everybody_once(app: App) {
    let engine = app.engine;
    drop(app);
    let home = engine.fresh();
    let (mut place, mut done, mut kills) = (String::new(), 0, 0);
    for round in 0..ROUNDS {
        let program = Program::start(&home);
        let caller = sign_in(&program);
        if place.is_empty() {
            caller.post("/api/v1/departments", json!({"code": "sales", "name_zh": "销售部"})).expect(201);
            let handed =
                hand_in(&caller, "/api/v1/employees/import?partial=true", "员工.csv", people().as_bytes());
            place = handed.expect(202).header("location").expect("a place");
        }
        let (status, more) = wait_for_more(&caller, &place, done);
        assert!(more > done || status == "succeeded", "progress fell from {done} to {more}");
        done = more;
        if status == "succeeded" {
            break;
        }
        assert_eq!(status, "running");
        // Not always at the same moment of a batch.
        thread::sleep(Duration::from_millis(u64::try_from(round * 37 % 90).unwrap_or_default()));
        program.kill();
        kills += 1;
        lease_runs_out(&home, engine);
    }
    assert!(kills >= 3, "it was hardly ever killed under way: {kills}");
    let program = Program::start(&home);
    let caller = sign_in(&program);
    let mut status = standing(&caller, &place).0;
    while status == "running" || status == "queued" {
        status = wait_for_more(&caller, &place, done).0;
        done = standing(&caller, &place).1;
    }
    let shown = caller.get(&place).expect(200);
    assert_eq!((status.as_str(), done), ("succeeded", PEOPLE), "{shown}");
    assert_eq!(shown.at("/result/counts"), json!({"created": PEOPLE}));
    let count = |query: &str| home.number(engine, &format!("SELECT COUNT(*) AS number FROM {query}"));
    assert_eq!(count("employees"), PEOPLE);
    assert_eq!(count("employee_placements"), PEOPLE, "everybody was placed once");
    assert_eq!(count("users WHERE employee_id IS NOT NULL"), PEOPLE);
    assert_eq!(count("grants WHERE user_id IN (SELECT id FROM users WHERE employee_id IS NOT NULL)"), PEOPLE);
    let feed = whole_feed(&caller);
    let hired = feed.iter().filter(|event| event["kind"] == "employee.hired").count();
    assert_eq!(i64::try_from(hired), Ok(PEOPLE), "not one event for each");
    let said = verified(&home, "audit");
    assert!(said["broken_at"].is_null(), "{said}");
}
