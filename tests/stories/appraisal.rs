//! Appraisals: a month from its targets to what is final, each sheet explained line by line, seen by its person, by those
//! above them, and by nobody else. `[KPI-2 … KPI-9; 004 §9]`

use crate::{
    expense_request::act,
    incentive_entry::{Centre, ENTRIES, points},
    indicator::{confirmed, figure, set_up},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Records, Reply, column, race, records, stories};

stories! {
    a_month_is_appraised_from_targets_to_final,
    two_peers_are_not_shown_and_their_weight_is_spread,
    each_line_says_how_it_came_about,
    who_moved_has_two_parts_weighed_by_days,
    the_year_weighs_its_months_and_its_own_goals,
    a_result_is_objected_to_in_time_and_ruled_on_by_somebody_else,
    a_cohort_of_four_is_not_distributed_and_one_of_five_is,
    what_is_final_is_opened_again_by_two_and_what_followed_follows_anew,
    a_review_that_is_waited_for_is_given_late_or_the_person_is_exempt,
    of_two_who_take_a_period_on_at_once_one_does,
    a_scheme_is_previewed_before_it_is_published,
}

records! {
    "/api/v1/appraisal-periods/{id}" => a_period,
    "/api/v1/appraisals/{id}" => an_appraisal,
    "/api/v1/appraisal-reviews/{id}" => a_review,
}

const PERIODS: &str = "/api/v1/appraisal-periods";
const APPRAISALS: &str = "/api/v1/appraisals";
const REVIEWS: &str = "/api/v1/appraisal-reviews";

/// The scheme of the worked examples.
fn scheme() -> Value {
    let text = include_str!("../../domain/performance/src/scheme/example.json");
    serde_json::from_str(text).expect("it reads")
}

/// The same without reviews, and what follows from nothing.
fn bare() -> Value {
    let mut scheme = scheme();
    scheme["shares"] = json!({"indicators": 10000, "reviews": 0});
    scheme["consequences"] = json!([]);
    scheme
}

fn publish(boss: &Caller, code: &str, content: &Value, from: &str) -> Reply {
    let body = json!({"code": code, "title": "考核方案", "content": content, "clause": "004 §9",
        "effective_from": from});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish"))
}

fn position(boss: &Caller) -> String {
    let body = json!({"code": "sales-representative", "name_zh": "业务员", "duties": ["完成销售任务"],
        "clause": "000 §2.3(1)"});
    boss.post("/api/v1/positions", body).expect(201).text("/id")
}

/// Gives somebody a position below a superior from a day on.
fn place(boss: &Caller, employee: &str, department: &str, (position, superior): (&str, &str), from: &str) {
    let body = json!({"department_id": department, "position_id": position, "superior_id": superior,
        "from": from});
    act(boss, &format!("/api/v1/employees/{employee}"), "move", body).expect(200);
}

fn a_period(made: &Records<'_>) -> String {
    let boss = &made.company.boss;
    let position = position(boss);
    set_up(boss);
    publish(boss, "appraisal-scheme/sales", &scheme(), "2026-01-01").expect(200);
    let (lan, marketing) = (made.company.id("lan"), &made.company.departments["marketing"]);
    place(boss, lan, marketing, (&position, made.company.id("head")), "2026-03-05");
    let period = boss.post(PERIODS, json!({"period": "2026-03"})).expect(201).text("/id");
    act(boss, &format!("{PERIODS}/{period}"), "advance", json!({})).expect(200);
    period
}

fn an_appraisal(made: &Records<'_>) -> String {
    made.id("/api/v1/appraisal-periods/{id}");
    made.company.boss.get(APPRAISALS).expect(200).text("/data/0/id")
}

fn a_review(made: &Records<'_>) -> String {
    made.id("/api/v1/appraisal-periods/{id}");
    made.company.who("lan").get(REVIEWS).expect(200).text("/data/0/id")
}

/// April of 2026, looked at on 6 May: 兰兰 is a sales representative below the head, with colleagues.
struct April {
    centre: Centre,
    position: String,
    colleagues: Vec<(String, Caller)>,
    period: String,
}

