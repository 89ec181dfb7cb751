//! A sale becomes less, or other, than it was: by a return, a cancellation, an amendment. `[CON-3, ORD-3, COM-10b]`
//!
//! Credit and commission move to the same people and teams, on the day it happens, at the rates and the split that froze.

use super::*;
use crate::{
    document_line::half_up,
    ownership::WHOLE_BP,
    spine::{Change, Refusal},
};

impl Sale {
    /// It is of these lines by now.
    ///
    /// # Errors
    /// `sale.not_open` of one that fell through.
    pub fn become_of(
        self,
        lines: Vec<SaleLine>,
        source: Uuid,
        now: (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Change<Self>, Refusal> {
        self.expect(&[SaleState::Open, SaleState::Held, SaleState::Closed])?;
        let before = self.clone();
        let costed = |line: SaleLine| SaleLine { cost: before.cost_of(&line), ..line };
        let lines: Vec<SaleLine> = lines.into_iter().map(costed).collect();
        let total = lines.iter().map(|line| line.gross).sum();
        let to = self.credited_to();
        let mut after = Self { lines, total, ..self };
        if let Some(closing) = &mut after.closing {
            closing.terms.earned = closing.terms.earned.remaining(before.total, total);
            let entries = after.credited(&to, now.1, fresh);
            after.credits.extend(entries);
        }
        after.accrue(source, now, fresh);
        let facts = after.facts();
        Ok(Change::updated(before, after, SALE_CHANGED, facts))
    }

    /// What so many of a product cost, by what the lines cost when the sale closed.
    fn cost_of(&self, line: &SaleLine) -> Option<i64> {
        let known =
            self.lines.iter().find(|known| known.product == line.product && known.quantity.is_positive())?;
        let part = half_up(
            i128::from(known.cost?) * i128::from(line.quantity.scaled()),
            known.quantity.scaled().into(),
        );
        i64::try_from(part).ok()
    }

    /// Whom it counts for, and where they belonged when it began to.
    fn credited_to(&self) -> Vec<Credited> {
        let standing: Vec<&CreditEntry> = self.standing_credits().collect();
        let belonged = |person: Option<EmployeeId>| {
            let entry = standing.iter().find(|entry| entry.person == person);
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
