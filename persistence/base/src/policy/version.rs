//! The published versions of policies: which is in force on a day, kept in memory until a policy changes. `[REG-4]`

use super::{POLICIES, Row, by_code};
use crate::{
    organisation::literally,
    schema::policies,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::spine::{
    ActorKind, BusinessDate, Citation, Id, POLICY_ABSENT, POLICY_MISSING, Policy, PolicyContent,
    PolicyStatus, PolicyVersion, Refusal, Timestamp, read_content,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The version of a policy in force on a business day; refuses where there is none.
pub fn in_force<C: PolicyContent>(
    reader: &mut Reader<'_>,
    name: &str,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<C>>, Failure> {
    let code = format!("{}/{name}", C::KIND);
    let versions = reader.master(POLICIES, &code, |reader| published::<C>(reader, &code))?;
    match versions.iter().find(|(from, _)| *from <= on) {
        Some((_, Ok(version))) => Ok(version.clone()),
        Some((_, Err(unreadable))) => Err(Failure::fault(unreadable)),
        None => Err(missing(reader, code, on, versions.last().map(|(from, _)| *from))?.into()),
    }
}

/// Why no version is in force on a day, in the words by which people know the policy.
fn missing(
    reader: &mut Reader<'_>,
    code: String,
    on: BusinessDate,
    first: Option<BusinessDate>,
) -> Result<Refusal, Failure> {
    let shipped = by_code(reader.house(), &code);
    let written: Option<String> = db!(reader, |c| policies::table
        .filter(policies::code.eq(&code))
        .order(policies::number.desc())
        .select(policies::title)
        .first(c)
        .optional())?;
    let title =
        written.or_else(|| shipped.map(|shipped| shipped.title.to_owned())).unwrap_or_else(|| code.clone());
    let refusal = match first {
        Some(from) => {
            Refusal::new(POLICY_MISSING).with("date", on.to_string()).with("from", from.to_string())
        }
        None => Refusal::new(POLICY_ABSENT),
    };
    Ok(refusal.with("policy", title).with("code", code).citing(Citation::rule("REG-4")))
}

/// The number of the last version of a code that was published, whatever its day.
///
/// # Errors
/// Where the database fails.
pub fn newest_published(reader: &mut Reader<'_>, code: &str) -> Result<Option<i32>, Failure> {
    Ok(db!(reader, |c| policies::table
        .filter(policies::code.eq(code).and(policies::status.eq("published")))
        .select(diesel::dsl::max(policies::number))
        .first(c))?)
}

/// Whether a code has a published version of a number.
///
/// # Errors
/// Where the database fails.
pub fn is_published(reader: &mut Reader<'_>, code: &str, number: i32) -> Result<bool, Failure> {
    let found =
        policies::code.eq(code).and(policies::number.eq(number)).and(policies::status.eq("published"));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(policies::table.filter(found))).get_result(c))?)
}

/// Which versions of these codes are in force today.
pub(super) fn those_in_force(
    reader: &mut Reader<'_>,
    codes: &[&str],
) -> Result<HashSet<Id<Policy>>, Failure> {
    let today = reader.today();
    let rows: Vec<(String, Key)> = db!(reader, |c| policies::table
        .filter(policies::code.eq_any(codes).and(policies::status.eq("published")))
        .filter(policies::effective_from.le(today))
        .order((policies::code, policies::effective_from, policies::number))
        .select((policies::code, policies::id))
        .load(c))?;
    let last: HashMap<String, Id<Policy>> = rows.into_iter().map(|(code, id)| (code, id.into())).collect();
    Ok(last.into_values().collect())
}

