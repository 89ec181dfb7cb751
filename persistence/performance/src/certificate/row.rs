//! Rows of certificates.

use crate::{
    organisation::Organisation,
    schema::certificates,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    certificate::{Certificate, CertificateStatus, CertificateText},
    spine::{BusinessDate, Id, Version, search_text},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = certificates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub employee_id: Option<Key>,
    pub department_id: Key,
    pub period: String,
    incident: Key,
    detail: String,
    pub issued_on: BusinessDate,
    pub status: String,
    pub changed_at: Instant,
    pub version: Version,
    search_text: String,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    text: CertificateText,
    status: CertificateStatus,
}

impl Row {
    fn of(certificate: &Certificate, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Certificate {
            id,
            number,
            employee,
            department,
            period,
            incident,
            text,
            issued_on,
            status,
            version,
        } = certificate;
        let detail = Detail { text: text.clone(), status: status.clone() };
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            employee_id: employee.map(Into::into),
            department_id: (*department).into(),
            period: period.to_string(),
            incident: Key(*incident),
            detail: serde_json::to_string(&detail)?,
            issued_on: *issued_on,
            status: status.state().code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[&text.holder], &[number, &text.title.zh]),
        })
    }
}

impl TryFrom<Row> for Certificate {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { text, status } = serde_json::from_str(&row.detail)?;
        let period = row.period.parse().map_err(|_| Failure::corrupt("certificates", "period", row.id.0))?;
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            employee: row.employee_id.map(Into::into),
            department: row.department_id.into(),
            period,
            incident: row.incident.0,
            text,
            issued_on: row.issued_on,
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for Certificate {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, certificates, &row, before) {
            // Another server issued it meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// That which was issued for something.
pub(super) fn of_incident(reader: &mut Reader<'_>, incident: Uuid) -> Result<Option<Certificate>, Failure> {
    let key = Key(incident);
    let row: Option<Row> = db!(reader, |c| certificates::table
        .filter(certificates::incident.eq(key))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// One certificate that the caller may see: their own, that of somebody below them, of a department in reach, and of the team
/// they are in.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Certificate>) -> Result<Certificate, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| certificates::table
        .filter(certificates::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    let certificate = Certificate::try_from(row)?;
    if reader.reach().covers(certificate.department, false) {
        return Ok(certificate);
    }
    let sees = match certificate.employee {
        Some(employee) => reader.actor().is(employee) || Organisation::caller_is_above(reader, employee)?,
        None => own_department(reader)? == Some(certificate.department),
    };
    if sees { Ok(certificate) } else { Err(Failure::NotFound) }
}

/// Where the caller works.
pub(super) fn own_department(
    reader: &mut Reader<'_>,
) -> Result<Option<domain::spine::DepartmentId>, Failure> {
    use domain::approval::Directory;
    let Some(employee) = reader.actor().employee else { return Ok(None) };
    Ok(Organisation::today(reader)?.department_of(employee))
}
