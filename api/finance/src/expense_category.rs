//! The tree of expense categories. `[EXP-1]`

mod import;

use crate::spine::{ByRules, Can, Query, Reading, Reply, Routes, routes};
use chrono::NaiveDate;
use domain::spine::perm;
use import::*;
use persistence::finance::expense_category::{ExpenseCategoriesView, tree};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "expense-claims",
        [list_expense_categories, show_expense_category_template, import_expense_categories]
    );
}

/// For which day.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct OnDay {
    /// The business day; today where absent.
    on: Option<NaiveDate>,
}

/// List the expense categories in force. `[EXP-1]`
///
/// A category says what a claim of it must tell, up to what amount it may be claimed without a request, and
/// which account its cost goes to. The tree is the policy `expense-categories/standard`.
#[utoipa::path(get, path = "/api/v1/expense-categories")]
async fn list_expense_categories(
    who: Can<perm::ReadExpenseCategories>,
    day: Query<OnDay>,
    _: ByRules,
    reading: Reading,
) -> Reply<ExpenseCategoriesView> {
    let on = day.on;
    reading.read(who, move |reader| tree(reader, on)).await
}
