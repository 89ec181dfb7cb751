//! How a task comes to somebody else: transfers, added approvers, leaving, absence, overseeing.

use super::company::*;
use crate::approval::*;

#[test]
fn transfers_obey_every_rule_of_the_chain() {
    let mut world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let to = |to| approval.clone().transfer(who(HEAD), who(to), None, world.now());
    assert_eq!(code(to(LAN)), "approval.target_own");
    assert_eq!(code(to(HEAD)), "approval.target_present");
    assert_eq!(waiting(&to(SALES_HEAD).expect("no refusal").into_after()), "head:9");
    let given = to(SALES_HEAD).expect("no refusal").into_after();
    let back =
        given.transfer(who(SALES_HEAD), who(HEAD), None, world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&back), "head:4", "and may be given back");
    world.roster.active(who(SALES_HEAD), false);
    assert_eq!(
        code(approval.clone().transfer(who(HEAD), who(SALES_HEAD), None, world.now())),
        "approval.target_inactive"
    );
    world.roster.active(who(SALES_HEAD), true);
    world.roster.absent(who(SALES_HEAD), Some((who(REP), day(), day())));
    let given =
        approval.transfer(who(HEAD), who(SALES_HEAD), None, world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&given), "head:10", "an absent colleague's stand-in gets it");
}

#[test]
fn approvers_are_added_before_after_and_in_parallel_and_removed_again() {
    let world = World::new();
    let at_finance = world.approved_by(world.start(document(LAN, 3, 100)), &[HEAD]);
    let add = |placement| {
        at_finance
            .clone()
            .add_approver(who(FINANCE), who(DIRECTOR), placement, None, world.now())
            .expect("no refusal")
            .into_after()
    };
    let before = add(Placement::Before);
    assert_eq!(waiting(&before), "finance+6:3");
    assert_eq!(waiting(&world.approved_by(before.clone(), &[DIRECTOR])), "finance:5 finance:6");
    let removed =
        before.remove_approver(who(FINANCE), who(DIRECTOR), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&removed), "finance:5 finance:6");

    let after = add(Placement::After);
    assert_eq!(waiting(&after), "finance:5 finance:6");
    assert_eq!(waiting(&world.approved_by(after.clone(), &[FINANCE_TOO])), "finance+6:3");
    let removed =
        after.remove_approver(who(FINANCE), who(DIRECTOR), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&world.approved_by(removed, &[FINANCE])), "approved");

    let parallel = add(Placement::Parallel);
    assert_eq!(waiting(&parallel), "finance:5 finance:6 finance:3");
    for first in [FINANCE, FINANCE_TOO, DIRECTOR] {
        let decided = world.approved_by(parallel.clone(), &[first]);
        assert_eq!(waiting(&decided), "approved", "of any-of the first decides, also who was added");
    }
    assert_eq!(
        code(parallel.clone().remove_approver(who(FINANCE_TOO), who(DIRECTOR), world.now())),
        "approval.not_added_by_you"
    );
    let removed =
        parallel.remove_approver(who(FINANCE), who(DIRECTOR), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&removed), "finance:5 finance:6");
    let own = at_finance.clone().add_approver(who(FINANCE), who(LAN), Placement::After, None, world.now());
    assert_eq!(code(own), "approval.target_own");
}

#[test]
fn an_approver_who_leaves_hands_on_to_stand_in_superior_or_fallback() {
    let mut world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let moved = |world: &World, approval: &Approval, of, why| {
        approval.clone().move_tasks(who(of), why, world.now()).map(crate::spine::Change::into_after)
    };
    assert!(moved(&world, &approval, FINANCE, Unavailable::Left).is_none(), "nothing waits for them");
    world.roster.absent(who(HEAD), Some((who(SALES_HEAD), day(), day())));
    let absent = moved(&world, &approval, HEAD, Unavailable::Absent).expect("it has come to that");
    assert_eq!(waiting(&absent), "head:9");
    assert!(reasons(&absent, approval.history.len()).starts_with("transferred_approver_absent task_opened"));
    world.roster.absent(who(HEAD), None);
    world.roster.active(who(HEAD), false);
    assert_eq!(
        waiting(&moved(&world, &approval, HEAD, Unavailable::Left).expect("it has come to that")),
        "head:3"
    );
    // The superior is the beneficiary: further up.
    let mut subject = document(LAN, 3, 100);
    subject.beneficiary = who(DIRECTOR);
    world.roster.active(who(HEAD), true);
    let other = world.start(subject);
    world.roster.active(who(HEAD), false);
    assert_eq!(
        waiting(&moved(&world, &other, HEAD, Unavailable::Disabled).expect("it has come to that")),
        "head:2"
    );
    // Nobody above and no fallback: it is stuck, cannot pass, and an overseer assigns it.
    for gone in [DIRECTOR, GM, CHAIR] {
        world.roster.active(who(gone), false);
    }
    let stuck = moved(&world, &approval, HEAD, Unavailable::Left).expect("it has come to that");
    assert_eq!(waiting(&stuck), "head:4");
    let task = stuck.open_tasks().next().expect("an open task").clone();
    assert_eq!(task.origin, Origin::Stuck);
    assert_eq!(
        code(stuck.clone().reassign(task.id, None, false, who(SALES_HEAD), None, world.now())),
        "approval.not_overseer"
    );
    let assigned = stuck
        .reassign(task.id, None, true, who(SALES_HEAD), None, world.now())
        .expect("no refusal")
        .into_after();
    assert_eq!(waiting(&assigned), "head:9");
}

