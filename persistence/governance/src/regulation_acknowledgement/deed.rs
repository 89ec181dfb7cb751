//! What is asked, acknowledged and let go. Everybody in scope is asked, and whoever comes into it later: some at a time, in a
//! unit of work each, until nobody is missing as the people are at that revision. Two servers meet on the key (version, person).

use super::{apply, row::Row};
use crate::{
    file,
    organisation::{Organisation, Register},
    regulation, regulation_version,
    schema::{
        regulation_acknowledgements as acknowledgements, regulation_askings as askings,
        regulation_versions as versions,
    },
    spine::{Failure, Key, Reader, Tx, db, is_taken},
};
use diesel::prelude::*;
use domain::{
    approval::Directory,
    file::File,
    regulation_acknowledgement::{LAPSED_ALREADY, LapseCause, RegulationAcknowledgement},
    regulation_version::{Nature, RegulationVersion},
    spine::{BusinessDate, EmployeeId, Entity, Id, Refusal},
};
use std::collections::{HashMap, HashSet};

/// So many people are asked, or let go, in one unit of work.
const AT_ONCE: usize = 200;

/// A published version, as far as it matters here.
type Published = (Key, Key, String, Option<BusinessDate>, Option<BusinessDate>);

/// Which version of each regulation asks to be acknowledged: the last that changed what is asked of people, unless the
/// regulation was repealed. Versions that only say it differently ask nobody.
fn asking(reader: &mut Reader<'_>) -> Result<HashMap<Key, Key>, Failure> {
    let published: Vec<Published> = db!(reader, |c| versions::table
        .filter(versions::published_at.is_not_null())
        .order((versions::regulation_id, versions::edition.desc()))
        .select((
            versions::id,
            versions::regulation_id,
            versions::nature,
            versions::superseded_from,
            versions::repealed_from
        ))
        .load(c))?;
    let (mut asking, mut ended) = (HashMap::new(), HashSet::new());
    for (version, of, nature, superseded, repealed) in published {
        if superseded.is_none() && repealed.is_some() {
            ended.insert(of);
        }
        if nature == Nature::Substantive.code() && !ended.contains(&of) {
            asking.entry(of).or_insert(version);
        }
    }
    Ok(asking)
}

/// What is to be done: versions that have not asked everybody as the people are now, and versions that ask no longer and wait
/// for somebody still.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<Id<RegulationVersion>>, Failure> {
    let (revision, today) = (reader.master_revision(), reader.today());
    let asking: HashSet<Key> = asking(reader)?.into_values().collect();
    let asked: Vec<(Key, i64, BusinessDate)> = db!(reader, |c| askings::table
        .select((askings::version_id, askings::revision, askings::asked_on))
        .load(c))?;
    let done: HashSet<Key> = asked
        .into_iter()
        .filter(|(_, at, on)| *at == revision && *on == today)
        .map(|(version, _, _)| version)
        .collect();
    let waiting: Vec<Key> = db!(reader, |c| acknowledgements::table
        .filter(acknowledgements::status.eq("asked"))
        .select(acknowledgements::version_id)
        .distinct()
        .load(c))?;
    let mut due: Vec<Key> = asking.difference(&done).copied().collect();
    due.extend(waiting.into_iter().filter(|version| !asking.contains(version)));
    due.sort_unstable();
    Ok(due.into_iter().map(Into::into).collect())
}

/// Asks some of those whom a version has not asked yet, and lets go some whom it need not ask any more; notes when nobody is
/// left. Safe to be done by several servers, and twice.
///
/// # Errors
/// Where the database fails.
pub fn attend(tx: &mut Tx<'_>, version: Id<RegulationVersion>) -> Result<(), Failure> {
    let version = regulation_version::find_unscoped(tx, version)?;
    let asks = asking(tx)?.get(&version.regulation.into()) == Some(&version.id.into());
    if !asks {
        let cause = if version.is_repealed() { LapseCause::Repealed } else { LapseCause::Superseded };
        return let_go(tx, &version, |_| Some(cause)).map(drop);
    }
    let register = Register::of(tx)?;
    let let_go = let_go(tx, &version, |employee| register.has_left(employee).then_some(LapseCause::Left))?;
    let missing = missing(tx, &version)?;
    let organisation = Organisation::today(tx)?;
    for employee in missing.iter().take(AT_ONCE) {
        let Some(department) = organisation.department_of(*employee) else { continue };
        let (id, now) = (tx.id(), tx.now());
        apply(tx, RegulationAcknowledgement::ask(id, &version, (*employee, department), now))?;
    }
    if missing.len() <= AT_ONCE && let_go < AT_ONCE { note_asked(tx, &version) } else { Ok(()) }
}

