//! What holds whatever happens: mirrored amounts, digests, tiers. What is booked of a sale: see the sale.

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

proptest! {
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
