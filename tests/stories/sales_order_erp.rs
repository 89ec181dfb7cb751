//! Another system takes orders over, says how much is made, and tells of shipments: idempotent, item by item. `[ORD-1, ORD-1a]`

use crate::{
    expense_request::act,
    sales_contract::{Trade, id_in},
    shipment::shipment,
};
use serde_json::{Value, json};
use tests::{App, column, race, stories};

stories! {
    an_order_is_taken_over_once_and_no_more_cancelled_here,
    of_a_take_over_and_a_cancellation_at_once_one_is_done,
    late_news_of_production_moves_nothing_back,
    a_shipment_that_is_told_twice_is_one,
}

const TAKE: &str = "/api/v1/erp/sales-orders";

fn outcomes(reply: &Value) -> Vec<String> {
    column(reply, "outcome")
}

fn acknowledgement(order: &str, reference: &str) -> Value {
    json!({"reference": reference, "order_ids": [id_in(order)]})
}

fn an_order_is_taken_over_once_and_no_more_cancelled_here(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (order, other) = (trade.orders("lan", "10", "100.00"), trade.orders("lan", "2", "100.00"));
    let qian = trade.who("qian");
    let offered = qian.get(TAKE).expect(200).at("/data");
    assert_eq!(column(&offered, "number"), ["SO-2026-000001", "SO-2026-000002"]);
    let path = format!("{TAKE}/acknowledge");
    let done = |order: &str, reference: &str| qian.post(&path, acknowledgement(order, reference));
    assert_eq!(outcomes(&done(&order, "ERP-1").expect(207).at("/data")), ["done"]);
    assert_eq!(outcomes(&done(&order, "ERP-1").expect(207).at("/data")), ["already"]);
    let refused = done(&order, "ERP-2").at("/data");
    assert_eq!(refused[0]["refusal"]["code"], "sales_order.taken_already");
    let unknown = json!({"reference": "ERP-3", "order_ids": [trade.product]});
    assert_eq!(qian.post(&path, unknown).at("/data/0/refusal/code"), "sales_order.unknown");
    assert_eq!(column(&qian.get(TAKE).expect(200).at("/data"), "number"), ["SO-2026-000002"]);
    let cancelled = act(trade.who("lan"), &order, "cancel", json!({"reason": "客户取消"}));
    assert_eq!(cancelled.refuses(409, "sales_order.taken_already").text("/params/reference"), "ERP-1");
    act(trade.who("lan"), &other, "cancel", json!({"reason": "客户取消"})).expect(200);
    assert_eq!(done(&other, "ERP-4").at("/data/0/refusal/code"), "sales_order.not_under_way");
    trade.who("lan").get(TAKE).refuses(403, "http.forbidden");
    assert_eq!(trade.order(&order).text("/taken_reference"), "ERP-1");
}

fn of_a_take_over_and_a_cancellation_at_once_one_is_done(app: App) {
    let trade = Trade::open(&app, "100.00");
    for _ in 0..5 {
        let order = trade.orders("lan", "10", "100.00");
        let version = trade.order(&order).version();
        let (erp, body) = (trade.who("qian").quietly(), acknowledgement(&order, "ERP-1"));
        let (lan, path) = (trade.who("lan").quietly().at(version), format!("{order}/cancel"));
        let take = Box::new(move || {
            erp.post(&format!("{TAKE}/acknowledge"), body).text("/data/0/outcome") == "done"
        }) as Box<dyn FnOnce() -> bool + Send>;
        let cancel = Box::new(move || lan.post(&path, json!({"reason": "客户取消"})).status == 200)
            as Box<dyn FnOnce() -> bool + Send>;
        let done = race(vec![take, cancel]);
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    }
}

fn late_news_of_production_moves_nothing_back(app: App) {
    let trade = Trade::open(&app, "100.00");
    let order = trade.orders("lan", "10", "100.00");
    let told = |quantity: &str| {
        let item = json!({"order_id": id_in(&order), "lines": [{"line": 1, "quantity": quantity}]});
        let path = format!("{TAKE}/progress");
        trade.who("qian").post(&path, json!({"items": [item]})).at("/data/0/outcome")
    };
    assert_eq!([told("6"), told("4"), told("6"), told("10")], ["done", "already", "already", "done"]);
    assert_eq!(trade.order(&order).text("/status"), "finished");
}

fn a_shipment_that_is_told_twice_is_one(app: App) {
    let trade = Trade::open(&app, "100.00");
    let order = trade.orders("lan", "10", "100.00");
    let told = |identity: &str, quantity: &str| {
        let external = json!({"source": "erp", "external_id": identity});
        let item = json!({"external": external, "shipment": shipment(&id_in(&order), 1, quantity)});
        trade.who("qian").post("/api/v1/erp/shipments", json!({"items": [item]})).at("/data/0")
    };
    assert_eq!(told("D-1", "7")["outcome"], "done");
    assert_eq!(told("D-1", "7")["outcome"], "already");
    assert_eq!(told("D-1", "6")["refusal"]["code"], "shipment.said_otherwise");
    assert_eq!(told("D-2", "4")["refusal"]["code"], "order.over_shipped");
    assert_eq!(trade.order(&order).text("/lines/0/left"), "3");
    assert_eq!(app.count_rows("shipments"), 1);
}
