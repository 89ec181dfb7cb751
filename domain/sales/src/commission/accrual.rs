//! From what a sale earns to what is booked for each: on every receipt, refund and amendment anew. `[COM-10a, COM-10b]`
//!
//! What is due so far is rounded once, parted by the largest remainder, and what is booked is the difference to what was.
//! So instalments add up whatever their order, a full refund leaves everybody nothing, and a repeat books nothing.

use super::attribution::Party;
use crate::{
    document_line::half_up,
    quantity::Quantity,
    spine::{EmployeeId, MoneyError, allocate},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a sale earns, exact: in ten-thousandths of a minor unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Earned(i128);

impl Earned {
    /// Of a base in minor units, at a rate in basis points.
    pub fn at_rate(base: i64, rate_bp: u32) -> Self {
        Self(i128::from(base) * i128::from(rate_bp))
    }
    /// Of a quantity, at an amount a unit in minor units.
    pub fn per_unit(quantity: Quantity, amount: i64) -> Self {
        Self(i128::from(quantity.scaled()) * i128::from(amount))
    }
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
    /// What is left of it where so much of the base remains: at the frozen rates, whatever tiers they came from.
    #[must_use]
    pub fn remaining(self, base_then: i64, base_now: i64) -> Self {
        if base_then == 0 { Self(0) } else { Self(self.0 * i128::from(base_now) / i128::from(base_then)) }
    }
    /// In ten-thousandths of a minor unit.
    pub const fn ten_thousandths(self) -> i128 {
        self.0
    }
}

/// What is due of a commission by what was received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// What the sale earns as it stands now.
    pub earned: Earned,
    /// Received less refunded, in minor units.
    pub received: i64,
    /// What the sale comes to now; nothing is due of a sale that came to nothing.
    pub total: i64,
}

impl Due {
    /// In minor units: half-up(earned × received ÷ total). What was paid beyond what the sale comes to by now, of goods that came
    /// back, earns nothing: it is the customer's, whether or not it was refunded yet. `[ORD-3]`
    ///
    /// # Errors
    /// Where it is too large.
    pub fn so_far(self) -> Result<i64, MoneyError> {
        if self.total == 0 {
            return Ok(0);
        }
        let (sign, total) = (i128::from(self.total).signum(), i128::from(self.total).abs());
        let received = if self.total > 0 { self.received.min(self.total) } else { self.received };
        let product = self.earned.0.checked_mul(i128::from(received)).ok_or(MoneyError::TooLarge)?;
        i64::try_from(half_up(product * sign, total * 10_000)).map_err(|_| MoneyError::TooLarge)
    }
}

/// For whom something is booked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Holder {
    /// Somebody.
    Person(EmployeeId),
    /// The company, of what was cut.
    Company,
    /// The fund that a settlement names. `[COM-9]`
    Fund,
}

/// An entry of commission: append-only, unique by source and holder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Booked {
    /// The receipt, refund, return or amendment it comes from.
    pub source: Uuid,
    /// For whom.
    pub holder: Holder,
    /// In minor units; below nothing where it is clawed back.
    pub amount: i64,
}

/// What is booked of one sale.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    entries: Vec<Booked>,
}

impl Ledger {
    /// As it stands.
    pub const fn of(entries: Vec<Booked>) -> Self {
        Self { entries }
    }
    /// All of it, in order.
    pub fn entries(&self) -> &[Booked] {
        &self.entries
    }
    /// What is booked in all.
    pub fn sum(&self) -> i64 {
        self.entries.iter().map(|entry| entry.amount).sum()
    }
    /// What is booked for somebody.
    pub fn booked(&self, holder: Holder) -> i64 {
        self.entries.iter().filter(|entry| entry.holder == holder).map(|entry| entry.amount).sum()
    }

    /// Books what a source moves: of each, the part of what is now due less what is booked; nothing where the source is
    /// booked already. One that moves nothing leaves an entry of nothing with the primary, so that it is known.
    pub fn book(&mut self, source: Uuid, due: i64, parties: &[Party]) -> &[Booked] {
        let primary = parties.first().map(|party| Holder::Person(party.person));
        self.book_to(source, parts(due, parties), primary)
    }

    /// The same, to what each has from now on.
    pub fn book_to(
        &mut self,
        source: Uuid,
        mut now: BTreeMap<Holder, i64>,
        primary: Option<Holder>,
    ) -> &[Booked] {
        let from = self.entries.len();
        if self.entries.iter().any(|entry| entry.source == source) {
            return &self.entries[from..];
        }
        for entry in &self.entries {
            now.entry(entry.holder).or_default();
        }
        for (holder, part) in now {
            let amount = part - self.booked(holder);
            if amount != 0 {
                self.entries.push(Booked { source, holder, amount });
            }
        }
        if self.entries.len() == from
            && let Some(holder) = primary
        {
            self.entries.push(Booked { source, holder, amount: 0 });
        }
        &self.entries[from..]
    }
}

/// The parts of an amount: shares by the largest remainder with ties to the primary, of which each keeps what is theirs,
/// the odd minor unit theirs, and the company has the rest. A negative amount mirrors its positive.
pub fn parts(due: i64, parties: &[Party]) -> BTreeMap<Holder, i64> {
    let weights: Vec<u64> = parties.iter().map(|party| party.share_bp.into()).collect();
    let mut parts = BTreeMap::new();
    for (party, share) in parties.iter().zip(allocate(due, &weights)) {
        let cut =
            i128::from(share.unsigned_abs()) * i128::from(10_000_u32.saturating_sub(party.keeps_bp)) / 10_000;
        let cut = i64::try_from(cut).unwrap_or(i64::MAX) * share.signum();
        *parts.entry(Holder::Person(party.person)).or_default() += share - cut;
        if cut != 0 {
            *parts.entry(Holder::Company).or_default() += cut;
        }
    }
    parts
}
