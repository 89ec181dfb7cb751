//! Rules over several records of the organisation and of access hold also for two who act in the same instant.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use tests::{App, Caller, PASSWORD, Reply, column, race, stories};

stories! {
    one_of_two_administrators_remains,
    two_never_stand_in_for_each_other,
    nobody_is_away_twice_on_a_day,
    departments_never_lie_within_each_other,
    superiors_never_answer_to_each_other,
    nobody_is_hired_into_a_department_that_closes,
    two_drafts_of_one_policy_are_two_versions,
}

/// How often each race is run: a race that is not guarded is lost sooner or later.
const ROUNDS: u64 = 8;

/// Two requests in the same instant.
fn both(one: impl FnOnce() -> Reply + Send, other: impl FnOnce() -> Reply + Send) -> [Reply; 2] {
    let replies = race(vec![Box::new(one) as Box<dyn FnOnce() -> Reply + Send + '_>, Box::new(other)]);
    replies.try_into().expect("two replies")
}

/// Exactly one of two came through, the other met this refusal.
#[track_caller]
fn one_only(replies: &[Reply; 2], refusal: &str) {
    let refused: Vec<&Reply> = replies.iter().filter(|reply| reply.status >= 300).collect();
    assert_eq!(refused.len(), 1, "{} and {}", replies[0], replies[1]);
    assert_eq!(refused[0].code(), refusal, "{}", refused[0]);
}

fn day(round: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 4, 1).expect("a day");
    first.checked_add_days(Days::new(round)).expect("a day")
}

fn one_of_two_administrators_remains(app: App) {
    let boss = app.administrator();
    let user = |name: &str| {
        let user = app.account(&boss, name, None);
        app.grant(&boss, &user, "administrator", "all", None);
        (user, app.sign_in(name, PASSWORD))
    };
    let (mut people, id) = ([user("anna"), user("bert")], boss.get("/api/v1/me").expect(200).text("/id"));
    people[0].1.at(1).act(&format!("/api/v1/users/{id}/disable")).expect(200);
    for _ in 0..ROUNDS {
        let disable = |by: &Caller, whom: &str| {
            let place = format!("/api/v1/users/{whom}");
            let (by, version) = (by.clone(), by.get(&place).expect(200).version());
            move || by.at(version).act(&format!("{place}/disable"))
        };
        let replies = both(disable(&people[0].1, &people[1].0), disable(&people[1].1, &people[0].0));
        let done: Vec<usize> = (0..2).filter(|index| replies[*index].status == 200).collect();
        assert_eq!(done.len(), 1, "{} and {}", replies[0], replies[1]);
        let (survivor, gone) = (done[0], 1 - done[0]);
        assert!([401, 409].contains(&replies[gone].status), "{}", replies[gone]);
        let place = format!("/api/v1/users/{}", people[gone].0);
        let version = people[survivor].1.get(&place).expect(200).version();
        people[survivor].1.at(version).act(&format!("{place}/enable")).expect(200);
        people[gone].1 = app.sign_in(["anna", "bert"][gone], PASSWORD);
    }
}

fn absence(employee: &str, stand_in: &str, round: u64) -> Value {
    json!({"employee_id": employee, "stand_in_id": stand_in, "from": day(round), "until": day(round)})
}

fn two_never_stand_in_for_each_other(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let [anna, bert] = ["anna", "bert"].map(|name| app.hire(&boss, name, &sales, None));
    for round in 0..ROUNDS {
        let register = |employee: &str, stand_in: &str| {
            let (boss, body) = (boss.clone(), absence(employee, stand_in, round));
            move || boss.post("/api/v1/absences", body)
        };
        one_only(&both(register(&anna, &bert), register(&bert, &anna)), "organisation.stand_in_loop");
    }
}

fn nobody_is_away_twice_on_a_day(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    let [anna, bert, cora] = ["anna", "bert", "cora"].map(|name| app.hire(&boss, name, &sales, None));
    for round in 0..ROUNDS {
        let register = |stand_in: &str| {
            let (boss, body) = (boss.clone(), absence(&anna, stand_in, round));
            move || boss.post("/api/v1/absences", body)
        };
        one_only(&both(register(&bert), register(&cora)), "organisation.absence_overlaps");
    }
}

fn departments_never_lie_within_each_other(app: App) {
    let boss = app.administrator();
    for round in 0..ROUNDS {
        let [one, other] = ["x", "y"].map(|name| app.department(&boss, &format!("{name}{round}"), None));
        let below = |it: &str, above: &str| {
            let (boss, place, body) =
                (boss.at(1), format!("/api/v1/departments/{it}"), json!({"parent_id": above}));
            move || boss.patch(&place, body)
        };
        one_only(&both(below(&one, &other), below(&other, &one)), "organisation.department_loop");
    }
}

fn superiors_never_answer_to_each_other(app: App) {
    let boss = app.administrator();
    let sales = app.department(&boss, "sales", None);
    for round in 0..ROUNDS {
        let [one, other] = ["x", "y"].map(|name| app.hire(&boss, &format!("{name}{round}"), &sales, None));
        let under = |it: &str, superior: &str| {
            let body = json!({"department_id": sales, "superior_id": superior, "from": "2026-03-06"});
            let (boss, place) = (boss.at(1), format!("/api/v1/employees/{it}/move"));
            move || boss.post(&place, body)
        };
        one_only(&both(under(&one, &other), under(&other, &one)), "organisation.superior_loop");
    }
}

fn nobody_is_hired_into_a_department_that_closes(app: App) {
    let boss = app.administrator();
    for round in 0..ROUNDS {
        let department = app.department(&boss, &format!("x{round}"), None);
        let close = {
            let (boss, place) = (boss.at(1), format!("/api/v1/departments/{department}/close"));
            move || boss.act(&place)
        };
        let hire = {
            let body = json!({"number": format!("E{round}"), "name": "王强", "joined_on": "2026-03-01",
                "department_id": department});
            let boss = boss.clone();
            move || boss.post("/api/v1/employees", body)
        };
        let replies = both(close, hire);
        let done = replies.iter().filter(|reply| reply.status < 300).count();
        assert_eq!(done, 1, "{} and {}", replies[0], replies[1]);
        assert!(replies.iter().all(|reply| reply.status < 500), "{} and {}", replies[0], replies[1]);
    }
}

fn two_drafts_of_one_policy_are_two_versions(app: App) {
    let boss = app.administrator();
    let shipped = boss.get("/api/v1/policies?code=sign-in/company").expect(200).at("/data/0/content");
    let body = json!({"code": "sign-in/company", "title": "登录规则", "effective_from": "2027-01-01",
        "content": shipped, "clause": "000 §1"});
    for _ in 0..ROUNDS {
        let draft = || {
            let (boss, body) = (boss.clone(), body.clone());
            move || boss.post("/api/v1/policies", body)
        };
        for reply in both(draft(), draft()) {
            reply.expect(201);
        }
    }
    let all = boss.get("/api/v1/policies?code=sign-in/company&limit=200").expect(200).at("/data");
    assert_eq!(column(&all, "code").len() as u64, 1 + 2 * ROUNDS);
}
