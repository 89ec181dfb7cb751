//! How approvals run, told step by step.

use super::company::*;
use crate::approval::*;
use crate::spine::Id;

#[test]
fn a_claim_passes_head_finance_and_director() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 600_000));
    assert_eq!(waiting(&approval), "head:4");
    let approval = world.approved_by(approval, &[HEAD]);
    assert_eq!(waiting(&approval), "finance:5 finance:6");
    let approval = world.approved_by(approval, &[FINANCE_TOO]);
    assert_eq!(waiting(&approval), "director:3");
    let approval = world.approved_by(approval, &[DIRECTOR]);
    assert_eq!(waiting(&approval), "approved");
    assert_eq!(
        reasons(&approval, 0),
        "submitted step_not_applicable step_not_applicable task_opened approved step_decided task_opened \
         task_opened approved step_decided task_opened approved step_decided completed"
    );
    assert!(approval.next_due().is_none());
}

#[test]
fn deciding_twice_names_who_decided() {
    let world = World::new();
    let approval = world.approved_by(world.start(document(LAN, 3, 100)), &[HEAD, FINANCE]);
    let refusal = world.approve(&approval, FINANCE_TOO).unwrap_err();
    assert_eq!(refusal.code.code, "approval.already_decided");
    assert_eq!(refusal.params["by_name"], "钱会计");
    assert_eq!(refusal.params["decision"], "approved");
    assert_eq!(world.approve(&approval, FINANCE).unwrap_err().params["by_name"], "钱会计");
    assert_eq!(code(world.approve(&approval, REP)), "approval.not_pending");
}

#[test]
fn a_decision_is_taken_on_the_version_that_was_read() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let moved = approval
        .document_moved(Some(who(FINANCE)), 3, world.now())
        .expect("it has come to that")
        .into_after();
    assert_eq!(code(moved.clone().approve(who(HEAD), 2, None, world.now())), "approval.document_changed");
    let done = moved.approve(who(HEAD), 3, None, world.now()).expect("no refusal").into_after();
    let decided = done.tasks.iter().find(|task| task.assignee == who(HEAD)).expect("the task");
    assert!(matches!(decided.state, TaskState::Decided { document_version: 3, .. }));
}

#[test]
fn all_of_waits_for_everybody_and_sequential_asks_one_after_the_other() {
    let mut world = World::new();
    let people = || vec![ApproverRule::Named { employees: vec![who(FINANCE), who(DIRECTOR), who(GM)] }];
    world.chain.steps = vec![step("all", people(), Counting::AllOf, vec![])];
    let approval = world.start(document(LAN, 3, 100));
    assert_eq!(waiting(&approval), "all:5 all:3 all:2");
    let approval = world.approved_by(approval, &[GM, FINANCE]);
    assert_eq!(waiting(&approval), "all:3");
    assert_eq!(waiting(&world.approved_by(approval, &[DIRECTOR])), "approved");

    world.chain.steps = vec![step("row", people(), Counting::Sequential, vec![])];
    let approval = world.start(document(LAN, 3, 100));
    assert_eq!(waiting(&approval), "row:5");
    assert_eq!(code(world.approve(&approval, GM)), "approval.not_your_turn");
    let approval = world.approved_by(approval, &[FINANCE]);
    assert_eq!(waiting(&approval), "row:3");
    assert_eq!(
        waiting(&approval.clone().take_back(who(FINANCE), world.now()).expect("no refusal").into_after()),
        "row:5"
    );
    let approval = world.approved_by(approval, &[DIRECTOR]);
    assert_eq!(code(approval.clone().take_back(who(FINANCE), world.now())), "approval.next_step_decided");
    assert_eq!(waiting(&world.approved_by(approval, &[GM])), "approved");
}

