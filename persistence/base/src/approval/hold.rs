//! Locks for a batch of decisions. `[APR-7]`

use super::subject::kind_of;
use crate::{
    schema::{approval_boxes, approvals},
    spine::{Failure, Key, Lock, Reader, Shared, Tx, db, in_order, several},
};
use diesel::prelude::*;
use domain::{approval::Approval, spine::Id};
use std::collections::BTreeMap;

/// The same approval may stand in two batches.
pub const APPROVALS: Shared = Shared { table: "approvals", lock: Lock::Update, gate: None };

/// Locks what a batch of decisions may move: the approvals that wait for the actor, then what the kinds of their
/// documents name. Whether a decision is the last one is not known yet: what it does not move it holds in vain.
pub fn hold(tx: &mut Tx<'_>, batch: &[Id<Approval>]) -> Result<(), Failure> {
    let Some(batch) = several(tx, batch) else { return Ok(()) };
    let (waiting, documents) = waiting(tx, &batch)?;
    in_order(tx, |tx, table| match table {
        APPROVALS => Ok(waiting.clone()),
        _ => moved(tx, &documents, table),
    })
}

/// Documents by their kinds.
type Documents = BTreeMap<String, Vec<Key>>;

/// Those of the approvals in which a task of the actor is open, and what they are about. Others are refused, and those
/// that were sent back may be taken up again in this instant: who does that comes to the approval last.
fn waiting(reader: &mut Reader<'_>, batch: &[Key]) -> Result<(Vec<Key>, Documents), Failure> {
    let Some(employee) = reader.actor().employee else { return Ok((Vec::new(), Documents::new())) };
    let mine = approval_boxes::employee_id.eq(Key::from(employee)).and(approval_boxes::box_.eq("waiting"));
    let rows: Vec<(Key, String, Key)> = db!(reader, |c| approvals::table
        .inner_join(approval_boxes::table.on(approval_boxes::approval_id.eq(approvals::id)))
        .filter(approvals::id.eq_any(batch))
        .filter(mine)
        .select((approvals::id, approvals::document_kind, approvals::document))
        .load(c))?;
    let (mut waiting, mut documents) = (Vec::with_capacity(rows.len()), Documents::new());
    for (approval, kind, document) in rows {
        waiting.push(approval);
        documents.entry(kind).or_default().push(document);
    }
    Ok((waiting, documents))
}

fn moved(tx: &mut Tx<'_>, documents: &Documents, table: Shared) -> Result<Vec<Key>, Failure> {
    let mut rows = Vec::new();
    for (kind, documents) in documents {
        if let Some(moves) = kind_of(tx, kind)?.moves {
            rows.extend(moves(tx, documents, table)?);
        }
    }
    Ok(rows)
}
