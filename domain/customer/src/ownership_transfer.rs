//! Transfers of customers (客户移交): some of somebody's customers, or all of them, are handed to somebody else, once approvers
//! agree. `[OWN-16; 000 §5.1]`
//!
//! What is handed over is an explicit list, and so are the open matters. A customer who is disputed when the approval comes, or is
//! somebody else's by then, stays; each says what became of it. What was earned before goes by the owner of that day.

use crate::{
    approval::{
        Approval, Course, Document, Facts, Holds, NewDocument, Outcome, Owner, Petition, RoutedField, facts,
    },
    customer_file::CustomerId,
    ownership::Because,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Permission, Refusal,
        Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of transfers begin with.
pub const NUMBER_PREFIX: &str = "OT";
/// The chain that transfers meet.
pub const TRANSFER_CHAIN: &str = "ownership-transfer";
/// The code under which that chain is kept.
pub const TRANSFER_CHAIN_CODE: &str = "approval-chain/ownership-transfer";
/// That chain as shipped: the head of the department.
pub const SHIPPED_TRANSFER_CHAIN: &str = include_str!("ownership_transfer/shipped/transfer_chain.json");
/// No transfer hands over more customers, nor lists more open matters.
pub const CUSTOMERS_MAX: usize = 1_000;

/// By what transfers let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] =
        &[RoutedField::new("customers", Holds::Number), RoutedField::new("department_id", Holds::Department)];
    (chain == TRANSFER_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { OWNERSHIP_TRANSFER_REFUSALS:
    NOT_THEIRS = "ownership_transfer.not_theirs", Invalid, "该客户不归移交人所有", "The customer is not owned by whoever hands over";
    LISTED_TWICE = "ownership_transfer.listed_twice", Invalid, "同一客户只能列一次", "Each customer is listed once";
    TO_ONESELF = "ownership_transfer.to_oneself", Invalid, "移交人与接收人不能是同一人", "Customers are handed to somebody else";
    NOTHING = "ownership_transfer.nothing", Conflict, "移交人名下没有客户", "Whoever hands over owns no customer";
    NOT_YOURS = "ownership_transfer.not_yours", Forbidden, "只能移交本人的客户；他人的客户由管理归属的人移交", "One hands over one's own customers; those of others are handed over by whoever manages ownership";
}

crate::events! { OWNERSHIP_TRANSFER_EVENTS:
    CREATED = "ownership_transfer.created", "客户移交已建立", "A transfer of customers was drafted";
    CHANGED = "ownership_transfer.changed", "客户移交已修改", "A transfer of customers was changed";
    SUBMITTED = "ownership_transfer.submitted", "客户移交已提交", "A transfer of customers was submitted";
    WITHDRAWN = "ownership_transfer.withdrawn", "客户移交已撤回", "A transfer of customers was withdrawn";
    RETURNED = "ownership_transfer.returned", "客户移交已退回", "A transfer of customers was returned to whoever asked for it";
    REJECTED = "ownership_transfer.rejected", "客户移交已驳回", "A transfer of customers was rejected";
    DONE = "ownership_transfer.done", "客户移交已批准并执行", "A transfer of customers was approved and done";
    VOIDED = "ownership_transfer.voided", "客户移交已作废", "A transfer of customers was voided; its number stays taken";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[OWNERSHIP_TRANSFER_REFUSALS],
    events: &[OWNERSHIP_TRANSFER_EVENTS],
    enums: &[TransferAction::LABELS, TransferOutcome::LABELS],
};

/// What can be done with a transfer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipTransferActionName)]
pub enum TransferAction {
    /// Rewrite it.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { TransferAction = "OwnershipTransferActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

/// What became of a customer who was to be handed over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipTransferOutcome)]
pub enum TransferOutcome {
    /// Nothing yet.
    Waits,
    /// Handed over.
    Moved,
    /// Not handed over: another's by then.
    NotTheirs,
    /// Not handed over: a rule stood against it.
    Refused,
}

crate::labels! { TransferOutcome = "OwnershipTransferOutcome":
    Waits = "waits", "待移交", "Waits";
    Moved = "moved", "已移交", "Handed over";
    NotTheirs = "not_theirs", "已不归移交人", "No longer theirs";
    Refused = "refused", "未能移交", "Not handed over";
}

/// A customer who is to be handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Handed {
    /// Who.
    pub customer: CustomerId,
    /// What became of it.
    pub outcome: TransferOutcome,
    /// Why a rule stood against it.
    pub because: Option<Because>,
}

/// What a transfer says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TransferContent {
    /// Whose customers.
    pub from: EmployeeId,
    /// To whom.
    pub to: EmployeeId,
    /// The department of whoever hands over.
    pub department: DepartmentId,
    /// Whether all of them are handed over.
    pub is_hand_over: bool,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// What is still to be done, as it is handed over: each 1 to 200 characters.
    pub open_matters: Vec<String>,
    /// The customers.
    pub customers: Vec<Handed>,
}

impl TransferContent {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reason", &self.reason, 500);
        for (index, matter) in self.open_matters.iter().enumerate() {
            wording::check(&mut findings, &format!("/open_matters/{index}"), matter, 200);
        }
        if self.from == self.to {
            findings.add("/to_id", TO_ONESELF);
        }
        if self.customers.len() > CUSTOMERS_MAX {
            let range = [("min", json!(1)), ("max", json!(CUSTOMERS_MAX))];
            findings.add_with("/customer_ids", codes::OUT_OF_RANGE, range);
        }
        let mut seen = BTreeSet::new();
        for (index, handed) in self.customers.iter().enumerate() {
            if !seen.insert(handed.customer) {
                findings.add(format!("/customer_ids/{index}"), LISTED_TWICE);
            }
        }
        findings.into_result().map_err(cite)
    }
}

