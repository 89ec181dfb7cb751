//! The feed of events: gap-free, in the order of commits, at least once. `[INT-1]`

use crate::spine::{Can, Query, Reading, Reply, Routes, View, routes};
use domain::spine::{AnyId, perm};
use persistence::spine::{EventFilter, EventView, list_events};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub fn routes(into: &mut Routes) {
    routes!(into, "events", [list_feed]);
}

/// Which events are wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct ListFeed {
    /// The last `sequence` you have processed; 0 to begin.
    #[serde(default)]
    #[validate(range(min = 0))]
    #[param(minimum = 0, default = 0)]
    after: i64,
    /// Only these kinds, separated by commas.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000, example = "expense_claim.approved,expense_claim.paid")]
    kinds: Option<String>,
    /// Only those of one thing.
    #[param(value_type = Option<String>, max_length = 36)]
    entity: Option<AnyId>,
    /// At most this many.
    #[serde(default = "limit_default")]
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: i64,
}

const fn limit_default() -> i64 {
    50
}

/// A part of the feed.
#[derive(Serialize, ToSchema)]
struct Feed {
    /// The events, in order.
    #[schema(max_items = 200)]
    data: Vec<EventView>,
    /// Pass it as `after` to read on; it stays the same when there was nothing new.
    #[schema(minimum = 0)]
    next_after: i64,
    /// Whether there may be more now.
    has_more: bool,
}
impl View for Feed {}

/// Read the feed of events. `[INT-1]`
///
/// Sequence numbers have no gap and follow the order of commits: remember the last one you have processed.
#[utoipa::path(get, path = "/api/v1/events")]
async fn list_feed(who: Can<perm::ReadEvents>, query: Query<ListFeed>, reading: Reading) -> Reply<Feed> {
    let Query(ListFeed { after, kinds, entity, limit }) = query;
    let kinds = kinds.iter().flat_map(|kinds| kinds.split(',')).map(str::to_owned).collect();
    let filter = EventFilter { after, kinds, entity: entity.map(Into::into), limit };
    reading
        .read(who, move |reader| {
            let data = list_events(reader, &filter)?;
            let next_after = data.last().map_or(after, |event| event.sequence);
            Ok(Feed { has_more: i64::try_from(data.len()).is_ok_and(|n| n == limit), next_after, data })
        })
        .await
}
