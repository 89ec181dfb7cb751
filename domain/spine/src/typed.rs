//! How typed text is compared. Numbers of vouchers, payments and invoices are typed by people and by programs; what looks
//! the same must be the same: widths, digits of other scripts, and what leaves no mark are folded.

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;

/// Where the ten digits of a script begin.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0,
];

/// A digit of any script as the digit it is; anything else as it stands.
fn digit(c: char) -> char {
    let value = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

/// Characters that leave no mark: controls, joiners, direction marks, variation selectors, tags, fillers.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// A text in one width and with one kind of digits, without what nobody can see.
pub fn folded(text: &str) -> String {
    // A blank stays one, whichever it is; other controls leave no mark.
    let seen = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c));
    seen.nfkc().map(digit).filter(|c| !is_invisible(*c)).collect()
}

/// The number of a voucher, a payment, or a thing in another system, as it is kept and compared: folded, with
/// single blanks inside and none around. Letters stay as they are: systems tell them apart.
/// One with a control character stays as it is, to be refused.
pub fn reference(text: &str) -> String {
    if text.chars().any(char::is_control) {
        return text.to_owned();
    }
    folded(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a [`reference`] out of a body: whichever entrance it comes by, it is kept and compared in one form.
///
/// # Errors
/// Where it is no text.
pub fn read_reference<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| reference(&text))
}

/// The same where there may be none.
///
/// # Errors
/// Where it is something else than a text.
pub fn read_optional_reference<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(|text| reference(&text)))
}

/// Folded, letters large, no blanks and no hyphens.
pub fn normalised(text: &str) -> String {
    let is_hyphen = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}');
    folded(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !is_hyphen(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(reference(" 记－０２３１\u{200B} "), "记-0231");
        assert_eq!(reference("PAY\u{3000}\u{A0} 7"), "PAY 7");
        assert_eq!(reference("٢٦۳۴"), "2634");
        assert_ne!(reference("pay-7"), reference("PAY-7"));
        assert_eq!(normalised("Ｅ-77\u{2014}x"), "E77X");
    }
}
