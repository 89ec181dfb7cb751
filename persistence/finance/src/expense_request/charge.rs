//! How requests and their amendments move the budget: in the transaction that moves the document. `[BUD-4, BUD-5]`

use super::RequestPolicies;
use crate::{
    finance::budget_line::{self, Ask, Asking, Charge},
    spine::{Failure, Reader, Tx},
};
use domain::{
    approval::StandingState,
    finance::{
        budget_line::DocumentRef,
        expense_request::{ExpenseRequest, RequestContent, RequestLine},
        expense_request_amendment::{ExpenseRequestAmendment, More},
    },
    spine::EmployeeId,
};
use std::collections::BTreeSet;

/// What a request asks of the budget: all that its lines say.
pub(crate) fn asking<'a>(
    request: &'a ExpenseRequest,
    policies: &'a RequestPolicies,
) -> Result<Asking<'a>, Failure> {
    let amounts = request.content.book_amounts()?;
    let all = |number| amounts.get(&number).map(|amount| More { amount: *amount, on: None });
    let (document, submitter) = (request.budget_document(), request.petition.submitter);
    Ok(asked(document, submitter, &request.content, policies, all))
}

/// What an amendment asks of the budget, beyond what its request holds.
pub(crate) fn asking_more<'a>(
    reader: &mut Reader<'_>,
    amendment: &'a ExpenseRequestAmendment,
    request: &ExpenseRequest,
    policies: &'a RequestPolicies,
) -> Result<Asking<'a>, Failure> {
    let held = budget_line::holdings_of(reader, &[request.budget_document()])?;
    let held = held.into_iter().map(|held| (held.document.line, (held.line, held.committed))).collect();
    let more = amendment.asked_more(request, &held)?;
    let (document, submitter) = (amendment.budget_document(), amendment.petition.submitter);
    Ok(asked(document, submitter, &amendment.content, policies, |number| more.get(&number).copied()))
}

fn asked<'a>(
    document: DocumentRef,
    submitter: EmployeeId,
    content: &'a RequestContent,
    policies: &'a RequestPolicies,
    of_line: impl Fn(i32) -> Option<More>,
) -> Asking<'a> {
    let ask = |(number, line): (i32, &'a RequestLine)| {
        let More { amount, on } = of_line(number)?;
        let charge = Charge {
            line: number,
            department: line.cost_centre,
            category: &line.category,
            campaign: content.campaign.as_deref(),
            region: content.region.as_deref(),
            is_reviewed: false,
        };
        Some(Ask { charge, amount, source: None, on })
    };
    Asking {
        document,
        submitter,
        date: content.business_date,
        categories: &policies.categories.content,
        lines: (1..).zip(&content.lines).filter_map(ask).collect(),
    }
}

/// Moves what a request holds as it comes to a new state.
pub(crate) fn follow(tx: &mut Tx<'_>, request: &ExpenseRequest) -> Result<(), Failure> {
    let document = request.budget_document();
    if budget_line::holdings_of(tx, &[document])?.is_empty() {
        return Ok(());
    }
    let mut desk = budget_line::desk(tx, &[document], &[], request.content.business_date)?;
    match request.petition.state() {
        StandingState::Approved => desk.commit(document, &request.content.book_amounts()?)?,
        StandingState::Closed => desk.finish(document)?,
        _ => desk.release(document)?,
    }
    budget_line::post(tx, desk, Some((document, request.petition.submitter)))
}

/// An amendment came to nothing: what it reserved is free again.
pub(crate) fn let_go(tx: &mut Tx<'_>, amendment: &ExpenseRequestAmendment) -> Result<(), Failure> {
    let document = amendment.budget_document();
    let mut desk = budget_line::desk(tx, &[document], &[], amendment.content.business_date)?;
    desk.release(document)?;
    budget_line::post(tx, desk, Some((document, amendment.petition.submitter)))
}

/// An amendment takes effect: what it reserved is let go, and what the request says now, less what claims took already,
/// is promised to it, on the lines that were looked at when the amendment was submitted. All or nothing.
pub(crate) fn amend(
    tx: &mut Tx<'_>,
    request: &ExpenseRequest,
    amendment: &ExpenseRequestAmendment,
    alike: &BTreeSet<i32>,
) -> Result<(), Failure> {
    let (own, extra) = (request.budget_document(), amendment.budget_document());
    let mut desk = budget_line::desk(tx, &[own, extra], &[], request.content.business_date)?;
    desk.amend(own, extra, &request.remaining()?, alike)?;
    budget_line::post(tx, desk, Some((own, request.petition.submitter)))
}
