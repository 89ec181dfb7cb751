//! Orders: entered, reviewed, made, shipped, delivered, returned; a sale of their own where no contract is. `[ORD-1, ORD-1a,
//! ORD-1c, ORD-3]`

use crate::{
    approval::waiting,
    expense_request::{act, submit},
    sales_contract::{CONTRACTS, RECEIPTS, Trade, contract_body, id_in, yuan},
    shipment::{SHIPMENTS, shipment},
};
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    an_order_is_reviewed_made_shipped_and_delivered,
    example_4_the_order_under_the_contract_that_used_a_deviation_asks_nothing,
    an_order_and_a_contract_at_once_want_one_deviation,
    an_order_without_a_contract_is_a_sale_of_its_own_and_one_under_a_contract_is_not,
    an_order_under_a_framework_is_a_sale_of_its_own,
    a_rest_that_is_cut_short_closes_the_order,
    a_cancelled_order_takes_credit_and_commission_back,
    example_7_what_comes_back_piece_by_piece_gives_the_whole_back,
    what_comes_back_of_an_order_under_a_contract_comes_off_the_sale_of_the_contract,
    an_order_on_hold_is_neither_made_nor_shipped,
    an_order_is_changed_taken_back_and_given_up,
    what_is_wrong_with_an_order_or_a_shipment_is_said,
}

records! {
    "/api/v1/sales-orders/{id}" => an_order,
}

pub(crate) const ORDERS: &str = "/api/v1/sales-orders";

fn an_order(made: &Records<'_>) -> String {
    // The product has a price once the sale is made.
    made.place("/api/v1/sales/{id}");
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    let place = made.post("lan", "/api/v1/sales-orders/{id}", order_body(&customer, &product, "3", "111.00"));
    let order = format!("/api/v1/sales-orders/{place}");
    let approval = submit(made.company.who("lan"), &order);
    crate::expense_claim::approve(made.company, "head", &approval).expect(200);
    place
}

pub(crate) fn order_body(customer: &str, product: &str, quantity: &str, price: &str) -> Value {
    json!({"customer_id": customer, "region": "华东", "note": "加急",
        "lines": [{"product_id": product, "quantity": quantity, "price": yuan(price)}]})
}

impl Trade {
    /// An order of somebody's, drafted; its place.
    #[track_caller]
    pub fn drafts_order(&self, by: &str, quantity: &str, price: &str) -> String {
        let body = order_body(&self.customer, &self.product, quantity, price);
        self.who(by).post(ORDERS, body).expect(201).header("location").expect("a place")
    }

    /// The same, approved.
    #[track_caller]
    pub fn orders(&self, by: &str, quantity: &str, price: &str) -> String {
        let place = self.drafts_order(by, quantity, price);
        self.approve(&submit(self.who(by), &place));
        place
    }

    /// The same under a contract.
    #[track_caller]
    fn orders_under(&self, contract: &str, quantity: &str, price: &str) -> String {
        let mut body = order_body(&self.customer, &self.product, quantity, price);
        body["contract_id"] = json!(id_in(contract));
        let place = self.who("lan").post(ORDERS, body).expect(201).header("location").expect("a place");
        self.approve(&submit(self.who("lan"), &place));
        place
    }

    #[track_caller]
    pub fn ship(&self, order: &str, quantity: &str) -> Reply {
        self.who("head").post(SHIPMENTS, shipment(&id_in(order), 1, quantity))
    }

    #[track_caller]
    pub fn delivered(&self, order: &str, quantity: &str) {
        let place = self.ship(order, quantity).expect(201).header("location").expect("a place");
        let proof = json!({"delivered_on": "2026-03-05", "proof": "签收单"});
        act(self.who("head"), &place, "deliver", proof).expect(200);
    }

    #[track_caller]
    pub fn order(&self, place: &str) -> Reply {
        self.who("lan").get(place).expect(200)
    }

    #[track_caller]
    fn sale_of_order(&self, order: &str) -> Option<Reply> {
        let all = self.who("head").get("/api/v1/sales?limit=200").expect(200).at("/data");
        let number = self.order(order).text("/number");
        let found = all.as_array()?.iter().find(|sale| sale["number"] == json!(number))?.clone();
        Some(self.who("head").get(&format!("/api/v1/sales/{}", found["id"].as_str()?)).expect(200))
    }
}

