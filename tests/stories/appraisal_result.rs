//! What becomes of results: calibrated, published, objected to, final, opened again, weighed for the year,
//! and what follows.
//! `[KPI-3, KPI-6 … KPI-8; 004 §9]`

use crate::{
    appraisal::{APPRAISALS, April, PERIODS, REVIEWS, bare, place, position, publish, scheme},
    expense_request::act,
    incentive_entry::{Centre, ENTRIES},
    indicator::{FIGURES, enter_and_confirm, figure, set_up},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, column, race, stories};

stories! {
    who_moved_has_two_parts_weighed_by_days,
    the_year_weighs_its_months_and_its_own_goals,
    a_result_is_objected_to_in_time_and_ruled_on_by_somebody_else,
    a_cohort_of_four_is_not_distributed_and_one_of_five_is,
    what_is_final_is_opened_again_by_two_and_what_followed_follows_anew,
    a_review_that_is_waited_for_is_given_late_or_the_person_is_exempt,
    of_two_who_take_a_period_on_at_once_one_does,
    a_scheme_is_previewed_before_it_is_published,
    three_months_in_a_row_bring_what_one_does_not_and_only_once,
}

/// Worked example 12: a month final at 84.50, one exempt, and goals that come to 90.
fn the_year_weighs_its_months_and_its_own_goals(app: App) {
    let mut april = April::come(&app, &bare(), 0, 0).open();
    let mut of_year = bare();
    of_year["name"] = json!({"zh": "业务员年度考核", "en": "Sales, yearly"});
    of_year["span"] = json!("year");
    of_year["year"] = json!({"months": 6000, "goals": 4000});
    of_year["indicators"] = json!([{"indicator": "sales", "weight": 10000,
        "curve": {"kind": "linear", "floor": "0", "cap": "120"}, "target": {"value": "10000000"}}]);
    publish(&april.centre.company.boss, "appraisal-scheme/sales-year", &of_year, "2026-04-01").expect(200);
    april.facts(april.lan(), "1000000");
    april.advance_to("calibration");
    april.score().expect(200);
    let sheet = april.sheet(april.lan());
    act(april.office(), &sheet, "calibrate", json!({"result": "84.50", "reason": "横向拉平"})).expect(200);
    april.advance_to("published");
    april.wait(&app, 30);
    april.advance_to("final");
    let may = april.office().post(PERIODS, json!({"period": "2026-05"})).expect(201);
    april.period = may.header("location").expect("a place");
    april.advance_to("calibration");
    act(april.office(), &april.sheet_of_latest(), "exempt", json!({"reason": "驻外培训"})).expect(200);
    april.advance_to("published");
    april.wait(&app, 240);
    april.advance_to("final");
    let year = april.office().post(PERIODS, json!({"period": "2026"})).expect(201);
    april.period = year.header("location").expect("a place");
    // The first part of the year is that before the position.
    let mut goal = figure(&april.centre, april.lan(), "sales", ("2026", "9000000"));
    goal["part"] = json!(2);
    enter_and_confirm(&april.centre, goal);
    april.advance_to("calibration");
    april.score().expect(200);
    let shown = april.office().get(&april.sheet_of_latest()).expect(200);
    assert_eq!(
        (shown.text("/sheet/year/mean"), shown.text("/sheet/year/goals")),
        ("84.5".into(), "90".into())
    );
    assert_eq!(
        shown.at("/sheet/year/months"),
        json!([{"month": "2026-04", "result": "84.50"}, {"month": "2026-05", "result": null}])
    );
    assert_eq!((shown.text("/result"), shown.text("/grade")), ("86.70".into(), "B".into()));
}

