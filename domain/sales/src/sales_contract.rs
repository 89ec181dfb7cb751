//! Sales contracts (销售合同): reviewed before they are signed, signed as they were approved. `[CON-1, LINE, PRI-2; 003 销售合同管理]`
//!
//! Lines are frozen with the tax of their product when they are written; prices are compared with the list when the contract
//! is submitted. Deliberately not here: what is collected of it and whose sale it is.

/// What may be done with a contract now, and if not why. `[ACT-1]`
mod actions;
/// Amended, or ended, once it is signed.
mod amending;
/// What it says: lines, discount, the review.
mod content;
/// Signed, or cancelled before that.
mod signing;
/// Where it stands.
mod status;

pub use actions::SalesContractAction;
pub use amending::{Ended, Ending, Open};
pub use content::{
    ContractKind, ContractLine, NOT_IN_BOOK_CURRENCY, ReviewFinding, ReviewSubject, Reviewed,
    SalesContractContent,
};
pub use signing::Signature;
pub use status::SalesContractState;

use crate::{
    approval::{Course, Document, Facts, Holds, NewDocument, Petition, RoutedField, StandingState, facts},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, Entity, Id, Permission, Refusal, Timestamp,
        Version,
    },
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The id of a contract.
pub type SalesContractId = Id<SalesContract>;

/// The chain that contracts meet.
pub const SALES_CONTRACT_CHAIN: &str = "sales-contract";
/// The code under which that chain is kept.
pub const SALES_CONTRACT_CHAIN_CODE: &str = "approval-chain/sales-contract";
/// That chain as shipped: by value.
pub const SHIPPED_SALES_CONTRACT_CHAIN: &str = include_str!("shipped/sales_contract_chain.json");

/// By what contracts let their chain route; none where the chain is another's.
pub fn routed_fields(chain: &str) -> Option<&'static [RoutedField]> {
    const FIELDS: &[RoutedField] = &[RoutedField::new("department_id", Holds::Department)];
    (chain == SALES_CONTRACT_CHAIN_CODE).then_some(FIELDS)
}

crate::refusals! { SALES_CONTRACT_REFUSALS:
    DISCOUNT_BEYOND_LINES = "sales_contract.discount_beyond_lines", Invalid, "整单优惠不得大于等于明细合计", "The discount must be less than the lines come to";
    REVIEW_INCOMPLETE = "sales_contract.review_incomplete", Invalid, "合同评审缺少“{subject}”", "The review says nothing of \"{subject}\"";
    REVIEW_TWICE = "sales_contract.review_twice", Invalid, "合同评审项重复", "The review names a subject twice";
    PRICE_DEVIATES = "sales_contract.price_deviates", Invalid, "第 {line} 行的成交价与价目表价格 {list} 不一致，须事先申请并获批准", "Line {line} is not sold at the list price of {list}; that must be asked for and approved before";
    NOT_SOLD = "sales_contract.product_not_sold", Invalid, "产品 {product} 在该日不在售", "The product {product} is not sold on that day";
    NOT_APPROVED = "sales_contract.not_approved", Conflict, "合同 {number} 当前为“{state}”，只有已批准而未签署的合同可以办理", "The contract {number} is \"{state}\"; this can be done only once it is approved and not yet signed";
    NOT_COLLECTING = "sales_contract.not_collecting", Conflict, "合同 {number} 当前为“{state}”，不能收款", "The contract {number} is \"{state}\"; nothing is collected of it";
    SIGNED_AHEAD = "sales_contract.signed_ahead", Invalid, "签署日期 {date} 不得晚于今天", "The day {date} of the signature lies ahead";
    SIGNED_BEFORE_APPROVAL = "sales_contract.signed_before_approval", Invalid, "签署日期 {date} 不得早于合同批准日期 {earliest}", "The day {date} of the signature lies before {earliest}, when the contract was approved";
    LAPSED = "sales_contract.lapsed", Conflict, "合同 {number} 须在 {date} 前签署，已逾期失效，请取消后重新填报", "The contract {number} was to be signed by {date}; cancel it and draw it up anew";
    NOT_RUNNING = "sales_contract.not_running", Conflict, "合同 {number} 当前为“{state}”，只有履行中的合同可以办理", "The contract {number} is \"{state}\"; this can be done only while it is being performed";
    EXPIRES_TOO_EARLY = "sales_contract.expires_too_early", Invalid, "到期日 {date} 不得早于签署日期 {earliest}", "The last day {date} lies before {earliest}, when the contract was signed";
    NOT_PERFORMED = "sales_contract.not_performed", Conflict, "合同 {number} 尚有未收款 {open}、未发完的订单 {order}，不能结束", "Of the contract {number}, {open} is still to be paid, and of the order {order} something to be shipped";
    NOT_EXPIRED = "sales_contract.not_expired", Conflict, "合同 {number} 未约定到期日或尚未到期", "The contract {number} has no last day, or that is not over";
    ENDS_BY_DOCUMENT = "sales_contract.ends_by_document", Invalid, "终止合同 {number} 须填报合同变更并经评审", "The contract {number} is terminated by a document that is reviewed";
    NOT_IN_FORCE = "sales_contract.not_in_force", Conflict, "合同 {number} 在 {date} 尚未签署生效", "The contract {number} was not signed yet on {date}";
    STILL_HOLDS_MONEY = "sales_contract.still_holds_money", Conflict, "合同 {number} 仍有已收款项，须先退款", "Money is still allocated to the contract {number}; refund it first";
}

