//! What a third party says afterwards about the effect of spending. `[EXP-12]`

use crate::{
    expense_claim::{CLAIMS, approve, approved},
    expense_claim_request::{approved_on, claim_on, paid, travel},
    expense_request::{self as requests, REQUESTS, act as act_on, cny},
    file::{PDF, upload},
};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, race, records, stories};

stories! {
    a_third_party_reports_expected_against_achieved_and_the_company_accepts,
    a_third_party_is_neither_the_company_nor_somebody_who_works_there,
    a_report_names_every_indicator_and_is_attached,
    a_report_that_does_not_do_goes_back_and_another_is_filed,
    nobody_accepts_the_evaluation_of_their_own_spending,
    evaluations_are_listed_within_reach_and_had_as_files,
    of_two_who_accept_a_report_one_does,
    what_a_request_cost_is_told_from_its_own_figures,
    nobody_who_asked_or_claimed_accepts_the_evaluation_of_a_request,
}

records! {
    "/api/v1/post-evaluations/{id}" => an_evaluation_of_a_claim,
}

pub(crate) const EVALUATIONS: &str = "/api/v1/post-evaluations";

pub(crate) fn commission(claim: Option<&str>) -> Value {
    json!({"claim_id": claim, "due_on": "2026-04-30",
    "third_party": {"name": "浙江某某管理咨询有限公司", "tax_number": "91350100M000100Y43", "contact": "周工"},
    "indicators": [
        {"name": "签约客户", "unit": "家", "expected": "12"},
        {"name": "客户投诉", "unit": "起", "expected": "4", "less_is_better": true}
    ]})
}

pub(crate) fn report(file: &str, signed: &str) -> Value {
    json!({"conclusion": "效果基本达到预期", "reported_on": "2026-03-04", "attachments": [file],
        "achieved": [{"name": "签约客户", "value": signed}, {"name": "客户投诉", "value": "5"}]})
}

/// Acts on an evaluation as it stands now.
#[track_caller]
fn act(by: &Caller, place: &str, action: &str, body: Value) -> Reply {
    let version = by.get(place).expect(200).version();
    by.at(version).post(&format!("{place}/{action}"), body)
}

/// A commissioned evaluation of 兰兰's claim; its path.
#[track_caller]
fn commissioned(company: &Company, by: &Caller) -> String {
    let claim = approved(company, 480);
    by.post(EVALUATIONS, commission(Some(&claim))).expect(201).header("location").expect("a place")
}

fn pdf(by: &Caller) -> String {
    upload(by, "后评估报告.pdf", PDF).expect(201).text("/id")
}

fn a_third_party_reports_expected_against_achieved_and_the_company_accepts(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let claim = approved(&company, 480);
    let made = sun.post(EVALUATIONS, commission(Some(&claim))).expect(201);
    assert_eq!(
        (made.text("/number"), made.text("/status")),
        ("PE-2026-000001".into(), "commissioned".into())
    );
    // Taken from the claim.
    assert_eq!(
        (made.text("/expected_effect"), made.text("/department/code")),
        ("签订意向".into(), "marketing".into())
    );
    assert_eq!((made.text("/claim_id"), made.text("/claim_number")), (claim, "EC-2026-000001".into()));
    assert_eq!(
        (made.at("/indicators/0/achieved"), made.at("/indicators/0/rate_percent")),
        (Value::Null, Value::Null)
    );
    let place = made.header("location").expect("a place");
    let mut other = commission(None);
    other["project"] = json!("春季发布会");
    other["expected_effect"] = json!("提升品牌知名度");
    other["department_id"] = json!(company.departments["centre"]);
    let revised = sun.at(1).patch(&place, other).expect(200);
    assert_eq!((revised.text("/project"), revised.at("/claim_id")), ("春季发布会".into(), Value::Null));
    act(sun, &place, "accept-report", json!({"note": "x"})).refuses(409, "post_evaluation.not_filed");
    let filed = act(sun, &place, "file-report", report(&pdf(sun), "8")).expect(200);
    assert_eq!(
        (filed.text("/status"), filed.text("/attachments/0/name")),
        ("report_filed".into(), "后评估报告.pdf".into())
    );
    assert_eq!(
        (filed.text("/indicators/0/rate_percent"), filed.at("/indicators/0/is_met")),
        ("66.67".into(), json!(false))
    );
    assert_eq!(
        (filed.text("/indicators/1/rate_percent"), filed.at("/indicators/1/is_met")),
        ("80.00".into(), json!(false))
    );
    let file = filed.text("/attachments/0/id");
    company.who("gm").get(&format!("/api/v1/files/{file}/content")).expect(200);
    company.who("lan").get(&format!("/api/v1/files/{file}/content")).refuses(404, "http.not_found");
    let accepted = act(company.who("gm"), &place, "accept-report", json!({"note": "下季度缩减"})).expect(200);
    assert_eq!((accepted.text("/status"), accepted.text("/note")), ("accepted".into(), "下季度缩减".into()));
    act(sun, &place, "cancel", json!({"reason": "x"})).refuses(409, "post_evaluation.ended");
    act(sun, &place, "file-report", report(&file, "9")).refuses(409, "post_evaluation.not_open");
}

