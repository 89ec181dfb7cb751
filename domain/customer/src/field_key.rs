//! Keys that seal what is personal of important customers. `[CUS-4; 000 §5.1]`
//!
//! A key is random, and itself sealed by a secret that is not in the database. The newest seals; older ones open what they
//! sealed until it has been sealed anew.

use crate::spine::{Change, Entity, Id, Timestamp, Version};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

crate::refusals! { FIELD_KEY_REFUSALS:
    NO_SECRET = "field_key.no_secret", Conflict, "服务器未配置密封密钥，不能加密客户信息；请联系系统管理员", "The server was given no secret to seal with, so personal data cannot be encrypted; ask whoever runs it";
}

crate::events! { FIELD_KEY_EVENTS:
    MADE = "field_key.made", "字段加密密钥已生成", "A key that seals fields was made";
    RETIRED = "field_key.retired", "字段加密密钥已停用", "A key that seals fields is followed by a newer one";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[FIELD_KEY_REFUSALS], events: &[FIELD_KEY_EVENTS], enums: &[] };

/// The id of a key.
pub type FieldKeyId = Id<FieldKey>;

/// A key that seals fields.
#[derive(Clone, Debug, Serialize)]
pub struct FieldKey {
    /// Its identity.
    pub id: FieldKeyId,
    /// The key itself, sealed: never told to the trail.
    #[serde(skip)]
    pub material: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Since when a newer one seals.
    pub retired_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for FieldKey {
    const KIND: &'static str = "field_key";
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

impl FieldKey {
    /// Makes a key of material that is sealed.
    pub fn make(id: FieldKeyId, material: String, now: Timestamp) -> Change<Self> {
        let key = Self { id, material, made_at: now, retired_at: None, version: 0 };
        Change::created(key, MADE, json!({}))
    }

    /// Lets a newer one seal from now on.
    pub fn retire(self, now: Timestamp) -> Change<Self> {
        let after = Self { retired_at: Some(now), ..self.clone() };
        Change::updated(self, after, RETIRED, json!({}))
    }
}
