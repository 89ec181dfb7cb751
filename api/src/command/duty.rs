//! `duty verify`: counts every duty anew and proves the tallies of the compliance board equal. `[DUT-4]`

use super::{block_on, current, failed};
use crate::Settings;
use clap::Subcommand;
use persistence::{duty, spine::Request};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Count every duty anew and compare with what the board is read from.
    Verify,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Verify = command;
    let database = current(settings)?;
    let differences =
        block_on(database.read(Request::system("duty-verify"), duty::verify))?.map_err(failed)?;
    for difference in &differences {
        println!("{}: kept {:?}, counted {:?}", difference.of, difference.kept, difference.counted);
    }
    if differences.is_empty() {
        println!("the tallies are what the duties add up to");
        Ok(())
    } else {
        Err("tallies are not what their duties add up to".to_owned())
    }
}
