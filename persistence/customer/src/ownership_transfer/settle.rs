//! How transfers plug into approvals: once approved, each customer is handed over, or says why not. Locks: the transfer, then
//! the standings in the order of the customers. `[OWN-16]`

use super::row::{Row, find_unscoped};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed as HandedToApprovers, Preview, Routed},
    },
    organisation::Register,
    ownership,
    schema::ownership_transfers as transfers,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, facts},
    ownership::{Because, REFUSED, What},
    ownership_transfer::{Handed, OwnershipTransfer, TRANSFER_CHAIN, TransferOutcome},
    spine::{AnyId, Change, Id},
};
use serde_json::json;
use uuid::Uuid;

impl HandedToApprovers<crate::Customer> for OwnershipTransfer {
    fn chain(&self) -> &'static str {
        TRANSFER_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        let customers = match approval.outcome {
            Outcome::Approved { .. } => hand_over(tx, &self)?,
            _ => Vec::new(),
        };
        Ok(self.decide(approval.id, &approval.outcome, tx.now(), customers)?)
    }
}

/// Hands over each customer who is still theirs, as far as no rule stands against it.
fn hand_over(tx: &mut Tx<'_>, transfer: &OwnershipTransfer) -> Result<Vec<Handed>, Failure> {
    let (today, content) = (tx.today(), &transfer.content);
    let department = Register::of(tx)?.department_on(content.to, today).unwrap_or(content.department);
    let mut order: Vec<usize> = (0..content.customers.len()).collect();
    order.sort_by_key(|index| content.customers[*index].customer);
    let mut customers = content.customers.clone();
    for index in order {
        let Some(handed) = customers.get_mut(index) else { continue };
        let known = ownership::load(tx, handed.customer)?;
        if known.standing.owner != Some(content.from) {
            handed.outcome = TransferOutcome::NotTheirs;
            continue;
        }
        let what = What::Transferred {
            to: content.to,
            department: AnyId::from_uuid(department.uuid()),
            transfer: AnyId::from_uuid(transfer.id.uuid()),
        };
        match ownership::deed::learn(tx, known, what) {
            Ok(_) => handed.outcome = TransferOutcome::Moved,
            Err(Failure::Refused(refusal)) if refusal.code == REFUSED => {
                let because = refusal.params.get("because").and_then(serde_json::Value::as_str);
                (handed.outcome, handed.because) =
                    (TransferOutcome::Refused, because.and_then(Because::from_code));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(customers)
}

/// What the chain routes a transfer by.
pub(super) fn routed(reader: &Reader<'_>, transfer: &OwnershipTransfer) -> Routed {
    let content = &transfer.content;
    let fields =
        [("customers", json!(content.customers.len())), ("department_id", json!(content.department))];
    Routed { amount: None, business_date: reader.today(), fields: facts(fields) }
}

/// Which steps and people a transfer would meet, and why. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, transfer: &OwnershipTransfer) -> Result<Preview, Failure> {
    let routed = routed(reader, transfer);
    document::preview(reader, transfer, routed, None)
}

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<Row> = db!(reader, |c| transfers::table
        .filter(transfers::id.eq_any(&keys))
        .select(Row::as_select())
        .load(c))?;
    let register = Register::of(reader)?;
    let mut all = Summaries::new();
    for row in rows {
        let (id, number, reason, state) =
            (row.id, row.number.clone(), row.reason.clone(), row.status.clone());
        let (from, to) = (register.named(row.from_id.into())?, register.named(row.to_id.into())?);
        let customers = row.whole(reader)?.content.customers.len();
        let facts = facts([
            ("number", json!(number)),
            ("from", json!(from.name)),
            ("to", json!(to.name)),
            ("customers", json!(customers)),
            ("reason", json!(reason)),
        ]);
        let title = format!("{} → {} × {customers}", from.name, to.name);
        let href = format!("/api/v1/ownership-transfers/{}", Id::<OwnershipTransfer>::from_uuid(id.0));
        all.insert(id.0, DocumentSummary { title, state, amount: None, href, facts });
    }
    Ok(all)
}
