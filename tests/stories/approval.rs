//! Approvals over HTTP, on expense claims. `[APR-1, APR-10, INT-3, REG-6]`

use serde_json::{Value, json};
use tests::{App, Caller, Company, Reply, column, records, stories};

stories! {
    a_claim_passes_its_chain_and_everybody_sees_it_in_their_box,
    whoever_takes_no_part_does_not_find_it,
    nobody_approves_their_own_claim,
    a_second_decision_hears_who_decided,
    a_stale_reader_decides_nothing,
    a_rejection_ends_it_and_says_why,
    a_return_continues_where_it_stopped_unless_the_amount_changed,
    a_withdrawn_claim_waits_for_nobody,
    a_decision_is_taken_back_until_the_next_step_decides,
    approvers_are_added_and_removed_and_tasks_transferred,
    reminders_comments_and_copies,
    many_decisions_in_one_call_each_with_its_result,
    a_retried_batch_decides_no_later_step_unseen,
    an_atomic_batch_is_decided_as_a_whole_or_not_at_all,
    an_unsound_chain_is_not_published,
    an_overseer_sees_and_reassigns,
}

records! {
    "/api/v1/approvals/{id}" => |made| made.company.submit("lan", &made.id("/api/v1/expense-claims/{id}")),
}

pub fn path(approval: &str) -> String {
    format!("/api/v1/approvals/{approval}")
}

/// An action by somebody who has just read the approval.
#[track_caller]
pub fn act(caller: &Caller, approval: &str, action: &str, mut body: Value) -> Reply {
    let read = caller.get(&path(approval)).expect(200);
    if ["approve", "reject", "return"].contains(&action) {
        body["document_version"] = read.at("/document/version");
    }
    let place = format!("{}/{action}", path(approval));
    if action == "take-back" {
        caller.at(read.version()).act(&place)
    } else {
        caller.at(read.version()).post(&place, body)
    }
}

#[track_caller]
pub fn approve(company: &Company, approval: &str, by: &[&str]) {
    for name in by {
        act(company.who(name), approval, "approve", json!({})).expect(200);
    }
}

