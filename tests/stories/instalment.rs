//! What customers are to pay of contracts and orders, by when; what is overdue, since when, and whose duty it is; receipts of
//! another system, and days that cannot be. `[REC-1a, REC-1b, REC-1d, CON-1, ORD-1a; 001 第十七条]`

use crate::{
    duty::{called, prove, publish},
    expense_request::{act, submit},
    sales_contract::{CONTRACTS, RECEIPTS, Trade, contract_body, id_in, yuan},
    sales_order::{ORDERS, order_body},
    shipment::{SHIPMENTS, shipment},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, column, race, records, stories};

stories! {
    instalments_come_to_the_contract_to_the_fen_and_are_paid_in_turn,
    an_order_is_due_so_many_days_after_it_was_delivered,
    where_nothing_is_said_the_whole_is_due_as_the_terms_say,
    what_is_wrong_with_instalments_is_said,
    what_is_cancelled_is_not_owed_any_more,
    receivables_are_aged_as_they_stood_on_any_day_in_the_buckets_of_the_policy,
    collecting_an_instalment_is_the_owners_duty_until_it_is_paid,
    collecting_goes_with_the_customer_to_whoever_owns_them,
    an_order_of_who_is_overdue_for_too_long_is_held,
    a_receipt_that_another_system_tells_twice_is_one,
    of_the_same_receipt_told_twice_at_once_one_is_recorded,
    days_that_cannot_be_are_refused,
}

records! {
    "/api/v1/instalments/{id}" => an_instalment,
}

const INSTALMENTS: &str = "/api/v1/instalments";
const RECEIVABLES: &str = "/api/v1/receivables";
const TOLD: &str = "/api/v1/erp/receipts";

fn an_instalment(made: &Records<'_>) -> String {
    made.place("/api/v1/sales/{id}");
    made.company.who("lan").get(INSTALMENTS).expect(200).text("/data/0/id")
}

impl Trade {
    /// A contract of 100.00 of 兰兰's with these instalments, approved; its place.
    #[track_caller]
    fn in_instalments(&self, instalments: Value) -> String {
        let mut body = contract_body(&self.customer, &self.product, "1", "100.00");
        body["instalments"] = instalments;
        let place = self.who("lan").post(CONTRACTS, body).expect(201).header("location").expect("a place");
        self.approve(&submit(self.who("lan"), &place));
        place
    }

    /// The instalments of a contract, in their places.
    #[track_caller]
    fn instalments_of(&self, contract: &str) -> Reply {
        let path = format!("{INSTALMENTS}?contract_id={}&sort=created_at", id_in(contract));
        self.who("lan").get(&path).expect(200)
    }

    #[track_caller]
    fn open_of(&self, contract: &str) -> Vec<String> {
        let listed = self.instalments_of(contract).at("/data");
        let rows = listed.as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["open"]["amount"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn on(day: &str, amount: &str) -> Value {
    json!({"amount": yuan(amount), "due_on": day})
}

fn receipt_on(customer: &str, amount: &str, day: &str) -> Value {
    json!({"customer_id": customer, "amount": yuan(amount), "received_on": day})
}

fn instalments_come_to_the_contract_to_the_fen_and_are_paid_in_turn(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.in_instalments(json!([
        {"share_bp": 3333, "after": "signature"},
        {"share_bp": 3333, "after": "signature", "days": 30},
        {"share_bp": 3334, "due_on": "2026-03-20"},
    ]));
    let shown = trade.who("lan").get(&contract).expect(200).at("/instalments");
    let amounts: Vec<_> = (0..3).map(|index| shown[index]["amount"]["amount"].clone()).collect();
    assert_eq!(amounts, ["33.33", "33.33", "33.34"]);
    let listed = trade.instalments_of(&contract).at("/data");
    assert_eq!(column(&listed, "status"), ["planned", "planned", "open"]);
    trade.sign("lan", &contract);
    let listed = trade.instalments_of(&contract).at("/data");
    assert_eq!(column(&listed, "due_on"), ["2026-03-05", "2026-04-04", "2026-03-20"]);
    let receipt = trade.receive(&contract, "50.00").header("location").expect("a place");
    assert_eq!(trade.open_of(&contract), ["0.00", "33.33", "16.67"], "what is due first is paid first");
    let first = format!("{INSTALMENTS}/{}", trade.instalments_of(&contract).text("/data/0/id"));
    let first = trade.who("lan").get(&first).expect(200);
    assert_eq!(
        (first.text("/status"), first.text("/entries/1/amount/amount")),
        ("settled".into(), "-33.33".into())
    );
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "支票空头"})).expect(200);
    assert_eq!(trade.open_of(&contract), ["33.33", "33.33", "33.34"]);
    trade.receive(&contract, "100.00");
    assert_eq!(column(&trade.instalments_of(&contract).at("/data"), "status"), ["settled"; 3]);
    let path = format!("{INSTALMENTS}/{}", first.text("/id"));
    trade.who("ming").get(&path).refuses(404, "http.not_found");
}

