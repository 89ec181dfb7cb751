//! A year of a company, told through the API: budgets compiled and activated, requests approved, closed and
//! revoked, claims approved, cut, rejected, withdrawn, posted, paid and reversed, money moved between lines, raised,
//! cut and drawn from the emergency fund, statements compiled, months closed. The teller keeps books of its own; at
//! the end they, the ledger, the budget lines, the journal and the statements must agree to the fen.

mod books;
mod budget;
mod changes;
mod claims;
mod requests;
mod teller;
mod verdict;
mod year;

pub use verdict::Verdict;

use tests::{App, Engine};

/// What is told.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many documents the year has.
    pub documents: u32,
    /// Two tellings with one seed are the same.
    pub seed: u64,
}

/// Tells a year on an engine and settles its accounts.
pub fn simulate(engine: Engine, plan: Plan) -> Verdict {
    simulate_on(App::start(engine), plan)
}

/// The same on a product that is already running.
pub fn simulate_on(app: App, plan: Plan) -> Verdict {
    let mut teller = teller::Teller::new(app, plan.seed);
    year::tell(&mut teller, plan.documents);
    verdict::settle(&teller)
}
