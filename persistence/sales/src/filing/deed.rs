//! What is done with a filing and looks at others: drafted for who owns the customer, filed against what is live, ruled on,
//! converted by a closed sale, come to its end. Lock order: the filer's row, then filings by id. `[SAL-2]`

use super::{
    apply,
    protection::customer_key,
    row::{count_live, find_unscoped, live, over},
};
use crate::{
    customer_file::{self, standing},
    organisation::Register,
    pipeline_terms, product, sale,
    spine::{Failure, House, Key, Reader, Told, Tx},
};
use domain::{
    customer_file::CustomerId,
    filing::{Filing, FilingContent, FilingId, NO_EMPLOYEE, NewFiling, Way},
    spine::{BusinessDate, EmployeeId, Permission, Refusal},
};
use std::collections::BTreeSet;

/// Drafts a filing of a customer in sight.
///
/// # Errors
/// `filing.not_yours_to_file`; a customer out of sight; what is not well formed.
pub fn create(tx: &mut Tx<'_>, customer: CustomerId, content: FilingContent) -> Result<Filing, Failure> {
    customer_file::refer(tx, customer, "/customer_id")?.ensure_active()?;
    let (owner, customer_key) = (standing::of(tx, customer)?.owner, customer_key(tx, customer)?);
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let filer = tx.actor().employee.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let department = Register::of(tx)?.department_on(filer, today).or(tx.actor().department);
    let department = department.ok_or_else(|| Refusal::new(NO_EMPLOYEE))?;
    let number = crate::spine::next_number(tx, &terms.content.filing_prefix)?;
    let new = NewFiling { id: tx.id(), number, customer, customer_key, owner, department };
    let change = Filing::create(new, content, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Files it: what is over is noted first, and what is live then stands in the way. The filer's row is locked, so that many at
/// once come to no more than the limit.
///
/// # Errors
/// `filing.conflict`, `filing.taken`, `filing.live_max`; another's, or one that is filed.
pub fn file(tx: &mut Tx<'_>, filing: Filing) -> Result<Filing, Failure> {
    tx.connection().lock_row("employees", Key::from(filing.filer))?;
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let line = filing.content.product_line.clone();
    let mut rival = None;
    for other in live(tx, &filing.customer_key, &[&line])? {
        match other.clone().expire((now, today)) {
            Some(change) => drop(apply(tx, change)?),
            None => rival = Some(other),
        }
    }
    let register = Register::of(tx)?;
    let holder = rival.as_ref().and_then(|rival| register.person(rival.filer));
    let holder = holder.map_or("", |person| person.name.as_str());
    let way = Way { rival: rival.as_ref(), holder, live: count_live(tx, filing.filer)? };
    let change = filing.file(way, &terms.content.filing, tx.actor(), now)?;
    apply(tx, change)
}

/// Whether the caller reviews filings of its department.
fn ensure_reviews(reader: &Reader<'_>, filing: &Filing) -> Result<(), Failure> {
    let reach = reader.actor().reach(Permission::ReviewFilings);
    if reach.covers(filing.department, false) {
        Ok(())
    } else {
        Err(Failure::Denied(Permission::ReviewFilings))
    }
}

/// Agrees to a filing of a department in reach.
///
/// # Errors
/// One's own; one that does not wait.
pub fn protect(tx: &mut Tx<'_>, filing: Filing) -> Result<Filing, Failure> {
    ensure_reviews(tx, &filing)?;
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let change = filing.protect(&terms.content.filing, tx.actor(), (now, today))?;
    apply(tx, change)
}

/// Refuses a filing of a department in reach.
///
/// # Errors
/// One's own; one that does not wait; no reason.
pub fn refuse(tx: &mut Tx<'_>, filing: Filing, reason: String) -> Result<Filing, Failure> {
    ensure_reviews(tx, &filing)?;
    let change = filing.refuse(reason, tx.actor(), tx.now())?;
    apply(tx, change)
}

/// Extends a filing, once.
///
/// # Errors
/// `filing.extended_already`; another's; one whose time is over.
pub fn extend(tx: &mut Tx<'_>, filing: Filing, reason: String) -> Result<Filing, Failure> {
    let (today, terms) = (tx.today(), pipeline_terms::today(tx)?);
    let change = filing.extend(reason, &terms.content.filing, tx.actor(), today)?;
    apply(tx, change)
}

/// Rules on a contested filing; where it is ruled in favour of, what stood in its way is given up in the same transaction.
///
/// # Errors
/// A party; one that is not contested.
pub fn rule(tx: &mut Tx<'_>, filing: Filing, said: (bool, String)) -> Result<Filing, Failure> {
    ensure_reviews(tx, &filing)?;
    let (now, today, terms) = (tx.now(), tx.today(), pipeline_terms::today(tx)?);
    let (key, line) = (filing.customer_key.clone(), filing.content.product_line.clone());
    let (in_favour, reason) = said.clone();
    let rivals = live(tx, &key, &[&line])?;
    if rivals.iter().any(|rival| tx.actor().is(rival.filer)) {
        return Err(Refusal::new(domain::filing::OWN_REVIEW).into());
    }
    let change = filing.rule(said, &terms.content.filing, tx.actor(), (now, today))?;
    for rival in rivals.into_iter().filter(|_| in_favour) {
        let released = rival.released(reason.clone(), now);
        apply(tx, released)?;
    }
    apply(tx, change)
}

/// Notes progress of what somebody filed of a customer.
///
/// # Errors
/// Where the database fails.
pub(crate) fn progressed(
    tx: &mut Tx<'_>,
    (customer, filer): (CustomerId, EmployeeId),
    product_line: &str,
) -> Result<(), Failure> {
    let (key, today) = (customer_key(tx, customer)?, tx.today());
    for filing in live(tx, &key, &[product_line])?.into_iter().filter(|filing| filing.filer == filer) {
        if let Some(change) = filing.progress(today) {
            apply(tx, change)?;
        }
    }
    Ok(())
}

/// Whether a filing of somebody's protects a customer and product line.
pub(crate) fn protects(
    reader: &mut Reader<'_>,
    (customer, filer): (CustomerId, EmployeeId),
    product_line: &str,
) -> Result<bool, Failure> {
    let (key, today) = (customer_key(reader, customer)?, reader.today());
    let holds = |filing: &Filing| {
        filing.filer == filer && filing.protection.is_some_and(|protection| protection.holds_on(today))
    };
    Ok(live(reader, &key, &[product_line])?.iter().any(holds))
}

/// Which events say something about filings.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    kind == "sale.closed"
}

/// A sale that closes converts what its seller or its customer's owner filed of its product lines.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let sale = sale::find_unscoped(tx, Key(told.entity))?;
    let mut lines = BTreeSet::new();
    for line in &sale.lines {
        lines.insert(product::find(tx, line.product)?.details.category);
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (key, now, parties) = (customer_key(tx, sale.customer)?, tx.now(), sale.parties());
    for filing in live(tx, &key, &lines)? {
        if parties.contains(&filing.filer) && filing.protection.is_some() {
            let change = filing.convert(now);
            apply(tx, change)?;
        }
    }
    Ok(())
}

/// Notes that a filing came to its end; safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn expire(tx: &mut Tx<'_>, id: FilingId) -> Result<(), Failure> {
    let (now, today) = (tx.now(), tx.today());
    if let Some(change) = find_unscoped(tx, id)?.expire((now, today)) {
        apply(tx, change)?;
    }
    Ok(())
}

/// Those whose time is over.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<FilingId>, Failure> {
    let today: BusinessDate = reader.today();
    over(reader, today)
}
