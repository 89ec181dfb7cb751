//! Duties: raised once, done by records or by hand, let go by superiors, missed by the clock, and counted. `[DUT-1, DUT-1b,
//! DUT-2, DUT-2a, DUT-2c, DUT-2j, DUT-4]`

use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_week_is_raised_once_however_many_servers_do_it,
    what_is_done_is_on_time_late_or_made_up_by_when_it_was_received,
    whoever_does_nothing_is_reminded_reported_and_has_missed_it,
    a_superior_waives_and_extends_and_nobody_does_so_for_themselves,
    where_the_rule_says_so_a_superior_confirms_what_was_done,
    leave_of_all_working_days_excuses_and_is_out_of_the_rate,
    whoever_joins_owes_it_with_two_working_days_left_and_whoever_leaves_does_not,
    what_is_wrong_with_a_report_is_said,
    the_board_shows_ones_own_and_those_below_one,
    a_rule_says_beforehand_whom_it_means_and_one_that_means_nobody_is_not_published,
}

records! {
    "/api/v1/duties/{id}" => a_duty,
}

pub(crate) const DUTIES: &str = "/api/v1/duties";

fn a_duty(made: &Records<'_>) -> String {
    let finding = made.place("/api/v1/audit-findings/{id}");
    let id = finding.rsplit('/').next().unwrap_or_default().to_owned();
    let all = made.company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/audit-finding").expect(200);
    let found = all.at("/data").as_array().cloned().unwrap_or_default();
    assert!(!found.is_empty(), "the finding {id} calls for a duty");
    all.text("/data/0/id")
}

/// The weekly report, done by hand: before the end of Saturday, until Monday nine o'clock late, then missed.
pub(crate) fn weekly() -> Value {
    json!({
        "name": {"zh": "周报", "en": "Weekly report"}, "subject": "person", "scope": {"heads": "excluded"},
        "cadence": {"by": "period", "every": "week", "on": {"weekday": "saturday"}, "at": "24:00"},
        "skip_idle_periods": true, "grace": {"until": "working_day", "nth": 1, "at": "09:00"},
        "fulfilled_by": {"source": "manual"},
        "escalation": [
            {"at": {"direction": "before", "amount": 31, "unit": "hours"}, "to": "person"},
            {"at": {"direction": "after", "amount": 0, "unit": "hours"}, "to": "superior"}
        ]
    })
}

#[track_caller]
pub(crate) fn publish(boss: &Caller, code: &str, content: &Value, from: &str) {
    let body = json!({"code": code, "title": "周报", "content": content, "clause": "002 §6 第一章",
        "effective_from": from});
    let place = boss.post("/api/v1/policies", body).expect(201).header("location").expect("a place");
    boss.at(1).act(&format!("{place}/publish")).expect(200);
}

#[track_caller]
pub(crate) fn attend(app: &App) {
    block_on(api::attend_duties(&app.database)).expect("duties attended to");
}

/// Goes on by so many hours, and signs everybody in.
pub(crate) fn go_on(app: &App, company: &mut Company, hours: i64) {
    pass(app, hours);
    company.sign_in_again(app);
}

/// Lets so many hours pass in which servers leave signs.
pub(crate) fn pass(app: &App, hours: i64) {
    for _ in 0..hours * 2 {
        app.advance(Duration::minutes(30));
        block_on(app.database.write(persistence::spine::Request::system("signs"), |tx| {
            persistence::duty::outage::sign(tx)?;
            Ok(persistence::spine::StoredAnswer::default())
        }))
        .expect("a sign");
    }
}

/// The company on Monday 9 March at half past nine, with the week of the report raised for 兰兰, 小明 and three more.
pub(crate) fn in_the_week(app: &App) -> Company {
    let mut company = app.company();
    publish(&company.boss, "duty-rule/weekly-report", &weekly(), "2026-03-05");
    attend(app);
    assert_eq!(raised(app), 0, "a first version begins with the next whole period");
    go_on(app, &mut company, 96);
    attend(app);
    company
}

