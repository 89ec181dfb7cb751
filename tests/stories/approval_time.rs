//! Approvals as time passes: absences, leavers, time limits.

use super::approval::{path, reasons, waiting};
use serde_json::json;
use tests::{App, Company, stories};

stories! {
    who_comes_to_stand_in_for_a_party_decides_nothing_of_theirs,
    an_absence_that_begins_later_moves_open_tasks_on_its_first_day,
    a_stand_in_takes_over_and_a_leaver_hands_on,
    time_limits_remind_and_escalate_once,
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
