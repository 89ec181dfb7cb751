//! What ships with the product: published once, and followed up as long as nobody else has written versions.

use super::{apply, findings_in, next_version_number};
use crate::{
    schema::policies,
    spine::{Failure, Key, Tx, db},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, Policy, PolicyContent, PolicyStatus};

/// A policy the product ships with.
pub struct Shipped<'a> {
    /// `kind/name`.
    pub code: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What it says, as JSON.
    pub content: serde_json::Value,
    /// The clause it enforces.
    pub clause: &'a str,
}

/// Publishes a shipped policy. As long as nobody but the product has written versions of it, a product that
/// ships other content publishes the next version, from today on; whatever people have drafted or published
/// stays as it is. Doing it twice changes nothing. The content is checked like any other.
pub fn ship<C: PolicyContent>(tx: &mut Tx<'_>, shipped: Shipped<'_>) -> Result<(), Failure> {
    let (by, now) = (tx.actor().user, tx.now());
    let number = next_version_number(tx, shipped.code)?;
    if number > 1 && !is_outdated(tx, &shipped, number - 1)? {
        return Ok(());
    }
    let findings = findings_in::<C>(&shipped.content);
    if number > 1 && !findings.is_empty() {
        // What is in force goes on: an upgrade never keeps a server from starting.
        log::warn!(
            "the shipped version of {} does not suit this company; it is left to its people",
            shipped.code
        );
        return Ok(());
    }
    let first = number == 1;
    let policy = Policy {
        id: tx.id(),
        code: shipped.code.to_owned(),
        number,
        title: shipped.title.to_owned(),
        status: PolicyStatus::Draft,
        effective_from: if first { FIRST_DAY } else { tx.today() },
        content: shipped.content,
        clause: shipped.clause.to_owned(),
        published: None,
        version: 0,
    };
    let drafted = apply(tx, policy.draft())?;
    apply(tx, drafted.publish(by, now, BusinessDate::MIN, findings)?)?;
    Ok(())
}

/// Whether the product itself wrote the last version and now ships another content.
fn is_outdated(tx: &mut Tx<'_>, shipped: &Shipped<'_>, last: i32) -> Result<bool, Failure> {
    let (content, by): (String, Option<Key>) = db!(tx, |c| policies::table
        .filter(policies::code.eq(shipped.code).and(policies::number.eq(last)))
        .select((policies::content, policies::published_by))
        .first(c))?;
    let content: serde_json::Value = serde_json::from_str(&content)?;
    Ok(by == Some(tx.actor().user.into()) && content != shipped.content)
}

/// The day from which shipped policies are in force: before any document of a customer of ours.
const FIRST_DAY: BusinessDate = match BusinessDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => BusinessDate::MIN,
};
