//! Whom an auditor depends on, as of today.

use crate::{
    organisation::{department, employee},
    schema::{approval_tasks as tasks, approvals},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    finance::internal_audit::Auditor,
    spine::{EmployeeId, Entity, Id},
};
use std::collections::BTreeSet;

/// An auditor with their superior, the heads above them, and the claims they had a decision in.
pub fn auditor(reader: &mut Reader<'_>, id: EmployeeId) -> Result<Auditor, Failure> {
    let today = reader.today();
    let person = employee::load(reader, id)?;
    let placement = person.placement_on(today);
    let superior = placement.and_then(|placement| placement.superior);
    let mut heads = BTreeSet::new();
    if let Some(own) = placement.map(|placement| placement.department) {
        let above = department::tree(reader)?.above(own);
        for department in above.into_iter().chain([own]) {
            heads.extend(department::load(reader, department)?.details.head);
        }
    }
    heads.remove(&id);
    let key = Key::from(id);
    let decided: Vec<Key> = db!(reader, |c| tasks::table
        .inner_join(approvals::table.on(approvals::id.eq(tasks::approval_id)))
        .filter(tasks::assignee_id.eq(key).and(tasks::state.eq("decided")))
        .filter(approvals::document_kind.eq(domain::finance::expense_claim::ExpenseClaim::KIND))
        .select(approvals::document)
        .load(c))?;
    let decided = decided.into_iter().map(|claim| Id::from_uuid(claim.0)).collect();
    Ok(Auditor { employee: id, heads, superior, decided })
}
