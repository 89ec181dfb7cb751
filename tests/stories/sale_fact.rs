//! What records show of a sale, so that nobody need say it: receptions, help that was agreed to, deals told by hand; and
//! what follows in the ledger of rewards and penalties. `[COM-2, COM-3, COM-4, COM-8, OWN-10]`

use crate::{
    expense_request::act,
    incentive_entry::ENTRIES,
    sales_contract::{Trade, id_in, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, column, stories};

stories! {
    help_that_was_agreed_to_at_the_reception_is_shared,
    who_came_only_to_sign_after_the_deposit_is_commended_once,
    whoever_received_anothers_visitor_knew_whose_they_were,
    a_violation_that_is_found_costs_whether_or_not_the_deal_comes_about,
    a_promise_costs_its_points_once_the_sale_is_attributed,
    a_deal_is_told_by_its_sale_alone,
    a_sale_takes_the_place_of_what_was_told_by_hand,
}

impl Trade {
    /// 小明 receives the customer of 兰兰's at the site for some minutes; whether she agreed to it, where she answered.
    #[track_caller]
    fn receives(&mut self, app: &App, agreed: Option<bool>, minutes: i64) {
        let site = json!({"code": "north", "name": "城北售楼处", "policy": "real-estate",
            "department_id": self.company.departments["marketing"]});
        let site = self.who("director").post("/api/v1/sites", site).expect(201).text("/id");
        let order = [self.company.id("lan"), self.company.id("ming")];
        let queue = json!({"site_id": site, "order": order});
        self.who("head").post("/api/v1/reception-queues", queue).expect(201);
        let visit = json!({"site_id": site, "visitor": "returning", "customer_id": self.customer});
        let begun = self.who("ming").post("/api/v1/receptions", visit).expect(201);
        let place = format!("/api/v1/receptions/{}", begun.text("/id"));
        if let Some(agreed) = agreed {
            let answer = if agreed { "agree" } else { "decline" };
            act(self.who("lan"), &place, answer, Value::Null).expect(200);
        }
        app.advance(Duration::minutes(minutes));
        self.company.sign_in_again(app);
        if agreed != Some(false) {
            act(self.who("ming"), &place, "end", json!({})).expect(200);
        }
    }

    /// The rule by which a contract is attributed, and with how many basis points each shares.
    #[track_caller]
    fn shared(&self, contract: &str) -> (String, Vec<(String, i64)>) {
        let sale = self.sale(contract);
        let parties = sale.at("/attribution/parties");
        let part = |part: &Value| {
            let name = part["employee"]["name"].as_str().unwrap_or_default().to_owned();
            (name, part["share_bp"].as_i64().unwrap_or_default())
        };
        let parties = parties.as_array().cloned().unwrap_or_default();
        (sale.text("/attribution/rule"), parties.iter().map(part).collect())
    }

    /// The entries of somebody in the ledger of rewards and penalties, by their status, the newest first.
    #[track_caller]
    fn entries(&self, name: &str) -> Vec<String> {
        column(&self.who(name).get(ENTRIES).expect(200).at("/data"), "status")
    }

    fn found(&self, name: &str, misdeed: &str, finding: &str) -> Value {
        json!({"kind": "violated", "employee_id": self.company.id(name), "misdeed": misdeed, "finding": finding})
    }
}

fn help_that_was_agreed_to_at_the_reception_is_shared(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    trade.receives(&app, Some(true), 30);
    let contract = trade.approved("ming", "1");
    trade.sign("ming", &contract);
    let shares = vec![("lan".to_owned(), 7_000), ("ming".to_owned(), 3_000)];
    assert_eq!(
        trade.shared(&contract),
        ("assistance".into(), shares),
        "nobody is asked what the record shows"
    );
}

fn who_came_only_to_sign_after_the_deposit_is_commended_once(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    let contract = trade.approved("ming", "1");
    let deposit = json!({"customer_id": trade.customer, "contract_id": id_in(&contract), "amount": yuan("50.00"),
        "received_on": "2026-03-05", "is_deposit": true, "taken_by_id": trade.company.id("lan")});
    trade.who("qian").post("/api/v1/receipts", deposit).expect(201);
    app.advance(Duration::minutes(5));
    trade.receives(&app, Some(true), 10);
    trade.sign("ming", &contract);
    assert_eq!(trade.shared(&contract), ("signature_only".into(), vec![("lan".into(), 10_000)]));
    let praised = trade.who("ming").get(ENTRIES).expect(200);
    assert_eq!(praised.at("/data").as_array().map(Vec::len), Some(1));
    assert_eq!(
        (praised.text("/data/0/incident_kind"), praised.at("/data/0/amount/points")),
        ("commission".into(), json!(5))
    );
    trade.receive(&contract, "61.00");
    assert_eq!(trade.entries("ming").len(), 1);
}

fn whoever_received_anothers_visitor_knew_whose_they_were(app: App) {
    let mut trade = Trade::open(&app, "111.00");
    trade.receives(&app, None, 25);
    let contract = trade.approved("ming", "1");
    trade.sign("ming", &contract);
    let held = trade.sale(&contract);
    assert_eq!(
        (held.text("/status"), held.text("/waits_for/0/misdeed")),
        ("held".into(), "knowingly".into()),
        "a reception of twenty-five minutes is deep, and it named the owner"
    );
    trade.tell("head", &contract, trade.found("ming", "knowingly", "upheld")).expect(200);
    assert_eq!(trade.shared(&contract), ("knowingly".into(), vec![("lan".into(), 10_000)]));
    assert_eq!(trade.entries("ming").len(), 2, "the fine and the points");
}

fn a_violation_that_is_found_costs_whether_or_not_the_deal_comes_about(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "1");
    trade.tell("head", &contract, trade.found("ming", "knowingly", "undecided")).expect(200);
    assert_eq!(trade.entries("ming"), Vec::<String>::new(), "nothing is taken before it is found");
    trade.tell("head", &contract, trade.found("ming", "knowingly", "upheld")).expect(200);
    let entries = trade.who("ming").get(ENTRIES).expect(200);
    let amounts: Vec<Value> = ["/data/0/amount", "/data/1/amount"].map(|at| entries.at(at)).to_vec();
    assert!(amounts.contains(&json!({"kind": "points", "points": -20})), "{amounts:?}");
    assert!(amounts.contains(&json!({"kind": "money", "amount": yuan("-300.00")})), "{amounts:?}");
    let shown = trade.who("head").get(&format!("{ENTRIES}/{}", entries.text("/data/0/id"))).expect(200);
    assert_eq!(
        (shown.text("/citation/rule"), shown.text("/citation/policy")),
        ("COM-8".into(), "commission-rules/company".into())
    );
    trade.tell("director", &contract, trade.found("ming", "knowingly", "upheld")).expect(200);
    assert_eq!(trade.entries("ming").len(), 2, "one incident once");
    trade.tell("head", &contract, trade.found("ming", "knowingly", "dismissed")).expect(200);
    assert_eq!(trade.entries("ming"), ["cancelled", "cancelled"], "and taken back with its cause");
    act(trade.who("lan"), &contract, "cancel", json!({"reason": "客户放弃"})).expect(200);
    trade.tell("head", &contract, trade.found("ming", "knowingly", "upheld")).expect(200);
    assert_eq!(
        trade.entries("ming").len(),
        4,
        "the deal came to nothing, the violation is found all the same"
    );
}

