//! The rules of requests, without a database.

use super::{
    draw::{BELOW_CLAIMED, CLAIMED_LINE_FIXED, FRAME_FIXED, Wish},
    fixture::*,
    *,
};
use crate::finance::{
    expense_claim::Exchange,
    fixture::{cny, day, id, now, today},
    procurement::{QUOTES_MISSING, SUPPLIER_TWICE},
};
use crate::spine::{Currency, Money};
use std::collections::BTreeMap;

fn wish(claim_line: i32, line: i32, amount: i64) -> Wish {
    Wish { claim_line, line, amount }
}

fn drawn(request: ExpenseRequest, claim: u128, wishes: &[Wish]) -> (ExpenseRequest, bool) {
    let (change, over) = request.clone().draw(id(claim), wishes).expect("it is approved");
    (change.map_or(request, Change::into_after), over)
}

fn quote(supplier: &str, amount: i64) -> Quote {
    Quote { supplier: supplier.into(), amount: cny(amount), file_id: None }
}

#[test]
fn buying_beyond_the_limit_needs_three_quotes_or_a_tender() {
    let shipped = Shipped::new();
    let check = |line: RequestLine| {
        draft(vec![line]).check_submission(&asker(), today(), shipped.rules()).map_err(|no| no.code)
    };
    let dear = line("promotion.publicity", 2_000_001);
    assert_eq!(check(line("promotion.publicity", 2_000_000)), Ok(()), "the limit itself is within");
    assert_eq!(check(dear.clone()), Err(QUOTES_MISSING));
    let two = vec![quote("甲", 2_000_001), quote("乙", 2_100_000)];
    assert_eq!(check(RequestLine { quotes: two.clone(), ..dear.clone() }), Err(QUOTES_MISSING));
    let three = [two, vec![quote("丙", 2_200_000)]].concat();
    assert_eq!(check(RequestLine { quotes: three, ..dear.clone() }), Ok(()));
    let tender = Some(Tender { reference: "ZB-1".into(), file_id: None });
    assert_eq!(check(RequestLine { tender, ..dear }), Ok(()));
    let two = vec![line("promotion.publicity", 1_000_001), line("promotion.publicity", 1_000_000)];
    let split = draft(two).check_submission(&asker(), today(), shipped.rules()).expect_err("in two lines");
    assert_eq!((split.findings.len(), split.findings[0].code), (2, QUOTES_MISSING));
    let refusal = draft(vec![line("promotion.publicity", 2_000_001)])
        .check_submission(&asker(), today(), shipped.rules())
        .expect_err("no quotes");
    let citation = refusal.citation.expect("a citation");
    assert_eq!((citation.rule.as_str(), citation.clause.as_deref()), ("EXP-7", Some("000 §9 费用控制机制")));
}

#[test]
fn one_supplier_quotes_once() {
    let shipped = Shipped::new();
    for (one, other) in [("甲", " 甲 "), ("A公司", "Ａ 公司"), ("甲（杭州）", "甲(杭州)")] {
        let quotes = vec![quote(one, 100), quote(other, 100)];
        let twice = RequestLine { quotes, ..line("promotion.publicity", 100) };
        let refusal = content(vec![twice]).check(shipped.rules()).expect_err("twice");
        assert_eq!(refusal.code, SUPPLIER_TWICE);
    }
}

#[test]
fn claims_take_what_is_there_and_no_more() {
    let request = approved(vec![line("promotion.publicity", 1_000), line("other.training", 500)]);
    let (request, over) = drawn(request, 1, &[wish(1, 1, 600), wish(2, 1, 300)]);
    assert!(!over);
    assert_eq!(request.remaining().expect("it adds up"), BTreeMap::from([(1, 100), (2, 500)]));
    let (request, over) = drawn(request, 2, &[wish(1, 1, 250)]);
    assert!(over, "150 more than was left");
    assert_eq!(request.remaining().expect("it adds up")[&1], 0);
    let request = request.give_back(id(1), now()).expect("it had taken something").into_after();
    assert_eq!(request.remaining().expect("it adds up")[&1], 900);
    let (again, over) = drawn(request.clone(), 2, &[wish(1, 1, 250)]);
    assert!(!over, "submitted anew, it finds enough");
    assert_eq!(again.claimed()[&1], 250);
}