fn a_result_is_objected_to_in_time_and_ruled_on_by_somebody_else(app: App) {
    let mut april = April::come(&app, &bare(), 1, 1).open();
    let other = april.colleagues[0].0.clone();
    april.facts(&other, "1000000");
    let sheet = april.published();
    let object = |by: &Caller| act(by, &sheet, "object", json!({"grounds": "五月的两单未计入"}));
    object(april.who("head")).refuses(403, "appraisal.not_person");
    let actions = april.who("lan").get(&sheet).expect(200).at("/actions");
    let allowed: Vec<&Value> = actions
        .as_array()
        .into_iter()
        .flatten()
        .filter(|action| action["allowed"] == true)
        .map(|action| &action["name"])
        .collect();
    assert_eq!(allowed, [&json!("object")]);
    object(april.who("lan")).expect(200);
    object(april.who("lan")).refuses(409, "appraisal.objected_already");
    let open = april.office().get(&format!("{APPRAISALS}?objected=true")).expect(200);
    assert_eq!(open.at("/data").as_array().map(Vec::len), Some(1));
    let rule = |by: &Caller, result: Value| {
        act(by, &sheet, "rule", json!({"result": result, "reason": "核对订单后更正"}))
    };
    rule(april.who("lan"), json!("99")).refuses(403, "http.forbidden");
    let ruled = rule(april.office(), json!("99.5")).expect(200);
    assert_eq!(
        (ruled.text("/result"), ruled.text("/grade"), ruled.at("/objection/upheld")),
        ("99.50".into(), "A".into(), json!(true))
    );
    assert_eq!(
        (ruled.text("/calibrations/0/kind"), ruled.text("/calibrations/0/old_result")),
        ("ruling".into(), "98.00".into())
    );
    rule(april.office(), Value::Null).refuses(409, "appraisal.nothing_objected");
    april.wait(&app, 30);
    let late = april.sheet(&other);
    let by = app.sign_in("an", PASSWORD);
    act(&by, &late, "object", json!({"grounds": "迟了"})).refuses(409, "appraisal.objection_late");
    april.advance().expect(200);
}

/// Worked example 15.
fn a_cohort_of_four_is_not_distributed_and_one_of_five_is(app: App) {
    let april = April::come(&app, &bare(), 3, 3);
    let (boss, departments) = (&april.centre.company.boss, &april.centre.company.departments);
    let position = boss.get("/api/v1/positions").expect(200).text("/data/0/id");
    let fifth = json!({"number": "E9000", "name": "顾", "joined_on": "2026-01-01", "position_id": position,
        "department_id": departments["sales"], "superior_id": april.centre.company.id("director")});
    let fifth = boss.post("/api/v1/employees", fifth).expect(201).text("/id");
    let (marketing, whole) = (departments["marketing"].clone(), departments["centre"].clone());
    let april = april.open();
    let people: Vec<String> = april.colleagues.iter().map(|(id, _)| id.clone()).collect();
    for (employee, sales) in people.iter().zip(["1000000", "1100000", "1200000"]) {
        april.facts(employee, sales);
    }
    april.facts(april.lan(), "1150000");
    for (code, value) in
        [("sales", "1000000"), ("new-customers", "9"), ("complaints-in-time", "95"), ("weekly-reports", "0")]
    {
        let body = figure(&april.centre, &fifth, code, ("2026-04", value));
        let entered = april.office().post(FIGURES, body).expect(201).header("location").expect("a place");
        act(april.who("director"), &entered, "confirm", json!({})).expect(200);
    }
    april.advance_to("calibration");
    let distribute = |department: &str| {
        let body = json!({"department_id": department, "scheme": "appraisal-scheme/sales", "reason": "按方案强制分布"});
        act(april.office(), &april.period, "distribute", body)
    };
    distribute(&whole).refuses(409, "appraisal.no_distribution");
    april.score().expect(200);
    let refused = distribute(&marketing).refuses(409, "appraisal.cohort_too_small");
    assert_eq!((refused.at("/params/size"), refused.at("/params/least")), (json!(4), json!(5)));
    let single = json!({"grade": "B", "reason": "投诉未结"});
    act(april.who("head"), &april.sheet(&people[0]), "calibrate", single.clone())
        .refuses(403, "http.forbidden");
    let lowered = act(april.office(), &april.sheet(&people[0]), "calibrate", single.clone()).expect(200);
    assert_eq!((lowered.text("/calibrations/0/old_grade"), lowered.text("/grade")), ("A".into(), "B".into()));
    act(april.office(), &april.sheet(&people[0]), "calibrate", single)
        .refuses(422, "appraisal.nothing_changes");
    distribute(&whole).expect(200);
    let ranked = april.office().get(&format!("{APPRAISALS}?sort=-result")).expect(200).at("/data");
    assert_eq!(column(&ranked, "grade"), ["A", "B", "B", "B", "B"], "a fifth of five");
    let best = april.office().get(&april.sheet(&people[2])).expect(200);
    assert_eq!((best.text("/grade"), best.at("/calibrations")), ("A".into(), json!([])));
}

