//! What an ERP takes, and how its list compares with ours. `[EXP-10]`

use super::{
    scope::{covered, within},
    view::{ExpenseClaimView, view},
};
use crate::{
    schema::{expense_claim_hand_overs as hand_overs, expense_claims as claims, journal_entries},
    spine::{Failure, Instant, Key, Page, Reader, Sight, Slice, View, db, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::expense_claim::ClaimState,
    spine::{AnyId, ExchangeRate, Money},
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct WaitingRow {
    id: Key,
    changed_at: Instant,
}

orders! {
    /// The order in which claims wait for the books.
    WaitingOrder of WaitingRow in claims by id, ascending:
    changed_at;
}

/// What is ready for the books: approved, with a journal entry, and taken by nobody yet; the longest
/// waiting first. What was offered and not acknowledged is offered again from the beginning.
pub fn ready(reader: &mut Reader<'_>, page: &Page) -> Result<Slice<ExpenseClaimView>, Failure> {
    let mut wanted = covered!(Sight::of(reader));
    let entries = journal_entries::table.select(journal_entries::claim_id);
    wanted.also(claims::status.eq(ClaimState::Approved.code()).and(claims::id.eq_any(entries)));
    let found = paged!(reader, page, WaitingOrder::default(), wanted;
        claims::table => WaitingRow::as_select(); |row: &WaitingRow| row);
    found.try_map(|row| view(reader, row.id.into()))
}

/// What the ERP believes of one claim.
#[derive(Clone, Debug)]
pub struct TheirItem {
    /// The claim's number.
    pub number: String,
    /// Where it stands there.
    pub status: ClaimState,
    /// Its voucher there.
    pub voucher_number: Option<String>,
    /// The year of its voucher there; where absent it is not compared.
    pub voucher_year: Option<i32>,
    /// What is approved of it there, in its currency; where absent it is not compared.
    pub amount: Option<Money>,
    /// The same in the book currency; where absent it is not compared.
    pub book_amount: Option<Money>,
    /// What was paid there.
    pub paid: Option<Money>,
}

/// In what two lists differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// They have it, we do not know it (or they may not see it).
    UnknownHere,
    /// We have it in the period, they did not name it.
    MissingThere,
    /// It stands elsewhere.
    Status,
    /// They name it more than once.
    Duplicate,
    /// It has another voucher.
    Voucher,
    /// Its voucher is of another year.
    VoucherYear,
    /// Another amount was approved.
    Amount,
    /// It is worth another amount in the books.
    BookAmount,
    /// Another amount was paid.
    Paid,
}

domain::labels! { DifferenceKind = "DifferenceKind":
    UnknownHere = "unknown_here", "本系统无此单", "Unknown here";
    MissingThere = "missing_there", "对方缺此单", "Missing there";
    Status = "status", "状态不一致", "Status";
    Duplicate = "duplicate", "对方重复", "Named twice";
    Voucher = "voucher", "凭证不一致", "Voucher";
    VoucherYear = "voucher_year", "凭证年度不一致", "Year of the voucher";
    Amount = "amount", "核准金额不一致", "Amount approved";
    BookAmount = "book_amount", "核准金额（本位币）不一致", "Amount in the book currency";
    Paid = "paid", "付款金额不一致", "Amount paid";
}

/// One difference.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReconcileDifference)]
pub struct DifferenceView {
    /// The claim's number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub number: String,
    /// The claim, where we know it.
    pub claim_id: Option<AnyId>,
    /// In what it differs.
    pub kind: DifferenceKind,
    /// What we have.
    #[schema(max_length = 100)]
    pub ours: Option<String>,
    /// What they have.
    #[schema(max_length = 100)]
    pub theirs: Option<String>,
}

/// What comparing the lists gave.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub struct ReconciliationView {
    /// How many claims we have in the period.
    #[schema(minimum = 0)]
    pub ours: usize,
    /// How many they named, each once.
    #[schema(minimum = 0)]
    pub theirs: usize,
    /// How many agree.
    #[schema(minimum = 0)]
    pub agree: usize,
    /// Every difference.
    #[schema(max_items = 20000)]
    pub differences: Vec<DifferenceView>,
}

impl View for ReconciliationView {}

/// One of our claims, as far as it is compared.
#[derive(Queryable)]
struct Ours {
    id: Key,
    number: String,
    status: String,
    voucher_number: Option<String>,
    voucher_year: Option<i32>,
    approved_minor: i64,
    currency: String,
    rate: String,
    paid_minor: i64,
    book_currency: String,
}