#[test]
fn a_request_that_is_used_up_closes_itself() {
    let request = approved(vec![line("promotion.publicity", 1_000)]);
    let (request, _) = drawn(request, 1, &[wish(1, 1, 1_000)]);
    assert_eq!(request.petition.state(), StandingState::Approved, "the claim may still come to nothing");
    let less = BTreeMap::from([(1, 900)]);
    let part = request.clone().keep(id(1), &less, now()).expect("it keeps").expect("a change").into_after();
    assert_eq!(part.petition.state(), StandingState::Approved);
    assert_eq!(part.remaining().expect("it adds up")[&1], 100);
    let all = BTreeMap::from([(1, 1_000)]);
    let closed = request.keep(id(1), &all, now()).expect("it keeps").expect("a change").into_after();
    assert_eq!(closed.petition.standing, Standing::Closed { at: now(), reason: None });
    let again = closed.give_back(id(1), now()).expect("it had taken something");
    assert!(again.happened().iter().any(|happening| happening.kind == REOPENED));
    assert_eq!(again.after().petition.state(), StandingState::Approved, "the claim came to nothing");
}

#[test]
fn an_approved_request_is_revoked_only_while_nothing_was_claimed() {
    let request = approved(vec![line("promotion.publicity", 1_000)]);
    let (claimed, _) = drawn(request.clone(), 1, &[wish(1, 1, 1)]);
    assert_eq!(
        claimed.clone().revoke("不办了".into(), &asker(), now()).map_err(|no| no.code).err(),
        Some(NOT_REVOCABLE)
    );
    let closed = claimed.close("不办了".into(), &asker(), now()).expect("closing is allowed").into_after();
    assert_eq!(closed.petition.state(), StandingState::Closed);
    let revoked = request.revoke("不办了".into(), &asker(), now()).expect("nothing was claimed").into_after();
    assert_eq!(revoked.petition.state(), StandingState::Revoked);
}

#[test]
fn an_amendment_takes_nothing_away_from_claims() {
    let request = approved(vec![line("promotion.publicity", 1_000), line("other.training", 500)]);
    let (request, _) = drawn(request, 1, &[wish(1, 1, 600)]);
    let amended = |lines: Vec<RequestLine>| request.check_amended(&content(lines)).map_err(|no| no.code);
    let second = || line("other.software", 700);
    assert_eq!(amended(vec![line("promotion.publicity", 600), second()]), Ok(()));
    assert_eq!(amended(vec![line("promotion.publicity", 599), second()]), Err(BELOW_CLAIMED));
    assert_eq!(amended(vec![line("promotion.advertising", 1_000)]), Err(CLAIMED_LINE_FIXED));
    assert_eq!(amended(Vec::new()), Err(BELOW_CLAIMED));
    let campaign = RequestContent { campaign: Some("C".into()), ..request.content.clone() };
    assert_eq!(request.check_amended(&campaign).map_err(|no| no.code), Err(CLAIMED_LINE_FIXED));
    let moved = RequestContent { business_date: day("2026-03-06"), ..request.content.clone() };
    assert_eq!(request.check_amended(&moved).map_err(|no| no.code), Err(FRAME_FIXED));
}

#[test]
fn lines_in_another_currency_add_up_to_the_whole_in_the_books() {
    let mut content = content((0..3).map(|_| line("other.training", 1)).collect());
    content.exchange = Exchange {
        currency: Currency::Usd,
        book: Currency::Cny,
        rate: "7.1234".parse().expect("a rate"),
        rate_date: Some(today()),
    };
    for line in &mut content.lines {
        line.amount = Money::from_minor(3_333, Currency::Usd);
    }
    let amounts = content.book_amounts().expect("they convert");
    assert_eq!(amounts.values().sum::<i64>(), content.worth().expect("it converts").minor());
}
