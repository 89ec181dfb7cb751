//! Rows of reviews of schemes.

use crate::{
    schema::scheme_reviews as reviews,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Label,
    scheme_review::{Report, SchemeReview, Suggested},
    spine::{BusinessDate, Id, Permission, Version},
    working_time::Period,
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = reviews, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub scheme: String,
    pub first_on: BusinessDate,
    pub last_on: BusinessDate,
    pub sheets: i64,
    detail: String,
    pub made_by_id: Key,
    pub made_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    name: Label,
    from: Period,
    until: Period,
    report: Report,
    suggestions: Vec<Suggested>,
}

impl Row {
    fn of(review: &SchemeReview, tx: &Tx<'_>) -> Result<Self, Failure> {
        let SchemeReview { id, scheme, name, from, until, report, suggestions, made_by, made_at, version } =
            review;
        let detail = Detail {
            name: name.clone(),
            from: *from,
            until: *until,
            report: report.clone(),
            suggestions: suggestions.clone(),
        };
        Ok(Self {
            id: (*id).into(),
            scheme: scheme.clone(),
            first_on: from.first(),
            last_on: until.last(),
            sheets: report.sheets.into(),
            detail: serde_json::to_string(&detail)?,
            made_by_id: (*made_by).into(),
            made_at: (*made_at).into(),
            changed_at: tx.now().into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for SchemeReview {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { name, from, until, report, suggestions } = serde_json::from_str(&row.detail)?;
        Ok(Self {
            id: row.id.into(),
            scheme: row.scheme,
            name,
            from,
            until,
            report,
            suggestions,
            made_by: row.made_by_id.into(),
            made_at: row.made_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for SchemeReview {
    const GROWING: &'static [&'static str] = &["suggestions"];
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, reviews, &row, before)?)
    }
}

/// One review whoever asks: for rules, never for an answer.
pub(super) fn load(reader: &mut Reader<'_>, id: Id<SchemeReview>) -> Result<SchemeReview, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| reviews::table.filter(reviews::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One review: it is of everybody, so only who manages appraisals everywhere reads it.
///
/// # Errors
/// Not found for others.
pub fn find(reader: &mut Reader<'_>, id: Id<SchemeReview>) -> Result<SchemeReview, Failure> {
    let review = load(reader, id)?;
    if sees_all(reader) { Ok(review) } else { Err(Failure::NotFound) }
}

/// Whether the caller manages appraisals everywhere, whatever the permission of the route.
pub(super) fn sees_all(reader: &Reader<'_>) -> bool {
    let by = reader.actor();
    by.may(Permission::ManageAppraisals) && by.reach(Permission::ManageAppraisals).all
}
