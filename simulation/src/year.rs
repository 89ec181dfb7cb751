//! The year, day by day.

use crate::{
    books::Books,
    budget,
    chance::Chance,
    day,
    teller::{FIRST_DAY, Teller},
};
use chrono::{Datelike, NaiveDate, Weekday};
use serde_json::json;

/// Tells the year with so many documents, and lets the first days of the next one see its end; answers the
/// books of it.
pub fn tell(teller: &mut Teller, mut chance: Chance, documents: u32) -> Books {
    let mut books = Books::default();
    budget::plan(&mut books, documents);
    budget::activate(teller, &books, documents);
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
            day::tell(teller, &mut chance, &mut books, until - told);
            told = until;
        }
    }
    let last_month = teller.month();
    teller.pass_until(NaiveDate::from_ymd_opt(FIRST_DAY.0 + 1, 1, 4).unwrap_or(teller.today));
    end_month(teller, &last_month);
    books
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