fn raised(app: &App) -> i64 {
    app.number("SELECT COUNT(*) AS number FROM duties WHERE rule_code = 'duty-rule/weekly-report'")
}

/// Somebody's duty of the week: its place.
#[track_caller]
fn own(by: &Caller) -> String {
    let mine = by.get("/api/v1/duties?rule_code=duty-rule/weekly-report").expect(200);
    format!("{DUTIES}/{}", mine.text("/data/0/id"))
}

#[track_caller]
pub(crate) fn fulfil(by: &Caller, place: &str) -> Reply {
    act(by, place, "fulfil", json!({"note": "本周拜访客户六家，签订意向两份"}))
}

fn status(by: &Caller, place: &str) -> String {
    by.get(place).expect(200).text("/status")
}

pub(crate) fn events(app: &App, kind: &str) -> Vec<Value> {
    let boss = app.sign_in("boss", PASSWORD);
    let told = boss.get(&format!("/api/v1/events?limit=200&kinds={kind}")).expect(200).at("/data");
    told.as_array().cloned().unwrap_or_default()
}

#[track_caller]
pub(crate) fn prove(app: &App) {
    let read = |reader: &mut persistence::spine::Reader<'_>| persistence::duty::verify(reader);
    let differences = block_on(app.database.read(persistence::spine::Request::system("verify"), read));
    assert_eq!(differences.expect("a reading"), []);
}

fn a_week_is_raised_once_however_many_servers_do_it(app: App) {
    let mut company = app.company();
    publish(&company.boss, "duty-rule/weekly-report", &weekly(), "2026-03-05");
    attend(&app);
    go_on(&app, &mut company, 96);
    let database = &app.database;
    let server =
        || Box::new(|| block_on(api::attend_duties(database)).is_ok()) as Box<dyn FnOnce() -> bool + Send>;
    race((0..3).map(|_| server()).collect());
    attend(&app);
    assert_eq!(raised(&app), 5, "everybody but the four heads, once");
    let watermark = "SELECT COUNT(*) AS number FROM duty_watermarks WHERE occasion = '2026-W11'";
    assert_eq!(app.number(watermark), 1);
    let told = events(&app, "duty.batch_raised");
    assert_eq!((told.len(), &told[0]["facts"]["count"]), (1, &json!(5)), "one event for a batch");
    assert!(events(&app, "duty.raised").is_empty());
    // A new version never raises a second one.
    publish(&company.boss, "duty-rule/weekly-report", &weekly(), "2026-03-09");
    attend(&app);
    assert_eq!(raised(&app), 5);
    prove(&app);
}

fn what_is_done_is_on_time_late_or_made_up_by_when_it_was_received(app: App) {
    let mut company = in_the_week(&app);
    let lan = own(company.who("lan"));
    let shown = company.who("lan").get(&lan).expect(200);
    assert_eq!((shown.text("/status"), shown.text("/occasion")), ("open".into(), "2026-W11".into()));
    assert_eq!(
        (shown.text("/due_at"), shown.text("/grace_until")),
        ("2026-03-14T16:00:00.000000Z".into(), "2026-03-16T01:00:00.000000Z".into())
    );
    assert_eq!(fulfil(company.who("lan"), &lan).expect(200).text("/status"), "on_time");
    fulfil(company.who("lan"), &lan).refuses(409, "duty.settled");
    go_on(&app, &mut company, 145);
    let ming = own(company.who("ming"));
    assert_eq!(status(company.who("ming"), &ming), "overdue", "Sunday");
    assert_eq!(fulfil(company.who("ming"), &ming).expect(200).text("/status"), "late");
    go_on(&app, &mut company, 24);
    let sun = own(company.who("sun"));
    assert_eq!(status(company.who("sun"), &sun), "missed", "whether or not a server has looked");
    assert_eq!(fulfil(company.who("sun"), &sun).expect(200).text("/status"), "made_up");
    attend(&app);
    let board =
        company.boss.get("/api/v1/duty-board?group_by=rule&rule_code=duty-rule/weekly-report").expect(200);
    let of = |member: &str| board.at(&format!("/data/0/{member}"));
    // The week after has been raised as well: on Monday.
    assert_eq!(
        [of("raised"), of("on_time"), of("late"), of("made_up"), of("missed")],
        [10, 1, 1, 1, 2].map(|n| json!(n))
    );
    prove(&app);
}

