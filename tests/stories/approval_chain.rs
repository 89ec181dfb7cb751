//! Chains that change while documents are on their way. `[APR-2]`

use crate::approval::{approve, path, waiting};
use serde_json::json;
use tests::{App, stories};

stories! {
    a_chain_published_later_moves_no_document_in_flight,
}

fn a_chain_published_later_moves_no_document_in_flight(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    let steps = |approval: &str| {
        let shown = company.who("gm").get(&path(approval)).expect(200);
        let steps = shown.at("/steps").as_array().cloned().unwrap_or_default();
        let met = steps.iter().filter(|step| step["reason"] != "not_applicable");
        let codes = met.map(|step| step["code"].as_str().unwrap_or_default().to_owned());
        (shown.at("/policy/number"), codes.collect::<Vec<_>>())
    };
    let frozen = steps(&approval);
    assert_eq!(frozen.1, ["head", "finance"]);
    // From today on the general manager decides on every claim, and the head's step is that of the head above.
    let code = "approval-chain/expense-claim";
    let mut content =
        company.boss.get(&format!("/api/v1/policies?code={code}")).expect(200).at("/data/0/content");
    for step in content["steps"].as_array_mut().expect("steps") {
        match step["code"].as_str() {
            Some("general-manager") => step["when"] = json!([]),
            Some("head") => step["approvers"] = json!([{"kind": "superior_department_head"}]),
            _ => {}
        }
    }
    let body = json!({"code": code, "title": "费用报销审批链", "content": content, "clause": "003",
        "effective_from": "2026-03-05"});
    let draft = company.boss.post("/api/v1/policies", body).expect(201);
    company
        .boss
        .at(draft.version())
        .act(&format!("/api/v1/policies/{}/publish", draft.text("/id")))
        .expect(200);
    // What was under way goes on as it was resolved, step by step, to its end.
    assert_eq!(steps(&approval), frozen);
    assert_eq!(waiting(&company, &approval), ["head"]);
    approve(&company, &approval, &["head"]);
    assert_eq!(waiting(&company, &approval), ["qian", "sun"]);
    approve(&company, &approval, &["sun"]);
    assert_eq!(company.state_of(&claim), "approved");
    // What is submitted from now on meets the new one.
    let (_, later) = company.submitted("lan", 100);
    let (number, met) = steps(&later);
    assert_eq!(met, ["head", "finance", "general-manager"]);
    assert!(number.as_i64() > frozen.0.as_i64(), "{number}");
    assert_eq!(waiting(&company, &later), ["director"]);
}
