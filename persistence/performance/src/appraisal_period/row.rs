//! Rows of periods of appraisal.

use crate::{
    schema::appraisal_periods as periods,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    appraisal_period::{AppraisalPeriod, PERIOD_OPEN, Pass, StageBegun},
    spine::{BusinessDate, Citation, Id, Refusal, Version},
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