/// The names of those it waits for.
pub fn waiting(company: &Company, approval: &str) -> Vec<String> {
    let tasks = company.who("gm").get(&path(approval)).expect(200).at("/tasks");
    let tasks = tasks.as_array().cloned().unwrap_or_default();
    let open = tasks.iter().filter(|task| task["state"] == "open");
    open.map(|task| task["assignee"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

fn boxed(caller: &Caller, name: &str) -> Vec<String> {
    let list = caller.get(&format!("/api/v1/approvals?box={name}")).expect(200).at("/data");
    column(&list, "id")
}

pub fn reasons(company: &Company, approval: &str) -> Vec<String> {
    let history = company.who("gm").get(&format!("{}/history", path(approval))).expect(200).at("/data");
    column(&history, "kind")
}

fn a_claim_passes_its_chain_and_everybody_sees_it_in_their_box(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 6_000);
    assert_eq!(company.state_of(&claim), "in_approval");
    assert_eq!(waiting(&company, &approval), ["head"]);
    assert_eq!(boxed(company.who("lan"), "sent"), [approval.as_str()]);
    let item = company.who("head").get("/api/v1/approvals").expect(200);
    assert_eq!(item.at("/data/0/document/summary/title"), "拜访客户", "the inbox shows what it is about");
    assert_eq!(item.at("/data/0/amount"), json!({"amount": "6000.00", "currency": "CNY"}));
    company.who("head").get(&format!("/api/v1/expense-claims/{claim}")).expect(200);
    approve(&company, &approval, &["head", "sun", "director"]);
    assert_eq!(company.state_of(&claim), "approved");
    assert_eq!(boxed(company.who("head"), "waiting"), Vec::<String>::new());
    assert_eq!(boxed(company.who("head"), "decided"), [approval.as_str()]);
    assert_eq!(
        boxed(company.who("qian"), "decided"),
        Vec::<String>::new(),
        "the other accountant was not needed"
    );
    let counts = company.who("sun").get("/api/v1/approvals/counts").expect(200).json();
    assert_eq!(counts, json!({"waiting": 0, "decided": 1, "sent": 0, "copied": 0}));
    let told = reasons(&company, &approval);
    assert_eq!(told.first().map(String::as_str), Some("submitted"));
    assert_eq!(told.last().map(String::as_str), Some("completed"));
    let why = company.who("lan").get(&format!("{}/explanations", path(&approval))).expect(200).at("/data");
    let added = |one: &Value| one["explanation"]["decision"] == "step_added_by_amount";
    assert!(why.as_array().is_some_and(|all| all.iter().any(added)), "{why}");
}

fn whoever_takes_no_part_does_not_find_it(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    let stranger = company.who("rep");
    stranger.get(&path(&approval)).refuses(404, "http.not_found");
    stranger.get(&format!("{}/history", path(&approval))).refuses(404, "http.not_found");
    let body = json!({"document_version": 1});
    stranger.at(1).post(&format!("{}/approve", path(&approval)), body).refuses(404, "http.not_found");
    company.who("ming").get(&path(&approval)).refuses(404, "http.not_found");
    assert_eq!(boxed(company.who("ming"), "waiting"), Vec::<String>::new());
    company.who("rep").get(&format!("/api/v1/expense-claims/{claim}")).refuses(404, "http.not_found");
    assert_eq!(boxed(company.who("rep"), "overseen"), Vec::<String>::new());
}

fn nobody_approves_their_own_claim(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("head", 100);
    assert_eq!(waiting(&company, &approval), ["director"], "the head's own claim rises");
    act(company.who("head"), &approval, "approve", json!({})).refuses(403, "approval.not_your_turn");
    approve(&company, &approval, &["director"]);
    let refused = act(company.who("sun"), &approval, "transfer", json!({"employee_id": company.id("head")}));
    refused.refuses(422, "approval.target_own");
    // Two accountants: of the claim of one, the other decides.
    let (_, approval) = company.submitted("sun", 100);
    approve(&company, &approval, &["qian"]);
    assert_eq!(company.who("qian").get(&path(&approval)).expect(200).text("/state"), "approved");
    assert!(reasons(&company, &approval).contains(&"skipped_same_person".to_owned()));
}

fn a_second_decision_hears_who_decided(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    approve(&company, &approval, &["head", "qian"]);
    for late in ["qian", "sun", "head"] {
        let refused =
            act(company.who(late), &approval, "approve", json!({})).refuses(409, "approval.already_decided");
        let by = if late == "head" { "head" } else { "qian" };
        assert_eq!(refused.at("/params/by_name"), by);
        assert_eq!(refused.at("/rule"), "APR-6");
    }
    // Also where the version is old: who decided says more than that something moved.
    let body = json!({"document_version": 2});
    company
        .who("sun")
        .at(1)
        .post(&format!("{}/approve", path(&approval)), body)
        .refuses(409, "approval.already_decided");
}

fn a_stale_reader_decides_nothing(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let place = format!("{}/approve", path(&approval));
    let read = company.who("head").get(&path(&approval)).expect(200);
    let seen = read.at("/document/version");
    company
        .who("head")
        .post(&place, json!({"document_version": seen}))
        .refuses(428, "http.precondition_required");
    company.who("head").at(99).post(&place, json!({"document_version": seen})).refuses(412, "http.stale");
    let other = json!({"document_version": seen.as_i64().unwrap_or_default() + 1});
    let head = company.who("head").at(read.version());
    head.post(&place, other).refuses(409, "approval.document_changed");
    head.post(&place, json!({"document_version": 0})).refuses(422, "validation.out_of_range");
    head.post(&place, json!({"document_version": seen, "state": "approved"})).refuses(422, "http.bad_body");
    assert_eq!(waiting(&company, &approval), ["head"], "nothing moved");
}

fn a_rejection_ends_it_and_says_why(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    act(company.who("head"), &approval, "reject", json!({"reason": "  "}))
        .refuses(422, "approval.reason_required");
    act(company.who("head"), &approval, "reject", json!({"reason": "与业务无关"})).expect(200);
    assert_eq!(company.state_of(&claim), "rejected");
    let seen = company.who("lan").get(&path(&approval)).expect(200);
    assert_eq!(
        (seen.text("/verdict/reason").as_str(), seen.text("/verdict/by/name").as_str()),
        ("与业务无关", "head")
    );
    act(company.who("lan"), &approval, "withdraw", json!({})).refuses(409, "approval.not_pending");
}

fn a_return_continues_where_it_stopped_unless_the_amount_changed(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    approve(&company, &approval, &["head"]);
    act(company.who("sun"), &approval, "return", json!({"reason": "缺附件", "to_step": "finance"}))
        .refuses(422, "approval.step_not_passed");
    act(company.who("sun"), &approval, "return", json!({"reason": "请补充说明"})).expect(200);
    assert_eq!(company.state_of(&claim), "returned");
    assert_eq!(company.submit("lan", &claim), approval, "the same approval goes on");
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "the head need not decide again");
    act(company.who("sun"), &approval, "return", json!({"reason": "金额不符"})).expect(200);
    let place = format!("/api/v1/expense-claims/{claim}");
    let version = company.who("lan").get(&place).expect(200).version();
    let lines = company.claim_of(120)["lines"].clone();
    company.who("lan").at(version).patch(&place, json!({"lines": lines})).expect(200);
    company.submit("lan", &claim);
    assert_eq!(waiting(&company, &approval), ["head"], "another amount: from the beginning");
    act(company.who("head"), &approval, "approve", json!({})).expect(200);
    act(company.who("qian"), &approval, "return", json!({"reason": "请部门再核", "to_step": "head"}))
        .expect(200);
    assert_eq!(waiting(&company, &approval), ["head"]);
    assert_eq!(company.state_of(&claim), "in_approval");
    assert_eq!(company.who("gm").get(&path(&approval)).expect(200).at("/round"), 4);
}

fn a_withdrawn_claim_waits_for_nobody(app: App) {
    let company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    act(company.who("head"), &approval, "withdraw", json!({})).refuses(403, "approval.not_submitter");
    act(company.who("lan"), &approval, "withdraw", json!({"note": "填错了"})).expect(200);
    assert_eq!(company.state_of(&claim), "withdrawn");
    act(company.who("head"), &approval, "approve", json!({})).refuses(409, "approval.not_pending");
    assert_eq!(boxed(company.who("head"), "waiting"), Vec::<String>::new());
    assert_eq!(company.submit("lan", &claim), approval);
    assert_eq!(waiting(&company, &approval), ["head"]);
}

fn a_decision_is_taken_back_until_the_next_step_decides(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 6_000);
    approve(&company, &approval, &["head"]);
    act(company.who("head"), &approval, "take-back", json!({})).expect(200);
    assert_eq!(waiting(&company, &approval), ["head"]);
    approve(&company, &approval, &["head", "sun"]);
    let refused = act(company.who("head"), &approval, "take-back", json!({}));
    assert_eq!(refused.refuses(409, "approval.next_step_decided").at("/params/by_name"), "sun");
}

