//! A sale that a dispute over its customer holds is released by the end of that, and judged by the ruling; what a ruling
//! settles is booked to the fen. `[OWN-14, COM-9, COM-10]`

use crate::{expense_request::act, sales_contract::Trade};
use serde_json::{Value, json};
use tests::{App, Reply, column, stories};

stories! {
    a_ruling_for_the_old_owner_releases_what_was_held,
    a_ruling_for_another_moves_credit_and_commission,
    a_ruling_that_shares_is_the_split,
    a_dispute_that_is_withdrawn_leaves_the_sale_to_the_rules,
    a_ruling_leaves_what_else_is_undecided_and_its_cut_stays,
    a_ruling_of_before_the_signature_holds_for_the_deal,
    what_was_attributed_before_the_dispute_stays,
}

const DISPUTES: &str = "/api/v1/ownership-disputes";

impl Trade {
    /// 小明 disputes the customer of 兰兰's, and both are heard; its place.
    #[track_caller]
    pub fn dispute(&self) -> String {
        let body = json!({"customer_id": self.customer, "claim": "客户上周已由我接待"});
        let opened = self.who("ming").post(DISPUTES, body).expect(201);
        let place = format!("{DISPUTES}/{}", opened.text("/id"));
        for (name, said) in [("ming", "有通话记录"), ("lan", "有来访登记")] {
            act(self.who(name), &place, "add-evidence", json!({"content": said})).expect(200);
        }
        act(self.who("head"), &place, "mediate", json!({"note": "未达成一致"})).expect(200);
        place
    }

    /// The head rules for somebody, with shares where some are named, and what is settled.
    #[track_caller]
    pub fn rule(&self, dispute: &str, owner: &str, shares: &[(&str, u32)], settlement: &[Value]) -> Reply {
        let share = |(name, bp): &(&str, u32)| json!({"employee_id": self.company.id(name), "bp": bp});
        let shares: Vec<Value> = shares.iter().map(share).collect();
        let ruling = json!({"owner_id": self.company.id(owner), "shares": shares, "reasons": "第一接触在先",
            "settlement": settlement});
        act(self.who("head"), dispute, "rule", ruling)
    }

    /// A contract of 兰兰's that is signed and paid while the customer is disputed; it, and the dispute.
    #[track_caller]
    fn held(&self) -> (String, String) {
        self.pays(100);
        let contract = self.approved("lan", "1");
        let dispute = self.dispute();
        self.sign("lan", &contract);
        self.receive(&contract, "100.00");
        let sale = self.sale(&contract);
        assert_eq!((sale.text("/status"), sale.text("/waits_for/0/kind")), ("held".into(), "dispute".into()));
        assert_eq!(sale.at("/commission"), json!([]));
        (contract, dispute)
    }

    /// The rule, and whom the sale counts for as it stands.
    #[track_caller]
    fn judged(&self, contract: &str) -> (String, Vec<String>) {
        let sale = self.sale(contract);
        assert_eq!((sale.text("/status"), sale.at("/waits_for")), ("closed".into(), json!([])));
        let credit = sale.at("/attribution/credit");
        let names = credit.as_array().cloned().unwrap_or_default();
        let named = names.iter().map(|one| one["employee"]["name"].as_str().unwrap_or_default().to_owned());
        (sale.text("/attribution/rule"), named.collect())
    }
}

fn a_ruling_for_the_old_owner_releases_what_was_held(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (contract, dispute) = trade.held();
    let owed = || {
        let path = "/api/v1/duties?rule_code=duty-rule/held-sale";
        column(&trade.who("head").get(path).expect(200).at("/data"), "status")
    };
    assert_eq!(owed(), ["open"]);
    trade.rule(&dispute, "lan", &[], &[]).expect(200);
    assert_eq!(trade.judged(&contract), ("ruling".into(), vec!["lan".into()]));
    assert_eq!(trade.booked(&contract, Some("lan")), ["1.00"]);
    assert_eq!(owed(), ["on_time"]);
    let sale = trade.sale(&contract);
    assert_eq!(sale.text("/attribution/citation/rule"), "OWN-14");
    let counted: Vec<Value> = ["/credits/0", "/credits/1", "/credits/2"]
        .map(|place| sale.at(&format!("{place}/employee/name")))
        .to_vec();
    assert_eq!(
        counted,
        [Value::Null, Value::Null, json!("lan")],
        "taken back from the department, counted for her"
    );
}

