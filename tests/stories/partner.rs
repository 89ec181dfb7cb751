//! Channel partners and what they are paid: like commission, at a rate that freezes with the sale, settled by an expense claim.
//! `[COM-12, COM-10b]`

use crate::{
    expense_claim::{approve, approved},
    expense_request::{act, submit},
    sales_contract::{CONTRACTS, Trade, contract_body, id_in},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Records, Reply, column, records, stories};

stories! {
    a_partner_is_paid_as_money_comes_in_at_the_rate_that_froze,
    a_partner_is_named_once_before_the_sale_closes,
    what_a_partner_is_owed_is_settled_by_one_claim_of_the_same_amount,
    what_goes_back_is_taken_back_and_waits_for_what_is_earned_later,
}

records! {
    "/api/v1/partners/{id}" => a_partner,
    "/api/v1/partner-settlements/{id}" => a_settlement,
}

const PARTNERS: &str = "/api/v1/partners";
const DEALS: &str = "/api/v1/partner-deals";
const SETTLEMENTS: &str = "/api/v1/partner-settlements";

fn a_partner(made: &Records<'_>) -> String {
    let company = made.company;
    made.post(
        "head",
        "/api/v1/partners/{id}",
        partner(company.id("lan"), &company.departments["marketing"], "P-01", 500),
    )
}

fn a_settlement(made: &Records<'_>) -> String {
    // The product has a price once the sale is made.
    made.place("/api/v1/sales/{id}");
    let (partner, lan) = (made.id("/api/v1/partners/{id}"), made.company.who("lan"));
    let (product, customer) = (made.id("/api/v1/products/{id}"), made.id("/api/v1/customers/{id}"));
    let contract = lan.post(CONTRACTS, contract_body(&customer, &product, "3", "111.00")).expect(201);
    let place = contract.header("location").expect("a place");
    approve(made.company, "head", &submit(lan, &place)).expect(200);
    lan.post(DEALS, json!({"partner_id": partner, "contract_id": id_in(&place)})).expect(201);
    act(lan, &place, "sign", json!({"signed_on": "2026-03-05", "original": "甲"})).expect(200);
    let receipt = json!({"customer_id": customer, "contract_id": id_in(&place), "received_on": "2026-03-05",
        "amount": {"amount": "333.00", "currency": "CNY"}});
    made.company.who("qian").post("/api/v1/receipts", receipt).expect(201);
    made.post("qian", "/api/v1/partner-settlements/{id}", json!({"partner_id": partner, "month": "2026-03"}))
}

fn partner(owner: &str, department: &str, code: &str, rate_bp: u32) -> Value {
    json!({"code": code, "name": "杭州康源医疗器械有限公司", "owner_id": owner, "department_id": department, "rate_bp": rate_bp})
}

impl Trade {
    /// A partner that is paid so many basis points; its place.
    #[track_caller]
    fn partner(&self, code: &str, rate_bp: u32) -> String {
        let body = partner(self.company.id("lan"), &self.company.departments["marketing"], code, rate_bp);
        self.who("head").post(PARTNERS, body).expect(201).header("location").expect("a place")
    }

    fn brings(&self, by: &str, partner: &str, contract: &str) -> Reply {
        let body = json!({"partner_id": id_in(partner), "contract_id": id_in(contract)});
        self.who(by).post(DEALS, body)
    }

    /// A signed contract of three pieces that a partner brought.
    #[track_caller]
    fn brought(&self, partner: &str) -> String {
        let contract = self.approved("lan", "3");
        self.brings("lan", partner, &contract).expect(201);
        self.sign("lan", &contract);
        contract
    }

