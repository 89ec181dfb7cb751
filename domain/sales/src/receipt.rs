//! Receipts (收款): facts that are never refused, and what of them is allocated to contracts, which is bounded. `[REC-1b; 002 §7]`
//!
//! What does not fit stays with the customer, for a later contract or a refund. One that bounces undoes its allocations by
//! counter-entries. Deliberately not here: how much a contract still takes, which its counted figure knows.

use crate::{
    customer_file::CustomerId,
    dated,
    sale::Deal,
    spine::{
        BusinessDate, Change, Citation, Currency, DepartmentId, EmployeeId, Entity, Findings, Id, Money,
        Refusal, Timestamp, UserId, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a receipt.
pub type ReceiptId = Id<Receipt>;

crate::refusals! { RECEIPT_REFUSALS:
    RECEIVED_AHEAD = "receipt.received_ahead", Invalid, "收款日期 {date} 不得晚于今天", "The day {date} of the receipt lies ahead";
    RECEIVED_TOO_EARLY = "receipt.received_too_early", Invalid, "收款日期 {date} 早于可登记的最早日期 {earliest}", "The day {date} of the receipt lies before {earliest}, the first that may be recorded";
    SAID_OTHERWISE = "receipt.said_otherwise", Conflict, "外部单号 {external} 已登记为收款 {number}，内容不同", "{external} is known as the receipt {number}, with another content";
    WRONG_CURRENCY = "receipt.not_in_book_currency", Invalid, "收款须为记账本位币", "A receipt is in the book currency";
    BOUNCED_ALREADY = "receipt.bounced_already", Conflict, "收款 {number} 已退票", "The receipt {number} has bounced";
    NOTHING_LEFT = "receipt.nothing_left", Conflict, "收款 {number} 未分配余额为 {left}，不足以分配 {asked}", "Only {left} of the receipt {number} is not allocated, not {asked}";
    CONTRACT_FULL = "receipt.contract_full", Conflict, "合同或订单 {number} 尚可收 {left}，不足以分配 {asked}", "{number} takes only {left} more, not {asked}";
    OTHER_CUSTOMER = "receipt.other_customer", Invalid, "{number} 属于另一客户", "{number} is another customer's";
    ORDER_NOT_COLLECTING = "receipt.order_not_collecting", Conflict, "订单 {number} 不能收款：未批准、已取消，或按合同收款", "Nothing is collected of the order {number}: it is not approved, was cancelled, or is paid by its contract";
    TWO_DEALS = "receipt.two_deals", Invalid, "须指定合同或订单，且只能指定其一", "Name a contract or an order: one of the two, not both";
}

crate::events! { RECEIPT_EVENTS:
    RECORDED = "receipt.recorded", "收款已登记", "A receipt was recorded";
    ALLOCATED = "receipt.allocated", "收款已分配", "A receipt was allocated to contracts";
    BOUNCED = "receipt.bounced", "收款已退票", "A receipt bounced";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[RECEIPT_REFUSALS],
    events: &[RECEIPT_EVENTS],
    enums: &[ReceiptState::LABELS],
};

/// Where a receipt stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceiptStatus)]
pub enum ReceiptState {
    /// The money is there.
    Recorded,
    /// It was taken back by the bank.
    Bounced,
}

crate::labels! { ReceiptState = "ReceiptStatus":
    Recorded = "recorded", "已到账", "Recorded";
    Bounced = "bounced", "已退票", "Bounced";
}

/// What is known of a receipt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReceiptDetails {
    /// From which customer.
    pub customer: CustomerId,
    /// How much, in the book currency.
    pub amount: Money,
    /// The day it was received.
    pub received_on: BusinessDate,
    /// Who paid, as the bank calls them: 1 to 100 characters.
    pub payer: Option<String>,
    /// Our bank account and the bank's reference; unique together.
    pub bank: Option<(String, String)>,
    /// The other system that keeps it and its identity there; unique together.
    pub external: Option<(String, String)>,
    /// Whether it is the large deposit.
    pub is_deposit: bool,
    /// Who took it from the customer.
    pub taken_by: Option<EmployeeId>,
}

/// What went to a contract or an order: append-only, below nothing where it was undone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Allocation {
    /// Identity: the source of what follows from it.
    pub id: Uuid,
    /// To what.
    pub deal: Deal,
    /// In minor units of the book currency.
    pub amount: i64,
    /// When.
    pub at: Timestamp,
}

