//! From rows to the entity.

use super::{
    advance,
    part::{HandOver, Mirror, Parts, Reversal},
    payee,
    save::{LineRow, Row},
    scope::within,
};
use crate::{
    approval::{self, document::StandingColumns},
    file,
    finance::{invoice, journal, payment},
    schema::{
        budget_holdings, expense_claim_advances, expense_claim_hand_overs as hand_overs,
        expense_claim_lines as lines, expense_claim_mirrors as mirrors, expense_claim_payees,
        expense_claim_reversals as reversals, expense_claims as claims, files, invoices, journal_entries,
    },
    spine::{Failure, Key, Reader, Sight, cached, db},
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    approval::{Petition, Standing, StandingState},
    file::File,
    finance::{budget_line::DocumentKind, expense_claim::*, expense_request::ExpenseRequest},
    spine::{BusinessDate, Currency, Entity, Id, Money, Permission},
};
use uuid::Uuid;

/// A claim's row with its parts, and what is beside it: what is not there is not asked for.
type Found = (Row, Option<HandOver>, Option<Reversal>, Option<Mirror>, Beside);

/// Whether a claim has evidence, a journal entry, advances to settle, money of a budget, and pays a third party.
#[derive(Queryable)]
pub(super) struct Beside {
    evidence: bool,
    entry: bool,
    advances: bool,
    pub holdings: bool,
    payee: bool,
}

/// The claims that meet a condition, as [`Found`].
macro_rules! found {
    ($condition:expr) => {{
        let evidence = files::table
            .filter(files::document.eq(claims::id.nullable()))
            .filter(files::document_kind.eq(ExpenseClaim::KIND));
        let entry = journal_entries::table.filter(journal_entries::claim_id.eq(claims::id));
        let settling = expense_claim_advances::table.filter(expense_claim_advances::claim_id.eq(claims::id));
        let holding = budget_holdings::table
            .filter(budget_holdings::document.eq(claims::id))
            .filter(budget_holdings::document_kind.eq(DocumentKind::ExpenseClaim.code()));
        let paying = expense_claim_payees::table.filter(expense_claim_payees::claim_id.eq(claims::id));
        claims::table
            .left_join(hand_overs::table)
            .left_join(reversals::table)
            .left_join(mirrors::table)
            .filter($condition)
            .select((
                Row::as_select(),
                Option::<HandOver>::as_select(),
                Option::<Reversal>::as_select(),
                Option::<Mirror>::as_select(),
                (exists(evidence), exists(entry), exists(settling), exists(holding), exists(paying)),
            ))
    }};
}

/// One claim, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<ExpenseClaim, Failure> {
    Ok(find_beside(reader, id)?.0)
}

/// One claim with what is beside it, if the caller may see it.
pub(super) fn find_beside(
    reader: &mut Reader<'_>,
    id: Id<ExpenseClaim>,
) -> Result<(ExpenseClaim, Beside), Failure> {
    let (row, hand_over, reversal, mirror, beside) = row_of(reader, id)?;
    if !is_seen(reader, &row)? {
        return Err(Failure::NotFound);
    }
    Ok((entity(reader, row, (hand_over, reversal, mirror), &beside)?, beside))
}

/// Whether the caller may see the claim of a row.
fn is_seen(reader: &mut Reader<'_>, row: &Row) -> Result<bool, Failure> {
    let sight = Sight::of(reader);
    let is_own = row.creator_id == sight.user
        || row.submitter_id == sight.employee
        || row.beneficiary_id == sight.employee;
    sight.covers(reader, ExpenseClaim::KIND, row.id, row.department_id, is_own)
}

/// One claim whoever asks: for the approval engine and links between claims, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<ExpenseClaim, Failure> {
    let (row, hand_over, reversal, mirror, beside) = row_of(reader, id)?;
    entity(reader, row, (hand_over, reversal, mirror), &beside)
}

