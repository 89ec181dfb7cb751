//! When no server ran: what was due meanwhile is excused or moves. `[DUT-2h]`

use super::{
    Duty, DutySettings, Times,
    effect::{Effect, EffectKind},
};
use crate::{
    spine::{EmployeeId, Id, Timestamp},
    working_time::WorkingTime,
};
use chrono::Duration;
use std::collections::BTreeMap;

/// A time in which no server ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outage {
    /// The last sign of any server before it.
    pub from: Timestamp,
    /// The first after it.
    pub until: Timestamp,
}

/// The outages that the signs of all servers show, in any order, up to now, when a server runs. Signs from
/// the future are ignored.
pub fn outages(signs: &[Timestamp], now: Timestamp, settings: &DutySettings) -> Vec<Outage> {
    let mut signs: Vec<_> = signs.iter().copied().filter(|sign| *sign <= now).chain([now]).collect();
    signs.sort_unstable();
    let gap = Duration::minutes(settings.outage_gap_minutes.into());
    let gaps = signs.windows(2).filter_map(|pair| match pair {
        [from, until] if until.since(*from) > gap => Some(Outage { from: *from, until: *until }),
        _ => None,
    });
    gaps.collect()
}

/// What an outage does to a duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutageEffect {
    /// Nothing.
    None,
    /// It is excused: no server ran from its opening to its due.
    Excused,
    /// Its due or the end of its grace move.
    Moved(Times),
}

impl Outage {
    /// Whether nothing could be filed just before an instant.
    fn has(self, at: Timestamp) -> bool {
        self.from < at && at <= self.until
    }

    /// Where an instant within it moves: as much working time behind its end as was lost before the instant,
    /// at least what the settings say.
    fn behind(self, at: Timestamp, settings: &DutySettings, time: WorkingTime<'_>) -> (Timestamp, bool) {
        let lost = time.elapsed(self.from, at);
        let least = Duration::minutes(settings.outage_least_working_minutes.into());
        let moved = time.plus(self.until, lost.value.max(least));
        (moved.value, lost.provisional || moved.provisional)
    }

    /// What it does to a duty of these times.
    pub fn effect(self, times: &Times, settings: &DutySettings, time: WorkingTime<'_>) -> OutageEffect {
        let (Some(due), Some(grace_until)) = (times.due, times.grace_until) else {
            return OutageEffect::None;
        };
        if self.from <= times.opens && due <= self.until {
            return OutageEffect::Excused;
        }
        if self.has(due) {
            let (due, provisional) = self.behind(due, settings, time);
            let moved = times.due_at(due, time);
            return OutageEffect::Moved(Times { provisional: moved.provisional || provisional, ..moved });
        }
        if self.has(grace_until) {
            let (grace_until, provisional) = self.behind(grace_until, settings, time);
            let provisional = times.provisional || provisional;
            return OutageEffect::Moved(Times { grace_until: Some(grace_until), provisional, ..*times });
        }
        OutageEffect::None
    }
}

/// What piled up for one person: a message for each duty, in one digest.
pub type Digest = BTreeMap<Id<Duty>, Effect>;

/// Of the messages that piled up — each of a duty, to a person — only the highest step of each duty goes out,
/// and every person gets one digest.
pub fn digests(
    piled_up: impl IntoIterator<Item = (Id<Duty>, Effect, EmployeeId)>,
) -> BTreeMap<EmployeeId, Digest> {
    let mut highest: BTreeMap<Id<Duty>, (Effect, EmployeeId)> = BTreeMap::new();
    for (duty, effect, to) in piled_up {
        if effect.kind == EffectKind::Missed {
            continue;
        }
        let kept = highest.entry(duty).or_insert((effect, to));
        if effect.n > kept.0.n {
            *kept = (effect, to);
        }
    }
    let mut digests: BTreeMap<EmployeeId, Digest> = BTreeMap::new();
    for (duty, (effect, to)) in highest {
        digests.entry(to).or_default().insert(duty, effect);
    }
    digests
}
