//! A short year of a company, whose accounts must come to the same: requests, claims, changes of the budget,
//! statements, closed months. The long one is the program `simulation`. `[BUD-4, BUD-6, EXP-2, EXP-13]`

use simulation::{Plan, simulate_on};
use std::sync::{Mutex, PoisonError};
use tests::{App, stories};

stories! {
    a_short_year_agrees_to_the_fen,
}

/// What the first engine told, for the other to tell the same.
static TOLD: Mutex<Option<String>> = Mutex::new(None);

fn a_short_year_agrees_to_the_fen(app: App) {
    let verdict = simulate_on(app, Plan { documents: 60, seed: 7 });
    assert!(verdict.agrees(), "{verdict}");
    assert_eq!(verdict.documents(), 60, "{verdict}");
    for sort in ["approved", "requests approved", "changes effective"] {
        assert!(verdict.ends.iter().any(|(how, _)| *how == sort), "no {sort}: {verdict}");
    }
    let text = verdict.to_string();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*told.get_or_insert_with(|| text.clone()), text, "one seed tells one year on both engines");
}