/// Those whom the regulation means today and whom the version has not asked, in the order of their ids.
fn missing(tx: &mut Tx<'_>, version: &RegulationVersion) -> Result<Vec<EmployeeId>, Failure> {
    let (key, today) = (Key::from(version.id), tx.today());
    let scope = regulation::load(tx, version.regulation)?.details.scope;
    let asked: Vec<Key> = db!(tx, |c| acknowledgements::table
        .filter(acknowledgements::version_id.eq(key))
        .select(acknowledgements::employee_id)
        .load(c))?;
    let asked: HashSet<EmployeeId> = asked.into_iter().map(Into::into).collect();
    let organisation = Organisation::today(tx)?;
    let members = organisation.members(today).values();
    let meant = members.filter(|member| scope.covers(member) && !asked.contains(&member.employee));
    Ok(meant.map(|member| member.employee).collect())
}

/// Lets go some of those who are asked and of whom there is a cause; how many.
fn let_go(
    tx: &mut Tx<'_>,
    version: &RegulationVersion,
    cause: impl Fn(EmployeeId) -> Option<LapseCause>,
) -> Result<usize, Failure> {
    let key = Key::from(version.id);
    let rows: Vec<Row> = db!(tx, |c| acknowledgements::table
        .filter(acknowledgements::version_id.eq(key).and(acknowledgements::status.eq("asked")))
        .order(acknowledgements::id)
        .select(Row::as_select())
        .load(c))?;
    let (now, mut gone) = (tx.now(), 0);
    for row in rows {
        let asked = RegulationAcknowledgement::try_from(row)?;
        let Some(cause) = cause(asked.employee) else { continue };
        if let Some(lapsed) = asked.lapse(cause, now) {
            apply(tx, lapsed)?;
            gone += 1;
        }
        if gone == AT_ONCE {
            break;
        }
    }
    Ok(gone)
}

/// Everybody is asked as the people are at this revision.
fn note_asked(tx: &mut Tx<'_>, version: &RegulationVersion) -> Result<(), Failure> {
    let (key, revision, today) = (Key::from(version.id), tx.master_revision(), tx.today());
    let moved = db!(tx, |c| diesel::update(askings::table.filter(askings::version_id.eq(key)))
        .set((askings::revision.eq(revision), askings::asked_on.eq(today)))
        .execute(c))?;
    if moved > 0 {
        return Ok(());
    }
    let row = (askings::version_id.eq(key), askings::revision.eq(revision), askings::asked_on.eq(today));
    match db!(tx, |c| diesel::insert_into(askings::table).values(&row).execute(c)) {
        Err(error) if is_taken(&error) => Err(Failure::Moved),
        noted => Ok(noted.map(drop)?),
    }
}

/// The text that is acknowledged: the last that was published of the regulation, if the version that asked still asks.
fn text(tx: &mut Tx<'_>, asked: &RegulationAcknowledgement) -> Result<RegulationVersion, Failure> {
    let still = asking(tx)?.get(&asked.regulation.into()) == Some(&asked.asking.into());
    let last = regulation_version::last_published(tx, asked.regulation)?;
    last.filter(|_| still).ok_or_else(|| Refusal::new(LAPSED_ALREADY).into())
}

/// Says that the caller knows the text with this digest.
///
/// # Errors
/// Where somebody else is asked, it is not asked for any more, or another text stands now.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    asked: RegulationAcknowledgement,
    digest: &str,
) -> Result<RegulationAcknowledgement, Failure> {
    asked.may_acknowledge(tx.actor())?;
    let (last, now) = (text(tx, &asked)?, tx.now());
    let change = asked.acknowledge(digest, &last, tx.actor(), now)?;
    apply(tx, change)
}

/// Files the sheet that somebody signed, with its scan.
///
/// # Errors
/// Where it is not asked for any more, another text stands now, or the scan is missing.
pub fn file_sheet(
    tx: &mut Tx<'_>,
    asked: RegulationAcknowledgement,
    digest: &str,
    files: &[Id<File>],
) -> Result<RegulationAcknowledgement, Failure> {
    asked.refuse_answered()?;
    let (last, now, id) = (text(tx, &asked)?, tx.now(), asked.uuid());
    let change = asked.file_sheet(digest, &last, (tx.actor(), files.len()), now)?;
    let filed = apply(tx, change)?;
    file::attach_exactly(tx, files, RegulationAcknowledgement::KIND, id, "/files")?;
    Ok(filed)
}
