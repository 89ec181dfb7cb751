//! Invoices as they stand on claim lines, and who holds how much of which. The database makes sure that one key is held
//! for one person and never beyond the invoice's total: of two claims submitted in the same instant, the second waits
//! for the first and is refused.

mod hold;
mod identity;
mod look_up;

pub(super) use hold::{foresee, move_holds};
pub use look_up::{InvoiceLookup, InvoiceUseView, InvoiceView, look_up};

use crate::{
    schema::{invoices, removed_invoices},
    spine::{Failure, Instant, Key, Part, Tx, db, insert_all},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::Line,
        invoice::{Invoice, InvoiceKind, Party},
    },
    spine::{BusinessDate, Currency, Money},
};
use std::collections::BTreeSet;

/// What it brings to its wing.
pub(crate) const NOUN: &[Part] = &[&crate::Seed(identity::all)];

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
    reimbursed_minor: Option<i64>,
}

impl Row {
    fn of(claim: Key, line: i32, index: usize, invoice: &Invoice) -> Result<Self, Failure> {
        let Invoice { kind, code, number, issued_on, seller, buyer, net, tax, total, reimbursed } = invoice;
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
            reimbursed_minor: reimbursed.map(Money::minor),
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
            reimbursed: self.reimbursed_minor.map(|minor| Money::from_minor(minor, currency)),
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
