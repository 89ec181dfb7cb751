//! What a sale earns by the rates that froze with it: line by line, and by tiers over the month of whom it counts for.
//! `[COM, § How it is computed, 4; COM-10b]`

use crate::{
    duty::publish,
    expense_request::{act, submit},
    product::entered,
    sales_contract::{Trade, contract_body, id_in, yuan},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, race, stories};

stories! {
    what_an_amendment_takes_out_takes_what_that_line_earned,
    of_two_who_close_at_once_the_second_is_rated_behind_the_first,
    tiers_go_by_the_month_of_whom_a_sale_counts_for,
    whole_tiers_rate_the_month_anew_until_its_statement_is_published,
}

const CONTRACTS: &str = "/api/v1/sales-contracts";

impl Trade {
    /// A plan with the tiers of worked example 15, of what the customer pays.
    fn pays_by_tiers(&self, mode: &str) {
        let tier = |from: &str, rate_bp: u32| json!({"from": yuan(from), "rate_bp": rate_bp});
        let tiers = json!({"mode": mode,
            "tiers": [tier("0.00", 50), tier("500000.00", 80), tier("1000000.00", 100)]});
        let rates = json!([{"pays": {"kind": "share", "of": "gross", "rate_bp": 50}}]);
        let plan = json!({"rates": rates, "tiered": {"of": "gross", "tiers": tiers}});
        publish(&self.company.boss, "commission-plan/company", &plan, "2026-03-05");
    }

    /// A contract of so many pieces, signed and paid.
    #[track_caller]
    fn sells(&self, pieces: &str, whole: &str) -> String {
        let contract = self.approved("lan", pieces);
        self.sign("lan", &contract);
        self.receive(&contract, whole);
        contract
    }

    /// What a sale has earned by now.
    #[track_caller]
    fn due(&self, contract: &str) -> String {
        self.sale(contract).text("/due/amount")
    }
}

/// What is booked of commission in all, in fen.
fn booked(app: &App) -> i64 {
    app.number("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS number FROM commission_entries")
}

