//! The archive of contracts (合同档案): originals and annexes with their files and place, lent and given back. `[CON-4; 003
//! 销售合同管理]`
//!
//! A paper is lent to one person at a time, until a day. Deliberately not here: until when a contract runs, which it says itself.

use crate::{
    file::File,
    sales_contract::{SalesContract, SalesContractId},
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, Findings, Id, Permission,
        Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a paper.
pub type ArchivedPaperId = Id<ArchivedPaper>;

crate::refusals! { ARCHIVED_PAPER_REFUSALS:
    PAPER_NOT_YOURS = "archived_paper.not_yours", Forbidden, "只有管理该合同的主管可以办理档案", "Only who supervises the contract may see to its archive";
    PAPER_LENT = "archived_paper.lent", Conflict, "该档案已借出给 {name}，应于 {date} 归还", "The paper is lent to {name} until {date}";
    PAPER_NOT_LENT = "archived_paper.not_lent", Conflict, "该档案未借出", "The paper is not lent";
    LENT_INTO_PAST = "archived_paper.due_in_past", Invalid, "归还日期 {date} 早于今天", "The day {date} lies in the past";
    PAPER_NOT_SIGNED = "archived_paper.not_signed", Conflict, "合同 {number} 当前为“{state}”，签署后才可归档", "The contract {number} is \"{state}\"; it is archived once it is signed";
}

crate::events! { ARCHIVED_PAPER_EVENTS:
    KEPT = "archived_paper.kept", "合同档案已归档", "A paper of a contract was archived";
    MOVED = "archived_paper.moved", "合同档案已移库", "A paper of a contract was put elsewhere";
    LENT = "archived_paper.lent", "合同档案已借出", "A paper of a contract was lent";
    GIVEN_BACK = "archived_paper.given_back", "合同档案已归还", "A paper of a contract was given back";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[ARCHIVED_PAPER_REFUSALS],
    events: &[ARCHIVED_PAPER_EVENTS],
    enums: &[PaperKind::LABELS],
};

/// What kind of paper it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ArchivedPaperKind)]
pub enum PaperKind {
    /// A signed original.
    Original,
    /// An annex.
    Annex,
    /// What amended it.
    Amendment,
}

crate::labels! { PaperKind = "ArchivedPaperKind":
    Original = "original", "正本", "Original";
    Annex = "annex", "附件", "Annex";
    Amendment = "amendment", "变更文件", "Amendment";
}

/// That a paper is lent, or was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Loan {
    /// To whom.
    pub borrower: EmployeeId,
    /// For what: 1 to 500 characters.
    pub purpose: String,
    /// When it was lent.
    pub at: Timestamp,
    /// By the end of which day it is to be back.
    pub due_on: BusinessDate,
    /// When it came back.
    pub back_at: Option<Timestamp>,
}

/// A paper of a contract in the archive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ArchivedPaper {
    /// Identity.
    pub id: ArchivedPaperId,
    /// Of which contract.
    pub contract: SalesContractId,
    /// The department of the contract.
    pub department: DepartmentId,
    /// What kind it is.
    pub kind: PaperKind,
    /// What it is: 1 to 200 characters.
    pub title: String,
    /// Where it is: 1 to 200 characters.
    pub place: String,
    /// Its scans, by whose checksums it is known again; at most 20.
    pub files: Vec<Id<File>>,
    /// To whom it was lent, the last one last.
    pub loans: Vec<Loan>,
    /// When it was archived.
    pub kept_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ArchivedPaper {
    const KIND: &'static str = "archived_paper";
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

/// What is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPaper {
    /// What kind it is.
    pub kind: PaperKind,
    /// What it is.
    pub title: String,
    /// Where it is.
    pub place: String,
    /// Its scans.
    pub files: Vec<Id<File>>,
}

