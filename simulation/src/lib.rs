//! A year of a company, told through the API: people claim expenses, directly, on requests and against what
//! they got in advance; others approve, cut, return and reject, finance posts, pays and reverses, statements
//! are compiled and months closed. The teller keeps books of its own, which know beforehand what everything
//! comes to; at the end they, the ledger, the budget lines, requests, advances, the journal and the
//! statements must agree to the fen.

mod advances;
mod books;
mod budget;
mod chance;
mod changes;
mod claims;
mod day;
mod hand_over;
mod lanes;
mod people;
mod requests;
mod teller;
mod verdict;
mod year;

pub use verdict::Verdict;

use chance::Chance;
use tests::{App, Engine};

/// What is told.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many documents the year has.
    pub documents: u32,
    /// Two tellings with one seed come to the same.
    pub seed: u64,
    /// How many clients tell the documents of a day at once; what they come to is the same.
    pub clients: usize,
}

/// Tells a year on an engine and settles its accounts.
pub fn simulate(engine: Engine, plan: Plan) -> Verdict {
    simulate_on(App::start(engine), plan)
}

/// The same on a product that is already running.
pub fn simulate_on(app: App, Plan { documents, seed, clients }: Plan) -> Verdict {
    let mut teller = teller::Teller::new(app, clients.max(1));
    let books = year::tell(&mut teller, Chance::of(seed), documents);
    verdict::settle(&teller, &books)
}
