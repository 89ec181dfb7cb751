//! What the wings bring: each registers what the ones below it ask for, so that they need not know it.

use super::EngineKind;
use diesel_migrations::EmbeddedMigrations;
use std::any::Any;

/// Something that a noun registers, of any type: a kind of document that is approved, a policy that ships, the labels
/// of an enum, a table in the order of locks. Who needs all of a type asks [`Wings::all`].
pub type Part = &'static (dyn Any + Send + Sync);

/// A part of the business that is compiled for itself and knows only the wings below it.
pub struct Wing {
    /// Its name, one word: `finance`.
    pub name: &'static str,
    /// Its nouns, a line each: what each of them registers.
    pub nouns: &'static [&'static [Part]],
}

/// The product as a whole: its wings in the order in which they know each other, and its schema.
pub struct House {
    /// The wings.
    pub wings: &'static [&'static Wing],
    /// The migrations of an engine.
    pub migrations: fn(EngineKind) -> EmbeddedMigrations,
}

impl House {
    /// Everything of a type that the wings registered, in their order.
    pub fn all<T: Any>(&self) -> impl Iterator<Item = &'static T> + use<T> {
        let parts = self.wings.iter().flat_map(|wing| wing.nouns).copied().flatten();
        parts.filter_map(|part| part.downcast_ref())
    }
}
