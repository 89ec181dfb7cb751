//! What a change does to the lines: all of its movements, or none. `[BUD-6, BUD-7]`

use super::*;
use crate::{
    finance::budget_line::{Balance, Control, Purpose},
    spine::Finding,
};

impl BudgetChange {
    /// Makes its movements on a desk. `opened` are the identities of the lines it opens, one for each movement;
    /// `control` is that of a line that names none.
    ///
    /// # Errors
    /// The first movement that is not possible: a closed line, or more than is left, with the shortage.
    pub fn perform(
        &self,
        desk: &mut Desk,
        opened: &[Id<BudgetLine>],
        control: Control,
    ) -> Result<(), Refusal> {
        let document = DocumentRef::new(DocumentKind::BudgetChange, self.id.uuid());
        for (index, (movement, new)) in self.content.movements.iter().zip(opened).enumerate() {
            let by = document.line(i32::try_from(index + 1).unwrap_or(i32::MAX));
            let amount = movement.amount.minor();
            let alone = movement.from.is_none();
            let target = match &movement.open {
                Some(open) => {
                    desk.open(open.line(*new, movement, control), if alone { amount } else { 0 }, by)?;
                    Some(*new)
                }
                None => movement.to,
            };
            let made = match (movement.from, target) {
                (Some(from), Some(to)) => desk.transfer(from, to, amount, by),
                (Some(from), None) => desk.adjust(from, -amount, by),
                (None, Some(to)) if movement.open.is_none() => desk.adjust(to, amount, by),
                _ => Ok(()),
            };
            made.map_err(|refusal| at_movement(refusal, index))?;
        }
        Ok(())
    }

    /// Whether its movements could be made now; nothing is made.
    pub fn tried_on(&self, desk: &Desk) -> Result<(), Refusal> {
        let mut tried = desk.clone();
        // Identities no line has: what is tried here is never written.
        let opened: Vec<_> = (0..self.content.movements.len())
            .map(|index| Id::from_uuid(Uuid::from_u128(u128::MAX - index as u128)))
            .collect();
        self.perform(&mut tried, &opened, Control::Special)
    }
}

/// The refusal, naming the movement at fault.
fn at_movement(mut refusal: Refusal, index: usize) -> Refusal {
    let (code, params) = (refusal.code, refusal.params.clone());
    refusal.findings.push(Finding { pointer: format!("/movements/{index}"), code, params });
    refusal
}

impl NewLine {
    fn line(&self, id: Id<BudgetLine>, movement: &Movement, control: Control) -> BudgetLine {
        BudgetLine {
            id,
            budget: self.budget,
            department: self.department,
            category: self.category.clone(),
            period: self.period,
            campaign: self.campaign.clone(),
            region: self.region.clone(),
            purpose: self.purpose.unwrap_or(Purpose::Ordinary),
            control: self.control.unwrap_or(control),
            currency: movement.amount.currency(),
            balance: Balance::default(),
            entries: 0,
            open: true,
            run_rate_told: None,
            version: 0,
        }
    }
}
