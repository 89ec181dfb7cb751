//! Expense claims (报销单): reimbursement of what was spent, from draft to paid. `[EXP-4, EXP-9, EXP-14a, EXP-14b]`
//!
//! The state is only moved by the named actions of the files beside this one. After the ERP's
//! acknowledgement a claim is immutable here; a change is a reversing document linked to it.

/// What may be done with a claim now, and if not why. `[ACT-1]`
pub mod actions;
/// Settling cash advances.
pub mod advance;
/// Advertisements that lines pay for.
pub mod advertisement;
/// What its life means for the budget.
pub mod budget;
/// What a claim says: lines, details, amounts.
pub mod content;
/// Void and revoke: the ends that are not payment.
pub mod end;
/// The ERP's calls: acknowledge, confirm or refuse posting.
pub mod hand_over;
/// Making the journal entry that could not be made at the approval.
pub mod prepare;
/// What is bought without having been looked at.
pub(crate) mod purchase;
/// Approving less than was claimed.
pub mod reduce;
/// Whether it keeps to the rules, to be compared.
mod replay;
/// Claiming on an approved request.
pub mod request;
/// The linked counter-document.
pub mod reverse;
/// What approvers see of it.
mod seen;
/// What approving a claim makes of it.
pub mod settle;
/// Invoices that lines share.
mod share;
/// Where a claim stands.
pub mod status;
/// Submitting and everything that is checked then.
pub mod submit;

pub use advance::Settlement;
pub use advertisement::{Advertisement, Application};
pub use budget::BudgetMove;
pub use content::{Beneficiary, ClaimContent, Details, Exchange, Line, Reduction};
pub use hand_over::{Acknowledgement, NotReady, PostingRefusal, Voucher};
pub use purchase::FellowClaim;
pub use request::Taken;
pub use reverse::ReversalOf;
pub use status::{Books, ClaimState};

