//! A file is verified again and again: that is a duty of whose customer it is. `[CUS-3, DUT-1a]`

use super::standing;
use crate::{
    duty::{Called, Filed, FiledRecord},
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{
    approval::heads_above,
    customer_file::Customer,
    spine::{EmployeeId, Entity, Id},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for verification.
pub const VERIFICATION_RULE: &str = include_str!("../shipped/verification_rule.json");

/// Who answers for a customer: the owner, else the head of the department, or the nearest above who is there.
///
/// # Errors
/// Where the database fails.
pub fn responsible(reader: &mut Reader<'_>, customer: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let standing = standing::of(reader, Id::from_uuid(customer))?;
    if standing.owner.is_some() {
        return Ok(standing.owner);
    }
    let organisation = Organisation::today(reader)?;
    Ok(heads_above(&*organisation, standing.department).next())
}

/// The day of a file has come.
pub static VERIFICATION_CALLED: Called = Called {
    event: "customer.verification_due",
    kind: Customer::KIND,
    responsible,
    gone: &["customer.erased", "customer.merged"],
    // Ownership has the identity of its customer.
    passed: &["customer_ownership.changed"],
    redated: &[],
};

/// Somebody has verified it.
pub static VERIFIED: Filed = Filed {
    source: "customer.verified",
    zh: "客户档案已核查",
    en: "The file of a customer was verified",
    event: "customer.verified",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Customer::KIND, id, facts: json!({}) })),
};
