//! Whatever happens to a duty is told to who is responsible for it; what a batch raised, to each of its people. `[NOT-3a]`

use crate::{
    schema::duties,
    spine::{EventView, Failure, Instant, Key, Reader, Tiding, Tidings, db, entities},
};
use diesel::prelude::*;
use domain::duty::{DUTIES_RAISED, DUTY_EVENTS};

pub(super) const TIDINGS: Tidings = Tidings { kinds: DUTY_EVENTS, told };

fn told(reader: &mut Reader<'_>, events: &[EventView]) -> Result<Vec<Tiding>, Failure> {
    let keys: Vec<Key> = entities(events).into_iter().map(Key).collect();
    let rows: Vec<(Key, Key)> = db!(reader, |c| duties::table
        .filter(duties::id.eq_any(&keys))
        .select((duties::id, duties::responsible_id))
        .load(c))?;
    let mut tidings = Vec::new();
    for event in events {
        let responsible = rows.iter().filter(|(id, _)| id.0 == event.entity.uuid());
        tidings.extend(responsible.map(|(_, who)| Tiding::of(event, who.0)));
        if event.kind == DUTIES_RAISED.name {
            tidings.extend(raised(reader, event)?.into_iter().map(|who| Tiding::of(event, who.0)));
        }
    }
    Ok(tidings)
}

/// Whose duties a batch raised.
fn raised(reader: &mut Reader<'_>, event: &EventView) -> Result<Vec<Key>, Failure> {
    let fact = |name: &str| event.facts[name].as_str().unwrap_or_default().to_owned();
    let (rule, occasion, at) = (fact("rule"), fact("occasion"), Instant::from(event.at));
    Ok(db!(reader, |c| duties::table
        .filter(duties::rule_code.eq(&rule))
        .filter(duties::occasion.eq(&occasion))
        .filter(duties::raised_at.eq(at))
        .select(duties::responsible_id)
        .distinct()
        .load(c))?)
}
