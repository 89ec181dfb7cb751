//! The published versions of policies: which is in force on a day, kept in memory until a policy changes. `[REG-4]`

use super::{POLICIES, Row};
use crate::{
    organisation::literally,
    schema::policies,
    spine::{Failure, Reader, db},
};
use diesel::prelude::*;
use domain::spine::{
    BusinessDate, Citation, POLICY_MISSING, POLICY_OVERTAKEN, Policy, PolicyContent, PolicyStatus,
    PolicyVersion, Refusal, Timestamp, read_content,
};
use std::sync::Arc;

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
        None => Err(Refusal::new(POLICY_MISSING).with("code", code).with("date", on.to_string()).into()),
    }
}

/// Whether a draft may still be published: where a later version was, it would have no effect, or take back what that one
/// changed.
///
/// # Errors
/// Where the database fails.
pub fn may_follow(reader: &mut Reader<'_>, policy: &Policy) -> Result<Result<(), Refusal>, Failure> {
    let newest: Option<i32> = db!(reader, |c| policies::table
        .filter(policies::code.eq(&policy.code).and(policies::status.eq("published")))
        .select(diesel::dsl::max(policies::number))
        .first(c))?;
    let is_draft = policy.status == PolicyStatus::Draft;
    Ok(match newest.filter(|newest| is_draft && *newest > policy.number) {
        Some(newer) => {
            Err(Refusal::new(POLICY_OVERTAKEN).with("newer", newer).citing(Citation::rule("REG-4")))
        }
        None => Ok(()),
    })
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
