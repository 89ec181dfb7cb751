//! The ERP as a program of its own: the example in `examples/erp-sync`, to be run and killed.

use crate::program::binary;
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// The running program of the ERP. Dropping it kills it.
pub struct Erp(Child);

fn command(server: SocketAddr, key: &str, books: &Path, today: &str) -> Command {
    let mut command = Command::new(binary("erp-sync"));
    command
        .args([
            "--server",
            &format!("http://{server}"),
            "--today",
            today,
            "--every",
            "1",
            "--orders",
            "--books",
        ])
        .arg(books)
        .env("API_KEY", key)
        .stdin(Stdio::null());
    command
}

impl Erp {
    /// Starts it on its books.
    pub fn start(server: SocketAddr, key: &str, books: &Path, today: &str) -> Self {
        let child = command(server, key, books, today).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.expect("the program of the ERP"))
    }

    /// Runs it until nothing is left to do, and both sides were compared.
    pub fn finish(server: SocketAddr, key: &str, books: &Path, today: &str) -> Output {
        command(server, key, books, today).arg("--once").output().expect("the program of the ERP")
    }
}

impl Drop for Erp {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}
