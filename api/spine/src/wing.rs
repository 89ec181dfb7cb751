//! What a wing of the product brings to the edge.

use super::{Chore, Routes};
use domain::spine::{EnumLabels, EventKind};

/// A part of the product that knows only those before it.
pub struct Wing {
    /// Its name, one word: `finance`. Its document lies at `/openapi/finance.json`.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What its contexts are about, by their tags.
    pub tags: &'static [(&'static str, &'static str)],
    /// Its rules: whose events it puts into the feed.
    pub rules: &'static domain::spine::Wing,
    /// The labels of the enums that only its bodies and answers know.
    pub enums: &'static [&'static EnumLabels],
    /// What a server does by itself for it.
    pub chores: &'static [&'static Chore],
    /// Adds its routes.
    pub routes: fn(&mut Routes),
}

impl Wing {
    /// Every kind of event it puts into the feed.
    pub fn events(&self) -> impl Iterator<Item = &'static EventKind> + use<> {
        self.rules.events()
    }
}
