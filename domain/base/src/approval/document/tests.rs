use super::*;
use crate::{
    approval::NewDocument,
    spine::{ActorKind, Reach, Version, codes},
};
use serde::Serialize;
use uuid::Uuid;

crate::events! { PAPER_EVENTS:
    SUBMITTED = "paper.submitted", "", "";
    WITHDRAWN = "paper.withdrawn", "", "";
    RETURNED = "paper.returned", "", "";
    REJECTED = "paper.rejected", "", "";
    APPROVED = "paper.approved", "", "";
    VOIDED = "paper.voided", "", "";
}

/// A document of no context in particular.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Paper {
    #[serde(flatten)]
    petition: Petition,
    sealed: bool,
    version: Version,
}

impl Entity for Paper {
    const KIND: &'static str = "paper";
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(1)
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Document for Paper {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("PPR-1"),
        ends_for_leavers: Some(Permission::AccountExpenseClaims),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        id(500)
    }
    fn facts(&self) -> Facts {
        Facts::from_iter([("sealed".to_owned(), json!(self.sealed))])
    }
    fn refuse_fixed(&self) -> Result<(), Refusal> {
        if self.sealed { Err(Refusal::new(codes::VERSION_MOVED)) } else { Ok(()) }
    }
}

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}

fn person(number: u128, permissions: &[Permission]) -> Actor {
    Actor {
        kind: ActorKind::Person,
        user: id(number + 100),
        name: "A".into(),
        employee: Some(id(number)),
        department: Some(id(500)),
        session: None,
        reaches: permissions.iter().map(|permission| (*permission, Reach::everything())).collect(),
    }
}

fn writer() -> Actor {
    person(1, &[])
}

fn draft() -> Paper {
    let NewDocument { number, submitter, .. } =
        NewDocument::<Paper> { id: id(1), number: "P-1".into(), submitter: None };
    let for_others = (Permission::SubmitExpenseClaimsForOthers, "PPR-2");
    let petition = Petition::begin(number, submitter, for_others, &writer(), now()).expect("one's own");
    Paper { petition, sealed: false, version: 1 }
}

fn submitted() -> Paper {
    draft().submit(id(800), &writer(), now()).expect("submittable").into_after()
}

fn settled(outcome: &Outcome) -> Paper {
    submitted().settle(id(800), outcome, now()).expect("it waits for that").into_after()
}

/// Every outcome, with where it leaves a document and what is told of it.
fn outcomes() -> [(Outcome, StandingState, &'static EventKind); 4] {
    let (by, at, reason) = (id(2), now(), || "改".to_owned());
    [
        (Outcome::Approved { at }, StandingState::Approved, APPROVED),
        (Outcome::Rejected { by, at, reason: reason() }, StandingState::Rejected, REJECTED),
        (
            Outcome::Returned { by, at, reason: reason(), step: 1, mend: Vec::new() },
            StandingState::Returned,
            RETURNED,
        ),
        (Outcome::Withdrawn { at }, StandingState::Withdrawn, WITHDRAWN),
    ]
}

fn code<T>(refused: Result<T, Refusal>) -> &'static str {
    refused.err().map_or("", |refusal| refusal.code.code)
}

#[test]
fn what_an_approval_came_to_is_told_with_number_and_state() {
    for (outcome, state, kind) in outcomes() {
        let change = submitted().settle(id(800), &outcome, now()).expect("it waits for that");
        let [happened] = change.happened() else { panic!("one event") };
        assert_eq!(happened.kind, kind);
        assert_eq!(happened.facts, json!({"number": "P-1", "state": state.code(), "sealed": false}));
        assert_eq!((change.after().petition.state(), change.after().version), (state, 3));
    }
}

#[test]
fn its_submission_is_told_with_its_approval() {
    let change = draft().submit(id(800), &writer(), now()).expect("submittable");
    assert_eq!(change.happened()[0].facts, json!({"number": "P-1", "approval_id": id::<Approval>(800)}));
    assert_eq!(change.on_behalf_of(), None, "it is the writer's own");
}

#[test]
fn only_the_approval_it_waits_for_settles_it() {
    let agreed = Outcome::Approved { at: now() };
    assert_eq!(code(submitted().settle(id(801), &agreed, now())), "document.other_approval");
    assert_eq!(code(submitted().settle(id(800), &Outcome::Pending, now())), "document.other_approval");
    assert_eq!(code(draft().settle(id(800), &agreed, now())), "document.not_in_approval");
    assert_eq!(code(settled(&agreed).settle(id(800), &agreed, now())), "document.not_in_approval");
}

