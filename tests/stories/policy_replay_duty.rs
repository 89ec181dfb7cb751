//! Replays of duties: what a draft of a rule would have asked of whom, and what would have followed. `[REG-7a, REG-7b, REG-7c;
//! DUT-2]`

use crate::{
    duty::{attend, fulfil, go_on, in_the_week, own_of, pass, weekly},
    expense_request::act,
    policy_replay::{counts, drafted_for},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Reply, stories};

stories! {
    a_due_two_days_earlier_tells_who_would_have_missed_it_and_what_it_would_have_cost,
    people_whom_a_draft_means_no_longer_owe_nothing_and_of_others_nothing_is_guessed,
    leave_joining_and_leaving_count_as_they_did,
    a_shorter_time_for_tasks_tells_which_would_have_been_late,
    only_duties_in_reach_are_replayed,
}

const WEEKLY: &str = "duty-rule/weekly-report";

#[track_caller]
fn replayed(boss: &Caller, code: &str, content: &Value) -> Reply {
    let draft = drafted_for(boss, (code, "002 §6 第一章"), content);
    let body = json!({"drafts": [draft], "from": "2026-03-09", "to": "2026-03-15"});
    boss.post("/api/v1/policies/replay", body).expect(201)
}

fn group(replay: &Reply, rule: &str) -> Value {
    let groups = replay.at("/groups").as_array().cloned().unwrap_or_default();
    let found = groups.into_iter().find(|group| group["reason"]["rule"] == rule);
    found.unwrap_or_else(|| panic!("no difference by {rule}: {replay}"))
}

/// The company on Monday 16 March: of five who owed the report of the week, 兰兰 filed on Thursday, 小明 on Friday afternoon.
fn after_the_week(app: &App) -> Company {
    let mut company = in_the_week(app);
    go_on(app, &mut company, 72);
    fulfil(company.who("lan"), &own_of(company.who("lan"), "2026-W11")).expect(200);
    go_on(app, &mut company, 30);
    fulfil(company.who("ming"), &own_of(company.who("ming"), "2026-W11")).expect(200);
    go_on(app, &mut company, 67);
    attend(app);
    company
}

/// Due on Friday at noon, missed at once, and then twenty yuan.
fn stricter() -> Value {
    let mut rule = weekly();
    rule["cadence"] = json!({"by": "period", "every": "week", "on": {"weekday": "friday"}, "at": "12:00"});
    rule["grace"] = json!({"until": "due"});
    rule["consequence"] =
        json!({"missed": {"kind": "money", "amount": {"amount": "-20.00", "currency": "CNY"}}});
    rule
}

fn a_due_two_days_earlier_tells_who_would_have_missed_it_and_what_it_would_have_cost(app: App) {
    let company = after_the_week(&app);
    let boss = &company.boss;
    let unchanged = replayed(boss, WEEKLY, &weekly());
    assert_eq!(counts(&unchanged), [5, 0, 0, 0, 0], "nothing drifts: {unchanged}");
    let rows = || {
        ["duties", "duty_effects", "incentive_entries", "audit_entries"].map(|table| app.count_rows(table))
    };
    let before = rows();
    let replay = replayed(boss, WEEKLY, &stricter());
    let [duties, effects, entries, audit] = rows();
    assert_eq!(
        [duties, effects, entries],
        before[..3],
        "nothing is raised, nobody is told, nothing is taken"
    );
    assert_eq!(audit, before[3] + 2, "the draft, and the result");
    assert_eq!(counts(&replay), [1, 4, 0, 0, 0], "{replay}");
    let due = group(&replay, "duty");
    assert_eq!((&due["count"], &due["reason"]["fact"]), (&json!(1), &json!("due")));
    assert_eq!(due["reason"]["before"]["zh"], "按时完成");
    assert_eq!(due["reason"]["after"]["zh"], "补办");
    assert_eq!(due["reason"]["clause"], "002 §6 第一章");
    assert_eq!(due["examples"][0]["number"], "ming 2026-W11");
    let taken = group(&replay, "consequence");
    assert_eq!((&taken["count"], &taken["reason"]["before"]), (&json!(4), &Value::Null));
    assert_eq!(taken["reason"]["after"]["zh"], "金额 -20.00 CNY");
    assert_eq!(replay.at("/moved"), json!([{"currency": "CNY", "minor": 8_000}]));
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?verdict=different&decision=duties")).expect(200);
    assert_eq!(lines.at("/data").as_array().map(Vec::len), Some(4));
    assert_eq!(lines.text("/data/0/document_kind"), "duty");
    assert_eq!(replayed(boss, WEEKLY, &stricter()).text("/digest"), replay.text("/digest"));
}

