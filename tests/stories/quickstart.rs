//! What the README promises, done as it says: the demo is loaded, the server started, the lines pasted.

use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};
use tests::{ADMINISTRATOR, App, Caller, Program, checks, stories};

checks! {
    both_readmes_have_the_same_quickstart,
}

stories! {
    the_quickstart_of_the_readme_works_line_by_line,
    a_receiver_of_twenty_lines_takes_what_it_is_sent_and_nothing_forged,
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

/// The receiver of webhooks that the README shows, running. Dropping it kills it.
struct Receiver {
    child: Child,
    said: mpsc::Receiver<String>,
}

impl Receiver {
    /// Starts it on a port of its own; none where there is no Python.
    fn start(secret: &str) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/webhook_receiver.py");
        let mut command = Command::new("python3");
        command.args([script, "0"]).env("WEBHOOK_SECRET", secret);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (tell, said) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Some(Self { child, said })
    }

    /// The next line it says, however slow the machine is.
    fn says(&self) -> String {
        self.said.recv_timeout(Duration::from_secs(300)).expect("it says something")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// `[INT-1, INT-1d]`
fn a_receiver_of_twenty_lines_takes_what_it_is_sent_and_nothing_forged(app: App) {
    let program = Program::start_with(&app.home(), &[("WEBHOOK_NETWORKS", "127.0.0.0/8")]);
    let (username, password) = ADMINISTRATOR;
    let who = json!({"username": username, "password": password});
    let token = program.caller(None).post("/api/v1/sessions", who).expect(201).text("/access_token");
    let boss = program.caller(Some(&token));
    let endpoint = json!({"name": "ERP", "url": "http://127.0.0.1:9/", "kinds": ["department.*"]});
    let made = boss.post("/api/v1/webhook-endpoints", endpoint).expect(201);
    let place = made.header("location").expect("a place");
    let Some(receiver) = Receiver::start(&made.text("/secret")) else {
        return eprintln!("left out: there is no python3");
    };
    let port: u16 = receiver.says().parse().expect("a port");
    let forged =
        Caller::of(([127, 0, 0, 1], port).into(), None).post("/", json!({"type": "department.made-up"}));
    assert_eq!(forged.status, 401, "nothing signed it");
    boss.at(made.version()).patch(&place, json!({"url": format!("http://127.0.0.1:{port}/")})).expect(200);
    let department = json!({"code": "erp", "name_zh": "信息部", "name_en": "IT"});
    boss.post("/api/v1/departments", department).expect(201);
    assert_eq!(receiver.says(), "department.created");
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
