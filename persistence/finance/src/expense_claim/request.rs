//! The approved request a claim draws on: it is locked before the budget's lines, so that two claims on one request
//! never take the same money. `[EXP-4]`

use super::load;
use crate::{
    approval,
    finance::expense_request as requests,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    finance::{
        expense_claim::{Application, ClaimContent, ExpenseClaim, FellowClaim, Line, Taken},
        expense_request::ExpenseRequest,
    },
    spine::Id,
};

/// The request a claim names, as it stands now.
pub(super) fn of(reader: &mut Reader<'_>, content: &ClaimContent) -> Result<Option<ExpenseRequest>, Failure> {
    content.request.map(|id| requests::find_unscoped(reader, id)).transpose()
}

/// The other claims that take of the request, where a claim goes beyond it: what they went beyond it counts as well. Who
/// submits holds the request, so that none of them moves meanwhile. `[EXP-7]`
pub(super) fn fellows(
    reader: &mut Reader<'_>,
    claim: &ExpenseClaim,
    request: Option<&ExpenseRequest>,
) -> Result<Vec<FellowClaim>, Failure> {
    let Some(request) = request else { return Ok(Vec::new()) };
    if !claim.is_over_run(request)? {
        return Ok(Vec::new());
    }
    let mut taking = load::fellows(reader, request.id)?;
    taking.retain(|other| other.id != claim.id);
    Ok(taking)
}

/// The requests under which its advertisements were placed, as far as there are such, and when each was approved.
/// `[EXP-8]`
pub(super) fn applications(
    reader: &mut Reader<'_>,
    content: &ClaimContent,
) -> Result<Vec<Application>, Failure> {
    let mut found = Vec::new();
    for id in content.applications() {
        match requests::find_unscoped(reader, id) {
            Ok(request) => found.push(application(reader, request)?),
            Err(Failure::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
}

fn application(reader: &mut Reader<'_>, request: ExpenseRequest) -> Result<Application, Failure> {
    let approval = request.petition.approval;
    let at = approval.map(|approval| approval::approved_at(reader, approval)).transpose()?.flatten();
    Ok(Application { request, approved_on: at.map(|at| at.date_in(reader.zone())) })
}

/// The request a claim names, held until the end of the unit of work.
pub(super) fn locked(tx: &mut Tx<'_>, content: &ClaimContent) -> Result<Option<ExpenseRequest>, Failure> {
    content.request.map(|id| lock(tx, id)).transpose()
}

/// A request, held until the end of the unit of work.
pub(crate) fn lock(tx: &mut Tx<'_>, id: Id<ExpenseRequest>) -> Result<ExpenseRequest, Failure> {
    tx.connection().lock_rows("expense_requests", &[Key::from(id)])?;
    requests::find_unscoped(tx, id)
}

/// Takes of the request what the claim asks for, as far as it is there; answers whether it asks for more.
pub(super) fn draw(
    tx: &mut Tx<'_>,
    claim: &ExpenseClaim,
    request: Option<ExpenseRequest>,
) -> Result<bool, Failure> {
    let Some(request) = request else { return Ok(false) };
    let beside = claim.content.goes_beside(&request);
    let (change, over_run) = request.draw(claim.id, &claim.content.wishes()?)?;
    if let Some(change) = change {
        requests::apply(tx, change)?;
    }
    Ok(over_run || beside)
}

/// Moves what a claim took of its request as the claim moves.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    let Some(taken) = ExpenseClaim::taken(before, after) else { return Ok(()) };
    let Some(id) = after.content.request else { return Ok(()) };
    let (request, now) = (lock(tx, id)?, tx.now());
    let change = match taken {
        Taken::Kept => request.keep(after.id, &after.content.book_amounts(Line::approved)?, now)?,
        Taken::GivenBack => request.give_back(after.id, now),
    };
    if let Some(change) = change {
        requests::apply(tx, change)?;
    }
    Ok(())
}
