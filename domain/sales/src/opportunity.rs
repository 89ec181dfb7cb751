//! Opportunities (销售机会): pursued from stage to stage, by facts and not by wish, until a sale is closed or they are lost.
//! `[SAL-3; 001 奖惩条款 §3.1]`
//!
//! The stages are policy: what must have happened before one is entered, how probable a sale is from it. *Won* follows from a
//! closed sale, never by hand. Every move is kept, and stays whoever the opportunity is handed to: the funnel is computed from
//! the moves, as of any day.

/// What may be done with an opportunity now, and if not why. `[ACT-1]`
mod actions;
/// From stage to stage, lost, reopened, won.
mod course;
/// How many enter each stage, pass on, and how long it takes.
pub mod funnel;

pub use actions::OpportunityAction;

use crate::{
    customer_file::CustomerId,
    sale::SaleId,
    spine::{
        Actor, BusinessDate, Change, Citation, Currency, DepartmentId, EmployeeId, Entity, EventKind,
        Findings, Id, Money, Permission, Refusal, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { OPPORTUNITY_REFUSALS:
    NOT_YOURS = "opportunity.not_yours", Forbidden, "只有跟进人或其主管可以办理", "Only who pursues it, or whoever supervises them, may do this";
    NO_EMPLOYEE = "opportunity.no_employee", Forbidden, "该账号没有对应的员工，不能跟进销售机会", "The account has no employee, and pursues nothing";
    NOT_OPEN = "opportunity.not_open", Conflict, "销售机会 {number} 当前为“{state}”，不能办理", "The opportunity {number} is \"{state}\"; this cannot be done";
    NOT_LOST = "opportunity.not_lost", Conflict, "销售机会 {number} 当前为“{state}”，只有已丢失的可以重新打开", "The opportunity {number} is \"{state}\"; only one that was lost is reopened";
    FACT_MISSING = "opportunity.fact_missing", Conflict, "进入“{stage}”阶段前须：{fact}", "Before the stage \"{stage}\": {fact}";
    LAST_STAGE = "opportunity.last_stage", Conflict, "销售机会 {number} 已在最后阶段，签约成交后自动转为赢单", "The opportunity {number} is in its last stage: a closed sale makes it won";
    FIRST_STAGE = "opportunity.first_stage", Invalid, "只能退回到更早的阶段", "One steps back only to an earlier stage";
    STAGE_UNKNOWN = "opportunity.stage_unknown", Invalid, "没有这个阶段", "There is no such stage";
    REASON_UNKNOWN = "opportunity.reason_unknown", Invalid, "丢单原因不在公司规定之列", "This is none of the company's reasons";
    CLOSES_IN_PAST = "opportunity.closes_in_past", Invalid, "预计成交日期不得早于今天", "The day it is expected to close must not lie in the past";
    SAME_OWNER = "opportunity.same_owner", Invalid, "该销售机会已由其跟进", "They pursue it already";
}

crate::events! { OPPORTUNITY_EVENTS:
    OPENED = "opportunity.opened", "销售机会已建立", "An opportunity was opened";
    CHANGED = "opportunity.changed", "销售机会已修改", "An opportunity was changed";
    ADVANCED = "opportunity.advanced", "销售机会已推进", "An opportunity advanced";
    STEPPED_BACK = "opportunity.stepped_back", "销售机会已退回", "An opportunity stepped back";
    LOST = "opportunity.lost", "销售机会已丢失", "An opportunity was lost";
    REOPENED = "opportunity.reopened", "销售机会已重新打开", "An opportunity was reopened";
    WON = "opportunity.won", "销售机会已赢单", "An opportunity was won";
    HANDED_OVER = "opportunity.handed_over", "销售机会已移交", "An opportunity was handed to somebody else";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[OPPORTUNITY_REFUSALS],
    events: &[OPPORTUNITY_EVENTS],
    enums: &[OpportunityAction::LABELS, OpportunityState::LABELS, MoveKind::LABELS],
};

/// Which opportunity.
pub type OpportunityId = Id<Opportunity>;

/// Where an opportunity stands, beside its stage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OpportunityStatus)]
pub enum OpportunityState {
    /// It is pursued.
    Open,
    /// A sale was closed.
    Won,
    /// It came to nothing.
    Lost,
}

crate::labels! { OpportunityState = "OpportunityStatus":
    Open = "open", "跟进中", "Open";
    Won = "won", "赢单", "Won";
    Lost = "lost", "丢单", "Lost";
}

/// What kind of move it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OpportunityMoveKind)]
pub enum MoveKind {
    /// It was opened, in the first stage.
    Opened,
    /// To a later stage.
    Advanced,
    /// To an earlier one.
    SteppedBack,
    /// It was lost.
    Lost,
    /// It is pursued again.
    Reopened,
    /// A sale was closed.
    Won,
    /// Somebody else pursues it.
    HandedOver,
}

crate::labels! { MoveKind = "OpportunityMoveKind":
    Opened = "opened", "建立", "Opened";
    Advanced = "advanced", "推进", "Advanced";
    SteppedBack = "stepped_back", "退回", "Stepped back";
    Lost = "lost", "丢单", "Lost";
    Reopened = "reopened", "重新打开", "Reopened";
    Won = "won", "赢单", "Won";
    HandedOver = "handed_over", "移交", "Handed over";
}

/// A move of an opportunity: only ever added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Move {
    /// What kind.
    pub kind: MoveKind,
    /// The stage it stands in from then on.
    pub stage: String,
    /// When.
    pub at: Timestamp,
    /// The business day.
    pub on: BusinessDate,
    /// Who did it; none for what followed from a sale.
    pub by: Option<EmployeeId>,
    /// Who pursues it from then on.
    pub owner: EmployeeId,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// Why an opportunity was lost.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Loss {
    /// The company's reason, by its code.
    pub reason: String,
    /// To which competitor, up to 100 characters.
    pub competitor: Option<String>,
    /// What else there is to say, up to 500 characters.
    pub note: Option<String>,
}

/// What an opportunity says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OpportunityContent {
    /// What it is about, 1 to 200 characters.
    pub subject: String,
    /// Of which product line, where that is known: the category of products, 1 to 60 characters.
    pub product_line: Option<String>,
    /// What it may come to, in the book currency, tax included.
    pub estimate: Option<Money>,
    /// The day it is expected to close.
    pub expected_on: Option<BusinessDate>,
}

