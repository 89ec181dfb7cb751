//! Refunds: asked for, approved, paid once; they take commission back to the fen. `[REC-1c, COM-10b]`

use crate::{
    expense_request::{act, submit},
    sales_contract::{RECEIPTS, Trade, id_in, yuan},
};
use serde_json::{Value, json};
use tests::{App, Records, Reply, race, records, stories};

stories! {
    example_10_refunds_take_back_what_instalments_gave,
    of_two_refunds_at_once_of_what_is_left_for_one_one_is_paid,
    a_refund_is_paid_once_and_never_by_who_asked,
    a_refund_is_changed_taken_back_and_given_up,
    an_approved_refund_that_no_longer_fits_is_given_up,
    what_was_paid_for_an_order_goes_back_as_well,
    goods_that_come_back_take_commission_at_once_and_the_refund_none_again,
    what_a_return_freed_is_not_collected_again_once_it_is_refunded,
}

records! {
    "/api/v1/refunds/{id}" => a_refund,
}

const REFUNDS: &str = "/api/v1/refunds";

fn a_refund(made: &Records<'_>) -> String {
    // Its contract is approved with the sale.
    let sale = made.place("/api/v1/sales/{id}");
    let contract = made.company.who("lan").get(&sale).expect(200).text("/contract_id");
    made.post("lan", "/api/v1/refunds/{id}", body(&contract, "1.00"))
}

fn body(contract: &str, amount: &str) -> Value {
    json!({"contract_id": contract, "amount": yuan(amount), "grounds": "客户退订一台"})
}

impl Trade {
    /// A refund of a contract that is approved; its place.
    #[track_caller]
    fn refund(&self, by: &str, contract: &str, amount: &str) -> String {
        let made = self.who(by).post(REFUNDS, body(&id_in(contract), amount)).expect(201);
        let place = made.header("location").expect("a place");
        self.approve(&submit(self.who(by), &place));
        place
    }
}

/// Worked example 10.
fn example_10_refunds_take_back_what_instalments_gave(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let contract = trade.approved("lan", "3");
    let part = |name: &str| json!({"employee_id": trade.company.id(name), "share_bp": 5_000});
    let halves =
        json!({"kind": "ruled", "credit_id": trade.company.id("lan"), "parts": [part("lan"), part("ming")]});
    trade.tell("head", &contract, halves).expect(200);
    trade.sign("lan", &contract);
    for _ in 0..3 {
        trade.receive(&contract, "111.00");
    }
    for (amount, reference) in [("111.00", "P-1"), ("222.00", "P-2")] {
        let refund = trade.refund("lan", &contract, amount);
        let paid =
            trade.who("qian").post(&format!("{refund}/pay"), json!({"reference": reference})).expect(200);
        assert_eq!(paid.text("/status"), "paid");
    }
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.17", "0.17", "0.16", "-0.16", "-0.34"]);
    assert_eq!(trade.booked(&contract, Some("ming")), ["0.16", "0.17", "0.17", "-0.17", "-0.33"]);
    assert_eq!(trade.sale(&contract).text("/received/amount"), "0.00");
}

