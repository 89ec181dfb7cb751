//! The parts of a sale as it is shown: how it is attributed, what it waits for, entry by entry. `[COM-10, REG-6]`

use super::view::yuan;
use crate::{
    organisation::{NamedRef, PersonRef, Register},
    spine::Failure,
};
use chrono::NaiveDate;
use domain::{
    commission::{
        Holder, RuleCode, WhyNot,
        attribution::{Attribution, Hold},
        fact::{Misdeed, Question},
        settlement::{Poured, Settlement, SettlementLine},
    },
    ownership_dispute::SettlementKind,
    sale::{CommissionEntry, CreditEntry, Told, ToldFact},
    spine::{Citation, Money, Timestamp, UserId},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How a sale is attributed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleAttribution)]
pub struct AttributionView {
    /// The rule that held.
    pub rule: RuleCode,
    /// What sets it: rule, policy, version, clause.
    pub citation: Citation,
    /// The version of the plan that it is paid by.
    #[schema(minimum = 1)]
    pub plan_version: i32,
    /// Whom it counts for; nobody where it was lost by a promise.
    #[schema(max_items = 20)]
    pub credit: Vec<SaleShareView>,
    /// Who shares the commission; the primary first.
    #[schema(max_items = 20)]
    pub parties: Vec<SalePartyView>,
    /// The rules before it, and why they did not hold.
    #[schema(max_items = 20)]
    pub did_not_hold: Vec<DidNotHoldView>,
    /// What it brings about in the ledger of rewards and penalties.
    #[schema(max_items = 100)]
    pub incidents: Vec<SaleIncidentView>,
}

/// Somebody's part.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleShare)]
pub struct SaleShareView {
    /// Whose.
    pub employee: PersonRef,
    /// How much, in basis points.
    #[schema(minimum = 0, maximum = 10000)]
    pub share_bp: u32,
}

/// Somebody's part of the commission.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleParty)]
pub struct SalePartyView {
    /// Whose.
    pub employee: PersonRef,
    /// How much, in basis points.
    #[schema(minimum = 0, maximum = 10000)]
    pub share_bp: u32,
    /// What of that they keep, in basis points; the rest is the company's.
    #[schema(minimum = 0, maximum = 10000)]
    pub keeps_bp: u32,
}

/// A rule that did not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleRuleDidNotHold)]
pub struct DidNotHoldView {
    /// Which.
    pub rule: RuleCode,
    /// Why.
    pub because: WhyNot,
}

/// What a sale brings about in the ledger of rewards and penalties.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleIncident)]
pub struct SaleIncidentView {
    /// Whose.
    pub employee: PersonRef,
    /// For what; null for praise.
    pub misdeed: Option<Misdeed>,
    /// The fine.
    pub fine: Money,
    /// Points of the appraisal.
    pub points: i32,
}

/// For what the commission of a sale waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleHold)]
pub struct HoldView {
    /// `dispute`, `demand`, `violation` or `asked`.
    #[schema(max_length = 20, example = "asked")]
    pub kind: String,
    /// The question to the manager.
    pub question: Option<Question>,
    /// What is to be confirmed or dismissed.
    pub misdeed: Option<Misdeed>,
    /// About whom.
    pub employee: Option<PersonRef>,
}

/// What a ruling settled of what a sale earns.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleSettlement)]
pub struct SettlementView {
    /// Why.
    #[schema(max_length = 4000)]
    pub reasons: String,
    /// By which account.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Whether it was booked: once the commission is due in full.
    pub is_booked: bool,
    /// Its lines, and what is in the pot after each.
    #[schema(max_items = 100)]
    pub lines: Vec<SettledLineView>,
}

/// A line of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleSettlementLine)]
pub struct SettledLineView {
    /// What it is.
    pub kind: SettlementKind,
    /// Who pays or is given it; null for the company and the fund.
    pub employee: Option<PersonRef>,
    /// The fund.
    #[schema(max_length = 500)]
    pub fund: Option<String>,
    /// What it moves: above nothing into the pot, below out of it.
    pub amount: Money,
    /// What is then in the pot.
    pub pot: Money,
}

