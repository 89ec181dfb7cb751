//! Tickets: what opens a stream in a browser, whose `EventSource` can send no token. `[NOT-3a]`

use super::listening::TICKET_PARAMETER;
use crate::spine::{
    AppState, Argument, Created, Description, Problem, Routes, SignedIn, Unrehearsed, Valid, View, codes,
    parameter::query_pairs, random_text, registry, routes,
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::Method,
    web,
};
use chrono::Duration;
use domain::spine::Timestamp;
use persistence::spine::{Credential, Request, StoredAnswer, Tx, keep_ticket, take_ticket};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    future::{Ready, ready},
    sync::{Arc, Mutex, PoisonError},
};
use utoipa::ToSchema;
use validator::Validate;

/// For so many seconds a ticket is good.
const GOOD_SECONDS: i64 = 30;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "streams", [issue_stream_ticket]);
}

/// Which stream is to be opened.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueStreamTicket {
    /// The path of the stream, without parameters.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "/api/v1/me/notices/stream")]
    path: String,
}

/// A ticket that was just issued.
#[derive(Serialize, ToSchema)]
struct StreamTicket {
    /// Pass it as `ticket`. It is shown this once.
    #[schema(max_length = 128)]
    ticket: String,
    /// The stream that it opens.
    #[schema(max_length = 200)]
    path: String,
    /// Until before when it is good.
    expires_at: Timestamp,
}

impl View for StreamTicket {
    fn location(&self) -> Option<String> {
        Some(self.path.clone())
    }
}

/// Issue a ticket for a stream. `[NOT-3a]`
///
/// For browsers, whose `EventSource` sends no token: it opens this one stream, once, within 30 seconds, in the name of whoever
/// asked for it. What ends their access ends the stream. An `Idempotency-Key` is not kept here: tickets are not stored.
#[utoipa::path(post, path = "/api/v1/stream-tickets")]
async fn issue_stream_ticket(
    who: SignedIn,
    body: Valid<IssueStreamTicket>,
    opened: Opened,
    work: Unrehearsed,
) -> Created<StreamTicket> {
    let path = body.0.path;
    if !opened.is_stream(&path) {
        let problem = Problem::new(codes::NOT_A_STREAM).with("path", path);
        return Err(problem.at("/path", codes::NOT_A_STREAM.zh));
    }
    let ticket = random_text(32)?;
    work.without_memory()
        .write(who, move |tx| {
            let expires_at = tx.now().plus(Duration::seconds(GOOD_SECONDS));
            keep_ticket(tx, hash_of(&ticket), &path, expires_at)?;
            Ok(StreamTicket { ticket: ticket.clone(), path: path.clone(), expires_at })
        })
        .await
}

/// The streams there are to be opened.
struct Opened(HttpRequest);

impl FromRequest for Opened {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Argument for Opened {
    fn describe(description: &mut Description) {
        description.problems.insert(422);
    }
}

impl Opened {
    /// Whether there is a stream at a path.
    fn is_stream(&self, path: &str) -> bool {
        let pattern = registry::route_at(&self.0, path);
        let state = self.0.app_data::<web::Data<AppState>>();
        let route = pattern.zip(state).and_then(|(pattern, state)| state.routes.at(&Method::GET, &pattern));
        route.is_some_and(|route| route.knows_parameter(TICKET_PARAMETER))
    }
}

fn hash_of(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket).into()
}

/// The ticket that was shown at a stream, where no token was.
pub(crate) fn shown(request: &ServiceRequest) -> Option<String> {
    if request.query_string().is_empty() || *request.method() != Method::GET {
        return None;
    }
    let pairs = query_pairs(request.query_string());
    let (_, ticket) = pairs.into_iter().find(|(name, _)| name == TICKET_PARAMETER)?;
    let state = request.app_data::<web::Data<AppState>>()?;
    let route = state.routes.of(request.request())?;
    route.knows_parameter(TICKET_PARAMETER).then_some(ticket)
}

/// Whom a ticket stands for at a path; it is used up by that.
pub(crate) async fn redeemed(state: &AppState, ticket: &str, path: &str) -> Result<Credential, Problem> {
    let (hash, path) = (hash_of(ticket), path.to_owned());
    let taken = Arc::new(Mutex::new(None));
    let into = taken.clone();
    let take = move |tx: &mut Tx<'_>| {
        *into.lock().unwrap_or_else(PoisonError::into_inner) = take_ticket(tx, hash, &path)?;
        Ok(StoredAnswer::default())
    };
    state.database.write(Request::system("stream-ticket"), take).await?;
    let taken = *taken.lock().unwrap_or_else(PoisonError::into_inner);
    taken.ok_or_else(|| Problem::new(codes::UNAUTHENTICATED))
}