impl April {
    /// With so many more colleagues beside 小明, of whom so many are sales representatives too.
    fn come(app: &App, scheme: &Value, colleagues: usize, measured: usize) -> Self {
        let mut centre = Centre::found(app);
        let boss = &centre.company.boss;
        let position = position(boss);
        set_up(&centre.office);
        publish(boss, "appraisal-scheme/sales", scheme, "2026-04-01").expect(200);
        let settings = json!({"number_prefix": "RP", "answer_working_days": 2, "approved_kinds": [],
            "monthly_caps": {}});
        publish(boss, "incentive-policy/company", &settings, "2026-03-05").expect(200);
        let (marketing, head) =
            (centre.company.departments["marketing"].clone(), centre.company.id("head").to_owned());
        place(boss, centre.company.id("lan"), &marketing, (&position, &head), "2026-04-01");
        let mut hired = Vec::new();
        for place_in in 0..colleagues {
            let name = ["an", "bo", "chen", "dai", "fu"][place_in];
            let id = app.hire(boss, name, &marketing, Some(&head));
            if place_in < measured {
                place(boss, &id, &marketing, (&position, &head), "2026-04-01");
            }
            app.person(boss, name, &id, "sales-representative", "own");
            hired.push((name, id));
        }
        app.advance(Duration::days(62));
        centre.company.sign_in_again(app);
        centre.office = app.sign_in("office", PASSWORD);
        let signed = |(name, id): (&str, String)| (id, app.sign_in(name, PASSWORD));
        let colleagues = hired.into_iter().map(signed).collect();
        Self { centre, position, colleagues, period: String::new() }
    }

    fn who(&self, name: &str) -> &Caller {
        self.centre.who(name)
    }

    fn office(&self) -> &Caller {
        &self.centre.office
    }

    fn lan(&self) -> &str {
        self.centre.company.id("lan")
    }

    fn open(mut self) -> Self {
        let opened = self.office().post(PERIODS, json!({"period": "2026-04"})).expect(201);
        assert_eq!((opened.text("/stage"), opened.at("/pass")), ("targets".into(), Value::Null));
        self.period = opened.header("location").expect("a place");
        self
    }

    #[track_caller]
    fn advance(&self) -> Reply {
        act(self.office(), &self.period, "advance", json!({}))
    }

    #[track_caller]
    fn advance_to(&self, stage: &str) {
        while self.office().get(&self.period).expect(200).text("/stage") != stage {
            self.advance().expect(200);
        }
    }

    #[track_caller]
    fn score(&self) -> Reply {
        act(self.office(), &self.period, "score", json!({}))
    }

    /// The sheet of somebody: its place.
    #[track_caller]
    fn sheet(&self, employee: &str) -> String {
        let listed =
            self.office().get(&format!("{APPRAISALS}?employee_id={employee}&sort=created_at")).expect(200);
        format!("{APPRAISALS}/{}", listed.text("/data/0/id"))
    }

    /// Enters what 兰兰 reached in the first worked example.
    fn facts(&self, employee: &str, sales: &str) {
        let of = |code: &str, value: &str| confirmed(&self.centre, employee, code, ("2026-04", value));
        of("sales", sales);
        of("new-customers", "7");
        of("complaints-in-time", "96.0");
        of("weekly-reports", "2");
    }

    /// Gives the review that somebody is asked for about somebody.
    #[track_caller]
    fn review(&self, by: &Caller, about: &str, score: &str) {
        let asked = by.get(&format!("{REVIEWS}?given=false&expand=employee")).expect(200).at("/data");
        let asked = asked.as_array().cloned().unwrap_or_default();
        let mine = asked.iter().find(|review| review["employee"]["id"] == about && review["is_open"] == true);
        let id = mine.and_then(|review| review["id"].as_str()).expect("a review one is asked for");
        act(by, &format!("{REVIEWS}/{id}"), "give", json!({"score": score})).expect(200);
    }

    /// Self 95, peers as given, the superior 88.
    fn reviews(&self, peers: &[&str]) {
        self.advance_to("self_review");
        self.review(self.who("lan"), self.lan(), "95");
        self.advance_to("peer_review");
        let colleagues = self.colleagues.iter().map(|(_, caller)| caller);
        for (by, score) in [self.who("ming")].into_iter().chain(colleagues).zip(peers) {
            self.review(by, self.lan(), score);
        }
        self.advance_to("superior_review");
        self.review(self.who("head"), self.lan(), "88");
        self.advance_to("calibration");
    }

    /// Points of 兰兰 in April that count.
    fn points(&self, amount: i64) {
        let body = json!({"employee_id": self.lan(), "amount": points(amount), "happened_on": "2026-04-10",
            "grounds": "四月奖惩", "clause": "001 §3"});
        let entry = self.who("head").post(ENTRIES, body).expect(201).header("location").expect("a place");
        act(self.who("head"), &entry, "notify", json!({})).expect(200);
        act(self.who("lan"), &entry, "answer", json!({})).expect(200);
        act(self.office(), &entry, "confirm", json!({})).expect(200);
    }

