//! Contracts and what is collected of them: reviewed before they are signed, sold at the list price, never collected beyond
//! what they come to. `[CON-1, PRI-2, REC-1b, CNT]`

/// What is collected.
pub mod receipt;

use crate::{
    approval::waiting,
    duty::publish,
    expense_claim::approve,
    expense_request::{act, submit},
    product::entered,
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, block_on, column, race, records, stories};

stories! {
    a_contract_is_reviewed_by_value_and_signed_as_it_was_approved,
    what_is_not_signed_in_time_lapses,
    a_review_that_says_nothing_of_a_subject_is_refused,
    nobody_sells_above_or_below_the_list_without_having_asked,
    a_contract_is_cancelled_before_it_is_signed_once_nothing_is_left_on_it,
    what_is_wrong_with_a_contract_or_a_receipt_is_said,
}

records! {
    "/api/v1/sales-contracts/{id}" => a_contract,
    "/api/v1/receipts/{id}" => a_receipt,
}

pub(crate) const CONTRACTS: &str = "/api/v1/sales-contracts";
pub(crate) const RECEIPTS: &str = "/api/v1/receipts";

fn a_contract(made: &Records<'_>) -> String {
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    made.post("lan", "/api/v1/sales-contracts/{id}", body(&customer, &product, "3", "111.00"))
}

fn a_receipt(made: &Records<'_>) -> String {
    let customer = made.id("/api/v1/customers/{id}");
    made.post("qian", "/api/v1/receipts/{id}", receipt(&customer, None, "50.00"))
}

pub(crate) fn yuan(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

pub(crate) fn contract_body(customer: &str, product: &str, quantity: &str, price: &str) -> Value {
    body(customer, product, quantity, price)
}

fn body(customer: &str, product: &str, quantity: &str, price: &str) -> Value {
    let subjects = ["rights_and_duties", "specification", "quantity", "price", "delivery_time", "payment"];
    let review: Vec<Value> =
        subjects.iter().map(|subject| json!({"subject": subject, "finding": "met"})).collect();
    json!({"customer_id": customer, "subject": "监护仪采购", "region": "华东", "review": review,
        "lines": [{"product_id": product, "quantity": quantity, "price": yuan(price)}]})
}

pub(crate) fn receipt(customer: &str, contract: Option<&str>, amount: &str) -> Value {
    json!({"customer_id": customer, "contract_id": contract, "amount": yuan(amount), "received_on": "2026-03-05"})
}

/// The id in a place.
pub(crate) fn id_in(place: &str) -> String {
    place.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A company that sells one product at a list price to a customer of 兰兰's.
pub(crate) struct Trade {
    pub company: Company,
    pub product: String,
    pub customer: String,
    price: String,
}

impl Trade {
    /// Opens it, with a price of so many yuan a piece.
    pub fn open(app: &App, price: &str) -> Self {
        let company = app.company();
        let director = company.who("director");
        let product = entered(director, "M-300");
        let list = json!({"name": "人民币价目表", "currency": "CNY"});
        let list =
            director.post("/api/v1/price-lists", list).expect(201).header("location").expect("a place");
        let terms = json!({"product_id": product, "valid_from": "2026-01-01", "price": yuan(price)});
        act(director, &list, "change-prices", json!({"edits": [{"terms": terms}]})).expect(200);
        let customer = json!({"kind": "person", "name": "李娜", "phones": ["13812345678"]});
        let customer = company.who("lan").post("/api/v1/customers", customer).expect(201).text("/id");
        let assigned = json!({"employee_id": company.id("lan")});
        let path = format!("/api/v1/customers/{customer}/ownership/assign");
        company.who("head").post(&path, assigned).expect(200);
        Self { company, product, customer, price: price.to_owned() }
    }

    pub fn who(&self, name: &str) -> &Caller {
        self.company.who(name)
    }

    /// Lets a plan hold that pays so many basis points of what the customer pays.
    pub fn pays(&self, rate_bp: u32) {
        let share = json!({"kind": "share", "of": "gross", "rate_bp": rate_bp});
        publish(
            &self.company.boss,
            "commission-plan/company",
            &json!({"rates": [{"pays": share}]}),
            "2026-03-05",
        );
    }

    /// A draft of somebody's, of so many pieces; its place.
    #[track_caller]
    pub fn draft(&self, by: &str, quantity: &str) -> String {
        let body = body(&self.customer, &self.product, quantity, &self.price);
        self.who(by).post(CONTRACTS, body).expect(201).header("location").expect("a place")
    }

    /// Whoever it waits for approves it, until nobody does.
    #[track_caller]
    pub fn approve(&self, approval: &str) {
        while let Some(name) = waiting(&self.company, approval).first() {
            approve(&self.company, name, approval).expect(200);
        }
    }

    /// A contract of somebody's that is approved; its place.
    #[track_caller]
    pub fn approved(&self, by: &str, quantity: &str) -> String {
        let place = self.draft(by, quantity);
        self.approve(&submit(self.who(by), &place));
        assert_eq!(self.who(by).get(&place).expect(200).text("/status"), "approved");
        place
    }

    #[track_caller]
    pub fn sign(&self, by: &str, place: &str) -> Reply {
        let body = json!({"signed_on": "2026-03-05", "original": "档案室 A-3 柜"});
        act(self.who(by), place, "sign", body).expect(200)
    }

    /// Records a receipt for a contract.
    #[track_caller]
    pub fn receive(&self, contract: &str, amount: &str) -> Reply {
        let body = receipt(&self.customer, Some(&id_in(contract)), amount);
        self.who("qian").post(RECEIPTS, body).expect(201)
    }

    #[track_caller]
    fn collected(&self, contract: &str) -> String {
        self.who("lan").get(contract).expect(200).text("/collected/amount")
    }
}

fn a_contract_is_reviewed_by_value_and_signed_as_it_was_approved(app: App) {
    let trade = Trade::open(&app, "60000.00");
    let place = trade.draft("lan", "2");
    let drawn = trade.who("lan").get(&place).expect(200);
    assert_eq!(
        (drawn.text("/number"), drawn.text("/total/amount")),
        ("SC-2026-000001".into(), "120000.00".into())
    );
    assert_eq!(drawn.text("/lines/0/net/amount"), "106194.69", "13 % stand in it");
    let preview = trade.who("lan").get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true));
    act(trade.who("lan"), &place, "sign", json!({"signed_on": "2026-03-05", "original": "甲"}))
        .refuses(409, "sales_contract.not_approved");
    let approval = submit(trade.who("lan"), &place);
    assert_eq!(waiting(&trade.company, &approval), ["head"]);
    approve(&trade.company, "head", &approval).expect(200);
    assert_ne!(
        waiting(&trade.company, &approval),
        [""; 0],
        "above 100,000 finance and director review it too"
    );
    trade.approve(&approval);
    trade.who("ming").get(&place).refuses(404, "http.not_found");
    let ahead = json!({"signed_on": "2026-03-06", "original": "甲"});
    act(trade.who("lan"), &place, "sign", ahead).refuses(422, "sales_contract.signed_ahead");
    let signed = trade.sign("lan", &place);
    assert_eq!((signed.text("/status"), signed.text("/taken_by/name")), ("signed".into(), "lan".into()));
    let listed = trade
        .who("head")
        .get(&format!("{CONTRACTS}?status=signed&q=%E7%9B%91%E6%8A%A4"))
        .expect(200)
        .at("/data");
    assert_eq!(column(&listed, "number"), ["SC-2026-000001"]);
    let told = trade.company.boss.get("/api/v1/events?kinds=sale.closed").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(1));
}

