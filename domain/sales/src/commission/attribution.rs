//! Whose sale it is: gate, then the first rule that holds, then cuts of a person's own part. `[COM-1…COM-8, COM-10]`

use super::{
    fact::{Answer, Closer, Finding, Misdeed, Protection, Question, SaleFacts},
    policy::{AttributionRule, CommissionRules, RuleCode},
};
use crate::{
    ownership::WHOLE_BP,
    spine::{Citation, EmployeeId, allocate},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of attributing a sale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Attributed {
    /// Commission waits; the credit is the owner's department's alone, and the deal goes on.
    Held {
        /// For what.
        by: Vec<Hold>,
    },
    /// It is decided, and freezes with the sale.
    Decided(Attribution),
}

/// Why commission waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Hold {
    /// A dispute about the customer is open.
    Dispute,
    /// A complaint that demands somebody else is undecided. `[SRV-3]`
    Demand,
    /// A violation is not confirmed yet. `[INC-2a]`
    Violation {
        /// Whose.
        person: EmployeeId,
        /// What.
        misdeed: Misdeed,
    },
    /// A question to the manager is not answered.
    Asked {
        /// Which.
        question: Question,
        /// About whom.
        about: EmployeeId,
    },
}

/// How a sale is attributed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attribution {
    /// The rule that holds.
    pub rule: RuleCode,
    /// What it rests on.
    pub citation: Citation,
    /// Whom the sale counts for, in basis points; nobody where it was lost by a promise.
    pub credit: Vec<(EmployeeId, u32)>,
    /// Who shares the commission; the primary first.
    pub parties: Vec<Party>,
    /// The rules before it in their order, and why they did not hold.
    pub did_not_hold: Vec<(RuleCode, WhyNot)>,
    /// What goes to the ledger of rewards and penalties: never into the split, one incident once.
    pub incidents: Vec<Incident>,
}

/// Somebody's part of a commission.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Party {
    /// Who.
    pub person: EmployeeId,
    /// Their part in basis points; all together 10000.
    pub share_bp: u32,
    /// What of it they keep, in basis points: the rest is the company's, and no other part grows.
    pub keeps_bp: u32,
}

/// What a sale brings about in the ledger of rewards and penalties.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Whose.
    pub person: EmployeeId,
    /// For what; none for praise.
    pub misdeed: Option<Misdeed>,
    /// A fine, in minor units of the book currency.
    pub fine_minor: i64,
    /// Points of the appraisal.
    pub points: i32,
}

/// Why a rule did not hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommissionWhyNot)]
pub enum WhyNot {
    /// Nothing was ruled.
    NothingRuled,
    /// Nobody but the owner took deposit or signature.
    OwnerClosed,
    /// No violation is confirmed.
    NotConfirmed,
    /// No complaint was upheld before the closing.
    NoDemandUpheld,
    /// Nothing was allotted.
    NothingAllotted,
    /// Whoever closed knew whose customer it was.
    Knew,
    /// It was not deep.
    NotDeep,
    /// Nothing is protected.
    NothingProtected,
    /// No large deposit was paid before they came.
    NoDepositBefore,
    /// Nobody's help was arranged.
    NotArranged,
    /// The help was arranged.
    Arranged,
}

crate::labels! { WhyNot = "CommissionWhyNot":
    NothingRuled = "nothing_ruled", "没有裁决", "Nothing was ruled";
    OwnerClosed = "owner_closed", "由归属人本人成交", "The owner closed";
    NotConfirmed = "not_confirmed", "没有已确认的违规", "No violation is confirmed";
    NoDemandUpheld = "no_demand_upheld", "成交前没有成立的更换要求", "No demand was upheld before the closing";
    NothingAllotted = "nothing_allotted", "没有领导特批", "Nothing was allotted";
    Knew = "knew", "成交人知道客户归属", "Whoever closed knew the owner";
    NotDeep = "not_deep", "未达到深度接触", "The dealing was not deep";
    NothingProtected = "nothing_protected", "没有电话保护或两点登记", "Nothing is protected";
    NoDepositBefore = "no_deposit_before", "协助人接待前未交大定", "No large deposit was paid before they came";
    NotArranged = "not_arranged", "没有事先安排协助", "No help was arranged";
    Arranged = "arranged", "属于事先安排的协助", "The help was arranged";
}

/// What one rule says of the facts.
enum Verdict {
    Holds(Split),
    Not(WhyNot),
    Waits(Hold),
}

/// Whom it counts for and who shares, before cuts.
struct Split {
    credit: Vec<(EmployeeId, u32)>,
    parties: Vec<(EmployeeId, u32)>,
    incidents: Vec<Incident>,
}

impl Split {
    /// All to one.
    fn whole(person: EmployeeId) -> Self {
        Self { credit: vec![(person, WHOLE_BP)], parties: vec![(person, WHOLE_BP)], incidents: Vec::new() }
    }
    /// Credit to one, the commission between two: so much to the other than the primary.
    fn between(credit: EmployeeId, primary: EmployeeId, other: EmployeeId, other_bp: u32) -> Self {
        let parties = vec![(primary, WHOLE_BP - other_bp), (other, other_bp)];
        Self { credit: vec![(credit, WHOLE_BP)], parties, incidents: Vec::new() }
    }
}

