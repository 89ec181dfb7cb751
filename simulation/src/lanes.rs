//! Telling many things at once with one outcome: what hangs together is told in its order by one client; what
//! does not, by whoever is free.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// Puts what shares a key into one lane, in order; the longest lane first.
pub fn of<K: Ord>(keys: Vec<Vec<K>>) -> Vec<Vec<usize>> {
    let mut lane_of: Vec<usize> = (0..keys.len()).collect();
    let mut first: BTreeMap<K, usize> = BTreeMap::new();
    for (index, keys) in keys.into_iter().enumerate() {
        for key in keys {
            let other = *first.entry(key).or_insert(index);
            let (mine, theirs) = (lane_of[index], lane_of[other]);
            let lane = mine.min(theirs);
            for known in &mut lane_of[..=index] {
                if *known == mine || *known == theirs {
                    *known = lane;
                }
            }
        }
    }
    let mut lanes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, lane) in lane_of.into_iter().enumerate() {
        lanes.entry(lane).or_default().push(index);
    }
    let mut lanes: Vec<Vec<usize>> = lanes.into_values().collect();
    lanes.sort_by_key(|lane| std::cmp::Reverse(lane.len()));
    lanes
}

/// Does everything on every lane, by so many clients at once; answers what each came to, in the order of the
/// things.
pub fn run<T: Sync, R: Send>(
    clients: usize,
    things: &[T],
    lanes: Vec<Vec<usize>>,
    tell: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let waiting = Mutex::new(VecDeque::from(lanes));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let client = || {
        let mut told = Vec::new();
        while let Some(lane) = next() {
            told.extend(lane.into_iter().map(|index| (index, tell(&things[index]))));
        }
        told
    };
    let mut told: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..clients.min(things.len())).map(|_| scope.spawn(client)).collect();
        let mut told = client();
        for other in others {
            told.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        told
    });
    told.sort_unstable_by_key(|(index, _)| *index);
    told.into_iter().map(|(_, told)| told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_together_is_told_in_its_order() {
        let keys = vec![vec![1], vec![2], vec![], vec![1, 3], vec![3], vec![2], vec![1]];
        assert_eq!(of(keys), [vec![0, 3, 4, 6], vec![1, 5], vec![2]]);
        let joined_late = vec![vec![1], vec![2], vec![1, 2]];
        assert_eq!(of(joined_late), [vec![0, 1, 2]]);
    }

    #[test]
    fn everything_is_told_once_whoever_tells_it() {
        let things: Vec<usize> = (0..100).collect();
        let lanes = of(things.iter().map(|thing| vec![thing % 7]).collect());
        for clients in [1, 3, 200] {
            let told = run(clients, &things, lanes.clone(), |thing| thing * 2);
            assert_eq!(told, things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        }
    }
}
