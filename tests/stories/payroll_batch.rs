//! Batches of the payroll: what counts goes with one of them, once, and what comes later with the next. `[INC-2a, INC-3]`

use crate::{
    expense_request::act,
    incentive_entry::{Centre, ENTRIES, by_hand, points},
};
use serde_json::{Value, json};
use tests::{App, Caller, Records, column, race, records, stories};

stories! {
    what_counts_goes_with_one_payroll_however_often_it_is_told,
    two_who_take_a_month_at_once_are_given_the_same_batch,
    what_comes_after_a_month_was_taken_enters_the_next_and_names_its_day,
    only_who_answers_for_the_whole_company_takes_a_month,
}

records! {
    "/api/v1/payroll-batches/{id}" => a_batch,
}

const BATCHES: &str = "/api/v1/payroll-batches";

fn a_batch(made: &Records<'_>) -> String {
    made.company.who("qian").post(BATCHES, json!({"month": "2026-03"})).expect(200).text("/id")
}

#[track_caller]
fn take(by: &Caller, month: &str) -> Value {
    by.post(BATCHES, json!({"month": month})).expect(200).json()
}

/// Acknowledges and confirms a batch.
#[track_caller]
fn settle(by: &Caller, batch: &Value) {
    let place = format!("{BATCHES}/{}", batch["id"].as_str().unwrap_or_default());
    let reference = format!("GZ-{}", batch["name"].as_str().unwrap_or_default());
    by.post(&format!("{place}/acknowledge"), json!({"reference": reference})).expect(200);
    by.act(&format!("{place}/confirm")).expect(200);
}

