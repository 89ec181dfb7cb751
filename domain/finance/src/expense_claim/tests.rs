//! What a claim lets happen to it: its way from draft to paid, and who may move it.

/// Whatever is tried in whatever order.
mod any_order;
/// The four calls of finance and the ERP, payments, and counter-documents.
mod handing_over;
/// What a submission demands.
mod submitting;

use super::reduce::LineDecision;
use super::*;
use crate::approval::{
    Outcome,
    petition::{NOT_VOIDABLE, NOT_YOURS, OTHER_APPROVAL},
};
use crate::finance::fixture::*;
use crate::finance::payment::{PaidState, PaymentNotice};
use hand_over::HandedOver;

fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.expect_err("a refusal").code.code
}

fn now_done(result: Result<HandedOver, Refusal>) -> ExpenseClaim {
    match result.expect("no refusal") {
        HandedOver::Now(change) => change.into_after(),
        HandedOver::Already(_) => panic!("it had not been said before"),
    }
}

fn already(result: Result<HandedOver, Refusal>) -> bool {
    matches!(result, Ok(HandedOver::Already(_)))
}

fn acknowledged() -> ExpenseClaim {
    now_done(approved().acknowledge("B-1".into(), &finance(), now()))
}

fn voucher() -> Voucher {
    Voucher { number: "记-0231".into(), year: 2026, posted_on: today() }
}

fn posted() -> ExpenseClaim {
    now_done(acknowledged().confirm_posting(voucher(), today()))
}

fn pay(reference: &str, minor: i64) -> PaymentNotice {
    PaymentNotice { reference: reference.into(), amount: cny(minor), paid_on: today() }
}

fn withdrawn() -> Outcome {
    Outcome::Withdrawn { at: now() }
}

fn rejected() -> Outcome {
    Outcome::Rejected { by: id(2), at: now(), reason: "否".into() }
}

fn returned() -> Outcome {
    Outcome::Returned { by: id(2), at: now(), reason: "改".into(), step: 1, mend: Vec::new() }
}

#[test]
fn a_claim_travels_from_draft_to_paid() {
    let claim = posted();
    assert_eq!(claim.paid_state(), Some(PaidState::Unpaid));
    let claim = now_done(claim.confirm_payment(pay("P-1", 100_000), &finance(), now(), today()));
    assert_eq!(claim.paid_state(), Some(PaidState::PartiallyPaid));
    let claim = now_done(claim.confirm_payment(pay("P-2", 59_000), &finance(), now(), today()));
    assert_eq!(claim.paid_state(), Some(PaidState::Paid));
    assert_eq!(claim.state(), ClaimState::Posted, "paid is derived, never a state of its own");
    assert_eq!(claim.version, 7);
}

#[test]
fn amounts_are_reduced_by_line_with_a_reason_and_never_by_oneself() {
    let claim = submitted(draft());
    let less = |line, approved, reason: Option<&str>| LineDecision {
        line,
        approved: cny(approved),
        reason: reason.map(str::to_owned),
    };
    let by = approver();
    let reduce = |decisions: &[LineDecision], by: &Actor| claim.clone().reduce(decisions, by);
    assert_eq!(refused(reduce(&[less(1, 50_000, None)], &by)), REDUCTION_REASON.code);
    assert_eq!(refused(reduce(&[less(1, 106_001, Some("多给"))], &by)), APPROVED_OUT_OF_RANGE.code);
    assert_eq!(refused(reduce(&[less(1, -1, Some("少给"))], &by)), APPROVED_OUT_OF_RANGE.code);
    assert_eq!(refused(reduce(&[less(3, 1, Some("少给"))], &by)), NO_SUCH_LINE.code);
    assert_eq!(refused(reduce(&[less(0, 1, Some("少给"))], &by)), NO_SUCH_LINE.code);
    assert_eq!(refused(reduce(&[less(1, 1, Some("a")), less(1, 2, Some("b"))], &by)), LINE_TWICE.code);
    assert_eq!(
        refused(reduce(&[less(1, 0, Some("a")), less(2, 0, Some("b"))], &by)),
        REDUCED_TO_NOTHING.code
    );
    assert_eq!(refused(reduce(&[less(1, 50_000, Some("超标"))], &submitter())), OWN_REDUCTION.code);
    assert_eq!(refused(draft().reduce(&[less(1, 50_000, Some("超标"))], &by)), NOT_IN_APPROVAL.code);
    let change = reduce(&[less(1, 50_000, Some("超标"))], &by).expect("reduced");
    assert_eq!(change.after().version, claim.version + 1, "whoever read it before cannot approve it blindly");
    let claim = change.into_after();
    assert_eq!(claim.content.approved(), Ok(cny(103_000)));
    assert_eq!(claim.content.claimed(), Ok(cny(159_000)));
    let restored = claim.reduce(&[less(1, 106_000, None)], &by).expect("restored").into_after();
    assert_eq!(restored.content.approved(), Ok(cny(159_000)));
}

#[test]
fn only_who_made_it_changes_submits_and_voids_it() {
    let rules = Rules::shipped();
    let stranger = person(9, &[Permission::SubmitExpenseClaims]);
    assert_eq!(refused(draft().revise(content(), &stranger, rules.all())), NOT_YOURS.code);
    assert_eq!(refused(draft().submit(id(800), &stranger, now(), today(), rules.all())), NOT_YOURS.code);
    assert_eq!(refused(draft().void("不要了".into(), Owner::Here, &stranger, now())), NOT_YOURS.code);
    assert_eq!(refused(approved().revoke("误".into(), &stranger, now())), NOT_YOURS.code);
    assert!(approved().revoke("误".into(), &finance(), now()).is_ok());
    assert_eq!(refused(draft().void(" ".into(), Owner::Here, &submitter(), now())), codes::REQUIRED.code);
}

#[test]
fn finance_gives_up_what_a_leaver_has_left_behind_and_nobody_else_does() {
    let stranger = person(9, &[Permission::SubmitExpenseClaims]);
    let void = |owner, by: &Actor| draft().void("离职".into(), owner, by, now());
    assert_eq!(refused(void(Owner::Here, &finance())), NOT_YOURS.code);
    assert_eq!(refused(void(Owner::Left, &stranger)), NOT_YOURS.code);
    assert_eq!(void(Owner::Left, &finance()).expect("left").after().state(), ClaimState::Void);
    let refusal = approved().void("离职".into(), Owner::Left, &finance(), now());
    assert_eq!(refused(refusal), NOT_VOIDABLE.code, "what is approved is revoked");
}

#[test]
fn the_decision_of_another_approval_moves_nothing() {
    let claim = submitted(draft());
    assert_eq!(refused(claim.clone().approve(id(801), now(), Rules::shipped().all())), OTHER_APPROVAL.code);
    assert_eq!(refused(claim.settle(id(801), &rejected(), now())), OTHER_APPROVAL.code);
    assert_eq!(refused(approved().settle(id(800), &withdrawn(), now())), NOT_IN_APPROVAL.code);
}

#[test]
fn a_submitter_cannot_write_what_is_approved() {
    let mut content = content();
    content.lines[0].reduction = Some(Reduction { approved: cny(1), reason: "自批".into(), by: id(1) });
    assert_eq!(draft_of(content).content.approved(), Ok(cny(159_000)));
}
