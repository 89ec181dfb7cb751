//! Monthly commission statements: compiled for everybody, shown, objected to, approved, paid with the wages once.
//! `[COM-11, COM-10b, EXP-10]`

use crate::{expense_request::act, sales_contract::Trade};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Records, Reply, column, race, records, stories};

stories! {
    a_month_is_compiled_published_approved_and_paid_once,
    an_objection_holds_its_line_alone,
    example_16_what_is_below_nothing_is_carried_over,
    compiled_again_it_comes_to_the_same,
    two_who_take_a_month_at_once_are_given_the_same_batch,
    what_is_out_of_order_is_refused,
    a_sales_manager_compiles_for_their_departments_and_approves_nothing,
}

records! {
    "/api/v1/commission-statements/{id}" => a_statement,
    "/api/v1/commission-batches/{id}" => a_batch,
}

const STATEMENTS: &str = "/api/v1/commission-statements";
const BATCHES: &str = "/api/v1/commission-batches";

fn a_statement(made: &Records<'_>) -> String {
    let sale = made.place("/api/v1/sales/{id}");
    let (lan, qian) = (made.company.who("lan"), made.company.who("qian"));
    let contract = lan.get(&sale).expect(200).text("/contract_id");
    let place = format!("/api/v1/sales-contracts/{contract}");
    let customer = lan.get(&place).expect(200).text("/customer/id");
    act(lan, &place, "sign", json!({"signed_on": "2026-03-05", "original": "甲"})).expect(200);
    let amount = json!({"amount": "333.00", "currency": "CNY"});
    let receipt = json!({"customer_id": customer, "contract_id": contract, "amount": amount, "received_on": "2026-03-05"});
    qian.post("/api/v1/receipts", receipt).expect(201);
    for deed in ["compile", "publish"] {
        qian.post(&format!("{STATEMENTS}/{deed}"), json!({"month": "2026-03"})).expect(200);
    }
    let path = format!("{STATEMENTS}?employee_id={}", made.company.id("lan"));
    qian.get(&path).expect(200).text("/data/0/id")
}

fn a_batch(made: &Records<'_>) -> String {
    made.id("/api/v1/commission-statements/{id}");
    // The days in which the person may object do not pass while records are made.
    made.app.execute("UPDATE commission_statements SET status = 'approved'");
    made.company.who("qian").post(BATCHES, json!({"month": "2026-03"})).expect(200).text("/id")
}

/// A trade in which 兰兰 sold a piece in March, and April has begun.
fn march(app: &App, paid: &[&str]) -> (Trade, String) {
    let mut trade = Trade::open(app, "333.00");
    trade.pays(10_000);
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    for amount in paid {
        trade.receive(&contract, amount);
    }
    pass(app, &mut trade, 28);
    (trade, contract)
}

fn pass(app: &App, trade: &mut Trade, days: i64) {
    app.advance(Duration::days(days));
    trade.company.sign_in_again(app);
}

impl Trade {
    #[track_caller]
    fn run(&self, deed: &str, month: &str) -> Reply {
        self.who("qian").post(&format!("{STATEMENTS}/{deed}"), json!({"month": month}))
    }

    /// Somebody's statement of a month.
    #[track_caller]
    fn statement(&self, name: &str, month: &str) -> String {
        let path = format!("{STATEMENTS}?month={month}&employee_id={}", self.company.id(name));
        format!("{STATEMENTS}/{}", self.who("qian").get(&path).expect(200).text("/data/0/id"))
    }

    #[track_caller]
    fn take(&self, month: &str) -> Value {
        self.who("qian").post(BATCHES, json!({"month": month})).expect(200).json()
    }
}

