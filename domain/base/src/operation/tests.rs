use super::*;
use crate::spine::ActorKind;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    let start = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    start.plus(Duration::seconds(seconds))
}
fn person(number: u128) -> Actor {
    Actor { kind: ActorKind::Person, user: Id::from_uuid(Uuid::from_u128(number)), ..Actor::system() }
}
fn progress(done: u64, total: Option<u64>) -> Progress {
    Progress { done, total, unit: "row".into(), phase: "write".into(), checkpoint: json!(done) }
}
fn queued() -> Operation {
    let id = Id::from_uuid(Uuid::from_u128(9));
    Operation::queue(id, ("import", json!({})), progress(0, None), &person(1), at(0)).into_after()
}
fn take(operation: Operation, seconds: i64) -> Option<Operation> {
    operation.take(json!({"code": "tried"}), at(seconds)).map(Change::into_after)
}
fn running() -> Operation {
    take(queued(), 0).expect("it is free")
}

#[test]
fn one_server_holds_it_and_another_goes_on_once_the_lease_has_run_out() {
    let first = running().advance(1, progress(100, Some(300)), at(10)).expect("held").into_after();
    assert!(take(first.clone(), 69).is_none(), "the batch renewed it");
    let second = take(first, 70).expect("it ran out");
    assert_eq!((second.attempts, &second.progress.checkpoint), (2, &json!(100)), "behind the last batch");
    let stale = second.clone().advance(1, progress(200, Some(300)), at(71));
    assert_eq!(stale.unwrap_err().code, STALE_WORKER);
    assert!(second.advance(2, progress(200, Some(300)), at(71)).is_ok());
}

#[test]
fn a_slow_worker_goes_on_while_nobody_else_has_taken_it() {
    assert!(running().advance(1, progress(1, None), at(500)).is_ok());
}

#[test]
fn progress_never_falls_and_never_exceeds_the_total() {
    let operation = running().advance(1, progress(200, Some(300)), at(1)).expect("held").into_after();
    let operation = operation.advance(1, progress(150, Some(180)), at(2)).expect("held").into_after();
    assert_eq!((operation.progress.done, operation.progress.total), (200, Some(200)));
}

#[test]
fn after_five_attempts_it_has_failed() {
    let mut operation = queued();
    for attempt in 0..5 {
        operation = take(operation, attempt * 60).expect("it is free");
        assert!(matches!(operation.status, OperationStatus::Running { .. }));
    }
    let failed = take(operation, 300).expect("it is free");
    assert!(matches!(failed.status, OperationStatus::Failed { .. }));
    assert!(take(failed, 600).is_none());
}

#[test]
fn what_waits_is_cancelled_at_once_and_what_runs_at_its_next_batch() {
    assert_eq!(queued().cancel(&person(2), at(1)).unwrap_err().code, NOT_ASKER);
    let gone = queued().cancel(&person(1), at(1)).expect("no refusal").expect("it moves").into_after();
    assert!(matches!(gone.status, OperationStatus::Cancelled { .. }));
    assert_eq!(gone.cancel(&person(1), at(2)).unwrap_err().code, ENDED);

    let asked = running().cancel(&person(1), at(1)).expect("no refusal").expect("it moves").into_after();
    assert!(asked.clone().cancel(&person(1), at(2)).expect("no refusal").is_none(), "asked before");
    let stopped = asked.clone().advance(1, progress(100, None), at(3)).expect("held").into_after();
    assert!(matches!(stopped.status, OperationStatus::Cancelled { .. }));
    assert_eq!(stopped.progress.done, 100, "it says what was done");
    // Its server died: whoever comes next stops it.
    let stopped = take(asked, 60).expect("it is free");
    assert!(matches!(stopped.status, OperationStatus::Cancelled { .. }));
}

#[test]
fn who_is_done_first_is_done_whatever_was_asked_meanwhile() {
    let asked = running().cancel(&person(1), at(1)).expect("no refusal").expect("it moves").into_after();
    let done = asked.end(1, Ok(json!({"created": 3})), at(2)).expect("held").into_after();
    assert!(matches!(done.status, OperationStatus::Succeeded { .. }));
    assert_eq!(done.clone().end(1, Ok(json!({})), at(3)).unwrap_err().code, ENDED);
    assert_eq!(done.advance(1, progress(1, None), at(3)).unwrap_err().code, ENDED);
}
