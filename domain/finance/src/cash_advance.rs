//! Cash advances (借款单): money an employee gets before spending it, and settles by claims or pays back. `[EXP-14]`
//!
//! What is outstanding is derived from the pay-out and the movements after it, never stored by hand. It is never
//! settled by more than is there, whoever comes at the same time.

/// What may be done with an advance now, and if not why. `[ACT-1]`
pub mod actions;
/// Paying it out, settling it, paying it back.
pub mod movement;
/// Counter-entries of what was recorded by mistake.
pub mod reversal;
/// What must hold when it is submitted, and again when it is paid out.
pub mod submit;

pub use movement::{Movement, MovementKind, Payout};
pub use reversal::{Reversal, ReversalKind};
pub use submit::Beside;

use super::{
    cash_advance_policy::CashAdvancePolicy, expense_policy::ExpensePolicy, expense_request::ExpenseRequest,
    wording,
};
use crate::{
    approval::{
        ContentPart, Course, Document, Facts, NewDocument, Petition, Standing, StandingState, check_reason,
        facts,
    },
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, Department, DepartmentId, Entity, EventKind, Findings, Id,
        Money, Permission, PolicyVersion, Refusal, Timestamp, Version, codes,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { CASH_ADVANCE_REFUSALS:
    SETTLEMENT_TOO_LATE = "cash_advance.settlement_too_late", Invalid, "预计核销日期 {date} 晚于业务日期后 {days} 天", "The expected settlement of {date} lies more than {days} days after the business date";
    SETTLEMENT_BEFORE = "cash_advance.settlement_before", Invalid, "预计核销日期 {date} 早于业务日期", "The expected settlement of {date} lies before the business date";
    DATE_IN_FUTURE = "cash_advance.date_in_future", Invalid, "日期 {date} 晚于今天", "The date {date} lies in the future";
    DATE_TOO_EARLY = "cash_advance.date_too_early", Invalid, "日期 {date} 早于 {earliest}", "The date {date} lies before {earliest}";
    OVERDUE_BLOCKS = "cash_advance.overdue_blocks", Conflict, "有逾期未核销的借款 {advances}，核销前不得再借", "The advances {advances} are overdue; until they are settled there is no other";
    REQUEST_NOT_APPROVED = "cash_advance.request_not_approved", Invalid, "费用申请 {request} 不是已批准状态", "The expense request {request} is not approved";
    BEYOND_REQUEST = "cash_advance.beyond_request", Invalid, "借款 {amount} 超过费用申请剩余 {remaining}", "The advance of {amount} is more than the {remaining} left of the request";
    ALREADY_PAID_OUT = "cash_advance.already_paid_out", Conflict, "借款 {number} 已以“{reference}”付款", "The advance {number} was paid out already, under \"{reference}\"";
    NOT_PAID_OUT = "cash_advance.not_paid_out", Conflict, "借款 {number} 尚未付款", "The advance {number} was not paid out yet";
    BEYOND_OUTSTANDING = "cash_advance.beyond_outstanding", Conflict, "金额 {amount} 超过未核销余额 {outstanding}", "{amount} is more than the {outstanding} that is outstanding";
    NOT_THE_BENEFICIARYS = "cash_advance.not_the_beneficiarys", Invalid, "该借款不属于报销收款人", "The advance is not the beneficiary's";
    UNKNOWN_ADVANCE = "cash_advance.unknown", NotFound, "没有此借款单", "There is no such cash advance";
    REFERENCE_TAKEN = "cash_advance.reference_taken", Conflict, "还款流水号“{reference}”已登记", "The repayment \"{reference}\" is recorded already";
}

crate::events! { CASH_ADVANCE_EVENTS:
    CREATED = "cash_advance.created", "借款单已建立", "A cash advance was created";
    CHANGED = "cash_advance.changed", "借款单已修改", "A cash advance was changed";
    SUBMITTED = "cash_advance.submitted", "借款单已提交", "A cash advance was submitted";
    WITHDRAWN = "cash_advance.withdrawn", "借款单已撤回", "A cash advance was withdrawn";
    RETURNED = "cash_advance.returned", "借款单已退回", "A cash advance was returned to its submitter";
    REJECTED = "cash_advance.rejected", "借款单已驳回", "A cash advance was rejected";
    APPROVED = "cash_advance.approved", "借款单已批准", "A cash advance was approved";
    REVOKED = "cash_advance.revoked", "借款单已撤销", "An approved cash advance was revoked before its pay-out";
    VOIDED = "cash_advance.voided", "借款单已作废", "A cash advance was voided; its number stays taken";
    PAID_OUT = "cash_advance.paid_out", "借款已付款", "A cash advance was paid out";
    REPAID = "cash_advance.repaid", "借款已还款", "A cash advance was paid back, in part or whole";
    PAYOUT_REVERSED = "cash_advance.payout_reversed", "借款付款已冲销", "The pay-out of a cash advance was reversed";
    REPAYMENT_REVERSED = "cash_advance.repayment_reversed", "借款还款已冲销", "A repayment of a cash advance was reversed";
    SETTLED = "cash_advance.settled", "借款核销有变动", "What claims settle of a cash advance changed";
    CLOSED = "cash_advance.closed", "借款已结清", "A cash advance is settled in full";
    REOPENED = "cash_advance.reopened", "借款重新未结清", "A settled cash advance is outstanding again";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CASH_ADVANCE_REFUSALS, reversal::CASH_ADVANCE_REVERSAL_REFUSALS],
    events: &[CASH_ADVANCE_EVENTS],
    enums: &[
        MovementKind::LABELS,
        SettlementState::LABELS,
        ReversalKind::LABELS,
        actions::AdvanceAction::LABELS,
    ],
};

