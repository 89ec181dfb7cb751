//! That a queue moved is told at its site: to a screen at the door, say. That, and nothing of anybody: neither of a visitor
//! nor of who receives. `[NOT-3a, QUE-1]`

use crate::{
    schema::reception_queues as queues,
    spine::{EventView, Failure, Key, Reader, Tiding, Tidings, db, entities},
};
use diesel::prelude::*;
use domain::reception_queue::RECEPTION_QUEUE_EVENTS;

pub(super) const TIDINGS: Tidings = Tidings { kinds: RECEPTION_QUEUE_EVENTS, told };

fn told(reader: &mut Reader<'_>, events: &[EventView]) -> Result<Vec<Tiding>, Failure> {
    let keys: Vec<Key> = entities(events).into_iter().map(Key).collect();
    let rows: Vec<(Key, Key)> = db!(reader, |c| queues::table
        .filter(queues::id.eq_any(&keys))
        .select((queues::id, queues::site_id))
        .load(c))?;
    let site =
        |event: &EventView| rows.iter().find(|(id, _)| id.0 == event.entity.uuid()).map(|(_, site)| site.0);
    Ok(events.iter().filter_map(|event| Some(Tiding::of(event, site(event)?))).collect())
}
