//! Teams: what they came to together, and which are honoured, once and to the fen. `[KPI-8; 000 §10]`

use crate::{
    appraisal::{April, PERIODS, bare, place, publish},
    duty,
    incentive_entry::ENTRIES,
};
use domain::{
    approval::Label,
    performance::team_award::{Member, Sharing, TeamAward, TeamAwardPlan, ranked},
    spine::Citation,
    working_time::{Period, Span},
};
use persistence::spine::{Failure, Request, StoredAnswer, Tx};
use serde_json::{Value, json};
use tests::{App, PASSWORD, Records, block_on, column, race, records, stories};

stories! {
    teams_are_ranked_by_their_people_and_the_best_are_honoured_once,
    of_two_who_honour_the_teams_at_once_one_does,
    what_teams_cannot_be_honoured_by_is_said,
}

records! {
    "/api/v1/team-awards/{id}" => an_award,
}

const AWARDS: &str = "/api/v1/team-awards";

/// One that is written as the server writes it: a period that is final would take weeks.
fn an_award(made: &Records<'_>) -> String {
    made.id("/api/v1/appraisal-periods/{id}");
    let department = made.company.departments["marketing"].parse().expect("an id");
    let employees = ["lan", "ming", "head"].map(|name| made.company.id(name).parse().expect("an id"));
    let write = move |tx: &mut Tx<'_>| -> Result<StoredAnswer, Failure> {
        let period: Period = "2026-03".parse().expect("a month");
        let title = Label { zh: "优秀团队".into(), en: "Team of honour".into() };
        let place = domain::performance::team_award::AwardPlace { place: 1, title, sum: None };
        let plan = TeamAwardPlan {
            span: Span::Month,
            members_at_least: 3,
            result_at_least: "80".parse().expect("a decimal"),
            places: vec![place.clone()],
            sharing: Sharing::Equally,
        };
        let result = "90".parse().expect("a decimal");
        let members = employees.map(|employee| Member { employee, days: 31, result }).to_vec();
        let teams = ranked(vec![(department, members)], 3);
        let of = (tx.id(), period);
        let change =
            TeamAward::award(of, &teams[0], (&place, None), (&plan, Citation::rule("KPI-8")), tx.now());
        persistence::performance::team_award::apply(tx, change)?;
        Ok(StoredAnswer::default())
    };
    let request = Request::system("records");
    block_on(made.app.database.write(request, write)).expect("an award");
    made.company.boss.get(AWARDS).expect(200).text("/data/0/id")
}

fn plan() -> Value {
    json!({"span": "month", "members_at_least": 3, "result_at_least": "80", "sharing": "by_result", "places": [
        {"place": 1, "title": {"zh": "优秀团队", "en": "Team of honour"}, "sum": {"amount": "1000.00", "currency": "CNY"}},
        {"place": 2, "title": {"zh": "进步团队", "en": "Team on the way"}}
    ]})
}

/// April, final, with 兰兰 and three colleagues in marketing, and three in sales who do worse.
fn april(app: &App) -> April {
    let april = April::come(app, &bare(), 3, 3);
    let boss = &april.centre.company.boss;
    publish(boss, "team-award/company", &plan(), "2026-04-01").expect(200);
    let position = boss.get("/api/v1/positions").expect(200).text("/data/0/id");
    let (sales, director) =
        (april.centre.company.departments["sales"].clone(), april.centre.company.id("director"));
    let mut others = vec![april.centre.company.id("rep").to_owned()];
    for name in ["gao", "han"] {
        others.push(app.hire(boss, name, &sales, Some(director)));
    }
    for employee in &others {
        place(boss, employee, &sales, (&position, director), "2026-05-06");
    }
    let mut april = april.open_month("2026-05");
    let facts = |employee: &str, sales: &str, part: i64| {
        for (code, value) in
            [("sales", sales), ("new-customers", "10"), ("complaints-in-time", "96"), ("weekly-reports", "0")]
        {
            let mut body = crate::indicator::figure(&april.centre, employee, code, ("2026-05", value));
            body["part"] = json!(part);
            let made = april.office().post(crate::indicator::FIGURES, body).expect(201);
            let entered = made.header("location").expect("a place");
            crate::expense_request::act(april.who("director"), &entered, "confirm", json!({})).expect(200);
        }
    };
    let lan = april.lan().to_owned();
    facts(&lan, "1000000", 1);
    let colleagues: Vec<String> = april.colleagues.iter().map(|(id, _)| id.clone()).collect();
    for (employee, sales) in colleagues.iter().zip(["900000", "800000", "1100000"]) {
        facts(employee, sales, 1);
    }
    for employee in &others {
        facts(employee, "600000", 2);
    }
    april.wait(app, 40);
    april.advance_to("calibration");
    april.score().expect(200);
    april.advance_to("published");
    april.wait(app, 30);
    april
}