fn a_month_is_compiled_published_approved_and_paid_once(app: App) {
    let (mut trade, _) = march(&app, &["111.00", "222.00"]);
    let run = trade.run("compile", "2026-03").expect(200);
    assert_eq!((run.at("/statements"), run.at("/changed")), (json!(1), json!(1)));
    let place = trade.statement("lan", "2026-03");
    trade.who("lan").get(&place).refuses(404, "http.not_found");
    trade.run("publish", "2026-03").expect(200);
    let seen = trade.who("lan").get(&place).expect(200);
    assert_eq!((seen.text("/payable/amount"), seen.text("/status")), ("333.00".into(), "published".into()));
    assert_eq!(seen.text("/lines/0/number"), "SC-2026-000001");
    act(trade.who("director"), &place, "approve", json!({}))
        .refuses(409, "commission_statement.objection_open");
    pass(&app, &mut trade, 9);
    trade
        .who("lan")
        .at(2)
        .post(
            &format!("{place}/object"),
            json!({"entry_id": seen.text("/lines/0/entry_id"),
        "reason": "比例不对"}),
        )
        .refuses(409, "commission_statement.objection_over");
    act(trade.who("director"), &place, "approve", json!({})).expect(200);
    let batch = trade.take("2026-03");
    assert_eq!((&batch["statements"], &batch["total"]["amount"]), (&json!(1), &json!("333.00")));
    assert_eq!(trade.take("2026-03"), batch, "again, the same");
    let path = format!("{BATCHES}/{}", batch["id"].as_str().unwrap_or_default());
    let qian = trade.who("qian");
    qian.act(&format!("{path}/confirm")).refuses(409, "payroll_batch.not_acknowledged");
    let acknowledge = |name: &str| qian.post(&format!("{path}/acknowledge"), json!({"reference": name}));
    let first = acknowledge("YJ-2026-03").expect(200);
    assert_eq!(acknowledge("YJ-2026-03").expect(200).bytes, first.bytes, "again, nothing happens");
    acknowledge("YJ-2026-04").refuses(409, "payroll_batch.other_reference");
    qian.act(&format!("{path}/confirm")).expect(200);
    qian.act(&format!("{path}/confirm")).expect(200);
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/status"), "paid");
    assert_eq!(qian.get(&path).expect(200).text("/status"), "confirmed");
    let paid = app.number("SELECT COUNT(*) AS number FROM events WHERE kind = 'commission_statement.paid'");
    assert_eq!(paid, 1);
    let listed = qian.get(&format!("{BATCHES}?month=2026-03")).expect(200).at("/data");
    assert_eq!(column(&listed, "reference"), ["YJ-2026-03"]);
    let whom = format!("{STATEMENTS}?commission_batch_id={}", batch["id"].as_str().unwrap_or_default());
    assert_eq!(column(&qian.get(&whom).expect(200).at("/data"), "month"), ["2026-03"], "whom it pays");
}

fn an_objection_holds_its_line_alone(app: App) {
    let (mut trade, _) = march(&app, &["111.00", "222.00"]);
    trade.run("compile", "2026-03").expect(200);
    trade.run("publish", "2026-03").expect(200);
    let place = trade.statement("lan", "2026-03");
    let seen = trade.who("lan").get(&place).expect(200);
    let lines = seen.at("/lines");
    let lines = lines.as_array().cloned().unwrap_or_default();
    let small = lines.iter().find(|line| line["amount"]["amount"] == "111.00").cloned().expect("a line");
    let entry = small["entry_id"].as_str().unwrap_or_default().to_owned();
    let why = json!({"entry_id": entry, "reason": "应由我独得"});
    act(trade.who("director"), &place, "object", why.clone()).refuses(403, "commission_statement.not_yours");
    act(trade.who("lan"), &place, "object", json!({"entry_id": trade.product, "reason": "甲"}))
        .refuses(422, "commission_statement.no_such_line");
    let held = act(trade.who("lan"), &place, "object", why.clone()).expect(200);
    assert_eq!(held.text("/payable/amount"), "222.00");
    act(trade.who("lan"), &place, "object", why).refuses(409, "commission_statement.objected_already");
    pass(&app, &mut trade, 9);
    act(trade.who("director"), &place, "approve", json!({})).expect(200);
    assert_eq!(trade.take("2026-03")["total"]["amount"], json!("222.00"));
    // Settled after all, the line goes with the next month.
    let settle = json!({"entry_id": entry, "note": "经核对无误"});
    act(trade.who("qian"), &place, "settle-objection", settle.clone()).expect(200);
    act(trade.who("qian"), &place, "settle-objection", settle)
        .refuses(409, "commission_statement.nothing_to_settle");
    pass(&app, &mut trade, 25);
    trade.run("compile", "2026-04").expect(200);
    let next = trade.who("qian").get(&trade.statement("lan", "2026-04")).expect(200);
    assert_eq!(next.text("/payable/amount"), "111.00");
}

/// Worked example 16.
fn example_16_what_is_below_nothing_is_carried_over(app: App) {
    let mut trade = Trade::open(&app, "3500.00");
    trade.pays(10_000);
    let (first, second) = (trade.approved("lan", "1"), trade.approved("lan", "1"));
    trade.sign("lan", &first);
    trade.sign("lan", &second);
    let early = trade.receive(&first, "3500.00").header("location").expect("a place");
    pass(&app, &mut trade, 28);
    let settled = |trade: &mut Trade, month: &str| {
        trade.run("compile", month).expect(200);
        trade.run("publish", month).expect(200);
        pass(&app, trade, 9);
        let place = trade.statement("lan", month);
        let shown = act(trade.who("director"), &place, "approve", json!({})).expect(200);
        (shown.text("/payable/amount"), shown.text("/carries/amount"))
    };
    assert_eq!(settled(&mut trade, "2026-03"), ("3500.00".into(), "0.00".into()));
    // In April 2000 come in and 3500 go back; in May 1000 come in.
    trade.receive(&second, "2000.00");
    act(trade.who("qian"), &early, "bounce", json!({"reason": "退票"})).expect(200);
    pass(&app, &mut trade, 24);
    assert_eq!(settled(&mut trade, "2026-04"), ("0.00".into(), "-1500.00".into()));
    trade.receive(&second, "1000.00");
    pass(&app, &mut trade, 26);
    assert_eq!(settled(&mut trade, "2026-05"), ("0.00".into(), "-500.00".into()));
}

