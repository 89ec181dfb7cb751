//! The contact that keeps a customer is owed: it is called for with the first warning, due on the last day that the tier
//! allows, and fulfilled by a contact of whoever keeps the customer by it. `[TIE-2, OWN-15]`

use super::row::{book, load};
use crate::{
    customer_file::standing,
    duty::{Called, Filed, FiledRecord},
    interaction,
    spine::{Failure, Reader},
};
use domain::{
    ownership::{Ownership, Standing},
    spine::{EmployeeId, Entity, Id},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for it.
pub const FOLLOW_UP_RULE: &str = include_str!("../shipped/follow_up_rule.json");

fn owner(reader: &mut Reader<'_>, customer: Uuid) -> Result<Option<EmployeeId>, Failure> {
    Ok(standing::of(reader, Id::from_uuid(customer))?.owner)
}

/// The first warning has come. What is owed is about the ownership, which has the identity of its customer.
pub static FOLLOW_UP_CALLED: Called = Called {
    event: "customer_ownership.follow_up_due",
    kind: Ownership::KIND,
    responsible: owner,
    gone: &["customer_ownership.follow_up_over", "customer.erased", "customer.merged"],
    passed: &[],
    redated: &["customer_ownership.follow_up_moved"],
};

/// Somebody who keeps the customer by it has made a contact that counts. One that is voided takes the interval back, and with it
/// the day by which the next is owed: what was fulfilled is not owed twice.
pub static FOLLOWED_UP: Filed = Filed {
    source: "customer.followed_up",
    zh: "归属人有效跟进客户",
    en: "The owner followed a customer up with substance",
    event: "interaction.qualified",
    undone: &[],
    of: |reader, id| {
        let held = interaction::load(reader, Id::from_uuid(id))?;
        let (book, now, zone) = (book(reader)?, reader.now(), reader.zone());
        let derived = load(reader, held.customer)?.as_of(&book, now, zone);
        let keeps = match derived.standing() {
            Standing::Owned { shares, .. } => shares.have(held.employee),
            _ => false,
        };
        let facts = json!({"kind": held.kind.code()});
        let record = FiledRecord::Record { kind: Ownership::KIND, id: held.customer.uuid(), facts };
        Ok(keeps.then_some(record))
    },
};
