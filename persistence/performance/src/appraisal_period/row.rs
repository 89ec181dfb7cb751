//! Rows of periods of appraisal.

use crate::{
    schema::appraisal_periods as periods,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    appraisal_period::{AppraisalPeriod, PERIOD_OPEN, Pass, Stage, StageBegun},
    spine::{BusinessDate, Citation, Id, Refusal, Version},
    working_time::Period,
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = periods, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub period: String,
    pub first_on: BusinessDate,
    pub last_on: BusinessDate,
    pub stage: String,
    pub due_on: Option<BusinessDate>,
    pub pass: Option<String>,
    pub detail: String,
    pub changed_at: Instant,
    pub version: Version,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    stages: Vec<StageBegun>,
    pass: Option<Pass>,
}

impl Row {
    fn of(period: &AppraisalPeriod, tx: &Tx<'_>) -> Result<Self, Failure> {
        let AppraisalPeriod { id, period: of, stages, pass, version } = period;
        Ok(Self {
            id: (*id).into(),
            period: of.to_string(),
            first_on: of.first(),
            last_on: of.last(),
            stage: period.stage().code().to_owned(),
            due_on: period.due_on(),
            pass: pass.map(|pass| pass.kind.code().to_owned()),
            detail: serde_json::to_string(&Detail { stages: stages.clone(), pass: *pass })?,
            changed_at: tx.now().into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for AppraisalPeriod {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { stages, pass } = serde_json::from_str(&row.detail)?;
        let period = row.period.parse();
        let period = period.map_err(|_| Failure::corrupt("appraisal_periods", "period", row.id.0))?;
        Ok(Self { id: row.id.into(), period, stages, pass, version: row.version })
    }
}

impl Stored<crate::Performance> for AppraisalPeriod {
    const GROWING: &'static [&'static str] = &["stages"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, periods, &row, before) {
            Err(error) if is_taken(&error) => {
                let refusal = Refusal::new(PERIOD_OPEN).citing(Citation::rule("KPI-3"));
                Err(refusal.with("period", row.period).into())
            }
            saved => guard(saved?),
        }
    }
}

/// One period: whoever may read appraisals may read each of them.
///
/// # Errors
/// Where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<AppraisalPeriod>) -> Result<AppraisalPeriod, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| periods::table.filter(periods::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// That of some days, where it was opened.
pub(crate) fn of_period(reader: &mut Reader<'_>, period: Period) -> Result<Option<AppraisalPeriod>, Failure> {
    let text = period.to_string();
    let row: Option<Row> = db!(reader, |c| periods::table
        .filter(periods::period.eq(&text))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The periods whose stage ends by the clock and whose last day has passed.
///
/// # Errors
/// Where the database fails.
pub fn over(reader: &mut Reader<'_>) -> Result<Vec<Id<AppraisalPeriod>>, Failure> {
    let today = reader.today();
    let by_clock = Stage::ALL.into_iter().filter(|stage| stage.ends_by_clock()).map(Stage::code);
    let stages: Vec<&str> = by_clock.collect();
    let keys: Vec<Key> = db!(reader, |c| periods::table
        .filter(periods::stage.eq_any(&stages).and(periods::pass.is_null()))
        .filter(periods::due_on.lt(Some(today)))
        .order(periods::id)
        .select(periods::id)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}

/// All periods, in the order of their days.
pub(crate) fn all(reader: &mut Reader<'_>) -> Result<Vec<AppraisalPeriod>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| periods::table
        .order((periods::first_on, periods::id))
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The periods whose people are being gone through.
///
/// # Errors
/// Where the database fails.
pub fn under_way(reader: &mut Reader<'_>) -> Result<Vec<Id<AppraisalPeriod>>, Failure> {
    let keys: Vec<Key> = db!(reader, |c| periods::table
        .filter(periods::pass.is_not_null())
        .order(periods::id)
        .select(periods::id)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}
