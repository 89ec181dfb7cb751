use super::*;
use crate::spine::ActorKind;
use chrono::Duration;
use uuid::Uuid;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}
fn at(minutes: i64) -> Timestamp {
    let start = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    start.plus(Duration::minutes(minutes))
}
fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}
fn today() -> BusinessDate {
    day("2026-03-05")
}
fn person(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, user: id(100 + number), employee: Some(id(number)), ..Actor::system() }
}
const PUBLISHER: u128 = 1;
const READER: u128 = 2;

fn content(wanted: Wanted) -> AnnouncementContent {
    AnnouncementContent {
        kind: AnnouncementKind::Announcement,
        title: "五一值班安排".into(),
        text: "值班表见附件。".into(),
        audience: Audience { everybody: true, ..Audience::default() },
        wanted,
        corrects: None,
    }
}
fn draft(content: AnnouncementContent) -> Result<Announcement, Refusal> {
    let change = Announcement::draft((id(9), "AN-1".into()), content, &person(PUBLISHER), (at(0), today()))?;
    Ok(change.into_after())
}
fn publish(content: AnnouncementContent, readers: usize) -> Result<Announcement, Refusal> {
    Ok(draft(content)?.publish(readers, &person(PUBLISHER), (at(0), today()))?.into_after())
}
fn sent(wanted: Wanted) -> (Announcement, Receipt) {
    let announcement = publish(content(wanted), 2).expect("no refusal");
    let receipt = Receipt::open(id(10), &announcement, id(READER), Some(at(120)));
    (announcement, receipt)
}

#[test]
fn an_announcement_has_readers_and_a_notice_one() {
    assert_eq!(publish(content(Wanted::Nothing), 2).expect("no refusal").readers, 2);
    assert_eq!(publish(content(Wanted::Nothing), 0).unwrap_err().findings[0].code, NO_READERS);
    assert!(publish(content(Wanted::Nothing), READERS_MAX + 1).is_err());
    let notice = |employees: &[u128]| AnnouncementContent {
        kind: AnnouncementKind::Notice,
        audience: Audience { employees: employees.iter().map(|n| id(*n)).collect(), ..Audience::default() },
        ..content(Wanted::Read)
    };
    assert_eq!(draft(notice(&[2, 3])).unwrap_err().findings[0].code, ONE_READER);
    assert_eq!(draft(notice(&[])).unwrap_err().findings[0].code, codes::REQUIRED);
    assert!(draft(notice(&[2])).is_ok());
}

#[test]
fn an_audience_covers_departments_with_those_below_positions_and_people() {
    let audience = Audience {
        departments: [id(20)].into(),
        positions: [id(30)].into(),
        employees: [id(4)].into(),
        ..Audience::default()
    };
    let covers = |employee: u128, position: Option<u128>, path: &[u128]| {
        audience.covers(id(employee), position.map(id), path.iter().map(|n| id(*n)))
    };
    assert!(covers(1, None, &[21, 20, 19]), "a department below");
    assert!(!covers(1, None, &[19]), "not the one above");
    assert!(covers(1, Some(30), &[19]));
    assert!(covers(4, None, &[19]));
    assert!(!covers(5, Some(31), &[19]));
}

#[test]
fn an_answer_is_asked_for_by_a_day_to_come() {
    let late = draft(content(Wanted::Answer { by: day("2026-03-04") })).unwrap_err();
    assert_eq!(late.findings[0].code, ANSWER_IN_PAST);
    let (announcement, receipt) = sent(Wanted::Answer { by: today() });
    assert_eq!(receipt.errand, Some(Errand::Ask));
    let asked = receipt.run_errand(&announcement).expect("it is to be told");
    assert_eq!(asked.happened()[0].kind, ASKED);
    assert!(asked.into_after().run_errand(&announcement).is_none(), "told once");
}

#[test]
fn the_first_reading_counts_and_only_the_readers_own() {
    let (announcement, receipt) = sent(Wanted::Read);
    let by_other = receipt.clone().read(&announcement, &person(3), at(5));
    assert_eq!(by_other.unwrap_err().code, NOT_READER);
    let read = receipt.read(&announcement, &person(READER), at(5)).expect("no refusal");
    let read = read.expect("it moves").into_after();
    assert_eq!((read.read_at, read.remind_at), (Some(at(5)), None));
    assert!(read.read(&announcement, &person(READER), at(6)).expect("no refusal").is_none());
}

#[test]
fn who_replies_has_read_and_replies_once() {
    let (announcement, receipt) = sent(Wanted::Received);
    let reader = person(READER);
    let said = receipt.clone().answer(&announcement, "可以".into(), &reader, at(5));
    assert_eq!(said.unwrap_err().code, NOT_WANTED);
    let received = receipt.receive(&announcement, &reader, at(5)).expect("no refusal").into_after();
    assert_eq!((received.read_at, received.state()), (Some(at(5)), ReceiptState::Received));
    assert_eq!(received.receive(&announcement, &reader, at(6)).unwrap_err().code, ANSWERED);
}

#[test]
fn a_reader_is_reminded_once_and_not_who_has_read() {
    let (announcement, receipt) = sent(Wanted::Nothing);
    let due = at(120);
    assert!(receipt.clone().remind(&announcement, due, at(119)).is_none(), "not due");
    let reminded = receipt.clone().remind(&announcement, due, at(121)).expect("it is due").into_after();
    assert!(reminded.remind(&announcement, due, at(500)).is_none(), "reminded before");
    for minute in [120, 121] {
        let read = receipt.clone().read(&announcement, &person(READER), at(minute)).expect("no refusal");
        let read = read.expect("it moves").into_after();
        assert!(read.remind(&announcement, due, at(122)).is_none(), "read at {minute}");
    }
}

#[test]
fn what_is_published_does_not_change_and_what_is_withdrawn_asks_nothing_but_may_be_read() {
    let (announcement, receipt) = sent(Wanted::Received);
    let revised = announcement.clone().revise(content(Wanted::Read), &person(PUBLISHER), today());
    assert_eq!(revised.unwrap_err().code, PUBLISHED_ALREADY);
    let withdraw = |by: u128| announcement.clone().withdraw("日期有误".into(), &person(by), at(1));
    assert_eq!(withdraw(READER).unwrap_err().code, NOT_PUBLISHER);
    let gone = withdraw(PUBLISHER).expect("no refusal").into_after();
    let again = gone.clone().withdraw("日期有误".into(), &person(PUBLISHER), at(2));
    assert_eq!(again.unwrap_err().code, WITHDRAWN);
    assert!(receipt.clone().remind(&gone, at(120), at(121)).is_none());
    assert_eq!(receipt.clone().receive(&gone, &person(READER), at(3)).unwrap_err().code, WITHDRAWN);
    assert!(receipt.read(&gone, &person(READER), at(3)).expect("no refusal").is_some());
    let unpublished = draft(content(Wanted::Nothing)).expect("no refusal");
    let early = unpublished.withdraw("日期有误".into(), &person(PUBLISHER), at(2));
    assert_eq!(early.unwrap_err().code, NOT_PUBLISHED);
}
