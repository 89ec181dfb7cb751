//! How a context plugs its documents into approvals.

use crate::spine::{Failure, Key, Reader, Shared, Tx};
use domain::{
    approval::{Approval, RoutedField},
    spine::{BusinessDate, Money, Refusal},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What approvers see of documents, by document.
pub type Summaries = BTreeMap<Uuid, DocumentSummary>;

/// What settling an approved document would be refused with now.
pub type Foresee = fn(&mut Reader<'_>, Uuid) -> Result<Result<(), Refusal>, Failure>;

/// The rows of a shared table that documents move as their approvals come to an outcome.
pub type Moves = fn(&mut Reader<'_>, &[Key], Shared) -> Result<Vec<Key>, Failure>;

/// What a context does for one kind of document.
pub struct SubjectKind {
    /// The kind, as it stands in [`domain::approval::Subject::kind`].
    pub kind: &'static str,
    /// Moves the document on when its approval comes to an outcome: approved, rejected, returned to the
    /// requester, or withdrawn. Runs in the transaction of the decision; a refusal undoes the decision.
    pub settle: fn(&mut Tx<'_>, &Approval) -> Result<(), Failure>,
    /// What an approver must see of these documents, in one query. A document that is missing has none.
    pub summaries: fn(&mut Reader<'_>, &[Uuid]) -> Result<Summaries, Failure>,
    /// What the document would meet now if its approval were agreed to by the last who is asked, where that may be
    /// more than the approval itself can say; it moves nothing. `[ACT-1]`
    pub foresee: Option<Foresee>,
    /// What settling documents moves that others move as well: locked before a batch of decisions moves the first of
    /// them. None where that is the document alone.
    pub moves: Option<Moves>,
}

/// What an approver sees of a document without opening it. `[APR-7]`
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct DocumentSummary {
    /// What it is about, in the submitter's words.
    #[schema(max_length = 500, example = "三月客户答谢会餐费")]
    pub title: String,
    /// The document's own state.
    #[schema(max_length = 60, example = "in_approval")]
    pub state: String,
    /// Its amount in the document's own currency, where it has one.
    pub amount: Option<Money>,
    /// Where the document can be read.
    #[schema(max_length = 200, example = "/api/v1/expense-claims/01977a3e-8f00-7000-8000-000000000001")]
    pub href: String,
    /// The rest that an approver weighs: names and values of the context's choice.
    #[schema(value_type = Object)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

/// What the chains of a wing's documents route by, beside the amount: by the code of the chain; nothing of a chain that no
/// document of the wing meets. Registered once a wing.
pub struct Routing(pub fn(&str) -> Option<&'static [RoutedField]>);

/// What the documents of a chain are routed by.
pub(super) fn routed_fields(reader: &Reader<'_>, chain: &str) -> Option<&'static [RoutedField]> {
    reader.house().all::<Routing>().find_map(|routing| (routing.0)(chain))
}

/// The categories that a condition of a chain may name, on a day. Registered by whoever keeps them.
pub struct Categories(pub fn(&mut Reader<'_>, BusinessDate) -> Result<CategoryCheck, Failure>);

/// Whether there is a category of a code.
pub type CategoryCheck = Box<dyn Fn(&str) -> bool>;

/// The kind of a document; a kind that nobody registered is our own fault.
pub(super) fn kind_of(reader: &Reader<'_>, name: &str) -> Result<&'static SubjectKind, Failure> {
    let found = reader.house().all::<SubjectKind>().find(|kind| kind.kind == name);
    found.ok_or_else(|| Failure::fault(format_args!("no context settles documents of kind {name}")))
}

/// The summaries of documents of several kinds, by document.
pub(super) fn summaries(
    reader: &mut Reader<'_>,
    documents: impl IntoIterator<Item = (String, Uuid)>,
) -> Result<Summaries, Failure> {
    let mut by_kind: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for (kind, document) in documents {
        by_kind.entry(kind).or_default().push(document);
    }
    let mut found = BTreeMap::new();
    for (kind, documents) in by_kind {
        found.extend((kind_of(reader, &kind)?.summaries)(reader, &documents)?);
    }
    Ok(found)
}
