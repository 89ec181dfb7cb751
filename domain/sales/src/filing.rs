//! Filings (销售报备): a protected chance per customer and product line, for who said so first. `[SAL-2; 001 奖惩条款 §3.2]`
//!
//! Of one customer and product line one filing is live: a unique key decides between two who file at the same moment, and the
//! later is refused or contested as the terms say. Whose the customer is does not move by it.

/// What may be done with a filing now, and if not why. `[ACT-1]`
mod actions;
/// Filed, reviewed, ruled on, given up.
mod course;
/// How long it protects.
mod protection;

pub use actions::FilingAction;
pub use course::Way;
pub use protection::Protection;

use crate::{
    customer_file::CustomerId,
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, DepartmentId, EmployeeId, Entity, Findings, Id,
        Money, Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// At most so many files prove a filing.
pub const EVIDENCE_MAX: usize = 20;

crate::refusals! { FILING_REFUSALS:
    NOT_YOURS_TO_FILE = "filing.not_yours_to_file", Forbidden, "只有客户的归属人可以报备该客户", "Only whoever owns the customer may file it";
    NOT_YOURS = "filing.not_yours", Forbidden, "只有报备人可以办理", "Only whoever filed it may do this";
    OWN_REVIEW = "filing.own_review", Forbidden, "不得审核或裁决本人的报备", "Nobody reviews or rules on a filing of their own";
    CONFLICT = "filing.conflict", Conflict, "该客户的“{product_line}”已由{holder}报备，有效期至 {until}", "\"{product_line}\" of this customer is filed already by {holder}, until {until}";
    TAKEN = "filing.taken", Conflict, "该客户的“{product_line}”已由{holder}报备，正在审核", "\"{product_line}\" of this customer is filed already by {holder}, and under review";
    PROTECTED_BY_ANOTHER = "filing.protected_by_another", Conflict, "该客户的“{product_line}”由{holder}报备保护至 {until}，他人不得报价、签约或下单", "\"{product_line}\" of this customer is protected for {holder} until {until}: nobody else quotes, contracts or orders it";
    LIVE_MAX = "filing.live_max", Conflict, "有效报备最多 {max} 件，请先释放不再跟进的报备", "There may be {max} live filings at most; release one that is no longer pursued";
    WRONG_STATE = "filing.wrong_state", Conflict, "报备 {number} 当前为“{state}”，不能办理", "The filing {number} is \"{state}\"; this cannot be done";
    EXTENDED_ALREADY = "filing.extended_already", Conflict, "报备 {number} 已延期一次，不能再次延期", "The filing {number} was extended once, and is not extended again";
    CLOSES_IN_PAST = "filing.closes_in_past", Invalid, "预计成交日期不得早于今天", "The day it is expected to close must not lie in the past";
    NO_EMPLOYEE = "filing.no_employee", Forbidden, "该账号没有对应的员工，不能报备", "The account has no employee, and files nothing";
}

crate::events! { FILING_EVENTS:
    CREATED = "filing.created", "销售报备已起草", "A filing was drafted";
    CHANGED = "filing.changed", "销售报备已修改", "A filing was changed";
    FILED = "filing.filed", "销售报备已提交", "A customer was filed";
    CONTESTED = "filing.contested", "销售报备存在争议", "A filing meets another, and is contested";
    REVIEWED = "filing.reviewed", "销售报备已审核", "A filing was reviewed";
    PROTECTED = "filing.protected", "销售报备已生效保护", "A filing protects";
    REFUSED = "filing.refused", "销售报备未通过", "A filing was refused";
    RULED = "filing.ruled", "报备争议已裁决", "A contested filing was ruled on";
    EXTENDED = "filing.extended", "销售报备已延期", "A filing was extended";
    PROGRESSED = "filing.progressed", "报备客户已有进展", "What was filed made progress";
    CONVERTED = "filing.converted", "报备客户已成交", "What was filed became a sale";
    EXPIRED = "filing.expired", "销售报备已失效", "A filing came to its end";
    RELEASED = "filing.released", "销售报备已释放", "A filing was given up";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[FILING_REFUSALS],
    events: &[FILING_EVENTS],
    enums: &[FilingAction::LABELS, FilingState::LABELS],
};

/// Which filing.
pub type FilingId = Id<Filing>;

/// Where a filing stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FilingStatus {
    /// Being written.
    Draft,
    /// Waits for its review.
    Filed {
        /// Since when.
        at: Timestamp,
    },
    /// It protects.
    Protected {
        /// Since when.
        at: Timestamp,
    },
    /// A sale came of it.
    Converted {
        /// When.
        at: Timestamp,
    },
    /// Its time is over, or nothing was done.
    Expired {
        /// When that was noted.
        at: Timestamp,
    },
    /// Given up.
    Released {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Its reviewer said no.
    Refused {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It meets another that is live; somebody rules.
    Contested {
        /// Since when.
        at: Timestamp,
    },
    /// It was ruled against.
    Ruled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The plain names of where a filing stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FilingStatus)]
pub enum FilingState {
    /// Being written.
    Draft,
    /// Waits for its review.
    Filed,
    /// It protects.
    Protected,
    /// A sale came of it.
    Converted,
    /// Its time is over, or nothing was done.
    Expired,
    /// Given up.
    Released,
    /// Its reviewer said no.
    Refused,
    /// It meets another that is live; somebody rules.
    Contested,
    /// It was ruled against.
    Ruled,
}

crate::labels! { FilingState = "FilingStatus":
    Draft = "draft", "草稿", "Draft";
    Filed = "filed", "待审核", "Filed";
    Protected = "protected", "保护中", "Protected";
    Converted = "converted", "已成交", "Converted";
    Expired = "expired", "已失效", "Expired";
    Released = "released", "已释放", "Released";
    Refused = "refused", "未通过", "Refused";
    Contested = "contested", "争议中", "Contested";
    Ruled = "ruled", "裁决未获支持", "Ruled against";
}

crate::status! { FilingStatus as FilingState:
    Draft; Filed at; Protected at; Converted at; Expired at; Released at reason; Refused at reason; Contested at;
    Ruled at reason;
}

/// What a filing says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FilingContent {
    /// Of which product line: the category of products, 1 to 60 characters.
    pub product_line: String,
    /// At which site or in which project, up to 200 characters.
    pub site: Option<String>,
    /// What it may come to, in the book currency.
    pub estimate: Money,
    /// The day it is expected to close.
    pub expected_on: BusinessDate,
    /// What shows the chance, 1 to 2,000 characters.
    pub grounds: String,
    /// Files that prove it.
    pub evidence: Vec<Id<File>>,
}

