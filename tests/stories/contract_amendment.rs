//! Contracts amended and terminated: by the higher chain, in force with their approval, never below what was performed; what one said
//! before is read as of a day. `[CON-3]`

use crate::{
    approval::waiting,
    expense_request::{act, submit},
    sales_contract::{Trade, id_in, yuan},
    sales_order::{ORDERS, order_body},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, block_on, column, race, records, stories};

stories! {
    an_amendment_is_reviewed_by_the_higher_value_and_in_force_with_its_approval,
    nobody_amends_below_what_was_shipped_and_kept,
    what_was_collected_beyond_an_amended_contract_goes_back,
    a_price_that_the_contract_did_not_have_is_asked_for,
    a_termination_settles_what_was_shipped_collected_and_owed,
    what_was_terminated_before_anything_was_shipped_comes_to_nothing,
    of_two_amendments_handed_in_at_once_one_waits,
    what_is_wrong_with_an_amendment_is_said,
}

records! {
    "/api/v1/contract-amendments/{id}" => an_amendment,
}

const AMENDMENTS: &str = "/api/v1/contract-amendments";

fn an_amendment(made: &Records<'_>) -> String {
    let (product, contract) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/sales-contracts/{id}"));
    made.post("lan", "/api/v1/contract-amendments/{id}", amend(&contract, &product, "2", "111.00"))
}

fn amend(contract: &str, product: &str, quantity: &str, price: &str) -> Value {
    json!({"contract_id": contract, "grounds": "客户调整数量",
        "lines": [{"product_id": product, "quantity": quantity, "price": yuan(price)}]})
}

impl Trade {
    /// A signed contract of 兰兰's.
    #[track_caller]
    fn signed(&self, quantity: &str) -> String {
        let contract = self.approved("lan", quantity);
        self.sign("lan", &contract);
        contract
    }

    /// An amendment of 兰兰's, drafted; its place.
    #[track_caller]
    fn drafts_amendment(&self, body: Value) -> String {
        self.who("lan").post(AMENDMENTS, body).expect(201).header("location").expect("a place")
    }

    /// The same, in force.
    #[track_caller]
    fn amends(&self, body: Value) -> Reply {
        let place = self.drafts_amendment(body);
        self.approve(&submit(self.who("lan"), &place));
        let shown = self.who("lan").get(&place).expect(200);
        assert_eq!(shown.text("/status"), "in_force", "{shown}");
        shown
    }

    fn amended(&self, contract: &str, quantity: &str, price: &str) -> Value {
        amend(&id_in(contract), &self.product, quantity, price)
    }

    /// An order under a contract, approved.
    #[track_caller]
    fn ordered_under(&self, contract: &str, quantity: &str) -> String {
        let mut body = order_body(&self.customer, &self.product, quantity, "100.00");
        body["contract_id"] = json!(id_in(contract));
        let place = self.who("lan").post(ORDERS, body).expect(201).header("location").expect("a place");
        self.approve(&submit(self.who("lan"), &place));
        place
    }

    #[track_caller]
    fn takes_back(&self, order: &str, quantity: &str) {
        let back = json!({"lines": [{"line": 1, "quantity": quantity}]});
        act(self.who("head"), order, "return-goods", back).expect(200);
    }
}

/// What is booked of commission in all, in fen.
fn booked(app: &App) -> i64 {
    app.number("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS number FROM commission_entries")
}