/// Attributes a sale by the rules of a version of the policy, from the facts known by its closing.
pub fn attribute(facts: &SaleFacts, rules: &CommissionRules, cited: (&str, i32)) -> Attributed {
    let mut held = gate(facts);
    if !held.is_empty() {
        held.sort();
        return Attributed::Held { by: held };
    }
    let mut did_not_hold = Vec::new();
    for rule in &rules.rules {
        match judge(facts, rules, rule) {
            Verdict::Not(why) => did_not_hold.push((rule.rule, why)),
            Verdict::Waits(hold) => return Attributed::Held { by: vec![hold] },
            Verdict::Holds(split) => {
                return Attributed::Decided(decided(facts, rules, rule, split, did_not_hold, cited));
            }
        }
    }
    // The last rule of a sound policy always holds; an empty one leaves the sale with its owner.
    let plain = AttributionRule { rule: RuleCode::Plain, other_bp: 0, cites: "COM-1".into(), clause: None };
    Attributed::Decided(decided(facts, rules, &plain, Split::whole(facts.owner), did_not_hold, cited))
}

/// What must be decided before any rule is asked. `[§ How it is computed, 1]`
fn gate(facts: &SaleFacts) -> Vec<Hold> {
    let mut held = Vec::new();
    if facts.open_dispute {
        held.push(Hold::Dispute);
    }
    if facts.demands_in_time().any(|demand| demand.finding == Finding::Undecided) {
        held.push(Hold::Demand);
    }
    let undecided = facts.violations.iter().filter(|said| said.finding == Finding::Undecided);
    held.extend(undecided.map(|said| Hold::Violation { person: said.person, misdeed: said.misdeed }));
    held
}

fn judge(facts: &SaleFacts, rules: &CommissionRules, rule: &AttributionRule) -> Verdict {
    match rule.rule {
        RuleCode::Ruling => match &facts.ruling {
            None => Verdict::Not(WhyNot::NothingRuled),
            Some(ruling) => Verdict::Holds(Split {
                credit: vec![(ruling.credit, WHOLE_BP)],
                parties: ruling.parties.clone(),
                incidents: Vec::new(),
            }),
        },
        RuleCode::Knowingly => knowingly(facts, rules),
        RuleCode::Successor => {
            let upheld = facts.demands_in_time().filter(|demand| demand.finding == Finding::Upheld).last();
            upheld.map_or(Verdict::Not(WhyNot::NoDemandUpheld), |demand| {
                let (primary, other) = primary_first(facts.owner, demand.successor, demand.against);
                Verdict::Holds(Split::between(demand.successor, primary, other, rule.other_bp))
            })
        }
        RuleCode::Allotment => facts.allotment.map_or(Verdict::Not(WhyNot::NothingAllotted), |allotted| {
            let (primary, other) = primary_first(facts.owner, allotted.to, allotted.from);
            Verdict::Holds(Split::between(allotted.to, primary, other, rule.other_bp))
        }),
        RuleCode::Unknowing => unknowing(facts, rules, rule.other_bp),
        RuleCode::Protection => protection(facts, rule.other_bp),
        RuleCode::SignatureOnly => signature_only(facts, rules),
        RuleCode::Assistance => assistance(facts, rule.other_bp),
        RuleCode::Plain => Verdict::Holds(Split::whole(facts.owner)),
    }
}

/// Of two, whoever is the owner first; ties of a fen go to the first.
fn primary_first(owner: EmployeeId, one: EmployeeId, other: EmployeeId) -> (EmployeeId, EmployeeId) {
    if other == owner { (other, one) } else { (one, other) }
}

/// Somebody who closed another's customer although they knew: all goes back once the violation is confirmed, and until
/// then nothing is decided.
fn knowingly(facts: &SaleFacts, rules: &CommissionRules) -> Verdict {
    if facts.closers.is_empty() {
        return Verdict::Not(WhyNot::OwnerClosed);
    }
    for closer in &facts.closers {
        match facts.finding(closer.person, Misdeed::Knowingly) {
            Some(Finding::Upheld) => return Verdict::Holds(Split::whole(facts.owner)),
            None if closer.knew_owner == Answer::Shown && !arranged(closer) && is_deep(closer, rules) => {
                return Verdict::Waits(Hold::Violation {
                    person: closer.person,
                    misdeed: Misdeed::Knowingly,
                });
            }
            _ => {}
        }
    }
    Verdict::Not(WhyNot::NotConfirmed)
}

fn unknowing(facts: &SaleFacts, rules: &CommissionRules, other_bp: u32) -> Verdict {
    let mut why = WhyNot::OwnerClosed;
    for closer in &facts.closers {
        if arranged(closer) {
            why = WhyNot::Arranged;
        } else if !is_deep(closer, rules) {
            why = WhyNot::NotDeep;
        } else {
            match closer.knew_owner {
                Answer::Shown => why = WhyNot::Knew,
                Answer::Denied => {
                    return Verdict::Holds(Split::between(
                        closer.person,
                        facts.owner,
                        closer.person,
                        other_bp,
                    ));
                }
                Answer::Unknown => {
                    let (question, about) = (Question::DidTheyKnow, closer.person);
                    return Verdict::Waits(Hold::Asked { question, about });
                }
            }
        }
    }
    Verdict::Not(why)
}

