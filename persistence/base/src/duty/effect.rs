//! What happens to duties that are not done: who is told, and that they are missed; each once, whichever server comes first.
//! `[DUT-2c]`

use super::{
    World, apply, outage,
    people::recipients,
    row::{insert_effects, locked},
    settle::{Away, followed},
};
use crate::{
    schema::duty_effects as effects,
    spine::{Failure, Instant, Key, Reader, Tx, Where, db},
};
use diesel::prelude::*;
use domain::{
    duty::{
        Duty,
        effect::{Effect, EffectKind},
    },
    spine::{Id, Timestamp},
};

/// At most this many duties are looked at in one sweep.
const SWEEP_MAX: i64 = 200;
/// One thing that lets off may follow on another: an outage moves a due into leave.
const RELIEFS_MAX: usize = 4;

/// How far a sweep has come: the instant and the duty of the last effect it looked at.
pub type Come = (Timestamp, Id<Duty>);

/// The duties to which something is due to happen, the longest due first, behind those a sweep has come to: one that cannot
/// be done stands in nobody's way.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>, come: Option<Come>) -> Result<Vec<Come>, Failure> {
    let now = Instant::from(reader.now());
    let mut wanted = Where::new();
    wanted.also(effects::at.le(now));
    if let Some((at, duty)) = come {
        let (at, key) = (Instant::from(at), Key::from(duty));
        wanted.also(effects::at.gt(at).or(effects::at.eq(at).and(effects::duty_id.gt(key))));
    }
    let rows: Vec<(Instant, Key)> = db!(reader, |c| effects::table
        .filter(&wanted)
        .order((effects::at, effects::duty_id, effects::number))
        .limit(SWEEP_MAX)
        .select((effects::at, effects::duty_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, duty)| (at.0, duty.into())).collect())
}

/// Lets happen to a duty what is due by now: of what piled up only the highest step is told. Its state is looked at again
/// under a lock, so that what another server did is not done twice.
///
/// # Errors
/// Where the database fails.
pub fn happen(tx: &mut Tx<'_>, id: Id<Duty>) -> Result<(), Failure> {
    let (mut duty, now, world) = (locked(tx, id)?, tx.now(), World::today(tx)?);
    // What excuses a duty, or moves it, comes before what follows where it is not done.
    for _ in 0..RELIEFS_MAX {
        let Some(change) = relief(tx, &world, &duty)? else { break };
        duty = apply(tx, change)?;
    }
    let (key, instant) = (Key::from(id), Instant::from(now));
    let passed = effects::duty_id.eq(key).and(effects::at.le(instant));
    let numbers: Vec<i32> =
        db!(tx, |c| effects::table.filter(passed).order(effects::number).select(effects::number).load(c))?;
    if numbers.is_empty() {
        return Ok(());
    }
    db!(tx, |c| diesel::delete(effects::table.filter(passed)).execute(c))?;
    let rule = &world.rules.version(&duty.rule)?.content;
    let is_due = |effect: &Effect| i32::try_from(effect.n).is_ok_and(|n| numbers.contains(&n));
    let due: Vec<Effect> = duty.effects(rule, world.time()).into_iter().filter(is_due).collect();
    // By a calendar that was published since, its instant is still to come: it happens then.
    let (ahead, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|effect| effect.at > now);
    insert_effects(tx, key, &ahead, now)?;
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
        None => {
            let away = Away::of(tx, world, std::slice::from_ref(duty))?;
            followed(world, &away, duty.clone(), tx.now())
        }
    }
}