fn approvers_are_added_and_removed_and_tasks_transferred(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    let add = |placement: &str, who: &str| json!({"employee_id": company.id(who), "placement": placement});
    act(company.who("head"), &approval, "add-approver", add("before", "lan"))
        .refuses(422, "approval.target_own");
    act(company.who("head"), &approval, "add-approver", add("before", "director")).expect(200);
    assert_eq!(waiting(&company, &approval), ["director"]);
    act(company.who("head"), &approval, "remove-approver", json!({"employee_id": company.id("director")}))
        .expect(200);
    assert_eq!(waiting(&company, &approval), ["head"]);
    act(company.who("head"), &approval, "add-approver", add("parallel", "rep")).expect(200);
    assert_eq!(waiting(&company, &approval), ["head", "rep"]);
    approve(&company, &approval, &["rep"]);
    assert_eq!(waiting(&company, &approval), ["qian", "sun"], "the first decides, also who was added");
    act(
        company.who("sun"),
        &approval,
        "transfer",
        json!({"employee_id": company.id("gm"), "note": "请您定"}),
    )
    .expect(200);
    assert_eq!(waiting(&company, &approval), ["qian", "gm"]);
    approve(&company, &approval, &["gm"]);
    assert_eq!(company.who("gm").get(&path(&approval)).expect(200).text("/state"), "approved");
}

