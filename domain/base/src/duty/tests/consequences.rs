//! What follows where a duty is missed.

use super::company::*;
use crate::duty::consequence::Consequence;
use crate::incentive_entry::{IncentiveAmount, IncidentKind, UndoGround};

fn follows(duty: &Duty, rule: DutyRule, may_be_excused: bool, now: &str) -> Consequence {
    let calendar = calendar();
    duty.consequence(&version(1, rule), may_be_excused, at(now), &settings(), shanghai(&calendar))
}

const MONDAY: &str = "2026-05-18 09:00";

#[test]
fn a_miss_is_charged_once_with_its_day_and_why() {
    let calendar = calendar();
    let duty = owed(&strict(staff()), "2026-W20", &calendar);
    assert_eq!(follows(&duty, strict(staff()), false, "2026-05-18 08:59"), Consequence::Nothing);
    let Consequence::Enter(charged) = follows(&duty, strict(staff()), false, MONDAY) else {
        panic!("a miss")
    };
    assert_eq!((charged.employee, charged.amount), (who(LI_NA), IncentiveAmount::Points { points: -20 }));
    assert_eq!((charged.incident.kind, charged.incident.id), (IncidentKind::Duty, duty.id.uuid()));
    assert_eq!(charged.incident.on, day("2026-05-18"));
    assert_eq!(charged.explanation.facts["occasion"], "2026-W20");
    assert_eq!(follows(&duty, staff(), false, MONDAY), Consequence::Nothing, "the rule has no consequence");
    assert_eq!(follows(&duty, strict(staff()), true, MONDAY), Consequence::Held, "a leave is undecided");
}

#[test]
fn what_is_done_late_or_let_go_takes_the_entry_back_and_what_is_made_up_does_not() {
    let calendar = calendar();
    let duty = owed(&strict(staff()), "2026-W20", &calendar);
    let after =
        |received| follows(&fulfilled(duty.clone(), received), strict(staff()), false, "2026-06-01 00:00");
    assert_eq!(
        after("2026-05-18 08:59"),
        Consequence::TakeBack(UndoGround::InTime),
        "late, and the rule charges misses alone"
    );
    assert!(matches!(after("2026-05-19 10:00"), Consequence::Enter(_)));
    let mut late_too = strict(staff());
    let half = IncentiveAmount::Points { points: -5 };
    late_too.consequence = late_too.consequence.map(|mut follows| {
        follows.late = Some(half.clone());
        follows
    });
    let late = fulfilled(duty.clone(), "2026-05-17 10:00");
    let Consequence::Enter(charged) = follows(&late, late_too, false, "2026-06-01 00:00") else {
        panic!("late")
    };
    assert_eq!((charged.amount, charged.incident.on), (half, day("2026-05-17")));
    let (director, above) = (actor(DIRECTOR), [who(WANG), who(DIRECTOR)]);
    let line = Line { by: &director, superiors: &above };
    let waived =
        duty.clone().waive("出差".into(), line, at("2026-05-19 09:00")).expect("no refusal").into_after();
    assert_eq!(
        follows(&waived, strict(staff()), false, "2026-05-19 09:00"),
        Consequence::TakeBack(UndoGround::Waived)
    );
    let excused = duty.excuse(Excuse::Outage, at(MONDAY)).expect("no refusal").into_after();
    assert_eq!(follows(&excused, strict(staff()), false, MONDAY), Consequence::TakeBack(UndoGround::Excused));
}

#[test]
fn more_time_given_afterwards_takes_the_entry_back() {
    let calendar = calendar();
    let time = shanghai(&calendar);
    let duty = owed(&strict(staff()), "2026-W20", &calendar);
    let (director, above) = (actor(DIRECTOR), [who(WANG), who(DIRECTOR)]);
    let line = Line { by: &director, superiors: &above };
    let now = at("2026-05-18 10:00");
    let extended =
        duty.extend(at("2026-05-20 17:30"), "系统故障".into(), line, now, time).expect("no refusal");
    let taken_back = follows(extended.after(), strict(staff()), false, "2026-05-18 10:00");
    assert_eq!(taken_back, Consequence::TakeBack(UndoGround::Extended));
    assert!(matches!(
        follows(extended.after(), strict(staff()), false, "2026-05-21 09:00"),
        Consequence::Enter(_)
    ));
}

#[test]
fn nobody_is_charged_for_a_post_held_too_briefly() {
    let calendar = calendar();
    let duty = owed(&strict(heads()), "2026-W20", &calendar);
    let passed =
        duty.pass_to(who(LI_NA), Hold::Succeeded, |_| true, at("2026-05-17 00:00")).expect("no refusal");
    let passed = passed.expect("it moves").into_after();
    assert_eq!(follows(&passed, strict(heads()), false, MONDAY), Consequence::Nothing);
}
