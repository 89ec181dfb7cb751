//! What each person's documents use of lines.

use super::Reported;
use crate::{
    finance::budget_line::used_in_year,
    spine::{Failure, Key, Reader},
};
use domain::finance::budget_line::Balance;
use std::collections::HashMap;

/// The lines once more for each person who uses them, with what they use; what was given belongs to nobody.
pub(super) fn by_person(
    reader: &mut Reader<'_>,
    fiscal_year: i32,
    of: Vec<Reported>,
) -> Result<Vec<(Option<Key>, Reported)>, Failure> {
    let known: HashMap<Key, Reported> = of.into_iter().map(|line| (line.id, line)).collect();
    let mut found = Vec::new();
    for (person, line, balance) in used_in_year(reader, fiscal_year)? {
        if let Some(line) = known.get(&line).filter(|_| balance != Balance::default()) {
            found.push((Some(person), Reported { balance, ..line.clone() }));
        }
    }
    Ok(found)
}
