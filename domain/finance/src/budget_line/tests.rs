//! What the ledger promises, whatever documents do.

use super::*;
use crate::{finance::fixture::id, spine::Refusal};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const HARD: u128 = 1;
const SPECIAL: u128 = 2;
const WARN: u128 = 3;

fn line(n: u128, control: Control) -> BudgetLine {
    BudgetLine {
        id: id(n),
        budget: id(900),
        department: id(70),
        category: "promotion.advertising".into(),
        period: "2026-03".parse().expect("a period"),
        campaign: None,
        region: None,
        purpose: Purpose::Ordinary,
        control,
        currency: Currency::Cny,
        balance: Balance::default(),
        entries: 0,
        open: true,
        run_rate_told: None,
        version: 0,
    }
}

fn document(kind: DocumentKind, n: u128) -> DocumentRef {
    DocumentRef::new(kind, Uuid::from_u128(n))
}
fn claim(n: u128) -> DocumentRef {
    document(DocumentKind::ExpenseClaim, n)
}
fn request(n: u128) -> DocumentRef {
    document(DocumentKind::ExpenseRequest, n)
}
fn amendment(n: u128) -> DocumentRef {
    document(DocumentKind::ExpenseRequestAmendment, n)
}
fn demand(budget_line: u128, amount: i64) -> Demand {
    Demand { line: 1, budget_line: id(budget_line), amount, source: None }
}
fn all(amount: i64) -> Amounts {
    BTreeMap::from([(1, amount)])
}

/// A desk with a line of each control, of 1,000 each.
fn desk() -> Desk {
    let mut desk = Desk::new(Vec::new(), Vec::new(), "2026-03".parse().expect("a month"), vec![80, 100]);
    let by = document(DocumentKind::Budget, 900).line(1);
    for (n, control) in [(HARD, Control::Hard), (SPECIAL, Control::Special), (WARN, Control::Warn)] {
        desk.open(line(n, control), 1_000, by).expect("it opens");
    }
    desk
}

fn balance(desk: &Desk, n: u128) -> Balance {
    desk.line(id(n)).expect("the line").balance
}

#[test]
fn a_document_is_reserved_committed_and_spent() {
    let mut desk = desk();
    desk.reserve(claim(1), &[demand(HARD, 600)]).expect("there is enough");
    assert_eq!(balance(&desk, HARD).reserved, 600);
    desk.commit(claim(1), &all(450)).expect("less is approved");
    assert_eq!((balance(&desk, HARD).reserved, balance(&desk, HARD).committed), (0, 450));
    desk.spend(claim(1), &all(200)).expect("part is paid");
    desk.spend(claim(1), &all(450)).expect("the rest is paid");
    assert_eq!((balance(&desk, HARD).spent, balance(&desk, HARD).available()), (450, 550));
    desk.reverse(claim(1)).expect("it is reversed");
    assert_eq!(balance(&desk, HARD).available(), 1_000);
}

#[test]
fn hard_control_refuses_naming_the_difference() {
    let mut desk = desk();
    let refusal = desk.reserve(claim(1), &[demand(HARD, 1_250)]).expect_err("too much");
    assert_eq!(refusal.code, EXHAUSTED);
    assert_eq!(refusal.params["short"], "2.50");
}

#[test]
fn special_control_gives_what_the_review_let_pass_at_approval_and_takes_it_back() {
    let mut desk = desk();
    let effect = desk.reserve(claim(1), &[demand(SPECIAL, 1_300)]).expect("it meets the review");
    assert!(effect.is_over_budget());
    assert_eq!((balance(&desk, SPECIAL).reserved, balance(&desk, SPECIAL).beyond), (1_000, 0));
    desk.commit(claim(1), &all(1_200)).expect("the review agreed");
    assert_eq!((balance(&desk, SPECIAL).committed, balance(&desk, SPECIAL).beyond), (1_200, 200));
    desk.release(claim(1)).expect("revoked");
    assert_eq!(balance(&desk, SPECIAL), Balance { allocated: 1_000, ..Balance::default() });
}

