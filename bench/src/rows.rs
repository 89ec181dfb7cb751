//! The rows of a claim as the bare engine reads and writes them.

use diesel::prelude::*;
use domain::spine::{BusinessDate, Timestamp, Version};
use persistence::spine::{Instant, Key};
use serde::{Serialize, Serializer};
use std::ops::AddAssign;
use tables::{
    audit_entries, budget_entries, budget_holdings, budget_lines, departments, employees, events,
    expense_claim_hand_overs, expense_claim_lines, expense_claims, invoices,
};

/// Tells an id.
pub fn id<S: Serializer>(key: &Key, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&key.0.hyphenated())
}
/// Tells an instant.
pub fn at<S: Serializer>(at: &Instant, to: S) -> Result<S::Ok, S::Error> {
    at.0.serialize(to)
}

/// The head of a claim.
#[derive(Queryable, Selectable, Insertable, Clone, Serialize)]
#[diesel(table_name = expense_claims, treat_none_as_default_value = false)]
pub struct Claim {
    #[serde(serialize_with = "id")]
    pub id: Key,
    pub number: String,
    #[serde(serialize_with = "id")]
    pub creator_id: Key,
    #[serde(skip)]
    pub creator_employee_id: Option<Key>,
    #[serde(serialize_with = "id")]
    pub submitter_id: Key,
    #[serde(serialize_with = "id")]
    pub beneficiary_id: Key,
    pub beneficiary_reason: Option<String>,
    #[serde(serialize_with = "id")]
    pub department_id: Key,
    #[serde(serialize_with = "at")]
    pub created_at: Instant,
    #[serde(serialize_with = "at")]
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
    #[serde(skip)]
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub voucher_number: Option<String>,
    #[serde(skip)]
    pub approval_id: Option<Key>,
    #[serde(skip)]
    pub reverses_id: Option<Key>,
    pub version: Version,
}

/// How a claim stands with the ledger, if there is anything to say.
#[derive(Queryable, Selectable, Insertable, Clone, Serialize)]
#[diesel(table_name = expense_claim_hand_overs, treat_none_as_default_value = false)]
pub struct HandOver {
    #[serde(skip)]
    pub claim_id: Key,
    pub acknowledged_reference: Option<String>,
    #[serde(skip)]
    pub acknowledged_at: Option<Instant>,
    #[serde(skip)]
    pub acknowledged_by_id: Option<Key>,
    pub voucher_year: Option<i32>,
    pub posted_on: Option<BusinessDate>,
}

/// A line of a claim.
#[derive(Queryable, Selectable, Insertable, Clone, Serialize)]
#[diesel(table_name = expense_claim_lines, treat_none_as_default_value = false)]
pub struct Line {
    #[serde(skip)]
    pub claim_id: Key,
    pub line: i32,
    pub category: String,
    pub description: String,
    pub occurred_on: BusinessDate,
    pub claimed_minor: i64,
    pub approved_minor: i64,
    pub reduction_reason: Option<String>,
    #[serde(skip)]
    pub reduced_by_id: Option<Key>,
    #[serde(serialize_with = "id")]
    pub cost_centre_id: Key,
}

/// An invoice of a line.
#[derive(Queryable, Selectable, Insertable, Clone, Serialize)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
pub struct Paper {
    #[serde(skip)]
    pub claim_id: Key,
    pub line: i32,
    pub position: i32,
    pub kind: String,
    pub code: Option<String>,
    pub number: String,
    pub issued_on: BusinessDate,
    pub seller_name: String,
    pub seller_tax_number: Option<String>,
    pub buyer_name: Option<String>,
    pub buyer_tax_number: Option<String>,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub total_minor: i64,
    pub unique_key: String,
}

/// An entry of the audit trail.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct Entry {
    pub sequence: i64,
    pub at: Instant,
    pub actor: Key,
    pub actor_name: String,
    pub action: String,
    pub entity_kind: String,
    pub entity: Key,
    pub entity_version: i64,
    pub before: Option<String>,
    pub after: Option<String>,
    pub salt: Option<Vec<u8>>,
    pub request: String,
    pub origin: Option<String>,
    pub content_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// An event of the feed.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct Event {
    pub sequence: i64,
    pub id: Key,
    pub kind: String,
    pub entity_kind: String,
    pub entity: Key,
    pub entity_version: i64,
    pub actor: Key,
    pub facts: String,
    pub at: Instant,
}

