//! Money that moves, comes back, and is got back: its signs, its days, and payments that the bank returned. `[EXP-9, EXP-14]`

use crate::{
    cash_advance::{ADVANCES, advance_of, approved_of, id_of, paid_out},
    expense_claim::{CLAIMS, deed, hand_over, path, payment, posted, voucher},
    expense_request::{act, cny},
};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    a_counter_document_is_money_to_be_got_back_and_has_its_sign_everywhere,
    a_payment_that_the_bank_returned_is_owed_again_without_a_reversal,
    the_erp_takes_advances_that_are_to_be_paid_out_and_confirms_them_together,
    nothing_lands_before_the_document_or_before_the_first_open_month,
    a_period_that_ends_before_it_begins_is_refused,
    what_is_typed_differently_is_the_same_payment,
}

fn code(item: &Value) -> &str {
    item["refusal"]["code"].as_str().unwrap_or_default()
}

/// The counter-document of a posted claim, in the ledger; its id.
fn reversed(company: &Company, claim: &str) -> String {
    let counter = deed(company.who("qian"), claim, "reverse", json!({"reason": "重复报销"})).expect(201);
    let counter = counter.text("/id");
    hand_over(company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0300")}]});
    assert_eq!(hand_over(company, "confirm-posting", item)["outcome"], "done");
    counter
}

fn a_counter_document_is_money_to_be_got_back_and_has_its_sign_everywhere(app: App) {
    let company = app.company();
    let claim = posted(&company, 146);
    hand_over(&company, "confirm-payments", payment(&claim, "P-1", "146.00"));
    let qian = company.who("qian");
    let counter = deed(qian, &claim, "reverse", json!({"reason": "重复报销"})).expect(201);
    for amount in ["/claimed/amount", "/approved/amount", "/payable/amount"] {
        assert_eq!(counter.text(amount), "-146.00", "{amount}");
    }
    assert_eq!((counter.text("/paid/amount"), counter.text("/direction")), ("0.00".into(), "collect".into()));
    let taken = qian.get("/api/v1/erp/expense-claims").expect(200);
    assert_eq!(
        (taken.text("/data/0/payable/amount"), taken.text("/data/0/direction")),
        ("-146.00".into(), "collect".into())
    );
    let counter = counter.text("/id");
    hand_over(&company, "acknowledge", json!({"reference": "B-2", "claim_ids": [counter]}));
    let item = json!({"items": [{"claim_id": counter, "voucher": voucher("记-0300")}]});
    hand_over(&company, "confirm-posting", item);
    // Whoever pays whatever is payable pays nothing here.
    let naive = hand_over(&company, "confirm-payments", payment(&counter, "R-1", "146.00"));
    assert_eq!(code(&naive), "payment.to_be_collected");
    let beyond = hand_over(&company, "confirm-payments", payment(&counter, "R-1", "-146.01"));
    assert_eq!(code(&beyond), "payment.overpaid");
    let part = hand_over(&company, "confirm-payments", payment(&counter, "R-1", "-100.00"));
    assert_eq!(part["paid_status"], "partially_paid");
    let whole = hand_over(&company, "confirm-payments", payment(&counter, "R-2", "-46.00"));
    assert_eq!(whole["paid_status"], "paid");
    let told = qian.get(&format!("/api/v1/events?entity={counter}")).expect(200).at("/data");
    let kinds = column(&told, "kind");
    assert_eq!(kinds[kinds.len() - 2..], ["expense_claim.partially_repaid", "expense_claim.repaid"]);
    let last = told.as_array().and_then(|told| told.last()).cloned().unwrap_or_default();
    assert_eq!(last["facts"]["direction"], "collect", "{last}");
    let listed = qian.get(&format!("{CLAIMS}?payable[lte]=-1&payable_currency=CNY")).expect(200);
    assert_eq!(column(&listed.at("/data"), "id"), std::slice::from_ref(&counter));
    assert_eq!(listed.text("/data/0/paid/amount"), "-146.00");
    let file = qian.get(&format!("{CLAIMS}?format=csv")).expect(200).to_string();
    assert!(file.contains("收付方向") && file.contains("-146.00"), "{file}");
    let theirs = json!({"from": "2026-03-01", "to": "2026-03-31", "items": [
        {"number": "EC-2026-000001", "status": "reversed", "voucher_number": "记-0231", "paid": cny("146.00")},
        {"number": "EC-2026-000002", "status": "posted", "voucher_number": "记-0300", "paid": cny("146.00")}]});
    let compared = qian.post("/api/v1/erp/expense-claims/reconcile", theirs).expect(200);
    assert_eq!(column(&compared.at("/differences"), "kind"), ["paid"]);
    app.prove_ledger();
}

/// That the bank returned a payment, as an item.
fn returned(claim: &str, payment: &str, reference: &str, on: &str) -> Value {
    json!({"items": [{"claim_id": claim, "payment": payment, "reference": reference, "returned_on": on,
        "reason": "户名不符，银行退汇"}]})
}

fn a_payment_that_the_bank_returned_is_owed_again_without_a_reversal(app: App) {
    let company = app.company();
    let line = app.open_budget_line(
        &company.departments["marketing"],
        "entertainment.travel",
        "2026-03",
        domain::finance::budget_line::Control::Hard,
        100_000,
    );
    let claim = posted(&company, 300);
    let back = |payment: &str, reference: &str, on: &str| {
        hand_over(&company, "return-payments", returned(&claim, payment, reference, on))
    };
    assert_eq!(code(&back("P-1", "T-1", "2026-03-05")), "payment.unknown");
    hand_over(&company, "confirm-payments", payment(&claim, "P-1", "200.00"));
    hand_over(&company, "confirm-payments", payment(&claim, "P-2", "100.00"));
    assert_eq!((app.balance_of(line).spent, app.balance_of(line).committed), (30_000, 0));
    assert_eq!(code(&back("P-1", "T-1", "2026-03-04")), "payment.returned_before_paid");
    assert_eq!(code(&back("P-1", "T-1", "2026-03-06")), "expense_claim.date_in_future");
    let done = back("P-1", "T-1", "2026-03-05");
    assert_eq!((&done["outcome"], &done["paid_status"]), (&json!("done"), &json!("partially_paid")));
    assert_eq!(back("P-1", "T-1", "2026-03-05")["outcome"], "already");
    assert_eq!(code(&back("P-1", "T-2", "2026-03-05")), "payment.already_returned");
    assert_eq!((app.balance_of(line).spent, app.balance_of(line).committed), (10_000, 20_000));
    let shown = company.who("lan").get(&path(&claim)).expect(200);
    assert_eq!((shown.text("/paid/amount"), shown.text("/status")), ("100.00".into(), "posted".into()));
    assert_eq!(shown.text("/payments/0/returned/reference"), "T-1");
    // Its reference stays taken; it is paid again under another.
    let again = hand_over(&company, "confirm-payments", payment(&claim, "P-1", "200.00"));
    assert_eq!(again["outcome"], "already");
    let paid = hand_over(&company, "confirm-payments", payment(&claim, "P-3", "200.00"));
    assert_eq!(paid["paid_status"], "paid");
    let told = company.who("qian").get(&format!("/api/v1/events?entity={claim}")).expect(200).at("/data");
    assert!(column(&told, "kind").contains(&"expense_claim.payment_returned".to_owned()));
    app.prove_ledger();
    // All of it returned, it is as if nothing had been paid.
    for (payment, reference) in [("P-2", "T-2"), ("P-3", "T-3")] {
        assert_eq!(back(payment, reference, "2026-03-05")["outcome"], "done");
    }
    assert_eq!(company.who("lan").get(&path(&claim)).expect(200).text("/paid_status"), "unpaid");
    let counter = reversed(&company, &claim);
    assert_eq!(company.who("qian").get(&path(&counter)).expect(200).text("/payable/amount"), "0.00");
    app.prove_ledger();
}

fn the_erp_takes_advances_that_are_to_be_paid_out_and_confirms_them_together(app: App) {
    let company = app.company();
    let (first, second) =
        (approved_of(&company, advance_of("300.00")), approved_of(&company, advance_of("200.00")));
    paid_out(&company, "100.00");
    let qian = company.who("qian");
    let waiting = |length: usize| {
        let taken = qian.get("/api/v1/erp/cash-advances").expect(200).at("/data");
        assert_eq!(taken.as_array().map(Vec::len), Some(length), "{taken}");
        taken
    };
    assert_eq!(column(&waiting(2), "id"), [id_of(&first).to_owned(), id_of(&second).to_owned()]);
    let item = |advance: &str, reference: &str| json!({"advance_id": id_of(advance), "reference": reference, "paid_on": "2026-03-05"});
    let nobody = format!("{ADVANCES}/01977a3e-8f00-7000-8000-00000000ffff");
    let confirm = |items: Value| {
        let body = json!({"items": items});
        qian.post("/api/v1/erp/cash-advances/confirm-payouts", body).expect(207).at("/data")
    };
    let answers = confirm(json!([item(&second, "P-22"), item(&nobody, "P-0"), item(&first, "P-21")]));
    assert_eq!(column(&answers, "outcome"), ["done", "refused", "done"]);
    assert_eq!(code(&answers[1]), "cash_advance.unknown");
    assert_eq!(answers[0]["settlement"], "outstanding");
    let answers = confirm(json!([item(&second, "P-22"), item(&first, "P-99")]));
    assert_eq!(column(&answers, "outcome"), ["already", "refused"]);
    assert_eq!(code(&answers[1]), "cash_advance.already_paid_out");
    waiting(0);
    company.who("lan").get("/api/v1/erp/cash-advances").refuses(403, "http.forbidden");
}

fn nothing_lands_before_the_document_or_before_the_first_open_month(app: App) {
    let mut company = app.company();
    let claim = crate::expense_claim::approved(&company, 80);
    hand_over(&company, "acknowledge", json!({"reference": "B", "claim_ids": [claim]}));
    let post = |company: &Company, year: i32, on: &str| {
        let voucher = json!({"number": "记-1", "year": year, "posted_on": on});
        hand_over(company, "confirm-posting", json!({"items": [{"claim_id": claim, "voucher": voucher}]}))
    };
    assert_eq!(code(&post(&company, 2019, "2019-12-31")), "erp.before_document");
    assert_eq!(code(&post(&company, 2026, "2026-03-04")), "erp.before_document");
    assert_eq!(post(&company, 2026, "2026-03-05")["outcome"], "done");
    let advance = paid_out(&company, "100.00");
    let mut early = advance_of("50.00");
    (early["business_date"], early["settle_on"]) = (json!("2026-02-10"), json!("2026-03-12"));
    let early = approved_of(&company, early);
    app.advance(Duration::days(36));
    company.sign_in_again(&app);
    let qian = company.who("qian");
    qian.act("/api/v1/accounting-periods/2026-03/close").expect(200);
    // What a closed month does not take, neither does any before it.
    let pay = |on: &str| {
        let mut body = payment(&claim, "P-1", "30.00");
        body["items"][0]["paid_on"] = json!(on);
        hand_over(&company, "confirm-payments", body)
    };
    assert_eq!(code(&pay("2026-03-31")), "accounting_period.closed");
    assert_eq!(code(&pay("2026-03-04")), "payment.before_posting");
    assert_eq!(pay("2026-04-09")["outcome"], "done");
    assert_eq!(
        code(&hand_over(&company, "return-payments", returned(&claim, "P-1", "T", "2026-04-08"))),
        "payment.returned_before_paid"
    );
    let repay = |on: &str| {
        let body = json!({"reference": "REC-1", "amount": cny("100.00"), "received_on": on});
        act(qian, &advance, "repay", body)
    };
    let refused = repay("2026-03-20").refuses(409, "accounting_period.closed");
    assert_eq!(refused.at("/params/open"), "2026-04");
    repay("2026-02-20").refuses(422, "cash_advance.date_too_early");
    repay("2026-04-09").expect(200);
    let payout = json!({"reference": "PAY-9", "paid_on": "2026-02-11"});
    act(qian, &early, "confirm-payout", payout).refuses(409, "accounting_period.before_books");
}

fn a_period_that_ends_before_it_begins_is_refused(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    for list in [
        format!("{CLAIMS}?business_date[gte]=2026-03-02&business_date[lte]=2026-03-01"),
        format!("{ADVANCES}?settle_on[gte]=2026-03-02&settle_on[lte]=2026-03-01"),
        format!("{CLAIMS}?created_at[gte]=2026-03-02T00:00:00Z&created_at[lt]=2026-03-01T00:00:00Z"),
    ] {
        let refused = qian.get(&list).refuses(422, "validation.period_reversed");
        assert!(refused.text("/detail").contains("晚于"), "{refused}");
    }
    qian.get(&format!("{CLAIMS}?business_date[gte]=2026-03-02&business_date[lte]=2026-03-02")).expect(200);
    for call in ["expense-claims", "cash-advances"] {
        let body = json!({"from": "2026-03-31", "to": "2026-03-01", "items": []});
        qian.post(&format!("/api/v1/erp/{call}/reconcile"), body).refuses(422, "validation.period_reversed");
    }
}

fn what_is_typed_differently_is_the_same_payment(app: App) {
    let company = app.company();
    let claim = posted(&company, 90);
    let pay = |reference: &str, yuan: &str| {
        hand_over(&company, "confirm-payments", payment(&claim, reference, yuan))
    };
    assert_eq!(pay("PAY-7", "30.00")["outcome"], "done");
    for typed in [" PAY-7", "ＰＡＹ－７", "PAY-7\u{200B}", "PAY-٧"] {
        assert_eq!(pay(typed, "30.00")["outcome"], "already", "{typed}");
    }
    assert_eq!(code(&pay("PAY－7", "31.00")), "payment.already_confirmed");
    let items = json!({"items": [{"claim_id": claim, "voucher": voucher("记－０２３１")}]});
    assert_eq!(hand_over(&company, "confirm-posting", items)["outcome"], "already");
}
