//! Whom a sale counts for and who shares its commission: the worked examples of the specification over HTTP. `[COM-1 … COM-10]`

use crate::{
    duty::publish,
    expense_request::act,
    sales_contract::{Trade, id_in, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, column, records, stories};

stories! {
    example_9_a_plain_sale_pays_its_owner_as_money_comes_in,
    example_11_a_hint_to_ones_own_customer_costs_half_and_the_odd_fen_stays,
    example_12_who_looked_the_owner_up_is_held_until_the_violation_is_confirmed,
    example_13_a_blank_answer_is_a_question_to_the_manager,
    example_14_a_complaint_after_the_signature_moves_nothing,
    example_15_marginal_tiers_rate_each_sale_in_the_order_of_closing,
    help_by_arrangement_is_shared_and_the_credit_stays,
    a_ruling_comes_first_and_must_be_whole,
    whoever_has_a_part_cannot_answer_and_an_answer_is_given_once,
    what_sales_count_for_is_seen_by_who_may_and_by_day,
    the_customer_learns_of_the_deal_by_the_sale,
}

records! {
    "/api/v1/sales/{id}" => a_sale,
}

fn a_sale(made: &Records<'_>) -> String {
    let contract = made.place("/api/v1/sales-contracts/{id}");
    let product = made.id("/api/v1/products/{id}");
    let director = made.company.who("director");
    let lists = director.get("/api/v1/price-lists").expect(200).at("/data");
    let of_yuan = lists.as_array().and_then(|all| all.iter().find(|list| list["currency"] == "CNY").cloned());
    let list = match of_yuan {
        Some(list) => format!("/api/v1/price-lists/{}", list["id"].as_str().unwrap_or_default()),
        None => {
            let body = json!({"name": "人民币价目表", "currency": "CNY"});
            director.post("/api/v1/price-lists", body).expect(201).header("location").expect("a place")
        }
    };
    let price = json!({"amount": "111.00", "currency": "CNY"});
    let terms = json!({"product_id": product, "valid_from": "2026-01-01", "price": price});
    act(director, &list, "change-prices", json!({"edits": [{"terms": terms}]})).expect(200);
    let lan = made.company.who("lan");
    let approval = crate::expense_request::submit(lan, &contract);
    crate::expense_claim::approve(made.company, "head", &approval).expect(200);
    lan.get(&format!("/api/v1/sales?contract_id={}", id_in(&contract))).expect(200).text("/data/0/id")
}

impl Trade {
    /// The place of the sale of a contract.
    #[track_caller]
    pub fn sale_of(&self, contract: &str) -> String {
        let path = format!("/api/v1/sales?contract_id={}", id_in(contract));
        format!("/api/v1/sales/{}", self.who("head").get(&path).expect(200).text("/data/0/id"))
    }

    #[track_caller]
    pub fn sale(&self, contract: &str) -> Reply {
        self.who("head").get(&self.sale_of(contract)).expect(200)
    }

    #[track_caller]
    pub fn tell(&self, by: &str, contract: &str, fact: Value) -> Reply {
        let body = json!({"fact": fact, "evidence": "接待登记表第 3 页"});
        act(self.who(by), &self.sale_of(contract), "tell-fact", body)
    }

    /// What is booked for somebody of a contract, entry by entry; for the company where nobody is named.
    #[track_caller]
    pub fn booked(&self, contract: &str, name: Option<&str>) -> Vec<String> {
        let entries = self.sale(contract).at("/commission");
        let entries = entries.as_array().cloned().unwrap_or_default();
        let mine = entries.iter().filter(|entry| entry["employee"]["name"].as_str() == name);
        mine.map(|entry| entry["amount"]["amount"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Who shares the commission of a contract, with how many basis points; who it counts for; the rule.
    #[track_caller]
    fn split(&self, contract: &str) -> (Vec<(String, i64)>, Vec<String>, String) {
        let sale = self.sale(contract);
        let named = |list: Value| {
            let list = list.as_array().cloned().unwrap_or_default();
            let part = |part: &Value| {
                let name = part["employee"]["name"].as_str().unwrap_or_default().to_owned();
                (name, part["share_bp"].as_i64().unwrap_or_default())
            };
            list.iter().map(part).collect::<Vec<_>>()
        };
        let credit = named(sale.at("/attribution/credit")).into_iter().map(|(name, _)| name).collect();
        (named(sale.at("/attribution/parties")), credit, sale.text("/attribution/rule"))
    }

    /// A contract of 小明's with the customer of 兰兰's, approved.
    #[track_caller]
    fn by_ming(&self) -> String {
        self.approved("ming", "3")
    }

    fn quoted(&self) -> Value {
        json!({"kind": "quoted", "employee_id": self.company.id("ming")})
    }
}

fn parts(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(name, bp)| ((*name).to_owned(), *bp)).collect()
}

/// Worked example 9.
fn example_9_a_plain_sale_pays_its_owner_as_money_comes_in(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let contract = trade.approved("lan", "3");
    trade.receive(&contract, "111.00");
    assert_eq!(trade.booked(&contract, Some("lan")), Vec::<String>::new(), "nothing before it is signed");
    trade.sign("lan", &contract);
    trade.receive(&contract, "111.00");
    let last = trade.receive(&contract, "111.00").header("location").expect("a place");
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.33", "0.34", "0.33"]);
    assert_eq!(trade.split(&contract), (parts(&[("lan", 10_000)]), vec!["lan".into()], "plain".into()));
    let sale = trade.sale(&contract);
    assert_eq!(sale.text("/attribution/citation/policy"), "commission-rules/company");
    assert_eq!(sale.text("/attribution/citation/rule"), "COM-1");
    assert_eq!(sale.at("/attribution/did_not_hold").as_array().map(Vec::len), Some(8));
    act(trade.who("qian"), &last, "bounce", json!({"reason": "退票"})).expect(200);
    assert_eq!(trade.booked(&contract, Some("lan")).last().map(String::as_str), Some("-0.33"));
    let why = trade.who("head").get(&trade.sale_of(&contract)).expect(200);
    assert_eq!(why.text("/due/amount"), "0.67");
}

/// Worked example 11.
fn example_11_a_hint_to_ones_own_customer_costs_half_and_the_odd_fen_stays(app: App) {
    let trade = Trade::open(&app, "800.01");
    trade.pays(10_000);
    let contract = trade.approved("lan", "1");
    let hint = json!({"kind": "violated", "employee_id": trade.company.id("lan"), "misdeed": "hint",
        "finding": "undecided"});
    trade.tell("head", &contract, hint.clone()).expect(200);
    trade.sign("lan", &contract);
    trade.receive(&contract, "800.01");
    let held = trade.sale(&contract);
    assert_eq!((held.text("/status"), held.text("/waits_for/0/misdeed")), ("held".into(), "hint".into()));
    let mut upheld = hint;
    upheld["finding"] = json!("upheld");
    trade.tell("head", &contract, upheld).expect(200);
    assert_eq!(trade.booked(&contract, Some("lan")), ["400.01"]);
    assert_eq!(trade.booked(&contract, None), ["400.00"]);
    assert_eq!(trade.sale(&contract).at("/attribution/incidents/0/points"), json!(-20));
}

/// Worked example 12.
fn example_12_who_looked_the_owner_up_is_held_until_the_violation_is_confirmed(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let seen = trade
        .who("ming")
        .post("/api/v1/customers/look-up", json!({"kind": "person", "phone": "13812345678"}))
        .expect(200);
    assert_eq!(seen.text("/matches/0/owner"), "lan");
    app.advance(Duration::minutes(10));
    let contract = trade.by_ming();
    trade.tell("head", &contract, trade.quoted()).expect(200);
    trade.sign("ming", &contract);
    trade.receive(&contract, "333.00");
    let held = trade.sale(&contract);
    assert_eq!(
        (held.text("/status"), held.text("/waits_for/0/misdeed")),
        ("held".into(), "knowingly".into())
    );
    assert_eq!(held.at("/credits/0/employee"), Value::Null, "the department's alone");
    let knowingly = json!({"kind": "violated", "employee_id": trade.company.id("ming"), "misdeed": "knowingly",
        "finding": "upheld"});
    trade.tell("head", &contract, knowingly).expect(200);
    assert_eq!(trade.split(&contract), (parts(&[("lan", 10_000)]), vec!["lan".into()], "knowingly".into()));
    let sale = trade.sale(&contract);
    assert_eq!(sale.text("/attribution/incidents/0/employee/name"), "ming");
    assert_eq!(sale.text("/attribution/incidents/0/fine/amount"), "300.00");
    assert_eq!(sale.at("/attribution/incidents/0/points"), json!(-20));
    assert_eq!(trade.booked(&contract, Some("lan")), ["1.00"]);
}

/// Worked example 13.
fn example_13_a_blank_answer_is_a_question_to_the_manager(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let contract = trade.by_ming();
    trade.tell("head", &contract, trade.quoted()).expect(200);
    trade.sign("ming", &contract);
    let held = trade.sale(&contract);
    assert_eq!(
        (held.text("/status"), held.text("/waits_for/0/question")),
        ("held".into(), "did_they_know".into())
    );
    assert_eq!(held.text("/waits_for/0/employee/name"), "ming");
    let waiting = trade.who("head").get("/api/v1/sales?status=held").expect(200).at("/data");
    assert_eq!(column(&waiting, "number"), ["SC-2026-000001"]);
    let owed = || {
        let path = "/api/v1/duties?rule_code=duty-rule/held-sale";
        column(&trade.who("head").get(path).expect(200).at("/data"), "status")
    };
    assert_eq!(owed(), ["open"], "whoever leads owes the answer");
    trade.receive(&contract, "111.00");
    assert_eq!(trade.booked(&contract, Some("ming")), Vec::<String>::new(), "it waits, the deal goes on");
    let shown = json!({"kind": "owner_shown", "employee_id": trade.company.id("ming"), "shown": false});
    trade.tell("head", &contract, shown).expect(200);
    assert_eq!(owed(), ["on_time"]);
    let halves = parts(&[("lan", 5_000), ("ming", 5_000)]);
    assert_eq!(trade.split(&contract), (halves, vec!["ming".into()], "unknowing".into()));
    trade.receive(&contract, "111.00");
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.17", "0.17"]);
    assert_eq!(trade.booked(&contract, Some("ming")), ["0.16", "0.17"]);
}

/// Worked example 14.
fn example_14_a_complaint_after_the_signature_moves_nothing(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "3");
    trade.sign("lan", &contract);
    app.advance(Duration::minutes(5));
    let demand = json!({"kind": "demanded", "against_id": trade.company.id("lan"),
        "successor_id": trade.company.id("ming"), "at": "2026-03-05T01:34:00Z", "finding": "upheld"});
    trade.tell("head", &contract, demand).expect(200);
    assert_eq!(trade.split(&contract).2, "plain");
    assert_eq!(trade.sale(&contract).at("/told").as_array().map(Vec::len), Some(1));
}

/// Worked example 15, but for the refund.
fn example_15_marginal_tiers_rate_each_sale_in_the_order_of_closing(app: App) {
    let trade = Trade::open(&app, "100000.00");
    let tier = |from: &str, rate_bp: u32| json!({"from": yuan(from), "rate_bp": rate_bp});
    let tiers = json!({"mode": "marginal",
        "tiers": [tier("0.00", 50), tier("500000.00", 80), tier("1000000.00", 100)]});
    let rates = json!([{"pays": {"kind": "share", "of": "gross", "rate_bp": 50}}]);
    let plan = json!({"rates": rates, "tiered": {"of": "gross", "tiers": tiers}});
    publish(&trade.company.boss, "commission-plan/company", &plan, "2026-03-05");
    let mut booked = Vec::new();
    let mut second = String::new();
    for (pieces, whole) in [("4", "400000.00"), ("3", "300000.00"), ("6", "600000.00")] {
        let contract = trade.approved("lan", pieces);
        trade.sign("lan", &contract);
        let receipt = trade.receive(&contract, whole).header("location").expect("a place");
        booked.push(trade.booked(&contract, Some("lan")).concat());
        if pieces == "3" {
            second = receipt;
        }
    }
    assert_eq!(booked, ["2000.00", "2100.00", "5400.00"]);
    act(trade.who("qian"), &second, "bounce", json!({"reason": "退票"})).expect(200);
    let sums = app.number("SELECT CAST(SUM(amount_minor) AS BIGINT) AS number FROM commission_entries");
    assert_eq!(sums, 200_000 + 540_000, "the third stays as it froze");
}

fn help_by_arrangement_is_shared_and_the_credit_stays(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.by_ming();
    trade.sign("ming", &contract);
    assert_eq!(trade.sale(&contract).text("/waits_for/0/question"), "was_help_agreed");
    let agreed = json!({"kind": "help_agreed", "employee_id": trade.company.id("ming"), "agreed": true});
    trade.tell("head", &contract, agreed).expect(200);
    let shared = parts(&[("lan", 7_000), ("ming", 3_000)]);
    assert_eq!(trade.split(&contract), (shared, vec!["lan".into()], "assistance".into()));
}

fn a_ruling_comes_first_and_must_be_whole(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.by_ming();
    let ruled = |bp: i64| {
        json!({"kind": "ruled", "credit_id": trade.company.id("ming"), "parts": [
            {"employee_id": trade.company.id("lan"), "share_bp": 4_000},
            {"employee_id": trade.company.id("ming"), "share_bp": bp}]})
    };
    trade.tell("head", &contract, ruled(5_999)).refuses(422, "sale.parts_not_whole");
    let two =
        json!({"kind": "allotted", "from_id": trade.company.id("lan"), "to_id": trade.company.id("lan")});
    trade.tell("head", &contract, two).refuses(422, "sale.two_are_one");
    trade.tell("head", &contract, ruled(6_000)).expect(200);
    trade.sign("ming", &contract);
    let shared = parts(&[("lan", 4_000), ("ming", 6_000)]);
    assert_eq!(trade.split(&contract), (shared, vec!["ming".into()], "ruling".into()));
}

fn whoever_has_a_part_cannot_answer_and_an_answer_is_given_once(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.by_ming();
    trade.sign("ming", &contract);
    let agreed = json!({"kind": "help_agreed", "employee_id": trade.company.id("ming"), "agreed": false});
    trade.tell("ming", &contract, agreed.clone()).refuses(403, "http.forbidden");
    let of_head = json!({"kind": "quoted", "employee_id": trade.company.id("head")});
    trade.tell("head", &contract, of_head).refuses(403, "sale.party_cannot_tell");
    trade.tell("head", &contract, agreed.clone()).expect(200);
    let mut other = agreed;
    other["agreed"] = json!(true);
    let refused = trade.tell("director", &contract, other).refuses(409, "sale.answered_already");
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("COM-10".into(), "002 §5".into()));
    assert_eq!(trade.split(&contract).2, "plain");
}

fn what_sales_count_for_is_seen_by_who_may_and_by_day(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let contract = trade.approved("lan", "3");
    trade.sign("lan", &contract);
    trade.receive(&contract, "333.00");
    let of = |who: &str, path: &str| trade.who(who).get(path).expect(200).at("/data");
    let credit = of("lan", "/api/v1/credit-entries?counted_on[gte]=2026-03-05");
    assert_eq!(credit.pointer("/0/net/amount"), Some(&json!("294.69")));
    assert_eq!(credit.pointer("/0/employee/name"), Some(&json!("lan")));
    assert_eq!(of("ming", "/api/v1/credit-entries"), json!([]), "not a colleague's");
    assert_eq!(column(&of("head", "/api/v1/credit-entries"), "counted_on"), ["2026-03-05"]);
    assert_eq!(of("lan", "/api/v1/commission-entries").pointer("/0/amount/amount"), Some(&json!("1.00")));
    assert_eq!(of("ming", "/api/v1/commission-entries"), json!([]));
    let sale = trade.sale_of(&contract);
    trade.who("ming").get(&sale).refuses(404, "http.not_found");
    trade.who("lan").get(&format!("{sale}?expand=contract,owner")).expect(200);
}

fn the_customer_learns_of_the_deal_by_the_sale(app: App) {
    let trade = Trade::open(&app, "111.00");
    let contract = trade.approved("lan", "1");
    let facts = || {
        let path = format!("/api/v1/customers/{}/ownership", trade.customer);
        trade.who("director").get(&path).expect(200).at("").to_string()
    };
    assert!(facts().contains("deposited"), "an open deal keeps the customer with the owner");
    let release = format!("/api/v1/customers/{}/ownership/release", trade.customer);
    trade.who("lan").post(&release, json!({"reason": "不再跟进"})).refuses(409, "ownership.refused");
    trade.sign("lan", &contract);
    assert!(facts().contains("signed"));
}
