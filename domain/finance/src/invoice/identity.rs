//! What an invoice *is*, however it was typed and whatever kind it was called: the digits that an office printed on it,
//! or, where no office did, the seller and the number that the seller wrote. `[EXP-6]`

use super::{
    Invoice,
    kind::{CODE, DIGITAL, NUMBER},
};
use crate::spine::typed::{folded, normalised};

/// From so many digits on a number is unique by itself, whoever wrote it.
const UNIQUE_BY_ITSELF: usize = 13;
/// From so many digits on a part of a number is the number, and what stands beside it is not.
const TELLING: usize = 6;

/// Words that stand before a number and say only that it is one.
const BEFORE_NUMBERS: [&str; 6] = ["NUMBER", "NUM", "INV", "NO", "NR", "N"];
/// What says of a seller only in which legal form it is.
const LEGAL_FORMS: [&str; 17] = [
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "COMPANYLIMITED",
    "COLTD",
    "LIMITED",
    "LTD",
    "LLC",
    "INC",
    "CORP",
    "GMBH",
    "CO",
];

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The runs of digits in a folded text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

/// Every way to read digits out of a text: as they stand, over blanks and hyphens, over whatever stands between.
fn readings(text: &str) -> Vec<String> {
    let folded = folded(text);
    let close = normalised(text);
    let whole = digits_of(&folded);
    runs(&folded).chain(runs(&close)).map(str::to_owned).chain([whole]).collect()
}

fn is_long(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len())
}

/// The same digits whichever part of them was called the code and whichever the number, in whichever order: the least
/// of what cutting and turning them gives.
fn turned(digits: &str) -> String {
    let step = match digits.len() {
        20 => 4,
        18 => 2,
        _ => return digits.to_owned(),
    };
    let turns = (0..digits.len()).step_by(step).map(|at| format!("{}{}", &digits[at..], &digits[..at]));
    turns.min().unwrap_or_default()
}

/// The digits by which an office knows a paper: a run of 20 in any field, or code and number.
fn official(code: Option<&str>, number: &str) -> Option<String> {
    let code = code.unwrap_or_default();
    let whole = [number, code].into_iter().flat_map(readings).find(|run| is_long(run, DIGITAL));
    let (code, number) = (digits_of(&folded(code)), digits_of(&folded(number)));
    let is_pair =
        is_long(&code, CODE) && is_long(&number, NUMBER) || is_long(&code, &[8]) && number.len() >= 8;
    whole.or_else(|| is_pair.then(|| format!("{code}{number}")))
}

/// The key of a paper that has one whoever sold: `None` where the seller belongs to it.
pub fn number_key(code: Option<&str>, number: &str) -> Option<String> {
    let long =
        || readings(number).into_iter().filter(|run| run.len() >= UNIQUE_BY_ITSELF).max_by_key(String::len);
    official(code, number).or_else(long).map(|digits| format!("paper:{}", turned(&digits)))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A number without what stands around it: words, brackets, the count of a copy behind a stroke.
fn essence(number: &str) -> String {
    let close = normalised(number);
    let parts: Vec<&str> = close.split(|c: char| !c.is_alphanumeric() || is_han(c)).collect();
    let bare: Vec<&str> =
        parts.iter().map(|part| without_word(part)).filter(|part| !part.is_empty()).collect();
    let telling = bare.iter().filter(|part| digits_of(part).len() >= TELLING).max_by_key(|part| part.len());
    match telling {
        Some(part) => (*part).to_owned(),
        None if bare.is_empty() => close,
        None => bare.concat(),
    }
}

/// A part of a number without a word before its digits.
fn without_word(part: &str) -> &str {
    let rest = BEFORE_NUMBERS.iter().find_map(|word| part.strip_prefix(word));
    rest.filter(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(part)
}

/// A seller without legal form and punctuation.
fn seller_core(name: &str) -> String {
    let mut core: String = normalised(name).chars().filter(|c| c.is_alphanumeric()).collect();
    while let Some(rest) = LEGAL_FORMS.iter().find_map(|form| core.strip_suffix(form)) {
        if rest.is_empty() {
            break;
        }
        core = rest.to_owned();
    }
    core
}

/// Whether two sellers are one: by tax number where both have one, else by name without legal form.
pub fn is_same_seller(one: (&str, Option<&str>), other: (&str, Option<&str>)) -> bool {
    match (one.1, other.1) {
        (Some(one), Some(other)) => normalised(one) == normalised(other),
        _ => seller_core(one.0) == seller_core(other.0),
    }
}

impl Invoice {
    /// What makes two entries the same invoice, however they were typed or classified.
    pub fn unique_key(&self) -> String {
        number_key(self.code.as_deref(), &self.number).unwrap_or_else(|| {
            format!("receipt:{}:{}", seller_core(&self.seller.name), essence(&self.number))
        })
    }

    /// Whether code and number are those of an official invoice, as 20 digits or with a code; eight digits alone are one
    /// whose code was left out: it could be handed in again with it.
    pub(super) fn looks_official(&self) -> bool {
        let code = self.code.as_deref().map(normalised);
        let is_alone =
            is_long(&essence(&self.number), NUMBER) && digits_of(&essence(&self.number)).len() == 8;
        let is_coded = code.as_deref().is_none_or(|code| is_long(&digits_of(code), CODE));
        official(self.code.as_deref(), &self.number).is_some_and(|digits| is_long(&digits, DIGITAL))
            || (is_alone && is_coded)
    }
}
