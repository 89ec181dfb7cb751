//! The name a file is kept under. `[FIL-1]`

use super::FileType;
use unicode_normalization::UnicodeNormalization;

/// A name may have at most this many bytes: what file systems take.
const NAME_BYTES_MAX: usize = 255;

/// The name a file is kept under: without path, control and direction characters, in composed form, and
/// with an ending that says what it really is.
pub fn safe_name(sent: &str, file_type: FileType) -> String {
    let base = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = base.chars().filter(|c| !is_hidden(*c)).map(plain).nfc().collect();
    // Windows drops dots and blanks at the end, everybody hides names that begin with a dot.
    let cleaned = cleaned.trim_matches(|character: char| character == '.' || character.is_whitespace());
    let fitting = cleaned
        .rsplit_once('.')
        .filter(|(_, ending)| file_type.endings().iter().any(|own| own.eq_ignore_ascii_case(ending)));
    let (stem, ending) = fitting.unwrap_or((cleaned, file_type.endings()[0]));
    let stem = if stem.is_empty() { "file" } else { stem };
    let room = NAME_BYTES_MAX - ending.len() - 1;
    format!("{}.{ending}", cut(stem, room))
}

/// Characters nobody sees, some of which make a name look like another.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Characters that a file system somewhere does not take.
fn plain(character: char) -> char {
    if matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { character }
}

/// As much of a text as fits into so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
    &text[..ends.take_while(|end| *end <= bytes).last().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_to_save_under() {
        for (sent, kept) in [
            ("发票 2026.pdf", "发票 2026.pdf"),
            ("发票.PDF", "发票.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\王\\发票.pdf", "发票.pdf"),
            ("invoice.exe", "invoice.exe.pdf"),
            ("a\u{202e}fdp.exe", "afdp.exe.pdf"),
            ("a\0b\r\nc.pdf", "abc.pdf"),
            ("cafe\u{301}.pdf", "café.pdf"),
            ("a:b*c?.pdf", "a_b_c_.pdf"),
            (".pdf", "pdf.pdf"),
            ("...", "file.pdf"),
            ("", "file.pdf"),
            ("a.pdf. . ", "a.pdf"),
        ] {
            assert_eq!(safe_name(sent, FileType::Pdf), kept, "{sent:?}");
        }
        let long = safe_name(&format!("{}.pdf", "票".repeat(200)), FileType::Pdf);
        assert_eq!(long.len(), 253 / 3 * 3 + 1);
        assert!(long.len() <= NAME_BYTES_MAX && long.ends_with("票.pdf"));
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_the_name_is_safe_and_stays_so(sent in ".{0,400}") {
            let name = safe_name(&sent, FileType::Pdf);
            proptest::prop_assert!(name.len() <= NAME_BYTES_MAX && name.to_ascii_lowercase().ends_with(".pdf"));
            proptest::prop_assert!(!name.contains(['/', '\\', '\0', '\n', '\r', '"']));
            proptest::prop_assert_eq!(safe_name(&name, FileType::Pdf), name);
        }
    }
}
