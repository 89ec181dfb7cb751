//! A pay-out or repayment that was recorded by mistake: undone by a counter-entry, never deleted. `[EXP-14, EXP-9, BUD-9]`

use super::{
    cash_advance::{advance_of, approved_of, claim_settling, id_of, paid_out, submitted},
    expense_claim::deed,
    expense_request::{act, cny},
};
use serde_json::{Value, json};
use tests::{App, Company, column, stories};

stories! {
    a_mistaken_pay_out_is_undone_by_a_counter_entry_and_paid_out_anew,
    a_mistaken_repayment_is_outstanding_again,
    what_is_settled_stands_in_the_way,
    a_closed_month_takes_no_counter_entry,
    the_statement_and_the_erp_see_both,
}

const ERP: &str = "/api/v1/erp/cash-advances/reconcile";

fn undo(reference: &str, on: &str) -> Value {
    json!({"reference": reference, "reversed_on": on, "reason": "银行退票"})
}

fn back(reference: &str, yuan: &str) -> Value {
    json!({"reference": reference, "amount": cny(yuan), "received_on": "2026-03-05"})
}

fn undo_repayment(repayment: &str, reference: &str) -> Value {
    let mut body = undo(reference, "2026-03-05");
    body["repayment"] = json!(repayment);
    body
}

/// The account that each entry debits, by day.
fn debited(company: &Company, advance: &str) -> Vec<String> {
    let journal = company.who("qian").get(advance).expect(200).at("/journal");
    let entries = journal.as_array().expect("entries").iter();
    entries.map(|entry| entry["postings"][0]["account"].as_str().unwrap_or_default().to_owned()).collect()
}

fn a_mistaken_pay_out_is_undone_by_a_counter_entry_and_paid_out_anew(app: App) {
    let company = app.company();
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let waiting = approved_of(&company, advance_of("100.00"));
    act(qian, &waiting, "reverse-payout", undo("REV-1", "2026-03-05"))
        .refuses(409, "cash_advance.not_paid_out");
    let advance = paid_out(&company, "3000.00");
    act(lan, &advance, "reverse-payout", undo("REV-1", "2026-03-05")).refuses(403, "http.forbidden");
    let stale = qian.at(1).post(&format!("{advance}/reverse-payout"), undo("REV-1", "2026-03-05"));
    stale.refuses(412, "http.stale");
    let refused = act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-04"));
    refused.refuses(422, "cash_advance.date_too_early");
    let undone = act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-05")).expect(200);
    assert_eq!((undone.text("/status"), undone.text("/settlement")), ("approved".into(), "unpaid".into()));
    assert_eq!((undone.at("/payout"), undone.text("/outstanding/amount")), (Value::Null, "0.00".into()));
    let kept = undone.at("/reversals/0");
    assert_eq!(
        (&kept["kind"], &kept["reverses"], &kept["reference"], &kept["reason"], &kept["amount"]["amount"]),
        (&json!("payout"), &json!("PAY-1"), &json!("REV-1"), &json!("银行退票"), &json!("3000.00"))
    );
    assert_eq!(debited(&company, &advance), ["1221.01", "1002.01"], "the entry stands, and its opposite");
    let again = act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-05")).expect(200);
    assert_eq!(again.version(), undone.version(), "the same said again is known");
    let paid = |reference: &str| json!({"reference": reference, "paid_on": "2026-03-05"});
    // A late repetition of what was undone does not pay again.
    act(qian, &advance, "confirm-payout", paid("PAY-1")).refuses(409, "cash_advance.reversed_reference");
    act(qian, &advance, "confirm-payout", paid("PAY-2")).expect(200);
    assert_eq!(debited(&company, &advance), ["1221.01", "1002.01", "1221.01"]);
    let undone = act(qian, &advance, "reverse-payout", undo("REV-2", "2026-03-05")).expect(200);
    assert_eq!(column(&undone.at("/reversals"), "reverses"), ["PAY-1", "PAY-2"]);
    act(lan, &advance, "revoke", json!({"reason": "不借了"})).expect(200);
}

