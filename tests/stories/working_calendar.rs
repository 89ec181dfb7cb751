//! The working calendar: which days are worked and in which hours, what the lunar calendar calls them, and the announcement of
//! holidays from a spreadsheet, a draft that says what it would change. `[INT-5c, DUT-2i, DUT-3, DUT-3a, DUT-3c]`

use crate::{
    duty::{attend, go_on, publish, weekly},
    file::hand_in,
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Reply, column, stories};

stories! {
    holidays_make_a_draft_that_says_which_days_and_dues_move,
    every_bad_row_of_holidays_is_told_of,
    a_day_has_the_hours_of_its_season_and_weekday,
    new_years_eve_is_the_day_before_the_first_and_a_leap_month_is_not_its_month,
}

const IMPORT: &str = "/api/v1/working-calendar/import";

fn hand(by: &Caller, query: &str, rows: &str) -> Reply {
    let file = format!("名称,开始日期,结束日期,放假或上班\n{rows}");
    hand_in(by, &format!("{IMPORT}{query}"), "放假安排.csv", file.as_bytes())
}

/// What was announced for 2026, as rows.
fn announced(company: &Company) -> String {
    let known = company.boss.get("/api/v1/policies?code=working-calendar/company").expect(200);
    let years = known.at("/data/0/content/years");
    let year =
        years.as_array().into_iter().flatten().find(|year| year["year"] == 2026).expect("2026").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let holidays = year["holidays"].as_array().cloned().unwrap_or_default();
    let off = holidays
        .iter()
        .map(|one| format!("{},{},{},放假\n", text(&one["zh"]), text(&one["from"]), text(&one["to"])));
    let worked = year["make_up_days"].as_array().cloned().unwrap_or_default();
    let worked = worked.iter().map(|day| format!("调休,{},,上班\n", text(day))).collect::<Vec<_>>();
    off.chain(worked).collect()
}

fn holidays_make_a_draft_that_says_which_days_and_dues_move(app: App) {
    let mut company = app.company();
    let mut rule = weekly();
    rule["cadence"] = json!({"by": "period", "every": "week", "on": {"working_day": 4}, "at": "17:30"});
    rule["escalation"] = json!([]);
    rule["scope"] = json!({"departments": ["finance"]});
    publish(&company.boss, "duty-rule/ledger-check", &rule, "2026-03-05");
    go_on(&app, &mut company, 96);
    attend(&app);
    let same = announced(&company);
    let unchanged = hand(&company.boss, "", &same).expect(200);
    assert_eq!((unchanged.at("/report/kept"), unchanged.at("/report/place")), (json!(false), Value::Null));
    assert_eq!((unchanged.at("/days_gained"), unchanged.at("/dues_count")), (json!([]), json!(0)));
    let rows = format!("{}公司休息日,2026-03-11,,放假\n", same.replace("调休,2026-05-09,,上班\n", ""));
    let rehearsed = hand(&company.boss, "?validate_only=true", &rows).expect(200);
    assert_eq!(rehearsed.at("/report/created"), json!(1));
    let drafts =
        || company.boss.get("/api/v1/policies?code=working-calendar/company&status=draft").expect(200);
    assert_eq!(drafts().at("/data"), json!([]));
    let told = hand(&company.boss, "", &rows).expect(200);
    assert_eq!(told.at("/days_gained"), json!(["2026-03-11", "2026-05-09"]), "days that are off from now on");
    assert_eq!(told.at("/days_lost"), json!([]));
    assert_eq!(told.at("/dues_count"), json!(2), "what two people in finance owe this week");
    assert_eq!(
        (told.text("/dues/0/due_at"), told.text("/dues/0/would_be_due_at")),
        ("2026-03-12T09:30:00.000000Z".into(), "2026-03-13T09:30:00.000000Z".into())
    );
    let due = |company: &Company| {
        let id = told.text("/dues/0/duty_id");
        company.boss.get(&format!("/api/v1/duties/{id}")).expect(200).text("/due_at")
    };
    attend(&app);
    assert_eq!(due(&company), "2026-03-12T09:30:00.000000Z", "a draft moves nothing");
    let place = told.text("/report/place");
    assert_eq!(column(&drafts().at("/data"), "code"), ["working-calendar/company"]);
    company.boss.at(1).act(&format!("{place}/publish")).expect(200);
    attend(&app);
    assert_eq!(due(&company), "2026-03-13T09:30:00.000000Z");
    let back = hand(&company.boss, "?validate_only=true", &same).expect(200);
    assert_eq!(back.at("/days_lost"), json!(["2026-03-11", "2026-05-09"]));
}