impl ArchivedPaper {
    /// Archives a paper of a contract that was signed.
    ///
    /// # Errors
    /// `archived_paper.not_signed`, `archived_paper.not_yours`; what is not well formed, all of it named.
    pub fn keep(
        id: ArchivedPaperId,
        contract: &SalesContract,
        new: NewPaper,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        refuse_stranger(contract.department, by)?;
        if contract.signature.is_none() {
            let refusal = Refusal::new(PAPER_NOT_SIGNED).with("number", contract.petition.number.clone());
            return Err(cite(refusal.with_label("state", contract.state())));
        }
        let NewPaper { kind, title, place, files } = new;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &title, 200);
        wording::check(&mut findings, "/place", &place, 200);
        if files.len() > 20 {
            findings.add_with("/files", codes::OUT_OF_RANGE, [("min", json!(0)), ("max", json!(20))]);
        }
        findings.into_result().map_err(cite)?;
        let paper = Self {
            id,
            contract: contract.id,
            department: contract.department,
            kind,
            title,
            place,
            files,
            loans: Vec::new(),
            kept_at: now,
            version: 0,
        };
        let facts = paper.facts();
        Ok(Change::created(paper, KEPT, facts))
    }

    /// The loan that is not back yet.
    pub fn loan(&self) -> Option<&Loan> {
        self.loans.last().filter(|loan| loan.back_at.is_none())
    }

    /// It is put elsewhere.
    ///
    /// # Errors
    /// `archived_paper.not_yours`; a place that is not well formed.
    pub fn put(self, place: String, by: &Actor) -> Result<Change<Self>, Refusal> {
        refuse_stranger(self.department, by)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/place", &place, 200);
        findings.into_result().map_err(cite)?;
        let after = Self { place, ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, MOVED, facts))
    }

    /// Lends it to somebody until a day.
    ///
    /// # Errors
    /// `archived_paper.lent` with who has it, `archived_paper.due_in_past`, `archived_paper.not_yours`; no purpose.
    pub fn lend(
        self,
        loan: Loan,
        holder: &str,
        today: BusinessDate,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        refuse_stranger(self.department, by)?;
        if let Some(known) = self.loan() {
            let refusal = Refusal::new(PAPER_LENT).with("name", holder.to_owned());
            return Err(cite(refusal.with("date", json!(known.due_on))));
        }
        let mut findings = Findings::new();
        wording::check(&mut findings, "/purpose", &loan.purpose, 500);
        if loan.due_on < today {
            findings.add_with("/due_on", LENT_INTO_PAST, [("date", json!(loan.due_on))]);
        }
        findings.into_result().map_err(cite)?;
        let mut after = self.clone();
        after.loans.push(loan);
        let facts = after.facts();
        Ok(Change::updated(self, after, LENT, facts))
    }

    /// It came back.
    ///
    /// # Errors
    /// `archived_paper.not_lent`, `archived_paper.not_yours`.
    pub fn give_back(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        refuse_stranger(self.department, by)?;
        let mut after = self.clone();
        match after.loans.last_mut().filter(|loan| loan.back_at.is_none()) {
            None => return Err(cite(Refusal::new(PAPER_NOT_LENT))),
            Some(loan) => loan.back_at = Some(now),
        }
        let facts = after.facts();
        Ok(Change::updated(self, after, GIVEN_BACK, facts))
    }

    fn facts(&self) -> Value {
        let loan = self.loan();
        json!({"contract_id": self.contract, "kind": self.kind, "title": self.title, "place": self.place,
            "borrower_id": loan.map(|loan| loan.borrower), "due_on": loan.map(|loan| loan.due_on)})
    }
}

fn refuse_stranger(department: DepartmentId, by: &Actor) -> Result<(), Refusal> {
    if by.reach(Permission::SuperviseContracts).covers(department, false) {
        return Ok(());
    }
    Err(cite(Refusal::new(PAPER_NOT_YOURS)))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("CON-4", "003 销售合同管理"))
}
