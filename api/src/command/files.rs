//! `files`: the bytes of attachments.

use super::{block_on, current, failed, open};
use crate::{
    Settings,
    file::{FileStore, Swept, sweep, verify},
};
use clap::Subcommand;

/// What to do with the bytes of attachments.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Prove that every file is still what was uploaded.
    Verify,
    /// Remove bytes without a file in this database, a day old or older.
    Sweep,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let store = FileStore::in_directory(&settings.files_directory).map_err(|error| error.to_string())?;
    match command {
        Command::Sweep => {
            let database = open(settings)?;
            let removed = block_on(sweep(&database, &store, Swept::WithoutRow))?.map_err(failed)?;
            println!("removed the bytes of {removed} uploads that came to nothing");
            Ok(())
        }
        Command::Verify => {
            let database = current(settings)?;
            let (checked, damaged) = block_on(verify(&database, &store))?.map_err(failed)?;
            println!("checked {checked} files");
            if damaged.is_empty() {
                return Ok(());
            }
            let ids: Vec<_> = damaged.iter().map(ToString::to_string).collect();
            Err(format!("missing or not what was uploaded: {}", ids.join(", ")))
        }
    }
}
