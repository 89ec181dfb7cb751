//! An order from its approval to its end: where it stands follows from its lines, whatever happens in which order.

use super::*;
use crate::{
    order_terms::{OrderTerms, SHIPPED_ORDER_TERMS},
    organisation::working_calendar::{SHIPPED_WORKING_CALENDAR, WorkingCalendar},
    quantity::Quantity,
    spine::{Actor, ActorKind, Currency, Id, Money, PolicyContent},
    working_time::WorkingTime,
};
use proptest::prelude::*;

const OWNER: u128 = 1;

fn by() -> Actor {
    Actor {
        kind: ActorKind::Person,
        employee: Some(Id::from_uuid(Uuid::from_u128(OWNER))),
        ..Actor::system()
    }
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}
fn terms() -> OrderTerms {
    serde_json::from_str(SHIPPED_ORDER_TERMS).expect("it reads")
}
fn calendar() -> WorkingCalendar {
    serde_json::from_str(SHIPPED_WORKING_CALENDAR).expect("it reads")
}

fn approved(quantities: &[i64]) -> SalesOrder {
    let line = |quantity: &i64| OrderLine {
        id: Id::from_uuid(Uuid::from_u128(7)),
        product: Id::from_uuid(Uuid::from_u128(8)),
        quantity: Quantity::units(*quantity),
        price: Money::from_minor(1_000, Currency::Cny),
        tax_rate_bp: 1_300,
    };
    let new = NewDocument {
        id: Id::from_uuid(Uuid::from_u128(100)),
        number: "SO-2026-000001".into(),
        submitter: None,
    };
    let content = SalesOrderContent {
        customer: Id::from_uuid(Uuid::from_u128(3)),
        contract: None,
        region: None,
        channel: None,
        lines: quantities.iter().map(line).collect(),
        discount: Money::zero(Currency::Cny),
        deliver_by: None,
        note: None,
        external: None,
        instalments: Vec::new(),
    };
    let department = Id::from_uuid(Uuid::from_u128(4));
    let change = SalesOrder::create(new, department, content, &by(), now()).expect("a draft");
    let mut order = change.after().clone();
    order.stand(Standing::Approved { at: now() });
    order
}