fn an_order_is_due_so_many_days_after_it_was_delivered(app: App) {
    let trade = Trade::open(&app, "100.00");
    let mut body = order_body(&trade.customer, &trade.product, "2", "100.00");
    body["instalments"] = json!([
        {"amount": yuan("50.00"), "after": "approval"},
        {"amount": yuan("150.00"), "after": "delivery", "days": 10},
    ]);
    let order = trade.who("lan").post(ORDERS, body).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &order));
    let listed = || {
        let path = format!("{INSTALMENTS}?order_id={}&sort=created_at", id_in(&order));
        trade.who("lan").get(&path).expect(200).at("/data")
    };
    assert_eq!(
        (column(&listed(), "status"), listed()[0]["due_on"].clone()),
        (vec!["open".to_owned(), "planned".to_owned()], json!("2026-03-05"))
    );
    trade.delivered(&order, "1");
    assert_eq!(listed()[1]["due_on"], Value::Null, "not all of it is delivered");
    trade.delivered(&order, "1");
    assert_eq!(listed()[1]["due_on"], "2026-03-15");
}

fn where_nothing_is_said_the_whole_is_due_as_the_terms_say(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let listed = trade.instalments_of(&contract).at("/data");
    assert_eq!(
        (column(&listed, "due_on"), trade.open_of(&contract)),
        (vec!["2026-04-04".to_owned()], vec!["100.00".to_owned()])
    );
}

fn what_is_wrong_with_instalments_is_said(app: App) {
    let trade = Trade::open(&app, "100.00");
    let refused = |instalments: Value| {
        let mut body = contract_body(&trade.customer, &trade.product, "1", "100.00");
        body["instalments"] = instalments;
        trade.who("lan").post(CONTRACTS, body)
    };
    let amiss = refused(json!([on("2026-04-01", "40.00"), on("2026-05-01", "60.01")]));
    assert_eq!(amiss.refuses(422, "instalment.does_not_add_up").text("/params/difference"), "-0.01");
    let share = |share: u32| json!({"share_bp": share, "after": "signature", "days": 1});
    refused(json!([share(5000), share(4999)])).refuses(422, "instalment.shares_not_whole");
    refused(json!([share(5000), on("2026-04-01", "50.00")])).refuses(422, "instalment.part_unclear");
    refused(json!([{"share_bp": 10000}])).refuses(422, "instalment.due_unclear");
    let dollars = json!({"amount": {"amount": "100.00", "currency": "USD"}, "due_on": "2026-04-01"});
    refused(json!([dollars])).refuses(422, "instalment.not_in_book_currency");
    refused(json!([on("1990-01-01", "100.00")])).refuses(422, "instalment.due_too_early");
    refused(json!([on("2099-01-01", "100.00")])).refuses(422, "instalment.due_too_late");
    let mut framework = contract_body(&trade.customer, &trade.product, "1", "100.00");
    framework["kind"] = json!("framework");
    framework["instalments"] = json!([share(10000)]);
    trade.who("lan").post(CONTRACTS, framework).refuses(422, "instalment.of_its_orders");
    let mut order = order_body(&trade.customer, &trade.product, "1", "100.00");
    order["instalments"] = json!([share(10000)]);
    trade.who("lan").post(ORDERS, order.clone()).refuses(422, "instalment.milestone_unknown");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    order["instalments"] = json!([{"share_bp": 10000, "after": "approval"}]);
    order["contract_id"] = json!(id_in(&contract));
    trade.who("lan").post(ORDERS, order).refuses(422, "sales_order.paid_by_contract");
}

fn what_is_cancelled_is_not_owed_any_more(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.in_instalments(json!([on("2026-03-20", "100.00")]));
    act(trade.who("lan"), &contract, "cancel", json!({"reason": "客户放弃"})).expect(200);
    let listed = trade.instalments_of(&contract).at("/data");
    assert_eq!(
        (column(&listed, "status"), trade.open_of(&contract)),
        (vec!["dropped".to_owned()], vec!["0.00".to_owned()])
    );
    assert_eq!(called(&trade.company, "collection").text("/status"), "cancelled");
}