#[test]
fn whoever_decided_one_step_is_spared_the_next_in_the_same_round_only() {
    let mut world = World::new();
    let both = vec![ApproverRule::Named { employees: vec![who(HEAD), who(DIRECTOR)] }];
    world.chain.steps = vec![
        step("first", both.clone(), Counting::AnyOf, vec![]),
        step("second", both.clone(), Counting::AllOf, vec![]),
        step("third", both, Counting::AnyOf, from(100)),
    ];
    let approval = world.approved_by(world.start(document(LAN, 3, 100)), &[HEAD]);
    assert_eq!(waiting(&approval), "second:3", "all of: the head is spared, the director is not");
    let approval = world.approved_by(approval, &[DIRECTOR]);
    assert_eq!(waiting(&approval), "third:4 third:3", "the amount added it: nobody is spared");
    let version = approval.subject.version;
    let back = ReturnTo::Step("second".into());
    let approval = approval
        .send_back(who(HEAD), version, back, "再看".into(), world.now())
        .expect("no refusal")
        .into_after();
    assert_eq!(waiting(&approval), "second:4 second:3", "a new round asks both");
    assert_eq!(approval.rounds.len(), 2);
}

#[test]
fn a_return_to_the_requester_continues_there_unless_a_routed_field_changed() {
    let world = World::new();
    let at_finance = world.approved_by(world.start(document(LAN, 3, 600_000)), &[HEAD]);
    let version = at_finance.subject.version;
    let reason = || "补发票".to_owned();
    assert_eq!(
        code(at_finance.clone().send_back(
            who(FINANCE),
            version,
            ReturnTo::Requester,
            " ".into(),
            world.now()
        )),
        "approval.reason_required"
    );
    let returned = at_finance
        .send_back(who(FINANCE), version, ReturnTo::Requester, reason(), world.now())
        .expect("no refusal")
        .into_after();
    assert_eq!(waiting(&returned), "returned");
    assert_eq!(code(world.approve(&returned, FINANCE_TOO)), "approval.already_decided");

    let mut same = document(LAN, 3, 600_000);
    same.version = 5;
    same.fields.insert("purpose".into(), "更正".into());
    let plan = world.plan(&same);
    let again =
        returned.clone().resubmit(who(LAN), same, plan, world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&again), "finance:5 finance:6");
    assert_eq!(again.rounds[1].steps[0].state, carried(&again));

    let more = document(LAN, 3, 700_000);
    let plan = world.plan(&more);
    let anew = returned.resubmit(who(LAN), more, plan, world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&anew), "head:4");
    assert_eq!(anew.rounds.len(), 2);
    assert!(matches!(anew.rounds[0].steps[1].state, StepState::Closed { reason: StepReason::Returned, .. }));
}

fn carried(approval: &Approval) -> StepState {
    let StepState::Closed { at, .. } = approval.rounds[0].steps[0].state else { panic!("open") };
    StepState::Closed { at, reason: StepReason::CarriedOver }
}

#[test]
fn a_later_policy_does_not_move_a_document_in_flight() {
    let mut world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    world.chain.steps.truncate(1);
    world.roster.head(unit(3), Some(who(MING)));
    let approval = world.approved_by(approval, &[HEAD]);
    assert_eq!(waiting(&approval), "finance:5 finance:6");
}

#[test]
fn taking_back_is_possible_until_the_next_step_decides() {
    let world = World::new();
    let at_finance = world.approved_by(world.start(document(LAN, 3, 600_000)), &[HEAD]);
    let back = at_finance.clone().take_back(who(HEAD), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&back), "head:4");
    assert_eq!(waiting(&world.approved_by(back, &[HEAD])), "finance:5 finance:6");
    let at_director = world.approved_by(at_finance, &[FINANCE]);
    let refusal = at_director.clone().take_back(who(HEAD), world.now()).unwrap_err();
    assert_eq!(
        (refusal.code.code, refusal.params["by_name"].as_str()),
        ("approval.next_step_decided", Some("钱会计"))
    );
    let back = at_director.take_back(who(FINANCE), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&back), "finance:5 finance:6", "the other accountant may decide again too");
}

