//! Whoever comes at the same time: the budget is never overdrawn, and one amendment is under way. `[BUD-4, EXP-5]`

use super::expense_request::{REQUESTS, act, approved, path, request_of};
use domain::finance::budget_line::Control;
use serde_json::json;
use tests::{App, race, stories};

stories! {
    a_hundred_submissions_reserve_no_more_than_is_there,
    those_who_create_and_those_who_submit_never_wait_in_a_circle,
    two_amendments_begun_at_once_are_one,
}

fn a_hundred_submissions_reserve_no_more_than_is_there(app: App) {
    const CLIENTS: usize = 100;
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let line = app.open_budget_line(marketing, "promotion", "2026-03", Control::Hard, 100_000);
    let lan = company.who("lan");
    let places: Vec<String> = (0..CLIENTS)
        .map(|_| {
            path(&lan.post(REQUESTS, request_of("promotion.publicity", "100.00")).expect(201).text("/id"))
        })
        .collect();
    let runners = places.iter().map(|place| {
        let (caller, submit) = (lan.at(1), format!("{place}/submit"));
        Box::new(move || {
            let reply = caller.act(&submit);
            (reply.status, reply.code())
        }) as Box<dyn FnOnce() -> (u16, String) + Send>
    });
    let answers = race(runners.collect());
    let passed = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = answers.iter().filter(|(_, code)| code == "budget_line.exhausted").count();
    assert_eq!((passed, refused), (10, CLIENTS - 10), "{answers:?}");
    let balance = app.balance_of(line);
    assert_eq!((balance.reserved, balance.available()), (100_000, 0));
    app.prove_ledger();
}

/// Units that share a transaction take the number of one document and the budget line of another, in any order: where
/// two such transactions waited for each other, PostgreSQL would find out after a second and undo one of them.
fn those_who_create_and_those_who_submit_never_wait_in_a_circle(app: App) {
    const CLIENTS: usize = 24;
    const ROUNDS: usize = 6;
    let company = app.company();
    let marketing = &company.departments["marketing"];
    let line = app.open_budget_line(marketing, "promotion", "2026-03", Control::Hard, 2_000_000);
    let runners = (0..CLIENTS).map(|_| {
        let lan = company.who("lan").clone();
        Box::new(move || {
            for _ in 0..ROUNDS {
                let request = lan.post(REQUESTS, request_of("promotion.publicity", "100.00")).expect(201);
                lan.at(1).act(&format!("{}/submit", path(&request.text("/id")))).expect(200);
            }
        }) as Box<dyn FnOnce() + Send>
    });
    race(runners.collect());
    let documents = i64::try_from(CLIENTS * ROUNDS).expect("few");
    assert_eq!(app.balance_of(line).reserved, documents * 10_000);
    app.prove_ledger();
    app.prove_no_circle();
}

fn two_amendments_begun_at_once_are_one(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    for _ in 0..5 {
        let request = approved(&company, request_of("other.training", "300.00"));
        let version = lan.get(&request).expect(200).version();
        let runners = (0..4).map(|_| {
            let (caller, place) = (lan.at(version), format!("{request}/amendments"));
            Box::new(move || {
                let body = json!({"reason": "改期", "changes": {"urgent": true}});
                let reply = caller.post(&place, body);
                (reply.status, reply.code())
            }) as Box<dyn FnOnce() -> (u16, String) + Send>
        });
        let mut answers = race(runners.collect());
        answers.sort();
        assert_eq!(answers[0].0, 201, "{answers:?}");
        let open = |answer: &(u16, String)| answer.1 == "expense_request.amendment_open";
        assert!(answers[1..].iter().all(open), "{answers:?}");
        let id = lan.get(&request).expect(200).text("/open_amendment_id");
        let place = format!("/api/v1/expense-request-amendments/{id}");
        act(lan, &place, "void", json!({"reason": "不改了"})).expect(200);
    }
}
