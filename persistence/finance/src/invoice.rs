//! Invoices as they stand on claim lines, and who holds which. The database makes sure that one key is
//! held once: of two claims submitted in the same instant, the second waits for the first and is refused.

mod look_up;

pub use look_up::{InvoiceLookup, InvoiceUseView, InvoiceView, look_up};

use crate::{
    schema::{invoice_holds as holds, invoices, removed_invoices},
    spine::{Failure, Instant, Key, Tx, db, insert_all, insert_missing},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::{ExpenseClaim, Line},
        invoice::{ALREADY_HELD, Invoice, InvoiceKind, Party, already_held},
    },
    spine::{BusinessDate, Citation, Currency, Money, Refusal},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
pub(super) struct Row {
    claim_id: Key,
    pub line: i32,
    position: i32,
    kind: String,
    code: Option<String>,
    number: String,
    issued_on: BusinessDate,
    seller_name: String,
    seller_tax_number: Option<String>,
    buyer_name: Option<String>,
    buyer_tax_number: Option<String>,
    net_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    unique_key: String,
}

impl Row {
    fn of(claim: Key, line: i32, index: usize, invoice: &Invoice) -> Result<Self, Failure> {
        let Invoice { kind, code, number, issued_on, seller, buyer, net, tax, total } = invoice;
        Ok(Self {
            claim_id: claim,
            line,
            position: i32::try_from(index + 1).map_err(Failure::fault)?,
            kind: kind.code().to_owned(),
            code: code.clone(),
            number: number.clone(),
            issued_on: *issued_on,
            seller_name: seller.name.clone(),
            seller_tax_number: seller.tax_number.clone(),
            buyer_name: buyer.as_ref().map(|party| party.name.clone()),
            buyer_tax_number: buyer.as_ref().and_then(|party| party.tax_number.clone()),
            net_minor: net.minor(),
            tax_minor: tax.minor(),
            total_minor: total.minor(),
            unique_key: invoice.unique_key(),
        })
    }

    pub fn invoice(self, currency: Currency) -> Result<Invoice, Failure> {
        let kind = InvoiceKind::from_code(&self.kind)
            .ok_or_else(|| Failure::corrupt("invoices", "kind", self.claim_id.0))?;
        let buyer_tax_number = self.buyer_tax_number;
        Ok(Invoice {
            kind,
            code: self.code,
            number: self.number,
            issued_on: self.issued_on,
            seller: Party { name: self.seller_name, tax_number: self.seller_tax_number },
            buyer: self.buyer_name.map(|name| Party { name, tax_number: buyer_tax_number }),
            net: Money::from_minor(self.net_minor, currency),
            tax: Money::from_minor(self.tax_minor, currency),
            total: Money::from_minor(self.total_minor, currency),
        })
    }
}

/// Takes the invoices of a claim off its lines; those that do not return are remembered: the history of who
/// tried an invoice is complete.
pub(super) fn remove(tx: &mut Tx<'_>, claim: Key, before: &[Line], after: &[Line]) -> Result<(), Failure> {
    let kept: BTreeSet<String> = all_of(after).map(|(.., invoice)| invoice.unique_key()).collect();
    let gone: Vec<RemovedRow> = all_of(before)
        .filter(|(.., invoice)| !kept.contains(&invoice.unique_key()))
        .map(|(line, _, invoice)| RemovedRow::of(tx, claim, line, invoice))
        .collect();
    insert_all!(tx, removed_invoices::table, &gone);
    db!(tx, |c| diesel::delete(invoices::table.filter(invoices::claim_id.eq(claim))).execute(c))?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = removed_invoices, treat_none_as_default_value = false)]
struct RemovedRow {
    id: Key,
    claim_id: Key,
    line: i32,
    kind: String,
    code: Option<String>,
    number: String,
    issued_on: BusinessDate,
    seller_name: String,
    total_minor: i64,
    unique_key: String,
    removed_at: Instant,
    removed_by_id: Key,
}

