//! Rows of requests, their lines, and what claims draw of them.

use crate::{
    approval::document::StandingColumns,
    file,
    schema::{expense_request_draws as draws, expense_request_lines as lines, expense_requests as requests},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::Petition,
    finance::{
        expense_claim::Exchange,
        expense_request::{Draw, ExpenseRequest, RequestContent, RequestLine},
    },
    spine::{BusinessDate, Currency, Entity, Id, Money, Permission, Version},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = requests, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    number: String,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    submitter_id: Key,
    department_id: Key,
    created_at: Instant,
    changed_at: Instant,
    business_date: BusinessDate,
    currency: String,
    book_currency: String,
    rate: String,
    rate_date: Option<BusinessDate>,
    details: String,
    urgent: bool,
    major_campaign: bool,
    campaign: Option<String>,
    region: Option<String>,
    links: String,
    search_text: String,
    amount_minor: i64,
    worth_minor: i64,
    claimed_minor: i64,
    revision: i32,
    status: String,
    status_at: Option<Instant>,
    status_reason: Option<String>,
    approval_id: Option<Key>,
    version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    request_id: Key,
    line: i32,
    category: String,
    item: String,
    quantity: Option<i32>,
    amount_minor: i64,
    purpose: String,
    planned_on: BusinessDate,
    cost_centre_id: Key,
    quotes: String,
    tender: Option<String>,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = draws, treat_none_as_default_value = false)]
struct DrawRow {
    request_id: Key,
    claim_id: Key,
    claim_line: i32,
    line: i32,
    amount_minor: i64,
    is_approved: bool,
}

/// What people search a request by, in small letters: names of people and departments are joined instead.
fn search_text(request: &ExpenseRequest) -> String {
    let content = &request.content;
    let mut words: Vec<&str> = vec![&request.petition.number];
    words.extend(content.campaign.as_deref());
    words.extend(content.details.purpose.as_deref());
    words.extend(content.details.customer.as_deref());
    words.extend(content.links.iter().map(|link| link.reference.as_str()));
    for line in &content.lines {
        words.extend([line.item.as_str(), line.purpose.as_str()]);
        words.extend(line.quotes.iter().map(|quote| quote.supplier.as_str()));
    }
    words.join("\n").to_lowercase()
}

impl Row {
    fn of(request: &ExpenseRequest, tx: &Tx<'_>) -> Result<Self, Failure> {
        let ExpenseRequest { id, petition, content, revision, draws: _, version } = request;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let StandingColumns { status, at, reason } = StandingColumns::of(standing);
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            department_id: content.department.into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            business_date: content.business_date,
            currency: content.exchange.currency.code().to_owned(),
            book_currency: content.exchange.book.code().to_owned(),
            rate: content.exchange.rate.to_string(),
            rate_date: content.exchange.rate_date,
            details: serde_json::to_string(&content.details)?,
            urgent: content.urgent,
            major_campaign: content.major_campaign,
            campaign: content.campaign.clone(),
            region: content.region.clone(),
            links: serde_json::to_string(&content.links)?,
            search_text: search_text(request),
            amount_minor: content.total()?.minor(),
            worth_minor: content.worth()?.minor(),
            claimed_minor: request.claimed().values().sum(),
            revision: *revision,
            status,
            status_at: at,
            status_reason: reason,
            approval_id: approval.map(Into::into),
            version: *version,
        })
    }
}

impl LineRow {
    fn of(request: Key, position: usize, line: &RequestLine) -> Result<Self, Failure> {
        let RequestLine { category, item, quantity, amount, purpose, planned_on, cost_centre, .. } = line;
        let RequestLine { quotes, tender, .. } = line;
        Ok(Self {
            request_id: request,
            line: i32::try_from(position + 1).map_err(Failure::fault)?,
            category: category.clone(),
            item: item.clone(),
            quantity: *quantity,
            amount_minor: amount.minor(),
            purpose: purpose.clone(),
            planned_on: *planned_on,
            cost_centre_id: (*cost_centre).into(),
            quotes: serde_json::to_string(quotes)?,
            tender: tender.as_ref().map(serde_json::to_string).transpose()?,
        })
    }

    fn line(self, currency: Currency) -> Result<RequestLine, Failure> {
        Ok(RequestLine {
            category: self.category,
            item: self.item,
            quantity: self.quantity,
            amount: Money::from_minor(self.amount_minor, currency),
            purpose: self.purpose,
            planned_on: self.planned_on,
            cost_centre: self.cost_centre_id.into(),
            quotes: serde_json::from_str(&self.quotes)?,
            tender: self.tender.as_deref().map(serde_json::from_str).transpose()?,
        })
    }
}

impl Stored<crate::Finance> for ExpenseRequest {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, requests, &row, before)?)?;
        if before.map(|before| &before.content.lines) != Some(&self.content.lines) {
            let mine = lines::request_id.eq(row.id);
            db!(tx, |c| diesel::delete(lines::table.filter(mine)).execute(c))?;
            let content = self.content.lines.iter().enumerate();
            let rows =
                content.map(|(n, line)| LineRow::of(row.id, n, line)).collect::<Result<Vec<_>, _>>()?;
            insert_all!(tx, lines::table, &rows);
        }
        if before.is_some_and(|before| before.draws != self.draws) {
            save_draws(tx, row.id, &self.draws)?;
        }
        Ok(())
    }
}

