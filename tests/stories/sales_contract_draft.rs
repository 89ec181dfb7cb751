//! A contract before anybody agreed to it: changed, withdrawn, given up, and its number never used again. `[CON-1, APR-3]`

use crate::{
    approval::waiting,
    expense_request::{act, submit},
    sales_contract::{Trade, yuan},
};
use serde_json::json;
use tests::{App, Caller, stories};

stories! {
    a_contract_is_withdrawn_changed_and_voided_while_nobody_has_agreed_to_it,
}

fn a_contract_is_withdrawn_changed_and_voided_while_nobody_has_agreed_to_it(app: App) {
    let trade = Trade::open(&app, "111.00");
    let lan = trade.who("lan");
    let place = trade.draft("lan", "3");
    let change = |by: &Caller, quantity: &str| {
        let version = by.get(&place).expect(200).version();
        let lines = json!([{"product_id": trade.product, "quantity": quantity, "price": yuan("111.00")}]);
        by.at(version).patch(&place, json!({"lines": lines}))
    };
    let changed = change(lan, "4").expect(200);
    assert_eq!((changed.text("/total/amount"), changed.text("/status")), ("444.00".into(), "draft".into()));
    trade.who("head").get(&place).expect(200);
    let approval = submit(lan, &place);
    change(lan, "5").refuses(409, "document.not_editable");
    act(lan, &place, "void", json!({"reason": "客户改期"})).refuses(409, "document.not_voidable");
    let back = act(lan, &place, "withdraw", json!({"note": "数量有误"})).expect(200);
    assert_eq!(back.text("/status"), "withdrawn");
    assert_eq!(waiting(&trade.company, &approval), [""; 0], "nobody is asked any more");
    assert_eq!(change(lan, "5").expect(200).text("/total/amount"), "555.00");
    let voided = act(lan, &place, "void", json!({"reason": "客户改期"})).expect(200);
    assert_eq!((voided.text("/status"), voided.text("/number")), ("void".into(), "SC-2026-000001".into()));
    change(lan, "6").refuses(409, "document.not_editable");
    let next = lan.get(&trade.draft("lan", "1")).expect(200);
    assert_eq!(next.text("/number"), "SC-2026-000002", "a number stays taken");
}
