//! Amendments and terminations of contracts (合同变更与终止): documents of their own, reviewed by the higher chain of the old and the
//! new value, in force in the transaction in which they are approved. `[CON-3; 003 销售合同管理]`
//!
//! Never less than was shipped and kept, and never below what was collected unless the rest is refunded. What the contract said
//! before stays readable. Deliberately not here: what its sale counts for, which follows from what the contract is by then.

/// What may be done with one now, and if not why. `[ACT-1]`
mod actions;
/// What it may come to, by what was shipped and collected of the contract.
mod effect;

pub use actions::ContractAmendmentAction;
pub use effect::{AmendmentEffect, Performed, shipped_of};

use crate::{
    approval::{Course, Document, Facts, NewDocument, Petition, StandingState, facts},
    sales_contract::{ContractLine, SalesContractId},
    spine::{
        Actor, Change, Citation, Currency, DepartmentId, Entity, Findings, Id, Money, Permission, Refusal,
        Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of an amendment.
pub type ContractAmendmentId = Id<ContractAmendment>;

crate::refusals! { CONTRACT_AMENDMENT_REFUSALS:
    NOT_SIGNED = "contract_amendment.not_signed", Conflict, "合同 {number} 当前为“{state}”，只有已签署的合同可以变更或终止", "The contract {number} is \"{state}\"; only a signed one is amended or terminated";
    ANOTHER_PENDING = "contract_amendment.another_pending", Conflict, "合同 {number} 已有变更 {other} 在审批中", "The amendment {other} of the contract {number} waits for its approval already";
    LINES_OF_TERMINATION = "contract_amendment.lines_of_termination", Invalid, "终止合同不写明细与优惠", "A termination has neither lines nor a discount";
    BELOW_SHIPPED = "contract_amendment.below_shipped", Conflict, "产品 {product} 已发货且未退回 {shipped}，变更后数量 {quantity} 不得更少", "{shipped} of the product {product} are shipped and kept; {quantity} would be less";
    BELOW_COLLECTED = "contract_amendment.below_collected", Conflict, "变更后应收 {total}，少于已收 {collected}，须注明退还差额", "The contract would come to {total}, less than the {collected} that was collected; say that the rest is refunded";
    ORDERS_OPEN = "contract_amendment.orders_open", Conflict, "订单 {number} 尚有未发货部分，请先关闭或取消", "Of the order {number} something is still to be shipped; cut it short or cancel it first";
    NOTHING_CHANGED = "contract_amendment.nothing_changed", Invalid, "变更后的内容与现行合同一致", "The contract says so already";
}

crate::events! { CONTRACT_AMENDMENT_EVENTS:
    CREATED = "contract_amendment.created", "合同变更已建立", "An amendment of a contract was drafted";
    CHANGED = "contract_amendment.changed", "合同变更已修改", "An amendment of a contract was changed";
    SUBMITTED = "contract_amendment.submitted", "合同变更已提交评审", "An amendment of a contract was submitted";
    WITHDRAWN = "contract_amendment.withdrawn", "合同变更已撤回", "An amendment of a contract was withdrawn";
    RETURNED = "contract_amendment.returned", "合同变更已退回", "An amendment of a contract was returned to whoever drew it up";
    REJECTED = "contract_amendment.rejected", "合同变更已驳回", "An amendment of a contract was rejected";
    APPROVED = "contract_amendment.approved", "合同变更评审已通过", "An amendment of a contract passed its review";
    VOIDED = "contract_amendment.voided", "合同变更已作废", "An amendment of a contract was voided; its number stays taken";
    IN_FORCE = "contract_amendment.in_force", "合同变更已生效", "An amendment of a contract came into force";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CONTRACT_AMENDMENT_REFUSALS],
    events: &[CONTRACT_AMENDMENT_EVENTS],
    enums: &[AmendmentKind::LABELS, ContractAmendmentAction::LABELS, ContractAmendmentState::LABELS],
};

/// What becomes of the contract.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractAmendmentKind)]
pub enum AmendmentKind {
    /// It says something else from then on.
    Amend,
    /// It ends: what was shipped is paid for, the rest is nobody's any more.
    Terminate,
}

crate::labels! { AmendmentKind = "ContractAmendmentKind":
    Amend = "amend", "变更", "Amendment";
    Terminate = "terminate", "终止", "Termination";
}

/// Where one stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractAmendmentStatus)]
pub enum ContractAmendmentState {
    /// Being written.
    Draft,
    /// Waits for its reviewers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// The contract is so by now.
    InForce,
    /// Given up.
    Void,
}

crate::labels! { ContractAmendmentState = "ContractAmendmentStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "评审中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    InForce = "in_force", "已生效", "In force";
    Void = "void", "已作废", "Void";
}

/// What one says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AmendmentContent {
    /// Of which contract.
    pub contract: SalesContractId,
    /// What becomes of it.
    pub kind: AmendmentKind,
    /// What the contract sells from then on, net of what came back before, 1 to 200 lines; none of a termination.
    pub lines: Vec<ContractLine>,
    /// What is taken off the whole.
    pub discount: Money,
    /// Whether what was collected beyond what the contract comes to then is refunded.
    pub refunds: bool,
    /// Why: 1 to 500 characters.
    pub grounds: String,
}