fn whoever_does_nothing_is_reminded_reported_and_has_missed_it(app: App) {
    let mut company = in_the_week(&app);
    go_on(&app, &mut company, 24 * 5);
    (0..3).for_each(|_| attend(&app));
    let reminded = events(&app, "duty.reminded");
    assert_eq!(reminded.len(), 5, "once each, on Friday");
    go_on(&app, &mut company, 24 * 2);
    (0..3).for_each(|_| attend(&app));
    let told: Vec<_> = events(&app, "duty.escalated").into_iter().map(|one| one["facts"].clone()).collect();
    assert_eq!(told.len(), 5);
    assert!(told.iter().any(|facts| facts["to_ids"] == json!([company.id("head")])), "{told:?}");
    assert_eq!(events(&app, "duty.missed").len(), 5);
    let board = company.boss.get("/api/v1/duty-board?group_by=clause").expect(200);
    assert_eq!((board.at("/data/0/missed"), board.at("/data/0/rate_basis_points")), (json!(5), json!(0)));
    prove(&app);
}

fn a_superior_waives_and_extends_and_nobody_does_so_for_themselves(app: App) {
    let mut company = in_the_week(&app);
    let (lan, ming) = (own(company.who("lan")), own(company.who("ming")));
    let reason = || json!({"reason": "出差无网络"});
    act(company.who("lan"), &lan, "waive", reason()).refuses(403, "duty.own");
    company.who("ming").get(&lan).refuses(404, "http.not_found");
    company.who("rep").get(&lan).refuses(404, "http.not_found");
    let later = json!({"due_at": "2026-03-16T09:00:00Z", "reason": "客户推迟"});
    let early = json!({"due_at": "2026-03-10T09:00:00Z", "reason": "客户推迟"});
    let refused = act(company.who("head"), &lan, "extend", early).refuses(422, "duty.extension_too_short");
    assert_eq!(refused.text("/errors/0/pointer"), "/due_at");
    let extended = act(company.who("head"), &lan, "extend", later).expect(200);
    assert_eq!(
        (extended.text("/due_at"), extended.text("/retimings/0/cause")),
        ("2026-03-16T09:00:00.000000Z".into(), "extended".into())
    );
    assert_eq!(extended.text("/retimings/0/due_before"), "2026-03-14T16:00:00.000000Z");
    act(company.who("director"), &ming, "waive", reason()).expect(200);
    go_on(&app, &mut company, 24 * 7);
    attend(&app);
    assert_eq!(status(company.who("lan"), &lan), "open", "it is due later");
    let waived = company.who("ming").get(&ming).expect(200);
    assert_eq!((waived.text("/status"), waived.text("/reason")), ("waived".into(), "出差无网络".into()));
    act(company.who("head"), &lan, "hand-over", json!({"employee_id": company.id("ming")}))
        .refuses(409, "duty.personal");
    let missed = company.who("qian").get("/api/v1/duties?whose=line&status=missed").expect(200);
    assert_eq!(column(&missed.at("/data"), "status"), ["missed"], "of those below one");
    prove(&app);
}

