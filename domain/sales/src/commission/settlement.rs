//! What a ruling settles (清算): what comes into the pot and what goes out of it, to exactly nothing. `[COM-9; 002 §5]`

use super::{AWARD_TO_RULER, Holder, LINE_UNSOUND, SETTLEMENT_UNBALANCED};
use crate::{
    document_line::half_up,
    ownership_dispute::SettlementKind,
    spine::{Citation, Currency, EmployeeId, Findings, Money, Refusal, Timestamp, UserId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A line of a settlement; amounts in minor units, more than nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SettlementLine {
    /// In: what the sale earns.
    Commission {
        /// How much.
        amount: i64,
    },
    /// In: what the company, or somebody, puts in.
    Contribution {
        /// Who; none is the company.
        by: Option<EmployeeId>,
        /// How much.
        amount: i64,
    },
    /// In: a fine.
    Fine {
        /// Of whom.
        of: EmployeeId,
        /// How much.
        amount: i64,
    },
    /// Out: an award.
    Award {
        /// To whom.
        to: EmployeeId,
        /// How much.
        award: Award,
    },
    /// Out: what is left, to a named fund.
    Fund {
        /// Its name.
        name: String,
    },
}

/// How much an award is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Award {
    /// So much, in minor units.
    Amount(i64),
    /// So many basis points of the *commission*, never of the pot; half-up.
    OfCommission(u32),
}

/// A line with what it moves and what is then in the pot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Poured {
    /// What it moves: above nothing into the pot, below out of it.
    pub amount: i64,
    /// What is in the pot after it.
    pub pot: i64,
}

/// Works a settlement out, line by line.
///
/// # Errors
/// `settlement.unbalanced` where more goes out than is there, or something is left that no fund takes;
/// `settlement.award_to_ruler`.
pub fn settle(lines: &[SettlementLine], ruler: EmployeeId) -> Result<Vec<Poured>, Refusal> {
    let commission = commission_of(lines);
    let mut pot = 0_i64;
    let mut poured = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let amount = match line {
            SettlementLine::Commission { amount }
            | SettlementLine::Contribution { amount, .. }
            | SettlementLine::Fine { amount, .. } => *amount,
            SettlementLine::Award { to, .. } if *to == ruler => {
                return Err(cite(Refusal::new(AWARD_TO_RULER).at(format!("/lines/{index}"))));
            }
            SettlementLine::Award { award: Award::Amount(amount), .. } => -amount,
            SettlementLine::Award { award: Award::OfCommission(bp), .. } => {
                let award = half_up(i128::from(commission) * i128::from(*bp), 10_000);
                -i64::try_from(award).unwrap_or(i64::MAX)
            }
            SettlementLine::Fund { .. } => -pot,
        };
        pot = pot.saturating_add(amount);
        if pot < 0 || matches!(line, SettlementLine::Fund { .. }) && amount > 0 {
            return Err(unbalanced(-pot).at(format!("/lines/{index}")));
        }
        poured.push(Poured { amount, pot });
    }
    if pot == 0 { Ok(poured) } else { Err(unbalanced(pot)) }
}

/// A ruling's settlement of a sale: it stands in place of the split, once the commission is due in full. `[COM-9]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settlement {
    /// What books it.
    pub id: Uuid,
    /// Who ruled.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why: 1 to 4,000 characters.
    pub reasons: String,
    /// Its lines.
    pub lines: Vec<SettlementLine>,
    /// What each moves, and what is then in the pot.
    pub poured: Vec<Poured>,
    /// Whether it was booked.
    pub is_booked: bool,
}

impl Settlement {
    /// The commission that it parts, in minor units.
    pub fn commission(&self) -> i64 {
        commission_of(&self.lines)
    }

    /// What each has of it; together the commission. A fine is taken in the ledger of rewards and penalties, so what it brings
    /// into the pot the company lays out.
    pub fn amounts(&self) -> BTreeMap<Holder, i64> {
        let mut amounts = BTreeMap::new();
        for (line, poured) in self.lines.iter().zip(&self.poured) {
            let holder = match line {
                SettlementLine::Commission { .. } => continue,
                SettlementLine::Contribution { by, .. } => by.map_or(Holder::Company, Holder::Person),
                SettlementLine::Fine { .. } => Holder::Company,
                SettlementLine::Award { to, .. } => Holder::Person(*to),
                SettlementLine::Fund { .. } => Holder::Fund,
            };
            *amounts.entry(holder).or_default() -= poured.amount;
        }
        amounts
    }

