//! The stream of what happens to the queues of a site, for a screen at the door. `[NOT-3a, QUE-1]`

use crate::spine::{Can, EventStream, Listening, PathId, Problem, Routes, routes};
use domain::{site::Site, spine::perm};
use persistence::site as sites;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "reception-queues", [stream_site_queue]);
}

/// Listen to the queues of a site. `[NOT-3a, QUE-1]`
///
/// That a queue was set, moved, suspended or resumed, with its id and version, as soon as it happened; the next day's queue
/// as well, so that a screen at the door goes on by itself. Nothing of visitors or of who receives is told. What time alone
/// brings, as lunch duty, is told of by nobody: its times stand in the queue. An account that may do this and no more is
/// enough for the screen.
#[utoipa::path(get, path = "/api/v1/sites/{id}/queue-stream")]
async fn stream_site_queue(
    who: Can<perm::WatchQueues>,
    id: PathId<Site>,
    listening: Listening,
) -> Result<EventStream, Problem> {
    listening.hear(who, move |reader| Ok(sites::find(reader, *id)?.id.uuid())).await
}
