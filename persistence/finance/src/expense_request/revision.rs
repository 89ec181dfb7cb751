//! What a request said in each of its approved versions: kept when it is approved, and with each amendment. `[EXP-5]`

use super::view::{ContentView, shown_content};
use crate::{
    organisation::Register,
    schema::{expense_request_amendments as amendments, expense_request_revisions as revisions},
    spine::{Failure, Instant, Key, Reader, Tx, View, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_request::{ExpenseRequest, RequestContent},
        expense_request_amendment::ExpenseRequestAmendment,
    },
    spine::{AnyId, Id, Timestamp},
};
use serde::Serialize;
use utoipa::ToSchema;

/// An approved version of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestRevision)]
pub struct RevisionView {
    /// Which one, counted from 1.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// Since when it holds.
    pub approved_at: Timestamp,
    /// The amendment that brought it; null for the first.
    pub amendment_id: Option<AnyId>,
    /// Why it was amended.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// What the request said.
    pub content: ContentView,
}

/// The approved versions of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseRequestHistory)]
pub struct HistoryView {
    /// Its versions, the first first.
    #[schema(max_items = 1000)]
    pub data: Vec<RevisionView>,
}

impl View for HistoryView {}

/// Keeps what a request says now.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    request: &ExpenseRequest,
    amendment: Option<Id<ExpenseRequestAmendment>>,
) -> Result<(), Failure> {
    let row = (
        revisions::request_id.eq(Key::from(request.id)),
        revisions::revision.eq(request.revision),
        revisions::amendment_id.eq(amendment.map(Key::from)),
        revisions::content.eq(serde_json::to_string(&request.content)?),
        revisions::approved_at.eq(Instant::from(tx.now())),
    );
    db!(tx, |c| diesel::insert_into(revisions::table).values(&row).execute(c))?;
    Ok(())
}

/// What a request said when it was approved first; none where it was not approved yet.
pub(super) fn first_of(
    reader: &mut Reader<'_>,
    request: &ExpenseRequest,
) -> Result<Option<RequestContent>, Failure> {
    let first = revisions::request_id.eq(Key::from(request.id)).and(revisions::revision.eq(1));
    let content: Option<String> =
        db!(reader, |c| revisions::table.filter(first).select(revisions::content).first(c).optional())?;
    Ok(content.map(|content| serde_json::from_str(&content)).transpose()?)
}

/// The approved versions of a request that the caller may see.
pub fn history(reader: &mut Reader<'_>, id: Id<ExpenseRequest>) -> Result<HistoryView, Failure> {
    let request = super::find(reader, id)?;
    type Row = (i32, Instant, Option<Key>, Option<String>, String);
    let rows: Vec<Row> = db!(reader, |c| revisions::table
        .left_join(amendments::table.on(revisions::amendment_id.eq(amendments::id.nullable())))
        .filter(revisions::request_id.eq(Key::from(request.id)))
        .order(revisions::revision)
        .select((
            revisions::revision,
            revisions::approved_at,
            revisions::amendment_id,
            amendments::reason.nullable(),
            revisions::content
        ))
        .load(c))?;
    let register = Register::of(reader)?;
    let view = |(revision, approved_at, amendment, reason, content): Row| {
        let content: RequestContent = serde_json::from_str(&content)?;
        Ok(RevisionView {
            revision,
            approved_at: approved_at.into(),
            amendment_id: amendment.map(|key| key.0.into()),
            reason,
            content: shown_content(&register, content)?,
        })
    };
    Ok(HistoryView { data: rows.into_iter().map(view).collect::<Result<_, Failure>>()? })
}
