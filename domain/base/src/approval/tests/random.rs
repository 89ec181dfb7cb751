//! Random sequences of actions, by anybody, never break what must always hold.

use super::company::*;
use crate::approval::*;
use crate::spine::{Change, Refusal};
use proptest::prelude::*;

/// One attempt: which action, by whom, at whom, and a number to choose by.
type Attempt = (u8, usize, usize, u8);

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    proptest::collection::vec((0u8..18, 0..EVERYBODY.len(), 0..EVERYBODY.len(), any::<u8>()), 1..60)
}

fn world_of(shape: u8) -> World {
    let mut world = World::new();
    let named =
        |people: &[u128]| vec![ApproverRule::Named { employees: people.iter().map(|p| who(*p)).collect() }];
    if shape % 3 == 1 {
        world.chain.steps.insert(1, step("row", named(&[HEAD, FINANCE, GM]), Counting::Sequential, vec![]));
        world.chain.steps.insert(2, step("all", named(&[HEAD, DIRECTOR, GM]), Counting::AllOf, vec![]));
    }
    if shape % 3 == 2 {
        world.chain.steps.insert(1, step("again", named(&[HEAD, MING]), Counting::AnyOf, vec![]));
        world.chain.fallback.clear();
    }
    world
}

/// Somebody with an open task, half of the time; else anybody: so that sequences get somewhere.
fn caller(approval: &Approval, by: usize, chance: u8) -> u128 {
    let open: Vec<_> = approval.open_tasks().map(|task| task.assignee.uuid().as_u128()).collect();
    if chance.is_multiple_of(2) && !open.is_empty() { open[by % open.len()] } else { EVERYBODY[by] }
}

fn decided(task: &Task) -> bool {
    matches!(task.state, TaskState::Decided { .. })
}

fn attempt(
    world: &mut World,
    before: &Approval,
    (kind, by, to, chance): Attempt,
) -> Result<Option<Approval>, Refusal> {
    let (by, to) = (who(caller(before, by, chance)), who(EVERYBODY[to]));
    let (version, approval) = (before.subject.version, before.clone());
    let reason = || "理由".to_owned();
    match kind {
        14 => world.hours.set(world.hours.get() + i64::from(chance % 30)),
        15 => world.roster.active(to, !chance.is_multiple_of(4)),
        16 => world.roster.absent(to, (chance.is_multiple_of(3)).then_some((by, day(), day()))),
        _ => {}
    }
    let now = world.now();
    let placement = [Placement::Before, Placement::After, Placement::Parallel][usize::from(chance) % 3];
    let change = match kind {
        0..=4 => approval.approve(by, version - i64::from(chance % 16 == 1), None, now)?,
        5 if chance.is_multiple_of(4) => approval.reject(by, version, reason(), now)?,
        5 | 6 => {
            let passed = approval.passed_steps();
            let target = passed.get(usize::from(chance) % (passed.len() + 1)).map(|code| (*code).to_owned());
            approval.send_back(
                by,
                version,
                target.map_or(ReturnTo::Requester, ReturnTo::Step),
                reason(),
                now,
            )?
        }
        7 if chance.is_multiple_of(3) => approval.withdraw(who(LAN), None, now)?,
        7 | 8 => {
            let deciders: Vec<_> = approval.tasks.iter().filter(|task| decided(task)).collect();
            let by =
                deciders.get(usize::from(chance) % deciders.len().max(1)).map_or(by, |task| task.assignee);
            approval.take_back(by, now)?
        }
        9 => approval.transfer(by, to, None, now)?,
        10 => approval.add_approver(by, to, placement, None, now)?,
        11 => approval.remove_approver(by, to, now)?,
        12 => {
            let mut subject = approval.subject.clone();
            subject.version += 1;
            if chance.is_multiple_of(2) {
                subject.amount = document(LAN, 3, i64::from(chance) * 40_000).amount;
            }
            let plan = world.plan(&subject);
            approval.resubmit(who(LAN), subject, plan, now)?
        }
        13 => approval.document_moved(None, version + 1, now)?,
        15 => return Ok(approval.move_tasks(to, Unavailable::Left, now).map(Change::into_after)),
        16 => return Ok(approval.move_tasks(to, Unavailable::Absent, now).map(Change::into_after)),
        14 => return Ok(approval.limits_reached(now).map(Change::into_after)),
        _ => approval.remind(who(LAN), None, now)?,
    };
    Ok(Some(change.into_after()))
}

