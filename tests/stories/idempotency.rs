//! The same request twice has one effect and one answer. `[INT-2]`

use serde_json::{Value, json};
use tests::{App, Caller, Reply, race, stories};

stories! {
    one_key_fifty_times_at_once_has_one_effect_and_one_answer,
    a_key_belongs_to_what_was_sent_with_it,
    a_key_belongs_to_who_sent_it,
    a_refusal_is_not_kept_with_its_key,
    a_rehearsal_answers_as_usual_and_keeps_nothing,
    a_key_that_cannot_be_one_is_refused,
}

fn draft(code: &str) -> Value {
    json!({
        "code": format!("price-order/{code}"), "title": "演练", "effective_from": "2099-01-01",
        "content": {"keys": []}, "clause": "演练",
    })
}

fn another_administrator(app: &App) -> Caller {
    let by = app.administrator();
    let user = app.account(&by, "vice", None);
    app.grant(&by, &user, "administrator", "all", None);
    app.sign_in("vice", tests::PASSWORD)
}

fn versions(caller: &Caller, code: &str) -> usize {
    let listed = caller.get(&format!("/api/v1/policies?code=price-order/{code}")).expect(200);
    listed.at("/data").as_array().map_or(0, Vec::len)
}

fn events(caller: &Caller) -> usize {
    let mut after = 0;
    loop {
        let feed = caller.get(&format!("/api/v1/events?limit=200&after={after}")).expect(200);
        let next = feed.at("/next_after").as_u64().expect("a place");
        if next == after {
            return usize::try_from(after).expect("a number");
        }
        after = next;
    }
}

fn one_key_fifty_times_at_once_has_one_effect_and_one_answer(app: App) {
    let caller = app.administrator();
    let before = events(&caller);
    let runners = (0..50).map(|_| -> Box<dyn FnOnce() -> Reply + Send + '_> {
        Box::new(|| caller.once("fifty").post("/api/v1/policies", draft("fifty")))
    });
    let answers = race(runners.collect());
    let first = answers.first().expect("an answer").clone();
    for answer in &answers {
        assert_eq!((answer.status, &answer.bytes), (201, &first.bytes), "{answer}");
        assert_eq!(answer.header("location"), first.header("location"));
        assert_eq!(answer.header("etag"), first.header("etag"));
    }
    let fresh = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none());
    assert_eq!(fresh.count(), 1, "more than one request thinks it was the first");
    assert_eq!((versions(&caller, "fifty"), events(&caller)), (1, before + 1));
}

fn a_key_belongs_to_what_was_sent_with_it(app: App) {
    let caller = app.administrator();
    caller.once("bound").post("/api/v1/policies", draft("bound")).expect(201);
    let other = caller.once("bound").post("/api/v1/policies", draft("other"));
    other.refuses(422, "http.idempotency_key_reused");
    assert_eq!(versions(&caller, "other"), 0);
    let again = caller.once("bound").post("/api/v1/policies", draft("bound")).expect(201);
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
    // The same, written otherwise, means the same.
    let said = draft("bound");
    let turned: serde_json::Map<_, _> =
        said.as_object().expect("members").clone().into_iter().rev().collect();
    let turned = serde_json::to_vec_pretty(&turned).expect("JSON");
    let again = caller.once("bound").send("POST", "/api/v1/policies", Some(("application/json", turned)));
    assert_eq!(again.expect(201).header("idempotent-replayed").as_deref(), Some("true"));
    assert_eq!(versions(&caller, "bound"), 1);
}

fn a_key_belongs_to_who_sent_it(app: App) {
    let (one, other) = (app.administrator(), another_administrator(&app));
    let first = one.once("mine").post("/api/v1/policies", draft("mine")).expect(201);
    let second = other.once("mine").post("/api/v1/policies", draft("mine")).expect(201);
    assert_ne!(first.text("/id"), second.text("/id"));
    assert_eq!(versions(&one, "mine"), 2);
}

fn a_refusal_is_not_kept_with_its_key(app: App) {
    let caller = app.administrator().once("second-chance");
    caller.post("/api/v1/policies", json!({"code": "x"})).refuses(422, "http.bad_body");
    caller.post("/api/v1/policies", draft("second-chance")).expect(201);
}

fn a_rehearsal_answers_as_usual_and_keeps_nothing(app: App) {
    let caller = app.administrator();
    let before = events(&caller);
    let rehearsed = caller.post("/api/v1/policies?validate_only=true", draft("rehearsed")).expect(201);
    assert_eq!(rehearsed.text("/code"), "price-order/rehearsed");
    let nothing = json!({"code": "no-such-kind/x", "title": "x", "effective_from": "2099-01-01", "content": {}, "clause": "x"});
    let refused = caller.post("/api/v1/policies?validate_only=true", nothing.clone());
    let really = caller.post("/api/v1/policies", nothing);
    assert_eq!((refused.status, refused.code()), (really.status, really.code()));
    assert_eq!((versions(&caller, "rehearsed"), events(&caller)), (0, before));
    // Neither is a key used up by a rehearsal.
    let with_key = caller.once("rehearsed");
    with_key.post("/api/v1/policies?validate_only=true", draft("rehearsed")).expect(201);
    let performed = with_key.post("/api/v1/policies", draft("rehearsed")).expect(201);
    assert_eq!(performed.header("idempotent-replayed"), None);
    assert_eq!(versions(&caller, "rehearsed"), 1);
}

fn a_key_that_cannot_be_one_is_refused(app: App) {
    let caller = app.administrator();
    for key in ["", &"k".repeat(256)] {
        caller.once(key).post("/api/v1/policies", draft("bad-key")).refuses(400, "http.bad_header");
    }
    assert_eq!(versions(&caller, "bad-key"), 0);
}
