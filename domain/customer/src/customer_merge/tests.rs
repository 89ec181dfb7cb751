use super::*;
use crate::customer_file::{Contact, CustomerChannel, CustomerContent, CustomerKind, Personal, Phone};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn phone(number: u32) -> Phone {
    Phone::read(&format!("138{number:08}")).expect("a number")
}

fn content(phones: &[u32], tags: &[&str], contacts: &[(u32, &str)]) -> CustomerContent {
    let contact = |(number, name): &(u32, &str)| Contact {
        number: *number,
        name: (*name).to_owned(),
        title: None,
        phones: Vec::new(),
        e_mail: None,
    };
    CustomerContent {
        kind: CustomerKind::Person,
        name: "李娜".into(),
        tax_number: None,
        industry: None,
        region: None,
        channel: Some(CustomerChannel::WalkIn),
        needs: None,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        external: None,
        metadata: BTreeMap::new(),
        personal: Personal {
            phones: phones.iter().copied().map(phone).collect(),
            contacts: contacts.iter().map(contact).collect(),
            ..Personal::default()
        },
    }
}

#[test]
fn what_both_say_is_not_taken_and_so_not_given_back() {
    let (kept, merged) = (
        content(&[1, 2], &["老客户"], &[(1, "王芳")]),
        content(&[2, 3], &["老客户", "团购"], &[(4, "王芳"), (5, "赵强")]),
    );
    let (after, taken) = Taken::of(kept.clone(), &merged);
    assert_eq!(
        (taken.phones.as_slice(), taken.tags.as_slice(), taken.contacts.as_slice()),
        ([1].as_slice(), [1].as_slice(), [1].as_slice())
    );
    assert_eq!(after.personal.phones, [phone(1), phone(2), phone(3)]);
    assert_eq!(
        after.personal.contacts.iter().map(|one| one.number).collect::<Vec<_>>(),
        [1, 0],
        "a number of its own"
    );
    assert_eq!(taken.members(), ["phones", "contacts", "tags"]);
    let mut numbered = after;
    numbered.personal.number_contacts(0);
    let back = taken.give_back(numbered, &merged);
    assert_eq!(back, kept);
}

proptest! {
    #[test]
    fn what_was_taken_is_given_back_and_nothing_else(
        mine in prop::collection::btree_set(0_u32..20, 0..10),
        theirs in prop::collection::btree_set(0_u32..20, 0..10),
    ) {
        let list = |set: &std::collections::BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
        let (kept, merged) = (content(&list(&mine), &[], &[]), content(&list(&theirs), &[], &[]));
        let (after, taken) = Taken::of(kept.clone(), &merged);
        prop_assert!(after.personal.phones.len() <= 10);
        prop_assert_eq!(taken.give_back(after, &merged), kept);
    }
}
