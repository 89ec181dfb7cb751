//! The first inquiry (首问): what whoever receives a customer asks. `[OWN-2; 002 §5(二)1]`

use crate::spine::{AnyId, EmployeeId};
use serde::{Deserialize, Serialize};

/// The answers to the first inquiry (首问): each question has been asked once its flag is set. `[OWN-2]`
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FirstInquiry {
    /// Is it the first time here?
    pub is_first_visit: Option<bool>,
    /// Been at another site?
    pub was_elsewhere: Option<bool>,
    /// At which.
    pub elsewhere: Option<AnyId>,
    /// Has somebody of ours spoken to them by phone?
    pub was_phoned: Option<bool>,
    /// Who: none where they remember nobody.
    pub phoned_by: Option<EmployeeId>,
    /// Did a customer of ours introduce them?
    pub was_introduced: Option<bool>,
    /// Which customer.
    pub introducer: Option<AnyId>,
    /// Do they ask for somebody?
    pub asks_for_somebody: Option<bool>,
    /// For whom.
    pub asks_for: Option<EmployeeId>,
    /// Is somebody of ours a relative or friend?
    pub has_relative: Option<bool>,
    /// Who.
    pub relative: Option<EmployeeId>,
}

impl FirstInquiry {
    /// The questions that are still to be asked, as their fields are called; who is remembered of a call may be nobody.
    pub fn missing(&self) -> Vec<&'static str> {
        let named = |said: Option<bool>, is_named: bool| match said {
            None => true,
            Some(yes) => yes && !is_named,
        };
        let questions = [
            ("is_first_visit", self.is_first_visit.is_none()),
            ("was_elsewhere", named(self.was_elsewhere, self.elsewhere.is_some())),
            ("was_phoned", self.was_phoned.is_none()),
            ("was_introduced", named(self.was_introduced, self.introducer.is_some())),
            ("asks_for_somebody", named(self.asks_for_somebody, self.asks_for.is_some())),
            ("has_relative", named(self.has_relative, self.relative.is_some())),
        ];
        questions.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect()
    }

    /// The questions whose answers contradict each other: a no, and yet a name.
    pub fn contradictions(&self) -> Vec<&'static str> {
        let answers = [
            ("elsewhere_id", self.was_elsewhere, self.elsewhere.is_some()),
            ("phoned_by_id", self.was_phoned, self.phoned_by.is_some()),
            ("introducer_id", self.was_introduced, self.introducer.is_some()),
            ("asks_for_id", self.asks_for_somebody, self.asks_for.is_some()),
            ("relative_id", self.has_relative, self.relative.is_some()),
        ];
        answers
            .into_iter()
            .filter(|(_, said, named)| *said == Some(false) && *named)
            .map(|(name, ..)| name)
            .collect()
    }

    /// Whether all was asked.
    pub fn is_complete(&self) -> bool {
        self.missing().is_empty()
    }

    /// Whether they remember nobody who spoke to them by phone.
    pub const fn remembers_nobody(&self) -> bool {
        self.phoned_by.is_none()
    }
}
