//! Notices and announcements: published to an audience that is frozen then, read, answered, reminded once. `[NOT-1, NOT-1a,
//! NOT-1b, NOT-2]`

/// Who is reminded, and when.
pub mod reminder;
/// What these stories stand on.
mod scene;

use self::scene::{crowd, may};
use crate::{duty::attend as attend_duties, expense_request::act};
use chrono::Duration;
use serde_json::{Value, json};
use std::time::Instant;
use tests::{App, Caller, Company, Records, Reply, block_on, column, race, records, stories};

stories! {
    an_announcement_reaches_those_who_work_here_when_it_is_published,
    readers_reply_that_they_received_it_and_the_publisher_sees_who_has_not,
    an_answer_by_a_day_is_a_duty,
    what_is_withdrawn_reminds_nobody_and_asks_nothing,
    nobody_announces_beyond_their_reach_and_a_draft_is_its_writers_alone,
    of_publishing_and_changing_at_once_one_happens,
    ten_thousand_are_told_in_one_unit_of_work_and_asked_in_batches,
    what_is_wrong_with_an_announcement_is_said,
    who_mutes_a_kind_is_reminded_only_of_what_wants_something,
}

records! {
    "/api/v1/announcements/{id}" => an_announcement,
    "/api/v1/notices/{id}" => a_notice,
}

const ANNOUNCEMENTS: &str = "/api/v1/announcements";
const NOTICES: &str = "/api/v1/notices";

fn an_announcement(made: &Records<'_>) -> String {
    let body = body(json!({"employee_ids": [made.company.id("lan")]}));
    let id = made.post("head", "/api/v1/announcements/{id}", body);
    let place = format!("{ANNOUNCEMENTS}/{id}");
    act(made.company.who("head"), &place, "publish", json!({})).expect(200);
    id
}

fn a_notice(made: &Records<'_>) -> String {
    made.id("/api/v1/announcements/{id}");
    made.company.who("lan").get(NOTICES).expect(200).text("/data/0/id")
}

fn body(audience: Value) -> Value {
    json!({"title": "五一值班安排", "text": "值班表如下，请核对。", "audience": audience})
}

fn wanting(audience: Value, want: &str, answer_by: Option<&str>) -> Value {
    let mut body = body(audience);
    body["want"] = json!(want);
    body["answer_by"] = json!(answer_by);
    body
}

/// What somebody drafts; its place.
#[track_caller]
fn drafted(by: &Caller, body: Value) -> String {
    by.post(ANNOUNCEMENTS, body).expect(201).header("location").expect("a place")
}

/// What somebody published; its place.
#[track_caller]
fn published(by: &Caller, body: Value) -> String {
    let place = drafted(by, body);
    act(by, &place, "publish", json!({})).expect(200);
    place
}

/// Those who were sent something, by their numbers' names.
#[track_caller]
fn readers(company: &Company, by: &str, place: &str) -> Vec<&'static str> {
    let listed = company.who(by).get(&format!("{place}/receipts?limit=200")).expect(200).at("/data");
    let listed = listed.as_array().cloned().unwrap_or_default();
    let name = |row: &Value| company.name_of(row["reader"]["id"].as_str().unwrap_or_default());
    let mut names: Vec<_> = listed.iter().filter_map(name).collect();
    names.sort_unstable();
    names
}

/// The newest notice of somebody; its place.
#[track_caller]
fn notice(company: &Company, name: &str) -> String {
    let id = company.who(name).get(NOTICES).expect(200).text("/data/0/id");
    format!("{NOTICES}/{id}")
}

fn attend(app: &App) {
    block_on(api::attend_notices(&app.database)).expect("notices attended to");
}

/// How often something was told in the feed.
#[track_caller]
fn told(company: &Company, kind: &str) -> usize {
    let events = company.boss.get(&format!("/api/v1/events?kinds={kind}&limit=200")).expect(200).at("/data");
    events.as_array().map_or(0, Vec::len)
}

