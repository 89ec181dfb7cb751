//! What a submission demands: every policy, all at once.

use super::*;
use crate::approval::petition::NO_EMPLOYEE;
use crate::finance::{expense_category as category, invoice as paper};
use crate::spine::{Currency, Money};

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
        content.beneficiary =
            Beneficiary { employee: id(150), reason: reason.map(str::to_owned), payee: None };
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
fn buying_directly_beyond_the_limit_needs_quotes_or_a_tender_as_asking_does() {
    use crate::finance::procurement::{QUOTES_MISSING, Quote, Tender};
    let shipped = Rules::shipped();
    let check = |lines: Vec<Line>| {
        let claim = draft_of(ClaimContent { lines, ..content() });
        claim.check_submission(&submitter(), today(), shipped.all())
    };
    let bought = |number, fen| line("promotion.publicity", fen, vec![invoice(number, fen, 0)]);
    assert_eq!(check(vec![bought(1, 2_000_000)]), Ok(()), "the limit itself is within");
    let refusal = check(vec![bought(1, 2_000_001)]).expect_err("no quotes");
    assert_eq!((refusal.code, refusal.findings[0].pointer.as_str()), (QUOTES_MISSING, "/lines/0/quotes"));
    let citation = refusal.citation.expect("a citation");
    assert_eq!((citation.rule.as_str(), citation.clause.as_deref()), ("EXP-7", Some("000 §9 费用控制机制")));
    let split = check(vec![bought(1, 1_000_001), bought(2, 1_000_000)]).expect_err("in two lines");
    assert_eq!(split.findings.len(), 2, "a purchase is not smaller for standing in two lines");
    let quote = |supplier: &str| Quote { supplier: supplier.into(), amount: cny(2_000_001), file_id: None };
    let quotes = vec![quote("甲"), quote("乙"), quote("丙")];
    assert_eq!(check(vec![Line { quotes, ..bought(1, 2_000_001) }]), Ok(()));
    let tender = Some(Tender { reference: "ZB-1".into(), file_id: None });
    assert_eq!(check(vec![Line { tender, ..bought(1, 2_000_001) }]), Ok(()));
    let meeting = line("entertainment.meeting", 3_000_000, vec![invoice(1, 3_000_000, 0)]);
    assert_eq!(check(vec![meeting]), Ok(()), "no procurement");
}
