//! A PgBouncer of our own before a PostgreSQL of our own, in transaction mode: each transaction gets whichever session is free.

use crate::{
    PrivatePostgres,
    postgres::{UNPRIVILEGED, we_are_root},
};
use diesel::{Connection, PgConnection};
use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A running PgBouncer that listens on a socket in its own directory alone. It ends with this value.
pub struct PrivatePooler {
    pooler: Child,
    directory: TempDir,
}

/// The port by which its socket is named.
const PORT: u16 = 6_432;

impl PrivatePooler {
    /// Starts the `pgbouncer` of this machine before a database, with so many sessions in all. `None` where there is none,
    /// unless one is required (`REQUIRE_PGBOUNCER`).
    pub fn start(postgres: &PrivatePostgres, database: &str, sessions: u32) -> Option<Self> {
        let Some(binary) = binary() else {
            let required = std::env::var_os("REQUIRE_PGBOUNCER").is_some();
            assert!(!required, "PgBouncer is required (REQUIRE_PGBOUNCER) and was not found: see the README");
            return None;
        };
        let directory = tempfile::tempdir().expect("a directory");
        let (here, there) = (directory.path().display(), postgres.directory().display());
        let settings = format!(
            "[databases]\nbehind = host={there} dbname={database} user=postgres\n[pgbouncer]\npool_mode = transaction\n\
             unix_socket_dir = {here}\nlisten_port = {PORT}\nauth_type = any\nauth_file = {here}/users\n\
             default_pool_size = {sessions}\nmax_client_conn = 200\n"
        );
        let file = directory.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).expect("its settings");
        std::fs::write(directory.path().join("users"), "\"postgres\" \"\"\n").expect("its users");
        let mut command = Command::new(binary);
        command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if we_are_root() {
            chown(directory.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED)).expect("its own directory");
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
        let started = Self { pooler: command.spawn().expect("a pooler"), directory };
        assert!(started.answers(), "it does not answer");
        Some(started)
    }

    /// Whether it answers; however slow the machine is, but not for ever.
    fn answers(&self) -> bool {
        (0..1_200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            PgConnection::establish(&self.url()).is_ok()
        })
    }

    /// The URL of the database behind it.
    pub fn url(&self) -> String {
        let host = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}:{PORT}/behind")
    }
}

impl Drop for PrivatePooler {
    fn drop(&mut self) {
        let _ended_already = self.pooler.kill();
        let _ended_already = self.pooler.wait();
    }
}

/// Where it is: on the PATH, or where Debian puts it.
fn binary() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|bin| bin.join("pgbouncer")).find(|file| file.exists())
}
