//! `backup`: a consistent copy of a SQLite database while the server runs.

use crate::{open_database, spine::Settings};
use std::path::Path;

pub(super) fn run(settings: &Settings, to: &Path) -> Result<(), String> {
    if to.exists() {
        return Err(format!("{} exists already; a backup never overwrites", to.display()));
    }
    let database = open_database(settings, |_| {}).map_err(|failure| format!("{failure:?}"))?;
    database.back_up(&to.display().to_string()).map_err(|failure| format!("{failure:?}"))?;
    println!("{}", to.display());
    Ok(())
}
