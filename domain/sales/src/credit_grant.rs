//! Credit (授信): what a customer may owe at most, and single orders that may go beyond. `[REC-1e; 002 §7]`
//!
//! A limit is granted by approval, for some days; a limit of nothing means cash first. What is owed is counted by orders from
//! their submission on, less what is paid. Cutting a limit below that only stops what is new. A release is bound to one
//! order and used once. Deliberately not here: when what is owed is due.

use crate::{
    approval::{
        Course, Document, Facts, Holds, NewDocument, Owner, Petition, RoutedField, Standing, StandingState,
        facts,
    },
    customer_file::CustomerId,
    sales_order::SalesOrderId,
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, DepartmentId, Entity, Findings, Id, Money,
        Permission, Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a grant.
pub type CreditGrantId = Id<CreditGrant>;

/// The chain that grants meet.
pub const CREDIT_GRANT_CHAIN: &str = "credit-grant";
/// The code under which that chain is kept.
pub const CREDIT_GRANT_CHAIN_CODE: &str = "approval-chain/credit-grant";
/// That chain as shipped: finance, and the general manager above an amount.
pub const SHIPPED_CREDIT_GRANT_CHAIN: &str = include_str!("shipped/credit_grant_chain.json");

/// By what grants let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[RoutedField::new("department_id", Holds::Department)];
    (chain == CREDIT_GRANT_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { CREDIT_GRANT_REFUSALS:
    EXCEEDED = "credit.exceeded", Conflict, "超出客户信用额度，尚缺 {missing}，可先收款或申请超额放行", "The customer's credit is exceeded by {missing}; collect first, or ask for a release of this order";
    NOT_A_LIMIT = "credit_grant.limit_incomplete", Invalid, "授信额度须有额度和账期，且不针对订单", "A limit needs an amount and days, and no order";
    NOT_A_RELEASE = "credit_grant.release_incomplete", Invalid, "超额放行须指定订单，不设额度", "A release needs an order, and no limit";
    GRANT_CURRENCY = "credit_grant.not_in_book_currency", Invalid, "额度须为记账本位币，且不得为负", "A limit is in the book currency and not below nothing";
    GRANT_OTHER_CUSTOMER = "credit_grant.other_customer", Invalid, "订单 {number} 属于另一客户", "The order {number} is another customer's";
    GRANT_OVER = "credit_grant.over_already", Invalid, "有效期 {date} 已过", "The last day {date} has passed";
}

crate::events! { CREDIT_GRANT_EVENTS:
    CREATED = "credit_grant.created", "授信申请已建立", "A grant of credit was drafted";
    CHANGED = "credit_grant.changed", "授信申请已修改", "A grant of credit was changed";
    SUBMITTED = "credit_grant.submitted", "授信申请已提交", "A grant of credit was submitted";
    WITHDRAWN = "credit_grant.withdrawn", "授信申请已撤回", "A grant of credit was withdrawn";
    RETURNED = "credit_grant.returned", "授信申请已退回", "A grant of credit was returned to whoever asked for it";
    REJECTED = "credit_grant.rejected", "授信申请已驳回", "A grant of credit was rejected";
    APPROVED = "credit_grant.approved", "授信已批准", "Credit was granted";
    VOIDED = "credit_grant.voided", "授信申请已作废", "A grant of credit was voided; its number stays taken";
    ENDED = "credit_grant.ended", "授信已被使用或被新授信取代", "A grant of credit was used, or replaced by a later one";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CREDIT_GRANT_REFUSALS],
    events: &[CREDIT_GRANT_EVENTS],
    enums: &[CreditGrantAction::LABELS, CreditGrantKind::LABELS, CreditGrantState::LABELS],
};

/// What kind of grant it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditGrantKind {
    /// What the customer may owe at most.
    Limit,
    /// One order may go beyond that.
    Release,
}

crate::labels! { CreditGrantKind = "CreditGrantKind":
    Limit = "limit", "信用额度", "Limit";
    Release = "release", "超额放行", "Release of an order";
}

/// What is granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Granted {
    /// What the customer may owe at most.
    Limit {
        /// How much; nothing: cash first.
        limit: Money,
        /// How many days after its approval an order is due.
        days: u32,
        /// The last day it holds; none: until another takes its place.
        valid_to: Option<BusinessDate>,
    },
    /// One order may go beyond that.
    Release {
        /// Which.
        order: SalesOrderId,
    },
}

impl Granted {
    /// What kind that is.
    pub const fn kind(&self) -> CreditGrantKind {
        match self {
            Self::Limit { .. } => CreditGrantKind::Limit,
            Self::Release { .. } => CreditGrantKind::Release,
        }
    }
}

