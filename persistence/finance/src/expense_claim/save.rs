//! How a claim becomes rows: the head under the guard of its version, its parts, lines and invoices rewritten where
//! they changed, payments only added, holds moved.

use super::{advance, part, payee};
use crate::{
    approval::document::StandingColumns,
    finance::{invoice, journal, payment},
    schema::{expense_claim_lines as lines, expense_claims as claims},
    spine::{Failure, Instant, Key, Stored, Tx, db, guard, insert_all, save_row},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    finance::expense_claim::{Books, ExpenseClaim, Line},
    spine::{BusinessDate, Version},
};

/// What is never another once it is made is left out of updates: SQLite writes every index anew whose columns a statement
/// names, and looks up what they refer to.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = claims, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    #[diesel(skip_update)]
    pub number: String,
    #[diesel(skip_update)]
    pub creator_id: Key,
    #[diesel(skip_update)]
    pub creator_employee_id: Option<Key>,
    #[diesel(skip_update)]
    pub submitter_id: Key,
    pub beneficiary_id: Key,
    pub beneficiary_reason: Option<String>,
    pub department_id: Key,
    #[diesel(skip_update)]
    pub created_at: Instant,
    pub changed_at: Instant,
    pub business_date: BusinessDate,
    pub currency: String,
    pub book_currency: String,
    pub rate: String,
    pub rate_date: Option<BusinessDate>,
    pub details: String,
    pub metadata: String,
    pub search_text: String,
    pub claimed_minor: i64,
    pub approved_minor: i64,
    pub payable_minor: i64,
    pub paid_minor: i64,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub voucher_number: Option<String>,
    pub approval_id: Option<Key>,
    #[diesel(skip_update)]
    pub reverses_id: Option<Key>,
    pub version: Version,
    pub campaign: Option<String>,
    pub region: Option<String>,
    pub request_id: Option<Key>,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub(super) struct LineRow {
    pub claim_id: Key,
    pub line: i32,
    pub category: String,
    pub description: String,
    pub occurred_on: BusinessDate,
    pub claimed_minor: i64,
    pub approved_minor: i64,
    pub reduction_reason: Option<String>,
    pub reduced_by_id: Option<Key>,
    pub cost_centre_id: Key,
    pub request_line: Option<i32>,
    pub advertisement: Option<String>,
    pub quotes: Option<String>,
    pub tender: Option<String>,
}

/// The columns that belong to a standing. What is in the books was approved at that instant, unless it is reversed: then they
/// tell when. The words of an ERP that could not post it are
/// kept with the hand-over.
fn standing_of(claim: &ExpenseClaim) -> StandingColumns {
    let columns = StandingColumns::of(&claim.petition.standing);
    let reason = columns.reason.filter(|_| claim.posting_refusal.is_none());
    let at = match &claim.books {
        Some(Books::Reversed { at, .. }) => Some((*at).into()),
        _ => columns.at,
    };
    StandingColumns { status: claim.state().code().to_owned(), at, reason }
}

/// What people search a claim by, in small letters: names of people and departments are joined instead.
fn search_text(claim: &ExpenseClaim) -> String {
    let content = &claim.content;
    let details = [&content.details.customer, &content.details.purpose, &content.details.route];
    let mut words: Vec<&str> = vec![&claim.petition.number];
    words.extend(claim.external.as_ref().map(|external| external.external_id.as_str()));
    words.extend(details.into_iter().flatten().map(String::as_str));
    for line in &content.lines {
        words.push(&line.description);
        for invoice in &line.invoices {
            words.extend([invoice.number.as_str(), invoice.seller.name.as_str()]);
        }
    }
    words.join("\n").to_lowercase()
}