#[test]
fn a_claim_draws_on_its_request_and_reserves_only_the_over_run() {
    let mut desk = desk();
    desk.reserve(request(1), &[demand(HARD, 500)]).expect("asked");
    desk.commit(request(1), &all(500)).expect("approved");
    let source = Some(request(1).line(1));
    desk.reserve(claim(2), &[Demand { source, ..demand(HARD, 300) }]).expect("a part");
    assert_eq!(balance(&desk, HARD).used(), 500, "nothing is reserved twice");
    let effect = desk.reserve(claim(3), &[Demand { source, ..demand(HARD, 350) }]).expect("beyond the rest");
    assert!(effect.is_over_run(true));
    assert_eq!(balance(&desk, HARD).used(), 650);
    desk.commit(claim(3), &all(100)).expect("less is approved");
    assert_eq!(balance(&desk, HARD).used(), 500, "the request has its rest again");
    assert_eq!(desk.holding(request(1).line(1)).map(|holding| holding.committed), Some(100));
    desk.release(claim(2)).expect("withdrawn");
    desk.finish(request(1)).expect("closed");
    assert_eq!(balance(&desk, HARD).used(), 100);
    desk.release(claim(3)).expect("revoked");
    assert_eq!(balance(&desk, HARD).used(), 0, "a closed request takes nothing back");
}

#[test]
fn a_document_that_asks_anew_is_promised_nothing_on_the_line_it_left() {
    let mut desk = desk();
    let second = |amount| Demand { line: 2, ..demand(WARN, amount) };
    desk.reserve(claim(1), &[demand(HARD, 600), second(100)]).expect("asked");
    desk.release(claim(1)).expect("returned");
    desk.reserve(claim(1), &[second(100)]).expect("its first line is for something else now");
    desk.commit(claim(1), &BTreeMap::from([(1, 600), (2, 100)])).expect("approved");
    assert_eq!((balance(&desk, HARD).used(), balance(&desk, WARN).committed), (0, 100));
    assert!(desk.holding(claim(1).line(1)).is_none());
    assert_eq!(desk.close().forgotten, [claim(1).line(1)]);
}

#[test]
fn what_a_closed_request_was_granted_is_taken_back_as_its_claims_come_to_nothing() {
    let mut desk = desk();
    desk.reserve(request(1), &[demand(SPECIAL, 1_300)]).expect("it meets the review");
    desk.commit(request(1), &all(1_300)).expect("the review agreed");
    let draw = |amount| Demand { source: Some(request(1).line(1)), ..demand(SPECIAL, amount) };
    for (n, amount) in [(2, 700), (3, 600)] {
        desk.reserve(claim(n), &[draw(amount)]).expect("drawn");
    }
    desk.finish(request(1)).expect("closed by hand");
    assert_eq!(balance(&desk, SPECIAL).beyond, 300, "claims hold all of it");
    desk.commit(claim(2), &all(500)).expect("cut by 200");
    assert_eq!((balance(&desk, SPECIAL).beyond, balance(&desk, SPECIAL).available()), (100, 0));
    desk.commit(claim(3), &all(600)).expect("approved");
    desk.spend(claim(3), &all(600)).expect("paid");
    desk.reverse(claim(3)).expect("reversed");
    desk.release(claim(2)).expect("revoked");
    assert_eq!(balance(&desk, SPECIAL), Balance { allocated: 1_000, ..Balance::default() });
}

#[test]
fn an_amendment_keeps_what_was_granted_and_grants_no_more_than_was_reviewed() {
    let mut desk = desk();
    desk.reserve(request(1), &[demand(SPECIAL, 1_300)]).expect("it meets the review");
    desk.commit(request(1), &all(1_300)).expect("the review agreed");
    let draw = Demand { source: Some(request(1).line(1)), ..demand(SPECIAL, 1_200) };
    desk.reserve(claim(2), &[draw]).expect("drawn");
    let effect = desk.reserve(amendment(1), &[demand(SPECIAL, 50)]).expect("beyond once more");
    assert_eq!(effect.lines[0].over, 50);
    let alike = BTreeSet::from([1]);
    let more = desk.clone().amend(request(1), amendment(1), &all(151), &alike).expect_err("not reviewed");
    assert_eq!(more.code, EXHAUSTED);
    desk.amend(request(1), amendment(1), &all(150), &alike).expect("100 and 50");
    let granted = desk.holding(request(1).line(1)).map(|holding| (holding.committed, holding.granted));
    assert_eq!((granted, balance(&desk, SPECIAL).beyond), (Some((150, 350)), 350));
    desk.release(claim(2)).expect("revoked");
    desk.finish(request(1)).expect("closed");
    assert_eq!(balance(&desk, SPECIAL), Balance { allocated: 1_000, ..Balance::default() });
}

