//! A sale from its contract to the last refund, and what is said of it meanwhile.

use super::{course::Court, *};
use crate::{
    commission::{
        Answer, Closer, CommissionRules, Earned, Holder, SHIPPED_COMMISSION_RULES, SaleFacts, fact::Ruling,
        plan::Base,
    },
    spine::{Actor, ActorKind, Refusal},
};
use uuid::Uuid;

pub(super) use crate::commission::plan::Pays;

const OWNER: u128 = 1;
const CLOSER: u128 = 2;

pub(super) fn person(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}
pub(super) fn now() -> (Timestamp, BusinessDate) {
    let at = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    (at, BusinessDate::from_ymd_opt(2026, 3, 5).expect("a day"))
}
pub(super) fn rules() -> CommissionRules {
    serde_json::from_str(SHIPPED_COMMISSION_RULES).expect("it reads")
}
pub(super) fn actor(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, employee: Some(person(number)), ..Actor::system() }
}

fn opened() -> Sale {
    let line = SaleLine {
        product: Id::from_uuid(Uuid::from_u128(7)),
        quantity: Quantity::units(3),
        gross: 33_300,
        net: 33_300,
        cost: None,
    };
    let sale = Sale {
        id: Id::from_uuid(Uuid::from_u128(100)),
        deal: Deal::Contract(Id::from_uuid(Uuid::from_u128(101))),
        number: "SC-2026-000001".into(),
        customer: Id::from_uuid(Uuid::from_u128(102)),
        department: Id::from_uuid(Uuid::from_u128(103)),
        submitter: person(CLOSER),
        region: None,
        channel: None,
        lines: vec![line],
        opened_at: now().0,
        total: 33_300,
        received: 0,
        closing: None,
        fell_through_at: None,
        told: Vec::new(),
        credits: Vec::new(),
        ledger: Vec::new(),
        version: 0,
    };
    Sale::open(sale).into_after()
}

fn facts(is_plain: bool) -> SaleFacts {
    let plain = SaleFacts::plain(person(OWNER), now().0);
    let closer = Closer {
        person: person(CLOSER),
        took_deposit: false,
        took_signature: true,
        first_reception: Some(now().0),
        reception_minutes: 30,
        quoted: false,
        knew_owner: Answer::Unknown,
        help_agreed: Answer::Unknown,
    };
    if is_plain { plain } else { SaleFacts { closers: vec![closer], ..plain } }
}