#[test]
fn what_is_taken_back_comes_to_whoever_decided_it() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 600_000));
    let handed =
        approval.transfer(who(HEAD), who(SALES_HEAD), None, world.now()).expect("no refusal").into_after();
    let at_finance = world.approved_by(handed, &[SALES_HEAD]);
    assert_eq!(waiting(&at_finance), "finance:5 finance:6");
    assert_eq!(code(at_finance.clone().take_back(who(HEAD), world.now())), "approval.nothing_to_take_back");
    let back = at_finance.take_back(who(SALES_HEAD), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&back), format!("head:{SALES_HEAD}"));
    let open = back.open_tasks().next().expect("an open task");
    assert_eq!((open.origin, open.on_behalf_of), (Origin::Transferred, Some(who(HEAD))));
    // A transfer of the step that was open stands as well.
    let at_finance = world.approved_by(back, &[SALES_HEAD]);
    let handed =
        at_finance.transfer(who(FINANCE), who(MING), None, world.now()).expect("no refusal").into_after();
    let back = handed.take_back(who(SALES_HEAD), world.now()).expect("no refusal").into_after();
    let again = world.approved_by(back, &[SALES_HEAD]);
    assert!(waiting(&again).contains(&format!("finance:{MING}")), "{}", waiting(&again));
}

#[test]
fn time_limits_remind_then_escalate_and_never_decide() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let pass = |approval: &Approval, hours| {
        world.hours.set(hours);
        approval.clone().limits_reached(world.now()).map(crate::spine::Change::into_after)
    };
    assert!(pass(&approval, 23).is_none());
    let reminded = pass(&approval, 24).expect("it has come to that");
    assert_eq!(
        (waiting(&reminded).as_str(), reasons(&reminded, approval.history.len()).as_str()),
        ("head:4", "time_limit_reminded")
    );
    assert!(pass(&reminded, 25).is_none(), "one reminder");
    let mut late = pass(&reminded, 48).expect("it has come to that");
    assert_eq!(waiting(&late), "head:3");
    let mut seen = vec![3];
    for round in 2..12 {
        if let Some(next) = pass(&late, 48 * round) {
            late = next;
            seen.push(late.open_tasks().next().expect("an open task").assignee.uuid().as_u128());
        }
    }
    seen.dedup();
    assert_eq!(seen, [3, 2, 1], "up to the top, and there it stays");
    assert_eq!(late.outcome, Outcome::Pending);
    assert!(late.next_due().is_none());
}

#[test]
fn reminders_by_the_submitter_are_rate_limited() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let reminded = approval.remind(who(LAN), None, world.now()).expect("no refusal").into_after();
    world.hours.set(3);
    assert_eq!(code(reminded.clone().remind(who(LAN), None, world.now())), "approval.reminded_recently");
    world.hours.set(4);
    assert!(reminded.remind(who(LAN), None, world.now()).is_ok());
}

#[test]
fn a_copy_lets_somebody_read_and_is_made_once() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    assert!(!approval.takes_part(who(REP)));
    let copied = approval
        .copy_to(who(LAN), &[who(REP), who(REP)], None, world.now())
        .expect("no refusal")
        .into_after();
    assert!(copied.takes_part(who(REP)));
    assert_eq!(copied.copies.len(), 1);
    assert!(copied.clone().comment(Some(who(REP)), false, "收到".into(), world.now()).is_ok());
    assert_eq!(
        code(copied.comment(Some(who(MING)), false, "?".into(), world.now())),
        "approval.not_participant"
    );
}

#[test]
fn each_transition_counts_one_version_and_tells_the_feed() {
    let world = World::new();
    let subject = document(LAN, 3, 100);
    let plan = world.plan(&subject);
    let started = Approval::start(Id::from_uuid(uuid::Uuid::from_u128(9)), subject, plan, world.now())
        .expect("no refusal");
    assert_eq!(started.after().version, 1);
    let names: Vec<_> = started.happened().iter().map(|one| one.kind.name).collect();
    assert_eq!(names, ["approval.started", "approval.task_opened"]);
    assert!(!started.explanations().is_empty());
    let change = started.into_after().approve(who(HEAD), 2, None, world.now()).expect("no refusal");
    assert_eq!(change.after().version, 2);
    let change = change.into_after().approve(who(FINANCE), 2, None, world.now()).expect("no refusal");
    let names: Vec<_> = change.happened().iter().map(|one| one.kind.name).collect();
    assert_eq!(names, ["approval.decided", "approval.approved"]);
}
