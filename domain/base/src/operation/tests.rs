use super::*;
use crate::spine::ActorKind;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    let start = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
    start.plus(chrono::Duration::seconds(seconds))
}
fn person() -> Actor {
    Actor { kind: ActorKind::Person, user: Id::from_uuid(Uuid::from_u128(1)), ..Actor::system() }
}
fn progress(done: i64, total: Option<i64>) -> Progress {
    Progress { done, total, unit: "row".into(), phase: "write".into(), checkpoint: json!(done) }
}
fn asked() -> Asked {
    Asked {
        kind: "customer_import".into(),
        called: ("导入客户".into(), "Import of customers".into()),
        title: "客户.csv".into(),
        asked: json!({}),
        progress: progress(0, Some(300)),
        api_key: None,
    }
}
fn queued() -> Operation {
    let id = Id::from_uuid(Uuid::from_u128(9));
    Operation::queue(id, asked(), 0, &person(), at(0)).expect("no refusal").into_after()
}
fn take(operation: Operation, seconds: i64) -> Option<Operation> {
    operation.take(2, at(seconds)).map(Change::into_after)
}
fn running() -> Operation {
    take(queued(), 0).expect("it is free")
}
fn advance(operation: Operation, done: i64, total: Option<i64>) -> Operation {
    operation.advance(progress(done, total), OperationResult::default()).expect("it runs").into_after()
}

#[test]
fn whoever_takes_it_over_goes_on_behind_the_last_batch_in_the_same_place() {
    let first = advance(running(), 100, Some(300));
    let second = first.take(1, at(70)).expect("it runs").into_after();
    assert_eq!((second.attempts, &second.progress.checkpoint), (1, &json!(100)), "a batch was done");
    assert_eq!(second.status, OperationStatus::Running { place: 2 });
}

#[test]
fn progress_never_falls_and_never_exceeds_the_total() {
    let operation = advance(running(), 200, Some(300));
    let operation = advance(operation, 150, Some(180));
    assert_eq!((operation.progress.done, operation.progress.total), (200, Some(200)));
}

#[test]
fn after_five_attempts_without_a_batch_it_has_failed() {
    let mut operation = queued();
    for attempt in 0..ATTEMPTS_MAX {
        operation = take(operation, attempt * 60).expect("it is not over");
        assert_eq!(operation.status.state(), OperationState::Running);
    }
    let failed = take(operation, 300).expect("it is not over");
    let OperationStatus::Failed { ref problem, .. } = failed.status else { panic!("{failed:?}") };
    assert_eq!(problem.code, TRIED_TOO_OFTEN.code);
    assert!(take(failed, 600).is_none());
}

#[test]
fn what_waits_is_cancelled_at_once_and_what_runs_before_its_next_batch() {
    let gone = queued().cancel(at(1)).expect("no refusal").expect("it moves").into_after();
    assert_eq!(gone.status.state(), OperationState::Cancelled);
    assert_eq!(gone.cancel(at(2)).unwrap_err().code, ENDED);

    let asked = advance(running(), 100, Some(300));
    let asked = asked.cancel(at(1)).expect("no refusal").expect("it moves").into_after();
    assert!(asked.clone().cancel(at(2)).expect("no refusal").is_none(), "asked before");
    let stopped = asked.clone().stop(at(3)).expect("it runs").into_after();
    assert_eq!((stopped.status.state(), stopped.progress.done), (OperationState::Cancelled, 100));
    // Its server died: whoever comes next stops it.
    assert_eq!(take(asked, 60).expect("it is not over").status.state(), OperationState::Cancelled);
}

#[test]
fn who_is_done_first_is_done_whatever_was_asked_meanwhile() {
    let asked = running().cancel(at(1)).expect("no refusal").expect("it moves").into_after();
    let result = OperationResult { file: Some("结果.csv".into()), ..OperationResult::default() };
    let done = asked.succeed(progress(300, Some(300)), result, at(2)).expect("it runs").into_after();
    assert_eq!(done.status.state(), OperationState::Succeeded);
    let again = done.clone().advance(progress(1, None), OperationResult::default());
    assert_eq!(again.unwrap_err().code, ENDED);
    assert_eq!(done.result_file(at(3)).expect("a file"), "结果.csv");
    let week = 7 * 24 * 3600 + 2;
    assert!(done.result_file(at(week - 1)).is_ok());
    assert_eq!(done.result_file(at(week)).unwrap_err().code, NO_RESULT);
}

#[test]
fn nobody_lets_more_than_ten_wait() {
    let id = Id::from_uuid(Uuid::from_u128(9));
    let refused = Operation::queue(id, asked(), WAITING_OF_ONE, &person(), at(0)).unwrap_err();
    assert_eq!(refused.code, TOO_MANY_WAITING);
}