fn of_two_refunds_at_once_of_what_is_left_for_one_one_is_paid(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    trade.receive(&contract, "100.00");
    let refunds = [trade.refund("lan", &contract, "60.00"), trade.refund("lan", &contract, "60.00")];
    let payer = |(place, name): (&String, &'static str)| {
        let (by, path) = (trade.who("qian").quietly(), format!("{place}/pay"));
        Box::new(move || by.post(&path, json!({"reference": name})).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    let mut answers = race(refunds.iter().zip(["P-1", "P-2"]).map(payer).collect());
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    assert_eq!(trade.who("lan").get(&contract).expect(200).text("/collected/amount"), "40.00");
    let made = trade.who("lan").post(REFUNDS, body(&id_in(&contract), "40.01")).expect(201);
    let place = made.header("location").expect("a place");
    let refused =
        act(trade.who("lan"), &place, "submit", json!({})).refuses(409, "refund.more_than_collected");
    assert_eq!((refused.text("/rule"), refused.text("/params/left")), ("REC-1c".into(), "40.00".into()));
    let preview = trade.who("lan").get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.text("/refusal/code"), "refund.more_than_collected");
}

fn a_refund_is_paid_once_and_never_by_who_asked(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    trade.receive(&contract, "100.00");
    let made = trade.who("lan").post(REFUNDS, body(&id_in(&contract), "10.00")).expect(201);
    let place = made.header("location").expect("a place");
    let pay = |name: &str, reference: &str| {
        trade.who(name).post(&format!("{place}/pay"), json!({"reference": reference}))
    };
    pay("qian", "P-1").refuses(409, "refund.not_payable");
    trade.approve(&submit(trade.who("lan"), &place));
    pay("lan", "P-1").refuses(403, "http.forbidden");
    let version = trade.who("qian").get(&place).expect(200).version();
    pay("qian", "P-1").expect(200);
    assert_eq!(pay("qian", "P-1").expect(200).version(), version + 1, "again, nothing happens");
    pay("qian", "P-2").refuses(409, "refund.paid_otherwise");
    let other = trade.refund("lan", &contract, "10.00");
    trade
        .who("qian")
        .post(&format!("{other}/pay"), json!({"reference": "P-1"}))
        .refuses(409, "validation.not_unique");
    let own = trade.refund("director", &contract, "5.00");
    let company = &trade.company;
    app.grant(&company.boss, &company.user("director"), "finance", "all", None);
    trade.who("director").post(&format!("{own}/pay"), json!({"reference": "P-9"})).refuses(403, "refund.own");
}

fn a_refund_is_changed_taken_back_and_given_up(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    trade.receive(&contract, "100.00");
    let lan = trade.who("lan");
    lan.post(REFUNDS, body(&id_in(&contract), "0.00")).refuses(422, "money.not_positive");
    trade
        .who("ming")
        .post(REFUNDS, body(&id_in(&contract), "1.00"))
        .refuses(422, "validation.unknown_reference");
    let place =
        lan.post(REFUNDS, body(&id_in(&contract), "10.00")).expect(201).header("location").expect("a place");
    lan.at(1).patch(&place, json!({"amount": yuan("20.00")})).expect(200);
    submit(lan, &place);
    assert_eq!(act(lan, &place, "withdraw", json!({})).expect(200).text("/status"), "withdrawn");
    let voided = act(lan, &place, "void", json!({"reason": "客户改主意"})).expect(200);
    assert_eq!((voided.text("/status"), voided.text("/amount/amount")), ("void".into(), "20.00".into()));
    let listed = trade.who("head").get(&format!("{REFUNDS}?status=void")).expect(200);
    assert_eq!(listed.text("/data/0/number"), "RF-2026-000001");
}

fn an_approved_refund_that_no_longer_fits_is_given_up(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    let receipt = trade.receive(&contract, "100.00").header("location").expect("a place");
    let refunds = ["60.00", "50.00", "40.00"].map(|amount| trade.refund("lan", &contract, amount));
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "退票"})).expect(200);
    let pay = |place: &str| trade.who("qian").post(&format!("{place}/pay"), json!({"reference": "P-1"}));
    pay(&refunds[0]).refuses(409, "refund.more_than_collected");
    let reason = json!({"reason": "收款已退票，无款可退"});
    let path = format!("{}/void", refunds[0]);
    trade.who("ming").at(1).post(&path, reason.clone()).refuses(404, "http.not_found");
    for (by, place) in ["lan", "head", "qian"].iter().zip(&refunds) {
        let given_up = act(trade.who(by), place, "void", reason.clone()).expect(200);
        assert_eq!(given_up.text("/status"), "void", "by who asked, who supervises, who pays");
        pay(place).refuses(409, "refund.not_payable");
    }
    trade.receive(&contract, "100.00");
    let paid = trade.refund("lan", &contract, "10.00");
    pay(&paid).expect(200);
    act(trade.who("lan"), &paid, "void", reason).refuses(409, "document.not_voidable");
}

impl Trade {
    /// An order of two pieces that is delivered and paid.
    #[track_caller]
    fn paid_order(&self, amount: &str) -> String {
        let order = self.orders("lan", "2", "100.00");
        self.delivered(&order, "2");
        self.pays_order(&order, amount).expect(201);
        order
    }

