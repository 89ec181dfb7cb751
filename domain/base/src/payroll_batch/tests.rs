//! A batch goes to the payroll, once, however often it is told.

use super::*;
use crate::spine::{Change, Timestamp};
use crate::working_time::tests::at;

fn month(text: &str) -> Period {
    text.parse().expect("a month")
}

fn taken(part: u32) -> PayrollBatch {
    let now: Timestamp = at("2026-06-01 10:00");
    let id = Id::from_uuid(Uuid::from_u128(1));
    let totals = MonthlyTotals { points: -20, ..MonthlyTotals::default() };
    PayrollBatch::take(id, (month("2026-05"), part), (1, totals), &Actor::system(), now).into_after()
}

#[test]
fn a_batch_is_acknowledged_and_confirmed_and_again_nothing_happens() {
    let (now, by) = (at("2026-06-02 10:00"), Actor::system());
    let batch = taken(1);
    assert_eq!(batch.clone().confirm(&by, now).unwrap_err().code, NOT_ACKNOWLEDGED);
    let change = batch.acknowledge("GZ-2026-05".into(), &by, now).expect("no refusal");
    let batch = change.map(Change::into_after).expect("it is acknowledged");
    let again = batch.clone().acknowledge("GZ-2026-05".into(), &by, now).expect("no refusal");
    assert_eq!(again.map(Change::into_after), Err(batch.clone()));
    let other = batch.clone().acknowledge("GZ-2026-06".into(), &by, now).unwrap_err();
    assert_eq!((other.code, &other.params["reference"]), (OTHER_REFERENCE, &json!("GZ-2026-05")));
    let change = batch.confirm(&by, now).expect("no refusal");
    let batch = change.map(Change::into_after).expect("it is confirmed");
    assert_eq!(batch.status.state(), PayrollBatchState::Confirmed);
    assert!(batch.clone().confirm(&by, now).expect("no refusal").is_err(), "nothing happens");
    assert!(batch.acknowledge("GZ-2026-05".into(), &by, now).expect("no refusal").is_err());
}

#[test]
fn a_batch_is_of_a_month_that_has_begun_and_is_named_after_it() {
    let present = month("2026-06");
    for fine in ["2026-05", "2026-06"] {
        assert!(PayrollBatch::check_month(month(fine), present).is_ok());
    }
    for (wrong, code) in [("2026-07", MONTH_AHEAD), ("2026-Q2", NOT_A_MONTH)] {
        let refusal = PayrollBatch::check_month(month(wrong), present).unwrap_err();
        assert_eq!(refusal.findings[0].code, code);
    }
    assert_eq!((taken(1).name(), taken(2).name()), ("2026-05".into(), "2026-05-2".into()));
    assert!(ensure_of_the_company(true).is_ok() && ensure_of_the_company(false).is_err());
}