fn every_bad_row_of_holidays_is_told_of(app: App) {
    let company = app.company();
    let rows = "元旦,2027-01-01,2027-01-03,放假\n元旦,2027-01-03,,放假\n春节,2027-02-06,2027-02-05,放假\n\
                中秋,2027-09-15,,也许\n调休,2027-01-04,,上班\n";
    let report = hand(&company.boss, "?validate_only=true", rows).expect(200);
    let bad = report.at("/report/rows");
    let bad: Vec<(i64, Value)> = bad
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["outcome"] == "refused")
        .map(|row| (row["row"].as_i64().unwrap_or_default(), row["findings"][0]["code"].clone()))
        .collect();
    assert_eq!(
        bad,
        [
            (3, json!("working_calendar.day_twice")),
            (4, json!("working_calendar.backwards")),
            (5, json!("import.not_a_choice"))
        ]
    );
    hand(&company.boss, "", rows).refuses(422, "import.rows_refused");
    let taken =
        hand(&company.boss, "?partial=true&clause=2027%20%E6%94%BE%E5%81%87&effective_from=2026-04-01", rows);
    let taken = taken.expect(200);
    let draft = company.boss.get(&taken.text("/report/place")).expect(200);
    assert_eq!((draft.text("/status"), draft.text("/clause")), ("draft".into(), "2027 放假".into()));
    assert_eq!(draft.text("/effective_from"), "2026-04-01");
    let years = draft.at("/content/years");
    assert_eq!(years.as_array().map(Vec::len), Some(2), "the year before stays");
    company.boss.get("/api/v1/working-calendar/import-template?format=xlsx").expect(200);
    hand(company.who("lan"), "", rows).expect(403);
}

const DAYS: &str = "/api/v1/working-calendar/days";

/// The days of a span, as anybody who is signed in sees them.
#[track_caller]
fn days(company: &Company, from: &str, to: &str) -> Vec<Value> {
    let shown = company.who("rep").get(&format!("{DAYS}?from={from}&to={to}")).expect(200);
    shown.at("/data").as_array().cloned().unwrap_or_default()
}

fn hours(day: &Value) -> Vec<String> {
    let hours = day["hours"].as_array().cloned().unwrap_or_default();
    let text = |hours: &Value, member: &str| hours[member].as_str().unwrap_or_default().to_owned();
    hours.iter().map(|one| format!("{}-{}", text(one, "from"), text(one, "to"))).collect()
}

/// In summer the afternoon begins later, and on Fridays there is none.
fn publish_summer(boss: &Caller) {
    let found = boss.get("/api/v1/policies?code=working-calendar/company").expect(200);
    let mut content = found.at("/data/0/content");
    let summer = json!({"from": "06-01", "to": "09-30"});
    let mut seasons = vec![
        json!({"season": summer, "weekdays": ["friday"], "segments": [{"from": "08:30", "to": "12:00"}]}),
        json!({"season": summer,
            "segments": [{"from": "08:30", "to": "12:00"}, {"from": "14:30", "to": "18:00"}]}),
    ];
    seasons.extend(content["hours"].as_array().cloned().unwrap_or_default());
    content["hours"] = json!(seasons);
    let body = json!({"code": "working-calendar/company", "title": "工作日历", "content": content, "clause": "002 §8",
        "effective_from": "2026-03-05"});
    let draft = boss.post("/api/v1/policies", body).expect(201).text("/id");
    boss.at(1).act(&format!("/api/v1/policies/{draft}/publish")).expect(200);
}

