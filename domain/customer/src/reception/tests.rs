use super::*;

fn who(number: u128) -> EmployeeId {
    Id::from_uuid(Uuid::from_u128(0x100 + number))
}
fn actor(number: u128) -> Actor {
    Actor { employee: Some(who(number)), ..Actor::system() }
}
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000)
        .expect("an instant")
        .plus(chrono::Duration::minutes(minutes))
}

/// 1 receives; 2 is whose visitor it is; ten minutes to answer.
fn begun(visitor: Visitor, host: Option<u128>, turn: Turn) -> Reception {
    let id = |number| Uuid::from_u128(number);
    let new = NewReception {
        id: id(1).into(),
        queue: id(2).into(),
        site: id(3).into(),
        department: id(4).into(),
        receiver: who(1),
        visitor,
        customer: Some(id(5).into()),
        host: host.map(who),
    };
    Reception::begin(new, turn, 10, at(0)).expect("begun").into_after()
}

#[test]
fn whose_visitor_it_is_answers_and_after_their_minutes_who_leads() {
    let helping = begun(Visitor::Returning, Some(2), Turn::None);
    let assist = helping.assist.clone().expect("asked");
    assert_eq!((assist.state(at(9)), assist.state(at(10))), (AssistState::Asked, AssistState::Overdue));
    let early = helping.clone().answer(true, (&actor(9), true), at(9)).expect_err("too early");
    assert_eq!(early.code, NOT_YET);
    let stranger = helping.clone().answer(true, (&actor(9), false), at(11)).expect_err("not theirs");
    assert_eq!(stranger.code, NOT_RECEPTIONS);
    assert!(helping.clone().escalate(at(9)).is_none());
    let told = helping.clone().escalate(at(10)).expect("told").into_after();
    assert!(told.clone().escalate(at(11)).is_none(), "once");
    let agreed = told.answer(true, (&actor(9), true), at(11)).expect("who leads agrees").into_after();
    assert_eq!(
        agreed.clone().answer(false, (&actor(2), false), at(12)).expect_err("once").code,
        ANSWERED_ALREADY
    );
    let declined = helping.answer(false, (&actor(2), false), at(1)).expect("declined").into_after();
    assert_eq!(declined.state(), ReceptionState::Ended);
}

#[test]
fn ones_own_visitor_asks_nobody_and_somebodys_must_be_said() {
    assert_eq!(begun(Visitor::Returning, Some(1), Turn::None).assist, None);
    let helper = begun(Visitor::Named, Some(2), Turn::None);
    assert_eq!(helper.entrusted_by(), Some(who(2)));
    let new = NewReception {
        id: helper.id,
        queue: helper.queue,
        site: helper.site,
        department: helper.department,
        receiver: who(1),
        visitor: Visitor::Named,
        customer: None,
        host: None,
    };
    assert_eq!(Reception::begin(new, Turn::None, 10, at(0)).expect_err("whose").code, WHOSE);
}

#[test]
fn a_reception_ends_once_and_tells_what_it_came_to() {
    let end = |reception: Reception, owner: Option<u128>, by: u128| {
        reception.end(None, owner.map(who), (&actor(by), false), at(20))
    };
    let open = begun(Visitor::New, None, Turn::Taken);
    assert_eq!(end(open.clone(), None, 7).expect_err("not theirs").code, NOT_RECEPTIONS);
    let lapse = end(open.clone(), None, 1).expect("ended").into_after();
    assert!(lapse.ended.as_ref().is_some_and(|ended| ended.is_unregistered));
    assert_eq!(end(lapse, None, 1).expect_err("once").code, ENDED_ALREADY);
    let mistaken = end(open.clone(), Some(2), 1).expect("ended").into_after();
    assert!(mistaken.gives_turn_back(false) && !mistaken.gives_turn_back(true));
    let registration = Id::from_uuid(Uuid::from_u128(77));
    let registered =
        open.register(registration, Uuid::from_u128(5).into(), &actor(1)).expect("registered").into_after();
    let own = end(registered, Some(1), 1).expect("ended").into_after();
    assert!(!own.gives_turn_back(false) && own.ended.is_some_and(|ended| !ended.is_unregistered));
}