fn where_the_rule_says_so_a_superior_confirms_what_was_done(app: App) {
    let mut company = app.company();
    let mut rule = weekly();
    rule["fulfilled_by"]["is_confirmed"] = json!(true);
    publish(&company.boss, "duty-rule/weekly-report", &rule, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    let lan = own(company.who("lan"));
    assert_eq!(fulfil(company.who("lan"), &lan).expect(200).text("/status"), "reported");
    act(company.who("lan"), &lan, "confirm", json!({})).refuses(403, "duty.own");
    let returned = act(company.who("head"), &lan, "return", json!({"reason": "缺少数据"})).expect(200);
    assert_eq!(returned.text("/status"), "open");
    fulfil(company.who("lan"), &lan).expect(200);
    let confirmed = act(company.who("head"), &lan, "confirm", json!({})).expect(200);
    assert_eq!(confirmed.text("/status"), "on_time");
    assert!(!confirmed.at("/proof/confirmed_at").is_null());
    act(company.who("head"), &lan, "confirm", json!({})).refuses(409, "duty.not_reported");
}

fn leave_of_all_working_days_excuses_and_is_out_of_the_rate(app: App) {
    let mut company = in_the_week(&app);
    let away = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("rep"), "from": "2026-03-09",
        "until": "2026-03-13", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    let due_day = json!({"employee_id": company.id("ming"), "stand_in_id": company.id("rep"), "from": "2026-03-14",
        "until": "2026-03-16", "reason": "事假"});
    company.boss.post("/api/v1/absences", due_day).expect(201);
    let (lan, ming) = (own(company.who("lan")), own(company.who("ming")));
    attend(&app);
    let excused = company.who("lan").get(&lan).expect(200);
    assert_eq!((excused.text("/status"), excused.text("/excuse")), ("excused".into(), "leave".into()));
    let moved = company.who("ming").get(&ming).expect(200);
    assert_eq!(
        (moved.text("/due_at"), moved.text("/retimings/0/cause")),
        ("2026-03-17T04:00:00.000000Z".into(), "leave".into())
    );
    go_on(&app, &mut company, 24 * 8);
    attend(&app);
    let board =
        company.boss.get("/api/v1/duty-board?month[lte]=2026-03&group_by=person").expect(200).at("/data");
    let board = board.as_array().cloned().unwrap_or_default();
    let of_lan = board.iter().find(|row| row["person"]["id"] == company.id("lan")).cloned().expect("a row");
    assert_eq!(of_lan["excused"], json!(1));
    prove(&app);
}

fn whoever_joins_owes_it_with_two_working_days_left_and_whoever_leaves_does_not(app: App) {
    let company = in_the_week(&app);
    company.leave("rep");
    pass(&app, 24 * 3);
    attend(&app);
    assert_eq!(raised(&app), 5);
    let cancelled = "SELECT COUNT(*) AS number FROM duties WHERE status = 'cancelled'";
    assert_eq!(app.number(cancelled), 1, "who left before the due owes nothing");
    let boss = app.sign_in("boss", PASSWORD);
    let hire = |number: &str, on: &str| {
        json!({"number": number, "name": "李娜", "joined_on": on, "department_id": company.departments["marketing"],
            "superior_id": company.id("head")})
    };
    boss.post("/api/v1/employees", hire("N1", "2026-03-12")).expect(201);
    attend(&app);
    assert_eq!(raised(&app), 6, "Thursday and Friday are left");
    app.advance(Duration::hours(24));
    let boss = app.sign_in("boss", PASSWORD);
    boss.post("/api/v1/employees", hire("N2", "2026-03-13")).expect(201);
    attend(&app);
    assert_eq!(raised(&app), 6, "Friday alone is left");
    prove(&app);
}

#[track_caller]
pub(crate) fn own_of(by: &Caller, week: &str) -> String {
    let mine =
        by.get(&format!("/api/v1/duties?rule_code=duty-rule/weekly-report&occasion={week}")).expect(200);
    format!("{DUTIES}/{}", mine.text("/data/0/id"))
}

/// The duty that a rule called for, whoever is responsible.
#[track_caller]
pub(crate) fn called(company: &Company, rule: &str) -> Reply {
    let listed =
        company.boss.get(&format!("/api/v1/duties?whose=all&rule_code=duty-rule/{rule}")).expect(200);
    company.boss.get(&format!("{DUTIES}/{}", listed.text("/data/0/id"))).expect(200)
}

fn what_is_wrong_with_a_report_is_said(app: App) {
    let company = in_the_week(&app);
    let lan = own(company.who("lan"));
    let refused = act(company.who("lan"), &lan, "fulfil", json!({})).refuses(422, "duty.evidence_required");
    assert_eq!(refused.text("/errors/0/pointer"), "/files");
    act(company.who("head"), &lan, "fulfil", json!({"note": "代办"})).refuses(403, "duty.not_responsible");
    act(company.who("lan"), &lan, "confirm", json!({})).refuses(409, "duty.not_reported");
    let finding = crate::audit_finding::open_for_lan(&app, &company).0;
    assert!(!finding.is_empty());
    let place = format!("{DUTIES}/{}", called(&company, "audit-finding").text("/id"));
    act(company.who("lan"), &place, "fulfil", json!({"note": "已整改"})).refuses(422, "duty.other_source");
    let said = company
        .who("lan")
        .with("accept-language", "en")
        .at(9)
        .post(&format!("{lan}/fulfil"), json!({"note": "x"}));
    assert_eq!(said.status, 412);
    company.who("lan").get("/api/v1/duties?status=gone").refuses(400, "http.bad_parameter");
}

fn the_board_shows_ones_own_and_those_below_one(app: App) {
    let company = in_the_week(&app);
    let people = |who: &str, query: &str| {
        let path = format!("/api/v1/duty-board?rule_code=duty-rule/weekly-report{query}");
        let rows = company.who(who).get(&path).expect(200).at("/data");
        let rows = rows.as_array().cloned().unwrap_or_default();
        let mut names: Vec<_> =
            rows.iter().map(|row| row["person"]["name"].as_str().unwrap_or("").to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(people("lan", ""), ["lan"]);
    assert_eq!(people("head", ""), ["lan", "ming"]);
    assert_eq!(people("director", "&whose=line"), ["lan", "ming", "rep"]);
    assert_eq!(people("head", "&whose=mine"), Vec::<String>::new());
    let mine =
        company.who("head").get("/api/v1/duties?rule_code=duty-rule/weekly-report").expect(200).at("/data");
    assert_eq!(mine, json!([]), "one's own are listed where nothing else is asked for");
    let file = company.who("head").get("/api/v1/duty-board?format=csv").expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("按时率"));
}

fn a_rule_says_beforehand_whom_it_means_and_one_that_means_nobody_is_not_published(app: App) {
    let company = app.company();
    let mut rule = weekly();
    rule["fulfilled_by"]["source"] = json!("report.filed");
    let body = |content: &Value| {
        json!({"code": "duty-rule/weekly-report", "title": "周报", "content": content, "clause": "002 §6 第一章",
            "effective_from": "2026-03-05"})
    };
    let boss = &company.boss;
    let place = boss.post("/api/v1/policies", body(&rule)).expect(201).header("location").expect("a place");
    let preview = boss.get(&format!("{place}/duty-preview")).expect(200);
    assert_eq!((preview.text("/occasion"), preview.at("/meant")), ("2026-W11".into(), json!(5)));
    assert_eq!(preview.at("/by_hand"), json!(true), "reports are not there yet");
    assert_eq!(column(&preview.at("/owed_by"), "name").len(), 5);
    boss.at(1).act(&format!("{place}/publish")).expect(200);
    for (member, value, code) in [
        ("scope", json!({"positions": ["nobody"]}), "duty_rule.nobody"),
        ("fulfilled_by", json!({"source": "thinking.done"}), "duty_rule.source_unknown"),
        (
            "escalation",
            json!([{"at": {"direction": "after", "amount": 1, "unit": "hours"}, "to": "office"}]),
            "duty_rule.escalates_to_nobody",
        ),
    ] {
        let mut unsound = weekly();
        unsound[member] = value;
        let place =
            boss.post("/api/v1/policies", body(&unsound)).expect(201).header("location").expect("a place");
        let refused = boss.at(1).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
        assert_eq!(refused.text("/errors/0/code"), code);
    }
    let claims = boss.get("/api/v1/policies?code=expense-policy/claims").expect(200).text("/data/0/id");
    boss.get(&format!("/api/v1/policies/{claims}/duty-preview")).refuses(404, "http.not_found");
}
