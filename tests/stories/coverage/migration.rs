//! The migrations: one text for both engines, from which the text of each is written.

use super::{is_current, root};
use std::{collections::BTreeSet, path::Path};
use tests::checks;

checks! {
    the_migrations_of_both_engines_are_written_from_one_text,
}

/// An engine, and what stands on it for the words of ours: the types whose native form differs.
const ENGINES: [(&str, [(&str, &str); 3]); 2] = [
    ("sqlite", [("ID", "BLOB"), ("INSTANT", "BIGINT"), ("BYTES", "BLOB")]),
    ("postgres", [("ID", "UUID"), ("INSTANT", "TIMESTAMPTZ"), ("BYTES", "BYTEA")]),
];

/// What a migration says on one engine. A line that ends with `-- sqlite only` or `-- postgres only` stands on that
/// engine alone.
fn written(name: &str, text: &str, engine: &str, words: &[(&str, &str)]) -> String {
    let head = "by `UPDATE=1 cargo test`: what is to be changed, change there.";
    let head = format!("-- Written from migrations/{name}.sql {head}");
    let mark = |engine: &str| format!(" -- {engine} only");
    let is_of_another =
        |line: &str| ENGINES.iter().any(|(other, _)| *other != engine && line.ends_with(&mark(other)));
    let mine = mark(engine);
    let lines = text.lines().filter(|line| !is_of_another(line)).map(|line| {
        if line.trim_start().starts_with("--") {
            line.to_owned()
        } else {
            translated(line.strip_suffix(&mine).unwrap_or(line), words)
        }
    });
    std::iter::once(head).chain(lines).map(|line| line + "\n").collect()
}

/// A line with our words in those of an engine.
fn translated(line: &str, words: &[(&str, &str)]) -> String {
    let is_between = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let piece = |piece: &str| {
        let word = piece.trim_end_matches(is_between);
        let theirs = words.iter().find(|(ours, _)| *ours == word).map_or(word, |(_, theirs)| *theirs);
        format!("{theirs}{}", &piece[word.len()..])
    };
    line.split_inclusive(is_between).map(piece).collect()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn the_migrations_of_both_engines_are_written_from_one_text() {
    let folder = root().join("migrations");
    let texts: BTreeSet<String> =
        names(&folder).iter().filter_map(|name| name.strip_suffix(".sql")).map(str::to_owned).collect();
    let numbers: BTreeSet<_> = texts.iter().map(|name| name.split('_').next()).collect();
    assert!(
        !texts.is_empty() && numbers.len() == texts.len(),
        "two migrations have the same number: {texts:?}"
    );
    for (engine, words) in ENGINES {
        for name in &texts {
            let text = std::fs::read_to_string(folder.join(format!("{name}.sql"))).expect("a migration");
            is_current(&format!("migrations/{engine}/{name}/up.sql"), &written(name, &text, engine, &words));
            // Migrations only go forward: what undoes one would be run by nobody and tried by nothing.
            let files = names(&folder.join(engine).join(name));
            assert_eq!(files, ["up.sql".to_owned()].into(), "{engine}/{name}");
        }
        assert_eq!(names(&folder.join(engine)), texts, "{engine} has what was written from no text");
    }
}
