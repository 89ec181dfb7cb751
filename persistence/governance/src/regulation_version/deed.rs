//! What is done with a version, and what follows elsewhere. Locks: the regulation's last version before the new one, then
//! suggestions; acknowledgements are asked for and let go by the chore that follows, some at a time.

use super::{apply, last, last_published, row::Row, settle::routed};
use crate::{
    approval::document,
    organisation::{department, referred},
    regulation, regulation_suggestion,
    schema::regulation_versions as versions,
    spine::{Failure, Key, Reader, Tx, db, next_number},
};
use diesel::prelude::*;
use domain::{
    approval::{Document, NewDocument},
    regulation::{Clause, Regulation},
    regulation_version::{
        EDITION_IN_WORK, NUMBER_PREFIX, RegulationText, RegulationVersion, RegulationVersionState,
    },
    spine::{BusinessDate, Id, Refusal},
};

/// The clauses that a new version begins with where its drafter gives none: those of the last that was published.
///
/// # Errors
/// Where the database fails.
pub fn clauses_of_last(reader: &mut Reader<'_>, of: Id<Regulation>) -> Result<Vec<Clause>, Failure> {
    Ok(last_published(reader, of)?.map(|last| last.text.clauses).unwrap_or_default())
}

/// Drafts the next version of a regulation, while no other is being written.
///
/// # Errors
/// Where the regulation is not in reach; `regulation_version.edition_in_work`; what is not well formed.
pub fn draft(
    tx: &mut Tx<'_>,
    of: Id<Regulation>,
    text: RegulationText,
) -> Result<RegulationVersion, Failure> {
    let regulation = referred(regulation::find(tx, of), "/regulation_id")?;
    refuse_second(tx, of)?;
    let edition = last(tx, of)?.map_or(1, |last| last.edition + 1);
    let number = next_number(tx, NUMBER_PREFIX)?;
    let new = NewDocument { id: tx.id(), number, submitter: None };
    let change = RegulationVersion::create(new, &regulation, edition, text, tx.actor(), tx.now())?;
    apply(tx, change)
}

fn refuse_second(reader: &mut Reader<'_>, of: Id<Regulation>) -> Result<(), Failure> {
    use RegulationVersionState::{Approved, Draft, InApproval, Returned, Withdrawn};
    let (key, open) = (Key::from(of), [Draft, InApproval, Returned, Withdrawn, Approved]);
    let open: Vec<&str> = open.iter().map(|state| state.code()).collect();
    let row: Option<Row> = db!(reader, |c| versions::table
        .filter(versions::regulation_id.eq(key).and(versions::status.eq_any(&open)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    match row {
        Some(row) => Err(Refusal::new(EDITION_IN_WORK).with("number", row.number).into()),
        None => Ok(()),
    }
}

/// Hands a version to its approvers.
///
/// # Errors
/// Where it is not the actor's to submit, or not now.
pub fn submit(tx: &mut Tx<'_>, version: RegulationVersion) -> Result<RegulationVersion, Failure> {
    version.may_submit(tx.actor())?;
    let routed = routed(tx, &version);
    document::submit(tx, version, routed)
}

/// Puts a version in force from a day on: the one before it ends there, and what was suggested and taken up in it is in force.
///
/// # Errors
/// Where it is not in reach, not approved, or the day is too early.
pub fn publish(
    tx: &mut Tx<'_>,
    version: RegulationVersion,
    effective_from: BusinessDate,
) -> Result<RegulationVersion, Failure> {
    department::ensure_within_reach(tx, version.department)?;
    let (now, today, by) = (tx.now(), tx.today(), tx.actor().user);
    let last = last_published(tx, version.regulation)?;
    let change = version.publish(effective_from, last.as_ref(), by, (now, today))?;
    if let Some(over) = last.and_then(|last| last.supersede(effective_from)) {
        apply(tx, over)?;
    }
    let published = apply(tx, change)?;
    regulation_suggestion::come_into_force(tx, published.id)?;
    Ok(published)
}

/// Ends a version without a next one.
///
/// # Errors
/// Where it is not in reach, not the last in force, or the day is too early.
pub fn repeal(
    tx: &mut Tx<'_>,
    version: RegulationVersion,
    from: BusinessDate,
    reason: String,
) -> Result<RegulationVersion, Failure> {
    department::ensure_within_reach(tx, version.department)?;
    let (now, today) = (tx.now(), tx.today());
    let change = version.repeal(from, reason, (now, today))?;
    apply(tx, change)
}
