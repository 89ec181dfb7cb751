//! The year, day by day.

use crate::{
    budget, changes, claims, requests,
    teller::{FIRST_DAY, Teller},
};
use chrono::{Datelike, NaiveDate, Weekday};
use serde_json::json;

/// Tells the year with so many documents, and lets the first days of the next one see its end.
pub fn tell(teller: &mut Teller, documents: u32) {
    budget::activate(teller);
    let days = working_days(FIRST_DAY.0);
    let count = u64::try_from(days.len()).unwrap_or(u64::MAX);
    let mut told: u64 = 0;
    for (index, day) in (1_u64..).zip(days) {
        let until = u64::from(documents) * index / count;
        let (last_month, is_new_month) = (teller.month(), day.month() != teller.today.month());
        // A day on which nothing happens is not lived through.
        if told < until || is_new_month {
            teller.pass_until(day);
        }
        if is_new_month {
            end_month(teller, &last_month);
        }
        if told < until {
            tell_day(teller, until - told);
            told = until;
        }
    }
    let last_month = teller.month();
    teller.pass_until(NaiveDate::from_ymd_opt(FIRST_DAY.0 + 1, 1, 4).unwrap_or(teller.today));
    end_month(teller, &last_month);
}

/// A day: so many documents, then finance does what waits for it.
fn tell_day(teller: &mut Teller, documents: u64) {
    let mut waiting = Vec::new();
    for _ in 0..documents {
        match teller.number(1, 100) {
            1..=12 => requests::tell(teller),
            13..=16 => changes::tell(teller),
            _ => waiting.extend(claims::tell(teller)),
        }
    }
    for piece in waiting.chunks(200) {
        claims::account(teller, piece);
    }
    requests::end_some(teller);
}

fn working_days(year: i32) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    first
        .iter_days()
        .take_while(|day| day.year() == year)
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .collect()
}

/// Finance closes the month and compiles its statement, and management approves that.
fn end_month(teller: &mut Teller, month: &str) {
    let closed = teller.who("qian").act(&format!("/api/v1/accounting-periods/{month}/close"));
    assert!(closed.status == 200 || closed.status == 201, "{month} does not close: {closed}");
    compile(teller, month);
}

/// Compiles a statement and has it approved.
pub fn compile(teller: &Teller, period: &str) {
    let body = json!({"period": period, "department_id": teller.company.departments["company"],
        "remarks": "各项费用按计划执行", "advice": "继续控制招待费用"});
    let finance = teller.who("qian");
    let made = finance.post("/api/v1/expense-statements", body).expect(201);
    let path = format!("/api/v1/expense-statements/{}", made.text("/id"));
    let submitted = finance.at(made.version()).act(&format!("{path}/submit")).expect(200);
    teller.approve(&submitted.text("/approval_id"));
}
