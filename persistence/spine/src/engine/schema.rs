//! The schema of a database: brought up to date, and judged.

use super::{Connection, Engine, Failure};
use crate::spine::Unready;
use diesel::{SqliteConnection, connection::SimpleConnection, migration::MigrationSource};
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
            Engine::Postgres(c) => {
                // Another server may be at it, and a table may be long.
                c.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
                c.batch_execute("SELECT pg_advisory_lock(7221054001)")?;
                let applied = c
                    .run_pending_migrations(migrations)
                    .map(|applied| applied.iter().map(ToString::to_string).collect())
                    .map_err(Failure::fault);
                c.batch_execute("SELECT pg_advisory_unlock(7221054001)")?;
                // Its time-outs are no longer those of the others.
                self.suspect = true;
                applied
            }
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

/// The versions of the migrations that this program has.
fn versions<B: diesel::backend::Backend>(
    migrations: &EmbeddedMigrations,
) -> Result<BTreeSet<String>, Failure> {
    let all = MigrationSource::<B>::migrations(migrations).map_err(Failure::fault)?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}
