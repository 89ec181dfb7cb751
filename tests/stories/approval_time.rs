//! Approvals as time passes: absences, leavers, time limits. `[APR-5]`

use super::approval::{path, reasons, waiting};
use serde_json::{Value, json};
use tests::{App, Company, stories};

stories! {
    who_comes_to_stand_in_for_a_party_decides_nothing_of_theirs,
    an_absence_that_begins_later_moves_open_tasks_on_its_first_day,
    a_stand_in_takes_over_and_a_leaver_hands_on,
    time_limits_remind_and_escalate_once,
    the_trail_keeps_what_was_added_and_no_approval_grows_for_ever,
}

fn an_absence_that_begins_later_moves_open_tasks_on_its_first_day(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let away = json!({"employee_id": company.id("head"), "stand_in_id": company.id("rep"),
        "from": "2026-03-06", "until": "2026-03-09", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    app.begin_absences();
    let open = |who: &str| company.who(who).get("/api/v1/approvals/counts").expect(200).at("/waiting");
    assert_eq!((open("head"), open("rep")), (json!(1), json!(0)), "not before the first day");
    app.advance(chrono::Duration::minutes(14 * 60 + 40));
    app.begin_absences();
    let tasks = app.administrator().get(&path(&approval)).expect(200).at("/tasks");
    let open: Vec<_> =
        tasks.as_array().into_iter().flatten().filter(|task| task["state"] == "open").collect();
    assert!(open.len() == 1 && open[0].to_string().contains(company.id("rep")), "{tasks}");
}

fn a_stand_in_takes_over_and_a_leaver_hands_on(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let away = json!({"employee_id": company.id("head"), "stand_in_id": company.id("rep"),
        "from": "2026-03-05", "until": "2026-03-06", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    assert_eq!(waiting(&company, &approval), ["rep"], "the open task moved at once");
    let (_, later) = company.submitted("lan", 200);
    assert_eq!(waiting(&company, &later), ["rep"], "a new one opens for the stand-in");
    company.leave("rep");
    assert_eq!(waiting(&company, &approval), ["director"], "the leaver's superior");
    assert!(reasons(&company, &approval).contains(&"transferred_approver_left".to_owned()));
    company.who("rep").get("/api/v1/approvals").refuses(401, "http.unauthenticated");
}

fn time_limits_remind_and_escalate_once(app: App) {
    let mut company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let sweeps = || app.sweep_time_limits();
    app.advance(chrono::Duration::hours(23));
    company.sign_in_again(&app);
    sweeps();
    assert!(!reasons(&company, &approval).contains(&"time_limit_reminded".to_owned()));
    app.advance(chrono::Duration::hours(1));
    company.sign_in_again(&app);
    (0..4).for_each(|_| sweeps());
    let count =
        |company: &Company, kind: &str| reasons(company, &approval).iter().filter(|one| *one == kind).count();
    assert_eq!(count(&company, "time_limit_reminded"), 1);
    app.advance(chrono::Duration::hours(24));
    company.sign_in_again(&app);
    (0..4).for_each(|_| sweeps());
    assert_eq!(
        (count(&company, "time_limit_escalated"), waiting(&company, &approval)),
        (1, vec!["director".to_owned()])
    );
    assert_eq!(
        company.who("gm").get(&path(&approval)).expect(200).text("/state"),
        "pending",
        "it never decides"
    );
}

fn who_comes_to_stand_in_for_a_party_decides_nothing_of_theirs(app: App) {
    let company = app.company();
    let (_, of_lan) = company.submitted("lan", 100);
    let (_, of_ming) = company.submitted("ming", 100);
    let open = || (waiting(&company, &of_lan), waiting(&company, &of_ming));
    assert_eq!(open(), (vec!["head".to_owned()], vec!["head".to_owned()]));
    let away = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("head"),
        "from": "2026-03-05", "until": "2026-03-06", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    // What 兰兰 submitted is now her stand-in's own document; what 小明 submitted is not.
    assert_eq!(open(), (vec!["director".to_owned()], vec!["head".to_owned()]));
    assert!(reasons(&company, &of_lan).contains(&"transferred_approver_stands_in".to_owned()));
}

fn the_trail_keeps_what_was_added_and_no_approval_grows_for_ever(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let say = |text: &str| {
        company.who("lan").post(&format!("{}/comment", path(&approval)), json!({"text": text})).expect(200);
    };
    let newest = || {
        let trail = format!("/api/v1/audit-entries?entity={approval}&limit=1");
        company.boss.get(&trail).expect(200).at("/data/0")
    };
    say("请尽快");
    let first = newest();
    let places = first["after"]["history"].as_object().expect("items by their places").clone();
    assert_eq!(places.len(), 1, "{first}");
    assert!(places.values().all(|entry| entry["note"] == "请尽快"), "{first}");
    assert_eq!(first["before"]["history"], json!({}), "nothing was there before");
    assert!(first["after"].get("tasks").is_none() && first["after"].get("rounds").is_none(), "{first}");
    (0..20).for_each(|n| say(&format!("第{n:02}次催问")));
    let size = |entry: &Value| entry["after"].to_string().len();
    assert!(size(&newest()) < size(&first) + 40, "the twentieth comment weighs what the first did");
    // As if a thousand had been made.
    let columns = "approval_id, round, step, kind, by_id, from_id, to_id, note, document_version, at";
    app.execute(&format!(
        "WITH RECURSIVE more(n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM more WHERE n < 1980) \
         INSERT INTO approval_history (number, {columns}) SELECT n, {columns} FROM approval_history, more \
         WHERE kind = 'commented' AND number = (SELECT MAX(number) FROM approval_history WHERE kind = 'commented')"
    ));
    let body = json!({"text": "还有一句"});
    let place = format!("{}/comment", path(&approval));
    let refused = company.who("lan").post(&place, body).refuses(409, "approval.too_much_said");
    assert_eq!(refused.at("/params/limit"), 1000);
}