fn a_ruling_for_another_moves_credit_and_commission(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (contract, dispute) = trade.held();
    trade.rule(&dispute, "ming", &[], &[]).expect(200);
    assert_eq!(trade.judged(&contract), ("ruling".into(), vec!["ming".into()]));
    assert_eq!(trade.booked(&contract, Some("ming")), ["1.00"]);
    assert_eq!(trade.booked(&contract, Some("lan")), Vec::<String>::new());
    assert_eq!(trade.sale(&contract).text("/owner/name"), "ming");
    let path = format!("/api/v1/customers/{}/ownership", trade.customer);
    let owned = trade.who("head").get(&path).expect(200);
    assert_eq!(
        (owned.text("/credits/0/owner/name"), owned.at("/credits/0/is_frozen")),
        ("ming".into(), json!(true))
    );
}

fn a_ruling_that_shares_is_the_split(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (contract, dispute) = trade.held();
    trade.rule(&dispute, "ming", &[("ming", 7_000), ("lan", 3_000)], &[]).expect(200);
    assert_eq!(trade.judged(&contract), ("ruling".into(), vec!["ming".into()]));
    assert_eq!(trade.booked(&contract, Some("ming")), ["0.70"]);
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.30"]);
}

fn a_dispute_that_is_withdrawn_leaves_the_sale_to_the_rules(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (contract, dispute) = trade.held();
    act(trade.who("ming"), &dispute, "withdraw", json!({"reason": "核对后无异议"})).expect(200);
    assert_eq!(trade.judged(&contract), ("plain".into(), vec!["lan".into()]));
    assert_eq!(trade.booked(&contract, Some("lan")), ["1.00"]);
}

fn a_ruling_leaves_what_else_is_undecided_and_its_cut_stays(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (contract, dispute) = trade.held();
    let mut hint = json!({"kind": "violated", "employee_id": trade.company.id("lan"), "misdeed": "hint",
        "finding": "undecided"});
    trade.tell("head", &contract, hint.clone()).expect(200);
    trade.rule(&dispute, "lan", &[], &[]).expect(200);
    let sale = trade.sale(&contract);
    assert_eq!((sale.text("/status"), sale.text("/waits_for/0/kind")), ("held".into(), "violation".into()));
    let again = trade.dispute();
    assert_eq!(
        trade.sale(&contract).text("/waits_for/0/kind"),
        "dispute",
        "another dispute holds what is held"
    );
    hint["finding"] = json!("upheld");
    trade.tell("head", &contract, hint).expect(200);
    assert_eq!(trade.sale(&contract).text("/status"), "held");
    act(trade.who("ming"), &again, "withdraw", json!({"reason": "重复提出"})).expect(200);
    assert_eq!(trade.judged(&contract), ("ruling".into(), vec!["lan".into()]));
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.50"]);
    assert_eq!(trade.booked(&contract, None), ["0.50"]);
}

fn a_ruling_of_before_the_signature_holds_for_the_deal(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    let dispute = trade.dispute();
    trade.rule(&dispute, "ming", &[], &[]).expect(200);
    trade.sign("lan", &contract);
    assert_eq!(trade.judged(&contract), ("ruling".into(), vec!["ming".into()]), "whoever took the signature");
}

fn what_was_attributed_before_the_dispute_stays(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let dispute = trade.dispute();
    trade.rule(&dispute, "ming", &[], &[]).expect(200);
    trade.receive(&contract, "100.00");
    assert_eq!(trade.judged(&contract), ("plain".into(), vec!["lan".into()]));
    assert_eq!(trade.booked(&contract, Some("lan")), ["1.00"]);
}
