//! A change is a value: what was, what is, and what happened. `[AUD-1, INT-1]`

use super::{EmployeeId, Explanation};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Counts the states an entity has had; its `ETag`. The first state is 1.
pub type Version = i64;

/// A kind of event that consumers of the feed can count on.
#[derive(PartialEq, Eq, Debug)]
pub struct EventKind {
    /// The stable name: `context.past_tense`.
    pub name: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// What it means, in English.
    pub en: &'static str,
}

/// Declares the events of a context: constants, and a table `EVENTS` of them all.
#[macro_export]
macro_rules! events {
    ($table:ident: $($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        $(#[doc = $en] pub const $name: &$crate::spine::EventKind = &$crate::spine::EventKind { name: $code, zh: $zh, en: $en };)*
        /// Every event of this context.
        pub const $table: &[&$crate::spine::EventKind] = &[$($name),*];
    };
}

/// One thing that happened, with the facts a consumer needs.
#[derive(Clone, Debug)]
pub struct Happening {
    /// Which kind of event.
    pub kind: &'static EventKind,
    /// Its facts, as published in the feed. No personal data.
    pub facts: Value,
}

/// Something with identity and versions that only changes through [`Change`].
///
/// It is serialised for the audit trail alone, never for an answer.
pub trait Entity: Clone + Serialize {
    /// The kind, as it stands in audit and events: `expense_claim`.
    const KIND: &'static str;
    /// Whether the feed tells of it, and not the audit trail alone.
    const IS_PUBLISHED: bool = true;
    /// Its identity.
    fn uuid(&self) -> Uuid;
    /// How many states it has had.
    fn version(&self) -> Version;
    /// Where its version is kept. Only [`Change`] sets it.
    fn version_mut(&mut self) -> &mut Version;
}

/// A transition of one entity, not yet written. Applying it writes row, audit and events together.
#[must_use = "a change that is not applied did not happen"]
#[derive(Debug)]
pub struct Change<E> {
    before: Option<E>,
    after: E,
    happened: Vec<Happening>,
    explanations: Vec<Explanation>,
    on_behalf_of: Option<EmployeeId>,
}

impl<E: Entity> Change<E> {
    /// A new entity came to be.
    pub fn created(mut after: E, kind: &'static EventKind, facts: Value) -> Self {
        *after.version_mut() = 1;
        let happened = vec![Happening { kind, facts }];
        Self { before: None, after, happened, explanations: Vec::new(), on_behalf_of: None }
    }

    /// An entity moved to its next state.
    pub fn updated(before: E, mut after: E, kind: &'static EventKind, facts: Value) -> Self {
        *after.version_mut() = before.version() + 1;
        let happened = vec![Happening { kind, facts }];
        Self { before: Some(before), after, happened, explanations: Vec::new(), on_behalf_of: None }
    }

    /// Something else happened in the same transition.
    pub fn and(mut self, kind: &'static EventKind, facts: Value) -> Self {
        self.happened.push(Happening { kind, facts });
        self
    }

    /// The automatic decisions of this transition, to be kept with it. `[REG-6]`
    pub fn explained(mut self, explanations: impl IntoIterator<Item = Explanation>) -> Self {
        self.explanations.extend(explanations);
        self
    }

    /// In whose name it was done, where that is not the actor's own. `[AUD-1]`
    pub fn in_the_name_of(mut self, employee: impl Into<Option<EmployeeId>>) -> Self {
        self.on_behalf_of = employee.into();
        self
    }

    /// The state before, if there was one.
    pub fn before(&self) -> Option<&E> {
        self.before.as_ref()
    }
    /// The state after.
    pub fn after(&self) -> &E {
        &self.after
    }
    /// What happened.
    pub fn happened(&self) -> &[Happening] {
        &self.happened
    }
    /// Why, where a rule decided.
    pub fn explanations(&self) -> &[Explanation] {
        &self.explanations
    }
    /// On whose behalf, where somebody acted for another.
    pub fn on_behalf_of(&self) -> Option<EmployeeId> {
        self.on_behalf_of
    }
    /// The state after, for a further transition in the same unit of work once this one is applied.
    pub fn into_after(self) -> E {
        self.after
    }
}
