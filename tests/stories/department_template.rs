//! Departments and positions as the regulations describe them. `[ORG-1]`

use domain::organisation::DEPARTMENT_TEMPLATES;
use serde_json::{Value, json};
use tests::{App, Reply, column, race, stories};

stories! {
    departments_are_set_up_as_the_regulations_describe_them,
    of_some_who_set_up_the_same_departments_one_makes_each,
}

const TEMPLATES: &str = "/api/v1/department-templates";
const SET_UP: &str = "/api/v1/department-templates/set-up";

/// The item of a list with a code.
fn of(list: &Value, code: &str) -> Value {
    let items = list.as_array().expect("a list");
    items.iter().find(|item| item["code"] == code).unwrap_or_else(|| panic!("no {code} in {list}")).clone()
}

fn departments_are_set_up_as_the_regulations_describe_them(app: App) {
    let boss = app.administrator();
    let own = app.department(&boss, "sales", None);
    let listed = boss.get(TEMPLATES).expect(200).at("/data");
    assert_eq!(listed.as_array().map(Vec::len), Some(DEPARTMENT_TEMPLATES.len()));
    assert_eq!(
        (&of(&listed, "sales")["department_id"], &of(&listed, "design")["department_id"]),
        (&json!(own), &json!(null))
    );
    assert_eq!(of(&listed, "sales")["clause"], "000 §2");
    let wanted = json!({"codes": ["event-planning", "event-centre", "marketing-centre", "sales"]});
    let tried = boss.post(&format!("{SET_UP}?validate_only=true"), wanted.clone()).expect(207).at("/data");
    let made = boss.post(SET_UP, wanted.clone()).expect(207).at("/data");
    assert_eq!(column(&tried, "outcome"), column(&made, "outcome"));
    assert_eq!(
        column(&made, "code"),
        [
            "marketing-centre",
            "marketing-director",
            "deputy-marketing-director",
            "marketing-manager",
            "sales",
            "sales-director",
            "sales-manager",
            "sales-representative",
            "event-centre",
            "event-centre-director",
            "event-planning",
            "event-planner"
        ]
    );
    let outcome = |code: &str| of(&made, code)["outcome"].clone();
    assert_eq!(
        (outcome("sales"), outcome("sales-director"), outcome("event-planning")),
        (json!("already"), json!("done"), json!("done"))
    );
    // A department that stood is left where it hangs; one that is made hangs where its regulation says.
    let here = boss.get("/api/v1/departments").expect(200).at("/data");
    let above = |code: &str| of(&here, code)["parent"]["name_zh"].clone();
    assert_eq!((above("sales"), above("event-planning")), (json!(null), json!("活动营销中心")));
    let duties = boss.get(&format!("/api/v1/positions?department_id={own}")).expect(200).at("/data");
    assert_eq!(column(&duties, "clause").len(), 3);
    let again = boss.post(SET_UP, wanted).expect(207).at("/data");
    assert!(again.as_array().expect("items").iter().all(|item| item["outcome"] == "already"), "{again}");
    let unknown =
        boss.post(SET_UP, json!({"codes": ["sales", "magic", "more"]})).refuses(422, "validation.failed");
    assert_eq!(column(&unknown.at("/errors"), "pointer"), ["/codes/1", "/codes/2"]);
}

fn of_some_who_set_up_the_same_departments_one_makes_each(app: App) {
    let boss = app.administrator();
    let wanted = json!({"codes": ["marketing-centre", "sales", "design"]});
    let runners = (0..4).map(|_| {
        let run = || boss.quietly().post(SET_UP, wanted.clone());
        Box::new(run) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let replies = race(runners.collect());
    let made: usize = replies
        .into_iter()
        .map(|reply| {
            column(&reply.expect(207).at("/data"), "outcome")
                .iter()
                .filter(|outcome| *outcome == "done")
                .count()
        })
        .sum();
    assert_eq!(made, 10);
    assert_eq!(
        column(&boss.get("/api/v1/departments").expect(200).at("/data"), "code"),
        ["design", "marketing-centre", "sales"]
    );
}