fn an_order_is_reviewed_made_shipped_and_delivered(app: App) {
    let trade = Trade::open(&app, "111.00");
    let place = trade.drafts_order("lan", "10", "111.00");
    let drawn = trade.order(&place);
    assert_eq!(
        (drawn.text("/number"), drawn.text("/total/amount")),
        ("SO-2026-000001".into(), "1110.00".into())
    );
    let preview = trade.who("lan").get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.at("/submittable"), json!(true));
    let approval = submit(trade.who("lan"), &place);
    assert_eq!(waiting(&trade.company, &approval), ["head"]);
    trade.approve(&approval);
    trade.who("ming").get(&place).refuses(404, "http.not_found");
    let order = trade.order(&place);
    assert_eq!((order.text("/status"), order.text("/stage")), ("approved".into(), "production".into()));
    let due = order.text("/stage_due_at");
    assert!(due.as_str() > "2026-03-05", "80 working hours on: {due}");
    let made = |quantity: &str| json!({"lines": [{"line": 1, "quantity": quantity}]});
    let head = trade.who("head");
    assert_eq!(act(head, &place, "progress", made("4")).expect(200).text("/status"), "in_production");
    assert_eq!(
        act(head, &place, "progress", made("3")).expect(200).text("/lines/0/produced"),
        "4",
        "late news"
    );
    let finished = act(head, &place, "progress", made("10")).expect(200);
    assert_eq!((finished.text("/status"), finished.text("/stage")), ("finished".into(), "shipping".into()));
    trade.delivered(&place, "6");
    assert_eq!(trade.order(&place).text("/status"), "shipping");
    trade.delivered(&place, "4");
    let delivered = trade.order(&place);
    assert_eq!(
        (delivered.text("/status"), delivered.text("/lines/0/left")),
        ("delivered".into(), "0".into())
    );
    assert_eq!(act(trade.who("lan"), &place, "close", json!({})).expect(200).text("/status"), "closed");
    let told =
        trade.company.boss.get("/api/v1/events?kinds=sales_order.finished,shipment.delivered").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(3));
    let found =
        trade.who("head").get(&format!("{ORDERS}?q=jiaji&status=closed&total[gte]=1000.00")).expect(200);
    assert_eq!(column(&found.at("/data"), "number"), ["SO-2026-000001"]);
    let shipped = trade.who("lan").get(&format!("{SHIPMENTS}?order_id={}&status=delivered", id_in(&place)));
    assert_eq!(shipped.expect(200).at("/data").as_array().map(Vec::len), Some(2));
}