/// Does something with what promised times are reckoned by.
fn promised<T>(deed: impl FnOnce(&Promise<'_>) -> T) -> T {
    let (calendar, terms) = (calendar(), terms());
    let time = WorkingTime::new(&calendar, chrono_tz::Asia::Shanghai);
    deed(&Promise { now: now(), time, terms: &terms })
}

fn units(quantity: i64) -> Quantity {
    Quantity::units(quantity)
}

#[test]
fn the_shipped_terms_are_sound() {
    assert_eq!(terms().findings(), []);
}

#[test]
fn where_it_stands_follows_from_its_lines() {
    let order = approved(&[10, 5]);
    assert_eq!((order.state(), order.stage()), (SalesOrderState::Approved, Some(OrderStage::Production)));
    let made = promised(|promise| order.produce(&[(1, units(10)), (2, units(1))], promise)).expect("made");
    let order = made.expect("it moved").after().clone();
    assert_eq!(order.state(), SalesOrderState::InProduction);
    let late = promised(|promise| order.clone().produce(&[(1, units(3))], promise)).expect("late news");
    assert!(late.is_none(), "what was said before counts");
    let made = promised(|promise| order.produce(&[(2, units(5))], promise)).expect("made");
    let order = made.expect("it moved").after().clone();
    assert_eq!((order.state(), order.stage()), (SalesOrderState::Finished, Some(OrderStage::Shipping)));
    let order = promised(|promise| order.ship(&[(1, units(10))], promise)).expect("shipped").after().clone();
    assert_eq!(order.state(), SalesOrderState::Shipping);
    let over = promised(|promise| order.clone().ship(&[(2, units(6))], promise)).expect_err("too many");
    assert_eq!(over.code.code, "order.over_shipped");
    let order = promised(|promise| order.ship(&[(2, units(5))], promise)).expect("shipped").after().clone();
    assert_eq!(order.stage(), Some(OrderStage::Delivery));
    let all = [(1, units(10)), (2, units(5))];
    let order = promised(|promise| order.deliver(&all, promise)).expect("delivered").after().clone();
    assert_eq!((order.state(), order.stage()), (SalesOrderState::Delivered, None));
    assert_eq!(order.total_kept().expect("an amount").minor(), 15_000);
    let back = order.take_return(&[(1, units(2))]).expect("returned").after().clone();
    assert_eq!(back.total_kept().expect("an amount").minor(), 13_000);
}

/// What goes wrong elsewhere: a rest cancelled, the order open for ever (gooderp #1890).
#[test]
fn a_rest_that_is_cut_short_closes_it() {
    let order = approved(&[10]);
    let order = promised(|promise| order.ship(&[(1, units(7))], promise)).expect("shipped").after().clone();
    let order =
        promised(|promise| order.deliver(&[(1, units(7))], promise)).expect("delivered").after().clone();
    assert_eq!(order.state(), SalesOrderState::Shipping, "three are to come");
    let change = promised(|promise| order.cut_short(1, "客户不再需要", &by(), promise)).expect("cut");
    let order = change.after().clone();
    assert_eq!(
        (order.state(), order.total_kept().expect("an amount").minor()),
        (SalesOrderState::Closed, 7_000)
    );
    let again = promised(|promise| order.cut_short(1, "再次", &by(), promise)).expect_err("it is closed");
    assert_eq!(again.code.code, "sales_order.not_under_way");
}

#[test]
fn the_time_of_its_stage_stands_still_while_it_is_on_hold() {
    let order = promised(|promise| approved(&[1]).promised(None, promise)).expect("promised");
    let due = |order: &SalesOrder| {
        promised(|promise| order.clock.as_ref().and_then(|clock| clock.reading(now(), promise.time).due))
    };
    assert!(due(&order).is_some());
    let held = (HoldKind::Customer, "推迟发货".to_owned());
    let order = promised(|promise| order.put_on_hold(held, &by(), promise)).expect("held").after().clone();
    assert_eq!(due(&order), None);
    let refused = promised(|promise| order.clone().ship(&[(1, units(1))], promise)).expect_err("on hold");
    assert_eq!(refused.code.code, "sales_order.on_hold");
    let order = promised(|promise| order.release(&by(), promise)).expect("released").after().clone();
    assert!(due(&order).is_some());
}

proptest! {
    /// Whatever happens: shipped + cancelled never above ordered, delivered never above shipped, returned never above that, and
    /// what the customer pays never below nothing.
    #[test]
    fn a_line_never_leaves_its_bounds(deeds in prop::collection::vec((0_u8..6, 1_i64..8), 0..40)) {
        let mut order = approved(&[12]);
        for (deed, quantity) in deeds {
            let progress = order.progress[0];
            let on_its_way = progress.shipped.minus(progress.delivered);
            let moved = [(1, units(quantity))];
            let done = match deed {
                0 => promised(|promise| order.clone().ship(&moved, promise)).ok(),
                1 if on_its_way >= units(quantity) => promised(|promise| order.clone().deliver(&moved, promise)).ok(),
                2 if on_its_way >= units(quantity) => promised(|promise| order.clone().unship(&moved, promise)).ok(),
                3 => order.clone().take_return(&moved).ok(),
                4 => promised(|promise| order.clone().cut_short(1, "不再需要", &by(), promise)).ok(),
                5 => promised(|promise| order.clone().cancel("取消".into(), &by(), promise)).ok(),
                _ => None,
            };
            if let Some(change) = done {
                order = change.after().clone();
            }
            let (line, progress) = (&order.content.lines[0], order.progress[0]);
            prop_assert!(progress.shipped.plus(progress.cancelled) <= line.quantity);
            prop_assert!(progress.delivered <= progress.shipped && progress.returned <= progress.delivered);
            let kept = order.total_kept().expect("an amount").minor();
            prop_assert!((0..=12_000).contains(&kept));
            prop_assert_eq!(order.state() == SalesOrderState::Cancelled, progress.cancelled == line.quantity && order.petition.state() == StandingState::Revoked);
        }
    }
}
