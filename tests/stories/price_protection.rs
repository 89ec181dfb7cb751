//! Price protection: what a cut costs a partner who bought before it, claimed once within the window, never beyond what was bought.
//! `[PRI-3; 000 §7.3]`

use crate::{duty::publish, expense_request::act, sales_contract::Trade};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_cut_is_claimed_verified_approved_and_credited_once,
    never_more_than_was_declared_and_bought_before_is_protected,
    a_second_cut_starts_from_the_first_ones_price,
    of_two_claims_of_one_cut_at_once_one_is_made,
    what_nobody_verified_in_time_lapses,
    what_is_wrong_with_a_claim_is_said,
}

records! {
    "/api/v1/price-protections/{id}" => a_claim,
}

const CLAIMS: &str = "/api/v1/price-protections";

fn a_claim(made: &Records<'_>) -> String {
    // The product has a price of 111.00 once the sale is made.
    made.place("/api/v1/sales/{id}");
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    let company = made.company;
    let body = json!({"code": "P-PRI", "name": "杭州康源医疗器械有限公司", "owner_id": company.id("lan"), "rate_bp": 0,
        "department_id": company.departments["marketing"], "channel": "医药连锁", "customer_id": customer});
    let partner = company.who("head").post("/api/v1/partners", body).expect(201).text("/id");
    let lists = company.who("director").get("/api/v1/price-lists").expect(200).at("/data");
    let of_yuan = lists.as_array().and_then(|all| all.iter().find(|list| list["currency"] == "CNY").cloned());
    let list = format!("/api/v1/price-lists/{}", of_yuan.expect("a list")["id"].as_str().unwrap_or_default());
    let terms = json!({"product_id": product, "channel": "医药连锁", "valid_from": "2026-03-05",
        "price": {"amount": "100.00", "currency": "CNY"}});
    act(company.who("director"), &list, "change-prices", json!({"edits": [{"terms": terms}]})).expect(200);
    let body = claim(&partner, &product, "2026-03-05", "1");
    made.post("lan", "/api/v1/price-protections/{id}", body)
}

fn claim(partner: &str, product: &str, cut_on: &str, declared: &str) -> Value {
    json!({"partner_id": partner, "product_id": product, "cut_on": cut_on, "declared": declared,
        "reported_on": "2026-03-04", "evidence": "渠道月度库存表第 2 页"})
}

impl Trade {
    /// A partner that buys as the customer of 兰兰's; its id.
    #[track_caller]
    fn buys_as_partner(&self) -> String {
        let body = json!({"code": "P-01", "name": "杭州康源医疗器械有限公司", "owner_id": self.company.id("lan"), "rate_bp": 0,
            "department_id": self.company.departments["marketing"], "customer_id": self.customer});
        self.who("head").post("/api/v1/partners", body).expect(201).text("/id")
    }

    /// From a day on, a price for the customer alone.
    #[track_caller]
    fn cuts(&self, from: &str, before: Option<&str>, price: &str) {
        let list = self.who("director").get("/api/v1/price-lists").expect(200).text("/data/0/id");
        let terms = json!({"product_id": self.product, "customer_id": self.customer, "valid_from": from,
            "valid_before": before, "price": {"amount": price, "currency": "CNY"}});
        let place = format!("/api/v1/price-lists/{list}");
        act(self.who("director"), &place, "change-prices", json!({"edits": [{"terms": terms}]})).expect(200);
    }

    fn claims(&self, partner: &str, cut_on: &str, declared: &str) -> Reply {
        self.who("lan").post(CLAIMS, claim(partner, &self.product, cut_on, declared))
    }

    /// So many pieces sold to the customer today.
    #[track_caller]
    fn sold(&self, quantity: &str) {
        let contract = self.approved("lan", quantity);
        self.sign("lan", &contract);
    }
}

/// Some days later.
fn later(app: &App, trade: &mut Trade, days: i64) {
    app.advance(Duration::days(days));
    trade.company.sign_in_again(app);
}

fn verified(trade: &Trade, by: &str, place: &str, quantity: &str) -> Reply {
    act(trade.who(by), place, "verify", json!({"quantity": quantity, "note": "与进销存核对一致"}))
}

fn a_cut_is_claimed_verified_approved_and_credited_once(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.sold("10");
    trade.cuts("2026-03-10", None, "90.01");
    trade.claims(&partner, "2026-03-10", "6").refuses(409, "price_protection.cut_ahead");
    later(&app, &mut trade, 6);
    let made = trade.claims(&partner, "2026-03-10", "6").expect(201);
    let place = made.header("location").expect("a place");
    assert_eq!(
        ["old_price", "new_price", "amount"].map(|name| made.text(&format!("/{name}/amount"))),
        ["100.00", "90.01", "59.94"]
    );
    assert_eq!((made.text("/bought"), made.text("/stock_source")), ("10".into(), "declared".into()));
    trade.claims(&partner, "2026-03-10", "6").refuses(409, "price_protection.claimed_already");
    act(trade.who("director"), &place, "approve", json!({})).refuses(409, "price_protection.wrong_state");
    verified(&trade, "lan", &place, "5").refuses(403, "http.forbidden");
    let found = verified(&trade, "qian", &place, "5").expect(200);
    assert_eq!((found.text("/status"), found.text("/amount/amount")), ("verified".into(), "49.95".into()));
    act(trade.who("lan"), &place, "approve", json!({})).refuses(403, "http.forbidden");
    act(trade.who("director"), &place, "approve", json!({})).expect(200);
    let credit =
        |reference: &str| trade.who("qian").post(&format!("{place}/credit"), json!({"reference": reference}));
    let credited = credit("CN-1").expect(200);
    assert_eq!((credited.text("/status"), credited.text("/reference")), ("credited".into(), "CN-1".into()));
    credit("CN-2").refuses(409, "price_protection.credited_otherwise");
    act(trade.who("qian"), &place, "refuse", json!({"reason": "重复"}))
        .refuses(409, "price_protection.wrong_state");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
}

