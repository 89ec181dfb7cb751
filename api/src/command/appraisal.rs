//! `appraisal verify`: reckons every result again from what was frozen, and proves it equal to the last digit. `[KPI-6]`

use super::{block_on, current, failed};
use crate::Settings;
use clap::Subcommand;
use persistence::{performance::scheme::replay, spine::Request};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Reckon every result again and compare it with what was kept, line by line.
    Verify,
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Verify = command;
    let database = current(settings)?;
    let (looked, differences) =
        block_on(database.read(Request::system("appraisal-verify"), replay::verify))?.map_err(failed)?;
    for difference in &differences {
        let computed = difference.computed.map_or_else(|| "nothing".to_owned(), |result| result.to_string());
        println!("{}: kept {}, computed {computed}", difference.appraisal, difference.kept);
    }
    if differences.is_empty() {
        println!("{looked} results come out again as they were kept");
        Ok(())
    } else {
        Err("results do not come out again as they were kept".to_owned())
    }
}
