//! Asking before spending: reserved when it is submitted, promised when it is approved, free again when it is over.
//! `[EXP-2, EXP-3, EXP-7, BUD-4, BUD-5]`

use super::expense_claim::approve;
use domain::finance::budget_line::Control;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, records, stories};

stories! {
    a_request_reserves_its_budget_commits_it_and_lets_go_of_the_rest,
    every_way_back_frees_the_reservation,
    a_rehearsal_shows_what_would_be_reserved_and_keeps_nothing,
    beyond_the_budget_director_and_general_manager_decide_anew,
    a_hard_line_refuses_naming_the_difference,
    major_campaigns_always_meet_director_and_general_manager,
    buying_beyond_the_limit_needs_quotes_or_a_tender,
    what_is_missing_in_a_request_is_said_at_once,
    a_request_is_seen_and_listed_by_its_people_alone,
    one_asks_for_others_only_with_leave,
}

records! {
    "/api/v1/expense-requests/{id}" => an_approved_request,
}

pub(crate) const REQUESTS: &str = "/api/v1/expense-requests";

pub(crate) fn path(request: &str) -> String {
    format!("{REQUESTS}/{request}")
}

pub(crate) fn cny(yuan: &str) -> Value {
    json!({"amount": yuan, "currency": "CNY"})
}

pub(crate) fn line_of(category: &str, yuan: &str) -> Value {
    json!({"category": category, "item": "展位搭建", "amount": cny(yuan), "purpose": "春季展会",
        "planned_on": "2026-04-10"})
}

/// A request as it is sent, with one line.
pub(crate) fn request_of(category: &str, yuan: &str) -> Value {
    json!({
        "details": {"background": "春季招商", "purpose": "参加展会", "participants": "市场部",
            "expected_effect": "签约两家"},
        "lines": [line_of(category, yuan)],
    })
}

/// Takes an action on a document as it stands now.
#[track_caller]
pub(crate) fn act(by: &Caller, place: &str, action: &str, body: Value) -> Reply {
    let version = by.get(place).expect(200).version();
    by.at(version).post(&format!("{place}/{action}"), body)
}

/// Submits a document; answers the id of its approval.
#[track_caller]
pub(crate) fn submit(by: &Caller, place: &str) -> String {
    act(by, place, "submit", json!({})).expect(200).text("/approval_id")
}

/// A request of 兰兰 that waits for its approvers: its place and its approval's id.
#[track_caller]
pub(crate) fn submitted(company: &Company, body: Value) -> (String, String) {
    let place = path(&company.who("lan").post(REQUESTS, body).expect(201).text("/id"));
    let approval = submit(company.who("lan"), &place);
    (place, approval)
}

/// A request of 兰兰 that head and finance have approved; its place.
#[track_caller]
pub(crate) fn approved(company: &Company, body: Value) -> String {
    let (place, approval) = submitted(company, body);
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    assert_eq!(company.who("lan").get(&place).expect(200).text("/status"), "approved");
    place
}

fn marketing(company: &Company) -> &str {
    &company.departments["marketing"]
}

fn a_request_reserves_its_budget_commits_it_and_lets_go_of_the_rest(app: App) {
    let company = app.company();
    let line = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Hard, 500_000);
    let lan = company.who("lan");
    let draft = lan.post(REQUESTS, request_of("promotion.publicity", "3000.00")).expect(201);
    assert_eq!((draft.text("/number"), draft.text("/status")), ("ER-2026-000001".into(), "draft".into()));
    let place = path(&draft.text("/id"));
    assert_eq!(draft.header("location"), Some(place.clone()));
    assert_eq!(draft.at("/budget"), json!([]), "a draft holds nothing");
    let approval = submit(lan, &place);
    assert_eq!(app.balance_of(line).reserved, 300_000);
    let shown = lan.get(&place).expect(200);
    assert_eq!(shown.text("/budget/0/reserved/amount"), "3000.00");
    assert_eq!(shown.text("/budget/0/available/amount"), "2000.00");
    assert_eq!(shown.text("/budget/0/control"), "hard");
    approve(&company, "head", &approval).expect(200);
    approve(&company, "qian", &approval).expect(200);
    let balance = app.balance_of(line);
    assert_eq!((balance.reserved, balance.committed), (0, 300_000));
    let shown = lan.get(&place).expect(200);
    assert_eq!(
        (shown.text("/status"), shown.text("/remaining/amount")),
        ("approved".into(), "3000.00".into())
    );
    let stranger = company.who("ming").at(1);
    stranger.post(&format!("{place}/close"), json!({"reason": "不办了"})).refuses(404, "http.not_found");
    act(company.who("head"), &place, "close", json!({"reason": "不办了"}))
        .refuses(403, "expense_request.not_closable");
    let closed = act(company.who("sun"), &place, "close", json!({"reason": "活动结束"})).expect(200);
    assert_eq!((closed.text("/status"), closed.text("/status_reason")), ("closed".into(), "活动结束".into()));
    assert_eq!(app.balance_of(line).available(), 500_000);
    app.prove_ledger();
}

