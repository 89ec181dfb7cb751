//! Appraisals: a month from its targets to what is final, each sheet explained line by line, seen by its
//! person, by those above them, and by nobody else. `[KPI-2 … KPI-9; 004 §9]`

use crate::{
    expense_request::act,
    incentive_entry::{Centre, ENTRIES, points},
    indicator::{FIGURES, confirmed, enter_and_confirm, figure, set_up},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Records, Reply, column, records, stories};

stories! {
    a_month_is_appraised_from_targets_to_final,
    two_peers_are_not_shown_and_their_weight_is_spread,
    each_line_says_how_it_came_about,
}

records! {
    "/api/v1/appraisal-periods/{id}" => a_period,
    "/api/v1/appraisals/{id}" => an_appraisal,
    "/api/v1/appraisal-reviews/{id}" => a_review,
}

pub(crate) const PERIODS: &str = "/api/v1/appraisal-periods";
pub(crate) const APPRAISALS: &str = "/api/v1/appraisals";
pub(crate) const REVIEWS: &str = "/api/v1/appraisal-reviews";

/// The scheme of the worked examples.
pub(crate) fn scheme() -> Value {
    let text = include_str!("../../domain/performance/src/scheme/example.json");
    serde_json::from_str(text).expect("it reads")
}

/// The same without reviews, and what follows from nothing.
pub(crate) fn bare() -> Value {
    let mut scheme = scheme();
    scheme["shares"] = json!({"indicators": 10000, "reviews": 0});
    scheme["consequences"] = json!([]);
    scheme
}

pub(crate) fn publish(boss: &Caller, code: &str, content: &Value, from: &str) -> Reply {
    let body = json!({"code": code, "title": "考核方案", "content": content, "clause": "004 §9",
        "effective_from": from});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish"))
}

pub(crate) fn position(boss: &Caller) -> String {
    let body = json!({"code": "sales-representative", "name_zh": "业务员", "duties": ["完成销售任务"],
        "clause": "000 §2.3(1)"});
    boss.post("/api/v1/positions", body).expect(201).text("/id")
}

