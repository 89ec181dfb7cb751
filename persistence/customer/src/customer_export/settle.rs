//! How exports plug into approvals: once approved, the tier is held from that day on. `[CUS-5]`

use super::row::{Row, find_unscoped};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    schema::customer_exports as exports,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, facts},
    customer_export::{CustomerExport, EXPORT_CHAIN},
    spine::{Change, Id},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Customer> for CustomerExport {
    fn chain(&self) -> &'static str {
        EXPORT_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        Ok(self.decide(approval.id, &approval.outcome, tx.now())?)
    }
}

/// What the chain routes a request by.
pub(super) fn routed(reader: &Reader<'_>, drafted: &CustomerExport) -> Routed {
    let fields = [("rows", json!(drafted.content.rows)), ("department_id", json!(drafted.department))];
    Routed { amount: None, business_date: reader.today(), fields: facts(fields) }
}

/// Which steps and people a request would meet, and why. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, drafted: &CustomerExport) -> Result<Preview, Failure> {
    let routed = routed(reader, drafted);
    document::preview(reader, drafted, routed, None)
}

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<Row> =
        db!(reader, |c| exports::table.filter(exports::id.eq_any(&keys)).select(Row::as_select()).load(c))?;
    let mut all = Summaries::new();
    for row in rows {
        let facts = facts([
            ("number", json!(row.number)),
            ("list", json!(row.list)),
            ("rows", json!(row.row_limit)),
            ("until", json!(row.until_on)),
            ("reason", json!(row.reason)),
        ]);
        let title = format!("{} × {}", row.list, row.row_limit);
        let href = format!("/api/v1/customer-exports/{}", Id::<CustomerExport>::from_uuid(row.id.0));
        all.insert(row.id.0, DocumentSummary { title, state: row.status, amount: None, href, facts });
    }
    Ok(all)
}