/// Worked example 4, its end.
fn example_4_the_order_under_the_contract_that_used_a_deviation_asks_nothing(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    let contract = trade.at_price("60", "45.00");
    trade.approve(&submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    assert_eq!(trade.who("lan").get(&deviation).expect(200).text("/status"), "used", "the other 40 lapse");
    let order = trade.orders_under(&contract, "60", "45.00");
    assert_eq!(trade.order(&order).text("/status"), "approved");
    let mut cheaper = order_body(&trade.customer, &trade.product, "60", "44.00");
    cheaper["contract_id"] = json!(id_in(&contract));
    let place = trade.who("lan").post(ORDERS, cheaper).expect(201).header("location").expect("a place");
    act(trade.who("lan"), &place, "submit", json!({})).refuses(422, "sales_order.price_deviates");
}

/// Worked example 4, its beginning.
fn an_order_and_a_contract_at_once_want_one_deviation(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    for _ in 0..5 {
        let documents = [trade.at_price("60", "45.00"), trade.drafts_order("lan", "60", "45.00")];
        let submitter = |place: &String| {
            let (by, path) = (trade.who("lan").quietly().at(1), format!("{place}/submit"));
            Box::new(move || by.post(&path, json!({}))) as Box<dyn FnOnce() -> Reply + Send>
        };
        let answers = race(documents.iter().map(submitter).collect());
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let won = usize::from(answers[1].status == 200);
        assert_eq!(answers[1 - won].code(), "price_deviation.held");
        let number = trade.who("lan").get(&documents[won]).expect(200).text("/number");
        assert_eq!(trade.who("lan").get(&deviation).expect(200).text("/holder/number"), number);
        act(trade.who("lan"), &documents[won], "withdraw", json!({})).expect(200);
    }
    let order = trade.orders("lan", "60", "45.00");
    let used = trade.who("lan").get(&deviation).expect(200);
    assert_eq!((used.text("/status"), used.text("/holder/kind")), ("used".into(), "sales_order".into()));
    assert_eq!(trade.order(&order).text("/total/amount"), "2700.00");
}

fn an_order_without_a_contract_is_a_sale_of_its_own_and_one_under_a_contract_is_not(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(30);
    let order = trade.orders("lan", "3", "100.00");
    let sale = trade.sale_of_order(&order).expect("a sale of its own");
    assert_eq!((sale.text("/status"), sale.text("/order_id")), ("closed".into(), id_in(&order)));
    assert_eq!(sale.text("/credits/0/employee/name"), "lan");
    let body = json!({"customer_id": trade.customer, "order_id": id_in(&order), "amount": yuan("100.00"),
        "received_on": "2026-03-05"});
    let receipt = trade.who("qian").post(RECEIPTS, body).expect(201);
    assert_eq!(receipt.text("/allocations/0/order_id"), id_in(&order));
    let sale = trade.sale_of_order(&order).expect("a sale");
    assert_eq!((sale.text("/received/amount"), sale.text("/due/amount")), ("100.00".into(), "0.30".into()));
    assert_eq!(trade.order(&order).text("/collected/amount"), "100.00");
    trade.who("lan").get(&receipt.header("location").expect("a place")).expect(200);
    let contract = trade.approved("lan", "3");
    trade.sign("lan", &contract);
    let under = trade.orders_under(&contract, "2", "100.00");
    assert!(trade.sale_of_order(&under).is_none(), "it is part of its contract's");
    let body = json!({"customer_id": trade.customer, "order_id": id_in(&under), "amount": yuan("1.00"),
        "received_on": "2026-03-05"});
    trade.who("qian").post(RECEIPTS, body).refuses(409, "receipt.order_not_collecting");
}

fn an_order_under_a_framework_is_a_sale_of_its_own(app: App) {
    let trade = Trade::open(&app, "100.00");
    let mut body = contract_body(&trade.customer, &trade.product, "1", "100.00");
    body["kind"] = json!("framework");
    let contract = trade.who("lan").post(CONTRACTS, body).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    let none = trade.who("head").get(&format!("/api/v1/sales?contract_id={}", id_in(&contract))).expect(200);
    assert_eq!(none.at("/data"), json!([]), "a framework sells nothing yet");
    let order = trade.orders_under(&contract, "5", "100.00");
    assert!(trade.sale_of_order(&order).is_some());
    let receipt = json!({"customer_id": trade.customer, "contract_id": id_in(&contract), "amount": yuan("1.00"),
        "received_on": "2026-03-05"});
    trade.who("qian").post(RECEIPTS, receipt).refuses(409, "sales_contract.not_collecting");
}

/// What goes wrong elsewhere: a rest cancelled, the order open for ever (gooderp #1890).
fn a_rest_that_is_cut_short_closes_the_order(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(30);
    let order = trade.orders("lan", "10", "100.00");
    trade.delivered(&order, "7");
    let cut = json!({"line": 1, "reason": "客户不再需要余量"});
    let closed = act(trade.who("lan"), &order, "cut-short", cut.clone()).expect(200);
    assert_eq!((closed.text("/status"), closed.text("/kept/amount")), ("closed".into(), "700.00".into()));
    assert_eq!(closed.text("/lines/0/cancelled"), "3");
    act(trade.who("lan"), &order, "cut-short", cut).refuses(409, "sales_order.not_under_way");
    trade.ship(&order, "1").refuses(409, "order.over_shipped");
    let sale = trade.sale_of_order(&order).expect("a sale");
    assert_eq!(sale.text("/total/amount"), "700.00");
    let net: i64 = app.number("SELECT CAST(SUM(net_minor) AS BIGINT) AS number FROM credit_entries");
    assert_eq!(net, 61_947, "credit is of what is kept");
}

fn a_cancelled_order_takes_credit_and_commission_back(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(30);
    let order = trade.orders("lan", "10", "100.00");
    trade.who("ming").get(&order).refuses(404, "http.not_found");
    let cancelled = act(trade.who("lan"), &order, "cancel", json!({"reason": "客户取消"})).expect(200);
    assert_eq!(
        (cancelled.text("/status"), cancelled.text("/kept/amount")),
        ("cancelled".into(), "0.00".into())
    );
    let sums = "SELECT CAST(SUM(net_minor) + SUM(quantity) AS BIGINT) AS number FROM credit_entries";
    assert_eq!(app.number(sums), 0, "credit is taken back whole");
    let shipped = trade.orders("lan", "10", "100.00");
    trade.ship(&shipped, "1").expect(201);
    act(trade.who("lan"), &shipped, "cancel", json!({"reason": "晚了"}))
        .refuses(409, "sales_order.shipped_already");
}

fn back(quantity: &str) -> Value {
    json!({"lines": [{"line": 1, "quantity": quantity}]})
}

/// Worked example 7.
fn example_7_what_comes_back_piece_by_piece_gives_the_whole_back(app: App) {
    let trade = Trade::open(&app, "33.34");
    trade.pays(30);
    trade.deviates("3", "33.33");
    let mut body = order_body(&trade.customer, &trade.product, "3", "33.34");
    body["discount"] = yuan("0.02");
    let order = trade.who("lan").post(ORDERS, body).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &order));
    let head = trade.who("head");
    act(head, &order, "return-goods", back("1")).refuses(409, "order.over_returned");
    trade.delivered(&order, "3");
    let kept: Vec<String> = (0..3)
        .map(|_| act(head, &order, "return-goods", back("1")).expect(200).text("/kept/amount"))
        .collect();
    assert_eq!(kept, ["66.67", "33.33", "0.00"], "33.33, 33.34 and 33.33 go back");
    act(head, &order, "return-goods", back("1")).refuses(409, "order.over_returned");
    let sums = "SELECT CAST(SUM(net_minor) + SUM(quantity) AS BIGINT) AS number FROM credit_entries";
    assert_eq!(app.number(sums), 0, "credit is taken back whole");
    act(trade.who("lan"), &order, "return-goods", back("1")).refuses(403, "http.forbidden");
}

