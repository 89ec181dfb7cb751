//! Erasing what the audit trail says of a person: the content goes, the chain stays, and the erasure is itself
//! an entry of the trail. `[AUD-1]`

use super::{Change, Citation, Entity, Findings, Id, Refusal, Version, codes};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::refusals! { AUDIT_REFUSALS:
    ERASURE_STAYS = "audit.erasure_stays", Conflict, "抹除记录本身不可抹除", "What tells of an erasure is never erased itself";
}

crate::events! { AUDIT_EVENTS:
    CONTENT_ERASED = "audit.content_erased", "审计内容已抹除", "Content of audit entries was erased";
}

/// What was erased from the trail, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Erasure {
    /// Its identity.
    pub id: Id<Self>,
    /// The thing whose entries were emptied.
    pub entity: Uuid,
    /// The places of those entries in the trail.
    pub entries: Vec<i64>,
    /// Why.
    pub reason: String,
    /// Always 1: an erasure is never changed.
    pub version: Version,
}

impl Entity for Erasure {
    const KIND: &'static str = "audit_erasure";
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

impl Erasure {
    /// Erases these entries of a thing of this kind, for a reason of 1 to 500 characters.
    ///
    /// # Errors
    /// A reason that is missing or too long; a thing that is an erasure itself: who could erase it could erase
    /// untold.
    pub fn of(
        id: Id<Self>,
        (kind, entity): (&str, Uuid),
        entries: Vec<i64>,
        reason: String,
    ) -> Result<Change<Self>, Refusal> {
        if kind == Self::KIND {
            return Err(Refusal::new(ERASURE_STAYS).citing(Citation::rule("AUD-1")));
        }
        let mut findings = Findings::new();
        match reason.trim().chars().count() {
            0 => findings.add("/reason", codes::REQUIRED),
            1..=500 => {}
            _ => findings.add_with("/reason", codes::BAD_LENGTH, [("min", json!(1)), ("max", json!(500))]),
        }
        findings.into_result()?;
        let facts = json!({"entity": entity, "entries": entries});
        Ok(Change::created(Self { id, entity, entries, reason, version: 0 }, CONTENT_ERASED, facts))
    }
}
