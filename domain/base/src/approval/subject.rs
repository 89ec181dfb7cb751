//! What the engine knows of a document: the facts by which a chain routes, and no more.

use super::Seen;
use crate::spine::{BusinessDate, DepartmentId, EmployeeId, Money, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A document as the approval engine sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// The kind of document: `expense_claim`.
    pub kind: String,
    /// Its identity.
    pub document: Uuid,
    /// Its readable number.
    pub number: String,
    /// Who submits it: the requester.
    pub submitter: EmployeeId,
    /// Who wrote it.
    pub creator: EmployeeId,
    /// Who gains by it.
    pub beneficiary: EmployeeId,
    /// The department it is charged to and routed by.
    pub department: DepartmentId,
    /// What it is worth in the book currency; absent where the document has no amount.
    pub amount: Option<Money>,
    /// The business date of the fact.
    pub business_date: BusinessDate,
    /// The fields that conditions may look at: `category` (a code or a list of codes), `over_budget`,
    /// `urgent`, `region`, and any other.
    pub fields: Map<String, Value>,
    /// The version of the document that is submitted: what a decision is taken on.
    pub version: Version,
    /// The digests of what it says: what a decision has seen. Empty where it was submitted before they were kept.
    #[serde(default)]
    pub seen: Seen,
}

impl Subject {
    /// The amount in minor units; a document without one counts as zero.
    pub fn amount_minor(&self) -> i64 {
        self.amount.map_or(0, Money::minor)
    }

    /// The people whose own document this is, without those who stand in for them.
    pub fn parties(&self) -> [EmployeeId; 3] {
        [self.submitter, self.beneficiary, self.creator]
    }
}
