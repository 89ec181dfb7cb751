//! How grants plug into approvals: a new limit takes the place of the one before. `[REC-1e]`

use super::{
    apply, exposure,
    row::{find_unscoped, limits_of},
};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    sales_order,
    schema::{credit_grants, customers, departments},
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Outcome, facts},
    credit_grant::{CREDIT_GRANT_CHAIN, CreditGrant, CreditGrantId, Granted},
    spine::{Currency, Id, Money},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Sales> for CreditGrant {
    fn chain(&self) -> &'static str {
        CREDIT_GRANT_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn follow(self, tx: &mut Tx<'_>, outcome: &Outcome) -> Result<(), Failure> {
        if !matches!((outcome, self.content.granted), (Outcome::Approved { .. }, Granted::Limit { .. })) {
            return Ok(());
        }
        exposure::lock(tx, self.content.customer)?;
        let now = tx.now();
        for before in limits_of(tx, self.content.customer)? {
            if before.id != self.id {
                apply(tx, before.end(now))?;
            }
        }
        Ok(())
    }
}

/// What the chain routes a grant by: how much it is.
pub(super) fn routed(reader: &mut Reader<'_>, grant: &CreditGrant) -> Result<Routed, Failure> {
    let amount = match grant.content.granted {
        Granted::Limit { limit, .. } => limit,
        Granted::Release { order } => {
            let order = sales_order::find_unscoped(reader, order)?;
            order.content.total().map_err(Failure::fault)?
        }
    };
    Ok(Routed {
        amount: Some(amount),
        business_date: reader.today(),
        fields: facts([("department_id", json!(grant.department))]),
    })
}

/// Which steps and people a grant would meet, and why; and why it may not be submitted now. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, grant: &CreditGrant) -> Result<Preview, Failure> {
    let routed = routed(reader, grant)?;
    document::preview(reader, grant, routed, None)
}

type SummaryRow = (Key, String, String, String, Option<i64>, String, String);

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| credit_grants::table
        .inner_join(customers::table.on(customers::id.eq(credit_grants::customer_id)))
        .inner_join(departments::table.on(departments::id.eq(credit_grants::department_id)))
        .filter(credit_grants::id.eq_any(&keys))
        .select((
            credit_grants::id,
            credit_grants::number,
            credit_grants::status,
            credit_grants::grounds,
            credit_grants::limit_minor,
            customers::name,
            departments::name_zh,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, grounds, limit, customer, department) = row;
    let facts = facts([
        ("number", json!(number)),
        ("department", json!(department)),
        ("customer", json!(customer)),
        ("grounds", json!(grounds)),
    ]);
    let title = format!("{customer} {grounds}");
    let href = format!("/api/v1/credit-grants/{}", CreditGrantId::from_uuid(id.0));
    let amount = limit.map(|minor| Money::from_minor(minor, Currency::Cny));
    (id.0, DocumentSummary { title, state, amount, href, facts })
}