/// 1,000 yuan at 1 % and 1,000 at 5 %: without the second the sale earns what the first does.
fn what_an_amendment_takes_out_takes_what_that_line_earned(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let dear = entered(trade.who("director"), "M-900");
    let lists = trade.who("director").get("/api/v1/price-lists").expect(200).at("/data/0/id");
    let list = format!("/api/v1/price-lists/{}", lists.as_str().unwrap_or_default());
    let terms = json!({"product_id": dear, "valid_from": "2026-01-01", "price": yuan("1000.00")});
    act(trade.who("director"), &list, "change-prices", json!({"edits": [{"terms": terms}]})).expect(200);
    let share = |rate_bp: u32| json!({"kind": "share", "of": "gross", "rate_bp": rate_bp});
    let plan = json!({"rates": [{"product": "M-900", "pays": share(500)}, {"pays": share(100)}]});
    publish(&trade.company.boss, "commission-plan/company", &plan, "2026-03-05");
    let mut body = contract_body(&trade.customer, &trade.product, "1", "1000.00");
    let line = |product: &str, quantity: &str| json!({"product_id": product, "quantity": quantity, "price": yuan("1000.00")});
    body["lines"] = json!([line(&trade.product, "1"), line(&dear, "1")]);
    let contract = trade.who("lan").post(CONTRACTS, body).expect(201).header("location").expect("a place");
    trade.approve(&submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    trade.receive(&contract, "2000.00");
    assert_eq!(trade.due(&contract), "60.00");
    let amends = |lines: Value, refunds: bool| {
        let body = json!({"contract_id": id_in(&contract), "grounds": "客户调整", "refunds": refunds, "lines": lines});
        let made = trade.who("lan").post("/api/v1/contract-amendments", body).expect(201);
        let place = made.header("location").expect("a place");
        trade.approve(&submit(trade.who("lan"), &place));
    };
    amends(json!([line(&trade.product, "1")]), true);
    assert_eq!((trade.due(&contract), booked(&app)), ("10.00".into(), 1_000));
    // What was not in it when it closed is rated by the plan of that day.
    amends(json!([line(&trade.product, "1"), line(&dear, "2")]), false);
    assert_eq!(trade.due(&contract), "73.33", "of 110.00, by 2,000 of 3,000 paid");
}

/// Marginal tiers: whichever closes first, 400,000 and 400,000 come to 500,000 at 0.5 % and 300,000 at 0.8 %.
fn of_two_who_close_at_once_the_second_is_rated_behind_the_first(app: App) {
    let trade = Trade::open(&app, "100000.00");
    trade.pays_by_tiers("marginal");
    for round in 1..=3 {
        let contracts = [trade.approved("lan", "1"), trade.approved("lan", "1")];
        let signer = |place: &String| {
            let version = trade.who("lan").get(place).expect(200).version();
            let (by, path) = (trade.who("lan").quietly().at(version), format!("{place}/sign"));
            let body = json!({"signed_on": "2026-03-05", "original": "档案室 A-3 柜"});
            Box::new(move || by.post(&path, body).status) as Box<dyn FnOnce() -> u16 + Send>
        };
        assert_eq!(race(contracts.iter().map(signer).collect()), [200, 200]);
        contracts.iter().for_each(|contract| drop(trade.receive(contract, "100000.00")));
        let month = round * 200_000;
        let in_all = month.min(500_000) * 50 + (month - 500_000).max(0) * 80;
        assert_eq!(booked(&app), in_all / 100, "{month} yuan closed");
    }
}

/// `COM-2`: who has the credit is rated by their own month, not by that of whose customer it is.
fn tiers_go_by_the_month_of_whom_a_sale_counts_for(app: App) {
    let trade = Trade::open(&app, "100000.00");
    trade.pays_by_tiers("marginal");
    trade.sells("6", "600000.00");
    let contract = trade.approved("lan", "4");
    let part = json!({"employee_id": trade.company.id("ming"), "share_bp": 10_000});
    let ruled = json!({"kind": "ruled", "credit_id": trade.company.id("ming"), "parts": [part]});
    trade.tell("head", &contract, ruled).expect(200);
    trade.sign("lan", &contract);
    trade.receive(&contract, "400000.00");
    assert_eq!(
        trade.booked(&contract, Some("ming")),
        ["2000.00"],
        "0.5 % of 400,000: the first of ming's month"
    );
    let third = trade.sells("1", "100000.00");
    assert_eq!(trade.booked(&third, Some("lan")), ["800.00"], "behind 600,000 of lan's own");
}

/// 400,000 at 0.5 %; with 300,000 more the month is at 0.8 %, all of it; what a statement has shown stays.
fn whole_tiers_rate_the_month_anew_until_its_statement_is_published(app: App) {
    let trade = Trade::open(&app, "100000.00");
    trade.pays_by_tiers("whole");
    let first = trade.sells("4", "400000.00");
    assert_eq!(trade.booked(&first, Some("lan")), ["2000.00"]);
    let second = trade.sells("3", "300000.00");
    assert_eq!(trade.booked(&first, Some("lan")), ["2000.00", "1200.00"]);
    assert_eq!(trade.booked(&second, Some("lan")), ["2400.00"]);
    for deed in ["compile", "publish"] {
        let path = format!("/api/v1/commission-statements/{deed}");
        trade.who("qian").post(&path, json!({"month": "2026-03"})).expect(200);
    }
    let third = trade.sells("6", "600000.00");
    assert_eq!(trade.booked(&third, Some("lan")), ["6000.00"], "1 %, by a month of 1,300,000");
    assert_eq!(trade.booked(&first, Some("lan")), ["2000.00", "1200.00"], "frozen by the statement");
    assert_eq!(trade.booked(&second, Some("lan")), ["2400.00"]);
    app.advance(Duration::minutes(1));
    let verified: i64 = booked(&app);
    assert_eq!(verified, 320_000 + 240_000 + 600_000);
}
