//! Shipments: never more than is left of a line, taken back before their delivery only. `[ORD-1a, CNT]`

use crate::{
    expense_request::act,
    sales_contract::{Trade, id_in},
};
use serde_json::{Value, json};
use tests::{App, Records, Reply, race, records, stories};

stories! {
    example_2_two_shipments_of_the_rest_at_once_one_is_refused,
    a_shipment_is_taken_back_before_its_delivery_only,
}

records! {
    "/api/v1/shipments/{id}" => a_shipment,
}

pub(crate) const SHIPMENTS: &str = "/api/v1/shipments";

fn a_shipment(made: &Records<'_>) -> String {
    let order = made.id("/api/v1/sales-orders/{id}");
    made.post("head", "/api/v1/shipments/{id}", shipment(&order, 1, "1"))
}

pub(crate) fn shipment(order: &str, line: usize, quantity: &str) -> Value {
    json!({"order_id": order, "shipped_on": "2026-03-05", "carrier": "顺丰",
        "lines": [{"line": line, "quantity": quantity}]})
}

/// Worked example 2.
fn example_2_two_shipments_of_the_rest_at_once_one_is_refused(app: App) {
    let trade = Trade::open(&app, "111.00");
    for _ in 0..5 {
        let order = trade.orders("lan", "10", "111.00");
        trade.ship(&order, "7").expect(201);
        let shipper = |_| {
            let (by, body) = (trade.who("head").quietly(), shipment(&id_in(&order), 1, "3"));
            Box::new(move || by.post(SHIPMENTS, body)) as Box<dyn FnOnce() -> Reply + Send>
        };
        let answers = race((0..2).map(shipper).collect());
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let refused = answers.iter().find(|answer| answer.status == 409).expect("one");
        assert_eq!((refused.code(), refused.text("/params/left")), ("order.over_shipped".into(), "0".into()));
        assert_eq!(trade.order(&order).text("/lines/0/left"), "0");
    }
}

fn a_shipment_is_taken_back_before_its_delivery_only(app: App) {
    let trade = Trade::open(&app, "100.00");
    let order = trade.orders("lan", "10", "100.00");
    let place = trade.ship(&order, "7").expect(201).header("location").expect("a place");
    let back = act(trade.who("head"), &place, "take-back", json!({"reason": "发错货"})).expect(200);
    assert_eq!(back.text("/status"), "taken_back");
    let order_now = trade.order(&order);
    assert_eq!(
        (order_now.text("/lines/0/left"), order_now.text("/status")),
        ("10".into(), "approved".into())
    );
    act(trade.who("head"), &place, "take-back", json!({"reason": "再次"}))
        .refuses(409, "shipment.not_on_its_way");
    let place = trade.ship(&order, "10").expect(201).header("location").expect("a place");
    let early = json!({"delivered_on": "2026-03-04", "proof": "签收单"});
    act(trade.who("head"), &place, "deliver", early).refuses(422, "shipment.delivered_before");
    act(trade.who("head"), &place, "deliver", json!({"delivered_on": "2026-03-05", "proof": "签收单"}))
        .expect(200);
    act(trade.who("head"), &place, "take-back", json!({"reason": "退货"}))
        .refuses(409, "shipment.not_on_its_way");
    let sums = "SELECT CAST(SUM(counted) - (SELECT SUM(amount) FROM counted_entries) AS BIGINT) AS number FROM counted_figures";
    assert_eq!(app.number(sums), 0);
}