/// An opportunity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Opportunity {
    /// Identity.
    pub id: OpportunityId,
    /// Its number, such as `OP-2026-000012`; never reused.
    pub number: String,
    /// With which customer.
    pub customer: CustomerId,
    /// What it says.
    #[serde(flatten)]
    pub content: OpportunityContent,
    /// Who pursues it.
    pub owner: EmployeeId,
    /// The department they work in.
    pub department: DepartmentId,
    /// The stage it stands in, by its code.
    pub stage: String,
    /// Since which day.
    pub stage_since: BusinessDate,
    /// Where it stands.
    pub state: OpportunityState,
    /// Why it was lost.
    pub loss: Option<Loss>,
    /// The sale that made it won.
    pub sale: Option<SaleId>,
    /// Every move, the first before the others.
    pub moves: Vec<Move>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Opportunity {
    const KIND: &'static str = "opportunity";
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

/// What a new opportunity is known by.
#[derive(Clone, Debug)]
pub struct NewOpportunity {
    /// Its identity.
    pub id: OpportunityId,
    /// Its number.
    pub number: String,
    /// With which customer.
    pub customer: CustomerId,
    /// The department of who pursues it.
    pub department: DepartmentId,
    /// The first stage.
    pub stage: String,
}

impl OpportunityContent {
    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/subject", &self.subject, 200);
        wording::check_optional(&mut findings, "/product_line", self.product_line.as_deref(), 60);
        match self.estimate {
            Some(estimate) if estimate.currency() != Currency::Cny => {
                findings.add("/estimate", crate::sales_contract::NOT_IN_BOOK_CURRENCY);
            }
            Some(estimate) if !estimate.is_positive() => {
                findings.add("/estimate", codes::AMOUNT_NOT_POSITIVE);
            }
            _ => {}
        }
        if self.expected_on.is_some_and(|day| day < today) {
            findings.add("/expected_on", CLOSES_IN_PAST);
        }
        findings.into_result().map_err(cite)
    }
}

impl Opportunity {
    /// Opens one with a customer, in the first stage, for who opens it.
    ///
    /// # Errors
    /// An account without an employee; what is not well formed, all of it named.
    pub fn open(
        new: NewOpportunity,
        content: OpportunityContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let owner = by.employee.ok_or_else(|| cite(Refusal::new(NO_EMPLOYEE)))?;
        content.check(today)?;
        let NewOpportunity { id, number, customer, department, stage } = new;
        let opened = Move {
            kind: MoveKind::Opened,
            stage: stage.clone(),
            at: now,
            on: today,
            by: Some(owner),
            owner,
            reason: None,
        };
        let opportunity = Self {
            id,
            number,
            customer,
            content,
            owner,
            department,
            stage,
            stage_since: today,
            state: OpportunityState::Open,
            loss: None,
            sale: None,
            moves: vec![opened],
            opened_at: now,
            version: 0,
        };
        let facts = opportunity.facts();
        Ok(Change::created(opportunity, OPENED, facts))
    }

    /// Rewrites what it says, while it is open.
    ///
    /// # Errors
    /// Another's; one that is over; what is not well formed.
    pub fn revise(
        self,
        content: OpportunityContent,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_work(by)?;
        // A day that has passed since it was said may stay.
        let unchanged = content.expected_on == self.content.expected_on;
        content.check(if unchanged { BusinessDate::MIN } else { today })?;
        let mut after = self.clone();
        after.content = content;
        let facts = after.facts();
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Whether a caller may move it: who pursues it, and whoever supervises them.
    fn refuse_stranger(&self, by: &Actor) -> Result<(), Refusal> {
        let supervises = by.reach(Permission::SuperviseOpportunities).covers(self.department, false);
        if by.is(self.owner) || supervises { Ok(()) } else { Err(cite(Refusal::new(NOT_YOURS))) }
    }

    /// Whether a caller may move it now.
    fn may_work(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state == OpportunityState::Open { Ok(()) } else { Err(self.refuse(NOT_OPEN)) }
    }

    fn refuse(&self, code: &'static crate::spine::RefusalCode) -> Refusal {
        let refusal = Refusal::new(code).with("number", self.number.clone());
        cite(refusal.with_label("state", self.state))
    }

    fn facts(&self) -> Value {
        json!({"number": self.number, "customer_id": self.customer, "owner_id": self.owner,
            "department_id": self.department, "stage": self.stage, "state": self.state,
            "product_line": self.content.product_line})
    }

    fn moved(self, kind: &'static EventKind, step: Move, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut after = self.clone();
        if after.stage != step.stage {
            after.stage_since = step.on;
        }
        after.stage.clone_from(&step.stage);
        after.owner = step.owner;
        after.moves.push(step);
        change(&mut after);
        let facts = after.facts();
        Change::updated(self, after, kind, facts)
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("SAL-3", "001 奖惩条款 §3.1"))
}

#[cfg(test)]
mod tests;