fn period_id(april: &April) -> String {
    april.period.rsplit('/').next().unwrap_or_default().to_owned()
}

fn teams_are_ranked_by_their_people_and_the_best_are_honoured_once(app: App) {
    let april = april(&app);
    let award = || april.office().post(AWARDS, json!({"appraisal_period_id": period_id(&april)}));
    award().refuses(409, "team_award.not_final");
    april.advance_to("final");
    let ranked = april.office().get(&format!("{}/team-results", april.period)).expect(200).at("/data");
    assert_eq!(column(&ranked, "result"), ["98.00", "92.46"]);
    assert_eq!((&ranked[0]["members"], &ranked[1]["rank"]), (&json!(4), &json!(2)));
    let given = award().expect(200);
    assert_eq!(given.at("/awards").as_array().map(Vec::len), Some(2));
    let shares = given.at("/awards/0/shares");
    let fen: i64 = shares
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|share| share["amount"]["amount"].as_str()?.replace('.', "").parse::<i64>().ok())
        .sum();
    assert_eq!(fen, 100_000, "to the fen: {shares}");
    assert_eq!(given.at("/awards/1/sum"), Value::Null, "the second place is the honour alone");
    assert_eq!(given.text("/awards/0/citation/policy"), "team-award/company");
    award().refuses(409, "team_award.awarded_already");
    let entered = april.office().get(&format!("{ENTRIES}?incident_kind=appraisal")).expect(200).at("/data");
    assert_eq!(entered.as_array().map(Vec::len), Some(4), "an entry for each who shares");
    let certificates = april.office().get("/api/v1/certificates").expect(200).at("/data");
    assert_eq!(certificates.as_array().map(Vec::len), Some(2), "one for each team");
    assert_eq!(
        april.who("ming").get("/api/v1/certificates").expect(200).at("/data").as_array().map(Vec::len),
        Some(1),
        "that of one's own team"
    );
    let place = format!("{AWARDS}/{}", given.text("/awards/0/id"));
    assert_eq!(april.office().get(&place).expect(200).text("/title_zh"), "优秀团队");
    april.who("head").get(&place).refuses(403, "http.forbidden");
    assert_eq!(column(&april.office().get(AWARDS).expect(200).at("/data"), "result").len(), 2);
    assert_eq!(duty::events(&app, "team_award.awarded").len(), 2);
}

fn of_two_who_honour_the_teams_at_once_one_does(app: App) {
    let april = april(&app);
    april.advance_to("final");
    let body = json!({"appraisal_period_id": period_id(&april)});
    let boss = &april.centre.company.boss;
    let runners = [april.office(), boss].map(|by| {
        let body = body.clone();
        Box::new(move || by.post(AWARDS, body).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    assert_eq!(app.count_rows("team_awards"), 2);
}

fn what_teams_cannot_be_honoured_by_is_said(app: App) {
    let mut april = April::come(&app, &bare(), 0, 0).open();
    april.published();
    april.wait(&app, 30);
    april.advance_to("final");
    let award = |april: &April| april.office().post(AWARDS, json!({"appraisal_period_id": period_id(april)}));
    award(&april).refuses(409, "team_award.no_plan");
    let boss = app.sign_in("boss", PASSWORD);
    let mut wrong = plan();
    wrong["places"][1]["place"] = json!(3);
    wrong["places"][0]["sum"]["amount"] = json!("0.00");
    wrong["members_at_least"] = json!(1);
    wrong["span"] = json!("week");
    let refused = publish(&boss, "team-award/company", &wrong, "2026-04-01").refuses(422, "policy.unsound");
    let codes = column(&refused.at("/errors"), "code");
    for code in ["team_award.places_disordered", "team_award.sum_not_positive", "scheme.not_a_period"] {
        assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
    }
    publish(&boss, "team-award/company", &plan(), "2026-04-01").expect(200);
    award(&april).refuses(409, "team_award.no_team");
    let none = april.office().get(&format!("{}/team-results", april.period)).expect(200);
    assert_eq!(none.at("/data"), json!([]), "of one there is no team");
    april.office().get(&format!("{PERIODS}/{}/team-results", april.lan())).refuses(404, "http.not_found");
}
