//! What happens to instalments: planned when their sale opens, set to a day by what comes about, paid in turn, dropped. Lock
//! order: the sale, then its instalments by their places. `[REC-1a, REC-1d]`

use super::row::locked_of;
use crate::{
    credit_grant::exposure,
    receivable_terms, sales_contract, sales_order,
    schema::instalments,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    instalment::{
        Instalment, InstalmentState, InstalmentTerm, Milestone, Owed, amounts_of, check_days, open_of,
    },
    sale::{Deal, Sale},
    spine::BusinessDate,
};

/// What of a sale instalments follow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    total: i64,
    received: i64,
    is_closed: bool,
    fell_through: bool,
}

impl From<&Sale> for Course {
    fn from(sale: &Sale) -> Self {
        Self {
            total: sale.total,
            received: sale.received,
            is_closed: sale.closing.is_some(),
            fell_through: sale.fell_through_at.is_some(),
        }
    }
}

/// Instalments follow their sale, whatever moved it: planned as it opens, set by its signature, paid in turn by what is received,
/// dropped where it comes to nothing.
pub(crate) fn follow(tx: &mut Tx<'_>, sale: &Sale, before: Option<Course>) -> Result<(), Failure> {
    let now = Course::from(sale);
    let Some(before) = before else { return plan(tx, sale) };
    if before == now {
        return Ok(());
    }
    if now.fell_through || now.total <= 0 {
        return drop_all(tx, sale.deal);
    }
    if now.is_closed && !before.is_closed {
        let on = signed_on(tx, sale.deal)?;
        reached(tx, sale.deal, Milestone::Signature, on)?;
    }
    if (before.total, before.received) == (now.total, now.received) { Ok(()) } else { settle(tx, sale) }
}

/// The day that the signature of a contract bears; today for an order.
fn signed_on(tx: &mut Tx<'_>, deal: Deal) -> Result<BusinessDate, Failure> {
    let today = tx.today();
    let Deal::Contract(id) = deal else { return Ok(today) };
    let contract = sales_contract::find_unscoped(tx, id)?;
    Ok(contract.signature.map_or(today, |signature| signature.on))
}

/// Plans what a document says; where it says nothing, all of it as the customer was granted days, or as the company's terms say.
fn plan(tx: &mut Tx<'_>, sale: &Sale) -> Result<(), Failure> {
    let (said, milestone) = match sale.deal {
        Deal::Contract(id) => {
            (sales_contract::find_unscoped(tx, id)?.content.instalments, Milestone::Signature)
        }
        Deal::Order(id) => (sales_order::find_unscoped(tx, id)?.content.instalments, Milestone::Approval),
    };
    let terms = if said.is_empty() { vec![unsaid(tx, sale.customer, milestone)?] } else { said };
    let (now, amounts) = ((tx.now(), tx.today()), amounts_of(&terms, sale.total));
    for ((place, term), amount) in (1..).zip(&terms).zip(amounts) {
        let instalment = Instalment {
            id: tx.id(),
            deal: sale.deal,
            number: sale.number.clone(),
            place,
            department: sale.department,
            customer: sale.customer,
            submitter: sale.submitter,
            amount,
            after: term.awaited(),
            due_on: term.due_on,
            is_called: false,
            dropped_at: None,
            entries: Vec::new(),
            version: 0,
        };
        let instalment = tx.apply(instalment.plan(now))?;
        if let Ok(change) = instalment.reached(Milestone::Approval, now.1) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

fn unsaid(tx: &mut Tx<'_>, customer: CustomerId, milestone: Milestone) -> Result<InstalmentTerm, Failure> {
    let granted = exposure::days_of(tx, customer)?;
    let days = match granted {
        Some(days) => days,
        None => receivable_terms::today(tx)?.content.due_days,
    };
    let (share_bp, after) = (Some(10_000), Some(milestone));
    Ok(InstalmentTerm { share_bp, amount: None, due_on: None, after, days: Some(days) })
}

/// Something came about for a contract or an order: what waits for it is due so many days later.
pub(crate) fn reached(
    tx: &mut Tx<'_>,
    deal: Deal,
    milestone: Milestone,
    on: BusinessDate,
) -> Result<(), Failure> {
    for instalment in locked_of(tx, deal)? {
        if let Ok(change) = instalment.reached(milestone, on) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

/// What is open of each by now.
fn settle(tx: &mut Tx<'_>, sale: &Sale) -> Result<(), Failure> {
    let (instalments, now) = (locked_of(tx, sale.deal)?, (tx.now(), tx.today()));
    let owed = |instalment: &Instalment| Owed {
        place: instalment.place,
        due_on: instalment.due_on,
        amount: instalment.amount,
    };
    let turn: Vec<Owed> = instalments.iter().map(owed).collect();
    let open = open_of(&turn, sale.total, sale.received);
    for (instalment, open) in instalments.into_iter().zip(open) {
        if let Ok(change) = instalment.stand_at(open, now) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

fn drop_all(tx: &mut Tx<'_>, deal: Deal) -> Result<(), Failure> {
    let now = (tx.now(), tx.today());
    for instalment in locked_of(tx, deal)? {
        if let Ok(change) = instalment.drop_it(now) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

/// Looks at the days that a document says of its payment.
///
/// # Errors
/// `instalment.due_too_early`, `instalment.due_too_late`.
pub(crate) fn check(reader: &mut Reader<'_>, terms: &[InstalmentTerm]) -> Result<(), Failure> {
    let company = receivable_terms::today(reader)?;
    let bounds = (company.content.instalment_back_days, company.content.instalment_ahead_days);
    Ok(check_days(terms, reader.today(), bounds)?)
}

/// For how many days at most a customer has owed something that is due; none who owes nothing overdue. `[REC-1d]`
pub(crate) fn longest_overdue(reader: &mut Reader<'_>, customer: CustomerId) -> Result<Option<i64>, Failure> {
    let (key, today) = (Key::from(customer), reader.today());
    let first: Option<Option<BusinessDate>> = db!(reader, |c| instalments::table
        .filter(instalments::customer_id.eq(key).and(instalments::due_on.lt(Some(today))))
        .filter(instalments::status.eq(InstalmentState::Open.code()))
        .order(instalments::due_on)
        .select(instalments::due_on)
        .first(c)
        .optional())?;
    Ok(first.flatten().map(|due| (today - due).num_days()))
}