    /// What each has of it where so much is due: in proportion, what is left over by rounding the company's.
    pub fn parts(&self, due: i64) -> BTreeMap<Holder, i64> {
        let (mut parts, commission) = (self.amounts(), self.commission());
        if due == commission || commission == 0 {
            return parts;
        }
        for amount in parts.values_mut() {
            let part = i128::from(*amount) * i128::from(due) / i128::from(commission);
            *amount = i64::try_from(part).unwrap_or(i64::MAX);
        }
        let booked: i64 = parts.values().sum();
        *parts.entry(Holder::Company).or_default() += due - booked;
        parts
    }
}

/// The commission that comes into a pot.
pub fn commission_of(lines: &[SettlementLine]) -> i64 {
    let comes_in = |line: &SettlementLine| match line {
        SettlementLine::Commission { amount } => *amount,
        _ => 0,
    };
    lines.iter().map(comes_in).sum()
}

/// A line as somebody says it.
#[derive(Clone, Debug)]
pub struct SaidLine {
    /// What it is.
    pub kind: SettlementKind,
    /// Who pays or is given it; none is the company.
    pub employee: Option<EmployeeId>,
    /// How much; of a fund none, it takes what is left.
    pub amount: Option<Money>,
    /// Of an award in place of an amount: how much of the commission, in basis points.
    pub share_bp: Option<u32>,
    /// Of a fund its name: 1 to 200 characters.
    pub purpose: Option<String>,
}

/// Lines as they are worked out: what comes in before what goes out, what is left at the end.
///
/// # Errors
/// `settlement.line_unsound`, each line named.
pub fn read(said: Vec<SaidLine>) -> Result<Vec<SettlementLine>, Refusal> {
    let (mut findings, mut lines, mut funds) = (Findings::new(), Vec::new(), Vec::new());
    for (index, line) in said.into_iter().enumerate() {
        match worked(line) {
            Some(SettlementLine::Fund { name }) => funds.push(name),
            Some(line) => lines.push(line),
            None => findings.add(format!("/lines/{index}"), LINE_UNSOUND),
        }
    }
    findings.into_result().map_err(cite)?;
    lines.sort_by_key(|line| matches!(line, SettlementLine::Award { .. }));
    if !funds.is_empty() {
        lines.push(SettlementLine::Fund { name: funds.join("、") });
    }
    Ok(lines)
}

/// A line that is sound; none where something of it is missing, or has no place in it.
fn worked(said: SaidLine) -> Option<SettlementLine> {
    let SaidLine { kind, employee, amount, share_bp, purpose } = said;
    let sound = |amount: &Money| amount.is_positive() && amount.currency() == Currency::Cny;
    let minor = amount.filter(sound).map(Money::minor);
    let name = purpose.filter(|name| !name.trim().is_empty());
    if amount.is_some() && minor.is_none() || share_bp.is_some_and(|bp| bp == 0 || bp > 10_000) {
        return None;
    }
    match (kind, employee, minor, share_bp) {
        (SettlementKind::Commission, None, Some(amount), None) => Some(SettlementLine::Commission { amount }),
        (SettlementKind::Contribution, by, Some(amount), None) => {
            Some(SettlementLine::Contribution { by, amount })
        }
        (SettlementKind::Fine, Some(of), Some(amount), None) => Some(SettlementLine::Fine { of, amount }),
        (SettlementKind::Award, Some(to), Some(amount), None) => {
            Some(SettlementLine::Award { to, award: Award::Amount(amount) })
        }
        (SettlementKind::Award, Some(to), None, Some(bp)) => {
            Some(SettlementLine::Award { to, award: Award::OfCommission(bp) })
        }
        (SettlementKind::Fund, None, None, None) => name.map(|name| SettlementLine::Fund { name }),
        _ => None,
    }
}

/// What the people and the company put into it, fines not counted: above a limit the general manager is asked.
pub fn contributions(lines: &[SettlementLine]) -> i64 {
    let put_in = |line: &SettlementLine| match line {
        SettlementLine::Contribution { amount, .. } => *amount,
        _ => 0,
    };
    lines.iter().map(put_in).sum()
}

/// The refusal of what does not come out at zero, with the difference.
pub(crate) fn unbalanced(difference: i64) -> Refusal {
    cite(
        Refusal::new(SETTLEMENT_UNBALANCED)
            .with("difference", Money::from_minor(difference, Currency::Cny).to_string()),
    )
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("COM-9"))
}
