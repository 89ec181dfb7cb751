//! How the source is kept: small files and functions, plain names, crates that depend one way.

use super::{
    excepted, files, names,
    place::{LAYERS, Place, WINGS, wing},
    product, root, rust_files,
};
use std::{collections::BTreeMap, path::Path};
use tests::checks;

checks! {
    no_file_is_longer_than_four_hundred_lines,
    no_function_is_longer_than_sixty_lines,
    no_file_is_named_for_its_kind,
    the_crates_depend_one_way,
    a_crate_without_unit_tests_is_not_compiled_for_them,
    the_edge_knows_nothing_of_connections,
    the_domain_is_pure,
    nothing_is_left_to_be_done,
    no_table_has_more_than_thirty_two_columns,
    no_two_kinds_of_document_are_numbered_alike,
    every_reference_is_read_as_it_looks,
}

const ALL: &[&str] =
    &["domain", "persistence", "api", "tests/src", "tests/stories", "bench", "simulation", "examples"];

fn no_file_is_longer_than_four_hundred_lines() {
    for (path, text) in rust_files(ALL) {
        let path = path.display().to_string();
        let lines = text.lines().count();
        // Unit tests beside the rules do not count against the rules.
        assert!(product(&text).lines().count() <= 400, "{path} has {lines} lines: split it by operation");
    }
}

fn no_function_is_longer_than_sixty_lines() {
    /// Functions that are longer, with the reason.
    const LONGER: &[(&str, &str)] = &[];
    let mut longer = Vec::new();
    for (path, text) in rust_files(ALL) {
        let mut begun: Option<(usize, usize, &str)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if let Some((start, depth, name)) = begun {
                if indent == depth && line.trim_start().starts_with('}') {
                    if number - start + 1 > 60 {
                        longer.push(format!("{}: {name}", place(&path)));
                    }
                    begun = None;
                }
            } else if let Some(name) = function(line)
                && !line.trim_end().ends_with(['}', ';'])
            {
                begun = Some((number, indent, name));
            }
        }
    }
    excepted("a function of more than 60 lines", longer, names(LONGER));
}

/// Where a file stands, as exceptions name it: wherever the crates lie.
fn place(path: &Path) -> String {
    Place::of(path).map_or_else(|| path.display().to_string(), |place| place.to_string())
}

/// The name of the function that begins in a line.
fn function(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let modifier =
        |word: &&str| matches!(*word, "pub" | "async" | "const" | "unsafe") || word.starts_with("pub(");
    words.find(|word| !modifier(word)).filter(|word| *word == "fn")?;
    words.next()?.split(['(', '<']).next()
}

fn no_file_is_named_for_its_kind() {
    const FORBIDDEN: &[&str] = &[
        "utils", "util", "helpers", "helper", "common", "manager", "models", "handlers", "dto", "misc",
        "service",
    ];
    for (path, _) in rust_files(ALL) {
        let named = path.iter().filter_map(|part| part.to_str()).map(|part| part.trim_end_matches(".rs"));
        let wrong: Vec<_> = named.filter(|part| FORBIDDEN.contains(part)).collect();
        assert!(wrong.is_empty(), "{} is named for its kind, not for what it is about", path.display());
    }
}

/// A crate of the product: where its manifest lies, its name, on what it depends.
struct Manifest {
    layer: &'static str,
    place: String,
    name: String,
    dependencies: Vec<String>,
}

/// The crates below the layers, however deep; what they depend on for their own tests alone is their own affair.
fn manifests() -> Vec<Manifest> {
    let found = files(&LAYERS, |path| path.ends_with("Cargo.toml"));
    let read = |(path, text): (std::path::PathBuf, String)| {
        let layer = LAYERS.into_iter().find(|layer| path.starts_with(layer)).expect("a layer");
        let (mut section, mut name, mut dependencies) = ("", String::new(), Vec::new());
        for line in text.lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
                section = header;
                dependencies.extend(header.split_once("dependencies.").map(|(_, name)| name.to_owned()));
            } else if let Some((key, value)) = line.split_once('=') {
                if section == "package" && key.trim() == "name" {
                    value.trim().trim_matches('"').clone_into(&mut name);
                } else if section.ends_with("dependencies") && section != "dev-dependencies" {
                    // A crate may be known by another name than its own.
                    let own = value.split_once("package = \"").and_then(|(_, name)| name.split('"').next());
                    dependencies.push(own.unwrap_or(key).trim().to_owned());
                }
            }
        }
        Manifest { layer, place: path.display().to_string(), name, dependencies }
    };
    found.into_iter().map(read).collect()
}

/// The layer and the wing of one of our crates by its name; the layer alone of one that shows all wings.
fn known_by(name: &str) -> Option<(usize, Option<usize>)> {
    let mut words = name.split('-');
    let layer = words.next().and_then(|first| LAYERS.iter().position(|layer| *layer == first))?;
    let wing = words.find_map(wing);
    Some((layer, wing.and_then(|wing| WINGS.iter().position(|known| *known == wing))))
}