/// What a list shows of a claim.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = expense_claims)]
pub struct Summary {
    #[serde(serialize_with = "id")]
    pub id: Key,
    pub number: String,
    pub status: String,
    pub business_date: BusinessDate,
    pub currency: String,
    pub claimed_minor: i64,
    pub approved_minor: i64,
    pub payable_minor: i64,
    pub paid_minor: i64,
    pub voucher_number: Option<String>,
    #[serde(serialize_with = "at")]
    pub created_at: Instant,
    #[serde(serialize_with = "at")]
    pub changed_at: Instant,
    pub version: Version,
}

/// A department as a claim names it.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = departments)]
pub struct Place {
    #[serde(serialize_with = "id")]
    pub id: Key,
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

/// An employee as a claim names them.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = employees)]
pub struct Person {
    #[serde(serialize_with = "id")]
    pub id: Key,
    pub number: String,
    pub name: String,
}

/// A budget line as it is filled in.
#[derive(Insertable)]
#[diesel(table_name = budget_lines, treat_none_as_default_value = false)]
pub struct LedgerLine {
    pub id: Key,
    pub budget_id: Key,
    pub department_id: Key,
    pub category: String,
    pub period: String,
    pub fiscal_year: i32,
    pub first_day: BusinessDate,
    pub last_day: BusinessDate,
    pub purpose: String,
    pub control: String,
    pub currency: String,
    pub allocated_minor: i64,
    pub beyond_minor: i64,
    pub reserved_minor: i64,
    pub committed_minor: i64,
    pub spent_minor: i64,
    pub entries: i64,
    pub is_open: bool,
    pub version: Version,
}

/// Money of a line that moved, or stands there, in fen.
#[derive(Clone, Copy, Default)]
pub struct Moved {
    pub allocated: i64,
    pub reserved: i64,
    pub committed: i64,
    pub spent: i64,
}

impl AddAssign for Moved {
    fn add_assign(&mut self, other: Self) {
        self.allocated += other.allocated;
        self.reserved += other.reserved;
        self.committed += other.committed;
        self.spent += other.spent;
    }
}

/// An entry of a budget line's ledger.
#[derive(Insertable)]
#[diesel(table_name = budget_entries, treat_none_as_default_value = false)]
pub struct LedgerEntry {
    line_id: Key,
    position: i64,
    kind: String,
    allocated_minor: i64,
    beyond_minor: i64,
    reserved_minor: i64,
    committed_minor: i64,
    spent_minor: i64,
    after_allocated_minor: i64,
    after_beyond_minor: i64,
    after_reserved_minor: i64,
    after_committed_minor: i64,
    after_spent_minor: i64,
    document_kind: Option<String>,
    document: Option<Key>,
    document_line: Option<i32>,
    month: String,
    employee_id: Option<Key>,
    entered_at: Instant,
    entered_by_id: Key,
}

impl LedgerEntry {
    /// The entry of a line at a position, in a month; for a claim of an employee where there is one.
    pub fn of(
        (line_id, position, month): (Key, i64, String),
        kind: &str,
        delta: Moved,
        after: Moved,
        document: Option<(Key, Option<Key>)>,
        entered_by_id: Key,
    ) -> Self {
        Self {
            line_id,
            position,
            kind: kind.to_owned(),
            allocated_minor: delta.allocated,
            beyond_minor: 0,
            reserved_minor: delta.reserved,
            committed_minor: delta.committed,
            spent_minor: delta.spent,
            after_allocated_minor: after.allocated,
            after_beyond_minor: 0,
            after_reserved_minor: after.reserved,
            after_committed_minor: after.committed,
            after_spent_minor: after.spent,
            document_kind: document.map(|_| "expense_claim".to_owned()),
            document: document.map(|(document, _)| document),
            document_line: document.map(|_| 1),
            month,
            employee_id: document.and_then(|(_, employee)| employee),
            entered_at: Instant(Timestamp::new(chrono::DateTime::UNIX_EPOCH)),
            entered_by_id,
        }
    }
}

/// What a document holds of a line.
#[derive(Insertable)]
#[diesel(table_name = budget_holdings, treat_none_as_default_value = false)]
pub struct Held {
    document_kind: String,
    document: Key,
    document_line: i32,
    line_id: Key,
    reserved_minor: i64,
    over_minor: i64,
    committed_minor: i64,
    drawn_minor: i64,
    spent_minor: i64,
    granted_minor: i64,
    is_closed: bool,
}

impl Held {
    /// By a claim that was paid.
    pub fn spent(document: Key, line_id: Key, spent_minor: i64) -> Self {
        Self {
            document_kind: "expense_claim".to_owned(),
            document,
            document_line: 1,
            line_id,
            reserved_minor: 0,
            over_minor: 0,
            committed_minor: 0,
            drawn_minor: 0,
            spent_minor,
            granted_minor: 0,
            is_closed: true,
        }
    }
}
