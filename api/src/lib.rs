//! The HTTP edge: bodies in, answers out, nothing decided here.

pub mod spine;

mod approval;
mod audit;
mod background;
pub mod command;
mod event;
mod file;
mod finance;
pub mod identity;
mod meta;
mod organisation;
mod policy;
mod server;

pub use approval::limits::sweep as sweep_time_limits;
pub use file::FileStore;
pub use organisation::{begin_absences, finish_leavings, release_expired};
pub use server::{Running, connect, first_start, open_database, start};

use domain::spine::EnumLabels;
use spine::Routes;

/// Every route of the product.
pub fn routes() -> Routes {
    let mut routes = Routes::new();
    meta::routes(&mut routes);
    identity::routes(&mut routes);
    organisation::routes(&mut routes);
    policy::routes(&mut routes);
    approval::routes(&mut routes);
    audit::routes(&mut routes);
    event::routes(&mut routes);
    file::routes(&mut routes);
    finance::routes(&mut routes);
    routes
}

/// The labels of every enum in the document of the API: of the rules, of the views, of the bodies.
pub fn enums() -> impl Iterator<Item = &'static EnumLabels> {
    let here = [
        approval::BatchDecision::LABELS,
        spine::BatchMode::LABELS,
        finance::ItemOutcome::LABELS,
        organisation::SetUpKind::LABELS,
        spine::import::Outcome::LABELS,
    ];
    domain::enums().chain(persistence::enums()).chain(here)
}
