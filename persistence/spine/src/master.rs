//! Master data in memory: people, departments, positions, roles, grants, absences and policies.
//!
//! They change a few times a day and every request asks about them. What was read of them is kept under the
//! *master revision*, a number in the database that every change of master data raises in its own
//! transaction. Each unit of work reads the number with the access epoch, inside its transaction, and uses
//! only what was kept under exactly that number: so it sees what its own queries would have seen.

use super::{Failure, Reader, access};
use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many things are kept at most: one per policy and day in use.
const THINGS_MAX: usize = 1_000;

/// What was read under the latest revision this process has seen.
#[derive(Default)]
pub(super) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    revision: i64,
    things: HashMap<String, Arc<dyn Any + Send + Sync>>,
}

impl Memory {
    fn get<T: Any + Send + Sync>(&self, revision: i64, name: &str) -> Option<Arc<T>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let thing = known.things.get(name).filter(|_| known.revision == revision)?.clone();
        drop(known);
        thing.downcast().ok()
    }

    fn keep(&self, revision: i64, name: &str, thing: Arc<dyn Any + Send + Sync>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if revision < known.revision {
            return;
        }
        if revision > known.revision || known.things.len() >= THINGS_MAX {
            *known = Known { revision, things: HashMap::new() };
        }
        known.things.insert(name.to_owned(), thing);
    }
}

impl Reader<'_> {
    /// Something that depends on master data alone: from memory, or by `load`. The name says what it is and
    /// what else it depends on (a day, say).
    pub fn master<T: Any + Send + Sync>(
        &mut self,
        name: &str,
        load: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Arc<T>, Failure> {
        // What this transaction has changed itself and not committed is nobody else's to see.
        let shareable = !self.connection.master_moved;
        if shareable && let Some(known) = self.shared.memory.get(self.revision, name) {
            return Ok(known);
        }
        let thing = Arc::new(load(self)?);
        // A writer's statements each see the latest commit: what changed while it was read is not kept.
        if shareable && access::marks(self.connection)?.revision == self.revision {
            self.shared.memory.keep(self.revision, name, thing.clone());
        }
        Ok(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use std::sync::Arc;

    #[test]
    fn only_what_was_kept_under_the_same_revision_is_found() {
        let memory = Memory::default();
        memory.keep(5, "a", Arc::new(50_u32));
        assert_eq!(memory.get::<u32>(5, "a").as_deref(), Some(&50));
        assert_eq!(memory.get::<u32>(4, "a"), None);
        assert_eq!(memory.get::<u32>(6, "a"), None);
        assert_eq!(memory.get::<u64>(5, "a"), None, "another type");
        memory.keep(4, "b", Arc::new(40_u32));
        assert_eq!(memory.get::<u32>(4, "b"), None, "a reader that began earlier");
        memory.keep(6, "b", Arc::new(60_u32));
        assert_eq!(memory.get::<u32>(6, "a"), None, "nothing survives a change");
        assert_eq!(memory.get::<u32>(6, "b").as_deref(), Some(&60));
    }
}