fn reminders_comments_and_copies(app: App) {
    let mut company = app.company();
    let (claim, approval) = company.submitted("lan", 100);
    let place = |action: &str| format!("{}/{action}", path(&approval));
    company.who("lan").post(&place("remind"), json!({})).expect(200);
    let refused =
        company.who("lan").post(&place("remind"), json!({})).refuses(429, "approval.reminded_recently");
    assert!(refused.at("/params/again_at").is_string());
    assert_eq!(refused.header("retry-after").as_deref(), Some("14400"), "four hours");
    app.advance(chrono::Duration::hours(4));
    company.sign_in_again(&app);
    company.who("lan").post(&place("remind"), json!({"note": "急"})).expect(200);
    company.who("head").post(&place("comment"), json!({"text": "稍后处理"})).expect(200);
    company.who("head").post(&place("comment"), json!({"text": ""})).refuses(422, "validation.length");
    let copy = json!({"employee_ids": [company.id("rep")]});
    company.who("head").post(&place("copy"), copy.clone()).expect(200);
    assert_eq!(boxed(company.who("rep"), "copied"), [approval.as_str()]);
    company.who("rep").get(&format!("/api/v1/expense-claims/{claim}")).expect(200);
    company.who("head").post(&place("copy"), copy).expect(200);
    let told = reasons(&company, &approval);
    let count = |kind: &str| told.iter().filter(|one| *one == kind).count();
    assert_eq!((count("reminded"), count("commented"), count("copied")), (2, 1, 1));
}

fn many_decisions_in_one_call_each_with_its_result(app: App) {
    let company = app.company();
    let approvals: Vec<String> = (1..=3).map(|n| company.submitted("lan", n * 10).1).collect();
    approve(&company, &approvals[1], &["head"]);
    let head = company.who("head");
    let item = |approval: &str, decision: &str, note: Option<&str>| {
        let seen = head.get(&path(approval)).expect(200);
        json!({"approval_id": approval, "version": seen.at("/version"), "decision": decision, "note": note,
            "document_version": seen.at("/document/version")})
    };
    let unknown = "019ccccc-0000-7000-8000-00000000dead";
    let items = json!({"items": [
        item(&approvals[0], "approve", None),
        item(&approvals[1], "approve", None),
        item(&approvals[2], "reject", Some("")),
        item(&approvals[2], "return", Some("请补充")),
        {"approval_id": unknown, "version": 1, "document_version": 1, "decision": "approve"},
    ]});
    let done = head.once("batch-1").post("/api/v1/approvals/batch-decisions", items.clone()).expect(207);
    let statuses: Vec<_> = (0..5).map(|n| done.at(&format!("/data/{n}/status"))).collect();
    assert_eq!(statuses, [json!(200), json!(409), json!(422), json!(200), json!(404)], "{done}");
    assert_eq!(done.at("/data/1/problem/code"), "approval.already_decided");
    assert_eq!(done.at("/data/3/state"), "returned");
    let again = head.once("batch-1").post("/api/v1/approvals/batch-decisions", items).expect(207);
    assert_eq!(again.bytes, done.bytes, "a retry hears the same");
    assert_eq!(again.header("idempotent-replayed").as_deref(), Some("true"));
}

fn a_retried_batch_decides_no_later_step_unseen(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 10);
    let head = company.who("head");
    let seen = head.get(&path(&approval)).expect(200);
    let items = json!({"items": [{"approval_id": approval, "version": seen.at("/version"), "decision": "approve",
        "document_version": seen.at("/document/version")}]});
    let first = head.post("/api/v1/approvals/batch-decisions", items.clone()).expect(207);
    assert_eq!(first.at("/data/0/status"), 200, "{first}");
    let again = head.post("/api/v1/approvals/batch-decisions", items).expect(207);
    assert_ne!(again.at("/data/0/status"), 200, "{again}");
}

