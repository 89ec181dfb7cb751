//! What runs until a day is seen to before that: renewed, or concluded; a duty of whoever drew it up. `[CON-4]`

use super::row::find_unscoped;
use crate::{
    duty::{Called, Filed, FiledRecord},
    responsible::first_here,
    spine::{Failure, Reader},
};
use domain::{
    sales_contract::{SalesContract, SalesContractId},
    spine::{EmployeeId, Entity},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that reminds before contracts end.
pub(super) const EXPIRY_RULE: &str = include_str!("../shipped/contract_expiry_rule.json");

/// Who sees to it: whoever drew it up, else the head of its department or the nearest above; of those who work here.
fn responsible(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let contract = find_unscoped(reader, SalesContractId::from_uuid(id))?;
    first_here(reader, [contract.petition.submitter], contract.department)
}

/// Its last day was said.
pub(super) static RUNS: Called = Called {
    event: "sales_contract.expiry_set",
    kind: SalesContract::KIND,
    responsible,
    gone: &["sales_contract.ended"],
    passed: &[],
    redated: &["sales_contract.expiry_moved"],
};

/// It was concluded.
pub(super) static CONCLUDED: Filed = Filed {
    source: "sales_contract.concluded",
    zh: "销售合同已办结",
    en: "A sales contract was concluded",
    event: "sales_contract.concluded",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: SalesContract::KIND, id, facts: json!({}) })),
};
