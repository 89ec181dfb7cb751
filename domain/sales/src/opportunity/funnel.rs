//! The funnel (销售漏斗): how many entered each stage, how many passed on, and the median of the days it took; computed from the
//! moves, as of any day. `[SAL-3]`

use super::{Move, MoveKind};
use crate::spine::BusinessDate;
use std::collections::{BTreeMap, BTreeSet};

/// What became of the opportunities that entered a stage.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StageFlow {
    /// How many ever entered it.
    pub entered: u64,
    /// How many of them went on to a later stage, or were won from it.
    pub passed_on: u64,
    /// How many of them were lost in it and not taken up again.
    pub lost: u64,
    /// How many stand in it.
    pub standing: u64,
    /// The median of the days that those who passed on had stayed, in tenths of a day; none where nobody did.
    pub median_tenths: Option<u64>,
}

/// What became of every opportunity in each of some stages, in their order, by a day. Of each are given its moves, the first
/// before the others; what happened after the day has not happened.
pub fn funnel<'a>(
    stages: &[&str],
    opportunities: impl IntoIterator<Item = &'a [Move]>,
    as_of: BusinessDate,
) -> Vec<StageFlow> {
    let places: BTreeMap<&str, usize> =
        stages.iter().enumerate().map(|(place, code)| (*code, place)).collect();
    let mut flows = vec![StageFlow::default(); stages.len()];
    let mut stays: Vec<Vec<u64>> = vec![Vec::new(); stages.len()];
    for moves in opportunities {
        let known: Vec<&Move> = moves.iter().filter(|step| step.on <= as_of).collect();
        follow(&known, &places, (&mut flows, &mut stays));
    }
    for (flow, mut stays) in flows.iter_mut().zip(stays) {
        stays.sort_unstable();
        flow.median_tenths = median_tenths(&stays);
    }
    flows
}

/// Follows one opportunity: each stage is entered once, however often it is stepped back to; passed on at the first time.
fn follow(
    moves: &[&Move],
    places: &BTreeMap<&str, usize>,
    (flows, stays): (&mut [StageFlow], &mut [Vec<u64>]),
) {
    let (mut entered, mut passed) = (BTreeSet::new(), BTreeSet::new());
    let mut here: Option<(usize, BusinessDate)> = None;
    let mut lost_in = None;
    let mut is_over = false;
    for step in moves {
        let place = places.get(step.stage.as_str()).copied();
        lost_in = if step.kind == MoveKind::Lost { place } else { None };
        is_over = matches!(step.kind, MoveKind::Lost | MoveKind::Won);
        if let Some((from, since)) = here {
            let goes_on = step.kind == MoveKind::Won || place.is_some_and(|place| place > from);
            if goes_on && passed.insert(from) {
                flows[from].passed_on += 1;
                stays[from].push(u64::try_from((step.on - since).num_days()).unwrap_or(0));
            }
        }
        if let Some(place) = place {
            if entered.insert(place) {
                flows[place].entered += 1;
            }
            if here.is_none_or(|(from, _)| from != place) {
                here = Some((place, step.on));
            }
        }
    }
    if let Some(place) = lost_in {
        flows[place].lost += 1;
    }
    if let Some((place, _)) = here.filter(|_| !is_over) {
        flows[place].standing += 1;
    }
}

/// The median of sorted days, in tenths.
fn median_tenths(days: &[u64]) -> Option<u64> {
    let middle = days.len() / 2;
    let upper = *days.get(middle)?;
    Some(if days.len() % 2 == 1 { upper * 10 } else { (days[middle - 1] + upper) * 5 })
}
