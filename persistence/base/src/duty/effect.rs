//! What happens to duties that are not done: who is told, and that they are missed; each once, whichever server comes first.
//! `[DUT-2c]`

use super::{World, apply, outage, people::recipients, raise::followed, row::locked};
use crate::{
    schema::duty_effects as effects,
    spine::{Failure, Instant, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    duty::{
        Duty,
        effect::{Effect, EffectKind},
    },
    spine::Id,
};

/// At most this many duties are looked at in one sweep.
const SWEEP_MAX: i64 = 200;

/// The duties to which something is due to happen, the longest due first.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<Id<Duty>>, Failure> {
    let now = Instant::from(reader.now());
    let keys: Vec<Key> = db!(reader, |c| effects::table
        .filter(effects::at.le(now))
        .order((effects::at, effects::duty_id, effects::number))
        .limit(SWEEP_MAX)
        .select(effects::duty_id)
        .load(c))?;
    let mut found: Vec<Id<Duty>> = keys.into_iter().map(Into::into).collect();
    found.dedup();
    Ok(found)
}

/// Lets happen to a duty what is due by now: of what piled up only the highest step is told. Its state is looked at again
/// under a lock, so that what another server did is not done twice.
///
/// # Errors
/// Where the database fails.
pub fn happen(tx: &mut Tx<'_>, id: Id<Duty>) -> Result<(), Failure> {
    let (duty, now, world) = (locked(tx, id)?, tx.now(), World::today(tx)?);
    let (key, instant) = (Key::from(id), Instant::from(now));
    let passed = effects::duty_id.eq(key).and(effects::at.le(instant));
    let numbers: Vec<i32> =
        db!(tx, |c| effects::table.filter(passed).order(effects::number).select(effects::number).load(c))?;
    if numbers.is_empty() {
        return Ok(());
    }
    // What excuses a duty, or moves it, comes before what follows where it is not done.
    if let Some(change) = relief(tx, &world, &duty)? {
        apply(tx, change)?;
        return Ok(());
    }
    db!(tx, |c| diesel::delete(effects::table.filter(passed)).execute(c))?;
    let rule = &world.rules.version(&duty.rule)?.content;
    let is_due = |effect: &Effect| i32::try_from(effect.n).is_ok_and(|n| numbers.contains(&n));
    let due: Vec<Effect> = duty.effects(rule, world.time()).into_iter().filter(is_due).collect();
    let mut duty = duty;
    let told = due.iter().rev().find_map(|effect| match effect.kind {
        EffectKind::Told { to } if duty.acts(effect, now) => Some((to, effect.n)),
        _ => None,
    });
    if let (Some((to, n)), Some(responsible)) = (told, duty.responsible()) {
        let people = recipients(to, responsible, &world.organisation, world.today);
        duty = apply(tx, duty.tell(to, n, &people))?;
    }
    if due.iter().any(|effect| effect.kind == EffectKind::Missed && duty.acts(effect, now)) {
        apply(tx, duty.miss())?;
    }
    Ok(())
}

/// What lets a duty off: nobody who owes it any more, leave, no server.
fn relief(
    tx: &mut Tx<'_>,
    world: &World,
    duty: &Duty,
) -> Result<Option<domain::spine::Change<Duty>>, Failure> {
    match outage::relief(tx, world, duty)? {
        Some(change) => Ok(Some(change)),
        None => followed(tx, world, duty.clone()),
    }
}
