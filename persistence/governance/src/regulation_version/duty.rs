//! A version on trial is reviewed by its day: a duty of who heads the issuing department. `[REG-1a, DUT-1a]`

use super::row::find_unscoped;
use crate::{
    duty::{Called, Filed, FiledRecord, Passes},
    organisation::Organisation,
};
use domain::{
    approval::heads_above,
    regulation_version::RegulationVersion,
    spine::{Entity, Id},
};
use serde_json::json;

/// Who heads the issuing department, or the nearest above, reviews it; what is repealed needs no review.
pub(super) static CALLED: Called = Called {
    event: "regulation_version.published",
    kind: RegulationVersion::KIND,
    responsible: |reader, id| {
        let department = find_unscoped(reader, Id::from_uuid(id))?.department;
        Ok(heads_above(&*Organisation::today(reader)?, department).next())
    },
    gone: &["regulation_version.repealed"],
    passed: &[],
    redated: &[],
    passes: Passes::ToStandIn,
};

/// A trial ends with the version that follows it, for good or on trial again.
pub(super) static FILED: Filed = Filed {
    source: "regulation.reviewed",
    zh: "试行制度已评估",
    en: "A regulation on trial was reviewed",
    event: "regulation_version.superseded",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: RegulationVersion::KIND, id, facts: json!({}) })),
};