fn receivables_are_aged_as_they_stood_on_any_day_in_the_buckets_of_the_policy(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    trade.in_instalments(json!([
        on("2026-03-04", "30.00"),
        on("2026-01-25", "20.00"),
        on("2026-04-10", "50.00")
    ]));
    let aged = |trade: &Trade, by: &str, query: &str| {
        trade.who(by).get(&format!("{RECEIVABLES}{query}")).expect(200)
    };
    let row = aged(&trade, "head", "");
    assert_eq!(row.text("/data/0/customer/id"), trade.customer);
    let sums = ["open", "not_due", "overdue"].map(|name| row.text(&format!("/data/0/{name}/amount")));
    assert_eq!(sums, ["100.00", "50.00", "50.00"]);
    let buckets = |row: &Reply| -> Vec<String> {
        let listed = row.at("/data/0/buckets");
        let rows = listed.as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["amount"]["amount"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(buckets(&row), ["30.00", "20.00", "0.00", "0.00", "0.00"]);
    assert_eq!(row.at("/data/0/longest_overdue_days"), json!(39));
    let owned = aged(&trade, "lan", "?by=owner");
    assert_eq!(owned.text("/data/0/owner/id"), trade.company.id("lan"));
    let placed = aged(&trade, "head", "?by=department&overdue=true");
    assert_eq!(placed.text("/data/0/overdue/amount"), "50.00");
    assert_eq!(aged(&trade, "ming", "").at("/data"), json!([]), "neither theirs nor in reach");
    let overdue = trade.who("head").get(&format!("{INSTALMENTS}?overdue=true&sort=created_at")).expect(200);
    assert_eq!(column(&overdue.at("/data"), "due_on"), ["2026-03-04", "2026-01-25"]);
    let terms = json!({"due_days": 30, "bucket_last_days": [40], "instalment_back_days": 366,
        "instalment_ahead_days": 3660, "receipt_back_days": 366});
    publish(&trade.company.boss, "receivable-terms/company", &terms, "2026-03-05");
    assert_eq!(buckets(&aged(&trade, "head", "")), ["50.00", "0.00"], "the buckets are the policy's");
    app.advance(Duration::days(10));
    trade.company.sign_in_again(&app);
    trade.who("qian").post(RECEIPTS, receipt_on(&trade.customer, "25.00", "2026-03-15")).expect(201);
    assert_eq!(aged(&trade, "head", "").text("/data/0/open/amount"), "75.00");
    let before = aged(&trade, "head", "?as_of=2026-03-14");
    assert_eq!(
        (before.text("/data/0/open/amount"), buckets(&before)),
        ("100.00".into(), vec!["30.00".to_owned(), "20.00".to_owned()])
    );
    assert_eq!(aged(&trade, "head", "?as_of=2026-03-04").at("/data"), json!([]));
}

fn collecting_an_instalment_is_the_owners_duty_until_it_is_paid(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.in_instalments(json!([on("2026-03-20", "100.00")]));
    let duty = called(&trade.company, "collection");
    assert_eq!(
        (duty.text("/due_at"), duty.text("/responsible/id")),
        ("2026-03-20T16:00:00.000000Z".into(), trade.company.id("lan").to_owned())
    );
    assert_eq!(duty.text("/clause"), "001 第十七条");
    trade.receive(&contract, "60.00");
    assert_ne!(called(&trade.company, "collection").text("/status"), "on_time", "some of it is open");
    let rest = trade.receive(&contract, "40.00").header("location").expect("a place");
    assert_eq!(called(&trade.company, "collection").text("/status"), "on_time");
    act(trade.who("qian"), &rest, "bounce", json!({"reason": "支票空头"})).expect(200);
    assert_eq!(called(&trade.company, "collection").text("/status"), "open", "owed again");
    prove(&app);
}

/// The duty of the owner is whoever's the customer is by now, unless a superior gave it to somebody.
fn collecting_goes_with_the_customer_to_whoever_owns_them(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.in_instalments(json!([on("2026-03-20", "60.00"), on("2026-04-20", "40.00")]));
    trade.sign("lan", &contract);
    let responsible = || {
        let path = "/api/v1/duties?whose=all&rule_code=duty-rule/collection&limit=200";
        let listed = trade.company.boss.get(path).expect(200).at("/data");
        column(
            &json!(
                listed
                    .as_array()
                    .map(|all| all.iter().map(|one| one["responsible"].clone()).collect::<Vec<_>>())
            ),
            "name",
        )
    };
    assert_eq!(responsible(), ["lan", "lan"]);
    let given = json!({"employee_id": trade.company.id("ming")});
    let path = format!("/api/v1/customers/{}/ownership/assign", trade.customer);
    trade.who("head").post(&path, given).expect(200);
    assert_eq!(responsible(), ["ming", "ming"], "what is owed of collecting goes with the customer");
    trade.receive(&contract, "100.00");
    let body = json!({"employee_id": trade.company.id("lan")});
    trade.who("head").post(&path, body).expect(200);
    assert_eq!(responsible(), ["ming", "ming"], "what was collected stays who collected it");
    prove(&app);
}

fn an_order_of_who_is_overdue_for_too_long_is_held(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.in_instalments(json!([on("2026-02-04", "100.00")]));
    let order = trade.orders("lan", "1", "100.00");
    assert_eq!(trade.order(&order).at("/hold_kind"), Value::Null, "29 days are not too long");
    let longer = trade.in_instalments(json!([on("2026-02-03", "100.00")]));
    let order = trade.orders("lan", "1", "100.00");
    let held = trade.order(&order);
    assert_eq!((held.text("/status"), held.text("/hold_kind")), ("approved".into(), "credit".into()));
    trade.ship(&order, "1").refuses(409, "sales_order.on_hold");
    act(trade.who("head"), &order, "release", json!({})).expect(200);
    trade.receive(&longer, "100.00");
    let order = trade.orders("lan", "1", "100.00");
    assert_eq!(trade.order(&order).at("/hold_kind"), Value::Null, "it is paid");
}

fn told_receipt(customer: &str, identity: &str, amount: &str) -> Value {
    let external = json!({"source": "erp", "external_id": identity});
    json!({"external": external, "receipt": receipt_on(customer, amount, "2026-03-05")})
}

fn a_receipt_that_another_system_tells_twice_is_one(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    let tell = |items: Value| trade.who("qian").post(TOLD, json!({"items": items})).expect(207).at("/data");
    let item = |identity: &str, amount: &str| told_receipt(&trade.customer, identity, amount);
    let outcomes = column(&tell(json!([item("R-1", "60.00"), item("R-2", "70.00")])), "outcome");
    assert_eq!(outcomes, ["done", "done"]);
    let again = tell(json!([item("R-1", "60.00"), item("R-2", "70.01"), item("R-3", "1.00")]));
    assert_eq!(column(&again, "outcome"), ["already", "refused", "done"]);
    assert_eq!(again[1]["refusal"]["code"], "receipt.said_otherwise");
    assert_eq!(app.count_rows("receipts"), 3);
    assert_eq!(trade.open_of(&contract), ["0.00"]);
    let left = app.number("SELECT CAST(SUM(unallocated_minor) AS BIGINT) AS number FROM receipts");
    assert_eq!(left, 3_100, "what does not fit stays the customer's");
    let mut old = item("R-4", "1.00");
    old["receipt"]["received_on"] = json!("1990-01-01");
    assert_eq!(tell(json!([old]))[0]["outcome"], "refused");
    trade.who("lan").post(TOLD, json!({"items": [item("R-5", "1.00")]})).refuses(403, "http.forbidden");
}

fn of_the_same_receipt_told_twice_at_once_one_is_recorded(app: App) {
    let trade = Trade::open(&app, "100.00");
    for identity in ["R-1", "R-2", "R-3"] {
        let teller = |_| {
            let body = json!({"items": [told_receipt(&trade.customer, identity, "10.00")]});
            let by = trade.who("qian").quietly();
            Box::new(move || by.post(TOLD, body).expect(207).text("/data/0/outcome"))
                as Box<dyn FnOnce() -> String + Send>
        };
        let mut outcomes = race((0..3).map(teller).collect());
        outcomes.sort();
        assert_eq!(outcomes, ["already", "already", "done"]);
    }
    assert_eq!(app.count_rows("receipts"), 3);
}

fn days_that_cannot_be_are_refused(app: App) {
    let mut trade = Trade::open(&app, "100.00");
    app.advance(Duration::days(2));
    trade.company.sign_in_again(&app);
    let received = |day: &str| trade.who("qian").post(RECEIPTS, receipt_on(&trade.customer, "1.00", day));
    let refused = received("1990-01-01").refuses(422, "receipt.received_too_early");
    assert_eq!(refused.text("/errors/0/pointer"), "/received_on");
    received("2026-03-08").refuses(422, "receipt.received_ahead");
    received("2026-02-20").expect(201);
    trade.who("qian").act("/api/v1/accounting-periods/2026-02/close").expect(200);
    received("2026-02-20").refuses(409, "accounting_period.closed");
    received("2026-01-20").refuses(409, "accounting_period.before_books");
    let contract = trade.approved("lan", "1");
    let signed =
        |day: &str| act(trade.who("lan"), &contract, "sign", json!({"signed_on": day, "original": "档案室"}));
    let refused = signed("2026-03-06").refuses(422, "sales_contract.signed_before_approval");
    assert_eq!(refused.text("/params/earliest"), "2026-03-07");
    signed("2026-03-08").refuses(422, "sales_contract.signed_ahead");
    signed("2026-03-07").expect(200);
    let order = trade.orders("lan", "1", "100.00");
    let left = |day: &str| {
        let mut body = shipment(&id_in(&order), 1, "1");
        body["shipped_on"] = json!(day);
        trade.who("head").post(SHIPMENTS, body)
    };
    left("2026-03-06").refuses(422, "shipment.shipped_before_order");
    left("2026-03-07").expect(201);
}
