//! What a long operation looks like. `[OPR-1]`

use super::find;
use crate::spine::{ActionView, Failure, Place, Placed, Reader, View};
use domain::{
    operation::{Operation, OperationAction, OperationState, OperationStatus},
    spine::{AnyId, Id, Timestamp, Version},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the caller may do with an operation. An alias, because the derive would take a generic type apart.
type OperationActionView = ActionView<OperationAction>;

/// Something that takes longer than a request may.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
pub struct OperationView {
    /// Its identity.
    pub id: AnyId,
    /// Which kind of work it is.
    #[schema(max_length = 60, example = "employee_import")]
    pub kind: String,
    /// What that kind is called in Chinese.
    #[schema(max_length = 60, example = "导入员工")]
    pub kind_zh: String,
    /// What that kind is called in English.
    #[schema(max_length = 60, example = "Import of employees")]
    pub kind_en: String,
    /// What it works on: the name of the file.
    #[schema(max_length = 255, example = "员工.xlsx")]
    pub title: String,
    /// Where it stands.
    pub status: OperationState,
    /// How far it has come; never falls.
    pub progress: OperationProgress,
    /// Whether somebody asked to cancel it: it ends before its next batch.
    pub is_cancelling: bool,
    /// What came of it so far.
    pub result: OperationResultView,
    /// Why it failed.
    pub problem: Option<OperationProblemView>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<OperationActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// How far an operation has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OperationProgress)]
pub struct OperationProgress {
    /// How much is done.
    #[schema(minimum = 0)]
    pub done: i64,
    /// How much there is, once that is known.
    #[schema(minimum = 0)]
    pub total: Option<i64>,
    /// What is counted.
    #[schema(max_length = 40, example = "row")]
    pub unit: String,
    /// Which part of the work it is at: what is to be taken whole or not at all is rehearsed first.
    #[schema(max_length = 40, example = "write")]
    pub phase: String,
}

/// What came of an operation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OperationResult)]
pub struct OperationResultView {
    /// How many came out how.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub counts: BTreeMap<String, i64>,
    /// Where the file of results is, where there is one.
    #[schema(max_length = 200, example = "/api/v1/operations/01977a3e-8f00-7000-8000-000000000001/result")]
    pub href: Option<String>,
    /// Until when it is kept.
    pub kept_until: Option<Timestamp>,
}

/// Why an operation failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OperationProblem)]
pub struct OperationProblemView {
    /// The stable code.
    #[schema(max_length = 100, example = "import.rows_refused")]
    pub code: String,
    /// In Chinese.
    #[schema(max_length = 2000)]
    pub zh: String,
    /// In English.
    #[schema(max_length = 2000)]
    pub en: String,
}

impl View for OperationView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/operations/{}", self.id))
    }
}

/// One operation of the caller.
///
/// # Errors
/// Not found where it is another's.
pub fn view(reader: &mut Reader<'_>, id: Id<Operation>) -> Result<OperationView, Failure> {
    let operation = find(reader, id)?;
    show(reader, operation)
}

/// How an operation at hand is shown.
///
/// # Errors
/// None; every view may have some.
pub fn show(reader: &mut Reader<'_>, operation: Operation) -> Result<OperationView, Failure> {
    let place = format!("/api/v1/operations/{}", operation.id);
    let (now, until, ended_at) = (reader.now(), operation.result_until(), operation.ended_at());
    let actions: Vec<_> = operation.actions().collect();
    let is_kept = operation.result_file(now).is_ok();
    let problem = match operation.status.clone() {
        OperationStatus::Failed { problem, .. } => {
            Some(OperationProblemView { code: problem.code, zh: problem.zh, en: problem.en })
        }
        _ => None,
    };
    let result = OperationResultView {
        counts: operation.result.counts,
        href: is_kept.then(|| format!("{place}/result")),
        kept_until: until.filter(|_| is_kept),
    };
    Ok(OperationView {
        id: operation.id.uuid().into(),
        kind: operation.kind,
        kind_zh: operation.called.0,
        kind_en: operation.called.1,
        title: operation.title,
        status: operation.status.state(),
        progress: OperationProgress {
            done: operation.progress.done,
            total: operation.progress.total,
            unit: operation.progress.unit,
            phase: operation.progress.phase,
        },
        is_cancelling: operation.cancel_asked && ended_at.is_none(),
        result,
        problem,
        asked_at: operation.asked_at,
        ended_at,
        actions: ActionView::listed(&place, actions),
        version: operation.version,
    })
}

impl Placed<crate::Base> for OperationAction {
    fn place(self) -> Place {
        match self {
            Self::Cancel => Place::Post("/cancel"),
        }
    }
}
