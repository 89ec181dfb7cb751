//! A superior sets a person's targets, apart from what the scheme says for everybody. `[KPI-2, KPI-7]`

use super::{
    Appraisal, AppraisalState, NOT_SUPERIOR, OWN_APPRAISAL, SetTarget, TARGET_NEGATIVE, TARGET_UNKNOWN,
    TARGETS_SET, refused,
};
use crate::{
    scoring::Target,
    spine::{Actor, Change, Findings, Refusal, codes},
};
use rust_decimal::Decimal;
use serde_json::json;

impl Appraisal {
    /// Sets targets, all of them at once. `takes_target` says of part and indicator whether the scheme wants
    /// one; `manages` whether the caller manages appraisals of the department.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.not_superior`, `appraisal.wrong_state`; targets that are not well formed.
    pub fn set_targets(
        self,
        targets: Vec<SetTarget>,
        takes_target: impl Fn(usize, &str) -> bool,
        manages: bool,
        by: &Actor,
    ) -> Result<Change<Self>, Refusal> {
        self.may_set_targets(manages, by)?;
        let mut findings = Findings::new();
        for (place, set) in targets.iter().enumerate() {
            let at = |member: &str| format!("/targets/{place}/{member}");
            if !takes_target(set.part, &set.indicator) {
                let indicator = json!(set.indicator);
                findings.add_with(at("indicator"), TARGET_UNKNOWN, [("indicator", indicator)]);
            }
            if set.target.is_some_and(|target| target.value < Decimal::ZERO) {
                findings.add(at("value"), TARGET_NEGATIVE);
            }
            let same = |other: &SetTarget| other.part == set.part && other.indicator == set.indicator;
            if targets[..place].iter().any(same) {
                findings.add_with(at("indicator"), codes::NOT_UNIQUE, [("value", json!(set.indicator))]);
            }
        }
        findings.into_result()?;
        let after = Self { targets, ..self.clone() };
        Ok(self.moved(after, TARGETS_SET))
    }

    /// Whether a caller may set targets now.
    ///
    /// # Errors
    /// As [`Self::set_targets`].
    pub fn may_set_targets(&self, manages: bool, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        if !manages && !self.is_superior(by) {
            return Err(refused(NOT_SUPERIOR));
        }
        self.ensure(&[AppraisalState::Open, AppraisalState::Blocked])
    }

    /// The target of an indicator in a part, from 1: what the person was set, else what the scheme says.
    pub fn target(&self, part: usize, indicator: &str, of_scheme: Option<Target>) -> Option<Target> {
        let set = self.targets.iter().find(|set| set.part == part && set.indicator == indicator);
        set.map_or(of_scheme, |set| set.target)
    }
}