fn an_amendment_is_reviewed_by_the_higher_value_and_in_force_with_its_approval(app: App) {
    let mut trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.signed("1");
    trade.receive(&contract, "60000.00");
    assert_eq!(booked(&app), 60_000);
    app.advance(Duration::days(5));
    trade.company.sign_in_again(&app);
    let place = trade.drafts_amendment(trade.amended(&contract, "2", "60000.00"));
    let approval = submit(trade.who("lan"), &place);
    assert_eq!(waiting(&trade.company, &approval), ["head"]);
    crate::expense_claim::approve(&trade.company, "head", &approval).expect(200);
    assert_ne!(waiting(&trade.company, &approval), [""; 0], "by what it would come to, above 100,000");
    let untouched = trade.who("lan").get(&contract).expect(200);
    assert_eq!((untouched.text("/total/amount"), untouched.at("/revision")), ("60000.00".into(), json!(1)));
    trade.approve(&approval);
    let now = trade.who("lan").get(&contract).expect(200);
    assert_eq!((now.text("/total/amount"), now.at("/revision")), ("120000.00".into(), json!(2)));
    assert_eq!(now.text("/lines/0/quantity"), "2");
    let sale = trade.sale(&contract);
    assert_eq!((sale.text("/total/amount"), sale.text("/due/amount")), ("120000.00".into(), "600.00".into()));
    let days = column(&sale.at("/credits"), "on");
    assert_eq!(
        (days.first().map(String::as_str), days.last().map(String::as_str)),
        (Some("2026-03-05"), Some("2026-03-10"))
    );
    let effect = trade.who("head").get(&place).expect(200);
    assert_eq!(
        ["total_before", "total", "collected", "owed"]
            .map(|name| effect.text(&format!("/effect/{name}/amount"))),
        ["60000.00", "120000.00", "60000.00", "60000.00"]
    );
    let as_of = |day: &str| trade.who("lan").get(&format!("{contract}?as_of={day}"));
    for (day, total, revision) in
        [("2026-03-05", "60000.00", 1), ("2026-03-09", "60000.00", 1), ("2026-03-10", "120000.00", 2)]
    {
        let then = as_of(day).expect(200);
        assert_eq!(
            (then.text("/total/amount"), then.at("/revision")),
            (total.into(), json!(revision)),
            "{day}"
        );
    }
    as_of("2026-03-04").refuses(409, "sales_contract.not_in_force");
    trade.receive(&contract, "60000.00");
    assert_eq!(booked(&app), 120_000, "the whole is earned once the whole is paid");
    // Down again: by what it came to before.
    let place = trade
        .drafts_amendment(json!({"contract_id": id_in(&contract), "grounds": "客户减单", "refunds": true,
        "lines": [{"product_id": trade.product, "quantity": "1", "price": yuan("60000.00")}]}));
    let approval = submit(trade.who("lan"), &place);
    crate::expense_claim::approve(&trade.company, "head", &approval).expect(200);
    assert_ne!(waiting(&trade.company, &approval), [""; 0], "by what it comes to now, above 100,000");
}

fn nobody_amends_below_what_was_shipped_and_kept(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.signed("5");
    let order = trade.ordered_under(&contract, "4");
    trade.delivered(&order, "4");
    trade.takes_back(&order, "1");
    let place = trade.drafts_amendment(trade.amended(&contract, "2", "100.00"));
    let refused = act(trade.who("lan"), &place, "submit", json!({}));
    let refused = refused.refuses(409, "contract_amendment.below_shipped");
    assert_eq!((refused.text("/params/shipped"), refused.text("/params/quantity")), ("3".into(), "2".into()));
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("CON-3".into(), "003 销售合同管理".into()));
    let preview = trade.who("lan").get(&format!("{place}/approval-preview")).expect(200);
    assert_eq!(preview.text("/refusal/code"), "contract_amendment.below_shipped");
    act(trade.who("lan"), &place, "void", json!({"reason": "重新填报"})).expect(200);
    trade.amends(trade.amended(&contract, "3", "100.00"));
    assert_eq!(
        trade.sale(&contract).text("/total/amount"),
        "300.00",
        "what came back before is counted once"
    );
    trade.takes_back(&order, "1");
    assert_eq!(trade.sale(&contract).text("/total/amount"), "200.00");
}

