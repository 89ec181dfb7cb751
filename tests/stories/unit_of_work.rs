//! Units of work that wait together share a commit, and nothing else.

use chrono::Duration;
use domain::spine::{BusinessDate, Clock, POLICY_UNKNOWN_KIND, Policy, PolicyStatus, Refusal};
use persistence::{
    policy,
    spine::{
        Answered, AuditVerdict, EngineKind, EventFilter, Failure, IdempotencyKey, Request, StoredAnswer, Tx,
        erase_content, list_events, verify_audit,
    },
};
use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration as Wait,
};
use tests::{App, WRITERS, stories};
use tokio::{sync::Notify, task::JoinHandle, time};
use uuid::Uuid;

stories! {
    each_of_many_waiting_units_meets_its_own_fate_and_the_ledgers_have_no_gap,
    a_key_sent_by_many_at_once_has_one_effect_and_one_answer,
    what_is_erased_from_the_trail_is_told_of_in_it,
    an_expired_key_is_as_good_as_a_new_one,
    no_reading_sees_less_than_was_answered_before_it_was_asked_for,
    who_must_wait_for_a_lock_holds_up_nobody_who_was_done_before,
}

fn draft(tx: &mut Tx<'_>, code: &str) -> Result<StoredAnswer, Failure> {
    let policy = Policy {
        id: tx.id(),
        code: code.to_owned(),
        number: policy::next_version_number(tx, code)?,
        title: code.to_owned(),
        status: PolicyStatus::Draft,
        effective_from: BusinessDate::from_ymd_opt(2026, 4, 1).expect("a day"),
        content: serde_json::json!({}),
        clause: String::new(),
        published: None,
        version: 0,
    };
    let drafted = policy::apply(tx, policy.draft())?;
    Ok(StoredAnswer { status: 201, body: drafted.id.to_string().into_bytes(), ..StoredAnswer::default() })
}

fn together<T>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T>
where
    T: Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let running: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
        let mut ended = Vec::new();
        for one in running {
            ended.push(one.await.expect("an end"));
        }
        ended
    })
}

fn versions(app: &App, code: &str) -> i32 {
    let (database, code) = (app.database.clone(), code.to_owned());
    let reading = async move {
        let request = Request::system("test");
        database.read(request, move |reader| Ok(policy::next_version_number(reader, &code)? - 1)).await
    };
    together(vec![reading]).remove(0).expect("a number")
}

fn each_of_many_waiting_units_meets_its_own_fate_and_the_ledgers_have_no_gap(app: App) {
    const UNITS: usize = 120;
    let units = (0..UNITS).map(|index| {
        let database = app.database.clone();
        async move {
            let work = move |tx: &mut Tx<'_>| {
                let answer = draft(tx, &format!("fate/{index}"))?;
                match index % 4 {
                    0 => Err(Refusal::new(POLICY_UNKNOWN_KIND).into()),
                    1 => panic!("a unit that panics (expected in this story)"),
                    _ => Ok(answer),
                }
            };
            let request = Request { rehearsal: index % 4 == 2, ..Request::system("test") };
            database.write(request, work).await
        }
    });
    for (index, outcome) in together(units.collect()).into_iter().enumerate() {
        let as_expected = match index % 4 {
            0 => matches!(outcome, Err(Failure::Refused(_))),
            1 => matches!(outcome, Err(Failure::Fault(_))),
            _ => outcome.is_ok(),
        };
        assert!(as_expected, "unit {index}: {outcome:?}");
        assert_eq!(versions(&app, &format!("fate/{index}")), i32::from(index % 4 == 3), "unit {index}");
    }
    let database = app.database.clone();
    let reading = async move {
        let read = |reader: &mut persistence::spine::Reader<'_>| {
            let filter = EventFilter { limit: 1_000, ..EventFilter::default() };
            Ok((list_events(reader, &filter)?, verify_audit(reader)?))
        };
        database.read(Request::system("test"), read).await
    };
    let (events, verdict) = together(vec![reading]).remove(0).expect("the ledgers");
    assert_eq!(verdict.broken_at, None);
    assert!(events.iter().map(|event| event.sequence).eq(1..=i64::try_from(events.len()).expect("few")));
    let drafted = events.iter().filter(|event| event.entity_kind == "policy").count();
    assert!(drafted >= UNITS / 4 && events.len() == usize::try_from(verdict.entries).expect("few"));
}

fn verdict(app: &App) -> AuditVerdict {
    let database = app.database.clone();
    let reading = async move { database.read(Request::system("test"), verify_audit).await };
    together(vec![reading]).remove(0).expect("a verdict")
}

fn erase(app: &App, entity: Uuid) -> Result<Answered, Failure> {
    let database = app.database.clone();
    let erasing = async move {
        let erase = move |tx: &mut Tx<'_>| {
            erase_content(tx, entity, "本人要求".to_owned()).map(|_| StoredAnswer::default())
        };
        database.write(Request::system("test"), erase).await
    };
    together(vec![erasing]).remove(0)
}

