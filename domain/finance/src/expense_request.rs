//! Expense requests (费用申请单): asking before spending. What is asked for is reserved in the budget when it is
//! submitted, promised when it is approved, and drawn by claims until it is used up. `[EXP-2, EXP-5]`
//!
//! What an approved request says changes only by an amendment with its own approval; every version of it stays
//! readable.

/// What may be done with a request now, and if not why. `[ACT-1]`
pub mod actions;
/// What a request says: lines, purpose, links.
pub mod content;
/// What claims took of it.
pub mod draw;
/// Closing and revoking: the ends of an approved request.
pub mod end;
/// Submitting and everything that is checked then.
pub mod submit;

pub use super::procurement::{Quote, Tender};
use super::{
    budget_line::{DocumentKind, DocumentRef},
    expense_category::ExpenseCategories,
    expense_policy::ExpensePolicy,
    expense_request_amendment::ExpenseRequestAmendment,
    expense_request_policy::ExpenseRequestPolicy,
};
use crate::{
    approval::{
        ContentPart, Course, Document, Facts, NewDocument, Petition, Standing, StandingState, check_reason,
        facts,
    },
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, MoneyError, Permission,
        PolicyVersion, Refusal, Timestamp, Version, codes,
    },
};
pub use content::{Link, LinkKind, RequestContent, RequestLine};
pub use draw::Draw;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { EXPENSE_REQUEST_REFUSALS:
    NO_LINES = "expense_request.no_lines", Invalid, "费用申请至少须有一行明细", "A request needs at least one line";
    TOO_MANY = "expense_request.too_many", Invalid, "最多 {max} 项", "At most {max} entries";
    DETAIL_MISSING = "expense_request.detail_missing", Invalid, "“{category}”须填写此项说明", "\"{category}\" demands this detail";
    DATE_TOO_OLD = "expense_request.date_too_old", Invalid, "业务日期 {date} 距今超过 {days} 天", "The business date {date} lies more than {days} days back";
    DATE_TOO_FAR = "expense_request.date_too_far", Invalid, "业务日期 {date} 晚于今天超过 {days} 天", "The business date {date} lies more than {days} days ahead";
    RATE_MISSING = "expense_request.rate_missing", Invalid, "外币申请须填写汇率及汇率日期", "A request in another currency needs a rate and its date";
    RATE_NOT_ONE = "expense_request.rate_not_one", Invalid, "本位币申请的汇率只能为 1", "The rate of the book currency is 1 and has no date";
    RATE_TOO_FAR = "expense_request.rate_too_far", Invalid, "汇率日期 {date} 晚于今天或距今超过 {days} 天", "The rate of {date} lies ahead, or more than {days} days back";
    NOT_REVOCABLE = "expense_request.not_revocable", Conflict, "已有报销占用此申请，只能关闭", "Claims draw on the request; it can only be closed";
    AMENDMENT_OPEN = "expense_request.amendment_open", Conflict, "变更单 {amendment} 尚未结束", "The amendment {amendment} is still under way";
    NOT_CLOSABLE = "expense_request.not_closable", Forbidden, "只有填报人或财务可以关闭申请", "Only whoever drew up or submits the request, or finance, may close it";
}

crate::events! { EXPENSE_REQUEST_EVENTS:
    CREATED = "expense_request.created", "费用申请已建立", "An expense request was created";
    CHANGED = "expense_request.changed", "费用申请已修改", "An expense request was changed";
    SUBMITTED = "expense_request.submitted", "费用申请已提交", "An expense request was submitted";
    WITHDRAWN = "expense_request.withdrawn", "费用申请已撤回", "An expense request was withdrawn";
    RETURNED = "expense_request.returned", "费用申请已退回", "An expense request was returned to its submitter";
    REJECTED = "expense_request.rejected", "费用申请已驳回", "An expense request was rejected";
    APPROVED = "expense_request.approved", "费用申请已批准", "An expense request was approved";
    AMENDED = "expense_request.amended", "费用申请已变更", "An approved expense request was amended";
    DRAWN = "expense_request.drawn", "费用申请的报销占用有变动", "What claims draw on an expense request changed";
    REOPENED = "expense_request.reopened", "费用申请重新可用", "An expense request that was used up is open again: a claim gave back what it took";
    CLOSED = "expense_request.closed", "费用申请已关闭", "An expense request was closed; what was left is free again";
    REVOKED = "expense_request.revoked", "费用申请已撤销", "An approved expense request was revoked before anything was claimed";
    VOIDED = "expense_request.voided", "费用申请已作废", "An expense request was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[EXPENSE_REQUEST_REFUSALS, draw::EXPENSE_REQUEST_DRAW_REFUSALS],
    events: &[EXPENSE_REQUEST_EVENTS],
    enums: &[LinkKind::LABELS, actions::RequestAction::LABELS],
};

