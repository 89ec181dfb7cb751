//! Regulations as items of packs. `[REG-5a, REG-5b]`

use super::{
    row::{all_codes, of_code},
    shipped::{self, Standing},
};
use crate::{
    pack::{ItemKind, Loading},
    regulation_version,
    spine::{Failure, Reader},
};
use domain::{
    pack::{ISSUER_MISSING, Item, PackRegulation},
    regulation::shipped::ShippedRegulation,
    spine::Refusal,
};
use serde_json::{Value, json};

/// Regulations: what is written is their next version, in force from the day on without approval.
pub(super) const REGULATION: ItemKind = ItemKind {
    kind: "regulation",
    reads: |_, says| Ok(says),
    ships: |_, code| {
        let found = ShippedRegulation::all()?.into_iter().find(|shipped| shipped.code == code);
        let shipped = found.ok_or_else(|| Failure::fault(format_args!("no regulation {code} ships")))?;
        let ShippedRegulation { code, title, clauses } = shipped;
        let says = json!({"code": code, "title": title, "clauses": clauses});
        Ok(vec![Item { kind: "regulation", code, says }])
    },
    stands: |reader, item| stands(reader, &item.code),
    exports: |reader| {
        let mut found = Vec::new();
        for code in all_codes(reader)? {
            found.extend(stands(reader, &code)?);
        }
        Ok(found)
    },
    write: |tx, item, loading| {
        let Loading { effective_from, issuer, .. } = loading;
        let department = issuer.ok_or_else(|| Refusal::new(ISSUER_MISSING).at("/department_id"))?;
        let PackRegulation { code, title, clauses } = serde_json::from_value(item.says.clone())?;
        let clauses = serde_json::from_value(Value::Array(clauses))?;
        let answers = shipped::answers(tx, department)?;
        let standing = Standing::of(tx, ShippedRegulation { code, title, clauses })?;
        let loading = shipped::Loading { codes: Vec::new(), department, effective_from: *effective_from };
        shipped::enter(tx, standing, &loading, answers)
    },
};

/// The last version of a regulation, as a pack says it; nothing of one that has none.
fn stands(reader: &mut Reader<'_>, code: &str) -> Result<Option<Value>, Failure> {
    let Some(regulation) = of_code(reader, code)? else { return Ok(None) };
    let Some(last) = regulation_version::last(reader, regulation.id)? else { return Ok(None) };
    let (title, clauses) = (&regulation.details.title, &last.text.clauses);
    Ok(Some(json!({"code": code, "title": title, "clauses": clauses})))
}
