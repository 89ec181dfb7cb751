//! How requests and their amendments move the budget: in the transaction that moves the document. `[BUD-4, BUD-5]`

use super::RequestPolicies;
use crate::{
    finance::{
        accounting_period,
        budget_line::{self, Charge, Charged, charge},
    },
    spine::{Failure, Reader, Tx},
};
use domain::{
    finance::{
        budget_line::{Amounts, Demand, Desk, DocumentRef, Effect},
        expense_request::{ExpenseRequest, RequestContent},
        expense_request_amendment::ExpenseRequestAmendment,
        period::Period,
        petition::StandingState,
    },
    spine::EmployeeId,
};

/// What the budget says to what is asked.
#[derive(Clone, Debug, Default)]
pub(in crate::finance) struct Verdict {
    /// Whether it needs the special review.
    pub over_budget: bool,
    /// What is reserved of each line.
    pub effect: Effect,
}

/// Something that asks for money of budget lines.
#[derive(Clone, Copy, Debug)]
pub(in crate::finance) struct Asking<'a> {
    /// Which document holds it.
    pub document: DocumentRef,
    /// In whose name.
    pub submitter: EmployeeId,
    /// What it says.
    pub content: &'a RequestContent,
    /// How much of each line, in minor units of the book currency.
    pub amounts: &'a Amounts,
}

/// Reserves what is asked, before the approval is opened: the chain asks whether it goes beyond the budget.
pub(in crate::finance) fn reserve(
    tx: &mut Tx<'_>,
    asking: Asking<'_>,
    policies: &RequestPolicies,
) -> Result<Verdict, Failure> {
    let charged = charged(tx, asking.content, policies)?;
    if charged.lines.is_empty() {
        return Ok(verdict(Effect::default(), &charged));
    }
    let lines: Vec<_> = charged.lines.iter().map(|(_, line)| *line).collect();
    let mut desk = budget_line::desk(tx, &[asking.document], &lines, asking.content.business_date)?;
    let effect = demand(&mut desk, asking, &charged)?;
    budget_line::post(tx, desk, Some(asking.submitter))?;
    Ok(verdict(effect, &charged))
}

/// What reserving would do, without doing it. `[APR-8]`
pub(in crate::finance) fn foresee(
    reader: &mut Reader<'_>,
    asking: Asking<'_>,
    policies: &RequestPolicies,
) -> Result<Verdict, Failure> {
    let charged = charged(reader, asking.content, policies)?;
    let lines: Vec<_> = charged.lines.iter().map(|(_, line)| *line).collect();
    let mut desk = budget_line::look(reader, &[asking.document], &lines, asking.content.business_date)?;
    let effect = demand(&mut desk, asking, &charged)?;
    Ok(verdict(effect, &charged))
}

fn verdict(effect: Effect, charged: &Charged) -> Verdict {
    Verdict { over_budget: effect.is_over_budget() || charged.outside, effect }
}

/// The budget lines of a content's lines.
fn charged(
    reader: &mut Reader<'_>,
    content: &RequestContent,
    policies: &RequestPolicies,
) -> Result<Charged, Failure> {
    let month = accounting_period::open_month(reader, Period::month_of(content.business_date))?;
    let charges: Vec<Charge<'_>> = (1..)
        .zip(&content.lines)
        .map(|(number, line)| Charge {
            line: number,
            department: line.cost_centre,
            category: &line.category,
            campaign: content.campaign.as_deref(),
            region: content.region.as_deref(),
        })
        .collect();
    charge(reader, month, &policies.categories.content, &charges)
}

fn demand(desk: &mut Desk, asking: Asking<'_>, charged: &Charged) -> Result<Effect, Failure> {
    let demand = |(line, budget_line): &(i32, _)| Demand {
        line: *line,
        budget_line: *budget_line,
        amount: asking.amounts.get(line).copied().unwrap_or(0),
        source: None,
    };
    let demands: Vec<Demand> = charged.lines.iter().map(demand).collect();
    Ok(desk.reserve(asking.document, &demands)?)
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
    let charged = charged(tx, &request.content, policies)?;
    let (own, extra) = (request.budget_document(), amendment.budget_document());
    let lines: Vec<_> = charged.lines.iter().map(|(_, line)| *line).collect();
    let mut desk = budget_line::desk(tx, &[own, extra], &lines, request.content.business_date)?;
    desk.release(extra)?;
    desk.release(own)?;
    let left = request.remaining()?;
    let submitter = request.petition.submitter;
    let asking = Asking { document: own, submitter, content: &request.content, amounts: &left };
    demand(&mut desk, asking, &charged)?;
    desk.commit(own, &left)?;
    budget_line::post(tx, desk, Some(submitter))
}