fn the_crates_depend_one_way() {
    let strangers = |layer: &str| -> &[&str] {
        match layer {
            "domain" => &["diesel", "diesel_migrations", "actix-web", "tokio", "rand", "log", "ureq"],
            "persistence" => &["actix-web", "actix-http"],
            _ => &["diesel", "diesel_migrations", "r2d2"],
        }
    };
    let mut wrong = Vec::new();
    for Manifest { layer, place, name, dependencies } in manifests() {
        let (own_layer, own_wing) = known_by(&name).expect("a crate is called by its layer and its wing");
        assert_eq!(LAYERS[own_layer], layer, "{place} is called {name}");
        for other in dependencies {
            let stranger = strangers(layer).contains(&other.as_str());
            let above =
                known_by(&other).is_some_and(|(other_layer, other_wing)| match (own_wing, other_wing) {
                    _ if other_layer > own_layer => true,
                    (Some(own), Some(other)) => other > own,
                    // Who depended on what shows all wings would know those above.
                    (Some(_), None) => true,
                    (None, _) => false,
                });
            if stranger || above {
                wrong.push(format!("{place}: {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "crates that depend on what they must not know: {wrong:#?}");
}

fn a_crate_without_unit_tests_is_not_compiled_for_them() {
    // Compiling a wing twice is what costs most of a cold build; who adds the first unit test to one says so.
    let sources = rust_files(&LAYERS);
    for (path, text) in files(&LAYERS, |path| path.ends_with("Cargo.toml")) {
        let Some((_, library)) = text.split_once("[lib]") else { continue };
        let library = library.split("\n[").next().unwrap_or_default();
        let inside = path.parent().expect("a directory").join("src");
        let has_tests =
            sources.iter().any(|(file, text)| file.starts_with(&inside) && text.contains("#[test]"));
        let is_compiled = !library.lines().any(|line| line == "test = false");
        assert_eq!(is_compiled, has_tests, "{}: `test = false` of [lib]", path.display());
    }
}

fn the_edge_knows_nothing_of_connections() {
    for (path, text) in rust_files(&["api"]) {
        let wrong: Vec<_> =
            ["::inside::", ".connection()"].into_iter().filter(|word| text.contains(word)).collect();
        assert!(wrong.is_empty(), "{} reaches through the door: {wrong:?}", path.display());
    }
}

fn the_domain_is_pure() {
    const IMPURE: &[&str] = &[
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "std::fs",
        "std::net",
        "std::env",
        "async fn",
        "::now_v7",
        "::new_v4",
        "thread::",
    ];
    for (path, text) in rust_files(&["domain"]) {
        let wrong: Vec<_> = IMPURE.iter().filter(|word| product(&text).contains(*word)).collect();
        assert!(wrong.is_empty(), "{} is not pure: {wrong:?}", path.display());
    }
}

fn nothing_is_left_to_be_done() {
    let marks = ["TODO", "FIXME", "XXX"].map(|mark| format!("{mark}:"));
    for (path, text) in rust_files(ALL) {
        let left: Vec<_> = marks.iter().filter(|mark| text.contains(*mark)).collect();
        assert!(left.is_empty(), "{} leaves something to be done: {left:?}", path.display());
    }
}

fn no_table_has_more_than_thirty_two_columns() {
    // Diesel refuses a wider `table!` unless it is built for one, which costs every build three times as long: what only
    // some rows have goes into a table of its own.
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    for width in ["64-column-tables", "128-column-tables"] {
        assert!(!manifest.contains(width), "diesel is built for wider tables: {width}");
    }
}

/// Whoever reads a number must know what it is the number of, and two kinds of one prefix would share a series.
fn no_two_kinds_of_document_are_numbered_alike() {
    const BEFORE: [&str; 3] = ["PREFIX: &str = \"", "_prefix\": \"", "next_number(tx, \""];
    let wanted = |path: &Path| path.extension().is_some_and(|kind| kind == "rs" || kind == "json");
    let mut seen = BTreeMap::new();
    for (path, text) in files(&["domain", "persistence"], wanted) {
        for line in product(&text).lines() {
            let Some(rest) = BEFORE.iter().find_map(|before| line.split_once(before)) else { continue };
            let prefix = rest.1.split('"').next().unwrap_or_default().to_owned();
            let other = seen.insert(prefix.clone(), path.clone());
            assert_eq!(other, None, "{prefix} numbers what stands in {} too", path.display());
        }
    }
    assert!(seen.len() > 20, "only {seen:?}");
}

/// What the bank, the wages or another system call a thing is typed by people: one payment must not come twice because its
/// reference came in another width, or with a blank behind it.
fn every_reference_is_read_as_it_looks() {
    let is_reference = |line: &str| {
        let (name, kind) = line.trim().trim_start_matches("pub ").split_once(": ").unwrap_or_default();
        matches!(name, "reference" | "source" | "external_id" | "bank_reference")
            && matches!(kind, "String," | "Option<String>,")
    };
    for (path, text) in rust_files(&["api"]) {
        let (mut is_body, mut is_folded) = (false, false);
        for line in text.lines() {
            match line {
                _ if line.starts_with("#[derive(") => is_body = line.contains("Deserialize"),
                _ if is_body && is_reference(line) => {
                    assert!(is_folded, "{}: {} needs typed::read_reference", path.display(), line.trim());
                }
                _ => {}
            }
            is_folded |= line.contains("read_reference") || line.contains("read_optional_reference");
            is_folded &= !line.ends_with(',');
        }
    }
}
