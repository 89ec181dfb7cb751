//! Which events of approvals are told to whom: what waits for an approver to them, what came of it to whoever submitted.
//! `[NOT-3a]`

use crate::{
    schema::approvals,
    spine::{EventView, Failure, Key, Reader, Tiding, Tidings, db, entities},
};
use diesel::prelude::*;
use domain::approval::{
    APPROVED, ESCALATED, REJECTED, REMINDED, RETURNED, TASK_OPENED, TASKS_MOVED, TRANSFERRED,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) const TIDINGS: Tidings = Tidings {
    kinds: &[TASK_OPENED, TASKS_MOVED, TRANSFERRED, ESCALATED, REMINDED, APPROVED, REJECTED, RETURNED],
    told,
};

/// The members of an event's facts that name somebody it concerns.
const NAMED: [&str; 3] = ["assignee", "to", "from"];

fn told(reader: &mut Reader<'_>, events: &[EventView]) -> Result<Vec<Tiding>, Failure> {
    let is_outcome =
        |event: &&EventView| [APPROVED, REJECTED, RETURNED].iter().any(|kind| kind.name == event.kind);
    let ended: Vec<EventView> = events.iter().filter(is_outcome).cloned().collect();
    let keys: Vec<Key> = entities(&ended).into_iter().map(Key).collect();
    let rows: Vec<(Key, Key)> = db!(reader, |c| approvals::table
        .filter(approvals::id.eq_any(&keys))
        .select((approvals::id, approvals::submitter_id))
        .load(c))?;
    let submitters: BTreeMap<Uuid, Uuid> = rows.into_iter().map(|(id, who)| (id.0, who.0)).collect();
    let mut tidings = Vec::new();
    for event in events {
        let named = NAMED.iter().filter_map(|name| event.facts[name].as_str()?.parse::<Uuid>().ok());
        let submitter = submitters.get(&event.entity.uuid()).copied().filter(|_| is_outcome(&event));
        tidings.extend(named.chain(submitter).map(|who| Tiding::of(event, who)));
    }
    Ok(tidings)
}
