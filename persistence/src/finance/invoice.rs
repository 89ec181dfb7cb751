//! Invoices as they stand on claim lines, and who holds which. The database makes sure that one key is
//! held once: of two claims submitted in the same instant, the second waits for the first and is refused.

use crate::{
    schema::{expense_claims as claims, invoice_holds as holds, invoices},
    spine::{Failure, Instant, Key, Reader, Tx, db, insert_all, insert_missing},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::{ClaimState, ExpenseClaim, Line},
        invoice::{ALREADY_HELD, Invoice, InvoiceKind, Party, already_held, normalised},
    },
    spine::{AnyId, BusinessDate, Citation, Currency, Money, Refusal, Timestamp},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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

pub(super) fn remove(tx: &mut Tx<'_>, claim: Key) -> Result<(), Failure> {
    db!(tx, |c| diesel::delete(invoices::table.filter(invoices::claim_id.eq(claim))).execute(c))?;
    Ok(())
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
    let live = claim.filter(|claim| claim.status.state().is_live());
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
        let because = if after.status.state().is_live() { "removed" } else { after.status.state().code() };
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

/// One appearance of an invoice on a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InvoiceUse)]
pub struct InvoiceUseView {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub claim_number: String,
    /// Where the claim stands.
    pub claim_status: ClaimState,
    /// The line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// Whether this claim holds the invoice now.
    pub is_holder: bool,
    /// When the claim took hold of it; null if it never did.
    pub held_at: Option<Timestamp>,
    /// When it let go; null while it holds it.
    pub released_at: Option<Timestamp>,
    /// Why it let go: the state the claim went to, or `removed`.
    #[schema(max_length = 40)]
    pub released_because: Option<String>,
}

/// An invoice, and every claim that ever carried it. `[EXP-6]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InvoiceRecord)]
pub struct InvoiceView {
    /// What sort it is.
    pub kind: InvoiceKind,
    /// Its code.
    #[schema(max_length = 20)]
    pub code: Option<String>,
    /// Its number.
    #[schema(max_length = 40)]
    pub number: String,
    /// The day it was issued.
    pub issued_on: NaiveDate,
    /// The seller's name.
    #[schema(max_length = 200)]
    pub seller_name: String,
    /// The total.
    pub total: Money,
    /// Whether a live claim holds it: nobody else can be reimbursed for it.
    pub is_held: bool,
    /// The claims that carry or carried it, the latest first; at most a hundred.
    #[schema(max_items = 100)]
    pub uses: Vec<InvoiceUseView>,
}

/// What the invoices look-up answers: an invoice for each different paper with the number.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InvoiceLookup)]
pub struct InvoiceLookup {
    /// The invoices found; at most a hundred.
    #[schema(max_items = 100)]
    pub data: Vec<InvoiceView>,
}

/// Every invoice with this number, on whatever claim, and who holds it.
pub fn look_up(reader: &mut Reader<'_>, number: &str) -> Result<InvoiceLookup, Failure> {
    type Found = (Row, (String, String, String));
    let tidy = normalised(number);
    let raw = number.trim().to_owned();
    let found: Vec<Found> = db!(reader, |c| invoices::table
        .inner_join(claims::table)
        .filter(invoices::number.eq(&tidy).or(invoices::number.eq(&raw)))
        .order(invoices::claim_id.desc())
        .limit(100)
        .select((Row::as_select(), (claims::number, claims::status, claims::currency)))
        .load(c))?;
    let keys: Vec<&str> = found.iter().map(|(row, _)| row.unique_key.as_str()).collect();
    type HoldRow = (String, Key, Instant, Option<Instant>, Option<String>);
    let held: Vec<HoldRow> = db!(reader, |c| holds::table
        .filter(holds::unique_key.eq_any(&keys))
        .order(holds::held_at)
        .select((
            holds::unique_key,
            holds::claim_id,
            holds::held_at,
            holds::released_at,
            holds::released_because
        ))
        .load(c))?;
    let mut views: Vec<(String, InvoiceView)> = Vec::new();
    for (row, (claim_number, status, currency)) in found {
        let corrupt = |column| Failure::corrupt("expense_claims", column, row.claim_id.0);
        let currency = currency.parse().map_err(|_| corrupt("currency"))?;
        let hold = held.iter().rfind(|(key, claim, ..)| *key == row.unique_key && *claim == row.claim_id);
        let is_holder = hold.is_some_and(|hold| hold.3.is_none());
        let this_use = InvoiceUseView {
            claim_id: row.claim_id.into(),
            claim_number,
            claim_status: ClaimState::from_code(&status).ok_or_else(|| corrupt("status"))?,
            line: row.line,
            is_holder,
            held_at: hold.map(|hold| hold.2.into()),
            released_at: hold.and_then(|hold| hold.3).map(Into::into),
            released_because: hold.and_then(|hold| hold.4.clone()),
        };
        let key = row.unique_key.clone();
        match views.iter_mut().find(|(known, _)| *known == key) {
            Some((_, view)) => {
                view.is_held |= is_holder;
                view.uses.push(this_use);
            }
            None => {
                let invoice = row.invoice(currency)?;
                views.push((key, shown(invoice, this_use, is_holder)));
            }
        }
    }
    Ok(InvoiceLookup { data: views.into_iter().map(|(_, view)| view).collect() })
}

fn shown(invoice: Invoice, this_use: InvoiceUseView, is_held: bool) -> InvoiceView {
    InvoiceView {
        kind: invoice.kind,
        code: invoice.code,
        number: invoice.number,
        issued_on: invoice.issued_on,
        seller_name: invoice.seller.name,
        total: invoice.total,
        is_held,
        uses: vec![this_use],
    }
}
