//! How plans plug into approvals: what comes into force makes what held before it superseded. `[SAL-1b]`

use super::{
    apply,
    deed::{check_submission, in_force},
    row::find_unscoped,
};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed, foreseen},
    },
    schema::{departments, sales_plans},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Document, Outcome, facts},
    sales_plan::{REVISED_MEANWHILE, SALES_PLAN_CHAIN, SalesPlan, SalesPlanId},
    spine::{Change, Citation, Id, Refusal},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for SalesPlan {
    fn chain(&self) -> &'static str {
        SALES_PLAN_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        if matches!(approval.outcome, Outcome::Approved { .. }) {
            let before = in_force(tx, self.place())?;
            if before.as_ref().map_or(0, |before| before.revision) + 1 != self.revision {
                let refusal = Refusal::new(REVISED_MEANWHILE).with("number", self.petition.number);
                return Err(refusal.citing(Citation::clause("SAL-1b", "004 §2")).into());
            }
            if let Some(before) = before {
                let superseded = before.supersede(tx.now());
                apply(tx, superseded)?;
            }
        }
        Ok(self.settle(approval.id, &approval.outcome, tx.now())?)
    }
}

/// What the chain routes a plan by: its department.
pub(super) fn routed(reader: &Reader<'_>, plan: &SalesPlan) -> Routed {
    Routed {
        amount: None,
        business_date: reader.today(),
        fields: facts([("department_id", json!(plan.department))]),
    }
}

/// Which steps and people a plan would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, plan: &SalesPlan) -> Result<Preview, Failure> {
    let refused = foreseen(check_submission(reader, plan))?.err();
    let routed = routed(reader, plan);
    document::preview(reader, plan, routed, refused)
}

type SummaryRow = (Key, String, String, i32, String, i32, i64, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| sales_plans::table
        .inner_join(departments::table.on(departments::id.eq(sales_plans::department_id)))
        .filter(sales_plans::id.eq_any(&keys))
        .select((
            sales_plans::id,
            sales_plans::number,
            sales_plans::status,
            sales_plans::year,
            sales_plans::measure,
            sales_plans::revision,
            sales_plans::target,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, year, measure, revision, target, department) = row;
    let title = format!("{department} {year}");
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("year", json!(year)),
        ("measure", json!(measure)),
        ("revision", json!(revision)),
        ("target", json!(target)),
    ]);
    let href = format!("/api/v1/sales-plans/{}", SalesPlanId::from_uuid(id.0));
    (id.0, DocumentSummary { title, state, amount: None, href, facts })
}
