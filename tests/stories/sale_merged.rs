//! What was sold to a file that was merged is read as the survivor's, until the merge is undone: lists, analysis, targets, rulings.
//! `[CUS-3, ANA-1, COM-10]`

use crate::{
    expense_request::act,
    sales_contract::{Trade, id_in},
};
use serde_json::{Value, json};
use tests::{App, column, stories};

stories! {
    what_was_sold_to_the_merged_file_is_the_survivors,
    two_files_of_one_customer_are_one_new_customer,
    a_contract_drawn_up_with_a_file_that_was_merged_sells_to_the_survivor,
    a_dispute_over_the_survivor_settles_what_the_other_file_bought,
}

impl Trade {
    /// Another file of the same customer, 兰兰's as well.
    #[track_caller]
    fn other_file(&self) -> String {
        let body = json!({"kind": "person", "name": "李 娜", "phones": ["13800000002"]});
        let id = self.who("lan").post("/api/v1/customers", body).expect(201).text("/id");
        let path = format!("/api/v1/customers/{id}/ownership/assign");
        self.who("head").post(&path, json!({"employee_id": self.company.id("lan")})).expect(200);
        id
    }

    /// The file that 兰兰 sold to before is merged into another; the place of the merge.
    #[track_caller]
    fn merge_into(&self, kept: &str, merged: &str) -> String {
        let body = json!({"kept_id": kept, "merged_id": merged, "reason": "同一客户"});
        let merge = self.who("head").post("/api/v1/customer-merges", body).expect(201);
        merge.header("location").expect("a place")
    }

    #[track_caller]
    fn listed(&self, path: &str) -> Value {
        self.who("head").get(path).expect(200).at("/data")
    }
}

fn what_was_sold_to_the_merged_file_is_the_survivors(app: App) {
    let mut trade = Trade::open(&app, "1130.00");
    let (old, kept) = (trade.customer.clone(), trade.other_file());
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    trade.receive(&contract, "1130.00");
    let merge = trade.merge_into(&kept, &old);
    trade.customer.clone_from(&kept);
    for list in ["sales", "credit-entries", "sales-contracts", "receipts", "instalments"] {
        let found = trade.listed(&format!("/api/v1/{list}?customer_id={kept}"));
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{list}");
    }
    let shown = trade.listed(&format!("/api/v1/sales?customer_id={kept}"));
    assert_eq!(shown[0]["customer"]["id"], json!(kept), "read as the survivor's");
    assert_eq!(trade.sale(&contract).text("/customer/id"), kept);
    let second = trade.approved("lan", "2");
    trade.sign("lan", &second);
    let by_customer = trade.listed("/api/v1/sales-analysis?by=customer");
    assert_eq!(by_customer.as_array().map(Vec::len), Some(1), "one customer: {by_customer}");
    assert_eq!(
        (&by_customer[0]["group"]["customer"]["id"], &by_customer[0]["value"]),
        (&json!(kept), &json!(300_000))
    );
    let entries = by_customer[0]["entries"].as_str().expect("a place").to_owned();
    let opened = trade.listed(&entries);
    assert_eq!(opened.as_array().map(Vec::len), Some(2), "the total opens to the entries of both files");
    let aged = trade.listed("/api/v1/receivables");
    assert_eq!(column(&json!([aged[0]["customer"]]), "id"), std::slice::from_ref(&kept));
    act(trade.who("head"), &merge, "undo", json!({"reason": "确认是两人"})).expect(200);
    let apart = trade.listed(&format!("/api/v1/sales?customer_id={kept}"));
    assert_eq!(column(&apart, "number"), ["SC-2026-000002"], "each stands for itself again");
    assert_eq!(trade.listed("/api/v1/sales-analysis?by=customer").as_array().map(Vec::len), Some(2));
}

fn two_files_of_one_customer_are_one_new_customer(app: App) {
    let mut trade = Trade::open(&app, "1130.00");
    let (old, kept) = (trade.customer.clone(), trade.other_file());
    let sold = |trade: &Trade| {
        let contract = trade.approved("lan", "1");
        trade.sign("lan", &contract);
        trade.receive(&contract, "1130.00");
    };
    sold(&trade);
    trade.customer.clone_from(&kept);
    sold(&trade);
    let new = || trade.listed("/api/v1/sales-analysis?by=person&measure=new_customers")[0]["value"].clone();
    assert_eq!(new(), json!(2));
    trade.merge_into(&kept, &old);
    assert_eq!(new(), json!(1));
}

fn a_contract_drawn_up_with_a_file_that_was_merged_sells_to_the_survivor(app: App) {
    let trade = Trade::open(&app, "100.00");
    let kept = trade.other_file();
    let contract = trade.draft("lan", "1");
    trade.merge_into(&kept, &trade.customer);
    trade.approve(&crate::expense_request::submit(trade.who("lan"), &contract));
    trade.sign("lan", &contract);
    let sale = trade.sale(&contract);
    assert_eq!((sale.text("/customer/id"), sale.text("/owner/name")), (kept.clone(), "lan".into()));
    let path = format!("/api/v1/customers/{kept}/ownership");
    assert!(trade.who("director").get(&path).expect(200).at("").to_string().contains("signed"));
}

fn a_dispute_over_the_survivor_settles_what_the_other_file_bought(app: App) {
    let mut trade = Trade::open(&app, "60000.00");
    trade.pays(100);
    let (old, kept) = (trade.customer.clone(), trade.other_file());
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    trade.receive(&contract, "60000.00");
    trade.merge_into(&kept, &old);
    trade.customer.clone_from(&kept);
    let dispute = trade.dispute();
    let line = |kind: &str, who: Option<&str>, amount: &str| {
        json!({"kind": kind, "employee_id": who.map(|name| trade.company.id(name)),
            "amount": {"amount": amount, "currency": "CNY"}, "purpose": "城北 3-1-502"})
    };
    let lines = [line("commission", None, "600.00"), line("award", Some("ming"), "600.00")];
    trade.rule(&dispute, "lan", &[], &lines).expect(200);
    assert_eq!(trade.booked(&contract, Some("ming")), ["600.00"], "{}", id_in(&contract));
}
