//! The worked examples, to the fen.

use super::{
    attribution::{Hold, Party, attribute},
    fact::{Allotment, Demand, Finding, Misdeed, Protection, Ruling, Violation},
    settlement::{Award, SettlementLine, settle},
    statement::{Statement, StatementLine},
    tier::{Tier, TierMode, Tiers},
    *,
};
use crate::{
    ownership::WHOLE_BP,
    spine::{EmployeeId, Id, PolicyContent, Timestamp},
};
use uuid::Uuid;

const SECOND: i64 = 1_000_000;

pub(super) fn person(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000 + seconds * SECOND).expect("an instant")
}
fn rules() -> CommissionRules {
    serde_json::from_str(SHIPPED_COMMISSION_RULES).expect("it reads")
}
pub(super) const A: u128 = 1;
const B: u128 = 2;
const C: u128 = 3;

/// A sale of B's customer, which A closed after dealing with it deeply.
fn closed_by_a(knew_owner: Answer, help_agreed: Answer) -> SaleFacts {
    let closer = Closer {
        person: person(A),
        took_deposit: true,
        took_signature: true,
        first_reception: Some(at(0)),
        reception_minutes: 20,
        quoted: false,
        knew_owner,
        help_agreed,
    };
    SaleFacts { deposit_at: Some(at(50)), closers: vec![closer], ..SaleFacts::plain(person(B), at(100)) }
}
fn judged(facts: &SaleFacts) -> Attributed {
    attribute(facts, &rules(), (COMMISSION_RULES_CODE, 1))
}
fn decided(facts: &SaleFacts) -> Attribution {
    match judged(facts) {
        Attributed::Decided(attribution) => attribution,
        Attributed::Held { by } => panic!("held by {by:?}"),
    }
}
fn held(facts: &SaleFacts) -> Vec<Hold> {
    match judged(facts) {
        Attributed::Held { by } => by,
        Attributed::Decided(attribution) => panic!("decided: {attribution:?}"),
    }
}
fn shares(attribution: &Attribution) -> Vec<(EmployeeId, u32)> {
    attribution.parties.iter().map(|party| (party.person, party.share_bp)).collect()
}
fn party(number: u128, share_bp: u32) -> Party {
    Party { person: person(number), share_bp, keeps_bp: WHOLE_BP }
}
fn half_each() -> [Party; 2] {
    [party(A, 5_000), party(B, 5_000)]
}

/// Books receipts (refunds below nothing) one by one and tells what each moved for somebody.
fn stream(earned: Earned, total: i64, movements: &[i64], parties: &[Party], holder: Holder) -> Vec<i64> {
    let mut ledger = Ledger::default();
    let mut received = 0;
    let mut moved = Vec::new();
    for (number, movement) in (1..).zip(movements) {
        received += movement;
        let due = Due { earned, received, total }.so_far().expect("it fits");
        let before = ledger.booked(holder);
        ledger.book(Uuid::from_u128(number), due, parties);
        moved.push(ledger.booked(holder) - before);
    }
    moved
}

#[test]
fn the_shipped_rules_are_sound_and_in_their_order() {
    assert_eq!(rules().findings(), []);
    assert_eq!(rules().rules.first().map(|rule| rule.rule), Some(RuleCode::Ruling));
}

#[test]
fn without_anything_else_the_owner_has_all() {
    let plain = decided(&SaleFacts::plain(person(B), at(0)));
    assert_eq!((plain.rule, shares(&plain)), (RuleCode::Plain, vec![(person(B), 10_000)]));
    assert_eq!(plain.did_not_hold.len(), 8, "each rule before it says why it did not hold");
    assert_eq!(plain.citation.policy_version, Some(1));
}

#[test]
fn who_closed_without_knowing_has_the_credit_and_half() {
    let unknowing = decided(&closed_by_a(Answer::Denied, Answer::Denied));
    assert_eq!(unknowing.rule, RuleCode::Unknowing);
    assert_eq!(unknowing.credit, [(person(A), 10_000)]);
    assert_eq!(shares(&unknowing), [(person(B), 5_000), (person(A), 5_000)], "the owner is the primary");
    let mut shallow = closed_by_a(Answer::Denied, Answer::Denied);
    shallow.closers[0].reception_minutes = 19;
    assert_eq!(decided(&shallow).rule, RuleCode::Plain);
    shallow.closers[0].quoted = true;
    assert_eq!(decided(&shallow).rule, RuleCode::Unknowing);
}

