//! Units: held by one customer at a time, by a large deposit. `[ORD-2, OWN-13; 002 §5]`

use crate::{
    expense_request::{act, submit},
    sales_contract::{CONTRACTS, Trade, contract_body, id_in, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, column, race, records, stories};

stories! {
    of_fifty_large_deposits_at_once_one_reserves_the_last_unit,
    a_small_deposit_holds_nothing,
    a_unit_whose_deposit_bounces_is_to_be_had_again,
    a_unit_is_signed_by_the_contract_of_whoever_holds_it_and_comes_back_with_the_refund,
    once_it_should_have_been_signed_only_the_manager_releases_a_unit,
    for_whom_a_unit_is_held_is_no_business_of_others,
}

records! {
    "/api/v1/units/{id}" => a_unit,
}

const UNITS: &str = "/api/v1/units";

fn a_unit(made: &Records<'_>) -> String {
    let product = made.id("/api/v1/products/{id}");
    made.post("director", "/api/v1/units/{id}", body("3-1201", &product))
}

fn body(code: &str, product: &str) -> Value {
    json!({"code": code, "place": "三号楼 12 层", "product_id": product})
}

impl Trade {
    #[track_caller]
    fn unit(&self, code: &str) -> String {
        let made = self.who("director").post(UNITS, body(code, &self.product)).expect(201);
        made.header("location").expect("a place")
    }

    fn deposit(&self, amount: &str, is_large: bool) -> Value {
        json!({"customer_id": self.customer, "amount": yuan(amount), "received_on": "2026-03-05", "is_large": is_large})
    }

    #[track_caller]
    fn stands_at(&self, unit: &str) -> String {
        self.who("lan").get(unit).expect(200).text("/status")
    }
}

fn of_fifty_large_deposits_at_once_one_reserves_the_last_unit(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let unit = trade.unit("3-1201");
    let buyer = |_| {
        let (by, body) = (trade.who("lan").quietly(), trade.deposit("500.00", true));
        let path = format!("{unit}/deposit");
        Box::new(move || by.post(&path, body)) as Box<dyn FnOnce() -> tests::Reply + Send>
    };
    let answers = race((0..50).map(buyer).collect());
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let lost: Vec<String> =
        answers.iter().filter(|answer| answer.status != 200).map(tests::Reply::code).collect();
    assert_eq!(lost, vec!["unit.taken"; 49]);
    assert_eq!((app.count_rows("receipts"), trade.stands_at(&unit)), (1, "reserved".into()));
    assert_eq!(app.number("SELECT counted AS number FROM counted_figures WHERE kind = 'unit'"), 1);
}

fn a_small_deposit_holds_nothing(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let unit = trade.unit("3-1201");
    trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("100.00", false)).expect(200);
    assert_eq!((app.count_rows("receipts"), trade.stands_at(&unit)), (1, "available".into()));
    act(trade.who("lan"), &unit, "release", json!({"reason": "无"})).refuses(409, "unit.not_reserved");
    trade.who("ming").post(&format!("{unit}/deposit"), trade.deposit("500.00", true)).expect(200);
    assert_eq!(trade.stands_at(&unit), "reserved");
    trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("100.00", false)).expect(200);
}

fn a_unit_whose_deposit_bounces_is_to_be_had_again(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let unit = trade.unit("3-1201");
    let held = trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("500.00", true)).expect(200);
    let receipt = format!("/api/v1/receipts/{}", held.text("/deposit_id"));
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "支票空头"})).expect(200);
    assert_eq!(trade.stands_at(&unit), "available");
    trade.who("ming").post(&format!("{unit}/deposit"), trade.deposit("500.00", true)).expect(200);
}

fn a_unit_is_signed_by_the_contract_of_whoever_holds_it_and_comes_back_with_the_refund(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let unit = trade.unit("3-1201");
    trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("1000.00", true)).expect(200);
    let other = trade.approved("lan", "1");
    trade.sign("lan", &other);
    let by = |contract: &str| json!({"contract_id": id_in(contract)});
    act(trade.who("lan"), &unit, "sign", by(&other)).refuses(422, "unit.other_contract");
    let mut purchase = contract_body(&trade.customer, &trade.product, "1", "1000.00");
    purchase["kind"] = json!("unit_purchase");
    let contract =
        trade.who("lan").post(CONTRACTS, purchase).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    act(trade.who("ming"), &unit, "sign", by(&contract)).refuses(422, "validation.unknown_reference");
    let signed = act(trade.who("lan"), &unit, "sign", by(&contract)).expect(200);
    assert_eq!((signed.text("/status"), signed.text("/contract_id")), ("signed".into(), id_in(&contract)));
    let receipt = format!("/api/v1/receipts/{}", signed.text("/deposit_id"));
    let to = json!({"contract_id": id_in(&contract), "amount": yuan("1000.00")});
    act(trade.who("qian"), &receipt, "allocate", to).expect(200);
    let refund = json!({"contract_id": id_in(&contract), "amount": yuan("1000.00"), "grounds": "客户退房"});
    let refund =
        trade.who("lan").post("/api/v1/refunds", refund).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &refund));
    trade.who("qian").post(&format!("{refund}/pay"), json!({"reference": "P-1"})).expect(200);
    assert_eq!(trade.stands_at(&unit), "available", "in the same transaction");
}

fn once_it_should_have_been_signed_only_the_manager_releases_a_unit(app: App) {
    let mut trade = Trade::open(&app, "1000.00");
    let (early, late) = (trade.unit("3-1201"), trade.unit("3-1202"));
    for unit in [&early, &late] {
        let held =
            trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("500.00", true)).expect(200);
        assert_eq!(held.text("/reserved_until"), "2026-03-12");
    }
    act(trade.who("ming"), &early, "release", json!({"reason": "抢房"})).refuses(403, "unit.not_yours");
    act(trade.who("lan"), &early, "release", json!({"reason": "客户放弃"})).expect(200);
    app.advance(Duration::days(8));
    trade.company.sign_in_again(&app);
    let refused =
        act(trade.who("lan"), &late, "release", json!({"reason": "客户放弃"})).refuses(403, "unit.overdue");
    assert_eq!(refused.text("/params/date"), "2026-03-12");
    act(trade.who("head"), &late, "release", json!({"reason": "逾期未签"})).expect(200);
    let told = trade.company.boss.get("/api/v1/events?kinds=unit.released").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(2));
}

fn for_whom_a_unit_is_held_is_no_business_of_others(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let (unit, _) = (trade.unit("3-1201"), trade.unit("3-1202"));
    trade.who("director").post(UNITS, body("3-1201", &trade.product)).refuses(409, "validation.not_unique");
    trade.who("lan").post(UNITS, body("3-1203", &trade.product)).refuses(403, "http.forbidden");
    trade.who("lan").post(&format!("{unit}/deposit"), trade.deposit("500.00", true)).expect(200);
    assert_eq!(trade.who("head").get(&unit).expect(200).text("/customer/name"), "李娜");
    let seen = trade.who("ming").get(&unit).expect(200).at("");
    assert!(
        seen.get("customer").is_none() && seen["reserved_by"]["name"] == "lan",
        "absent, not null: {seen}"
    );
    let listed = trade.who("ming").get(&format!("{UNITS}?status=available")).expect(200).at("/data");
    assert_eq!(column(&listed, "code"), ["3-1202"]);
}
