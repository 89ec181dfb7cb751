//! What follows from a type and costs much to make: made once for each that somebody asks about.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

/// A thing for each type that was asked about.
pub(super) struct PerType<T>(RwLock<BTreeMap<TypeId, Arc<T>>>);

impl<T> PerType<T> {
    /// None yet.
    pub const fn new() -> Self {
        Self(RwLock::new(BTreeMap::new()))
    }

    /// That of a type, made where there is none yet. What cannot be made is tried again the next time.
    pub fn get<Of: 'static, E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let of = TypeId::of::<Of>();
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&of) {
            return Ok(known.clone());
        }
        let made = Arc::new(make()?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(of, made.clone());
        Ok(made)
    }
}
