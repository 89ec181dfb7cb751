//! A short year of a company, whose accounts must come to the same: requests and claims on them, cash
//! advances, changes of the budget, statements, closed months. The long one is the program `simulation`.
//! `[BUD-4, BUD-6, EXP-2, EXP-4, EXP-13, EXP-14]`

use simulation::{Plan, simulate_on};
use std::sync::{Mutex, PoisonError};
use tests::{App, stories};

stories! {
    a_short_year_agrees_to_the_fen,
    a_year_told_by_four_at_once_comes_to_the_same,
}

/// What must happen even in a short year.
const EVENTS: [&str; 10] = [
    "approved",
    "approved on a request",
    "approved beyond a request",
    "refused by the budget",
    "requests approved",
    "changes effective",
    "advances paid out",
    "reversed",
    "settled an advance",
    "advances paid back, in part or whole",
];

/// What was told first, for all others to tell the same.
static TOLD: Mutex<Option<String>> = Mutex::new(None);

fn a_short_year_agrees_to_the_fen(app: App) {
    tell(app, 1);
}

fn a_year_told_by_four_at_once_comes_to_the_same(app: App) {
    tell(app, 4);
}

#[track_caller]
fn tell(app: App, clients: usize) {
    let verdict = simulate_on(app, Plan { documents: 100, seed: 7, clients });
    assert!(verdict.agrees(), "{verdict}");
    assert_eq!(verdict.documents(), 100, "{verdict}");
    for event in EVENTS {
        let mut all = verdict.ends.iter().chain(&verdict.afterwards);
        assert!(all.any(|(what, _)| *what == event), "no {event}: {verdict}");
    }
    let text = verdict.to_string();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*told.get_or_insert_with(|| text.clone()), text, "one seed comes to one year");
}
