//! How a dispute ends: a ruling with reasons, and a settlement whose lines balance. `[OWN-14, COM-9; 002 §5(二)10]`

use super::{
    EVIDENCE_OPEN, LINE_UNSOUND, NOT_MEDIATED, OwnershipDispute, RULED, RULER_AWARDED, SHARES_UNSOUND,
    UNBALANCED, check, cite,
};
use crate::{
    ownership::{Share, Shares},
    spine::{Actor, Change, Citation, EmployeeId, Explanation, Findings, Money, Refusal, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What a line of a settlement is. `[COM-9]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SettlementLineKind)]
pub enum SettlementKind {
    /// The commission of the sale comes in.
    Commission,
    /// Somebody, or the company, puts something in.
    Contribution,
    /// Somebody is fined; that comes in.
    Fine,
    /// Somebody is given a part.
    Award,
    /// What is left goes to a fund that is named.
    Fund,
}

crate::labels! { SettlementKind = "SettlementLineKind":
    Commission = "commission", "成交佣金", "Commission";
    Contribution = "contribution", "补入", "Contribution";
    Fine = "fine", "罚款", "Fine";
    Award = "award", "分配", "Award";
    Fund = "fund", "转入基金", "Fund";
}

impl SettlementKind {
    /// Whether it comes in; the others go out.
    pub const fn is_in(self) -> bool {
        matches!(self, Self::Commission | Self::Contribution | Self::Fine)
    }

    const fn names_somebody(self) -> bool {
        matches!(self, Self::Fine | Self::Award)
    }
}

/// A line of a settlement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SettlementLine {
    /// What it is.
    pub kind: SettlementKind,
    /// Who pays or is given it; none for the company.
    pub employee: Option<EmployeeId>,
    /// How much: more than nothing.
    pub amount: Money,
    /// What for: 1 to 200 characters; of a fund, its name.
    pub purpose: String,
}

/// What is ruled.
#[derive(Clone, Debug)]
pub struct NewRuling {
    /// Whose the customer is from now on.
    pub owner: EmployeeId,
    /// How credit and commission are shared; all of it the owner's where none is listed.
    pub shares: Vec<Share>,
    /// Why: 1 to 4,000 characters.
    pub reasons: String,
    /// What is settled in money; none where nothing is.
    pub settlement: Vec<SettlementLine>,
}

/// A ruling: final from its instant on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ruling {
    /// Who ruled.
    pub by: Option<EmployeeId>,
    /// When.
    pub at: Timestamp,
    /// Whose the customer is from then on.
    pub owner: EmployeeId,
    /// How credit and commission are shared.
    pub shares: Shares,
    /// Why.
    pub reasons: String,
    /// What is settled in money; sales book it.
    pub settlement: Vec<SettlementLine>,
}

impl OwnershipDispute {
    /// Rules on it, finally: after mediation, and once the time for evidence is over or every party has spoken.
    ///
    /// # Errors
    /// `ownership_dispute.recused`, `ownership_dispute.ended`, `ownership_dispute.not_mediated`,
    /// `ownership_dispute.evidence_open`; shares and lines that are not sound.
    pub fn rule(self, ruling: NewRuling, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_impartial(by)?;
        self.ensure_open()?;
        if self.mediation.is_none() {
            return Err(cite(NOT_MEDIATED));
        }
        if !self.is_heard(now) {
            return Err(cite(EVIDENCE_OPEN).with("until", self.evidence_until.to_string()));
        }
        let NewRuling { owner, shares, reasons, settlement } = ruling;
        check(&reasons, "/reasons", 4_000)?;
        let shares = shares_of(owner, shares)?;
        check_lines(&settlement, by)?;
        let facts = json!({"owner_id": owner, "shares": shares, "reasons": reasons, "claim": self.claim,
            "statements": self.statements.len()});
        let explained = Explanation::new("ownership_ruled", Citation::rule("OWN-14"), facts);
        let ruling = Some(Ruling { by: by.employee, at: now, owner, shares, reasons, settlement });
        let after = Self { ruling, ..self.clone() };
        Ok(self.moved(after, RULED).explained([explained]))
    }
}

fn shares_of(owner: EmployeeId, shares: Vec<Share>) -> Result<Shares, Refusal> {
    if shares.is_empty() {
        return Ok(Shares::whole(owner));
    }
    Shares::of(shares).filter(|shares| shares.have(owner)).ok_or_else(|| cite(SHARES_UNSOUND).at("/shares"))
}

/// What comes in goes out, to the fen.
fn check_lines(lines: &[SettlementLine], by: &Actor) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    let Some(first) = lines.first() else { return Ok(()) };
    let currency = first.amount.currency();
    for (index, line) in lines.iter().enumerate() {
        let at = format!("/settlement/{index}");
        let lacks_somebody = line.kind.names_somebody() && line.employee.is_none();
        if !line.amount.is_positive() || line.amount.currency() != currency || lacks_somebody {
            findings.add(at.clone(), LINE_UNSOUND);
        }
        if line.kind == SettlementKind::Award && line.employee.is_some_and(|who| by.is(who)) {
            findings.add(format!("{at}/employee_id"), RULER_AWARDED);
        }
        crate::spine::wording::check(&mut findings, &format!("{at}/purpose"), &line.purpose, 200);
    }
    findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("COM-9")))?;
    let signed = |line: &SettlementLine| if line.kind.is_in() { line.amount } else { line.amount.negated() };
    let too_large = |_| cite(LINE_UNSOUND).at("/settlement");
    let difference = Money::sum(lines.iter().map(signed), currency).map_err(too_large)?;
    if difference.is_zero() {
        return Ok(());
    }
    let refusal = Refusal::new(UNBALANCED).with("difference", json!(difference.to_string()));
    Err(refusal.citing(Citation::rule("COM-9")).at("/settlement"))
}
