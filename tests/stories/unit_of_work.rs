//! Units of work that wait together share a commit, and nothing else.

use chrono::Duration;
use domain::spine::{BusinessDate, Clock, POLICY_UNKNOWN_KIND, Policy, PolicyStatus, Refusal};
use persistence::{
    policy,
    spine::{
        Answered, EventFilter, Failure, IdempotencyKey, Request, StoredAnswer, Tx, list_events, verify_audit,
    },
};
use tests::{App, stories};

stories! {
    each_of_many_waiting_units_meets_its_own_fate_and_the_ledgers_have_no_gap,
    a_key_sent_by_many_at_once_has_one_effect_and_one_answer,
    an_expired_key_is_as_good_as_a_new_one,
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
