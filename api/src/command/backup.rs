//! `backup`: a consistent copy of a SQLite database while the server runs.

use super::{existing, failed};
use crate::Settings;
use std::path::Path;

pub(super) fn run(settings: &Settings, to: &Path) -> Result<(), String> {
    if to.exists() {
        return Err(format!("{} exists already; a backup never overwrites", to.display()));
    }
    let database = existing(settings)?;
    database.back_up(&to.display().to_string()).map_err(failed)?;
    println!("{}", to.display());
    Ok(())
}