/// The policies in force that an advance is judged by.
#[derive(Clone, Copy, Debug)]
pub struct AdvanceRules<'a> {
    /// The settings for advances.
    pub policy: &'a PolicyVersion<CashAdvancePolicy>,
    /// The settings for claims: currency and accounts are theirs.
    pub claims: &'a PolicyVersion<ExpensePolicy>,
}

/// What an advance says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AdvanceContent {
    /// The department that asks.
    pub department: Id<Department>,
    /// The business day.
    pub business_date: BusinessDate,
    /// How much, in the book currency.
    pub amount: Money,
    /// What for.
    pub purpose: String,
    /// The day it is to be settled.
    pub settle_on: BusinessDate,
    /// The approved request it is for.
    pub request: Option<Id<ExpenseRequest>>,
    /// Supporting papers, each file once.
    pub attachments: Vec<Id<File>>,
}

impl AdvanceContent {
    fn tidied(mut self) -> Self {
        self.attachments.sort_unstable();
        self.attachments.dedup();
        self
    }

    /// What must hold even of a draft.
    fn check(&self, rules: AdvanceRules<'_>) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let book = rules.claims.content.book_currency;
        if self.amount.currency() != book {
            findings.add_with("/amount/currency", codes::WRONG_CURRENCY, [("expected", json!(book.code()))]);
        }
        if !self.amount.is_positive() {
            findings.add("/amount", codes::AMOUNT_NOT_POSITIVE);
        }
        wording::check(&mut findings, "/purpose", &self.purpose, 500);
        findings.into_result()
    }

    fn check_dates(&self, today: BusinessDate, rules: AdvanceRules<'_>) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let most = rules.policy.content.settle_within_days;
        let days = self.settle_on.signed_duration_since(self.business_date).num_days();
        let date = ("date", json!(self.settle_on));
        if self.business_date > today {
            findings.add_with("/business_date", DATE_IN_FUTURE, [("date", json!(self.business_date))]);
        }
        if days < 0 || self.settle_on < today {
            findings.add_with("/settle_on", SETTLEMENT_BEFORE, [date]);
        } else if days > i64::from(most) {
            findings.add_with("/settle_on", SETTLEMENT_TOO_LATE, [date, ("days", json!(most))]);
        }
        findings.into_result().map_err(|refusal| refusal.citing(rules.policy.cite("EXP-14", None)))
    }
}

