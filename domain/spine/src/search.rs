//! By what people find a name: its characters, how it is read, and the initials of the reading (李娜: `李娜`,
//! `lina`, `ln`). Made where the name is written, so that the database does the searching. `[INT-4]`

use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;

/// At most so many readings of one name are kept: names have few characters that are read in several ways.
const READINGS_MAX: usize = 16;

/// Names longer than this are found by one reading alone.
const READ_IN_FULL: usize = 60;

/// What a search looks through to find a document: by its names in all their spellings, and by texts as they are written.
pub fn search_text(names: &[&str], texts: &[&str]) -> String {
    let mut lines = vec![search_key(names)];
    lines.extend(texts.iter().map(|text| text.trim().to_lowercase()));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// What a search looks through to find something by one of these names: small letters, a line for each spelling.
/// A character with several readings is found by each of them.
pub fn search_key(names: &[&str]) -> String {
    let mut spellings = BTreeSet::new();
    for name in names {
        let readings = readings(name);
        let most = if name.chars().count() > READ_IN_FULL { 1 } else { READINGS_MAX };
        spellings.insert(name.trim().to_lowercase());
        spellings.extend(joined(&readings, most, "", |reading| reading));
        spellings.extend(joined(&readings, most, " ", |reading| reading));
        spellings.extend(joined(&readings, most, "", |reading| reading.get(..1).unwrap_or_default()));
    }
    spellings.remove("");
    spellings.into_iter().collect::<Vec<_>>().join("\n")
}

/// How each character of a name is read; nothing where the name has none that is written in Chinese.
fn readings(name: &str) -> Vec<BTreeSet<String>> {
    let of = |character: char| match character.to_pinyin_multi() {
        Some(readings) => readings.into_iter().flat_map(|reading| typed(reading.plain())).collect(),
        None if character.is_alphanumeric() => character.to_lowercase().map(String::from).collect(),
        None => BTreeSet::new(),
    };
    if !name.chars().any(|character| character.to_pinyin_multi().is_some()) {
        return Vec::new();
    }
    name.chars().map(of).filter(|readings: &BTreeSet<String>| !readings.is_empty()).collect()
}

/// How a syllable is typed: ü is a `v` on the keyboard and a `u` in passports.
fn typed(syllable: &str) -> Vec<String> {
    if syllable.contains('ü') {
        return vec![syllable.replace('ü', "v"), syllable.replace('ü', "u")];
    }
    vec![syllable.to_owned()]
}

/// The ways to read a name, at most so many; from then on the first reading of each character.
fn joined(
    readings: &[BTreeSet<String>],
    most: usize,
    between: &str,
    part: impl Fn(&str) -> &str,
) -> BTreeSet<String> {
    let mut whole = BTreeSet::from([String::new()]);
    for readings in readings {
        let parts: BTreeSet<&str> = readings.iter().map(|reading| part(reading)).collect();
        let kept = if whole.len() * parts.len() > most { 1 } else { parts.len() };
        let extended = whole.iter().flat_map(|begun| {
            let between = if begun.is_empty() { "" } else { between };
            parts.iter().take(kept).map(move |part| format!("{begun}{between}{part}"))
        });
        whole = extended.collect();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(name: &str, typed: &str) -> bool {
        search_key(&[name]).contains(typed)
    }

    #[test]
    fn a_name_is_found_as_it_is_written_read_and_by_initials() {
        for typed in ["李娜", "娜", "lina", "li na", "ln", "li"] {
            assert!(finds("李娜", typed), "{typed}");
        }
        assert!(!finds("李娜", "wang") && !finds("李娜", "nl"));
    }

    #[test]
    fn every_reading_of_a_character_finds_it() {
        assert!(finds("曾国强", "zengguoqiang") && finds("曾国强", "cengguoqiang"));
        assert!(finds("吕布", "lvbu") && finds("吕布", "lubu") && finds("吕布", "lb"));
    }

    #[test]
    fn what_is_not_chinese_is_found_as_it_is() {
        assert_eq!(search_key(&["Anna Li"]), "anna li");
        assert!(finds("IT部", "itbu") && finds("IT部", "itb") && finds("IT部", "it部"));
        assert_eq!(search_key(&["", " "]), "");
    }

    #[test]
    fn a_document_is_found_by_its_names_as_they_are_read_and_by_its_texts_as_they_are_written() {
        let text = search_text(&["春季展会", ""], &["BG-2026-000001", " 加装展位 ", ""]);
        for typed in ["春季", "chunji", "cjzh", "bg-2026", "加装展位"] {
            assert!(text.contains(typed), "{typed}");
        }
        assert!(!text.contains("jiazhuang") && !text.contains("\n\n"), "{text}");
    }

    #[test]
    fn a_long_name_is_found_by_one_reading() {
        assert_eq!(search_key(&[&"乐".repeat(61)]).lines().count(), 4);
    }

    #[test]
    fn however_many_readings_the_key_stays_small() {
        let key = search_key(&[&"乐".repeat(60)]);
        assert!(key.lines().count() <= 3 * READINGS_MAX + 1, "{}", key.lines().count());
    }
}
