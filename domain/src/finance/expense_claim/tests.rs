use super::hand_over::{
    ALREADY_ACKNOWLEDGED, ALREADY_CONFIRMED, NO_ENTRY, NOT_ACKNOWLEDGED, NOT_READY, RECALLED, VOUCHER_YEAR,
};
use super::reduce::LineDecision;
use super::*;
use crate::finance::payment::{self, PaidState, PaymentNotice};
use crate::finance::{expense_category as category, fixture::*, invoice as paper, leaver::Owner};
use crate::spine::{Currency, Money};
use hand_over::HandedOver;
use proptest::prelude::*;

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

fn codes_at_submission(change: impl FnOnce(&mut ClaimContent)) -> Vec<(String, &'static str)> {
    let mut claim = draft();
    change(&mut claim.content);
    match claim.check_submission(&submitter(), today(), Rules::shipped().all()) {
        Ok(()) => Vec::new(),
        Err(refusal) => refusal.findings.into_iter().map(|f| (f.pointer, f.code.code)).collect(),
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut ClaimContent), expected: &[(&str, &str)]) {
    let found = codes_at_submission(change);
    let found: Vec<(&str, &str)> = found.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_claim_travels_from_draft_to_paid() {
    let claim = posted();
    assert_eq!(claim.paid_state(), Some(PaidState::Unpaid));
    let claim = now_done(claim.confirm_payment(pay("P-1", 100_000), &finance(), now(), today()));
    assert_eq!(claim.paid_state(), Some(PaidState::PartiallyPaid));
    let claim = now_done(claim.confirm_payment(pay("P-2", 59_000), &finance(), now(), today()));
    assert_eq!(claim.paid_state(), Some(PaidState::Paid));
    assert_eq!(claim.status.state(), ClaimState::Posted, "paid is derived, never a state of its own");
    assert_eq!(claim.version, 7);
}

#[test]
fn the_description_the_regulation_demands_is_demanded() {
    check(|_| {}, &[]);
    check(|c| c.details.background = None, &[("/details/background", DETAIL_MISSING.code)]);
    check(
        |c| (c.details.customer, c.details.head_count) = (None, None),
        &[("/details/customer", DETAIL_MISSING.code), ("/details/head_count", DETAIL_MISSING.code)],
    );
    check(
        |c| (c.details.route, c.details.days) = (None, None),
        &[("/details/route", DETAIL_MISSING.code), ("/details/days", DETAIL_MISSING.code)],
    );
    check(
        |c| {
            c.lines.remove(1);
            (c.details.customer, c.details.head_count) = (None, None);
        },
        &[],
    );
    let mut claim = draft();
    claim.content.details.purpose = None;
    let refusal =
        claim.check_submission(&submitter(), today(), Rules::shipped().all()).expect_err("incomplete");
    assert_eq!(refusal.citation.and_then(|c| c.clause).as_deref(), Some("000 §9.3(5)"));
}

#[test]
fn every_policy_of_submission_is_checked_at_once() {
    check(|c| c.lines.clear(), &[("/lines", NO_LINES.code)]);
    check(|c| c.lines[0].invoices.clear(), &[("/lines/0/invoices", paper::MISSING.code)]);
    check(|c| c.lines[0].claimed = cny(106_001), &[("/lines/0/invoices", paper::NOT_COVERED.code)]);
    check(|c| c.lines[0].occurred_on = day("2026-03-06"), &[("/lines/0/occurred_on", DATE_IN_FUTURE.code)]);
    check(
        |c| c.lines[0].occurred_on = day("2025-09-05"),
        &[("/lines/0/occurred_on", SPENT_TOO_LONG_AGO.code)],
    );
    check(|c| c.business_date = day("2026-03-06"), &[("/business_date", DATE_IN_FUTURE.code)]);
    check(|c| c.business_date = day("2025-09-05"), &[("/business_date", SPENT_TOO_LONG_AGO.code)]);
    check(
        |c| c.lines[0].category = "commission.agent".into(),
        &[("/lines/0/category", category::NEEDS_REQUEST.code)],
    );
    check(
        |c| {
            c.lines[1].invoices = vec![paper_of(2_000_001)];
            c.lines[1].claimed = cny(2_000_001);
        },
        &[("/lines/1/category", category::BEYOND_DIRECT.code)],
    );
    check(
        |c| {
            c.lines[0].category = "other.market_research".into();
            c.attachments.clear();
        },
        &[("/attachments", EVIDENCE_MISSING.code)],
    );
    check(
        |c| {
            c.lines[0].invoices[0].issued_on = day("2026-03-06");
            c.lines[1].invoices[0].buyer =
                Some(paper::Party { name: "别家".into(), tax_number: Some("91350100M000100Y43".into()) });
            c.details.purpose = None;
        },
        &[
            ("/details/purpose", DETAIL_MISSING.code),
            ("/lines/0/invoices/0/issued_on", paper::IN_FUTURE.code),
            ("/lines/1/invoices/0/buyer", paper::NOT_OUR_COMPANY.code),
        ],
    );
}

fn paper_of(total: i64) -> paper::Invoice {
    invoice(77, total, 0)
}

#[test]
fn even_a_draft_is_well_formed() {
    let rules = Rules::shipped();
    let create = |change: &dyn Fn(&mut ClaimContent)| {
        let mut content = content();
        change(&mut content);
        ExpenseClaim::create(new_claim(10), content, &submitter(), now(), rules.all())
    };
    assert_eq!(refused(create(&|c| c.lines[0].category = "nothing".into())), category::UNKNOWN.code);
    assert_eq!(refused(create(&|c| c.lines[0].category = "promotion".into())), category::NOT_LEAF.code);
    assert_eq!(refused(create(&|c| c.lines[0].claimed = cny(0))), codes::AMOUNT_NOT_POSITIVE.code);
    assert_eq!(refused(create(&|c| c.lines[0].claimed = cny(-5))), codes::AMOUNT_NOT_POSITIVE.code);
    let usd = Money::from_minor(100, Currency::Usd);
    assert_eq!(refused(create(&|c| c.lines[0].claimed = usd)), codes::WRONG_CURRENCY.code);
    let twice = |c: &mut ClaimContent| c.lines[1].invoices[0].number = c.lines[0].invoices[0].number.clone();
    assert_eq!(refused(create(&twice)), paper::TWICE_IN_CLAIM.code);
    assert_eq!(refused(create(&|c| c.details.head_count = Some(0))), codes::OUT_OF_RANGE.code);
    assert_eq!(refused(create(&|c| c.exchange.rate = "7.1".parse().expect("a rate"))), RATE_NOT_ONE.code);
    assert_eq!(refused(create(&|c| c.lines[0].description = "a\u{0}".into())), codes::BAD_CHARACTER.code);
    let nobody = Actor { employee: None, ..submitter() };
    let result = ExpenseClaim::create(new_claim(10), content(), &nobody, now(), rules.all());
    assert_eq!(refused(result), NO_EMPLOYEE.code);
}

#[test]
fn a_total_beyond_what_can_be_read_again_is_refused() {
    let most = 1_000_000_000_000_000;
    let mut content = content();
    content.lines = vec![line("entertainment.travel", most, vec![]), line("entertainment.travel", 1, vec![])];
    let rules = Rules::shipped();
    let refused_at = |content| ExpenseClaim::create(new_claim(10), content, &submitter(), now(), rules.all());
    assert_eq!(refused(refused_at(content.clone())), codes::AMOUNT_TOO_LARGE.code);
    content.lines.pop();
    assert!(refused_at(content).is_ok());
}

#[test]
fn a_foreign_claim_needs_a_rate_of_its_time() {
    let abroad = |rate_date: Option<&str>| {
        let mut content = content();
        let usd = |minor| Money::from_minor(minor, Currency::Usd);
        content.exchange = Exchange {
            currency: Currency::Usd,
            book: Currency::Cny,
            rate: "7.1234".parse().expect("a rate"),
            rate_date: rate_date.map(day),
        };
        content.lines.truncate(1);
        content.lines[0].claimed = usd(10_001);
        let receipt = &mut content.lines[0].invoices[0];
        (receipt.kind, receipt.number, receipt.buyer) = (paper::InvoiceKind::Other, "R-1".into(), None);
        (receipt.net, receipt.tax, receipt.total) = (usd(10_001), usd(0), usd(10_001));
        content
    };
    let rules = Rules::shipped();
    let create = |content| ExpenseClaim::create(new_claim(10), content, &submitter(), now(), rules.all());
    assert_eq!(refused(create(abroad(None))), RATE_MISSING.code);
    for (date, expected) in
        [("2026-03-06", Some(DATE_IN_FUTURE)), ("2026-01-31", Some(RATE_TOO_FAR)), ("2026-02-28", None)]
    {
        let claim = create(abroad(Some(date))).expect("a draft").into_after();
        assert_eq!(claim.payable(), Ok(cny(71_241)), "100.01 × 7.1234 = 712.411…");
        let result = claim.check_submission(&submitter(), today(), rules.all());
        assert_eq!(result.err().map(|r| r.code.code), expected.map(|c| c.code), "{date}");
    }
}

#[test]
fn a_claim_for_somebody_else_needs_the_permission_and_a_reason() {
    let rules = Rules::shipped();
    let secretary = person(1, &[Permission::SubmitExpenseClaims, Permission::SubmitExpenseClaimsForOthers]);
    let create = |by: &Actor, reason: Option<&str>| {
        let mut content = content();
        content.beneficiary = Beneficiary { employee: id(150), reason: reason.map(str::to_owned) };
        ExpenseClaim::create(new_claim(10), content, by, now(), rules.all())
    };
    assert_eq!(refused(create(&submitter(), Some("代总监报销"))), FOR_OTHERS_FORBIDDEN.code);
    assert_eq!(refused(create(&secretary, None)), REASON_FOR_OTHER.code);
    assert!(create(&secretary, Some("代总监报销")).is_ok());
    let mut own = content();
    own.beneficiary.reason = Some("没有必要".into());
    let result = ExpenseClaim::create(new_claim(10), own, &submitter(), now(), rules.all());
    assert_eq!(refused(result), REASON_WITHOUT_OTHER.code);
    let named = NewClaim { submitter: Some(id(160)), ..new_claim(10) };
    let result = ExpenseClaim::create(named, content(), &submitter(), now(), rules.all());
    assert_eq!(refused(result), FOR_OTHERS_FORBIDDEN.code);
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
    let withdrawn = submitted(draft()).withdraw(id(800), now()).expect("withdrawn").into_after();
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
    assert_eq!(returned.status.state(), ClaimState::Returned);
    assert!(already(returned.clone().refuse_posting(no, now())));
    let again = submitted(returned);
    assert_eq!(again.status.state(), ClaimState::InApproval, "it can be mended and submitted again");
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
    assert_eq!(mirror.payable(), Ok(cny(60_000)), "what was paid is owed back");
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
    assert_eq!(done.status.state(), ClaimState::Reversed);
    assert!(!done.status.state().is_live(), "its invoices are free again");
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
    assert_eq!(mirror.status.state(), ClaimState::Void);
    assert!(already(mirror.refuse_posting(no, now())));
    let original = original.drop_reversal(id(20)).expect("dropped").into_after();
    assert!(original.clone().drop_reversal(id(20)).is_err());
    assert!(original.reverse(new_claim(21), "再来".into(), &by, now(), today()).is_ok());
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
    assert_eq!(void(Owner::Left, &finance()).expect("left").after().status.state(), ClaimState::Void);
    let refusal = approved().void("离职".into(), Owner::Left, &finance(), now());
    assert_eq!(refused(refusal), NOT_VOIDABLE.code, "what is approved is revoked");
}

#[test]
fn the_decision_of_another_approval_moves_nothing() {
    let claim = submitted(draft());
    assert_eq!(refused(claim.clone().approve(id(801), now(), Rules::shipped().all())), OTHER_APPROVAL.code);
    assert_eq!(refused(claim.reject(id(801), "否".into(), now())), OTHER_APPROVAL.code);
    assert_eq!(refused(approved().withdraw(id(800), now())), NOT_IN_APPROVAL.code);
}

#[test]
fn a_submitter_cannot_write_what_is_approved() {
    let mut content = content();
    content.lines[0].reduction = Some(Reduction { approved: cny(1), reason: "自批".into(), by: id(1) });
    assert_eq!(draft_of(content).content.approved(), Ok(cny(159_000)));
}

/// Tries every action on a claim; what an allowed one makes of it.
fn attempt(claim: ExpenseClaim, action: ClaimActionTried, n: i64) -> Option<ExpenseClaim> {
    use ClaimActionTried::*;
    let rules = Rules::shipped();
    let (me, by) = (submitter(), finance());
    let handed = |result: Result<HandedOver, Refusal>| match result.ok()? {
        HandedOver::Now(change) => Some(change.into_after()),
        HandedOver::Already(claim) => Some(*claim),
    };
    let moved = |result: Result<Change<ExpenseClaim>, Refusal>| result.ok().map(Change::into_after);
    match action {
        Revise => moved(claim.revise(content(), &me, rules.all())),
        Submit => moved(claim.submit(id(800), &me, now(), today(), rules.all())),
        Approve => moved(claim.approve(id(800), now(), rules.all())),
        SendBack => moved(claim.send_back(id(800), "改".into(), now())),
        Reject => moved(claim.reject(id(800), "否".into(), now())),
        Withdraw => moved(claim.withdraw(id(800), now())),
        Reduce => {
            moved(claim.reduce(
                &[LineDecision { line: 1, approved: cny(n), reason: Some("减".into()) }],
                &approver(),
            ))
        }
        Void => moved(claim.void("废".into(), Owner::Here, &me, now())),
        Revoke => moved(claim.revoke("撤".into(), &me, now())),
        Acknowledge => handed(claim.acknowledge("B".into(), &by, now())),
        Confirm => handed(claim.confirm_posting(voucher(), today())),
        Refuse => handed(claim.refuse_posting(PostingRefusal { code: "X".into(), text: "不".into() }, now())),
        Pay => handed(claim.confirm_payment(pay(&format!("P-{}", n % 7), n), &by, now(), today())),
        Reverse => {
            claim.reverse(new_claim(20), "冲".into(), &by, now(), today()).ok().map(|(o, _)| o.into_after())
        }
        Complete => moved(claim.complete_reversal(id(20), now())),
        Drop => moved(claim.drop_reversal(id(20))),
    }
}

#[derive(Clone, Copy, Debug)]
enum ClaimActionTried {
    Revise,
    Submit,
    Approve,
    SendBack,
    Reject,
    Withdraw,
    Reduce,
    Void,
    Revoke,
    Acknowledge,
    Confirm,
    Refuse,
    Pay,
    Reverse,
    Complete,
    Drop,
}

const TRIED: [ClaimActionTried; 16] = {
    use ClaimActionTried::*;
    [
        Revise,
        Submit,
        Approve,
        SendBack,
        Reject,
        Withdraw,
        Reduce,
        Void,
        Revoke,
        Acknowledge,
        Confirm,
        Refuse,
        Pay,
        Reverse,
        Complete,
        Drop,
    ]
};

/// Every allowed step of the diagram, and no other.
fn is_in_the_diagram(from: ClaimState, to: ClaimState) -> bool {
    use ClaimState::*;
    from == to
        || matches!(
            (from, to),
            (Draft | Returned | Withdrawn, InApproval | Void)
                | (InApproval, Approved | Returned | Rejected | Withdrawn)
                | (Rejected, Void)
                | (Approved, Acknowledged | Revoked)
                | (Acknowledged, Posted | Returned)
                | (Posted, Reversed)
        )
}

proptest! {
    #[test]
    fn no_sequence_of_actions_breaks_a_claim(steps in prop::collection::vec((0_usize..24, 1_i64..200_000), 1..60)) {
        let mut claim = draft();
        let number = claim.number.clone();
        for (which, n) in steps {
            // The forward steps come more often, so that most sequences reach the ledger.
            let action = TRIED.get(which).copied().unwrap_or([
                ClaimActionTried::Submit, ClaimActionTried::Approve, ClaimActionTried::Acknowledge,
                ClaimActionTried::Confirm, ClaimActionTried::Pay, ClaimActionTried::Pay,
                ClaimActionTried::Reduce, ClaimActionTried::Submit][which % 8]);
            let before = claim.clone();
            let Some(after) = attempt(claim, action, n) else { claim = before; continue };
            let (from, to) = (before.status.state(), after.status.state());
            prop_assert!(is_in_the_diagram(from, to), "{from:?} → {to:?} by {action:?}");
            prop_assert!(!from.is_terminal() || before == after, "{from:?} is frozen");
            prop_assert_eq!(&after.number, &number);
            prop_assert!(after == before || after.version == before.version + 1);
            let (claimed, approved) = (after.content.claimed().unwrap(), after.content.approved().unwrap());
            prop_assert!(after.paid().minor() <= approved.minor() && approved.minor() <= claimed.minor());
            prop_assert!(approved.is_positive());
            prop_assert!(after.payments.is_empty() || matches!(to, ClaimState::Posted | ClaimState::Reversed));
            prop_assert!(after.payments.starts_with(&before.payments), "payments are never changed or removed");
            let locked = matches!(from, ClaimState::Approved | ClaimState::Acknowledged | ClaimState::Posted | ClaimState::Reversed);
            prop_assert!(!locked || before.content == after.content, "what was approved is not rewritten");
            claim = after;
        }
    }

    #[test]
    fn actions_foresee_what_happens(steps in prop::collection::vec((0_usize..16, 1_i64..200_000), 0..12)) {
        let mut claim = draft();
        for (which, n) in steps {
            claim = attempt(claim.clone(), TRIED[which], n).unwrap_or(claim);
        }
        let foreseen = |by: &Actor, action: ClaimAction| {
            claim.actions(by, true, Owner::Here).into_iter().find(|(a, _)| *a == action).is_some_and(|(_, allowed)| allowed.is_ok())
        };
        use actions::ClaimAction;
        for (action, tried) in [(ClaimAction::Revise, ClaimActionTried::Revise), (ClaimAction::Void, ClaimActionTried::Void),
            (ClaimAction::Revoke, ClaimActionTried::Revoke), (ClaimAction::Withdraw, ClaimActionTried::Withdraw)] {
            prop_assert_eq!(foreseen(&submitter(), action), attempt(claim.clone(), tried, 1).is_some(), "{:?}", action);
        }
        prop_assert_eq!(foreseen(&finance(), ClaimAction::Reverse), attempt(claim.clone(), ClaimActionTried::Reverse, 1).is_some());
    }
}