    /// After the time in which people may object.
    fn wait(&mut self, app: &App, days: i64) {
        app.advance(Duration::days(days));
        self.centre.company.sign_in_again(app);
        self.centre.office = app.sign_in("office", PASSWORD);
    }
}

/// The line of an indicator.
fn line(sheet: &Reply, code: &str) -> Value {
    let lines = sheet.at("/sheet/lines");
    let found = lines.as_array().and_then(|all| all.iter().find(|line| line["indicator"] == code));
    found.cloned().unwrap_or(Value::Null)
}

/// Worked example 1.
fn a_month_is_appraised_from_targets_to_final(app: App) {
    let mut april = April::come(&app, &scheme(), 2, 0).open();
    let sheet = april.sheet(april.lan());
    let shown = april.who("lan").get(&sheet).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/parts/0/scheme")),
        ("open".into(), "appraisal-scheme/sales".into())
    );
    assert_eq!(shown.text("/parts/0/clause"), "004 §9");
    april.facts(april.lan(), "1150000");
    april.points(5);
    april.points(-20);
    april.reviews(&["90", "85", "92"]);
    april.advance().refuses(409, "appraisal_period.unscored_left");
    let scored = april.score().expect(200);
    assert_eq!((scored.at("/people/scored"), scored.at("/pass")), (json!(1), Value::Null));
    // The person sees nothing of it yet, and nobody beside those above them anything at all.
    let own = april.who("lan").get(&sheet).expect(200);
    assert_eq!(
        (own.text("/status"), own.at("/result"), own.at("/sheet")),
        ("open".into(), Value::Null, Value::Null)
    );
    let list = april.who("lan").get(&format!("{APPRAISALS}?whose=mine")).expect(200);
    assert_eq!(list.at("/data/0/result"), Value::Null);
    for stranger in ["ming", "rep"] {
        april.who(stranger).get(&sheet).refuses(404, "http.not_found");
        assert_eq!(april.who(stranger).get(APPRAISALS).expect(200).at("/data"), json!([]));
    }
    let above = april.who("head").get(&sheet).expect(200);
    assert_eq!((above.text("/result"), above.text("/grade")), ("80.48".into(), "B".into()));
    april.advance_to("published");
    let own = april.who("lan").get(&sheet).expect(200);
    assert_eq!(
        (own.text("/result"), own.text("/sheet/indicators"), own.text("/sheet/reviews/sum")),
        ("80.48".into(), "98".into(), "89.6".into())
    );
    assert_eq!(
        (own.at("/sheet/points/points"), own.at("/sheet/points/entries").as_array().map(Vec::len)),
        (json!(-15), Some(2))
    );
    let said: Vec<String> = column(&own.at("/sheet/said"), "zh");
    assert_eq!(said[0], "销售额：1150000 元，目标 1000000，完成率 115 %，得分 115 × 权重 40 % = 46");
    assert_eq!(
        said.last().map(String::as_str),
        Some("结果：98 × 70 % + 89.6 × 30 % − 15 = 80.48；四舍五入后为 80.48")
    );
    assert_eq!(line(&own, "sales")["query"], "entered");
    april.advance().refuses(409, "appraisal_period.objection_time");
    april.wait(&app, 10);
    let done = april.advance().expect(200);
    assert_eq!((done.text("/stage"), done.at("/people/finished")), ("final".into(), json!(1)));
    act(april.office(), &sheet, "calibrate", json!({"grade": "A", "reason": "补"}))
        .refuses(409, "appraisal_period.wrong_stage");
    april.advance().refuses(409, "appraisal_period.wrong_stage");
}

/// Worked example 2.
fn two_peers_are_not_shown_and_their_weight_is_spread(app: App) {
    let april = April::come(&app, &scheme(), 2, 0).open();
    april.facts(april.lan(), "1150000");
    april.points(5);
    april.points(-20);
    april.reviews(&["90", "85"]);
    april.score().expect(200);
    let shown = april.who("director").get(&april.sheet(april.lan())).expect(200);
    assert_eq!(shown.text("/result"), "80.53");
    let reviews = shown.at("/sheet/reviews");
    assert_eq!((&reviews["peers"]["score"], &reviews["peers"]["fate"]), (&Value::Null, &json!("reweighted")));
    assert_eq!((&reviews["own"]["effective_percent"], &reviews["sum"]), (&json!("25"), &json!("89.75")));
    assert!(!shown.at("").to_string().contains("\"85\""), "what a single peer said stands nowhere");
    // A peer reads what they said themselves, and nobody else does.
    let mine = april.who("ming").get(REVIEWS).expect(200);
    let place = format!("{REVIEWS}/{}", mine.text("/data/0/id"));
    assert_eq!(april.who("ming").get(&place).expect(200).text("/score"), "90");
    for other in [april.who("lan"), april.who("head"), april.office(), &april.centre.company.boss] {
        other.get(&place).refuses(404, "http.not_found");
    }
    let told = april.centre.company.boss.get("/api/v1/events?kinds=appraisal_review.given").expect(200);
    assert_eq!(told.at("/data"), json!([]), "the feed tells nothing of reviews");
    act(april.who("ming"), &place, "give", json!({"score": "10"})).refuses(409, "appraisal_review.not_now");
}

