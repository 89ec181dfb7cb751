//! In whose name money is held: in that of the document's submitter, whoever moves it. A claim that a colleague draws
//! on a request takes it out of the one name into the other. `[BUD-8]`

use crate::{
    schema::{
        expense_claims as claims, expense_request_amendments as amendments, expense_requests as requests,
    },
    spine::{Failure, Key, Reader, cached, db},
};
use diesel::prelude::*;
use domain::{
    finance::budget_line::{BudgetEntry, DocumentKind, DocumentRef},
    spine::EmployeeId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The names of all documents that entries were made for; that of `own` is known.
pub(super) fn of_all(
    reader: &mut Reader<'_>,
    entries: &[BudgetEntry],
    own: Option<(DocumentRef, EmployeeId)>,
) -> Result<BTreeMap<DocumentRef, EmployeeId>, Failure> {
    let mut names: BTreeMap<_, _> = own.into_iter().collect();
    let documents: BTreeSet<_> =
        entries.iter().filter_map(|entry| entry.document).map(|at| at.document).collect();
    for document in documents {
        if !names.contains_key(&document)
            && let Some(name) = of(reader, document)?
        {
            names.insert(document, name);
        }
    }
    Ok(names)
}

/// Whose document it is; none of those that fund lines, which nobody uses.
fn of(reader: &mut Reader<'_>, document: DocumentRef) -> Result<Option<EmployeeId>, Failure> {
    let key = Key(document.id);
    let submitter: Key = match document.kind {
        DocumentKind::Budget | DocumentKind::BudgetChange => return Ok(None),
        DocumentKind::ExpenseClaim => {
            db!(reader, |c| cached(claims::table.filter(claims::id.eq(key)).select(claims::submitter_id))
                .get_result(c))?
        }
        DocumentKind::ExpenseRequest => db!(reader, |c| cached(
            requests::table.filter(requests::id.eq(key)).select(requests::submitter_id)
        )
        .get_result(c))?,
        DocumentKind::ExpenseRequestAmendment => db!(reader, |c| amendments::table
            .filter(amendments::id.eq(key))
            .select(amendments::submitter_id)
            .first(c))?,
    };
    Ok(Some(submitter.into()))
}