fn an_announcement_reaches_those_who_work_here_when_it_is_published(app: App) {
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let place = drafted(
        company.who("director"),
        body(json!({"department_ids": [marketing],
        "employee_ids": [company.id("rep"), company.id("director")]})),
    );
    let shown = company.who("director").get(&place).expect(200);
    assert_eq!(
        (shown.text("/number"), shown.text("/status"), shown.text("/kind"), shown.text("/want")),
        ("AN-2026-000001".into(), "draft".into(), "announcement".into(), "nothing".into())
    );
    assert_eq!(shown.at("/audience/departments/0/code"), "marketing");
    company.leave("ming");
    let done = act(company.who("director"), &place, "publish", json!({})).expect(200);
    assert_eq!((done.text("/status"), done.at("/receipts/sent")), ("published".into(), json!(3)));
    assert_eq!(
        readers(&company, "director", &place),
        ["head", "lan", "rep"],
        "the leaver and the publisher are not"
    );
    let late = app.hire(&company.boss, "late", marketing, Some(company.id("head")));
    let late = app.person(&company.boss, "late", &late, "sales-representative", "own");
    assert_eq!(late.get(NOTICES).expect(200).at("/data"), json!([]), "who joins later is not asked");
    // One event and one entry of the trail, however many they are.
    assert_eq!(told(&company, "announcement.published"), 1);
    let own = company.who("lan").get(&notice(&company, "lan")).expect(200);
    assert_eq!(
        (own.text("/title"), own.text("/text"), own.text("/publisher/name"), own.text("/state")),
        ("五一值班安排".into(), "值班表如下，请核对。".into(), "director".into(), "unread".into())
    );
    let changed = json!({"title": "端午值班安排"});
    let version = company.who("director").get(&place).expect(200).version();
    company.who("director").at(version).patch(&place, changed).refuses(409, "announcement.published_already");
    let correction = json!({"title": "更正", "text": "以此为准", "audience": {"everybody": true},
        "corrects_id": done.text("/id")});
    let correction = published(company.who("gm"), correction);
    assert_eq!(company.who("gm").get(&correction).expect(200).at("/corrects_id"), done.at("/id"));
    assert_eq!(
        company.who("gm").get(&correction).expect(200).at("/receipts/sent"),
        8,
        "all but gm and the leaver"
    );
}

fn readers_reply_that_they_received_it_and_the_publisher_sees_who_has_not(app: App) {
    let company = app.company();
    let audience = json!({"department_ids": [company.departments["marketing"]]});
    let place = published(company.who("head"), wanting(audience, "received", None));
    let mine = notice(&company, "lan");
    let shown = company.who("lan").get(&mine).expect(200);
    let enabled = |action: &str| {
        let actions = shown.at("/actions");
        let found = actions.as_array().into_iter().flatten().find(|one| one["name"] == action).cloned();
        found.unwrap_or_default()["allowed"].clone()
    };
    assert_eq!(
        (enabled("read"), enabled("receive"), enabled("answer")),
        (json!(true), json!(true), json!(false))
    );
    act(company.who("lan"), &mine, "answer", json!({"text": "好的"})).refuses(409, "announcement.not_wanted");
    let received = act(company.who("lan"), &mine, "receive", json!({})).expect(200);
    assert_eq!((received.text("/state"), received.at("/read_at").is_null()), ("received".into(), false));
    act(company.who("lan"), &mine, "receive", json!({})).refuses(409, "announcement.answered");
    let ming = notice(&company, "ming");
    assert_eq!(act(company.who("ming"), &ming, "read", json!({})).expect(200).text("/state"), "read");
    let again = act(company.who("ming"), &ming, "read", json!({})).expect(200);
    assert_eq!(again.version(), 2, "the first reading counts");
    company.who("rep").get(&mine).refuses(404, "http.not_found");
    let counts = company.who("head").get(&place).expect(200).at("/receipts");
    assert_eq!(
        counts,
        json!({"sent": 2, "unread": 0, "read": 2, "received": 1, "answered": 0, "reminded": 0})
    );
    let waiting =
        company.who("head").get(&format!("{place}/receipts?state=unread,read")).expect(200).at("/data");
    assert_eq!(waiting.as_array().map(Vec::len), Some(1));
    assert_eq!(waiting.pointer("/0/reader/name"), Some(&json!("ming")));
    company.who("lan").get(&format!("{place}/receipts")).refuses(403, "http.forbidden");
}

fn an_answer_by_a_day_is_a_duty(app: App) {
    let company = app.company();
    let marketing = json!({"department_ids": [company.departments["marketing"]]});
    published(company.who("head"), wanting(marketing, "answer", Some("2026-03-09")));
    let owed = company.who("lan").get("/api/v1/duties").expect(200);
    assert_eq!(owed.at("/data").as_array().map(Vec::len), Some(1));
    assert_eq!(
        (owed.text("/data/0/status"), owed.text("/data/0/due_at")),
        ("open".into(), "2026-03-09T16:00:00.000000Z".into())
    );
    let mine = notice(&company, "lan");
    act(company.who("lan"), &mine, "receive", json!({})).refuses(409, "announcement.not_wanted");
    let answered = act(company.who("lan"), &mine, "answer", json!({"text": "已核对，无误"})).expect(200);
    assert_eq!(
        (answered.text("/state"), answered.text("/answer")),
        ("answered".into(), "已核对，无误".into())
    );
    act(company.who("lan"), &mine, "answer", json!({"text": "改口"})).refuses(409, "announcement.answered");
    let done = company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/notice-answer").expect(200);
    let mut states = column(&done.at("/data"), "status");
    states.sort_unstable();
    assert_eq!(states, ["on_time", "open"]);
}