fn row_of(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<Found, Failure> {
    let key = Key::from(id);
    Ok(db!(reader, |c| cached(found!(claims::id.eq(key))).get_result(c))?)
}

/// The claim of another system, if it is known here and the caller may see it.
pub fn find_by_external(
    reader: &mut Reader<'_>,
    source: &str,
    external: &str,
) -> Result<Option<ExpenseClaim>, Failure> {
    let theirs = mirrors::source.eq(source).and(mirrors::external_reference.eq(external));
    let found: Option<Found> = db!(reader, |c| found!(theirs).first(c).optional())?;
    match found {
        Some((row, hand_over, reversal, mirror, beside)) if is_seen(reader, &row)? => {
            entity(reader, row, (hand_over, reversal, mirror), &beside).map(Some)
        }
        _ => Ok(None),
    }
}

fn entity(reader: &mut Reader<'_>, row: Row, parts: Parts, beside: &Beside) -> Result<ExpenseClaim, Failure> {
    let (hand_over, reversal, mirror) = parts;
    let (currency, book, rate) = (&row.currency, &row.book_currency, &row.rate);
    let exchange = exchange_of(row.id, [currency, book, rate], row.rate_date)?;
    let Exchange { currency, book, .. } = exchange;
    let (reason, reversal) = reversal.map_or((None, None), |row| (row.reason, row.reversal_id));
    let books = books_of(&row, hand_over.as_ref(), reversal)?;
    let posting_refusal = hand_over.as_ref().and_then(HandOver::refusal);
    let standing = standing_of(reader, &row, books.as_ref(), posting_refusal.as_ref())?;
    let not_ready = hand_over.and_then(|hand_over| hand_over.not_ready);
    let reverses = reversal_of(reader, &row, reason, book)?;
    let content = ClaimContent {
        department: row.department_id.into(),
        beneficiary: Beneficiary {
            employee: row.beneficiary_id.into(),
            reason: row.beneficiary_reason,
            payee: if beside.payee { payee::of(reader, row.id)? } else { None },
        },
        business_date: row.business_date,
        campaign: row.campaign,
        region: row.region,
        request: row.request_id.map(Into::into),
        advances: if beside.advances { advance::of(reader, row.id, book)? } else { Vec::new() },
        exchange,
        details: serde_json::from_str(&row.details)?,
        lines: lines_of(reader, row.id, currency)?,
        attachments: if beside.evidence { attachments_of(reader, row.id)? } else { Vec::new() },
        metadata: serde_json::from_str(&row.metadata)?,
    };
    Ok(ExpenseClaim {
        id: row.id.into(),
        petition: Petition {
            number: row.number,
            creator: row.creator_id.into(),
            creator_employee: row.creator_employee_id.map(Into::into),
            submitter: row.submitter_id.into(),
            created_at: row.created_at.into(),
            standing,
            approval: row.approval_id.map(Into::into),
        },
        content,
        books,
        posting_refusal,
        external: mirror.map(External::from),
        reverses,
        reversal: reversal.map(Into::into),
        entry: if beside.entry { journal::of(reader, row.id)? } else { None },
        not_ready: not_ready.map(|said| serde_json::from_str(&said)).transpose()?,
        // Nothing is paid that is not in the ledger; what was paid may have been returned.
        payments: if row.voucher_number.is_none() { Vec::new() } else { payment::of(reader, row.id, book)? },
        version: row.version,
    })
}

/// Currency, book currency and rate, as they are kept.
fn exchange_of(
    claim: Key,
    [currency, book, rate]: [&String; 3],
    rate_date: Option<BusinessDate>,
) -> Result<Exchange, Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, claim.0);
    Ok(Exchange {
        currency: currency.parse().map_err(|_| corrupt("currency"))?,
        book: book.parse().map_err(|_| corrupt("book_currency"))?,
        rate: rate.parse().map_err(|_| corrupt("rate"))?,
        rate_date,
    })
}

/// The claims that take of a request, as far as the comparison of prices asks for them, in one query.
pub(crate) fn fellows(
    reader: &mut Reader<'_>,
    request: Id<ExpenseRequest>,
) -> Result<Vec<FellowClaim>, Failure> {
    type Head = (Key, String, String, String, String, Option<BusinessDate>);
    let taking = ClaimState::ALL.into_iter().filter(|state| state.takes_of_request()).map(ClaimState::code);
    let theirs =
        claims::request_id.eq(Key::from(request)).and(claims::status.eq_any(taking.collect::<Vec<_>>()));
    let head = (
        claims::id,
        claims::status,
        claims::currency,
        claims::book_currency,
        claims::rate,
        claims::rate_date,
    );
    let rows: Vec<(Head, LineRow)> = db!(reader, |c| claims::table
        .inner_join(lines::table)
        .filter(theirs)
        .order((claims::id, lines::line))
        .select((head, LineRow::as_select()))
        .load(c))?;
    let mut found: Vec<FellowClaim> = Vec::new();
    for ((id, state, currency, book, rate, rate_date), row) in rows {
        if found.last().is_none_or(|last| last.id != id.into()) {
            let exchange = exchange_of(id, [&currency, &book, &rate], rate_date)?;
            let state = ClaimState::from_code(&state)
                .ok_or_else(|| Failure::corrupt("expense_claims", "status", id.0))?;
            found.push(FellowClaim { id: id.into(), state, exchange, lines: Vec::new() });
        }
        if let Some(fellow) = found.last_mut() {
            fellow.lines.push(line_of(row, fellow.exchange.currency)?);
        }
    }
    Ok(found)
}

fn reversal_of(
    reader: &mut Reader<'_>,
    row: &Row,
    reason: Option<String>,
    book: Currency,
) -> Result<Option<ReversalOf>, Failure> {
    let (Some(claim), Some(reason)) = (row.reverses_id, reason) else { return Ok(None) };
    let number = db!(reader, |c| claims::table.filter(claims::id.eq(claim)).select(claims::number).first(c))?;
    let repayable = Money::from_minor(-row.payable_minor, book);
    Ok(Some(ReversalOf { claim: claim.into(), number, reason, repayable }))
}

