//! What the README promises, done as it says: the demo is loaded, the server started, the lines pasted.

use std::process::{Command, Stdio};
use tests::{App, Program, checks, stories};

checks! {
    both_readmes_have_the_same_quickstart,
}

stories! {
    the_quickstart_of_the_readme_works_line_by_line,
}

const README: &str = include_str!("../../README.md");
const CHINESE_README: &str = include_str!("../../README.zh-CN.md");

/// The `sh` blocks between the marks, in their order.
fn lines_to_paste() -> String {
    let marked =
        README.split("<!-- quickstart -->").nth(1).and_then(|rest| rest.split("<!-- /quickstart -->").next());
    let blocks = marked.expect("the marks").split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

fn the_quickstart_of_the_readme_works_line_by_line(app: App) {
    let engine = app.engine;
    drop(app);
    let home = engine.fresh();
    let loaded = Program::run(&home, &["demo", "--seed", "7"]);
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let program = Program::start(&home);
    let pasted = Command::new("bash")
        .args(["-e", "-c", &lines_to_paste()])
        .env("API", format!("http://{}/api/v1", program.address()))
        .stdin(Stdio::null())
        .output()
        .expect("bash");
    let told = String::from_utf8_lossy(&pasted.stdout);
    let complained = String::from_utf8_lossy(&pasted.stderr);
    assert!(pasted.status.success(), "{told}\n{complained}");
    let mut lines = told.lines();
    for expected in [
        "部门负责人审核",
        "财务审核",
        "in_approval",
        "in_approval",
        "approved",
        "EC-",
        "done",
        "done",
        "paid",
        "expense_claim.created",
        "expense_claim.submitted",
        "expense_claim.approved",
        "expense_claim.acknowledged",
        "expense_claim.posted",
        "expense_claim.paid",
        "duty-rule/task",
        "done",
        "事项完成",
        "RG-",
        "taken",
        "魏欣",
        "ownership.refused",
        r#""rule":"OWN-1","policy":"ownership/real-estate","policy_version":1,"clause":"#,
    ] {
        assert!(
            lines.any(|line| line.contains(expected)),
            "no {expected} in its turn in\n{told}\n{complained}"
        );
    }
}

/// The commands of the `sh` blocks of a text, without what is said of them.
fn commands(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let bare = |line: &str| line.split(" # ").next().unwrap_or_default().trim_end().to_owned();
    blocks.flat_map(str::lines).map(bare).collect()
}

fn both_readmes_have_the_same_quickstart() {
    let (english, chinese) = (commands(README), commands(CHINESE_README));
    let other = english.iter().zip(&chinese).find(|(one, other)| one != other);
    assert!(other.is_none() && english.len() == chinese.len(), "{other:?}");
}
