//! Master data in memory: people, policies, closed months, and what else changes a few times a day while every request
//! asks about it.
//!
//! What was read of it is kept under the revision of its [`Master`] kind. Every change of master data raises that and the
//! *master revision*, the number of all changes of any kind, in its own transaction. Each unit of work reads the master
//! revision with the access epoch, inside its transaction: while it is the one that memory knows, so are the revisions of
//! the kinds; once it has moved, those are read too, and what is kept of the kinds that did not move stays.

use super::{Connection, Failure, Reader, access, db};
use crate::schema::master_revisions;
use diesel::prelude::*;
use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A kind of master data: what changes together is kept and forgotten together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Master(pub &'static str);

/// So many things are kept at most: one per policy and day in use.
const THINGS_MAX: usize = 1_000;

/// The revisions of the kinds that ever changed.
type Revisions = HashMap<String, i64>;

/// What was read under the latest revision this process has seen.
#[derive(Default)]
pub(super) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The master revision at which the revisions of the kinds were read; none before they were.
    revision: Option<i64>,
    kinds: Revisions,
    things: HashMap<String, Thing>,
}

struct Thing {
    kind: Master,
    /// The revision of its kind when it was read.
    revision: i64,
    value: Arc<dyn Any + Send + Sync>,
}

impl Known {
    fn revision_of(&self, kind: Master) -> i64 {
        self.kinds.get(kind.0).copied().unwrap_or_default()
    }
}

impl Memory {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the revisions of the kinds are known as of this master revision.
    fn knows(&self, revision: i64) -> bool {
        self.known().revision == Some(revision)
    }

    /// Takes note of the revisions of the kinds as of a master revision, and forgets what has changed.
    fn note(&self, revision: i64, kinds: Revisions) {
        let mut known = self.known();
        if known.revision.is_some_and(|latest| revision <= latest) {
            return;
        }
        known.revision = Some(revision);
        known.kinds = kinds;
        let Known { kinds, things, .. } = &mut *known;
        things.retain(|_, thing| kinds.get(thing.kind.0).copied().unwrap_or_default() == thing.revision);
    }

    fn get<T: Any + Send + Sync>(&self, revision: i64, name: &str) -> Option<Arc<T>> {
        let known = self.known();
        let thing = known.things.get(name).filter(|_| known.revision == Some(revision))?;
        let value = thing.value.clone();
        drop(known);
        value.downcast().ok()
    }

    fn keep(&self, revision: i64, kind: Master, name: &str, value: Arc<dyn Any + Send + Sync>) {
        let mut known = self.known();
        if known.revision != Some(revision) {
            return;
        }
        if known.things.len() >= THINGS_MAX {
            known.things.clear();
        }
        let revision = known.revision_of(kind);
        known.things.insert(name.to_owned(), Thing { kind, revision, value });
    }
}

impl Reader<'_> {
    /// Something that depends on one kind of master data alone: from memory, or by `load`. The name says what it is and
    /// what else it depends on (a day, say).
    ///
    /// # Errors
    /// What `load` fails with, and where the database does.
    pub fn master<T: Any + Send + Sync>(
        &mut self,
        kind: Master,
        name: &str,
        load: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Arc<T>, Failure> {
        // What this transaction has changed itself and not committed is nobody else's to see.
        let shareable = !self.connection.master_moved;
        if shareable && !self.shared.memory.knows(self.revision) {
            let kinds = revisions(self.connection)?;
            // A writer's statements each see the latest commit.
            if access::marks(self.connection)?.revision == self.revision {
                self.shared.memory.note(self.revision, kinds);
            }
        }
        if shareable && let Some(known) = self.shared.memory.get(self.revision, name) {
            return Ok(known);
        }
        let thing = Arc::new(load(self)?);
        // What changed while it was read is not kept.
        if shareable && access::marks(self.connection)?.revision == self.revision {
            self.shared.memory.keep(self.revision, kind, name, thing.clone());
        }
        Ok(thing)
    }
}

fn revisions(connection: &mut Connection) -> Result<Revisions, Failure> {
    let rows: Vec<(String, i64)> = db!(connection, |c| master_revisions::table
        .select((master_revisions::kind, master_revisions::revision))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// Raises the revision of a kind, in the transaction that changes something of it.
pub(super) fn raise(connection: &mut Connection, kind: Master) -> Result<(), Failure> {
    let next = (master_revisions::kind.eq(kind.0), master_revisions::revision.eq(1));
    db!(connection, |c| diesel::insert_into(master_revisions::table)
        .values(next)
        .on_conflict(master_revisions::kind)
        .do_update()
        .set(master_revisions::revision.eq(master_revisions::revision + 1))
        .execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Master, Memory, Revisions};
    use std::sync::Arc;

    const PEOPLE: Master = Master("people");
    const POLICIES: Master = Master("policies");

    fn at(people: i64, policies: i64) -> Revisions {
        Revisions::from([("people".to_owned(), people), ("policies".to_owned(), policies)])
    }

    #[test]
    fn only_what_was_kept_under_the_same_revision_is_found() {
        let memory = Memory::default();
        memory.keep(5, PEOPLE, "a", Arc::new(49_u32));
        assert_eq!(memory.get::<u32>(5, "a"), None, "the kinds are not known yet");
        memory.note(5, at(3, 2));
        memory.keep(5, PEOPLE, "a", Arc::new(50_u32));
        assert_eq!(memory.get::<u32>(5, "a").as_deref(), Some(&50));
        assert_eq!(memory.get::<u32>(4, "a"), None);
        assert_eq!(memory.get::<u32>(6, "a"), None);
        assert_eq!(memory.get::<u64>(5, "a"), None, "another type");
        memory.keep(4, PEOPLE, "b", Arc::new(40_u32));
        assert_eq!(memory.get::<u32>(5, "b"), None, "a reader that began earlier");
    }

    #[test]
    fn a_change_of_one_kind_forgets_that_kind_alone() {
        let memory = Memory::default();
        memory.note(5, at(3, 2));
        memory.keep(5, PEOPLE, "register", Arc::new(1_u32));
        memory.keep(5, POLICIES, "limits", Arc::new(2_u32));
        memory.note(6, at(4, 2));
        assert_eq!(memory.get::<u32>(6, "register"), None);
        assert_eq!(memory.get::<u32>(6, "limits").as_deref(), Some(&2));
        memory.note(5, at(3, 2));
        assert_eq!(memory.get::<u32>(5, "limits"), None, "an earlier reader does not turn it back");
    }
}