/// `[DUT-3a]`
fn a_day_has_the_hours_of_its_season_and_weekday(app: App) {
    let mut company = app.company();
    let usual = ["08:30-12:00", "14:00-17:30"];
    let spring = days(&company, "2026-02-13", "2026-02-24");
    let kinds: Vec<&str> = spring.iter().filter_map(|day| day["kind"].as_str()).collect();
    assert_eq!(kinds[..3], ["working", "make_up", "holiday"], "a Saturday worked in the festival's stead");
    assert_eq!(hours(&spring[1]), usual, "and as long as any other day");
    assert_eq!((hours(&spring[2]), &spring[2]["holiday_zh"]), (vec![], &json!("春节")));
    assert_eq!((kinds[11], &spring[11]["is_announced"]), ("working", &json!(true)));
    // Nobody has announced 2027: it knows weekends, and says so.
    let ahead = days(&company, "2026-12-31", "2027-01-02");
    let known: Vec<(&str, bool)> = ahead
        .iter()
        .filter_map(|day| Some((day["kind"].as_str()?, day["is_announced"].as_bool()?)))
        .collect();
    assert_eq!(known, [("working", true), ("working", false), ("rest", false)]);
    publish_summer(&company.boss);
    let week = days(&company, "2026-06-04", "2026-06-05");
    assert_eq!(hours(&week[0]), ["08:30-12:00", "14:30-18:00"]);
    assert_eq!(hours(&week[1]), ["08:30-12:00"]);
    assert_eq!(hours(&days(&company, "2026-10-09", "2026-10-09")[0]), usual);
    // What is reckoned in working hours goes by them: four hours from Thursday at four are Friday at half past ten.
    let mut rule = weekly();
    rule["cadence"] = json!({"by": "period", "every": "day", "on": {"day": 1}, "at": "16:00"});
    rule["grace"] = json!({"until": "lapse", "lapse": {"amount": 4, "unit": "working_hours"}});
    rule["escalation"] = json!([]);
    rule["scope"] = json!({"departments": ["finance"]});
    publish(&company.boss, "duty-rule/ledger-check", &rule, "2026-06-04");
    go_on(&app, &mut company, 24 * 91);
    attend(&app);
    let owed =
        company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/ledger-check&occasion=2026-06-04");
    let owed =
        company.boss.get(&format!("/api/v1/duties/{}", owed.expect(200).text("/data/0/id"))).expect(200);
    assert_eq!(owed.text("/due_at"), "2026-06-04T08:00:00.000000Z");
    assert_eq!(
        owed.text("/grace_until"),
        "2026-06-05T02:30:00.000000Z",
        "two that day, two of a morning without end"
    );
    company
        .who("rep")
        .get(&format!("{DAYS}?from=2026-03-05&to=2026-03-04"))
        .refuses(422, "validation.period_reversed");
    company
        .who("rep")
        .get(&format!("{DAYS}?from=2026-01-01&to=2027-01-02"))
        .refuses(422, "working_calendar.span_unfit");
    app.anonymous().get(&format!("{DAYS}?from=2026-03-05&to=2026-03-06")).expect(401);
}

/// `[DUT-3c]`
fn new_years_eve_is_the_day_before_the_first_and_a_leap_month_is_not_its_month(app: App) {
    let company = app.company();
    let lunar = |day: &str| days(&company, day, day)[0]["lunar"].clone();
    let named = |day: &str| {
        let lunar = lunar(day);
        let text = |member: &str| lunar[member].as_str().unwrap_or_default().to_owned();
        (text("name_zh"), text("festival_zh"))
    };
    let pair = |name: &str, festival: &str| (name.to_owned(), festival.to_owned());
    // The twelfth month of 2025 has 29 days, that of 2023 has 30: the eve is the last of either.
    assert_eq!(named("2026-02-16"), pair("腊月廿九", "除夕"));
    assert_eq!(named("2024-02-09"), pair("腊月三十", "除夕"));
    assert_eq!(named("2024-02-08"), pair("腊月廿九", ""));
    assert_eq!(named("2026-02-17"), pair("正月初一", "春节"));
    assert_eq!(named("2026-09-25"), pair("八月十五", "中秋节"));
    assert_eq!(named("2025-06-25"), pair("六月初一", ""));
    assert_eq!(named("2025-07-25"), pair("闰六月初一", ""));
    assert_eq!(lunar("2025-07-25")["is_leap_month"], json!(true));
    // 2033 is the year whose leap month old tables had wrong.
    assert_eq!(named("2034-02-18"), pair("腊月三十", "除夕"));
    assert_eq!(named("1900-01-31"), pair("正月初一", "春节"));
    assert_eq!(named("2101-01-28"), pair("腊月廿九", "除夕"));
    assert_eq!(lunar("1900-01-30"), Value::Null, "what lies before the years that are known has no name");
}
