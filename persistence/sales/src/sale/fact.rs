//! What records show of a sale by its closing: owner and shares, rulings, who took deposit and signature, receptions and
//! the help that was agreed to at them, quotations, first inquiries, look-ups. What no record shows stays unknown, and
//! unknown is not "no". `[COM-2, COM-3, COM-10]`

use super::met::{has_quoted, met};
use crate::{
    merged, ownership,
    schema::{audit_entries as audit, receipt_allocations as allocations, receipts, users},
    spine::{Failure, Instant, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    commission::{
        Answer, Closer, SaleFacts,
        fact::{Protection, Ruling},
    },
    ownership::{Derived, FactId, Ownership, Registered, RuleKind, Shares, Standing, What},
    sale::Sale,
    spine::{AnyId, EmployeeId, Timestamp},
};

/// What records show of a sale whose signature somebody took.
///
/// # Errors
/// Where the database fails.
pub(super) fn gather(
    reader: &mut Reader<'_>,
    sale: &Sale,
    taken_by: EmployeeId,
) -> Result<SaleFacts, Failure> {
    let (now, zone) = (reader.now(), reader.zone());
    let customer = merged::survivor(reader, sale.customer)?;
    let (book, owned) = (ownership::book(reader)?, ownership::load(reader, customer)?);
    let derived = owned.as_of(&book, now, zone);
    let (owner, shares) = owner_of(&derived, sale);
    // A customer whom nobody owns is whose who closes.
    let owner = owner.unwrap_or(taken_by);
    let deposits = deposits(reader, sale)?;
    let mut facts = SaleFacts::plain(owner, now);
    facts.deposit_at = deposits.first().map(|(at, _)| *at);
    facts.open_dispute = derived.dispute.is_some();
    share(&mut facts, &derived, shares, taken_by);
    facts.ruling = ruled_while_open(&owned, sale).or(facts.ruling);
    let mut closers: Vec<EmployeeId> = deposits.iter().filter_map(|(_, by)| *by).chain([taken_by]).collect();
    closers.sort_unstable();
    closers.dedup();
    for person in closers.into_iter().filter(|person| *person != owner) {
        let took_deposit = deposits.iter().any(|(_, by)| *by == Some(person));
        let took = (took_deposit, person == taken_by);
        facts.closers.push(closer(reader, &owned, (owner, person), took)?);
    }
    Ok(facts)
}

/// Whose the customer was: as it stood when the deal opened, or now.
fn owner_of(derived: &Derived, sale: &Sale) -> (Option<EmployeeId>, Option<Shares>) {
    let deal = AnyId::from_uuid(sale.id.uuid());
    if let Some(credit) = derived.credits.iter().find(|credit| credit.deal == deal) {
        return (credit.owner, credit.shares.clone());
    }
    match derived.standing() {
        Standing::Owned { owner, shares, .. } => (Some(*owner), Some(shares.clone())),
        _ => (None, None),
    }
}

/// How ownership says that two share: by a ruling, a protected call, or two sites.
fn share(facts: &mut SaleFacts, derived: &Derived, shares: Option<Shares>, taken_by: EmployeeId) {
    let Some(shares) = shares.filter(|shares| shares.each().len() > 1) else { return };
    let each = shares.each();
    let rule = derived.chain.last().map(|state| state.decision.rule);
    match (rule, each) {
        (Some(RuleKind::Ruling), _) => {
            facts.ruling = Some(Ruling::of(facts.owner, &shares));
        }
        (Some(RuleKind::TwoSitesOneDay), [earlier, later]) => {
            let (earlier, later) = (earlier.employee, later.employee);
            facts.protection = Some(Protection::TwoSites { earlier, later });
        }
        (_, [one, other]) => {
            let (one, other) = (one.employee, other.employee);
            let closer = if other == taken_by { other } else { one };
            let caller = if closer == one { other } else { one };
            facts.protection = Some(Protection::Phone { caller, closer });
        }
        _ => {}
    }
}

/// What was ruled of the customer while the deal was open: that decides, for whomever it is. A ruling of before has made
/// the customer whose they are, and the deal goes by the rules like any other.
fn ruled_while_open(owned: &Ownership, sale: &Sale) -> Option<Ruling> {
    let voided = |id: FactId| {
        owned.facts.iter().any(|known| matches!(&known.what, What::Voided { fact, .. } if *fact == id))
    };
    let since = owned.facts.iter().rev().filter(|fact| fact.at >= sale.opened_at && !voided(fact.id));
    since.into_iter().find_map(|fact| match &fact.what {
        What::Ruled { owner, shares, .. } => Some(Ruling::of(*owner, shares)),
        _ => None,
    })
}

/// When large deposits were recorded on the contract, and who took them; the earliest first.
fn deposits(reader: &mut Reader<'_>, sale: &Sale) -> Result<Vec<(Timestamp, Option<EmployeeId>)>, Failure> {
    let (contract, order) = (sale.deal.contract().map(Key::from), sale.deal.order().map(Key::from));
    let rows: Vec<(Instant, Option<Key>)> = db!(reader, |c| allocations::table
        .inner_join(receipts::table.on(receipts::id.eq(allocations::receipt_id)))
        .filter(allocations::contract_id.eq(contract).or(allocations::order_id.eq(order)))
        .filter(receipts::is_deposit.eq(true).and(receipts::status.eq("recorded")))
        .order(receipts::recorded_at)
        .select((receipts::recorded_at, receipts::taken_by_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, by)| (at.into(), by.map(Into::into))).collect())
}

/// What records show of somebody who closed another's customer.
fn closer(
    reader: &mut Reader<'_>,
    owned: &Ownership,
    (owner, person): (EmployeeId, EmployeeId),
    (took_deposit, took_signature): (bool, bool),
) -> Result<Closer, Failure> {
    let registrations: Vec<(Timestamp, &Registered)> = owned
        .facts
        .iter()
        .filter_map(|fact| match &fact.what {
            What::Registered(registered) if registered.receiver == person => {
                Some((fact.at, registered.as_ref()))
            }
            _ => None,
        })
        .collect();
    let met = met(reader, owned.customer, person)?;
    let registered = registrations.iter().map(|(at, _)| *at).min();
    let first_reception = [met.first(), registered].into_iter().flatten().min();
    let before = first_reception.unwrap_or_else(|| reader.now());
    let knew_owner = if met.was_shown(owner) || looked_up(reader, owned, person, before)? {
        Answer::Shown
    } else if registrations.iter().any(|(_, registered)| denies(registered)) {
        Answer::Denied
    } else {
        Answer::Unknown
    };
    let entrusted = registrations.iter().any(|(_, registered)| registered.entrusted_by == Some(owner));
    Ok(Closer {
        person,
        took_deposit,
        took_signature,
        first_reception,
        reception_minutes: met.minutes(),
        quoted: has_quoted(reader, owned.customer, person)?,
        knew_owner,
        help_agreed: match met.was_agreed(owner) {
            _ if entrusted => Answer::Shown,
            Some(true) => Answer::Shown,
            Some(false) => Answer::Denied,
            None => Answer::Unknown,
        },
    })
}

/// The answers deny that anybody else had the customer before: their first visit, nobody had called, they ask for nobody.
fn denies(registered: &Registered) -> bool {
    let inquiry = &registered.inquiry;
    inquiry.is_first_visit == Some(true)
        && inquiry.was_phoned == Some(false)
        && inquiry.asks_for_somebody == Some(false)
}

/// Whether a look-up showed somebody before an instant whose the customer is.
fn looked_up(
    reader: &mut Reader<'_>,
    owned: &Ownership,
    person: EmployeeId,
    before: Timestamp,
) -> Result<bool, Failure> {
    /// Of more look-ups than this, the last are looked at.
    const AT_MOST: i64 = 1_000;
    let (employee, before) = (Some(Key::from(person)), Instant::from(before));
    let accounts: Vec<Key> =
        db!(reader, |c| users::table.filter(users::employee_id.eq(employee)).select(users::id).load(c))?;
    let said: Vec<Option<String>> = db!(reader, |c| audit::table
        .filter(audit::actor.eq_any(&accounts).and(audit::at.lt(before)))
        .filter(audit::deed.eq("customer.looked_up"))
        .order((audit::at.desc(), audit::sequence.desc()))
        .select(audit::after)
        .limit(AT_MOST)
        .load(c))?;
    let shown = owned.customer.uuid().to_string();
    Ok(said.into_iter().flatten().any(|text| text.contains(&shown)))
}
