//! Changes of budgets: found within the caller's sight, written by applying changes, shown and listed.

mod deed;
/// Emergency funds on their own.
pub mod fund;
mod give_back;
/// Lists, exports and the report of emergency draws.
pub mod list;
mod row;
pub(crate) mod settle;
/// What one change looks like.
pub mod view;

pub use deed::{create, revise, submit};
pub use settle::preview;
pub use view::{BUDGET_CHANGE, BudgetChangeView, show, view};

use self::row::Row;
use super::budget::book_currency;
use crate::{
    policy::{self, Shipped},
    schema::budget_changes as changes,
    spine::{Failure, Key, Part, Reader, Sight, Stored, Tx, db, guard, save_row, within},
};
use diesel::prelude::*;
use domain::{
    finance::{
        BUDGET_CHANGE_CHAIN_CODE, EMERGENCY_DRAW_CHAIN_CODE, SHIPPED_BUDGET_CHANGE_CHAIN,
        SHIPPED_EMERGENCY_DRAW_CHAIN,
        budget_change::{BudgetChange, ChangeRules},
        expense_category::ExpenseCategories,
    },
    spine::{Change, Currency, Id, PolicyVersion},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &settle::SUBJECT,
    &Shipped::text(BUDGET_CHANGE_CHAIN_CODE, "预算调整审批链", "000 §9.1(4)2)", SHIPPED_BUDGET_CHANGE_CHAIN),
    &Shipped::text(
        EMERGENCY_DRAW_CHAIN_CODE,
        "动用应急资金审批链",
        "000 §9.3(4)",
        SHIPPED_EMERGENCY_DRAW_CHAIN,
    ),
];

/// What changes are judged by.
#[derive(Clone, Debug)]
pub struct ChangeWorld {
    categories: Arc<PolicyVersion<ExpenseCategories>>,
    currency: Currency,
}

impl ChangeWorld {
    /// What is in force today.
    pub fn today(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let today = reader.today();
        let categories = policy::in_force(reader, "standard", today)?;
        Ok(Self { categories, currency: book_currency(reader, today)? })
    }
    /// As the rules take them.
    pub fn rules(&self) -> ChangeRules<'_> {
        ChangeRules { categories: &self.categories, currency: self.currency }
    }
}

/// One change, if the caller may see it.
pub fn find(reader: &mut Reader<'_>, id: Id<BudgetChange>) -> Result<BudgetChange, Failure> {
    let sight = Sight::of_concerned(reader);
    let key = Key::from(id);
    let row: Row = db!(reader, |c| within!(
        changes::table.filter(changes::id.eq(key)).into_boxed(),
        sight,
        budget_changes,
        "budget_change"
    )
    .select(Row::as_select())
    .first(c))?;
    row.change()
}

/// One change whoever asks: for the approval engine, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: Id<BudgetChange>) -> Result<BudgetChange, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| changes::table.filter(changes::id.eq(key)).select(Row::as_select()).first(c))?;
    row.change()
}

crate::spine::resource! { crate::Finance: BudgetChange as BudgetChangeView; find, apply, show = show }

/// Writes a change of a change.
pub fn apply(tx: &mut Tx<'_>, change: Change<BudgetChange>) -> Result<BudgetChange, Failure> {
    tx.apply(change)
}

impl Stored<crate::Finance> for BudgetChange {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, changes, &row, before)?)
    }
}
