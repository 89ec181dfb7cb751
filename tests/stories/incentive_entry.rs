//! Rewards and penalties: one entry for each incident, told, answered, agreed to, confirmed, taken back once, and gone with
//! one payroll. `[INC-1 … INC-3, DUT-2d]`

use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_missed_report_costs_twenty_points_and_its_waiver_gives_them_back_once,
    what_does_not_count_yet_is_cancelled_where_the_duty_is_let_go,
    whoever_is_late_pays_less_than_whoever_misses_it,
    an_incident_has_one_entry,
    a_penalty_is_cut_to_what_the_cap_of_the_month_leaves,
    one_sees_ones_own_and_a_superior_the_line,
    of_confirming_and_cancelling_at_once_one_comes_first,
    what_is_wrong_with_an_entry_is_said,
}

records! {
    "/api/v1/incentive-entries/{id}" => an_entry,
}

pub(crate) const ENTRIES: &str = "/api/v1/incentive-entries";

fn an_entry(made: &Records<'_>) -> String {
    let body = by_hand(made.company.id("lan"), points(5));
    made.post("head", "/api/v1/incentive-entries/{id}", body)
}

pub(crate) fn points(points: i64) -> Value {
    json!({"kind": "points", "points": points})
}

/// What is entered by hand, of the day on which stories begin.
pub(crate) fn by_hand(employee: &str, amount: Value) -> Value {
    json!({"employee_id": employee, "amount": amount, "happened_on": "2026-03-05",
        "grounds": "展会现场处置得当，受到客户书面表扬", "clause": "001 §3 1.2"})
}

/// The weekly report, done by hand: late costs five points, a miss twenty.
fn weekly() -> Value {
    json!({
        "name": {"zh": "周报", "en": "Weekly report"}, "subject": "person", "scope": {"heads": "excluded"},
        "cadence": {"by": "period", "every": "week", "on": {"weekday": "saturday"}, "at": "24:00"},
        "skip_idle_periods": true, "grace": {"until": "working_day", "nth": 1, "at": "09:00"},
        "fulfilled_by": {"source": "manual"},
        "escalation": [{"at": {"direction": "after", "amount": 0, "unit": "hours"}, "to": "superior"}],
        "consequence": {"missed": points(-20), "late": points(-5)}
    })
}

/// The company with its office for personnel.
pub(crate) struct Centre {
    pub company: Company,
    pub office: Caller,
}

impl Centre {
    pub fn found(app: &App) -> Self {
        let company = app.company();
        let boss = &company.boss;
        let id = app.hire(boss, "office", &company.departments["company"], Some(company.id("gm")));
        let office = app.person(boss, "office", &id, "administration-office", "all");
        Self { company, office }
    }

    pub fn who(&self, name: &str) -> &Caller {
        self.company.who(name)
    }

    /// Lets so many hours pass in which servers leave signs, and signs everybody in.
    pub fn pass(&mut self, app: &App, hours: i64) {
        for _ in 0..hours * 2 {
            app.advance(Duration::minutes(30));
            block_on(app.database.write(persistence::spine::Request::system("signs"), |tx| {
                persistence::duty::outage::sign(tx)?;
                Ok(persistence::spine::StoredAnswer::default())
            }))
            .expect("a sign");
        }
        block_on(api::attend_duties(&app.database)).expect("duties attended to");
        self.company.sign_in_again(app);
        self.office = app.sign_in("office", tests::PASSWORD);
    }

    /// Enters something by hand; its place.
    #[track_caller]
    pub fn enter(&self, by: &str, body: Value) -> String {
        self.who(by).post(ENTRIES, body).expect(201).header("location").expect("a place")
    }

    #[track_caller]
    pub fn status(&self, place: &str) -> String {
        self.who("gm").get(place).expect(200).text("/status")
    }

    /// Hands an entry to its approvers; the approval's id.
    #[track_caller]
    pub fn submit(&self, by: &str, place: &str) -> String {
        act(self.who(by), place, "submit", json!({})).expect(200).text("/approval_id")
    }

