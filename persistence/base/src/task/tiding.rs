//! Whatever happens to a task is told to whoever owns it and to whoever gave it. `[NOT-3a]`

use crate::{
    schema::tasks,
    spine::{EventView, Failure, Key, Reader, Tiding, Tidings, db, entities},
};
use diesel::prelude::*;
use domain::task::TASK_EVENTS;

pub(super) const TIDINGS: Tidings = Tidings { kinds: TASK_EVENTS, told };

fn told(reader: &mut Reader<'_>, events: &[EventView]) -> Result<Vec<Tiding>, Failure> {
    let keys: Vec<Key> = entities(events).into_iter().map(Key).collect();
    let rows: Vec<(Key, Key, Key)> = db!(reader, |c| tasks::table
        .filter(tasks::id.eq_any(&keys))
        .select((tasks::id, tasks::owner_id, tasks::giver_id))
        .load(c))?;
    let of = |event: &EventView| rows.iter().find(|(id, ..)| id.0 == event.entity.uuid());
    let both = events.iter().filter_map(|event| Some((event, of(event)?)));
    Ok(both
        .flat_map(|(event, (_, owner, giver))| [owner, giver].map(|who| Tiding::of(event, who.0)))
        .collect())
}
