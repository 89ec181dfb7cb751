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
fn person(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, user: id(100 + number), employee: Some(id(number)), ..Actor::system() }
}
const PUBLISHER: u128 = 1;
const READER: u128 = 2;

fn draft(wanted: Wanted) -> Draft {
    Draft {
        reaches: Reaches::Audience,
        title: "五一值班安排".into(),
        text: "值班表见附件。".into(),
        wanted,
        corrects: None,
    }
}
fn publish(draft: Draft, readers: &[u128]) -> Result<Announcement, Refusal> {
    let readers = readers.iter().map(|reader| id(*reader)).collect();
    let change = Announcement::publish(id(9), draft, &readers, &person(PUBLISHER), at(0))?;
    Ok(change.into_after())
}
fn sent(wanted: Wanted) -> (Announcement, Receipt) {
    let announcement = publish(draft(wanted), &[READER, 3]).expect("no refusal");
    let receipt = Receipt::open(id(10), &announcement, id(READER)).into_after();
    (announcement, receipt)
}

#[test]
fn an_announcement_has_readers_and_a_notice_one() {
    assert_eq!(publish(draft(Wanted::Nothing), &[2, 3]).expect("no refusal").readers, 2);
    let nobody = publish(draft(Wanted::Nothing), &[]).unwrap_err();
    assert_eq!(nobody.findings[0].code, NO_READERS);
    let notice = Draft { reaches: Reaches::Person, ..draft(Wanted::Read) };
    assert_eq!(publish(notice.clone(), &[2, 3]).unwrap_err().findings[0].code, ONE_READER);
    assert!(publish(notice, &[2]).is_ok());
}

#[test]
fn an_answer_is_asked_for_by_a_time_to_come() {
    let late = publish(draft(Wanted::Answer { by: at(0) }), &[2]).unwrap_err();
    assert_eq!(late.findings[0].code, ANSWER_IN_PAST);
    assert!(publish(draft(Wanted::Answer { by: at(1) }), &[2]).is_ok());
}

#[test]
fn the_first_reading_counts_and_only_the_readers_own() {
    let (_, receipt) = sent(Wanted::Read);
    assert_eq!(receipt.clone().read(&person(3), at(5)).unwrap_err().code, NOT_READER);
    let read = receipt.read(&person(READER), at(5)).expect("no refusal").expect("it moves").into_after();
    assert_eq!(read.read_at, Some(at(5)));
    assert!(read.read(&person(READER), at(6)).expect("no refusal").is_none());
}

#[test]
fn who_replies_has_read_and_replies_once() {
    let (announcement, receipt) = sent(Wanted::Received);
    let reader = person(READER);
    let said = receipt.clone().answer(&announcement, "可以".into(), &reader, at(5));
    assert_eq!(said.unwrap_err().code, NOT_WANTED);
    let received = receipt.receive(&announcement, &reader, at(5)).expect("no refusal").into_after();
    assert_eq!((received.read_at, &received.answer), (Some(at(5)), &Some(Answer::Received { at: at(5) })));
    assert_eq!(received.receive(&announcement, &reader, at(6)).unwrap_err().code, ANSWERED);
}

#[test]
fn an_answer_after_its_time_is_taken_since_it_is_owed_still() {
    let (announcement, receipt) = sent(Wanted::Answer { by: at(60) });
    let answer = receipt.answer(&announcement, "已核对".into(), &person(READER), at(90));
    assert!(answer.expect("no refusal").into_after().answer.is_some());
}

#[test]
fn a_reader_is_reminded_once_and_not_who_has_read() {
    let (announcement, receipt) = sent(Wanted::Nothing);
    let due = at(120);
    assert!(receipt.clone().remind(&announcement, due, at(119)).is_none(), "not due");
    let reminded = receipt.clone().remind(&announcement, due, at(121)).expect("it is due").into_after();
    assert!(reminded.remind(&announcement, due, at(500)).is_none(), "reminded before");
    for minute in [120, 121] {
        let read = receipt.clone().read(&person(READER), at(minute)).expect("no refusal");
        let read = read.expect("it moves").into_after();
        assert!(read.remind(&announcement, due, at(122)).is_none(), "read at {minute}");
    }
}

#[test]
fn what_is_withdrawn_reminds_nobody_and_takes_no_answers_but_may_be_read() {
    let (announcement, receipt) = sent(Wanted::Received);
    let withdraw = |by: u128| announcement.clone().withdraw("日期有误".into(), &person(by), at(1));
    assert_eq!(withdraw(READER).unwrap_err().code, NOT_PUBLISHER);
    let gone = withdraw(PUBLISHER).expect("no refusal").into_after();
    let again = gone.clone().withdraw("日期有误".into(), &person(PUBLISHER), at(2));
    assert_eq!(again.unwrap_err().code, WITHDRAWN);
    assert!(receipt.clone().remind(&gone, at(120), at(121)).is_none());
    assert_eq!(receipt.clone().receive(&gone, &person(READER), at(3)).unwrap_err().code, WITHDRAWN);
    assert!(receipt.read(&person(READER), at(3)).expect("no refusal").is_some());
}

#[test]
fn only_what_wants_nothing_may_be_muted() {
    let wants = [Wanted::Read, Wanted::Received, Wanted::Answer { by: at(1) }];
    assert!(Wanted::Nothing.is_mutable() && !wants.into_iter().any(Wanted::is_mutable));
}