    #[track_caller]
    pub fn decide(&self, by: &Caller, approval: &str, how: &str, with: Value) -> Reply {
        let place = format!("/api/v1/approvals/{approval}");
        let read = by.get(&place).expect(200);
        let mut body = json!({"document_version": read.at("/document/version")});
        with.as_object().into_iter().flatten().for_each(|(name, value)| body[name] = value.clone());
        by.at(read.version()).post(&format!("{place}/{how}"), body)
    }

    /// The head being who asks, the director agrees in their place, then the office, then the director as such.
    #[track_caller]
    pub fn agree(&self, approval: &str) {
        for by in [self.who("director"), &self.office, self.who("director")] {
            self.decide(by, approval, "approve", json!({})).expect(200);
        }
    }

    /// A reward of 兰兰 that counts: its place.
    #[track_caller]
    pub fn rewarded(&self, amount: i64) -> String {
        let place = self.enter("head", by_hand(self.company.id("lan"), points(amount)));
        let approval = self.submit("head", &place);
        self.agree(&approval);
        assert_eq!(self.status(&place), "confirmed");
        place
    }

    /// What somebody's points of a month come to, as their statement says.
    #[track_caller]
    pub fn points_of(&self, name: &str, month: &str) -> Value {
        let path = format!("/api/v1/me/incentive-statement?month={month}");
        self.who(name).get(&path).expect(200).at("/totals/points")
    }
}

/// The report of 兰兰 not done until Monday 16 March, half past nine.
fn missed(app: &App) -> (Centre, String) {
    let mut centre = Centre::found(app);
    let body = json!({"code": "duty-rule/weekly-report", "title": "周报", "content": weekly(),
        "clause": "002 §6 第一章", "effective_from": "2026-03-05"});
    let place = centre.company.boss.post("/api/v1/policies", body).expect(201).header("location");
    centre.company.boss.at(1).act(&format!("{}/publish", place.expect("a place"))).expect(200);
    centre.pass(app, 96);
    let mine = centre.who("lan").get("/api/v1/duties?rule_code=duty-rule/weekly-report").expect(200);
    let duty = format!("/api/v1/duties/{}", mine.text("/data/0/id"));
    (centre, duty)
}

/// Somebody's own entries.
#[track_caller]
fn own(by: &Caller) -> Vec<Value> {
    let listed = by.get("/api/v1/incentive-entries?whose=mine&sort=proposed_at").expect(200).at("/data");
    listed.as_array().cloned().unwrap_or_default()
}

#[track_caller]
fn only(by: &Caller) -> String {
    let mine = own(by);
    assert_eq!(mine.len(), 1, "{mine:?}");
    format!("{ENTRIES}/{}", mine[0]["id"].as_str().unwrap_or_default())
}