fn what_comes_back_of_an_order_under_a_contract_comes_off_the_sale_of_the_contract(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("lan", "2");
    trade.sign("lan", &contract);
    trade.receive(&contract, "100.00");
    let order = trade.orders_under(&contract, "2", "100.00");
    trade.delivered(&order, "2");
    act(trade.who("head"), &order, "return-goods", back("1")).expect(200);
    let sale = trade.sale(&contract);
    assert_eq!(sale.text("/total/amount"), "100.00");
    let booked = app.number("SELECT CAST(SUM(amount_minor) AS BIGINT) AS number FROM commission_entries");
    assert_eq!(booked, 100, "commission of what is kept");
}

fn an_order_on_hold_is_neither_made_nor_shipped(app: App) {
    let trade = Trade::open(&app, "100.00");
    let order = trade.orders("lan", "10", "100.00");
    let hold = json!({"kind": "customer", "reason": "客户要求推迟发货"});
    act(trade.who("lan"), &order, "hold", hold.clone()).refuses(403, "http.forbidden");
    let held = act(trade.who("head"), &order, "hold", hold.clone()).expect(200);
    assert_eq!((held.text("/hold_kind"), held.at("/stage_due_at")), ("customer".into(), Value::Null));
    act(trade.who("head"), &order, "hold", hold).refuses(409, "sales_order.on_hold");
    let refused = trade.ship(&order, "1").refuses(409, "sales_order.on_hold");
    assert_eq!(refused.text("/params/reason"), "客户要求推迟发货");
    let listed = trade.who("head").get(&format!("{ORDERS}?hold_kind=customer")).expect(200);
    assert_eq!(column(&listed.at("/data"), "hold_kind"), ["customer"]);
    let released = act(trade.who("head"), &order, "release", json!({})).expect(200);
    assert!(released.at("/stage_due_at").is_string());
    act(trade.who("head"), &order, "release", json!({})).refuses(409, "sales_order.not_on_hold");
    trade.ship(&order, "1").expect(201);
}

fn an_order_is_changed_taken_back_and_given_up(app: App) {
    let trade = Trade::open(&app, "100.00");
    let lan = trade.who("lan");
    let place = trade.drafts_order("lan", "10", "100.00");
    lan.at(1).patch(&place, json!({"note": "分两批发货", "deliver_by": "2026-04-01"})).expect(200);
    submit(lan, &place);
    act(lan, &place, "cancel", json!({"reason": "早了"})).refuses(409, "sales_order.not_under_way");
    assert_eq!(act(lan, &place, "withdraw", json!({})).expect(200).text("/status"), "withdrawn");
    assert_eq!(act(lan, &place, "void", json!({"reason": "客户改主意"})).expect(200).text("/status"), "void");
    let listed =
        lan.get(&format!("{ORDERS}?deliver_by[lte]=2026-04-01&deliver_by[gte]=2026-04-01")).expect(200);
    assert_eq!(column(&listed.at("/data"), "status"), ["void"]);
}

