//! How requests and their amendments move the budget: in the transaction that moves the document. `[BUD-4, BUD-5]`

use super::RequestPolicies;
use crate::{
    finance::budget_line::{self, Ask, Asking, Charge},
    spine::{Failure, Tx},
};
use domain::{
    finance::{
        budget_line::{Amounts, DocumentRef},
        expense_request::{ExpenseRequest, RequestContent, RequestLine},
        expense_request_amendment::ExpenseRequestAmendment,
        petition::StandingState,
    },
    spine::EmployeeId,
};

/// What a document asks of the budget for a content's lines: so much of each, in minor units of the book currency.
pub(in crate::finance) fn asking<'a>(
    document: DocumentRef,
    submitter: EmployeeId,
    content: &'a RequestContent,
    amounts: &Amounts,
    policies: &'a RequestPolicies,
) -> Asking<'a> {
    let ask = |(number, line): (i32, &'a RequestLine)| {
        let charge = Charge {
            line: number,
            department: line.cost_centre,
            category: &line.category,
            campaign: content.campaign.as_deref(),
            region: content.region.as_deref(),
            is_reviewed: false,
        };
        Ask { charge, amount: amounts.get(&number).copied().unwrap_or(0), source: None }
    };
    Asking {
        document,
        submitter,
        date: content.business_date,
        categories: &policies.categories.content,
        lines: (1..).zip(&content.lines).map(ask).collect(),
    }
}

/// Moves what a request holds as it comes to a new state.
pub(in crate::finance) fn follow(tx: &mut Tx<'_>, request: &ExpenseRequest) -> Result<(), Failure> {
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
    budget_line::post(tx, desk, Some(request.petition.submitter))
}

/// An amendment came to nothing: what it reserved is free again.
pub(in crate::finance) fn let_go(
    tx: &mut Tx<'_>,
    amendment: &ExpenseRequestAmendment,
) -> Result<(), Failure> {
    let document = amendment.budget_document();
    let mut desk = budget_line::desk(tx, &[document], &[], amendment.content.business_date)?;
    desk.release(document)?;
    budget_line::post(tx, desk, Some(amendment.petition.submitter))
}

/// An amendment takes effect: what it reserved and what the request still held is let go, and what the request
/// says now, less what claims took already, is promised to it. All or nothing.
pub(in crate::finance) fn amend(
    tx: &mut Tx<'_>,
    request: &ExpenseRequest,
    amendment: &ExpenseRequestAmendment,
    policies: &RequestPolicies,
) -> Result<(), Failure> {
    let (own, extra) = (request.budget_document(), amendment.budget_document());
    let (left, submitter) = (request.remaining()?, request.petition.submitter);
    let demands = budget_line::demands(tx, &asking(own, submitter, &request.content, &left, policies))?;
    let lines: Vec<_> = demands.iter().map(|demand| demand.budget_line).collect();
    let mut desk = budget_line::desk(tx, &[own, extra], &lines, request.content.business_date)?;
    desk.release(extra)?;
    desk.release(own)?;
    desk.reserve(own, &demands)?;
    desk.commit(own, &left)?;
    budget_line::post(tx, desk, Some(submitter))
}
