//! How commission is parted among those who share a sale, and to the fen: served badly, allotted, protected by phone or two sites.
//! `[COM-5, COM-6, COM-7, COM-10a; 002 §5]`

use crate::{
    expense_request::{act, submit},
    ownership::{REGISTRATIONS, nothing},
    sales_contract::{CONTRACTS, Trade, contract_body, id_in, yuan},
};
use serde_json::{Value, json};
use tests::{App, stories};

stories! {
    who_served_badly_keeps_half_and_the_successor_has_the_credit,
    a_demand_that_nobody_decided_holds_the_commission_alone,
    a_unit_that_leadership_allots_is_shared_by_halves,
    a_protected_call_shares_by_halves_and_the_credit_is_the_closers,
    two_sites_share_credit_and_commission_by_halves,
    an_odd_fen_is_the_owners_and_going_back_it_is_theirs_as_well,
}

/// By which rule, whom it counts for, and who shares with how many basis points.
type Parted = (String, Vec<(String, i64)>, Vec<(String, i64)>);

impl Trade {
    #[track_caller]
    fn parted(&self, contract: &str) -> Parted {
        let sale = self.sale(contract);
        let of = |place: &str| {
            let list = sale.at(place).as_array().cloned().unwrap_or_default();
            let part = |part: &Value| {
                let name = part["employee"]["name"].as_str().unwrap_or_default().to_owned();
                (name, part["share_bp"].as_i64().unwrap_or_default())
            };
            list.iter().map(part).collect()
        };
        (sale.text("/attribution/rule"), of("/attribution/credit"), of("/attribution/parties"))
    }

    fn demanded(&self, finding: &str) -> Value {
        json!({"kind": "demanded", "against_id": self.company.id("lan"), "successor_id": self.company.id("ming"),
            "at": "2026-03-05T01:00:00Z", "finding": finding})
    }
}

fn named(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(name, bp)| ((*name).to_owned(), *bp)).collect()
}

fn halves() -> Vec<(String, i64)> {
    named(&[("lan", 5_000), ("ming", 5_000)])
}

/// `COM-5`.
fn who_served_badly_keeps_half_and_the_successor_has_the_credit(app: App) {
    let trade = Trade::open(&app, "100.01");
    trade.pays(100);
    let contract = trade.approved("ming", "1");
    trade.tell("head", &contract, trade.demanded("upheld")).expect(200);
    trade.sign("ming", &contract);
    assert_eq!(trade.parted(&contract), ("successor".into(), named(&[("ming", 10_000)]), halves()));
    let cited = trade.sale(&contract);
    assert_eq!(
        (cited.text("/attribution/citation/rule"), cited.text("/attribution/citation/clause")),
        ("COM-5".into(), "002 §5 客户确认原则 1".into())
    );
    trade.receive(&contract, "100.01");
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.50"], "the former loses half");
    assert_eq!(trade.booked(&contract, Some("ming")), ["0.50"], "who serves the customer since gets it");
    assert_eq!(cited.text("/credits/0/employee/name"), "ming");
}

/// `COM-5`, the gate: the deal goes on, the commission waits.
fn a_demand_that_nobody_decided_holds_the_commission_alone(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    trade.tell("head", &contract, trade.demanded("undecided")).expect(200);
    trade.sign("lan", &contract);
    trade.receive(&contract, "100.00");
    let held = trade.sale(&contract);
    assert_eq!((held.text("/status"), held.text("/waits_for/0/kind")), ("held".into(), "demand".into()));
    assert_eq!((held.text("/received/amount"), held.at("/commission")), ("100.00".into(), json!([])));
    trade.tell("head", &contract, trade.demanded("dismissed")).expect(200);
    assert_eq!(
        trade.parted(&contract),
        ("plain".into(), named(&[("lan", 10_000)]), named(&[("lan", 10_000)]))
    );
    assert_eq!(trade.booked(&contract, Some("lan")), ["1.00"]);
}

/// `COM-6`.
fn a_unit_that_leadership_allots_is_shared_by_halves(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("ming", "1");
    let allotted =
        json!({"kind": "allotted", "from_id": trade.company.id("lan"), "to_id": trade.company.id("ming")});
    trade.tell("ming", &contract, allotted.clone()).refuses(403, "http.forbidden");
    trade.tell("director", &contract, allotted).expect(200);
    trade.sign("ming", &contract);
    assert_eq!(trade.parted(&contract), ("allotment".into(), named(&[("ming", 10_000)]), halves()));
    assert_eq!(trade.sale(&contract).text("/attribution/citation/rule"), "COM-6");
    trade.receive(&contract, "100.00");
    assert_eq!(
        (trade.booked(&contract, Some("lan")), trade.booked(&contract, Some("ming"))),
        (vec!["0.50".to_owned()], vec!["0.50".to_owned()])
    );
}

