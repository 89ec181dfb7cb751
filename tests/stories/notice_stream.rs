//! What concerns somebody reaches them as it happens, on whichever server they listen: notices, tasks, approvals; and a screen
//! at the door hears that the queue moved, and of nobody. `[NOT-3, NOT-3a, QUE-1]`

use crate::{expense_request::act, ownership::Site};
use chrono::Duration;
use serde_json::{Value, json};
use std::{thread, time::Duration as Wait, time::Instant};
use tests::{App, Caller, Company, Listener, PASSWORD, Program, stories};

stories! {
    what_concerns_somebody_is_told_on_whichever_server_they_listen,
    who_comes_again_hears_what_they_missed_once_and_in_order,
    who_was_away_too_long_reads_the_lists_anew,
    a_ticket_opens_one_stream_once,
    a_stream_ends_with_the_access_of_whoever_listens,
    five_streams_of_one_account_are_enough,
    a_screen_at_the_door_hears_that_the_queue_moved_and_of_nobody,
    a_server_that_ends_waits_for_no_stream,
    a_stream_that_is_silent_shows_that_it_is_alive,
}

const STREAM: &str = "/api/v1/me/notices/stream";
const TICKETS: &str = "/api/v1/stream-tickets";

/// Announces something to somebody; the director publishes.
fn announce(company: &Company, to: &str) {
    let director = company.who("director");
    let body =
        json!({"title": "值班安排", "text": "值班表如下", "audience": {"employee_ids": [company.id(to)]}});
    let place = director.post("/api/v1/announcements", body).expect(201).header("location").expect("a place");
    act(director, &place, "publish", json!({})).expect(200);
}

fn kinds(listener: &mut Listener, count: usize) -> Vec<String> {
    (0..count).map(|_| listener.hear().event).collect()
}

fn what_concerns_somebody_is_told_on_whichever_server_they_listen(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut here = lan.listen(STREAM);
    let mut elsewhere = lan.at_server_of(&app.anonymous_elsewhere()).listen(STREAM);
    let mut of_another = company.who("rep").listen(STREAM);
    announce(&company, "lan");
    let heard = here.hear();
    assert_eq!(heard.event, "announcement.published");
    assert_eq!((&heard.data["kind"], &heard.data["sequence"]), (&json!(heard.event), &json!(heard.id)));
    assert_eq!(heard.data["entity_kind"], "notice");
    let notice = format!("/api/v1/notices/{}", heard.data["entity"].as_str().expect("an id"));
    assert_eq!(lan.get(&notice).expect(200).text("/title"), "值班安排");
    assert!(!heard.data.to_string().contains("值班"), "what it says is asked for: {}", heard.data);
    assert_eq!(elsewhere.hear(), heard, "each server reads the same feed");
    let version = lan.get(&notice).expect(200).version();
    lan.at(version).act(&format!("{notice}/read")).expect(200);
    let task = json!({"title": "补齐附件", "owner_id": company.id("lan"), "due_on": "2026-03-20"});
    company.who("head").post("/api/v1/tasks", task).expect(201);
    let then = kinds(&mut here, 2);
    assert_eq!(then[0], "notice.read", "the reader's other windows know as well");
    assert!(then[1].starts_with("task.") || then[1].starts_with("duty."), "{then:?}");
    let (claim, _) = company.submitted("lan", 100);
    let mut waits = company.who("head").with("Last-Event-ID", heard.id.to_string()).listen(STREAM);
    let told = loop {
        let message = waits.hear();
        if message.event == "approval.task_opened" {
            break message;
        }
    };
    assert_eq!(told.data["entity_kind"], "approval");
    assert!(!claim.is_empty());
    announce(&company, "rep");
    assert_eq!(of_another.hear().event, "announcement.published", "nothing of others came before it");
}

fn who_comes_again_hears_what_they_missed_once_and_in_order(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut first = lan.listen(STREAM);
    announce(&company, "lan");
    let last = first.hear().id;
    drop(first);
    announce(&company, "lan");
    announce(&company, "rep");
    announce(&company, "lan");
    let path = format!("{STREAM}?last_event_id={last}");
    for mut again in [lan.with("Last-Event-ID", last.to_string()).listen(STREAM), lan.listen(&path)] {
        announce(&company, "lan");
        let mut ids = vec![again.hear().id, again.hear().id, again.hear().id];
        assert!(ids.is_sorted() && ids[0] > last, "{ids:?} behind {last}");
        ids.dedup();
        assert_eq!(ids.len(), 3, "each once");
    }
    for bad in ["x", "-1", "99999999999999999999999"] {
        lan.with("Last-Event-ID", bad).get(STREAM).refuses(400, "http.bad_header");
        lan.get(&format!("{STREAM}?last_event_id={bad}")).refuses(400, "http.bad_parameter");
    }
    lan.get(&format!("{STREAM}?colour=red")).refuses(400, "http.unknown_parameter");
}

