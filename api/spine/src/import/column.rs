//! The columns of a file, and how they are found by their headings.

use super::table::Heading;
use domain::spine::{Findings, Language, Refusal, import as rules};
use serde_json::json;

/// One column of an import.
pub struct ImportColumn {
    /// The field, in `snake_case`; also accepted as heading.
    pub name: &'static str,
    /// The Chinese heading.
    pub zh: &'static str,
    /// The English heading.
    pub en: &'static str,
    /// Whether each row must have something there.
    pub required: bool,
    /// What stands there, Chinese and English: for the template.
    pub about: (&'static str, &'static str),
}

impl ImportColumn {
    /// A column that may be missing or empty.
    pub const fn optional(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        about: (&'static str, &'static str),
    ) -> Self {
        Self { name, zh, en, required: false, about }
    }
    /// A column in which every row has something.
    pub const fn required(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        about: (&'static str, &'static str),
    ) -> Self {
        Self { required: true, ..Self::optional(name, zh, en, about) }
    }
    /// The heading in a language.
    pub const fn heading(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
    fn is_meant_by(&self, heading: &str) -> bool {
        [self.name, self.zh, self.en].into_iter().any(|known| plain(known) == heading)
    }
}

/// One of a few values a cell may have, by its code or either of its names.
#[derive(Clone, Copy)]
pub struct Choice<T> {
    /// What it means.
    pub value: T,
    /// The stable code.
    pub code: &'static str,
    /// The Chinese name.
    pub zh: &'static str,
    /// The English name.
    pub en: &'static str,
}

impl<T: Copy> Choice<T> {
    /// A value with its code and names.
    pub const fn new(value: T, code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { value, code, zh, en }
    }
    /// A value of an enum with its code and labels.
    pub const fn labelled(value: T, code: &'static str, (zh, en): (&'static str, &'static str)) -> Self {
        Self::new(value, code, zh, en)
    }
    pub(super) fn is_meant_by(&self, text: &str) -> bool {
        let text = plain(text);
        [self.code, self.zh, self.en].into_iter().any(|known| plain(known) == text)
    }
}

/// The heading of the column that tells what was wrong with rows handed back: it is not read again.
pub(super) const PROBLEMS: &str = "问题 Problems";

/// Headings and choices as they are compared: small letters, no blanks, no mark of what is required.
fn plain(text: &str) -> String {
    let narrow = text.chars().map(|c| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    });
    narrow
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '-' | '\u{FEFF}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Where each column stands in the file. Headings nobody knows are refused: a misspelt column that is
/// silently left out would import something else than was meant.
pub(super) fn place(columns: &[ImportColumn], headings: &[String]) -> Result<Vec<Heading>, Refusal> {
    let mut findings = Findings::new();
    let mut places: Vec<Heading> = Vec::with_capacity(columns.len());
    let known: Vec<String> = headings.iter().map(|heading| plain(heading)).collect();
    for column in columns {
        let mut at = known.iter().enumerate().filter(|(_, heading)| column.is_meant_by(heading));
        let first = at.next().map(|(index, _)| index);
        if at.next().is_some() {
            findings.add_with("/file", rules::IMPORT_COLUMN_TWICE, [("column", json!(column.zh))]);
        }
        if first.is_none() && column.required {
            findings.add_with("/file", rules::IMPORT_COLUMN_MISSING, [("column", json!(column.zh))]);
        }
        places.push(Heading { at: first });
    }
    for (heading, plain_heading) in headings.iter().zip(&known) {
        let is_known = columns.iter().any(|column| column.is_meant_by(plain_heading));
        if !is_known && !plain_heading.is_empty() && *plain_heading != plain(PROBLEMS) {
            findings.add_with("/file", rules::IMPORT_COLUMN_UNKNOWN, [("column", json!(heading))]);
        }
    }
    findings.into_result().map(|()| places)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[ImportColumn] = &[
        ImportColumn::required("code", "类别代码", "Code", ("", "")),
        ImportColumn::optional("direct_limit", "直接报销限额", "Direct limit", ("", "")),
    ];

    fn placed(headings: &[&str]) -> Result<Vec<Option<usize>>, Vec<&'static str>> {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        match place(COLUMNS, &headings) {
            Ok(places) => Ok(places.into_iter().map(|place| place.at).collect()),
            Err(refusal) => Err(refusal.findings.iter().map(|finding| finding.code.code).collect()),
        }
    }

    #[test]
    fn a_column_is_found_by_field_and_both_headings_in_any_order() {
        assert_eq!(placed(&["code", "direct_limit"]), Ok(vec![Some(0), Some(1)]));
        assert_eq!(placed(&["直接报销限额", "* 类别代码 "]), Ok(vec![Some(1), Some(0)]));
        assert_eq!(placed(&["", "ＣＯＤＥ", "Direct Limit", PROBLEMS]), Ok(vec![Some(1), Some(2)]));
        assert_eq!(placed(&["code"]), Ok(vec![Some(0), None]));
    }

    #[test]
    fn headings_that_are_missing_unknown_or_twice_are_refused_together() {
        assert_eq!(placed(&["限额"]), Err(vec!["import.column_missing", "import.column_unknown"]));
        assert_eq!(placed(&["code", "类别代码"]), Err(vec!["import.column_twice"]));
    }
}
