//! Disputes over whose a customer is (归属争议): opened, proved, mediated, ruled on. `[OWN-14; 002 §5(二)10]`
//!
//! While one is open, transfers, claims and falls to the pool stand still, and what open deals earn is held. The sales manager
//! rules, finally, and everybody submits; whoever is a party neither mediates nor rules.

/// What the parties say.
mod evidence;
/// How it ends.
mod ruling;

pub use evidence::Statement;
pub use ruling::{NewRuling, Ruling, SettlementKind, SettlementLine};

use crate::{
    customer_file::CustomerId,
    ownership::FactId,
    spine::{
        Actor, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id, Refusal,
        RefusalCode, Timestamp, Version, wording,
    },
};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the numbers of disputes begin with.
pub const NUMBER_PREFIX: &str = "OD";

crate::refusals! { OWNERSHIP_DISPUTE_REFUSALS:
    OPEN_ALREADY = "ownership_dispute.open_already", Conflict, "该客户已有未了结的归属争议", "The ownership of this customer is disputed already";
    OWNED_BY_NOBODY = "ownership_dispute.owned_by_nobody", Conflict, "该客户当前无归属人，没有争议对象", "Nobody owns the customer, so there is nobody to dispute it with";
    OWN_CUSTOMER = "ownership_dispute.own_customer", Conflict, "该客户归您所有，无须提出争议", "The customer is yours already";
    NO_EMPLOYEE = "ownership_dispute.no_employee", Forbidden, "该账号没有对应的员工，不能办理争议", "The account has no employee and takes part in no dispute";
    NOT_A_PARTY = "ownership_dispute.not_a_party", Forbidden, "只有争议各方可以举证", "Only the parties give evidence";
    NOT_THE_CLAIMANT = "ownership_dispute.not_the_claimant", Forbidden, "只有提出争议的人可以撤回", "Only whoever opened the dispute withdraws it";
    RECUSED = "ownership_dispute.recused", Forbidden, "争议当事人须回避，不得调解或裁决", "A party neither mediates nor rules";
    ENDED = "ownership_dispute.ended", Conflict, "争议 {number} 已了结（{state}）", "The dispute {number} is over ({state})";
    EVIDENCE_CLOSED = "ownership_dispute.evidence_closed", Conflict, "举证期已于 {until} 届满", "Evidence was taken until {until}";
    EVIDENCE_OPEN = "ownership_dispute.evidence_open", Conflict, "举证期至 {until}，各方陈述齐备前不得裁决", "Evidence is taken until {until}; before that no ruling, unless every party has spoken";
    NOT_MEDIATED = "ownership_dispute.not_mediated", Conflict, "裁决前须先调解", "A ruling comes after mediation";
    FACT_UNKNOWN = "ownership_dispute.fact_unknown", Invalid, "该客户没有此项归属事实", "The customer has no such fact of ownership";
    SHARES_UNSOUND = "ownership_dispute.shares_unsound", Invalid, "分配比例合计须为 100%，每人一项，且归属人须在其中", "Shares come to exactly the whole, name everybody once, and the owner among them";
    UNBALANCED = "ownership_dispute.unbalanced", Invalid, "清算明细收支相差 {difference}，须恰好为零", "The lines of the settlement differ by {difference}; they must come out at exactly zero";
    RULER_AWARDED = "ownership_dispute.ruler_awarded", Invalid, "裁决人不得从清算中受益", "Whoever rules takes no award";
    LINE_UNSOUND = "ownership_dispute.line_unsound", Invalid, "清算明细金额须为正数、币种一致，奖励与罚款须指明员工", "An amount of a settlement is positive and in one currency; awards and fines name somebody";
}

crate::events! { OWNERSHIP_DISPUTE_EVENTS:
    OPENED = "ownership_dispute.opened", "归属争议已提出", "The ownership of a customer was disputed";
    STATED = "ownership_dispute.evidence_given", "归属争议已举证", "A party to a dispute gave evidence";
    MEDIATED = "ownership_dispute.mediated", "归属争议已调解", "A dispute was mediated";
    RULED = "ownership_dispute.ruled", "归属争议已裁决", "A dispute was ruled on, finally";
    WITHDRAWN = "ownership_dispute.withdrawn", "归属争议已撤回", "A dispute was withdrawn";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[OWNERSHIP_DISPUTE_REFUSALS],
    events: &[OWNERSHIP_DISPUTE_EVENTS],
    enums: &[DisputeState::LABELS, SettlementKind::LABELS],
};

/// Where a dispute stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnershipDisputeStatus)]
pub enum DisputeState {
    /// Evidence is taken, and whoever heads the department has not spoken with the parties.
    Open,
    /// They have; it waits for a ruling.
    Mediated,
    /// Ruled on: final.
    Ruled,
    /// Withdrawn by whoever opened it.
    Withdrawn,
}

crate::labels! { DisputeState = "OwnershipDisputeStatus":
    Open = "open", "举证中", "Evidence is taken";
    Mediated = "mediated", "已调解，待裁决", "Mediated, waits for a ruling";
    Ruled = "ruled", "已裁决", "Ruled on";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
}

/// What whoever heads the department brought about between the parties.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mediation {
    /// Who.
    pub by: Option<EmployeeId>,
    /// When.
    pub at: Timestamp,
    /// What came of it: 1 to 2,000 characters.
    pub note: String,
}

/// That whoever opened it withdrew it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Why: 1 to 500 characters.
    pub reason: String,
}