fn judged<T>(then: impl FnOnce(Court<'_>) -> T) -> T {
    let (rules, mut ids) = (rules(), 1_000_u128);
    let mut fresh = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let department_of = |who: EmployeeId| Id::from_uuid(Uuid::from_u128(200 + who.uuid().as_u128()));
    then(Court { rules: &rules, department_of: &department_of, fresh: &mut fresh, now: now() })
}

fn closed(sale: Sale, is_plain: bool) -> Sale {
    let pays = Pays::Share { of: Base::Gross, rate_bp: 30 };
    closed_by(sale, vec![FrozenRate { product: product(7), pays, unit_cost: None }], is_plain)
}

/// One whose commission is parted by a ruling on whose it is.
pub(super) fn closed_and_ruled(sale: Sale, rates: Vec<FrozenRate>, parties: &[(u128, u32)]) -> Sale {
    let of = |(who, bp): &(u128, u32)| (person(*who), *bp);
    let ruling = Ruling { credit: person(OWNER), parties: parties.iter().map(of).collect() };
    closed_with(sale, rates, SaleFacts { ruling: Some(ruling), ..facts(true) })
}

fn product(number: u128) -> ProductId {
    Id::from_uuid(Uuid::from_u128(number))
}

fn closed_by(sale: Sale, rates: Vec<FrozenRate>, is_plain: bool) -> Sale {
    closed_with(sale, rates, facts(is_plain))
}

fn closed_with(sale: Sale, rates: Vec<FrozenRate>, facts: SaleFacts) -> Sale {
    let earned = Earned::default();
    let mut terms = Frozen { plan_version: 1, rules_version: 1, earned, tier_base: 0, rates, tier: None };
    terms.apply_to(&sale.lines);
    judged(|court| sale.close(facts, terms, court)).expect("it closes").into_after()
}

pub(super) fn received(sale: Sale, source: u128, amount: i64) -> Sale {
    let mut ids = source * 10_000;
    let mut fresh = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    sale.receive(Uuid::from_u128(source), amount, now(), &mut fresh).expect("received").into_after()
}

fn booked(sale: &Sale, number: u128) -> Vec<i64> {
    let mine = sale.ledger.iter().filter(|entry| entry.booked.holder == Holder::Person(person(number)));
    mine.map(|entry| entry.booked.amount).collect()
}

fn told(fact: ToldFact, by: u128, sale: Sale) -> Result<Sale, Refusal> {
    let told =
        Told { fact, evidence: "登记表第三页".into(), by: Id::from_uuid(Uuid::nil()), at: now().0 };
    judged(|court| sale.tell(told, &actor(by), Some((court, None)))).map(crate::spine::Change::into_after)
}

/// Worked example 9, and what was received before the signature.
#[test]
fn a_plain_sale_pays_its_owner_as_money_comes_in() {
    let sale = received(opened(), 1, 11_100);
    assert_eq!((sale.state(), sale.ledger.len()), (SaleState::Open, 0));
    let sale = received(received(closed(sale, true), 2, 11_100), 3, 11_100);
    assert_eq!((sale.state(), booked(&sale, OWNER)), (SaleState::Closed, vec![33, 34, 33]));
    let sale = received(sale, 4, -33_300);
    assert_eq!(booked(&sale, OWNER).iter().sum::<i64>(), 0);
    assert_eq!(
        sale.credits.iter().map(|entry| (entry.person, entry.net)).collect::<Vec<_>>(),
        [(Some(person(OWNER)), 33_300)]
    );
}

/// Worked example 13: held until the question is answered, and then attributed with what was received meanwhile.
#[test]
fn a_held_sale_counts_for_the_department_until_the_question_is_answered() {
    let sale = received(closed(opened(), false), 1, 22_200);
    assert_eq!((sale.state(), sale.ledger.len()), (SaleState::Held, 0));
    assert_eq!(sale.credits.iter().map(|entry| entry.person).collect::<Vec<_>>(), [None]);
    let answer = ToldFact::OwnerShown { employee_id: person(CLOSER), shown: false };
    let refused = told(answer.clone(), CLOSER, sale.clone()).expect_err("a party");
    assert_eq!(refused.code, PARTY_CANNOT_TELL);
    let sale = told(answer.clone(), 9, sale).expect("told");
    assert_eq!(sale.state(), SaleState::Closed);
    assert_eq!((booked(&sale, OWNER), booked(&sale, CLOSER)), (vec![34], vec![33]));
    let counts: Vec<_> = sale.credits.iter().map(|entry| (entry.person, entry.net)).collect();
    assert_eq!(counts, [(None, 33_300), (None, -33_300), (Some(person(CLOSER)), 33_300)]);
    assert_eq!(told(answer, 9, sale).expect_err("answered once").code, ANSWERED_ALREADY);
}

#[test]
fn what_is_said_of_an_attributed_sale_moves_nothing() {
    let sale = received(closed(opened(), true), 1, 33_300);
    let parts = vec![RuledPart { employee_id: person(CLOSER), share_bp: 10_000 }];
    let ruled = ToldFact::Ruled { credit_id: person(CLOSER), parts: parts.clone() };
    let after = told(ruled, 9, sale.clone()).expect("told");
    assert_eq!((&after.ledger, &after.credits, after.told.len()), (&sale.ledger, &sale.credits, 1));
    let half =
        ToldFact::Ruled { credit_id: person(CLOSER), parts: vec![RuledPart { share_bp: 5_000, ..parts[0] }] };
    assert_eq!(told(half, 9, sale).expect_err("half").findings[0].code, PARTS_NOT_WHOLE);
}

#[test]
fn what_fell_through_takes_nothing_more() {
    let sale = opened().fall_through(now().0).expect("it falls through").into_after();
    let mut fresh = Uuid::nil;
    let refused = sale.receive(Uuid::from_u128(1), 100, now(), &mut fresh).expect_err("refused");
    assert_eq!(refused.code, NOT_OPEN);
}

/// So many of a product for so much.
pub(super) fn line(number: u128, units: i64, gross: i64) -> SaleLine {
    SaleLine { product: product(number), quantity: Quantity::units(units), gross, net: gross, cost: None }
}

pub(super) fn of_lines(lines: Vec<SaleLine>) -> Sale {
    let total = lines.iter().map(|line| line.gross).sum();
    Sale { lines, total, ..opened() }
}

pub(super) fn becomes(sale: Sale, source: u128, lines: Vec<SaleLine>) -> Sale {
    let mut ids = source * 10_000;
    let mut fresh = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let change = sale.become_of(lines, Vec::new(), Uuid::from_u128(source), now(), &mut fresh);
    change.expect("it becomes").into_after()
}

pub(super) fn rate(number: u128, pays: Pays, unit_cost: Option<i64>) -> FrozenRate {
    FrozenRate { product: product(number), pays, unit_cost }
}

pub(super) const fn share(rate_bp: u32) -> Pays {
    Pays::Share { of: Base::Gross, rate_bp }
}

/// 1,000 yuan at 1 % and 1,000 at 5 %: what comes back takes what it earned itself, not a part of the whole.
#[test]
fn what_comes_back_takes_what_its_own_line_earned() {
    let (cheap, dear) = (line(7, 10, 100_000), line(8, 10, 100_000));
    let rates = vec![rate(7, share(100), None), rate(8, share(500), None)];
    let sale = received(closed_by(of_lines(vec![cheap, dear]), rates, true), 1, 200_000);
    assert_eq!(booked(&sale, OWNER), [6_000]);
    let none = line(8, 0, 0);
    let sale = received(becomes(sale, 2, vec![cheap, none]), 3, -100_000);
    assert_eq!(sale.due(), Some(1_000));
    assert_eq!(booked(&sale, OWNER).iter().sum::<i64>(), 1_000);
}

#[test]
fn so_much_a_unit_and_profit_follow_the_lines_that_are_left() {
    let per_unit = vec![
        rate(7, Pays::PerUnit { amount_minor: 500 }, None),
        rate(8, Pays::PerUnit { amount_minor: 1 }, None),
    ];
    let (one, other) = (line(7, 3, 1_000), line(8, 1, 99_000));
    let sale = received(closed_by(of_lines(vec![one, other]), per_unit, true), 1, 100_000);
    assert_eq!(booked(&sale, OWNER), [1_501]);
    assert_eq!(becomes(sale, 2, vec![line(7, 1, 333), other]).due(), Some(501));

    let profit = Pays::Share { of: Base::Profit, rate_bp: 1_000 };
    let costed = |line: SaleLine, cost| SaleLine { cost: Some(cost), ..line };
    let lines = vec![costed(line(7, 10, 100_000), 90_000), costed(line(8, 10, 100_000), 10_000)];
    let rates = vec![rate(7, profit, Some(9_000)), rate(8, profit, Some(1_000))];
    let sale = received(closed_by(of_lines(lines), rates, true), 1, 200_000);
    assert_eq!(booked(&sale, OWNER), [10_000]);
    assert_eq!(becomes(sale, 2, vec![line(7, 10, 100_000), line(8, 0, 0)]).due(), Some(1_000));
}

/// What had come to nothing earns, costs and counts again once it is of something, whatever lies between.
#[test]
fn what_came_to_nothing_recovers_and_the_way_there_is_of_no_matter() {
    let rates = vec![rate(7, share(333), Some(17)), rate(8, share(77), None)];
    let whole = vec![line(7, 7, 99_991), line(8, 3, 10_007)];
    let sale = received(closed_by(of_lines(whole.clone()), rates, true), 1, 109_998);
    let due = sale.due();
    let by_way = becomes(sale.clone(), 2, vec![line(7, 3, 42_853), line(8, 3, 10_007)]);
    let by_way = becomes(by_way, 3, vec![line(7, 0, 0), line(8, 0, 0)]);
    assert_eq!(by_way.due(), Some(0));
    let back = becomes(by_way, 4, whole);
    assert_eq!(back.due(), due);
    let counts = |sale: &Sale| sale.credits.last().map(|entry| (entry.person, entry.department, entry.cost));
    let cost = |sale: &Sale| sale.lines.iter().map(|line| line.cost).collect::<Vec<_>>();
    assert_eq!(cost(&back), [Some(119), None]);
    assert_eq!(counts(&back).map(|known| known.1), counts(&sale).map(|known| known.1), "the same team");
}

/// What tiers made of a sale goes with what is left of it; rated anew, the difference is booked.
#[test]
fn what_tiers_made_of_a_sale_goes_with_what_is_left_and_may_be_rated_anew() {
    let sale = of_lines(vec![line(7, 4, 40_000_000)]);
    let tier = |rate_bp| FrozenTier {
        of: Base::Gross,
        base: 40_000_000,
        earned: Earned::at_rate(40_000_000, rate_bp),
    };
    let earned = Earned::default();
    let rates = vec![rate(7, share(1), None)];
    let mut terms =
        Frozen { plan_version: 1, rules_version: 1, earned, tier_base: 0, rates, tier: Some(tier(50)) };
    terms.apply_to(&sale.lines);
    let sale = judged(|court| sale.close(facts(true), terms, court)).expect("it closes").into_after();
    let sale = received(sale, 1, 40_000_000);
    let mut fresh = || Uuid::from_u128(77);
    let again = sale.clone().rate_anew(tier(50), Uuid::from_u128(9), now(), &mut fresh);
    assert!(again.is_none(), "it earns what it did");
    let change = sale.rate_anew(tier(80), Uuid::from_u128(9), now(), &mut fresh).expect("rated anew");
    let sale = change.into_after();
    assert_eq!(booked(&sale, OWNER), [200_000, 120_000]);
    assert_eq!(becomes(sale, 2, vec![line(7, 1, 10_000_000)]).due(), Some(80_000));
}