fn what_counts_goes_with_one_payroll_however_often_it_is_told(app: App) {
    let centre = Centre::found(&app);
    let place = centre.rewarded(5);
    let proposed = centre.enter("head", by_hand(centre.company.id("ming"), points(7)));
    let qian = centre.who("qian");
    let batch = take(qian, "2026-03");
    assert_eq!((&batch["name"], &batch["entries"]), (&json!("2026-03"), &json!(1)));
    assert_eq!(batch["totals"]["points"], json!(5));
    assert_eq!(take(qian, "2026-03"), batch, "again, the same");
    let path = format!("{BATCHES}/{}", batch["id"].as_str().unwrap_or_default());
    assert_eq!(qian.get(&path).expect(200).text("/name"), "2026-03");
    qian.act(&format!("{path}/confirm")).refuses(409, "payroll_batch.not_acknowledged");
    let acknowledge =
        |reference: &str| qian.post(&format!("{path}/acknowledge"), json!({"reference": reference}));
    let first = acknowledge("GZ-2026-03").expect(200);
    assert_eq!(acknowledge("GZ-2026-03").expect(200).bytes, first.bytes);
    let other = acknowledge("GZ-2026-04").refuses(409, "payroll_batch.other_reference");
    assert_eq!(other.text("/params/reference"), "GZ-2026-03");
    let confirm = || {
        let by = qian.quietly();
        let path = format!("{path}/confirm");
        Box::new(move || by.act(&path).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    assert_eq!(race(vec![confirm(), confirm(), confirm()]), [200, 200, 200]);
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!(
        (entry.text("/status"), entry.text("/execution/batch")),
        ("executed".into(), "2026-03".into())
    );
    let executed =
        app.number("SELECT COUNT(*) AS number FROM events WHERE kind = 'incentive_entry.executed'");
    assert_eq!(executed, 1, "once");
    assert_eq!(centre.status(&proposed), "proposed", "what does not count goes with none");
    let gone = qian.get(&format!("{ENTRIES}?payroll_batch_id={}", batch["id"].as_str().unwrap_or_default()));
    assert_eq!(column(&gone.expect(200).at("/data"), "number"), ["RP-2026-000001"]);
    let known = take(qian, "2026-03");
    assert_eq!((&known["id"], &known["status"]), (&batch["id"], &json!("confirmed")), "nothing is left");
    let listed = qian.get(&format!("{BATCHES}?month=2026-03&status=confirmed")).expect(200).at("/data");
    assert_eq!(column(&listed, "name"), ["2026-03"]);
}

fn two_who_take_a_month_at_once_are_given_the_same_batch(app: App) {
    let centre = Centre::found(&app);
    centre.rewarded(5);
    centre.rewarded(3);
    let taker = |name: &str| {
        let by = centre.who(name).quietly();
        Box::new(move || by.post(BATCHES, json!({"month": "2026-03"})).json())
            as Box<dyn FnOnce() -> Value + Send>
    };
    let batches = race(vec![taker("qian"), taker("sun"), taker("qian")]);
    assert!(batches.iter().all(|batch| batch["id"] == batches[0]["id"]), "{batches:?}");
    assert_eq!((&batches[0]["entries"], &batches[0]["totals"]["points"]), (&json!(2), &json!(8)));
    assert_eq!(app.count_rows("payroll_batches"), 1);
    assert_eq!(app.count_rows("payroll_batch_entries"), 2);
}

fn what_comes_after_a_month_was_taken_enters_the_next_and_names_its_day(app: App) {
    let centre = Centre::found(&app);
    let (early, late) =
        (centre.rewarded(5), centre.enter("head", by_hand(centre.company.id("lan"), points(2))));
    let qian = centre.who("qian");
    settle(qian, &take(qian, "2026-03"));
    // Of a day of the month that is closed.
    let next = centre.enter("head", by_hand(centre.company.id("lan"), points(9)));
    let entry = centre.who("lan").get(&next).expect(200);
    assert_eq!((entry.text("/month"), entry.text("/happened_on")), ("2026-04".into(), "2026-03-05".into()));
    // What went with the wages is taken back in the open month.
    let boss = &centre.company.boss;
    let reversed = act(boss, &early, "reverse", json!({"reason": "表扬信系误寄"})).expect(200);
    let counter = format!("{ENTRIES}/{}", reversed.text("/countered_by_id"));
    assert_eq!(centre.who("lan").get(&counter).expect(200).text("/month"), "2026-04");
    assert_eq!(centre.points_of("lan", "2026-03"), json!(5), "what was paid stays as it was paid");
    assert_eq!(centre.points_of("lan", "2026-04"), json!(-5));
    // What of March is confirmed later goes with a further batch of March.
    let approval = act(centre.who("head"), &late, "submit", json!({})).expect(200).text("/approval_id");
    centre.agree(&approval);
    let further = take(qian, "2026-03");
    assert_eq!((&further["name"], &further["entries"]), (&json!("2026-03-2"), &json!(1)));
    settle(qian, &further);
    assert_eq!(centre.who("lan").get(&late).expect(200).text("/execution/batch"), "2026-03-2");
    qian.post(BATCHES, json!({"month": "2026-04"})).refuses(422, "payroll_batch.month_ahead");
}

fn only_who_answers_for_the_whole_company_takes_a_month(app: App) {
    let centre = Centre::found(&app);
    let company = &centre.company;
    let batch = take(centre.who("qian"), "2026-03");
    let path = format!("{BATCHES}/{}", batch["id"].as_str().unwrap_or_default());
    let id = app.hire(&company.boss, "clerk", &company.departments["finance"], Some(company.id("qian")));
    let clerk = app.person(&company.boss, "clerk", &id, "finance", "department");
    clerk.post(BATCHES, json!({"month": "2026-03"})).refuses(403, "payroll_batch.of_the_company");
    clerk.get(&path).refuses(404, "http.not_found");
    assert_eq!(clerk.get(BATCHES).expect(200).at("/data"), json!([]));
    centre.who("head").get(BATCHES).refuses(403, "http.forbidden");
    for (month, code) in [("2026-Q1", "payroll_batch.not_a_month"), ("2026-13", "validation.format")] {
        centre.who("qian").post(BATCHES, json!({"month": month})).refuses(422, code);
    }
}
