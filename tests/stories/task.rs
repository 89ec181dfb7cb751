//! Tasks: given by one, done by another, accepted by the first; nothing is orphaned. `[TSK-1, TSK-2]`

use crate::{audit_finding::open_for_lan, expense_request::act};
use serde_json::{Value, json};
use tests::{App, Company, Records, Reply, column, race, records, stories};

stories! {
    a_task_is_given_done_and_accepted_by_its_giver,
    what_does_not_do_is_sent_back_and_owed_again,
    more_time_is_asked_for_and_granted_and_both_dues_are_measured,
    a_task_is_given_only_below_oneself_or_in_reach_and_to_who_may_read_its_origin,
    a_leavers_tasks_go_to_their_head_and_an_absentees_to_the_stand_in,
    what_its_giver_came_to_own_is_accepted_by_their_superior,
    what_a_leaver_gave_is_their_head_s_to_decide_about,
    handing_a_task_over_leaves_the_due_that_a_superior_granted_alone,
    of_accept_and_send_back_at_once_one_happens,
    tasks_are_seen_by_their_people_and_listed,
    what_is_wrong_with_a_task_is_said,
}

records! {
    "/api/v1/tasks/{id}" => a_task,
}

const TASKS: &str = "/api/v1/tasks";

fn a_task(made: &Records<'_>) -> String {
    made.post("head", "/api/v1/tasks/{id}", body(made.company, "lan"))
}

fn body(company: &Company, owner: &str) -> Value {
    json!({"title": "补齐合同附件", "description": "缺第三页", "owner_id": company.id(owner), "due_on": "2026-03-10"})
}

/// A task of 兰兰, given by her head; its place.
#[track_caller]
fn given(company: &Company) -> String {
    company.who("head").post(TASKS, body(company, "lan")).expect(201).header("location").expect("a place")
}

#[track_caller]
fn finish(company: &Company, place: &str) -> Reply {
    act(company.who("lan"), place, "finish", json!({"note": "附件已补齐"})).expect(200)
}

/// The duty of a task.
#[track_caller]
fn duty(company: &Company) -> Reply {
    let listed = company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/task").expect(200);
    company.boss.get(&format!("/api/v1/duties/{}", listed.text("/data/0/id"))).expect(200)
}

fn a_task_is_given_done_and_accepted_by_its_giver(app: App) {
    let company = app.company();
    let place = given(&company);
    let owed = duty(&company);
    assert_eq!(
        (owed.text("/status"), owed.text("/due_at")),
        ("open".into(), "2026-03-10T16:00:00.000000Z".into())
    );
    assert_eq!(owed.text("/responsible/id"), company.id("lan"));
    let shown = company.who("lan").get(&place).expect(200);
    assert_eq!((shown.text("/number"), shown.text("/status")), ("TK-2026-000001".into(), "open".into()));
    assert_eq!(
        act(company.who("lan"), &place, "start", json!({})).expect(200).text("/status"),
        "in_progress"
    );
    act(company.who("head"), &place, "finish", json!({"note": "代办"})).refuses(403, "task.not_owner");
    assert_eq!(finish(&company, &place).text("/status"), "done");
    assert_eq!(duty(&company).text("/status"), "on_time");
    act(company.who("lan"), &place, "accept", json!({})).refuses(403, "task.not_giver");
    let accepted = act(company.who("head"), &place, "accept", json!({})).expect(200);
    assert_eq!(
        (accepted.text("/status"), accepted.at("/in_time_of_first")),
        ("accepted".into(), json!(true))
    );
    let late = act(company.who("head"), &place, "cancel", json!({"reason": "不需要"}));
    let refused = late.refuses(409, "task.wrong_state");
    assert!(refused.text("/detail").contains("已验收"), "{}", refused.text("/detail"));
    assert_eq!(refused.text("/rule"), "TSK-1");
}

fn what_does_not_do_is_sent_back_and_owed_again(app: App) {
    let company = app.company();
    let place = given(&company);
    finish(&company, &place);
    let back = act(company.who("head"), &place, "send-back", json!({"reason": "扫描不清晰"})).expect(200);
    assert_eq!(
        (back.text("/status"), back.text("/sent_back/0/reason")),
        ("in_progress".into(), "扫描不清晰".into())
    );
    assert_eq!(duty(&company).text("/status"), "open", "owed again");
    finish(&company, &place);
    assert_eq!(duty(&company).text("/status"), "on_time");
}

