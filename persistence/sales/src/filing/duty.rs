//! A filing is reviewed within its time, and who filed is warned before it ends: duties. `[SAL-2b]`

use super::row::find_unscoped;
use crate::{
    duty::{Called, Filed, FiledRecord},
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{
    approval::heads_above,
    filing::{Filing, FilingId},
    spine::{EmployeeId, Entity},
};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for reviews.
pub(super) const REVIEW_RULE: &str = include_str!("../shipped/filing_review_rule.json");
/// The rule that warns before a protection ends.
pub(super) const PROTECTION_RULE: &str = include_str!("../shipped/filing_protection_rule.json");

/// Who reviews: the head of the filer's department, or the nearest above who did not file it.
fn reviewer(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let filing = find_unscoped(reader, FilingId::from_uuid(id))?;
    let organisation = Organisation::today(reader)?;
    Ok(heads_above(&*organisation, filing.department).find(|head| *head != filing.filer))
}

fn filer(reader: &mut Reader<'_>, id: Uuid) -> Result<Option<EmployeeId>, Failure> {
    Ok(Some(find_unscoped(reader, FilingId::from_uuid(id))?.filer))
}

/// It waits for its review.
pub(super) static FILED: Called = Called {
    event: "filing.filed",
    kind: Filing::KIND,
    responsible: reviewer,
    gone: &["filing.released"],
    passed: &[],
    redated: &[],
};

/// It was reviewed.
pub(super) static REVIEWED: Filed = Filed {
    source: "filing.reviewed",
    zh: "销售报备已审核",
    en: "A filing was reviewed",
    event: "filing.reviewed",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Filing::KIND, id, facts: json!({}) })),
};

/// It protects: by its last day something should have come of it.
pub(super) static PROTECTED: Called = Called {
    event: "filing.protected",
    kind: Filing::KIND,
    responsible: filer,
    gone: &["filing.expired"],
    passed: &[],
    redated: &["filing.extended"],
};

/// A sale came of it.
pub(super) static CONVERTED: Filed = Filed {
    source: "filing.converted",
    zh: "报备客户已成交",
    en: "A sale came of a filing",
    event: "filing.converted",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: Filing::KIND, id, facts: json!({}) })),
};