fn what_is_not_signed_in_time_lapses(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "1");
    app.advance(Duration::days(31));
    trade.company.sign_in_again(&app);
    let body = json!({"signed_on": "2026-03-05", "original": "甲"});
    let refused = act(trade.who("lan"), &contract, "sign", body).refuses(409, "sales_contract.lapsed");
    assert_eq!(refused.text("/params/date"), "2026-04-04");
    act(trade.who("lan"), &contract, "cancel", json!({"reason": "逾期未签"})).expect(200);
}

fn a_review_that_says_nothing_of_a_subject_is_refused(app: App) {
    let trade = Trade::open(&app, "111.00");
    let mut drawn = body(&trade.customer, &trade.product, "3", "111.00");
    drawn["review"] = json!([{"subject": "price", "finding": "deviates"}]);
    trade.who("lan").post(CONTRACTS, drawn.clone()).refuses(422, "validation.required");
    drawn["review"] = json!([{"subject": "price", "finding": "deviates", "reason": "按年度框架"}]);
    let place = trade.who("lan").post(CONTRACTS, drawn).expect(201).header("location").expect("a place");
    let refused =
        act(trade.who("lan"), &place, "submit", json!({})).refuses(422, "sales_contract.review_incomplete");
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("CON-1".into(), "003 销售合同管理".into()));
}

