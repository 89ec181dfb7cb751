//! What holds of every course, whatever the facts are and in whatever order they were written.

use super::site::*;
use crate::{
    ownership::*,
    spine::{Id, Timestamp},
};
use proptest::prelude::*;
use uuid::Uuid;

fn what() -> impl Strategy<Value = What> {
    let who = || prop::sample::select(vec!['A', 'B', 'C', 'D']);
    let deal = || (1_u128..4).prop_map(|number| thing(0xDEA0 + number));
    prop_oneof![
        (who(), any::<bool>(), any::<bool>()).prop_map(|(who, is_call, names)| {
            let channel = if is_call { Channel::Call } else { Channel::WalkIn };
            let inquiry = if names { asking_for(who) } else { nothing() };
            told(Registered { channel, inquiry, ..registered(who) })
        }),
        who().prop_map(|who| What::FollowedUp { by: employee(who) }),
        who().prop_map(|who| What::Related { relative: employee(who) }),
        who().prop_map(|who| What::Received { receiver: employee(who) }),
        who().prop_map(|who| What::Left { employee: employee(who) }),
        who().prop_map(|who| What::Claimed { by: employee(who), department: thing(0xD) }),
        who().prop_map(|who| What::Released { by: employee(who), reason: "无意向".to_owned() }),
        who().prop_map(|who| What::Transferred {
            to: employee(who),
            department: thing(0xD),
            transfer: thing(3)
        }),
        (1_u32..90, 1_u32..400).prop_map(|(contact, deal)| What::Tiered {
            tier: "A".to_owned(),
            follow_up_days: Some(contact),
            deal_days: Some(deal),
        }),
        deal().prop_map(|deal| What::Deposited { deal }),
        deal().prop_map(|deal| What::Signed { deal }),
        deal().prop_map(|deal| What::FellThrough { deal }),
        Just(What::DisputeOpened { dispute: thing(0xD15) }),
        Just(What::DisputeClosed { dispute: thing(0xD15) }),
        who().prop_map(|who| What::Ruled {
            dispute: thing(0xD15),
            owner: employee(who),
            department: thing(0xD),
            shares: Shares::whole(employee(who)),
        }),
    ]
}

/// Facts of different instants of a year.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::btree_map(0_i64..365 * 24, what(), 0..40).prop_map(|told| {
        let start = may("1 00:00");
        let fact = |(number, (hour, what)): (usize, (i64, What))| {
            let at = start.plus(chrono::Duration::hours(hour));
            Fact { id: Id::from_uuid(Uuid::from_u128(0xF000 + number as u128)), at, known_at: at, what }
        };
        told.into_iter().enumerate().map(fact).collect()
    })
}

fn later() -> Timestamp {
    may("1 00:00").plus(chrono::Duration::days(400))
}

proptest! {
    #[test]
    fn from_the_first_owner_on_there_is_exactly_one_or_the_pool(facts in facts()) {
        let derived = derive(&facts, &book(), later(), ZONE);
        let mut before: Option<Timestamp> = None;
        for state in &derived.chain {
            prop_assert!(before.is_none_or(|before| before <= state.from), "the chain runs forward");
            before = Some(state.from);
            match &state.standing {
                Standing::Unowned {} => prop_assert!(false, "nobody's again"),
                Standing::Owned { owner, shares, .. } => {
                    prop_assert!(shares.have(*owner));
                    let sum: u32 = shares.each().iter().map(|share| share.bp).sum();
                    prop_assert_eq!(sum, WHOLE_BP);
                }
                Standing::Pooled { .. } => {}
            }
        }
    }

    #[test]
    fn the_order_of_writing_does_not_matter(
        (told, written) in facts().prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
    ) {
        prop_assert_eq!(derive(&told, &book(), later(), ZONE), derive(&written, &book(), later(), ZONE));
    }

    #[test]
    fn a_voided_fact_never_counted(facts in facts(), which in any::<prop::sample::Index>()) {
        prop_assume!(!facts.is_empty());
        let voided = which.get(&facts).id;
        let without: Vec<Fact> = facts.iter().filter(|fact| fact.id != voided).cloned().collect();
        let mut with = facts;
        let at = may("1 00:00").plus(chrono::Duration::days(390));
        let id = Id::from_uuid(Uuid::from_u128(0xFFFF));
        let what = What::Voided { fact: voided, by: None, reason: "无内容".to_owned() };
        with.push(Fact { id, at, known_at: at, what });
        let (with, without) = (derive(&with, &book(), later(), ZONE), derive(&without, &book(), later(), ZONE));
        prop_assert_eq!(with.chain, without.chain);
    }

    #[test]
    fn what_was_answered_stays_the_answer(facts in facts(), hours in 0_i64..365 * 24) {
        // Nothing is voided here, so what is learnt later changes no past.
        let then = may("1 00:00").plus(chrono::Duration::hours(hours));
        let asked_then = derive(&facts, &book(), then, ZONE);
        let asked_later = derive(&facts, &book(), later(), ZONE);
        let known: Vec<_> = asked_later.chain.into_iter().filter(|state| state.from <= then).collect();
        prop_assert_eq!(asked_then.chain, known);
    }
}