use super::{
    expense_category::ExpenseCategories, expense_policy::ExpensePolicy, expense_request::ExpenseRequest,
    expense_request_policy::ExpenseRequestPolicy, journal::JournalEntry, payment::Payment,
};
use crate::{
    approval::{
        Approval, ContentPart, Course, Document, Facts, Owner, Petition, Standing, StandingState,
        check_reason, facts,
        petition::{FOR_OTHERS_FORBIDDEN, NOT_IN_APPROVAL},
    },
    spine::{
        Actor, Change, Citation, DepartmentId, Employee, EmployeeId, Entity, EventKind, Findings, Id,
        MoneyError, Permission, PolicyVersion, Refusal, Timestamp, User, Version, codes,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { EXPENSE_CLAIM_REFUSALS:
    REASON_FOR_OTHER = "expense_claim.reason_for_other", Invalid, "代他人报销须说明原因", "A claim for somebody else needs a reason";
    REASON_WITHOUT_OTHER = "expense_claim.reason_without_other", Invalid, "报销人即本人，无须说明代报原因", "The beneficiary is the submitter; there is no reason to give";
    NOT_REVOCABLE = "expense_claim.not_revocable", Conflict, "当前状态“{state}”不可撤销，入账系统接收前才可撤销", "A claim in the state \"{state}\" cannot be revoked; only an approved one, before it is acknowledged";
    NOT_REVERSIBLE = "expense_claim.not_reversible", Conflict, "当前状态“{state}”不可冲销，入账后才可冲销", "A claim in the state \"{state}\" cannot be reversed; only a posted one";
    REVERSAL_FIXED = "expense_claim.reversal_fixed", Conflict, "冲销单不可修改、提交或再冲销", "A reversing document is never changed, submitted or reversed itself";
    ALREADY_REVERSED = "expense_claim.already_reversed", Conflict, "已有冲销单 {reversal}", "The reversing document {reversal} exists already";
    NO_LINES = "expense_claim.no_lines", Invalid, "报销单至少须有一行明细", "A claim needs at least one line";
    TOO_MANY = "expense_claim.too_many", Invalid, "最多 {max} 项", "At most {max} entries";
    DETAIL_MISSING = "expense_claim.detail_missing", Invalid, "“{category}”须填写此项说明", "\"{category}\" demands this detail";
    EVIDENCE_MISSING = "expense_claim.evidence_missing", Invalid, "“{category}”须附证明材料", "\"{category}\" needs an attachment as evidence";
    DATE_IN_FUTURE = "expense_claim.date_in_future", Invalid, "日期 {date} 晚于今天", "The date {date} lies in the future";
    SPENT_TOO_LONG_AGO = "expense_claim.spent_too_long_ago", Invalid, "发生日期 {date} 距今超过 {days} 天", "The spending of {date} lies more than {days} days back";
    RATE_MISSING = "expense_claim.rate_missing", Invalid, "外币报销须填写汇率及汇率日期", "A claim in another currency needs a rate and its date";
    RATE_NOT_ONE = "expense_claim.rate_not_one", Invalid, "本位币报销的汇率只能为 1", "The rate of the book currency is 1 and has no date";
    RATE_TOO_FAR = "expense_claim.rate_too_far", Invalid, "汇率日期 {date} 与业务日期相差超过 {days} 天", "The rate of {date} lies more than {days} days from the business date";
    NO_SUCH_LINE = "expense_claim.no_such_line", Invalid, "没有第 {line} 行", "There is no line {line}";
    LINE_TWICE = "expense_claim.line_twice", Invalid, "第 {line} 行出现两次", "Line {line} stands twice";
    APPROVED_OUT_OF_RANGE = "expense_claim.approved_out_of_range", Invalid, "核准金额须在 0 与申报金额 {claimed} 之间", "The approved amount must lie between 0 and the claimed {claimed}";
    REDUCTION_REASON = "expense_claim.reduction_reason", Invalid, "核减须说明原因", "Approving less than claimed needs a reason";
    REDUCED_TO_NOTHING = "expense_claim.reduced_to_nothing", Invalid, "全部核减为零时请驳回", "Where nothing is approved the claim is to be rejected";
    NOT_DECIDING = "expense_claim.not_deciding", Forbidden, "此单没有待您审批的任务", "No task of this claim waits for your decision";
    OWN_REDUCTION = "expense_claim.own_reduction", Forbidden, "不得核定本人的报销", "Nobody approves amounts of their own claim";
}

crate::events! { EXPENSE_CLAIM_EVENTS:
    CREATED = "expense_claim.created", "报销单已建立", "An expense claim was created";
    CHANGED = "expense_claim.changed", "报销单已修改", "An expense claim was changed";
    SUBMITTED = "expense_claim.submitted", "报销单已提交", "An expense claim was submitted";
    WITHDRAWN = "expense_claim.withdrawn", "报销单已撤回", "An expense claim was withdrawn";
    RETURNED = "expense_claim.returned", "报销单已退回", "An expense claim was returned to its submitter";
    REJECTED = "expense_claim.rejected", "报销单已驳回", "An expense claim was rejected";
    APPROVED = "expense_claim.approved", "报销单已批准", "An expense claim was approved";
    REDUCED = "expense_claim.reduced", "报销单已核减", "Amounts of an expense claim were approved in part";
    REVOKED = "expense_claim.revoked", "报销单已撤销", "An approved expense claim was revoked before its acknowledgement";
    VOIDED = "expense_claim.voided", "报销单已作废", "An expense claim was voided; its number stays taken";
    ACKNOWLEDGED = "expense_claim.acknowledged", "报销单已由财务系统接收", "An expense claim was acknowledged by finance";
    POSTED = "expense_claim.posted", "报销单已入账", "An expense claim was posted to the ledger";
    POSTING_REFUSED = "expense_claim.posting_refused", "报销单入账失败并已退回", "The posting of an expense claim failed; it was returned whole";
    REVERSAL_CREATED = "expense_claim.reversal_created", "冲销单已建立", "A reversing document was created";
    REVERSAL_OPENED = "expense_claim.reversal_opened", "报销单进入冲销", "A reversing document was linked to an expense claim";
    REVERSAL_DROPPED = "expense_claim.reversal_dropped", "报销单冲销已取消", "The reversing document of an expense claim came to nothing";
    REVERSED = "expense_claim.reversed", "报销单已冲销", "An expense claim was reversed by a posted counter-document";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[
        EXPENSE_CLAIM_REFUSALS,
        hand_over::HAND_OVER_REFUSALS,
        advertisement::ADVERTISEMENT_REFUSALS,
        request::EXPENSE_CLAIM_REQUEST_REFUSALS,
        prepare::PREPARE_REFUSALS,
        advance::CLAIM_ADVANCE_REFUSALS,
    ],
    events: &[EXPENSE_CLAIM_EVENTS, prepare::PREPARE_EVENTS],
    enums: &[actions::ClaimAction::LABELS, ClaimState::LABELS],
};

/// The policies in force that a claim is judged by.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRules<'a> {
    /// The company's settings.
    pub policy: &'a PolicyVersion<ExpensePolicy>,
    /// The tree of categories.
    pub categories: &'a PolicyVersion<ExpenseCategories>,
    /// The settings for requests: when prices must have been compared is theirs. `[EXP-7]`
    pub procurement: &'a PolicyVersion<ExpenseRequestPolicy>,
    /// The approved request it draws on, where it names one.
    pub request: Option<&'a ExpenseRequest>,
    /// The other claims that take of that request, where this one goes beyond it. `[EXP-7]`
    pub fellows: &'a [FellowClaim],
    /// The requests under which its advertisements were placed, as far as there are such. `[EXP-8]`
    pub applications: &'a [Application],
}

/// Where a claim came from, when another system mirrors it; unique together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct External {
    /// The other system.
    pub source: String,
    /// The claim's identity there.
    pub external_id: String,
}

