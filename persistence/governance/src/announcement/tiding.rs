//! What is announced is told to each of its readers, by the notice that they have of it. `[NOT-3a]`

use crate::{
    schema::announcement_receipts as receipts,
    spine::{EventView, Failure, Key, Reader, Tiding, Tidings, db, entities},
};
use diesel::prelude::*;
use domain::{
    announcement::{
        ASKED, CALLED_OFF, GIVEN_ANSWER, PUBLISHED, READ, RECEIVED, REMINDED, Receipt, TAKEN_BACK,
    },
    spine::Entity,
};

pub(super) const TIDINGS: Tidings = Tidings {
    kinds: &[PUBLISHED, TAKEN_BACK, ASKED, CALLED_OFF, READ, RECEIVED, GIVEN_ANSWER, REMINDED],
    told,
};

fn told(reader: &mut Reader<'_>, events: &[EventView]) -> Result<Vec<Tiding>, Failure> {
    let keys: Vec<Key> = entities(events).into_iter().map(Key).collect();
    let rows: Vec<(Key, Key, Key)> = db!(reader, |c| receipts::table
        .filter(receipts::id.eq_any(&keys).or(receipts::announcement_id.eq_any(&keys)))
        .select((receipts::id, receipts::announcement_id, receipts::reader_id))
        .load(c))?;
    let mut tidings = Vec::new();
    for event in events {
        let entity = event.entity.uuid();
        for (id, announcement, who) in &rows {
            if id.0 == entity {
                tidings.push(Tiding::of(event, who.0));
            } else if announcement.0 == entity {
                tidings.push(Tiding::of(event, who.0).about(Receipt::KIND, id.0));
            }
        }
    }
    Ok(tidings)
}
