//! The 18-character unified social credit code (统一社会信用代码) of GB 32100-2015. `[EXP-6]`

/// The 31 characters of a code, in the order of their values: digits and letters without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

fn value(character: u8) -> Option<usize> {
    ALPHABET.iter().position(|c| *c == character)
}

/// The check character for the first 17 characters; nothing if one of them cannot stand in a code.
pub fn check_character(first_17: &str) -> Option<char> {
    let bytes = first_17.as_bytes();
    if bytes.len() != WEIGHTS.len() {
        return None;
    }
    let sum = bytes.iter().zip(WEIGHTS).try_fold(0, |sum, (c, weight)| Some(sum + value(*c)? * weight))?;
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// Whether a text is a well-formed code with the right check character.
pub fn is_valid(code: &str) -> bool {
    let well_formed = code.len() == 18 && code.is_ascii() && code[2..8].bytes().all(|b| b.is_ascii_digit());
    well_formed && check_character(&code[..17]).is_some_and(|c| code.ends_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_public_use_are_valid() {
        // The first is the example of the standard; the others are companies' published codes.
        for code in ["91350100M000100Y43", "91330100799655058B", "9144030071526726XG", "914403001922038216"] {
            assert!(is_valid(code), "{code}");
        }
    }

    #[test]
    fn one_wrong_character_anywhere_is_noticed() {
        let code = "91350100M000100Y43";
        for position in 0..18 {
            for replacement in ALPHABET.iter().copied().filter(|c| *c != code.as_bytes()[position]) {
                let mut wrong = code.as_bytes().to_vec();
                wrong[position] = replacement;
                let wrong = String::from_utf8(wrong).expect("ASCII");
                assert!(!is_valid(&wrong), "{wrong}");
            }
        }
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        for text in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100m000100y43",
            "9135010OM000100Y43",
            "９１350100M000100Y43",
            "91350100I000100Y43",
            "9135X100M000100Y43",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }

    #[test]
    fn every_character_of_the_table_has_its_value() {
        let letters = "ABCDEFGHJKLMNPQRTUWXY";
        for (offset, letter) in letters.bytes().enumerate() {
            assert_eq!(value(letter), Some(10 + offset));
        }
        for digit in 0..10_u8 {
            assert_eq!(value(b'0' + digit), Some(usize::from(digit)));
        }
        for absent in b"IOSVZa-" {
            assert_eq!(value(*absent), None);
        }
        for (place, weight) in WEIGHTS.iter().enumerate() {
            assert_eq!(*weight, 3_usize.pow(u32::try_from(place).expect("small")) % 31);
        }
    }
}
