//! Where the figures of a statement come from: the journal, and the budget lines.

use crate::{
    organisation::department,
    policy,
    schema::{
        budget_lines as budget, expense_claim_hand_overs as hand_overs, expense_claim_lines as lines,
        expense_claims as claims, journal_postings as postings,
    },
    spine::{Failure, Key, Reader, db},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    finance::{
        budget_line::Purpose,
        expense_category::ExpenseCategories,
        expense_statement::{Compilation, Dimension, Figures, level},
        journal::Role,
        period::Period,
    },
    spine::DepartmentId,
};
use std::collections::BTreeSet;

/// Role, category, cost centre, campaign, region, sum.
type Posted = (String, String, Key, Option<String>, Option<String>, i64);
/// Department, category, period, campaign, region, sum.
type Budgeted = (Key, String, String, Option<String>, Option<String>, i64);

/// To which categories and departments money was given.
struct Levels {
    categories: BTreeSet<String>,
    departments: BTreeSet<Key>,
}

/// What a period cost a department and everything below it, against its budget, the period before and the same
/// period of the year before. What was spent below a heading or a department that has the budget stands in its row.
pub fn figures(
    reader: &mut Reader<'_>,
    period: Period,
    department: DepartmentId,
) -> Result<Compilation, Failure> {
    let tree = department::tree(reader)?;
    let scope: BTreeSet<Key> = tree.subtree(department).into_iter().map(Key::from).collect();
    let mut budgeted = budgeted(reader, period)?;
    budgeted.retain(|(centre, ..)| scope.contains(centre));
    let levels = Levels {
        categories: budgeted.iter().map(|line| line.1.clone()).collect(),
        departments: budgeted.iter().map(|line| line.0).collect(),
    };
    let categories = policy::in_force::<ExpenseCategories>(reader, "standard", period.last_day())?;
    let mut compilation = Compilation::default();
    let mut gather = |reader: &mut Reader<'_>, of: Option<Period>, figure: fn(i64) -> Figures| {
        let Some(of) = of else { return Ok(()) };
        for (role, category, centre, campaign, region, sum) in posted(reader, of)? {
            let figures = match Role::from_code(&role) {
                Some(Role::Expense) => figure(sum),
                Some(Role::InputVat) if of == period => Figures { tax: sum, ..Figures::default() },
                _ => continue,
            };
            if scope.contains(&centre) {
                let above: Vec<Key> = tree.above(centre.into()).into_iter().map(Key::from).collect();
                let centre = level(centre, &above, &levels.departments);
                let path = categories.content.path(&category);
                let category = level(category, path.get(1..).unwrap_or_default(), &levels.categories);
                compilation.add(&keys(category, centre, campaign, region), figures);
            }
        }
        Ok::<_, Failure>(())
    };
    gather(reader, Some(period), |expense| Figures { expense, ..Figures::default() })?;
    gather(reader, period.previous(), |previous| Figures { previous, ..Figures::default() })?;
    gather(reader, period.a_year_before(), |last_year| Figures { last_year, ..Figures::default() })?;
    for (centre, category, of, campaign, region, sum) in budgeted {
        let of: Period = of.parse().map_err(|_| Failure::corrupt("budget_lines", "period", centre.0))?;
        let figures = Figures { budget: of.share(sum, period), ..Figures::default() };
        compilation.add(&keys(category, centre, campaign, region), figures);
    }
    Ok(compilation.in_order())
}

fn keys(
    category: String,
    centre: Key,
    campaign: Option<String>,
    region: Option<String>,
) -> [(Dimension, Option<String>); 4] {
    [
        (Dimension::Category, Some(category)),
        (Dimension::Department, Some(centre.0.to_string())),
        (Dimension::Campaign, campaign),
        (Dimension::Region, region),
    ]
}

fn posted(reader: &mut Reader<'_>, period: Period) -> Result<Vec<Posted>, Failure> {
    let sum = || {
        sql::<BigInt>(
            "CAST(SUM(CASE journal_postings.side WHEN 'debit' THEN journal_postings.amount_minor
                ELSE -journal_postings.amount_minor END) AS BIGINT)",
        )
    };
    let (first, last) = (period.first_day(), period.last_day());
    Ok(db!(reader, |c| claims::table
        .inner_join(hand_overs::table)
        .inner_join(postings::table.on(postings::claim_id.eq(claims::id)))
        .inner_join(
            lines::table.on(lines::claim_id.eq(claims::id).and(lines::line.nullable().eq(postings::line)))
        )
        .filter(hand_overs::posted_on.ge(first).and(hand_overs::posted_on.le(last)))
        .filter(claims::status.eq_any(["posted", "reversed"]))
        .filter(postings::role.eq_any([Role::Expense.code(), Role::InputVat.code()]))
        .group_by((postings::role, lines::category, lines::cost_centre_id, claims::campaign, claims::region))
        .select((
            postings::role,
            lines::category,
            lines::cost_centre_id,
            claims::campaign,
            claims::region,
            sum()
        ))
        .load(c))?)
}

fn budgeted(reader: &mut Reader<'_>, period: Period) -> Result<Vec<Budgeted>, Failure> {
    // What a review granted beyond the budget is no budget: the statement shows that more was spent.
    let sum =
        || sql::<BigInt>("CAST(SUM(budget_lines.allocated_minor - budget_lines.beyond_minor) AS BIGINT)");
    let (first, last) = (period.first_day(), period.last_day());
    Ok(db!(reader, |c| budget::table
        .filter(budget::fiscal_year.eq(period.fiscal_year()))
        .filter(budget::first_day.le(last).and(budget::last_day.ge(first)))
        .filter(budget::purpose.eq(Purpose::Ordinary.code()))
        .group_by((budget::department_id, budget::category, budget::period, budget::campaign, budget::region))
        .select((
            budget::department_id,
            budget::category,
            budget::period,
            budget::campaign,
            budget::region,
            sum()
        ))
        .load(c))?)
}
