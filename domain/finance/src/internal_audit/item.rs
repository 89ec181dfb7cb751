//! One claim of a sample. What was drawn is frozen; the claim itself may move on.

use super::{Auditor, ITEM_CONCLUDED, ITEM_DRAWN, InternalAudit, Parties, SAMPLE_MAX, rule};
use crate::{
    finance::{audit_risk::RiskSignal, expense_claim::ExpenseClaim, wording},
    spine::{
        Actor, BusinessDate, Change, Department, Employee, Entity, Findings, Id, Money, Refusal, Timestamp,
        User, Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// How an item came into the sample.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditItemOrigin)]
pub enum ItemOrigin {
    /// Drawn at random.
    Random,
    /// Drawn by its risk.
    ByRisk,
    /// Chosen by the auditor.
    ByHand,
}

crate::labels! { ItemOrigin = "AuditItemOrigin":
    Random = "random", "随机抽取", "At random";
    ByRisk = "by_risk", "按风险抽取", "By risk";
    ByHand = "by_hand", "人工选取", "By hand";
}

/// What the auditor concludes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditVerdict)]
pub enum Verdict {
    /// Nothing is wrong.
    Satisfactory,
    /// Something is wrong; a finding says what.
    Exception,
    /// It could not be verified.
    NotVerifiable,
}

crate::labels! { Verdict = "AuditVerdict":
    Satisfactory = "satisfactory", "无异常", "Satisfactory";
    Exception = "exception", "有异常", "Exception";
    NotVerifiable = "not_verifiable", "无法核实", "Not verifiable";
}

/// The claim as it was when it was drawn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DrawnClaim {
    /// The claim.
    pub id: Id<ExpenseClaim>,
    /// Its number.
    pub number: String,
    /// Its version then.
    pub version: Version,
    /// Who made it, if an employee did.
    pub creator: Option<Id<Employee>>,
    /// Who answered for it.
    pub submitter: Id<Employee>,
    /// Who received the money.
    pub beneficiary: Id<Employee>,
    /// Whose expense it was.
    pub department: Id<Department>,
    /// The business day.
    pub business_date: BusinessDate,
    /// What the beneficiary was owed then, in the book currency.
    pub payable: Money,
}

impl DrawnClaim {
    /// The people of the claim.
    pub const fn parties(&self) -> Parties {
        Parties {
            claim: self.id,
            creator: self.creator,
            submitter: self.submitter,
            beneficiary: self.beneficiary,
        }
    }
}

/// What the auditor concluded, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conclusion {
    /// What.
    pub verdict: Verdict,
    /// What was looked at and found.
    pub note: String,
    /// Who concluded.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

/// One claim of a sample.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AuditItem {
    /// Identity.
    pub id: Id<Self>,
    /// The audit.
    pub audit: Id<InternalAudit>,
    /// Where it stands in the sample, counted from 1.
    pub position: i32,
    /// The claim as it was drawn.
    pub claim: DrawnClaim,
    /// How it came into the sample.
    pub origin: ItemOrigin,
    /// The draw it came by, counted from 1; none where it was chosen.
    pub draw: Option<i32>,
    /// What its signs weighed together then.
    pub score: u32,
    /// The signs as they were explained then.
    pub signals: Vec<RiskSignal>,
    /// What the auditor concluded.
    pub conclusion: Option<Conclusion>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for AuditItem {
    const KIND: &'static str = "internal_audit_item";
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

impl AuditItem {
    /// Takes a claim into the sample.
    pub fn take(self, audit: &InternalAudit) -> Result<Change<Self>, Refusal> {
        audit.ensure_under_way()?;
        if usize::try_from(self.position).unwrap_or(usize::MAX) > SAMPLE_MAX {
            return Err(Refusal::new(super::SAMPLE_TOO_LARGE).with("max", SAMPLE_MAX).citing(rule()));
        }
        let facts = json!({
            "audit_id": self.audit, "claim_id": self.claim.id, "claim_number": self.claim.number,
            "origin": self.origin.code(), "score": self.score,
        });
        Ok(Change::created(self, ITEM_DRAWN, facts))
    }

    /// Concludes, or concludes anew, while the audit is under way; never by a party to the claim.
    pub fn conclude(
        self,
        verdict: Verdict,
        note: String,
        audit: &InternalAudit,
        auditor: &Auditor,
        (by, now): (&Actor, Timestamp),
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_concludable(audit, auditor)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/note", &note, 2_000);
        findings.into_result()?;
        let facts = json!({
            "audit_id": self.audit, "claim_id": self.claim.id, "claim_number": self.claim.number,
            "verdict": verdict.code(),
        });
        let conclusion = Some(Conclusion { verdict, note, by: by.user, at: now });
        let after = Self { conclusion, ..self.clone() };
        Ok(Change::updated(self, after, ITEM_CONCLUDED, facts))
    }
}