fn what_is_erased_from_the_trail_is_told_of_in_it(app: App) {
    let boss = app.administrator();
    let department = app.department(&boss, "gone", None);
    let of_it = format!("/api/v1/audit-entries?entity={department}");
    let entry = boss.get(&of_it).expect(200);
    assert!(entry.at("/data/0/after").is_object());
    let place = entry.at("/data/0/sequence").as_i64().expect("a place");
    // Somebody with access to the database empties an entry: the chain holds, and yet it is found.
    app.execute(&format!(
        "UPDATE audit_entries SET before = NULL, after = NULL, salt = NULL WHERE sequence = {place}"
    ));
    let found = verdict(&app);
    assert_eq!((found.broken_at, found.erased_untold.into_iter().collect()), (None, vec![place]));
    // The orderly way leaves an entry of its own, which nobody can empty in silence either.
    erase(&app, department.parse().expect("an id")).expect("an erasure");
    assert!(verdict(&app).is_sound());
    let entry = boss.get(&of_it).expect(200);
    assert!(entry.at("/data/0/after").is_null(), "{entry}");
    let told = boss.get("/api/v1/audit-entries?entity_kind=audit_erasure").expect(200);
    assert_eq!(told.at("/data/0/after/entries"), serde_json::json!([place]));
    assert_eq!(told.text("/data/0/after/reason"), "本人要求");
    assert!(matches!(erase(&app, Uuid::nil()), Err(Failure::NotFound)));
}

fn keyed(app: &App, key: &str, fingerprint: &str) -> impl Future<Output = Result<Answered, Failure>> + use<> {
    let key = IdempotencyKey { key: key.into(), fingerprint: fingerprint.into(), kept_hours: 24 };
    let (database, request) =
        (app.database.clone(), Request { idempotency: Some(key), ..Request::system("test") });
    async move { database.write(request, |tx| draft(tx, "keyed/one")).await }
}

fn a_key_sent_by_many_at_once_has_one_effect_and_one_answer(app: App) {
    let answers = together((0..40).map(|_| keyed(&app, "once", "same")).collect());
    let answers: Vec<Answered> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    assert_eq!(answers.iter().filter(|answered| !answered.replayed).count(), 1);
    assert!(answers.iter().all(|answered| answered.answer == answers[0].answer));
    assert_eq!(versions(&app, "keyed/one"), 1);
    let other = together(vec![keyed(&app, "once", "another")]).remove(0);
    assert!(matches!(other, Err(Failure::KeyReused)), "{other:?}");
}

fn an_expired_key_is_as_good_as_a_new_one(app: App) {
    let send = |fingerprint: &str| together(vec![keyed(&app, "old", fingerprint)]).remove(0);
    assert!(!send("first").expect("an answer").replayed);
    app.clock.advance(Duration::hours(23));
    assert!(send("first").expect("an answer").replayed);
    app.clock.advance(Duration::hours(2));
    assert!(!send("second").expect("an answer").replayed);
    assert!(send("second").expect("an answer").replayed);
    assert_eq!(versions(&app, "keyed/one"), 2);
}

/// Readings that wait together share a transaction: none may be given one that began before it arrived, and one that
/// falls takes no other with it.
fn no_reading_sees_less_than_was_answered_before_it_was_asked_for(app: App) {
    let courses = (0..60).map(|index| {
        let database = app.database.clone();
        async move {
            let code = format!("seen/{index}");
            for round in 1..=5 {
                let written = code.clone();
                database
                    .write(Request::system("test"), move |tx| draft(tx, &written))
                    .await
                    .expect("a draft");
                let read = code.clone();
                let reading = database.read(Request::system("test"), move |reader| {
                    assert!(index % 20 != 0, "a reading that panics (expected in this story)");
                    policy::next_version_number(reader, &read)
                });
                match reading.await {
                    Err(Failure::Fault(_)) if index % 20 == 0 => {}
                    seen => assert_eq!(seen.expect("a number"), round + 1, "{code}"),
                }
            }
        }
    });
    together(courses.collect());
}

/// A unit that keeps its writer busy, and the draft of a policy locked, until its gate is dropped.
async fn gate(app: &App, code: String) -> (mpsc::Sender<()>, JoinHandle<Result<Answered, Failure>>) {
    let (gate, opened) = mpsc::channel();
    let (opened, entered) = (Mutex::new(opened), Arc::new(Notify::new()));
    let (database, entering) = (app.database.clone(), entered.clone());
    let unit = tokio::spawn(async move {
        let work = move |tx: &mut Tx<'_>| {
            let answer = draft(tx, &code)?;
            entering.notify_one();
            let _dropped = opened.lock().map(|opened| opened.recv());
            Ok(answer)
        };
        database.write(Request::system("test"), work).await
    });
    entered.notified().await;
    (gate, unit)
}

/// On PostgreSQL several groups are under way at once. Who comes upon a lock of another group begins the next
/// transaction of its own, and what its group had done by then is committed and answered.
fn who_must_wait_for_a_lock_holds_up_nobody_who_was_done_before(app: App) {
    if app.database.kind() != EngineKind::Postgres {
        return;
    }
    let write = |code: &'static str| {
        let database = app.database.clone();
        tokio::spawn(async move { database.write(Request::system("test"), move |tx| draft(tx, code)).await })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (held, holder) = gate(&app, "held".to_owned()).await;
        let mut others = Vec::new();
        for index in 1..WRITERS {
            others.push(gate(&app, format!("busy/{index}")).await);
        }
        // Every writer is busy: these wait together, and the first writer that is free takes them as a group.
        let waiting = [write("before"), write("held"), write("behind")];
        time::sleep(Wait::from_millis(100)).await;
        let (free, freed) = others.pop().expect("several writers");
        drop(free);
        freed.await.expect("an end").expect("an answer");
        let [before, waits, behind] = waiting;
        let before = time::timeout(Wait::from_secs(20), before).await;
        before.expect("an answer while the lock is held").expect("an end").expect("a draft");
        assert!(!waits.is_finished(), "the lock is held");
        drop(held);
        for unit in [holder, waits, behind] {
            unit.await.expect("an end").expect("a draft");
        }
        drop(others);
    });
    assert_eq!(["before", "held", "behind"].map(|code| versions(&app, code)), [1, 2, 1]);
}
