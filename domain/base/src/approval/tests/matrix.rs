//! States × actions × callers: what is allowed stands in one table, and every deed agrees with it.

use super::company::*;
use crate::approval::*;
use crate::spine::Refusal;

/// The states a document can be in, by name.
fn states(world: &World) -> Vec<(&'static str, Approval)> {
    let started = world.start(document(LAN, 3, 600_000));
    let at_finance = world.approved_by(started.clone(), &[HEAD]);
    let at_director = world.approved_by(at_finance.clone(), &[FINANCE]);
    let added = at_finance.clone().add_approver(
        who(FINANCE),
        who(SALES_HEAD),
        Placement::Parallel,
        None,
        world.now(),
    );
    let version = started.subject.version;
    let returned = at_finance.clone().send_back(
        who(FINANCE),
        version,
        ReturnTo::Requester,
        "补发票".into(),
        world.now(),
    );
    let rejected = at_finance.clone().reject(who(FINANCE), version, "不合规".into(), world.now());
    let withdrawn = at_finance.clone().withdraw(who(LAN), None, world.now());
    vec![
        ("at head", started),
        ("at finance", at_finance),
        ("at finance, added", added.expect("no refusal").into_after()),
        ("approved", world.approved_by(at_director.clone(), &[DIRECTOR])),
        ("at director", at_director),
        ("returned", returned.expect("no refusal").into_after()),
        ("rejected", rejected.expect("no refusal").into_after()),
        ("withdrawn", withdrawn.expect("no refusal").into_after()),
    ]
}

const DECIDE: &[Action] = &[
    Action::Approve,
    Action::Reject,
    Action::Return,
    Action::Transfer,
    Action::AddApprover,
    Action::Comment,
    Action::Copy,
];
const SPEAK: &[Action] = &[Action::Comment, Action::Copy];
const REQUEST: &[Action] = &[Action::Withdraw, Action::Remind, Action::Comment, Action::Copy];
const AGAIN: &[Action] = &[Action::Resubmit, Action::Comment, Action::Copy];
const NOTHING: &[Action] = &[];

/// State, caller, what they may do. Whoever is not listed for a state may do nothing.
const TABLE: &[(&str, u128, &[Action])] = &[
    ("at head", LAN, REQUEST),
    ("at head", HEAD, DECIDE),
    ("at head", FINANCE, NOTHING),
    ("at finance", LAN, REQUEST),
    ("at finance", HEAD, &[Action::TakeBack, Action::Comment, Action::Copy]),
    ("at finance", FINANCE, DECIDE),
    ("at finance", FINANCE_TOO, DECIDE),
    ("at finance, added", LAN, REQUEST),
    ("at finance, added", HEAD, &[Action::TakeBack, Action::Comment, Action::Copy]),
    (
        "at finance, added",
        FINANCE,
        &[
            Action::Approve,
            Action::Reject,
            Action::Return,
            Action::Transfer,
            Action::AddApprover,
            Action::RemoveApprover,
            Action::Comment,
            Action::Copy,
        ],
    ),
    ("at finance, added", FINANCE_TOO, DECIDE),
    ("at finance, added", SALES_HEAD, DECIDE),
    ("at director", LAN, REQUEST),
    ("at director", HEAD, SPEAK),
    ("at director", FINANCE, &[Action::TakeBack, Action::Comment, Action::Copy]),
    ("at director", FINANCE_TOO, SPEAK),
    ("at director", DIRECTOR, DECIDE),
    ("approved", LAN, SPEAK),
    ("approved", HEAD, SPEAK),
    ("approved", FINANCE, SPEAK),
    ("approved", FINANCE_TOO, SPEAK),
    ("approved", DIRECTOR, SPEAK),
    ("rejected", LAN, SPEAK),
    ("rejected", HEAD, SPEAK),
    ("rejected", FINANCE, SPEAK),
    ("rejected", FINANCE_TOO, SPEAK),
    ("returned", LAN, AGAIN),
    ("returned", HEAD, SPEAK),
    ("returned", FINANCE, SPEAK),
    ("returned", FINANCE_TOO, SPEAK),
    ("withdrawn", LAN, AGAIN),
    ("withdrawn", HEAD, SPEAK),
    ("withdrawn", FINANCE, SPEAK),
    ("withdrawn", FINANCE_TOO, SPEAK),
];

