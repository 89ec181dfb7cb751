//! The facts of claims, and of the claims around them: of the same people, from the same sellers, with
//! neighbouring invoice numbers. Each look-up goes by an index and is bounded.

use crate::{
    finance::expense_claim::within,
    schema::{expense_claim_lines as lines, expense_claims as claims, invoices},
    spine::{Failure, Instant, Key, Reader, Sight, db},
};
use chrono::Days;
use diesel::{dsl::count_star, prelude::*, sql_types::BigInt};
use domain::{
    finance::audit_risk::{ClaimFacts, LineFacts, PaperFacts, RiskRules, Share},
    spine::{BusinessDate, Currency, ExchangeRate, Money, Timestamp, Version},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The states of claims that count among those around: whatever was handed in and not given up.
const AROUND: [&str; 5] = ["in_approval", "returned", "approved", "acknowledged", "posted"];
/// How many claims of the same people are looked at with a piece.
const OF_PEOPLE_MAX: i64 = 5_000;
/// A seller of more invoices than these within the window is everybody's: railways, a fuel card.
const OF_SELLER_MAX: i64 = 200;
/// How many keys are looked up at once.
const KEYS_AT_ONCE: usize = 500;

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct Head {
    id: Key,
    number: String,
    version: Version,
    creator_employee_id: Option<Key>,
    submitter_id: Key,
    beneficiary_id: Key,
    department_id: Key,
    business_date: BusinessDate,
    created_at: Instant,
    currency: String,
    book_currency: String,
    rate: String,
    payable_minor: i64,
}

type LineRow = (Key, i32, String, BusinessDate, i64, (Option<i32>, Option<String>, Option<String>));
type PaperRow = (Key, i32, Option<String>, String, Option<String>, String);

/// The facts of claims by their ids.
pub(super) fn facts_of(reader: &mut Reader<'_>, ids: &[Key]) -> Result<Vec<ClaimFacts>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for piece in ids.chunks(KEYS_AT_ONCE) {
        let heads: Vec<Head> = db!(reader, |c| claims::table
            .filter(claims::id.eq_any(piece))
            .order(claims::id)
            .select(Head::as_select())
            .load(c))?;
        let line_rows: Vec<LineRow> = db!(reader, |c| lines::table
            .filter(lines::claim_id.eq_any(piece))
            .order((lines::claim_id, lines::line))
            .select((
                lines::claim_id,
                lines::line,
                lines::category,
                lines::occurred_on,
                lines::approved_minor,
                (lines::request_line, lines::quotes, lines::tender),
            ))
            .load(c))?;
        let paper_rows: Vec<PaperRow> = db!(reader, |c| invoices::table
            .filter(invoices::claim_id.eq_any(piece))
            .order((invoices::claim_id, invoices::line, invoices::position))
            .select((
                invoices::claim_id,
                invoices::line,
                invoices::code,
                invoices::number,
                invoices::seller_tax_number,
                invoices::seller_name,
            ))
            .load(c))?;
        let mut papers: HashMap<(Key, i32), Vec<PaperFacts>> = HashMap::new();
        for (claim, line, code, number, tax_number, name) in paper_rows {
            let paper = PaperFacts::new(code, number, tax_number.as_deref(), name);
            papers.entry((claim, line)).or_default().push(paper);
        }
        let mut lines_of: HashMap<Key, Vec<LineRow>> = HashMap::new();
        for row in line_rows {
            lines_of.entry(row.0).or_default().push(row);
        }
        for head in heads {
            let rows = lines_of.remove(&head.id).unwrap_or_default();
            found.push(facts(reader, head, rows, &mut papers)?);
        }
    }
    Ok(found)
}

fn facts(
    reader: &Reader<'_>,
    head: Head,
    rows: Vec<LineRow>,
    papers: &mut HashMap<(Key, i32), Vec<PaperFacts>>,
) -> Result<ClaimFacts, Failure> {
    let corrupt = |column| Failure::corrupt("expense_claims", column, head.id.0);
    let currency: Currency = head.currency.parse().map_err(|_| corrupt("currency"))?;
    let book: Currency = head.book_currency.parse().map_err(|_| corrupt("book_currency"))?;
    let rate: ExchangeRate = head.rate.parse().map_err(|_| corrupt("rate"))?;
    let in_books = |minor| {
        let amount = Money::from_minor(minor, currency);
        if currency == book { Ok(amount) } else { amount.convert(&rate, book) }
    };
    let mut lines = Vec::with_capacity(rows.len());
    for (claim, line, category, occurred_on, minor, (requested, quotes, tender)) in rows {
        let amount = in_books(minor).map_err(|_| corrupt("rate"))?;
        let papers = papers.remove(&(claim, line)).unwrap_or_default();
        let is_compared = requested.is_some() || quotes.is_some() || tender.is_some();
        lines.push(LineFacts { line, category, occurred_on, amount, is_compared, papers });
    }
    Ok(ClaimFacts {
        claim: head.id.into(),
        number: head.number,
        version: head.version,
        creator: head.creator_employee_id.map(Into::into),
        submitter: head.submitter_id.into(),
        beneficiary: head.beneficiary_id.into(),
        department: head.department_id.into(),
        business_date: head.business_date,
        created_on: Timestamp::from(head.created_at).date_in(reader.zone()),
        payable: Money::from_minor(head.payable_minor, book),
        lines,
    })
}

