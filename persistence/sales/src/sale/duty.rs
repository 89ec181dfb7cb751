//! A held sale asks something of whoever leads: that is a duty, and judging the sale fulfils it. `[COM-10, DUT-1a]`

use super::find::find_unscoped;
use crate::{
    duty::{Called, Filed, FiledRecord},
    organisation::Organisation,
    spine::{Failure, Key, Reader},
};
use domain::{
    approval::heads_above,
    sale::Sale,
    spine::{EmployeeId, Entity},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for answers.
pub(super) const HELD_SALE_RULE: &str = include_str!("../shipped/held_sale_rule.json");

/// Who answers for a sale: the head of its department, or the nearest above who has no part in it.
fn responsible(reader: &mut Reader<'_>, sale: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let sale = find_unscoped(reader, Key(sale))?;
    let (parties, organisation) = (sale.parties(), Organisation::today(reader)?);
    Ok(heads_above(&*organisation, sale.department).find(|head| !parties.contains(head)))
}

/// Its commission waits.
pub(super) static HELD: Called =
    Called { event: "sale.held", kind: Sale::KIND, responsible, gone: &[], passed: &[], redated: &[] };

/// It was decided whom it counts for.
pub(super) static ATTRIBUTED: Filed = Filed {
    source: "sale.attributed",
    zh: "成交归属已确定",
    en: "It was decided whom a sale counts for",
    event: "sale.attributed",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Sale::KIND, id, facts: json!({}) })),
};