fn what_is_final_is_opened_again_by_two_and_what_followed_follows_anew(app: App) {
    let mut scheme = bare();
    scheme["consequences"] = json!([
        {"when": {"kind": "grade", "grades": ["A"]}, "clause": "000 §10",
            "follows": {"kind": "entry", "amount": {"kind": "money", "amount": {"amount": "500.00", "currency": "CNY"}}}},
        {"when": {"kind": "grade", "grades": ["A"]}, "clause": "004 §9.3",
            "follows": {"kind": "task", "title": "提出晋升建议", "within_days": 10}}]);
    let mut april = April::come(&app, &scheme, 0, 0).open();
    let sheet = april.published();
    april.wait(&app, 30);
    april.advance_to("final");
    let entries = |incident: &str| {
        april
            .office()
            .get(&format!("{ENTRIES}?incident_kind={incident}&sort=proposed_at"))
            .expect(200)
            .at("/data")
    };
    let entered = entries("appraisal");
    assert_eq!(
        (&entered[0]["status"], &entered[0]["amount"]["amount"]["amount"]),
        (&json!("proposed"), &json!("500.00"))
    );
    let tasks = april.who("head").get("/api/v1/tasks").expect(200);
    assert_eq!(
        (tasks.text("/data/0/title"), tasks.text("/data/0/giver/name")),
        ("提出晋升建议".into(), "director".into())
    );
    let ask = |by: &Caller| act(by, &sheet, "ask-to-reopen", json!({"reason": "漏计退款"}));
    ask(april.who("head")).refuses(403, "http.forbidden");
    let revision = ask(april.who("director")).expect(201).header("location").expect("a place");
    ask(april.office()).refuses(409, "appraisal.reopened_already");
    act(april.who("director"), &revision, "approve-reopening", json!({}))
        .refuses(403, "appraisal.approves_own_reopening");
    act(april.who("gm"), &revision, "refuse-reopening", json!({})).expect(200);
    let revision = ask(april.office()).expect(201).header("location").expect("a place");
    act(april.office(), &revision, "conclude", json!({})).refuses(409, "appraisal.wrong_state");
    act(april.who("gm"), &revision, "approve-reopening", json!({})).expect(200);
    let lowered = json!({"result": "80", "reason": "扣除退款"});
    act(april.office(), &revision, "calibrate", lowered).expect(200);
    let done = act(april.office(), &revision, "conclude", json!({})).expect(200);
    assert_eq!(
        (done.text("/status"), done.text("/grade"), done.at("/revision")),
        ("final".into(), "B".into(), json!(3))
    );
    assert_eq!(april.who("lan").get(&sheet).expect(200).text("/result"), "98.00", "what was final stays");
    assert_eq!(entries("appraisal")[0]["status"], "cancelled");
}

fn a_review_that_is_waited_for_is_given_late_or_the_person_is_exempt(app: App) {
    let mut scheme = scheme();
    scheme["reviews"]["missing"] = json!("block");
    scheme["consequences"] = json!([]);
    let april = April::come(&app, &scheme, 2, 0).open();
    april.facts(april.lan(), "1000000");
    april.reviews(&["90", "85"]);
    let blocked = april.score().expect(200);
    assert_eq!(blocked.at("/people/blocked"), json!(1));
    let sheet = april.sheet(april.lan());
    assert_eq!(april.office().get(&sheet).expect(200).text("/unscored"), "review_missing");
    let (_, third) = &april.colleagues[1];
    let asked = third.get(REVIEWS).expect(200);
    let place = format!("{REVIEWS}/{}", asked.text("/data/0/id"));
    act(third, &place, "give", json!({"score": "92", "comment": "尽责"}))
        .refuses(422, "appraisal_review.peer_comment");
    act(third, &place, "give", json!({"score": "101"})).refuses(422, "validation.out_of_range");
    act(third, &place, "give", json!({"score": "92"})).expect(200);
    assert_eq!(april.score().expect(200).at("/people/scored"), json!(1));
    let live = april.who("lan").get(&format!("{sheet}/attainment")).expect(200);
    assert_eq!(live.text("/so_far/lines/0/indicator"), "sales");
}

