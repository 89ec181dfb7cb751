//! Budgets: found within the caller's sight, written by applying changes, shown and listed.

mod deed;
/// Lists and exports.
pub mod list;
mod row;
pub(crate) mod settle;
/// What one budget looks like.
pub mod view;

pub use deed::{activate, close, copy, create, revise, submit};
pub use settle::preview;
pub use view::{BUDGET, BudgetView, show, view};

use self::row::Row;
use crate::{
    organisation::department,
    policy::{self, Kind, Shipped},
    schema::budgets,
    spine::{Failure, Key, Part, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    finance::{
        BUDGET_CHAIN_CODE, SHIPPED_BUDGET_CHAIN,
        budget::{Budget, BudgetRules},
        budget_policy::{BUDGET_POLICY_CODE, BudgetPolicy, SHIPPED_BUDGET_POLICY},
        expense_category::ExpenseCategories,
        expense_policy::ExpensePolicy,
    },
    organisation::DepartmentTree,
    spine::{BusinessDate, Change, Currency, Id, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &Kind::of::<BudgetPolicy>(),
    &Shipped::text(BUDGET_POLICY_CODE, "预算控制设置", "000 §9.1(4)；§9.3(5)", SHIPPED_BUDGET_POLICY),
    &Shipped::text(BUDGET_CHAIN_CODE, "营销预算审批链", "000 §9.1(3)6)；§9.3(1)", SHIPPED_BUDGET_CHAIN),
];

/// The policies and the organisation that budgets are judged by.
#[derive(Clone, Debug)]
pub struct BudgetWorld {
    policy: Arc<PolicyVersion<BudgetPolicy>>,
    categories: Arc<PolicyVersion<ExpenseCategories>>,
    departments: Arc<DepartmentTree>,
    currency: Currency,
}

impl BudgetWorld {
    /// What is in force today; refuses where a policy is missing.
    pub fn today(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let today = reader.today();
        Ok(Self {
            policy: super::budget_line::settings(reader, today)?,
            categories: policy::in_force(reader, "standard", today)?,
            departments: department::tree(reader)?,
            currency: book_currency(reader, today)?,
        })
    }
    /// As the rules take them.
    pub fn rules(&self) -> BudgetRules<'_> {
        BudgetRules {
            policy: &self.policy,
            categories: &self.categories,
            departments: &self.departments,
            currency: self.currency,
        }
    }
}

/// The currency of the books on a day.
pub fn book_currency(reader: &mut Reader<'_>, on: BusinessDate) -> Result<Currency, Failure> {
    Ok(policy::in_force::<ExpensePolicy>(reader, "claims", on)?.content.book_currency)
}

/// One budget, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<Budget>) -> Result<Budget, Failure> {
    let sight = Sight::of_concerned(reader);
    let key = Key::from(id);
    let row: Row = db!(reader, |c| within!(
        budgets::table.filter(budgets::id.eq(key)).into_boxed(),
        sight,
        budgets,
        "budget"
    )
    .select(Row::as_select())
    .first(c))?;
    row.budget(reader)
}

/// One budget whoever asks: for the approval engine, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Budget>) -> Result<Budget, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| budgets::table.filter(budgets::id.eq(key)).select(Row::as_select()).first(c))?;
    row.budget(reader)
}

crate::spine::resource! { crate::Finance: Budget as BudgetView; find, apply, show = show }

/// Writes a change of a budget.
pub fn apply(tx: &mut Tx<'_>, change: Change<Budget>) -> Result<Budget, Failure> {
    tx.apply(change)
}

impl Stored<crate::Finance> for Budget {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, budgets, &row, before)?)
    }
}
