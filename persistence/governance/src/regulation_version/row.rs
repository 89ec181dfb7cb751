//! Rows of versions and of their clauses.

use crate::{
    approval::document::StandingColumns,
    schema::{regulation_clauses as clauses, regulation_versions as versions},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, covered, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    regulation::{Clause, ClauseKind, Regulation},
    regulation_version::{
        Nature, Publication, RegulationText, RegulationVersion, RegulationVersionState, Repeal,
    },
    spine::{BusinessDate, Id, Version, search_text},
};

/// That a version is in force on a day.
macro_rules! holds_on {
    ($on:expr) => {
        $crate::schema::regulation_versions::effective_from
            .le($on)
            .and(
                $crate::schema::regulation_versions::superseded_from
                    .is_null()
                    .or($crate::schema::regulation_versions::superseded_from.gt($on)),
            )
            .and(
                $crate::schema::regulation_versions::repealed_from
                    .is_null()
                    .or($crate::schema::regulation_versions::repealed_from.gt($on)),
            )
    };
}
pub(super) use holds_on;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = versions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub regulation_id: Key,
    pub department_id: Key,
    pub edition: i32,
    pub nature: String,
    pub summary: String,
    pub review_on: Option<BusinessDate>,
    pub digest: String,
    pub published_at: Option<Instant>,
    pub publisher_id: Option<Key>,
    pub effective_from: Option<BusinessDate>,
    pub superseded_from: Option<BusinessDate>,
    pub repealed_from: Option<BusinessDate>,
    pub repealed_at: Option<Instant>,
    pub repeal_reason: Option<String>,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = clauses, treat_none_as_default_value = false)]
struct ClauseRow {
    version_id: Key,
    code: String,
    position: i32,
    kind: String,
    parent: Option<String>,
    number: String,
    text: String,
    is_binding: bool,
}

impl Row {
    fn of(version: &RegulationVersion, tx: &Tx<'_>) -> Self {
        let RegulationVersion {
            id,
            petition,
            regulation,
            department,
            edition,
            text,
            publication,
            version: at,
        } = version;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let RegulationText { nature, summary, review_on, clauses: _ } = text;
        let repealed = publication.as_ref().and_then(|publication| publication.repealed.as_ref());
        let (status_at, status_reason) = standing.told();
        Self {
            id: (*id).into(),
            number: number.clone(),
            regulation_id: (*regulation).into(),
            department_id: (*department).into(),
            edition: *edition,
            nature: nature.code().to_owned(),
            summary: summary.clone(),
            review_on: *review_on,
            digest: version.digest(),
            published_at: publication.as_ref().map(|publication| publication.at.into()),
            publisher_id: publication.as_ref().map(|publication| publication.by.into()),
            effective_from: publication.as_ref().map(|publication| publication.effective_from),
            superseded_from: publication.as_ref().and_then(|publication| publication.superseded_from),
            repealed_from: repealed.map(|repeal| repeal.from),
            repealed_at: repealed.map(|repeal| repeal.at.into()),
            repeal_reason: repealed.map(|repeal| repeal.reason.clone()),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: version.state().code().to_owned(),
            status_at: status_at.map(Into::into),
            status_reason: status_reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *at,
            search_text: search_text(&[], &[number, summary]),
        }
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("regulation_versions", column, self.id.0)
    }

    /// Whether it changes what is asked of people.
    pub fn nature(&self) -> Result<Nature, Failure> {
        Nature::from_code(&self.nature).ok_or_else(|| self.corrupt("nature"))
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let (at, reason) = (self.status_at, self.status_reason.clone());
        if self.published_at.is_some() {
            let at = at.ok_or_else(|| self.corrupt("status_at"))?.into();
            return Ok(Standing::Approved { at });
        }
        StandingColumns { status: self.status.clone(), at, reason }.standing("regulation_versions", self.id)
    }

    /// How it was published, if it was.
    pub fn publication(&self) -> Result<Option<Publication>, Failure> {
        let (Some(at), Some(by), Some(effective_from)) =
            (self.published_at, self.publisher_id, self.effective_from)
        else {
            return Ok(None);
        };
        let repealed = match (self.repealed_from, self.repealed_at) {
            (Some(from), Some(at)) => {
                let reason = self.repeal_reason.clone().unwrap_or_default();
                Some(Repeal { from, reason, at: at.into() })
            }
            _ => None,
        };
        let superseded_from = self.superseded_from;
        Ok(Some(Publication { at: at.into(), by: by.into(), effective_from, superseded_from, repealed }))
    }

    /// The state on a day.
    pub fn state_on(&self, today: BusinessDate) -> Result<RegulationVersionState, Failure> {
        let over = |from: Option<BusinessDate>| from.is_some_and(|from| from <= today);
        Ok(match RegulationVersionState::from_code(&self.status) {
            Some(RegulationVersionState::Published) if over(self.superseded_from) => {
                RegulationVersionState::Superseded
            }
            Some(RegulationVersionState::Published) if over(self.repealed_from) => {
                RegulationVersionState::Repealed
            }
            Some(state) => state,
            None => return Err(self.corrupt("status")),
        })
    }

    fn version(self, clauses: Vec<Clause>) -> Result<RegulationVersion, Failure> {
        let (nature, standing, publication) = (self.nature()?, self.standing()?, self.publication()?);
        Ok(RegulationVersion {
            id: self.id.into(),
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            regulation: self.regulation_id.into(),
            department: self.department_id.into(),
            edition: self.edition,
            text: RegulationText { nature, summary: self.summary, review_on: self.review_on, clauses },
            publication,
            version: self.version,
        })
    }
}