/// A dispute over whose a customer is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnershipDispute {
    /// Identity.
    pub id: Id<Self>,
    /// The number; never used again.
    pub number: String,
    /// Over which customer.
    pub customer: CustomerId,
    /// The department to which the customer belonged when it was opened.
    pub department: DepartmentId,
    /// Who claims the customer.
    pub claimant: EmployeeId,
    /// Whose the customer was then, and who had a part.
    pub respondents: Vec<EmployeeId>,
    /// What is claimed, and why: 1 to 2,000 characters.
    pub claim: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when evidence is taken.
    pub evidence_until: Timestamp,
    /// What the parties said, in order.
    pub statements: Vec<Statement>,
    /// What mediation came to.
    pub mediation: Option<Mediation>,
    /// The ruling.
    pub ruling: Option<Ruling>,
    /// That it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for OwnershipDispute {
    const KIND: &'static str = "ownership_dispute";
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

/// What is disputed.
#[derive(Clone, Debug)]
pub struct NewDispute {
    /// Identity.
    pub id: Id<OwnershipDispute>,
    /// The number.
    pub number: String,
    /// Over which customer.
    pub customer: CustomerId,
    /// The department to which the customer belongs.
    pub department: DepartmentId,
    /// Whose the customer is, and who has a part.
    pub owners: Vec<EmployeeId>,
    /// What is claimed, and why.
    pub claim: String,
    /// For so many days evidence is taken.
    pub evidence_days: u32,
}

impl OwnershipDispute {
    /// Opens one, in the actor's own name.
    ///
    /// # Errors
    /// `ownership_dispute.owned_by_nobody`, `ownership_dispute.own_customer`; a claim that is not well formed.
    pub fn open(new: NewDispute, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let NewDispute { id, number, customer, department, owners, claim, evidence_days } = new;
        let claimant = by.employee.ok_or_else(|| cite(NO_EMPLOYEE))?;
        check(&claim, "/claim", 2_000)?;
        let Some(owner) = owners.first() else { return Err(cite(OWNED_BY_NOBODY)) };
        if *owner == claimant {
            return Err(cite(OWN_CUSTOMER));
        }
        let respondents = owners.into_iter().filter(|owner| *owner != claimant).collect();
        let dispute = Self {
            id,
            number,
            customer,
            department,
            claimant,
            respondents,
            claim,
            opened_at: now,
            evidence_until: now.plus(Duration::days(evidence_days.into())),
            statements: Vec::new(),
            mediation: None,
            ruling: None,
            withdrawal: None,
            version: 0,
        };
        let facts = dispute.told();
        Ok(Change::created(dispute, OPENED, facts))
    }

    /// Everybody whose customer it may come to be.
    pub fn parties(&self) -> impl Iterator<Item = EmployeeId> + '_ {
        std::iter::once(self.claimant).chain(self.respondents.iter().copied())
    }

    /// Whether the actor is one of them.
    pub fn is_party(&self, by: &Actor) -> bool {
        self.parties().any(|party| by.is(party))
    }

    /// Where it stands.
    pub const fn state(&self) -> DisputeState {
        if self.ruling.is_some() {
            DisputeState::Ruled
        } else if self.withdrawal.is_some() {
            DisputeState::Withdrawn
        } else if self.mediation.is_some() {
            DisputeState::Mediated
        } else {
            DisputeState::Open
        }
    }

    /// Whether it is open still.
    pub const fn is_open(&self) -> bool {
        matches!(self.state(), DisputeState::Open | DisputeState::Mediated)
    }

    /// Writes down what mediation came to; again where it is held again.
    ///
    /// # Errors
    /// `ownership_dispute.recused`, `ownership_dispute.ended`.
    pub fn mediate(self, note: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_impartial(by)?;
        self.ensure_open()?;
        check(&note, "/note", 2_000)?;
        let mediation = Some(Mediation { by: by.employee, at: now, note });
        let after = Self { mediation, ..self.clone() };
        Ok(self.moved(after, MEDIATED))
    }

    /// Withdraws it: the customer stays whose they were.
    ///
    /// # Errors
    /// `ownership_dispute.not_the_claimant`, `ownership_dispute.ended`.
    pub fn withdraw(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if !by.is(self.claimant) {
            return Err(cite(NOT_THE_CLAIMANT));
        }
        self.ensure_open()?;
        check(&reason, "/reason", 500)?;
        let after = Self { withdrawal: Some(Withdrawal { at: now, reason }), ..self.clone() };
        Ok(self.moved(after, WITHDRAWN))
    }

    fn ensure_impartial(&self, by: &Actor) -> Result<(), Refusal> {
        if by.employee.is_none() {
            return Err(cite(NO_EMPLOYEE));
        }
        if self.is_party(by) { Err(cite(RECUSED)) } else { Ok(()) }
    }

    fn ensure_open(&self) -> Result<(), Refusal> {
        if self.is_open() {
            return Ok(());
        }
        Err(cite(ENDED).with("number", self.number.as_str()).with_label("state", self.state()))
    }

    fn moved(self, after: Self, event: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, event, facts)
    }

    fn told(&self) -> serde_json::Value {
        json!({
            "number": self.number, "customer_id": self.customer, "department_id": self.department,
            "claimant_id": self.claimant, "respondent_ids": self.respondents, "state": self.state(),
            "evidence_until": self.evidence_until,
            "owner_id": self.ruling.as_ref().map(|ruling| ruling.owner),
        })
    }
}

fn check(text: &str, pointer: &str, max: usize) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, pointer, text, max);
    findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("OWN-14")))
}

fn cite(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("OWN-14"))
}

#[cfg(test)]
mod tests;