fn who_was_away_too_long_reads_the_lists_anew(app: App) {
    let mut company = app.company();
    let mut first = company.who("lan").listen(STREAM);
    announce(&company, "lan");
    let last = first.hear().id;
    announce(&company, "lan");
    let mut ahead = company.who("lan").listen(&format!("{STREAM}?last_event_id=900000"));
    assert_eq!(ahead.hear().event, "resync", "there is no such place yet");
    app.advance(Duration::hours(25));
    company.sign_in_again(&app);
    let mut again = company.who("lan").listen(&format!("{STREAM}?last_event_id={last}"));
    assert_eq!(again.hear().event, "resync");
    announce(&company, "lan");
    assert_eq!(again.hear().event, "announcement.published", "from here on nothing is missed");
}

fn ticket(by: &Caller) -> String {
    by.post(TICKETS, json!({"path": STREAM})).expect(201).text("/ticket")
}

fn a_ticket_opens_one_stream_once(app: App) {
    let company = app.company();
    let (lan, browser) = (company.who("lan"), app.anonymous());
    let path = format!("{STREAM}?ticket={}", ticket(lan));
    let mut heard = browser.listen(&path);
    browser.get(&path).refuses(401, "http.unauthenticated");
    announce(&company, "lan");
    assert_eq!(heard.hear().event, "announcement.published");
    let late = format!("{STREAM}?ticket={}", ticket(lan));
    app.advance(Duration::seconds(30));
    browser.get(&late).refuses(401, "http.unauthenticated");
    // A ticket opens a stream, and nothing else.
    let other = format!("/api/v1/me?ticket={}", ticket(lan));
    browser.get(&other).refuses(401, "http.unauthenticated");
    let other =
        format!("/api/v1/sites/019ccccc-0000-7000-8000-00000000dead/queue-stream?ticket={}", ticket(lan));
    browser.get(&other).refuses(401, "http.unauthenticated");
    for path in ["/api/v1/notices", "/nowhere", "https://example.com/api/v1/me/notices/stream"] {
        lan.post(TICKETS, json!({"path": path})).refuses(422, "http.not_a_stream");
    }
    let ended = format!("{STREAM}?ticket={}", ticket(lan));
    lan.delete("/api/v1/sessions/current").expect(204);
    browser.get(&ended).refuses(401, "http.unauthenticated");
    heard.ends();
}

fn a_stream_ends_with_the_access_of_whoever_listens(app: App) {
    let company = app.company();
    let elsewhere = app.anonymous_elsewhere();
    let within_five_seconds = |mut heard: Vec<Listener>| {
        let begun = Instant::now();
        heard.iter_mut().for_each(Listener::ends);
        assert!(begun.elapsed() < Wait::from_secs(5), "{:?}", begun.elapsed());
    };
    let both = |by: &Caller| vec![by.listen(STREAM), by.at_server_of(&elsewhere).listen(STREAM)];
    let heard = both(company.who("rep"));
    company.who("rep").delete("/api/v1/sessions/current").expect(204);
    within_five_seconds(heard);
    let heard = both(company.who("lan"));
    let grant = company.grant_of("lan");
    let version = company.boss.get(&grant).expect(200).version();
    company.boss.at(version).act(&format!("{grant}/end")).expect(200);
    within_five_seconds(heard);
    company.who("lan").get(STREAM).refuses(403, "http.forbidden");
}

fn five_streams_of_one_account_are_enough(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut open: Vec<Listener> = (0..5).map(|_| lan.listen(STREAM)).collect();
    let refused = lan.get(STREAM).refuses(429, "http.too_many_streams");
    assert_eq!(refused.at("/params/limit"), 5);
    company.who("rep").listen(STREAM);
    open.pop();
    // Whoever goes away is noticed when they are told something.
    announce(&company, "lan");
    open.iter_mut().for_each(|one| drop(one.hear()));
    let begun = Instant::now();
    while lan.at_server_of(lan).with("X-Request-Id", "again").send("HEAD", STREAM, None).status != 200 {
        assert!(begun.elapsed() < Wait::from_secs(20), "the place is free again");
        thread::sleep(Wait::from_millis(200));
    }
    let full = app.elsewhere(|settings| settings.streams_max = 1);
    let _one = lan.at_server_of(&full).listen(STREAM);
    company.who("rep").at_server_of(&full).get(STREAM).refuses(503, "http.overloaded");
}

