//! Policies whose clause was edited are looked at again: with the publication of a version each policy in force that cites a
//! clause which now says something else makes a task for its owner. `[REG-8; TSK-1]`

use super::row::{find_unscoped, published_before};
use crate::{
    organisation::Organisation,
    policy,
    regulation::{self, citation},
    schema::users,
    spine::{Failure, House, Key, Reader, Told, Tx, db},
    task::deed::{Given, give_by_rule},
};
use diesel::prelude::*;
use domain::{
    approval::heads_above,
    regulation::{
        Regulation,
        comparison::{ClauseChange, compare},
        coverage::{self, EnforcerKind},
    },
    regulation_version::{PUBLISHED, RegulationVersion},
    spine::{EmployeeId, Entity, Id, UserId},
    task::{Origin, TaskContent},
};
use std::collections::{BTreeMap, BTreeSet};

/// Days for the review, where the version is not in force later. *(default)*
const REVIEW_DAYS: i64 = 7;

/// Which events call for reviews.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    kind == PUBLISHED.name
}

/// Gives the tasks that a publication calls for.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let version = find_unscoped(tx, Id::from_uuid(told.entity))?;
    let regulation = regulation::load(tx, version.regulation)?;
    let citing = citing(tx, &regulation, &version)?;
    for (policy, clauses) in citing {
        review(tx, &version, &regulation, &policy, &clauses)?;
    }
    Ok(())
}

/// The policies in force that cite a clause which says something else from this version on, each with those clauses.
fn citing(
    reader: &mut Reader<'_>,
    regulation: &Regulation,
    version: &RegulationVersion,
) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let mut citing = BTreeMap::<String, BTreeSet<String>>::new();
    let Some(before) = published_before(reader, version.regulation, version.edition)? else {
        return Ok(citing);
    };
    let differences = compare(&before.text.clauses, &version.text.clauses);
    let edited: BTreeSet<&str> = differences
        .iter()
        .filter(|differs| matches!(differs.change, ClauseChange::Edited | ClauseChange::Gone))
        .filter_map(|differs| differs.before.as_ref().map(|clause| clause.id.as_str()))
        .collect();
    if edited.is_empty() {
        return Ok(citing);
    }
    let today = reader.today();
    let cited = citation::all(reader, today)?;
    let covered = coverage::cover(&regulation.details.code, &before.text.clauses, &cited, &[]);
    for covered in covered.clauses.iter().filter(|covered| edited.contains(covered.clause.id.as_str())) {
        for enforcer in covered.enforcers.iter().filter(|enforcer| enforcer.kind == EnforcerKind::Policy) {
            citing.entry(enforcer.code.clone()).or_default().insert(covered.clause.number.clone());
        }
    }
    Ok(citing)
}

/// Asks the owner of a policy to look at it again. Where nobody can be asked, that is logged: a publication waits for nobody.
fn review(
    tx: &mut Tx<'_>,
    version: &RegulationVersion,
    regulation: &Regulation,
    policy: &str,
    clauses: &BTreeSet<String>,
) -> Result<(), Failure> {
    let Some((giver, owner, title)) = people(tx, version, policy)? else {
        log::warn!("nobody can be asked to review {policy} after {} changed", regulation.details.code);
        return Ok(());
    };
    let clauses: Vec<&str> = clauses.iter().map(String::as_str).filter(|number| !number.is_empty()).collect();
    let content = TaskContent {
        title: format!("复核政策：{title}"),
        description: format!(
            "《{}》的条款已修订（{}），请复核依据该条款的政策“{title}”是否需要调整。",
            regulation.details.title,
            if clauses.is_empty() { "见版本对比".to_owned() } else { clauses.join("、") },
        ),
    };
    let soon = tx.today() + chrono::Duration::days(REVIEW_DAYS);
    let due_on = version.publication.as_ref().map_or(soon, |published| published.effective_from.max(soon));
    let origin = Some(Origin { kind: RegulationVersion::KIND.to_owned(), id: version.id.uuid(), line: None });
    give_by_rule(tx, giver, Given { content, owner, due_on, origin }).map(drop)
}

/// Who gives the task, who owns the policy, and what that is called.
fn people(
    reader: &mut Reader<'_>,
    version: &RegulationVersion,
    code: &str,
) -> Result<Option<(EmployeeId, EmployeeId, String)>, Failure> {
    let today = reader.today();
    let organisation = Organisation::today(reader)?;
    let Some(last) = policy::all_in_force(reader, today)?.into_iter().find(|policy| policy.code == code)
    else {
        return Ok(None);
    };
    let published_by = match last.published {
        Some((by, _)) => employee_of(reader, by)?,
        None => None,
    };
    let head = heads_above(&*organisation, version.department).next();
    let is_here = |employee: &EmployeeId| organisation.works_here(*employee, today);
    // What ships belongs to nobody: whoever issues the regulation looks after it.
    let Some(owner) = published_by.filter(is_here).or(head) else { return Ok(None) };
    let superior = organisation.superiors_of(owner).into_iter().next();
    let givers = [head, Some(version.petition.submitter), superior];
    let giver = givers.into_iter().flatten().filter(is_here).find(|giver| *giver != owner);
    Ok(giver.map(|giver| (giver, owner, last.title)))
}

fn employee_of(reader: &mut Reader<'_>, user: UserId) -> Result<Option<EmployeeId>, Failure> {
    let employee: Option<Option<Key>> = db!(reader, |c| users::table
        .filter(users::id.eq(Key::from(user)))
        .select(users::employee_id)
        .first(c)
        .optional())?;
    Ok(employee.flatten().map(Into::into))
}
