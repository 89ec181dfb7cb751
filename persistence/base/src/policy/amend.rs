//! A version that differs from the one in force in one thing: what every company changes, said without writing out the rest.
//! `[REG-4]`

use super::{all_in_force, all_of_kind, apply, check, earliest_start, in_force, next_version_number};
use crate::spine::{Failure, Tx};
use domain::spine::{BusinessDate, Finding, Policy, PolicyContent, PolicyStatus, Refusal};
use std::collections::BTreeMap;

/// The day from which the first change counts, where nothing was decided yet: before any document.
const FIRST_DAY: BusinessDate = match BusinessDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => BusinessDate::MIN,
};

/// How a content is changed.
type Changed<C> = Box<dyn Fn(&C) -> Result<C, Refusal> + Send>;

/// What is changed of a policy, and where it stood in what was sent.
pub struct Amendment<C> {
    /// What stands behind the slash of the code.
    pub name: String,
    /// From when on; as early as may be, but not ahead of today, where nothing is said.
    pub from: Option<BusinessDate>,
    /// Where the change stands in the content, and where in what was sent.
    pub place: (&'static str, &'static str),
    /// The content with the change.
    pub change: Changed<C>,
}

/// Publishes a version of a policy that differs in one thing alone. Versions that are to come into force later are published
/// anew with it, so that it does not vanish with them; one to which it cannot be said stays as it is.
///
/// # Errors
/// What the change refuses of the version in force; all that makes the new one unsound; a day before which documents were
/// decided.
pub fn amend<C: PolicyContent>(tx: &mut Tx<'_>, amendment: &Amendment<C>) -> Result<(), Failure> {
    let Amendment { name, from, place, change } = amendment;
    let (today, code) = (tx.today(), format!("{}/{name}", C::KIND));
    let now = in_force::<C>(tx, name, today)?;
    let title = all_in_force(tx, today)?.into_iter().find(|policy| policy.code == code);
    let title = title.map_or_else(|| code.clone(), |policy| policy.title);
    let earliest = earliest_start(tx, &code)?;
    let from = from.unwrap_or(earliest.max(FIRST_DAY));
    let mut later = BTreeMap::new();
    for dated in all_of_kind::<C>(tx)? {
        if dated.version.code == code && dated.from > from.max(today) {
            later.insert(dated.from, (change(&dated.version.content), dated.version.clause));
        }
    }
    let later = later.into_iter().filter_map(|(from, (changed, clause))| Some((from, changed.ok()?, clause)));
    let first = (from, change(&now.content)?, now.clause.clone());
    for (from, content, clause) in std::iter::once(first).chain(later) {
        let drafted = Policy {
            id: tx.id(),
            number: next_version_number(tx, &code)?,
            code: code.clone(),
            title: title.clone(),
            status: PolicyStatus::Draft,
            effective_from: from,
            content: serde_json::to_value(content)?,
            clause,
            published: None,
            version: 0,
        };
        publish(tx, drafted, earliest, *place)?;
    }
    Ok(())
}

fn publish(
    tx: &mut Tx<'_>,
    drafted: Policy,
    earliest: BusinessDate,
    (kept, sent): (&str, &str),
) -> Result<(), Failure> {
    let said = |found: Finding| Finding { pointer: found.pointer.replacen(kept, sent, 1), ..found };
    let findings = check(tx, &drafted)?.into_iter().map(said).collect();
    let drafted = apply(tx, drafted.draft())?;
    let published = drafted.publish(tx.actor().user, tx.now(), earliest, findings)?;
    apply(tx, published).map(drop)
}