fn deed(world: &World, approval: Approval, action: Action, by: u128) -> Result<(), Refusal> {
    let (version, by) = (approval.subject.version, who(by));
    let added = approval.tasks.iter().find(|task| task.assignee == who(SALES_HEAD)).map(|task| task.assignee);
    let now = world.now();
    let done = match action {
        Action::Approve => approval.approve(by, version, None, now),
        Action::Reject => approval.reject(by, version, "理由".into(), now),
        Action::Return => approval.send_back(by, version, ReturnTo::Requester, "理由".into(), now),
        Action::Withdraw => approval.withdraw(by, None, now),
        Action::TakeBack => approval.take_back(by, now),
        Action::Transfer => approval.transfer(by, who(GM), None, now),
        Action::Reassign => {
            let task = approval.open_tasks().next().map(|task| task.id);
            let nothing = crate::spine::Id::from_uuid(uuid::Uuid::nil());
            approval.reassign(task.unwrap_or(nothing), Some(by), false, who(GM), None, now)
        }
        Action::AddApprover => approval.add_approver(by, who(GM), Placement::After, None, now),
        Action::RemoveApprover => approval.remove_approver(by, added.unwrap_or(by), now),
        Action::Remind => approval.remind(by, None, now),
        Action::Comment => approval.comment(Some(by), false, "请看".into(), now),
        Action::Copy => approval.copy_to(by, &[who(REP)], None, now),
        Action::Resubmit => {
            let subject = approval.subject.clone();
            let plan = world.plan(&subject);
            approval.resubmit(by, subject, plan, now)
        }
    };
    done.map(|_| ())
}

#[test]
fn every_state_allows_exactly_what_the_table_says_and_every_deed_agrees() {
    let world = World::new();
    let mut looked_up = 0;
    for (state, approval) in states(&world) {
        for caller in EVERYBODY {
            let row = TABLE.iter().find(|(name, who, _)| *name == state && *who == caller);
            looked_up += usize::from(row.is_some());
            let allowed = row.map_or(NOTHING, |row| row.2);
            for action in approval.actions(Some(who(caller)), false, world.now()) {
                let expected = allowed.contains(&action.action);
                assert_eq!(
                    action.allowed(),
                    expected,
                    "{state}, {caller}: {:?} {:?}",
                    action.action,
                    action.refusal
                );
                let done = deed(&world, approval.clone(), action.action, caller);
                assert_eq!(
                    done.as_ref().err(),
                    action.refusal.as_ref(),
                    "{state}, {caller}: {:?}",
                    action.action
                );
            }
        }
    }
    assert_eq!(looked_up, TABLE.len(), "every row of the table is a state and a caller there are");
}

#[test]
fn an_overseer_may_reassign_and_comment_and_nothing_else() {
    let world = World::new();
    for (state, approval) in states(&world) {
        let allowed: Vec<_> =
            approval.actions(None, true, world.now()).into_iter().filter(ActionState::allowed).collect();
        let names: Vec<_> = allowed.iter().map(|one| one.action).collect();
        let expected = match approval.outcome {
            Outcome::Pending => vec![Action::Reassign, Action::Comment],
            _ => vec![Action::Comment],
        };
        assert_eq!(names, expected, "{state}");
    }
}

#[test]
fn every_refusal_cites_a_rule() {
    let world = World::new();
    for (state, approval) in states(&world) {
        for caller in EVERYBODY {
            for action in approval.actions(Some(who(caller)), false, world.now()) {
                if let Some(refusal) = action.refusal {
                    assert!(refusal.citation.is_some(), "{state}, {caller}: {}", refusal.code.code);
                }
            }
        }
    }
}