#[test]
fn it_is_changed_and_submitted_while_it_lies_with_its_submitter() {
    for (outcome, state, _) in outcomes() {
        let paper = settled(&outcome);
        assert_eq!(paper.may_revise(&writer()).is_ok(), state.is_editable(), "{state:?}");
        assert_eq!(paper.may_submit(&writer()).is_ok(), state.is_editable(), "{state:?}");
        assert_eq!(
            paper.petition.goes_on().is_some(),
            state.is_editable(),
            "{state:?}: what was final is over"
        );
    }
    let refusal = submitted().may_revise(&writer()).expect_err("it waits");
    assert_eq!(
        (refusal.code.code, &refusal.params["state"]),
        ("document.not_editable", &json!("in_approval"))
    );
    assert_eq!(refusal.citation, Some(Citation::rule("PPR-1")));
    assert_eq!(code(submitted().may_submit(&writer())), "document.not_submittable");
    assert_eq!(draft().petition.goes_on(), None, "nothing is taken up");
}

#[test]
fn nobody_else_moves_it() {
    let stranger = person(9, &[]);
    for refused in [draft().may_revise(&stranger), draft().may_submit(&stranger)] {
        assert_eq!(code(refused), "document.not_yours");
    }
    assert_eq!(code(submitted().may_withdraw(&stranger)), "document.not_yours");
    assert_eq!(code(draft().may_withdraw(&writer())), "document.not_in_approval");
    assert_eq!(submitted().may_withdraw(&writer()), Ok(()));
}

#[test]
fn what_came_to_nothing_is_given_up_with_a_reason() {
    let void = |paper: Paper, reason: &str| paper.void(reason.into(), Owner::Here, &writer(), now());
    let given_up = void(draft(), "不要了").expect("a draft").into_after();
    assert_eq!(given_up.petition.standing, Standing::Void { at: now(), reason: "不要了".into() });
    assert_eq!(code(void(draft(), " ")), codes::REQUIRED.code);
    assert_eq!(code(void(submitted(), "不要了")), "document.not_voidable");
    for (outcome, state, _) in outcomes() {
        assert_eq!(void(settled(&outcome), "不要了").is_ok(), state != StandingState::Approved, "{state:?}");
    }
}

#[test]
fn who_stands_in_for_leavers_gives_up_what_they_left_behind() {
    let office = person(9, &[Permission::AccountExpenseClaims]);
    assert_eq!(code(draft().may_void(Owner::Here, &office)), "document.not_yours");
    assert_eq!(draft().may_void(Owner::Left, &office), Ok(()));
    assert_eq!(code(draft().may_void(Owner::Left, &person(9, &[]))), "document.not_yours");
    let change = draft().void("离职".into(), Owner::Left, &office, now()).expect("a leaver's");
    assert_eq!(change.on_behalf_of(), None, "by office, in nobody's name");
}

#[test]
fn what_is_fixed_is_neither_changed_nor_given_up() {
    let sealed = Paper { sealed: true, ..draft() };
    for refused in
        [sealed.may_revise(&writer()), sealed.may_submit(&writer()), sealed.may_void(Owner::Here, &writer())]
    {
        assert_eq!(code(refused), codes::VERSION_MOVED.code);
    }
}

#[test]
fn in_anothers_name_asks_who_may() {
    let begin = |by: &Actor| {
        let for_others = (Permission::SubmitExpenseClaimsForOthers, "PPR-2");
        Petition::begin("P-2".into(), Some(id(1)), for_others, by, now())
    };
    let refusal = begin(&person(9, &[])).expect_err("another's");
    assert_eq!(
        (refusal.code.code, refusal.citation),
        ("document.for_others_forbidden", Some(Citation::rule("PPR-2")))
    );
    let secretary = person(9, &[Permission::SubmitExpenseClaimsForOthers]);
    let paper = Paper { petition: begin(&secretary).expect("permitted"), ..draft() };
    assert_eq!(paper.in_whose_name(&secretary), Some(id(1)));
    let nobody = Actor { employee: None, ..person(9, &[]) };
    assert_eq!(code(Petition::begin_own("P-3".into(), &nobody, now())), "document.no_employee");
}
