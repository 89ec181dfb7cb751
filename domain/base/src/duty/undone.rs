//! What fulfilled a duty is withdrawn or voided: it is owed again. `[DUT-2g]`

use super::{
    DUTY_NOT_FULFILLED, DUTY_REOPENED, Duty, DutySettings, DutyStatus, REFILING_RULE, refused, state::Proof,
};
use crate::{
    spine::{Change, Refusal, Timestamp},
    working_time::WorkingTime,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Who took the record away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenBy {
    /// Its author.
    Author,
    /// Somebody else: it was returned or voided.
    Another,
}

/// How a duty comes to be owed again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum UndoneBy {
    /// The author withdrew the record: due and grace are as before.
    Author {},
    /// Another returned or voided it: filed again before `refile_until`, it counts from the first instant.
    Another {
        /// When the first counted as received.
        counted: Timestamp,
        /// Until when it may be filed again so.
        refile_until: Timestamp,
    },
}

impl UndoneBy {
    /// When something counts as received that the server received at an instant.
    pub(super) fn counts_from(self, received: Timestamp) -> Timestamp {
        match self {
            Self::Another { counted, refile_until } if received < refile_until => counted.min(received),
            _ => received,
        }
    }

    pub(super) fn by_another(
        proof: &Proof,
        at: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Self {
        let until = time.plus_working_days(at, settings.refiling_working_days);
        Self::Another { counted: proof.counted, refile_until: until.value }
    }
}

impl Duty {
    /// Is owed again: the record that fulfilled it was taken away at an instant.
    ///
    /// # Errors
    /// `duty.not_fulfilled`.
    pub fn reopen(
        self,
        by: TakenBy,
        at: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let DutyStatus::Fulfilled { proof } = &self.status else {
            return Err(refused(DUTY_NOT_FULFILLED, REFILING_RULE).with_label("state", self.state(at)));
        };
        let undone = match by {
            TakenBy::Author => UndoneBy::Author {},
            TakenBy::Another => UndoneBy::by_another(proof, at, settings, time),
        };
        let facts = json!({"rule": self.rule.code, "occasion": self.occasion, "record": proof.record});
        let after = Self { status: DutyStatus::Pending {}, undone: Some(undone), ..self.clone() };
        Ok(Change::updated(self, after, DUTY_REOPENED, facts))
    }
}