/// The policies in force that a request is judged by.
#[derive(Clone, Copy, Debug)]
pub struct RequestRules<'a> {
    /// The settings for requests.
    pub policy: &'a PolicyVersion<ExpenseRequestPolicy>,
    /// The settings for claims: currency and rates are theirs.
    pub claims: &'a PolicyVersion<ExpensePolicy>,
    /// The tree of categories.
    pub categories: &'a PolicyVersion<ExpenseCategories>,
}

/// A request for leave to spend.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExpenseRequest {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `ER-2026-000123`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: RequestContent,
    /// How many times what it says was approved anew: 1, and one more for each amendment.
    pub revision: i32,
    /// What claims took of it.
    pub draws: Vec<Draw>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ExpenseRequest {
    const KIND: &'static str = "expense_request";
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

impl Document for ExpenseRequest {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: None,
        ends_for_leavers: None,
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.content.department
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        let Self { content, .. } = self;
        Ok(facts([("amount", json!(content.total()?)), ("department_id", json!(content.department))]))
    }
    fn said(&self) -> Vec<(ContentPart, serde_json::Value)> {
        self.content.said(self.petition.submitter)
    }
}

impl ExpenseRequest {
    /// Starts a draft. The submitter is the actor's own employee, or another one where the actor may ask for
    /// others.
    pub fn create(
        new: NewDocument<Self>,
        content: RequestContent,
        by: &Actor,
        now: Timestamp,
        rules: RequestRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter } = new;
        let for_others = (Permission::SubmitExpenseRequestsForOthers, "EXP-14b");
        let petition = Petition::begin(number, submitter, for_others, by, now)?;
        let content = content.tidied(rules.claims.content.book_currency);
        content.check(rules)?;
        let facts = json!({
            "number": petition.number, "department_id": content.department, "amount": content.total()?,
        });
        let request = Self { id, petition, content, revision: 1, draws: Vec::new(), version: 0 };
        let named = request.in_whose_name(by);
        Ok(Change::created(request, CREATED, facts).in_the_name_of(named))
    }

    /// Rewrites what the request says, while it lies with its submitter.
    pub fn revise(
        self,
        content: RequestContent,
        by: &Actor,
        rules: RequestRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = content.tidied(rules.claims.content.book_currency);
        content.check(rules)?;
        let facts = json!({"number": self.petition.number, "amount": content.total()?});
        let after = Self { content, ..self.clone() };
        let named = self.in_whose_name(by);
        Ok(Change::updated(self, after, CHANGED, facts).in_the_name_of(named))
    }

    /// The request as the budget knows it.
    pub fn budget_document(&self) -> DocumentRef {
        DocumentRef::new(DocumentKind::ExpenseRequest, self.id.uuid())
    }

    /// What an approved amendment makes of it. What claims took already stays theirs.
    ///
    /// # Errors
    /// Where it is not approved any more, or the amendment takes away what was claimed meanwhile.
    pub fn amend(
        self,
        amendment: Id<ExpenseRequestAmendment>,
        content: RequestContent,
    ) -> Result<Change<Self>, Refusal> {
        self.petition.expect_approved()?;
        self.check_amended(&content)?;
        let revision = self.revision + 1;
        let facts = json!({
            "number": self.petition.number, "amendment_id": amendment, "revision": revision,
            "amount": content.total()?,
        });
        let after = Self { content, revision, ..self.clone() };
        Ok(Change::updated(self, after, AMENDED, facts))
    }
}

/// Amounts beyond what can be added up.
pub(crate) fn too_large(_: MoneyError) -> Refusal {
    Refusal::new(codes::AMOUNT_TOO_LARGE)
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