/// A transfer of customers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnershipTransfer {
    /// Identity.
    pub id: Id<Self>,
    /// Who asks, and where it stands; the number is such as `OT-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// What it says.
    pub content: TransferContent,
    /// Counts its states.
    pub version: Version,
}

impl Entity for OwnershipTransfer {
    const KIND: &'static str = "ownership_transfer";
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

impl Document for OwnershipTransfer {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: DONE,
        voided: VOIDED,
        rule: Some("OWN-16"),
        ends_for_leavers: Some(Permission::ManageOwnership),
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
    fn facts(&self) -> Facts {
        let TransferContent { from, to, department, is_hand_over, customers, .. } = &self.content;
        let moved = customers.iter().filter(|handed| handed.outcome == TransferOutcome::Moved).count();
        facts([
            ("from_id", json!(from)),
            ("to_id", json!(to)),
            ("department_id", json!(department)),
            ("is_hand_over", json!(is_hand_over)),
            ("customers", json!(customers.len())),
            ("moved", json!(moved)),
        ])
    }
}

impl OwnershipTransfer {
    /// Starts a draft, of one's own customers or, where one manages ownership there, of somebody else's.
    ///
    /// # Errors
    /// `ownership_transfer.not_yours`; what is not sound in it, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        content: TransferContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        let manages = by.reach(Permission::ManageOwnership).covers(content.department, false);
        if !by.is(content.from) && !manages {
            return Err(cite(Refusal::new(NOT_YOURS)));
        }
        if content.customers.is_empty() {
            return Err(cite(Refusal::new(NOTHING)));
        }
        content.check()?;
        let transfer = Self { id, petition, content, version: 0 };
        let facts = transfer.all_facts();
        Ok(Change::created(transfer, CREATED, facts.into()))
    }

    /// Rewrites a draft; whose customers are handed over stays.
    ///
    /// # Errors
    /// Where it is not the actor's, or not to be changed now; what is not sound in it, all of it named.
    pub fn revise(self, content: TransferContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let TransferContent { from, department, .. } = self.content;
        let content = TransferContent { from, department, ..content };
        if content.customers.is_empty() {
            return Err(cite(Refusal::new(NOTHING)));
        }
        content.check()?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Every action, with the refusal it would meet; none for who may not register customers.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(TransferAction, Result<(), Refusal>)> {
        if !by.may(Permission::RegisterCustomers) {
            return Vec::new();
        }
        let allowed = |action| match action {
            TransferAction::Revise => self.may_revise(by),
            TransferAction::Submit => self.may_submit(by),
            TransferAction::Withdraw => self.may_withdraw(by),
            TransferAction::Void => self.may_void(owner, by),
        };
        TransferAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }

    /// What its approval came to, with what became of each customer where it was given.
    ///
    /// # Errors
    /// Where it does not wait for that approval.
    pub fn decide(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
        customers: Vec<Handed>,
    ) -> Result<Change<Self>, Refusal> {
        if !matches!(outcome, Outcome::Approved { .. }) {
            return self.settle(approval, outcome, now);
        }
        let before = self.clone();
        let settled = self.settle(approval, outcome, now)?.into_after();
        let content = TransferContent { customers, ..settled.content.clone() };
        let after = Self { content, version: before.version, ..settled };
        let facts = after.all_facts();
        Ok(Change::updated(before, after, DONE, facts.into()))
    }
}

/// As the rule says.
pub fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("OWN-16"))
}
