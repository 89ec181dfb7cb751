//! Which line each line of a document is charged to. `[BUD-2, BUD-5]`

use super::{row::Row, settings};
use crate::{
    organisation::department,
    schema::budget_lines as lines,
    spine::{Failure, Key, Reader, cached, db, padded},
};
use diesel::{dsl::exists, prelude::*};
use domain::{
    finance::{
        budget_line::{BudgetLine, OUTSIDE_BUDGET, Purpose, Wanted, choose},
        budget_policy::{BudgetPolicy, OutsideBudget},
        expense_category::ExpenseCategories,
        period::Period,
    },
    spine::{DepartmentId, Findings, Id},
};
use serde_json::json;
use std::collections::BTreeSet;

/// What a document line is charged for.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// The document's line, counted from 1.
    pub line: i32,
    /// Who bears the cost.
    pub department: DepartmentId,
    /// The expense category.
    pub category: &'a str,
    /// The campaign.
    pub campaign: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// Whether an approved request let it pass already: outside of every line it is not reviewed again.
    pub is_reviewed: bool,
}

/// What was found for a document.
#[derive(Clone, Debug, Default)]
pub struct Charged {
    /// The lines charged, with the document's lines.
    pub lines: Vec<(i32, Id<BudgetLine>)>,
    /// Whether no budget covers a document line, and the policy demands the special review for it.
    pub outside: bool,
}

/// Chooses the budget line of each document line, in a month that is open.
///
/// # Errors
/// Every document line that no budget line covers, where the policy refuses such.
pub fn charge(
    reader: &mut Reader<'_>,
    month: Period,
    categories: &ExpenseCategories,
    charges: &[Charge<'_>],
) -> Result<Charged, Failure> {
    let tree = department::tree(reader)?;
    let payers = |charge: &Charge<'_>| -> Vec<DepartmentId> {
        std::iter::once(charge.department).chain(tree.above(charge.department)).collect()
    };
    let candidates = candidates(reader, month, charges.iter().flat_map(payers))?;
    let (mut found, mut uncovered) = (Charged::default(), Vec::new());
    for charge in charges {
        let departments = payers(charge);
        let headings = categories.path(charge.category);
        let Charge { campaign, region, .. } = *charge;
        let wanted = Wanted { departments: &departments, categories: &headings, month, campaign, region };
        if let Some(line) = choose(&candidates, wanted) {
            found.lines.push((charge.line, line.id));
        } else if !charge.is_reviewed {
            let budgeted = candidates.iter().any(|line| departments.contains(&line.department));
            uncovered.push((charge, budgeted));
        }
    }
    found.outside = judge(reader, month, &uncovered)?;
    Ok(found)
}

/// What the settings say to what no budget line covers: whether it needs the special review. With each comes whether
/// its department, or one above it, has a budget for the month.
fn judge(reader: &mut Reader<'_>, month: Period, uncovered: &[(&Charge<'_>, bool)]) -> Result<bool, Failure> {
    if uncovered.is_empty() || !keeps_budgets(reader, month.fiscal_year())? {
        return Ok(false);
    }
    let settings = settings(reader, month.first_day())?;
    let BudgetPolicy { outside_budget, without_budget, .. } = settings.content;
    let (mut special, mut findings) = (false, Findings::new());
    for (charge, budgeted) in uncovered {
        match if *budgeted { outside_budget } else { without_budget } {
            OutsideBudget::Allow => {}
            OutsideBudget::Special => special = true,
            OutsideBudget::Refuse => {
                let facts = [("category", json!(charge.category)), ("period", json!(month))];
                findings.add_with(format!("/lines/{}", charge.line - 1), OUTSIDE_BUDGET, facts);
            }
        }
    }
    findings.into_result()?;
    Ok(special)
}

/// Whether the company has, or had, a budget for a fiscal year.
fn keeps_budgets(reader: &mut Reader<'_>, fiscal_year: i32) -> Result<bool, Failure> {
    let of_year = lines::table
        .filter(lines::fiscal_year.eq(fiscal_year).and(lines::purpose.eq(Purpose::Ordinary.code())));
    Ok(db!(reader, |c| diesel::select(exists(of_year)).get_result(c))?)
}

/// The open lines of these departments that may be charged in a month.
fn candidates(
    reader: &mut Reader<'_>,
    month: Period,
    departments: impl Iterator<Item = DepartmentId>,
) -> Result<Vec<BudgetLine>, Failure> {
    let (first, last) = (month.first_day(), month.last_day());
    let departments: BTreeSet<Key> = departments.map(Key::from).collect();
    let departments = padded(&Vec::from_iter(departments));
    // `is_open` stands bare, so that the index of open lines serves.
    let rows: Vec<Row> = db!(reader, |c| cached(
        lines::table
            .filter(lines::is_open.and(lines::purpose.eq(Purpose::Ordinary.code())))
            .filter(lines::department_id.eq_any(&departments))
            .filter(lines::fiscal_year.eq(month.fiscal_year()))
            .filter(lines::first_day.le(first).and(lines::last_day.ge(last)))
            .select(Row::as_select())
    )
    .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
