//! The company's own names and tax numbers, to which invoices are made out: a part of the settings of claims that every
//! company registers first, so it can be said without writing out the rest. `[EXP-6, REG-4]`

use crate::{
    policy,
    spine::{Failure, Reader, Tx, View},
};
use domain::{
    finance::{
        expense_policy::{EXPENSE_POLICY_CODE, ExpensePolicy},
        invoice::Party,
    },
    spine::{BusinessDate, Finding, Policy, PolicyStatus},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whom invoices are made out to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnCompanies)]
pub struct OwnCompaniesView {
    /// The names and tax numbers; none until somebody registers them.
    #[schema(max_items = 100)]
    pub companies: Vec<Party>,
    /// The version of the settings of claims that says so.
    #[schema(minimum = 1)]
    pub policy_version: i32,
}

impl View for OwnCompaniesView {}

/// Whom invoices are made out to today.
///
/// # Errors
/// Where the database fails.
pub fn view(reader: &mut Reader<'_>) -> Result<OwnCompaniesView, Failure> {
    let today = reader.today();
    let policy = policy::in_force::<ExpensePolicy>(reader, "claims", today)?;
    Ok(OwnCompaniesView { companies: policy.content.buyers.clone(), policy_version: policy.number })
}

/// The day from which the first companies that are registered count, where nothing was decided yet: before any document.
const FIRST_DAY: BusinessDate = match BusinessDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => BusinessDate::MIN,
};

/// Publishes a version of the settings of claims that differs in the companies alone: from a day on, or from as early as may
/// be, but not ahead of today. Versions that are to come into force later are published anew with these companies, so that
/// nobody who is registered vanishes with them.
///
/// # Errors
/// A tax number that is none; a day before which documents were decided.
pub fn register(tx: &mut Tx<'_>, companies: Vec<Party>, from: Option<BusinessDate>) -> Result<(), Failure> {
    let today = tx.today();
    let now = policy::in_force::<ExpensePolicy>(tx, "claims", today)?;
    let earliest = policy::earliest_start(tx, EXPENSE_POLICY_CODE)?;
    let from = from.unwrap_or(earliest.max(FIRST_DAY));
    let mut later = BTreeMap::new();
    for dated in policy::all_of_kind::<ExpensePolicy>(tx)? {
        if dated.version.code == EXPENSE_POLICY_CODE && dated.from > from.max(today) {
            later.insert(dated.from, (dated.version.content, dated.version.clause));
        }
    }
    let first = (from, (now.content.clone(), now.clause.clone()));
    for (from, (content, clause)) in std::iter::once(first).chain(later) {
        let content = ExpensePolicy { buyers: companies.clone(), ..content };
        publish(tx, content, clause, (from, earliest))?;
    }
    Ok(())
}

/// Publishes the settings of claims from a day on, and no earlier than may be.
fn publish(
    tx: &mut Tx<'_>,
    content: ExpensePolicy,
    clause: String,
    (from, earliest): (BusinessDate, BusinessDate),
) -> Result<(), Failure> {
    let drafted = Policy {
        id: tx.id(),
        code: EXPENSE_POLICY_CODE.to_owned(),
        number: policy::next_version_number(tx, EXPENSE_POLICY_CODE)?,
        title: "费用报销设置".to_owned(),
        status: PolicyStatus::Draft,
        effective_from: from,
        content: serde_json::to_value(content)?,
        clause,
        published: None,
        version: 0,
    };
    let said = |found: Finding| {
        let pointer = found.pointer.replacen("/content/buyers", "/companies", 1);
        Finding { pointer, ..found }
    };
    let findings = policy::check(tx, &drafted)?.into_iter().map(said).collect();
    let drafted = policy::apply(tx, drafted.draft())?;
    let published = drafted.publish(tx.actor().user, tx.now(), earliest, findings)?;
    policy::apply(tx, published).map(drop)
}
