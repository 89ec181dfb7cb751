//! To acknowledge a regulation is a duty of who is asked. `[REG-2, DUT-1a]`

use super::row::find_unscoped;
use crate::duty::{Called, Filed, FiledRecord};
use domain::{
    regulation_acknowledgement::RegulationAcknowledgement,
    spine::{Entity, Id},
};
use serde_json::json;

/// Who is asked owes it.
pub static CALLED: Called = Called {
    event: "regulation_acknowledgement.asked",
    kind: RegulationAcknowledgement::KIND,
    responsible: |reader, id| Ok(Some(find_unscoped(reader, Id::from_uuid(id))?.employee)),
    gone: &["regulation_acknowledgement.lapsed"],
    passed: &[],
    redated: &[],
};

/// That it was acknowledged, by oneself or on a signed sheet, fulfils it.
pub static FILED: Filed = Filed {
    source: "regulation.acknowledged",
    zh: "制度已确认",
    en: "A regulation was acknowledged",
    event: "regulation_acknowledgement.acknowledged",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: RegulationAcknowledgement::KIND, id, facts: json!({}) })),
};
