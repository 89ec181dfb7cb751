//! What may stand in a text that people read.

/// Whether a character may stand in no text: what controls a device, and what turns the direction of what follows, so
/// that a text reads otherwise than it is. Line ends and tabs may.
pub fn is_forbidden(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}' => true,
        _ => character.is_control(),
    }
}

/// Whether a character is there without being seen: joiners, which emoji and some scripts need, among them.
pub fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a text deceives whoever reads it: it holds what may stand in none, or it is not empty and looks it.
pub fn is_deceptive(text: &str) -> bool {
    let unseen = |character: char| is_unseen(character) || character.is_whitespace();
    text.chars().any(is_forbidden) || text.chars().any(is_unseen) && text.chars().all(unseen)
}

#[cfg(test)]
mod tests {
    use super::is_deceptive;

    #[test]
    fn what_looks_odd_may_stand_and_what_deceives_may_not() {
        for text in ["", " ", "第一行\n第二行", "家族👨‍👩‍👧‍👦 עברית 𠮷野家 é e\u{301}", "می\u{200c}خواهم"]
        {
            assert!(!is_deceptive(text), "{text:?}");
        }
        for text in
            ["\u{200b}", " \u{feff}\u{3164}", "a\0", "发票\u{202e}fdp.exe", "\u{2067}a\u{2069}", "\u{85}"]
        {
            assert!(is_deceptive(text), "{text:?}");
        }
    }
}