fn what_is_withdrawn_reminds_nobody_and_asks_nothing(app: App) {
    let mut company = app.company();
    let marketing = json!({"department_ids": [company.departments["marketing"]]});
    let place = published(company.who("head"), wanting(marketing, "answer", Some("2026-03-09")));
    act(company.who("head"), &place, "withdraw", json!({"reason": ""})).expect(422);
    act(company.who("director"), &place, "withdraw", json!({"reason": "日期有误"}))
        .refuses(403, "announcement.not_publisher");
    let gone = act(company.who("head"), &place, "withdraw", json!({"reason": "日期有误"})).expect(200);
    assert_eq!((gone.text("/status"), gone.text("/reason")), ("withdrawn".into(), "日期有误".into()));
    act(company.who("head"), &place, "withdraw", json!({"reason": "日期有误"}))
        .refuses(409, "announcement.is_withdrawn");
    let mine = notice(&company, "lan");
    let shown = company.who("lan").get(&mine).expect(200);
    assert_eq!((shown.at("/is_withdrawn"), shown.text("/reason")), (json!(true), "日期有误".into()));
    act(company.who("lan"), &mine, "answer", json!({"text": "好"})).refuses(409, "announcement.is_withdrawn");
    let duties = company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/notice-answer").expect(200);
    assert_eq!(column(&duties.at("/data"), "status"), ["cancelled", "cancelled"]);
    app.advance(Duration::hours(30));
    company.sign_in_again(&app);
    attend(&app);
    attend_duties(&app);
    assert_eq!(told(&company, "notice.reminded"), 0);
    assert_eq!(act(company.who("lan"), &mine, "read", json!({})).expect(200).text("/state"), "read");
}

fn nobody_announces_beyond_their_reach_and_a_draft_is_its_writers_alone(app: App) {
    let company = app.company();
    let everybody = drafted(company.who("head"), body(json!({"everybody": true})));
    let refused = act(company.who("head"), &everybody, "publish", json!({}))
        .refuses(403, "announcement.readers_out_of_reach");
    assert_eq!(refused.at("/params/count"), 6, "all but lan and ming");
    company.who("director").get(&everybody).refuses(404, "http.not_found");
    company.boss.get(&everybody).refuses(404, "http.not_found");
    company.who("lan").post(ANNOUNCEMENTS, body(json!({"everybody": true}))).refuses(403, "http.forbidden");
    company
        .boss
        .post(ANNOUNCEMENTS, body(json!({"everybody": true})))
        .refuses(403, "announcement.no_publisher");
    let place = published(company.who("head"), body(json!({"employee_ids": [company.id("lan")]})));
    company.who("director").get(&place).expect(200);
    company.who("qian").get(&place).refuses(403, "http.forbidden");
    let own = company.who("director").get(ANNOUNCEMENTS).expect(200).at("/data");
    assert_eq!(column(&own, "status"), ["published"], "of the department below, and no draft");
}

fn of_publishing_and_changing_at_once_one_happens(app: App) {
    let company = app.company();
    let place = drafted(company.who("head"), body(json!({"employee_ids": [company.id("lan")]})));
    let head = company.who("head").at(1);
    let runners: Vec<Box<dyn FnOnce() -> Reply + Send>> = vec![
        Box::new(|| head.act(&format!("{place}/publish"))),
        Box::new(|| head.act(&format!("{place}/publish"))),
        Box::new(|| head.patch(&place, json!({"title": "改题"}))),
    ];
    let mut statuses: Vec<u16> = race(runners).iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412]);
    assert!(app.count_rows("announcement_receipts") <= 1);
    app.prove_no_circle();
}

