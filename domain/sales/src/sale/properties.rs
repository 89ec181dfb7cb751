//! Whatever is received, refunded, returned, brought back and ruled, in whatever order: what is booked of a sale is what it owes.
//!
//! What it owes is reckoned here once more, from the lines as they are, with arithmetic of its own: nothing of what it is
//! compared with is used.

use super::{tests::*, *};
use crate::{
    commission::{
        CommissionRules, Holder,
        settlement::{Award, SettlementLine},
    },
    sale::{NewSettlement, Ruler},
    spine::allocate,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What happens to a sale. Shares are in ten-thousandths.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// So much of what it came to is received.
    Receive(i64),
    /// So much of what was received goes back.
    Refund(i64),
    /// Of a line so many units are left, of those it was closed with.
    Keep(usize, i64),
    /// A ruling gives so much of what it earns to somebody without a part in it, and the rest to a fund.
    Rule(i64),
}

/// A line: so many units at so much, at a rate in basis points or an amount a unit.
#[derive(Clone, Copy, Debug)]
struct Sold {
    units: i64,
    price: i64,
    pays: Pays,
}

const AWARDED: u128 = 5;
const RULES: u128 = 9;

fn sold() -> impl Strategy<Value = Vec<Sold>> {
    let pays = prop_oneof![
        (0_u32..2_000).prop_map(share),
        (0_i64..5_000).prop_map(|amount_minor| Pays::PerUnit { amount_minor }),
    ];
    let line = (1_i64..20, 1_i64..100_000, pays);
    prop::collection::vec(line.prop_map(|(units, price, pays)| Sold { units, price, pays }), 1..4)
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (1_i64..=10_000).prop_map(Deed::Receive),
        2 => (1_i64..=10_000).prop_map(Deed::Refund),
        3 => (0_usize..4, 0_i64..=10_000).prop_map(|(line, kept)| Deed::Keep(line, kept)),
        1 => (1_i64..=10_000).prop_map(Deed::Rule),
    ];
    prop::collection::vec(deed, 1..25)
}

/// What is owed, reckoned anew after each deed.
struct Model {
    sold: Vec<Sold>,
    kept: Vec<i64>,
    received: i64,
    parties: Vec<(u128, u32)>,
    /// What was ruled: the commission then, what of it is awarded, and whether that was due in full yet.
    ruled: Option<(i64, i64, bool)>,
    has: BTreeMap<Holder, i64>,
}

fn half_up(numerator: i128, denominator: i128) -> i64 {
    let doubled = 2 * numerator + denominator;
    i64::try_from(doubled.div_euclid(2 * denominator)).expect("it fits")
}

fn part(of: i64, ten_thousandths: i64) -> i64 {
    i64::try_from(i128::from(of) * i128::from(ten_thousandths) / 10_000).expect("smaller")
}

impl Model {
    fn total(&self) -> i64 {
        self.sold.iter().zip(&self.kept).map(|(sold, kept)| kept * sold.price).sum()
    }

    /// What it earns, in ten-thousandths of a fen.
    fn earns(&self) -> i128 {
        let line = |(sold, kept): (&Sold, &i64)| match sold.pays {
            Pays::Share { rate_bp, .. } => i128::from(kept * sold.price) * i128::from(rate_bp),
            Pays::PerUnit { amount_minor } => i128::from(*kept) * i128::from(amount_minor) * 10_000,
        };
        self.sold.iter().zip(&self.kept).map(line).sum()
    }

    fn due(&self) -> i64 {
        match self.total() {
            0 => 0,
            total => {
                let received = i128::from(self.received.min(total));
                half_up(self.earns() * received, i128::from(total) * 10_000)
            }
        }
    }

