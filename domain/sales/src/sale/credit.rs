//! Whom a sale counts for (业绩): entries by person, department and product, by the day they count. `[SAL-1c, COM, ANA-1]`

use super::{Sale, SaleLine};
use crate::{
    product::ProductId,
    quantity::Quantity,
    spine::{BusinessDate, DepartmentId, EmployeeId, allocate},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody a sale counts for, and the department they belonged to on that day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Credited {
    /// Who; none is the department alone.
    pub person: Option<EmployeeId>,
    /// Which department.
    pub department: DepartmentId,
    /// Their part, in basis points.
    pub share_bp: u32,
}

/// An entry of performance credit: append-only. Amounts in minor units of the book currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditEntry {
    /// Identity.
    pub id: Uuid,
    /// Whom it counts for; none: the department alone.
    pub person: Option<EmployeeId>,
    /// The department it counts for.
    pub department: DepartmentId,
    /// What was sold.
    pub product: ProductId,
    /// How many; below nothing where it is taken back.
    pub quantity: Quantity,
    /// The amount without tax.
    pub net: i64,
    /// What it cost; none where nobody has said it.
    pub cost: Option<i64>,
    /// The day it counts.
    pub on: BusinessDate,
}

impl Sale {
    /// The entries by which it counts for some people from a day on, in place of what it counted for before.
    pub(super) fn credited(
        &self,
        to: &[Credited],
        on: BusinessDate,
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Vec<CreditEntry> {
        let mut entries: Vec<CreditEntry> =
            self.standing_credits().map(|entry| entry.taken_back(on, fresh())).collect();
        let weights: Vec<u64> = to.iter().map(|credited| credited.share_bp.into()).collect();
        for line in self.lines.iter().filter(|line| line.quantity.is_positive()) {
            entries.extend(parted(line, to, &weights, on, fresh));
        }
        entries
    }

    /// What it counts for now: the entries that were not taken back.
    pub(super) fn standing_credits(&self) -> impl Iterator<Item = &CreditEntry> {
        let taken = self.credits.iter().rposition(|entry| entry.quantity.scaled() < 0);
        self.credits.iter().skip(taken.map_or(0, |last| last + 1))
    }
}

impl CreditEntry {
    fn taken_back(&self, on: BusinessDate, id: Uuid) -> Self {
        Self {
            id,
            quantity: Quantity::ZERO.minus(self.quantity),
            net: -self.net,
            cost: self.cost.map(|cost| -cost),
            on,
            ..self.clone()
        }
    }
}

/// A line parted among those it counts for; to the unit and the fen.
fn parted(
    line: &SaleLine,
    to: &[Credited],
    weights: &[u64],
    on: BusinessDate,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Vec<CreditEntry> {
    let quantities = allocate(line.quantity.scaled(), weights);
    let nets = allocate(line.net, weights);
    let costs = line.cost.map(|cost| allocate(cost, weights));
    (0..to.len())
        .map(|index| CreditEntry {
            id: fresh(),
            person: to[index].person,
            department: to[index].department,
            product: line.product,
            quantity: Quantity::from_scaled(quantities[index]),
            net: nets[index],
            cost: costs.as_ref().map(|costs| costs[index]),
            on,
        })
        .collect()
}