crate::events! { SALES_CONTRACT_EVENTS:
    CREATED = "sales_contract.created", "销售合同已建立", "A sales contract was drafted";
    CHANGED = "sales_contract.changed", "销售合同已修改", "A sales contract was changed";
    SUBMITTED = "sales_contract.submitted", "销售合同已提交评审", "A sales contract was submitted for review";
    WITHDRAWN = "sales_contract.withdrawn", "销售合同已撤回", "A sales contract was withdrawn";
    RETURNED = "sales_contract.returned", "销售合同已退回", "A sales contract was returned to whoever drew it up";
    REJECTED = "sales_contract.rejected", "销售合同已驳回", "A sales contract was rejected";
    APPROVED = "sales_contract.approved", "销售合同评审已通过", "A sales contract passed its review";
    VOIDED = "sales_contract.voided", "销售合同已作废", "A sales contract was voided; its number stays taken";
    SIGNED = "sales_contract.signed", "销售合同已签署", "A sales contract was signed";
    AMENDED = "sales_contract.amended", "销售合同已变更", "A sales contract was amended";
    EXPIRY_SET = "sales_contract.expiry_set", "合同到期日已登记", "The last day of a contract was said";
    EXPIRY_MOVED = "sales_contract.expiry_moved", "合同到期日已变更", "The last day of a contract was moved";
    CONCLUDED = "sales_contract.concluded", "销售合同已履行完毕或到期", "A sales contract was completed, or expired";
    ENDED = "sales_contract.ended", "销售合同已终止", "A sales contract was terminated";
    CANCELLED = "sales_contract.cancelled", "销售合同已取消", "A sales contract was cancelled before it was signed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[SALES_CONTRACT_REFUSALS, content::CONTENT_REFUSALS],
    events: &[SALES_CONTRACT_EVENTS],
    enums: &[
        ContractKind::LABELS,
        Ending::LABELS,
        ReviewFinding::LABELS,
        ReviewSubject::LABELS,
        SalesContractAction::LABELS,
        SalesContractState::LABELS,
    ],
};

/// A contract of sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SalesContract {
    /// Identity.
    pub id: SalesContractId,
    /// Who drew it up, and where it stands; the number is such as `SC-2026-000012`.
    #[serde(flatten)]
    pub petition: Petition,
    /// The department whose sale it is.
    pub department: DepartmentId,
    /// What it says.
    pub content: SalesContractContent,
    /// Its signature, once it is signed.
    pub signature: Option<Signature>,
    /// Which revision of it is in force: the first as it was signed, then one with each amendment.
    pub revision: u32,
    /// The last day on which it runs, where that was said. `[CON-4]`
    pub expires_on: Option<BusinessDate>,
    /// That it ended.
    pub ended: Option<Ended>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for SalesContract {
    const KIND: &'static str = "sales_contract";
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

impl Document for SalesContract {
    const COURSE: Course = Course {
        submitted: SUBMITTED,
        withdrawn: WITHDRAWN,
        returned: RETURNED,
        rejected: REJECTED,
        approved: APPROVED,
        voided: VOIDED,
        rule: Some("CON-1"),
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
        self.told()
    }
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(self.told())
    }
}

impl SalesContract {
    /// Starts a draft in the actor's own name, of the department they work in.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn create(
        new: NewDocument<Self>,
        department: DepartmentId,
        content: SalesContractContent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter: _ } = new;
        let petition = Petition::begin_own(number, by, now)?;
        content.check()?;
        let contract = Self {
            id,
            petition,
            department,
            content,
            signature: None,
            revision: 1,
            expires_on: None,
            ended: None,
            version: 0,
        };
        let facts = contract.all_facts();
        Ok(Change::created(contract, CREATED, facts.into()))
    }

    /// Rewrites what it says, while it lies with whoever drew it up.
    ///
    /// # Errors
    /// Where it is not the actor's to change, or not now; what is not well formed.
    pub fn revise(self, content: SalesContractContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, ..self.clone() };
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CHANGED, facts.into()))
    }

    /// Whether it could be submitted, prices aside: the review says something of every subject.
    ///
    /// # Errors
    /// `sales_contract.review_incomplete`; where it is not the actor's to submit, or not now.
    pub fn check_submission(&self, by: &Actor) -> Result<(), Refusal> {
        self.may_submit(by)?;
        self.content.check_review()
    }

    fn told(&self) -> Facts {
        let SalesContractContent { customer, kind, .. } = &self.content;
        facts([
            ("department_id", json!(self.department)),
            ("customer_id", json!(customer)),
            ("kind", json!(kind)),
            ("total", json!(self.content.total().ok())),
        ])
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("CON-1", "003 销售合同管理"))
}
