//! What is personal about a customer: how to reach them and who they are. `[CUS-1, CUS-5, ID-6]`

use super::{BAD_BIRTHDAY, BAD_E_MAIL, BAD_ID_NUMBER, TOO_MANY, phone::Phone};
use crate::spine::{BusinessDate, Findings, wording};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::json;

/// At most so many phones of one customer or contact.
pub const PHONES_MAX: usize = 10;
/// At most so many addresses of one customer.
pub const ADDRESSES_MAX: usize = 10;
/// At most so many contacts of one customer.
pub const CONTACTS_MAX: usize = 50;

/// Somebody through whom a customer is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// Their number within the customer, from 1; it stays theirs while others come and go.
    pub number: u32,
    /// Their name, 1 to 60 characters.
    pub name: String,
    /// What they are there, up to 60 characters.
    pub title: Option<String>,
    /// Their phones.
    pub phones: Vec<Phone>,
    /// Their e-mail address.
    pub e_mail: Option<String>,
}

/// What is personal about a customer. It is kept as one piece, so that it is sealed, copied and erased as one.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Personal {
    /// The customer's own phones, the one to call first first.
    pub phones: Vec<Phone>,
    /// The customer's own e-mail address.
    pub e_mail: Option<String>,
    /// The number of a person's identity card.
    pub id_number: Option<String>,
    /// A person's birthday.
    pub birthday: Option<BusinessDate>,
    /// Postal addresses, each 1 to 200 characters.
    pub addresses: Vec<String>,
    /// Those through whom the customer is reached.
    pub contacts: Vec<Contact>,
    /// Whether it is sealed at rest: then neither the audit trail nor the history may hold it in the clear. `[CUS-4]`
    #[serde(skip)]
    pub is_sealed: bool,
}

/// As the audit trail keeps it: where it is sealed, only what there is of it.
impl Serialize for Personal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { phones, e_mail, id_number, birthday, addresses, contacts, is_sealed } = self;
        if *is_sealed {
            let mut map = to.serialize_map(Some(1))?;
            map.serialize_entry("sealed", &self.filled())?;
            return map.end();
        }
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("phones", phones)?;
        map.serialize_entry("e_mail", e_mail)?;
        map.serialize_entry("id_number", id_number)?;
        map.serialize_entry("birthday", birthday)?;
        map.serialize_entry("addresses", addresses)?;
        map.serialize_entry("contacts", contacts)?;
        map.end()
    }
}

impl Personal {
    /// Which of its members say something, by their names.
    pub fn filled(&self) -> Vec<&'static str> {
        let Self { phones, e_mail, id_number, birthday, addresses, contacts, is_sealed: _ } = self;
        let members = [
            ("phones", !phones.is_empty()),
            ("e_mail", e_mail.is_some()),
            ("id_number", id_number.is_some()),
            ("birthday", birthday.is_some()),
            ("addresses", !addresses.is_empty()),
            ("contacts", !contacts.is_empty()),
        ];
        members.into_iter().filter_map(|(name, says)| says.then_some(name)).collect()
    }

    /// Whether it says nothing at all.
    pub fn is_nothing(&self) -> bool {
        self.filled().is_empty()
    }

    /// Every phone by which the customer is found, with the number of the contact whose it is; 0 for the customer's own.
    pub fn all_phones(&self) -> impl Iterator<Item = (u32, &Phone)> {
        let own = self.phones.iter().map(|phone| (0, phone));
        let others = self.contacts.iter().flat_map(|one| one.phones.iter().map(|phone| (one.number, phone)));
        own.chain(others)
    }

    /// What is not well formed in it, on a day.
    pub(super) fn check(&self, findings: &mut Findings, today: BusinessDate) {
        let Self { phones, e_mail, id_number, birthday, addresses, contacts, is_sealed: _ } = self;
        check_count(findings, "/phones", phones.len(), PHONES_MAX);
        check_count(findings, "/addresses", addresses.len(), ADDRESSES_MAX);
        check_count(findings, "/contacts", contacts.len(), CONTACTS_MAX);
        check_e_mail(findings, "/e_mail", e_mail.as_deref());
        if id_number.as_deref().is_some_and(|number| !is_id_number(number)) {
            findings.add("/id_number", BAD_ID_NUMBER);
        }
        if birthday
            .is_some_and(|day| day > today || day < BusinessDate::from_ymd_opt(1880, 1, 1).unwrap_or(day))
        {
            findings.add("/birthday", BAD_BIRTHDAY);
        }
        for (index, address) in addresses.iter().take(ADDRESSES_MAX).enumerate() {
            wording::check(findings, &format!("/addresses/{index}"), address, 200);
        }
        for (index, contact) in contacts.iter().take(CONTACTS_MAX).enumerate() {
            let at = |member: &str| format!("/contacts/{index}/{member}");
            wording::check(findings, &at("name"), &contact.name, 60);
            wording::check_optional(findings, &at("title"), contact.title.as_deref(), 60);
            check_count(findings, &at("phones"), contact.phones.len(), PHONES_MAX);
            check_e_mail(findings, &at("e_mail"), contact.e_mail.as_deref());
        }
    }

    /// Gives contacts without a number the next free ones: those with a number keep it.
    pub fn number_contacts(&mut self, last: u32) {
        let mut last = self.contacts.iter().map(|contact| contact.number).fold(last, u32::max);
        for contact in self.contacts.iter_mut().filter(|contact| contact.number == 0) {
            last = last.saturating_add(1);
            contact.number = last;
        }
    }
}

/// Notes a list that is too long.
pub(super) fn check_count(findings: &mut Findings, pointer: &str, count: usize, max: usize) {
    if count > max {
        findings.add_with(pointer, TOO_MANY, [("max", json!(max))]);
    }
}

fn check_e_mail(findings: &mut Findings, pointer: &str, address: Option<&str>) {
    let Some(address) = address else { return };
    let shaped = address.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let plain = !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c));
    if !(shaped && plain && address.chars().count() <= 200 && address.matches('@').count() == 1) {
        findings.add(pointer, BAD_E_MAIL);
    }
}

/// Whether a text is the number of a mainland identity card: 18 characters whose last checks the others (GB 11643).
pub fn is_id_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let characters: Vec<char> = text.chars().collect();
    let [digits @ .., check] = characters.as_slice() else { return false };
    let values: Option<Vec<u32>> = digits.iter().map(|digit| digit.to_digit(10)).collect();
    let Some(values) = values.filter(|values| values.len() == WEIGHTS.len()) else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    CHECKS.get((sum % 11) as usize) == Some(check)
}

/// An e-mail address as whoever may not write to it reads it: `l***@example.com`. `[ID-6]`
pub fn masked_e_mail(address: &str) -> String {
    let (local, host) = address.split_once('@').unwrap_or((address, ""));
    format!("{}***@{host}", local.chars().next().unwrap_or('*'))
}

/// An identity card number as others read it: where it was issued, and its end. `[ID-6]`
pub fn masked_id_number(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let part = |range: &[char]| range.iter().collect::<String>();
    let tail = characters.len().saturating_sub(4).max(6).min(characters.len());
    format!("{}********{}", part(&characters[..characters.len().min(6)]), part(&characters[tail..]))
}

/// An address as others read it: its beginning, which tells the place and not the door. `[ID-6]`
pub fn masked_address(address: &str) -> String {
    let kept = (address.chars().count() / 2).min(6);
    format!("{}****", address.chars().take(kept).collect::<String>())
}

/// Notes a tax number, an identity or a text that is there but says nothing as absent.
pub fn some_text(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
