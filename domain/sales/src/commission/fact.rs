//! The facts of a sale that are known by its closing, and what is not known of them. `[COM-10]`

use crate::{
    ownership::Shares,
    spine::{EmployeeId, Timestamp},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether something was so. What nobody has shown is unknown, and unknown is not "no".
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A record or the manager's answer shows it.
    Shown,
    /// A record or the manager's answer denies it.
    Denied,
    /// Nothing tells.
    #[default]
    Unknown,
}

/// What the manager is asked where a fact is missing; answered once, with evidence, not by a party.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionQuestion)]
pub enum Question {
    /// Had whoever closed been shown before whose customer it was?
    DidTheyKnow,
    /// Had it been agreed beforehand that a colleague helps?
    WasHelpAgreed,
}

crate::labels! { Question = "CommissionQuestion":
    DidTheyKnow = "did_they_know", "成交人事先是否知道客户归属", "Did whoever closed know before whose customer it was?";
    WasHelpAgreed = "was_help_agreed", "是否事先约定由同事协助", "Was it agreed beforehand that a colleague helps?";
}

/// Somebody who is not the owner and took the deposit or the signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closer {
    /// Who.
    pub person: EmployeeId,
    /// Whether they took the large deposit.
    pub took_deposit: bool,
    /// Whether they took the signature.
    pub took_signature: bool,
    /// When they first received the customer; none where they never did.
    pub first_reception: Option<Timestamp>,
    /// How long their receptions lasted together, in minutes.
    pub reception_minutes: u32,
    /// Whether they gave a quotation.
    pub quoted: bool,
    /// Whether the look-up, a list or a notice had shown them the owner before.
    pub knew_owner: Answer,
    /// Whether the owner, or whoever assigns, had arranged their help beforehand.
    pub help_agreed: Answer,
}

/// How far something that must be decided is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionFinding)]
pub enum Finding {
    /// Nobody has decided yet.
    Undecided,
    /// It was found to be so.
    Upheld,
    /// It was found not to be so.
    Dismissed,
}

crate::labels! { Finding = "CommissionFinding":
    Undecided = "undecided", "待认定", "Undecided";
    Upheld = "upheld", "成立", "Upheld";
    Dismissed = "dismissed", "不成立", "Dismissed";
}

/// A customer's complaint that demanded somebody else. `[SRV-3]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demand {
    /// Against whom.
    pub against: EmployeeId,
    /// Who serves the customer since.
    pub successor: EmployeeId,
    /// When it was demanded: after the closing it is a complaint and moves nothing.
    pub at: Timestamp,
    /// What came of it.
    pub finding: Finding,
}

/// What somebody is said to have done. `[COM-8]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misdeed {
    /// Hinted at a lower price before the closing.
    Hint,
    /// Hinted so to another's customer, who complained.
    HintToAnothersCustomer,
    /// Knowingly worked another's customer.
    Knowingly,
    /// Promised something without authority.
    Promise,
    /// Grabbed a unit by trickery.
    GrabbedUnit,
}

crate::labels! { Misdeed = "Misdeed":
    Hint = "hint", "成交前暗示经理有最低折扣", "Hinted at a lower price before the closing";
    HintToAnothersCustomer = "hint_to_anothers_customer", "暗示他人客户并引起投诉", "Hinted so to another's customer, who complained";
    Knowingly = "knowingly", "知情抢单", "Knowingly worked another's customer";
    Promise = "promise", "越权承诺", "Promised something without authority";
    GrabbedUnit = "grabbed_unit", "以欺骗手段抢房", "Grabbed a unit by trickery";
}

/// A misdeed of somebody about this sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Violation {
    /// Who.
    pub person: EmployeeId,
    /// What.
    pub misdeed: Misdeed,
    /// Whether it is confirmed. `[INC-2a]`
    pub finding: Finding,
}

/// Two who share by a finding: phone protection, or two sites.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Protection {
    /// A phone call is protected, somebody else closed: credit to the closer. `[OWN-12]`
    Phone {
        /// Whose call it was.
        caller: EmployeeId,
        /// Who closed.
        closer: EmployeeId,
    },
    /// Registered at two sites: both own it, credit half each. `[OWN-6]`
    TwoSites {
        /// Who registered earlier; the primary.
        earlier: EmployeeId,
        /// Who registered later.
        later: EmployeeId,
    },
}

/// Leadership let one have the unit that was reserved for another's customer. `[COM-6]`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Allotment {
    /// Whose it was.
    pub from: EmployeeId,
    /// Whose it is.
    pub to: EmployeeId,
}

/// What a manager ruled of this sale before it closed. `[OWN-14]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ruling {
    /// Whom the sale counts for.
    pub credit: EmployeeId,
    /// How it is shared, in basis points that total 10000; the primary first.
    pub parties: Vec<(EmployeeId, u32)>,
}

impl Ruling {
    /// That a sale counts for somebody, and is shared so.
    pub fn of(credit: EmployeeId, shares: &Shares) -> Self {
        Self { credit, parties: shares.each().iter().map(|share| (share.employee, share.bp)).collect() }
    }
}

/// Everything the rules of commission read of a sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SaleFacts {
    /// Whose customer it was at the closing; the primary.
    pub owner: EmployeeId,
    /// When it closed.
    pub closed_at: Timestamp,
    /// When the large deposit was taken, where there was one.
    pub deposit_at: Option<Timestamp>,
    /// Who beside the owner took deposit or signature.
    pub closers: Vec<Closer>,
    /// What was ruled.
    pub ruling: Option<Ruling>,
    /// Whether a dispute about the customer is open.
    pub open_dispute: bool,
    /// Complaints that demanded somebody else.
    pub demands: Vec<Demand>,
    /// What leadership allotted.
    pub allotment: Option<Allotment>,
    /// Who is protected beside who closed.
    pub protection: Option<Protection>,
    /// What people are said to have done.
    pub violations: Vec<Violation>,
}

impl SaleFacts {
    /// A sale of which nothing is known but whose customer it was.
    pub const fn plain(owner: EmployeeId, closed_at: Timestamp) -> Self {
        Self {
            owner,
            closed_at,
            deposit_at: None,
            closers: Vec::new(),
            ruling: None,
            open_dispute: false,
            demands: Vec::new(),
            allotment: None,
            protection: None,
            violations: Vec::new(),
        }
    }

    /// What is found of somebody's misdeed; none where nobody says so.
    pub fn finding(&self, person: EmployeeId, misdeed: Misdeed) -> Option<Finding> {
        let said = self.violations.iter().find(|said| said.person == person && said.misdeed == misdeed);
        said.map(|said| said.finding)
    }

    /// The demands made by the closing; later ones are complaints only.
    pub fn demands_in_time(&self) -> impl Iterator<Item = &Demand> {
        self.demands.iter().filter(|demand| demand.at <= self.closed_at)
    }
}
