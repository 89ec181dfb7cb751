//! What the product measures by itself, from what it has decided already: verdicts of duties and tasks. Each
//! wing that has something to measure registers it. `[KPI-1]`

use crate::{
    digest, duty,
    schema::tasks,
    spine::{Failure, Key, Part, Reader, View, db},
};
use diesel::prelude::*;
use domain::{
    duty::DutyState,
    spine::{BusinessDate, EmployeeId},
    task::TaskState,
};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
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

/// What was measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measured {
    /// The value; none where there was nothing to measure.
    pub value: Option<Decimal>,
    /// From how many rows.
    pub rows: i64,
    /// A digest of them.
    pub digest: String,
    /// The incidents it counts against the person.
    pub incidents: Vec<Uuid>,
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
    of: |reader, asked| {
        let duties = duty::measured::of_person(reader, asked.employee, asked.of, (asked.from, asked.until))?;
        let in_time = duties.iter().filter(|(_, state)| *state == DutyState::OnTime).count();
        let failed: Vec<Uuid> =
            duties.iter().filter(|(_, state)| is_failed(*state)).map(|(id, _)| *id).collect();
        let value = percent(in_time, in_time + failed.len());
        Ok(Measured { incidents: failed, ..counted(&duties, value) })
    },
};

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
        Ok(Measured {
            value: percent(good, all),
            rows: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            digest: digest(rows.iter().map(|(id, due, done)| format!("{} {due} {done:?}", id.0))),
            incidents: Vec::new(),
        })
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
        incidents: Vec::new(),
    }
}

fn percent(part: usize, whole: usize) -> Option<Decimal> {
    let rate = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(whole))?;
    Some(rate.round_dp(4))
}

/// Something that is measured, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IndicatorMeasure)]
pub struct MeasureView {
    /// Its code.
    #[schema(max_length = 60, example = "duties-in-time")]
    pub code: &'static str,
    /// What it is called in Chinese.
    #[schema(max_length = 100)]
    pub name_zh: &'static str,
    /// What it is called in English.
    #[schema(max_length = 100)]
    pub name_en: &'static str,
    /// The unit it comes in.
    #[schema(max_length = 20, example = "%")]
    pub unit: &'static str,
    /// Whether it is of something in particular: of a rule of duties, by its code.
    pub needs_subject: bool,
}

/// All that is measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IndicatorMeasures)]
pub struct MeasuresView {
    /// What is measured.
    #[schema(max_items = 200)]
    pub measures: Vec<MeasureView>,
}

impl View for MeasuresView {}

/// All that is measured.
pub fn all(reader: &Reader<'_>) -> MeasuresView {
    let shown = |measure: &'static Measure| MeasureView {
        code: measure.code,
        name_zh: measure.zh,
        name_en: measure.en,
        unit: measure.unit,
        needs_subject: measure.needs_subject,
    };
    MeasuresView { measures: reader.house().all::<Measure>().map(shown).collect() }
}