    /// Each gets the whole of what divides, and the odd fen go to the largest remainders, of equals to the first.
    fn split(&self, due: i64) -> BTreeMap<Holder, i64> {
        let exact = |bp: u32| i128::from(due) * i128::from(bp);
        let mut shares: Vec<i64> =
            self.parties.iter().map(|(_, bp)| i64::try_from(exact(*bp) / 10_000).expect("smaller")).collect();
        let mut left = due - shares.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(exact(self.parties[*index].1) % 10_000));
        for index in order {
            if left > 0 {
                shares[index] += 1;
                left -= 1;
            }
        }
        let of = |((who, _), share): (&(u128, u32), i64)| (Holder::Person(person(*who)), share);
        self.parties.iter().zip(shares).map(of).collect()
    }

    /// What each has once a deed is done.
    fn settle(&mut self) {
        let (due, total, has) = (self.due(), self.total(), self.has.values().sum::<i64>());
        match self.ruled {
            Some((_, _, false)) if self.received < total => {
                if due < has {
                    self.has = self.split(due);
                }
            }
            Some((commission, awarded, _)) => {
                self.ruled = Some((commission, awarded, true));
                let in_part = |amount: i64| part_of(amount, due, commission);
                let (award, fund) = (in_part(awarded), in_part(commission - awarded));
                self.has = BTreeMap::from([
                    (Holder::Person(person(AWARDED)), award),
                    (Holder::Fund, fund),
                    (Holder::Company, due - award - fund),
                ]);
            }
            None => self.has = self.split(due),
        }
    }
}

fn part_of(amount: i64, due: i64, commission: i64) -> i64 {
    i64::try_from(i128::from(amount) * i128::from(due) / i128::from(commission)).expect("it fits")
}

fn rules_on(sale: Sale, model: &mut Model, share: i64, source: u128) -> Sale {
    let commission = half_up(model.earns(), 10_000);
    let awarded = part(commission, share);
    if awarded == 0 || model.total() == 0 {
        return sale;
    }
    let award = SettlementLine::Award { to: person(AWARDED), award: Award::Amount(awarded) };
    let commission_line = SettlementLine::Commission { amount: commission };
    let lines = vec![commission_line, award, SettlementLine::Fund { name: "基金".into() }];
    let (by, rules): (_, CommissionRules) = (actor(RULES), rules());
    let ruler = Ruler { by: &by, rules_for_much: true, role: ("总经理".into(), "general manager".into()) };
    let new = NewSettlement { id: Uuid::from_u128(source), reasons: "裁决".into(), lines };
    let mut ids = source * 10_000;
    let mut fresh = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let change = sale.settle(new, ruler, &rules, now(), &mut fresh).expect("it comes out");
    model.ruled = Some((commission, awarded, false));
    change.into_after()
}

proptest! {
    #[test]
    fn what_is_booked_is_what_is_owed_whatever_happens(
        sold in sold(),
        deeds in deeds(),
        weights in prop::collection::vec(1_u64..1_000, 1..4),
    ) {
        let shares = allocate(10_000, &weights);
        let parties: Vec<(u128, u32)> =
            (1..).zip(&shares).map(|(who, bp)| (who, u32::try_from(*bp).expect("basis points"))).collect();
        let kept = sold.iter().map(|sold| sold.units).collect();
        let mut model =
            Model { sold, kept, received: 0, parties, ruled: None, has: BTreeMap::new() };
        let lines = |model: &Model| -> Vec<SaleLine> {
            let lines = (1..).zip(&model.sold).zip(&model.kept);
            lines.map(|((number, sold), kept)| line(number, *kept, kept * sold.price)).collect()
        };
        let rates = (1..).zip(&model.sold).map(|(number, sold)| rate(number, sold.pays, None)).collect();
        let whole = model.total();
        let mut sale = closed_and_ruled(of_lines(lines(&model)), rates, &model.parties);
        for (source, deed) in (100..).zip(deeds) {
            sale = match deed {
                Deed::Receive(share) => {
                    let amount = part(whole, share);
                    model.received += amount;
                    received(sale, source, amount)
                }
                Deed::Refund(share) => {
                    let amount = part(model.received, share);
                    model.received -= amount;
                    received(sale, source, -amount)
                }
                Deed::Keep(index, share) => {
                    let index = index % model.sold.len();
                    model.kept[index] = part(model.sold[index].units, share);
                    becomes(sale, source, lines(&model))
                }
                Deed::Rule(share) => rules_on(sale, &mut model, share, source),
            };
            model.settle();
            let booked = |holder: Holder| -> i64 {
                sale.ledger.iter().map(|entry| entry.booked).filter(|booked| booked.holder == holder)
                    .map(|booked| booked.amount).sum()
            };
            for who in model.parties.iter().map(|(who, _)| *who).chain([AWARDED]) {
                let holder = Holder::Person(person(who));
                prop_assert_eq!(booked(holder), model.has.get(&holder).copied().unwrap_or(0), "{:?}", deed);
            }
            for holder in [Holder::Company, Holder::Fund] {
                prop_assert_eq!(booked(holder), model.has.get(&holder).copied().unwrap_or(0), "{:?}", deed);
            }
        }
    }
}
