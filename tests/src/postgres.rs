//! A PostgreSQL of our own, in a directory that goes with it: for stories and for measuring.

use diesel::{Connection, PgConnection};
use std::{
    os::unix::{fs::MetadataExt, fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A running PostgreSQL that listens on a socket in its own directory alone. It stops with this value.
pub struct PrivatePostgres {
    server: Child,
    directory: TempDir,
}

/// The uid that runs PostgreSQL where we run as root, which it refuses: `nobody`.
const UNPRIVILEGED: u32 = 65_534;

impl PrivatePostgres {
    /// Starts the `postgres` of this machine with these settings (`name=value`); `None` if there is none.
    pub fn start(settings: &[&str]) -> Option<Self> {
        let binaries = binaries()?;
        let directory = tempfile::tempdir().ok()?;
        let data = directory.path().join("data");
        std::fs::create_dir(&data).ok()?;
        if we_are_root() {
            chown(directory.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED)).ok()?;
            chown(&data, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).ok()?;
        }
        let made = command(&binaries, "initdb", directory.path())
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
            .args(["--locale", "C"])
            .status();
        made.ok().filter(ExitStatus::success)?;
        let mut server = command(&binaries, "postgres", directory.path());
        server.arg("-D").arg(&data).arg("-k").arg(directory.path()).args(["-c", "listen_addresses="]);
        for setting in settings {
            server.args(["-c", setting]);
        }
        let started = Self { server: server.spawn().ok()?, directory };
        // However slow the machine is, but not for ever.
        for _ in 0..1_200 {
            std::thread::sleep(Duration::from_millis(50));
            if PgConnection::establish(&started.url("postgres")).is_ok() {
                return Some(started);
            }
        }
        None
    }

    /// The process that serves; its connections are processes below it.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        let host = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/{database}")
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown; `kill` avoids a dependency for one signal.
        let _asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ended = self.server.wait();
    }
}

fn we_are_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn command(binaries: &Path, name: &str, directory: &Path) -> Command {
    let mut command = Command::new(binaries.join(name));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(directory);
    if we_are_root() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    command
}

/// Where `initdb` and `postgres` are: on the PATH, or where Debian puts them.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"));
    std::env::split_paths(&path)
        .chain(debian)
        .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}
