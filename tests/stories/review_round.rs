//! To give the reviews one is asked for by the last day of the stage is a duty; and nothing that is read tells what a single peer
//! said, or of whom. `[KPI-4, KPI-7, DUT-1a]`

use crate::{
    appraisal::{APPRAISALS, April, REVIEWS, bare, scheme},
    duty,
    expense_request::act,
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, block_on, column, race, stories};

stories! {
    to_give_ones_reviews_is_a_duty_until_the_stage_ends,
    a_stage_ends_behind_its_last_day_by_itself,
    nothing_that_is_read_tells_what_a_single_peer_said,
    a_self_review_and_the_end_of_its_stage_at_once_leave_one_answer,
    of_two_who_publish_at_once_one_does,
    a_calibration_and_a_late_review_at_once_never_mix,
    scoring_again_while_it_is_published_changes_nothing,
}

/// What somebody owes of reviews: how it stands.
#[track_caller]
fn owed(by: &Caller) -> Vec<String> {
    let listed = by.get("/api/v1/duties?rule_code=duty-rule/appraisal-review").expect(200);
    column(&listed.at("/data"), "status")
}

fn go_on(app: &App) {
    block_on(api::go_on_with_appraisals(&app.database)).expect("periods gone on with");
}

fn to_give_ones_reviews_is_a_duty_until_the_stage_ends(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("self_review");
    assert_eq!(owed(april.who("lan")), ["open"]);
    let listed = april.who("lan").get("/api/v1/duties?rule_code=duty-rule/appraisal-review").expect(200);
    let due = april.office().get(&april.period).expect(200).text("/due_on");
    assert!(listed.text("/data/0/due_at") > due, "by the end of that day: {due}");
    april.review(april.who("lan"), april.lan(), "95");
    assert_eq!(owed(april.who("lan")), ["on_time"]);
    april.advance_to("peer_review");
    assert_eq!(owed(april.who("ming")), ["open"]);
    april.review(april.who("ming"), april.lan(), "90");
    assert_eq!(owed(april.who("ming")), ["on_time"]);
    // What cannot be given any more, since somebody ended the stage before its day, is not owed.
    april.advance_to("superior_review");
    assert_eq!(owed(&april.colleagues[0].1), ["cancelled"]);
    april.advance_to("calibration");
    assert_eq!(owed(april.who("head")), ["open"]);
    april.score().expect(200);
    assert_eq!(owed(april.who("head")), ["cancelled"]);
    duty::prove(&app);
}

fn a_stage_ends_behind_its_last_day_by_itself(app: App) {
    let mut april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    let stage = |april: &April| april.office().get(&april.period).expect(200).text("/stage");
    go_on(&app);
    assert_eq!(stage(&april), "targets", "its last day has not passed");
    for next in ["self_review", "peer_review", "superior_review", "calibration"] {
        april.wait(&app, 12);
        go_on(&app);
        assert_eq!(stage(&april), next);
    }
    april.wait(&app, 30);
    go_on(&app);
    assert_eq!(stage(&april), "calibration", "to publish is decided by people");
    april.score().expect(200);
    april.advance_to("published");
    let sheet = april.sheet(april.lan());
    act(april.who("lan"), &sheet, "object", json!({"grounds": "漏计一单"})).expect(200);
    april.wait(&app, 30);
    go_on(&app);
    assert_eq!(stage(&april), "published", "an objection waits for its ruling");
    act(april.office(), &sheet, "rule", json!({"result": null, "reason": "已核对"})).expect(200);
    go_on(&app);
    assert_eq!(stage(&april), "final");
}