fn every_way_back_frees_the_reservation(app: App) {
    let company = app.company();
    let line = app.open_budget_line(marketing(&company), "promotion", "2026-Q1", Control::Hard, 100_000);
    let (lan, head) = (company.who("lan"), company.who("head"));
    let decide = |approval: &str, action: &str| {
        let read = head.get(&format!("/api/v1/approvals/{approval}")).expect(200);
        let body = json!({"document_version": read.at("/document/version"), "reason": "再想想"});
        head.at(read.version()).post(&format!("/api/v1/approvals/{approval}/{action}"), body).expect(200);
    };
    let (place, _) = submitted(&company, request_of("promotion.publicity", "1000.00"));
    act(lan, &place, "withdraw", json!({"note": "补报价"})).expect(200);
    assert_eq!(app.balance_of(line).available(), 100_000, "withdrawn");
    let approval = submit(lan, &place);
    assert_eq!(app.balance_of(line).reserved, 100_000, "submitted again, it is reserved once");
    decide(&approval, "return");
    assert_eq!(app.balance_of(line).available(), 100_000, "returned");
    let version = lan.get(&place).expect(200).version();
    let less = json!({"lines": [line_of("promotion.publicity", "400.00")]});
    lan.at(version).patch(&place, less).expect(200);
    let approval = submit(lan, &place);
    assert_eq!(app.balance_of(line).reserved, 40_000);
    decide(&approval, "reject");
    assert_eq!(app.balance_of(line).available(), 100_000, "rejected");
    act(lan, &place, "submit", json!({})).refuses(409, "document.not_submittable");
    act(lan, &place, "void", json!({"reason": "作罢"})).expect(200);
    let place = approved(&company, request_of("promotion.publicity", "1000.00"));
    let version = lan.get(&place).expect(200).version();
    lan.at(version).patch(&place, json!({"urgent": true})).refuses(409, "document.not_editable");
    act(lan, &place, "revoke", json!({"reason": "客户取消"})).expect(200);
    assert_eq!(app.balance_of(line).available(), 100_000, "revoked");
    app.prove_ledger();
}

fn a_rehearsal_shows_what_would_be_reserved_and_keeps_nothing(app: App) {
    let company = app.company();
    let line = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Special, 100_000);
    let lan = company.who("lan");
    let place =
        path(&lan.post(REQUESTS, request_of("promotion.publicity", "1500.00")).expect(201).text("/id"));
    let rehearsed = lan.at(1).act(&format!("{place}/submit?validate_only=true")).expect(200);
    assert_eq!(rehearsed.text("/budget/0/reserved/amount"), "1000.00");
    assert_eq!(rehearsed.text("/budget/0/over/amount"), "500.00");
    assert_eq!(rehearsed.text("/budget/0/available/amount"), "0.00");
    assert_eq!(rehearsed.text("/usage/0/asked/amount"), "1500.00");
    assert_eq!(app.balance_of(line).reserved, 0);
    let preview = lan.get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.at("/submittable"), true);
    assert_eq!(preview.text("/budget/0/over/amount"), "500.00");
    let steps = preview.at("/plan/steps");
    let review =
        steps.as_array().into_iter().flatten().find(|step| step["code"] == "special-review").cloned();
    assert_eq!(review.unwrap_or_default()["fate"], "decides", "{preview}");
    assert_eq!(lan.get(&place).expect(200).text("/status"), "draft");
}

