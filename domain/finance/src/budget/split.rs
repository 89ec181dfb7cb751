//! How planned lines become lines of months and quarters: parts by the largest remainder, so that they add up
//! to the whole to the fen. `[BUD-2]`

use super::*;
use crate::{
    finance::{
        budget_line::{Control, Purpose},
        period::Period,
    },
    spine::{DepartmentId, Money, allocate},
};
use std::collections::BTreeMap;

/// A budget may open so many lines: a technical bound, so that activating stays one short transaction.
pub const OPENED_LINES_MAX: usize = 2_400;

/// Into what a period is split.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetSplitInto)]
pub enum SplitInto {
    /// Its months.
    Months,
    /// Its quarters.
    Quarters,
}

crate::labels! { SplitInto = "BudgetSplitInto":
    Months = "months", "按月分解", "Months";
    Quarters = "quarters", "按季分解", "Quarters";
}

/// How a planned amount is split.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BudgetSplit)]
pub struct Split {
    /// Into what.
    pub into: SplitInto,
    /// In proportion to these, one for each part; evenly where there are none.
    #[serde(default)]
    #[schema(max_items = 12, value_type = Vec<u32>)]
    pub weights: Vec<u32>,
}

/// What makes a line of the ledger the one it is: no two open ones are alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct LineKey {
    /// The department.
    pub department: DepartmentId,
    /// The expense category.
    pub category: String,
    /// The month or quarter; the year for an emergency fund kept whole.
    pub period: Period,
    /// The campaign.
    pub campaign: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Whether it is an emergency fund.
    pub is_emergency_fund: bool,
}

/// A line that an activated budget opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedLine {
    /// What it is.
    pub key: LineKey,
    /// The planned line it comes from, counted from 1.
    pub planned: usize,
    /// What is given to it.
    pub amount: Money,
    /// What happens beyond it.
    pub control: Control,
}

impl OpenedLine {
    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        if self.key.is_emergency_fund { Purpose::EmergencyFund } else { Purpose::Ordinary }
    }
}

impl PlannedLine {
    /// The periods its amount is split over.
    pub fn parts(&self) -> Vec<Period> {
        let into = match (&self.split, self.purpose()) {
            (Some(split), _) => Some(split.into),
            (None, Purpose::Ordinary) if self.period.is_year() => Some(SplitInto::Months),
            (None, _) => None,
        };
        match into {
            None => vec![self.period],
            Some(SplitInto::Months) => self.period.months().collect(),
            Some(SplitInto::Quarters) => self.period.quarters().collect(),
        }
    }

    /// What each part gets, in the order of [`Self::parts`].
    pub fn amounts(&self) -> Vec<Money> {
        let parts = self.parts().len();
        let weights = match &self.split {
            Some(split) if !split.weights.is_empty() => {
                split.weights.iter().copied().map(u64::from).collect()
            }
            _ => vec![1; parts],
        };
        let amount = |minor| Money::from_minor(minor, self.amount.currency());
        allocate(self.amount.minor(), &weights).into_iter().map(amount).collect()
    }

    pub(super) fn check_split(&self, at: &str, findings: &mut Findings) {
        let Some(Split { into, weights }) = &self.split else { return };
        let fits = match into {
            SplitInto::Months => !self.period.is_month(),
            SplitInto::Quarters => self.period.is_year(),
        };
        if !fits {
            let period = [("period", json!(self.period))];
            findings.add_with(format!("{at}/split/into"), NOT_SPLITTABLE, period);
            return;
        }
        let parts = self.parts().len();
        let nothing = !weights.is_empty() && weights.iter().all(|weight| *weight == 0);
        if nothing || !(weights.is_empty() || weights.len() == parts) {
            findings.add_with(format!("{at}/split/weights"), BAD_WEIGHTS, [("count", json!(parts))]);
        }
    }
}

impl BudgetContent {
    /// The lines it opens, in the order of their keys: a fixed order, so that two activations never wait for
    /// each other.
    ///
    /// # Errors
    /// Planned lines that come to the same line, and more lines than a budget may open.
    pub fn opened(&self, policy: &BudgetPolicy) -> Result<Vec<OpenedLine>, Refusal> {
        let mut found: BTreeMap<LineKey, OpenedLine> = BTreeMap::new();
        let mut findings = Findings::new();
        for (index, line) in self.lines.iter().enumerate() {
            for (period, amount) in line.parts().into_iter().zip(line.amounts()) {
                let key = LineKey { period, ..self.key_of(line) };
                if let Some(other) = found.get(&key) {
                    let facts = [("other", json!(other.planned)), ("period", json!(period))];
                    findings.add_with(format!("/lines/{index}"), DUPLICATE_LINE, facts);
                    break;
                }
                let control = line.control.unwrap_or(policy.default_control);
                found.insert(key.clone(), OpenedLine { key, planned: index + 1, amount, control });
            }
        }
        if found.len() > OPENED_LINES_MAX {
            let facts = [("count", json!(found.len())), ("max", json!(OPENED_LINES_MAX))];
            findings.add_with("/lines", TOO_MANY_LINES, facts);
        }
        findings.into_result().map_err(|no| no.citing(Citation::clause("BUD-2", CONTENT_CLAUSE)))?;
        Ok(found.into_values().collect())
    }
}
