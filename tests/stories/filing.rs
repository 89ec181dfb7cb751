//! Filings: one live per customer and product line, reviewed, protected while it is pursued. `[SAL-2]`

use crate::{
    duty::{attend, called, publish},
    expense_request::act,
    sales_contract::{Trade, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, block_on, column, race, records, stories};

stories! {
    a_customer_is_filed_reviewed_and_then_nobody_else_contracts_that_product_line,
    of_two_who_file_one_customer_at_the_same_moment_one_is_filed,
    what_is_filed_already_is_refused_however_the_customers_file_is_named,
    where_the_terms_say_so_a_conflict_is_contested_and_ruled_on_by_somebody_else,
    a_filing_is_extended_once_and_lapses_where_nothing_is_done,
    a_filing_is_refused_or_given_up_and_the_customer_is_free_again,
    nobody_files_more_than_the_terms_allow,
    a_filing_that_waits_is_a_duty_of_the_head_and_its_end_is_told_before,
}

records! {
    "/api/v1/filings/{id}" => a_filing,
}

const FILINGS: &str = "/api/v1/filings";

fn a_filing(made: &Records<'_>) -> String {
    let customer = json!({"kind": "person", "name": "周宁", "phones": ["13700001111"]});
    let customer = made.company.who("lan").post("/api/v1/customers", customer).expect(201).text("/id");
    own(made.company, "lan", &customer);
    made.post("lan", "/api/v1/filings/{id}", body(&customer, "监护"))
}

/// Makes somebody the owner of a customer.
#[track_caller]
fn own(company: &Company, name: &str, customer: &str) {
    let assigned = json!({"employee_id": company.id(name)});
    company.who("head").post(&format!("/api/v1/customers/{customer}/ownership/assign"), assigned).expect(200);
}

fn body(customer: &str, line: &str) -> Value {
    json!({"customer_id": customer, "product_line": line, "estimate": yuan("50000.00"), "expected_on": "2026-06-30",
        "grounds": "客户已立项，六月招标"})
}

/// Terms that differ from those as shipped.
fn terms(company: &Company, change: impl FnOnce(&mut Value)) {
    let mut content: Value =
        serde_json::from_str(domain::sales::pipeline_terms::SHIPPED_PIPELINE_TERMS).expect("they read");
    change(&mut content);
    publish(&company.boss, "pipeline-terms/company", &content, "2026-03-05");
}

#[track_caller]
fn draft(by: &Caller, customer: &str, line: &str) -> String {
    by.post(FILINGS, body(customer, line)).expect(201).header("location").expect("a place")
}

/// A filing that protects; its place.
#[track_caller]
fn protected(trade: &Trade, by: &str, customer: &str, line: &str) -> String {
    let place = draft(trade.who(by), customer, line);
    act(trade.who(by), &place, "file", json!({})).expect(200);
    act(trade.who("head"), &place, "protect", json!({})).expect(200);
    place
}

/// A company by a name that somebody owns.
#[track_caller]
pub(crate) fn company_of(trade: &Trade, by: &str, name: &str) -> String {
    let number = ["lan", "ming", "head"].iter().position(|name| *name == by).expect("one of them");
    let phone = format!("0571-8888100{number}");
    let body = json!({"kind": "company", "name": name, "phones": [phone]});
    let customer = trade.who(by).post("/api/v1/customers", body).expect(201).text("/id");
    own(&trade.company, by, &customer);
    customer
}

fn a_customer_is_filed_reviewed_and_then_nobody_else_contracts_that_product_line(app: App) {
    let trade = Trade::open(&app, "111.00");
    let (lan, head) = (trade.who("lan"), trade.who("head"));
    trade
        .who("ming")
        .post(FILINGS, body(&trade.customer, "监护"))
        .refuses(422, "validation.unknown_reference");
    head.post(FILINGS, body(&trade.customer, "监护")).refuses(403, "filing.not_yours_to_file");
    let place = draft(lan, &trade.customer, "监护");
    lan.at(1).patch(&place, json!({"site": "华东总部"})).expect(200);
    let rivals = trade.draft("ming", "1");
    act(lan, &place, "protect", json!({})).refuses(403, "http.forbidden");
    let filed = act(lan, &place, "file", json!({})).expect(200);
    assert_eq!((filed.text("/status"), filed.text("/number")), ("filed".into(), "FL-2026-000001".into()));
    let protected = act(head, &place, "protect", json!({})).expect(200);
    assert_eq!(
        ["/status", "/protected_until", "/lapses_on", "/decided_by/name", "/site"]
            .map(|at| protected.text(at)),
        ["protected", "2026-06-03", "2026-04-04", "head", "华东总部"]
    );
    let refused =
        act(trade.who("ming"), &rivals, "submit", json!({})).refuses(409, "filing.protected_by_another");
    assert_eq!(
        (refused.text("/rule"), refused.text("/clause")),
        ("SAL-2".into(), "001 奖惩条款 §3.2".into())
    );
    assert_eq!(
        (refused.text("/params/holder"), refused.text("/params/until")),
        ("l**".into(), "2026-04-04".into())
    );
    let preview = trade.who("ming").get(&format!("{rivals}/approval-preview")).expect(200);
    assert_eq!(preview.text("/refusal/code"), "filing.protected_by_another");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    assert_eq!(lan.get(&place).expect(200).text("/status"), "converted", "a closed sale came of it");
    act(trade.who("ming"), &rivals, "submit", json!({})).expect(200);
    let listed =
        head.get(&format!("{FILINGS}?status=converted&q=%E7%9B%91%E6%8A%A4")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["FL-2026-000001"]);
}

fn of_two_who_file_one_customer_at_the_same_moment_one_is_filed(app: App) {
    let trade = Trade::open(&app, "111.00");
    terms(&trade.company, |content| content["filing"]["live_max"] = json!(100));
    let owned = [("lan", "云帆科技有限公司"), ("ming", "云帆科技")]
        .map(|(by, name)| (by, company_of(&trade, by, name)));
    for round in 0..50 {
        let line = format!("产品线{round}");
        let filer = |(by, customer): &(&'static str, String)| {
            let place = draft(trade.who(by), customer, &line);
            let by = trade.who(by).quietly();
            Box::new(move || by.at(1).act(&format!("{place}/file")))
                as Box<dyn FnOnce() -> tests::Reply + Send>
        };
        let mut answers = race(owned.iter().map(filer).collect());
        answers.sort_by_key(|answer| answer.status);
        assert_eq!((answers[0].status, answers[0].text("/status").as_str()), (200, "filed"), "round {round}");
        assert_eq!((answers[1].status, answers[1].code().as_str()), (409, "filing.taken"), "round {round}");
    }
    let live = "SELECT COUNT(*) AS number FROM filings WHERE status = 'filed'";
    assert_eq!(app.number(live), 50);
}

fn what_is_filed_already_is_refused_however_the_customers_file_is_named(app: App) {
    let trade = Trade::open(&app, "111.00");
    let one = company_of(&trade, "lan", "云帆科技有限公司");
    let other = company_of(&trade, "ming", "云帆科技");
    protected(&trade, "lan", &one, "监护");
    let place = draft(trade.who("ming"), &other, "监护");
    let refused = act(trade.who("ming"), &place, "file", json!({})).refuses(409, "filing.conflict");
    assert_eq!(refused.text("/params/until"), "2026-04-04");
    assert!(!refused.text("/detail").contains("lan"), "who holds it is masked: {refused}");
    let free = draft(trade.who("ming"), &other, "呼吸机");
    act(trade.who("ming"), &free, "file", json!({})).expect(200);
}

fn where_the_terms_say_so_a_conflict_is_contested_and_ruled_on_by_somebody_else(app: App) {
    let trade = Trade::open(&app, "111.00");
    terms(&trade.company, |content| content["filing"]["on_conflict"] = json!("contest"));
    let one = company_of(&trade, "lan", "云帆科技有限公司");
    let other = company_of(&trade, "ming", "云帆科技");
    let first = protected(&trade, "lan", &one, "监护");
    let contest = |line: &str| {
        let place = draft(trade.who("ming"), &other, line);
        let contested = act(trade.who("ming"), &place, "file", json!({})).expect(200);
        assert_eq!(contested.text("/status"), "contested");
        assert_eq!(contested.text("/against_id"), crate::sales_contract::id_in(&first));
        place
    };
    let second = contest("监护");
    let ruling = |in_favour: bool| json!({"in_favour": in_favour, "reason": "拜访记录在先"});
    act(trade.who("ming"), &second, "rule", ruling(true)).refuses(403, "http.forbidden");
    let lost = act(trade.who("head"), &second, "rule", ruling(false)).expect(200);
    assert_eq!(lost.text("/status"), "ruled");
    let third = contest("监护");
    let won = act(trade.who("head"), &third, "rule", ruling(true)).expect(200);
    assert_eq!(won.text("/status"), "protected");
    let gave_way = trade.who("lan").get(&first).expect(200);
    assert_eq!(
        (gave_way.text("/status"), gave_way.text("/status_reason")),
        ("released".into(), "拜访记录在先".into())
    );
    act(trade.who("head"), &third, "rule", ruling(true)).refuses(409, "filing.wrong_state");
    let own = company_of(&trade, "head", "海天集团");
    let place = draft(trade.who("head"), &own, "监护");
    act(trade.who("head"), &place, "file", json!({})).expect(200);
    act(trade.who("head"), &place, "protect", json!({})).refuses(403, "filing.own_review");
}

fn a_filing_is_extended_once_and_lapses_where_nothing_is_done(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let place = protected(&trade, "lan", &trade.customer, "监护");
    let why = json!({"reason": "客户推迟招标"});
    act(trade.who("head"), &place, "extend", why.clone()).refuses(403, "filing.not_yours");
    let longer = act(trade.who("lan"), &place, "extend", why.clone()).expect(200);
    assert_eq!(
        (longer.text("/protected_until"), longer.at("/is_extended")),
        ("2026-07-03".into(), json!(true))
    );
    assert_eq!(longer.text("/extension_reason"), "客户推迟招标");
    act(trade.who("lan"), &place, "extend", why).refuses(409, "filing.extended_already");
    app.advance(Duration::days(31));
    trade.company.sign_in_again(&app);
    let rivals = trade.draft("ming", "1");
    act(trade.who("ming"), &rivals, "submit", json!({})).expect(200);
    block_on(api::expire_filings(&app.database)).expect("what is over is noted");
    block_on(api::expire_filings(&app.database)).expect("and once");
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/status"), "expired");
    let told = trade.company.boss.get("/api/v1/events?kinds=filing.expired").expect(200).at("/data");
    assert_eq!(told.as_array().map(Vec::len), Some(1));
    let again = draft(trade.who("lan"), &trade.customer, "监护");
    act(trade.who("lan"), &again, "file", json!({})).expect(200);
}

fn a_filing_is_refused_or_given_up_and_the_customer_is_free_again(app: App) {
    let trade = Trade::open(&app, "111.00");
    let (lan, head) = (trade.who("lan"), trade.who("head"));
    let first = draft(lan, &trade.customer, "监护");
    act(lan, &first, "file", json!({})).expect(200);
    let second = draft(lan, &trade.customer, "监护");
    act(lan, &second, "file", json!({})).refuses(409, "filing.taken");
    let refused = act(head, &first, "refuse", json!({"reason": "证据不足"})).expect(200);
    assert_eq!(
        (refused.text("/status"), refused.text("/status_reason")),
        ("refused".into(), "证据不足".into())
    );
    act(lan, &second, "file", json!({})).expect(200);
    let released = act(lan, &second, "release", json!({"reason": "客户取消项目"})).expect(200);
    assert_eq!(released.text("/status"), "released");
    act(lan, &second, "release", json!({"reason": "再次"})).refuses(409, "filing.wrong_state");
    let mut past = body(&trade.customer, "监护");
    past["expected_on"] = json!("2026-03-04");
    lan.post(FILINGS, past).refuses(422, "filing.closes_in_past");
    trade.who("qian").get(&first).expect(200);
    trade.who("ming").get(&first).refuses(404, "http.not_found");
}

fn nobody_files_more_than_the_terms_allow(app: App) {
    let trade = Trade::open(&app, "111.00");
    terms(&trade.company, |content| content["filing"]["live_max"] = json!(1));
    let places = ["监护", "呼吸机"].map(|line| draft(trade.who("lan"), &trade.customer, line));
    act(trade.who("lan"), &places[0], "file", json!({})).expect(200);
    let refused = act(trade.who("lan"), &places[1], "file", json!({})).refuses(409, "filing.live_max");
    assert_eq!(refused.at("/params/max"), json!(1));
    let mut unsound: Value =
        serde_json::from_str(domain::sales::pipeline_terms::SHIPPED_PIPELINE_TERMS).expect("they read");
    unsound["stages"][1]["code"] = json!("lead");
    unsound["stages"][2]["probability_bp"] = json!(0);
    let drafted = json!({"code": "pipeline-terms/company", "title": "销售过程规则", "content": unsound,
        "clause": "001 奖惩条款 §3", "effective_from": "2026-03-05"});
    let boss = &trade.company.boss;
    let drafted = boss.post("/api/v1/policies", drafted).expect(201);
    let place = drafted.header("location").expect("a place");
    let refused = boss.at(drafted.version()).act(&format!("{place}/publish")).refuses(422, "policy.unsound");
    let codes = column(&refused.at("/errors"), "code");
    for code in ["pipeline_terms.code_twice", "pipeline_terms.probability_falls"] {
        assert!(codes.contains(&code.to_owned()), "{refused}");
    }
}

fn a_filing_that_waits_is_a_duty_of_the_head_and_its_end_is_told_before(app: App) {
    let trade = Trade::open(&app, "111.00");
    let place = draft(trade.who("lan"), &trade.customer, "监护");
    act(trade.who("lan"), &place, "file", json!({})).expect(200);
    let owed = called(&trade.company, "filing-review");
    assert_eq!((owed.text("/responsible/name"), owed.text("/status")), ("head".into(), "open".into()));
    act(trade.who("head"), &place, "protect", json!({})).expect(200);
    assert_eq!(called(&trade.company, "filing-review").text("/status"), "on_time");
    let warned = called(&trade.company, "filing-protection");
    assert_eq!(
        (warned.text("/responsible/name"), &warned.text("/due_at")[..10]),
        ("lan".into(), "2026-06-03")
    );
    act(trade.who("lan"), &place, "extend", json!({"reason": "客户推迟招标"})).expect(200);
    assert_eq!(&called(&trade.company, "filing-protection").text("/due_at")[..10], "2026-07-03");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    attend(&app);
    assert_eq!(called(&trade.company, "filing-protection").text("/status"), "on_time");
}
