//! Invoices that several lines of a claim share: each line says how much of it it takes. `[EXP-6]`

use super::*;
use crate::{finance::invoice, spine::Money};
use std::collections::BTreeMap;

impl ClaimContent {
    /// Notes an invoice that stands on the claim again without a part for each line, and one of which the lines take more
    /// than there is.
    pub(super) fn check_shared(&self, findings: &mut Findings) {
        let mut taken: BTreeMap<String, (i64, bool)> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            for (position, paper) in line.invoices.iter().enumerate() {
                let (key, is_part) = (paper.unique_key(), paper.reimbursed.is_some());
                let known = taken.get(&key).copied();
                let (before, all_parts) = known.unwrap_or((0, true));
                let (minor, all_parts) = (before.saturating_add(paper.used().minor()), all_parts && is_part);
                taken.insert(key, (minor, all_parts));
                let pointer = format!("/lines/{index}/invoices/{position}");
                if known.is_some() && !all_parts {
                    findings.add(pointer, invoice::TWICE_IN_CLAIM);
                } else if known.is_some() && minor > paper.total.minor() {
                    let wanted = Money::from_minor(minor, paper.total.currency()).to_string();
                    let amounts = [("wanted", json!(wanted)), ("total", json!(paper.total.to_string()))];
                    findings.add_with(pointer, invoice::SHARED_BEYOND, amounts);
                }
            }
        }
    }
}
