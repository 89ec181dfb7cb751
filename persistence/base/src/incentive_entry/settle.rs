//! How entries plug into approvals.

use super::{apply, row::find_unscoped, settings};
use crate::{
    approval::{DocumentSummary, Summaries},
    organisation::Register,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    approval::{Approval, facts},
    incentive_entry::{Answer, IncentiveAmount, IncentiveEntry, IncentiveStatus},
    spine::Id,
};
use serde_json::json;
use uuid::Uuid;

/// Moves an entry on when its approval comes to an outcome.
pub(super) fn settle(tx: &mut Tx<'_>, approval: &Approval) -> Result<(), Failure> {
    let (settings, by, now) = (settings(tx)?, tx.actor().clone(), tx.now());
    let entry = find_unscoped(tx, Id::from_uuid(approval.subject.document))?;
    if let Some(change) = entry.settle(approval.id, &approval.outcome, &settings.content, &by, now)? {
        apply(tx, change)?;
    }
    Ok(())
}

/// What approvers see of entries.
pub(super) fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let register = Register::of(reader)?;
    let shown = |entry: IncentiveEntry| Ok(summary(&entry, &register.named(entry.employee)?.name));
    super::several(reader, &keys)?.into_iter().map(shown).collect()
}

fn summary(entry: &IncentiveEntry, name: &str) -> (Uuid, DocumentSummary) {
    let objection = match &entry.status {
        IncentiveStatus::Notified { answer: Some(Answer::Objected { text, .. }), .. } => Some(text.as_str()),
        _ => None,
    };
    let facts = facts([
        ("number", json!(entry.number)),
        ("employee", json!(name)),
        ("amount", json!(entry.amount)),
        ("happened_on", json!(entry.incident.on)),
        ("month", json!(entry.month)),
        ("grounds", json!(entry.grounds)),
        ("clause", json!(entry.citation.clause)),
        ("objection", json!(objection)),
        ("ruling", json!(entry.submission.as_ref().and_then(|submission| submission.ruling.as_deref()))),
    ]);
    let summary = DocumentSummary {
        title: format!("{name} {}", entry.amount.labels().0),
        state: entry.status.state().code().to_owned(),
        amount: match &entry.amount {
            IncentiveAmount::Money { amount } => Some(*amount),
            _ => None,
        },
        href: format!("/api/v1/incentive-entries/{}", entry.id),
        facts,
    };
    (entry.id.uuid(), summary)
}
