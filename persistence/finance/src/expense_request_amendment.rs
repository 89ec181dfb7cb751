//! Amendments of expense requests: at most one of a request is under way, and the request follows it when it is
//! approved. `[EXP-5]`

/// What moves more than the amendment itself.
pub mod deed;
mod row;
pub(crate) mod settle;
/// What one amendment looks like.
pub mod view;

pub use row::find;
pub(crate) use row::may_read;
pub use view::{
    AmendmentFilter, AmendmentSummary, AmendmentView, EXPENSE_REQUEST_AMENDMENT, list, show, view,
};

use crate::{
    file,
    policy::Shipped,
    schema::expense_request_amendments as amendments,
    spine::{Failure, Key, Part, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::StandingState,
    finance::{
        AMENDMENT_CHAIN_CODE, SHIPPED_REQUEST_CHAIN,
        expense_request::{AMENDMENT_OPEN, ExpenseRequest},
        expense_request_amendment::ExpenseRequestAmendment,
    },
    spine::{Change, Citation, Entity, Id, Refusal},
};
use std::collections::BTreeSet;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &file::DocumentKind { kind: ExpenseRequestAmendment::KIND, may_read },
    &Shipped::text(
        AMENDMENT_CHAIN_CODE,
        "费用申请变更审批链",
        "000 §9.3(2)；003 营销费用审批流程",
        SHIPPED_REQUEST_CHAIN,
    ),
];

/// An amendment that is under way.
#[derive(Clone, Debug)]
pub(crate) struct OpenAmendment {
    pub id: Key,
    pub number: String,
    pub in_approval: bool,
}

/// The amendment of a request that is under way, if there is one.
pub(crate) fn open_of(
    reader: &mut Reader<'_>,
    request: Id<ExpenseRequest>,
) -> Result<Option<OpenAmendment>, Failure> {
    let open = ["draft", "in_approval", "returned", "withdrawn"];
    let found: Option<(Key, String, String)> = db!(reader, |c| amendments::table
        .filter(amendments::request_id.eq(Key::from(request)).and(amendments::status.eq_any(open)))
        .select((amendments::id, amendments::number, amendments::status))
        .first(c)
        .optional())?;
    Ok(found.map(|(id, number, status)| OpenAmendment {
        id,
        number,
        in_approval: status == StandingState::InApproval.code(),
    }))
}

crate::spine::resource! { crate::Finance: ExpenseRequestAmendment as AmendmentView; find, apply, show = show }

/// Writes a change of an amendment.
pub fn apply(
    tx: &mut Tx<'_>,
    change: Change<ExpenseRequestAmendment>,
) -> Result<ExpenseRequestAmendment, Failure> {
    tx.apply(change)
}

/// Makes the new files of its content the papers of an amendment; those of the request stay with the request.
pub fn keep_papers(
    tx: &mut Tx<'_>,
    amendment: &ExpenseRequestAmendment,
    request: &ExpenseRequest,
) -> Result<(), Failure> {
    let theirs: BTreeSet<_> = request.content.attachments.iter().collect();
    let own: Vec<_> =
        amendment.content.attachments.iter().filter(|file| !theirs.contains(file)).copied().collect();
    let kind = ExpenseRequestAmendment::KIND;
    file::attach_exactly(tx, &own, kind, amendment.id.uuid(), "/changes/attachments")
}

/// The refusal of a second amendment while one is under way.
fn already_open(number: String) -> Failure {
    Refusal::new(AMENDMENT_OPEN).with("amendment", number).citing(Citation::rule("EXP-5")).into()
}
