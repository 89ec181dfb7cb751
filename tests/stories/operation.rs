//! What takes longer than a request may: how far it has come, what came of it, and that nothing of it happens twice, whoever
//! works on it. `[OPR-1, OPR-2, INT-5d]`

use crate::{customer_file::CUSTOMERS, file::hand_in};
use chrono::Duration;
use domain::{operation::Operation, spine::Id};
use persistence::{
    operation::deed,
    spine::{Request, StoredAnswer},
};
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_thousand_rows_are_answered_at_once_and_more_are_an_operation,
    the_same_key_answers_the_same_operation,
    whoever_waits_is_answered_as_soon_as_it_is_over,
    a_killed_workers_operation_is_taken_over_behind_its_last_batch,
    two_servers_take_each_row_once,
    of_three_operations_of_one_person_two_are_worked_on_at_once,
    two_servers_never_work_on_three_operations_of_one_person,
    what_is_cancelled_stops_before_its_next_batch_and_says_what_was_done,
    who_loses_access_half_way_does_no_more,
    an_api_key_that_is_revoked_half_way_does_no_more,
    what_five_workers_died_of_has_failed,
    all_or_nothing_is_rehearsed_first_and_then_written_at_once,
    a_rehearsal_of_many_rows_keeps_nothing,
    bad_rows_come_back_as_a_file_for_a_week,
    nobody_lets_many_wait_nor_hands_in_too_much,
}

records! {
    "/api/v1/operations/{id}" => an_operation,
}

const OPERATIONS: &str = "/api/v1/operations";
/// The fewest rows that are an operation.
const MANY: usize = 1_001;