#[test]
fn helpers_by_arrangement_share_three_tenths_equally() {
    let mut facts = closed_by_a(Answer::Shown, Answer::Shown);
    let other = Closer { person: person(C), took_deposit: false, ..facts.closers[0].clone() };
    facts.closers.push(other);
    let helped = decided(&facts);
    assert_eq!((helped.rule, &helped.credit), (RuleCode::Assistance, &vec![(person(B), 10_000)]));
    assert_eq!(shares(&helped), [(person(B), 7_000), (person(A), 1_500), (person(C), 1_500)]);
}

#[test]
fn who_came_only_for_the_signature_is_commended() {
    let mut facts = closed_by_a(Answer::Shown, Answer::Shown);
    facts.deposit_at = Some(at(-10));
    facts.closers[0].took_deposit = false;
    let signed = decided(&facts);
    assert_eq!((signed.rule, shares(&signed)), (RuleCode::SignatureOnly, vec![(person(B), 10_000)]));
    assert_eq!(
        signed.incidents.iter().map(|praise| (praise.person, praise.points)).collect::<Vec<_>>(),
        [(person(A), 5)]
    );
}

#[test]
fn a_demand_upheld_before_the_closing_halves_and_a_later_one_moves_nothing() {
    let mut facts = SaleFacts::plain(person(C), at(100));
    facts.demands =
        vec![Demand { against: person(B), successor: person(C), at: at(50), finding: Finding::Undecided }];
    assert_eq!(held(&facts), [Hold::Demand]);
    facts.demands[0].finding = Finding::Upheld;
    let served = decided(&facts);
    assert_eq!((served.rule, &served.credit), (RuleCode::Successor, &vec![(person(C), 10_000)]));
    assert_eq!(shares(&served), [(person(C), 5_000), (person(B), 5_000)]);
    // Worked example 14: a day after the signing.
    facts.demands[0].at = at(100 + 86_400);
    assert_eq!(decided(&facts).rule, RuleCode::Plain);
    facts.demands[0].finding = Finding::Undecided;
    assert_eq!(decided(&facts).rule, RuleCode::Plain, "nor does it hold anything up");
}

#[test]
fn allotments_and_protections_are_halved() {
    let mut facts = SaleFacts::plain(person(B), at(0));
    facts.protection = Some(Protection::Phone { caller: person(A), closer: person(B) });
    let phone = decided(&facts);
    assert_eq!(
        (phone.rule, shares(&phone)),
        (RuleCode::Protection, vec![(person(B), 5_000), (person(A), 5_000)])
    );
    facts.protection = Some(Protection::TwoSites { earlier: person(A), later: person(B) });
    let sites = decided(&facts);
    assert_eq!(sites.credit, [(person(A), 5_000), (person(B), 5_000)], "credit half each");
    facts.allotment = Some(Allotment { from: person(B), to: person(C) });
    let allotted = decided(&facts);
    assert_eq!((allotted.rule, &allotted.credit), (RuleCode::Allotment, &vec![(person(C), 10_000)]));
    facts.ruling = Some(Ruling { credit: person(A), parties: vec![(person(A), 6_000), (person(B), 4_000)] });
    assert_eq!(decided(&facts).rule, RuleCode::Ruling, "a ruling comes first");
    facts.open_dispute = true;
    assert_eq!(held(&facts), [Hold::Dispute]);
}

#[test]
fn a_promise_without_authority_loses_credit_and_commission() {
    let mut facts = SaleFacts::plain(person(B), at(0));
    facts.violations =
        vec![Violation { person: person(B), misdeed: Misdeed::Promise, finding: Finding::Upheld }];
    let promised = decided(&facts);
    assert_eq!((promised.credit.len(), promised.parties[0].keeps_bp), (0, 0));
    let parts = accrual::parts(101, &promised.parties);
    assert_eq!((parts[&Holder::Person(person(B))], parts[&Holder::Company]), (0, 101));
}