impl RemovedRow {
    fn of(tx: &Tx<'_>, claim: Key, line: i32, invoice: &Invoice) -> Self {
        Self {
            id: Key(tx.ids().fresh()),
            claim_id: claim,
            line,
            kind: invoice.kind.code().to_owned(),
            code: invoice.code.clone(),
            number: invoice.number.clone(),
            issued_on: invoice.issued_on,
            seller_name: invoice.seller.name.clone(),
            total_minor: invoice.total.minor(),
            unique_key: invoice.unique_key(),
            removed_at: tx.now().into(),
            removed_by_id: tx.actor().user.into(),
        }
    }
}

pub(super) fn add(tx: &mut Tx<'_>, claim: Key, lines: &[Line]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (line, index, invoice) in all_of(lines) {
        rows.push(Row::of(claim, line, index, invoice)?);
    }
    insert_all!(tx, invoices::table, &rows);
    Ok(())
}

/// Every invoice with its line (from 1) and its index within the line.
fn all_of(lines: &[Line]) -> impl Iterator<Item = (i32, usize, &Invoice)> {
    (1_i32..).zip(lines).flat_map(|(number, line)| {
        line.invoices.iter().enumerate().map(move |(index, invoice)| (number, index, invoice))
    })
}

/// The keys a claim holds in a state, with line and index of each.
fn held_keys(claim: Option<&ExpenseClaim>) -> BTreeMap<String, (i32, usize, &Invoice)> {
    let live = claim.filter(|claim| claim.state().is_live());
    let lines = live.map(|claim| claim.content.lines.as_slice()).unwrap_or_default();
    all_of(lines).map(|(line, index, invoice)| (invoice.unique_key(), (line, index, invoice))).collect()
}

#[derive(Insertable)]
#[diesel(table_name = holds, treat_none_as_default_value = false)]
struct Hold<'a> {
    id: Key,
    unique_key: &'a str,
    claim_id: Key,
    line: i32,
    held_at: Instant,
    held_by_id: Key,
}

/// Takes and releases holds as a claim moves from one state to another. Keys are taken in their own
/// order, so that two claims never wait for each other.
pub(super) fn move_holds(
    tx: &mut Tx<'_>,
    before: Option<&ExpenseClaim>,
    after: &ExpenseClaim,
) -> Result<(), Failure> {
    let (held, wanted) = (held_keys(before), held_keys(Some(after)));
    let claim = Key::from(after.id);
    let given_up: Vec<&String> = held.keys().filter(|key| !wanted.contains_key(*key)).collect();
    if !given_up.is_empty() {
        let because = if after.state().is_live() { "removed" } else { after.state().code() };
        let (now, mine) = (Instant(tx.now()), holds::claim_id.eq(claim).and(holds::released_at.is_null()));
        db!(tx, |c| diesel::update(holds::table.filter(mine).filter(holds::unique_key.eq_any(&given_up)))
            .set((holds::released_at.eq(now), holds::released_because.eq(because)))
            .execute(c))?;
    }
    let new: Vec<_> = wanted.iter().filter(|(key, _)| !held.contains_key(*key)).collect();
    let rows: Vec<Hold<'_>> = new
        .iter()
        .map(|(key, (line, ..))| Hold {
            id: Key(tx.ids().fresh()),
            unique_key: key,
            claim_id: claim,
            line: *line,
            held_at: tx.now().into(),
            held_by_id: tx.actor().user.into(),
        })
        .collect();
    let taken: usize = insert_missing!(tx, holds::table, &rows);
    if taken == rows.len() {
        return Ok(());
    }
    let keys: Vec<&str> = rows.iter().map(|row| row.unique_key).collect();
    let others: Vec<String> = db!(tx, |c| holds::table
        .filter(holds::unique_key.eq_any(&keys).and(holds::released_at.is_null()))
        .filter(holds::claim_id.ne(claim))
        .select(holds::unique_key)
        .load(c))?;
    let elsewhere = new.into_iter().filter(|(key, _)| others.contains(key));
    let taken_elsewhere: Vec<_> = elsewhere
        .map(|(_, (line, index, invoice))| {
            already_held(&format!("/lines/{}/invoices/{index}", line - 1), invoice)
        })
        .collect();
    // Let go in the meantime: it is tried again.
    let Some(first) = taken_elsewhere.first() else { return Err(Failure::Moved) };
    let mut refusal = Refusal::new(ALREADY_HELD).citing(Citation::rule("EXP-6"));
    refusal.params = first.params.clone();
    refusal.findings = taken_elsewhere;
    Err(refusal.into())
}