fn ordered(trade: &Trade, by: &Caller, lines: Value) -> Reply {
    let mut body = order_body(&trade.customer, &trade.product, "1", "100.00");
    body["lines"] = lines;
    by.post(ORDERS, body)
}

fn what_is_wrong_with_an_order_or_a_shipment_is_said(app: App) {
    let trade = Trade::open(&app, "100.00");
    let lan = trade.who("lan");
    let line = |quantity: &str, price: Value| json!([{"product_id": trade.product, "quantity": quantity, "price": price}]);
    ordered(&trade, lan, line("0", yuan("100.00"))).refuses(422, "quantity.not_positive");
    ordered(&trade, lan, line("1", yuan("0.00"))).refuses(422, "money.not_positive");
    let dollars = json!({"amount": "100.00", "currency": "USD"});
    ordered(&trade, lan, line("1", dollars)).refuses(422, "sales_order.not_in_book_currency");
    let mut discounted = order_body(&trade.customer, &trade.product, "1", "100.00");
    discounted["discount"] = yuan("100.00");
    lan.post(ORDERS, discounted).refuses(422, "sales_order.discount_beyond_lines");
    let contract = trade.approved("lan", "1");
    let mut under = order_body(&trade.customer, &trade.product, "1", "100.00");
    under["contract_id"] = json!(id_in(&contract));
    lan.post(ORDERS, under.clone()).refuses(409, "sales_order.contract_not_signed");
    trade.sign("lan", &contract);
    let other = json!({"kind": "person", "name": "王强", "phones": ["13912345678"]});
    let other = lan.post("/api/v1/customers", other).expect(201).text("/id");
    under["customer_id"] = json!(other);
    lan.post(ORDERS, under.clone()).refuses(422, "sales_order.contract_of_another");
    let product = crate::product::entered(trade.who("director"), "M-301");
    under["customer_id"] = json!(trade.customer);
    under["lines"][0]["product_id"] = json!(product);
    let place = lan.post(ORDERS, under).expect(201).header("location").expect("a place");
    act(lan, &place, "submit", json!({})).refuses(422, "sales_order.not_in_contract");
    let order = trade.orders("lan", "10", "100.00");
    trade
        .who("head")
        .post(SHIPMENTS, shipment(&id_in(&order), 2, "1"))
        .refuses(422, "sales_order.no_such_line");
    let mut twice = shipment(&id_in(&order), 1, "1");
    twice["lines"] = json!([{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "1"}]);
    trade.who("head").post(SHIPMENTS, twice).refuses(422, "sales_order.line_twice");
    let mut ahead = shipment(&id_in(&order), 1, "1");
    ahead["shipped_on"] = json!("2026-03-06");
    trade.who("head").post(SHIPMENTS, ahead).refuses(422, "shipment.shipped_ahead");
    trade.ship(&order, "0").refuses(422, "quantity.not_positive");
    trade.who("rep").post(SHIPMENTS, shipment(&id_in(&order), 1, "1")).refuses(403, "http.forbidden");
    let made = json!({"lines": [{"line": 1, "quantity": "11"}]});
    act(trade.who("head"), &order, "progress", made).refuses(422, "sales_order.over_produced");
    trade.ship(&order, "10").expect(201);
    let cut = json!({"line": 1, "reason": "无"});
    act(lan, &order, "cut-short", cut).refuses(409, "sales_order.nothing_to_cut");
    let both = json!({"customer_id": trade.customer, "order_id": id_in(&order), "contract_id": id_in(&contract),
        "amount": yuan("1.00"), "received_on": "2026-03-05"});
    trade.who("qian").post(RECEIPTS, both).refuses(422, "receipt.two_deals");
    // What is no longer sold.
    let product = format!("/api/v1/products/{}", trade.product);
    let director = trade.who("director");
    let version = director.get(&product).expect(200).version();
    director.at(version).patch(&product, json!({"sold_to": "2026-03-04"})).expect(200);
    let place = trade.drafts_order("lan", "1", "100.00");
    act(lan, &place, "submit", json!({})).refuses(422, "sales_order.product_not_sold");
}