fn an_operation(made: &Records<'_>) -> String {
    let place = queued(made.company.who("lan"), "?partial=true", &rows(MANY));
    place.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A file of so many customers.
fn rows(count: usize) -> String {
    rows_from(count, "138")
}

/// The same with phones that begin otherwise.
fn rows_from(count: usize, begin: &str) -> String {
    let row = |n: usize| format!("客户{n:05},{begin}{n:08}\n");
    std::iter::once("名称,电话\n".to_owned()).chain((1..=count).map(row)).collect()
}

/// The same with a phone in one row that is none.
fn spoilt(count: usize, row: usize) -> String {
    rows(count).replace(&format!("138{row:08}"), "123")
}

fn hand(by: &Caller, query: &str, rows: &str) -> Reply {
    hand_in(by, &format!("{CUSTOMERS}/import{query}"), "客户.csv", rows.as_bytes())
}

/// Hands in a file of many rows: the place of its operation.
#[track_caller]
fn queued(by: &Caller, query: &str, rows: &str) -> String {
    hand(by, query, rows).expect(202).header("location").expect("a place")
}

/// Works on what waits until it is over.
fn work(app: &App) {
    work_so_far(app, usize::MAX);
}

/// Does so many batches of what waits; then it is as if the worker had died.
fn work_so_far(app: &App, batches: usize) {
    block_on(api::work_on_operations(&app.database, batches)).expect("what waits was worked on");
}

#[track_caller]
fn state(by: &Caller, place: &str) -> (String, i64) {
    let shown = by.get(place).expect(200);
    (shown.text("/status"), shown.at("/progress/done").as_i64().expect("a number"))
}

fn is(state: &str, done: i64) -> (String, i64) {
    (state.to_owned(), done)
}

fn customers(app: &App) -> i64 {
    app.count_rows("customers")
}

fn a_thousand_rows_are_answered_at_once_and_more_are_an_operation(app: App) {
    let company = app.company();
    let (lan, ming) = (company.who("lan"), company.who("ming"));
    assert_eq!(hand(lan, "", &rows(MANY - 1)).expect(200).at("/created"), json!(1_000));
    let waits = hand(lan, "?partial=true", &rows(MANY)).expect(202);
    assert_eq!(
        (waits.text("/status"), waits.text("/kind"), waits.text("/title")),
        ("queued".into(), "customer_import".into(), "客户.csv".into())
    );
    let place = waits.header("location").expect("a place");
    assert_eq!(customers(&app), 1_000, "nothing is done before somebody works on it");
    ming.get(&place).expect(404);
    work(&app);
    let done = lan.get(&place).expect(200);
    assert_eq!(done.text("/status"), "succeeded");
    assert_eq!(done.at("/progress"), json!({"done": MANY, "total": MANY, "unit": "row", "phase": "write"}));
    assert_eq!(
        done.at("/result"),
        json!({"counts": {"created": 1, "unchanged": 1_000}, "href": null, "kept_until": null})
    );
    let listed = lan.get(&format!("{OPERATIONS}?status=succeeded&q=kehu&sort=-changed_at")).expect(200);
    assert_eq!(column(&listed.at("/data"), "title"), ["客户.csv"]);
    assert_eq!(ming.get(OPERATIONS).expect(200).at("/data"), json!([]));
    let told = lan.get("/api/v1/notices").expect(200);
    assert!(column(&told.at("/data"), "title")[0].contains("导入客户已完成"), "{told}");
}

fn the_same_key_answers_the_same_operation(app: App) {
    let company = app.company();
    let lan = company.who("lan").once("the-file-of-march");
    let first = queued(&lan, "?partial=true", &rows(MANY));
    let again = hand(&lan, "?partial=true", &rows(MANY)).expect(202);
    assert_eq!(again.header("location"), Some(first.clone()));
    assert_eq!(again.header("idempotent-replayed"), Some("true".into()));
    work(&app);
    assert_eq!(queued(&lan, "?partial=true", &rows(MANY)), first);
    assert_eq!((customers(&app), app.count_rows("operations")), (1_001, 1));
}

fn whoever_waits_is_answered_as_soon_as_it_is_over(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = queued(&lan.with("Prefer", "respond-async, wait=1"), "?partial=true", &rows(MANY));
    assert_eq!(
        lan.with("Prefer", "wait=1").get(&place).expect(200).text("/status"),
        "queued",
        "patience ends"
    );
    work(&app);
    let shown = lan.with("Prefer", "wait=10").get(&place).expect(200);
    assert_eq!(shown.text("/status"), "succeeded");
    lan.with("Prefer", "handling=lenient").get(&place).expect(200);
}

fn a_killed_workers_operation_is_taken_over_behind_its_last_batch(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = queued(lan, "?partial=true", &rows(MANY));
    work_so_far(&app, 3);
    assert_eq!(state(lan, &place), is("running", 300));
    work(&app);
    assert_eq!(state(lan, &place), is("running", 300), "its lease has not run out");
    app.advance(Duration::seconds(61));
    work_so_far(&app, 1);
    assert_eq!((state(lan, &place), customers(&app)), (is("running", 400), 400));
    let id: Id<Operation> = place.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    for (fence, holds) in [(1, false), (2, true)] {
        let hold = move |tx: &mut persistence::spine::Tx<'_>| {
            let body = deed::hold(tx, id, fence)?.to_string().into_bytes();
            Ok(StoredAnswer { body, ..StoredAnswer::default() })
        };
        let held = block_on(app.database.write(Request::system("worker"), hold)).expect("an answer");
        assert_eq!(held.answer.body, holds.to_string().into_bytes(), "the worker of taking {fence}");
    }
    app.advance(Duration::seconds(61));
    work(&app);
    assert_eq!((state(lan, &place), customers(&app)), (is("succeeded", 1_001), 1_001));
    assert_eq!(lan.get(&place).expect(200).at("/result/counts"), json!({"created": 1_001}));
}

fn two_servers_take_each_row_once(app: App) {
    let company = app.company();
    let (lan, ming) = (company.who("lan"), company.who("ming"));
    let first = queued(lan, "?partial=true", &rows(MANY));
    let second = queued(ming, "?partial=true", &rows_from(MANY, "139"));
    let server = || -> Box<dyn FnOnce() + Send + '_> { Box::new(|| work(&app)) };
    race(vec![server(), server()]);
    assert_eq!((state(lan, &first), state(ming, &second)), (is("succeeded", 1_001), is("succeeded", 1_001)));
    assert_eq!(customers(&app), 2_002);
    for (by, place) in [(lan, &first), (ming, &second)] {
        assert_eq!(by.get(place).expect(200).at("/result/counts"), json!({"created": 1_001}));
    }
    app.prove_no_circle();
}

fn of_three_operations_of_one_person_two_are_worked_on_at_once(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let places: Vec<String> = (0..3).map(|_| queued(lan, "?partial=true", &rows(MANY))).collect();
    work_so_far(&app, 1);
    let states = || places.iter().map(|place| state(lan, place)).collect::<Vec<_>>();
    assert_eq!(states(), [is("running", 100), is("running", 100), is("queued", 0)]);
    app.advance(Duration::seconds(61));
    work(&app);
    assert_eq!(states(), [is("succeeded", 1_001), is("succeeded", 1_001), is("succeeded", 1_001)]);
}

