//! From the empty database to the first document: what is still missing is said, and where it is mended. `[ID-1, ORG-1]`

use serde_json::{Value, json};
use tests::{App, Caller, column, stories};

stories! {
    an_empty_company_is_told_what_is_missing_step_by_step,
}

const SETUP: &str = "/api/v1/setup";

/// A step by its code.
fn step(by: &Caller, code: &str) -> Value {
    let steps = by.get(SETUP).expect(200).at("/steps");
    let steps = steps.as_array().cloned().unwrap_or_default();
    steps.into_iter().find(|step| step["code"] == code).expect("the step")
}

fn an_empty_company_is_told_what_is_missing_step_by_step(app: App) {
    let boss = app.administrator();
    let empty = boss.get(SETUP).expect(200);
    assert_eq!(empty.at("/is_ready"), json!(false));
    assert_eq!(
        column(&empty.at("/steps"), "code")[..6],
        ["packs", "departments", "employees", "department_heads", "accounts", "buyers"].map(str::to_owned)
    );
    assert_eq!(
        (step(&boss, "departments")["is_done"].clone(), step(&boss, "buyers")["is_done"].clone()),
        (json!(false), json!(false))
    );
    for place in column(&empty.at("/steps"), "href") {
        boss.get(&place).expect(200);
    }
    let sales = app.department(&boss, "sales", None);
    assert_eq!(step(&boss, "departments")["is_done"], true);
    assert_eq!(step(&boss, "department_heads")["is_done"], true, "nobody works there yet");
    let lan = app.hire(&boss, "lan", &sales, None);
    let heads = step(&boss, "department_heads");
    assert_eq!(
        (&heads["is_done"], heads["missing"].as_array().map(Vec::len)),
        (&json!(false), Some(1)),
        "{heads}"
    );
    assert_eq!(step(&boss, "accounts")["missing"], json!(["lan"]));
    app.account(&boss, "lan", Some(&lan));
    assert_eq!(step(&boss, "accounts")["is_done"], true);
}