fn what_was_collected_beyond_an_amended_contract_goes_back(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.signed("3");
    trade.receive(&contract, "300.00");
    let mut body = trade.amended(&contract, "1", "100.00");
    let place = trade.drafts_amendment(body.clone());
    let refused = act(trade.who("lan"), &place, "submit", json!({}));
    let refused = refused.refuses(409, "contract_amendment.below_collected");
    assert_eq!(
        (refused.text("/params/total"), refused.text("/params/collected")),
        ("100.00".into(), "300.00".into())
    );
    act(trade.who("lan"), &place, "void", json!({"reason": "重新填报"})).expect(200);
    body["refunds"] = json!(true);
    let effect = trade.amends(body);
    assert_eq!(booked(&app), 100, "credit and commission follow on that day, before the money goes back");
    let refund = format!("/api/v1/refunds/{}", effect.text("/effect/refund_id"));
    let shown = trade.who("qian").get(&refund).expect(200);
    assert_eq!((shown.text("/status"), shown.text("/amount/amount")), ("approved".into(), "200.00".into()));
    trade.who("qian").post(&format!("{refund}/pay"), json!({"reference": "P-1"})).expect(200);
    assert_eq!(booked(&app), 100);
    let net = app.number("SELECT CAST(SUM(net_minor) AS BIGINT) AS number FROM credit_entries");
    assert_eq!(net, 8_850, "of what remains");
    assert_eq!(
        trade.receive(&contract, "50.00").text("/unallocated/amount"),
        "50.00",
        "it takes no more than it comes to"
    );
    let verify = |reader: &mut persistence::spine::Reader<'_>| {
        let figures = persistence::sales::counted_figure::verify(reader)?;
        Ok((figures.differences.len(), persistence::sales::sale::ledger::verify(reader)?.len()))
    };
    let read = app.database.read(persistence::spine::Request::system("story"), verify);
    assert_eq!(block_on(read).expect("a report"), (0, 0), "counted anew it is the same");
}

fn a_price_that_the_contract_did_not_have_is_asked_for(app: App) {
    let trade = Trade::open(&app, "50.00");
    let contract = trade.signed("10");
    let place = trade.drafts_amendment(trade.amended(&contract, "10", "45.00"));
    act(trade.who("lan"), &place, "submit", json!({})).refuses(422, "sales_contract.price_deviates");
    let deviation = trade.deviates("10", "45.00");
    trade.approve(&submit(trade.who("lan"), &place));
    assert_eq!(trade.who("lan").get(&contract).expect(200).text("/total/amount"), "450.00");
    let used = trade.who("lan").get(&deviation).expect(200);
    assert_eq!(
        (used.text("/status"), used.text("/holder/kind")),
        ("used".into(), "contract_amendment".into())
    );
    // What the contract says of a price holds for more of it.
    trade.amends(trade.amended(&contract, "20", "45.00"));
    assert_eq!(trade.who("lan").get(&contract).expect(200).at("/revision"), json!(3));
}

fn a_termination_settles_what_was_shipped_collected_and_owed(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.signed("5");
    let order = trade.ordered_under(&contract, "4");
    trade.delivered(&order, "2");
    trade.receive(&contract, "300.00");
    let end =
        json!({"contract_id": id_in(&contract), "kind": "terminate", "grounds": "客户停产", "refunds": true});
    let place = trade.drafts_amendment(end.clone());
    let refused = act(trade.who("lan"), &place, "submit", json!({}));
    assert_eq!(
        refused.refuses(409, "contract_amendment.orders_open").text("/params/number"),
        trade.order(&order).text("/number")
    );
    act(trade.who("lan"), &order, "cut-short", json!({"line": 1, "reason": "合同终止"})).expect(200);
    trade.approve(&submit(trade.who("lan"), &place));
    let effect = trade.who("lan").get(&place).expect(200);
    assert_eq!(
        ["total_before", "total", "collected", "owed"]
            .map(|name| effect.text(&format!("/effect/{name}/amount"))),
        ["500.00", "200.00", "300.00", "0.00"]
    );
    let ended = trade.who("lan").get(&contract).expect(200);
    assert_eq!((ended.text("/status"), ended.text("/ended_on")), ("terminated".into(), "2026-03-05".into()));
    assert_eq!(trade.sale(&contract).text("/total/amount"), "200.00");
    assert_eq!(booked(&app), 200);
    let refund = format!("/api/v1/refunds/{}/pay", effect.text("/effect/refund_id"));
    trade.who("qian").post(&refund, json!({"reference": "P-1"})).expect(200);
    assert_eq!(trade.who("lan").get(&contract).expect(200).text("/collected/amount"), "200.00");
    let mut body = order_body(&trade.customer, &trade.product, "1", "100.00");
    body["contract_id"] = json!(id_in(&contract));
    trade.who("lan").post(ORDERS, body).refuses(409, "sales_order.contract_not_signed");
    let again = trade.drafts_amendment(end);
    act(trade.who("lan"), &again, "submit", json!({})).refuses(409, "contract_amendment.not_signed");
    // What comes back after that comes off what was shipped.
    trade.takes_back(&order, "1");
    assert_eq!(trade.sale(&contract).text("/total/amount"), "100.00");
    assert_eq!(booked(&app), 100);
}