fn two_servers_never_work_on_three_operations_of_one_person(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    for _ in 0..4 {
        queued(lan, "?partial=true", &rows(MANY));
    }
    let server = || -> Box<dyn FnOnce() + Send + '_> { Box::new(|| work_so_far(&app, 0)) };
    race(vec![server(), server(), server()]);
    let listed = lan.get(&format!("{OPERATIONS}?status=running")).expect(200);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(2));
}

fn what_is_cancelled_stops_before_its_next_batch_and_says_what_was_done(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = queued(lan, "?partial=true", &rows(MANY));
    work_so_far(&app, 2);
    let version = lan.get(&place).expect(200).version();
    let asked = lan.at(version).act(&format!("{place}/cancel")).expect(200);
    assert_eq!((asked.text("/status"), asked.at("/is_cancelling")), ("running".into(), json!(true)));
    app.advance(Duration::seconds(61));
    work(&app);
    let stopped = lan.get(&place).expect(200);
    assert_eq!((state(lan, &place), customers(&app)), (is("cancelled", 200), 200));
    assert_eq!(stopped.at("/result/counts"), json!({"created": 200}));
    assert_eq!(stopped.text("/actions/0/refusal/code"), "operation.ended");
    lan.at(stopped.version()).act(&format!("{place}/cancel")).refuses(409, "operation.ended");
    let waits = queued(lan, "?partial=true", &rows(MANY));
    let cancelled = lan.at(1).act(&format!("{waits}/cancel")).expect(200);
    assert_eq!(cancelled.text("/status"), "cancelled", "nobody worked on it yet");
    assert_eq!(app.count_rows("operation_pieces"), 0, "what was handed in is dropped");
}

fn who_loses_access_half_way_does_no_more(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = queued(lan, "?partial=true", &spoilt(MANY, 7));
    work_so_far(&app, 2);
    let grant = company.grant_of("lan");
    let version = company.boss.get(&grant).expect(200).version();
    company.boss.at(version).act(&format!("{grant}/end")).expect(200);
    app.advance(Duration::seconds(61));
    work(&app);
    let failed = lan.get(&place).expect(200);
    assert_eq!((state(lan, &place), customers(&app)), (is("failed", 200), 199));
    assert_eq!(failed.text("/problem/code"), "operation.access_lost");
    lan.get(&format!("{place}/result")).refuses(403, "http.forbidden");
}

fn an_api_key_that_is_revoked_half_way_does_no_more(app: App) {
    let company = app.company();
    let service = json!({"username": "crm", "kind": "service", "name": "CRM"});
    let user = company.boss.post("/api/v1/users", service).expect(201).text("/id");
    app.grant(&company.boss, &user, "administrator", "all", None);
    let body = json!({"user_id": user, "name": "CRM", "scopes": ["organisation:manage"]});
    let issued = company.boss.post("/api/v1/api-keys", body).expect(201);
    let crm = app.with_token(&issued.text("/key"));
    let people: String = (0..MANY).map(|n| format!("S{n:05},员工{n},marketing,2026-01-05\n")).collect();
    let file = format!("工号,姓名,部门,入职日期\n{people}");
    let place = hand_in(&crm, "/api/v1/employees/import?partial=true", "员工.csv", file.as_bytes());
    let place = place.expect(202).header("location").expect("a place");
    let before = app.count_rows("employees");
    work_so_far(&app, 1);
    assert_eq!(app.count_rows("employees"), before + 100);
    let key = format!("/api/v1/api-keys/{}", issued.text("/api_key/id"));
    company.boss.at(1).act(&format!("{key}/revoke")).expect(200);
    app.advance(Duration::seconds(61));
    work(&app);
    assert_eq!(app.count_rows("employees"), before + 100);
    assert_eq!(app.number("SELECT COUNT(*) AS number FROM operations WHERE status = 'failed'"), 1);
    crm.get(&place).expect(401);
}

fn what_five_workers_died_of_has_failed(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place = queued(lan, "?partial=true", &rows(MANY));
    for _ in 0..5 {
        work_so_far(&app, 0);
        assert_eq!(state(lan, &place), is("running", 0));
        app.advance(Duration::seconds(61));
    }
    work(&app);
    let failed = lan.get(&place).expect(200);
    assert_eq!(
        (failed.text("/status"), failed.text("/problem/code")),
        ("failed".into(), "operation.tried_too_often".into())
    );
    let told = lan.get("/api/v1/notices").expect(200);
    assert!(column(&told.at("/data"), "title")[0].contains("导入客户未能完成"), "{told}");
}

