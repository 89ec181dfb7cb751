//! A scheme itself is looked at: how its results spread, whether people agree, what a draft would have come to, and that what was
//! reckoned comes out again. `[KPI-2, KPI-6, KPI-10, REG-3]`

use crate::{
    appraisal::{April, PERIODS, bare, publish, scheme},
    duty,
    expense_request::act,
};
use chrono::Duration;
use domain::{
    approval::Label,
    performance::scheme_review::{Looked, Report, Reviewed, SHIPPED_SCHEME_REVIEW_SETTINGS, SchemeReview},
    spine::{Actor, Id},
    working_time::Period,
};
use persistence::spine::{Failure, Request, StoredAnswer, Tx};
use serde_json::{Value, json};
use tests::{App, Program, Records, block_on, column, records, stories};

stories! {
    a_scheme_is_reviewed_drawn_and_what_it_says_is_suggested,
    what_a_review_cannot_be_made_of_is_said,
    a_review_in_the_half_year_fulfils_the_duty_for_it,
    a_draft_is_replayed_over_a_past_month_from_what_was_frozen,
    no_draft_shows_what_a_single_peer_said,
    what_was_reckoned_comes_out_again_to_the_last_digit,
}

records! {
    "/api/v1/scheme-reviews/{id}" => a_scheme_review,
}

const REVIEWS: &str = "/api/v1/scheme-reviews";

/// One that is written as the server writes it: a period that is final would take weeks.
fn a_scheme_review(made: &Records<'_>) -> String {
    made.id("/api/v1/appraisal-periods/{id}");
    let user = made.company.user("head").parse().expect("an id");
    let by = Actor { user: Id::from_uuid(user), ..Actor::system() };
    let write = move |tx: &mut Tx<'_>| -> Result<StoredAnswer, Failure> {
        let month: Period = "2026-03".parse().expect("a month");
        let name = Label { zh: "业务员月度考核".into(), en: "Sales, monthly".into() };
        let of = Reviewed { scheme: "appraisal-scheme/sales".into(), name, from: month, until: month };
        let looked = Looked {
            result: "80.48".parse().expect("a decimal"),
            grade: "B".into(),
            reviews: None,
            scores: vec![("sales".into(), "115".parse().expect("a decimal"))],
            is_calibrated: false,
        };
        let settings = serde_json::from_str(SHIPPED_SCHEME_REVIEW_SETTINGS).expect("settings");
        let named = |code: &str| (code.to_owned(), code.to_owned());
        let report = Report::of(&[looked], &["D", "C", "B", "A"], &settings, &named);
        let change = SchemeReview::make(tx.id(), of, report, &by, tx.now())?;
        persistence::performance::scheme_review::apply(tx, change)?;
        Ok(StoredAnswer::default())
    };
    let request = Request::system("records");
    block_on(made.app.database.write(request, write)).expect("a review");
    made.company.boss.get(REVIEWS).expect(200).text("/data/0/id")
}

/// Takes a period to its end, with whatever is there.
fn final_at_once(app: &App, period: &str) {
    let by = |app: &App| app.sign_in("boss", tests::PASSWORD);
    app.advance(Duration::days(60));
    let boss = by(app);
    let stage = |period: &str| boss.get(period).expect(200).text("/stage");
    while stage(period) != "calibration" {
        act(&boss, period, "advance", json!({})).expect(200);
    }
    act(&boss, period, "score", json!({})).expect(200);
    act(&boss, period, "advance", json!({})).expect(200);
    app.advance(Duration::days(30));
    act(&by(app), period, "advance", json!({})).expect(200);
}

/// April with five who are measured alike but for their sales, final; looked at with thresholds for five.
fn april(app: &App) -> April {
    let mut april = April::come(app, &bare(), 4, 4).open();
    let boss = &april.centre.company.boss;
    let settings = json!({"sheets_at_least": 5, "grade_share_at_most_bp": 7000, "agreement_at_least": "0.30",
        "own_above_superior_at_most": "10", "indicator_deviation_at_least": "1", "calibrated_share_at_most_bp": 3000});
    publish(boss, "scheme-review-settings/company", &settings, "2026-05-06").expect(200);
    april.facts(april.lan(), "1150000");
    for ((employee, _), sales) in april.colleagues.iter().zip(["600000", "800000", "1000000", "1200000"]) {
        april.facts(employee, sales);
    }
    april.advance_to("calibration");
    april.score().expect(200);
    april.advance_to("published");
    april.wait(app, 30);
    april.advance_to("final");
    april
}

fn review(april: &April) -> tests::Reply {
    let body = json!({"scheme": "appraisal-scheme/sales", "from": "2026-04", "until": "2026-05"});
    april.office().post(REVIEWS, body).expect(201)
}