#[test]
fn delegation_is_resolved_when_the_task_opens_without_loops() {
    let mut world = World::new();
    let start = |world: &World| waiting(&world.start(document(LAN, 3, 100)));
    let stand_in = |world: &mut World, of, by| world.roster.absent(who(of), Some((who(by), day(), day())));
    stand_in(&mut world, HEAD, SALES_HEAD);
    assert_eq!(start(&world), "head:9");
    stand_in(&mut world, SALES_HEAD, REP);
    assert_eq!(start(&world), "head:10", "the stand-in is absent too");
    stand_in(&mut world, REP, HEAD);
    assert_eq!(start(&world), "head:3", "a loop ends with the superior");
    stand_in(&mut world, HEAD, LAN);
    assert_eq!(start(&world), "head:3", "the submitter stands in for nobody");
}

#[test]
fn an_approver_who_became_the_stand_in_of_the_submitter_neither_decides_nor_chooses_who_does() {
    let mut world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    world.roster.absent(who(LAN), Some((who(HEAD), day(), day())));
    assert_eq!(code(world.approve(&approval, HEAD)), "approval.own_document");
    let handed = approval.clone().transfer(who(HEAD), who(DIRECTOR), None, world.now());
    assert_eq!(code(handed), "approval.own_document");
    let task = approval.open_tasks().next().expect("a task").id;
    let given = approval.reassign(task, Some(who(REP)), true, who(DIRECTOR), None, world.now());
    assert_eq!(waiting(&given.expect("no refusal").into_after()), "head:3", "an overseer gives it on");
}

#[test]
fn taking_back_while_an_added_approver_goes_first_leaves_that_approver_in_place() {
    let mut world = World::new();
    let people = vec![ApproverRule::Named { employees: vec![who(FINANCE), who(DIRECTOR)] }];
    world.chain.steps = vec![step("all", people, Counting::AllOf, vec![])];
    let approval = world.approved_by(world.start(document(LAN, 3, 100)), &[FINANCE]);
    let added = approval.add_approver(who(DIRECTOR), who(REP), Placement::Before, None, world.now());
    let approval = added.expect("no refusal").into_after();
    assert_eq!(waiting(&approval), "all+2:10");
    let approval = approval.take_back(who(FINANCE), world.now()).expect("no refusal").into_after();
    assert_eq!(waiting(&approval), "all+2:10", "the added approver still goes first");
    assert!(world.approve(&approval, FINANCE).is_err(), "it is not their turn");
    let approval = world.approved_by(approval, &[REP]);
    assert_eq!(waiting(&approval), "all:5 all:3", "and the decision taken back is asked for again");
    assert_eq!(waiting(&world.approved_by(approval, &[FINANCE, DIRECTOR])), "approved");
}

#[test]
fn removing_an_added_approver_leaves_those_beside_them_able_to_finish_the_step() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let added = approval.add_approver(who(HEAD), who(SALES_HEAD), Placement::Before, None, world.now());
    let approval = added.expect("no refusal").into_after();
    let added = approval.add_approver(who(SALES_HEAD), who(REP), Placement::Parallel, None, world.now());
    let approval = added.expect("no refusal").into_after();
    let removed =
        approval.remove_approver(who(HEAD), who(SALES_HEAD), world.now()).expect("no refusal").into_after();
    assert!(waiting(&removed).ends_with(":10"), "{}", waiting(&removed));
    assert_eq!(waiting(&world.approved_by(removed, &[REP])), "head:4");
}

#[test]
fn nobody_chooses_who_decides_their_own_document_by_overseeing() {
    let world = World::new();
    let approval = world.start(document(LAN, 3, 100));
    let task = approval.open_tasks().next().expect("an open task").id;
    let reassign =
        |by: u128| approval.clone().reassign(task, Some(who(by)), true, who(MING), None, world.now());
    assert_eq!(code(reassign(LAN)), "approval.own_document");
    let may = approval.may(Action::Reassign, Some(who(LAN)), true, world.now());
    assert_eq!(code(may), "approval.own_document");
    assert!(reassign(DIRECTOR).is_ok());
}

#[test]
fn where_the_named_approver_is_gone_the_step_rises_to_their_superior() {
    let mut world = World::new();
    world.roster.active(who(HEAD), false);
    assert_eq!(waiting(&world.start(document(LAN, 3, 100))), "head:3");
}