fn all_or_nothing_is_rehearsed_first_and_then_written_at_once(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let bad = queued(lan, "", &spoilt(MANY, 812));
    work(&app);
    let failed = lan.get(&bad).expect(200);
    assert_eq!(
        (failed.text("/status"), failed.text("/progress/phase")),
        ("failed".into(), "rehearse".into())
    );
    assert_eq!((failed.text("/problem/code"), customers(&app)), ("import.rows_refused".into(), 0));
    assert_eq!(failed.text("/problem/en"), "1 rows are wrong; nothing was imported");
    let good = queued(lan, "", &rows(MANY));
    work_so_far(&app, 11);
    let rehearsed = lan.get(&good).expect(200);
    assert_eq!(
        rehearsed.at("/progress"),
        json!({"done": 1_001, "total": 2_002, "unit": "row", "phase": "write"})
    );
    assert_eq!(customers(&app), 0, "it was rehearsed, and no more");
    app.advance(Duration::seconds(61));
    work(&app);
    assert_eq!((state(lan, &good), customers(&app)), (is("succeeded", 2_002), 1_001));
    assert_eq!(lan.get(&good).expect(200).at("/result/counts"), json!({"created": 1_001}));
    // What no batch sees by itself shows when all is written: then too nothing stays.
    let twice = rows_from(MANY, "137").replace("客户01001,13700001001", "另一个,13700000001");
    let doubled = queued(company.who("rep"), "", &twice);
    work(&app);
    let failed = company.who("rep").get(&doubled).expect(200);
    assert_eq!((failed.text("/status"), customers(&app)), ("failed".into(), 1_001), "{failed}");
}

fn a_rehearsal_of_many_rows_keeps_nothing(app: App) {
    let company = app.company();
    // What a rehearsal tells of a thousand rows, only who supervises customers may ask.
    hand(company.who("lan"), "?rehearsal=true", &rows(MANY)).refuses(429, "customer_look_up.too_often");
    let head = company.who("head");
    hand(head, "?validate_only=true", &rows(MANY)).refuses(400, "http.bad_parameter");
    let place = queued(head, "?rehearsal=true", &spoilt(MANY, 3));
    work(&app);
    let done = head.get(&place).expect(200);
    assert_eq!((done.text("/status"), customers(&app)), ("succeeded".into(), 0));
    assert_eq!(done.at("/result/counts"), json!({"created": 1_000, "refused": 1}));
    assert_eq!(done.text("/progress/phase"), "rehearse");
    let few = hand(head, "?rehearsal=true", &rows(3)).expect(200);
    assert_eq!((few.at("/created"), few.at("/kept"), customers(&app)), (json!(3), json!(false), 0));
}

fn bad_rows_come_back_as_a_file_for_a_week(app: App) {
    let mut company = app.company();
    let bad = spoilt(MANY, 7).replace("13800000950", "12");
    let place = queued(company.who("lan"), "?partial=true", &bad);
    company.who("lan").get(&format!("{place}/result")).refuses(409, "operation.no_result");
    work(&app);
    let file = company.who("lan").get(&format!("{place}/result")).expect(200);
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "the headings and two rows of different batches: {text}");
    assert!(
        lines[0].ends_with("问题 Problems")
            && lines[1].starts_with("客户00007")
            && lines[2].starts_with("客户00950")
    );
    assert!(file.header("content-disposition").is_some_and(|name| name.contains("UTF-8''")), "{file}");
    // It is mended and handed in again as it is.
    let mended = text.replace("123", "13800000007").replace(",12,", ",13800000950,");
    assert_eq!(hand(company.who("lan"), "", &mended).expect(200).at("/created"), json!(2));
    app.advance(Duration::days(7));
    company.sign_in_again(&app);
    assert_eq!(company.who("lan").get(&place).expect(200).at("/result/href"), Value::Null);
    company.who("lan").get(&format!("{place}/result")).refuses(409, "operation.no_result");
}

fn nobody_lets_many_wait_nor_hands_in_too_much(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    hand(lan, "", &rows(10_001)).refuses(422, "operation.partly_only");
    for _ in 0..10 {
        queued(lan, "?partial=true", &rows(MANY));
    }
    hand(lan, "?partial=true", &rows(MANY)).refuses(429, "operation.too_many_waiting");
    hand(company.who("ming"), "?partial=true", &rows(100_001)).refuses(422, "import.too_large");
}
