//! What somebody does not want to be reminded of (免打扰): kinds of notices of which nothing is wanted. `[NOT-1b]`
//!
//! What wants something of its reader is never muted, nor what the product itself tells of duties and approvals: that asks to
//! be read. A muted notice is in the list like any other; only the strong reminder stays away.

use crate::{
    announcement::{AnnouncementKind, Want},
    spine::{Actor, Change, Citation, EmployeeId, Entity, Id, Refusal, Version},
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

crate::refusals! { NOTICE_PREFERENCE_REFUSALS:
    NO_EMPLOYEE = "notice_preference.no_employee", Forbidden, "当前账号没有对应的员工，没有可设置的通知", "The account belongs to no employee and receives no notices";
}

crate::events! { NOTICE_PREFERENCE_EVENTS:
    CHANGED = "notice_preference.changed", "免打扰设置已修改", "What somebody does not want to be reminded of was changed";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[NOTICE_PREFERENCE_REFUSALS],
    events: &[NOTICE_PREFERENCE_EVENTS],
    enums: &[],
};

/// What somebody muted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NoticePreference {
    /// Identity.
    pub id: Id<Self>,
    /// Whose it is.
    pub employee: EmployeeId,
    /// The kinds of which nobody reminds them.
    pub muted: BTreeSet<AnnouncementKind>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for NoticePreference {
    const KIND: &'static str = "notice_preference";
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

impl NoticePreference {
    /// Says what one does not want to be reminded of; nothing where that is said already.
    ///
    /// # Errors
    /// `notice_preference.no_employee`.
    pub fn say(
        before: Option<Self>,
        id: Id<Self>,
        muted: BTreeSet<AnnouncementKind>,
        by: &Actor,
    ) -> Result<Option<Change<Self>>, Refusal> {
        let none = || Refusal::new(NO_EMPLOYEE).citing(Citation::rule("NOT-1b"));
        let employee = by.employee.ok_or_else(none)?;
        let facts = json!({"muted": muted});
        Ok(match before {
            Some(before) if before.muted == muted => None,
            None if muted.is_empty() => None,
            Some(before) => {
                let after = Self { muted, ..before.clone() };
                Some(Change::updated(before, after, CHANGED, facts))
            }
            None => Some(Change::created(Self { id, employee, muted, version: 0 }, CHANGED, facts)),
        })
    }
}

/// Whether a kind may stay without reminder for who mutes it: not where anything is wanted.
pub const fn may_be_muted(want: Want) -> bool {
    matches!(want, Want::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wants_something_is_never_muted() {
        let free: Vec<Want> = Want::ALL.into_iter().filter(|want| may_be_muted(*want)).collect();
        assert_eq!(free, [Want::Nothing]);
    }
}