fn a_mistaken_repayment_is_outstanding_again(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    let advance = paid_out(&company, "1000.00");
    act(qian, &advance, "repay", back("REC-1", "400.00")).expect(200);
    act(qian, &advance, "repay", back("REC-2", "600.00")).expect(200);
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-9", "REV-1"))
        .refuses(409, "cash_advance.no_such_repayment");
    let undone = act(qian, &advance, "reverse-repayment", undo_repayment("REC-2", "REV-1")).expect(200);
    assert_eq!(
        (undone.text("/status"), undone.text("/settlement"), undone.text("/outstanding/amount")),
        ("approved".into(), "outstanding".into(), "600.00".into())
    );
    assert_eq!(column(&undone.at("/movements"), "reference"), ["REC-1"]);
    assert_eq!(undone.text("/reversals/0/reverses"), "REC-2");
    assert_eq!(debited(&company, &advance).len(), 4, "paid out, back twice, and one of these undone");
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-2", "REV-1")).expect(200);
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-2", "REV-2"))
        .refuses(409, "cash_advance.reversed_reference");
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-1", "REV-1"))
        .refuses(409, "cash_advance.reversal_taken");
    act(qian, &advance, "repay", back("REC-2", "600.00")).refuses(409, "cash_advance.reversed_reference");
    let closed = act(qian, &advance, "repay", back("REC-3", "600.00")).expect(200);
    assert_eq!(closed.text("/status"), "closed");
}

fn what_is_settled_stands_in_the_way(app: App) {
    let company = app.company();
    let (lan, qian) = (company.who("lan"), company.who("qian"));
    let advance = paid_out(&company, "1000.00");
    let (claim, _) = submitted(&company, claim_settling(&company, &advance, 300, "300.00"));
    act(qian, &advance, "repay", back("REC-1", "200.00")).expect(200);
    let refused = act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-05"));
    assert_eq!(refused.refuses(409, "cash_advance.payout_settled").text("/params/settled"), "500.00");
    let foreseen = qian.get(&advance).expect(200).at("/actions").to_string();
    assert!(foreseen.contains("cash_advance.payout_settled"), "{foreseen}");
    deed(lan, &claim, "withdraw", json!({"note": "改为还款"})).expect(200);
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-1", "REV-0")).expect(200);
    act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-05")).expect(200);
    // The claim waits for an advance that is paid out.
    deed(lan, &claim, "submit", json!({})).refuses(409, "cash_advance.not_paid_out");
}

fn a_closed_month_takes_no_counter_entry(app: App) {
    let mut company = app.company();
    let advance = paid_out(&company, "1000.00");
    app.advance(chrono::Duration::days(30));
    company.sign_in_again(&app);
    let qian = company.who("qian");
    qian.act("/api/v1/accounting-periods/2026-03/close").expect(200);
    act(qian, &advance, "reverse-payout", undo("REV-1", "2026-03-31"))
        .refuses(409, "accounting_period.closed");
    let undone = act(qian, &advance, "reverse-payout", undo("REV-1", "2026-04-02")).expect(200);
    assert_eq!(undone.text("/reversals/0/reverses_on"), "2026-03-05", "the entry of March stands");
}

fn the_statement_and_the_erp_see_both(app: App) {
    let company = app.company();
    let qian = company.who("qian");
    let advance = paid_out(&company, "1000.00");
    let number = qian.get(&advance).expect(200).text("/number");
    act(qian, &advance, "repay", back("REC-1", "400.00")).expect(200);
    act(qian, &advance, "reverse-repayment", undo_repayment("REC-1", "REV-1")).expect(200);
    act(qian, &advance, "reverse-payout", undo("REV-2", "2026-03-05")).expect(200);
    let lan = company.id("lan");
    let statement = qian.get(&format!("/api/v1/employees/{lan}/cash-advance-statement")).expect(200);
    assert_eq!(
        (statement.text("/paid_out/amount"), statement.text("/outstanding/amount")),
        ("0.00".into(), "0.00".into())
    );
    assert_eq!(statement.at("/entries").as_array().map(Vec::len), Some(4), "{}", statement.at("/entries"));
    let item = |kind: &str, reference: &str, yuan: &str| json!({"number": number, "kind": kind, "reference": reference, "amount": cny(yuan), "booked_on": "2026-03-05"});
    let items = [
        item("payout", "PAY-1", "1000.00"),
        item("repayment", "REC-1", "400.00"),
        item("repayment_reversal", "REV-1", "400.00"),
        item("payout_reversal", "REV-2", "999.00"),
    ];
    let found = qian.post(ERP, json!({"from": "2026-03-01", "to": "2026-03-31", "items": items})).expect(200);
    assert_eq!((found.at("/ours"), found.at("/agree")), (json!(4), json!(3)), "{}", found.at("/differences"));
    assert_eq!(column(&found.at("/differences"), "kind"), ["amount"]);
    assert_eq!(found.text("/differences/0/advance_id"), id_of(&advance));
}
