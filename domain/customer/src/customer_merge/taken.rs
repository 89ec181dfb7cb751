//! What the kept file takes of the other where it lacks it, and gives back when that is undone: kept as places in the other
//! file, which stays as it was, so that nothing personal stands twice. `[CUS-3, CUS-9]`

use crate::customer_file::{
    Contact, CustomerContent, TAGS_MAX,
    person::{ADDRESSES_MAX, CONTACTS_MAX, PHONES_MAX},
};
use serde::{Deserialize, Serialize};

/// What was taken of a file.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// The places of phones.
    pub phones: Vec<usize>,
    /// The places of addresses.
    pub addresses: Vec<usize>,
    /// The places of contacts.
    pub contacts: Vec<usize>,
    /// The places of tags.
    pub tags: Vec<usize>,
    /// Whether the e-mail address was.
    pub e_mail: bool,
    /// Whether needs and preferences were.
    pub needs: bool,
}

/// Whether two contacts say the same, whatever their numbers.
fn is_same(one: &Contact, other: &Contact) -> bool {
    (&one.name, &one.title, &one.phones, &one.e_mail)
        == (&other.name, &other.title, &other.phones, &other.e_mail)
}

/// Adds what is missing, as far as there is room; answers the places of what was added.
fn add<T: Clone>(to: &mut Vec<T>, from: &[T], max: usize, same: impl Fn(&T, &T) -> bool) -> Vec<usize> {
    let mut places = Vec::new();
    for (place, item) in from.iter().enumerate() {
        if to.len() < max && !to.iter().any(|known| same(known, item)) {
            to.push(item.clone());
            places.push(place);
        }
    }
    places
}

fn drop_again<T>(of: &mut Vec<T>, from: &[T], places: &[usize], same: impl Fn(&T, &T) -> bool) {
    for item in places.iter().filter_map(|place| from.get(*place)) {
        if let Some(at) = of.iter().rposition(|known| same(known, item)) {
            of.remove(at);
        }
    }
}

impl Taken {
    /// Takes of another file what a file lacks: what it says then, and what was taken.
    pub fn of(mut kept: CustomerContent, merged: &CustomerContent) -> (CustomerContent, Self) {
        let (mine, theirs) = (&mut kept.personal, &merged.personal);
        let e_mail = mine.e_mail.is_none() && theirs.e_mail.is_some();
        if e_mail {
            mine.e_mail.clone_from(&theirs.e_mail);
        }
        // A new contact has no number yet: it is given the next.
        let unnumbered: Vec<Contact> =
            theirs.contacts.iter().map(|contact| Contact { number: 0, ..contact.clone() }).collect();
        let taken = Self {
            phones: add(&mut mine.phones, &theirs.phones, PHONES_MAX, PartialEq::eq),
            addresses: add(&mut mine.addresses, &theirs.addresses, ADDRESSES_MAX, PartialEq::eq),
            contacts: add(&mut mine.contacts, &unnumbered, CONTACTS_MAX, is_same),
            tags: add(&mut kept.tags, &merged.tags, TAGS_MAX, PartialEq::eq),
            e_mail,
            needs: kept.needs.is_none() && merged.needs.is_some(),
        };
        if taken.needs {
            kept.needs.clone_from(&merged.needs);
        }
        (kept, taken)
    }

    /// Gives back what was taken, as far as it is still there.
    pub fn give_back(&self, mut kept: CustomerContent, merged: &CustomerContent) -> CustomerContent {
        let (mine, theirs) = (&mut kept.personal, &merged.personal);
        drop_again(&mut mine.phones, &theirs.phones, &self.phones, PartialEq::eq);
        drop_again(&mut mine.addresses, &theirs.addresses, &self.addresses, PartialEq::eq);
        drop_again(&mut mine.contacts, &theirs.contacts, &self.contacts, is_same);
        if self.e_mail && mine.e_mail == theirs.e_mail {
            mine.e_mail = None;
        }
        drop_again(&mut kept.tags, &merged.tags, &self.tags, PartialEq::eq);
        if self.needs && kept.needs == merged.needs {
            kept.needs = None;
        }
        kept
    }

    /// Of which members something was taken.
    pub fn members(&self) -> Vec<&'static str> {
        let members = [
            ("phones", !self.phones.is_empty()),
            ("addresses", !self.addresses.is_empty()),
            ("contacts", !self.contacts.is_empty()),
            ("tags", !self.tags.is_empty()),
            ("e_mail", self.e_mail),
            ("needs", self.needs),
        ];
        members.into_iter().filter_map(|(name, was)| was.then_some(name)).collect()
    }
}
