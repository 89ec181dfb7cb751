//! When no server ran.

use super::company::*;
use crate::duty::{
    effect::{Effect, EffectKind},
    outage::{Outage, OutageEffect, digests, outages},
    rule::Recipient,
};
use chrono::Duration;
use proptest::prelude::*;

fn down(from: &str, until: &str) -> Outage {
    Outage { from: at(from), until: at(until) }
}

fn effect(outage: Outage, of: &str) -> OutageEffect {
    let calendar = calendar();
    outage.effect(&owed(&staff(), of, &calendar).times, &settings(), shanghai(&calendar))
}

#[test]
fn a_due_within_an_outage_moves_behind_it_by_what_was_lost() {
    // Worked example 7: 3.5 working hours were lost, so 4.
    let OutageEffect::Moved(moved) = effect(down("2026-05-15 12:00", "2026-05-19 10:00"), "2026-W20") else {
        panic!("it moves")
    };
    assert_eq!((moved.due, moved.grace_until), (Some(at("2026-05-19 16:00")), Some(at("2026-05-19 16:30"))));
    // Down since Wednesday night: two days of work were lost.
    let OutageEffect::Moved(moved) = effect(down("2026-05-13 20:00", "2026-05-19 10:00"), "2026-W20") else {
        panic!("it moves")
    };
    assert_eq!(moved.due, Some(at("2026-05-21 10:00")));
}

#[test]
fn a_week_wholly_within_an_outage_is_excused() {
    // Worked example 8.
    let two_weeks = down("2026-05-10 20:00", "2026-05-25 08:00");
    assert_eq!(effect(two_weeks, "2026-W20"), OutageEffect::Excused);
    assert_eq!(effect(two_weeks, "2026-W21"), OutageEffect::Excused);
    assert_eq!(effect(two_weeks, "2026-W22"), OutageEffect::None);
}

#[test]
fn the_end_of_a_grace_alone_moves_likewise() {
    let OutageEffect::Moved(moved) = effect(down("2026-05-17 10:00", "2026-05-18 15:00"), "2026-W20") else {
        panic!("it moves")
    };
    assert_eq!(moved.due, Some(at("2026-05-17 00:00")));
    assert_eq!(moved.grace_until, Some(at("2026-05-19 10:00")), "4 working hours behind the end");
    assert_eq!(effect(down("2026-05-18 09:00", "2026-05-18 15:00"), "2026-W20"), OutageEffect::None);
}

#[test]
fn signs_tell_of_outages_and_those_of_the_future_are_ignored() {
    let start = at("2026-05-15 12:00");
    let signs: Vec<_> = [0, 1, 31, 62, 9_000].map(|minute| start.plus(Duration::minutes(minute))).to_vec();
    let now = start.plus(Duration::minutes(70));
    let found = outages(&signs, now, &settings());
    let gap = Outage { from: start.plus(Duration::minutes(31)), until: start.plus(Duration::minutes(62)) };
    assert_eq!(found, [gap], "30 minutes are none");
    assert_eq!(outages(&[], now, &settings()), []);
}

#[test]
fn of_what_piled_up_only_the_highest_goes_out_in_one_digest() {
    // Worked example 8: one digest each.
    let told = |n, to| Effect { n, at: at("2026-05-15 12:00"), kind: EffectKind::Told { to } };
    let duty = |number| Id::from_uuid(Uuid::from_u128(number));
    let miss = Effect { n: 3, at: at("2026-05-18 09:00"), kind: EffectKind::Missed };
    let piled_up = [
        (duty(1), told(1, Recipient::Person), who(LI_NA)),
        (duty(1), told(2, Recipient::Superior), who(WANG)),
        (duty(1), miss, who(LI_NA)),
        (duty(2), told(2, Recipient::Superior), who(WANG)),
        (duty(3), told(1, Recipient::Person), who(LI_NA)),
    ];
    let digests = digests(piled_up);
    let count: Vec<_> = digests.iter().map(|(to, digest)| (*to, digest.len())).collect();
    assert_eq!(count, [(who(LI_NA), 1), (who(WANG), 2)]);
}

#[test]
fn the_weeks_of_an_outage_are_raised_in_order_once_a_server_runs() {
    // Worked example 8: both weeks, and the one that has begun since.
    let calendar = calendar();
    let versions = [DatedRule { from: day("2026-04-06"), rule: version(1, staff()) }];
    let versions = RuleVersions { versions: &versions };
    let called = versions.called(Some(week("2026-W19")), at("2026-05-25 08:00"), shanghai(&calendar));
    let weeks: Vec<_> = called.iter().map(|called| called.period.to_string()).collect();
    assert_eq!(weeks, ["2026-W20", "2026-W21", "2026-W22"]);
}

proptest! {
    #[test]
    fn an_outage_never_takes_time_away(from in 0_i64..20_000, minutes in 31_i64..20_000) {
        let calendar = calendar();
        let time = shanghai(&calendar);
        let times = owed(&staff(), "2026-W20", &calendar).times;
        let from = at("2026-05-10 00:00").plus(Duration::minutes(from));
        let outage = Outage { from, until: from.plus(Duration::minutes(minutes)) };
        if let OutageEffect::Moved(moved) = outage.effect(&times, &settings(), time) {
            prop_assert!(moved.due >= times.due && moved.grace_until > times.grace_until);
            prop_assert!(moved.grace_until >= moved.due);
            // After the servers are back there are at least 4 working hours.
            let back = time.elapsed(outage.until, moved.grace_until.expect("a grace")).value;
            prop_assert!(back >= Duration::hours(4));
        }
    }
}