/// Worked example 9.
#[test]
fn three_instalments_come_to_the_whole() {
    let earned = Earned::at_rate(33_300, 30);
    let moved = stream(earned, 33_300, &[11_100; 3], &[party(A, 10_000)], Holder::Person(person(A)));
    assert_eq!(moved, [33, 34, 33]);
}

/// Worked example 10.
#[test]
fn refunds_take_back_what_the_instalments_gave() {
    let earned = Earned::at_rate(33_300, 30);
    let movements = [11_100, 11_100, 11_100, -11_100, -22_200];
    let of = |number| stream(earned, 33_300, &movements, &half_each(), Holder::Person(person(number)));
    assert_eq!(of(A), [17, 17, 16, -16, -34]);
    assert_eq!(of(B), [16, 17, 17, -17, -33]);
}

/// Worked example 11.
#[test]
fn a_hint_to_ones_own_customer_costs_half_and_the_odd_fen_stays() {
    let mut facts = SaleFacts::plain(person(A), at(0));
    facts.violations =
        vec![Violation { person: person(A), misdeed: Misdeed::Hint, finding: Finding::Upheld }];
    let hinted = decided(&facts);
    let parts = accrual::parts(80_001, &hinted.parties);
    assert_eq!((parts[&Holder::Person(person(A))], parts[&Holder::Company]), (40_001, 40_000));
    assert_eq!(
        hinted.incidents.iter().map(|incident| (incident.fine_minor, incident.points)).collect::<Vec<_>>(),
        [(0, -20)]
    );
}

/// Worked example 12.
#[test]
fn who_looked_the_owner_up_before_is_held_until_the_violation_is_decided() {
    let mut facts = closed_by_a(Answer::Shown, Answer::Denied);
    let waits = [Hold::Violation { person: person(A), misdeed: Misdeed::Knowingly }];
    assert_eq!(held(&facts), waits);
    facts.violations =
        vec![Violation { person: person(A), misdeed: Misdeed::Knowingly, finding: Finding::Undecided }];
    assert_eq!(held(&facts), waits);
    facts.violations[0].finding = Finding::Upheld;
    let returned = decided(&facts);
    assert_eq!((returned.rule, &returned.credit), (RuleCode::Knowingly, &vec![(person(B), 10_000)]));
    assert_eq!(shares(&returned), [(person(B), 10_000)]);
    let [incident] = returned.incidents[..] else { panic!("one incident") };
    assert_eq!((incident.person, incident.fine_minor, incident.points), (person(A), 30_000, -20));
}

/// Worked example 13.
#[test]
fn a_blank_answer_is_a_question_and_no_denial() {
    let asked = [Hold::Asked { question: Question::DidTheyKnow, about: person(A) }];
    assert_eq!(held(&closed_by_a(Answer::Unknown, Answer::Denied)), asked);
    let unshown = closed_by_a(Answer::Denied, Answer::Unknown);
    assert_eq!(decided(&unshown).rule, RuleCode::Unknowing, "who did not know did not help by arrangement");
    let mut shallow = closed_by_a(Answer::Denied, Answer::Unknown);
    shallow.closers[0].reception_minutes = 0;
    assert_eq!(held(&shallow), [Hold::Asked { question: Question::WasHelpAgreed, about: person(A) }]);
}

pub(super) fn tiers(mode: TierMode) -> Tiers {
    let tier = |from, rate_bp| Tier { from, rate_bp };
    Tiers { mode, tiers: vec![tier(0, 50), tier(50_000_000, 80), tier(100_000_000, 100)] }
}

/// What came back earns nothing from that moment on; paying it back then moves no more. `ORD-3`
#[test]
fn what_was_paid_beyond_a_sale_earns_nothing() {
    let due = |received, total| {
        let earned = Earned::at_rate(100_000, 100).remaining(100_000, total);
        Due { earned, received, total }.so_far().expect("it fits")
    };
    assert_eq!(due(100_000, 100_000), 1_000);
    assert_eq!((due(100_000, 40_000), due(40_000, 40_000)), (400, 400), "returned in part, then refunded");
    assert_eq!((due(100_000, 0), due(0, 0)), (0, 0), "returned whole");
}

