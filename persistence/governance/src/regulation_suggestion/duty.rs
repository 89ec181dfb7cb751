//! To answer a suggestion is a duty of who heads the issuing department. `[REG-3, DUT-1a]`

use super::row::load;
use crate::{
    duty::{Called, Filed, FiledRecord},
    organisation::Organisation,
};
use domain::{
    approval::heads_above,
    regulation_suggestion::RegulationSuggestion,
    spine::{Entity, Id},
};
use serde_json::json;

/// Who heads the issuing department, or the nearest above, answers.
pub static CALLED: Called = Called {
    event: "regulation_suggestion.filed",
    kind: RegulationSuggestion::KIND,
    responsible: |reader, id| {
        let department = load(reader, Id::from_uuid(id))?.department;
        Ok(heads_above(&*Organisation::today(reader)?, department).next())
    },
    gone: &["regulation_suggestion.joined"],
    passed: &[],
    redated: &[],
};

/// An answer, whatever it says, fulfils it.
pub static FILED: Filed = Filed {
    source: "suggestion.answered",
    zh: "改进建议已答复",
    en: "A suggestion was answered",
    event: "regulation_suggestion.answered",
    undone: &[],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: RegulationSuggestion::KIND, id, facts: json!({}) })),
};
