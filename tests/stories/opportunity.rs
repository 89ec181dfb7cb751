//! Opportunities and quotations: pursued by what has happened, won by closed sales alone; a quotation is accepted once and made
//! a contract once. `[SAL-3]`

use crate::{
    expense_request::act,
    filing::company_of,
    sales_contract::{Trade, id_in, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    an_opportunity_advances_by_what_records_show_and_is_won_by_a_closed_sale_alone,
    it_is_lost_for_a_listed_reason_stepped_back_for_any_and_taken_up_again,
    its_history_stays_when_it_is_handed_to_somebody_else,
    the_funnel_is_computed_from_the_moves_as_of_any_day,
    what_is_expected_of_open_opportunities_is_part_of_the_forecast,
    progress_keeps_a_filing_alive,
    a_quotation_is_revised_as_its_next_version_and_not_accepted_beyond_its_days,
    an_accepted_quotation_becomes_a_contract_once_however_many_try,
    nobody_quotes_what_anothers_filing_protects,
}

records! {
    "/api/v1/opportunities/{id}" => an_opportunity,
    "/api/v1/quotations/{id}" => a_quotation,
}

const OPPORTUNITIES: &str = "/api/v1/opportunities";
const QUOTATIONS: &str = "/api/v1/quotations";
const SAID: &str = "客户希望更换十台监护仪，预算已经批准";

fn an_opportunity(made: &Records<'_>) -> String {
    let customer = made.id("/api/v1/customers/{id}");
    made.post("lan", "/api/v1/opportunities/{id}", json!({"customer_id": customer, "subject": "监护仪更新"}))
}

fn a_quotation(made: &Records<'_>) -> String {
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    made.post("lan", "/api/v1/quotations/{id}", quotation(&customer, None, &product, "111.00"))
}

fn quotation(customer: &str, opportunity: Option<&str>, product: &str, price: &str) -> Value {
    json!({"customer_id": customer, "opportunity_id": opportunity,
        "offer": {"subject": "监护仪报价", "valid_until": "2026-03-31",
            "lines": [{"product_id": product, "quantity": "2", "price": yuan(price)}]}})
}

fn opportunity(customer: &str) -> Value {
    json!({"customer_id": customer, "subject": "监护仪更新", "product_line": "监护",
        "estimate": yuan("1000.01"), "expected_on": "2026-03-20"})
}

/// Opened by somebody; its place.
#[track_caller]
fn opened(by: &Caller, body: Value) -> String {
    by.post(OPPORTUNITIES, body).expect(201).header("location").expect("a place")
}

#[track_caller]
fn advance(by: &Caller, place: &str) -> Reply {
    act(by, place, "advance", json!({}))
}

/// A visit to the customer that counts: planned before, reported after.
#[track_caller]
fn visited(app: &App, trade: &mut Trade) {
    let planned = json!({"customer_id": trade.customer, "kind": "visit", "method": "appointment",
        "plan": {"planned_for": "2026-03-05T18:00:00+08:00", "purpose": "演示", "content": "演示新款监护仪"}});
    let place = trade.who("lan").post("/api/v1/interactions", planned).expect(201).text("/id");
    app.advance(Duration::hours(12));
    trade.company.sign_in_again(app);
    let place = format!("/api/v1/interactions/{place}");
    let reported =
        act(trade.who("lan"), &place, "report", json!({"minutes": 40, "content": SAID})).expect(200);
    assert_eq!(reported.at("/is_qualified"), json!(true), "{reported}");
}

fn an_opportunity_advances_by_what_records_show_and_is_won_by_a_closed_sale_alone(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let mut body = opportunity(&trade.customer);
    body["estimate"] = Value::Null;
    let place = opened(trade.who("lan"), body);
    let refused = advance(trade.who("lan"), &place).refuses(409, "opportunity.fact_missing");
    assert_eq!(
        (refused.text("/params/fact"), refused.text("/rule")),
        ("visit_reported".into(), "SAL-3".into())
    );
    visited(&app, &mut trade);
    let lan = trade.who("lan");
    assert_eq!(advance(lan, &place).expect(200).text("/stage"), "visit");
    let refused = advance(lan, &place).refuses(409, "opportunity.fact_missing");
    assert_eq!(refused.text("/params/fact"), "estimate_given");
    let version = lan.get(&place).expect(200).version();
    lan.at(version).patch(&place, json!({"estimate": yuan("1000.01")})).expect(200);
    let negotiated = advance(lan, &place).expect(200);
    assert_eq!(
        (negotiated.text("/stage"), negotiated.text("/expected/amount")),
        ("negotiation".into(), "400.00".into())
    );
    advance(lan, &place).refuses(409, "opportunity.fact_missing");
    let offer = quotation(&trade.customer, Some(&id_in(&place)), &trade.product, "111.00");
    let quoted = lan.post(QUOTATIONS, offer).expect(201).header("location").expect("a place");
    act(lan, &quoted, "send", json!({})).expect(200);
    assert_eq!(advance(lan, &place).expect(200).text("/stage"), "quotation");
    let refused = advance(lan, &place).refuses(409, "opportunity.fact_missing");
    assert_eq!(refused.text("/params/fact"), "contract_drafted");
    let contract = trade.approved("lan", "2");
    assert_eq!(advance(lan, &place).expect(200).text("/stage"), "contract");
    advance(lan, &place).refuses(409, "opportunity.last_stage");
    trade.sign("lan", &contract);
    let won = lan.get(&place).expect(200);
    assert_eq!(
        (won.text("/status"), won.at("/moves/5/kind"), won.at("/moves/5/by")),
        ("won".into(), json!("won"), Value::Null)
    );
    assert!(!won.text("/sale_id").is_empty());
    act(lan, &place, "lose", json!({"reason": "price"})).refuses(409, "opportunity.not_open");
    let listed =
        trade.who("head").get(&format!("{OPPORTUNITIES}?status=won&stage=contract&q=%E7%9B%91%E6%8A%A4"));
    assert_eq!(column(&listed.expect(200).at("/data"), "number"), ["OP-2026-000001"]);
}

fn it_is_lost_for_a_listed_reason_stepped_back_for_any_and_taken_up_again(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let place = opened(trade.who("lan"), opportunity(&trade.customer));
    visited(&app, &mut trade);
    let lan = trade.who("lan");
    advance(lan, &place).expect(200);
    let back = |stage: &str| act(lan, &place, "step-back", json!({"stage": stage, "reason": "客户换人"}));
    back("nowhere").refuses(422, "opportunity.stage_unknown");
    back("visit").refuses(422, "opportunity.first_stage");
    assert_eq!(back("lead").expect(200).text("/stage"), "lead");
    act(lan, &place, "lose", json!({"reason": "mood"})).refuses(422, "opportunity.reason_unknown");
    let lost = json!({"reason": "competitor", "competitor": "甲公司", "note": "价格低两成"});
    let lost = act(lan, &place, "lose", lost).expect(200);
    assert_eq!((lost.text("/status"), lost.text("/competitor")), ("lost".into(), "甲公司".into()));
    let reopened = act(lan, &place, "reopen", json!({"reason": "甲公司未能交货"})).expect(200);
    assert_eq!((reopened.text("/status"), reopened.at("/loss_reason")), ("open".into(), Value::Null));
    act(lan, &place, "reopen", json!({"reason": "再次"})).refuses(409, "opportunity.not_lost");
    trade.who("ming").at(1).post(&format!("{place}/advance"), json!({})).refuses(404, "http.not_found");
    let mut past = opportunity(&trade.customer);
    past["expected_on"] = json!("2026-03-01");
    lan.post(OPPORTUNITIES, past).refuses(422, "opportunity.closes_in_past");
}

fn its_history_stays_when_it_is_handed_to_somebody_else(app: App) {
    let trade = Trade::open(&app, "111.00");
    let place = opened(trade.who("lan"), opportunity(&trade.customer));
    let to = |name: &str| json!({"employee_id": trade.company.id(name), "reason": "兰兰休假"});
    act(trade.who("lan"), &place, "hand-over", to("ming")).refuses(403, "http.forbidden");
    act(trade.who("head"), &place, "hand-over", to("lan")).refuses(422, "opportunity.same_owner");
    let handed = act(trade.who("head"), &place, "hand-over", to("ming")).expect(200);
    assert_eq!(
        (handed.text("/owner/name"), handed.text("/moves/0/owner/name")),
        ("ming".into(), "lan".into())
    );
    trade.who("lan").get(&place).refuses(404, "http.not_found");
    let lost = act(trade.who("ming"), &place, "lose", json!({"reason": "silent"})).expect(200);
    assert_eq!(lost.text("/moves/2/owner/name"), "ming");
}

fn the_funnel_is_computed_from_the_moves_as_of_any_day(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let first = opened(trade.who("lan"), opportunity(&trade.customer));
    opened(trade.who("lan"), opportunity(&trade.customer));
    visited(&app, &mut trade);
    app.advance(Duration::days(4));
    trade.company.sign_in_again(&app);
    advance(trade.who("lan"), &first).expect(200);
    let funnel = |by: &str, query: &str| {
        trade.who(by).get(&format!("/api/v1/opportunity-funnel{query}")).expect(200).at("/data")
    };
    let now = funnel("head", "");
    let of =
        |rows: &Value, at: usize| ["entered", "passed_on", "standing"].map(|member| rows[at][member].clone());
    assert_eq!((of(&now, 0), of(&now, 1)), ([2, 1, 1].map(Value::from), [1, 0, 1].map(Value::from)));
    assert!(now[0]["median_tenths"].as_i64().is_some_and(|tenths| (40..=50).contains(&tenths)), "{now}");
    assert_eq!(now[0]["passed_on_bp"], json!(5_000));
    let before = funnel("head", "?as_of=2026-03-06");
    assert_eq!(of(&before, 0), [2, 0, 2].map(Value::from));
    assert_eq!(funnel("ming", "")[0]["entered"], json!(0), "not his");
    assert_eq!(funnel("head", "?product_line=%E5%91%BC%E5%90%B8")[0]["entered"], json!(0));
}

fn what_is_expected_of_open_opportunities_is_part_of_the_forecast(app: App) {
    let trade = Trade::open(&app, "111.00");
    let marketing = trade.company.departments["marketing"].clone();
    let nodes = json!([{"department_id": marketing, "period": "2026", "target": 1_000_000}]);
    let plan = json!({"department_id": marketing, "year": 2026, "measure": "amount", "nodes": nodes});
    let place =
        trade.who("head").post("/api/v1/sales-plans", plan).expect(201).header("location").expect("a place");
    trade.approve(&crate::expense_request::submit(trade.who("head"), &place));
    opened(trade.who("lan"), opportunity(&trade.customer));
    let target = trade.who("head").get("/api/v1/sales-targets?year=2026").expect(200).at("/data/0");
    assert_eq!(
        (target["attained"].clone(), target["forecast_by_chances"].clone()),
        (json!(0), json!(10_000)),
        "a tenth"
    );
}

fn progress_keeps_a_filing_alive(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let filing = json!({"customer_id": trade.customer, "product_line": "监护", "estimate": yuan("50000.00"),
        "expected_on": "2026-06-30", "grounds": "客户已立项"});
    let filing =
        trade.who("lan").post("/api/v1/filings", filing).expect(201).header("location").expect("a place");
    act(trade.who("lan"), &filing, "file", json!({})).expect(200);
    act(trade.who("head"), &filing, "protect", json!({})).expect(200);
    let place = opened(trade.who("lan"), opportunity(&trade.customer));
    visited(&app, &mut trade);
    app.advance(Duration::days(10));
    trade.company.sign_in_again(&app);
    advance(trade.who("lan"), &place).expect(200);
    let later = trade.who("lan").get(&filing).expect(200).text("/lapses_on");
    assert!(later.as_str() >= "2026-04-14", "thirty days from the progress: {later}");
}

fn a_quotation_is_revised_as_its_next_version_and_not_accepted_beyond_its_days(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let made = trade
        .who("lan")
        .post(QUOTATIONS, quotation(&trade.customer, None, &trade.product, "111.00"))
        .expect(201);
    let place = made.header("location").expect("a place");
    assert_eq!(
        (made.text("/number"), made.text("/total/amount")),
        ("QT-2026-000001".into(), "222.00".into())
    );
    act(trade.who("lan"), &place, "accept", json!({})).refuses(409, "quotation.wrong_state");
    act(trade.who("lan"), &place, "send", json!({})).expect(200);
    let declined = act(trade.who("lan"), &place, "decline", json!({"reason": "价格偏高"})).expect(200);
    assert_eq!(
        (declined.text("/status"), declined.text("/status_reason")),
        ("declined".into(), "价格偏高".into())
    );
    let version = declined.version();
    let revised = trade.who("lan").at(version).patch(&place, json!({"discount": yuan("2.00")})).expect(200);
    assert_eq!((revised.at("/edition"), revised.text("/status")), (json!(2), "draft".into()));
    let all = trade.who("lan").at(revised.version()).patch(&place, json!({"discount": yuan("222.00")}));
    all.refuses(422, "quotation.discount_beyond_lines");
    act(trade.who("lan"), &place, "send", json!({})).expect(200);
    app.advance(Duration::days(27));
    trade.company.sign_in_again(&app);
    let refused = act(trade.who("lan"), &place, "accept", json!({})).refuses(409, "quotation.outdated");
    assert_eq!(refused.text("/params/date"), "2026-03-31");
    let version = trade.who("lan").get(&place).expect(200).version();
    let past = trade.who("lan").at(version).patch(&place, json!({"valid_until": "2026-03-31"}));
    past.refuses(422, "quotation.valid_in_past");
    trade.who("lan").at(version).patch(&place, json!({"valid_until": "2026-04-30"})).expect(200);
    act(trade.who("lan"), &place, "send", json!({})).expect(200);
    assert_eq!(act(trade.who("head"), &place, "accept", json!({})).expect(200).text("/status"), "accepted");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
    let listed = trade
        .who("head")
        .get(&format!("{QUOTATIONS}?status=accepted&sort=valid_until"))
        .expect(200)
        .at("/data");
    assert_eq!(column(&listed, "number"), ["QT-2026-000001"]);
}

fn an_accepted_quotation_becomes_a_contract_once_however_many_try(app: App) {
    let trade = Trade::open(&app, "111.00");
    let made = trade
        .who("lan")
        .post(QUOTATIONS, quotation(&trade.customer, None, &trade.product, "111.00"))
        .expect(201);
    let place = made.header("location").expect("a place");
    act(trade.who("lan"), &place, "convert", json!({})).refuses(409, "quotation.wrong_state");
    act(trade.who("lan"), &place, "send", json!({})).expect(200);
    let version = act(trade.who("lan"), &place, "accept", json!({})).expect(200).version();
    let converter = |_| {
        let (by, path) = (trade.who("lan").quietly(), format!("{place}/convert"));
        Box::new(move || by.at(version).act(&path).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race((0..5).map(converter).collect());
    answers.sort_unstable();
    assert_eq!((answers[0], app.count_rows("sales_contracts")), (200, 1));
    assert!(answers[1..].iter().all(|status| [409, 412].contains(status)), "{answers:?}");
    let shown = trade.who("lan").get(&place).expect(200);
    let contract =
        trade.who("lan").get(&format!("/api/v1/sales-contracts/{}", shown.text("/contract_id"))).expect(200);
    assert_eq!((contract.text("/status"), contract.text("/total/amount")), ("draft".into(), "222.00".into()));
}

fn nobody_quotes_what_anothers_filing_protects(app: App) {
    let trade = Trade::open(&app, "111.00");
    let hers = company_of(&trade, "lan", "云帆科技有限公司");
    let his = company_of(&trade, "ming", "云帆科技");
    let filing = json!({"customer_id": hers, "product_line": "监护", "estimate": yuan("50000.00"),
        "expected_on": "2026-06-30", "grounds": "客户已立项"});
    let filing =
        trade.who("lan").post("/api/v1/filings", filing).expect(201).header("location").expect("a place");
    act(trade.who("lan"), &filing, "file", json!({})).expect(200);
    act(trade.who("head"), &filing, "protect", json!({})).expect(200);
    let offer = quotation(&his, None, &trade.product, "111.00");
    let place = trade.who("ming").post(QUOTATIONS, offer).expect(201).header("location").expect("a place");
    act(trade.who("ming"), &place, "send", json!({})).refuses(409, "filing.protected_by_another");
    let other = opened(trade.who("ming"), json!({"customer_id": his, "subject": "监护仪"}));
    let offer = quotation(&his, Some(&id_in(&other)), &trade.product, "111.00");
    trade.who("ming").post(QUOTATIONS, offer).expect(201);
    let hers = opened(trade.who("lan"), json!({"customer_id": hers, "subject": "监护仪"}));
    let crossed = quotation(&trade.customer, Some(&id_in(&hers)), &trade.product, "111.00");
    trade.who("lan").post(QUOTATIONS, crossed).refuses(422, "quotation.other_customer");
}
