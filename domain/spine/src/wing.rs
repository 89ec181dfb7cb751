//! What the parts of the business say about themselves, so that lists of all of it need no list of their own.

use super::{EnumLabels, EventKind, RefusalCode};

/// What one noun of the business can answer, tell and show, said once beside its rules.
pub struct Noun {
    /// Its tables of refusals.
    pub refusals: &'static [&'static [&'static RefusalCode]],
    /// Its tables of events.
    pub events: &'static [&'static [&'static EventKind]],
    /// The labels of its enums that clients see.
    pub enums: &'static [&'static EnumLabels],
}

/// A part of the business that is compiled for itself and knows only the parts below it.
pub struct Wing {
    /// Its name, one word: `finance`.
    pub name: &'static str,
    /// Its nouns, a line each.
    pub nouns: &'static [&'static Noun],
}

impl Wing {
    /// Every refusal its rules can answer with.
    pub fn refusals(&self) -> impl Iterator<Item = &'static RefusalCode> + use<> {
        self.nouns.iter().flat_map(|noun| noun.refusals).copied().flatten().copied()
    }

    /// Every event it puts into the feed.
    pub fn events(&self) -> impl Iterator<Item = &'static EventKind> + use<> {
        self.nouns.iter().flat_map(|noun| noun.events).copied().flatten().copied()
    }

    /// The labels of every enum of it that clients see.
    pub fn enums(&self) -> impl Iterator<Item = &'static EnumLabels> + use<> {
        self.nouns.iter().flat_map(|noun| noun.enums).copied()
    }
}