/// Worked examples 6, 10, 13 and 14.
fn each_line_says_how_it_came_about(app: App) {
    let mut april = April::come(&app, &bare(), 3, 3).open();
    let people: Vec<String> = april.colleagues.iter().map(|(id, _)| id.clone()).collect();
    april.facts(&people[0], "1400000");
    let targets = json!({"targets": [{"indicator": "new-customers", "value": null}]});
    let sheet = april.sheet(&people[1]);
    act(april.who("lan"), &sheet, "set-targets", targets.clone()).refuses(404, "http.not_found");
    act(april.who("head"), &sheet, "set-targets", targets).expect(200);
    let unknown = json!({"targets": [{"indicator": "weekly-reports", "value": "1"}]});
    act(april.who("head"), &sheet, "set-targets", unknown).refuses(422, "appraisal.target_unknown");
    april.facts(&people[1], "1000000");
    april.facts(&people[2], "1000000");
    confirmed(&april.centre, &people[2], "customer-data-leaked", ("2026-04", "1"));
    let refund = json!({"period": "2026-03", "about": "XS-2026-0312 退款"});
    let mut adjusting = figure(&april.centre, &people[0], "sales", ("2026-04", "-200000"));
    adjusting["adjusts"] = refund;
    crate::indicator::enter_and_confirm(&april.centre, adjusting);
    april.advance_to("calibration");
    april.score().expect(200);
    let of = |employee: &str| april.who("head").get(&april.sheet(employee)).expect(200);
    let refunded = of(&people[0]);
    let sales = line(&refunded, "sales");
    assert_eq!(
        (&sales["value"], &sales["score"], &sales["contribution"]),
        (&json!("1200000"), &json!("120"), &json!("48"))
    );
    assert_eq!(
        sales["adjustments"][0],
        json!({"period": "2026-03", "about": "XS-2026-0312 退款", "value": "-200000"})
    );
    assert!(column(&refunded.at("/sheet/said"), "zh")[1].contains("XS-2026-0312 退款"));
    let spread = of(&people[1]);
    let percent = |code: &str| line(&spread, code)["effective_percent"].clone();
    assert_eq!(
        [percent("sales"), percent("complaints-in-time"), percent("weekly-reports")],
        [json!("50"), json!("25"), json!("25")]
    );
    assert_eq!(line(&spread, "new-customers")["note"], "no_target");
    let vetoed = of(&people[2]);
    assert_eq!(
        (vetoed.text("/result"), vetoed.text("/grade"), vetoed.text("/sheet/veto")),
        ("59.99".into(), "D".into(), "59.99".into())
    );
    assert_eq!(
        (&line(&vetoed, "customer-data-leaked")["note"], &line(&vetoed, "customer-data-leaked")["clause"]),
        (&json!("vetoed"), &json!("003 §5"))
    );
    // What comes later changes nothing that was measured.
    let late = confirmed_late(&april, &people[0]);
    assert_eq!(late, "indicator_figure.entered_twice");
    april.wait(&app, 1);
    assert_eq!(
        april.score().expect(200).at("/people/scored"),
        json!(3),
        "兰兰 has no value, and nothing is waited for"
    );
    assert_eq!(line(&of_again(&april, &people[0]), "sales")["digest"], sales["digest"]);
}

fn of_again(april: &April, employee: &str) -> Reply {
    april.who("head").get(&april.sheet(employee)).expect(200)
}

