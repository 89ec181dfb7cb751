//! The one door to the database. Each context has its rows (private), its finders, its `apply` and
//! its views here; the API never sees a connection.
//!
//! Each wing is a crate of its own, in the order in which they know each other; this one shows them all, and makes the
//! house of them.

#[doc(inline)]
pub use persistence_base::{
    approval, audit, duty, file, identity, operation, organisation, pack, policy, seed, task, vacancy,
};
#[doc(inline)]
pub use persistence_customer as customer;
#[doc(inline)]
pub use persistence_finance as finance;
#[doc(inline)]
pub use persistence_governance as governance;
#[doc(inline)]
pub use persistence_performance as performance;
#[doc(inline)]
pub use persistence_sales as sales;
#[doc(inline)]
pub use persistence_spine as spine;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use spine::{EngineKind, House, Wing};

/// The wings in their order: each knows only those before it.
pub const WINGS: &[&Wing] = &[
    persistence_base::WING,
    governance::WING,
    finance::WING,
    customer::WING,
    sales::WING,
    performance::WING,
];

/// The product as a whole.
pub static HOUSE: House = House { wings: WINGS, migrations };

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

const fn migrations(engine: EngineKind) -> EmbeddedMigrations {
    match engine {
        EngineKind::Sqlite => SQLITE,
        EngineKind::Postgres => POSTGRES,
    }
}

/// The labels of every enum that only the views know. Those of the rules are [`domain::enums`].
pub fn enums() -> impl Iterator<Item = &'static domain::spine::EnumLabels> {
    HOUSE.all::<domain::spine::EnumLabels>()
}
