//! Phone numbers in one form: mainland mobiles and landlines as people type them, all others in E.164. `[CUS-2]`

use super::BAD_PHONE;
use crate::spine::{Refusal, typed};
use phonenumber::{Mode, PhoneNumber, Type, country};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of line a number is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// A mobile.
    Mobile,
    /// A line that is fixed to a place.
    Landline,
    /// A service number, or one of another country whose kind is not told.
    Other,
}

crate::labels! { PhoneKind = "PhoneKind":
    Mobile = "mobile", "手机", "Mobile";
    Landline = "landline", "固定电话", "Landline";
    Other = "other", "其他", "Other";
}

/// A phone number as it is kept and compared: E.164, with the extension behind `;ext=` where there is one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people type it: any widths, blanks and hyphens; without `+` it is one of the mainland.
    ///
    /// # Errors
    /// `customer_file.bad_phone`: no number that could be called, such as a landline without its area code.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let folded = typed::folded(text).replace(['转', '#'], "ext");
        let folded = folded.trim();
        let refused = || Refusal::new(BAD_PHONE).with("text", text.chars().take(40).collect::<String>());
        if folded.chars().count() > 40 {
            return Err(refused());
        }
        let number = phonenumber::parse(Some(country::CN), folded).map_err(|_| refused())?;
        if !number.is_valid() {
            return Err(refused());
        }
        let extension = number.extension().map(|extension| format!(";ext={extension}"));
        Ok(Self(format!("{}{}", number.format().mode(Mode::E164), extension.unwrap_or_default())))
    }

    /// A number that was kept.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    /// As it is kept: `+8613812345678`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its digits without the extension, turned round: what a suffix is sought by.
    pub fn tail(&self) -> String {
        let number = self.0.split(';').next().unwrap_or_default();
        number.chars().rev().filter(char::is_ascii_digit).collect()
    }

    fn parsed(&self) -> Option<PhoneNumber> {
        phonenumber::parse(None, self.0.split(';').next().unwrap_or_default()).ok()
    }

    /// What kind of line it is.
    pub fn kind(&self) -> PhoneKind {
        let parsed = self.parsed();
        let kind = parsed.as_ref().map(|number| number.number_type(&phonenumber::metadata::DATABASE));
        match kind {
            Some(Type::Mobile) => PhoneKind::Mobile,
            Some(Type::FixedLine) => PhoneKind::Landline,
            _ => PhoneKind::Other,
        }
    }

    /// As people read it: mainland mobiles bare, mainland landlines with area code and hyphen, others in E.164.
    pub fn shown(&self) -> String {
        let (number, extension) = self.0.split_once(";ext=").unwrap_or((self.0.as_str(), ""));
        let shown = match (self.kind(), number.strip_prefix("+86")) {
            (PhoneKind::Mobile, Some(national)) => national.to_owned(),
            (PhoneKind::Landline, Some(national)) => landline(national),
            _ => number.to_owned(),
        };
        if extension.is_empty() { shown } else { format!("{shown}-{extension}") }
    }

    /// As whoever may not call it reads it: `138****1234`, `0571-****8888`. `[ID-6]`
    pub fn masked(&self) -> String {
        let number = Self(self.0.split(';').next().unwrap_or_default().to_owned()).shown();
        // A landline keeps its area code; of all others as many characters as of a mobile.
        let head = number.find('-').filter(|at| *at <= 4).map_or(3, |at| at + 1);
        let tail = number.len().saturating_sub(4);
        if tail < head + 2 {
            return "****".to_owned();
        }
        format!("{}****{}", number.get(..head).unwrap_or_default(), number.get(tail..).unwrap_or_default())
    }
}

/// A mainland landline with its area code: two digits for Beijing and the cities whose codes begin with 2, else three.
fn landline(national: &str) -> String {
    let area = if national.starts_with("10") || national.starts_with('2') { 2 } else { 3 };
    let (area, line) = national.split_at(area.min(national.len()));
    format!("0{area}-{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Phone::read(text).map_or_else(|refusal| refusal.code.code.to_owned(), |phone| phone.0)
    }

    #[test]
    fn however_a_number_is_typed_it_is_the_same() {
        for typed in
            ["13812345678", "138 1234 5678", "+86 138-1234-5678", "１３８１２３４５６７８", "8613812345678"]
        {
            assert_eq!(read(typed), "+8613812345678", "{typed}");
        }
        for typed in ["0571-88881234", "057188881234", "(0571) 8888 1234", "+86 571 8888 1234"] {
            assert_eq!(read(typed), "+8657188881234", "{typed}");
        }
        assert_eq!(read("0571-88881234转801"), "+8657188881234;ext=801");
        assert_eq!(read("+1 650-253-0000"), "+16502530000");
        assert_eq!(read("010-62345678"), "+861062345678");
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for typed in
            ["", "88881234", "1381234567", "电话", "+8612", "138123456789012345678901234567890123456789"]
        {
            assert_eq!(read(typed), "customer_file.bad_phone", "{typed}");
        }
    }

    #[test]
    fn a_mask_leaves_what_a_clerk_recognises_and_nobody_can_call() {
        let shown = |text: &str| {
            let phone = Phone::read(text).expect("a number");
            (phone.shown(), phone.masked(), phone.kind())
        };
        assert_eq!(shown("13812345678"), ("13812345678".into(), "138****5678".into(), PhoneKind::Mobile));
        assert_eq!(
            shown("0571-88881234"),
            ("0571-88881234".into(), "0571-****1234".into(), PhoneKind::Landline)
        );
        assert_eq!(shown("010-62345678").1, "010-****5678");
        assert_eq!(shown("+1 650-253-0000").1, "+16****0000");
        assert_eq!(Phone::read("13812345678").expect("a number").tail(), "8765432183168");
    }
}
