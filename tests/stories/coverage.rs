//! What holds of every route, table, code and file: derived from the registry, the catalogue and the source,
//! so that nobody has to remember it. Exceptions are lists that may only shrink.

pub mod access;
pub mod document;
pub mod input;
pub mod list;
pub mod migration;
pub mod schema;
pub mod scope;
pub mod source;
pub mod words;

use std::path::{Path, PathBuf};

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

/// Every Rust file below some folders of the workspace, with its text.
fn rust_files(folders: &[&str]) -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                into.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    let mut files = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut files);
    }
    files.sort();
    assert!(!files.is_empty(), "no source below {folders:?}");
    files
}
