use super::*;
use crate::spine::{ActorKind, Reach};

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn day(month: u32, day: u32) -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, month, day).expect("a day")
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}

/// Somebody who asks for people, and may end what others asked for as far as `reach` goes.
fn actor(number: u128, reach: Reach) -> Actor {
    let reaches = [(Permission::RequestVacancies, Reach::everything()), (Permission::ManageVacancies, reach)];
    Actor {
        kind: ActorKind::Person,
        user: id(number),
        name: "A".into(),
        employee: Some(id(number + 100)),
        department: Some(id(500)),
        session: None,
        reaches: reaches.into_iter().collect(),
    }
}
fn head() -> Actor {
    actor(1, Reach::default())
}

fn content(places: u32) -> VacancyContent {
    VacancyContent {
        department: id(500),
        position: id(600),
        places,
        replaces: None,
        needed_by: day(4, 1),
        profile: "两年以上会展销售经验".into(),
    }
}
fn drafted(places: u32) -> Vacancy {
    let new = NewDocument { id: id(9), number: "VA-2026-000001".into(), submitter: None };
    Vacancy::create(new, content(places), &head(), now()).expect("no refusal").into_after()
}
/// Open from 5 March to 1 September.
fn open(places: u32) -> Vacancy {
    let waiting = drafted(places).submit(id(7), &head(), now()).expect("no refusal").into_after();
    let approved = Outcome::Approved { at: now() };
    waiting.decide(id(7), &approved, (now(), day(3, 5)), 180).expect("no refusal").into_after()
}
fn take(vacancy: Vacancy, who: u128) -> Result<Change<Vacancy>, Refusal> {
    vacancy.take((id(who), day(4, 1)), (id(500), Some(id(600))), (now(), day(3, 6)))
}

#[test]
fn a_vacancy_is_filled_and_never_beyond_its_places() {
    let first = take(open(2), 1).expect("no refusal").into_after();
    assert_eq!((first.state(), first.vacant_on(day(3, 6))), (VacancyState::Open, 1));
    assert_eq!(take(first.clone(), 1).unwrap_err().code, TAKEN_ALREADY);
    let second = take(first, 2).expect("no refusal");
    let told: Vec<_> = second.happened().iter().map(|happened| happened.kind.name).collect();
    assert_eq!(told, ["vacancy.place_taken", "vacancy.filled"]);
    let filled = second.into_after();
    assert_eq!(filled.state(), VacancyState::Filled);
    assert_eq!(take(filled.clone(), 3).unwrap_err().code, NO_PLACE_LEFT);
    let freed = filled.free(id(2), now()).expect("a place").into_after();
    assert_eq!((freed.state(), freed.vacant_on(day(3, 6))), (VacancyState::Open, 1));
    assert!(freed.clone().free(id(2), now()).is_none(), "once");
    assert_eq!(take(freed, 3).expect("the place can be had again").after().state(), VacancyState::Filled);
}

#[test]
fn it_is_for_one_position_of_one_department() {
    for (department, position) in [(500, Some(601)), (501, Some(600)), (500, None)] {
        let post = (id(department), position.map(id));
        let refused = open(1).take((id(1), day(4, 1)), post, (now(), day(3, 6))).unwrap_err();
        assert_eq!((refused.code, refused.findings[0].pointer.as_str()), (OTHER_POST, "/vacancy_id"));
    }
}

#[test]
fn it_expires_on_the_day_after_its_last_whoever_looks() {
    let vacancy = open(1);
    assert_eq!(vacancy.opening.as_ref().expect("open").expires_on, day(9, 1));
    assert_eq!(vacancy.state_on(day(9, 1)), VacancyState::Open);
    assert!(vacancy.clone().expire(now(), day(9, 1)).is_none());
    assert_eq!(vacancy.state_on(day(9, 2)), VacancyState::Expired);
    let late = vacancy.clone().take((id(1), day(9, 2)), (id(500), Some(id(600))), (now(), day(9, 2)));
    assert_eq!(late.unwrap_err().code, NOT_OPEN);
    let expired = vacancy.expire(now(), day(9, 2)).expect("its time is over").into_after();
    assert_eq!(expired.state(), VacancyState::Expired);
    assert!(expired.expire(now(), day(9, 3)).is_none(), "once");
}

#[test]
fn a_place_given_back_after_the_last_day_opens_nothing() {
    let filled = take(open(1), 1).expect("no refusal").into_after();
    let freed = filled.free(id(1), now()).expect("a place").into_after();
    assert_eq!(freed.state_on(day(9, 2)), VacancyState::Expired);
}

#[test]
fn whoever_asked_cancels_it_and_who_manages_vacancies_of_the_department() {
    let today = (now(), day(3, 6));
    let reason = || "业务调整".to_owned();
    let stranger = actor(2, Reach::default());
    assert!(open(1).cancel(reason(), &stranger, today).is_err());
    let office = actor(3, Reach::everything());
    let cancelled = open(1).cancel(reason(), &office, today).expect("no refusal").into_after();
    assert_eq!((cancelled.state(), cancelled.stands_since().1), (VacancyState::Cancelled, Some("业务调整")));
    assert_eq!(take(cancelled.clone(), 1).unwrap_err().code, NOT_OPEN);
    assert_eq!(cancelled.cancel(reason(), &head(), today).unwrap_err().code, NOT_OPEN);
    assert!(drafted(1).cancel(reason(), &head(), today).is_err(), "a draft is voided");
}

#[test]
fn who_replaces_somebody_asks_for_one_place_and_not_in_the_past() {
    let new = || NewDocument { id: id(9), number: "VA-2026-000001".into(), submitter: None };
    let two = VacancyContent { replaces: Some(id(5)), ..content(2) };
    let refused = Vacancy::create(new(), two, &head(), now()).unwrap_err();
    assert_eq!(refused.findings[0].code, REPLACES_ONE);
    let none = VacancyContent { profile: " ".into(), ..content(0) };
    let refused = Vacancy::create(new(), none, &head(), now()).unwrap_err();
    let pointers: Vec<_> = refused.findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(pointers, ["/places", "/profile"]);
    let late = drafted(1).check_submission(&head(), day(4, 2)).unwrap_err();
    assert_eq!(late.findings[0].code, NEEDED_IN_PAST);
}

#[test]
fn the_shipped_chain_asks_the_general_manager_above_the_standard() {
    let chain: crate::approval::ChainPolicy = serde_json::from_str(SHIPPED_VACANCY_CHAIN).expect("it reads");
    let fields = routed_fields(VACANCY_CHAIN_CODE).expect("its fields");
    assert_eq!(crate::approval::check_conditions(&chain, fields, &|_| false), []);
    assert_eq!(crate::spine::PolicyContent::findings(&chain), []);
    let steps: Vec<_> = chain.steps.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(steps, ["head", "human-resources", "marketing-director", "general-manager"]);
}
