//! What the audit trail tells although nothing changed by it: somebody signed in or could not, was refused access, took a list
//! away as a file. Nobody but the trail keeps it, and the feed, which other systems follow, does not tell it. `[AUD-1]`

use super::{Change, Entity, EventKind, Id, Version};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

crate::events! { NOTICE_EVENTS:
    SIGNED_IN = "access.signed_in", "已登录（仅记入审计）", "Signed in (told in the audit trail alone)";
    SIGNED_OUT = "access.signed_out", "登录已结束（仅记入审计）", "A sign-in ended (told in the audit trail alone)";
    SIGN_IN_REFUSED = "access.sign_in_refused", "登录被拒绝（仅记入审计）", "A sign-in was refused (told in the audit trail alone)";
    ACCESS_REFUSED = "access.refused", "越权操作被拒绝（仅记入审计）", "Somebody asked for what they may not do (told in the audit trail alone)";
    LIST_EXPORTED = "access.list_exported", "清单已导出（仅记入审计）", "A list was taken away as a file (told in the audit trail alone)";
}

/// Something the trail tells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Notice {
    /// Its identity.
    #[serde(skip)]
    pub id: Id<Self>,
    /// Whom or what it is about, where that is known.
    #[serde(skip)]
    pub about: Option<Uuid>,
    /// What is to be known of it.
    #[serde(flatten)]
    pub facts: Value,
    /// Always 1: nothing follows.
    #[serde(skip)]
    pub version: Version,
}

impl Entity for Notice {
    const KIND: &'static str = "access_notice";
    const IS_PUBLISHED: bool = false;
    fn uuid(&self) -> Uuid {
        self.about.unwrap_or(self.id.uuid())
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Notice {
    /// That this happened, to this or that.
    pub fn of(id: Id<Self>, kind: &'static EventKind, about: Option<Uuid>, facts: Value) -> Change<Self> {
        Change::created(Self { id, about, facts, version: 0 }, kind, Value::Null)
    }
}