fn more_time_is_asked_for_and_granted_and_both_dues_are_measured(app: App) {
    let mut company = app.company();
    let place = given(&company);
    let ask = |day: &str| json!({"due_on": day, "reason": "客户推迟盖章"});
    act(company.who("lan"), &place, "ask-due", ask("2026-03-09")).refuses(422, "task.due_not_later");
    act(company.who("head"), &place, "grant-due", json!({})).refuses(409, "task.nothing_asked");
    act(company.who("lan"), &place, "ask-due", ask("2026-03-20")).expect(200);
    let no = json!({"reason": "时间足够"});
    assert!(act(company.who("head"), &place, "refuse-due", no).expect(200).at("/asked").is_null());
    act(company.who("lan"), &place, "ask-due", ask("2026-03-20")).expect(200);
    let granted = act(company.who("head"), &place, "grant-due", json!({})).expect(200);
    assert_eq!(
        (granted.text("/due_on"), granted.text("/first_due_on")),
        ("2026-03-20".into(), "2026-03-10".into())
    );
    assert_eq!(duty(&company).text("/due_at"), "2026-03-20T16:00:00.000000Z");
    app.advance(chrono::Duration::days(8));
    company.sign_in_again(&app);
    let done = finish(&company, &place);
    assert_eq!((done.at("/in_time_of_first"), done.at("/in_time_of_last")), (json!(false), json!(true)));
}

fn a_task_is_given_only_below_oneself_or_in_reach_and_to_who_may_read_its_origin(app: App) {
    let company = app.company();
    let head = company.who("head");
    let refused = head.post(TASKS, body(&company, "rep")).refuses(403, "task.owner_out_of_reach");
    assert_eq!(refused.text("/errors/0/pointer"), "/owner_id");
    head.post(TASKS, body(&company, "head")).refuses(422, "task.owner_gives");
    company.who("lan").post(TASKS, body(&company, "ming")).refuses(403, "http.forbidden");
    let (finding, _) = open_for_lan(&app, &company);
    let origin = |owner: &str| {
        let mut body = body(&company, owner);
        body["origin"] = json!({"kind": "audit_finding", "id": finding.rsplit('/').next()});
        body
    };
    let refused = head.post(TASKS, origin("ming")).refuses(422, "task.origin_unreadable");
    assert_eq!(refused.text("/errors/0/pointer"), "/origin");
    let place = head.post(TASKS, origin("lan")).expect(201).header("location").expect("a place");
    assert_eq!(company.who("lan").get(&place).expect(200).text("/origin/kind"), "audit_finding");
    let to = json!({"owner_id": company.id("ming")});
    act(head, &place, "hand-over", to).refuses(422, "task.origin_unreadable");
}

