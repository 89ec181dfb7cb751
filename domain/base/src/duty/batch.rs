//! A batch of duties that were raised together: one audit entry and one event for all of them. `[DUT-2a]`

use super::{DUTIES_RAISED, Occasion};
use crate::{
    approval::PolicyReference,
    spine::{Change, Entity, Explanation, Id, Timestamp, Version},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// How many duties one batch raises at most.
pub const BATCH_MAX: usize = 200;

/// A batch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DutyBatch {
    /// Identity.
    pub id: Id<Self>,
    /// The version of the rule.
    pub rule: PolicyReference,
    /// What all of them are owed for.
    pub occasion: Occasion,
    /// How many, 1 to 200.
    pub count: usize,
    /// A digest of which, so that the audit can prove it.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// Always 1: a batch is never changed.
    pub version: Version,
}

impl Entity for DutyBatch {
    const KIND: &'static str = "duty_batch";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl DutyBatch {
    /// Tells of a batch that is raised, with why.
    pub fn raise(self, explanations: impl IntoIterator<Item = Explanation>) -> Change<Self> {
        let facts = json!({
            "rule": self.rule.code, "rule_version": self.rule.number, "occasion": self.occasion,
            "count": self.count, "digest": self.digest,
        });
        Change::created(self, DUTIES_RAISED, facts).explained(explanations)
    }
}
