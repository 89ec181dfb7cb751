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
    settings: Vec<String>,
}

/// The uid that runs PostgreSQL where we run as root, which it refuses: `nobody`.
pub(crate) const UNPRIVILEGED: u32 = 65_534;

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
        let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let server = serve(directory.path(), &settings)?;
        let started = Self { server, directory, settings };
        started.answers().then_some(started)
    }

    /// Whether it answers; however slow the machine is, but not for ever.
    fn answers(&self) -> bool {
        (0..1_200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            PgConnection::establish(&self.url("postgres")).is_ok()
        })
    }

    /// Stops all its processes where they are: it neither answers nor ends.
    pub fn pause(&self) {
        self.tell("-STOP");
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.tell("-CONT");
    }

    fn tell(&self, what: &str) {
        let mut all = vec![self.server.id()];
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let process = entry.file_name().to_string_lossy().parse::<u32>();
            let about = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = about.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
            all.extend(process.ok().filter(|_| parent == Some(self.server.id())));
        }
        for process in all {
            let mut kill = Command::new("kill");
            let _ended_already = kill.args([what, &process.to_string()]).stderr(Stdio::null()).status();
        }
    }

    /// Ends it; what it keeps stays.
    pub fn stop(&mut self) {
        let _asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ended = self.server.wait();
    }

    /// Starts it again where it was stopped.
    pub fn restart(&mut self) {
        self.server = serve(self.directory.path(), &self.settings).expect("a PostgreSQL");
        assert!(self.answers(), "it does not answer");
    }

    /// The process that serves; its connections are processes below it.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// Where its socket lies.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        let host = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/{database}")
    }
}

/// Starts the server on the data of a directory.
fn serve(directory: &Path, settings: &[String]) -> Option<Child> {
    let mut server = command(&binaries()?, "postgres", directory);
    let data = directory.join("data");
    server.arg("-D").arg(data).arg("-k").arg(directory).args(["-c", "listen_addresses="]);
    for setting in settings {
        server.args(["-c", setting]);
    }
    server.spawn().ok()
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // One that was paused could not end.
        self.resume();
        // SIGINT is PostgreSQL's fast shutdown; `kill` avoids a dependency for one signal.
        let _asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ended = self.server.wait();
    }
}

pub(crate) fn we_are_root() -> bool {
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
