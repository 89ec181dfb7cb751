//! How the source is kept: small files and functions, plain names, one-way crates, one word in three places.

use super::{root, rust_files};
use tests::checks;

checks! {
    no_file_is_longer_than_four_hundred_lines,
    no_function_is_longer_than_sixty_lines,
    no_file_is_named_for_its_kind,
    the_crates_depend_one_way,
    the_domain_is_pure,
    a_context_has_the_same_word_in_every_crate,
    nothing_is_left_to_be_done,
    no_table_has_more_than_thirty_two_columns,
}

const ALL: &[&str] = &[
    "domain/src",
    "persistence/src",
    "api/src",
    "tests/src",
    "tests/stories",
    "bench/src",
    "simulation/src",
    "examples/erp-sync/src",
];

fn no_file_is_longer_than_four_hundred_lines() {
    for (path, text) in rust_files(ALL) {
        let path = path.display().to_string();
        let lines = text.lines().count();
        // Unit tests beside the rules do not count against the rules.
        let product = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
        assert!(product <= 400, "{path} has {lines} lines: split it by operation");
    }
}

fn no_function_is_longer_than_sixty_lines() {
    /// Functions that are longer. This list may only shrink.
    const LONGER: &[(&str, &str)] = &[
        ("persistence/src/organisation/absence.rs", "fn rows("),
        ("persistence/src/organisation/employee_view.rs", "fn rows("),
    ];
    let mut longer = Vec::new();
    for (path, text) in rust_files(ALL) {
        let mut begun: Option<(usize, usize, &str)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if let Some((start, depth, head)) = begun {
                if indent == depth && line.trim_start().starts_with('}') {
                    let length = number - start + 1;
                    if length > 60 {
                        longer.push(format!("{}:{} has {length} lines: {head}", path.display(), start + 1));
                    }
                    begun = None;
                }
            } else if is_function(line)
                && !LONGER.iter().any(|(file, name)| path.ends_with(file) && line.contains(name))
                && !line.trim_end().ends_with(['}', ';'])
            {
                begun = Some((number, indent, line.trim()));
            }
        }
    }
    assert!(longer.is_empty(), "{}", longer.join("\n"));
}

fn is_function(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let modifier =
        |word: &&str| matches!(*word, "pub" | "async" | "const" | "unsafe") || word.starts_with("pub(");
    words.find(|word| !modifier(word)) == Some("fn")
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

fn dependencies(crate_name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(crate_name).join("Cargo.toml")).expect("a manifest");
    let manifest = text.split("[dependencies]").nth(1).expect("dependencies");
    let own = manifest.split("\n[").next().unwrap_or_default();
    own.lines().filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
}

fn the_crates_depend_one_way() {
    let forbidden: &[(&str, &[&str])] = &[
        ("domain", &["diesel", "actix-web", "tokio", "persistence", "api", "rand", "log", "ureq"]),
        ("persistence", &["actix-web", "actix-http", "api"]),
        ("api", &["diesel", "diesel_migrations", "r2d2"]),
    ];
    for (crate_name, names) in forbidden {
        let wrong: Vec<_> =
            dependencies(crate_name).into_iter().filter(|name| names.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{crate_name} must not depend on {wrong:?}");
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
    for (path, text) in rust_files(&["domain/src"]) {
        let rules = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let wrong: Vec<_> = IMPURE.iter().filter(|word| rules.contains(*word)).collect();
        assert!(wrong.is_empty(), "{} is not pure: {wrong:?}", path.display());
    }
}

/// The contexts of a crate: its files beside and below the areas, without spine and plumbing.
fn contexts(folder: &str) -> Vec<String> {
    let files = rust_files(&[folder]);
    let mut words: Vec<String> = files
        .iter()
        .filter_map(|(path, _)| path.strip_prefix(folder).ok())
        .filter_map(|path| path.iter().next()?.to_str())
        .map(|part| part.trim_end_matches(".rs").to_owned())
        .collect();
    words.dedup();
    words
}

fn a_context_has_the_same_word_in_every_crate() {
    /// What is not a context: the spine and each crate's own plumbing.
    const PLUMBING: &[&str] = &["lib", "main", "spine", "schema", "command", "server", "background"];
    /// Contexts without rules of their own, because the spine has them. This list may only shrink.
    const WITHOUT_RULES: &[&str] = &["meta", "policy", "audit", "event"];
    let domain = contexts("domain/src");
    for crate_name in ["persistence", "api"] {
        for word in contexts(&format!("{crate_name}/src")) {
            let known = PLUMBING.contains(&word.as_str()) || WITHOUT_RULES.contains(&word.as_str());
            assert!(
                known || domain.contains(&word),
                "`{word}` of {crate_name} is no word of domain: {domain:?}"
            );
        }
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
