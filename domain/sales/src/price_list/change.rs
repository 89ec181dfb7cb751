//! A change of prices, judged on the set as a whole. `[PRI-1]`

use super::{OVERLAPS, PRICE_GONE, PUBLISHED, Price, PriceId, PriceList, PriceTerms, cite};
use crate::{
    product::ProductId,
    spine::{Change, Finding, Findings, Refusal},
};
use serde_json::json;
use std::collections::BTreeSet;

/// One edit of a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PriceEdit {
    /// A price that is new on the list.
    Add(PriceTerms),
    /// A price in the place of one that is on it.
    Replace(PriceId, PriceTerms),
    /// A price that is taken off.
    Remove(PriceId),
}

/// Edits that are one change: they hold together or not at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceChange {
    /// In the order they were sent.
    pub edits: Vec<PriceEdit>,
}

impl PriceChange {
    /// The products it names; those of the prices it replaces or removes are found with them.
    pub fn products(&self) -> BTreeSet<ProductId> {
        let named = |edit: &PriceEdit| match edit {
            PriceEdit::Add(terms) | PriceEdit::Replace(_, terms) => Some(terms.product),
            PriceEdit::Remove(_) => None,
        };
        self.edits.iter().filter_map(named).collect()
    }

    /// The prices it replaces or removes.
    pub fn known(&self) -> BTreeSet<PriceId> {
        let known = |edit: &PriceEdit| match edit {
            PriceEdit::Add(_) => None,
            PriceEdit::Replace(id, _) | PriceEdit::Remove(id) => Some(*id),
        };
        self.edits.iter().filter_map(known).collect()
    }
}

impl PriceList {
    /// Makes a change of its prices; `ids` names what comes new on the list.
    ///
    /// # Errors
    /// What is not well formed; a price that is not on the list; `price_list.overlaps` with both rows.
    pub fn change(
        self,
        change: &PriceChange,
        mut ids: impl FnMut() -> PriceId,
    ) -> Result<Change<Self>, Refusal> {
        let mut after = self.clone();
        let mut findings = Findings::new();
        let mut rows: Vec<(usize, PriceId)> = Vec::new();
        for (index, edit) in change.edits.iter().enumerate() {
            let pointer = format!("/edits/{index}");
            if let PriceEdit::Replace(id, _) | PriceEdit::Remove(id) = edit {
                match after.prices.iter().position(|price| price.id == *id) {
                    Some(place) => drop(after.prices.remove(place)),
                    None => findings.add(format!("{pointer}/id"), PRICE_GONE),
                }
            }
            if let PriceEdit::Add(terms) | PriceEdit::Replace(_, terms) = edit {
                terms.check(self.currency, &pointer, &mut findings);
                let price = Price { id: ids(), terms: terms.clone() };
                rows.push((index, price.id));
                after.prices.push(price);
            }
        }
        findings.into_result().map_err(cite)?;
        after.refuse_overlaps(&rows)?;
        let edits = change.edits.len();
        let products: BTreeSet<ProductId> = after.prices.iter().map(|price| price.terms.product).collect();
        let facts = json!({"currency": self.currency, "edits": edits, "product_ids": products});
        Ok(Change::updated(self, after, PUBLISHED, facts))
    }

    /// Names each row that overlaps, with the row it overlaps with: of the change, or of the list by its place.
    fn refuse_overlaps(&self, rows: &[(usize, PriceId)]) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let row_of = |id: PriceId| rows.iter().find(|(_, row)| *row == id).map(|(index, _)| *index);
        for (place, price) in self.prices.iter().enumerate() {
            let Some(index) = row_of(price.id) else { continue };
            let others = self.prices.iter().enumerate().filter(|(other, _)| *other != place);
            for (_, other) in others.filter(|(_, other)| price.terms.overlaps(&other.terms)) {
                // Of two rows of the change the later is named.
                let row = row_of(other.id);
                if row.is_some_and(|row| row > index) {
                    continue;
                }
                findings.note(overlap(index, row, other));
            }
        }
        findings.into_result().map_err(cite)
    }
}

fn overlap(index: usize, row: Option<usize>, other: &Price) -> Finding {
    let refusal = Refusal::new(OVERLAPS)
        .with("other", row.map_or_else(|| json!(other.id), |row| json!(row + 1)))
        .with("other_id", json!(other.id))
        .with("valid_from", json!(other.terms.valid_from))
        .with("valid_before", json!(other.terms.valid_before));
    Finding { pointer: format!("/edits/{index}"), code: OVERLAPS, params: refusal.params }
}