#[test]
fn an_amendment_for_another_use_moves_the_money_and_one_outside_the_budget_frees_it() {
    let mut desk = desk();
    desk.reserve(request(1), &[demand(HARD, 400)]).expect("asked");
    desk.commit(request(1), &all(400)).expect("approved");
    desk.reserve(amendment(1), &[demand(WARN, 300)]).expect("for another use");
    desk.amend(request(1), amendment(1), &all(300), &BTreeSet::new()).expect("it moves");
    assert_eq!((balance(&desk, HARD).used(), balance(&desk, WARN).committed), (0, 300));
    desk.amend(request(1), amendment(2), &all(300), &BTreeSet::new()).expect("it is charged nowhere");
    assert_eq!(balance(&desk, WARN).used(), 0);
    assert!(desk.holding(request(1).line(1)).is_none());
}

#[test]
fn a_cut_never_goes_below_the_use() {
    let mut desk = desk();
    let by = document(DocumentKind::BudgetChange, 5).line(1);
    desk.reserve(claim(1), &[demand(HARD, 700)]).expect("reserved");
    assert_eq!(desk.adjust(id(HARD), -301, by).expect_err("too deep").code, CUT_BELOW_USE);
    desk.adjust(id(HARD), -300, by).expect("to the use");
    assert_eq!(desk.transfer(id(HARD), id(WARN), 1, by).expect_err("nothing left").code, CUT_BELOW_USE);
}

#[test]
fn passing_an_alert_is_told_once() {
    let mut first = desk();
    first.reserve(claim(1), &[demand(HARD, 790)]).expect("below");
    let lines: Vec<BudgetLine> =
        first.close().lines.into_iter().map(crate::spine::Change::into_after).collect();
    let mut desk = Desk::new(lines, Vec::new(), "2026-03".parse().expect("a month"), vec![80, 100]);
    desk.reserve(claim(2), &[demand(HARD, 20)]).expect("beyond 80 %");
    let posted = desk.close();
    let told = posted.lines[0].happened().iter().filter(|happening| happening.kind == ALERTED).count();
    assert_eq!((posted.lines.len(), told), (1, 1));
}

/// Something that happens to a document or a line.
#[derive(Clone, Debug)]
enum Deed {
    Reserve { claim: u128, line: u128, amount: i64, from: Option<u128> },
    Request { request: u128, line: u128, amount: i64 },
    Commit { kind: DocumentKind, document: u128, amount: i64 },
    Spend { claim: u128, amount: i64 },
    Release { kind: DocumentKind, document: u128 },
    Finish { request: u128 },
    Amend { request: u128, line: u128, amount: i64 },
    Reverse { claim: u128 },
    Adjust { line: u128, amount: i64 },
    Transfer { from: u128, to: u128, amount: i64 },
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let kind = prop_oneof![Just(DocumentKind::ExpenseClaim), Just(DocumentKind::ExpenseRequest)];
    let (line, document, amount) = (1_u128..=3, 1_u128..=4, 0_i64..1_500);
    let deed =
        prop_oneof![
            (document.clone(), line.clone(), amount.clone(), proptest::option::of(document.clone()))
                .prop_map(|(claim, line, amount, from)| Deed::Reserve { claim, line, amount, from }),
            (document.clone(), line.clone(), amount.clone())
                .prop_map(|(request, line, amount)| Deed::Request { request, line, amount }),
            (kind.clone(), document.clone(), amount.clone())
                .prop_map(|(kind, document, amount)| Deed::Commit { kind, document, amount }),
            (document.clone(), amount.clone()).prop_map(|(claim, amount)| Deed::Spend { claim, amount }),
            (kind, document.clone()).prop_map(|(kind, document)| Deed::Release { kind, document }),
            document.clone().prop_map(|request| Deed::Finish { request }),
            (document.clone(), line.clone(), amount.clone())
                .prop_map(|(request, line, amount)| Deed::Amend { request, line, amount }),
            document.prop_map(|claim| Deed::Reverse { claim }),
            (line.clone(), -1_500_i64..1_500).prop_map(|(line, amount)| Deed::Adjust { line, amount }),
            (line.clone(), line, amount).prop_map(|(from, to, amount)| Deed::Transfer { from, to, amount }),
        ];
    proptest::collection::vec(deed, 1..60)
}

