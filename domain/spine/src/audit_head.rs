//! The head of the audit trail, told to whoever follows the feed: kept elsewhere, it shows later that the trail was cut or
//! written anew behind it, which the chain itself cannot show. `[AUD-1]`

use super::{Change, Entity, Id, Version};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::events! { AUDIT_HEAD_EVENTS:
    HEAD_TOLD = "audit.head_told", "审计链头已公布", "The head of the audit trail was told";
}

/// The head as it was told on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ToldHead {
    /// Its identity.
    pub id: Id<Self>,
    /// The place of the last entry then.
    pub sequence: i64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// By which the installation knows it for its own, in hexadecimal; none where it has no secret.
    pub signature: Option<String>,
    /// Always 1: it is never changed.
    pub version: Version,
}

impl Entity for ToldHead {
    const KIND: &'static str = "audit_head";
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

impl ToldHead {
    /// Tells it.
    pub fn tell(id: Id<Self>, sequence: i64, hash: String, signature: Option<String>) -> Change<Self> {
        let facts = json!({"sequence": sequence, "hash": hash, "signature": signature});
        Change::created(Self { id, sequence, hash, signature, version: 0 }, HEAD_TOLD, facts)
    }
}
