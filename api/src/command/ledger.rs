//! `ledger verify`: rebuilds every balance of the budget ledger from its entries and proves it equal. `[BUD-4]`

use super::{block_on, current, failed};
use crate::Settings;
use clap::Subcommand;
use persistence::{finance::budget_line, spine::Request};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Rebuild every budget line, and what documents hold of it, from the ledger.
    Verify {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Verify { json } = command;
    let database = current(settings)?;
    let report =
        block_on(database.read(Request::system("ledger-verify"), budget_line::verify))?.map_err(failed)?;
    if *json {
        println!("{}", serde_json::json!(report));
    } else {
        println!("{} lines, {} entries, {} holdings rebuilt", report.lines, report.entries, report.holdings);
        for difference in &report.differences {
            println!(
                "{}: {} is {}, rebuilt {}",
                difference.of, difference.figure, difference.kept, difference.rebuilt
            );
        }
    }
    if report.differences.is_empty() {
        Ok(())
    } else {
        Err("balances are not the sum of their entries".to_owned())
    }
}
