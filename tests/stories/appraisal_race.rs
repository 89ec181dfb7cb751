//! Appraisals that many have a hand in at once, and what nobody can find out by asking twice. `[KPI-5, KPI-6, KPI-7]`

use crate::appraisal::{APPRAISALS, April, REVIEWS, bare, scheme};
use serde_json::{Value, json};
use tests::{App, Caller, race, stories};

stories! {
    a_review_of_oneself_as_its_stage_ends_counts_whole_or_not_at_all,
    of_two_who_calibrate_at_once_one_does_and_their_reason_is_kept,
    what_is_reckoned_again_as_it_is_published_stands_as_it_was_reckoned,
    of_two_who_publish_at_once_one_does_and_what_follows_follows_once,
    what_a_peer_said_cannot_be_told_from_two_readings,
}

type Runner<'a> = Box<dyn FnOnce() -> u16 + Send + 'a>;

/// Somebody does something to a place at the version they have read, when everybody is ready.
fn does<'a>(by: &'a Caller, place: &str, deed: &str, body: Value) -> Runner<'a> {
    let version = by.get(place).expect(200).version();
    let path = format!("{place}/{deed}");
    Box::new(move || by.at(version).post(&path, body).status)
}

fn a_review_of_oneself_as_its_stage_ends_counts_whole_or_not_at_all(app: App) {
    let april = April::come(&app, &scheme(), 0, 0).open();
    april.advance_to("self_review");
    let lan = april.who("lan");
    let asked = lan.get(REVIEWS).expect(200);
    let review = format!("{REVIEWS}/{}", asked.text("/data/0/id"));
    let answers = race(vec![
        does(lan, &review, "give", json!({"score": "95"})),
        does(april.office(), &april.period, "advance", json!({})),
    ]);
    assert_eq!(answers[1], 200, "the stage ends, whoever is late");
    assert!(matches!(answers[0], 200 | 409), "{answers:?}");
    assert_eq!(april.office().get(&april.period).expect(200).text("/stage"), "peer_review");
    let given = lan.get(&review).expect(200).at("/score");
    assert_eq!(given, if answers[0] == 200 { json!("95") } else { Value::Null });
}

fn of_two_who_calibrate_at_once_one_does_and_their_reason_is_kept(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    april.score().expect(200);
    let sheet = april.sheet(april.lan());
    let changed = |result: &str| json!({"result": result, "reason": format!("横向拉平到 {result}")});
    let mut answers = race(vec![
        does(april.office(), &sheet, "calibrate", changed("82.00")),
        does(&april.centre.company.boss, &sheet, "calibrate", changed("83.00")),
    ]);
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    let shown = april.office().get(&sheet).expect(200);
    let result = shown.text("/result");
    assert!(["82.00", "83.00"].contains(&result.as_str()), "{shown}");
    let reasons = shown.json().to_string().matches("横向拉平到").count();
    assert_eq!(reasons, 1, "who came too late left nothing: {shown}");
    assert!(shown.json().to_string().contains(&format!("横向拉平到 {result}")), "{shown}");
}

fn what_is_reckoned_again_as_it_is_published_stands_as_it_was_reckoned(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    april.score().expect(200);
    let answers = race(vec![
        does(april.office(), &april.period, "score", json!({})),
        does(&april.centre.company.boss, &april.period, "advance", json!({})),
    ]);
    assert!(answers.contains(&200), "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 200 | 409 | 412)), "{answers:?}");
    april.advance_to("published");
    let shown = april.who("lan").get(&april.sheet(april.lan())).expect(200);
    assert_eq!((shown.text("/result"), shown.text("/grade")), ("98.00".into(), "A".into()));
    let moved = april.office().get(&format!("{}/replay?moved=true", april.period)).expect(200);
    assert_eq!(moved.at("/data"), json!([]), "it comes out again");
}

fn of_two_who_publish_at_once_one_does_and_what_follows_follows_once(app: App) {
    let mut scheme = bare();
    scheme["consequences"] = json!([{"when": {"kind": "grade", "grades": ["A"]}, "clause": "000 §10",
        "follows": {"kind": "entry", "amount": {"kind": "money", "amount": {"amount": "500.00", "currency": "CNY"}}}}]);
    let mut april = April::come(&app, &scheme, 0, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    april.score().expect(200);
    let both = [april.office(), &april.centre.company.boss];
    let mut answers = race(both.map(|by| does(by, &april.period, "advance", json!({}))).into());
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    let told = april.centre.company.boss.get("/api/v1/events?kinds=appraisal_period.published").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(1), "{told}");
    april.wait(&app, 30);
    april.advance_to("final");
    let entries =
        april.office().get("/api/v1/incentive-entries?incident_kind=appraisal").expect(200).at("/data");
    assert_eq!(entries.as_array().map(Vec::len), Some(1), "the reward for an A stands once: {entries}");
}

/// Scores that nothing else comes to.
const SAID: [&str; 4] = ["61.37", "71.53", "83.19", "97.71"];

/// What everybody who might want to know can read, but what they said themselves.
fn readings(april: &April) -> Vec<String> {
    let sheet = april.sheet(april.lan());
    let boss = &april.centre.company.boss;
    let of = |by: &Caller, path: &str| match by.get(path) {
        reply if reply.status == 200 => String::from_utf8_lossy(&reply.bytes).into_owned(),
        refused => refused.status.to_string(),
    };
    let everybody = ["lan", "head", "director", "gm"].map(|name| april.who(name));
    let mut read = Vec::new();
    for by in everybody.into_iter().chain([april.office(), boss]) {
        for path in [
            sheet.clone(),
            format!("{sheet}/attainment"),
            format!("{APPRAISALS}?sort=-changed_at"),
            format!("{APPRAISALS}?format=csv"),
            format!("{REVIEWS}?sort=-asked_at"),
            april.period.clone(),
            "/api/v1/events?limit=200".to_owned(),
        ] {
            read.push(of(by, &path));
        }
    }
    read
}

fn what_a_peer_said_cannot_be_told_from_two_readings(app: App) {
    let april = April::come(&app, &scheme(), 3, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("peer_review");
    let peers: Vec<&Caller> =
        [april.who("ming")].into_iter().chain(april.colleagues.iter().map(|(_, caller)| caller)).collect();
    for (by, score) in peers.iter().zip(SAID).take(3) {
        april.review(by, april.lan(), score);
    }
    let before = readings(&april);
    april.review(peers[3], april.lan(), SAID[3]);
    let after = readings(&april);
    assert_eq!(before, after, "three answers and four look the same to everybody");
    april.advance_to("calibration");
    april.score().expect(200);
    let trail = april.centre.company.boss.get("/api/v1/audit-entries?limit=200").expect(200);
    let read = readings(&april).join("\n") + &trail.json().to_string();
    for score in SAID {
        assert!(!read.contains(score), "{score} stands somewhere");
    }
}