fn protection(facts: &SaleFacts, other_bp: u32) -> Verdict {
    match facts.protection {
        None => Verdict::Not(WhyNot::NothingProtected),
        Some(Protection::Phone { caller, closer }) => {
            let (primary, other) = primary_first(facts.owner, closer, caller);
            Verdict::Holds(Split::between(closer, primary, other, other_bp))
        }
        Some(Protection::TwoSites { earlier, later }) => {
            let mut split = Split::between(earlier, earlier, later, other_bp);
            split.credit = split.parties.clone();
            Verdict::Holds(split)
        }
    }
}

/// Helpers by arrangement, or the question whether there was one.
fn helpers(facts: &SaleFacts) -> Result<Vec<&Closer>, Verdict> {
    if facts.closers.is_empty() {
        return Err(Verdict::Not(WhyNot::OwnerClosed));
    }
    if let Some(asked) = facts.closers.iter().find(|closer| closer.help_agreed == Answer::Unknown) {
        let (question, about) = (Question::WasHelpAgreed, asked.person);
        return Err(Verdict::Waits(Hold::Asked { question, about }));
    }
    let helpers: Vec<_> = facts.closers.iter().filter(|closer| arranged(closer)).collect();
    if helpers.is_empty() { Err(Verdict::Not(WhyNot::NotArranged)) } else { Ok(helpers) }
}

/// The deposit was paid before any helper came: the owner has all, and the helpers are commended.
fn signature_only(facts: &SaleFacts, rules: &CommissionRules) -> Verdict {
    let helpers = match helpers(facts) {
        Ok(helpers) => helpers,
        Err(verdict) => return verdict,
    };
    let came_later = |closer: &&Closer| {
        let (deposit, came) = (facts.deposit_at, closer.first_reception);
        !closer.took_deposit && deposit.is_some_and(|deposit| came.is_none_or(|came| deposit < came))
    };
    if !helpers.iter().all(came_later) {
        return Verdict::Not(WhyNot::NoDepositBefore);
    }
    let praised = |helper: &&Closer| Incident {
        person: helper.person,
        misdeed: None,
        fine_minor: 0,
        points: rules.signature_points,
    };
    let incidents = helpers.iter().map(praised).collect();
    Verdict::Holds(Split { incidents, ..Split::whole(facts.owner) })
}

/// Helpers share what is theirs equally.
fn assistance(facts: &SaleFacts, other_bp: u32) -> Verdict {
    let helpers = match helpers(facts) {
        Ok(helpers) => helpers,
        Err(verdict) => return verdict,
    };
    let each = allocate(other_bp.into(), &vec![1; helpers.len()]);
    let mut parties = vec![(facts.owner, WHOLE_BP - other_bp)];
    parties
        .extend(helpers.iter().zip(each).map(|(helper, bp)| (helper.person, u32::try_from(bp).unwrap_or(0))));
    Verdict::Holds(Split { credit: vec![(facts.owner, WHOLE_BP)], parties, incidents: Vec::new() })
}

fn arranged(closer: &Closer) -> bool {
    closer.help_agreed == Answer::Shown
}

const fn is_deep(closer: &Closer, rules: &CommissionRules) -> bool {
    closer.quoted || closer.reception_minutes >= rules.deep_minutes
}

/// The split with the cuts of who did wrong, and what that costs beside it.
fn decided(
    facts: &SaleFacts,
    rules: &CommissionRules,
    rule: &AttributionRule,
    split: Split,
    did_not_hold: Vec<(RuleCode, WhyNot)>,
    (policy, version): (&str, i32),
) -> Attribution {
    let Split { mut credit, parties, mut incidents } = split;
    let mut parties: Vec<Party> = parties
        .into_iter()
        .map(|(person, share_bp)| Party { person, share_bp, keeps_bp: WHOLE_BP })
        .collect();
    for violation in facts.violations.iter().filter(|said| said.finding == Finding::Upheld) {
        let Some(penalty) = rules.penalty(violation.misdeed) else { continue };
        for party in parties.iter_mut().filter(|party| party.person == violation.person) {
            party.keeps_bp = party.keeps_bp.min(penalty.keeps_bp.unwrap_or(WHOLE_BP));
        }
        if penalty.loses_credit {
            credit.retain(|(person, _)| *person != violation.person);
        }
        incidents.push(Incident {
            person: violation.person,
            misdeed: Some(violation.misdeed),
            fine_minor: penalty.fine_minor,
            points: penalty.points,
        });
    }
    let mut citation = Citation::rule(&rule.cites).by_policy(policy, version);
    citation.clause.clone_from(&rule.clause);
    Attribution { rule: rule.rule, citation, credit, parties, did_not_hold, incidents }
}
