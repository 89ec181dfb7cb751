//! No sequence of actions breaks a claim, and what it foresees is what happens.

use super::*;
use proptest::prelude::*;

/// Tries every action on a claim; what an allowed one makes of it.
fn attempt(claim: ExpenseClaim, action: ClaimActionTried, n: i64) -> Option<ExpenseClaim> {
    use ClaimActionTried::*;
    let rules = Rules::shipped();
    let (me, by) = (submitter(), finance());
    let handed = |result: Result<HandedOver, Refusal>| match result.ok()? {
        HandedOver::Now(change) => Some(change.into_after()),
        HandedOver::Already(claim) => Some(*claim),
    };
    let moved = |result: Result<Change<ExpenseClaim>, Refusal>| result.ok().map(Change::into_after);
    match action {
        Revise => moved(claim.revise(content(), &me, rules.all())),
        Submit => moved(claim.submit(id(800), &me, now(), today(), rules.all())),
        Approve => moved(claim.approve(id(800), now(), rules.all())),
        SendBack => moved(claim.settle(id(800), &returned(), now())),
        Reject => moved(claim.settle(id(800), &rejected(), now())),
        Withdraw => moved(claim.settle(id(800), &withdrawn(), now())),
        Reduce => {
            moved(claim.reduce(
                &[LineDecision { line: 1, approved: cny(n), reason: Some("减".into()) }],
                &approver(),
            ))
        }
        Void => moved(claim.void("废".into(), Owner::Here, &me, now())),
        Revoke => moved(claim.revoke("撤".into(), &me, now())),
        Acknowledge => handed(claim.acknowledge("B".into(), &by, now())),
        Confirm => handed(claim.confirm_posting(voucher(), today())),
        Refuse => handed(claim.refuse_posting(PostingRefusal { code: "X".into(), text: "不".into() }, now())),
        Pay => handed(claim.confirm_payment(pay(&format!("P-{}", n % 7), n), &by, now(), today())),
        Reverse => {
            claim.reverse(new_claim(20), "冲".into(), &by, now(), today()).ok().map(|(o, _)| o.into_after())
        }
        Complete => moved(claim.complete_reversal(id(20), now())),
        Drop => moved(claim.drop_reversal(id(20))),
    }
}

#[derive(Clone, Copy, Debug)]
enum ClaimActionTried {
    Revise,
    Submit,
    Approve,
    SendBack,
    Reject,
    Withdraw,
    Reduce,
    Void,
    Revoke,
    Acknowledge,
    Confirm,
    Refuse,
    Pay,
    Reverse,
    Complete,
    Drop,
}

const TRIED: [ClaimActionTried; 16] = {
    use ClaimActionTried::*;
    [
        Revise,
        Submit,
        Approve,
        SendBack,
        Reject,
        Withdraw,
        Reduce,
        Void,
        Revoke,
        Acknowledge,
        Confirm,
        Refuse,
        Pay,
        Reverse,
        Complete,
        Drop,
    ]
};

/// Every allowed step of the diagram, and no other.
fn is_in_the_diagram(from: ClaimState, to: ClaimState) -> bool {
    use ClaimState::*;
    from == to
        || matches!(
            (from, to),
            (Draft | Returned | Withdrawn, InApproval | Void)
                | (InApproval, Approved | Returned | Rejected | Withdrawn)
                | (Rejected, Void)
                | (Approved, Acknowledged | Revoked)
                | (Acknowledged, Posted | Returned)
                | (Posted, Reversed)
        )
}

proptest! {
    #[test]
    fn no_sequence_of_actions_breaks_a_claim(steps in prop::collection::vec((0_usize..24, 1_i64..200_000), 1..60)) {
        let mut claim = draft();
        let number = claim.petition.number.clone();
        for (which, n) in steps {
            // The forward steps come more often, so that most sequences reach the ledger.
            let action = TRIED.get(which).copied().unwrap_or([
                ClaimActionTried::Submit, ClaimActionTried::Approve, ClaimActionTried::Acknowledge,
                ClaimActionTried::Confirm, ClaimActionTried::Pay, ClaimActionTried::Pay,
                ClaimActionTried::Reduce, ClaimActionTried::Submit][which % 8]);
            let before = claim.clone();
            let Some(after) = attempt(claim, action, n) else { claim = before; continue };
            let (from, to) = (before.state(), after.state());
            prop_assert!(is_in_the_diagram(from, to), "{from:?} → {to:?} by {action:?}");
            prop_assert!(!from.is_terminal() || before == after, "{from:?} is frozen");
            prop_assert_eq!(&after.petition.number, &number);
            prop_assert!(after == before || after.version == before.version + 1);
            let (claimed, approved) = (after.content.claimed().expect("a sum"), after.content.approved().expect("a sum"));
            prop_assert!(after.paid().minor() <= approved.minor() && approved.minor() <= claimed.minor());
            prop_assert!(approved.is_positive());
            prop_assert!(after.payments.is_empty() || matches!(to, ClaimState::Posted | ClaimState::Reversed));
            prop_assert!(after.payments.starts_with(&before.payments), "payments are never changed or removed");
            let locked = matches!(from, ClaimState::Approved | ClaimState::Acknowledged | ClaimState::Posted | ClaimState::Reversed);
            prop_assert!(!locked || before.content == after.content, "what was approved is not rewritten");
            claim = after;
        }
    }

    #[test]
    fn actions_foresee_what_happens(steps in prop::collection::vec((0_usize..16, 1_i64..200_000), 0..12)) {
        let mut claim = draft();
        for (which, n) in steps {
            claim = attempt(claim.clone(), TRIED[which], n).unwrap_or(claim);
        }
        let foreseen = |by: &Actor, action: ClaimAction| {
            claim.actions(by, true, Owner::Here).into_iter().find(|(a, _)| *a == action).is_some_and(|(_, allowed)| allowed.is_ok())
        };
        use actions::ClaimAction;
        for (action, tried) in [(ClaimAction::Revise, ClaimActionTried::Revise), (ClaimAction::Void, ClaimActionTried::Void),
            (ClaimAction::Revoke, ClaimActionTried::Revoke), (ClaimAction::Withdraw, ClaimActionTried::Withdraw)] {
            prop_assert_eq!(foreseen(&submitter(), action), attempt(claim.clone(), tried, 1).is_some(), "{:?}", action);
        }
        prop_assert_eq!(foreseen(&finance(), ClaimAction::Reverse), attempt(claim.clone(), ClaimActionTried::Reverse, 1).is_some());
    }
}
