//! Servers as processes of their own, so that their memory can be told from ours.

use crate::Outcome;
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// The first argument that makes this program the product itself.
pub const PRODUCT: &str = "product";
/// The first argument that makes this program the bare engine behind bare actix-web.
pub const BARE: &str = "bare";

/// A running server. It stops with this value.
pub struct Server {
    child: Child,
    /// Kept open: a server that cannot print falls.
    _said: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts this program in a role; its log goes into a file.
    pub fn start(role: &str, arguments: &[&str], log: &Path) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(role)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(log)?)
            .spawn()?;
        let mut said = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        while said.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("listening on http://") {
                return Ok(Self { address: address.trim().parse()?, child, _said: said });
            }
            line.clear();
        }
        let _ended = child.wait();
        Err(format!("{role} did not start: {}", std::fs::read_to_string(log)?).into())
    }

    /// Seconds of processor time it has used.
    pub fn processor(&self) -> f64 {
        processor_of_family(self.child.id())
    }

    /// Resident memory now, in mebibytes.
    pub fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kibibytes.unwrap_or(0.0) / 1_024.0
    }
}

/// Seconds of processor time that a process, its children and those of them that have ended have used.
pub fn processor_of_family(process: u32) -> f64 {
    /// `USER_HZ`, which is fixed on every Linux.
    const TICKS_PER_SECOND: f64 = 100.0;
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let ticks: f64 = ids
        .filter_map(|id| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // The name in parentheses may hold spaces; what follows is: state, parent, …
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
            let own = number(11)? + number(12)?;
            match fields.get(1)?.parse::<u32>().ok()? {
                parent if parent == process => Some(own),
                _ if id == process => Some(own + number(13)? + number(14)?),
                _ => None,
            }
        })
        .sum();
    ticks / TICKS_PER_SECOND
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Runs a command of the product to its end with something on its standard input.
pub fn command(arguments: &[&str], input: &str) -> Outcome<String> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg(PRODUCT)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
