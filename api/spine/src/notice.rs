//! What the audit trail and the log tell although nothing changed: refusals of access, lists that were taken away as
//! files. Whoever refuses a sign-in tells it the same way. `[AUD-1, ID-1]`

use super::{AppState, Problem, address, edge::RequestId, guard::Caller, registry};
use actix_web::{HttpMessage, HttpRequest, web};
use domain::spine::{ACCESS_REFUSED, EventKind};
use moka::sync::Cache;
use persistence::spine::{Failure, Principal, Request, StoredAnswer, notice};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// The same is told once in so much time: whoever tries a thousand times does not fill the trail.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Whoever is refused does not wait longer for the trail.
const TOLD_WITHIN: Duration = Duration::from_secs(5);
/// So much is remembered of what was told.
const REMEMBERED_MAX: u64 = 10_000;

/// What was told of late.
pub struct Told(Cache<String, ()>);

impl Default for Told {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED_MAX).time_to_live(TOLD_AGAIN_AFTER).build())
    }
}

impl Told {
    /// Whether this was not told of late; it is from now on.
    pub fn is_new(&self, what: String) -> bool {
        self.0.entry(what).or_default().is_fresh()
    }
}

/// A request in whose name something is told: who asked, and from where.
pub fn teller(request: &HttpRequest) -> Request {
    let extensions = request.extensions();
    let principal = match extensions.get::<Caller>() {
        Some(Caller::Known(principal)) => principal.clone(),
        _ => Principal::anonymous(),
    };
    let request_id = extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let origin = address::of(request).map(|address| address.to_string());
    Request { principal, permission: None, request_id, origin, idempotency: None, rehearsal: false }
}

/// Tells the log and the trail of something.
///
/// # Errors
/// A database that does not take it.
pub async fn tell(
    state: &AppState,
    teller: Request,
    kind: &'static EventKind,
    about: Option<Uuid>,
    facts: Value,
) -> Result<(), Failure> {
    let from = teller.origin.as_deref().unwrap_or("?");
    let (who, id) = (&teller.principal.actor.name, &teller.request_id);
    log::warn!("{} account={who:?} address={from} request={id} {facts}", kind.name);
    let told = state.database.write(teller, move |tx| {
        notice(tx, kind, about, facts.clone())?;
        Ok(StoredAnswer::default())
    });
    told.await.map(drop)
}

/// Tells of an answer by which somebody who is signed in was refused access.
pub(super) async fn of_refusal(request: &HttpRequest, problem: &Problem) {
    let Some(state) = request.app_data::<web::Data<AppState>>().cloned() else { return };
    let teller = teller(request);
    let (method, reason) = (request.method().to_string(), problem.code());
    let route = registry::route_of(request).unwrap_or_default();
    let permission = problem.parameter("permission").cloned().unwrap_or(Value::Null);
    let user = teller.principal.actor.user.uuid();
    let from = teller.origin.as_deref().unwrap_or_default();
    if !state.told.is_new(format!("{user} {from} {method} {route} {reason} {permission}")) {
        return;
    }
    let facts = json!({"method": method, "route": route, "reason": reason, "permission": permission});
    let told = tell(&state, teller, ACCESS_REFUSED, Some(user), facts);
    match tokio::time::timeout(TOLD_WITHIN, told).await {
        Ok(Ok(())) => {}
        other => log::error!("a refusal of access could not be told the trail: {other:?}"),
    }
}
