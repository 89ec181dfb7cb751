//! Races: everybody waits at a barrier and runs at once.

use std::{cell::Cell, sync::Barrier};

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs in a race, where no extra request may be made.
pub(crate) fn is_running() -> bool {
    RUNNING.get()
}

/// Lets all runners start in the same instant; answers what each came home with, in their order.
pub fn race<T: Send>(runners: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let barrier = Barrier::new(runners.len());
    std::thread::scope(|scope| {
        let running: Vec<_> = runners
            .into_iter()
            .map(|run| {
                let barrier = &barrier;
                scope.spawn(move || {
                    RUNNING.set(true);
                    barrier.wait();
                    run()
                })
            })
            .collect();
        running.into_iter().map(|runner| runner.join().expect("a runner fell")).collect()
    })
}
