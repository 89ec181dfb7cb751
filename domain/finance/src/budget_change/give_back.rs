//! Giving back what a draw took and nobody needed (退回应急资金): an adjustment that names the draw, from the lines it
//! gave to into the funds it took from, and never more than is left of it. `[BUD-7]`

use super::*;
use crate::spine::Money;
use std::collections::BTreeMap;

/// A fund and the line that a draw gave its money to.
pub type Drawn = (Id<BudgetLine>, Id<BudgetLine>);

/// What is left of a draw in effect — drawn, less given back —, in minor units.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DrawLeft(pub BTreeMap<Drawn, i64>);

impl BudgetChange {
    /// Refuses to give back anything but a draw in effect.
    pub fn ensure_drawn(&self) -> Result<(), Refusal> {
        let (kind, state) = (self.content.kind, self.state());
        if kind == ChangeKind::EmergencyDraw && state == ChangeState::Effective {
            return Ok(());
        }
        let refusal = Refusal::new(NO_DRAW).with("number", self.petition.number.as_str());
        Err(refusal.citing(rule()).at("/gives_back_id"))
    }
}

impl ChangeContent {
    /// Whether what it gives back was taken by the draw, and is left of it.
    ///
    /// # Errors
    /// Every movement between other lines; else the first that is more than is left.
    pub fn check_give_back(&self, left: &DrawLeft) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let mut asked: BTreeMap<Drawn, Money> = BTreeMap::new();
        for (index, movement) in self.movements.iter().enumerate() {
            match movement.to.zip(movement.from).filter(|drawn| left.0.contains_key(drawn)) {
                None => findings.add(format!("/movements/{index}"), NOT_OF_THE_DRAW),
                Some(drawn) => {
                    let sum = asked.get(&drawn).map_or(0, |amount| amount.minor());
                    let sum = sum.saturating_add(movement.amount.minor());
                    asked.insert(drawn, Money::from_minor(sum, movement.amount.currency()));
                }
            }
        }
        findings.into_result().map_err(|refusal| refusal.citing(rule()))?;
        for (drawn, amount) in asked {
            let left = left.0.get(&drawn).copied().unwrap_or(0);
            if amount.minor() > left {
                let left = Money::from_minor(left, amount.currency());
                let refusal = Refusal::new(BEYOND_DRAW).with("amount", amount.to_string());
                return Err(refusal.with("left", left.to_string()).citing(rule()));
            }
        }
        Ok(())
    }
}

fn rule() -> Citation {
    Citation::clause("BUD-7", "000 §9.3(4)")
}