/// An advance of cash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CashAdvance {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `CA-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: AdvanceContent,
    /// How it was paid out.
    pub payout: Option<Payout>,
    /// What settled it, in order.
    pub movements: Vec<Movement>,
    /// What was recorded by mistake, each with its counter-entry, in order; it counts no more.
    pub reversals: Vec<Reversal>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CashAdvance {
    const KIND: &'static str = "cash_advance";
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

impl Document for CashAdvance {
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
        Ok(facts([("amount", json!(content.amount)), ("department_id", json!(content.department))]))
    }
    fn said(&self) -> Vec<(ContentPart, serde_json::Value)> {
        let AdvanceContent { department, business_date, amount, purpose, settle_on, request, attachments } =
            &self.content;
        vec![
            (ContentPart::Money, json!(amount)),
            (ContentPart::Beneficiary, json!(self.petition.submitter)),
            (ContentPart::BudgetLine, json!([department, request])),
            (ContentPart::Dates, json!([business_date, settle_on])),
            (ContentPart::Wording, json!(purpose)),
            (ContentPart::Papers, json!(attachments)),
        ]
    }
}

/// How far an advance is settled: derived, never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CashAdvanceSettlement)]
pub enum SettlementState {
    /// Not paid out yet.
    Unpaid,
    /// Paid out and not settled in full.
    Outstanding,
    /// The same, after the day it was to be settled.
    Overdue,
    /// Settled in full.
    Settled,
}

crate::labels! { SettlementState = "CashAdvanceSettlement":
    Unpaid = "unpaid", "未付款", "Not paid out";
    Outstanding = "outstanding", "未核销", "Outstanding";
    Overdue = "overdue", "已逾期", "Overdue";
    Settled = "settled", "已结清", "Settled";
}

impl SettlementState {
    /// What follows from where an advance stands, the days it was paid out and is to be settled, and today; none
    /// before it is approved.
    pub fn of(
        state: StandingState,
        paid_on: Option<BusinessDate>,
        settle_on: BusinessDate,
        today: BusinessDate,
    ) -> Option<Self> {
        match (state, paid_on) {
            (StandingState::Closed, _) => Some(Self::Settled),
            (StandingState::Approved, None) => Some(Self::Unpaid),
            (StandingState::Approved, Some(_)) if settle_on < today => Some(Self::Overdue),
            (StandingState::Approved, Some(_)) => Some(Self::Outstanding),
            _ => None,
        }
    }
}

impl CashAdvance {
    /// Starts a draft in one's own name, or another's where the actor may ask for others.
    pub fn create(
        new: NewDocument<Self>,
        content: AdvanceContent,
        by: &Actor,
        now: Timestamp,
        rules: AdvanceRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter } = new;
        let for_others = (Permission::SubmitCashAdvancesForOthers, "EXP-14b");
        let petition = Petition::begin(number, submitter, for_others, by, now)?;
        let content = content.tidied();
        content.check(rules)?;
        let facts = json!({
            "number": petition.number, "department_id": content.department, "amount": content.amount,
        });
        let (movements, reversals) = (Vec::new(), Vec::new());
        let advance = Self { id, petition, content, payout: None, movements, reversals, version: 0 };
        let named = advance.in_whose_name(by);
        Ok(Change::created(advance, CREATED, facts).in_the_name_of(named))
    }

    /// Rewrites what it says, while it lies with its submitter.
    pub fn revise(
        self,
        content: AdvanceContent,
        by: &Actor,
        rules: AdvanceRules<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let content = content.tidied();
        content.check(rules)?;
        let facts = json!({"number": self.petition.number, "amount": content.amount});
        let after = Self { content, ..self.clone() };
        let named = self.in_whose_name(by);
        Ok(Change::updated(self, after, CHANGED, facts).in_the_name_of(named))
    }

    /// Takes an approved advance back before it is paid out, by its owner or by finance.
    pub fn revoke(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revoke(by)?;
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(Standing::Revoked { at: now, reason }, REVOKED).in_the_name_of(named))
    }

    /// Whether a caller may revoke it now.
    pub fn may_revoke(&self, by: &Actor) -> Result<(), Refusal> {
        if !by.reach(Permission::AccountCashAdvances).covers(self.content.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        self.petition.expect_approved()?;
        match &self.payout {
            None => Ok(()),
            Some(payout) => Err(self.already_paid_out(payout)),
        }
    }
}

#[cfg(test)]
mod tests;
