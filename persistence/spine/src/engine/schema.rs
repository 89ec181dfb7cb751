//! The schema of a database: brought up to date, and judged.

use super::{Connection, Engine, Failure};
use crate::spine::Unready;
use diesel::{
    Connection as _, PgConnection, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource, pg::Pg,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use std::collections::BTreeSet;

impl Connection {
    /// Brings the schema up to date; safe when several servers start at once.
    pub fn migrate(&mut self, migrations: EmbeddedMigrations) -> Result<Vec<String>, Failure> {
        match &mut self.engine {
            // All in one transaction, begun before anybody looks which are missing: of several servers one does it.
            Engine::Sqlite(c) => {
                let migrate = |c: &mut SqliteConnection| {
                    let applied = c.run_pending_migrations(migrations).map_err(Failure::fault)?;
                    Ok::<_, Failure>(applied.iter().map(ToString::to_string).collect())
                };
                c.immediate_transaction(migrate)
            }
            Engine::Postgres(c) => migrate_one_by_one(c, &migrations),
        }
    }

    /// Whether the schema is the one this program knows; else what of it is not.
    pub fn judge_schema(&mut self, migrations: EmbeddedMigrations) -> Result<Option<Unready>, Failure> {
        let (known, applied) = match &mut self.engine {
            Engine::Sqlite(c) => (versions::<diesel::sqlite::Sqlite>(&migrations), c.applied_migrations()),
            Engine::Postgres(c) => (versions::<diesel::pg::Pg>(&migrations), c.applied_migrations()),
        };
        let applied = applied.map_err(Failure::fault)?.into_iter().map(|version| version.to_string());
        let (known, applied): (BTreeSet<String>, BTreeSet<String>) = (known?, applied.collect());
        if !applied.is_subset(&known) {
            return Ok(Some(Unready::SchemaAhead));
        }
        Ok((applied.len() < known.len()).then_some(Unready::SchemaBehind))
    }
}

/// Each in a transaction of its own, under a lock that ends with it: of several servers one does each, and no session keeps
/// anything, so that poolers fit.
#[expect(
    clippy::disallowed_methods,
    reason = "a migration is no unit of work: each is a transaction of its own"
)]
fn migrate_one_by_one(c: &mut PgConnection, migrations: &EmbeddedMigrations) -> Result<Vec<String>, Failure> {
    let mut all = MigrationSource::<Pg>::migrations(migrations).map_err(Failure::fault)?;
    all.sort_by_key(|migration| migration.name().version().as_owned());
    let known = c.transaction(alone)?;
    let mut applied = Vec::new();
    for migration in all.iter().filter(|migration| !known.contains(&migration.name().version().to_string())) {
        let version = migration.name().version().to_string();
        let is_mine = c.transaction(|c| {
            // Another server may have done it meanwhile.
            let is_missing = !alone(c)?.contains(&version);
            if is_missing {
                c.run_migration(migration.as_ref()).map_err(Failure::fault)?;
            }
            Ok::<_, Failure>(is_missing)
        })?;
        if is_mine {
            applied.push(version);
        }
    }
    Ok(applied)
}

/// Waits, however long, until no other server migrates; which migrations were applied by then.
fn alone(c: &mut PgConnection) -> Result<BTreeSet<String>, Failure> {
    c.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7221054001)",
    )?;
    let applied = c.applied_migrations().map_err(Failure::fault)?;
    Ok(applied.into_iter().map(|version| version.to_string()).collect())
}

/// The versions of the migrations that this program has.
fn versions<B: diesel::backend::Backend>(
    migrations: &EmbeddedMigrations,
) -> Result<BTreeSet<String>, Failure> {
    let all = MigrationSource::<B>::migrations(migrations).map_err(Failure::fault)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}