/// An amendment of a contract, or its termination.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ContractAmendment {
    /// Identity.
    pub id: ContractAmendmentId,
    /// Who drew it up, and where it stands; the number is such as `SA-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department of the contract.
    pub department: DepartmentId,
    /// What it says.
    pub content: AmendmentContent,
    /// What it came to, once it is in force.
    pub effect: Option<AmendmentEffect>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ContractAmendment {
    const KIND: &'static str = "contract_amendment";
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

impl Document for ContractAmendment {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("CON-3"),
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
            ("contract_id", json!(self.content.contract)),
            ("kind", json!(self.content.kind)),
        ])
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.facts())
    }
}

impl ContractAmendment {
    /// Starts a draft in the actor's own name.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: AmendmentContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let amendment = Self { id, petition, department, content, effect: None, version: 0 };
        let facts = amendment.all_facts();
        Ok(Change::created(amendment, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever drew it up.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, content: AmendmentContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// It came into force with its approval.
    pub fn take_effect(self, effect: AmendmentEffect) -> Change<Self> {
        let mut facts = self.all_facts();
        facts.insert("effect".to_owned(), json!(effect));
        let after = Self { effect: Some(effect), ..self.clone() };
        Change::updated(self, after, IN_FORCE, facts.into())
    }

    /// Where it stands.
    pub const fn state(&self) -> ContractAmendmentState {
        match self.petition.standing.state() {
            StandingState::Draft => ContractAmendmentState::Draft,
            StandingState::InApproval => ContractAmendmentState::InApproval,
            StandingState::Returned => ContractAmendmentState::Returned,
            StandingState::Rejected => ContractAmendmentState::Rejected,
            StandingState::Withdrawn => ContractAmendmentState::Withdrawn,
            StandingState::Approved => ContractAmendmentState::InForce,
            // None is closed or revoked.
            _ => ContractAmendmentState::Void,
        }
    }
}

impl AmendmentContent {
    /// At most so many lines.
    const LINES_MAX: usize = 200;

    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/grounds", &self.grounds, 500);
        match self.kind {
            AmendmentKind::Terminate if !self.lines.is_empty() || !self.discount.is_zero() => {
                findings.add("/lines", LINES_OF_TERMINATION);
            }
            AmendmentKind::Terminate => {}
            AmendmentKind::Amend => self.check_lines(&mut findings),
        }
        findings.into_result().map_err(cite)
    }

    fn check_lines(&self, findings: &mut Findings) {
        if self.lines.is_empty() || self.lines.len() > Self::LINES_MAX {
            let range = [("min", json!(1)), ("max", json!(Self::LINES_MAX))];
            findings.add_with("/lines", codes::OUT_OF_RANGE, range);
        }
        for (index, line) in self.lines.iter().enumerate() {
            if line.price.currency() != Currency::Cny {
                findings.add(format!("/lines/{index}/price"), crate::sales_contract::NOT_IN_BOOK_CURRENCY);
            } else if !line.price.is_positive() {
                findings.add(format!("/lines/{index}/price"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        if self.discount.currency() != Currency::Cny {
            findings.add("/discount", crate::sales_contract::NOT_IN_BOOK_CURRENCY);
        }
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("CON-3", "003 销售合同管理"))
}

#[cfg(test)]
mod tests;