fn a_missed_report_costs_twenty_points_and_its_waiver_gives_them_back_once(app: App) {
    let (mut centre, duty) = missed(&app);
    centre.pass(&app, 24 * 7);
    assert_eq!(centre.who("lan").get(&duty).expect(200).text("/status"), "missed");
    block_on(api::attend_duties(&app.database)).expect("again");
    let place = only(centre.who("lan"));
    let entry = centre.who("lan").get(&place).expect(200);
    assert_eq!((entry.text("/status"), entry.at("/amount")), ("proposed".into(), points(-20)));
    assert_eq!(
        (entry.text("/happened_on"), entry.text("/month"), entry.text("/incident_kind")),
        ("2026-03-16".into(), "2026-03".into(), "duty".into())
    );
    assert!(duty.ends_with(&entry.text("/incident_id")) && entry.at("/proposed_by").is_null());
    assert_eq!(
        (entry.text("/citation/policy"), entry.text("/citation/clause")),
        ("duty-rule/weekly-report".into(), "002 §6 第一章".into())
    );
    assert_eq!(entry.text("/grounds"), "未按期完成：周报（2026-W11）");
    assert_eq!(centre.points_of("lan", "2026-03"), json!(0), "it does not count yet");
    let told = act(&centre.office, &place, "notify", json!({})).expect(200);
    assert_eq!(told.text("/answer_until"), "2026-03-18T16:00:00.000000Z", "two working days");
    act(&centre.office, &place, "confirm", json!({})).refuses(409, "incentive_entry.answer_open");
    act(centre.who("lan"), &place, "answer", json!({})).expect(200);
    act(&centre.office, &place, "confirm", json!({})).expect(200);
    assert_eq!(centre.points_of("lan", "2026-03"), json!(-20));
    centre.pass(&app, 24);
    // On Tuesday the superior waives it, and sends that twice.
    let version = centre.who("head").get(&duty).expect(200).version();
    let waive = || {
        let by = centre.who("head").at(version).once("waive-it");
        by.post(&format!("{duty}/waive"), json!({"reason": "出差途中无网络"})).expect(200)
    };
    let (first, again) = (waive(), waive());
    assert_eq!(first.bytes, again.bytes, "the retry answers the same");
    act(centre.who("head"), &duty, "waive", json!({"reason": "再次"})).refuses(409, "duty.settled");
    let mine = own(centre.who("lan"));
    assert_eq!(mine.len(), 2, "one counter-entry");
    assert_eq!((&mine[0]["status"], &mine[1]["status"]), (&json!("reversed"), &json!("confirmed")));
    assert_eq!(mine[1]["amount"], points(20));
    let entry = centre.who("lan").get(&format!("{place}?expand=countered_by")).expect(200);
    assert_eq!((entry.text("/undone/ground"), entry.at("/undone/by")), ("waived".into(), Value::Null));
    assert_eq!(entry.text("/expanded/countered_by/counters_id"), entry.text("/id"));
    assert_eq!(centre.points_of("lan", "2026-03"), json!(0));
}

fn what_does_not_count_yet_is_cancelled_where_the_duty_is_let_go(app: App) {
    let (mut centre, duty) = missed(&app);
    centre.pass(&app, 24 * 7);
    let (of_lan, of_ming) = (only(centre.who("lan")), only(centre.who("ming")));
    act(&centre.office, &of_lan, "notify", json!({})).expect(200);
    act(centre.who("head"), &duty, "waive", json!({"reason": "出差途中无网络"})).expect(200);
    let entry = centre.who("lan").get(&of_lan).expect(200);
    assert_eq!((entry.text("/status"), entry.text("/undone/ground")), ("cancelled".into(), "waived".into()));
    assert_eq!(own(centre.who("lan")).len(), 1, "nothing counters what never counted");
    // More time is given to 小明, who then does not use it: that is another miss.
    let mine = centre.who("ming").get("/api/v1/duties?rule_code=duty-rule/weekly-report&occasion=2026-W11");
    let duty = format!("/api/v1/duties/{}", mine.expect(200).text("/data/0/id"));
    let later = json!({"due_at": "2026-03-17T09:00:00Z", "reason": "客户推迟"});
    act(centre.who("head"), &duty, "extend", later).expect(200);
    let entry = centre.who("ming").get(&of_ming).expect(200);
    assert_eq!(
        (entry.text("/status"), entry.text("/undone/ground")),
        ("cancelled".into(), "extended".into())
    );
    centre.pass(&app, 72);
    let mine = own(centre.who("ming"));
    assert_eq!(column(&json!(mine), "status"), ["cancelled", "proposed"]);
    // The office cancels that; what 小明 makes up afterwards does not bring it back.
    let again = format!("{ENTRIES}/{}", mine[1]["id"].as_str().unwrap_or_default());
    act(&centre.office, &again, "cancel", json!({"reason": "客户书面说明"})).expect(200);
    act(centre.who("ming"), &duty, "fulfil", json!({"note": "本周拜访客户六家"})).expect(200);
    assert_eq!(column(&json!(own(centre.who("ming"))), "status"), ["cancelled", "cancelled"]);
}