/// Compares what the ERP has with our claims that were acknowledged within a period of business days
/// (both ends included).
pub fn reconcile(
    reader: &mut Reader<'_>,
    from: NaiveDate,
    to: NaiveDate,
    theirs: &[TheirItem],
) -> Result<ReconciliationView, Failure> {
    let ours = handed_over(reader, from, to, theirs)?;
    let known: HashMap<&str, &Ours> = ours.iter().map(|ours| (ours.number.as_str(), ours)).collect();
    let (mut named, mut differences, mut agree) = (HashSet::new(), Vec::new(), 0);
    for item in theirs {
        let found = differences.len();
        let ours = known.get(item.number.as_str()).copied();
        match ours {
            _ if !named.insert(item.number.as_str()) => {
                differences.push(beside(DifferenceKind::Duplicate, item, ours));
            }
            None => differences.push(beside(DifferenceKind::UnknownHere, item, None)),
            Some(ours) => compare(ours, item, &mut differences)?,
        }
        agree += usize::from(differences.len() == found);
    }
    let missing = ours.iter().filter(|ours| !named.contains(ours.number.as_str()));
    differences.extend(missing.map(|ours| DifferenceView {
        number: ours.number.clone(),
        claim_id: Some(ours.id.into()),
        kind: DifferenceKind::MissingThere,
        ours: Some(ours.status.clone()),
        theirs: None,
    }));
    Ok(ReconciliationView { ours: ours.len(), theirs: named.len(), agree, differences })
}

/// A difference in whether there is such a claim at all, told by where it stands.
fn beside(kind: DifferenceKind, item: &TheirItem, ours: Option<&Ours>) -> DifferenceView {
    DifferenceView {
        number: item.number.clone(),
        claim_id: ours.map(|ours| ours.id.into()),
        kind,
        ours: ours.map(|ours| ours.status.clone()),
        theirs: Some(item.status.code().to_owned()),
    }
}

fn compare(ours: &Ours, item: &TheirItem, differences: &mut Vec<DifferenceView>) -> Result<(), Failure> {
    let mut differ = |kind, of_ours: Option<String>, theirs: Option<String>| {
        differences.push(DifferenceView {
            number: ours.number.clone(),
            claim_id: Some(ours.id.into()),
            kind,
            ours: of_ours,
            theirs,
        });
    };
    if ours.status != item.status.code() {
        differ(DifferenceKind::Status, Some(ours.status.clone()), Some(item.status.code().to_owned()));
    }
    if ours.voucher_number != item.voucher_number {
        differ(DifferenceKind::Voucher, ours.voucher_number.clone(), item.voucher_number.clone());
    }
    if item.voucher_year.is_some() && item.voucher_year != ours.voucher_year {
        let year = |year: Option<i32>| year.map(|year| year.to_string());
        differ(DifferenceKind::VoucherYear, year(ours.voucher_year), year(item.voucher_year));
    }
    let money = |minor, currency: &str, column| {
        let currency = currency.parse().map_err(|_| Failure::corrupt("expense_claims", column, ours.id.0))?;
        Ok::<_, Failure>(Money::from_minor(minor, currency))
    };
    let approved = money(ours.approved_minor, &ours.currency, "currency")?;
    let paid = money(ours.paid_minor, &ours.book_currency, "book_currency")?;
    let corrupt = || Failure::corrupt("expense_claims", "rate", ours.id.0);
    let rate: ExchangeRate = ours.rate.parse().map_err(|_| corrupt())?;
    let worth = if approved.currency() == paid.currency() {
        approved
    } else {
        approved.convert(&rate, paid.currency()).map_err(|_| corrupt())?
    };
    for (kind, of_ours, theirs) in [
        (DifferenceKind::Amount, approved, item.amount),
        (DifferenceKind::BookAmount, worth, item.book_amount),
        (DifferenceKind::Paid, paid, item.paid),
    ] {
        if let Some(theirs) = theirs.filter(|theirs| *theirs != of_ours) {
            let text = |money: Money| Some(format!("{money} {}", money.currency()));
            differ(kind, text(of_ours), text(theirs));
        }
    }
    Ok(())
}

/// Our claims of the period that were handed over, and those the ERP named besides.
fn handed_over(
    reader: &mut Reader<'_>,
    from: NaiveDate,
    to: NaiveDate,
    theirs: &[TheirItem],
) -> Result<Vec<Ours>, Failure> {
    let sight = Sight::of(reader);
    let columns = (
        claims::id,
        claims::number,
        claims::status,
        claims::voucher_number,
        hand_overs::voucher_year.nullable(),
        claims::approved_minor,
        claims::currency,
        claims::rate,
        claims::paid_minor,
        claims::book_currency,
    );
    let taken = ["acknowledged", "posted", "reversed"];
    let ours = || claims::table.left_join(hand_overs::table).select(columns);
    let mut found: Vec<Ours> = db!(reader, |c| within!(ours().into_boxed(), sight)
        .filter(claims::status.eq_any(taken))
        .filter(claims::business_date.between(from, to))
        .order(claims::id)
        .load(c))?;
    let known: HashSet<&str> = found.iter().map(|ours| ours.number.as_str()).collect();
    let others: Vec<&str> =
        theirs.iter().map(|item| item.number.as_str()).filter(|number| !known.contains(number)).collect();
    let others: Vec<Ours> =
        db!(reader, |c| within!(ours().into_boxed(), sight).filter(claims::number.eq_any(&others)).load(c))?;
    found.extend(others);
    Ok(found)
}