/// What a claim is known by from the start.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// Identity.
    pub id: Id<ExpenseClaim>,
    /// The number, from the counter of its year.
    pub number: String,
    /// Who answers for it; the actor where none is named.
    pub submitter: Option<Id<Employee>>,
    /// Its identity elsewhere.
    pub external: Option<External>,
}

/// A claim for reimbursement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExpenseClaim {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `EC-2026-000123`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: ClaimContent,
    /// What finance made of it after its approval.
    pub books: Option<Books>,
    /// Why the ERP could not post it, where it lies with its submitter again because of that.
    pub posting_refusal: Option<PostingRefusal>,
    /// Its identity elsewhere.
    pub external: Option<External>,
    /// Set on a reversing document: what it undoes.
    pub reverses: Option<ReversalOf>,
    /// Set while a reversing document of it is under way or has taken effect.
    pub reversal: Option<Id<Self>>,
    /// Its journal entry, from approval on.
    pub entry: Option<JournalEntry>,
    /// Why its journal entry could not be made at its approval: then it is not ready for the books.
    pub not_ready: Option<NotReady>,
    /// What has been paid.
    pub payments: Vec<Payment>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ExpenseClaim {
    const KIND: &'static str = "expense_claim";
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

/// A counter-document is fixed: it is what its claim was, turned round. Where its submitter has left, finance gives it up.
impl Document for ExpenseClaim {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: None,
        ends_for_leavers: Some(Permission::AccountExpenseClaims),
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
    fn beneficiary(&self) -> EmployeeId {
        self.content.beneficiary.employee
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        let Self { content, .. } = self;
        Ok(facts([("claimed", json!(content.claimed()?)), ("department_id", json!(content.department))]))
    }
    fn said(&self) -> Vec<(ContentPart, serde_json::Value)> {
        self.content.said()
    }
    fn refuse_fixed(&self) -> Result<(), Refusal> {
        if self.reverses.is_some() { Err(Refusal::new(REVERSAL_FIXED)) } else { Ok(()) }
    }
    /// What the ERP returned was approved: its approval is over.
    fn goes_on(&self) -> Option<Id<Approval>> {
        self.petition.goes_on().filter(|_| self.posting_refusal.is_none())
    }
    fn stand(&mut self, standing: Standing) {
        self.petition.standing = standing;
        self.posting_refusal = None;
    }
}

/// The readable number of a document: prefix, year, and a counter of that year.
pub fn document_number(prefix: &str, year: i32, sequence: i64) -> String {
    format!("{prefix}-{year:04}-{sequence:06}")
}

impl ExpenseClaim {
    /// Starts a draft. The submitter is the actor's own employee, or another one where the actor may
    /// claim for others (a secretary, a system that mirrors its own claims).
    pub fn create(
        new: NewClaim,
        content: ClaimContent,
        by: &Actor,
        now: Timestamp,
        rules: ClaimRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let NewClaim { id, number, submitter, external } = new;
        let for_others = (Permission::SubmitExpenseClaimsForOthers, "EXP-14b");
        let petition = Petition::begin(number, submitter, for_others, by, now)?;
        let content = content.tidied(rules.policy.content.book_currency);
        content.check(petition.submitter, by, rules)?;
        let facts = json!({
            "number": petition.number, "department_id": content.department, "claimed": content.claimed()?,
        });
        let claim = Self {
            id,
            petition,
            content,
            books: None,
            posting_refusal: None,
            external,
            reverses: None,
            reversal: None,
            entry: None,
            not_ready: None,
            payments: Vec::new(),
            version: 0,
        };
        let named = claim.in_whose_name(by);
        Ok(Change::created(claim, CREATED, facts).in_the_name_of(named))
    }

    /// Rewrites what the claim says, while it lies with its submitter.
    pub fn revise(
        self,
        content: ClaimContent,
        by: &Actor,
        rules: ClaimRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = content.tidied(rules.policy.content.book_currency);
        content.check(self.petition.submitter, by, rules)?;
        let facts = json!({"number": self.petition.number, "claimed": content.claimed()?});
        let after = Self { content, ..self.clone() };
        let named = after.in_whose_name(by);
        Ok(Change::updated(self, after, CHANGED, facts).in_the_name_of(named))
    }

    /// Whether it says this already, so that writing it again would change nothing.
    pub fn says(&self, content: &ClaimContent, rules: ClaimRules<'_>) -> bool {
        self.content == content.clone().tidied(rules.policy.content.book_currency)
    }

    /// Whether a person made, submits or benefits from it: nobody decides about their own spending. `[APR-4]`
    pub fn is_own(&self, actor: &Actor) -> bool {
        let employees = [
            self.petition.creator_employee,
            Some(self.petition.submitter),
            Some(self.content.beneficiary.employee),
        ];
        self.petition.creator == actor.user
            || (actor.employee.is_some() && employees.contains(&actor.employee))
    }

    /// Whether it is a person's own where it comes into the books: who submits or gains by it and, but for a
    /// counter-document, which is made by finance, who made it.
    pub fn is_own_in_books(&self, actor: &Actor) -> bool {
        let made = self.reverses.is_none() && self.petition.creator == actor.user;
        made || actor.is(self.petition.submitter) || actor.is(self.content.beneficiary.employee)
    }

    /// It as finance has it from now on.
    fn booked(self, books: Books, kind: &'static EventKind) -> Change<Self> {
        let after = Self { books: Some(books), ..self.clone() };
        let facts = after.all_facts();
        Change::updated(self, after, kind, facts.into())
    }
}

/// Amounts beyond what can be added up.
pub(crate) fn too_large(_: MoneyError) -> Refusal {
    Refusal::new(codes::AMOUNT_TOO_LARGE)
}

#[cfg(test)]
mod tests;
