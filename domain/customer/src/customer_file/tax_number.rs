//! The number under which a company is registered and taxed: the unified social credit code (GB 32100). `[CUS-1]`

use crate::spine::typed;

/// The characters of the code, by their values.
const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A number as it is kept and compared: one width, large letters, no blanks.
pub fn tax_number(text: &str) -> String {
    typed::normalised(text)
}

/// Whether a number is a unified social credit code: 18 characters whose last checks the others.
pub fn is_tax_number(number: &str) -> bool {
    let values: Option<Vec<usize>> = number.chars().map(|c| CHARACTERS.find(c)).collect();
    let Some((check, values)) = values.as_deref().and_then(<[usize]>::split_last) else { return false };
    // Weights are the powers of 3 modulo 31.
    let weights = std::iter::successors(Some(1_usize), |weight| Some(weight * 3 % 31));
    let sum: usize = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    values.len() == 17 && (31 - sum % 31) % 31 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_character_checks_the_others() {
        assert!(is_tax_number("91330106MA2XYQNL8A") == is_tax_number(&tax_number("９1330106ma2xyqnl8a")));
        assert!(is_tax_number("91350100M000100Y43"));
        assert!(!is_tax_number("91350100M000100Y44") && !is_tax_number("91350100M000100Y4"));
        assert!(!is_tax_number("") && !is_tax_number("I1350100M000100Y43"));
    }
}