fn a_screen_at_the_door_hears_that_the_queue_moved_and_of_nobody(app: App) {
    let site = Site::open(&app);
    let path = format!("/api/v1/sites/{}/queue-stream", site.north);
    let ticket = site.head().post(TICKETS, json!({"path": path})).expect(201).text("/ticket");
    let mut screen = app.anonymous().listen(&format!("{path}?ticket={ticket}"));
    let order = json!([site.company.id("lan"), site.company.id("ming")]);
    let body = json!({"site_id": site.north, "order": order});
    let queue = site.head().post("/api/v1/reception-queues", body).expect(201);
    site.a().post("/api/v1/receptions", json!({"site_id": site.north, "visitor": "new"})).expect(201);
    let (set, moved) = (screen.hear(), screen.hear());
    assert_eq!(
        (set.event.as_str(), moved.event.as_str()),
        ("reception_queue.arranged", "reception_queue.moved")
    );
    assert_eq!(moved.data["entity"], queue.at("/id"));
    assert_eq!(moved.data["version"], 2, "by which the screen asks for the queue");
    let mut members: Vec<&str> =
        moved.data.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["at", "entity", "entity_kind", "kind", "sequence", "version"]);
    assert!(!moved.data.to_string().contains(site.company.id("lan")), "{}", moved.data);
    // An account for the screen needs no more than that: it sees the queue, and no customer.
    let boss = &site.company.boss;
    let role = json!({"code": "screen", "name_zh": "排号屏", "name_en": "Screen at the door",
        "permissions": ["reception-queue:watch"]});
    boss.post("/api/v1/roles", role).expect(201);
    let hung = app.hire(boss, "screen", &site.company.departments["marketing"], None);
    let wall = app.person(boss, "screen", &hung, "screen", "department");
    let ticket = wall.post(TICKETS, json!({"path": path})).expect(201).text("/ticket");
    let mut narrow = app.anonymous().listen(&format!("{path}?ticket={ticket}"));
    let place = format!("/api/v1/reception-queues/{}", queue.text("/id"));
    let shown = wall.get(&place).expect(200);
    assert_eq!(shown.text("/next/name"), "ming");
    site.head().at(shown.version()).post(&format!("{place}/suspend"), json!({"reason": "开盘"})).expect(200);
    assert_eq!(narrow.hear().event, "reception_queue.suspended");
    let listed = wall.get(&format!("/api/v1/reception-queues?site_id={}", site.north)).expect(200);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(1));
    for closed in ["/api/v1/customers", "/api/v1/receptions", "/api/v1/registrations", "/api/v1/sites"] {
        wall.get(closed).refuses(403, "http.forbidden");
    }
    wall.get(&format!("{place}/entries")).refuses(403, "http.forbidden");
    // Whoever sells in town hears nothing of this site.
    site.company.who("rep").get(&path).refuses(404, "http.not_found");
}

fn a_server_that_ends_waits_for_no_stream(app: App) {
    let company = app.company();
    drop(company);
    let home = app.home();
    drop(app);
    let program = Program::start(&home);
    let body = json!({"username": "lan", "password": PASSWORD});
    let token = program.caller(None).post("/api/v1/sessions", body).expect(201).text("/access_token");
    let caller = program.caller(Some(&token));
    let mut heard = caller.listen(STREAM);
    let begun = Instant::now();
    program.terminate();
    heard.ends();
    assert!(begun.elapsed() < Wait::from_secs(3), "whoever listens is sent away at once");
    assert!(program.wait().success(), "it ends of its own accord");
    assert!(begun.elapsed() < Wait::from_secs(15), "{:?}", begun.elapsed());
}

fn a_stream_that_is_silent_shows_that_it_is_alive(app: App) {
    let company = app.company();
    let mut heard = company.who("lan").listen(STREAM);
    thread::sleep(Wait::from_secs(17));
    announce(&company, "lan");
    let message = heard.hear();
    assert_eq!(message.data.get("entity_kind"), Some(&Value::from("notice")));
    assert_eq!(heard.heartbeats, 1, "a comment each fifteen seconds");
}
