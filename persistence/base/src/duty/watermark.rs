//! How far each rule has been followed: which periods were raised, and as of when its duties followed the people. Two
//! matters, each moved on its own, so that neither is taken for done because the other is. `[DUT-2a, DUT-2f]`

use crate::{
    schema::duty_watermarks as watermarks,
    spine::{Failure, Key, Reader, Tx, Where, db, guard, is_taken},
};
use diesel::prelude::*;
use domain::{spine::BusinessDate, working_time::Period};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = watermarks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Watermark {
    pub rule_code: String,
    /// The last period that was raised whole.
    pub occasion: Option<String>,
    /// As of which revision of people and policies, and on which day, everybody was looked at last.
    pub revision: i64,
    pub looked_on: BusinessDate,
    /// As of which revision, and on which day, the looking that is under way began, and the last duty it came to.
    pub pass_revision: Option<i64>,
    pub pass_on: Option<BusinessDate>,
    pub pass_to: Option<Key>,
}

pub(super) fn all(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Watermark>, Failure> {
    let rows: Vec<Watermark> = db!(reader, |c| watermarks::table.select(Watermark::as_select()).load(c))?;
    Ok(rows.into_iter().map(|row| (row.rule_code.clone(), row)).collect())
}

/// The last period that was raised whole.
pub(super) fn raised_until(watermark: Option<&Watermark>) -> Result<Option<Period>, Failure> {
    let Some(Watermark { rule_code, occasion: Some(occasion), .. }) = watermark else { return Ok(None) };
    let period = occasion.parse();
    period
        .map(Some)
        .map_err(|_| Failure::fault(format!("the watermark of {rule_code} is no period: {occasion}")))
}

impl Watermark {
    /// A rule of which nothing is raised yet, and everybody of now has been looked at.
    fn begun(tx: &Tx<'_>, code: &str) -> Self {
        Self {
            rule_code: code.to_owned(),
            occasion: None,
            revision: tx.master_revision(),
            looked_on: tx.today(),
            pass_revision: None,
            pass_on: None,
            pass_to: None,
        }
    }

    /// Whether somebody may have come, gone or changed since everybody was looked at.
    pub fn is_outdated(&self, revision: i64, today: BusinessDate) -> bool {
        self.revision != revision || self.looked_on != today
    }
}

fn insert(tx: &mut Tx<'_>, row: &Watermark) -> Result<(), Failure> {
    match db!(tx, |c| diesel::insert_into(watermarks::table).values(row).execute(c)) {
        // Begun by another server: found when this is done again.
        Err(error) if is_taken(&error) => Err(Failure::Moved),
        made => Ok(made.map(drop)?),
    }
}

/// Begins to follow a rule that no period calls for, or of which none was raised yet.
pub(super) fn begin(tx: &mut Tx<'_>, code: &str) -> Result<Watermark, Failure> {
    let row = Watermark::begun(tx, code);
    insert(tx, &row)?;
    Ok(row)
}

/// A rule's period is raised whole. Whether those who came and went meanwhile have been looked at is another matter: what is
/// outstanding of that stays so.
pub(super) fn set_raised(
    tx: &mut Tx<'_>,
    code: &str,
    period: Period,
    was: Option<&Watermark>,
) -> Result<(), Failure> {
    let occasion = Some(period.to_string());
    let Some(was) = was else {
        // What was raised just now was raised for the people of now.
        let row = Watermark { occasion, ..Watermark::begun(tx, code) };
        return insert(tx, &row);
    };
    let mut still = Where::new();
    still.also(watermarks::rule_code.eq(code.to_owned()));
    match was.occasion.clone() {
        Some(before) => still.also(watermarks::occasion.eq(before)),
        None => still.also(watermarks::occasion.is_null()),
    }
    let raised = watermarks::occasion.eq(&occasion);
    guard(db!(tx, |c| diesel::update(watermarks::table.filter(&still)).set(raised).execute(c))?)
}

/// Everybody was looked at up to a duty; `to`: none where that was everybody. What changed since the looking began is looked
/// at in the next one.
pub(super) fn set_looked(tx: &mut Tx<'_>, was: &Watermark, to: Option<Key>) -> Result<(), Failure> {
    let revision = was.pass_revision.unwrap_or_else(|| tx.master_revision());
    let on = was.pass_on.unwrap_or_else(|| tx.today());
    let is = match to {
        Some(to) => (was.revision, was.looked_on, Some(revision), Some(on), Some(to)),
        None => (revision, on, None, None, None),
    };
    let columns = (
        watermarks::revision.eq(is.0),
        watermarks::looked_on.eq(is.1),
        watermarks::pass_revision.eq(is.2),
        watermarks::pass_on.eq(is.3),
        watermarks::pass_to.eq(is.4),
    );
    let mut still = Where::new();
    still.also(watermarks::rule_code.eq(was.rule_code.clone()).and(watermarks::revision.eq(was.revision)));
    match was.pass_to {
        Some(before) => still.also(watermarks::pass_to.eq(before)),
        None => still.also(watermarks::pass_to.is_null()),
    }
    guard(db!(tx, |c| diesel::update(watermarks::table.filter(&still)).set(columns).execute(c))?)
}
