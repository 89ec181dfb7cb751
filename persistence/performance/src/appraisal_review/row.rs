//! Rows of reviews.

use crate::{
    organisation::{PersonRef, Register},
    schema::appraisal_reviews as reviews,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    appraisal::Appraisal,
    appraisal_review::{AppraisalReview, Given, ReviewKind},
    scoring::ReviewAnswers,
    spine::{EmployeeId, Id, Version},
};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = reviews, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub appraisal_id: Key,
    pub appraisal_period_id: Key,
    pub employee_id: Key,
    pub reviewer_id: Key,
    pub kind: String,
    pub days: i32,
    pub score: Option<String>,
    pub comment: Option<String>,
    pub given_at: Option<Instant>,
    pub version: Version,
}

impl From<&AppraisalReview> for Row {
    fn from(review: &AppraisalReview) -> Self {
        let AppraisalReview { id, appraisal, period, employee, reviewer, kind, days, given, version } =
            review;
        Self {
            id: (*id).into(),
            appraisal_id: (*appraisal).into(),
            appraisal_period_id: (*period).into(),
            employee_id: (*employee).into(),
            reviewer_id: (*reviewer).into(),
            kind: kind.code().to_owned(),
            days: i32::try_from(*days).unwrap_or(i32::MAX),
            score: given.as_ref().map(|given| given.score.to_string()),
            comment: given.as_ref().and_then(|given| given.comment.clone()),
            given_at: given.as_ref().map(|given| given.at.into()),
            version: *version,
        }
    }
}

impl TryFrom<Row> for AppraisalReview {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("appraisal_reviews", column, row.id.0);
        let given = match (row.score, row.given_at) {
            (Some(score), Some(at)) => {
                let score: Decimal = score.parse().map_err(|_| corrupt("score"))?;
                Some(Given { score, comment: row.comment, at: at.into() })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            appraisal: row.appraisal_id.into(),
            period: row.appraisal_period_id.into(),
            employee: row.employee_id.into(),
            reviewer: row.reviewer_id.into(),
            kind: ReviewKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?,
            days: u32::try_from(row.days).map_err(|_| corrupt("days"))?,
            given,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for AppraisalReview {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        match save_row!(tx, reviews, &row, before) {
            // Another server asked meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One review that the caller is asked for. Nobody else reads it, however far they see.
///
/// # Errors
/// Not found of another's.
pub fn find(reader: &mut Reader<'_>, id: Id<AppraisalReview>) -> Result<AppraisalReview, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| reviews::table.filter(reviews::id.eq(key)).select(Row::as_select()).first(c))?;
    let review = AppraisalReview::try_from(row)?;
    if reader.actor().is(review.reviewer) { Ok(review) } else { Err(Failure::NotFound) }
}

/// All reviews of some appraisals, whoever asks.
pub(super) fn of_appraisals(
    reader: &mut Reader<'_>,
    appraisals: &[Id<Appraisal>],
) -> Result<Vec<AppraisalReview>, Failure> {
    let keys: Vec<Key> = appraisals.iter().copied().map(Key::from).collect();
    let rows: Vec<Row> = db!(reader, |c| reviews::table
        .filter(reviews::appraisal_id.eq_any(&keys))
        .order(reviews::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What was said about the people of some sheets: superiors by the days for which they were it.
///
/// # Errors
/// Where the database fails.
pub(crate) fn answers(
    reader: &mut Reader<'_>,
    sheets: &[Appraisal],
) -> Result<BTreeMap<Id<Appraisal>, ReviewAnswers>, Failure> {
    let ids: Vec<Id<Appraisal>> = sheets.iter().map(|sheet| sheet.id).collect();
    let mut by: BTreeMap<Id<Appraisal>, Vec<AppraisalReview>> = BTreeMap::new();
    for review in of_appraisals(reader, &ids)? {
        by.entry(review.appraisal).or_default().push(review);
    }
    let of_sheet = |sheet: &Appraisal| {
        let reviews = by.get(&sheet.id).map_or(&[][..], Vec::as_slice);
        let score = |review: &AppraisalReview| review.given.as_ref().map(|given| given.score);
        let of_kind = |kind| reviews.iter().filter(move |review| review.kind == kind);
        let superior = |who: EmployeeId| {
            of_kind(ReviewKind::Superior).find(|review| review.reviewer == who).and_then(score)
        };
        let superiors = superiors(sheet).into_iter().map(|(who, days)| (days, superior(who)));
        let answers = ReviewAnswers {
            own: of_kind(ReviewKind::Own).find_map(score),
            superiors: superiors.collect(),
            peers: of_kind(ReviewKind::Peer).filter_map(score).collect(),
        };
        (sheet.id, answers)
    };
    Ok(sheets.iter().map(of_sheet).collect())
}

/// The superiors of the parts that are scored, each with their days.
pub(super) fn superiors(sheet: &Appraisal) -> BTreeMap<EmployeeId, u32> {
    let mut days = BTreeMap::new();
    for part in sheet.parts.iter().filter(|part| part.unscored.is_none()) {
        if let Some(superior) = part.superior {
            *days.entry(superior).or_default() += part.days;
        }
    }
    days
}

/// What somebody wrote with a review.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalComment)]
pub struct CommentView {
    /// As what: the person, or a superior.
    pub kind: ReviewKind,
    /// Who.
    pub reviewer: PersonRef,
    /// What they wrote.
    #[schema(max_length = 2000)]
    pub comment: String,
}

/// What the person and the superiors wrote: never what peers did, who write nothing.
///
/// # Errors
/// Where the database fails.
pub(crate) fn comments(reader: &mut Reader<'_>, of: Id<Appraisal>) -> Result<Vec<CommentView>, Failure> {
    let register = Register::of(reader)?;
    let written = of_appraisals(reader, &[of])?.into_iter().filter(|review| review.kind != ReviewKind::Peer);
    let written = written.filter_map(|review| {
        let comment = review.given?.comment?;
        Some((review.kind, review.reviewer, comment))
    });
    let shown =
        |(kind, reviewer, comment)| Ok(CommentView { kind, reviewer: register.named(reviewer)?, comment });
    written.map(shown).collect()
}