fn a_scheme_is_reviewed_drawn_and_what_it_says_is_suggested(app: App) {
    let april = april(&app);
    let made = review(&april);
    let place = made.header("location").expect("a place");
    assert_eq!((made.at("/report/sheets"), made.at("/report/calibrated")), (json!(5), json!(0)));
    assert_eq!(
        (made.text("/report/results/lowest"), made.text("/report/results/highest")),
        ("76.00".into(), "100.00".into())
    );
    assert_eq!(
        made.at("/report/grades"),
        json!([{"grade": "D", "count": 0}, {"grade": "C", "count": 0},
        {"grade": "B", "count": 2}, {"grade": "A", "count": 3}])
    );
    let kinds = column(&made.at("/report/findings"), "kind");
    assert_eq!(kinds, ["indicator_never_differs"; 3], "all but the sales");
    let said = made.text("/report/findings/1/said/zh");
    assert!(said.contains("客户开发数量"), "{said}");
    let codes = column(&made.at("/report/indicators"), "indicator");
    assert_eq!(codes, ["complaints-in-time", "new-customers", "sales", "weekly-reports"]);
    let together = made.text("/report/indicators/2/with_result").parse::<f64>().expect("a number");
    assert!((together - 1.0).abs() < 0.001, "it alone tells people apart: {together}");
    for of in ["results", "grades", "indicators"] {
        let drawn = april.office().get(&format!("{place}/chart?of={of}")).expect(200);
        assert_eq!(drawn.header("content-type").as_deref(), Some("image/svg+xml"));
        let drawing = String::from_utf8_lossy(&drawn.bytes).into_owned();
        assert!(drawing.starts_with("<svg") && drawing.contains("业务员月度考核"), "{of}: {drawing}");
    }
    let boss = &april.centre.company.boss;
    let regulation = crate::regulation::established(&april.centre.company);
    let suggest = |finding: i64| {
        let body = json!({"finding": finding, "regulation_id": regulation});
        act(april.office(), &place, "suggest", body)
    };
    suggest(9).refuses(422, "scheme_review.finding_unknown");
    let suggested = suggest(1).expect(200);
    suggest(1).refuses(409, "scheme_review.suggested_already");
    let suggestion = suggested.text("/suggestions/0/suggestion_id");
    let read = boss.get(&format!("/api/v1/regulation-suggestions/{suggestion}")).expect(200);
    assert!(read.text("/text").contains("投诉按时办结率"), "{}", read.text("/text"));
    let listed = april.office().get(&format!("{REVIEWS}?scheme=appraisal-scheme/sales")).expect(200);
    assert_eq!(column(&listed.at("/data"), "first_on"), ["2026-04-01"]);
    april.who("head").get(&place).refuses(403, "http.forbidden");
    assert!(!duty::events(&app, "scheme_review.made").is_empty());
    assert!(!duty::events(&app, "scheme_review.suggested").is_empty());
}

fn what_a_review_cannot_be_made_of_is_said(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    let make = |scheme: &str, from: &str, until: &str| {
        april.office().post(REVIEWS, json!({"scheme": scheme, "from": from, "until": until}))
    };
    make("appraisal-scheme/poets", "2026-04", "2026-04").refuses(422, "validation.unknown_reference");
    make("appraisal-scheme/sales", "2026-Q1", "2026-Q2").refuses(422, "scheme_review.spans_differ");
    make("appraisal-scheme/sales", "2026-05", "2026-04").refuses(422, "scheme_review.reversed");
    make("appraisal-scheme/sales", "2026-04", "2026-04").refuses(409, "scheme_review.nothing_final");
    let too_few = {
        april.facts(april.lan(), "1000000");
        let place = april.period.clone();
        final_at_once(&app, &place);
        let office = app.sign_in("office", tests::PASSWORD);
        let body = json!({"scheme": "appraisal-scheme/sales", "from": "2026-04", "until": "2026-04"});
        office.post(REVIEWS, body).expect(201)
    };
    assert_eq!(column(&too_few.at("/report/findings"), "kind"), ["too_few_sheets"]);
}

fn a_review_in_the_half_year_fulfils_the_duty_for_it(app: App) {
    let april = april(&app);
    let boss = &april.centre.company.boss;
    let rule = json!({
        "name": {"zh": "考核方案评审", "en": "Review of schemes"}, "subject": "person",
        "scope": {"roles": ["administration-office"]},
        "cadence": {"by": "period", "every": "half_year", "on": {"working_day_from_end": 1}, "at": "24:00"},
        "fulfilled_by": {"source": "scheme_review.made"}
    });
    let body = json!({"code": "duty-rule/scheme-review", "title": "考核方案评审", "content": rule,
        "clause": "000 §10 持续改进", "effective_from": "2026-06-08"});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    app.advance(Duration::days(40));
    duty::attend(&app);
    let office = app.sign_in("office", tests::PASSWORD);
    let owed = |office: &tests::Caller| {
        let listed = office.get("/api/v1/duties?rule_code=duty-rule/scheme-review").expect(200);
        column(&listed.at("/data"), "status")
    };
    assert_eq!(owed(&office), ["open"]);
    let body = json!({"scheme": "appraisal-scheme/sales", "from": "2026-04", "until": "2026-04"});
    office.post(REVIEWS, body).expect(201);
    assert_eq!(owed(&office), ["on_time"]);
}

