//! How versions plug into approvals.

use super::row::find_unscoped;
use crate::{
    approval::{
        DocumentSummary, Summaries,
        document::{self, Handed, Preview, Routed},
    },
    schema::{regulation_versions as versions, regulations},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Document, facts},
    regulation_version::{Nature, REGULATION_CHAIN, RegulationVersion},
    spine::Id,
};
use serde_json::json;
use uuid::Uuid;

impl Handed<crate::Governance> for RegulationVersion {
    fn chain(&self) -> &'static str {
        REGULATION_CHAIN
    }
    fn unscoped(reader: &mut Reader<'_>, id: Id<Self>) -> Result<Self, Failure> {
        find_unscoped(reader, id)
    }
    fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
        summaries(reader, documents)
    }
}

/// What the chain routes a version by.
pub(super) fn routed(reader: &Reader<'_>, version: &RegulationVersion) -> Routed {
    Routed {
        amount: None,
        business_date: reader.today(),
        fields: facts([
            ("substantive", json!(version.text.nature == Nature::Substantive)),
            ("trial", json!(version.text.review_on.is_some())),
            ("department_id", json!(version.department)),
        ]),
    }
}

/// Which steps and people a version would meet, and why. `[APR-8]`
///
/// # Errors
/// Where the chain is missing.
pub fn preview(reader: &mut Reader<'_>, version: &RegulationVersion) -> Result<Preview, Failure> {
    let refused = version.may_submit(reader.actor()).err();
    let routed = routed(reader, version);
    document::preview(reader, version, routed, refused)
}

type SummaryRow = (Key, String, String, i32, String, String, String, String);

/// Whether it changes what is asked of people comes first: that is what approvers decide on.
fn summaries(reader: &mut Reader<'_>, documents: &[Uuid]) -> Result<Summaries, Failure> {
    let keys: Vec<Key> = documents.iter().copied().map(Key).collect();
    let rows: Vec<SummaryRow> = db!(reader, |c| versions::table
        .inner_join(regulations::table)
        .filter(versions::id.eq_any(&keys))
        .select((
            versions::id,
            versions::number,
            versions::status,
            versions::edition,
            versions::nature,
            versions::summary,
            regulations::code,
            regulations::title,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(summary).collect())
}

fn summary(row: SummaryRow) -> (Uuid, DocumentSummary) {
    let (id, number, state, edition, nature, summary, code, title) = row;
    let facts = facts([
        ("nature", json!(nature)),
        ("number", json!(number)),
        ("regulation", json!(code)),
        ("edition", json!(edition)),
        ("summary", json!(summary)),
    ]);
    let href = format!("/api/v1/regulation-versions/{}", Id::<RegulationVersion>::from_uuid(id.0));
    let title = format!("{title}（{edition}）");
    (id.0, DocumentSummary { title, state, amount: None, href, facts })
}
