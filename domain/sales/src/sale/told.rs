//! What people say of a sale beside what records show: answers to questions, findings, rulings. `[COM-5 … COM-10]`
//!
//! Each is said with its evidence by somebody who has no part in the sale. An answer is given once; of findings the last
//! counts. What is said once the sale is attributed moves nothing: only a ruling books a difference.

use crate::{
    commission::{
        Answer, SaleFacts,
        fact::{Allotment, Closer, Demand, Finding, Misdeed, Protection, Ruling, Violation},
    },
    ownership::WHOLE_BP,
    spine::{EmployeeId, Timestamp, UserId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody's part by a ruling.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuledPart {
    /// Whose.
    pub employee_id: EmployeeId,
    /// How much, in basis points: all together 10000.
    #[schema(minimum = 1, maximum = 10000)]
    pub share_bp: u32,
}

/// What is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ToldSaleFact)]
pub enum ToldFact {
    /// Whether somebody who closed had been shown the owner before: answers that question.
    OwnerShown {
        /// Who closed.
        employee_id: EmployeeId,
        /// Whether they had.
        shown: bool,
    },
    /// Whether a colleague's help was agreed beforehand: answers that question.
    HelpAgreed {
        /// Who helped.
        employee_id: EmployeeId,
        /// Whether it was.
        agreed: bool,
    },
    /// Somebody gave the customer a quotation.
    Quoted {
        /// Who.
        employee_id: EmployeeId,
    },
    /// The customer complained of somebody and demanded another. `[COM-5]`
    Demanded {
        /// Of whom.
        against_id: EmployeeId,
        /// Who serves the customer since.
        successor_id: EmployeeId,
        /// When.
        at: Timestamp,
        /// What came of it.
        finding: Finding,
    },
    /// Somebody is said to have done wrong. `[COM-8]`
    Violated {
        /// Who.
        employee_id: EmployeeId,
        /// What.
        misdeed: Misdeed,
        /// What came of it.
        finding: Finding,
    },
    /// Leadership allotted a unit of one to another. `[COM-6]`
    Allotted {
        /// Whose it was.
        from_id: EmployeeId,
        /// Whose it is.
        to_id: EmployeeId,
    },
    /// Somebody's call is protected though another closed. `[COM-7, OWN-12]`
    PhoneProtected {
        /// Whose call it was.
        caller_id: EmployeeId,
        /// Who closed.
        closer_id: EmployeeId,
    },
    /// The manager ruled. `[OWN-14]`
    Ruled {
        /// Whom the sale counts for.
        credit_id: EmployeeId,
        /// How its commission is shared; the primary first.
        #[schema(min_items = 1, max_items = 20)]
        parts: Vec<RuledPart>,
    },
}

crate::labels! { tagged ToldFact = "ToldSaleFact":
    OwnerShown = "owner_shown", "成交人是否事先知道归属", "Whether whoever closed had been shown the owner";
    HelpAgreed = "help_agreed", "是否事先约定协助", "Whether help was agreed beforehand";
    Quoted = "quoted", "已报价", "A quotation was given";
    Demanded = "demanded", "客户投诉并要求更换", "The customer demanded another";
    Violated = "violated", "违规认定", "A violation";
    Allotted = "allotted", "领导特批让房", "Leadership allotted the unit";
    PhoneProtected = "phone_protected", "电话保护", "Protected by phone";
    Ruled = "ruled", "裁决", "Ruled";
}

/// Something that somebody said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Told {
    /// What.
    pub fact: ToldFact,
    /// What shows it: 1 to 500 characters.
    pub evidence: String,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl ToldFact {
    /// Everybody it names.
    pub fn named(&self) -> Vec<EmployeeId> {
        match self {
            Self::OwnerShown { employee_id, .. }
            | Self::HelpAgreed { employee_id, .. }
            | Self::Quoted { employee_id }
            | Self::Violated { employee_id, .. } => vec![*employee_id],
            Self::Demanded { against_id: one, successor_id: other, .. }
            | Self::Allotted { from_id: one, to_id: other }
            | Self::PhoneProtected { caller_id: one, closer_id: other } => vec![*one, *other],
            Self::Ruled { credit_id, parts } => {
                parts.iter().map(|part| part.employee_id).chain([*credit_id]).collect()
            }
        }
    }

    /// Whether it answers the same question about the same person: such is answered once.
    pub(super) fn is_same_answer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::OwnerShown { employee_id: one, .. }, Self::OwnerShown { employee_id: other, .. })
            | (Self::HelpAgreed { employee_id: one, .. }, Self::HelpAgreed { employee_id: other, .. }) => {
                one == other
            }
            _ => false,
        }
    }

    /// Whether the parts of a ruling are the whole, each person once; whether two who are named are two.
    pub(super) fn is_whole(&self) -> bool {
        let Self::Ruled { parts, .. } = self else { return true };
        let mut people: Vec<_> = parts.iter().map(|part| part.employee_id).collect();
        people.sort_unstable();
        people.dedup();
        let sum: u64 = parts.iter().map(|part| u64::from(part.share_bp)).sum();
        people.len() == parts.len() && sum == u64::from(WHOLE_BP)
    }

    pub(super) fn names_two(&self) -> bool {
        match self {
            Self::Demanded { against_id: one, successor_id: other, .. }
            | Self::Allotted { from_id: one, to_id: other }
            | Self::PhoneProtected { caller_id: one, closer_id: other } => one != other,
            _ => true,
        }
    }
}

/// The facts that records show with what people said of them.
pub(super) fn with_told(mut facts: SaleFacts, told: &[Told]) -> SaleFacts {
    for Told { fact, .. } in told {
        match fact.clone() {
            ToldFact::OwnerShown { employee_id, shown } => {
                about(&mut facts, employee_id, |closer| closer.knew_owner = answer(shown));
            }
            ToldFact::HelpAgreed { employee_id, agreed } => {
                about(&mut facts, employee_id, |closer| closer.help_agreed = answer(agreed));
            }
            ToldFact::Quoted { employee_id } => about(&mut facts, employee_id, |closer| closer.quoted = true),
            ToldFact::Demanded { against_id: against, successor_id: successor, at, finding } => {
                facts.demands.retain(|known| (known.against, known.successor) != (against, successor));
                facts.demands.push(Demand { against, successor, at, finding });
            }
            ToldFact::Violated { employee_id: person, misdeed, finding } => {
                facts.violations.retain(|known| (known.person, known.misdeed) != (person, misdeed));
                facts.violations.push(Violation { person, misdeed, finding });
            }
            ToldFact::Allotted { from_id: from, to_id: to } => facts.allotment = Some(Allotment { from, to }),
            ToldFact::PhoneProtected { caller_id: caller, closer_id: closer } => {
                facts.protection = Some(Protection::Phone { caller, closer });
            }
            ToldFact::Ruled { credit_id: credit, parts } => {
                let parties = parts.iter().map(|part| (part.employee_id, part.share_bp)).collect();
                facts.ruling = Some(Ruling { credit, parties });
            }
        }
    }
    facts
}

const fn answer(is_so: bool) -> Answer {
    if is_so { Answer::Shown } else { Answer::Denied }
}

fn about(facts: &mut SaleFacts, person: EmployeeId, say: impl Fn(&mut Closer)) {
    facts.closers.iter_mut().filter(|closer| closer.person == person).for_each(say);
}