impl Row {
    fn of(claim: &ExpenseClaim, tx: &Tx<'_>) -> Result<Self, Failure> {
        let ExpenseClaim { id, petition, content, reverses, version, .. } = claim;
        let Petition { number, creator, creator_employee, submitter, created_at, standing: _, approval } =
            petition;
        let StandingColumns { status, at: status_at, reason: status_reason } = standing_of(claim);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            beneficiary_id: content.beneficiary.employee.into(),
            beneficiary_reason: content.beneficiary.reason.clone(),
            department_id: content.department.into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            business_date: content.business_date,
            currency: content.exchange.currency.code().to_owned(),
            book_currency: content.exchange.book.code().to_owned(),
            rate: content.exchange.rate.to_string(),
            rate_date: content.exchange.rate_date,
            details: serde_json::to_string(&content.details)?,
            metadata: serde_json::to_string(&content.metadata)?,
            search_text: search_text(claim),
            claimed_minor: content.claimed()?.minor(),
            approved_minor: content.approved()?.minor(),
            payable_minor: claim.payable()?.minor(),
            paid_minor: claim.paid().minor(),
            status,
            status_at,
            status_reason,
            voucher_number: claim.voucher().map(|voucher| voucher.number.clone()),
            approval_id: approval.map(Into::into),
            reverses_id: reverses.as_ref().map(|reverses| reverses.claim.into()),
            version: *version,
            campaign: content.campaign.clone(),
            region: content.region.clone(),
            request_id: content.request.map(Into::into),
        })
    }
}

impl LineRow {
    fn of(claim: Key, position: usize, line: &Line) -> Result<Self, Failure> {
        let Line { category, description, occurred_on, claimed, reduction, cost_centre, .. } = line;
        let Line { request_line, advertisement, quotes, tender, .. } = line;
        Ok(Self {
            claim_id: claim,
            line: i32::try_from(position + 1).map_err(Failure::fault)?,
            category: category.clone(),
            description: description.clone(),
            occurred_on: *occurred_on,
            claimed_minor: claimed.minor(),
            approved_minor: line.approved().minor(),
            reduction_reason: reduction.as_ref().map(|r| r.reason.clone()),
            reduced_by_id: reduction.as_ref().map(|r| r.by.into()),
            cost_centre_id: (*cost_centre).into(),
            request_line: *request_line,
            advertisement: advertisement.as_ref().map(serde_json::to_string).transpose()?,
            quotes: (!quotes.is_empty()).then(|| serde_json::to_string(quotes)).transpose()?,
            tender: tender.as_ref().map(serde_json::to_string).transpose()?,
        })
    }
}

impl Stored<crate::Finance> for ExpenseClaim {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, claims, &row, before)?)?;
        part::save(tx, before, self)?;
        if before.map(|before| &before.content.lines) != Some(&self.content.lines) {
            let before = before.map(|before| before.content.lines.as_slice());
            save_lines(tx, row.id, before, &self.content.lines)?;
        }
        advance::save(tx, row.id, before.map(|before| &before.content), &self.content)?;
        payee::save(tx, row.id, before.map(|before| &before.content), &self.content)?;
        invoice::move_holds(tx, before, self)?;
        journal::save(tx, row.id, before.and_then(|before| before.entry.as_ref()), self.entry.as_ref())?;
        let known = before.map(|before| before.payments.as_slice()).unwrap_or_default();
        payment::add(tx, row.id, known, &self.payments)
    }
}

fn save_lines(tx: &mut Tx<'_>, claim: Key, before: Option<&[Line]>, content: &[Line]) -> Result<(), Failure> {
    if let Some(before) = before {
        invoice::remove(tx, claim, before, content)?;
        db!(tx, |c| diesel::delete(lines::table.filter(lines::claim_id.eq(claim))).execute(c))?;
    }
    let rows = content
        .iter()
        .enumerate()
        .map(|(position, line)| LineRow::of(claim, position, line))
        .collect::<Result<Vec<_>, _>>()?;
    insert_all!(tx, lines::table, &rows);
    invoice::add(tx, claim, content)
}
