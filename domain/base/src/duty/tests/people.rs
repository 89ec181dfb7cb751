//! People come, move, are on leave, go.

use super::company::*;
use crate::duty::people::{Charge, LeaveEffect, on_leave, owes_on_joining};

#[test]
fn who_joins_with_two_working_days_left_owes_it() {
    // Worked example 13.
    let calendar = calendar();
    let times = owed(&staff(), "2026-W20", &calendar).times;
    let owes = |from: &str| owes_on_joining(day(from), &times, &settings(), shanghai(&calendar));
    assert!(owes("2026-05-14"), "Thursday and Friday are left");
    assert!(!owes("2026-05-15"));
    let longer = owed(&staff(), "2026-W19", &calendar).times;
    let owes = |from: &str| owes_on_joining(day(from), &longer, &settings(), shanghai(&calendar));
    assert!(owes("2026-05-08") && !owes("2026-05-09"), "Saturday is worked in a holiday's stead");
}

#[test]
fn leave_on_all_working_days_excuses_and_on_the_dues_day_moves_it() {
    // Worked example 12.
    let calendar = calendar();
    let time = shanghai(&calendar);
    let duty = owed(&staff(), "2026-W20", &calendar);
    let leave = |from: &str, until: &str| {
        let (from, until) = (day(from), day(until));
        on_leave(&duty.times, move |day| from <= day && day <= until, &settings(), time)
    };
    assert_eq!(leave("2026-05-11", "2026-05-15"), LeaveEffect::Excused);
    assert_eq!(leave("2026-05-11", "2026-05-14"), LeaveEffect::None);
    let LeaveEffect::Moved(moved) = leave("2026-05-15", "2026-05-19") else { panic!("it moves") };
    assert_eq!(moved.due, Some(at("2026-05-20 12:00")));
    assert_eq!(moved.grace_until, Some(at("2026-05-20 14:30")), "half an hour of work behind it");
    let excused = duty.excuse(Excuse::Leave, at("2026-05-18 00:00")).expect("no refusal").into_after();
    let late = fulfilled(owed(&staff(), "2026-W20", &calendar), "2026-05-17 10:00");
    let granted_afterwards = late.excuse(Excuse::Leave, at("2026-05-20 00:00")).expect("no refusal");
    assert!(matches!(&granted_afterwards.after().status, DutyStatus::Excused { proof: Some(_), .. }));
    let states = [DutyState::OnTime, DutyState::Missed, excused.state(at("2026-06-01 00:00"))];
    let mut tally = board::Tally::default();
    states.into_iter().for_each(|state| tally.count(state));
    assert_eq!((tally.excused, tally.rate_basis_points()), (1, Some(5_000)), "out of the rate");
    assert_eq!(board::Tally::default().rate_basis_points(), None);
}

#[test]
fn who_held_the_post_at_the_due_for_a_working_day_is_charged() {
    // Worked example 14: the head's report, due Sunday noon.
    let calendar = calendar();
    let time = shanghai(&calendar);
    let charged = |from: &str| {
        let duty = owed(&heads(), "2026-W20", &calendar);
        let passed = duty.pass_to(who(LI_NA), Hold::Succeeded, |_| true, at(from)).expect("no refusal");
        passed.expect("it moves").into_after().charge(&settings(), time)
    };
    assert_eq!(charged("2026-05-13 00:00"), Some(Charge { employee: who(LI_NA), working_days: 3 }));
    assert_eq!(charged("2026-05-17 00:00"), None, "from Sunday: to nobody");
    assert_eq!(charged("2026-05-15 14:00"), None, "half a working day");
    let handed_on_after = charged("2026-05-17 12:00").map(|charge| charge.employee);
    assert_eq!(handed_on_after, Some(who(WANG)), "who held it at the due");
}

#[test]
fn personal_duties_stay_and_posts_move_with_their_holder() {
    let calendar = calendar();
    let now = at("2026-05-13 00:00");
    let personal = owed(&staff(), "2026-W20", &calendar);
    assert_eq!(code(personal.clone().pass_to(who(WANG), Hold::StoodIn, |_| true, now)), PERSONAL_DUTY.code);
    let cancelled = personal.cancel(CancelCause::LeftCompany, now).expect("no refusal").into_after();
    assert_eq!(cancelled.state(now), DutyState::Cancelled);
    let duty = owed(&heads(), "2026-W20", &calendar);
    assert!(duty.clone().pass_to(who(WANG), Hold::Succeeded, |_| true, now).expect("no refusal").is_none());
    let change =
        duty.pass_to(who(DIRECTOR), Hold::Vacant, |_| true, now).expect("no refusal").expect("it moves");
    assert_eq!(change.happened()[0].facts["how"], "vacant");
    let held: Vec<_> = change.after().holdings.iter().map(|holding| holding.employee).collect();
    assert_eq!(held, [who(WANG), who(DIRECTOR)]);
}
