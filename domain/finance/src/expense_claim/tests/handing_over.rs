//! The hand-over says what it finds instead; payments and counter-documents come once.

use super::*;
use crate::finance::payment;
use crate::spine::{Currency, Money};
use hand_over::{
    ALREADY_ACKNOWLEDGED, ALREADY_CONFIRMED, NO_ENTRY, NOT_ACKNOWLEDGED, NOT_READY, RECALLED, VOUCHER_YEAR,
};

#[test]
fn the_hand_over_says_what_it_finds_instead() {
    let by = finance();
    let take = |claim: ExpenseClaim| claim.acknowledge("B-1".into(), &by, now());
    let unready = ExpenseClaim { entry: None, ..approved() };
    assert_eq!(refused(take(draft())), NOT_READY.code);
    assert_eq!(refused(take(submitted(draft()))), NOT_READY.code);
    assert_eq!(refused(unready.clone().acknowledge("B-1".into(), &by, now())), NOT_READY.code);
    let no_account = Refusal::new(crate::finance::journal::NO_ACCOUNT).with("category", "travel");
    let unready = ExpenseClaim { not_ready: Some(NotReady::because_of(no_account)), ..unready };
    let refusal = unready.acknowledge("B-1".into(), &by, now()).expect_err("no entry");
    assert_eq!(refusal.code, NO_ENTRY);
    let english = refusal.code.text(crate::spine::Language::English, &refusal.params);
    assert!(english.contains("The category \"travel\" has no ledger account"), "{english}");
    let revoked = approved().revoke("误提".into(), &submitter(), now()).expect("revocable").into_after();
    assert_eq!(refused(take(revoked)), RECALLED.code);
    let withdrawn = submitted(draft()).settle(id(800), &withdrawn(), now()).expect("withdrawn").into_after();
    assert_eq!(refused(take(withdrawn)), RECALLED.code);
    assert!(already(take(acknowledged())));
    assert_eq!(refused(acknowledged().acknowledge("B-2".into(), &by, now())), ALREADY_ACKNOWLEDGED.code);
    assert_eq!(refused(acknowledged().revoke("晚了".into(), &submitter(), now())), NOT_REVOCABLE.code);
    assert!(already(take(posted())));

    assert_eq!(refused(approved().confirm_posting(voucher(), today())), NOT_ACKNOWLEDGED.code);
    assert!(already(posted().confirm_posting(voucher(), today())));
    let other = Voucher { number: "记-9".into(), ..voucher() };
    assert_eq!(refused(posted().confirm_posting(other, today())), ALREADY_CONFIRMED.code);
    let wrong = Voucher { year: 2025, ..voucher() };
    assert_eq!(refused(acknowledged().confirm_posting(wrong, today())), VOUCHER_YEAR.code);
    let early = Voucher { posted_on: day("2026-03-06"), ..voucher() };
    assert_eq!(refused(acknowledged().confirm_posting(early, today())), DATE_IN_FUTURE.code);

    let no = PostingRefusal { code: "PERIOD_CLOSED".into(), text: "期间已关闭".into() };
    assert_eq!(refused(approved().refuse_posting(no.clone(), now())), NOT_ACKNOWLEDGED.code);
    assert_eq!(refused(posted().refuse_posting(no.clone(), now())), ALREADY_CONFIRMED.code);
    let returned = now_done(acknowledged().refuse_posting(no.clone(), now()));
    assert_eq!(returned.state(), ClaimState::Returned);
    assert!(already(returned.clone().refuse_posting(no, now())));
    let again = submitted(returned);
    assert_eq!(again.state(), ClaimState::InApproval, "it can be mended and submitted again");
}

