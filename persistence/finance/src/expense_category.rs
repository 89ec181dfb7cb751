//! The tree of categories in force, as it is shown.

use crate::{
    approval::{Categories, CategoryCheck},
    policy::{Kind, Shipped, in_force},
    spine::{Failure, Part, Reader, View},
};
use chrono::NaiveDate;
use domain::{
    finance::expense_category::{
        EXPENSE_CATEGORIES_CODE, ExpenseCategories, ExpenseCategory, SHIPPED_EXPENSE_CATEGORIES,
    },
    spine::{BusinessDate, PolicyVersion},
};
use serde::Serialize;
use utoipa::ToSchema;

/// That a line of a table is of a category or of one below it.
macro_rules! in_category {
    ($table:ident, $category:expr) => {{
        let below = format!("{}.%", $crate::organisation::literally($category));
        $table::category.eq($category.clone()).or($table::category.like(below).escape('\\'))
    }};
}
pub(crate) use in_category;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Categories(known),
    &Kind::of::<ExpenseCategories>(),
    &Shipped::text(EXPENSE_CATEGORIES_CODE, "营销费用类别", "000 §9.2 三", SHIPPED_EXPENSE_CATEGORIES),
];

/// The tree of expense categories in force on a day. `[EXP-1]`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExpenseCategoryTree)]
pub struct ExpenseCategoriesView {
    /// The day.
    pub on: NaiveDate,
    /// The code of the policy that says so.
    #[schema(max_length = 100, example = "expense-categories/standard")]
    pub policy: String,
    /// The version of that policy.
    #[schema(minimum = 1)]
    pub policy_version: i32,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: String,
    /// Every category, a parent before its children.
    #[schema(max_items = 1000)]
    pub categories: Vec<ExpenseCategory>,
}

impl View for ExpenseCategoriesView {}

/// The tree in force on a day; today where none is named.
pub fn tree(reader: &mut Reader<'_>, on: Option<NaiveDate>) -> Result<ExpenseCategoriesView, Failure> {
    let on = on.unwrap_or_else(|| reader.today());
    let version = in_force::<ExpenseCategories>(reader, "standard", on)?;
    let PolicyVersion { id: _, code, number, clause, content } = PolicyVersion::clone(&version);
    Ok(ExpenseCategoriesView {
        on,
        policy: code,
        policy_version: number,
        clause,
        categories: content.categories,
    })
}

/// The categories in force on a day, for conditions that name one.
fn known(reader: &mut Reader<'_>, on: BusinessDate) -> Result<CategoryCheck, Failure> {
    let version = in_force::<ExpenseCategories>(reader, "standard", on)?;
    Ok(Box::new(move |code| version.content.find(code).is_some()))
}