impl ClauseRow {
    fn of(version: Key, position: i32, clause: &Clause) -> Self {
        let Clause { id, kind, parent, number, text, binding } = clause;
        Self {
            version_id: version,
            code: id.clone(),
            position,
            kind: kind.code().to_owned(),
            parent: parent.clone(),
            number: number.clone(),
            text: text.clone(),
            is_binding: *binding,
        }
    }
}

impl TryFrom<ClauseRow> for Clause {
    type Error = Failure;
    fn try_from(row: ClauseRow) -> Result<Self, Failure> {
        let ClauseRow { version_id, code, position: _, kind, parent, number, text, is_binding } = row;
        let corrupt = || Failure::corrupt("regulation_clauses", "kind", version_id.0);
        let kind = ClauseKind::from_code(&kind).ok_or_else(corrupt)?;
        Ok(Self { id: code, kind, parent, number, text, binding: is_binding })
    }
}

impl Stored<crate::Governance> for RegulationVersion {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        let saved = save_row!(tx, versions, &row, before);
        // Somebody else drafts the next version too: done again, this finds it.
        if before.is_none() && saved.as_ref().is_err_and(is_taken) {
            return Err(Failure::Moved);
        }
        guard(saved?)?;
        if before.is_some_and(|before| before.text.clauses == self.text.clauses) {
            return Ok(());
        }
        if before.is_some() {
            db!(tx, |c| diesel::delete(clauses::table.filter(clauses::version_id.eq(row.id))).execute(c))?;
        }
        let rows: Vec<ClauseRow> =
            (0..).zip(&self.text.clauses).map(|(at, clause)| ClauseRow::of(row.id, at, clause)).collect();
        for rows in rows.chunks(CLAUSES_AT_ONCE) {
            db!(tx, |c| diesel::insert_into(clauses::table).values(rows).execute(c))?;
        }
        Ok(())
    }
}

/// So many rows of clauses go into one statement: eight values each, below what an engine takes.
const CLAUSES_AT_ONCE: usize = 500;

/// One version: what is published is read by all; the rest by whoever drafts it, is in reach of it, or approves it.
///
/// # Errors
/// Not found where the caller may not see it.
pub fn find(reader: &mut Reader<'_>, id: Id<RegulationVersion>) -> Result<RegulationVersion, Failure> {
    let (mut wanted, key) = (sight(reader), Key::from(id));
    wanted.also(versions::id.eq(key));
    let row: Row = db!(reader, |c| versions::table.filter(&wanted).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

/// What the caller may see.
pub(super) fn sight(reader: &Reader<'_>) -> crate::spine::Where {
    let sight = Sight::of(reader);
    let own = versions::creator_id.eq(sight.user).or(versions::submitter_id.eq(sight.employee));
    covered!(sight, regulation_versions, "regulation_version", own.or(versions::published_at.is_not_null()))
}

/// One version whoever asks: for rules, never for an answer.
pub(crate) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<RegulationVersion>,
) -> Result<RegulationVersion, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| versions::table.filter(versions::id.eq(key)).select(Row::as_select()).first(c))?;
    whole(reader, row)
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<RegulationVersion, Failure> {
    let key = row.id;
    let rows: Vec<ClauseRow> = db!(reader, |c| clauses::table
        .filter(clauses::version_id.eq(key))
        .order(clauses::position)
        .select(ClauseRow::as_select())
        .load(c))?;
    row.version(rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?)
}

fn whole_if_any(reader: &mut Reader<'_>, row: Option<Row>) -> Result<Option<RegulationVersion>, Failure> {
    row.map(|row| whole(reader, row)).transpose()
}

/// The last version of a regulation, published or not; one that was given up is none.
///
/// # Errors
/// Where the database fails.
pub fn last(reader: &mut Reader<'_>, of: Id<Regulation>) -> Result<Option<RegulationVersion>, Failure> {
    let key = Key::from(of);
    let row: Option<Row> = db!(reader, |c| versions::table
        .filter(versions::regulation_id.eq(key))
        .order(versions::edition.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    whole_if_any(reader, row)
}

/// The last version of a regulation that was published.
///
/// # Errors
/// Where the database fails.
pub fn last_published(
    reader: &mut Reader<'_>,
    of: Id<Regulation>,
) -> Result<Option<RegulationVersion>, Failure> {
    let key = Key::from(of);
    let row: Option<Row> = db!(reader, |c| versions::table
        .filter(versions::regulation_id.eq(key).and(versions::published_at.is_not_null()))
        .order(versions::edition.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    whole_if_any(reader, row)
}

/// The version of a regulation in force on a day, if one is.
///
/// # Errors
/// Where the database fails.
pub fn in_force(
    reader: &mut Reader<'_>,
    of: Id<Regulation>,
    on: BusinessDate,
) -> Result<Option<RegulationVersion>, Failure> {
    let key = Key::from(of);
    let row: Option<Row> = db!(reader, |c| versions::table
        .filter(versions::regulation_id.eq(key))
        .filter(holds_on!(on))
        .order(versions::edition.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    whole_if_any(reader, row)
}

/// The last version of a regulation that was published before an edition.
pub(super) fn published_before(
    reader: &mut Reader<'_>,
    of: Id<Regulation>,
    edition: i32,
) -> Result<Option<RegulationVersion>, Failure> {
    let key = Key::from(of);
    let row: Option<Row> = db!(reader, |c| versions::table
        .filter(versions::regulation_id.eq(key).and(versions::published_at.is_not_null()))
        .filter(versions::edition.lt(edition))
        .order(versions::edition.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    whole_if_any(reader, row)
}
