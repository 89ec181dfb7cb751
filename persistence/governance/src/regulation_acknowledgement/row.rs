//! Rows of acknowledgements.

use crate::{
    schema::regulation_acknowledgements as acknowledgements,
    spine::{
        Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, covered, db, guard, is_taken, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    regulation_acknowledgement::{
        AcknowledgementState, AcknowledgementStatus, LapseCause, RegulationAcknowledgement,
    },
    spine::{Id, Permission, Version},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = acknowledgements, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub regulation_id: Key,
    pub version_id: Key,
    pub employee_id: Key,
    pub department_id: Key,
    pub asked_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub edition: Option<i32>,
    pub digest: Option<String>,
    pub filed_by_id: Option<Key>,
    pub cause: Option<String>,
    pub changed_at: Instant,
    pub version: Version,
}

impl Row {
    fn of(asked: &RegulationAcknowledgement, tx: &Tx<'_>) -> Self {
        let RegulationAcknowledgement {
            id,
            regulation,
            asking,
            employee,
            department,
            asked_at,
            status,
            version,
        } = asked;
        let mut row = Self {
            id: (*id).into(),
            regulation_id: (*regulation).into(),
            version_id: (*asking).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            asked_at: (*asked_at).into(),
            status: status.state().code().to_owned(),
            status_at: None,
            edition: None,
            digest: None,
            filed_by_id: None,
            cause: None,
            changed_at: tx.now().into(),
            version: *version,
        };
        match status {
            AcknowledgementStatus::Asked => {}
            AcknowledgementStatus::Acknowledged { at, edition, digest, filed_by } => {
                row.status_at = Some((*at).into());
                row.edition = Some(*edition);
                row.digest = Some(digest.clone());
                row.filed_by_id = filed_by.map(Into::into);
            }
            AcknowledgementStatus::Lapsed { at, cause } => {
                row.status_at = Some((*at).into());
                row.cause = Some(cause.code().to_owned());
            }
        }
        row
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("regulation_acknowledgements", column, self.id.0)
    }

    fn standing(&self) -> Result<AcknowledgementStatus, Failure> {
        let missing = |column| move || self.corrupt(column);
        let at = || self.status_at.map(Into::into).ok_or_else(missing("status_at"));
        match AcknowledgementState::from_code(&self.status) {
            Some(AcknowledgementState::Asked) => Ok(AcknowledgementStatus::Asked),
            Some(AcknowledgementState::Acknowledged) => Ok(AcknowledgementStatus::Acknowledged {
                at: at()?,
                edition: self.edition.ok_or_else(missing("edition"))?,
                digest: self.digest.clone().ok_or_else(missing("digest"))?,
                filed_by: self.filed_by_id.map(Into::into),
            }),
            Some(AcknowledgementState::Lapsed) => {
                let cause = self.cause.as_deref().and_then(LapseCause::from_code);
                Ok(AcknowledgementStatus::Lapsed { at: at()?, cause: cause.ok_or_else(missing("cause"))? })
            }
            None => Err(self.corrupt("status")),
        }
    }
}

impl TryFrom<Row> for RegulationAcknowledgement {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            regulation: row.regulation_id.into(),
            asking: row.version_id.into(),
            employee: row.employee_id.into(),
            department: row.department_id.into(),
            asked_at: row.asked_at.into(),
            status: row.standing()?,
            version: row.version,
        })
    }
}

impl Stored<crate::Governance> for RegulationAcknowledgement {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        let saved = save_row!(tx, acknowledgements, &row, before);
        // Another server asked the same person meanwhile: done again, this finds it.
        if before.is_none() && saved.as_ref().is_err_and(is_taken) {
            return Err(Failure::Moved);
        }
        guard(saved?)
    }
}

/// What the caller may see: what they are asked, and what people of departments in reach are.
pub(super) fn sight(reader: &Reader<'_>) -> Where {
    let sight = Sight::of(reader);
    covered!(
        sight,
        regulation_acknowledgements,
        "regulation_acknowledgement",
        acknowledgements::employee_id.eq(sight.employee)
    )
}

/// One acknowledgement, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn find(
    reader: &mut Reader<'_>,
    id: Id<RegulationAcknowledgement>,
) -> Result<RegulationAcknowledgement, Failure> {
    let (mut wanted, key) = (sight(reader), Key::from(id));
    wanted.also(acknowledgements::id.eq(key));
    let row: Row =
        db!(reader, |c| acknowledgements::table.filter(&wanted).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One acknowledgement whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<RegulationAcknowledgement>,
) -> Result<RegulationAcknowledgement, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| acknowledgements::table
        .filter(acknowledgements::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// Whether the caller may read the scan of a signed sheet.
pub(super) fn may_read(reader: &mut Reader<'_>, id: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadRegulations, |reader| find(reader, id.into()))
}
