//! The stream of what concerns oneself: notices, tasks, duties, approvals. `[NOT-3, NOT-3a]`

use crate::spine::{Can, EventStream, Listening, Problem, Routes, routes};
use domain::spine::perm;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "notices", [stream_notices]);
}

/// Listen to what concerns oneself. `[NOT-3, NOT-3a]`
///
/// What was announced to the caller and what became of it, their tasks and duties, what waits for their approval: each as soon as
/// it happened, on whichever server. A message says what happened to what, and nothing of it: ask for the thing. At most
/// five streams of one account; what ends access ends them.
#[utoipa::path(get, path = "/api/v1/me/notices/stream")]
async fn stream_notices(who: Can<perm::ReadNotices>, listening: Listening) -> Result<EventStream, Problem> {
    // An account of nobody in particular is told nothing.
    let of =
        |actor: &domain::spine::Actor| actor.employee.map_or(actor.user.uuid(), |employee| employee.uuid());
    listening.hear(who, move |reader| Ok(of(reader.actor()))).await
}
