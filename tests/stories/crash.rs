//! The real binary is killed with SIGKILL in the midst of writing, again and again. What it answered is there,
//! nothing is half there, and a retry with its idempotency key never does a thing twice. `[INT-2, AUD-1]`

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tests::{ADMINISTRATOR, App, Caller, Home, Program, stories};

stories! {
    killed_ten_times_nothing_answered_is_lost_nothing_is_half_nothing_is_twice,
}

/// How often it is killed; the claims of `crash_claim` are killed as often again.
pub(crate) const ROUNDS: u32 = 10;
pub(crate) const WRITERS: u32 = 6;
/// How much is answered before it is killed.
const ANSWERS_MIN: usize = 8;

/// What was sent under each key, and where it led: `None` while nobody has answered.
#[derive(Default)]
struct Sent(Mutex<BTreeMap<String, Option<String>>>);

impl Sent {
    fn note(&self, key: &str, location: Option<String>) {
        self.0.lock().expect("the notes").insert(key.to_owned(), location);
    }
    fn answered(&self) -> usize {
        self.0.lock().expect("the notes").values().flatten().count()
    }
    fn unanswered(&self) -> Vec<String> {
        let notes = self.0.lock().expect("the notes");
        notes.iter().filter(|(_, location)| location.is_none()).map(|(key, _)| key.clone()).collect()
    }
}

fn body(key: &str) -> Vec<u8> {
    let draft = json!({
        "code": format!("price-order/{key}"), "title": format!("演练 {key}"),
        "effective_from": "2099-01-01", "content": {"keys": []}, "clause": "演练",
    });
    draft.to_string().into_bytes()
}

/// Sends what belongs to a key; notes the answer, if one comes. Whether one came.
fn write(caller: &Caller, key: &str, sent: &Sent) -> bool {
    let answer = caller.once(key).attempt("POST", "/api/v1/policies", Some(("application/json", body(key))));
    match answer {
        Some(reply) if reply.status == 201 => sent.note(key, reply.header("location")),
        Some(reply) => panic!("{key}: {reply}"),
        None => return false,
    }
    true
}

fn sign_in(program: &Program) -> String {
    let (username, password) = ADMINISTRATOR;
    let body = json!({"username": username, "password": password});
    program.caller(None).post("/api/v1/sessions", body).expect(201).text("/access_token")
}

/// Many write at once until the program is killed under their hands.
fn one_round(round: u32, home: &Home, sent: &Sent) {
    let program = Program::start(home);
    let token = sign_in(&program);
    let caller = program.caller(Some(&token));
    // What the last kill left in doubt is asked for again.
    for key in sent.unanswered() {
        assert!(write(&caller, &key, sent), "no answer to the retry of {key}");
    }
    let (over, answered) = (AtomicBool::new(false), sent.answered());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (caller, over) = (caller.clone(), &over);
            scope.spawn(move || {
                for n in 0.. {
                    let key = format!("r{round}-w{writer}-n{n}");
                    sent.note(&key, None);
                    if !write(&caller, &key, sent) || over.load(Ordering::SeqCst) {
                        break;
                    }
                }
            });
        }
        // However slow the machine is, something was written; but this is not waited for for ever.
        for _ in 0..6_000 {
            if sent.answered() >= answered + ANSWERS_MIN {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        // Not always at the same moment of a write.
        thread::sleep(Duration::from_millis(u64::from(round * 37 % 90)));
        program.kill();
        over.store(true, Ordering::SeqCst);
    });
}

pub(crate) fn everything_of(caller: &Caller, path: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}?limit=200{cursor}")).expect(200);
        all.extend(page.at("/data").as_array().cloned().unwrap_or_default());
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// Every event there ever was, in their order, which has no gap.
pub(crate) fn whole_feed(caller: &Caller) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(0, |event| event["sequence"].as_i64().unwrap_or_default());
        let page = caller.get(&format!("/api/v1/events?limit=200&after={after}")).expect(200);
        let events = page.at("/data").as_array().cloned().unwrap_or_default();
        if events.is_empty() {
            for (place, event) in (1..).zip(&all) {
                assert_eq!(event["sequence"], json!(place), "the feed has a gap");
            }
            return all;
        }
        all.extend(events);
    }
}

fn killed_ten_times_nothing_answered_is_lost_nothing_is_half_nothing_is_twice(app: App) {
    let engine = app.engine;
    drop(app);
    let (home, sent) = (engine.fresh(), Sent::default());
    for round in 0..ROUNDS {
        one_round(round, &home, &sent);
    }
    let in_doubt = sent.unanswered();
    let program = Program::start(&home);
    let token = sign_in(&program);
    let caller = program.caller(Some(&token));
    for key in in_doubt {
        assert!(write(&caller, &key, &sent), "no answer to the retry of {key}");
    }
    let sent = sent.0.into_inner().expect("the notes");
    let least = ANSWERS_MIN * usize::try_from(ROUNDS).expect("a small number");
    assert!(sent.len() >= least, "hardly anything was written in all rounds: {}", sent.len());
    nothing_is_lost_or_doubled(&caller, &sent);
    nothing_is_half(&caller, &home, sent.len());
}

/// The key under which a policy was written in a round: none of those that come with the product.
fn of_a_round(code: &str) -> Option<&str> {
    let key = code.strip_prefix("price-order/")?;
    key.strip_prefix('r')?.starts_with(|first: char| first.is_ascii_digit()).then_some(key)
}

fn nothing_is_lost_or_doubled(caller: &Caller, sent: &BTreeMap<String, Option<String>>) {
    let mut drafted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for policy in everything_of(caller, "/api/v1/policies") {
        let key = policy["code"].as_str().and_then(of_a_round);
        if let Some(key) = key.map(str::to_owned) {
            drafted.entry(key).or_default().push(policy);
        }
    }
    assert!(drafted.keys().eq(sent.keys()), "what was sent and what is there differ");
    for (key, location) in sent {
        let versions = &drafted[key];
        assert_eq!(versions.len(), 1, "{key} was done {} times", versions.len());
        let id = versions[0]["id"].as_str().expect("an id");
        let answered = location.as_deref().expect("an answer by now");
        assert!(answered.ends_with(id), "{key} was answered with {answered} and led to {id}");
    }
}

fn nothing_is_half(caller: &Caller, home: &Home, written: usize) {
    let feed = whole_feed(caller);
    let drafted = feed.iter().filter(|event| event["kind"] == "policy.drafted");
    let drafted = drafted.filter(|event| event["facts"]["code"].as_str().and_then(of_a_round).is_some());
    assert_eq!(drafted.count(), written, "not one event for each thing that was written");
    let said = verified(home, "audit");
    assert!(said["broken_at"].is_null(), "{said}");
    assert!(said["entries"].as_u64() >= u64::try_from(written).ok(), "{said}");
}

/// What the binary says of the database when it verifies `audit` or `ledger`; fails where it is not whole.
#[track_caller]
pub(crate) fn verified(home: &Home, what: &str) -> Value {
    let verdict = Program::run(home, &[what, "verify", "--json"]);
    assert!(verdict.status.success(), "{what}: {verdict:?}");
    serde_json::from_slice(&verdict.stdout).expect("a verdict in JSON")
}
