//! A sale from its contract to the last refund, and what is said of it meanwhile.

use super::{course::Court, *};
use crate::{
    commission::{Answer, Closer, CommissionRules, Earned, Holder, SHIPPED_COMMISSION_RULES, SaleFacts},
    spine::{Actor, ActorKind, Refusal},
};
use uuid::Uuid;

const OWNER: u128 = 1;
const CLOSER: u128 = 2;

fn person(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(number))
}
fn now() -> (Timestamp, BusinessDate) {
    let at = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    (at, BusinessDate::from_ymd_opt(2026, 3, 5).expect("a day"))
}
fn rules() -> CommissionRules {
    serde_json::from_str(SHIPPED_COMMISSION_RULES).expect("it reads")
}
fn actor(number: u128) -> Actor {
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
    let terms =
        Frozen { plan_version: 1, rules_version: 1, earned: Earned::at_rate(33_300, 30), tier_base: 33_300 };
    judged(|court| sale.close(facts(is_plain), terms, court)).expect("it closes").into_after()
}

fn received(sale: Sale, source: u128, amount: i64) -> Sale {
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
    judged(|court| sale.tell(told, &actor(by), Some(court))).map(crate::spine::Change::into_after)
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
