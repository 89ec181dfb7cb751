//! A database of our own on each engine, as durable as in production.

use crate::{Outcome, bare::Bare, server::processor_of_family};
use std::path::PathBuf;
use tempfile::TempDir;
use tests::PrivatePostgres;

/// A database; it goes with this value.
pub struct Home {
    /// The engine's name.
    pub name: &'static str,
    /// Where the database is.
    pub url: String,
    directory: TempDir,
    server: Option<PrivatePostgres>,
}

impl Home {
    /// SQLite in a file.
    pub fn sqlite() -> Outcome<Self> {
        let directory = tempfile::tempdir()?;
        let url = format!("sqlite:{}", directory.path().join("bench.db").display());
        Ok(Self { name: "SQLite", url, directory, server: None })
    }

    /// A PostgreSQL started for this run, with `fsync` on unless that is waived; none where the machine has none.
    pub fn postgres(relaxed: bool) -> Outcome<Option<Self>> {
        let fsync = if relaxed { "fsync=off" } else { "fsync=on" };
        let settings = [fsync, "shared_buffers=512MB", "max_wal_size=4GB", "max_connections=60"];
        let Some(server) = PrivatePostgres::start(&settings) else { return Ok(None) };
        Bare::open(&server.url("postgres"))?.execute("CREATE DATABASE bench")?;
        let (directory, url) = (tempfile::tempdir()?, server.url("bench"));
        Ok(Some(Self { name: "PostgreSQL", url, directory, server: Some(server) }))
    }

    /// Seconds of processor time that the database's own processes have used.
    pub fn processor(&self) -> f64 {
        self.server.as_ref().map_or(0.0, |server| processor_of_family(server.process()))
    }

    /// A file of this run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}