/// All that somebody may read of a sheet and around it, as text.
fn readable(by: &Caller, sheet: &str) -> String {
    let mut read = String::new();
    let lists = [
        sheet.to_owned(),
        format!("{sheet}/attainment"),
        format!("{APPRAISALS}?sort=-result&include_total=true"),
        format!("{APPRAISALS}?sort=changed_at&format=csv"),
        format!("{REVIEWS}?include_total=true"),
        "/api/v1/appraisal-periods?include_total=true".to_owned(),
        "/api/v1/events?limit=200".to_owned(),
        "/api/v1/audit-entries?entity_kind=appraisal_review&limit=200".to_owned(),
        "/api/v1/audit-entries?entity_kind=review_round&limit=200".to_owned(),
        "/api/v1/duties?whose=all&rule_code=duty-rule/appraisal-review&include_total=true".to_owned(),
    ];
    for path in lists {
        let reply = by.get(&path);
        if reply.status == 200 {
            read.push_str(&String::from_utf8_lossy(&reply.bytes));
        }
    }
    read
}

/// A story that tries: before and behind each answer, by everybody who sees anything of the sheet.
fn nothing_that_is_read_tells_what_a_single_peer_said(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("self_review");
    april.review(april.who("lan"), april.lan(), "95");
    april.advance_to("peer_review");
    let sheet = april.sheet(april.lan());
    let boss = &april.centre.company.boss;
    let readers = [april.who("lan"), april.who("head"), april.who("director"), april.office(), boss];
    let peers = [april.who("ming"), &april.colleagues[0].1, &april.colleagues[1].1];
    let version = |by: &Caller| by.get(&sheet).expect(200).version();
    let before = version(april.office());
    // Scores that stand nowhere else.
    for (by, score) in peers.iter().zip(["63.17", "71.29", "88.41"]) {
        april.review(by, april.lan(), score);
        for reader in readers {
            let read = readable(reader, &sheet);
            for said in ["63.17", "71.29", "88.41"] {
                assert!(!read.contains(said), "{said} is read");
            }
        }
        assert_eq!(version(april.office()), before, "neither times nor versions of the sheet move");
    }
    // Who was asked about whom stands in no trail, and the order in which they were asked is none.
    let trail = boss.get("/api/v1/audit-entries?entity_kind=appraisal_review&limit=200").expect(200);
    assert_eq!(trail.at("/data"), json!([]), "not even that there are any");
    april.advance_to("superior_review");
    april.review(april.who("head"), april.lan(), "88");
    april.advance_to("calibration");
    april.score().expect(200);
    let shown = april.who("director").get(&sheet).expect(200);
    assert_eq!(shown.text("/sheet/reviews/peers/score"), "74.29", "the mean of three");
    for reader in readers {
        let read = readable(reader, &sheet);
        assert!(["63.17", "71.29", "88.41"].iter().all(|said| !read.contains(said)));
    }
    // What a peer gave they read themselves; the person learns the mean once it is published, and nobody more.
    assert_eq!(peers[0].get(&format!("{REVIEWS}?given=true")).expect(200).text("/data/0/score"), "63.17");
    assert_eq!(april.who("lan").get(&sheet).expect(200).at("/sheet"), Value::Null);
}

/// Gives one's own review, at the version it has.
fn self_review(by: &Caller) -> (String, i64) {
    let asked = by.get(&format!("{REVIEWS}?given=false&kind=own")).expect(200);
    let place = format!("{REVIEWS}/{}", asked.text("/data/0/id"));
    let version = by.get(&place).expect(200).version();
    (place, version)
}

fn a_self_review_and_the_end_of_its_stage_at_once_leave_one_answer(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.advance_to("self_review");
    let (place, version) = self_review(april.who("lan"));
    let (path, by) = (format!("{place}/give"), april.who("lan"));
    let period = april.office().get(&april.period).expect(200).version();
    let (office, end) = (april.office(), format!("{}/advance", april.period));
    let gives = Box::new(move || by.at(version).post(&path, json!({"score": "95"})).status)
        as Box<dyn FnOnce() -> u16 + Send>;
    let ends = Box::new(move || office.at(period).act(&end).status) as Box<dyn FnOnce() -> u16 + Send>;
    let answers = race(vec![gives, ends]);
    assert_eq!(answers[1], 200, "the stage ends");
    let given = april.who("lan").get(&place).expect(200).at("/score");
    match answers[0] {
        200 => assert_eq!(given, json!("95"), "it came first, and stands"),
        409 => assert_eq!(given, Value::Null, "it came too late, and nothing of it stands"),
        status => panic!("{status}"),
    }
}

