//! What stories are told with: an application per story on a database of its own, callers, races.

mod app;
mod budget;
mod caller;
mod company;
mod engines;
mod erp;
mod issuer;
mod ledger;
mod listener;
mod people;
mod pooler;
mod postgres;
mod program;
mod queries;
mod race;
mod record;
mod reuse;

pub use app::{App, WRITERS, block_on};
pub use budget::budget_of;
pub use caller::{Caller, Reply};
pub use company::Company;
pub use engines::{Engine, Home, postgres_is_available, prove_reuse, tidy_up};
pub use erp::Erp;
pub use issuer::Issuer;
pub use ledger::{declared_statuses, idle_exceptions, unproven_routes};
pub use listener::{Listener, Message};
pub use people::{PASSWORD, column};
pub use pooler::PrivatePooler;
pub use postgres::PrivatePostgres;
pub use program::{ADMINISTRATOR, Program};
pub use race::race;
pub use record::{Record, Records};

/// Something that must hold of the product as it is written; needs no database.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name: a sentence.
    pub name: &'static str,
    /// Panics if it does not hold.
    pub hold: fn(),
}

/// Lists the checks of a module.
#[macro_export]
macro_rules! checks {
    ($($check:ident),* $(,)?) => {
        /// The checks of this module.
        pub const CHECKS: &[$crate::Check] = &[
            $($crate::Check { name: concat!(module_path!(), "::", stringify!($check)), hold: $check }),*
        ];
    };
}

/// A story about the business, told on both engines.
#[derive(Clone, Copy)]
pub struct Story {
    /// Its name: a sentence.
    pub name: &'static str,
    /// What happens.
    pub tell: fn(App),
}

/// Lists the stories of a module.
#[macro_export]
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        /// The stories of this module.
        pub const STORIES: &[$crate::Story] = &[
            $($crate::Story { name: concat!(module_path!(), "::", stringify!($story)), tell: $story }),*
        ];
    };
}
