//! How claims move the budget: in the transaction that moves the claim, whatever moves it. `[BUD-4]`

use super::PoliciesInForce;
use crate::{
    finance::budget_line::{self, Ask, Asking, Charge},
    spine::{Failure, Tx},
};
use domain::finance::{
    budget_line::{DocumentKind, DocumentLine, DocumentRef},
    expense_claim::{BudgetMove, ClaimContent, ExpenseClaim, Line},
};

/// What a claim asks of the budget: of its request's lines first, where it draws on one.
pub(super) fn asking<'a>(
    claim: &'a ExpenseClaim,
    policies: &'a PoliciesInForce,
) -> Result<Asking<'a>, Failure> {
    let content = &claim.content;
    let asked = content.book_amounts(|line| line.claimed)?;
    let ask = |(number, line): (i32, &'a Line)| {
        let source = source_of(content, line);
        let charge = Charge {
            line: number,
            department: line.cost_centre,
            category: &line.category,
            campaign: content.campaign.as_deref(),
            region: content.region.as_deref(),
            is_reviewed: source.is_some(),
        };
        Ask { charge, amount: asked.get(&number).copied().unwrap_or(0), source, on: None }
    };
    Ok(Asking {
        document: claim.budget_document(),
        submitter: claim.petition.submitter,
        date: content.business_date,
        categories: &policies.categories.content,
        lines: (1..).zip(&content.lines).map(ask).collect(),
    })
}

fn request_of(content: &ClaimContent) -> Option<DocumentRef> {
    content.request.map(|request| DocumentRef::new(DocumentKind::ExpenseRequest, request.uuid()))
}

fn source_of(content: &ClaimContent, line: &Line) -> Option<DocumentLine> {
    Some(request_of(content)?.line(line.request_line?))
}

/// Moves what a claim holds as the claim moves.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    let Some(moved) = ExpenseClaim::budget_move(before, after)? else { return Ok(()) };
    let document = after.budget_document();
    if budget_line::holdings_of(tx, &[document])?.is_empty() {
        return Ok(());
    }
    let date = match &moved {
        BudgetMove::Commit(_) | BudgetMove::Release => after.content.business_date,
        BudgetMove::Spend(_, paid_on) => *paid_on,
        BudgetMove::Reverse => tx.today(),
    };
    let documents: Vec<_> = request_of(&after.content).into_iter().chain([document]).collect();
    let mut desk = budget_line::desk(tx, &documents, &[], date)?;
    match moved {
        BudgetMove::Commit(approved) => desk.commit(document, &approved)?,
        BudgetMove::Release => desk.release(document)?,
        BudgetMove::Spend(paid, _) => desk.spend(document, &paid)?,
        BudgetMove::Reverse => desk.reverse(document)?,
    }
    budget_line::post(tx, desk, Some((document, after.petition.submitter)))
}
