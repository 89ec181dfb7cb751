//! What a claim, a request and what is found about them refer to, shown along with them: `expand=`. `[INT-4]`

use crate::{
    cash_advance::paid_out,
    expense_claim::{CLAIMS, path},
    expense_claim_request::{approved_on, claim_on, travel},
    expense_request as requests,
    internal_audit::{finding, sampled},
};
use serde_json::{Value, json};
use tests::{App, column, stories};

stories! {
    what_lists_refer_to_is_shown_in_their_order,
    what_a_finding_is_about_is_shown_with_it,
    only_what_refers_is_followed_whatever_a_member_is_called,
}

fn what_lists_refer_to_is_shown_in_their_order(app: App) {
    let company = app.company();
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let request = requests::approved(&company, travel("1000.00"));
    let advance = paid_out(&company, "300.00");
    let first = approved_on(&company, &request, 200);
    let mut second = claim_on(&company, &request, 300);
    let id = advance.rsplit('/').next().expect("an id");
    second["advances"] = json!([{"advance_id": id, "amount": {"amount": "300.00", "currency": "CNY"}}]);
    let second = lan.post(CLAIMS, second).expect(201).text("/id");
    company.submit("lan", &second);
    let shown = lan.get(&format!("{}?expand=request,advances", path(&second))).expect(200);
    assert_eq!(
        (shown.text("/expanded/request/number"), shown.text("/expanded/advances/0/id")),
        ("ER-2026-000001".into(), id.into())
    );
    let shown = lan.get(&format!("{request}?expand=claims,evaluations")).refuses(403, "http.forbidden");
    assert_eq!(shown.text("/params/permission"), "post-evaluation:read");
    let shown = qian.get(&format!("{request}?expand=claims,evaluations")).expect(200);
    let (listed, expanded) = (shown.at("/claims"), shown.at("/expanded/claims"));
    assert_eq!(column(&listed, "claim_id"), [first, second]);
    assert_eq!(column(&expanded, "id"), column(&listed, "claim_id"));
    assert_eq!(shown.at("/expanded/evaluations"), json!([]));
}

fn what_a_finding_is_about_is_shown_with_it(app: App) {
    let company = app.company();
    let (_, auditor, audit, item) = sampled(&app, &company);
    let raised = auditor.post(&format!("{audit}/findings"), finding(&company, Some(&item))).expect(201);
    let place = raised.header("location").expect("a place");
    let shown = auditor.get(&format!("{place}?expand=audit,item,claim,responsible")).expect(200);
    assert_eq!(
        (shown.text("/expanded/audit/number"), shown.text("/expanded/item/claim_number")),
        ("IA-2026-000001".into(), "EC-2026-000001".into())
    );
    assert_eq!(
        (shown.text("/expanded/claim/number"), shown.text("/expanded/responsible/name")),
        ("EC-2026-000001".into(), "lan".into())
    );
    let shown = auditor.get(&format!("{audit}?expand=auditor")).expect(200);
    assert_eq!(shown.text("/expanded/auditor/name"), "shen");
}

fn only_what_refers_is_followed_whatever_a_member_is_called(app: App) {
    let company = app.company();
    let request = requests::approved(&company, travel("1000.00"));
    let id = request.rsplit('/').next().expect("an id");
    // A call is named by whoever makes it, be it like an expense request.
    let body = json!({"code": "archive", "name_zh": "档案", "permissions": ["audit:read"]});
    let role = company.boss.with("X-Request-Id", id).post("/api/v1/roles", body).expect(201).text("/id");
    let trail = format!("/api/v1/audit-entries?entity={role}");
    let entry = company.boss.get(&trail).expect(200);
    assert_eq!((entry.text("/data/0/request_id"), entry.at("/data/0/expanded")), (id.into(), Value::Null));
    company.boss.get(&format!("{trail}&expand=request")).refuses(400, "http.unknown_parameter");
    // The department above is told by its code: that leads nowhere by itself.
    let templates = "/api/v1/department-templates";
    let refused = company.boss.get(&format!("{templates}?expand=parent")).refuses(400, "http.unknown_field");
    assert_eq!(refused.text("/params/known"), "department");
    let shown = company.boss.get(&format!("{templates}?expand=department")).expect(200).at("/data");
    let shown = shown.as_array().cloned().unwrap_or_default();
    assert!(shown.iter().any(|template| template["expanded"]["department"]["code"] == "sales"), "{shown:?}");
    let found = |template: &Value| template["expanded"]["department"]["id"] == template["department_id"];
    assert!(shown.iter().all(found), "{shown:?}");
}