fn compiled_again_it_comes_to_the_same(app: App) {
    let (trade, contract) = march(&app, &["111.00"]);
    trade.run("compile", "2026-03").expect(200);
    let place = trade.statement("lan", "2026-03");
    let first = trade.who("qian").get(&place).expect(200);
    let run = trade.run("compile", "2026-03").expect(200);
    assert_eq!((run.at("/statements"), run.at("/changed")), (json!(1), json!(0)));
    // What is booked in April is not March's.
    trade.receive(&contract, "222.00");
    trade.run("compile", "2026-03").expect(200);
    let again = trade.who("qian").get(&place).expect(200);
    assert_eq!((again.text("/digest"), again.version()), (first.text("/digest"), first.version()));
}

fn two_who_take_a_month_at_once_are_given_the_same_batch(app: App) {
    let (mut trade, _) = march(&app, &["111.00"]);
    trade.run("compile", "2026-03").expect(200);
    trade.run("publish", "2026-03").expect(200);
    pass(&app, &mut trade, 9);
    let place = trade.statement("lan", "2026-03");
    act(trade.who("director"), &place, "approve", json!({})).expect(200);
    let taker = |name: &str| {
        let by = trade.who(name).quietly();
        Box::new(move || by.post(BATCHES, json!({"month": "2026-03"})).json())
            as Box<dyn FnOnce() -> Value + Send>
    };
    let batches = race(vec![taker("qian"), taker("sun"), taker("qian")]);
    assert!(batches.iter().all(|batch| batch["id"] == batches[0]["id"]), "{batches:?}");
    assert_eq!((app.count_rows("commission_batches"), &batches[0]["statements"]), (1, &json!(1)));
}

fn what_is_out_of_order_is_refused(app: App) {
    let (trade, _) = march(&app, &["111.00"]);
    trade.run("compile", "2026-05").refuses(422, "commission_statement.month_ahead");
    trade.run("compile", "2026-Q1").refuses(422, "commission_statement.not_a_month");
    trade.run("compile", "2026-13").refuses(422, "validation.format");
    trade
        .who("head")
        .post(&format!("{STATEMENTS}/compile"), json!({"month": "2026-03"}))
        .refuses(403, "http.forbidden");
    let company = &trade.company;
    let id = app.hire(&company.boss, "clerk", &company.departments["finance"], Some(company.id("qian")));
    let clerk = app.person(&company.boss, "clerk", &id, "finance", "department");
    let none = clerk.post(&format!("{STATEMENTS}/compile"), json!({"month": "2026-03"})).expect(200);
    assert_eq!(none.at("/statements"), json!(0), "nobody of finance sold anything");
    trade.run("compile", "2026-03").expect(200);
    let place = trade.statement("lan", "2026-03");
    act(trade.who("director"), &place, "approve", json!({})).refuses(409, "commission_statement.wrong_state");
    let mut trade = trade;
    pass(&app, &mut trade, 32);
    trade.run("compile", "2026-04").refuses(409, "commission_statement.earlier_open");
    let batch = |month: &str| trade.who("qian").post(BATCHES, json!({"month": month}));
    // An empty batch would wait to be confirmed, and what is approved later behind it.
    batch("2026-03").refuses(409, "commission_batch.nothing_ready");
    batch("2028-01").refuses(409, "commission_batch.nothing_ready");
    assert_eq!(app.count_rows("commission_batches"), 0);
}

/// Who may compile statements (table of who may what): finance for all, a sales manager for the departments below, and neither
/// approves nor pays what they compiled.
fn a_sales_manager_compiles_for_their_departments_and_approves_nothing(app: App) {
    let (trade, _) = march(&app, &["111.00"]);
    let company = &trade.company;
    let hired = |name: &str, code: &str| {
        let id = app.hire(&company.boss, name, &company.departments[code], Some(company.id("director")));
        app.person(&company.boss, name, &id, "sales-manager", "subtree")
    };
    let (other, manager) = (hired("manager-of-sales", "sales"), hired("manager", "marketing"));
    let month = json!({"month": "2026-03"});
    let run = |by: &Caller, deed: &str| {
        by.post(&format!("{STATEMENTS}/{deed}"), month.clone()).expect(200).at("/statements")
    };
    assert_eq!(run(&other, "compile"), json!(0), "lan is of another department");
    assert_eq!(run(&manager, "compile"), json!(1));
    assert_eq!(run(&other, "publish"), json!(0));
    assert_eq!(run(&manager, "publish"), json!(1));
    let place = trade.statement("lan", "2026-03");
    act(&manager, &place, "approve", json!({})).refuses(403, "http.forbidden");
    manager.post(BATCHES, month).refuses(403, "http.forbidden");
}
