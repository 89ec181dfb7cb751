//! What somebody who leaves would leave open: each wing says what its documents hold in their name. `[ORG-4]`

use crate::spine::{Failure, Reader, View};
use domain::{
    organisation::{OPEN_MATTER, OPEN_MATTERS},
    spine::{EmployeeId, Finding, Refusal},
};
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

/// One thing that is open in somebody's name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = OpenMatter)]
pub struct OpenMatterView {
    /// The number of the document.
    #[schema(max_length = 60, example = "CA-2026-000012")]
    pub number: String,
    /// What is open, in Chinese.
    #[schema(max_length = 200, example = "借款尚有 500.00 未核销")]
    pub zh: String,
    /// What is open, in English.
    #[schema(max_length = 200, example = "500.00 of the advance are not settled")]
    pub en: String,
    /// Where it is.
    #[schema(max_length = 200)]
    pub href: String,
}

/// What is open in somebody's name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpenMatters)]
pub struct OpenMattersView {
    /// Each thing.
    #[schema(max_items = 10000)]
    pub data: Vec<OpenMatterView>,
}

impl View for OpenMattersView {}

/// What a wing knows of somebody that is open: registered by its nouns.
pub struct OpenMatters(pub fn(&mut Reader<'_>, EmployeeId) -> Result<Vec<OpenMatterView>, Failure>);

/// Everything that is open in somebody's name.
///
/// # Errors
/// Where the database fails.
pub fn open_matters(reader: &mut Reader<'_>, of: EmployeeId) -> Result<OpenMattersView, Failure> {
    let known: Vec<&OpenMatters> = reader.house().all::<OpenMatters>().collect();
    let mut data = Vec::new();
    for known in known {
        data.extend((known.0)(reader, of)?);
    }
    Ok(OpenMattersView { data })
}

/// Refuses a leaving while something is open, naming each thing.
///
/// # Errors
/// Where something is.
pub fn ensure_cleared(reader: &mut Reader<'_>, of: EmployeeId) -> Result<(), Failure> {
    let open = open_matters(reader, of)?.data;
    if open.is_empty() {
        return Ok(());
    }
    let finding = |matter: &OpenMatterView| Finding {
        pointer: String::new(),
        code: OPEN_MATTER,
        params: Map::from_iter([("number".to_owned(), json!(matter.number))]),
    };
    let mut refusal = Refusal::new(OPEN_MATTERS).with("count", open.len());
    refusal.findings = open.iter().map(finding).collect();
    Err(refusal.citing(domain::spine::Citation::rule("ORG-4")).into())
}