#[test]
fn a_payment_is_confirmed_once_and_never_beyond_what_is_owed() {
    let by = finance();
    let say = |claim: &ExpenseClaim, notice| claim.clone().confirm_payment(notice, &by, now(), today());
    assert_eq!(refused(say(&acknowledged(), pay("P-1", 1))), payment::NOT_POSTED.code);
    assert_eq!(refused(say(&approved(), pay("P-1", 1))), NOT_ACKNOWLEDGED.code);
    assert_eq!(refused(say(&posted(), pay("P-1", 159_001))), payment::OVERPAID.code);
    assert_eq!(refused(say(&posted(), pay("P-1", 0))), codes::AMOUNT_NOT_POSITIVE.code);
    let dollars = PaymentNotice { amount: Money::from_minor(1, Currency::Usd), ..pay("P-1", 1) };
    assert_eq!(refused(say(&posted(), dollars)), codes::WRONG_CURRENCY.code);
    let early = PaymentNotice { paid_on: day("2026-03-04"), ..pay("P-1", 1) };
    assert_eq!(refused(say(&posted(), early)), payment::BEFORE_POSTING.code);
    let late = PaymentNotice { paid_on: day("2026-03-06"), ..pay("P-1", 1) };
    assert_eq!(refused(say(&posted(), late)), DATE_IN_FUTURE.code);
    let claim = now_done(say(&posted(), pay("P-1", 100_000)));
    assert!(already(say(&claim, pay("P-1", 100_000))));
    assert_eq!(refused(say(&claim, pay("P-1", 1))), payment::REFERENCE_TAKEN.code);
    assert_eq!(refused(say(&claim, pay("P-2", 59_001))), payment::OVERPAID.code);
}

#[test]
fn a_posted_claim_is_undone_by_a_counter_document() {
    let by = finance();
    let paid = now_done(posted().confirm_payment(pay("P-1", 60_000), &by, now(), today()));
    assert_eq!(
        refused(acknowledged().reverse(new_claim(20), "错".into(), &by, now(), today())),
        NOT_REVERSIBLE.code
    );
    let (original, mirror) =
        paid.reverse(new_claim(20), "重复".into(), &by, now(), today()).expect("reversible");
    let (original, mirror) = (original.into_after(), mirror.into_after());
    assert_eq!(mirror.content.claimed(), Ok(cny(-159_000)));
    assert_eq!(mirror.payable(), Ok(cny(-60_000)), "what was paid is owed back");
    let again = original.clone().reverse(new_claim(21), "再来".into(), &by, now(), today());
    assert_eq!(refused(again), ALREADY_REVERSED.code);
    let more = original.clone().confirm_payment(pay("P-2", 1), &by, now(), today());
    assert_eq!(refused(more), payment::BEING_REVERSED.code);
    assert_eq!(
        refused(mirror.clone().revise(content(), &submitter(), Rules::shipped().all())),
        REVERSAL_FIXED.code
    );

    let mine = mirror.clone().revoke("不退".into(), &submitter(), now());
    assert_eq!(refused(mine), REVERSAL_FIXED.code, "who owes the money back cannot call it off");
    assert!(mirror.clone().revoke("误".into(), &by, now()).is_ok());
    let mirror = now_done(mirror.acknowledge("B-2".into(), &by, now()));
    let mirror = now_done(mirror.confirm_posting(Voucher { number: "记-0300".into(), ..voucher() }, today()));
    assert_eq!(mirror.paid_state(), Some(PaidState::Unpaid));
    let done = original.complete_reversal(mirror.id, now()).expect("reversed").into_after();
    assert_eq!(done.state(), ClaimState::Reversed);
    assert!(!done.state().is_live(), "its invoices are free again");
    assert!(already(done.confirm_posting(voucher(), today())));
}

#[test]
fn a_counter_document_that_comes_to_nothing_leaves_the_claim_as_it_was() {
    let by = finance();
    let (original, mirror) =
        posted().reverse(new_claim(20), "错".into(), &by, now(), today()).expect("reversible");
    let (original, mirror) = (original.into_after(), mirror.into_after());
    let mirror = now_done(mirror.acknowledge("B-2".into(), &by, now()));
    let no = PostingRefusal { code: "X".into(), text: "不行".into() };
    let mirror = now_done(mirror.refuse_posting(no.clone(), now()));
    assert_eq!(mirror.state(), ClaimState::Void);
    assert!(already(mirror.refuse_posting(no, now())));
    let original = original.drop_reversal(id(20)).expect("dropped").into_after();
    assert!(original.clone().drop_reversal(id(20)).is_err());
    assert!(original.reverse(new_claim(21), "再来".into(), &by, now(), today()).is_ok());
}
