//! `regulation load`: the regulations that come with the product, entered by a script.

use super::{block_on, failed, open};
use crate::Settings;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use persistence::{
    governance::regulation::shipped::{self, Loading},
    organisation::department,
    spine::{Database, Failure, Request, StoredAnswer, Tx},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Enter what the company does not have, and follow up what it has unchanged. Twice changes nothing.
    Load(Load),
}

#[derive(Args)]
pub(super) struct Load {
    /// Only these, by code, such as `000` or `002-6`; all where none is named.
    codes: Vec<String>,
    /// The code of the department that issues them.
    #[arg(long)]
    department: String,
    /// The first day on which they are in force.
    #[arg(long)]
    effective_from: NaiveDate,
}

pub(super) fn run(settings: &Settings, command: Command) -> Result<(), String> {
    let Command::Load(said) = command;
    load(&open(settings)?, said)
}

fn load(database: &Database, said: Load) -> Result<(), String> {
    let loaded = block_on(database.write(Request::system("regulation-load"), move |tx| enter(tx, &said)))?;
    let written = loaded.map_err(failed)?.answer.body;
    println!("{}", String::from_utf8_lossy(&written));
    Ok(())
}

/// Enters them; what was written is told by code.
fn enter(tx: &mut Tx<'_>, said: &Load) -> Result<StoredAnswer, Failure> {
    let departments = department::with_codes(tx, &[&said.department])?;
    let department = departments.get(&said.department).ok_or(Failure::NotFound)?.id;
    let (codes, effective_from) = (said.codes.clone(), said.effective_from);
    let loaded = shipped::load(tx, &Loading { codes, department, effective_from })?;
    let body = match loaded.written.as_slice() {
        [] => "nothing to enter".to_owned(),
        written => format!("entered {}", written.join(", ")),
    };
    Ok(StoredAnswer { body: body.into_bytes(), ..StoredAnswer::default() })
}
