//! What a ruling settles (清算): what comes into the pot and what goes out of it, to exactly nothing. `[COM-9; 002 §5]`

use super::{AWARD_TO_RULER, SETTLEMENT_UNBALANCED};
use crate::{
    document_line::half_up,
    spine::{Citation, EmployeeId, Refusal},
};
use serde::{Deserialize, Serialize};

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
    let commission: i64 = lines
        .iter()
        .map(|line| if let SettlementLine::Commission { amount } = line { *amount } else { 0 })
        .sum();
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

/// What the people and the company put into it, fines not counted: above a limit the general manager is asked.
pub fn contributions(lines: &[SettlementLine]) -> i64 {
    let put_in = |line: &SettlementLine| match line {
        SettlementLine::Contribution { amount, .. } => *amount,
        _ => 0,
    };
    lines.iter().map(put_in).sum()
}

fn unbalanced(difference: i64) -> Refusal {
    cite(Refusal::new(SETTLEMENT_UNBALANCED).with("difference", difference))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("COM-9"))
}
