//! `audit verify`: proves that nothing in the trail was altered or removed.

use super::block_on;
use crate::{open_database, spine::Settings};
use clap::Subcommand;
use persistence::spine::{Request, verify_audit};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Read the whole trail and prove that nothing was altered or removed.
    Verify {
        /// Print the verdict as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Verify { json } = command;
    let database = open_database(settings, |_| {}).map_err(|failure| format!("{failure:?}"))?;
    let verdict = block_on(database.read(Request::system("audit-verify"), verify_audit))?
        .map_err(|failure| format!("{failure:?}"))?;
    if *json {
        println!("{}", serde_json::json!(verdict));
    } else {
        println!("{} entries read", verdict.entries);
    }
    match (verdict.broken_at, verdict.erased_untold.first()) {
        (Some(sequence), _) => Err(format!("the chain is broken at entry {sequence}")),
        (None, Some(sequence)) => {
            Err(format!("the content of entry {sequence} is gone, and no entry tells of its erasure"))
        }
        (None, None) => Ok(()),
    }
}