/// What a grant says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditGrantContent {
    /// To whom.
    pub customer: CustomerId,
    /// What.
    pub granted: Granted,
    /// Why: 1 to 500 characters.
    pub grounds: String,
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CreditGrantStatus)]
pub enum CreditGrantState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// Holds.
    InForce,
    /// Used, or replaced by a later one.
    Ended,
    /// Given up.
    Void,
}

crate::labels! { CreditGrantState = "CreditGrantStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    InForce = "in_force", "有效", "In force";
    Ended = "ended", "已使用或已取代", "Ended";
    Void = "void", "已作废", "Void";
}

/// A named action on a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CreditGrantActionName)]
pub enum CreditGrantAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { CreditGrantAction = "CreditGrantActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// Credit that is granted to a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CreditGrant {
    /// Identity.
    pub id: CreditGrantId,
    /// Who asks, and where it stands; the number is such as `CG-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department of whoever asks.
    pub department: DepartmentId,
    /// What it says.
    pub content: CreditGrantContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for CreditGrant {
    const KIND: &'static str = "credit_grant";
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

impl Document for CreditGrant {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("REC-1e"),
        ends_for_leavers: Some(Permission::SuperviseContracts),
    };
    fn petition(&self) -> &Petition {
        &self.petition
    }
    fn petition_mut(&mut self) -> &mut Petition {
        &mut self.petition
    }
    fn department(&self) -> DepartmentId {
        self.department
    }
    fn state_code(&self) -> &'static str {
        self.state().code()
    }
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.state().labels()
    }
    fn facts(&self) -> Facts {
        facts([
            ("department_id", json!(self.department)),
            ("customer_id", json!(self.content.customer)),
            ("granted", json!(self.content.granted)),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl CreditGrant {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: CreditGrantContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check(today)?;
        let grant = Self { id, petition, department, content, version: 0 };
        let facts = grant.all_facts();
        Ok(Change::created(grant, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever asks.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(
        self,
        content: CreditGrantContent,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check(today)?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// A release is used, or a limit replaced by a later one.
    pub fn end(self, now: Timestamp) -> Change<Self> {
        self.moved(Standing::Closed { at: now, reason: None }, ENDED)
    }

    /// The name of its state.
    pub const fn state(&self) -> CreditGrantState {
        match self.petition.standing.state() {
            StandingState::Draft => CreditGrantState::Draft,
            StandingState::InApproval => CreditGrantState::InApproval,
            StandingState::Returned => CreditGrantState::Returned,
            StandingState::Rejected => CreditGrantState::Rejected,
            StandingState::Withdrawn => CreditGrantState::Withdrawn,
            StandingState::Approved => CreditGrantState::InForce,
            StandingState::Closed => CreditGrantState::Ended,
            // None is revoked.
            StandingState::Void | StandingState::Revoked => CreditGrantState::Void,
        }
    }

    /// Every action, with the refusal it would meet; none for who may not ask for credit.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(CreditGrantAction, Result<(), Refusal>)> {
        if !by.may(Permission::RequestCredit) {
            return Vec::new();
        }
        let allowed = |action| match action {
            CreditGrantAction::Revise => self.may_revise(by),
            CreditGrantAction::Submit => self.may_submit(by),
            CreditGrantAction::Withdraw => self.may_withdraw(by),
            CreditGrantAction::Void => self.may_void(owner, by),
        };
        CreditGrantAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}

impl CreditGrantContent {
    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/grounds", &self.grounds, 500);
        if let Granted::Limit { limit, days, valid_to } = &self.granted {
            if limit.currency() != Currency::Cny || limit.minor().is_negative() {
                findings.add("/limit", GRANT_CURRENCY);
            }
            if *days > 3_660 {
                let range = [("min", json!(0)), ("max", json!(3_660))];
                findings.add_with("/days", codes::OUT_OF_RANGE, range);
            }
            if let Some(over) = valid_to.filter(|valid_to| *valid_to < today) {
                findings.add_with("/valid_to", GRANT_OVER, [("date", json!(over))]);
            }
        }
        findings.into_result().map_err(cite)
    }
}

/// That a customer would owe more than they may, by so much in minor units.
pub fn exceeded(missing: i64) -> Refusal {
    let missing = Money::from_minor(missing, Currency::Cny);
    cite(Refusal::new(EXCEEDED).with("missing", missing.to_string()))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("REC-1e", "002 §7"))
}
