//! The ERP's list of what moved of cash advances, compared with ours: every difference by itself. `[EXP-10, EXP-14]`

use super::{
    cash_advance::{ADVANCES, advance_of, claim_settling, paid_out, posted, submitted},
    expense_claim::{approve, path as claim_path},
    expense_request::{act, cny},
};
use serde_json::{Value, json};
use tests::{App, Company, Reply, column, stories};

stories! {
    what_agrees_is_counted,
    every_difference_of_what_moved_is_named,
    an_advance_paid_twice_there_is_noticed,
    reconciling_is_for_finance_and_the_erp,
}

/// Advances of 兰兰 that moved in March 2026.
struct Moved {
    /// 3000 paid out, 2000 settled by a posted claim, 1000 paid back.
    settled: String,
    /// The number of that claim.
    claim: String,
    /// 1000 paid out, of which a claim in approval holds 300.
    held: String,
    /// The number of that claim.
    holding: String,
    /// 500 paid out.
    open: String,
}

fn moved(company: &Company) -> Moved {
    let qian = company.who("qian");
    let settled = paid_out(company, "3000.00");
    let (claim, approval) = submitted(company, claim_settling(company, &settled, 2000, "2000.00"));
    for name in ["head", "qian"] {
        approve(company, name, &approval).expect(200);
    }
    posted(company, &claim);
    let back = json!({"reference": "REC-1", "amount": cny("1000.00"), "received_on": "2026-03-05"});
    act(qian, &settled, "repay", back).expect(200);
    let held = paid_out(company, "1000.00");
    let (holding, _) = submitted(company, claim_settling(company, &held, 300, "300.00"));
    let open = paid_out(company, "500.00");
    let number = |place: &str| qian.get(place).expect(200).text("/number");
    Moved {
        settled: number(&settled),
        claim: number(&claim_path(&claim)),
        held: number(&held),
        holding: number(&claim_path(&holding)),
        open: number(&open),
    }
}

fn entry(number: &str, kind: &str, reference: &str, yuan: &str) -> Value {
    let amount = cny(yuan);
    json!({"number": number, "kind": kind, "reference": reference, "amount": amount, "booked_on": "2026-03-05"})
}

#[track_caller]
fn compared(company: &Company, items: &[Value]) -> Reply {
    let theirs = json!({"from": "2026-03-01", "to": "2026-03-31", "items": items});
    company.who("qian").post(RECONCILE, theirs).expect(200)
}

const RECONCILE: &str = "/api/v1/erp/cash-advances/reconcile";

fn what_agrees_is_counted(app: App) {
    let company = app.company();
    let moved = moved(&company);
    let mut without_day = entry(&moved.open, "payout", "PAY-1", "500.00");
    without_day["booked_on"] = Value::Null;
    let found = compared(
        &company,
        &[
            entry(&moved.settled, "payout", "PAY-1", "3000.00"),
            entry(&moved.settled, "claim", &moved.claim, "2000.00"),
            entry(&moved.settled, "repayment", "REC-1", "1000.00"),
            entry(&moved.held, "payout", "PAY-1", "1000.00"),
            without_day,
        ],
    );
    assert_eq!((found.at("/ours"), found.at("/theirs"), found.at("/agree")), (json!(5), json!(5), json!(5)));
    assert_eq!(found.at("/differences"), json!([]));
    // Of another month nothing is ours.
    let april = json!({"from": "2026-04-01", "to": "2026-04-30", "items": []});
    let found = company.who("qian").post(RECONCILE, april).expect(200);
    assert_eq!((found.at("/ours"), found.at("/differences")), (json!(0), json!([])));
}

fn every_difference_of_what_moved_is_named(app: App) {
    let company = app.company();
    let moved = moved(&company);
    let draft = company.who("lan").post(ADVANCES, advance_of("50.00")).expect(201).text("/number");
    let mut late = entry(&moved.settled, "payout", "PAY-1", "3000.00");
    late["booked_on"] = json!("2026-03-04");
    let back = entry(&moved.settled, "repayment", "REC-1", "1000.00");
    let items = [
        late,
        back.clone(),
        back,
        entry(&moved.settled, "repayment", "REC-2", "1.00"),
        entry(&moved.held, "payout", "PAY-9", "900.00"),
        entry(&moved.held, "claim", &moved.holding, "300.00"),
        entry(&draft, "payout", "PAY-4", "50.00"),
        entry("CA-2026-999999", "payout", "PAY-5", "1.00"),
    ];
    let found = compared(&company, &items);
    assert_eq!((found.at("/ours"), found.at("/theirs"), found.at("/agree")), (json!(5), json!(8), json!(1)));
    let differences = found.at("/differences");
    let told = |member: &str| column(&differences, member);
    let kinds = ["day", "twice_there", "missing_here", "reference", "amount", "not_posted", "missing_here"];
    assert_eq!(told("kind")[..7], kinds);
    assert_eq!(told("kind")[7..], ["unknown_here", "missing_there", "missing_there"]);
    assert_eq!(found.text("/differences/3/ours"), "PAY-1");
    assert_eq!(
        (found.text("/differences/4/ours"), found.text("/differences/4/theirs")),
        ("1000.00 CNY".into(), "900.00 CNY".into())
    );
    assert_eq!(
        (found.text("/differences/6/ours"), found.at("/differences/7/ours")),
        ("draft".into(), Value::Null)
    );
    assert_eq!(
        (found.text("/differences/8/reference"), found.text("/differences/9/number")),
        (moved.claim, moved.open)
    );
}

fn an_advance_paid_twice_there_is_noticed(app: App) {
    let company = app.company();
    let number = company.who("qian").get(&paid_out(&company, "1000.00")).expect(200).text("/number");
    let under = |reference: &str| entry(&number, "payout", reference, "1000.00");
    // Whichever of the two is ours.
    let found = compared(&company, &[under("PAY-2"), under("PAY-1")]);
    assert_eq!(column(&found.at("/differences"), "kind"), ["missing_here"]);
    assert_eq!(found.text("/differences/0/reference"), "PAY-2");
    let found = compared(&company, &[under("PAY-2"), under("PAY-3")]);
    assert_eq!(column(&found.at("/differences"), "kind"), ["reference", "twice_there"]);
}

fn reconciling_is_for_finance_and_the_erp(app: App) {
    let company = app.company();
    let none = json!({"from": "2026-03-01", "to": "2026-03-31", "items": []});
    company.who("lan").post(RECONCILE, none.clone()).refuses(403, "http.forbidden");
    let mut unsound = none;
    unsound["items"] = json!([{"number": "", "kind": "payout", "reference": "R", "amount": cny("1.00")}]);
    company.who("qian").post(RECONCILE, unsound).expect(422);
}
