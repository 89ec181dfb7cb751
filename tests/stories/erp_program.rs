//! The ERP's own program syncs everything through the hand-over while it is killed and started again. `[EXP-10, ORD-1, ORD-1a, REC-1b]`

use crate::{expense_claim::approved, expense_request::act, sales_contract::Trade};
use serde_json::{Value, json};
use std::{collections::BTreeSet, thread, time::Duration};
use tests::{App, Company, Erp, stories};

stories! {
    an_erp_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice,
    orders_that_a_killed_erp_ships_and_collects_are_shipped_and_collected_once,
}

const CLAIMS: u32 = 24;
const KILLS: u64 = 20;

/// An API key of the ERP.
fn key_of_the_erp(company: &Company, app: &App) -> String {
    let service = json!({"username": "erp", "kind": "service", "name": "ERP"});
    let user = company.boss.post("/api/v1/users", service).expect(201).text("/id");
    app.grant(&company.boss, &user, "integration", "all", None);
    let scopes = json!(["expense-claim:account", "expense-claim:read", "sales-order:sync"]);
    let body = json!({"user_id": user, "name": "ERP", "scopes": scopes});
    company.boss.post("/api/v1/api-keys", body).expect(201).text("/key")
}

fn an_erp_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(app: App) {
    let company = app.company();
    let key = key_of_the_erp(&company, &app);
    let books = app.files_directory().with_file_name("books.jsonl");
    let today = "2026-03-05";
    // Some of more than a thousand yuan: the ERP pays those in two parts.
    let mut claims: Vec<String> = (1..=CLAIMS / 2).map(|n| approved(&company, n * 113)).collect();
    for kill in 0..KILLS {
        let erp = Erp::start(app.address, &key, &books, today);
        thread::sleep(Duration::from_millis(15 + kill * 41 % 130));
        drop(erp);
        if kill < u64::from(CLAIMS / 2) {
            claims.push(approved(&company, 50 + u32::try_from(kill).unwrap_or_default()));
        }
    }
    let end = Erp::finish(app.address, &key, &books, today);
    assert!(end.status.success(), "{end:?}");
    let mut vouchers = BTreeSet::new();
    for claim in &claims {
        let shown = company.who("qian").get(&format!("/api/v1/expense-claims/{claim}")).expect(200);
        assert_eq!(
            (shown.at("/status"), shown.at("/paid_status")),
            (json!("posted"), json!("paid")),
            "{shown}"
        );
        assert_eq!(shown.at("/paid"), shown.at("/payable"));
        assert!(vouchers.insert(shown.text("/voucher/number")), "a voucher twice: {shown}");
    }
    the_books_say_everything_once(&std::fs::read_to_string(&books).expect("the books"), claims.len());
}

fn the_books_say_everything_once(books: &str, claims: usize) {
    let entries: Vec<Value> =
        books.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect();
    let of = |kind: &str| entries.iter().filter(|entry| entry["entry"] == kind).count();
    assert_eq!((of("taken"), of("posted"), of("dropped")), (claims, claims, 0));
    let references: BTreeSet<&str> =
        entries.iter().filter_map(|entry| entry["payment"]["reference"].as_str()).collect();
    assert_eq!(references.len(), of("paid"), "a payment stands twice in the books");
}

const ORDERS: i64 = 60;

fn orders_that_a_killed_erp_ships_and_collects_are_shipped_and_collected_once(app: App) {
    let trade = Trade::open(&app, "100.01");
    trade.pays(100);
    let key = key_of_the_erp(&trade.company, &app);
    let books = app.files_directory().with_file_name("books.jsonl");
    let today = "2026-03-05";
    // More than a page of the list: where it was read to stands in the books.
    let mut orders: Vec<String> = (0..ORDERS - i64::try_from(KILLS).unwrap_or_default())
        .map(|_| trade.orders("lan", "3", "100.01"))
        .collect();
    let held = json!({"kind": "customer", "reason": "客户要求推迟发货"});
    act(trade.who("head"), &orders[0], "hold", held).expect(200);
    for kill in 0..KILLS {
        let erp = Erp::start(app.address, &key, &books, today);
        thread::sleep(Duration::from_millis(10 + kill * 37 % 110));
        drop(erp);
        orders.push(trade.orders("lan", "3", "100.01"));
    }
    act(trade.who("head"), &orders[0], "release", json!({})).expect(200);
    let end = Erp::finish(app.address, &key, &books, today);
    assert!(end.status.success(), "{end:?}");
    for order in &orders {
        let shown = trade.order(order);
        assert_eq!(
            (
                shown.text("/lines/0/produced"),
                shown.text("/lines/0/shipped"),
                shown.text("/collected/amount")
            ),
            ("3".into(), "3".into(), "300.03".into()),
            "{shown}"
        );
        assert!(shown.text("/taken_reference").starts_with("ERP-SO-"), "{shown}");
    }
    assert_eq!((app.count_rows("shipments"), app.count_rows("receipts")), (2 * ORDERS, 2 * ORDERS));
    let left =
        app.number("SELECT CAST(COALESCE(SUM(unallocated_minor), 0) AS BIGINT) AS number FROM receipts");
    let booked = app.number("SELECT CAST(SUM(amount_minor) AS BIGINT) AS number FROM commission_entries");
    assert_eq!((left, booked), (0, 300 * ORDERS), "every fen once");
    the_books_tell_of_orders_once(&std::fs::read_to_string(&books).expect("the books"));
}

fn the_books_tell_of_orders_once(books: &str) {
    let entries: Vec<Value> =
        books.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect();
    let of = |step: &str| {
        i64::try_from(entries.iter().filter(|entry| entry["step"] == step).count()).unwrap_or_default()
    };
    assert_eq!((of("taken"), of("made"), of("dropped")), (ORDERS, ORDERS, 0));
    assert_eq!((of("shipped"), of("received")), (2 * ORDERS, 2 * ORDERS));
    let read_to = entries.iter().filter(|entry| entry["step"] == "read_to" && entry["cursor"].is_string());
    assert!(read_to.count() > 0, "the list is longer than a page");
}