/// Money that a customer paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Receipt {
    /// Identity.
    pub id: ReceiptId,
    /// Its number, such as `RC-2026-000012`.
    pub number: String,
    /// The department of the customer.
    pub department: DepartmentId,
    /// What is known of it.
    pub details: ReceiptDetails,
    /// Whether another of the same payer, amount and day was there before.
    pub is_suspect: bool,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// What went to contracts, in order.
    pub allocations: Vec<Allocation>,
    /// When and why it bounced.
    pub bounced: Option<(Timestamp, String)>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Receipt {
    const KIND: &'static str = "receipt";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// What a new receipt is known by from the start.
#[derive(Clone, Debug)]
pub struct NewReceipt {
    /// Identity.
    pub id: ReceiptId,
    /// The number, from the counter of its year.
    pub number: String,
    /// The department of the customer.
    pub department: DepartmentId,
    /// Whether another of the same payer, amount and day is there.
    pub is_suspect: bool,
    /// Who records it.
    pub by: UserId,
}

impl Receipt {
    /// Records what was received, from the earliest day that may be named until today.
    ///
    /// # Errors
    /// What is not well formed, all of it named. Never how much it is.
    pub fn record(
        new: NewReceipt,
        details: ReceiptDetails,
        now: Timestamp,
        (earliest, today): (BusinessDate, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        if details.amount.currency() != Currency::Cny {
            findings.add("/amount", WRONG_CURRENCY);
        } else if !details.amount.is_positive() {
            findings.add("/amount", codes::AMOUNT_NOT_POSITIVE);
        }
        let codes = (RECEIVED_TOO_EARLY, RECEIVED_AHEAD);
        dated::check(&mut findings, "/received_on", details.received_on, (earliest, today), codes);
        wording::check_optional(&mut findings, "/payer", details.payer.as_deref(), 100);
        findings.into_result().map_err(cite)?;
        let NewReceipt { id, number, department, is_suspect, by } = new;
        let receipt = Self {
            id,
            number,
            department,
            details,
            is_suspect,
            recorded_by: by,
            recorded_at: now,
            allocations: Vec::new(),
            bounced: None,
            version: 0,
        };
        let facts = receipt.facts();
        Ok(Change::created(receipt, RECORDED, facts))
    }

    /// Whether the same was said of it before under its identity elsewhere.
    ///
    /// # Errors
    /// `receipt.said_otherwise`.
    pub fn expect_same(&self, details: &ReceiptDetails) -> Result<(), Refusal> {
        if self.details == *details {
            return Ok(());
        }
        let external = details.external.as_ref().map(|(_, identity)| identity.clone());
        Err(self.refuse(SAID_OTHERWISE).with("external", external.unwrap_or_default()))
    }

    /// Where it stands.
    pub const fn state(&self) -> ReceiptState {
        if self.bounced.is_some() { ReceiptState::Bounced } else { ReceiptState::Recorded }
    }

    /// What of it no contract has, in minor units.
    pub fn unallocated(&self) -> i64 {
        let allocated: i64 = self.allocations.iter().map(|allocation| allocation.amount).sum();
        if self.bounced.is_some() { 0 } else { self.details.amount.minor() - allocated }
    }

    /// Allocates parts of it to contracts.
    ///
    /// # Errors
    /// `receipt.bounced_already`, `receipt.nothing_left`.
    pub fn allocate(self, parts: Vec<Allocation>) -> Result<Change<Self>, Refusal> {
        self.expect_standing()?;
        let (asked, left) = (parts.iter().map(|part| part.amount).sum::<i64>(), self.unallocated());
        if asked > left {
            let yuan = |minor| Money::from_minor(minor, Currency::Cny);
            let refusal = self.refuse(NOTHING_LEFT).with("left", yuan(left).to_string());
            return Err(refusal.with("asked", yuan(asked).to_string()));
        }
        let mut after = self.clone();
        after.allocations.extend(parts);
        let facts = after.facts();
        Ok(Change::updated(self, after, ALLOCATED, facts))
    }

    /// What is on contracts and orders now: each with so much.
    pub fn standing(&self) -> Vec<(Deal, i64)> {
        let mut sums: Vec<(Deal, i64)> = Vec::new();
        for allocation in &self.allocations {
            match sums.iter_mut().find(|(deal, _)| *deal == allocation.deal) {
                Some((_, sum)) => *sum += allocation.amount,
                None => sums.push((allocation.deal, allocation.amount)),
            }
        }
        sums.retain(|(_, sum)| *sum != 0);
        sums
    }

    /// The bank took it back: what was allocated is undone by counter-entries.
    ///
    /// # Errors
    /// `receipt.bounced_already`.
    pub fn bounce(
        self,
        reason: String,
        undone: Vec<Allocation>,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_standing()?;
        crate::approval::check_reason(&reason)?;
        let mut after = Self { bounced: Some((now, reason)), ..self.clone() };
        after.allocations.extend(undone);
        let facts = after.facts();
        Ok(Change::updated(self, after, BOUNCED, facts))
    }

    fn expect_standing(&self) -> Result<(), Refusal> {
        if self.bounced.is_none() { Ok(()) } else { Err(self.refuse(BOUNCED_ALREADY)) }
    }

    fn refuse(&self, code: &'static crate::spine::RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.number.clone()))
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "customer_id": self.details.customer, "amount": self.details.amount,
            "received_on": self.details.received_on, "unallocated_minor": self.unallocated(),
            "is_suspect": self.is_suspect})
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("REC-1b", "002 §7"))
}