    /// What is booked for a partner, by sale.
    #[track_caller]
    fn paid_to(&self, partner: &str) -> Vec<String> {
        let path = format!("/api/v1/partner-commissions?partner_id={}&sort=created_at", id_in(partner));
        let listed = self.who("head").get(&path).expect(200).at("/data");
        let rows = listed.as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["booked"]["amount"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn settles(&self, partner: &str, month: &str) -> Reply {
        self.who("qian").post(SETTLEMENTS, json!({"partner_id": id_in(partner), "month": month}))
    }
}

fn a_partner_is_paid_as_money_comes_in_at_the_rate_that_froze(app: App) {
    let trade = Trade::open(&app, "111.00");
    trade.pays(30);
    let partner = trade.partner("P-01", 30);
    let contract = trade.approved("lan", "3");
    trade.brings("lan", &partner, &contract).expect(201);
    trade.receive(&contract, "111.00");
    assert_eq!(trade.paid_to(&partner), [""; 0], "nothing before it is signed");
    trade.sign("lan", &contract);
    assert_eq!(trade.paid_to(&partner), ["0.29"], "of 294.69 without tax, 0.884 in all");
    let version = trade.who("head").get(&partner).expect(200).version();
    trade.who("head").at(version).patch(&partner, json!({"rate_bp": 900})).expect(200);
    trade.receive(&contract, "111.00");
    trade.receive(&contract, "111.00");
    assert_eq!(trade.paid_to(&partner), ["0.88"], "instalments add up, at the rate of that day");
    assert_eq!(
        trade.booked(&contract, Some("lan")),
        ["0.33", "0.34", "0.33"],
        "and nobody's part is less for it"
    );
    let listed = trade.who("head").get(&format!("{PARTNERS}?q=kangyuan&active=true")).expect(200);
    assert_eq!(column(&listed.at("/data"), "code"), ["P-01"]);
    trade.who("ming").get(&partner).refuses(404, "http.not_found");
    trade.who("head").post(PARTNERS, partner_of(&trade, "P-01")).refuses(409, "validation.not_unique");
}

fn partner_of(trade: &Trade, code: &str) -> Value {
    partner(trade.company.id("lan"), &trade.company.departments["marketing"], code, 500)
}

fn a_partner_is_named_once_before_the_sale_closes(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (first, second) = (trade.partner("P-01", 500), trade.partner("P-02", 500));
    let contract = trade.approved("lan", "1");
    trade.brings("ming", &first, &contract).refuses(422, "validation.unknown_reference");
    trade.who("lan").post(DEALS, json!({"partner_id": id_in(&first)})).refuses(422, "receipt.two_deals");
    trade.brings("lan", &first, &contract).expect(201);
    trade.brings("lan", &second, &contract).refuses(409, "partner_deal.taken");
    let other = trade.approved("lan", "1");
    trade.sign("lan", &other);
    let refused = trade.brings("lan", &first, &other).refuses(409, "partner_deal.closed");
    assert_eq!(refused.text("/rule"), "COM-12");
    let version = trade.who("head").get(&second).expect(200).version();
    trade.who("head").at(version).patch(&second, json!({"is_active": false})).expect(200);
    let third = trade.approved("lan", "1");
    trade.brings("lan", &second, &third).refuses(409, "partner.inactive");
    // An order that is a sale of its own is named while it is drawn up.
    let order = trade.drafts_order("lan", "2", "100.00");
    let body = json!({"partner_id": id_in(&first), "order_id": id_in(&order)});
    trade.who("lan").post(DEALS, body).expect(201);
    trade.approve(&submit(trade.who("lan"), &order));
    let receipt = json!({"customer_id": trade.customer, "order_id": id_in(&order), "received_on": "2026-03-05",
        "amount": {"amount": "200.00", "currency": "CNY"}});
    trade.who("qian").post("/api/v1/receipts", receipt).expect(201);
    assert_eq!(trade.paid_to(&first), ["8.85"]);
    let listed = trade.who("lan").get(&format!("{DEALS}?partner_id={}", id_in(&first))).expect(200);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(2));
}

fn what_a_partner_is_owed_is_settled_by_one_claim_of_the_same_amount(app: App) {
    let trade = Trade::open(&app, "113.00");
    let (partner, other) = (trade.partner("P-01", 500), trade.partner("P-02", 500));
    for partner in [&partner, &other] {
        let contract = trade.brought(partner);
        trade.receive(&contract, "339.00");
    }
    trade.settles(&partner, "2026-04").refuses(422, "partner_settlement.ahead");
    trade
        .who("lan")
        .post(SETTLEMENTS, json!({"partner_id": id_in(&partner), "month": "2026-03"}))
        .refuses(403, "http.forbidden");
    let compiled = trade.settles(&partner, "2026-03").expect(201);
    assert_eq!((compiled.text("/amount/amount"), compiled.at("/entries")), ("15.00".into(), json!(1)));
    trade.settles(&partner, "2026-03").refuses(409, "partner_settlement.open");
    let place = compiled.header("location").expect("a place");
    let claim =
        |place: &str, claim: &str| act(trade.who("qian"), place, "claim", json!({"expense_claim_id": claim}));
    let draft = trade.company.draft("lan", 15);
    claim(&place, &draft).refuses(409, "partner_settlement.claim_not_approved");
    let more = approved(&trade.company, 16);
    let differs = claim(&place, &more).refuses(409, "partner_settlement.claim_differs");
    assert_eq!(
        (differs.text("/params/payable"), differs.text("/params/amount")),
        ("16.00".into(), "15.00".into())
    );
    let paid = approved(&trade.company, 15);
    let claimed = claim(&place, &paid).expect(200);
    assert_eq!(
        (claimed.text("/status"), claimed.text("/expense_claim_id")),
        ("claimed".into(), paid.clone())
    );
    claim(&place, &paid).refuses(409, "partner_settlement.claimed_already");
    let second = trade.settles(&other, "2026-03").expect(201).header("location").expect("a place");
    claim(&second, &paid).refuses(409, "partner_settlement.claim_used");
    let waiting = trade.who("qian").get(&format!("{SETTLEMENTS}?status=compiled&month=2026-03")).expect(200);
    assert_eq!(column(&waiting.at("/data"), "number"), ["PS-2026-000002"]);
}

fn what_goes_back_is_taken_back_and_waits_for_what_is_earned_later(app: App) {
    let mut trade = Trade::open(&app, "113.00");
    let partner = trade.partner("P-01", 500);
    let contract = trade.brought(&partner);
    let receipt = trade.receive(&contract, "339.00").header("location").expect("a place");
    trade.settles(&partner, "2026-03").expect(201);
    let settlement = trade.who("qian").get(SETTLEMENTS).expect(200).text("/data/0/id");
    let paid = approved(&trade.company, 15);
    act(
        trade.who("qian"),
        &format!("{SETTLEMENTS}/{settlement}"),
        "claim",
        json!({"expense_claim_id": paid}),
    )
    .expect(200);
    act(trade.who("qian"), &receipt, "bounce", json!({"reason": "退票"})).expect(200);
    assert_eq!(trade.paid_to(&partner), ["0.00"]);
    let refused = trade.settles(&partner, "2026-03").refuses(409, "partner_settlement.nothing_due");
    assert_eq!(refused.text("/params/amount"), "-15.00");
    app.advance(Duration::days(30));
    trade.company.sign_in_again(&app);
    let second = trade.approved("lan", "6");
    trade.brings("lan", &partner, &second).expect(201);
    act(trade.who("lan"), &second, "sign", json!({"signed_on": "2026-04-04", "original": "甲"})).expect(200);
    let body = json!({"customer_id": trade.customer, "contract_id": id_in(&second), "received_on": "2026-04-04",
        "amount": {"amount": "678.00", "currency": "CNY"}});
    trade.who("qian").post("/api/v1/receipts", body).expect(201);
    let april = trade.settles(&partner, "2026-04").expect(201);
    assert_eq!(
        (april.text("/amount/amount"), april.at("/entries")),
        ("15.00".into(), json!(2)),
        "30.00 less 15.00"
    );
}
