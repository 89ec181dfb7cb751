//! Rows of team awards.

use crate::{
    appraisal_period,
    schema::team_awards as awards,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    appraisal_period::AppraisalPeriod,
    approval::Label,
    spine::{Citation, Id, Money, Timestamp, Version},
    team_award::{Shared, TeamAward},
    working_time::Period,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = awards, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub appraisal_period_id: Key,
    pub department_id: Key,
    pub place: i64,
    pub result_hundredths: i64,
    detail: String,
    pub changed_at: Instant,
    pub version: Version,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    period: Period,
    title: Label,
    shares: Vec<Shared>,
    sum: Option<Money>,
    citation: Citation,
    at: Timestamp,
}

impl Row {
    fn of(award: &TeamAward, tx: &mut Tx<'_>) -> Result<Self, Failure> {
        let TeamAward { id, period, department, place, title, result, shares, sum, citation, at, version } =
            award;
        let of = appraisal_period::of_period(tx, *period)?.ok_or(Failure::NotFound)?;
        let detail = Detail {
            period: *period,
            title: title.clone(),
            shares: shares.clone(),
            sum: *sum,
            citation: citation.clone(),
            at: *at,
        };
        Ok(Self {
            id: (*id).into(),
            appraisal_period_id: of.id.into(),
            department_id: (*department).into(),
            place: (*place).into(),
            result_hundredths: (*result * Decimal::ONE_HUNDRED).to_i64().unwrap_or(0),
            detail: serde_json::to_string(&detail)?,
            changed_at: tx.now().into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for TeamAward {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { period, title, shares, sum, citation, at } = serde_json::from_str(&row.detail)?;
        Ok(Self {
            id: row.id.into(),
            period,
            department: row.department_id.into(),
            place: u32::try_from(row.place)
                .map_err(|_| Failure::corrupt("team_awards", "place", row.id.0))?,
            title,
            result: Decimal::new(row.result_hundredths, 2),
            shares,
            sum,
            citation,
            at,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for TeamAward {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, awards, &row, before) {
            // Somebody else honoured it meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One award, of a department in reach.
///
/// # Errors
/// Not found elsewhere.
pub fn find(reader: &mut Reader<'_>, id: Id<TeamAward>) -> Result<TeamAward, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| awards::table.filter(awards::id.eq(key)).select(Row::as_select()).first(c))?;
    let award = TeamAward::try_from(row)?;
    if reader.reach().covers(award.department, false) { Ok(award) } else { Err(Failure::NotFound) }
}

/// Whether teams of a period were honoured.
pub(super) fn is_awarded(reader: &mut Reader<'_>, period: Id<AppraisalPeriod>) -> Result<bool, Failure> {
    let key = Key::from(period);
    let found = awards::table.filter(awards::appraisal_period_id.eq(key));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(found)).get_result(c))?)
}
