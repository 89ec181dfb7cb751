//! Prices above and below the list: asked for before, agreed to by whose authority suffices, held by one document and used
//! once. `[PRI-2, PRI-2a; 004 §5.3]`

use crate::{
    approval::waiting,
    expense_claim::approve,
    expense_request::{act, submit},
    sales_contract::{CONTRACTS, Trade, contract_body, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, block_on, column, race, records, stories};

stories! {
    example_5_a_hair_decides_who_agrees,
    one_deviation_and_two_contracts_at_once_one_holds_it_and_the_other_is_told_which,
    what_was_signed_uses_a_deviation_once_and_the_rest_lapses,
    a_deviation_used_in_parts_keeps_its_rest,
    a_line_that_was_deleted_and_entered_again_is_asked_for_again,
    a_contract_that_comes_to_nothing_lets_go,
    a_deviation_expires_by_the_clock_but_not_while_it_is_held,
    a_deviation_is_changed_taken_back_given_up_and_revoked,
    what_is_wrong_with_a_deviation_is_said,
}

records! {
    "/api/v1/price-deviations/{id}" => a_deviation,
}

pub(crate) const DEVIATIONS: &str = "/api/v1/price-deviations";

fn a_deviation(made: &Records<'_>) -> String {
    // Its contract is approved with the sale, so the product has a price by then.
    made.place("/api/v1/sales/{id}");
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    made.post("lan", "/api/v1/price-deviations/{id}", body(&customer, &product, "10", "110.00"))
}

fn body(customer: &str, product: &str, quantity: &str, price: &str) -> Value {
    json!({"customer_id": customer, "product_id": product, "quantity": quantity, "price": yuan(price),
        "region": "华东", "grounds": "年度集采，量大价优"})
}

impl Trade {
    fn deviation(&self, quantity: &str, price: &str) -> Value {
        body(&self.customer, &self.product, quantity, price)
    }

    /// A deviation of 兰兰's that is agreed to; its place.
    #[track_caller]
    pub fn deviates(&self, quantity: &str, price: &str) -> String {
        self.agreed(self.deviation(quantity, price))
    }

    #[track_caller]
    fn agreed(&self, body: Value) -> String {
        let made = self.who("lan").post(DEVIATIONS, body).expect(201);
        let place = made.header("location").expect("a place");
        self.approve(&submit(self.who("lan"), &place));
        assert_eq!(self.who("lan").get(&place).expect(200).text("/status"), "open");
        place
    }

    /// A contract of 兰兰's at a price, drafted; its place.
    #[track_caller]
    pub fn at_price(&self, quantity: &str, price: &str) -> String {
        let body = contract_body(&self.customer, &self.product, quantity, price);
        self.who("lan").post(CONTRACTS, body).expect(201).header("location").expect("a place")
    }

    #[track_caller]
    fn stands(&self, deviation: &str) -> String {
        self.who("lan").get(deviation).expect(200).text("/status")
    }
}

/// Worked example 5.
fn example_5_a_hair_decides_who_agrees(app: App) {
    let trade = Trade::open(&app, "99.99");
    for (price, hundredths, names) in [("95.00", -49_905, vec![]), ("94.99", -50_005, vec!["director"])] {
        let made = trade.who("lan").post(DEVIATIONS, trade.deviation("10", price)).expect(201);
        assert_eq!(made.at("/deviation_hundredths_bp"), json!(hundredths));
        let place = made.header("location").expect("a place");
        let preview = trade.who("lan").get(&format!("{place}/approval-preview")).expect(200);
        assert_eq!(preview.at("/submittable"), json!(true));
        // The head is asked of each; a hair more, and the director is too.
        let approval = submit(trade.who("lan"), &place);
        assert_eq!(waiting(&trade.company, &approval), ["head"]);
        approve(&trade.company, "head", &approval).expect(200);
        assert_eq!(waiting(&trade.company, &approval), names);
    }
    let above = trade.who("lan").post(DEVIATIONS, trade.deviation("10", "120.00")).expect(201);
    assert_eq!(above.text("/authority"), "general-manager", "above the list is asked for as below it");
}

/// Half of worked example 4; the other half is told of orders.
fn one_deviation_and_two_contracts_at_once_one_holds_it_and_the_other_is_told_which(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    for _ in 0..5 {
        let contracts = [trade.at_price("60", "45.00"), trade.at_price("60", "45.00")];
        let submitter = |place: &String| {
            let (by, path) = (trade.who("lan").quietly().at(1), format!("{place}/submit"));
            Box::new(move || by.post(&path, json!({}))) as Box<dyn FnOnce() -> tests::Reply + Send>
        };
        let answers = race(contracts.iter().map(submitter).collect());
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let won = usize::from(answers[1].status == 200);
        let number = trade.who("lan").get(&contracts[won]).expect(200).text("/number");
        let lost = &answers[1 - won];
        assert_eq!(
            (lost.code(), lost.text("/params/holder")),
            ("price_deviation.held".into(), number.clone())
        );
        let held = trade.who("lan").get(&deviation).expect(200);
        assert_eq!((held.text("/status"), held.text("/holder/number")), ("held".into(), number));
        act(trade.who("lan"), &contracts[won], "withdraw", json!({})).expect(200);
        assert_eq!(trade.stands(&deviation), "open");
    }
}

fn what_was_signed_uses_a_deviation_once_and_the_rest_lapses(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    let contract = trade.at_price("60", "45.00");
    trade.approve(&submit(trade.who("lan"), &contract));
    assert_eq!(trade.stands(&deviation), "held");
    act(trade.who("lan"), &deviation, "revoke", json!({"reason": "作罢"}))
        .refuses(409, "price_deviation.not_revocable");
    trade.sign("lan", &contract);
    let used = trade.who("lan").get(&deviation).expect(200);
    assert_eq!((used.text("/status"), used.text("/holder/quantity")), ("used".into(), "60".into()));
    let again = trade.at_price("40", "45.00");
    act(trade.who("lan"), &again, "submit", json!({})).refuses(422, "sales_contract.price_deviates");
    let told = trade.company.boss.get("/api/v1/events?kinds=price_deviation.used").expect(200);
    assert_eq!(told.text("/data/0/facts/holder"), "SC-2026-000001");
}

fn a_deviation_used_in_parts_keeps_its_rest(app: App) {
    let trade = Trade::open(&app, "50.00");
    let mut asked = trade.deviation("100", "45.00");
    asked["mode"] = json!("draw_down");
    let deviation = trade.agreed(asked);
    let contract = trade.at_price("60", "45.00");
    trade.approve(&submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    let rest = trade.who("lan").get(&deviation).expect(200);
    assert_eq!((rest.text("/status"), rest.text("/quantity_left")), ("open".into(), "40".into()));
    let more = trade.at_price("41", "45.00");
    act(trade.who("lan"), &more, "submit", json!({})).refuses(422, "sales_contract.price_deviates");
    let last = trade.at_price("40", "45.00");
    trade.approve(&submit(trade.who("lan"), &last));
    trade.sign("lan", &last);
    assert_eq!(trade.stands(&deviation), "used");
}

/// What goes wrong elsewhere: a blocked price changed by deleting the line and adding it again (erpnext #52102).
fn a_line_that_was_deleted_and_entered_again_is_asked_for_again(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    let contract = trade.at_price("60", "45.00");
    let approval = submit(trade.who("lan"), &contract);
    crate::approval::act(trade.who("head"), &approval, "return", json!({"reason": "价格再议"})).expect(200);
    assert_eq!(trade.stands(&deviation), "open", "what goes back to be written anew lets go");
    let lan = trade.who("lan");
    let line = |price: &str| json!([{"product_id": trade.product, "quantity": "60", "price": yuan(price)}]);
    for price in ["44.99", "45.00"] {
        let version = lan.get(&contract).expect(200).version();
        lan.at(version).patch(&contract, json!({"lines": line(price)})).expect(200);
        let reply = act(lan, &contract, "submit", json!({}));
        if price == "45.00" {
            reply.expect(200);
        } else {
            reply.refuses(422, "sales_contract.price_deviates");
        }
    }
    assert_eq!(trade.stands(&deviation), "held");
}

fn a_contract_that_comes_to_nothing_lets_go(app: App) {
    let trade = Trade::open(&app, "50.00");
    let deviation = trade.deviates("100", "45.00");
    let refused = trade.at_price("60", "45.00");
    let approval = submit(trade.who("lan"), &refused);
    crate::approval::act(trade.who("head"), &approval, "reject", json!({"reason": "不做"})).expect(200);
    assert_eq!(trade.stands(&deviation), "open");
    let cancelled = trade.at_price("60", "45.00");
    trade.approve(&submit(trade.who("lan"), &cancelled));
    act(trade.who("lan"), &cancelled, "cancel", json!({"reason": "客户放弃"})).expect(200);
    assert_eq!(trade.stands(&deviation), "open");
}

fn a_deviation_expires_by_the_clock_but_not_while_it_is_held(app: App) {
    let mut trade = Trade::open(&app, "50.00");
    let (held, idle) = (trade.deviates("100", "45.00"), trade.deviates("5", "46.00"));
    let contract = trade.at_price("60", "45.00");
    let approval = submit(trade.who("lan"), &contract);
    assert_eq!(trade.who("lan").get(&idle).expect(200).text("/valid_to"), "2026-04-04");
    app.advance(Duration::days(31));
    trade.company.sign_in_again(&app);
    for _ in 0..2 {
        block_on(api::expire_price_deviations(&app.database)).expect("a sweep");
    }
    assert_eq!((trade.stands(&held), trade.stands(&idle)), ("held".into(), "expired".into()));
    crate::approval::act(trade.who("head"), &approval, "return", json!({"reason": "再议"})).expect(200);
    act(trade.who("lan"), &contract, "submit", json!({})).refuses(422, "sales_contract.price_deviates");
    block_on(api::expire_price_deviations(&app.database)).expect("a sweep");
    assert_eq!(trade.stands(&held), "expired");
    let told = trade.company.boss.get("/api/v1/events?kinds=price_deviation.expired").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(2));
}

fn a_deviation_is_changed_taken_back_given_up_and_revoked(app: App) {
    let trade = Trade::open(&app, "50.00");
    let lan = trade.who("lan");
    let place =
        lan.post(DEVIATIONS, trade.deviation("10", "49.00")).expect(201).header("location").expect("a place");
    let changed = lan.at(1).patch(&place, json!({"price": yuan("40.00")})).expect(200);
    assert_eq!(changed.text("/authority"), "general-manager", "20 % is beyond all bands");
    submit(lan, &place);
    assert_eq!(act(lan, &place, "withdraw", json!({})).expect(200).text("/status"), "withdrawn");
    assert_eq!(act(lan, &place, "void", json!({"reason": "不需要"})).expect(200).text("/status"), "void");
    let other = trade.deviates("10", "49.00");
    trade.who("ming").get(&other).refuses(404, "http.not_found");
    let revoked = act(trade.who("head"), &other, "revoke", json!({"reason": "价格已调整"})).expect(200);
    assert_eq!(
        (revoked.text("/status"), revoked.text("/status_reason")),
        ("revoked".into(), "价格已调整".into())
    );
    let listed =
        trade.who("head").get(&format!("{DEVIATIONS}?status=void,revoked&sort=created_at")).expect(200);
    assert_eq!(column(&listed.at("/data"), "number"), ["PV-2026-000001", "PV-2026-000002"]);
    let named = format!("{DEVIATIONS}?product_id={}&customer_id={}", trade.product, trade.customer);
    assert_eq!(trade.who("head").get(&named).expect(200).at("/data").as_array().map(Vec::len), Some(2));
}

fn what_is_wrong_with_a_deviation_is_said(app: App) {
    let trade = Trade::open(&app, "50.00");
    let lan = trade.who("lan");
    let refused =
        lan.post(DEVIATIONS, trade.deviation("10", "50.00")).refuses(422, "price_deviation.allowed_already");
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("PRI-2".into(), "004 §5.3".into()));
    lan.post(DEVIATIONS, trade.deviation("0", "45.00")).refuses(422, "quantity.not_positive");
    lan.post(DEVIATIONS, trade.deviation("10", "0.00")).refuses(422, "money.not_positive");
    let mut dollars = trade.deviation("10", "45.00");
    dollars["price"]["currency"] = json!("USD");
    lan.post(DEVIATIONS, dollars).refuses(422, "price_deviation.not_in_book_currency");
    let mut unknown = trade.deviation("10", "45.00");
    unknown["customer_id"] = json!(trade.product);
    lan.post(DEVIATIONS, unknown).refuses(422, "validation.unknown_reference");
}