/// `COM-7`, by phone.
fn a_protected_call_shares_by_halves_and_the_credit_is_the_closers(app: App) {
    let trade = Trade::open(&app, "100.00");
    trade.pays(100);
    let contract = trade.approved("ming", "1");
    let protected = json!({"kind": "phone_protected", "caller_id": trade.company.id("lan"), "closer_id": trade.company.id("ming")});
    trade.tell("head", &contract, protected).expect(200);
    trade.sign("ming", &contract);
    assert_eq!(trade.parted(&contract), ("protection".into(), named(&[("ming", 10_000)]), halves()));
    assert_eq!(trade.sale(&contract).text("/attribution/citation/clause"), "002 §5 电话客户");
}

/// `COM-7`, by two sites (`OWN-6`): the credit is shared as well, and of an odd fen the earlier has it.
fn two_sites_share_credit_and_commission_by_halves(app: App) {
    let mut trade = Trade::open(&app, "100.01");
    trade.pays(10_000);
    let customer = json!({"kind": "person", "name": "王敏", "phones": ["13800000001"]});
    trade.customer = trade.who("head").post("/api/v1/customers", customer).expect(201).text("/id");
    let mut inquiry = nothing();
    for (code, by) in [("north", "lan"), ("south", "ming")] {
        let site = json!({"code": code, "name": code, "policy": "real-estate",
            "department_id": trade.company.departments["marketing"]});
        let site = trade.who("director").post("/api/v1/sites", site).expect(201).text("/id");
        let registered = json!({"customer_id": trade.customer, "site_id": site, "channel": "walk_in",
            "inquiry": inquiry});
        trade.who(by).post(REGISTRATIONS, registered).expect(201);
        (inquiry["was_elsewhere"], inquiry["elsewhere_id"]) = (json!(true), json!(site));
    }
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    assert_eq!(trade.parted(&contract), ("protection".into(), halves(), halves()));
    trade.receive(&contract, "100.01");
    assert_eq!(trade.booked(&contract, Some("lan")), ["50.01"], "the earlier is the primary");
    assert_eq!(trade.booked(&contract, Some("ming")), ["50.00"]);
    let net = app.number("SELECT CAST(SUM(net_minor) AS BIGINT) AS number FROM credit_entries");
    assert_eq!(net, 8_850, "both halves of the credit are the whole");
}

/// `COM-10a`.
fn an_odd_fen_is_the_owners_and_going_back_it_is_theirs_as_well(app: App) {
    let trade = Trade::open(&app, "1.00");
    trade.pays(100);
    let contract = trade.approved("lan", "1");
    let part = |name: &str, bp: u32| json!({"employee_id": trade.company.id(name), "share_bp": bp});
    let ruled = json!({"kind": "ruled", "credit_id": trade.company.id("lan"),
        "parts": [part("lan", 5_000), part("ming", 5_000)]});
    trade.tell("head", &contract, ruled).expect(200);
    trade.sign("lan", &contract);
    let receipt = trade.receive(&contract, "1.00").header("location").expect("a place");
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.01"], "half of 0.01 is 0.01 and 0.00");
    assert_eq!(trade.booked(&contract, Some("ming")), Vec::<String>::new());
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "退票"})).expect(200);
    assert_eq!(trade.booked(&contract, Some("lan")), ["0.01", "-0.01"], "a negative mirrors its positive");
    // Three who share: by the largest remainder, to the whole.
    let body = contract_body(&trade.customer, &trade.product, "100", "1.00");
    let other = trade.who("lan").post(CONTRACTS, body).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &other));
    let ruled = json!({"kind": "ruled", "credit_id": trade.company.id("lan"),
        "parts": [part("lan", 3_333), part("ming", 3_333), part("rep", 3_334)]});
    trade.tell("head", &other, ruled).expect(200);
    trade.sign("lan", &other);
    let receipt = json!({"customer_id": trade.customer, "contract_id": id_in(&other), "amount": yuan("50.00"),
        "received_on": "2026-03-05"});
    trade.who("qian").post("/api/v1/receipts", receipt).expect(201);
    let booked = ["lan", "ming", "rep"].map(|name| trade.booked(&other, Some(name)).concat());
    assert_eq!(booked, ["0.17", "0.16", "0.17"], "0.50 in three parts");
}
