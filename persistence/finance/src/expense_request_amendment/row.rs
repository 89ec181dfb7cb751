//! Rows of amendments.

use crate::{
    approval::document::StandingColumns,
    schema::expense_request_amendments as amendments,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, is_taken, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    finance::expense_request_amendment::ExpenseRequestAmendment,
    spine::{Id, Permission, Version, search_text},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = amendments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub request_id: Key,
    pub revision: i32,
    pub reason: String,
    pub content: String,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub department_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(amendment: &ExpenseRequestAmendment, tx: &Tx<'_>) -> Result<Self, Failure> {
        let ExpenseRequestAmendment { id, petition, request, revision, reason, content, version } = amendment;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let StandingColumns { status, at, reason: status_reason } = StandingColumns::of(standing);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            request_id: (*request).into(),
            revision: *revision,
            reason: reason.clone(),
            content: serde_json::to_string(content)?,
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            department_id: content.department.into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status,
            status_at: at,
            status_reason,
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[], &[number, reason]),
        })
    }
}

impl TryFrom<Row> for ExpenseRequestAmendment {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let columns = StandingColumns { status: row.status, at: row.status_at, reason: row.status_reason };
        Ok(Self {
            id: row.id.into(),
            petition: Petition {
                number: row.number,
                creator: row.creator_id.into(),
                creator_employee: row.creator_employee_id.map(Into::into),
                submitter: row.submitter_id.into(),
                created_at: row.created_at.into(),
                standing: columns.standing("expense_request_amendments", row.id)?,
                approval: row.approval_id.map(Into::into),
            },
            request: row.request_id.into(),
            revision: row.revision,
            reason: row.reason,
            content: serde_json::from_str(&row.content)?,
            version: row.version,
        })
    }
}

impl Stored<crate::Finance> for ExpenseRequestAmendment {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, amendments, &row, before) {
            // Two that begin in the same instant: the second finds the first when it is done again.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// One amendment, if the caller may see it.
pub fn find(
    reader: &mut Reader<'_>,
    id: Id<ExpenseRequestAmendment>,
) -> Result<ExpenseRequestAmendment, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = amendments::table.filter(amendments::id.eq(key)).into_boxed();
        within!(query, sight, expense_request_amendments, "expense_request_amendment")
            .select(Row::as_select())
            .first(c)
    })?;
    row.try_into()
}

/// One amendment whoever asks: for the approval engine, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<ExpenseRequestAmendment>,
) -> Result<ExpenseRequestAmendment, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| amendments::table.filter(amendments::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// Whether the caller may read an amendment, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, amendment: Uuid) -> Result<bool, Failure> {
    let key = Key(amendment);
    reader.is_seen_by(Permission::ReadExpenseRequests, |reader| {
        let sight = Sight::of(reader);
        Ok(db!(reader, |c| {
            let query = amendments::table.filter(amendments::id.eq(key)).into_boxed();
            within!(query, sight, expense_request_amendments, "expense_request_amendment")
                .select(amendments::id)
                .first::<Key>(c)
        })?)
    })
}