fn whoever_is_late_pays_less_than_whoever_misses_it(app: App) {
    let (mut centre, duty) = missed(&app);
    let ming = centre.who("ming").get("/api/v1/duties?rule_code=duty-rule/weekly-report").expect(200);
    let of_ming = format!("/api/v1/duties/{}", ming.text("/data/0/id"));
    let done = || json!({"note": "本周拜访客户六家"});
    act(centre.who("ming"), &of_ming, "fulfil", done()).expect(200);
    centre.pass(&app, 145);
    act(centre.who("lan"), &duty, "fulfil", done()).expect(200);
    let entry = centre.who("lan").get(&only(centre.who("lan"))).expect(200);
    assert_eq!((entry.at("/amount"), entry.text("/happened_on")), (points(-5), "2026-03-15".into()));
    assert_eq!(entry.text("/grounds"), "逾期完成：周报（2026-W11）");
    centre.pass(&app, 24);
    assert_eq!(own(centre.who("lan")).len(), 1);
    assert!(own(centre.who("ming")).is_empty(), "who was in time owes nothing");
}

fn an_incident_has_one_entry(app: App) {
    let centre = Centre::found(&app);
    let mut body = by_hand(centre.company.id("lan"), points(5));
    body["incident_id"] = json!("019ccccc-0000-7000-8000-000000000001");
    let propose = |who: &'static str| {
        let (by, body) = (centre.who(who).quietly(), body.clone());
        Box::new(move || by.post(ENTRIES, body).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race(vec![propose("head"), propose("director"), propose("gm")]);
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
    let refused =
        centre.who("head").post(ENTRIES, body.clone()).refuses(409, "incentive_entry.already_entered");
    assert_eq!(refused.text("/params/number"), "RP-2026-000001");
    let place = only(centre.who("lan"));
    act(&centre.office, &place, "cancel", json!({"reason": "误记"})).expect(200);
    centre.enter("gm", body);
}

fn a_penalty_is_cut_to_what_the_cap_of_the_month_leaves(app: App) {
    let mut centre = Centre::found(&app);
    let content = json!({"number_prefix": "RP", "answer_working_days": 2, "approved_kinds": ["by_hand"],
        "monthly_caps": {"points": 30}});
    let body = json!({"code": "incentive-policy/company", "title": "奖惩台账设置", "content": content,
        "clause": "001 §3", "effective_from": "2026-03-06"});
    let place = centre.company.boss.post("/api/v1/policies", body).expect(201).header("location");
    centre.company.boss.at(1).act(&format!("{}/publish", place.expect("a place"))).expect(200);
    centre.pass(&app, 24);
    let lan = centre.company.id("lan").to_owned();
    let propose = |who: &'static str| {
        let (by, body) = (centre.who(who).quietly(), by_hand(&lan, points(-20)));
        Box::new(move || by.post(ENTRIES, body).at("/amount/points")) as Box<dyn FnOnce() -> Value + Send>
    };
    let taken = race(vec![propose("head"), propose("director"), propose("gm")]);
    let taken: i64 = taken.iter().filter_map(Value::as_i64).sum();
    assert_eq!(taken, -30, "whoever comes at the same time");
    let mine = own(centre.who("lan"));
    assert_eq!(mine.len(), 3, "each incident has its entry all the same");
    let reward = centre.enter("head", by_hand(&lan, points(50)));
    assert_eq!(
        centre.who("lan").get(&reward).expect(200).at("/amount"),
        points(50),
        "a reward is not capped"
    );
}

