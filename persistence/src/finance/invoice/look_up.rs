//! An invoice with its whole history: every claim that carries it, held it or let it go, and whose claim that
//! was. `[EXP-6]`

use super::Row;
use crate::{
    organisation::{PersonRef, names},
    schema::{expense_claims as claims, invoice_holds as holds, invoices},
    spine::{Failure, Instant, Key, Reader, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ClaimState,
        invoice::{Invoice, InvoiceKind, normalised},
    },
    spine::{AnyId, Currency, EmployeeId, Money, Timestamp},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// At most so many appearances are shown.
const MOST: i64 = 100;

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
    /// Who answers for the claim.
    pub submitter: PersonRef,
    /// The line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// Whether the claim carries the invoice still.
    pub is_carried: bool,
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
    /// Every time a claim held it, and the claims that carry it without; the latest first, at most two hundred.
    #[schema(max_items = 200)]
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

/// A claim as the look-up needs it: number, state, submitter.
type ClaimRow = (Key, String, String, Key);

#[derive(Queryable, Selectable)]
#[diesel(table_name = holds)]
struct HoldRow {
    unique_key: String,
    claim_id: Key,
    line: i32,
    held_at: Instant,
    released_at: Option<Instant>,
    released_because: Option<String>,
}

/// The names of those whose claims they are.
type People = HashMap<EmployeeId, PersonRef>;

fn used(
    people: &People,
    claim: &ClaimRow,
    line: i32,
    is_carried: bool,
    hold: Option<&HoldRow>,
) -> Result<InvoiceUseView, Failure> {
    let (id, number, status, submitter) = claim;
    let corrupt = || Failure::corrupt("expense_claims", "status", id.0);
    Ok(InvoiceUseView {
        claim_id: (*id).into(),
        claim_number: number.clone(),
        claim_status: ClaimState::from_code(status).ok_or_else(corrupt)?,
        submitter: names::person(people, (*submitter).into())?,
        line,
        is_carried,
        is_holder: hold.is_some_and(|hold| hold.released_at.is_none()),
        held_at: hold.map(|hold| hold.held_at.into()),
        released_at: hold.and_then(|hold| hold.released_at).map(Into::into),
        released_because: hold.and_then(|hold| hold.released_because.clone()),
    })
}

/// Every invoice with this number, on whatever claim, and who holds or held it.
pub fn look_up(reader: &mut Reader<'_>, number: &str) -> Result<InvoiceLookup, Failure> {
    let tidy = normalised(number);
    let raw = number.trim().to_owned();
    let claim = (claims::id, claims::number, claims::status, claims::submitter_id);
    let found: Vec<(Row, ClaimRow, String)> = db!(reader, |c| invoices::table
        .inner_join(claims::table)
        .filter(invoices::number.eq(&tidy).or(invoices::number.eq(&raw)))
        .order(invoices::claim_id.desc())
        .limit(MOST)
        .select((Row::as_select(), claim, claims::currency))
        .load(c))?;
    let keys: Vec<&str> = found.iter().map(|(row, ..)| row.unique_key.as_str()).collect();
    let held: Vec<(HoldRow, ClaimRow)> = db!(reader, |c| holds::table
        .inner_join(claims::table)
        .filter(holds::unique_key.eq_any(&keys))
        .order((holds::held_at.desc(), holds::id.desc()))
        .limit(MOST)
        .select((HoldRow::as_select(), claim))
        .load(c))?;
    let submitters = found.iter().map(|(_, claim, _)| claim.3).chain(held.iter().map(|(_, claim)| claim.3));
    let people = names::people(reader, submitters.map(EmployeeId::from))?;
    let mut views: Vec<(String, InvoiceView)> = Vec::new();
    for (row, claim, currency) in &found {
        let key = row.unique_key.clone();
        if !views.iter().any(|(known, _)| *known == key) {
            let corrupt = |_| Failure::corrupt("expense_claims", "currency", claim.0.0);
            let currency: Currency = currency.parse().map_err(corrupt)?;
            views.push((key.clone(), shown(row.clone().invoice(currency)?)));
        }
        let is_held = held.iter().any(|(hold, _)| hold.unique_key == key && hold.claim_id == claim.0);
        if let Some((_, view)) = views.iter_mut().find(|(known, _)| *known == key && !is_held) {
            view.uses.push(used(&people, claim, row.line, true, None)?);
        }
    }
    for (hold, claim) in &held {
        let Some((_, view)) = views.iter_mut().find(|(known, _)| *known == hold.unique_key) else { continue };
        let carried = |(row, of, _): &(Row, ClaimRow, String)| {
            row.unique_key == hold.unique_key && of.0 == hold.claim_id
        };
        let shown = used(&people, claim, hold.line, found.iter().any(carried), Some(hold))?;
        view.is_held |= shown.is_holder;
        view.uses.push(shown);
    }
    Ok(InvoiceLookup { data: views.into_iter().map(|(_, view)| view).collect() })
}

fn shown(invoice: Invoice) -> InvoiceView {
    InvoiceView {
        kind: invoice.kind,
        code: invoice.code,
        number: invoice.number,
        issued_on: invoice.issued_on,
        seller_name: invoice.seller.name,
        total: invoice.total,
        is_held: false,
        uses: Vec::new(),
    }
}
