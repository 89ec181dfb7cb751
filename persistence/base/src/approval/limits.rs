//! Time limits, swept by every server: each limit takes effect once, whoever comes first. `[APR-5]`

use super::record::load_locked;
use crate::{
    organisation::Organisation,
    schema::approvals,
    spine::{Failure, Instant, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Circumstances},
    spine::Id,
};

/// At most this many approvals are swept at once.
const SWEEP_MAX: i64 = 200;

/// The approvals whose next limit has passed, longest overdue first.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<Id<Approval>>, Failure> {
    let now = Instant::from(reader.now());
    let ids: Vec<Key> = db!(reader, |c| approvals::table
        .filter(approvals::due_at.le(now))
        .order(approvals::due_at)
        .limit(SWEEP_MAX)
        .select(approvals::id)
        .load(c))?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Does what the limits of one approval ask for by now; nothing where another server did it before. Two that
/// come at the same time collide on the row's version, and the second finds nothing left to do.
pub fn reach_limits(tx: &mut Tx<'_>, id: Id<Approval>) -> Result<bool, Failure> {
    let approval = load_locked(tx, id)?;
    let organisation = Organisation::today(tx)?;
    let world =
        Circumstances { directory: organisation.as_ref(), ids: tx.ids(), now: tx.now(), today: tx.today() };
    let Some(change) = approval.limits_reached(world) else { return Ok(false) };
    tx.apply(change)?;
    Ok(true)
}
