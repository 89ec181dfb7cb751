//! Where a file of the product stands: in which layer, in which wing of it, in which room. It is told by the folders
//! alone, whichever of them are crates: `domain/finance/src/invoice.rs` is where `domain/src/finance/invoice.rs` is.

use super::{product, rust_files};
use std::{ffi::OsStr, fmt, path::Path};

/// The layers, each above the one before it.
pub(super) const LAYERS: [&str; 3] = ["domain", "persistence", "api"];

/// The wings in their order: each knows only those before it.
pub(super) const WINGS: [&str; 10] = [
    "spine",
    "base",
    "governance",
    "finance",
    "customer",
    "sales",
    "service",
    "marketing",
    "workplace",
    "performance",
];

/// Where a file stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub layer: &'static str,
    pub wing: &'static str,
    /// From the wing on: of `invoice/look_up.rs` the noun and its room.
    pub rooms: Vec<String>,
}

impl Place {
    /// Where a file of the product stands; `None` of any other file.
    pub fn of(path: &Path) -> Option<Self> {
        let parts: Vec<&str> = path.iter().filter_map(OsStr::to_str).collect();
        let layer = LAYERS.into_iter().find(|layer| parts.first() == Some(layer))?;
        let source = parts.iter().position(|part| *part == "src")?;
        let crates = &parts[1..source];
        let mut rooms: Vec<String> =
            parts[source + 1..].iter().map(|part| part.trim_end_matches(".rs").to_owned()).collect();
        let wing = if let Some(wing) = crates.iter().find_map(|part| wing(part)) {
            // A crate beside that of the wing is a room of the wing's.
            let beside = crates.iter().filter(|part| **part != wing).map(|part| (*part).to_owned());
            rooms.splice(0..0, beside);
            wing
        } else if let Some(wing) = rooms.first().and_then(|room| wing(room)) {
            rooms.remove(0);
            wing
        } else {
            // What stands beside the wings, where they are folders, is the base.
            "base"
        };
        Some(Self { layer, wing, rooms })
    }

    /// The noun it belongs to.
    pub fn noun(&self) -> &str {
        self.rooms.first().map_or("", String::as_str)
    }

    /// Whether it is unit tests altogether.
    pub fn is_test(&self) -> bool {
        self.rooms.iter().any(|room| room == "tests" || room == "fixture")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.layer, self.wing, self.rooms.join("/"))
    }
}

/// A wing by its name.
pub(super) fn wing(name: &str) -> Option<&'static str> {
    WINGS.into_iter().find(|wing| *wing == name)
}

/// Every file of some layers and what it is about, without unit tests.
pub(super) fn places(layers: &[&str]) -> Vec<(Place, String)> {
    let files = rust_files(layers).into_iter();
    let placed = files.filter_map(|(path, text)| Some((Place::of(&path)?, product(&text).to_owned())));
    placed.filter(|(place, _)| !place.is_test()).collect()
}
