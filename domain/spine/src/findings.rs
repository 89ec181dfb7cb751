//! Everything that is wrong with what somebody sent, told at once.

use super::{Finding, Refusal, RefusalCode, codes};
use serde_json::Value;
use std::ops::RangeInclusive;

/// So many findings are kept of one request: nobody reads more at once, and whoever sends much gets many.
pub const FINDINGS_MAX: usize = 100;

/// Collects everything that is wrong, so that the caller hears of all at once. The first [`FINDINGS_MAX`] are kept and
/// the others counted.
#[derive(Default, Debug)]
pub struct Findings {
    kept: Vec<Finding>,
    others: usize,
}

impl Findings {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }
    /// Notes something wrong.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static RefusalCode) {
        self.add_with(pointer, code, []);
    }
    /// Notes something wrong, with parameters.
    pub fn add_with<const N: usize>(
        &mut self,
        pointer: impl Into<String>,
        code: &'static RefusalCode,
        params: [(&str, Value); N],
    ) {
        if self.is_full() {
            self.others += 1;
            return;
        }
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.kept.push(Finding { pointer: pointer.into(), code, params });
    }

    /// Notes a value that is not between two others, which are allowed themselves.
    pub fn within<T: PartialOrd + Copy + Into<Value>>(
        &mut self,
        pointer: impl Into<String>,
        value: T,
        range: RangeInclusive<T>,
    ) {
        if !range.contains(&value) {
            let (min, max) = range.into_inner();
            self.add_with(pointer, codes::OUT_OF_RANGE, [("min", min.into()), ("max", max.into())]);
        }
    }

    /// Notes something that was found elsewhere.
    pub fn note(&mut self, found: Finding) {
        if self.is_full() { self.others += 1 } else { self.kept.push(found) }
    }

    /// Whether as much was found as is told: the rest is only counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= FINDINGS_MAX
    }
    /// What was found so far.
    pub fn so_far(&self) -> impl Iterator<Item = &Finding> {
        self.kept.iter()
    }
    /// Notes everything that another refusal found.
    pub fn absorb(&mut self, refusal: Refusal) {
        refusal.findings.into_iter().for_each(|found| self.note(found));
    }
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
    /// What was found, as far as it was kept.
    pub fn into_vec(self) -> Vec<Finding> {
        self.kept
    }
    /// Ok if nothing was found; else one refusal that names everything. A single finding lends its code.
    pub fn into_result(self) -> Result<(), Refusal> {
        let count = self.kept.len() + self.others;
        let Some(first) = self.kept.first() else { return Ok(()) };
        let mut refusal = if count == 1 {
            Refusal { params: first.params.clone(), ..Refusal::new(first.code) }
        } else {
            Refusal::new(codes::VALIDATION_FAILED).with("count", count)
        };
        refusal.findings = self.kept;
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_hundred_findings_are_told_and_all_counted() {
        let mut findings = Findings::new();
        (0..FINDINGS_MAX + 7).for_each(|place| findings.add(format!("/{place}"), codes::REQUIRED));
        let refusal = findings.into_result().expect_err("much is wrong");
        assert_eq!((refusal.findings.len(), &refusal.params["count"]), (FINDINGS_MAX, &json!(107)));
    }
}
