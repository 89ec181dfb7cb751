//! A sale becomes less, or other, than it was: by a return, a cancellation, an amendment. `[CON-3, ORD-3, COM-10b]`
//!
//! Credit and commission move to the same people and teams, on the day it happens, at the rates and the split that froze.

use super::*;
use crate::{
    ownership::WHOLE_BP,
    spine::{Change, Refusal},
};

impl Sale {
    /// It is of these lines by now; `rates` are of products that it was not of when it closed.
    ///
    /// # Errors
    /// `sale.not_open` of one that fell through.
    pub fn become_of(
        self,
        lines: Vec<SaleLine>,
        rates: Vec<FrozenRate>,
        source: Uuid,
        now: (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Change<Self>, Refusal> {
        self.expect(&[SaleState::Open, SaleState::Held, SaleState::Closed])?;
        let before = self.clone();
        let total = lines.iter().map(|line| line.gross).sum();
        let to = self.credited_to();
        let mut after = Self { lines, total, ..self };
        if let Some(closing) = &mut after.closing {
            closing.terms.rates.extend(rates);
            for line in &mut after.lines {
                line.cost = closing.terms.cost_of(line.product, line.quantity);
            }
            closing.terms.apply_to(&after.lines);
            let entries = after.credited(&to, now.1, fresh);
            after.credits.extend(entries);
        }
        after.accrue(source, now, fresh);
        let facts = after.facts();
        Ok(Change::updated(before, after, SALE_CHANGED, facts))
    }

    /// Its month came to another sum, and tiers make something else of it: what it earns, and what is booked, follow. None where it
    /// earns what it did, or what it earns was settled.
    pub fn rate_anew(
        self,
        tier: FrozenTier,
        source: Uuid,
        now: (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Option<Change<Self>> {
        let mut after = self.clone();
        let closing = after.closing.as_mut().filter(|closing| closing.settlement.is_none())?;
        closing.terms.tier = Some(tier);
        let earned = closing.terms.earned;
        closing.terms.apply_to(&after.lines);
        if closing.terms.earned == earned {
            return None;
        }
        after.accrue(source, now, fresh);
        let facts = after.facts();
        Some(Change::updated(self, after, SALE_RATED, facts))
    }

    /// Whom it counts for, and where they belonged when it began to.
    fn credited_to(&self) -> Vec<Credited> {
        // Of a sale that had come to nothing no entry stands; where they belonged the last one says.
        let belonged = |person: Option<EmployeeId>| {
            let entry = self.credits.iter().rev().find(|entry| entry.person == person);
            entry.map_or(self.department, |entry| entry.department)
        };
        match self.attribution().map(|attribution| &attribution.credit) {
            Some(credit) if !credit.is_empty() => credit
                .iter()
                .map(|(person, share_bp)| Credited {
                    person: Some(*person),
                    department: belonged(Some(*person)),
                    share_bp: *share_bp,
                })
                .collect(),
            _ => vec![Credited { person: None, department: belonged(None), share_bp: WHOLE_BP }],
        }
    }
}