fn must_hold(world: &World, before: &Approval, after: &Approval) {
    assert_eq!(after.version, before.version + 1);
    assert_eq!(after.history[..before.history.len()], before.history[..], "history only grows");
    assert!(after.history.len() > before.history.len(), "everything leaves a line");
    let own = own_people(&after.subject, &world.roster, day());
    for (index, task) in after.tasks.iter().enumerate() {
        let was = before.tasks.get(index);
        if let Some(was) = was.filter(|was| was.state != TaskState::Open) {
            assert_eq!(was.state, task.state, "a task is decided or closed once");
        }
        let newly = was.is_none_or(|was| was.state == TaskState::Open);
        if newly && matches!(task.state, TaskState::Decided { .. }) {
            assert!(!own.contains(&task.assignee), "nobody decides their own document");
            assert!(was.is_some(), "what is decided was open before");
        }
    }
    let current: Vec<_> =
        after.steps().iter().filter(|step| matches!(step.state, StepState::Open { .. })).collect();
    assert_eq!(current.len(), usize::from(after.outcome == Outcome::Pending), "one step waits, or none");
    for task in after.open_tasks() {
        assert_eq!(
            (task.round, task.step),
            (after.round_number(), current[0].key),
            "open tasks are the present step's"
        );
    }
    if after.outcome == Outcome::Pending {
        assert!(after.open_tasks().next().is_some(), "a waiting step waits for somebody");
    }
    after.steps().iter().for_each(|step| must_be_proven(after, step));
    if let Outcome::Approved { .. } = after.outcome {
        after.steps().iter().for_each(must_have_passed);
    }
}

/// Whoever agreed for a seat held a task of that very seat.
fn must_be_proven(approval: &Approval, step: &Step) {
    for (index, seat) in step.seats.iter().enumerate() {
        let SeatState::Approved { by, at } = seat.state else { continue };
        let proves = |task: &Task| {
            let agreed = matches!(&task.state, TaskState::Decided { decision: Decision::Approved, at: when, .. } if *when == at);
            agreed && (task.step, task.seat, task.assignee) == (step.key, index, by)
        };
        assert!(approval.tasks.iter().any(proves), "{} agreed without a task", step.planned.code);
    }
}

/// No step of an approved document was passed by nobody.
fn must_have_passed(step: &Step) {
    let StepState::Closed { reason, .. } = step.state else { panic!("{} is open", step.planned.code) };
    let agreed = step.seats.iter().filter(|seat| matches!(seat.state, SeatState::Approved { .. })).count();
    match reason {
        StepReason::Decided => assert!(agreed > 0, "{}", step.planned.code),
        StepReason::SkippedSamePerson => assert!(!step.planned.added_by_amount && !step.planned.decided_anew),
        StepReason::NotApplicable => assert_eq!(step.planned.fate, Fate::NotApplicable),
        StepReason::CarriedOver => assert!(step.seats.iter().any(|seat| seat.state.is_settled())),
        StepReason::Removed => assert!(step.added.is_some()),
        other => panic!("{other:?} in an approved document"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]
    #[test]
    fn no_sequence_breaks_an_invariant(shape in 0u8..6, fen in 1i64..8_000_000, tries in attempts()) {
        let mut world = world_of(shape);
        let mut approval = world.start(document(LAN, 3, fen));
        for one in tries {
            let was_final = approval.outcome.is_final();
            let Ok(Some(after)) = attempt(&mut world, &approval, one) else { continue };
            prop_assert!(!was_final, "a final approval moved: {one:?}");
            must_hold(&world, &approval, &after);
            approval = after;
        }
    }
}