fn never_more_than_was_declared_and_bought_before_is_protected(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.sold("4");
    trade.cuts("2026-03-10", None, "90.00");
    later(&app, &mut trade, 6);
    let made = trade.claims(&partner, "2026-03-10", "6").expect(201);
    assert_eq!(made.text("/amount/amount"), "40.00", "at most what was bought");
    let place = made.header("location").expect("a place");
    let beyond = verified(&trade, "qian", &place, "5").refuses(422, "price_protection.beyond_claim");
    assert_eq!((beyond.text("/params/declared"), beyond.text("/params/bought")), ("6".into(), "4".into()));
    verified(&trade, "qian", &place, "4").expect(200);
    act(trade.who("qian"), &place, "refuse", json!({"reason": "库存表与实物不符"})).expect(200);
    let listed =
        trade.who("head").get(&format!("{CLAIMS}?status=refused&cut_on[gte]=2026-03-10")).expect(200);
    assert_eq!(column(&listed.at("/data"), "number"), ["PP-2026-000001"]);
}

fn a_second_cut_starts_from_the_first_ones_price(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.sold("5");
    trade.cuts("2026-03-10", Some("2026-03-12"), "90.00");
    trade.cuts("2026-03-12", None, "85.00");
    later(&app, &mut trade, 8);
    let first = trade.claims(&partner, "2026-03-10", "5").expect(201);
    let second = trade.claims(&partner, "2026-03-12", "5").expect(201);
    let amounts = [&first, &second].map(|claim| claim.text("/amount/amount"));
    assert_eq!(amounts, ["50.00", "25.00"]);
    assert_eq!(second.text("/old_price/amount"), "90.00");
}

fn of_two_claims_of_one_cut_at_once_one_is_made(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.cuts("2026-03-10", None, "90.00");
    later(&app, &mut trade, 6);
    let claimer = |_| {
        let (by, body) = (trade.who("lan").quietly(), claim(&partner, &trade.product, "2026-03-10", "1"));
        Box::new(move || by.post(CLAIMS, body).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race((0..3).map(claimer).collect());
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
}

fn what_nobody_verified_in_time_lapses(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.sold("2");
    trade.cuts("2026-03-10", None, "90.00");
    later(&app, &mut trade, 6);
    let place = trade.claims(&partner, "2026-03-10", "2").expect(201).header("location").expect("a place");
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/verify_by"), "2026-05-09");
    let sweep = || block_on(api::lapse_price_protections(&app.database)).expect("a sweep");
    sweep();
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/status"), "claimed");
    later(&app, &mut trade, 60);
    sweep();
    sweep();
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/status"), "lapsed");
    verified(&trade, "qian", &place, "2").refuses(409, "price_protection.wrong_state");
    trade.claims(&partner, "2026-03-10", "2").refuses(409, "price_protection.window_over");
}

fn what_is_wrong_with_a_claim_is_said(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    let partner = trade.buys_as_partner();
    trade.cuts("2026-03-10", None, "110.00");
    later(&app, &mut trade, 6);
    let dearer = trade.claims(&partner, "2026-03-10", "1").refuses(409, "price_protection.no_cut");
    assert_eq!((dearer.text("/params/old"), dearer.text("/params/new")), ("100.00".into(), "110.00".into()));
    assert_eq!((dearer.text("/rule"), dearer.text("/clause")), ("PRI-3".into(), "000 §7.3".into()));
    trade
        .who("ming")
        .post(CLAIMS, claim(&partner, &trade.product, "2026-03-10", "1"))
        .refuses(422, "validation.unknown_reference");
    trade.claims(&partner, "2026-03-10", "0").refuses(422, "quantity.not_positive");
    let body = json!({"code": "P-02", "name": "无档案", "owner_id": trade.company.id("lan"), "rate_bp": 0,
        "department_id": trade.company.departments["marketing"]});
    let unknown = trade.who("head").post("/api/v1/partners", body).expect(201).text("/id");
    trade.claims(&unknown, "2026-03-10", "1").refuses(409, "price_protection.no_customer");
    // A window of the company's own.
    let mut terms: Value =
        serde_json::from_str(domain::sales::order_terms::SHIPPED_ORDER_TERMS).expect("they read");
    terms["protection_days"] = json!(1);
    publish(&trade.company.boss, "order-terms/company", &terms, "2026-03-11");
    trade.cuts("2026-03-09", Some("2026-03-10"), "95.00");
    trade.claims(&partner, "2026-03-09", "1").refuses(409, "price_protection.window_over");
    let mut late = claim(&partner, &trade.product, "2026-03-09", "1");
    late["reported_on"] = json!("2026-03-09");
    terms["protection_days"] = json!(30);
    publish(&trade.company.boss, "order-terms/company", &terms, "2026-03-11");
    trade.who("lan").post(CLAIMS, late).refuses(422, "price_protection.reported_late");
}
