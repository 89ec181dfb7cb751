//! What a wing of the product brings to the edge.

use super::Routes;
use domain::spine::EventKind;

/// A part of the product that knows only those before it.
pub struct Wing {
    /// Its name, that of the wing of the rules: `finance`. Its document lies at `/openapi/finance.json`.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What its contexts are about, by their tags.
    pub tags: &'static [(&'static str, &'static str)],
    /// Adds its routes.
    pub routes: fn(&mut Routes),
}

impl Wing {
    /// Every kind of event it puts into the feed.
    pub fn events(&self) -> impl Iterator<Item = &'static EventKind> + use<> {
        let name = self.name;
        domain::WINGS.iter().filter(move |wing| wing.name == name).flat_map(|wing| wing.events())
    }
}