fn a_promise_costs_its_points_once_the_sale_is_attributed(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    trade.tell("head", &contract, trade.found("lan", "promise", "upheld")).expect(200);
    trade.sign("lan", &contract);
    trade.receive(&contract, "111.00");
    let entries = trade.who("lan").get(ENTRIES).expect(200);
    assert_eq!(entries.at("/data").as_array().map(Vec::len), Some(1), "no fine, points alone");
    assert_eq!(entries.at("/data/0/amount/points"), json!(-20));
    assert_eq!(trade.booked(&contract, None), ["1.11"], "the commission itself is cut on the sale");
}

fn a_deal_is_told_by_its_sale_alone(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "1");
    let place = format!("/api/v1/customers/{}/ownership/record-deal", trade.customer);
    let other = "00000000-0000-7000-8000-00000000dea1";
    let told =
        |deal: &str, step: &str| trade.who("head").post(&place, json!({"deal_id": deal, "step": step}));
    for step in ["deposited", "signed"] {
        let refused = told(other, step).refuses(409, "ownership.deal_of_a_sale");
        assert_eq!(refused.text("/params/number"), "SC-2026-000001");
    }
    told(&id_in(&trade.sale_of(&contract)), "fell_through").refuses(409, "ownership.deal_of_a_sale");
}

fn a_sale_takes_the_place_of_what_was_told_by_hand(app: App) {
    let trade = Trade::open(&app, "111.00");
    let ownership = format!("/api/v1/customers/{}/ownership", trade.customer);
    let deal = "00000000-0000-7000-8000-00000000dea1";
    let deposited = json!({"deal_id": deal, "step": "deposited"});
    trade.who("head").post(&format!("{ownership}/record-deal"), deposited).expect(200);
    trade.approved("lan", "1");
    let owned = trade.who("head").get(&ownership).expect(200);
    let open = ["/credits/0/is_open", "/credits/1/is_open"].map(|at| owned.at(at));
    assert_eq!(open, [json!(false), json!(true)], "the sale alone is open");
    assert_eq!(owned.text("/credits/0/deal_id"), deal);
}