/// Gives somebody a position below a superior from a day on.
pub(crate) fn place(
    boss: &Caller,
    employee: &str,
    department: &str,
    (position, superior): (&str, &str),
    from: &str,
) {
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
pub(crate) struct April {
    pub centre: Centre,
    pub colleagues: Vec<(String, Caller)>,
    pub period: String,
}

impl April {
    /// With so many more colleagues beside 小明, of whom so many are sales representatives too.
    pub fn come(app: &App, scheme: &Value, colleagues: usize, measured: usize) -> Self {
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
        Self { centre, colleagues, period: String::new() }
    }

    pub fn who(&self, name: &str) -> &Caller {
        self.centre.who(name)
    }

    pub fn office(&self) -> &Caller {
        &self.centre.office
    }

    pub fn lan(&self) -> &str {
        self.centre.company.id("lan")
    }

    pub fn open(self) -> Self {
        self.open_month("2026-04")
    }

    pub fn open_month(mut self, month: &str) -> Self {
        let opened = self.office().post(PERIODS, json!({"period": month})).expect(201);
        assert_eq!(opened.at("/pass"), Value::Null);
        self.period = opened.header("location").expect("a place");
        self
    }

    #[track_caller]
    pub fn advance(&self) -> Reply {
        act(self.office(), &self.period, "advance", json!({}))
    }

    #[track_caller]
    pub fn advance_to(&self, stage: &str) {
        while self.office().get(&self.period).expect(200).text("/stage") != stage {
            // What ends by the clock may have been ended by the chore in the same instant.
            let reply = self.advance();
            assert!(matches!(reply.status, 200 | 409 | 412), "{reply}");
        }
    }

    #[track_caller]
    pub fn score(&self) -> Reply {
        act(self.office(), &self.period, "score", json!({}))
    }

    /// The sheet of somebody: its place.
    #[track_caller]
    pub fn sheet(&self, employee: &str) -> String {
        let listed =
            self.office().get(&format!("{APPRAISALS}?employee_id={employee}&sort=created_at")).expect(200);
        format!("{APPRAISALS}/{}", listed.text("/data/0/id"))
    }

    /// Enters what 兰兰 reached in the first worked example.
    pub fn facts(&self, employee: &str, sales: &str) {
        let of = |code: &str, value: &str| confirmed(&self.centre, employee, code, ("2026-04", value));
        of("sales", sales);
        of("new-customers", "7");
        of("complaints-in-time", "96.0");
        of("weekly-reports", "2");
    }

    /// Gives the review that somebody is asked for about somebody.
    #[track_caller]
    pub fn review(&self, by: &Caller, about: &str, score: &str) {
        let asked = by.get(&format!("{REVIEWS}?given=false&expand=employee")).expect(200).at("/data");
        let asked = asked.as_array().cloned().unwrap_or_default();
        let mine = asked.iter().find(|review| review["employee"]["id"] == about && review["is_open"] == true);
        let id = mine.and_then(|review| review["id"].as_str()).expect("a review one is asked for");
        act(by, &format!("{REVIEWS}/{id}"), "give", json!({"score": score})).expect(200);
    }

    /// Self 95, peers as given, the superior 88.
    pub fn reviews(&self, peers: &[&str]) {
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
    pub fn points(&self, amount: i64) {
        let body = json!({"employee_id": self.lan(), "amount": points(amount), "happened_on": "2026-04-10",
            "grounds": "四月奖惩", "clause": "001 §3"});
        let entry = self.who("head").post(ENTRIES, body).expect(201).header("location").expect("a place");
        act(self.who("head"), &entry, "notify", json!({})).expect(200);
        act(self.who("lan"), &entry, "answer", json!({})).expect(200);
        act(self.office(), &entry, "confirm", json!({})).expect(200);
    }

    /// After the time in which people may object.
    pub fn wait(&mut self, app: &App, days: i64) {
        app.advance(Duration::days(days));
        self.centre.company.sign_in_again(app);
        self.centre.office = app.sign_in("office", PASSWORD);
    }
}

impl April {
    /// The sheet of 兰兰 in the period that was opened last: its place.
    #[track_caller]
    pub fn sheet_of_latest(&self) -> String {
        let id = self.office().get(&self.period).expect(200).text("/id");
        let listed = self.office().get(&format!("{APPRAISALS}?appraisal_period_id={id}")).expect(200);
        format!("{APPRAISALS}/{}", listed.text("/data/0/id"))
    }

    /// Scored without reviews, and published.
    pub fn published(&self) -> String {
        self.facts(self.lan(), "1150000");
        self.advance_to("calibration");
        self.score().expect(200);
        self.advance_to("published");
        self.sheet(self.lan())
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
    april.advance_to("final");
    let done = april.office().get(&april.period).expect(200);
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
    let path = format!("{sheet}/set-targets");
    april.who("lan").at(1).post(&path, targets.clone()).refuses(404, "http.not_found");
    act(april.who("head"), &sheet, "set-targets", targets).expect(200);
    let unknown = json!({"targets": [{"indicator": "weekly-reports", "value": "1"}]});
    act(april.who("head"), &sheet, "set-targets", unknown).refuses(422, "appraisal.target_unknown");
    april.facts(&people[1], "1000000");
    april.facts(&people[2], "1000000");
    confirmed(&april.centre, &people[2], "customer-data-leaked", ("2026-04", "1"));
    let mut adjusting = figure(&april.centre, &people[0], "sales", ("2026-04", "-200000"));
    adjusting["adjusts"] = json!({"period": "2026-03", "about": "XS-2026-0312 退款"});
    enter_and_confirm(&april.centre, adjusting);
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
    let late = figure(&april.centre, &people[0], "sales", ("2026-04", "1"));
    april.who("head").post(FIGURES, late).refuses(409, "indicator_figure.entered_twice");
    april.wait(&app, 1);
    assert_eq!(
        april.score().expect(200).at("/people/scored"),
        json!(3),
        "兰兰 has no value, and nothing is waited for"
    );
    let again = april.who("head").get(&april.sheet(&people[0])).expect(200);
    assert_eq!(line(&again, "sales")["digest"], sales["digest"]);
}