/// The claims around some, with those themselves.
pub(super) fn around(
    reader: &mut Reader<'_>,
    judged: &[ClaimFacts],
    rules: &RiskRules,
) -> Result<Vec<ClaimFacts>, Failure> {
    let dates = || judged.iter().map(|facts| facts.business_date);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Ok(Vec::new()) };
    let days = Days::new(u64::from(rules.policy.content.look_around_days));
    let window = (first.checked_sub_days(days).unwrap_or(first), last.checked_add_days(days).unwrap_or(last));
    let mut ids: BTreeSet<Key> = judged.iter().map(|facts| facts.claim.into()).collect();
    ids.extend(of_people(reader, judged, window)?);
    ids.extend(from_sellers(reader, judged, window)?);
    if let Some(rule) = &rules.policy.content.invoice_sequence {
        ids.extend(with_numbers_near(reader, judged, rule.gap)?);
    }
    let ids = within_sight(reader, ids)?;
    facts_of(reader, &ids)
}

/// Of these claims those that count and that the caller may see.
fn within_sight(reader: &mut Reader<'_>, ids: BTreeSet<Key>) -> Result<Vec<Key>, Failure> {
    let (sight, ids) = (Sight::of(reader), Vec::from_iter(ids));
    let mut seen = Vec::with_capacity(ids.len());
    for piece in ids.chunks(KEYS_AT_ONCE) {
        let found: Vec<Key> =
            db!(reader, |c| within!(claims::table.filter(claims::id.eq_any(piece)).into_boxed(), sight)
                .filter(claims::status.eq_any(AROUND))
                .filter(claims::reverses_id.is_null())
                .select(claims::id)
                .load(c))?;
        seen.extend(found);
    }
    Ok(seen)
}

