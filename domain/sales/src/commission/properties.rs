//! What holds whatever happens: sums of parts, mirrored amounts, digests, tiers.

use super::{
    attribution::Party,
    statement::{Statement, StatementLine},
    tests::{A, person, tiers},
    tier::TierMode,
    *,
};
use proptest::prelude::*;
use uuid::Uuid;

fn parties() -> impl Strategy<Value = Vec<Party>> {
    prop::collection::vec((1_u64..1_000, 0_u32..=10_000), 1..5).prop_map(|people| {
        let weights: Vec<u64> = people.iter().map(|(weight, _)| *weight).collect();
        let bp = crate::spine::allocate(10_000, &weights);
        let whole = |((number, (_, keeps_bp)), bp): ((u128, &(u64, u32)), i64)| Party {
            person: person(number),
            share_bp: u32::try_from(bp).expect("basis points"),
            keeps_bp: *keeps_bp,
        };
        (1..).zip(&people).zip(bp).map(whole).collect()
    })
}

/// A receipt, a refund of a share of what was received, or an amendment of the total, each as a share in ten-thousandths.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Receive(i64),
    Refund(i64),
    Amend(i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (1_i64..4_000).prop_map(Deed::Receive),
        (1_i64..=10_000).prop_map(Deed::Refund),
        (1_i64..20_000).prop_map(Deed::Amend),
    ];
    prop::collection::vec(deed, 1..30)
}

proptest! {
    #[test]
    fn parts_add_up_to_what_is_due_whatever_happens(
        total in 1_i64..1_000_000_000_000,
        rate_bp in 1_u32..2_000,
        deeds in deeds(),
        parties in parties(),
    ) {
        let base = total;
        let whole = Earned::at_rate(base, rate_bp);
        let (mut earned, mut now, mut received) = (whole, total, 0_i64);
        let mut ledger = Ledger::default();
        let share = |of: i64, ten_thousandths: i64| {
            i64::try_from(i128::from(of) * i128::from(ten_thousandths) / 10_000).expect("smaller")
        };
        let mut number = 0;
        let mut book = |ledger: &mut Ledger, earned, received, total| {
            number += 1;
            let due = Due { earned, received, total }.so_far().expect("it fits");
            ledger.book(Uuid::from_u128(number), due, &parties);
            (due, ledger.entries().len(), number)
        };
        for deed in deeds {
            match deed {
                Deed::Receive(part) => received = (received + share(total, part)).min(now),
                Deed::Refund(part) => received -= share(received, part),
                Deed::Amend(part) => {
                    now = share(total, part).max(received).max(1);
                    earned = whole.remaining(base, now);
                }
            }
            let (due, entries, source) = book(&mut ledger, earned, received, now);
            prop_assert_eq!(ledger.entries().iter().map(|entry| entry.amount).sum::<i64>(), due);
            ledger.book(Uuid::from_u128(source), due + 1, &parties);
            prop_assert_eq!(ledger.entries().len(), entries, "a repeat of a source books nothing");
            let ideal = accrual::parts(due, &parties);
            for (holder, part) in ideal {
                prop_assert_eq!(ledger.booked(holder), part);
            }
        }
        book(&mut ledger, earned, 0, now);
        for party in &parties {
            prop_assert_eq!(ledger.booked(Holder::Person(party.person)), 0, "a full refund leaves everybody nothing");
        }
        prop_assert_eq!(ledger.booked(Holder::Company), 0);
    }

    #[test]
    fn a_negative_amount_mirrors_its_positive(due in 0_i64..1_000_000_000, parties in parties()) {
        let mirrored = accrual::parts(-due, &parties).into_iter().map(|(holder, part)| (holder, -part)).collect();
        prop_assert_eq!(accrual::parts(due, &parties), mirrored);
    }

    #[test]
    fn computed_again_a_statement_has_the_same_digest(
        amounts in prop::collection::vec((-1_000_000_i64..1_000_000, any::<bool>()), 0..40),
        carried in -1_000_000_i64..=0,
        turned in any::<prop::sample::Index>(),
    ) {
        let lines: Vec<StatementLine> = (1_u128..).zip(&amounts).map(|(number, (amount, held))| StatementLine {
            source: Uuid::from_u128(number), sale: None, amount: *amount, held: *held }).collect();
        let mut again = lines.clone();
        if !again.is_empty() {
            let by = turned.index(again.len());
            again.rotate_left(by);
        }
        let (first, second) = (Statement::compile(person(A), carried, lines.clone(), 0), Statement::compile(person(A), carried, again, 0));
        prop_assert_eq!(first.digest(), second.digest());
        prop_assert_eq!(first.payable() + first.carries(), first.sum());
        if let Some(last) = lines.last() {
            let mut moved = lines.clone();
            moved[lines.len() - 1].amount = last.amount + 1;
            let other = Statement::compile(person(A), carried, moved, 0);
            prop_assert_ne!(first.digest(), other.digest());
            prop_assert_eq!(first.differences(&other).len(), 2, "the line as it was and as it is");
        }
    }

    #[test]
    fn marginal_tiers_are_the_month_however_it_is_parted(bases in prop::collection::vec(1_i64..60_000_000, 1..10)) {
        let tiers = tiers(TierMode::Marginal);
        let month = bases.iter().sum();
        let (mut before, mut sum) = (0, Earned::default());
        for base in bases {
            sum = sum.plus(tiers.earned(before, base, month));
            before += base;
        }
        prop_assert_eq!(sum, tiers.earned(0, month, month));
    }
}
