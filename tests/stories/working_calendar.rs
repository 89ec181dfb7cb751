//! The announcement of holidays from a spreadsheet: a draft that says what it would change. `[INT-5c, DUT-2i, DUT-3]`

use crate::{
    duty::{attend, go_on, publish, weekly},
    file::hand_in,
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Reply, column, stories};

stories! {
    holidays_make_a_draft_that_says_which_days_and_dues_move,
    every_bad_row_of_holidays_is_told_of,
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
