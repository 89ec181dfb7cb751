//! What the trail holds and does not show. `[AUD-1; CUS-5; KPI-5]`

use crate::schema::audit_entries as entries;
use crate::spine::{Reader, Where};
use diesel::prelude::*;
use domain::spine::Permission;
use serde_json::Value;
use std::collections::HashMap;

/// A kind of thing that is not for all who read the trail. Everything is in the trail, hashed and chained; this says
/// how much of it a reader is shown.
#[derive(Clone, Copy, Debug)]
pub struct Confidential {
    /// The kind, as entries name it.
    pub kind: &'static str,
    /// Who is shown how much.
    pub shown: Shown,
}

/// How much of a confidential thing the trail shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// What was done, when, by whom and which members changed; what they hold only to whom the permission shows all
    /// things of the kind.
    WithPermission(Permission),
    /// What was done, when, by whom and which members changed; what they hold to nobody, since it is shown for a
    /// reason alone, which is asked for elsewhere.
    Never,
    /// Nothing, not even that there is an entry: who did it is what is confidential.
    Unlisted,
}

/// What stands for a value that is not shown.
const WITHHELD: &str = "***";

/// What is confidential for one reader.
pub(super) struct Discretion(HashMap<&'static str, Shown>);

impl Discretion {
    pub(super) fn of(reader: &Reader<'_>) -> Self {
        let all = reader.house().all::<Confidential>();
        let shown = all.filter(|one| match one.shown {
            Shown::WithPermission(permission) => !reader.actor().reach(permission).all,
            Shown::Never | Shown::Unlisted => true,
        });
        Self(shown.map(|one| (one.kind, one.shown)).collect())
    }

    /// Leaves out what is not listed, whatever is asked for: neither order nor filter nor total tells of it.
    pub(super) fn narrow(&self, wanted: &mut Where) {
        let unlisted = self.0.iter().filter(|(_, shown)| **shown == Shown::Unlisted);
        let unlisted: Vec<String> = unlisted.map(|(kind, _)| (*kind).to_owned()).collect();
        if !unlisted.is_empty() {
            wanted.also(entries::entity_kind.ne_all(unlisted));
        }
    }

    /// What a reader is shown of the members of a thing: their names alone where it is confidential.
    pub(super) fn shown(&self, kind: &str, members: Option<Value>) -> Option<Value> {
        if !self.0.contains_key(kind) {
            return members;
        }
        let Some(Value::Object(members)) = members else { return None };
        Some(members.into_iter().map(|(name, _)| (name, Value::from(WITHHELD))).collect())
    }
}