fn people_whom_a_draft_means_no_longer_owe_nothing_and_of_others_nothing_is_guessed(app: App) {
    let company = after_the_week(&app);
    let boss = &company.boss;
    let mut finance = weekly();
    finance["scope"]["departments"] = json!(["finance"]);
    let replay = replayed(boss, WEEKLY, &finance);
    let [same, different, undetermined, drift, _] = counts(&replay);
    assert_eq!((same + different, undetermined, drift), (5, 0, 0), "{replay}");
    let owed_no_longer = group(&replay, "duty");
    assert_eq!(owed_no_longer["reason"]["after"], Value::Null);
    assert_eq!(owed_no_longer["reason"]["fact"], "scope");
    let groups = replay.at("/groups").as_array().cloned().unwrap_or_default();
    let told: u64 = groups.iter().filter_map(|group| group["count"].as_u64()).sum();
    assert_eq!(told, different, "each for one reason: {replay}");
    // Heads were asked for nothing, and whether they did by hand what nobody asked is not known.
    let mut heads = weekly();
    heads["scope"] = json!({});
    let replay = replayed(boss, WEEKLY, &heads);
    assert_eq!(counts(&replay), [5, 0, 4, 0, 0], "{replay}");
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?verdict=undetermined")).expect(200);
    assert!(lines.text("/data/0/missing/zh").contains("手工"), "the fact is named: {lines}");
    // Another rhythm: the weeks are owed no longer, the days are.
    let mut daily = weekly();
    daily["cadence"] = json!({"by": "period", "every": "month", "on": {"day": 31}, "at": "24:00"});
    let replay = replayed(boss, WEEKLY, &daily);
    assert_eq!(counts(&replay)[1], 5, "a month that began before is not called for: {replay}");
    assert_eq!(group(&replay, "duty")["reason"]["fact"], "cadence");
    let mut repealed = weekly();
    repealed["is_repealed"] = json!(true);
    assert_eq!(counts(&replayed(boss, WEEKLY, &repealed)), [0, 5, 0, 0, 0]);
}

fn leave_joining_and_leaving_count_as_they_did(app: App) {
    let company = in_the_week(&app);
    let away = json!({"employee_id": company.id("lan"), "stand_in_id": company.id("ming"), "from": "2026-03-09",
        "until": "2026-03-13", "reason": "年假"});
    company.boss.post("/api/v1/absences", away).expect(201);
    company.leave("rep");
    pass(&app, 72);
    attend(&app);
    let boss = app.sign_in("boss", PASSWORD);
    let hired = json!({"number": "N1", "name": "李娜", "joined_on": "2026-03-12",
        "department_id": company.departments["marketing"], "superior_id": company.id("head")});
    boss.post("/api/v1/employees", hired).expect(201);
    attend(&app);
    pass(&app, 97);
    attend(&app);
    let boss = &app.sign_in("boss", PASSWORD);
    let unchanged = replayed(boss, WEEKLY, &weekly());
    assert_eq!(counts(&unchanged), [6, 0, 0, 0, 0], "excused, cancelled and joined as it was: {unchanged}");
    let replay = replayed(boss, WEEKLY, &stricter());
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?verdict=different")).expect(200);
    let numbers: Vec<String> = tests::column(&lines.at("/data"), "number");
    assert!(!numbers.contains(&"lan 2026-W11".to_owned()), "leave excuses by any due: {numbers:?}");
    assert!(!numbers.contains(&"rep 2026-W11".to_owned()), "who left owes nothing: {numbers:?}");
    // 李娜, who came on Thursday, has two working days left until Friday noon as well.
    assert!(numbers.contains(&"李娜 2026-W11".to_owned()), "{numbers:?}");
}