/// A filing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Filing {
    /// Identity.
    pub id: FilingId,
    /// Its number, such as `FL-2026-000012`; never reused.
    pub number: String,
    /// Of which customer.
    pub customer: CustomerId,
    /// By what customers are found to be one: a company's name as it is compared, a person's identity.
    pub customer_key: String,
    /// Who filed it.
    pub filer: EmployeeId,
    /// The department they work in.
    pub department: DepartmentId,
    /// What it says.
    #[serde(flatten)]
    pub content: FilingContent,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: FilingStatus,
    /// How long it protects, or did.
    pub protection: Option<Protection>,
    /// Why it was extended, once it was: 1 to 500 characters.
    pub extension_reason: Option<String>,
    /// The filing it meets.
    pub against: Option<FilingId>,
    /// Who reviewed or ruled.
    pub decided_by: Option<EmployeeId>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Filing {
    const KIND: &'static str = "filing";
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

/// What a new filing is known by.
#[derive(Clone, Debug)]
pub struct NewFiling {
    /// Its identity.
    pub id: FilingId,
    /// Its number.
    pub number: String,
    /// Of which customer.
    pub customer: CustomerId,
    /// By what customers are found to be one.
    pub customer_key: String,
    /// Who owns the customer now.
    pub owner: Option<EmployeeId>,
    /// The department of who files.
    pub department: DepartmentId,
}

impl FilingContent {
    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/product_line", &self.product_line, 60);
        wording::check_optional(&mut findings, "/site", self.site.as_deref(), 200);
        wording::check(&mut findings, "/grounds", &self.grounds, 2_000);
        if self.estimate.currency() != Currency::Cny {
            findings.add("/estimate", crate::sales_contract::NOT_IN_BOOK_CURRENCY);
        } else if !self.estimate.is_positive() {
            findings.add("/estimate", codes::AMOUNT_NOT_POSITIVE);
        }
        if self.expected_on < today {
            findings.add("/expected_on", CLOSES_IN_PAST);
        }
        if self.evidence.len() > EVIDENCE_MAX {
            let range = [("min", json!(0)), ("max", json!(EVIDENCE_MAX))];
            findings.add_with("/evidence", codes::BAD_LENGTH, range);
        }
        findings.into_result().map_err(cite)
    }
}

impl Filing {
    /// Drafts a filing of a customer, by who owns it.
    ///
    /// # Errors
    /// `filing.not_yours_to_file`; what is not well formed, all of it named.
    pub fn create(
        new: NewFiling,
        content: FilingContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let filer = by.employee.ok_or_else(|| cite(Refusal::new(NO_EMPLOYEE)))?;
        if new.owner != Some(filer) {
            return Err(cite(Refusal::new(NOT_YOURS_TO_FILE)));
        }
        content.check(today)?;
        let NewFiling { id, number, customer, customer_key, owner: _, department } = new;
        let filing = Self {
            id,
            number,
            customer,
            customer_key,
            filer,
            department,
            content,
            created_at: now,
            status: FilingStatus::Draft,
            protection: None,
            extension_reason: None,
            against: None,
            decided_by: None,
            version: 0,
        };
        let facts = filing.facts();
        Ok(Change::created(filing, CREATED, facts))
    }

    /// Rewrites what a draft says.
    ///
    /// # Errors
    /// Another's, or one that is filed; what is not well formed.
    pub fn revise(
        self,
        content: FilingContent,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check(today)?;
        Ok(self.becomes(CHANGED, |after| after.content = content))
    }

    /// Whether it is in the way of another of its customer and product line.
    pub const fn is_live(&self) -> bool {
        matches!(self.status, FilingStatus::Filed { .. } | FilingStatus::Protected { .. })
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "customer_id": self.customer, "product_line": self.content.product_line,
            "filer_id": self.filer, "department_id": self.department, "state": self.status.state(),
            "protected_until": self.protection.map(|protection| protection.until)})
    }

    fn becomes(self, kind: &'static crate::spine::EventKind, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut after = self.clone();
        change(&mut after);
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }

    fn wrong_state(&self) -> Refusal {
        let refusal = Refusal::new(WRONG_STATE).with("number", self.number.clone());
        cite(refusal.with_label("state", self.status.state()))
    }

    fn expect(&self, states: &[FilingState]) -> Result<(), Refusal> {
        if states.contains(&self.status.state()) { Ok(()) } else { Err(self.wrong_state()) }
    }

    fn refuse_stranger(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.filer) { Ok(()) } else { Err(cite(Refusal::new(NOT_YOURS))) }
    }
}

/// What a filing rests on.
pub(crate) fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("SAL-2", "001 奖惩条款 §3.2"))
}

#[cfg(test)]
mod tests;
