//! Rows of rounds of reviews.

use crate::{
    schema::review_rounds as rounds,
    spine::{Failure, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    appraisal_period::AppraisalPeriod,
    appraisal_review::ReviewKind,
    review_round::ReviewRound,
    spine::{BusinessDate, EmployeeId, Id, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = rounds, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    appraisal_period_id: Key,
    reviewer_id: Key,
    kind: String,
    asked: i64,
    given: i64,
    due_on: Option<BusinessDate>,
    is_closed: bool,
    version: Version,
}

impl From<&ReviewRound> for Row {
    fn from(round: &ReviewRound) -> Self {
        let ReviewRound { id, period, reviewer, kind, asked, given, due_on, is_closed, version } = round;
        Self {
            id: (*id).into(),
            appraisal_period_id: (*period).into(),
            reviewer_id: (*reviewer).into(),
            kind: kind.code().to_owned(),
            asked: (*asked).into(),
            given: (*given).into(),
            due_on: *due_on,
            is_closed: *is_closed,
            version: *version,
        }
    }
}

impl TryFrom<Row> for ReviewRound {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| move || Failure::corrupt("review_rounds", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            period: row.appraisal_period_id.into(),
            reviewer: row.reviewer_id.into(),
            kind: ReviewKind::from_code(&row.kind).ok_or_else(corrupt("kind"))?,
            asked: u32::try_from(row.asked).map_err(|_| corrupt("asked")())?,
            given: u32::try_from(row.given).map_err(|_| corrupt("given")())?,
            due_on: row.due_on,
            is_closed: row.is_closed,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for ReviewRound {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        match save_row!(tx, rounds, &row, before) {
            // Another server asked meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One round whoever asks: for rules, never for an answer.
pub(super) fn find(reader: &mut Reader<'_>, id: Id<ReviewRound>) -> Result<ReviewRound, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| rounds::table.filter(rounds::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// The rounds of some reviewers in a period.
pub(super) fn of_reviewers(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    reviewers: &[EmployeeId],
) -> Result<Vec<ReviewRound>, Failure> {
    let (key, people): (Key, Vec<Key>) = (period.into(), reviewers.iter().copied().map(Key::from).collect());
    let rows: Vec<Row> = db!(reader, |c| rounds::table
        .filter(rounds::appraisal_period_id.eq(key).and(rounds::reviewer_id.eq_any(&people)))
        .order(rounds::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
