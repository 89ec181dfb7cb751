//! What a ruling settles of a sale: it comes out at exactly zero, and is booked whole once the commission is due.
//! `[COM-9, OWN-14]`

use crate::{
    duty::publish,
    expense_request::act,
    incentive_entry::ENTRIES,
    sales_contract::{Trade, yuan},
};
use serde_json::{Value, json};
use tests::{App, Reply, stories};

stories! {
    example_17_is_booked_with_the_ruling_once_the_commission_is_due_in_full,
    what_is_settled_is_what_the_sale_earns,
    a_later_settlement_takes_the_place_of_the_first,
    who_puts_much_in_is_for_the_general_manager,
    who_rules_where_much_is_put_in_is_said_by_the_rules,
    a_settlement_says_which_sale_it_is_about,
    what_is_paid_back_takes_its_part_of_every_line,
}

impl Trade {
    fn line(&self, kind: &str, who: Option<&str>, amount: &str) -> Value {
        let who = who.map(|name| self.company.id(name));
        json!({"kind": kind, "employee_id": who, "amount": yuan(amount), "purpose": "城北 3-1-502"})
    }

    /// The lines of worked example 17, as a ruling on a dispute says them.
    fn example_17(&self) -> Vec<Value> {
        vec![
            self.line("commission", None, "600.00"),
            self.line("contribution", None, "300.00"),
            self.line("fine", Some("lan"), "50.00"),
            self.line("award", Some("ming"), "300.00"),
            self.line("award", Some("lan"), "240.00"),
            self.line("fund", None, "410.00"),
        ]
    }

    #[track_caller]
    fn settle(&self, by: &str, contract: &str, lines: &[Value]) -> Reply {
        let body = json!({"reasons": "双方均有促成，按现场裁决清算", "lines": lines});
        act(self.who(by), &self.sale_of(contract), "settle", body)
    }
}

/// What is booked in all, in fen.
fn sum(app: &App) -> i64 {
    app.number("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS number FROM commission_entries")
}

/// Worked example 17, on a sale that the dispute held.
fn example_17_is_booked_with_the_ruling_once_the_commission_is_due_in_full(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    let dispute = trade.dispute();
    trade.sign("lan", &contract);
    trade.receive(&contract, "30000.00");
    trade.rule(&dispute, "ming", &[], &trade.example_17()).expect(200);
    assert_eq!(sum(&app), 0, "it waits until the commission is due in full");
    let settled = trade.sale(&contract);
    assert_eq!(settled.at("/settlement/is_booked"), json!(false));
    let pots: Vec<String> =
        (0..6).map(|line| settled.text(&format!("/settlement/lines/{line}/pot/amount"))).collect();
    assert_eq!(pots, ["600.00", "900.00", "950.00", "650.00", "410.00", "0.00"]);
    trade.receive(&contract, "30000.00");
    assert_eq!(trade.booked(&contract, Some("ming")), ["300.00"]);
    assert_eq!(trade.booked(&contract, Some("lan")), ["240.00"]);
    assert_eq!(
        trade.booked(&contract, None),
        ["-350.00", "410.00"],
        "the company puts in, the fund is given"
    );
    assert_eq!(sum(&app), 60_000, "together the commission, to the fen");
    assert_eq!(trade.sale(&contract).at("/settlement/is_booked"), json!(true));
    let entries = trade.who("lan").get(ENTRIES).expect(200);
    assert_eq!(
        (entries.text("/data/0/incident_kind"), entries.text("/data/0/amount/amount/amount")),
        ("ruling".into(), "-50.00".into())
    );
}

fn what_is_settled_is_what_the_sale_earns(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    let dispute = trade.dispute();
    let early = trade.rule(&dispute, "ming", &[], &trade.example_17()).refuses(409, "sale.settled_too_early");
    assert_eq!(early.text("/rule"), "COM-9");
    trade.sign("lan", &contract);
    let mut lines = trade.example_17();
    lines[0] = trade.line("commission", None, "500.00");
    lines[5] = trade.line("fund", None, "310.00");
    let refused = trade.rule(&dispute, "ming", &[], &lines).refuses(422, "settlement.unbalanced");
    assert_eq!(refused.text("/params/difference"), "100.00");
    assert_eq!(trade.sale(&contract).text("/status"), "held", "nothing was ruled");
    trade.rule(&dispute, "ming", &[], &trade.example_17()).expect(200);
}