fn save_draws(tx: &mut Tx<'_>, request: Key, all: &[Draw]) -> Result<(), Failure> {
    db!(tx, |c| diesel::delete(draws::table.filter(draws::request_id.eq(request))).execute(c))?;
    let row = |draw: &Draw| {
        let Draw { claim, claim_line, line, amount, approved } = draw;
        DrawRow {
            request_id: request,
            claim_id: (*claim).into(),
            claim_line: *claim_line,
            line: *line,
            amount_minor: amount.minor(),
            is_approved: *approved,
        }
    };
    let rows: Vec<DrawRow> = all.iter().map(row).collect();
    insert_all!(tx, draws::table, &rows);
    Ok(())
}

/// One request, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<ExpenseRequest>) -> Result<ExpenseRequest, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = requests::table.filter(requests::id.eq(key)).into_boxed();
        within!(query, sight, expense_requests, "expense_request").select(Row::as_select()).first(c)
    })?;
    entity(reader, row)
}

/// One request whoever asks: for the approval engine and for claims that draw on it, never for an answer.
pub(crate) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<ExpenseRequest>,
) -> Result<ExpenseRequest, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| requests::table.filter(requests::id.eq(key)).select(Row::as_select()).first(c))?;
    entity(reader, row)
}

/// The number of a request, whoever asks.
pub(crate) fn number_of(reader: &mut Reader<'_>, id: Id<ExpenseRequest>) -> Result<String, Failure> {
    let mine = requests::table.filter(requests::id.eq(Key::from(id)));
    Ok(db!(reader, |c| mine.select(requests::number).first(c))?)
}

/// Whether the caller may read a request, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, request: Uuid) -> Result<bool, Failure> {
    let key = Key(request);
    reader.is_seen_by(Permission::ReadExpenseRequests, |reader| {
        let sight = Sight::of(reader);
        Ok(db!(reader, |c| {
            let query = requests::table.filter(requests::id.eq(key)).into_boxed();
            within!(query, sight, expense_requests, "expense_request").select(requests::id).first::<Key>(c)
        })?)
    })
}

fn entity(reader: &mut Reader<'_>, row: Row) -> Result<ExpenseRequest, Failure> {
    let corrupt = |column| Failure::corrupt("expense_requests", column, row.id.0);
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let book: Currency = row.book_currency.parse().map_err(|_| corrupt("book_currency"))?;
    let rate = row.rate.parse().map_err(|_| corrupt("rate"))?;
    let columns = StandingColumns { status: row.status, at: row.status_at, reason: row.status_reason };
    let held = file::list_of(reader, ExpenseRequest::KIND, row.id.0)?;
    let content = RequestContent {
        department: row.department_id.into(),
        business_date: row.business_date,
        exchange: Exchange { currency, book, rate, rate_date: row.rate_date },
        details: serde_json::from_str(&row.details)?,
        urgent: row.urgent,
        major_campaign: row.major_campaign,
        campaign: row.campaign,
        region: row.region,
        links: serde_json::from_str(&row.links)?,
        lines: lines_of(reader, row.id, currency)?,
        attachments: held.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect(),
    };
    Ok(ExpenseRequest {
        id: row.id.into(),
        petition: Petition {
            number: row.number,
            creator: row.creator_id.into(),
            creator_employee: row.creator_employee_id.map(Into::into),
            submitter: row.submitter_id.into(),
            created_at: row.created_at.into(),
            standing: columns.standing("expense_requests", row.id)?,
            approval: row.approval_id.map(Into::into),
        },
        // The papers of quotes that came with an amendment are held by it.
        content: content.tidied(book),
        revision: row.revision,
        draws: draws_of(reader, row.id, book)?,
        version: row.version,
    })
}

fn lines_of(reader: &mut Reader<'_>, request: Key, currency: Currency) -> Result<Vec<RequestLine>, Failure> {
    let rows: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::request_id.eq(request))
        .order(lines::line)
        .select(LineRow::as_select())
        .load(c))?;
    rows.into_iter().map(|row| row.line(currency)).collect()
}

fn draws_of(reader: &mut Reader<'_>, request: Key, book: Currency) -> Result<Vec<Draw>, Failure> {
    let rows: Vec<DrawRow> = db!(reader, |c| draws::table
        .filter(draws::request_id.eq(request))
        .order((draws::claim_id, draws::claim_line))
        .select(DrawRow::as_select())
        .load(c))?;
    let draw = |row: DrawRow| Draw {
        claim: row.claim_id.into(),
        claim_line: row.claim_line,
        line: row.line,
        amount: Money::from_minor(row.amount_minor, book),
        approved: row.is_approved,
    };
    Ok(rows.into_iter().map(draw).collect())
}