fn a_third_party_is_neither_the_company_nor_somebody_who_works_there(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let claim = approved(&company, 300);
    let by = |name: &str, tax_number: Option<&str>| {
        let mut body = commission(Some(&claim));
        body["third_party"] = json!({"name": name, "tax_number": tax_number});
        sun.post(EVALUATIONS, body)
    };
    let code = "post_evaluation.not_a_third_party";
    let own = by("杭州云杉营销服务有限公司", None).refuses(422, code);
    assert_eq!((own.at("/params/reason"), own.text("/rule")), (json!("own_company"), "EXP-12".into()));
    by("云杉评估", Some("91330106MA2XYQNL8A")).refuses(422, code);
    assert_eq!(by("Ming", None).refuses(422, code).at("/params/reason"), "employee");
    by("某某咨询", Some("91330100799655058X")).refuses(422, "invoice.bad_tax_number");
    by("某某咨询", None).expect(201);
    let mut both = commission(Some(&claim));
    both["project"] = json!("项目");
    sun.post(EVALUATIONS, both).refuses(422, "post_evaluation.subject");
    sun.post(EVALUATIONS, commission(None)).refuses(422, "post_evaluation.subject");
    let nobody = commission(Some("019ccccc-0000-7000-8000-00000000dead"));
    sun.post(EVALUATIONS, nobody).refuses(422, "validation.unknown_reference");
    company.who("lan").post(EVALUATIONS, commission(Some(&claim))).refuses(403, "http.forbidden");
}

fn a_report_names_every_indicator_and_is_attached(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let place = commissioned(&company, sun);
    let bad = json!({"conclusion": "x", "reported_on": "2026-03-06", "attachments": [],
        "achieved": [{"name": "到场人数", "value": "1"}, {"name": "客户投诉", "value": "-3"}]});
    let refused = act(sun, &place, "file-report", bad).refuses(422, "validation.failed");
    assert_eq!(
        column(&refused.at("/errors"), "pointer"),
        ["/reported_on", "/attachments", "/achieved/0/name", "/achieved/1/value", "/achieved"]
    );
    let mut twice = commission(None);
    twice["project"] = json!("项目");
    twice["department_id"] = json!(company.departments["centre"]);
    twice["indicators"][1]["name"] = json!("签约客户");
    let refused = sun.post(EVALUATIONS, twice).expect(422);
    assert_eq!(
        column(&refused.at("/errors"), "code"),
        ["post_evaluation.expected_missing", "post_evaluation.indicator_twice"]
    );
}

fn a_report_that_does_not_do_goes_back_and_another_is_filed(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let place = commissioned(&company, sun);
    act(sun, &place, "return-report", json!({"reason": "x"})).refuses(409, "post_evaluation.not_filed");
    act(sun, &place, "file-report", report(&pdf(sun), "3")).expect(200);
    act(sun, &place, "file-report", report(&pdf(sun), "3")).refuses(409, "post_evaluation.not_open");
    sun.at(2).patch(&place, commission(None)).expect(422);
    let back = act(sun, &place, "return-report", json!({"reason": "缺少样本说明"})).expect(200);
    assert_eq!(
        (back.text("/status"), back.text("/note"), back.at("/conclusion")),
        ("returned".into(), "缺少样本说明".into(), Value::Null)
    );
    let again = act(sun, &place, "file-report", report(&pdf(sun), "15")).expect(200);
    assert_eq!(again.text("/indicators/0/rate_percent"), "125.00");
    assert_eq!(again.at("/attachments").as_array().map(Vec::len), Some(1), "the new report alone");
    act(sun, &place, "cancel", json!({"reason": "机构退出"})).expect(200);
    act(sun, &place, "accept-report", json!({"note": "x"})).refuses(409, "post_evaluation.not_filed");
}