    fn pays_order(&self, order: &str, amount: &str) -> Reply {
        let body = json!({"customer_id": self.customer, "order_id": id_in(order), "amount": yuan(amount),
            "received_on": "2026-03-05"});
        self.who("qian").post(RECEIPTS, body)
    }

    /// A refund of an order, approved and paid.
    #[track_caller]
    fn refunds_order(&self, order: &str, amount: &str, reference: &str) -> Reply {
        let body = json!({"order_id": id_in(order), "amount": yuan(amount), "grounds": "客户退货"});
        let place = self.who("lan").post(REFUNDS, body).expect(201).header("location").expect("a place");
        self.approve(&submit(self.who("lan"), &place));
        self.who("qian").post(&format!("{place}/pay"), json!({"reference": reference}))
    }

    /// What is booked of commission in all, in fen.
    fn booked_in_all(app: &App) -> i64 {
        app.number("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS number FROM commission_entries")
    }
}

fn what_was_paid_for_an_order_goes_back_as_well(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let order = trade.orders("lan", "2", "100.00");
    trade.pays_order(&order, "150.00").expect(201);
    let both = json!({"order_id": id_in(&order), "contract_id": id_in(&order), "amount": yuan("1.00"), "grounds": "误收"});
    trade.who("lan").post(REFUNDS, both).refuses(422, "receipt.two_deals");
    let neither = json!({"amount": yuan("1.00"), "grounds": "误收"});
    trade.who("lan").post(REFUNDS, neither).refuses(422, "receipt.two_deals");
    act(trade.who("lan"), &order, "cancel", json!({"reason": "客户取消"})).expect(200);
    assert_eq!(Trade::booked_in_all(&app), 0, "nothing is kept of it, so nothing is earned");
    let paid = trade.refunds_order(&order, "150.00", "P-1").expect(200);
    assert_eq!((paid.text("/status"), paid.text("/order_id")), ("paid".into(), id_in(&order)));
    assert_eq!(paid.at("/contract_id"), Value::Null);
    assert_eq!(trade.order(&order).text("/collected/amount"), "0.00");
    let listed = trade.who("head").get(&format!("{REFUNDS}?order_id={}", id_in(&order))).expect(200);
    assert_eq!(listed.text("/data/0/status"), "paid");
    let draft = trade.drafts_order("lan", "1", "100.00");
    let body = json!({"order_id": id_in(&draft), "amount": yuan("1.00"), "grounds": "误收"});
    trade.who("lan").post(REFUNDS, body).refuses(409, "refund.order_not_refunded");
    assert_eq!(Trade::booked_in_all(&app), 0, "{order}");
}

/// `ORD-3`: commission moves with the return, once; the refund moves the money.
fn goods_that_come_back_take_commission_at_once_and_the_refund_none_again(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let order = trade.paid_order("200.00");
    assert_eq!(Trade::booked_in_all(&app), 200);
    let back = json!({"lines": [{"line": 1, "quantity": "1"}]});
    act(trade.who("head"), &order, "return-goods", back.clone()).expect(200);
    assert_eq!(Trade::booked_in_all(&app), 100, "what is paid for what came back earns nothing");
    trade.refunds_order(&order, "100.00", "P-1").expect(200);
    assert_eq!(Trade::booked_in_all(&app), 100, "it is not taken twice");
    act(trade.who("head"), &order, "return-goods", back).expect(200);
    trade.refunds_order(&order, "100.00", "P-2").expect(200);
    assert_eq!(Trade::booked_in_all(&app), 0, "a full return leaves everybody nothing");
}

/// `REC-1b`: what is allocated never exceeds what the order comes to, also after a refund.
fn what_a_return_freed_is_not_collected_again_once_it_is_refunded(app: App) {
    let trade = Trade::open(&app, "100.00");
    let order = trade.paid_order("200.00");
    let back = json!({"lines": [{"line": 1, "quantity": "1"}]});
    act(trade.who("head"), &order, "return-goods", back).expect(200);
    trade.refunds_order(&order, "100.00", "P-1").expect(200);
    let receipt = trade.pays_order(&order, "50.00").expect(201);
    assert_eq!(receipt.text("/unallocated/amount"), "50.00", "the order takes no more than it comes to");
}
