//! How overrides plug into approvals: once approved, the tier is held from that day on. `[TIE-1]`

use super::row::{Row, find_unscoped};
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    customer_file::view::refer_to,
    customer_tier::{self, deed::write},
    schema::tier_overrides as overrides,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Outcome, facts},
    customer_tier::CustomerTier,
    spine::{AnyId, Change, Id},
    tier_override::{OVERRIDE_CHAIN, TierOverride},
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Customer> for TierOverride {
    fn chain(&self) -> &'static str {
        OVERRIDE_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
    fn decided(self, tx: &mut Tx<'_>, approval: &Approval) -> Result<Change<Self>, Failure> {
        if matches!(approval.outcome, Outcome::Approved { .. }) {
            hold(tx, &self)?;
        }
        Ok(self.decide(approval.id, &approval.outcome, tx.now())?)
    }
}

/// The tier is held from today on; one whose last day has passed while approvers thought holds for nobody.
fn hold(tx: &mut Tx<'_>, drafted: &TierOverride) -> Result<(), Failure> {
    let (today, customer) = (tx.today(), drafted.content.customer);
    if drafted.content.until < today {
        return Ok(());
    }
    let model = customer_tier::model(tx, today)?;
    let known = customer_tier::several(tx, &[customer])?.remove(&customer);
    let known = known.unwrap_or_else(|| CustomerTier::unassessed(customer));
    let (by, citation) = (AnyId::from_uuid(drafted.id.uuid()), model.cite("TIE-1", None));
    let change = known.override_with(&drafted.content.tier, (today, drafted.content.until), by, citation);
    write(tx, change, &model, today).map(drop)
}

/// What the chain routes an override by.
pub(super) fn routed(reader: &Reader<'_>, drafted: &TierOverride) -> Routed {
    let fields = [("tier", json!(drafted.content.tier)), ("department_id", json!(drafted.department))];
    Routed { amount: None, business_date: reader.today(), fields: facts(fields) }
}

/// Which steps and people an override would meet, and why. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, drafted: &TierOverride) -> Result<Preview, Failure> {
    let routed = routed(reader, drafted);
    document::preview(reader, drafted, routed, None)
}

fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<Row> = db!(reader, |c| overrides::table
        .filter(overrides::id.eq_any(&keys))
        .select(Row::as_select())
        .load(c))?;
    let mut all = Summaries::new();
    for row in rows {
        let customer = refer_to(reader, row.customer_id.into())?;
        let facts = facts([
            ("number", json!(row.number)),
            ("customer", json!(customer.name)),
            ("tier", json!(row.tier)),
            ("until", json!(row.until_on)),
            ("reason", json!(row.reason)),
        ]);
        let title = format!("{} → {}", customer.name, row.tier);
        let href = format!("/api/v1/tier-overrides/{}", Id::<TierOverride>::from_uuid(row.id.0));
        all.insert(row.id.0, DocumentSummary { title, state: row.status, amount: None, href, facts });
    }
    Ok(all)
}
