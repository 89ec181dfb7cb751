use super::*;
use crate::approval::Outcome;
use crate::finance::{
    cash_advance_policy::{CASH_ADVANCE_POLICY_CODE, SHIPPED_CASH_ADVANCE_POLICY},
    fixture::{Rules, cny, day, id, now, person, today},
    journal::Side,
};
use crate::spine::Permission;

struct Shipped {
    claims: Rules,
    policy: PolicyVersion<CashAdvancePolicy>,
}

impl Shipped {
    fn new() -> Self {
        let content = serde_json::from_str(SHIPPED_CASH_ADVANCE_POLICY).expect("it reads");
        let code = CASH_ADVANCE_POLICY_CODE.to_owned();
        let policy = PolicyVersion { id: id(902), code, number: 1, clause: "003".to_owned(), content };
        Self { claims: Rules::shipped(), policy }
    }
    fn rules(&self) -> AdvanceRules<'_> {
        AdvanceRules { policy: &self.policy, claims: &self.claims.policy }
    }
}

fn asker() -> Actor {
    person(1, &[Permission::SubmitCashAdvances])
}

fn draft(settle_on: &str) -> CashAdvance {
    let content = AdvanceContent {
        department: id(500),
        business_date: today(),
        amount: cny(300_000),
        purpose: "展会现场费用".into(),
        settle_on: day(settle_on),
        request: None,
        attachments: Vec::new(),
    };
    let new = NewDocument { id: id(20), number: "CA-2026-000001".into(), submitter: None };
    let change = CashAdvance::create(new, content, &asker(), now(), Shipped::new().rules());
    change.expect("a good draft").into_after()
}

fn approved() -> CashAdvance {
    let submitted = draft("2026-03-31").submit(id(800), &asker(), now()).expect("submittable").into_after();
    let approved = submitted.settle(id(800), &Outcome::Approved { at: now() }, now()).expect("in approval");
    approved.into_after()
}

fn paid_out() -> CashAdvance {
    let paid =
        approved().pay_out("P-1".into(), today(), &person(3, &[]), (now(), today()), Shipped::new().rules());
    paid.expect("approved").into_after()
}

#[test]
fn an_advance_is_settled_soon_and_never_beside_an_overdue_one() {
    let shipped = Shipped::new();
    let check = |settle_on: &str, overdue: &[String]| {
        let beside = Beside { overdue: overdue.to_vec(), ..Beside::default() };
        draft(settle_on).check_submission(&asker(), today(), &beside, shipped.rules())
    };
    assert_eq!(check("2026-03-31", &[]), Ok(()));
    assert_eq!(check("2026-06-30", &[]).expect_err("too late").code, SETTLEMENT_TOO_LATE);
    assert_eq!(check("2026-03-01", &[]).expect_err("before").code, SETTLEMENT_BEFORE);
    let blocked = check("2026-03-31", &["CA-2025-000009".into()]).expect_err("blocked");
    assert_eq!((blocked.code, &blocked.params["advances"]), (OVERDUE_BLOCKS, &json!("CA-2025-000009")));
    let beside = Beside { overdue: vec!["CA-2025-000009".into()], ..Beside::default() };
    let blocked = approved().check_payout(&beside, shipped.rules()).expect_err("what was approved, too");
    assert_eq!(blocked.code, OVERDUE_BLOCKS);
    assert_eq!(approved().check_payout(&Beside::default(), shipped.rules()), Ok(()));
}

#[test]
fn money_moves_neither_before_it_was_asked_for_nor_back_before_it_went_out() {
    let finance = person(3, &[]);
    let (at, shipped) = ((now(), today()), Shipped::new());
    let yesterday = today().pred_opt().expect("a day");
    let early = approved().pay_out("P-1".into(), yesterday, &finance, at, shipped.rules());
    assert_eq!(early.expect_err("before the business date").findings[0].code, DATE_TOO_EARLY);
    let early =
        paid_out().repay("R-1".into(), cny(1), yesterday, &finance, at).expect_err("before the pay-out");
    assert_eq!(early.findings[0].code, DATE_TOO_EARLY);
}

