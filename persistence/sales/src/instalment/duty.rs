//! An instalment is collected by its day: a duty of whoever owns the customer, reminded before and told upwards after. `[REC-1d;
//! 001 第十七条]`

use super::row::{called_of, find_unscoped};
use crate::{
    customer_file::standing,
    duty::{Called, Filed, FiledRecord, Undone},
    merged,
    responsible::first_here,
    spine::{Failure, House, Reader, Told, Tx},
};
use domain::{
    customer_file::CustomerId,
    duty::TakenBy,
    instalment::{Instalment, InstalmentId},
    spine::{EmployeeId, Entity},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for collecting, and says who is reminded when.
pub(super) const COLLECTION_RULE: &str = include_str!("../shipped/collection_rule.json");

/// Who collects: whoever owns the customer, else whoever drew the document up, else the head of its department or the nearest
/// above; of those who work here.
fn collector(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let instalment = find_unscoped(reader, InstalmentId::from_uuid(id))?;
    let customer = merged::survivor(reader, instalment.customer)?;
    let owner = standing::of(reader, customer)?.owner;
    first_here(reader, owner.into_iter().chain([instalment.submitter]), instalment.department)
}

/// Whether something says that a customer may be somebody else's to collect from.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    matches!(kind, "customer_ownership.changed" | "customer.merged" | "customer.unmerged")
}

/// What is asked for and open of the customer is passed on: whoever owns them collects. Ownership has the identity of its customer.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    for instalment in called_of(tx, CustomerId::from_uuid(told.entity))? {
        tx.apply(instalment.pass_on())?;
    }
    Ok(())
}

/// Its day is known.
pub(super) static SCHEDULED: Called = Called {
    event: "instalment.scheduled",
    kind: Instalment::KIND,
    responsible: collector,
    gone: &["instalment.dropped"],
    passed: &["instalment.passed_on"],
    redated: &[],
};

/// It was paid; where what was paid goes back, it is owed again.
pub(super) static SETTLED: Filed = Filed {
    source: "instalment.settled",
    zh: "分期应收已收清",
    en: "An instalment was paid",
    event: "instalment.settled",
    undone: &[Undone { event: "instalment.reopened", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Instalment::KIND, id, facts: json!({}) })),
};
