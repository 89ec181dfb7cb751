//! What is done with an opportunity and looks at records: what its next stage asks for, whom it is handed to, the sale that wins
//! it. `[SAL-3]`

use super::{apply, row::open_with};
use crate::{
    customer_file, filing,
    organisation::{Register, employee},
    pipeline_terms, product, sale,
    schema::{interactions, quotations, sales_contracts},
    spine::{Failure, House, Instant, Key, Reader, Told, Tx, db},
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    customer_file::CustomerId,
    interaction::{InteractionKind, InteractionState},
    opportunity::{NO_EMPLOYEE, NewOpportunity, Opportunity, OpportunityContent},
    pipeline_terms::EntryFact,
    sales_contract::SalesContractState,
    spine::{BusinessDate, EmployeeId, Refusal},
};
use std::collections::BTreeSet;

/// Opens one with a customer in sight.
///
/// # Errors
/// A customer out of sight; what is not well formed.
pub fn open(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    content: OpportunityContent,
) -> Result<Opportunity, Failure> {
    customer_file::refer(tx, customer, "/customer_id")?.ensure_active()?;
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let owner = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let department = Register::of(tx)?.department_on(owner, today).or(tx.actor().department);
    let department = department.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let number = crate::spine::next_number(tx, &terms.content.opportunity_prefix)?;
    let first = terms.content.stages.first().map(|stage| stage.code.clone());
    let stage = first.ok_or_else(|| Failure::fault("no stage"))?;
    let new = NewOpportunity { id: tx.id(), number, customer, department, stage };
    let change = Opportunity::open(new, content, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// To the next stage, by what records show; that is progress of a filing as well.
///
/// # Errors
/// `opportunity.fact_missing`, `opportunity.last_stage`; another's, or one that is over.
pub fn advance(tx: &mut Tx<'_>, opportunity: Opportunity) -> Result<Opportunity, Failure> {
    let (when, terms) = ((tx.now(), tx.today()), pipeline_terms::today(tx)?);
    let wanted = opportunity.next_stage(&terms.content, tx.actor())?.entry.clone();
    let facts = facts(tx, &opportunity, &wanted)?;
    let change = opportunity.advance(&terms.content, &facts, tx.actor(), when)?;
    let opportunity = apply(tx, change)?;
    if let Some(line) = opportunity.content.product_line.clone() {
        filing::deed::progressed(tx, (opportunity.customer, opportunity.owner), &line)?;
    }
    Ok(opportunity)
}

/// What records show of an opportunity, of what is asked.
fn facts(
    reader: &mut Reader<'_>,
    opportunity: &Opportunity,
    wanted: &[EntryFact],
) -> Result<BTreeSet<EntryFact>, Failure> {
    let mut found = BTreeSet::new();
    for fact in wanted {
        let is_shown = match fact {
            EntryFact::VisitReported => visited(reader, opportunity)?,
            EntryFact::QuotationSent => quoted(reader, opportunity)?,
            EntryFact::ContractDrafted => contracted(reader, opportunity)?,
            EntryFact::FilingProtected => match opportunity.content.product_line.as_deref() {
                Some(line) => {
                    filing::deed::protects(reader, (opportunity.customer, opportunity.owner), line)?
                }
                None => false,
            },
            // It says that itself.
            EntryFact::EstimateGiven => false,
        };
        if is_shown {
            found.insert(*fact);
        }
    }
    Ok(found)
}

fn since(reader: &Reader<'_>, opportunity: &Opportunity) -> BusinessDate {
    opportunity.opened_at.date_in(reader.zone())
}

fn visited(reader: &mut Reader<'_>, opportunity: &Opportunity) -> Result<bool, Failure> {
    let (customer, day) = (Key::from(opportunity.customer), since(reader, opportunity));
    let visits = interactions::table
        .filter(interactions::customer_id.eq(customer).and(interactions::held_on.ge(day)))
        .filter(interactions::kind.eq(InteractionKind::Visit.code()))
        .filter(interactions::status.eq(InteractionState::Reported.code()))
        .filter(interactions::is_qualified.eq(true));
    Ok(db!(reader, |c| diesel::select(exists(visits)).get_result(c))?)
}

fn quoted(reader: &mut Reader<'_>, opportunity: &Opportunity) -> Result<bool, Failure> {
    let key = Key::from(opportunity.id);
    let sent = quotations::table
        .filter(quotations::opportunity_id.eq(Some(key)).and(quotations::sent_at.is_not_null()));
    Ok(db!(reader, |c| diesel::select(exists(sent)).get_result(c))?)
}

fn contracted(reader: &mut Reader<'_>, opportunity: &Opportunity) -> Result<bool, Failure> {
    let (customer, at) = (Key::from(opportunity.customer), Instant::from(opportunity.opened_at));
    let given_up = [SalesContractState::Void, SalesContractState::Rejected, SalesContractState::Cancelled]
        .map(|state| state.code());
    let drawn = sales_contracts::table
        .filter(sales_contracts::customer_id.eq(customer).and(sales_contracts::created_at.ge(at)))
        .filter(sales_contracts::status.ne_all(given_up));
    Ok(db!(reader, |c| diesel::select(exists(drawn)).get_result(c))?)
}

/// Hands it to somebody who works here.
///
/// # Errors
/// Where the caller does not supervise it; somebody who does not work here.
pub fn hand_over(
    tx: &mut Tx<'_>,
    opportunity: Opportunity,
    (to, reason): (EmployeeId, String),
) -> Result<Opportunity, Failure> {
    let (when, today) = ((tx.now(), tx.today()), tx.today());
    employee::refer_superior(tx, to, today, "/employee_id")?;
    let department = Register::of(tx)?.department_on(to, today).ok_or(Failure::NotFound)?;
    let change = opportunity.hand_over((to, department), reason, tx.actor(), when)?;
    apply(tx, change)
}

/// Which events say something about opportunities.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    kind == "sale.closed"
}

/// A sale that closes wins what its parties pursued with the customer: of its product lines, or of no line in particular.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let sale = sale::find_unscoped(tx, Key(told.entity))?;
    let mut lines = BTreeSet::new();
    for line in &sale.lines {
        lines.insert(product::find(tx, line.product)?.details.category);
    }
    let (when, mut parties) = ((tx.now(), tx.today()), sale.parties());
    parties.push(sale.submitter);
    for opportunity in open_with(tx, sale.customer)? {
        let is_of = opportunity.content.product_line.as_ref().is_none_or(|line| lines.contains(line));
        if is_of && parties.contains(&opportunity.owner) {
            let change = opportunity.win(sale.id, tx.actor(), when);
            apply(tx, change)?;
        }
    }
    Ok(())
}
