//! What the audit trail says of a person is erased on their demand, and the trail stays whole. `[AUD-1]`

use serde_json::{Value, json};
use std::process::Output;
use tests::{App, Program, column, stories};

stories! {
    a_person_is_erased_from_the_trail_which_tells_of_it_and_stays_whole,
    an_erasure_of_several_things_is_whole_or_nothing,
}

const TRAIL: &str = "/api/v1/audit-entries";

fn erase(app: &App, entities: &str, reason: &str) -> Output {
    Program::run(&app.home(), &["audit", "erase", "--entity", entities, "--reason", reason, "--json"])
}

#[track_caller]
fn verified(app: &App) -> Value {
    let head = Program::run(&app.home(), &["audit", "head"]);
    let head = String::from_utf8(head.stdout).expect("a line");
    let verdict = Program::run(&app.home(), &["audit", "verify", "--json", "--head", head.trim()]);
    assert!(verdict.status.success(), "{verdict:?}");
    serde_json::from_slice(&verdict.stdout).expect("a verdict")
}

fn a_person_is_erased_from_the_trail_which_tells_of_it_and_stays_whole(app: App) {
    let company = app.company();
    let (boss, lan) = (&company.boss, company.id("lan"));
    let trail = |id: &str| boss.get(&format!("{TRAIL}?entity={id}")).expect(200).at("/data");
    let before = trail(lan);
    let said = before.as_array().map(Vec::len).expect("entries");
    assert!(said > 0 && before[0]["after"].is_object());
    let user = boss.get("/api/v1/users?q=lan").expect(200).text("/data/0/id");
    let account = trail(&user).as_array().map(Vec::len).expect("entries");
    let done = erase(&app, &format!("{lan},{user}"), "本人要求删除个人信息");
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap_or_default();
    assert!(done.status.success() && answer == json!({"entries": said + account}), "{done:?}");
    for id in [lan, user.as_str()] {
        let after = trail(id);
        let after = after.as_array().expect("entries");
        let empty = |entry: &&Value| entry["before"].is_null() && entry["after"].is_null();
        assert_eq!(after.iter().filter(empty).count(), after.len(), "{after:?}");
        assert!(after.iter().all(|entry| entry["action"].is_string()), "that something happened stays");
    }
    let told = boss.get(&format!("{TRAIL}?entity_kind=audit_erasure")).expect(200).at("/data");
    assert_eq!(told.as_array().map(Vec::len), Some(2));
    assert_eq!(told[0]["after"]["reason"], "本人要求删除个人信息");
    assert_eq!(column(&told, "action"), ["audit.content_erased", "audit.content_erased"]);
    let verdict = verified(&app);
    assert_eq!((&verdict["broken_at"], &verdict["erased_untold"]), (&Value::Null, &json!([])));
    // Life goes on: the person's next deed is kept like everybody's.
    company.draft("lan", 10);
    verified(&app);
}

fn an_erasure_of_several_things_is_whole_or_nothing(app: App) {
    let boss = app.administrator();
    let (kept, gone) = (app.department(&boss, "kept", None), app.department(&boss, "gone", None));
    let content = |id: &str| boss.get(&format!("{TRAIL}?entity={id}")).expect(200).at("/data/0/after");
    let nobody = "019ccccc-0000-7000-8000-00000000dead";
    let refused = |entities: &str, reason: &str, why: &str| {
        let ended = erase(&app, entities, reason);
        let complaint = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && complaint.contains(why), "{ended:?}");
    };
    refused(&format!("{kept},{nobody}"), "本人要求", "Not found");
    refused(&kept, " ", "required");
    assert!(content(&kept).is_object());
    assert!(erase(&app, &gone, "测试数据").status.success());
    assert!(content(&gone).is_null());
    let told = boss.get(&format!("{TRAIL}?entity_kind=audit_erasure")).expect(200);
    refused(&told.text("/data/0/entity"), "不留痕迹", "never erased itself");
    // What was emptied may be emptied again; nothing is told less.
    assert!(erase(&app, &gone, "再次要求").status.success());
    verified(&app);
}
