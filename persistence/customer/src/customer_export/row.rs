//! Rows of exports.

use crate::{
    approval::document::StandingColumns,
    schema::customer_exports as exports,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    customer_export::{CustomerExport, ExportContent},
    spine::{BusinessDate, Entity, Id, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = exports, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub list: String,
    pub row_limit: i64,
    pub until_on: BusinessDate,
    pub reason: String,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

impl From<&CustomerExport> for Row {
    fn from(drafted: &CustomerExport) -> Self {
        let CustomerExport { id, petition, department, content, version } = drafted;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let ExportContent { list, rows, until, reason } = content;
        let StandingColumns { status, at, reason: status_reason } = StandingColumns::of(standing);
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            list: list.clone(),
            row_limit: *rows,
            until_on: *until,
            reason: reason.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            status,
            status_at: at,
            status_reason,
            approval_id: approval.map(Into::into),
            version: *version,
        }
    }
}

impl TryFrom<Row> for CustomerExport {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, number, department_id, list, row_limit, until_on, reason, creator_id, .. } = row;
        let Row { creator_employee_id, submitter_id, created_at, status, status_at, .. } = row;
        let Row { status_reason, approval_id, version, .. } = row;
        let columns = StandingColumns { status, at: status_at, reason: status_reason };
        Ok(Self {
            id: id.into(),
            petition: Petition {
                number,
                creator: creator_id.into(),
                creator_employee: creator_employee_id.map(Into::into),
                submitter: submitter_id.into(),
                created_at: created_at.into(),
                standing: columns.standing("customer_exports", id)?,
                approval: approval_id.map(Into::into),
            },
            department: department_id.into(),
            content: ExportContent { list, rows: row_limit, until: until_on, reason },
            version,
        })
    }
}

impl Stored<crate::Customer> for CustomerExport {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, exports, &row, before)?)
    }
}

/// One request whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<CustomerExport>,
) -> Result<CustomerExport, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| exports::table.filter(exports::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One request, if the caller may see it: who asked, whoever reaches the department, and its approvers.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<CustomerExport>) -> Result<CustomerExport, Failure> {
    let (sight, drafted) = (Sight::of(reader), find_unscoped(reader, id)?);
    let is_own = drafted.petition.is_own(reader.actor());
    let (key, department) = (Key::from(drafted.id), Key::from(drafted.department));
    if sight.covers(reader, CustomerExport::KIND, key, department, is_own)? {
        Ok(drafted)
    } else {
        Err(Failure::NotFound)
    }
}

/// Whether somebody's request lets them take a list of so many rows away today.
pub(super) fn is_allowed(reader: &mut Reader<'_>, list: &str, rows: i64) -> Result<bool, Failure> {
    let (user, today) = (Key::from(reader.actor().user), reader.today());
    let mine = exports::creator_id.eq(user).and(exports::status.eq("approved"));
    let covers = exports::list.eq(list).and(exports::row_limit.ge(rows)).and(exports::until_on.ge(today));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(exports::table.filter(mine.and(covers))))
        .get_result(c))?)
}