fn ten_thousand_are_told_in_one_unit_of_work_and_asked_in_batches(app: App) {
    let company = app.company();
    crowd(&app, &company.departments["sales"]);
    let audience = json!({"everybody": true});
    let place = drafted(company.who("gm"), wanting(audience, "answer", Some("2026-03-09")));
    let begun = Instant::now();
    let done = act(company.who("gm"), &place, "publish", json!({})).expect(200);
    let took = begun.elapsed();
    println!("ten thousand readers on {}: published in {} ms", app.engine, took.as_millis());
    assert_eq!(done.at("/receipts/sent"), 10_008);
    assert_eq!(app.count_rows("announcement_receipts"), 10_008);
    let asked = |company: &Company| {
        let all = "/api/v1/duties?whose=all&rule_code=duty-rule/notice-answer&limit=1&include_total=true";
        company.boss.get(all).expect(200).at("/total")
    };
    assert_eq!(asked(&company), 200, "the first at once");
    // Whoever answers before they were told was asked and has answered.
    let mine = notice(&company, "lan");
    act(company.who("lan"), &mine, "answer", json!({"text": "好"})).expect(200);
    let waiting =
        "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM announcement_receipts WHERE errand IS NOT NULL";
    assert!(app.number(waiting) > 9_000);
}

fn what_is_wrong_with_an_announcement_is_said(app: App) {
    let company = app.company();
    let head = company.who("head");
    let refused = head.post(ANNOUNCEMENTS, body(json!({}))).expect(422);
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/audience"]);
    let lan_and_ming = json!({"employee_ids": [company.id("lan"), company.id("ming")]});
    let mut notice = body(lan_and_ming);
    notice["kind"] = json!("notice");
    let refused = head.post(ANNOUNCEMENTS, notice).expect(422);
    assert_eq!(column(&refused.at("/errors"), "code"), ["announcement.one_reader"]);
    let lan = || json!({"employee_ids": [company.id("lan")]});
    let refused = head.post(ANNOUNCEMENTS, wanting(lan(), "answer", None)).expect(422);
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/answer_by"]);
    let refused = head.post(ANNOUNCEMENTS, wanting(lan(), "read", Some("2026-03-09"))).expect(422);
    assert_eq!(column(&refused.at("/errors"), "code"), ["announcement.no_answer_wanted"]);
    let refused = head.post(ANNOUNCEMENTS, wanting(lan(), "answer", Some("2026-03-04"))).expect(422);
    assert_eq!(column(&refused.at("/errors"), "code"), ["announcement.answer_in_past"]);
    let nobody = json!({"employee_ids": ["019ccccc-0000-7000-8000-00000000dead"]});
    head.post(ANNOUNCEMENTS, body(nobody)).refuses(422, "validation.unknown_reference");
    let alone = drafted(head, body(json!({"employee_ids": [company.id("head")]})));
    let refused = act(head, &alone, "publish", json!({})).expect(422);
    assert_eq!(column(&refused.at("/errors"), "code"), ["announcement.no_readers"]);
    act(head, &alone, "withdraw", json!({"reason": "作废"})).refuses(409, "announcement.not_published");
    let revised = head.at(1).patch(&alone, json!({"audience": {"employee_ids": [company.id("lan")]}}));
    assert_eq!(revised.expect(200).at("/audience/employees/0/name"), json!("lan"));
}

fn who_mutes_a_kind_is_reminded_only_of_what_wants_something(app: App) {
    let mut company = app.company();
    may(&app, &mut company, 11, (11, 30));
    let preferences = "/api/v1/notice-preferences";
    assert_eq!(company.who("lan").get(preferences).expect(200).at("/muted"), json!([]));
    let muted = json!({"muted": ["announcement"]});
    let said = company.who("lan").put(preferences, muted.clone()).expect(200);
    assert_eq!(said.at("/muted"), json!(["announcement"]));
    assert_eq!(told(&company, "notice_preference.changed"), 1);
    company.who("lan").put(preferences, muted).expect(200);
    assert_eq!(told(&company, "notice_preference.changed"), 1, "again, nothing changes");
    let both = json!({"employee_ids": [company.id("lan"), company.id("ming")]});
    published(company.who("head"), body(both.clone()));
    published(company.who("head"), wanting(both, "received", None));
    may(&app, &mut company, 11, (15, 30));
    attend(&app);
    // 小明 of both; 兰兰 of the one that wants 收到. Both stand in her list.
    assert_eq!(told(&company, "notice.reminded"), 3);
    let mine = company.who("lan").get(NOTICES).expect(200).at("/data");
    let reminded: Vec<bool> =
        mine.as_array().into_iter().flatten().map(|notice| !notice["reminded_at"].is_null()).collect();
    assert_eq!(reminded, [true, false], "the newest first: {mine}");
    let nobody = json!({"muted": []});
    company.boss.put(preferences, nobody.clone()).refuses(403, "notice_preference.no_employee");
    assert_eq!(company.who("lan").put(preferences, nobody).expect(200).at("/muted"), json!([]));
}