/// The draft of a code that was written last and that nothing overtook: what comes next is added to it.
///
/// # Errors
/// Where the database fails.
pub fn open_draft<C: PolicyContent>(
    reader: &mut Reader<'_>,
    code: &str,
) -> Result<Option<(Policy, C)>, Failure> {
    let row: Option<Row> = db!(reader, |c| policies::table
        .filter(policies::code.eq(code).and(policies::status.eq("draft")))
        .order(policies::number.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?;
    let Some(draft) = row.map(Policy::try_from).transpose()? else { return Ok(None) };
    let newest = newest_published(reader, code)?;
    if draft.may_follow(newest).is_err() {
        return Ok(None);
    }
    // One that cannot be read is left to its people.
    Ok(read_content(&draft.content).ok().map(|content| (draft, content)))
}

/// Writes what an open draft says now, or the next version of a code where none is open.
///
/// # Errors
/// Where the database fails.
pub fn draft_on(tx: &mut Tx<'_>, code: &str, open: Option<Policy>, says: Says) -> Result<Policy, Failure> {
    let change = match open {
        Some(open) => {
            let Says { title, effective_from, content, clause } = says;
            let (based_on, by) = (open.based_on, tx.actor().user);
            open.revise(title, effective_from, content, clause, (based_on, by))?
        }
        None => next(tx, code.to_owned(), says)?.draft(),
    };
    super::apply(tx, change)
}

/// Whether a draft may still be published: where a version was published that it knows nothing of, what that one changed would
/// be lost.
///
/// # Errors
/// Where the database fails.
pub fn may_follow(reader: &mut Reader<'_>, policy: &Policy) -> Result<Result<(), Refusal>, Failure> {
    let newest = newest_published(reader, &policy.code)?;
    Ok(policy.may_follow(newest))
}

/// The next version of a code, as a draft that is based on what was published last.
///
/// # Errors
/// Where the database fails.
pub fn next(reader: &mut Reader<'_>, code: String, says: Says) -> Result<Policy, Failure> {
    let Says { title, effective_from, content, clause } = says;
    let by = reader.actor();
    let drafted_by = (by.kind != ActorKind::System).then_some(by.user);
    Ok(Policy {
        id: reader.id(),
        drafted_by,
        number: super::next_version_number(reader, &code)?,
        based_on: newest_published(reader, &code)?,
        code,
        title,
        status: PolicyStatus::Draft,
        effective_from,
        content,
        clause,
        published: None,
        version: 0,
    })
}

/// What a version says.
#[derive(Clone, Debug)]
pub struct Says {
    /// What it is called.
    pub title: String,
    /// The first business day it decides for.
    pub effective_from: BusinessDate,
    /// The content.
    pub content: serde_json::Value,
    /// The clause it enforces.
    pub clause: String,
}

/// The published versions of a code with the day each takes effect, the latest first. One that cannot be
/// read says so, and stands in the way of its own days only.
type Published<C> = Vec<(BusinessDate, Result<Arc<PolicyVersion<C>>, String>)>;

fn published<C: PolicyContent>(reader: &mut Reader<'_>, code: &str) -> Result<Published<C>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| policies::table
        .filter(policies::code.eq(code))
        .filter(policies::status.eq("published"))
        .order((policies::effective_from.desc(), policies::number.desc()))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.effective_from, understood(row).map(Arc::new))).collect())
}

/// A published version of a policy, and from when it counts.
#[derive(Clone, Debug)]
pub struct Dated<C> {
    /// The first day on which it is in force.
    pub from: BusinessDate,
    /// When it was published.
    pub published_at: Timestamp,
    /// What it says.
    pub version: PolicyVersion<C>,
}

/// The version of each policy that is in force on a day, by code.
///
/// # Errors
/// Where the database fails.
pub fn all_in_force(reader: &mut Reader<'_>, on: BusinessDate) -> Result<Vec<Policy>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| policies::table
        .filter(policies::status.eq("published").and(policies::effective_from.le(on)))
        .order((policies::code, policies::effective_from.desc(), policies::number.desc()))
        .select(Row::as_select())
        .load(c))?;
    let mut latest: Vec<Policy> = Vec::new();
    for row in rows {
        if latest.last().is_none_or(|known| known.code != row.code) {
            latest.push(row.try_into()?);
        }
    }
    Ok(latest)
}

/// All published versions of all policies of a kind, by code and day. One that cannot be read is left out, and logged:
/// it stands in the way of its own days only.
///
/// # Errors
/// Where the database fails.
pub fn all_of_kind<C: PolicyContent>(reader: &mut Reader<'_>) -> Result<Vec<Dated<C>>, Failure> {
    let pattern = format!("{}/%", literally(C::KIND));
    let rows: Vec<Row> = db!(reader, |c| policies::table
        .filter(policies::code.like(pattern).escape('\\'))
        .filter(policies::status.eq("published"))
        .order((policies::code, policies::effective_from, policies::number))
        .select(Row::as_select())
        .load(c))?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        let (from, published_at) = (row.effective_from, row.published_at.map(Timestamp::from));
        match understood(row) {
            Ok(version) => {
                versions.extend(published_at.map(|published_at| Dated { from, published_at, version }));
            }
            Err(unreadable) => log::error!("{unreadable}"),
        }
    }
    Ok(versions)
}

/// What the row of a policy says.
fn understood<C: PolicyContent>(row: Row) -> Result<PolicyVersion<C>, String> {
    let Row { id, code, number, clause, content, .. } = row;
    let unreadable = |why: &dyn std::fmt::Debug| format!("policy {code} version {number}: {why:?}");
    let content = serde_json::from_str(&content).map_err(|error| unreadable(&error))?;
    let content: C = read_content(&content).map_err(|finding| unreadable(&finding))?;
    Ok(PolicyVersion { id: id.into(), code, number, clause, content })
}