fn replay(april: &April, query: &str) -> Value {
    let period = &april.period;
    april.office().get(&format!("{period}/replay{query}")).expect(200).at("/data")
}

fn a_draft_is_replayed_over_a_past_month_from_what_was_frozen(app: App) {
    let april = april(&app);
    let boss = &april.centre.company.boss;
    let same = replay(&april, "");
    assert_eq!(column(&same, "difference"), ["0.00"; 5]);
    assert!(same.as_array().is_some_and(|rows| rows.iter().all(|row| row["is_moved"] == false)), "{same}");
    let mut draft = bare();
    draft["indicators"][0]["weight"] = json!(8000);
    draft["indicators"][1]["weight"] = json!(1000);
    draft["indicators"][2]["weight"] = json!(500);
    draft["indicators"][3]["weight"] = json!(500);
    let body = json!({"code": "appraisal-scheme/sales", "title": "考核方案", "content": draft,
        "clause": "004 §9", "effective_from": "2027-01-01"});
    let draft = boss.post("/api/v1/policies", body).expect(201).text("/id");
    let moved = replay(&april, &format!("?policy_id={draft}&moved=true"));
    let of = |name: &str| {
        let rows = moved.as_array().cloned().unwrap_or_default();
        rows.into_iter().find(|row| row["employee"]["name"] == name).unwrap_or(Value::Null)
    };
    // 600,000 of a million: 0.6 × 80 + 7 + 5 + 4.5.
    let an = of("an");
    assert_eq!(
        (&an["old_result"], &an["new_result"], &an["difference"]),
        (&json!("76.00"), &json!("64.50"), &json!("-11.50"))
    );
    let change = &an["changes"][2];
    assert_eq!(
        (&change["indicator"], &change["old_contribution"], &change["new_contribution"]),
        (&json!("sales"), &json!("24"), &json!("48"))
    );
    assert_eq!(replay(&april, &format!("?policy_id={draft}&moved=false")), json!([]));
    april.who("head").get(&format!("{}/replay", april.period)).refuses(403, "http.forbidden");
    let kept = april.office().get(&april.sheet(april.lan())).expect(200);
    assert_eq!(kept.text("/result"), "98.00", "nothing of it was written");
}

/// A draft by which one peer would be enough, and alone would count.
fn no_draft_shows_what_a_single_peer_said(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.reviews(&["13", "17"]);
    april.score().expect(200);
    let mut draft = scheme();
    draft["shares"] = json!({"indicators": 0, "reviews": 10000});
    draft["reviews"] = json!({"self": 0, "superior": 0, "peers": 10000,
        "peer_plan": {"asked": 5, "at_least": 2}, "missing": "reweight"});
    let body = json!({"code": "appraisal-scheme/sales", "title": "考核方案", "content": draft,
        "clause": "004 §9", "effective_from": "2027-01-01"});
    let boss = &april.centre.company.boss;
    let draft_id = boss.post("/api/v1/policies", body).expect(201).text("/id");
    let rows = replay(&april, &format!("?policy_id={draft_id}"));
    assert_eq!((&rows[0]["new_result"], &rows[0]["unscored"]), (&Value::Null, &json!("nothing_applies")));
    let mut alone = draft;
    alone["reviews"]["peer_plan"]["at_least"] = json!(1);
    let refused =
        publish(boss, "appraisal-scheme/sales", &alone, "2027-01-01").refuses(422, "policy.unsound");
    assert_eq!(refused.text("/errors/0/pointer"), "/content/reviews/peer_plan");
}

fn what_was_reckoned_comes_out_again_to_the_last_digit(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.points(5);
    april.reviews(&["90", "85", "91"]);
    april.score().expect(200);
    let single = json!({"result": "99.99", "reason": "横向拉平"});
    act(april.office(), &april.sheet(april.lan()), "calibrate", single).expect(200);
    // Nothing that comes later moves what was reckoned: not even what an indicator is.
    let sales = april.office().get("/api/v1/indicators?q=xse").expect(200);
    let path = format!("/api/v1/indicators/{}", sales.text("/data/0/id"));
    let body = json!({"direction": "lower_is_better"});
    april.office().at(1).patch(&path, body).expect(200);
    let read = |reader: &mut persistence::spine::Reader<'_>| {
        persistence::performance::scheme::replay::verify(reader)
    };
    let verified = block_on(app.database.read(persistence::spine::Request::system("verify"), read));
    let (looked, differences) = verified.expect("a reading");
    assert_eq!((looked, differences), (1, Vec::new()));
    let said = Program::run(&app.home(), &["appraisal", "verify"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 results"), "{said:?}");
    assert_eq!(april.office().get(PERIODS).expect(200).at("/data").as_array().map(Vec::len), Some(1));
}