fn of_two_who_publish_at_once_one_does(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    april.score().expect(200);
    let version = april.office().get(&april.period).expect(200).version();
    let path = format!("{}/advance", april.period);
    let boss = &april.centre.company.boss;
    let runners = [april.office(), boss].map(|by| {
        let path = path.clone();
        Box::new(move || by.at(version).act(&path).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    assert_eq!(duty::events(&app, "appraisal_period.published").len(), 1);
    assert_eq!(april.office().get(&april.period).expect(200).text("/stage"), "published");
}

/// A superior whose score is waited for gives it while somebody calibrates, or exempts, the same person.
fn a_calibration_and_a_late_review_at_once_never_mix(app: App) {
    let mut scheme = scheme();
    scheme["reviews"]["missing"] = json!("block");
    let april = April::come(&app, &scheme, 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("self_review");
    april.review(april.who("lan"), april.lan(), "95");
    april.advance_to("peer_review");
    let peers = [april.who("ming"), &april.colleagues[0].1, &april.colleagues[1].1];
    for (by, score) in peers.into_iter().zip(["90", "85", "92"]) {
        april.review(by, april.lan(), score);
    }
    april.advance_to("calibration");
    assert_eq!(april.score().expect(200).at("/people/blocked"), json!(1));
    let asked = april.who("head").get(&format!("{REVIEWS}?given=false")).expect(200);
    let place = format!("{REVIEWS}/{}", asked.text("/data/0/id"));
    let (review_at, sheet) = (april.who("head").get(&place).expect(200).version(), april.sheet(april.lan()));
    let sheet_at = april.office().get(&sheet).expect(200).version();
    let (head, office) = (april.who("head"), april.office());
    let (give, exempt) = (format!("{place}/give"), format!("{sheet}/exempt"));
    let gives = Box::new(move || head.at(review_at).post(&give, json!({"score": "88"})).status)
        as Box<dyn FnOnce() -> u16 + Send>;
    let exempts = Box::new(move || office.at(sheet_at).post(&exempt, json!({"reason": "驻外培训"})).status)
        as Box<dyn FnOnce() -> u16 + Send>;
    let answers = race(vec![gives, exempts]);
    assert_eq!(answers[1], 200, "the decision stands whatever comes");
    assert!(matches!(answers[0], 200 | 409), "{answers:?}");
    april.score().expect(200);
    let shown = april.office().get(&sheet).expect(200);
    assert_eq!((shown.text("/status"), shown.at("/result")), ("exempt".into(), Value::Null));
    let calibrated = json!({"grade": "A", "reason": "补"});
    act(april.office(), &sheet, "calibrate", calibrated).refuses(409, "appraisal.wrong_state");
}

fn scoring_again_while_it_is_published_changes_nothing(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    april.score().expect(200);
    let sheet = april.sheet(april.lan());
    let before = april.office().get(&sheet).expect(200);
    let version = april.office().get(&april.period).expect(200).version();
    let (office, boss) = (april.office(), &april.centre.company.boss);
    let (score, publish) = (format!("{}/score", april.period), format!("{}/advance", april.period));
    let scores = Box::new(move || office.at(version).act(&score).status) as Box<dyn FnOnce() -> u16 + Send>;
    let publishes =
        Box::new(move || boss.at(version).act(&publish).status) as Box<dyn FnOnce() -> u16 + Send>;
    let mut answers = race(vec![scores, publishes]);
    answers.sort_unstable();
    assert_eq!(answers, [200, 412], "whoever comes second has read an older period");
    let after = april.office().get(&sheet).expect(200);
    assert_eq!((after.at("/sheet"), after.version()), (before.at("/sheet"), before.version()));
    app.advance(Duration::hours(1));
    let office = app.sign_in("office", PASSWORD);
    assert_eq!(office.get(&sheet).expect(200).text("/result"), "98.00");
}
