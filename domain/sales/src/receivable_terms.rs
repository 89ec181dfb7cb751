//! The company's terms of receivables (应收账款规则): when what names no day is due, how what is overdue is parted, how far back
//! receipts and signatures may be dated. `[REC-1a, REC-1d; 001 第十七条]`

use crate::{
    spine::{BusinessDate, Finding, Findings, PolicyContent, codes},
    terms::check_numbers,
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The code under which they are kept.
pub const RECEIVABLE_TERMS_CODE: &str = "receivable-terms/company";
/// Those terms as shipped.
pub const SHIPPED_RECEIVABLE_TERMS: &str = include_str!("shipped/receivable_terms.json");

/// At most so many buckets, beside what is not due.
const BUCKETS_MAX: usize = 12;
/// The most days that any of them may be.
const DAYS_MAX: u32 = 3_660;

/// What holds of all receivables.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivableTerms {
    /// How many days after its approval the whole of an order, or after its signature that of a contract, is due where it says
    /// nothing of instalments and its customer was granted no days. `[REC-1a]`
    pub due_days: u32,
    /// The last day overdue of each bucket of the ageing, in their order; what is longer overdue is one more. `[REC-1d]`
    pub bucket_last_days: Vec<u32>,
    /// How many days back the day of an instalment may lie when it is written. `[REC-1a]`
    pub instalment_back_days: u32,
    /// How many days ahead it may lie. `[REC-1a]`
    pub instalment_ahead_days: u32,
    /// How many days back a receipt may be dated. `[REC-1b]`
    pub receipt_back_days: u32,
}

impl ReceivableTerms {
    /// The first day on which a receipt may be dated that is recorded today.
    pub fn earliest_receipt(&self, today: BusinessDate) -> BusinessDate {
        today.checked_sub_days(Days::new(self.receipt_back_days.into())).unwrap_or(BusinessDate::MIN)
    }
}

impl PolicyContent for ReceivableTerms {
    const KIND: &'static str = "receivable-terms";
    const EXAMPLE: &'static str = SHIPPED_RECEIVABLE_TERMS;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let numbers = [
            ("due_days", self.due_days, 0, DAYS_MAX),
            ("instalment_back_days", self.instalment_back_days, 0, DAYS_MAX),
            ("instalment_ahead_days", self.instalment_ahead_days, 1, DAYS_MAX),
            ("receipt_back_days", self.receipt_back_days, 1, DAYS_MAX),
        ];
        check_numbers(&mut findings, &numbers);
        let days = &self.bucket_last_days;
        let is_rising = days.windows(2).all(|pair| pair[0] < pair[1]);
        let is_within = days.iter().all(|last| (1..=DAYS_MAX).contains(last));
        if days.is_empty() || days.len() > BUCKETS_MAX || !is_rising || !is_within {
            let range = [("min", json!(1)), ("max", json!(BUCKETS_MAX))];
            findings.add_with("/content/bucket_last_days", codes::OUT_OF_RANGE, range);
        }
        findings.into_vec()
    }
}