fn of_two_who_take_a_period_on_at_once_one_does(app: App) {
    let april = April::come(&app, &bare(), 0, 0).open();
    april.score().refuses(409, "appraisal_period.wrong_stage");
    april
        .office()
        .post(PERIODS, json!({"period": "2026-04"}))
        .refuses(409, "appraisal_period.opened_already");
    april
        .office()
        .post(PERIODS, json!({"period": "2026-Q2"}))
        .refuses(409, "appraisal_period.nobody_covered");
    april.office().post(PERIODS, json!({"period": "2026-W15"})).refuses(422, "scheme.not_a_period");
    april.who("head").post(PERIODS, json!({"period": "2026-06"})).refuses(403, "http.forbidden");
    let version = april.office().get(&april.period).expect(200).version();
    let path = format!("{}/advance", april.period);
    let runners = [april.office(), &april.centre.company.boss].map(|by| {
        let path = path.clone();
        Box::new(move || by.at(version).act(&path).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    assert_eq!(april.office().get(&april.period).expect(200).text("/stage"), "self_review");
    tests::block_on(api::go_on_with_appraisals(&app.database)).expect("nothing is left");
}

fn a_scheme_is_previewed_before_it_is_published(app: App) {
    let april = April::come(&app, &bare(), 1, 1);
    let covered = april.office().get("/api/v1/appraisal-coverage?period=2026-04&covered=true").expect(200);
    assert_eq!(column(&covered.at("/data"), "scheme"), ["appraisal-scheme/sales"; 2]);
    let boss = &april.centre.company.boss;
    let mut wrong = bare();
    wrong["indicators"][0]["weight"] = json!(3999);
    wrong["indicators"][1]["indicator"] = json!("mood");
    wrong["positions"] = json!(["sales-representative", "poet"]);
    let refused =
        publish(boss, "appraisal-scheme/other", &wrong, "2026-06-01").refuses(422, "policy.unsound");
    let codes = column(&refused.at("/errors"), "code");
    for code in [
        "scheme.weights_differ",
        "scheme.indicator_unknown",
        "scheme.position_unknown",
        "scheme.position_elsewhere",
    ] {
        assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
    }
    let next = json!({"code": "appraisal-scheme/sales", "title": "考核方案", "content": bare(), "clause": "004 §9",
        "effective_from": "2027-01-01"});
    let draft = boss.post("/api/v1/policies", next).expect(201).text("/id");
    let path = format!("/api/v1/appraisal-coverage?period=2027-01&policy_id={draft}");
    let covered = april.office().get(&path).expect(200).at("/data");
    let versions: Vec<&Value> = covered
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| &row["scheme_version"])
        .filter(|n| !n.is_null())
        .collect();
    assert_eq!(versions, [&json!(2), &json!(2)]);
    april.office().get("/api/v1/appraisal-coverage?period=2026-W15").refuses(422, "scheme.not_a_period");
    april.who("lan").get("/api/v1/appraisal-coverage?period=2026-04").refuses(403, "http.forbidden");
    let office = april.office();
    let sales = office.get("/api/v1/indicators?q=xse").expect(200).text("/data/0/id");
    act(office, &format!("/api/v1/indicators/{sales}"), "retire", json!({})).refuses(409, "indicator.in_use");
}

/// Worked example 11.
fn who_moved_has_two_parts_weighed_by_days(app: App) {
    let mut scheme = bare();
    scheme["indicators"] = json!([{"indicator": "sales", "weight": 10000,
        "curve": {"kind": "linear", "floor": "0", "cap": "120"}, "target": {"value": "1000000"}, "by_days": true}]);
    let april = {
        let mut centre = Centre::found(&app);
        let boss = &centre.company.boss;
        let position = position(boss);
        set_up(&centre.office);
        publish(boss, "appraisal-scheme/sales", &scheme, "2026-04-01").expect(200);
        let (marketing, sales) =
            (centre.company.departments["marketing"].clone(), centre.company.departments["sales"].clone());
        let (head, director) =
            (centre.company.id("head").to_owned(), centre.company.id("director").to_owned());
        place(boss, centre.company.id("lan"), &marketing, (&position, &head), "2026-04-01");
        place(boss, centre.company.id("lan"), &sales, (&position, &director), "2026-04-11");
        app.advance(Duration::days(62));
        centre.company.sign_in_again(&app);
        centre.office = app.sign_in("office", PASSWORD);
        April { centre, colleagues: Vec::new(), period: String::new() }.open()
    };
    let sheet = april.sheet(april.lan());
    let targets = json!({"targets": [{"part": 2, "indicator": "sales", "value": "600000"}]});
    act(april.office(), &sheet, "set-targets", targets).expect(200);
    for (part, value) in [(1, "300000"), (2, "500000")] {
        let mut body = figure(&april.centre, april.lan(), "sales", ("2026-04", value));
        body["part"] = json!(part);
        let by = april.office();
        let entered = by.post(FIGURES, body).expect(201).header("location").expect("a place");
        act(april.who("director"), &entered, "confirm", json!({})).expect(200);
    }
    april.advance_to("calibration");
    april.score().expect(200);
    let shown = april.who("director").get(&sheet).expect(200);
    assert_eq!((shown.at("/parts/0/days"), shown.at("/parts/1/days")), (json!(10), json!(20)));
    assert_eq!(column(&shown.at("/sheet/lines"), "score"), ["90", "120"]);
    assert_eq!((shown.text("/sheet/indicators"), shown.text("/result")), ("110".into(), "110.00".into()));
}

/// Each D brings coaching, the third in a row a proposal to move or demote, accepted by the next above; an exempt month neither
/// counts nor breaks the row.
fn three_months_in_a_row_bring_what_one_does_not_and_only_once(app: App) {
    let mut scheme = bare();
    scheme["consequences"] = json!([
        {"when": {"kind": "grade", "grades": ["D"]}, "clause": "001 §3",
            "follows": {"kind": "task", "title": "绩效辅导面谈", "within_days": 10}},
        {"when": {"kind": "in_a_row", "grades": ["D"], "periods": 3}, "clause": "004 §9.3",
            "follows": {"kind": "task", "title": "提出调岗或降级方案", "within_days": 10}}]);
    let mut april = April::come(&app, &scheme, 0, 0);
    let mut given = Vec::new();
    for month in ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08"] {
        april = april.open_month(month);
        let sales = if month == "2026-05" { None } else { Some("0") };
        for (code, value) in [("sales", sales), ("new-customers", Some("7")), ("weekly-reports", Some("9"))] {
            let Some(value) = value else { continue };
            enter_and_confirm(&april.centre, figure(&april.centre, april.lan(), code, (month, value)));
        }
        april.wait(&app, 30);
        april.advance_to("calibration");
        if month == "2026-05" {
            let sheet = april.sheet_of_latest();
            act(april.office(), &sheet, "exempt", json!({"reason": "驻外培训"})).expect(200);
        }
        april.score().expect(200);
        april.advance_to("published");
        april.wait(&app, 30);
        april.advance_to("final");
        let tasks = april.who("head").get("/api/v1/tasks?limit=50").expect(200);
        let titles = column(&tasks.at("/data"), "title");
        let of = |title: &str| titles.iter().filter(|found| *found == title).count();
        given.push((of("绩效辅导面谈"), of("提出调岗或降级方案")));
    }
    assert_eq!(given, [(1, 0), (1, 0), (2, 0), (3, 1), (4, 1)]);
}
