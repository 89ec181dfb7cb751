//! What holds of every route, table, code and file: derived from the registry, the catalogue and the source,
//! so that nobody has to remember it. Exceptions are lists that equal what is found: one too few fails, and one
//! too many.

pub mod access;
pub mod action;
pub mod bounds;
pub mod document;
pub mod example;
pub mod input;
pub mod list;
pub mod migration;
mod place;
pub mod policy;
pub mod room;
pub mod schema;
pub mod scope;
pub mod source;
pub mod words;

use std::{
    collections::BTreeSet,
    fmt::Display,
    path::{Path, PathBuf},
};

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace")
}

/// Compares a generated file with the committed one; `UPDATE=1` writes it.
fn is_current(file: &str, text: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(&path, text).expect("a file");
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let line = text.lines().zip(committed.lines()).position(|(new, old)| new != old);
    assert!(
        committed == text,
        "{file} is not current (first difference in line {:?}): run `UPDATE=1 cargo test --workspace`",
        line.map(|line| line + 1)
    );
}

/// Compares what breaks a law with the exceptions that are made for it; `what` says in a few words what was found.
#[track_caller]
fn excepted<'a, T: Display>(
    what: &str,
    found: impl IntoIterator<Item = T>,
    exceptions: impl IntoIterator<Item = &'a str>,
) {
    let found: BTreeSet<String> = found.into_iter().map(|one| one.to_string()).collect();
    let exceptions: BTreeSet<String> = exceptions.into_iter().map(str::to_owned).collect();
    let (new, idle) = (found.difference(&exceptions), exceptions.difference(&found));
    let (new, idle): (Vec<_>, Vec<_>) = (new.collect(), idle.collect());
    assert!(new.is_empty(), "{what}: {new:#?}");
    assert!(idle.is_empty(), "{what} no longer, so no exception is needed: {idle:#?}");
}

/// The names of a list with reasons.
fn names(list: &'static [(&str, &str)]) -> impl Iterator<Item = &'static str> {
    list.iter().map(|(name, _)| *name)
}

/// Every Rust file below some folders of the workspace, with its text; not what was built there.
fn rust_files(folders: &[&str]) -> Vec<(PathBuf, String)> {
    files(folders, |path| path.extension().is_some_and(|extension| extension == "rs"))
}

/// Every file of a kind below some folders of the workspace, with its text.
fn files(folders: &[&str], wanted: fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, wanted: fn(&Path) -> bool, into: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    collect(&path, wanted, into);
                }
            } else if wanted(&path) {
                let text = std::fs::read_to_string(&path).expect("a source file");
                into.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in folders {
        let before = found.len();
        collect(&root().join(folder), wanted, &mut found);
        assert!(found.len() > before, "no source below {folder}");
    }
    found.sort();
    found
}

/// What a file is about, without the unit tests at its end.
fn product(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}