fn one_sees_ones_own_and_a_superior_the_line(app: App) {
    let centre = Centre::found(&app);
    let place = centre.rewarded(5);
    let seen = |who: &str| column(&centre.who(who).get(ENTRIES).expect(200).at("/data"), "number").len();
    let all = ["lan", "head", "director", "gm", "sun", "ming", "rep"].map(seen);
    assert_eq!(all, [1, 1, 1, 1, 1, 0, 0]);
    for stranger in ["ming", "rep"] {
        centre.who(stranger).get(&place).refuses(404, "http.not_found");
    }
    centre
        .who("lan")
        .post(ENTRIES, by_hand(centre.company.id("ming"), points(5)))
        .refuses(403, "http.forbidden");
    let refused = centre.who("head").post(ENTRIES, by_hand(centre.company.id("rep"), points(5)));
    assert_eq!(
        refused.refuses(422, "validation.unknown_reference").text("/errors/0/pointer"),
        "/employee_id"
    );
    let line = centre.who("head").get("/api/v1/incentive-entries?whose=line&q=lan").expect(200).at("/data");
    assert_eq!(column(&line, "month"), ["2026-03"]);
    let totals = centre.who("qian").get("/api/v1/incentive-totals?month[gte]=2026-03").expect(200);
    assert_eq!(totals.text("/data/0/employee/id"), centre.company.id("lan"));
    assert_eq!((totals.at("/data/0/totals/points"), totals.at("/data/1")), (json!(5), Value::Null));
    assert_eq!(centre.who("ming").get("/api/v1/incentive-totals").expect(200).at("/data"), json!([]));
    let file = centre.who("qian").get("/api/v1/incentive-totals?format=csv").expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("积分"));
    centre.who("lan").get("/api/v1/incentive-totals?format=csv").refuses(403, "http.forbidden");
}

fn of_confirming_and_cancelling_at_once_one_comes_first(app: App) {
    let (mut centre, _) = missed(&app);
    centre.pass(&app, 24 * 7);
    let place = only(centre.who("lan"));
    act(&centre.office, &place, "notify", json!({})).expect(200);
    act(centre.who("lan"), &place, "answer", json!({})).expect(200);
    let version = centre.office.get(&place).expect(200).version();
    let deed = |by: &Caller, action: &str, body: Value| {
        let (by, path) = (by.quietly().at(version), format!("{place}/{action}"));
        Box::new(move || by.post(&path, body).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let answers = race(vec![
        deed(&centre.office, "confirm", json!({})),
        deed(centre.who("gm"), "cancel", json!({"reason": "误记"})),
        deed(centre.who("director"), "confirm", json!({})),
    ]);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 409, 412].contains(status)), "{answers:?}");
    let expected = if answers[1] == 200 { "cancelled" } else { "confirmed" };
    assert_eq!(centre.status(&place), expected);
    let counted = if answers[1] == 200 { 0 } else { -20 };
    assert_eq!(centre.points_of("lan", "2026-03"), json!(counted));
}

fn what_is_wrong_with_an_entry_is_said(app: App) {
    let centre = Centre::found(&app);
    let head = centre.who("head");
    let lan = centre.company.id("lan");
    let own = head.post(ENTRIES, by_hand(centre.company.id("head"), points(5)));
    own.refuses(403, "incentive_entry.own");
    let mut body = by_hand(lan, points(0));
    body["happened_on"] = json!("2026-03-06");
    let refused = head.post(ENTRIES, body).refuses(422, "validation.failed");
    let wrong = refused.at("/errors");
    assert_eq!(column(&wrong, "code"), ["incentive_entry.not_yet_happened", "incentive_entry.amount"]);
    assert_eq!(column(&wrong, "pointer"), ["/happened_on", "/amount"]);
    let mut body = by_hand(lan, points(5));
    body["evidence"] = json!(["019ccccc-0000-7000-8000-00000000dead"]);
    let refused = head.post(ENTRIES, body).refuses(422, "file.unknown");
    assert_eq!(refused.text("/errors/0/pointer"), "/evidence/0");
    for (member, value) in
        [("grounds", json!("")), ("clause", json!("")), ("amount", json!({"kind": "praise"}))]
    {
        let mut body = by_hand(lan, points(5));
        body[member] = value;
        assert!([400, 422].contains(&head.post(ENTRIES, body).status), "{member}");
    }
    let quarter = centre.who("lan").get("/api/v1/me/incentive-statement?month=2026-Q1");
    assert_eq!(quarter.status, 400, "{quarter}");
    assert_eq!(centre.points_of("lan", "2026-03"), json!(0), "nothing was kept");
}