fn a_later_settlement_takes_the_place_of_the_first(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    trade.receive(&contract, "60000.00");
    assert_eq!(trade.booked(&contract, Some("lan")), ["600.00"]);
    let share =
        |name: &str, bp: u32| json!({"kind": "award", "employee_id": trade.company.id(name), "share_bp": bp});
    let first = [
        trade.line("commission", None, "600.00"),
        trade.line("fine", Some("lan"), "50.00"),
        share("ming", 5_000),
        share("lan", 4_000),
        json!({"kind": "fund", "purpose": "团队基金"}),
    ];
    trade.settle("lan", &contract, &first).refuses(403, "http.forbidden");
    trade.settle("head", &contract, &first).expect(200);
    assert_eq!(trade.booked(&contract, Some("lan")), ["600.00", "-360.00"]);
    assert_eq!(trade.booked(&contract, Some("ming")), ["300.00"]);
    assert_eq!(trade.booked(&contract, None), ["-50.00", "110.00"]);
    let unsound = json!({"kind": "award", "share_bp": 5_000});
    trade.settle("head", &contract, &[unsound]).refuses(422, "settlement.line_unsound");
    let whole = [trade.line("commission", None, "600.00"), share("lan", 10_000)];
    trade.settle("director", &contract, &whole).expect(200);
    assert_eq!(trade.booked(&contract, Some("lan")), ["600.00", "-360.00", "360.00"]);
    assert_eq!(trade.booked(&contract, Some("ming")), ["300.00", "-300.00"]);
    assert_eq!(sum(&app), 60_000);
    let entries = trade.who("lan").get(ENTRIES).expect(200);
    assert_eq!(entries.text("/data/0/status"), "cancelled", "its fine is taken back with it");
}

fn who_puts_much_in_is_for_the_general_manager(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let lines = [
        trade.line("commission", None, "600.00"),
        trade.line("contribution", None, "1000.01"),
        json!({"kind": "fund", "purpose": "团队基金"}),
    ];
    let refused = trade.settle("director", &contract, &lines).refuses(403, "sale.settlement_above_limit");
    assert_eq!(refused.text("/params/limit"), "1000.00");
    trade.settle("gm", &contract, &lines).expect(200);
    let own = [trade.line("commission", None, "600.00"), trade.line("award", Some("head"), "600.00")];
    trade.settle("head", &contract, &own).refuses(422, "settlement.award_to_ruler");
}

/// `COM-9`, `REG-4`: the role is data of the rules; of a version before the sale closed.
fn who_rules_where_much_is_put_in_is_said_by_the_rules(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let mut rules: Value =
        serde_json::from_str(domain::sales::commission::SHIPPED_COMMISSION_RULES).expect("they read");
    rules["contributions_role"] = json!("");
    let boss = &trade.company.boss;
    let nobody = json!({"code": "commission-rules/company", "title": "佣金归属规则", "content": rules,
        "clause": "002 §5", "effective_from": "2026-03-05"});
    let draft = boss.post("/api/v1/policies", nobody).expect(201).header("location").expect("a place");
    let refused = boss.at(1).act(&format!("{draft}/publish")).refuses(422, "policy.unsound");
    assert!(refused.text("/errors/0/pointer").ends_with("/contributions_role"));
    rules["contributions_role"] = json!("marketing-director");
    publish(boss, "commission-rules/company", &rules, "2026-03-05");
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let lines = [
        trade.line("commission", None, "600.00"),
        trade.line("contribution", None, "1000.01"),
        json!({"kind": "fund", "purpose": "团队基金"}),
    ];
    let refused = trade.settle("head", &contract, &lines).refuses(403, "sale.settlement_above_limit");
    assert!(refused.text("/detail").contains("营销总监"), "{}", refused.text("/detail"));
    trade.settle("director", &contract, &lines).expect(200);
}

fn a_settlement_says_which_sale_it_is_about(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    for _ in 0..2 {
        let contract = trade.approved("lan", "1");
        trade.sign("lan", &contract);
    }
    let dispute = trade.dispute();
    trade.rule(&dispute, "ming", &[], &trade.example_17()).refuses(409, "sale.settles_which");
    trade.rule(&dispute, "ming", &[], &[]).expect(200);
}

fn what_is_paid_back_takes_its_part_of_every_line(app: App) {
    let trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    let dispute = trade.dispute();
    trade.sign("lan", &contract);
    let receipts: Vec<String> = ["30000.00", "30000.00"]
        .map(|half| trade.receive(&contract, half).header("location").expect("a place"))
        .to_vec();
    trade.rule(&dispute, "ming", &[], &trade.example_17()).expect(200);
    assert_eq!(sum(&app), 60_000, "all was paid already");
    act(trade.who("qian"), &receipts[1], "bounce", json!({"reason": "退票"})).expect(200);
    assert_eq!(trade.booked(&contract, Some("ming")), ["300.00", "-150.00"]);
    assert_eq!(trade.booked(&contract, None), ["-350.00", "410.00", "175.00", "-205.00"]);
    assert_eq!(sum(&app), 30_000);
}