fn a_shorter_time_for_tasks_tells_which_would_have_been_late(app: App) {
    let mut company = app.company();
    let give = |company: &Company, title: &str| {
        let body = json!({"title": title, "owner_id": company.id("lan"), "due_on": "2026-03-10"});
        let made = company.who("head").post("/api/v1/tasks", body).expect(201);
        made.header("location").expect("a place")
    };
    let done = give(&company, "补齐合同附件");
    let _open = give(&company, "整理客户名单");
    let gone = give(&company, "撤销的事项");
    app.advance(chrono::Duration::minutes(5));
    act(company.who("head"), &gone, "cancel", json!({"reason": "不做了"})).expect(200);
    go_on(&app, &mut company, 96);
    act(company.who("lan"), &done, "finish", json!({"note": "附件已补齐"})).expect(200);
    let boss = &company.boss;
    let code = "duty-rule/task";
    let shipped = boss.get(&format!("/api/v1/policies?code={code}")).expect(200).at("/data/0/content");
    let replayed = |content: &Value| {
        let draft = drafted_for(boss, (code, "002 §6 第一章"), content);
        let body = json!({"drafts": [draft], "from": "2026-03-02", "to": "2026-03-09"});
        boss.post("/api/v1/policies/replay", body).expect(201)
    };
    let unchanged = replayed(&shipped);
    let place = unchanged.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?drifts=true")).expect(200);
    assert_eq!(counts(&unchanged), [3, 0, 0, 0, 0], "{lines}");
    let mut sooner = shipped;
    sooner["cadence"]["due_on"] = Value::Null;
    sooner["cadence"]["within"] = json!({"amount": 1, "unit": "days"});
    sooner["grace"] = json!({"until": "due"});
    let replay = replayed(&sooner);
    assert_eq!(counts(&replay), [1, 2, 0, 0, 0], "what was cancelled before stays so: {replay}");
    let place = replay.header("location").expect("a place");
    let lines = boss.get(&format!("{place}/lines?verdict=different")).expect(200);
    let both: Vec<(String, String)> = (0..2)
        .map(|n| [format!("/data/{n}/current/zh"), format!("/data/{n}/draft/zh")].map(|at| lines.text(&at)))
        .map(|[current, draft]| (current, draft))
        .collect();
    let says = |words: &str, said: &[(&str, &str)]| {
        assert!(
            said.iter().any(|(c, d)| both
                .iter()
                .any(|(current, draft)| { current.contains(c) && draft.contains(d) })),
            "{words}: {both:?}"
        );
    };
    says("done in time, and would have been made up", &[("按时完成", "补办")]);
    says("open still, and would have been missed", &[("待办", "未完成")]);
}

fn only_duties_in_reach_are_replayed(app: App) {
    let company = after_the_week(&app);
    let boss = &company.boss;
    let role = json!({"code": "policy-keeper", "name_zh": "政策管理员", "name_en": "Keeper of policies",
        "permissions": ["policy:read", "policy:manage", "duty:read"]});
    boss.post("/api/v1/roles", role).expect(201);
    let keeper = app.hire(boss, "keeper", &company.departments["marketing"], Some(company.id("head")));
    let keeper = app.person(boss, "keeper", &keeper, "policy-keeper", "department");
    let part = replayed(&keeper, WEEKLY, &weekly());
    let [same, _, _, _, out_of_reach] = counts(&part);
    assert_eq!((same, out_of_reach), (2, 3), "兰兰 and 小明 are in reach: {part}");
}
