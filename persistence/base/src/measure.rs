//! What the product measures by itself, from what it has decided already. Each wing that has something to measure registers
//! it; here are the verdicts of duties and tasks. `[KPI-1, IND]`

use crate::{
    duty,
    schema::tasks,
    spine::{Failure, Key, Part, Reader, db},
};
use chrono_tz::Tz;
use diesel::prelude::*;
use domain::{
    duty::DutyState,
    spine::{BusinessDate, EmployeeId, Timestamp},
    task::TaskState,
    working_time::midnight,
};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&DUTIES_FAILED, &DUTIES_IN_TIME, &TASKS_IN_TIME];

/// Something that is measured.
pub struct Measure {
    /// Its code: `duties-failed`.
    pub code: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// The unit it comes in.
    pub unit: &'static str,
    /// Whether it is of something in particular: of a rule of duties.
    pub needs_subject: bool,
    /// Measures it.
    pub of: fn(&mut Reader<'_>, &Asked<'_>) -> Result<Measured, Failure>,
}

/// What is measured of whom, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Of whom.
    pub employee: EmployeeId,
    /// The first day.
    pub from: BusinessDate,
    /// The last day.
    pub until: BusinessDate,
    /// Of what, where the measure is of something.
    pub of: &'a str,
}

impl Asked<'_> {
    /// From the first instant of the first day to the one behind the last.
    pub fn instants(&self, zone: Tz) -> (Timestamp, Timestamp) {
        let end = self.until.succ_opt().unwrap_or(self.until);
        (midnight(self.from, zone), midnight(end, zone))
    }
}

/// What of a value takes from, or adds to, what counted earlier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adjusted {
    /// The day on which that counted.
    pub on: BusinessDate,
    /// What it is about, such as the number of a sale.
    pub about: String,
    /// How much of the value it is.
    pub value: Decimal,
}

/// What was measured.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Measured {
    /// The value; none where there was nothing to measure.
    pub value: Option<Decimal>,
    /// From how many rows.
    pub rows: i64,
    /// A digest of them.
    pub digest: String,
    /// The incidents it counts against the person.
    pub incidents: Vec<Uuid>,
    /// What of the value is about what counted before the first day. The value holds it.
    pub adjusted: Vec<Adjusted>,
}

impl Measured {
    /// A share in percent, of the rows that say something; no value where none does.
    pub fn share(good: usize, of: usize, rows: usize, digest: String) -> Self {
        Self {
            value: percent(good, of),
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            digest,
            ..Self::default()
        }
    }

    /// So many of something.
    pub fn count(rows: usize, digest: String) -> Self {
        let count = i64::try_from(rows).unwrap_or(i64::MAX);
        Self { value: Some(count.into()), rows: count, digest, ..Self::default() }
    }
}

/// A digest of rows, by which it can be shown later that a value was computed from these.
pub fn digest(rows: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// The measure of a code.
pub fn of_code(reader: &Reader<'_>, code: &str) -> Option<&'static Measure> {
    reader.house().all::<Measure>().find(|measure| measure.code == code)
}

static DUTIES_FAILED: Measure = Measure {
    code: "duties-failed",
    zh: "某项应办事项逾期或未完成的次数",
    en: "Duties of a rule that were late or missed",
    unit: "次",
    needs_subject: true,
    of: |reader, asked| {
        let duties = duty::measured::of_person(reader, asked.employee, asked.of, (asked.from, asked.until))?;
        let failed: Vec<Uuid> =
            duties.iter().filter(|(_, state)| is_failed(*state)).map(|(id, _)| *id).collect();
        let value = Decimal::from(failed.len());
        Ok(Measured { value: Some(value), incidents: failed, ..counted(&duties, None) })
    },
};

static DUTIES_IN_TIME: Measure = Measure {
    code: "duties-in-time",
    zh: "某项应办事项的按时完成率",
    en: "The share of a rule's duties that were done in time",
    unit: "%",
    needs_subject: true,
    of: |reader, asked| duties_in_time(reader, asked, asked.of),
};

/// The share of a rule's duties that were done in time: what wings offer of the rules that come with them.
///
/// # Errors
/// Where the database fails.
pub fn duties_in_time(reader: &mut Reader<'_>, asked: &Asked<'_>, rule: &str) -> Result<Measured, Failure> {
    let duties = duty::measured::of_person(reader, asked.employee, rule, (asked.from, asked.until))?;
    let in_time = duties.iter().filter(|(_, state)| *state == DutyState::OnTime).count();
    let failed: Vec<Uuid> = duties.iter().filter(|(_, state)| is_failed(*state)).map(|(id, _)| *id).collect();
    let value = percent(in_time, in_time + failed.len());
    Ok(Measured { incidents: failed, ..counted(&duties, value) })
}

static TASKS_IN_TIME: Measure = Measure {
    code: "tasks-in-time",
    zh: "交办事项的按时完成率",
    en: "The share of tasks that were done in time",
    unit: "%",
    needs_subject: false,
    of: |reader, asked| {
        let (key, today) = (Key::from(asked.employee), reader.today());
        let cancelled = TaskState::Cancelled.code();
        type Row = (Key, BusinessDate, Option<BusinessDate>);
        let rows: Vec<Row> = db!(reader, |c| tasks::table
            .filter(tasks::owner_id.eq(key).and(tasks::status.ne(cancelled)))
            .filter(tasks::due_on.ge(asked.from).and(tasks::due_on.le(asked.until)))
            .order(tasks::id)
            .select((tasks::id, tasks::due_on, tasks::done_on))
            .load(c))?;
        // What is not due yet and not done says nothing.
        let judged = |(_, due, done): &&Row| done.is_some() || *due < today;
        let in_time = |(_, due, done): &&Row| done.is_some_and(|done| done <= *due);
        let (all, good) = (rows.iter().filter(judged).count(), rows.iter().filter(in_time).count());
        let digest = digest(rows.iter().map(|(id, due, done)| format!("{} {due} {done:?}", id.0)));
        Ok(Measured::share(good, all, rows.len(), digest))
    },
};

const fn is_failed(state: DutyState) -> bool {
    matches!(state, DutyState::Late | DutyState::Missed | DutyState::MadeUp | DutyState::Overdue)
}

fn counted(duties: &[(Uuid, DutyState)], value: Option<Decimal>) -> Measured {
    Measured {
        value,
        rows: i64::try_from(duties.len()).unwrap_or(i64::MAX),
        digest: digest(duties.iter().map(|(id, state)| format!("{id} {}", state.code()))),
        ..Measured::default()
    }
}

/// A share in percent, four places; none of nothing.
pub fn percent(part: usize, whole: usize) -> Option<Decimal> {
    let rate = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(whole))?;
    Some(rate.round_dp(4))
}
