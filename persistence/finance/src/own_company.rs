//! The company's own names and tax numbers, to which invoices are made out: a part of the settings of claims that every
//! company registers first, so it can be said without writing out the rest. `[EXP-6, REG-4]`

use crate::{
    policy::{self, Amendment},
    spine::{Failure, Reader, Tx, View},
};
use domain::{
    finance::{expense_policy::ExpensePolicy, invoice::Party},
    spine::BusinessDate,
};
use serde::Serialize;
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

/// Publishes a version of the settings of claims that differs in the companies alone: from a day on, or from as early as may
/// be, but not ahead of today.
///
/// # Errors
/// A tax number that is none; a day before which documents were decided.
pub fn register(tx: &mut Tx<'_>, companies: Vec<Party>, from: Option<BusinessDate>) -> Result<(), Failure> {
    let change = move |now: &ExpensePolicy| Ok(ExpensePolicy { buyers: companies.clone(), ..now.clone() });
    let place = ("/content/buyers", "/companies");
    policy::amend(tx, &Amendment { name: "claims".to_owned(), from, place, change: Box::new(change) })
}