/// Worked example 15.
#[test]
fn marginal_tiers_rate_each_part_by_its_tier_and_freeze() {
    let tiers = tiers(TierMode::Marginal);
    tiers.check().expect("they adjoin");
    let sales = [(0, 40_000_000), (40_000_000, 30_000_000), (70_000_000, 60_000_000)];
    let earned = sales.map(|(before, base)| tiers.earned(before, base, 130_000_000));
    let due = |earned, received, total| Due { earned, received, total }.so_far().expect("it fits");
    let whole = [0, 1, 2].map(|index| due(earned[index], sales[index].1, sales[index].1));
    assert_eq!(whole, [200_000, 210_000, 540_000]);
    // The second is refunded in June: its own earnings go, those of the third stay as they froze.
    let moved = stream(
        earned[1],
        30_000_000,
        &[30_000_000, -30_000_000],
        &[party(A, 10_000)],
        Holder::Person(person(A)),
    );
    assert_eq!(moved, [210_000, -210_000]);
    assert_eq!(due(earned[2], 60_000_000, 60_000_000), 540_000);
}

#[test]
fn whole_tiers_rate_the_month_by_what_it_reaches() {
    let tiers = tiers(TierMode::Whole);
    assert_eq!(tiers.earned(0, 40_000_000, 49_999_999), Earned::at_rate(40_000_000, 50));
    assert_eq!(tiers.earned(0, 40_000_000, 50_000_000), Earned::at_rate(40_000_000, 80), "[from, to)");
    let gap = Tiers { mode: TierMode::Whole, tiers: vec![Tier { from: 1, rate_bp: 50 }] };
    assert!(gap.check().is_err(), "a sum without a rate");
}

/// Worked example 16.
#[test]
fn what_is_below_nothing_is_carried_over() {
    let line =
        |number, amount| StatementLine { source: Uuid::from_u128(number), sale: None, amount, held: false };
    let may = Statement::compile(person(A), 0, vec![line(1, 200_000), line(2, -350_000)], 0);
    assert_eq!((may.payable(), may.carries()), (0, -150_000));
    let june = Statement::compile(person(A), may.carries(), vec![line(3, 100_000)], 0);
    assert_eq!((june.payable(), june.carries()), (0, -50_000));
    let july = Statement::compile(person(A), june.carries(), vec![line(4, 60_000)], 0);
    assert_eq!((july.payable(), july.carries()), (10_000, 0));
}

/// Worked example 17.
#[test]
fn a_settlement_comes_out_at_exactly_nothing() {
    let lines = vec![
        SettlementLine::Commission { amount: 60_000 },
        SettlementLine::Contribution { by: None, amount: 30_000 },
        SettlementLine::Fine { of: person(C), amount: 5_000 },
        SettlementLine::Award { to: person(A), award: Award::OfCommission(5_000) },
        SettlementLine::Award { to: person(B), award: Award::OfCommission(4_000) },
        SettlementLine::Fund { name: "团队活动基金".into() },
    ];
    let poured = settle(&lines, person(9)).expect("it balances");
    let pots: Vec<i64> = poured.iter().map(|line| line.pot).collect();
    assert_eq!(pots, [60_000, 90_000, 95_000, 65_000, 41_000, 0]);
    assert_eq!(poured[5].amount, -41_000, "the fund takes what is left");
    let refused = |lines: &[SettlementLine], ruler| settle(lines, ruler).expect_err("refused");
    let without_fund = refused(&lines[..5], person(9));
    assert_eq!(
        (without_fund.code.code, &without_fund.params["difference"]),
        ("settlement.unbalanced", &"410.00".into())
    );
    assert_eq!(refused(&lines, person(A)).code.code, "settlement.award_to_ruler");
    let greedy = [
        SettlementLine::Commission { amount: 10 },
        SettlementLine::Award { to: person(A), award: Award::Amount(11) },
    ];
    assert_eq!(refused(&greedy, person(9)).params["difference"], "0.01");
}