fn nobody_accepts_the_evaluation_of_their_own_spending(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let claim = sun.post(CLAIMS, company.claim_of(90)).expect(201).text("/id");
    let place =
        sun.post(EVALUATIONS, commission(Some(&claim))).expect(201).header("location").expect("a place");
    act(sun, &place, "file-report", report(&pdf(sun), "12")).expect(200);
    let accept = |by: &Caller| act(by, &place, "accept-report", json!({"note": "好"}));
    accept(sun).refuses(403, "post_evaluation.own_spending");
    accept(company.who("qian")).expect(200);
}

fn evaluations_are_listed_within_reach_and_had_as_files(app: App) {
    let mut company = app.company();
    let place = commissioned(&company, company.who("sun"));
    let claim = company.who("sun").get(&place).expect(200).text("/claim_id");
    let list = |by: &Caller, query: &str| {
        column(&by.get(&format!("{EVALUATIONS}?{query}")).expect(200).at("/data"), "number")
    };
    let marketing = company.departments["marketing"].clone();
    let query = format!("status=commissioned&claim_id={claim}&department_id={marketing}");
    assert_eq!(list(company.who("sun"), &query), ["PE-2026-000001"]);
    assert_eq!(list(company.who("director"), ""), ["PE-2026-000001"], "a department below the centre");
    assert_eq!(list(company.who("sun"), "overdue=true"), Vec::<String>::new());
    company.who("lan").get(EVALUATIONS).refuses(403, "http.forbidden");
    app.advance(chrono::Duration::days(60));
    company.sign_in_again(&app);
    assert_eq!(list(company.who("sun"), "overdue=true"), ["PE-2026-000001"]);
    let file = company.who("sun").get(&format!("{EVALUATIONS}?format=csv")).expect(200);
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    assert!(
        text.contains("PE-2026-000001,已委托,EC-2026-000001,") && text.contains("签约客户 —/12 家"),
        "{text}"
    );
}

fn of_two_who_accept_a_report_one_does(app: App) {
    let company = app.company();
    let sun = company.who("sun");
    let place = commissioned(&company, sun);
    act(sun, &place, "file-report", report(&pdf(sun), "12")).expect(200);
    let runners = ["gm", "director", "chair"].map(|name| {
        let (company, place) = (&company, &place);
        Box::new(move || {
            company.who(name).at(2).post(&format!("{place}/accept-report"), json!({"note": "好"}))
        }) as Box<dyn FnOnce() -> Reply + Send + '_>
    });
    let mut statuses: Vec<u16> = race(runners.into()).iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412]);
}

/// An evaluation of a request, as it is sent.
fn commission_of(request: &str) -> Value {
    let mut body = commission(None);
    body["request_id"] = json!(request.rsplit('/').next());
    body
}

