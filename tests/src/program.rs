//! The real binary, in a process of its own: to be killed.

use crate::{Caller, engines::Home};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::OnceLock,
    thread,
};

/// The first administrator of an installation under test.
pub const ADMINISTRATOR: (&str, &str) = ("admin", "Kill-9 leaves nothing half done");

/// The running binary. Dropping it kills it.
pub struct Program {
    child: Child,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    errors: Option<thread::JoinHandle<String>>,
}

/// Builds the binaries from the tested source, where they are not there already, and says where one lies. They are
/// asked for together with the tests: else they would be built of crates with other features, all of them anew.
pub(crate) fn binary(name: &str) -> PathBuf {
    static BINARIES: OnceLock<PathBuf> = OnceLock::new();
    let directory = BINARIES.get_or_init(|| {
        // …/target/debug/deps/stories-0123456789abcdef
        let tests = std::env::current_exe().expect("this executable");
        let profile = tests.parent().and_then(Path::parent).expect("a profile's directory");
        let target = profile.parent().expect("a target directory");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.args(["build", "--workspace", "--bins", "--tests", "--quiet"]);
        build.arg("--target-dir").arg(target);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo");
        assert!(built.success(), "the binaries do not build");
        profile.to_owned()
    });
    directory.join(name)
}

fn command(home: &Home) -> Command {
    let mut command = Command::new(binary("marketing-center"));
    command
        .env("DATABASE_URL", &home.url)
        .env("FILES_DIRECTORY", home.directory.path().join("files"))
        .env("LISTEN", "127.0.0.1:0")
        .env("ADMINISTRATOR_USERNAME", ADMINISTRATOR.0)
        .env("ADMINISTRATOR_PASSWORD", ADMINISTRATOR.1)
        .env("REQUESTS_PER_MINUTE", "1000000")
        .env("DRAIN_SECONDS", "2")
        .env("RUST_LOG", "error")
        .current_dir(home.directory.path())
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// What it says when something is wrong: passed on, and kept for the one who asks why it ended.
fn overhear(child: &mut Child) -> thread::JoinHandle<String> {
    let errors = BufReader::new(child.stderr.take().expect("its errors"));
    thread::spawn(move || {
        let said = errors.lines().map_while(Result::ok).inspect(|line| eprintln!("{line}"));
        said.collect::<Vec<_>>().join("\n")
    })
}

impl Program {
    /// Starts the server on the database of a home and waits until it listens.
    pub fn start(home: &Home) -> Self {
        Self::launch(command(home))
    }

    fn launch(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary");
        let mut errors = Some(overhear(&mut child));
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut metrics = None;
        let said = |line: &str, what: &str| line.strip_prefix(what)?.parse::<SocketAddr>().ok();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                metrics = metrics.or_else(|| said(&line, "metrics: http://"));
                said(&line, "listening on http://")
            })
            .unwrap_or_else(|| {
                let ended = child.wait();
                let said = errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
                panic!("it ended before it listened: {ended:?} {said}")
            });
        // Nobody reads on; a pipe without a reader would end the server at its next line.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address, metrics, errors }
    }

    /// Runs the binary with a subcommand to its end.
    pub fn run(home: &Home, arguments: &[&str]) -> Output {
        command(home).args(arguments).output().expect("the binary")
    }

    /// Runs the server with some settings that are wrong to its end; fails where it goes on.
    pub fn run_with(home: &Home, settings: &[(&str, &str)]) -> Output {
        let mut command = command(home);
        let mut child =
            command.envs(settings.iter().copied()).stdout(Stdio::piped()).spawn().expect("the binary");
        // However slow the machine is, but not for ever.
        for _ in 0..2_400 {
            if child.try_wait().expect("a state").is_some() {
                return child.wait_with_output().expect("what it said");
            }
            thread::sleep(std::time::Duration::from_millis(25));
        }
        let _killed = child.kill();
        panic!("it goes on with {settings:?}");
    }

    /// Ends it; what it said on standard error.
    pub fn end(mut self) -> String {
        self.child.kill().expect("it was running");
        let errors = self.errors.take().expect("it was listened to");
        errors.join().expect("what it said")
    }

    /// Where it tells its metrics, if apart.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Starts it with some settings.
    pub fn start_with(home: &Home, settings: &[(&str, &str)]) -> Self {
        let mut command = command(home);
        command.envs(settings.iter().copied());
        Self::launch(command)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pulls the rug: SIGKILL, no goodbye.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ended");
    }

    /// Asks it to end: SIGTERM.
    pub fn terminate(&self) {
        self.tell("-TERM");
    }

    /// Stops it where it is: it neither answers nor ends.
    pub fn pause(&self) {
        self.tell("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.tell("-CONT");
    }

    fn tell(&self, what: &str) {
        let sent = Command::new("kill").args([what, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success(), "it was running");
    }

    /// Waits until it has ended.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ended")
    }

    /// Does something and says how many bytes more the program took at most meanwhile; nothing where the system does
    /// not tell.
    pub fn watching_memory<T>(&self, work: impl FnOnce() -> T) -> (T, Option<u64>) {
        let place = format!("/proc/{}", self.child.id());
        let told = |what: &str| {
            let status = std::fs::read_to_string(format!("{place}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_suffix("kB"))?;
            line.trim().parse::<u64>().ok().map(|kib| kib * 1024)
        };
        // 5: forget what it took at most so far (proc_pid_clear_refs(5)).
        let forgotten = std::fs::write(format!("{place}/clear_refs"), "5").is_ok();
        let before = told("VmRSS:").filter(|_| forgotten);
        let done = work();
        (done, before.and_then(|before| Some(told("VmHWM:")?.saturating_sub(before))))
    }

    /// Somebody who calls it.
    pub fn caller(&self, token: Option<&str>) -> Caller {
        Caller::of(self.address, token.map(str::to_owned))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}
