//! What ships with the product: published once, and followed up as long as nobody else has written versions.

use super::{Kind, apply, next_version_number};
use crate::{
    schema::policies,
    spine::{Failure, Key, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::spine::{Actor, BusinessDate, Policy, PolicyStatus};

/// A policy the product ships with: registered by its noun, published at the first start.
pub struct Shipped {
    /// `kind/name`.
    pub code: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The clause it enforces.
    pub clause: &'static str,
    /// What it says.
    pub content: ShippedContent,
}

/// What a shipped policy says.
pub enum ShippedContent {
    /// As JSON.
    Text(&'static str),
    /// The defaults of its kind.
    Defaults(fn() -> serde_json::Result<serde_json::Value>),
}

impl Shipped {
    /// One whose content stands in a file.
    pub const fn text(
        code: &'static str,
        title: &'static str,
        clause: &'static str,
        json: &'static str,
    ) -> Self {
        Self { code, title, clause, content: ShippedContent::Text(json) }
    }

    /// What it says.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn said(&self) -> serde_json::Result<serde_json::Value> {
        match self.content {
            ShippedContent::Text(json) => serde_json::from_str(json),
            ShippedContent::Defaults(made) => made(),
        }
    }
}

/// Publishes every shipped policy. Doing it again changes nothing.
///
/// # Errors
/// Where the database fails, or a shipped policy is unsound.
pub fn ship_all(tx: &mut Tx<'_>) -> Result<(), Failure> {
    tx.house().all::<Shipped>().try_for_each(|shipped| ship(tx, shipped))
}

/// Publishes a shipped policy. As long as nobody but the product has written versions of it, a product that
/// ships other content publishes the next version, from today on; whatever people have drafted or published
/// stays as it is. Doing it twice changes nothing. The content is checked like any other.
fn ship(tx: &mut Tx<'_>, shipped: &Shipped) -> Result<(), Failure> {
    let (by, now) = (tx.actor().user, tx.now());
    let content = shipped.said()?;
    let kind = Kind::of_code(tx.house(), shipped.code)?;
    let number = next_version_number(tx, shipped.code)?;
    if number > 1 && !is_outdated(tx, (kind, shipped.code), &content, number - 1)? {
        return Ok(());
    }
    let findings = (kind.findings)(&content);
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
        content,
        clause: shipped.clause.to_owned(),
        published: None,
        version: 0,
    };
    let drafted = apply(tx, policy.draft())?;
    apply(tx, drafted.publish(by, now, BusinessDate::MIN, findings)?)?;
    Ok(())
}

/// Whether the product itself wrote the last version and now ships another content. The same said in another way is not
/// another.
fn is_outdated(
    tx: &mut Tx<'_>,
    (kind, code): (&Kind, &str),
    ships: &serde_json::Value,
    last: i32,
) -> Result<bool, Failure> {
    let (content, by): (String, Option<Key>) = db!(tx, |c| policies::table
        .filter(policies::code.eq(code).and(policies::number.eq(last)))
        .select((policies::content, policies::published_by))
        .first(c))?;
    let content: serde_json::Value = serde_json::from_str(&content)?;
    let is_another = || (kind.normal)(&content).is_none_or(|said| Some(said) != (kind.normal)(ships));
    Ok(by == Some(tx.actor().user.into()) && is_another())
}

/// The day from which shipped policies are in force: before any document of a customer of ours.
const FIRST_DAY: BusinessDate = match BusinessDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => BusinessDate::MIN,
};

/// Whether nobody but the product has published versions of a code.
pub(super) fn is_the_products_own(reader: &mut Reader<'_>, code: &str) -> Result<bool, Failure> {
    let product = Key::from(Actor::system().user);
    let published: Vec<Option<Key>> = db!(reader, |c| policies::table
        .filter(policies::code.eq(code).and(policies::status.eq("published")))
        .select(policies::published_by)
        .load(c))?;
    Ok(published.iter().all(|by| *by == Some(product)))
}