fn of_people(
    reader: &mut Reader<'_>,
    judged: &[ClaimFacts],
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<Key>, Failure> {
    let people: BTreeSet<Key> =
        judged.iter().flat_map(|facts| [facts.submitter.into(), facts.beneficiary.into()]).collect();
    let people = Vec::from_iter(people);
    let near = claims::business_date.ge(from).and(claims::business_date.le(to));
    // Two queries, each along its index, rather than one with an OR.
    let mut found: Vec<Key> = db!(reader, |c| claims::table
        .filter(claims::submitter_id.eq_any(&people).and(near))
        .limit(OF_PEOPLE_MAX)
        .select(claims::id)
        .load(c))?;
    found.extend(db!(reader, |c| claims::table
        .filter(claims::beneficiary_id.eq_any(&people).and(near))
        .limit(OF_PEOPLE_MAX)
        .select(claims::id)
        .load::<Key>(c))?);
    Ok(found)
}

fn from_sellers(
    reader: &mut Reader<'_>,
    judged: &[ClaimFacts],
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<Key>, Failure> {
    let papers = || judged.iter().flat_map(|facts| &facts.lines).flat_map(|line| &line.papers);
    let near = || invoices::issued_on.ge(from).and(invoices::issued_on.le(to));
    let mut found = Vec::new();
    let sellers: BTreeSet<&str> = papers().map(|paper| paper.seller.as_str()).collect();
    for piece in Vec::from_iter(sellers).chunks(KEYS_AT_ONCE) {
        let counts: Vec<(Option<String>, i64)> = db!(reader, |c| invoices::table
            .filter(invoices::seller_tax_number.eq_any(piece).and(near()))
            .group_by(invoices::seller_tax_number)
            .select((invoices::seller_tax_number, count_star()))
            .load(c))?;
        let rare = counts.into_iter().filter(|(_, count)| *count <= OF_SELLER_MAX);
        let rare: Vec<String> = rare.filter_map(|(seller, _)| seller).collect();
        found.extend(db!(reader, |c| invoices::table
            .filter(invoices::seller_tax_number.eq_any(&rare).and(near()))
            .select(invoices::claim_id)
            .load::<Key>(c))?);
    }
    // A seller without a tax number is known by its name as printed.
    let nameless = invoices::seller_tax_number.is_null();
    let names: BTreeSet<&str> = papers().map(|paper| paper.seller_name.as_str()).collect();
    for piece in Vec::from_iter(names).chunks(KEYS_AT_ONCE) {
        let counts: Vec<(String, i64)> = db!(reader, |c| invoices::table
            .filter(invoices::seller_name.eq_any(piece).and(nameless).and(near()))
            .group_by(invoices::seller_name)
            .select((invoices::seller_name, count_star()))
            .load(c))?;
        let rare = counts.into_iter().filter(|(_, count)| *count <= OF_SELLER_MAX);
        let rare: Vec<String> = rare.map(|(seller, _)| seller).collect();
        found.extend(db!(reader, |c| invoices::table
            .filter(invoices::seller_name.eq_any(&rare).and(nameless).and(near()))
            .select(invoices::claim_id)
            .load::<Key>(c))?);
    }
    Ok(found)
}

/// Claims with invoices whose numbers lie so near to those of these that they may be in a row.
fn with_numbers_near(reader: &mut Reader<'_>, judged: &[ClaimFacts], gap: u32) -> Result<Vec<Key>, Failure> {
    let papers = judged.iter().flat_map(|facts| &facts.lines).flat_map(|line| &line.papers);
    let mut numbers = BTreeSet::new();
    for paper in papers {
        let width = paper.number.len();
        let Some(number) = paper.number.parse::<u128>().ok().filter(|_| width <= 30) else { continue };
        let near = number.saturating_sub(gap.into())..=number.saturating_add(gap.into());
        numbers.extend(near.map(|number| format!("{number:0width$}")));
    }
    let mut found = Vec::new();
    for piece in Vec::from_iter(numbers).chunks(KEYS_AT_ONCE) {
        found.extend(db!(reader, |c| invoices::table
            .filter(invoices::number.eq_any(piece))
            .select(invoices::claim_id)
            .load::<Key>(c))?);
    }
    Ok(found)
}

/// What everybody spent on the categories of these claims in their departments within a period.
pub(super) fn shares(
    reader: &mut Reader<'_>,
    judged: &[ClaimFacts],
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<Share>, Failure> {
    let departments: BTreeSet<Key> = judged.iter().map(|facts| facts.department.into()).collect();
    let departments = Vec::from_iter(departments);
    let categories: BTreeSet<&str> =
        judged.iter().flat_map(|facts| &facts.lines).map(|line| line.category.as_str()).collect();
    let categories = Vec::from_iter(categories);
    // Exact on both engines; diesel's own sum would go through a decimal type.
    let spent = diesel::dsl::sql::<BigInt>("CAST(SUM(expense_claim_lines.approved_minor) AS BIGINT)");
    // Sums of one rate are converted together; the fen lost by that do not move a share.
    let rows: Vec<ShareRow> = db!(reader, |c| lines::table
        .inner_join(claims::table)
        .filter(claims::department_id.eq_any(&departments))
        .filter(claims::business_date.ge(from).and(claims::business_date.le(to)))
        .filter(claims::status.eq_any(AROUND))
        .filter(claims::reverses_id.is_null())
        .filter(lines::category.eq_any(&categories))
        .group_by((
            (claims::department_id, lines::category, claims::submitter_id),
            (claims::currency, claims::book_currency, claims::rate),
        ))
        .select((
            (claims::department_id, lines::category, claims::submitter_id),
            (claims::currency, claims::book_currency, claims::rate),
            spent,
        ))
        .load(c))?;
    let mut shares: BTreeMap<(Key, String, Key), i64> = BTreeMap::new();
    for (whose, exchange, minor) in rows {
        let minor = in_books(&exchange, minor).ok_or_else(|| Failure::fault("the rate of a claim"))?;
        let share = shares.entry(whose).or_default();
        *share = share.saturating_add(minor);
    }
    let share = |((department, category, submitter), minor): ((Key, String, Key), i64)| Share {
        department: department.into(),
        category,
        submitter: submitter.into(),
        minor,
    };
    Ok(shares.into_iter().map(share).collect())
}

/// Department, category and submitter; currency, book currency and rate; what was spent.
type ShareRow = ((Key, String, Key), (String, String, String), i64);

/// An amount in minor units of the book currency.
fn in_books((currency, book, rate): &(String, String, String), minor: i64) -> Option<i64> {
    let (currency, book): (Currency, Currency) = (currency.parse().ok()?, book.parse().ok()?);
    if currency == book {
        return Some(minor);
    }
    let rate: ExchangeRate = rate.parse().ok()?;
    Some(Money::from_minor(minor, currency).convert(&rate, book).ok()?.minor())
}
