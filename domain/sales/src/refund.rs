//! Refunds (退款): asked for, approved, paid by finance; never more than is allocated to the contract or order. `[REC-1c; 002 §7]`
//!
//! What is paid back takes back the commission of its sale, at the split that froze with it.

use crate::{
    approval::{
        Course, Document, Facts, Holds, NOT_VOIDABLE, NewDocument, Owner, Petition, RoutedField, Standing,
        StandingState, facts,
    },
    sale::Deal,
    spine::{
        Actor, Change, Citation, Currency, DepartmentId, Entity, Findings, Id, Money, Permission, Refusal,
        RefusalCode, Timestamp, UserId, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a refund.
pub type RefundId = Id<Refund>;

/// The chain that refunds meet.
pub const REFUND_CHAIN: &str = "refund";
/// The code under which that chain is kept.
pub const REFUND_CHAIN_CODE: &str = "approval-chain/refund";
/// That chain as shipped.
pub const SHIPPED_REFUND_CHAIN: &str = include_str!("shipped/refund_chain.json");

/// By what refunds let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[RoutedField::new("department_id", Holds::Department)];
    (chain == REFUND_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { REFUND_REFUSALS:
    MORE_THAN_COLLECTED = "refund.more_than_collected", Conflict, "仅余已收款 {left}，不足以退款 {asked}", "Only {left} is left of what was collected, not {asked}";
    ORDER_NOT_REFUNDED = "refund.order_not_refunded", Conflict, "订单 {number} 不能退款：未批准，或按合同收款", "Nothing goes back of the order {number}: it is not approved, or is paid by its contract";
    NOT_PAYABLE = "refund.not_payable", Conflict, "退款 {number} 当前为“{state}”，只有已批准的退款可以支付", "The refund {number} is \"{state}\"; only an approved one is paid";
    PAID_OTHERWISE = "refund.paid_otherwise", Conflict, "退款 {number} 已以“{reference}”支付", "The refund {number} was paid as \"{reference}\" already";
    OWN_REFUND = "refund.own", Forbidden, "不得支付本人申请的退款", "Nobody pays a refund that they asked for";
}

crate::events! { REFUND_EVENTS:
    CREATED = "refund.created", "退款申请已建立", "A refund was drafted";
    CHANGED = "refund.changed", "退款申请已修改", "A refund was changed";
    SUBMITTED = "refund.submitted", "退款申请已提交", "A refund was submitted";
    WITHDRAWN = "refund.withdrawn", "退款申请已撤回", "A refund was withdrawn";
    RETURNED = "refund.returned", "退款申请已退回", "A refund was returned to whoever asked for it";
    REJECTED = "refund.rejected", "退款申请已驳回", "A refund was rejected";
    APPROVED = "refund.approved", "退款申请已批准", "A refund was approved";
    VOIDED = "refund.voided", "退款申请已作废", "A refund was voided; its number stays taken";
    PAID = "refund.paid", "退款已支付", "A refund was paid";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[REFUND_REFUSALS],
    events: &[REFUND_EVENTS],
    enums: &[RefundAction::LABELS, RefundState::LABELS],
};

/// What a refund says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundContent {
    /// Of which contract, or of which order that is a sale of its own.
    pub deal: Deal,
    /// How much, in the book currency.
    pub amount: Money,
    /// Why: 1 to 500 characters.
    pub grounds: String,
}

/// That a refund was paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundPayment {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// What finance calls it; unique: 1 to 100 characters.
    pub reference: String,
}

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundStatus)]
pub enum RefundState {
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
    /// May be paid.
    Approved,
    /// Paid.
    Paid,
    /// Given up.
    Void,
}

crate::labels! { RefundState = "RefundStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "待支付", "Approved";
    Paid = "paid", "已支付", "Paid";
    Void = "void", "已作废", "Void";
}