/// Something that somebody said of a sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleTold)]
pub struct ToldView {
    /// What.
    pub fact: ToldFact,
    /// What shows it.
    #[schema(max_length = 500)]
    pub evidence: String,
    /// By which account.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// An entry of performance credit of a sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleCredit)]
pub struct SaleCreditView {
    /// Whom it counts for; null: the department alone.
    pub employee: Option<PersonRef>,
    /// The department it counts for.
    pub department: NamedRef,
    /// The amount without tax.
    pub net: Money,
    /// The day it counts.
    pub on: NaiveDate,
}

/// An entry of commission of a sale.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SaleCommission)]
pub struct SaleCommissionView {
    /// Its identity.
    #[schema(value_type = domain::spine::AnyId)]
    pub id: Uuid,
    /// The receipt, refund or closing it comes from.
    #[schema(value_type = domain::spine::AnyId)]
    pub source: Uuid,
    /// Whose it is; null is the company's, or the fund's that a settlement names.
    pub employee: Option<PersonRef>,
    /// Whether it is the fund's.
    pub is_fund: bool,
    /// How much; below nothing where it is taken back.
    pub amount: Money,
    /// When it was booked.
    pub at: Timestamp,
}

pub(super) fn said(told: Told) -> ToldView {
    let Told { fact, evidence, by, at } = told;
    ToldView { fact, evidence, by, at }
}

pub(super) fn attributed(
    register: &Register,
    attribution: &Attribution,
    plan_version: i32,
) -> Result<AttributionView, Failure> {
    let Attribution { rule, citation, credit, parties, did_not_hold, incidents } = attribution;
    let credit = credit.iter().map(|(person, share_bp)| {
        Ok(SaleShareView { employee: register.named(*person)?, share_bp: *share_bp })
    });
    let parties = parties.iter().map(|party| {
        let employee = register.named(party.person)?;
        Ok(SalePartyView { employee, share_bp: party.share_bp, keeps_bp: party.keeps_bp })
    });
    let incidents = incidents.iter().map(|incident| {
        Ok(SaleIncidentView {
            employee: register.named(incident.person)?,
            misdeed: incident.misdeed,
            fine: yuan(incident.fine_minor),
            points: incident.points,
        })
    });
    let not = |(rule, because): &(RuleCode, WhyNot)| DidNotHoldView { rule: *rule, because: *because };
    Ok(AttributionView {
        rule: *rule,
        citation: citation.clone(),
        plan_version,
        credit: credit.collect::<Result<_, Failure>>()?,
        parties: parties.collect::<Result<_, Failure>>()?,
        did_not_hold: did_not_hold.iter().map(not).collect(),
        incidents: incidents.collect::<Result<_, Failure>>()?,
    })
}

pub(super) fn settled(register: &Register, settlement: &Settlement) -> Result<SettlementView, Failure> {
    let Settlement { id: _, by, at, reasons, lines, poured, is_booked } = settlement;
    let line = |(line, poured): (&SettlementLine, &Poured)| {
        let (kind, who, fund) = match line {
            SettlementLine::Commission { .. } => (SettlementKind::Commission, None, None),
            SettlementLine::Contribution { by, .. } => (SettlementKind::Contribution, *by, None),
            SettlementLine::Fine { of, .. } => (SettlementKind::Fine, Some(*of), None),
            SettlementLine::Award { to, .. } => (SettlementKind::Award, Some(*to), None),
            SettlementLine::Fund { name } => (SettlementKind::Fund, None, Some(name.clone())),
        };
        let employee = who.map(|who| register.named(who)).transpose()?;
        let (amount, pot) = (yuan(poured.amount), yuan(poured.pot));
        Ok(SettledLineView { kind, employee, fund, amount, pot })
    };
    Ok(SettlementView {
        reasons: reasons.clone(),
        by: *by,
        at: *at,
        is_booked: *is_booked,
        lines: lines.iter().zip(poured).map(line).collect::<Result<_, Failure>>()?,
    })
}

pub(super) fn held(register: &Register, hold: Hold) -> Result<HoldView, Failure> {
    let (kind, question, misdeed, about) = match hold {
        Hold::Dispute => ("dispute", None, None, None),
        Hold::Demand => ("demand", None, None, None),
        Hold::Violation { person, misdeed } => ("violation", None, Some(misdeed), Some(person)),
        Hold::Asked { question, about } => ("asked", Some(question), None, Some(about)),
    };
    let employee = about.map(|about| register.named(about)).transpose()?;
    Ok(HoldView { kind: kind.to_owned(), question, misdeed, employee })
}

pub(super) fn credited(register: &Register, entry: &CreditEntry) -> Result<SaleCreditView, Failure> {
    Ok(SaleCreditView {
        employee: entry.person.map(|person| register.named(person)).transpose()?,
        department: register.placed(entry.department)?,
        net: yuan(entry.net),
        on: entry.on,
    })
}

pub(super) fn booked(register: &Register, entry: &CommissionEntry) -> Result<SaleCommissionView, Failure> {
    let employee = match entry.booked.holder {
        Holder::Person(person) => Some(register.named(person)?),
        Holder::Company | Holder::Fund => None,
    };
    let (source, amount) = (entry.booked.source, yuan(entry.booked.amount));
    let is_fund = entry.booked.holder == Holder::Fund;
    Ok(SaleCommissionView { id: entry.id, source, employee, is_fund, amount, at: entry.at })
}