fn nobody_sells_above_or_below_the_list_without_having_asked(app: App) {
    let trade = Trade::open(&app, "111.00");
    let lan = trade.who("lan");
    for (price, discount) in [("110.99", "0.00"), ("111.01", "0.00"), ("111.00", "0.01")] {
        let mut drawn = body(&trade.customer, &trade.product, "3", price);
        drawn["discount"] = yuan(discount);
        let place = lan.post(CONTRACTS, drawn).expect(201).header("location").expect("a place");
        let refused = act(lan, &place, "submit", json!({})).refuses(422, "sales_contract.price_deviates");
        assert_eq!((refused.text("/rule"), refused.text("/clause")), ("PRI-2".into(), "004 §5.3".into()));
        assert_eq!(refused.text("/errors/0/pointer"), "/lines/0/price");
        let preview = lan.get(&format!("{place}/approval-preview")).expect(200);
        assert_eq!(preview.text("/refusal/code"), "sales_contract.price_deviates");
    }
    let other = entered(trade.who("director"), "M-301");
    let place = lan.post(CONTRACTS, body(&trade.customer, &other, "1", "5.00")).expect(201);
    let place = place.header("location").expect("a place");
    act(lan, &place, "submit", json!({})).refuses(422, "price_list.no_price");
}

fn a_contract_is_cancelled_before_it_is_signed_once_nothing_is_left_on_it(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    let receipt = trade.receive(&contract, "30.00").header("location").expect("a place");
    let why = json!({"reason": "客户放弃"});
    act(trade.who("lan"), &contract, "cancel", why.clone()).refuses(409, "sales_contract.still_holds_money");
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "退票"})).expect(200);
    let cancelled = act(trade.who("lan"), &contract, "cancel", why.clone()).expect(200);
    assert_eq!(cancelled.text("/status"), "cancelled");
    let sale = format!("/api/v1/sales?contract_id={}", id_in(&contract));
    assert_eq!(trade.who("lan").get(&sale).expect(200).text("/data/0/status"), "fell_through");
    act(trade.who("lan"), &contract, "cancel", why).refuses(409, "sales_contract.not_approved");
    let late = receipt_for(&trade, &contract);
    trade.who("qian").post(RECEIPTS, late).refuses(409, "sales_contract.not_collecting");
}

fn receipt_for(trade: &Trade, contract: &str) -> Value {
    receipt(&trade.customer, Some(&id_in(contract)), "1.00")
}

fn what_is_wrong_with_a_contract_or_a_receipt_is_said(app: App) {
    let trade = Trade::open(&app, "100.00");
    let lan = trade.who("lan");
    let drawn = |quantity: &str, price: &str| body(&trade.customer, &trade.product, quantity, price);
    lan.post(CONTRACTS, drawn("0", "100.00")).refuses(422, "quantity.not_positive");
    lan.post(CONTRACTS, drawn("0.5", "100.00")).refuses(422, "quantity.too_precise");
    lan.post(CONTRACTS, drawn("1", "0.00")).refuses(422, "money.not_positive");
    let mut discounted = drawn("1", "100.00");
    discounted["discount"] = yuan("100.00");
    lan.post(CONTRACTS, discounted).refuses(422, "sales_contract.discount_beyond_lines");
    let mut dollars = drawn("1", "100.00");
    dollars["lines"][0]["price"] = json!({"amount": "100.00", "currency": "USD"});
    lan.post(CONTRACTS, dollars).refuses(422, "sales_contract.not_in_book_currency");
    let mut twice = drawn("1", "100.00");
    twice["review"][1] = twice["review"][0].clone();
    lan.post(CONTRACTS, twice).refuses(422, "sales_contract.review_twice");
    let mut unknown = drawn("1", "100.00");
    unknown["customer_id"] = json!(trade.product);
    lan.post(CONTRACTS, unknown).refuses(422, "validation.unknown_reference");
    let qian = trade.who("qian");
    let mut ahead = receipt(&trade.customer, None, "1.00");
    ahead["received_on"] = json!("2026-03-06");
    qian.post(RECEIPTS, ahead).refuses(422, "receipt.received_ahead");
    let mut dollars = receipt(&trade.customer, None, "1.00");
    dollars["amount"]["currency"] = json!("USD");
    qian.post(RECEIPTS, dollars).refuses(422, "receipt.not_in_book_currency");
    let other = json!({"kind": "person", "name": "王强", "phones": ["13912345678"]});
    let other = lan.post("/api/v1/customers", other).expect(201).text("/id");
    let contract = trade.approved("lan", "1");
    qian.post(RECEIPTS, receipt(&other, Some(&id_in(&contract)), "1.00"))
        .refuses(422, "receipt.other_customer");
    lan.post(RECEIPTS, receipt(&other, None, "1.00")).refuses(403, "http.forbidden");
    // What is no longer sold.
    let product = format!("/api/v1/products/{}", trade.product);
    let director = trade.who("director");
    let version = director.get(&product).expect(200).version();
    director.at(version).patch(&product, json!({"sold_to": "2026-03-04"})).expect(200);
    let place = trade.draft("lan", "1");
    act(lan, &place, "submit", json!({})).refuses(422, "sales_contract.product_not_sold");
}