fn lines_of(reader: &mut Reader<'_>, claim: Key, currency: Currency) -> Result<Vec<Line>, Failure> {
    let on = invoices::claim_id.eq(lines::claim_id).and(invoices::line.eq(lines::line));
    let rows: Vec<(LineRow, Option<invoice::Row>)> = db!(reader, |c| cached(
        lines::table
            .left_join(invoices::table.on(on))
            .filter(lines::claim_id.eq(claim))
            .order((lines::line, invoices::position))
            .select((LineRow::as_select(), Option::<invoice::Row>::as_select()))
    )
    .load(c))?;
    let mut found: Vec<Line> = Vec::with_capacity(rows.len());
    let mut last = 0;
    for (row, paper) in rows {
        if row.line != last {
            last = row.line;
            found.push(line_of(row, currency)?);
        }
        if let (Some(line), Some(paper)) = (found.last_mut(), paper) {
            line.invoices.push(paper.invoice(currency)?);
        }
    }
    Ok(found)
}

fn line_of(row: LineRow, currency: Currency) -> Result<Line, Failure> {
    let approved = Money::from_minor(row.approved_minor, currency);
    let reduction = row.reduction_reason.zip(row.reduced_by_id);
    Ok(Line {
        category: row.category,
        description: row.description,
        occurred_on: row.occurred_on,
        claimed: Money::from_minor(row.claimed_minor, currency),
        reduction: reduction.map(|(reason, by)| Reduction { approved, reason, by: by.into() }),
        cost_centre: row.cost_centre_id.into(),
        invoices: Vec::new(),
        request_line: row.request_line,
        advertisement: row.advertisement.as_deref().map(serde_json::from_str).transpose()?,
        quotes: row.quotes.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
        tender: row.tender.as_deref().map(serde_json::from_str).transpose()?,
    })
}

fn attachments_of(reader: &mut Reader<'_>, claim: Key) -> Result<Vec<Id<File>>, Failure> {
    let held = file::list_of(reader, ExpenseClaim::KIND, claim.0)?;
    Ok(held.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect())
}

/// Whether the caller may read a claim, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, claim: Uuid) -> Result<bool, Failure> {
    let key = Key(claim);
    reader.is_seen_by(Permission::ReadExpenseClaims, |reader| {
        let sight = Sight::of(reader);
        Ok(db!(reader, |c| within!(claims::table.filter(claims::id.eq(key)).into_boxed(), sight)
            .select(claims::id)
            .first::<Key>(c))?)
    })
}

/// What finance made of it; a column that a state needs and does not find is a fault of ours.
fn books_of(
    row: &Row,
    hand_over: Option<&HandOver>,
    reversal: Option<Key>,
) -> Result<Option<Books>, Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, row.id.0);
    let untold = |column| Failure::corrupt("expense_claim_hand_overs", column, row.id.0);
    let acknowledgement =
        || hand_over.and_then(HandOver::acknowledgement).ok_or_else(|| untold("acknowledged_at"));
    let voucher = || {
        let number = row.voucher_number.clone().ok_or_else(|| corrupt("voucher_number"))?;
        hand_over.and_then(|hand_over| hand_over.voucher(number)).ok_or_else(|| untold("posted_on"))
    };
    let state = ClaimState::from_code(&row.status).ok_or_else(|| corrupt("status"))?;
    Ok(match state {
        ClaimState::Acknowledged => Some(Books::Acknowledged { acknowledgement: acknowledgement()? }),
        ClaimState::Posted => {
            Some(Books::Posted { acknowledgement: acknowledgement()?, voucher: voucher()? })
        }
        ClaimState::Reversed => Some(Books::Reversed {
            at: row.status_at.ok_or_else(|| corrupt("status_at"))?.into(),
            acknowledgement: acknowledgement()?,
            voucher: voucher()?,
            by: reversal.ok_or_else(|| corrupt("reversal_id"))?.into(),
        }),
        _ => None,
    })
}

/// Where it stands. Of a claim that is reversed its approval says when it was approved: the columns tell when it was
/// reversed.
fn standing_of(
    reader: &mut Reader<'_>,
    row: &Row,
    books: Option<&Books>,
    refusal: Option<&PostingRefusal>,
) -> Result<Standing, Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, row.id.0);
    let approved = StandingState::Approved.code().to_owned();
    let (status, at) = match books {
        Some(Books::Reversed { .. }) => {
            let approval = row.approval_id.ok_or_else(|| corrupt("approval_id"))?;
            (approved, approval::approved_at(reader, approval.into())?.map(Into::into))
        }
        Some(_) => (approved, row.status_at),
        None => (row.status.clone(), row.status_at),
    };
    let reason = row.status_reason.clone().or_else(|| refusal.map(PostingRefusal::as_reason));
    StandingColumns { status, at, reason }.standing("expense_claims", row.id)
}
