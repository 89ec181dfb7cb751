//! Two at the same time: one comes to pass, and the other gets a clear answer. `[APR-6]`

use super::approval::{act, approve};
use domain::spine::Clock;
use serde_json::{Value, json};
use tests::{App, Caller, Reply, race, stories};

stories! {
    two_approvers_of_one_step_give_one_decision,
    approving_and_withdrawing_come_out_one_way,
    one_key_sent_fifty_times_decides_once,
    an_approver_who_leaves_while_a_task_opens_for_them_keeps_none,
    an_absence_that_begins_while_a_task_opens_routes_it_to_the_stand_in,
    several_sweeps_escalate_once,
}

/// An action prepared by somebody who has read the approval.
fn prepared<'a>(
    caller: &'a Caller,
    approval: &str,
    action: &'static str,
    mut body: Value,
) -> Box<dyn FnOnce() -> (u16, String) + Send + 'a> {
    let read = caller.get(&format!("/api/v1/approvals/{approval}")).expect(200);
    if action == "approve" {
        body["document_version"] = read.at("/document/version");
    }
    let place = format!("/api/v1/approvals/{approval}/{action}");
    let caller = caller.at(read.version());
    Box::new(move || {
        let reply = caller.post(&place, body);
        (reply.status, reply.code())
    })
}

fn two_approvers_of_one_step_give_one_decision(app: App) {
    let company = app.company();
    for _ in 0..5 {
        let (claim, approval) = company.submitted("lan", 100);
        approve(&company, &approval, &["head"]);
        let both = ["qian", "sun"].map(|name| prepared(company.who(name), &approval, "approve", json!({})));
        let mut answers = race(both.into());
        answers.sort();
        assert_eq!(answers[0].0, 200, "{answers:?}");
        assert_eq!(answers[1], (409, "approval.already_decided".to_owned()));
        assert_eq!(company.state_of(&claim), "approved");
        let tasks = company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/tasks");
        let decided = tasks.as_array().into_iter().flatten().filter(|task| task["decision"] == "approved");
        assert_eq!(decided.count(), 2, "one of the head, one of finance");
    }
}

fn approving_and_withdrawing_come_out_one_way(app: App) {
    let company = app.company();
    for _ in 0..5 {
        let (claim, approval) = company.submitted("lan", 100);
        approve(&company, &approval, &["head"]);
        let answers = race(vec![
            prepared(company.who("qian"), &approval, "approve", json!({})),
            prepared(company.who("lan"), &approval, "withdraw", json!({})),
        ]);
        let state = company.state_of(&claim);
        match (answers[0].0, answers[1].0) {
            (200, 409) => assert_eq!(state, "approved"),
            (409, 200) => assert_eq!(state, "withdrawn"),
            other => panic!("{other:?}: {answers:?}, the claim is {state}"),
        }
        assert!(answers.iter().any(|(_, code)| code == "approval.not_pending"), "{answers:?}");
    }
}

fn one_key_sent_fifty_times_decides_once(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let head = company.who("head").once("the-same");
    let answers = race((0..50).map(|_| prepared(&head, &approval, "approve", json!({}))).collect());
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let history =
        company.who("gm").get(&format!("/api/v1/approvals/{approval}/history")).expect(200).at("/data");
    let decided = history.as_array().into_iter().flatten().filter(|entry| entry["kind"] == "approved");
    assert_eq!(decided.count(), 1);
}

fn an_approver_who_leaves_while_a_task_opens_for_them_keeps_none(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 6_000);
    approve(&company, &approval, &["head"]);
    let place = format!("/api/v1/employees/{}", company.id("director"));
    let version = company.boss.get(&place).expect(200).version();
    let leaving = company.boss.at(version);
    let answers = race(vec![
        prepared(company.who("qian"), &approval, "approve", json!({})),
        Box::new(move || {
            let reply = leaving.post(&format!("{place}/leave"), json!({}));
            (reply.status, reply.code())
        }),
    ]);
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let tasks = company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/tasks");
    let open: Vec<_> =
        tasks.as_array().into_iter().flatten().filter(|task| task["state"] == "open").collect();
    assert!(!open.is_empty(), "{tasks}");
    assert!(open.iter().all(|task| task["assignee"]["name"] != "director"), "{tasks}");
    let _still_decidable = act(company.who("gm"), &approval, "approve", json!({})).expect(200);
}

fn an_absence_that_begins_while_a_task_opens_routes_it_to_the_stand_in(app: App) {
    let company = app.company();
    for _ in 0..5 {
        let claim = company.draft("lan", 100);
        let path = format!("/api/v1/expense-claims/{claim}");
        let (lan, boss) = (company.who("lan").at(1), &company.boss);
        let away = json!({"employee_id": company.id("head"), "stand_in_id": company.id("rep"),
            "from": "2026-03-05", "until": "2026-03-06", "reason": "年假"});
        let answers = race(vec![
            Box::new(move || lan.act(&format!("{path}/submit"))) as Box<dyn FnOnce() -> Reply + Send>,
            Box::new(move || boss.post("/api/v1/absences", away)),
        ]);
        let mut answers = answers.into_iter();
        let mut next = |status: u16| answers.next().expect("an answer").expect(status);
        let (approval, absence) = (next(200).text("/approval_id"), next(201).text("/id"));
        let tasks = company.who("gm").get(&format!("/api/v1/approvals/{approval}")).expect(200).at("/tasks");
        let open: Vec<&Value> =
            tasks.as_array().into_iter().flatten().filter(|task| task["state"] == "open").collect();
        assert_eq!(open.len(), 1, "{tasks}");
        assert_eq!(open[0]["assignee"]["name"], "rep", "whichever came first: {tasks}");
        let place = format!("/api/v1/absences/{absence}");
        let version = boss.get(&place).expect(200).version();
        boss.at(version).act(&format!("{place}/cancel")).expect(200);
    }
}

fn several_sweeps_escalate_once(app: App) {
    let mut company = app.company();
    let approvals: Vec<String> = (1..=5).map(|n| company.submitted("lan", n * 10).1).collect();
    app.clock.advance(chrono::Duration::hours(49));
    company.sign_in_again(&app);
    race((0..4).map(|_| Box::new(|| app.sweep_time_limits()) as Box<dyn FnOnce() + Send>).collect());
    for approval in approvals {
        let history =
            company.who("gm").get(&format!("/api/v1/approvals/{approval}/history")).expect(200).at("/data");
        let kinds: Vec<_> =
            history.as_array().into_iter().flatten().map(|entry| entry["kind"].clone()).collect();
        let count = |kind: &str| kinds.iter().filter(|one| **one == kind).count();
        assert_eq!((count("time_limit_reminded"), count("time_limit_escalated")), (1, 1), "{kinds:?}");
    }
}