fn act(desk: &mut Desk, deed: &Deed) -> Result<(), Refusal> {
    let by = document(DocumentKind::BudgetChange, 99).line(1);
    let idle = |desk: &Desk, of: DocumentRef| desk.holdings_of(of).all(Holding::is_empty);
    match *deed {
        Deed::Reserve { claim: n, line, amount, from } if idle(desk, claim(n)) => {
            let source = from.map(|n| request(n).line(1));
            desk.reserve(claim(n), &[Demand { source, ..demand(line, amount) }]).map(drop)
        }
        Deed::Request { request: n, line, amount } if idle(desk, request(n)) => {
            desk.reserve(request(n), &[demand(line, amount)]).map(drop)
        }
        Deed::Reserve { .. } | Deed::Request { .. } => Ok(()),
        Deed::Commit { kind, document: n, amount } => {
            let of = document(kind, n);
            let waiting =
                desk.holdings_of(of).map(|held| held.reserved + held.over + held.drawn).sum::<i64>();
            if waiting == 0 { Ok(()) } else { desk.commit(of, &all(amount.min(waiting))) }
        }
        Deed::Spend { claim: n, amount } => desk.spend(claim(n), &all(amount)),
        Deed::Release { kind, document: n } => desk.release(document(kind, n)),
        Deed::Finish { request: n } => desk.finish(request(n)),
        Deed::Amend { request: n, line, amount } => amend(desk, n, line, amount),
        Deed::Reverse { claim: n } => desk.reverse(claim(n)),
        Deed::Adjust { line, amount } => desk.adjust(id(line), amount, by),
        Deed::Transfer { from, to, amount } => desk.transfer(id(from), id(to), amount, by),
    }
}

/// Amends what an approved request asks for on a line: what claims drew of it stays where it is.
fn amend(desk: &mut Desk, n: u128, line: u128, amount: i64) -> Result<(), Refusal> {
    let at = request(n).line(1);
    let Some(held) = desk.holding(at).cloned().filter(|held| held.reserved + held.over == 0) else {
        return Ok(());
    };
    let drawn = desk.holdings().any(|other| other.source == Some(at) && other.drawn > 0);
    let stays = drawn || held.line == id(line);
    if held.closed || (held.granted > 0 && !stays) {
        return Ok(());
    }
    let (place, more) = if stays { (held.line, amount - held.committed) } else { (id(line), amount) };
    if more > 0 {
        desk.reserve(amendment(n), &[Demand { line: 1, budget_line: place, amount: more, source: None }])?;
    }
    let alike = if stays { BTreeSet::from([1]) } else { BTreeSet::new() };
    desk.amend(request(n), amendment(n), &all(amount), &alike)
}

proptest! {
    /// Whatever happens in whatever order: no line is overdrawn, every balance is the sum of its entries, and
    /// every holding is the sum of the entries made for it. `[BUD-4]`
    #[test]
    fn no_sequence_of_deeds_breaks_the_ledger(deeds in deeds()) {
        let mut desk = desk();
        for deed in &deeds {
            // A refused deed is rolled back whole by its unit of work; here it is tried on a copy.
            let mut tried = desk.clone();
            if act(&mut tried, deed).is_ok() {
                desk = tried;
            }
            for n in [HARD, SPECIAL, WARN] {
                prop_assert!(balance(&desk, n).is_sound(), "{deed:?} left {:?}", balance(&desk, n));
            }
        }
        let entries = desk.entries().to_vec();
        for n in [HARD, SPECIAL, WARN] {
            let mine = || entries.iter().filter(|entry| entry.line == id(n));
            prop_assert_eq!(mine().map(|entry| entry.delta).sum::<Balance>(), balance(&desk, n));
            prop_assert!(mine().zip(1..).all(|(entry, position)| entry.position == position));
        }
        for holding in desk.holdings() {
            let mine = entries.iter().filter(|entry| entry.document == Some(holding.document));
            let sum: Balance = mine.map(|entry| entry.delta).sum();
            let held = (holding.reserved, holding.committed, holding.spent, holding.granted);
            prop_assert_eq!((sum.reserved, sum.committed, sum.spent, sum.beyond), held);
        }
        let forgotten = |entry: &&BudgetEntry| {
            entry.document.is_some_and(|of| !of.document.kind.is_funding() && desk.holding(of).is_none())
        };
        prop_assert_eq!(entries.iter().filter(forgotten).map(|e| e.delta.used()).sum::<i64>(), 0);
    }
}
