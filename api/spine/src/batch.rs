//! Batches of which each item stands or falls alone, or all together.

use super::{Answer, Described, Description, Guard, Problem, Reply, UnitOfWork, View};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use domain::spine::{Finding, Refusal, codes as rules};
use persistence::spine::{Failure, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the items of a batch belong together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchMode {
    /// Each stands or falls alone.
    #[default]
    Partial,
    /// All are done, or none.
    Atomic,
}

domain::labels! { BatchMode = "BatchMode":
    Partial = "partial", "逐项办理", "Each alone";
    Atomic = "atomic", "全部或全不", "All or none";
}

/// How an item was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// It took effect now.
    Done,
    /// The same had been said before; nothing changed.
    Already,
    /// It was refused; the others are not touched by that.
    Refused,
}

domain::labels! { ItemOutcome = "ItemOutcome":
    Done = "done", "已生效", "Done";
    Already = "already", "此前已生效", "Already done";
    Refused = "refused", "被拒绝", "Refused";
}

/// What became of a batch.
pub enum Batched<V> {
    /// Some items may have been done, others not.
    Each(Answer<V, 207>),
    /// All were done.
    All(Answer<V, 200>),
}

/// The answer to a batch.
pub type Batch<V> = Result<Batched<V>, Problem>;

impl<V: View> Responder for Batched<V> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Each(answer) => answer.respond_to(request),
            Self::All(answer) => answer.respond_to(request),
        }
    }
}

impl<V: View> Described for Batched<V> {
    fn describe(description: &mut Description) {
        Result::<Answer<V, 207>, Problem>::describe(description);
        Reply::<V>::describe(description);
    }
}

impl UnitOfWork {
    /// Does a batch: 207 where each item stands alone, else 200.
    pub async fn batch<G: Guard, V: View>(
        &self,
        who: G,
        mode: BatchMode,
        work: impl Fn(&mut Tx<'_>) -> Result<V, Failure> + Send + 'static,
    ) -> Batch<V> {
        match mode {
            BatchMode::Partial => self.write(who, work).await.map(Batched::Each),
            BatchMode::Atomic => self.write(who, work).await.map(Batched::All),
        }
    }
}

/// Refuses where any item was: one refusal that names each of them by its place, so that nothing is kept.
///
/// # Errors
/// `batch.refused`, with what each item met.
pub fn all_or_none<T>(done: &[Result<T, Failure>]) -> Result<(), Failure> {
    let items = done.iter().enumerate();
    let findings: Vec<Finding> =
        items.filter_map(|(place, done)| Some(finding(place, done.as_ref().err()?))).collect();
    if findings.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(rules::BATCH_REFUSED).with("count", done.len());
    Err(Refusal { findings: findings.clone(), ..refusal.with("refused", findings.len()) }.into())
}

fn finding(place: usize, failure: &Failure) -> Finding {
    let (code, params) = match failure {
        Failure::Refused(refusal) => (refusal.code, refusal.params.clone()),
        Failure::NotFound => (rules::UNKNOWN_REFERENCE, serde_json::Map::new()),
        _ => (rules::VERSION_MOVED, serde_json::Map::new()),
    };
    Finding { pointer: format!("/items/{place}"), code, params }
}
