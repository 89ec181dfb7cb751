//! Milestones of contracts (合同节点): what is to have come about by a day; reached with what shows it, or dropped. `[CON-2; 003
//! 销售合同管理]`

use crate::{
    approval::check_reason,
    dated,
    sales_contract::{SalesContract, SalesContractId, SalesContractState},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Permission,
        Refusal, Timestamp, UserId, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a milestone.
pub type ContractMilestoneId = Id<ContractMilestone>;

crate::refusals! { CONTRACT_MILESTONE_REFUSALS:
    MILESTONE_NOT_SIGNED = "contract_milestone.not_signed", Conflict, "合同 {number} 当前为“{state}”，只有履行中的合同可以设置节点", "The contract {number} is \"{state}\"; only one that is being performed has milestones";
    REACHED_AHEAD = "contract_milestone.reached_ahead", Invalid, "达成日期 {date} 不得晚于今天", "The day {date} lies ahead";
    REACHED_TOO_EARLY = "contract_milestone.reached_too_early", Invalid, "达成日期 {date} 不得早于合同签署日期 {earliest}", "The day {date} lies before {earliest}, when the contract was signed";
    MILESTONE_NOT_YOURS = "contract_milestone.not_yours", Forbidden, "只有合同填报人或其主管可以办理", "Only whoever drew the contract up, or who supervises them, may do this";
    MILESTONE_SETTLED = "contract_milestone.settled", Conflict, "该节点已“{state}”", "The milestone is \"{state}\"";
}

crate::events! { CONTRACT_MILESTONE_EVENTS:
    SET = "contract_milestone.set", "合同节点已设置", "A milestone of a contract was set";
    REACHED = "contract_milestone.reached", "合同节点已达成", "A milestone of a contract was reached";
    DROPPED = "contract_milestone.dropped", "合同节点已取消", "A milestone of a contract was dropped";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[CONTRACT_MILESTONE_REFUSALS],
    events: &[CONTRACT_MILESTONE_EVENTS],
    enums: &[MilestoneKind::LABELS, MilestoneState::LABELS],
};

/// What kind of milestone it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractMilestoneKind)]
pub enum MilestoneKind {
    /// Something is delivered.
    Delivery,
    /// Something is paid.
    Payment,
    /// Something else, such as an acceptance.
    Other,
}

crate::labels! { MilestoneKind = "ContractMilestoneKind":
    Delivery = "delivery", "交付", "Delivery";
    Payment = "payment", "付款", "Payment";
    Other = "other", "其他", "Other";
}

/// Where a milestone stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContractMilestoneStatus)]
pub enum MilestoneState {
    /// It is to come about.
    Open,
    /// It came about.
    Reached,
    /// It is not wanted any more.
    Dropped,
}

crate::labels! { MilestoneState = "ContractMilestoneStatus":
    Open = "open", "待达成", "Open";
    Reached = "reached", "已达成", "Reached";
    Dropped = "dropped", "已取消", "Dropped";
}

/// That a milestone was reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reached {
    /// The day.
    pub on: BusinessDate,
    /// When the server learnt of it.
    pub at: Timestamp,
    /// Who said so.
    pub by: UserId,
    /// What shows it: 1 to 500 characters.
    pub evidence: String,
}

/// A milestone of a contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ContractMilestone {
    /// Identity.
    pub id: ContractMilestoneId,
    /// Of which contract.
    pub contract: SalesContractId,
    /// The department of the contract.
    pub department: DepartmentId,
    /// Who drew the contract up.
    pub submitter: EmployeeId,
    /// What kind it is.
    pub kind: MilestoneKind,
    /// What is to have come about: 1 to 200 characters.
    pub name: String,
    /// By the end of which day.
    pub due_on: BusinessDate,
    /// That it was reached.
    pub reached: Option<Reached>,
    /// When and why it was dropped.
    pub dropped: Option<(Timestamp, String)>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ContractMilestone {
    const KIND: &'static str = "contract_milestone";
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

impl ContractMilestone {
    /// Sets a milestone of a signed contract: by whoever drew that up, and whoever supervises contracts of its department.
    ///
    /// # Errors
    /// `contract_milestone.not_signed`; a stranger; what is not well formed.
    pub fn set(
        id: ContractMilestoneId,
        contract: &SalesContract,
        (kind, name, due_on): (MilestoneKind, String, BusinessDate),
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        let submitter = contract.petition.submitter;
        refuse_stranger((contract.department, submitter), by)?;
        if contract.state() != SalesContractState::Signed {
            let refusal = Refusal::new(MILESTONE_NOT_SIGNED).with("number", contract.petition.number.clone());
            return Err(cite(refusal.with_label("state", contract.state())));
        }
        let mut findings = Findings::new();
        wording::check(&mut findings, "/name", &name, 200);
        findings.into_result().map_err(cite)?;
        let milestone = Self {
            id,
            contract: contract.id,
            department: contract.department,
            submitter,
            kind,
            name,
            due_on,
            reached: None,
            dropped: None,
            version: 0,
        };
        let facts = milestone.facts();
        Ok(Change::created(milestone, SET, facts))
    }

    /// Where it stands.
    pub const fn state(&self) -> MilestoneState {
        match (&self.dropped, &self.reached) {
            (Some(_), _) => MilestoneState::Dropped,
            (None, Some(_)) => MilestoneState::Reached,
            (None, None) => MilestoneState::Open,
        }
    }

    /// It was reached, on a day since the signature of its contract.
    ///
    /// # Errors
    /// `contract_milestone.settled`, `contract_milestone.reached_ahead`, `contract_milestone.reached_too_early`; a stranger.
    pub fn reach(
        self,
        reached: Reached,
        (signed_on, today): (BusinessDate, BusinessDate),
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_open(by)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/evidence", &reached.evidence, 500);
        let codes = (REACHED_TOO_EARLY, REACHED_AHEAD);
        dated::check(&mut findings, "/reached_on", reached.on, (signed_on, today), codes);
        findings.into_result().map_err(cite)?;
        let after = Self { reached: Some(reached), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, REACHED, facts))
    }

    /// It is not wanted any more.
    ///
    /// # Errors
    /// `contract_milestone.settled`; a stranger; no reason.
    pub fn drop_it(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect_open(by)?;
        check_reason(&reason)?;
        let after = Self { dropped: Some((now, reason)), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, DROPPED, facts))
    }

    fn expect_open(&self, by: &Actor) -> Result<(), Refusal> {
        refuse_stranger((self.department, self.submitter), by)?;
        match self.state() {
            MilestoneState::Open => Ok(()),
            state => Err(cite(Refusal::new(MILESTONE_SETTLED).with_label("state", state))),
        }
    }

    fn facts(&self) -> Value {
        json!({"contract_id": self.contract, "kind": self.kind, "name": self.name, "due_on": self.due_on,
            "state": self.state()})
    }
}

fn refuse_stranger((department, submitter): (DepartmentId, EmployeeId), by: &Actor) -> Result<(), Refusal> {
    if by.is(submitter) || by.reach(Permission::SuperviseContracts).covers(department, false) {
        return Ok(());
    }
    Err(cite(Refusal::new(MILESTONE_NOT_YOURS)))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("CON-2", "003 销售合同管理"))
}