fn what_a_request_cost_is_told_from_its_own_figures(app: App) {
    let company = app.company();
    let (sun, lan) = (company.who("sun"), company.who("lan"));
    let request = requests::approved(&company, travel("1000.00"));
    let made = sun.post(EVALUATIONS, commission_of(&request)).expect(201);
    assert_eq!((made.text("/request_number"), made.at("/claim_id")), ("ER-2026-000001".into(), Value::Null));
    assert_eq!(
        (made.text("/expected_effect"), made.text("/department/code")),
        ("签约两家".into(), "marketing".into())
    );
    let place = made.header("location").expect("a place");
    let cost = || {
        let cost = sun.get(&place).expect(200).at("/cost");
        ["planned", "approved", "claimed", "paid"]
            .map(|part| cost[part]["amount"].as_str().unwrap_or("").to_owned())
    };
    assert_eq!(cost(), ["1000.00", "1000.00", "0.00", "0.00"]);
    let claim = approved_on(&company, &request, 600);
    paid(&company, &claim, "600.00");
    assert_eq!(cost(), ["1000.00", "1000.00", "600.00", "600.00"]);
    // More is approved by an amendment; what was planned stays.
    let mut line = travel("1500.00")["lines"][0].clone();
    line["amount"] = cny("1500.00");
    let body = json!({"reason": "追加一站", "changes": {"lines": [line]}});
    let amendment = act_on(lan, &request, "amendments", body).expect(201).text("/id");
    let amendment = format!("/api/v1/expense-request-amendments/{amendment}");
    let approval = requests::submit(lan, &amendment);
    for name in ["head", "qian"] {
        approve(&company, name, &approval).expect(200);
    }
    assert_eq!(cost(), ["1000.00", "1500.00", "600.00", "600.00"]);
    assert_eq!(sun.get(&place).expect(200).text("/cost/paid_percent"), "40.00");
    // The request tells its evaluations to those who may read them, and the list finds them.
    assert_eq!(sun.get(&request).expect(200).text("/evaluations/0/number"), "PE-2026-000001");
    assert_eq!(lan.get(&request).expect(200).at("/evaluations"), json!([]));
    let id = request.rsplit('/').next().expect("an id");
    let found = sun.get(&format!("{EVALUATIONS}?request_id={id}&expand=request")).expect(200);
    assert_eq!(
        (found.text("/data/0/cost/paid/amount"), found.text("/data/0/expanded/request/number")),
        ("600.00".into(), "ER-2026-000001".into())
    );
    let other = requests::approved(&company, travel("100.00"));
    let other = other.rsplit('/').next().expect("an id");
    let none = sun.get(&format!("{EVALUATIONS}?request_id={other}")).expect(200);
    assert_eq!(none.at("/data"), json!([]));
    let file = sun.get(&format!("{EVALUATIONS}?format=csv")).expect(200);
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    assert!(text.contains("ER-2026-000001") && text.contains("1500.00,600.00"), "{text}");
}

fn nobody_who_asked_or_claimed_accepts_the_evaluation_of_a_request(app: App) {
    let company = app.company();
    let (sun, gm) = (company.who("sun"), company.who("gm"));
    let draft = company.who("lan").post(REQUESTS, travel("300.00")).expect(201).text("/id");
    let refused =
        sun.post(EVALUATIONS, commission_of(&draft)).refuses(422, "post_evaluation.request_not_approved");
    assert_eq!((refused.text("/params/state"), refused.text("/rule")), ("draft".into(), "EXP-12".into()));
    let nothing = commission_of("019ccccc-0000-7000-8000-00000000dead");
    sun.post(EVALUATIONS, nothing).refuses(422, "validation.unknown_reference");
    let request = requests::approved(&company, travel("1000.00"));
    let mut both = commission_of(&request);
    both["project"] = json!("春季发布会");
    sun.post(EVALUATIONS, both).refuses(422, "post_evaluation.subject");
    // 孙 is paid by a claim on it.
    let mut claim = claim_on(&company, &request, 200);
    claim["beneficiary_id"] = json!(company.id("sun"));
    claim["beneficiary_reason"] = json!("代垫");
    company.who("chair").post(CLAIMS, claim).expect(201);
    let place =
        sun.post(EVALUATIONS, commission_of(&request)).expect(201).header("location").expect("a place");
    act(sun, &place, "file-report", report(&pdf(sun), "12")).expect(200);
    act(sun, &place, "accept-report", json!({"note": "好"})).refuses(403, "post_evaluation.own_spending");
    act(gm, &place, "accept-report", json!({"note": "好"})).expect(200);
}

fn an_evaluation_of_a_claim(made: &Records<'_>) -> String {
    // What is evaluated has been submitted.
    made.id("/api/v1/approvals/{id}");
    let evaluation = json!({"claim_id": made.id("/api/v1/expense-claims/{id}"), "due_on": "2026-04-30",
        "third_party": {"name": "浙江某某管理咨询有限公司", "contact": "周工"},
        "indicators": [{"name": "签约客户", "unit": "家", "expected": "12"}]});
    made.post("sun", "/api/v1/post-evaluations/{id}", evaluation)
}