fn beyond_the_budget_director_and_general_manager_decide_anew(app: App) {
    let company = app.company();
    let line = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Special, 100_000);
    let (place, approval) = submitted(&company, request_of("promotion.publicity", "1500.00"));
    assert_eq!(app.balance_of(line).available(), 0);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    let lan = company.who("lan");
    assert_eq!(lan.get(&place).expect(200).text("/status"), "in_approval", "the special review waits");
    for name in ["director", "gm", "chair"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(lan.get(&place).expect(200).text("/status"), "approved");
    let balance = app.balance_of(line);
    assert_eq!((balance.committed, balance.beyond, balance.allocated), (150_000, 50_000, 150_000));
    act(lan, &place, "revoke", json!({"reason": "不办了"})).expect(200);
    let balance = app.balance_of(line);
    assert_eq!(
        (balance.allocated, balance.available()),
        (100_000, 100_000),
        "what was granted is taken back"
    );
    app.prove_ledger();
}

fn a_hard_line_refuses_naming_the_difference(app: App) {
    let company = app.company();
    let line = app.open_budget_line(marketing(&company), "promotion", "2026-03", Control::Hard, 100_000);
    let lan = company.who("lan");
    let place =
        path(&lan.post(REQUESTS, request_of("promotion.publicity", "1000.50")).expect(201).text("/id"));
    let refusal = lan.at(1).act(&format!("{place}/submit")).refuses(409, "budget_line.exhausted");
    assert_eq!((refusal.text("/rule"), refusal.text("/clause")), ("BUD-5".into(), "000 §9.3(5)".into()));
    assert_eq!(refusal.text("/errors/0/pointer"), "/lines/0");
    assert_eq!(refusal.text("/params/short"), "0.50");
    assert_eq!((app.balance_of(line).reserved, lan.get(&place).expect(200).version()), (0, 1));
    let preview = lan.get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.text("/refusal/code"), "budget_line.exhausted");
}

fn major_campaigns_always_meet_director_and_general_manager(app: App) {
    let company = app.company();
    let steps = |body: Value| {
        let lan = company.who("lan");
        let place = path(&lan.post(REQUESTS, body).expect(201).text("/id"));
        let plan = lan.get(&format!("{place}/approval-preview")).expect(200).at("/plan/steps");
        let met = |step: &Value| step["fate"] != "not_applicable";
        let kept: Vec<Value> =
            plan.as_array().into_iter().flatten().filter(|step| met(step)).cloned().collect();
        column(&json!(kept), "code")
    };
    let of = |yuan: &str| request_of("other.training", yuan);
    assert_eq!(steps(of("5000.00")), ["head", "finance"]);
    assert_eq!(steps(of("5000.01")), ["head", "finance", "marketing-director"]);
    let all = ["head", "finance", "marketing-director", "general-manager"];
    assert_eq!(steps(of("50000.01")), all);
    let mut major = of("100.00");
    major["major_campaign"] = json!(true);
    assert_eq!(steps(major), all);
}

fn buying_beyond_the_limit_needs_quotes_or_a_tender(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let place =
        path(&lan.post(REQUESTS, request_of("promotion.publicity", "20000.01")).expect(201).text("/id"));
    let refusal = lan.at(1).act(&format!("{place}/submit")).refuses(422, "procurement.quotes_missing");
    assert_eq!(
        (refusal.text("/rule"), refusal.text("/clause")),
        ("EXP-7".into(), "000 §9 费用控制机制".into())
    );
    assert_eq!(refusal.text("/citation/policy"), "expense-request-policy/standard");
    assert_eq!(refusal.at("/params/required"), 3);
    let quote = |supplier: &str| json!({"supplier": supplier, "amount": cny("20000.01")});
    let mut line = line_of("promotion.publicity", "20000.01");
    line["quotes"] = json!([quote("星火"), quote("云帆"), quote("云帆")]);
    lan.at(1).patch(&place, json!({"lines": [line]})).refuses(422, "procurement.supplier_twice");
    line["quotes"] = json!([quote("星火"), quote("云帆"), quote("远山")]);
    lan.at(1).patch(&place, json!({"lines": [line]})).expect(200);
    lan.at(2).act(&format!("{place}/submit")).expect(200);
    let mut tendered = request_of("promotion.publicity", "20000.01");
    tendered["lines"][0]["tender"] = json!({"reference": "ZB-2026-014"});
    submitted(&company, tendered);
    submitted(&company, request_of("entertainment.meeting", "30000.00"));
}