/// A named action on a refund.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundActionName)]
pub enum RefundAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { RefundAction = "RefundActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// Money that goes back to a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Refund {
    /// Identity.
    pub id: RefundId,
    /// Who asks, and where it stands; the number is such as `RF-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department of the contract or order.
    pub department: DepartmentId,
    /// What it says.
    pub content: RefundContent,
    /// Its payment, once it is paid.
    pub payment: Option<RefundPayment>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Refund {
    const KIND: &'static str = "refund";
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

impl Document for Refund {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("REC-1c"),
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
            ("contract_id", json!(self.content.deal.contract())),
            ("order_id", json!(self.content.deal.order())),
            ("amount", json!(self.content.amount)),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
    /// One that was approved and is not paid is given up as well: what was collected may have gone elsewhere meanwhile. By who
    /// asked for it, whoever supervises the contracts of the department, and whoever pays refunds.
    fn may_void(&self, owner: Owner, by: &Actor) -> Result<(), Refusal> {
        let supervises = by.reach(Permission::SuperviseContracts).covers(self.department, false);
        let is_unpaid = self.state() == RefundState::Approved;
        let in_office = is_unpaid && (supervises || by.may(Permission::PayRefunds));
        if !in_office && !owner.is_stood_in_for(by, Permission::SuperviseContracts, self.department) {
            self.petition.refuse_stranger(by)?;
        }
        let is_voidable = self.payment.is_none() && self.petition.state().is_voidable();
        if is_unpaid || is_voidable { Ok(()) } else { Err(self.wrong_state(NOT_VOIDABLE)) }
    }
}

impl Refund {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: RefundContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let refund = Self { id, petition, department, content, payment: None, version: 0 };
        let facts = refund.all_facts();
        Ok(Change::created(refund, CREATED, facts.into()))
    }

    /// It goes back by a document that was approved itself: asked for by whoever drew that up, to be paid by finance. `[CON-3]`
    pub fn agreed(
        (id, number): (RefundId, String),
        (document, department): (&Petition, DepartmentId),
        content: RefundContent,
        now: Timestamp,
    ) -> Change<Self> {
        let standing = Standing::Approved { at: now };
        let petition = Petition { number, standing, created_at: now, approval: None, ..document.clone() };
        let refund = Self { id, petition, department, content, payment: None, version: 0 };
        let facts = refund.all_facts();
        Change::created(refund, CREATED, facts.clone().into()).and(APPROVED, facts.into())
    }

    /// Rewrites what it says, while it lies with whoever asks.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, content: RefundContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Whether what was collected of the contract or order suffices, in minor units.
    ///
    /// # Errors
    /// `refund.more_than_collected`.
    pub fn check_collected(&self, collected: i64) -> Result<(), Refusal> {
        if self.content.amount.minor() <= collected {
            return Ok(());
        }
        let left = Money::from_minor(collected, Currency::Cny);
        let refusal = Refusal::new(MORE_THAN_COLLECTED).with("left", left.to_string());
        Err(cite(refusal.with("asked", self.content.amount.to_string()).at("/amount")))
    }

    /// Finance says that it was paid, under a reference. Nothing where it said so before.
    ///
    /// # Errors
    /// `refund.not_payable`, `refund.paid_otherwise`, `refund.own`.
    pub fn pay(
        self,
        reference: String,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Result<Change<Self>, Self>, Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 100);
        findings.into_result().map_err(cite)?;
        if let Some(payment) = &self.payment {
            if payment.reference == reference {
                return Ok(Err(self));
            }
            let known = payment.reference.clone();
            return Err(self.refuse(PAID_OTHERWISE).with("reference", known));
        }
        if self.state() != RefundState::Approved {
            return Err(self.refuse(NOT_PAYABLE).with_label("state", self.state()));
        }
        if by.is(self.petition.submitter) {
            return Err(cite(Refusal::new(OWN_REFUND)));
        }
        let after = Self { payment: Some(RefundPayment { at: now, by: by.user, reference }), ..self.clone() };
        let facts = after.all_facts();
        Ok(Ok(Change::updated(self, after, PAID, facts.into())))
    }

    /// The name of its state.
    pub const fn state(&self) -> RefundState {
        match (&self.payment, self.petition.standing.state()) {
            (Some(_), _) => RefundState::Paid,
            (None, StandingState::Draft) => RefundState::Draft,
            (None, StandingState::InApproval) => RefundState::InApproval,
            (None, StandingState::Returned) => RefundState::Returned,
            (None, StandingState::Rejected) => RefundState::Rejected,
            (None, StandingState::Withdrawn) => RefundState::Withdrawn,
            (None, StandingState::Approved) => RefundState::Approved,
            // None is closed or revoked.
            (None, _) => RefundState::Void,
        }
    }

    /// Every action, with the refusal it would meet; none for who may not ask for refunds.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(RefundAction, Result<(), Refusal>)> {
        if !by.may(Permission::RequestRefunds) && !by.may(Permission::PayRefunds) {
            return Vec::new();
        }
        let allowed = |action| match action {
            RefundAction::Revise => self.may_revise(by),
            RefundAction::Submit => self.may_submit(by),
            RefundAction::Withdraw => self.may_withdraw(by),
            RefundAction::Void => self.may_void(owner, by),
        };
        RefundAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }

    fn refuse(&self, code: &'static RefusalCode) -> Refusal {
        cite(Refusal::new(code).with("number", self.petition.number.clone()))
    }
}

impl RefundContent {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/grounds", &self.grounds, 500);
        if self.amount.currency() != Currency::Cny || !self.amount.is_positive() {
            findings.add("/amount", codes::AMOUNT_NOT_POSITIVE);
        }
        findings.into_result().map_err(cite)
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("REC-1c", "002 §7"))
}