fn confirmed_late(april: &April, employee: &str) -> String {
    let body = figure(&april.centre, employee, "sales", ("2026-04", "1"));
    april.who("head").post(crate::indicator::FIGURES, body).expect(409).code()
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
        April { centre, position, colleagues: Vec::new(), period: String::new() }.open()
    };
    assert!(!april.position.is_empty());
    let sheet = april.sheet(april.lan());
    let targets = json!({"targets": [{"part": 2, "indicator": "sales", "value": "600000"}]});
    act(april.office(), &sheet, "set-targets", targets).expect(200);
    for (part, value) in [(1, "300000"), (2, "500000")] {
        let mut body = figure(&april.centre, april.lan(), "sales", ("2026-04", value));
        body["part"] = json!(part);
        let by = april.office();
        let entered =
            by.post(crate::indicator::FIGURES, body).expect(201).header("location").expect("a place");
        act(april.who("director"), &entered, "confirm", json!({})).expect(200);
    }
    april.advance_to("calibration");
    april.score().expect(200);
    let shown = april.who("director").get(&sheet).expect(200);
    assert_eq!((shown.at("/parts/0/days"), shown.at("/parts/1/days")), (json!(10), json!(20)));
    assert_eq!(column(&shown.at("/sheet/lines"), "score"), ["90", "120"]);
    assert_eq!((shown.text("/sheet/indicators"), shown.text("/result")), ("110".into(), "110.00".into()));
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
    crate::indicator::enter_and_confirm(&april.centre, goal);
    april.advance_to("calibration");
    april.score().expect(200);
    let shown = april.office().get(&april.sheet_of_latest()).expect(200);
    assert_eq!(
        (shown.text("/sheet/year/mean"), shown.text("/sheet/year/goals")),
        ("84.50".into(), "90".into())
    );
    assert_eq!(
        shown.at("/sheet/year/months"),
        json!([{"month": "2026-04", "result": "84.50"}, {"month": "2026-05", "result": null}])
    );
    assert_eq!((shown.text("/result"), shown.text("/grade")), ("86.70".into(), "B".into()));
}

impl April {
    /// The sheet of 兰兰 in the period that was opened last: its place.
    #[track_caller]
    fn sheet_of_latest(&self) -> String {
        let id = self.office().get(&self.period).expect(200).text("/id");
        let listed = self.office().get(&format!("{APPRAISALS}?appraisal_period_id={id}")).expect(200);
        format!("{APPRAISALS}/{}", listed.text("/data/0/id"))
    }

    /// Scored without reviews, and published.
    fn published(&self) -> String {
        self.facts(self.lan(), "1150000");
        self.advance_to("calibration");
        self.score().expect(200);
        self.advance_to("published");
        self.sheet(self.lan())
    }
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
    let mut scheme = bare();
    scheme["distribution"] = json!({"cohort_at_least": 5, "at_most": [{"grade": "A", "share": 2000}]});
    let april = April::come(&app, &scheme, 4, 4).open();
    let people: Vec<String> = april.colleagues.iter().map(|(id, _)| id.clone()).collect();
    for (employee, sales) in people.iter().zip(["1000000", "1100000", "1150000", "1200000"]) {
        april.facts(employee, sales);
    }
    april.facts(april.lan(), "1150000");
    april.advance_to("calibration");
    let marketing = april.centre.company.departments["marketing"].clone();
    let distribute = |scheme: &str| {
        let body = json!({"department_id": marketing, "scheme": scheme, "reason": "按方案强制分布"});
        act(april.office(), &april.period, "distribute", body)
    };
    distribute("appraisal-scheme/sales").refuses(409, "appraisal.no_distribution");
    let sheet = april.sheet(april.lan());
    act(april.office(), &sheet, "exempt", json!({"reason": "外派"})).expect(200);
    april.score().expect(200);
    let refused = distribute("appraisal-scheme/sales").refuses(409, "appraisal.cohort_too_small");
    assert_eq!((refused.at("/params/size"), refused.at("/params/least")), (json!(4), json!(5)));
    let single = json!({"grade": "A", "reason": "单项突出"});
    let changed = act(april.office(), &april.sheet(&people[0]), "calibrate", single.clone());
    assert_eq!(changed.expect(422).code(), "appraisal.nothing_changes", "it has an A by the bands");
    act(april.who("head"), &april.sheet(&people[0]), "calibrate", single).refuses(403, "http.forbidden");
    let lower = json!({"grade": "B", "reason": "投诉未结"});
    let lowered = act(april.office(), &april.sheet(&people[0]), "calibrate", lower).expect(200);
    assert_eq!((lowered.text("/calibrations/0/old_grade"), lowered.text("/grade")), ("A".into(), "B".into()));
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
    act(third, &place, "give", json!({"score": "101"})).refuses(422, "validation.failed");
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
    let runners = [april.office(), april.who("director")].map(|by| {
        let path = path.clone();
        Box::new(move || by.at(version).act(&path).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert!(answers == [200, 412] || answers == [200, 404], "{answers:?}");
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
