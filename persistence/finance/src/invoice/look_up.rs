//! Looking up an invoice across the company: who holds it, who held it, and who tried. `[EXP-6]`

use crate::{
    organisation::{PersonRef, Register},
    schema::{expense_claims as claims, invoice_holds as holds, invoices, removed_invoices as removed},
    spine::{Failure, Instant, Key, Reader, View, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ClaimState,
        invoice::{InvoiceKind, normalised, number_key},
    },
    spine::{AnyId, BusinessDate, Currency, Money, Timestamp},
};
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

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
    /// When it was edited off the claim; null while it stands there.
    pub removed_at: Option<Timestamp>,
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

impl View for InvoiceLookup {}

/// At most so many appearances are shown.
const MOST: i64 = 100;

/// An invoice as it stands, or once stood, on a claim.
#[derive(Queryable)]
struct Paper {
    claim: Key,
    line: i32,
    kind: String,
    code: Option<String>,
    number: String,
    issued_on: BusinessDate,
    seller_name: String,
    total_minor: i64,
    key: String,
    claim_number: String,
    status: String,
    currency: String,
    submitter: Key,
}

#[derive(Queryable)]
struct Hold {
    key: String,
    claim: Key,
    held_at: Instant,
    released_at: Option<Instant>,
    released_because: Option<String>,
}

/// The columns of a [`Paper`] in a table of invoices.
macro_rules! paper {
    ($table:ident) => {
        (
            $table::claim_id,
            $table::line,
            $table::kind,
            $table::code,
            $table::number,
            $table::issued_on,
            $table::seller_name,
            $table::total_minor,
            $table::unique_key,
            claims::number,
            claims::status,
            claims::currency,
            claims::submitter_id,
        )
    };
}

/// Every invoice with this number, on whatever claim it is or ever was, and who holds it.
pub fn look_up(reader: &mut Reader<'_>, number: &str) -> Result<InvoiceLookup, Failure> {
    let papers = papers(reader, number)?;
    let holds = holds_of(reader, &papers)?;
    let register = Register::of(reader)?;
    let mut views: Vec<(String, InvoiceView)> = Vec::new();
    for (paper, removed_at) in papers {
        let this_use = this_use(&paper, removed_at, &holds, &register)?;
        let known = views.iter().position(|(key, _)| *key == paper.key);
        let at = match known {
            Some(at) => at,
            None => {
                views.push((paper.key.clone(), shown(paper)?));
                views.len() - 1
            }
        };
        let view = &mut views[at].1;
        view.is_held |= this_use.is_holder;
        view.uses.push(this_use);
    }
    Ok(InvoiceLookup { data: views.into_iter().map(|(_, view)| view).collect() })
}

/// The papers with a number: those on claims, and those edited off one; the latest claim first.
fn papers(reader: &mut Reader<'_>, number: &str) -> Result<Vec<(Paper, Option<Instant>)>, Failure> {
    let numbers = [normalised(number), number.trim().to_owned()];
    let key = number_key(None, number).unwrap_or_default();
    let present: Vec<Paper> = db!(reader, |c| invoices::table
        .inner_join(claims::table)
        .filter(invoices::number.eq_any(&numbers).or(invoices::unique_key.eq(&key)))
        .order(invoices::claim_id.desc())
        .limit(MOST)
        .select(paper!(invoices))
        .load(c))?;
    let gone: Vec<(Instant, Paper)> = db!(reader, |c| removed::table
        .inner_join(claims::table)
        .filter(removed::number.eq_any(&numbers).or(removed::unique_key.eq(&key)))
        .order((removed::claim_id.desc(), removed::removed_at.desc()))
        .limit(MOST)
        .select((removed::removed_at, paper!(removed)))
        .load(c))?;
    let mut all: Vec<(Paper, Option<Instant>)> = present.into_iter().map(|paper| (paper, None)).collect();
    all.extend(gone.into_iter().map(|(at, paper)| (paper, Some(at))));
    all.sort_by_key(|(paper, _)| Reverse(paper.claim.0));
    all.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    Ok(all)
}

fn holds_of(reader: &mut Reader<'_>, papers: &[(Paper, Option<Instant>)]) -> Result<Vec<Hold>, Failure> {
    let keys: Vec<&str> = papers.iter().map(|(paper, _)| paper.key.as_str()).collect();
    Ok(db!(reader, |c| holds::table
        .filter(holds::unique_key.eq_any(&keys))
        .order(holds::held_at)
        .select((
            holds::unique_key,
            holds::claim_id,
            holds::held_at,
            holds::released_at,
            holds::released_because
        ))
        .load(c))?)
}

/// One appearance, with the hold that belongs to it: of an invoice that was edited off, the last one that
/// began before.
fn this_use(
    paper: &Paper,
    removed_at: Option<Instant>,
    holds: &[Hold],
    register: &Register,
) -> Result<InvoiceUseView, Failure> {
    let before = |hold: &&Hold| removed_at.is_none_or(|removed| hold.held_at.0 <= removed.0);
    let mut mine = holds.iter().filter(|hold| hold.key == paper.key && hold.claim == paper.claim);
    let hold = mine.rfind(before);
    let status = ClaimState::from_code(&paper.status)
        .ok_or_else(|| Failure::corrupt("expense_claims", "status", paper.claim.0))?;
    Ok(InvoiceUseView {
        claim_id: paper.claim.into(),
        claim_number: paper.claim_number.clone(),
        claim_status: status,
        submitter: register
            .person(paper.submitter.into())
            .cloned()
            .ok_or_else(|| Failure::corrupt("expense_claims", "submitter_id", paper.claim.0))?,
        line: paper.line,
        is_carried: removed_at.is_none(),
        removed_at: removed_at.map(Into::into),
        is_holder: removed_at.is_none() && hold.is_some_and(|hold| hold.released_at.is_none()),
        held_at: hold.map(|hold| hold.held_at.into()),
        released_at: hold.and_then(|hold| hold.released_at).map(Into::into),
        released_because: hold.and_then(|hold| hold.released_because.clone()),
    })
}

fn shown(paper: Paper) -> Result<InvoiceView, Failure> {
    let corrupt = |table, column| Failure::corrupt(table, column, paper.claim.0);
    let currency: Currency = paper.currency.parse().map_err(|_| corrupt("expense_claims", "currency"))?;
    Ok(InvoiceView {
        kind: InvoiceKind::from_code(&paper.kind).ok_or_else(|| corrupt("invoices", "kind"))?,
        code: paper.code,
        number: paper.number,
        issued_on: paper.issued_on,
        seller_name: paper.seller_name,
        total: Money::from_minor(paper.total_minor, currency),
        is_held: false,
        uses: Vec::new(),
    })
}
