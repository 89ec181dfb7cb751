//! What a password must be. `[ID-1]`

use super::{
    PASSWORD_REVEALS_NAME, PASSWORD_TOO_COMMON, PASSWORD_TOO_LONG, PASSWORD_TOO_SHORT, PASSWORD_TOO_UNIFORM,
};
use crate::spine::{Citation, Findings, Refusal, search_key, withhold};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt;
use utoipa::ToSchema;

/// A text that must not be seen: it prints as `***` and is not serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The stored form of a password (a PHC string); in the audit trail it stands as `***`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PasswordHash(#[serde(serialize_with = "withhold")] Secret);

impl PasswordHash {
    /// From a PHC string such as `$argon2id$…`.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(Secret::new(phc))
    }
    /// That of an account whose owner has not chosen one yet: no password fits it.
    pub fn unset() -> Self {
        Self::new(Self::UNSET)
    }
    /// What stands where no password was chosen yet.
    pub const UNSET: &'static str = "!";
    /// Whether a password was chosen.
    pub fn is_set(&self) -> bool {
        self.reveal() != Self::UNSET
    }
    /// The PHC string.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

/// What a password must be. Length counts, composition rules do not (NIST SP 800-63B).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// The fewest characters.
    pub min_characters: usize,
    /// The most bytes: what is hashed is bounded.
    pub max_bytes: usize,
    /// The fewest different characters.
    pub min_different: usize,
    /// Parts of no password, such as the company's name; compared without regard to case.
    pub forbidden: Vec<String>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        let forbidden =
            ["password", "qwerty", "12345678", "87654321", "abcdefgh", "iloveyou", "woaini", "letmein"];
        let forbidden = forbidden.map(str::to_owned).to_vec();
        Self { min_characters: 10, max_bytes: 256, min_different: 5, forbidden }
    }
}

impl PasswordPolicy {
    /// Everything unsound in the policy itself.
    pub(super) fn check(&self, findings: &mut Findings, pointer: &str) {
        let mut within = |name: &str, value: usize, min: usize, max: usize| {
            findings.within(format!("{pointer}/{name}"), value, min..=max);
        };
        within("min_characters", self.min_characters, 8, 64);
        within("max_bytes", self.max_bytes, 64, 1024);
        within("min_different", self.min_different, 1, self.min_characters);
    }

    /// Judges a password for its owner, whose names it must not contain. `pointer` is where it stood.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn judge(&self, password: &Secret, owners_names: &[&str], pointer: &str) -> Result<(), Refusal> {
        let password = password.reveal();
        let mut findings = Findings::new();
        if password.len() > self.max_bytes {
            findings.add_with(pointer, PASSWORD_TOO_LONG, [("max", json!(self.max_bytes))]);
            return findings.into_result();
        }
        if password.chars().count() < self.min_characters {
            findings.add_with(pointer, PASSWORD_TOO_SHORT, [("min", json!(self.min_characters))]);
        }
        if password.chars().collect::<BTreeSet<_>>().len() < self.min_different {
            findings.add_with(pointer, PASSWORD_TOO_UNIFORM, [("min", json!(self.min_different))]);
        }
        let lower = password.to_lowercase();
        let contains = |part: &&str| {
            let part = part.trim().to_lowercase();
            // A name of one character, or two Latin letters, would forbid half of all passwords.
            part.len() > 2 && lower.contains(&part)
        };
        if owners_names.iter().any(contains) || parts_of(owners_names).any(|part| lower.contains(&part)) {
            findings.add(pointer, PASSWORD_REVEALS_NAME);
        }
        if self.forbidden.iter().any(|part| contains(&part.as_str())) || is_common(&lower) {
            findings.add(pointer, PASSWORD_TOO_COMMON);
        }
        findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("ID-1")))
    }
}

/// Passwords that many people choose, of eight characters and more: those of Django 5.2 (BSD), which Royce Williams
/// gathered from what leaked, in the order of their bytes; and some that are common in China.
const COMMON: &str = include_str!("common_passwords.txt");

/// Whether many people have chosen this, as it is or with digits and signs about it.
fn is_common(lower: &str) -> bool {
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let core = Some(core).filter(|core| core.len() * 2 > lower.len());
    core.into_iter().chain([lower]).any(|word| COMMON.lines().any(|common| common == word))
}

/// The shortest part of a name that a password must not have: shorter ones stand in words by chance.
const PART_CHARACTERS_MIN: usize = 4;

/// The parts of names, and how Chinese ones are read: `zhang` and `wei` of `zhang.wei`, `zhangwei` of 张伟.
fn parts_of(names: &[&str]) -> impl Iterator<Item = String> {
    let key = search_key(names);
    let parts: BTreeSet<String> = key
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| part.len() >= PART_CHARACTERS_MIN)
        .map(str::to_owned)
        .collect();
    parts.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Vec<&'static str> {
        let result = PasswordPolicy::default().judge(&Secret::new(password), &["li.na", "李娜"], "/password");
        result.err().map_or_else(Vec::new, |refusal| refusal.findings.iter().map(|f| f.code.code).collect())
    }

    #[test]
    fn passwords_are_judged() {
        assert!(judge("correct horse battery").is_empty());
        assert!(judge("青山不改绿水长流后会有期").is_empty());
        assert_eq!(judge("shoo"), [PASSWORD_TOO_SHORT.code, PASSWORD_TOO_UNIFORM.code]);
        assert_eq!(judge("aaaaaaaaaaaa"), [PASSWORD_TOO_UNIFORM.code]);
        assert_eq!(judge("xx-LI.NA-2026-yy"), [PASSWORD_REVEALS_NAME.code]);
        assert_eq!(judge("我是李娜的密码一二三四"), [PASSWORD_REVEALS_NAME.code]);
        assert_eq!(judge("MyPassword2026!"), [PASSWORD_TOO_COMMON.code]);
        assert_eq!(judge("Sunshine-2026"), [PASSWORD_TOO_COMMON.code]);
        assert_eq!(judge("1qaz2wsx3edc"), [PASSWORD_TOO_COMMON.code]);
        assert_eq!(judge("woaini5201314"), [PASSWORD_TOO_COMMON.code]);
        assert_eq!(judge("lina-hat-Geburtstag"), [PASSWORD_REVEALS_NAME.code], "as 李娜 is read");
        assert!(COMMON.lines().is_sorted(), "it is kept in order, so that a change of it shows");
        assert_eq!(judge(&"long phrase ".repeat(100)), [PASSWORD_TOO_LONG.code]);
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(format!("{:?}", PasswordHash::new("$argon2id$")), "PasswordHash(***)");
    }
}