fn what_was_terminated_before_anything_was_shipped_comes_to_nothing(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.signed("3");
    trade.receive(&contract, "100.00");
    let end =
        json!({"contract_id": id_in(&contract), "kind": "terminate", "grounds": "客户放弃", "refunds": true});
    trade.amends(end);
    assert_eq!(trade.sale(&contract).text("/total/amount"), "0.00");
    let sums = "SELECT CAST(SUM(net_minor) + SUM(quantity) AS BIGINT) AS number FROM credit_entries";
    assert_eq!((app.number(sums), booked(&app)), (0, 0), "credit and commission are taken back whole");
    let open =
        trade.who("lan").get(&format!("/api/v1/instalments?contract_id={}", id_in(&contract))).expect(200);
    assert_eq!(column(&open.at("/data"), "status"), ["dropped"]);
    let told = trade.company.boss.get("/api/v1/events?kinds=sales_contract.ended").expect(200);
    assert_eq!(told.at("/data").as_array().map(Vec::len), Some(1));
}

fn of_two_amendments_handed_in_at_once_one_waits(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.signed("3");
    for _ in 0..5 {
        let places =
            ["4", "5"].map(|quantity| trade.drafts_amendment(trade.amended(&contract, quantity, "100.00")));
        let submitter = |place: &String| {
            let (by, path) = (trade.who("lan").quietly().at(1), format!("{place}/submit"));
            Box::new(move || by.post(&path, json!({}))) as Box<dyn FnOnce() -> Reply + Send>
        };
        let answers = race(places.iter().map(submitter).collect());
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let won = usize::from(answers[1].status == 200);
        assert_eq!(answers[1 - won].code(), "contract_amendment.another_pending");
        act(trade.who("lan"), &places[won], "withdraw", json!({})).expect(200);
    }
}

fn what_is_wrong_with_an_amendment_is_said(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (lan, contract) = (trade.who("lan"), trade.approved("lan", "3"));
    let place = trade.drafts_amendment(trade.amended(&contract, "4", "100.00"));
    act(lan, &place, "submit", json!({})).refuses(409, "contract_amendment.not_signed");
    trade.sign("lan", &contract);
    lan.post(AMENDMENTS, trade.amended(&contract, "0", "100.00")).refuses(422, "quantity.not_positive");
    lan.post(AMENDMENTS, trade.amended(&contract, "1", "0.00")).refuses(422, "money.not_positive");
    let mut dollars = trade.amended(&contract, "1", "100.00");
    dollars["lines"][0]["price"]["currency"] = json!("USD");
    lan.post(AMENDMENTS, dollars).refuses(422, "sales_contract.not_in_book_currency");
    let mut ending = trade.amended(&contract, "1", "100.00");
    ending["kind"] = json!("terminate");
    lan.post(AMENDMENTS, ending).refuses(422, "contract_amendment.lines_of_termination");
    trade
        .who("ming")
        .post(AMENDMENTS, trade.amended(&contract, "1", "100.00"))
        .refuses(422, "validation.unknown_reference");
    let version = lan.get(&place).expect(200).version();
    lan.at(version).patch(&place, trade.amended(&contract, "3", "100.00")).expect(200);
    act(lan, &place, "submit", json!({})).refuses(422, "contract_amendment.nothing_changed");
    let version = lan.get(&place).expect(200).version();
    let mut whole = trade.amended(&contract, "3", "100.00");
    whole["discount"] = yuan("300.00");
    lan.at(version).patch(&place, whole).expect(200);
    act(lan, &place, "submit", json!({})).refuses(422, "sales_contract.discount_beyond_lines");
    let listed = trade
        .who("head")
        .get(&format!("{AMENDMENTS}?status=draft&kind=amend&contract_id={}", id_in(&contract)));
    assert_eq!(column(&listed.expect(200).at("/data"), "number"), ["SA-2026-000001"]);
}