fn what_is_missing_in_a_request_is_said_at_once(app: App) {
    let company = app.company();
    let lan = company.who("lan");
    let mut body = request_of("entertainment.travel", "100.00");
    body["details"] = json!({"purpose": "拜访"});
    body["business_date"] = json!("2025-12-01");
    let place = path(&lan.post(REQUESTS, body).expect(201).text("/id"));
    let refusal = lan.at(1).act(&format!("{place}/submit")).refuses(422, "validation.failed");
    let pointers = column(&refusal.at("/errors"), "pointer");
    assert_eq!(
        pointers,
        [
            "/business_date",
            "/details/background",
            "/details/participants",
            "/details/expected_effect",
            "/details/route",
            "/details/days"
        ]
    );
    lan.at(1).patch(&place, json!({"lines": []})).expect(200);
    lan.at(2).patch(&place, json!({"details": {"purpose": null}, "business_date": "2026-05-01"})).expect(200);
    lan.at(3).act(&format!("{place}/submit")).refuses(422, "expense_request.no_lines");
    lan.at(3)
        .patch(&place, json!({"lines": [line_of("promotion", "1.00")]}))
        .refuses(422, "expense_category.not_leaf");
    lan.at(3).patch(&place, json!({"currency": "USD"})).refuses(422, "expense_request.rate_missing");
    lan.at(3)
        .patch(&place, json!({"attachments": ["01977a3e-8f00-7000-8000-00000000ffff"]}))
        .refuses(422, "file.unknown");
    assert_eq!(lan.get(&place).expect(200).version(), 3, "nothing of all that changed it");
}

fn a_request_is_seen_and_listed_by_its_people_alone(app: App) {
    let company = app.company();
    let (place, _) = submitted(&company, request_of("promotion.publicity", "800.00"));
    let mut other = request_of("other.training", "90.00");
    other["campaign"] = json!("spring-2026");
    company.who("ming").post(REQUESTS, other).expect(201);
    company.who("ming").get(&place).refuses(404, "http.not_found");
    company.who("rep").get(&place).refuses(404, "http.not_found");
    company.who("head").get(&place).expect(200);
    app.anonymous().get(&place).refuses(401, "http.unauthenticated");
    let numbers = |who: &str, filter: &str| {
        column(&company.who(who).get(&format!("{REQUESTS}?{filter}")).expect(200).at("/data"), "number")
    };
    let (first, second) = ("ER-2026-000001".to_owned(), "ER-2026-000002".to_owned());
    assert_eq!(numbers("rep", ""), Vec::<String>::new());
    assert_eq!(numbers("qian", ""), [second.clone(), first.clone()]);
    assert_eq!(numbers("qian", "sort=worth"), [second.clone(), first.clone()]);
    assert_eq!(numbers("qian", "sort=-worth&limit=1"), std::slice::from_ref(&first));
    assert_eq!(numbers("qian", "status=in_approval,approved"), std::slice::from_ref(&first));
    assert_eq!(numbers("qian", "category=promotion"), std::slice::from_ref(&first));
    assert_eq!(numbers("qian", "campaign=spring-2026"), std::slice::from_ref(&second));
    assert_eq!(numbers("qian", "worth[gte]=100.00"), std::slice::from_ref(&first));
    assert_eq!(numbers("qian", "q=%E5%B1%95%E4%BD%8D").len(), 2);
    company.who("qian").get(&format!("{REQUESTS}?status=paid")).refuses(400, "http.bad_parameter");
    let csv = company.who("qian").get(&format!("{REQUESTS}?format=csv&sort=created_at")).expect(200);
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    assert!(text.contains("ER-2026-000001,审批中,lan,marketing部,2026-03-05"), "{text}");
    company.who("lan").get(&format!("{REQUESTS}?format=csv")).refuses(403, "http.forbidden");
}

fn one_asks_for_others_only_with_leave(app: App) {
    let company = app.company();
    let mut body = request_of("other.training", "100.00");
    body["submitter_id"] = json!(company.id("lan"));
    company.who("ming").post(REQUESTS, body.clone()).refuses(403, "document.for_others_forbidden");
    let made = company.who("head").post(REQUESTS, body).expect(201);
    assert_eq!(made.text("/submitter/name"), "lan");
    let mut foreign = request_of("other.training", "100.00");
    foreign["department_id"] = json!(company.departments["sales"]);
    company.who("lan").post(REQUESTS, foreign).refuses(403, "document.foreign_department");
}

fn an_approved_request(made: &Records<'_>) -> String {
    let place = approved(made.company, request_of("other.training", "300.00"));
    place.rsplit('/').next().expect("an id").to_owned()
}
