//! Races: everybody waits at a barrier and runs at once.

use std::sync::Barrier;

/// Lets all runners start in the same instant; answers what each came home with, in their order.
pub fn race<T: Send>(runners: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let barrier = Barrier::new(runners.len());
    std::thread::scope(|scope| {
        let running: Vec<_> = runners
            .into_iter()
            .map(|run| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    run()
                })
            })
            .collect();
        running.into_iter().map(|runner| runner.join().expect("a runner fell")).collect()
    })
}