fn an_atomic_batch_is_decided_as_a_whole_or_not_at_all(app: App) {
    let company = app.company();
    let approvals: Vec<String> = (1..=3).map(|n| company.submitted("lan", n * 10).1).collect();
    let head = company.who("head");
    let item = |approval: &String| {
        let seen = head.get(&path(approval)).expect(200);
        json!({"approval_id": approval, "version": seen.at("/version"), "decision": "approve",
            "document_version": seen.at("/document/version")})
    };
    let mut items: Vec<Value> = approvals.iter().map(item).collect();
    items[1]["decision"] = json!("reject");
    items[2]["approval_id"] = json!("019ccccc-0000-7000-8000-00000000dead");
    let batch = |items: &[Value]| json!({"mode": "atomic", "items": items});
    let place = "/api/v1/approvals/batch-decisions";
    let refused = head.post(place, batch(&items)).refuses(422, "batch.refused");
    assert_eq!(column(&refused.at("/errors"), "pointer"), ["/items/1", "/items/2"]);
    assert_eq!(
        column(&refused.at("/errors"), "code"),
        ["approval.reason_required", "validation.unknown_reference"]
    );
    for approval in &approvals {
        assert_eq!(waiting(&company, approval), ["head"], "nothing was decided");
    }
    let items: Vec<Value> = approvals.iter().map(item).collect();
    let done = head.post(place, batch(&items)).expect(200);
    assert_eq!(column(&done.at("/data"), "approval_id"), approvals);
    assert_ne!(waiting(&company, &approvals[0]), ["head"]);
    head.post(place, json!({"mode": "some", "items": items})).refuses(422, "http.bad_body");
}

fn an_unsound_chain_is_not_published(app: App) {
    let company = app.company();
    let step = |code: &str, when: Value, position: &str| {
        json!({"code": code, "name": {"zh": code, "en": code}, "counting": "any_of", "when": when, "ladder": "x",
            "approvers": [{"kind": "role", "role": position, "place": {"in": "anywhere"}}], "clause": "000 §9.2"})
    };
    let yuan = |amount: &str| json!({"amount": amount, "currency": "CNY"});
    let content = json!({"steps": [
        step("small", json!([{"on": "amount", "to": yuan("1.00")}]), "finance"),
        step("large", json!([{"on": "amount", "from": yuan("1.01")}]), "nobody-knows")]});
    let body = json!({"code": "approval-chain/expense-claim", "title": "新链", "effective_from": "2026-04-01",
        "content": content, "clause": "003"});
    let drafted = company.boss.post("/api/v1/policies", body).expect(201);
    let place = format!("/api/v1/policies/{}", drafted.text("/id"));
    let refused =
        company.boss.at(drafted.version()).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    assert_eq!(
        column(&refused.at("/errors"), "code"),
        ["approval.chain_band_gap", "approval.chain_uncovered"]
    );
    let mut sound = json!({"title": "新链", "effective_from": "2026-04-01", "clause": "003"});
    sound["content"] = json!({"steps": [step("all", json!([]), "nobody-knows")]});
    let revised = company.boss.at(drafted.version()).patch(&place, sound).expect(200);
    let refused =
        company.boss.at(revised.version()).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    let codes = column(&refused.at("/errors"), "code");
    assert!(codes.contains(&"approval.chain_unknown_reference".to_owned()), "{codes:?}");
    assert!(codes.contains(&"approval.chain_nobody_in_department".to_owned()), "{codes:?}");
}

fn an_overseer_sees_and_reassigns(app: App) {
    let company = app.company();
    let (_, approval) = company.submitted("lan", 100);
    assert_eq!(boxed(company.who("gm"), "overseen"), [approval.as_str()]);
    let task = company.who("gm").get(&path(&approval)).expect(200).text("/tasks/0/id");
    let body = json!({"task_id": task, "employee_id": company.id("director")});
    act(company.who("lan"), &approval, "reassign", body.clone()).refuses(403, "http.forbidden");
    act(company.who("gm"), &approval, "reassign", body).expect(200);
    assert_eq!(waiting(&company, &approval), ["director"]);
    // The head oversees the department, but not who decides on the head's own claim.
    let (_, own) = company.submitted("head", 200);
    let task = company.who("head").get(&path(&own)).expect(200).text("/tasks/0/id");
    let body = json!({"task_id": task, "employee_id": company.id("rep")});
    act(company.who("head"), &own, "reassign", body).refuses(403, "approval.own_document");
}