fn a_leavers_tasks_go_to_their_head_and_an_absentees_to_the_stand_in(app: App) {
    let company = app.company();
    let director = company.who("director");
    let give = |owner: &str| {
        director.post(TASKS, body(&company, owner)).expect(201).header("location").expect("a place")
    };
    let (of_lan, of_ming) = (give("lan"), give("ming"));
    company.leave("lan");
    let passed = director.get(&of_lan).expect(200);
    assert_eq!(
        (passed.text("/owner/id"), passed.text("/owners/1/by")),
        (company.id("head").into(), "left".into())
    );
    let away = json!({"employee_id": company.id("ming"), "stand_in_id": company.id("rep"), "from": "2026-03-05",
        "until": "2026-03-06", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    let passed = director.get(&of_ming).expect(200);
    assert_eq!(
        (passed.text("/owner/id"), passed.text("/owners/1/by")),
        (company.id("rep").into(), "absent".into())
    );
    let owed = company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/task").expect(200).at("/data");
    let mut owing: Vec<_> =
        owed.as_array().into_iter().flatten().map(|duty| duty["responsible"]["id"].clone()).collect();
    let mut expected = vec![json!(company.id("head")), json!(company.id("rep"))];
    owing.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(owing, expected, "the duty goes with the task");
}

fn what_its_giver_came_to_own_is_accepted_by_their_superior(app: App) {
    let company = app.company();
    let place = given(&company);
    company.leave("lan");
    let head = company.who("head");
    assert_eq!(head.get(&place).expect(200).text("/owner/id"), company.id("head"), "the giver owns it");
    act(head, &place, "cancel", json!({"reason": "不做了"})).refuses(403, "task.own");
    act(head, &place, "finish", json!({"note": "附件已补齐"})).expect(200);
    act(head, &place, "accept", json!({})).refuses(403, "task.own");
    let accepted = act(company.who("director"), &place, "accept", json!({})).expect(200);
    assert_eq!(accepted.text("/status"), "accepted");
}

fn what_a_leaver_gave_is_their_head_s_to_decide_about(app: App) {
    let company = app.company();
    let (open, done) = (given(&company), given(&company));
    finish(&company, &done);
    let marketing = format!("/api/v1/departments/{}", company.departments["marketing"]);
    let version = company.boss.get(&marketing).expect(200).version();
    company.boss.at(version).patch(&marketing, json!({"head_id": company.id("ming")})).expect(200);
    company.leave("head");
    for place in [&open, &done] {
        let shown = company.who("lan").get(place).expect(200);
        assert_eq!(shown.text("/giver/id"), company.id("ming"), "nothing is orphaned");
    }
    let listed = company.boss.get("/api/v1/events?kinds=task.giver_left").expect(200).at("/data");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
}

fn handing_a_task_over_leaves_the_due_that_a_superior_granted_alone(app: App) {
    let company = app.company();
    let place = given(&company);
    let owed = format!("/api/v1/duties/{}", duty(&company).text("/id"));
    let more = json!({"due_at": "2026-03-16T09:00:00Z", "reason": "客户推迟"});
    act(company.who("head"), &owed, "extend", more).expect(200);
    act(company.who("head"), &place, "hand-over", json!({"owner_id": company.id("ming")})).expect(200);
    let moved = duty(&company);
    assert_eq!(
        (moved.text("/responsible/id"), moved.text("/due_at")),
        (company.id("ming").into(), "2026-03-16T09:00:00.000000Z".into())
    );
    // What a superior hands on stays with who has it, whatever day is granted.
    let to = json!({"employee_id": company.id("lan")});
    act(company.who("head"), &owed, "hand-over", to).expect(200);
    act(company.who("ming"), &place, "ask-due", json!({"due_on": "2026-03-20", "reason": "客户推迟"}))
        .expect(200);
    act(company.who("head"), &place, "grant-due", json!({})).expect(200);
    let moved = duty(&company);
    assert_eq!(
        (moved.text("/responsible/id"), moved.text("/due_at")),
        (company.id("lan").into(), "2026-03-20T16:00:00.000000Z".into())
    );
}

fn of_accept_and_send_back_at_once_one_happens(app: App) {
    let company = app.company();
    let place = given(&company);
    let version = finish(&company, &place).version();
    let head = company.who("head");
    let answers = race(vec![
        Box::new(|| head.at(version).post(&format!("{place}/accept"), json!({})).status)
            as Box<dyn FnOnce() -> u16 + Send>,
        Box::new(|| head.at(version).post(&format!("{place}/send-back"), json!({"reason": "不清晰"})).status),
    ]);
    let mut sorted = answers;
    sorted.sort_unstable();
    assert_eq!(sorted, [200, 412]);
}

fn tasks_are_seen_by_their_people_and_listed(app: App) {
    let company = app.company();
    let place = given(&company);
    company.who("ming").get(&place).refuses(404, "http.not_found");
    company.who("rep").get(&place).refuses(404, "http.not_found");
    let listed = |who: &str, query: &str| {
        column(&company.who(who).get(&format!("{TASKS}?{query}")).expect(200).at("/data"), "number")
    };
    let one = ["TK-2026-000001"];
    assert_eq!(listed("lan", ""), one);
    assert_eq!(listed("head", ""), Vec::<String>::new());
    assert_eq!(listed("head", "whose=given"), one);
    assert_eq!(listed("director", "whose=all&q=hetong"), one);
    assert_eq!(listed("director", "whose=all&overdue=true"), Vec::<String>::new());
    let id =
        company.boss.get("/api/v1/duties?whose=all&rule_code=duty-rule/task").expect(200).text("/data/0/id");
    company.who("lan").get(&format!("/api/v1/duties/{id}")).expect(200);
}

fn what_is_wrong_with_a_task_is_said(app: App) {
    let company = app.company();
    let mut late = body(&company, "lan");
    late["due_on"] = json!("2026-03-04");
    let refused = company.who("head").post(TASKS, late).refuses(422, "task.due_in_past");
    assert_eq!(refused.text("/errors/0/pointer"), "/due_on");
    let place = given(&company);
    let silent = act(company.who("lan"), &place, "finish", json!({})).refuses(422, "task.no_evidence");
    assert_eq!(silent.text("/errors/0/pointer"), "/note");
    let changed = company.who("head").at(1).patch(&place, json!({"title": "补齐合同及附件"})).expect(200);
    assert_eq!(
        (changed.text("/title"), changed.text("/description")),
        ("补齐合同及附件".into(), "缺第三页".into())
    );
    let handed = json!({"owner_id": company.id("ming")});
    assert_eq!(
        act(company.who("head"), &place, "hand-over", handed).expect(200).text("/owner/id"),
        company.id("ming")
    );
    act(company.who("head"), &place, "cancel", json!({"reason": "合同作废"})).expect(200);
    let owed = duty(&company);
    assert_eq!(
        (owed.text("/status"), owed.text("/cancelled_because")),
        ("cancelled".into(), "cause_gone".into())
    );
}