#[test]
fn the_same_said_again_is_known() {
    let paid = paid_out();
    assert!(paid.is_paid_out_as("P-1", today()) && !paid.is_paid_out_as("P-2", today()));
    let repaid = paid.repay("R-1".into(), cny(1_000), today(), &person(3, &[]), (now(), today()));
    let repaid = repaid.expect("outstanding").into_after();
    assert!(repaid.is_repaid_as("R-1", cny(1_000), today()));
    assert!(
        !repaid.is_repaid_as("R-1", cny(1_001), today()) && !repaid.is_repaid_as("R-2", cny(1_000), today())
    );
}

#[test]
fn claims_and_cash_settle_no_more_than_is_outstanding() {
    let at = (now(), today());
    let held = paid_out().hold(id(1), cny(200_000), &asker(), at).expect("there is enough").into_after();
    assert_eq!(held.outstanding(), cny(100_000));
    let beyond = held.clone().hold(id(2), cny(100_001), &asker(), at).expect_err("beyond");
    assert_eq!(beyond.code, BEYOND_OUTSTANDING);
    let again = held.clone().hold(id(1), cny(250_000), &asker(), at).expect("submitted anew").into_after();
    assert_eq!(again.outstanding(), cny(50_000));
    let confirmed = held.confirm(id(1), cny(150_000), now()).expect("less was approved").into_after();
    assert_eq!(confirmed.outstanding(), cny(150_000));
    let repaid = confirmed.repay("R-1".into(), cny(150_000), today(), &person(3, &[]), at);
    let repaid = repaid.expect("the rest").into_after();
    assert_eq!(repaid.petition.state(), StandingState::Closed);
    let reversed = repaid.give_back(id(1), now()).expect("it had settled").into_after();
    assert_eq!((reversed.petition.state(), reversed.outstanding()), (StandingState::Approved, cny(150_000)));
    assert_eq!(reversed.settlement(day("2026-04-01")), Some(SettlementState::Overdue));
}

#[test]
fn what_is_paid_out_and_back_balances() {
    let repaid = paid_out().repay("R-1".into(), cny(1_000), today(), &person(3, &[]), (now(), today()));
    let entries = repaid.expect("outstanding").into_after().entries();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(crate::finance::journal::JournalEntry::is_balanced));
    assert_eq!(entries[0].postings[0].side, Side::Debit);
    assert_eq!(entries[0].postings[0].account, "1221.01");
    assert_eq!(entries[1].postings[0].account, "1002.01", "the bank has it back");
}

#[test]
fn what_was_recorded_by_mistake_is_undone_beside_it() {
    use reversal::{PAYOUT_SETTLED, REVERSED_REFERENCE, Undoing};
    let at = (now(), today());
    let undo =
        |reference: &str| Undoing { reference: reference.into(), on: today(), reason: "误登".into() };
    let finance = person(3, &[]);
    let repaid =
        paid_out().repay("R-1".into(), cny(1_000), today(), &finance, at).expect("paid out").into_after();
    let refused = repaid.clone().reverse_payout(undo("U-1"), &finance, at).expect_err("something settled it");
    assert_eq!(refused.code, PAYOUT_SETTLED);
    let undone = repaid.reverse_repayment("R-1", undo("U-1"), &finance, at).expect("it counts").into_after();
    assert_eq!(undone.outstanding(), cny(300_000));
    let again = undone.clone().repay("R-1".into(), cny(1_000), today(), &finance, at).expect_err("undone");
    assert_eq!(again.code, REVERSED_REFERENCE);
    let unpaid = undone.reverse_payout(undo("U-2"), &finance, at).expect("nothing settles it").into_after();
    assert_eq!((unpaid.payout.is_none(), unpaid.outstanding()), (true, cny(0)));
    let entries = unpaid.entries();
    assert_eq!(entries.len(), 4);
    let sum = |account: &str| -> i64 {
        let of =
            entries.iter().flat_map(|entry| &entry.postings).filter(|posting| posting.account == account);
        of.map(
            |posting| {
                if posting.side == Side::Debit { posting.amount.minor() } else { -posting.amount.minor() }
            },
        )
        .sum()
    };
    assert_eq!((sum("1221.01"), sum("1002.01")), (0, 0), "the accounts are as if nothing had been recorded");
}
