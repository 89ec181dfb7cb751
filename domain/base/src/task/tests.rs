use super::*;
use crate::spine::ActorKind;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn day(n: u32) -> BusinessDate {
    BusinessDate::from_ymd_opt(2026, 3, n).expect("a day")
}
fn now() -> Timestamp {
    Timestamp::from_micros(1_772_674_200_000_000).expect("an instant")
}
fn person(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, user: id(100 + number), employee: Some(id(number)), ..Actor::system() }
}
/// What somebody does with nobody of the owner's superiors at hand.
fn alone(by: &Actor) -> Line<'_> {
    Line { by, superiors: &[] }
}
const GIVER: u128 = 1;
const OWNER: u128 = 2;

fn given() -> Task {
    let content = TaskContent { title: "补齐合同附件".into(), description: String::new() };
    let new = NewTask {
        id: id(9),
        number: "TK-2026-000001".into(),
        owner: id(OWNER),
        department: id(500),
        due_on: day(10),
        origin: None,
    };
    Task::give(new, content, &person(GIVER), (now(), day(5))).expect("no refusal").into_after()
}
fn done(task: Task, on: u32) -> Task {
    let note = Some("已补齐".to_owned());
    task.finish(note, Vec::new(), &person(OWNER), (now(), day(on))).expect("no refusal").into_after()
}

#[test]
fn the_giver_accepts_and_never_the_owner() {
    let task = done(given(), 9);
    assert_eq!(task.clone().accept(alone(&person(OWNER)), now()).unwrap_err().code, NOT_GIVER);
    let accepted = task.accept(alone(&person(GIVER)), now()).expect("no refusal").into_after();
    assert_eq!((accepted.status.state(), accepted.in_time()), (TaskState::Accepted, Some((true, true))));
    assert_eq!(accepted.cancel("不需要".into(), alone(&person(GIVER)), now()).unwrap_err().code, WRONG_STATE);
}

#[test]
fn what_is_sent_back_is_in_progress_again_and_stays_written_down() {
    let back = done(given(), 9)
        .send_back("缺第三页".into(), alone(&person(GIVER)), now())
        .expect("no refusal")
        .into_after();
    assert_eq!((back.status.state(), back.sent_back.len()), (TaskState::InProgress, 1));
    assert_eq!(done(back, 12).in_time(), Some((false, false)));
}

#[test]
fn another_due_is_asked_for_and_granted_and_both_are_measured() {
    let ask = |task: Task, on: u32| task.ask_due(day(on), "客户推迟".into(), &person(OWNER), (now(), day(6)));
    assert_eq!(ask(given(), 10).unwrap_err().code, DUE_NOT_LATER);
    let asked = ask(given(), 15).expect("no refusal").into_after();
    assert_eq!(asked.clone().grant_due(alone(&person(OWNER)), now()).unwrap_err().code, NOT_GIVER);
    let granted = asked.grant_due(alone(&person(GIVER)), now()).expect("no refusal").into_after();
    assert_eq!((granted.due_on, granted.first_due_on), (day(15), day(10)));
    assert_eq!(granted.clone().grant_due(alone(&person(GIVER)), now()).unwrap_err().code, NOTHING_ASKED);
    assert_eq!(done(granted, 12).in_time(), Some((false, true)));
}

#[test]
fn nobody_gives_to_themselves_and_nothing_is_done_without_saying_what() {
    let content = given().content;
    let new = NewTask {
        id: id(9),
        number: "TK-2026-000001".into(),
        owner: id(GIVER),
        department: id(500),
        due_on: day(4),
        origin: None,
    };
    assert_eq!(Task::give(new, content, &person(GIVER), (now(), day(5))).unwrap_err().code, OWNER_GIVES);
    let silent = given().finish(None, Vec::new(), &person(OWNER), (now(), day(6)));
    assert_eq!(silent.unwrap_err().findings[0].code, NO_EVIDENCE);
}

#[test]
fn a_superior_decides_about_what_its_giver_came_to_own() {
    let theirs = given().pass_to(id(GIVER), OwnedBy::Left, now()).expect("it moves").into_after();
    let note = Some("已补齐".to_owned());
    let done = theirs.clone().finish(note, Vec::new(), &person(GIVER), (now(), day(9)));
    let done = done.expect("no refusal").into_after();
    let above = [id(7)];
    let (giver, superior, other) = (person(GIVER), person(7), person(8));
    let line = |by| Line { by, superiors: &above };
    assert_eq!(done.clone().accept(line(&giver), now()).unwrap_err().code, OWN_TASK);
    assert_eq!(done.clone().accept(line(&other), now()).unwrap_err().code, NOT_GIVER);
    assert!(done.clone().accept(line(&superior), now()).is_ok());
    assert!(theirs.clone().cancel("不再需要".into(), line(&giver), now()).is_err());
    assert!(theirs.hand_over(id(3), line(&giver), now()).is_ok(), "handing it on lets off nothing");
    assert!(done.accept(alone(&giver), now()).is_ok(), "nobody is above them");
}

#[test]
fn what_a_leaver_gave_is_decided_about_by_another() {
    let passed = done(given(), 9).given_by(id(7)).expect("it moves").into_after();
    assert_eq!(passed.clone().accept(alone(&person(GIVER)), now()).unwrap_err().code, NOT_GIVER);
    let accepted = passed.accept(alone(&person(7)), now()).expect("no refusal").into_after();
    assert!(accepted.given_by(id(8)).is_none(), "it is over");
}

#[test]
fn what_a_leaver_owned_goes_on_and_what_is_done_stays() {
    let passed = given().pass_to(id(3), OwnedBy::Left, now()).expect("it moves").into_after();
    assert_eq!((passed.owner(), passed.owners.len()), (id(3), 2));
    assert!(passed.clone().pass_to(id(3), OwnedBy::Left, now()).is_none(), "it is theirs");
    assert!(done(given(), 9).pass_to(id(3), OwnedBy::Left, now()).is_none(), "it is done");
}
