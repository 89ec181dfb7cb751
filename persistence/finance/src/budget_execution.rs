//! How budgets are executed. Lines carry their balances, in all and by person, so a report reads lines, of which a
//! year has thousands, and never their entries, of which it may have millions.
//! `[BUD-5, BUD-8]`

mod alert;
mod group;
mod person;

pub use alert::{BudgetAlertView, BudgetAlertsView, alerts};
pub use group::{ExecutionGroup, ExecutionRow, list, report};

use crate::{
    schema::budget_lines as lines,
    spine::{Failure, Filter, Key, Reader, Several, Sight, db},
};
use diesel::prelude::*;
use domain::{
    finance::{
        budget::Budget,
        budget_execution::{Dimension, Execution},
        budget_line::{Balance, Purpose},
        period::Period,
    },
    spine::{DepartmentId, Id},
};

use serde::Deserialize;
use utoipa::IntoParams;
use validator::{Validate, ValidationError};

/// What is reported on, and by what it is grouped.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub struct ExecutionFilter {
    /// The fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: i32,
    /// By what it is grouped: one to three, separated by commas; by category where absent.
    #[validate(custom(function = at_most_three))]
    #[param(inline, max_items = 3, example = "department,category")]
    #[serde(default)]
    pub group_by: Several<Dimension>,
    /// Only lines that end with this period or before: the year to date.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-06")]
    pub through: Option<Period>,
    /// Only lines within this quarter or month.
    #[param(value_type = Option<String>, max_length = 7, example = "2026-Q1")]
    pub period: Option<Period>,
    /// Only of this department and those below it.
    pub department_id: Option<DepartmentId>,
    /// Only of this category and those below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "promotion")]
    pub category: Option<String>,
    /// Only for this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// Only for this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// Only of this budget; the year before is then not compared.
    #[param(value_type = Option<String>, max_length = 36)]
    pub budget_id: Option<Id<Budget>>,
}

impl Filter for ExecutionFilter {}

fn at_most_three(by: &Several<Dimension>) -> Result<(), ValidationError> {
    if by.0.len() <= 3 { Ok(()) } else { Err(ValidationError::new("several").with_message("1–3".into())) }
}

impl ExecutionFilter {
    /// All of a year, by category.
    pub fn of_year(fiscal_year: i32) -> Self {
        Self {
            fiscal_year,
            group_by: Several::default(),
            through: None,
            period: None,
            department_id: None,
            category: None,
            campaign: None,
            region: None,
            budget_id: None,
        }
    }

    /// By what it is grouped.
    fn by(&self) -> &[Dimension] {
        if self.group_by.0.is_empty() { &[Dimension::Category] } else { &self.group_by.0 }
    }

    /// The same of the year before.
    fn a_year_before(&self) -> Option<Self> {
        if self.budget_id.is_some() {
            return None;
        }
        let before = |period: Period| period.in_year(self.fiscal_year - 1);
        Some(Self {
            fiscal_year: self.fiscal_year - 1,
            through: self.through.and_then(before),
            period: self.period.and_then(before),
            ..self.clone()
        })
    }
}

/// A line as reports read it.
#[derive(Clone, Debug)]
struct Reported {
    id: Key,
    budget: Key,
    department: Key,
    category: String,
    period: Period,
    campaign: Option<String>,
    region: Option<String>,
    balance: Balance,
}

impl Reported {
    fn execution(&self) -> Execution {
        Execution::of(self.balance, self.period)
    }
}

type Columns = (Key, Key, Key, String, String, Option<String>, Option<String>, i64, i64, i64, i64, i64);

/// A department and every one below it.
fn subtree(reader: &mut Reader<'_>, top: DepartmentId) -> Result<Vec<Key>, Failure> {
    let tree = crate::organisation::department::tree(reader)?;
    Ok(tree.subtree(top).into_iter().map(Into::into).collect())
}

/// The lines of a year that are reported on: within the caller's sight, without emergency funds, which are kept
/// apart.
fn lines_of(reader: &mut Reader<'_>, filter: &ExecutionFilter) -> Result<Vec<Reported>, Failure> {
    let sight = Sight::of_concerned(reader);
    let departments = filter.department_id.map(|top| subtree(reader, top)).transpose()?;
    let rows: Vec<Columns> = db!(reader, |c| {
        let mut query = lines::table
            .filter(lines::fiscal_year.eq(filter.fiscal_year))
            .filter(lines::purpose.eq(Purpose::Ordinary.code()))
            .order(lines::id)
            .select((
                lines::id,
                lines::budget_id,
                lines::department_id,
                lines::category,
                lines::period,
                lines::campaign,
                lines::region,
                lines::allocated_minor,
                lines::beyond_minor,
                lines::reserved_minor,
                lines::committed_minor,
                lines::spent_minor,
            ))
            .into_boxed();
        if !sight.all {
            query = query.filter(lines::department_id.eq_any(&sight.departments));
        }
        if let Some(departments) = &departments {
            query = query.filter(lines::department_id.eq_any(departments));
        }
        if let Some(through) = filter.through {
            query = query.filter(lines::last_day.le(through.last_day()));
        }
        if let Some(within) = filter.period {
            query = query.filter(lines::first_day.ge(within.first_day()));
            query = query.filter(lines::last_day.le(within.last_day()));
        }
        if let Some(category) = &filter.category {
            let (from, to) = (format!("{category}."), format!("{category}/"));
            query = query.filter(
                lines::category.eq(category.clone()).or(lines::category.ge(from).and(lines::category.lt(to))),
            );
        }
        if let Some(campaign) = &filter.campaign {
            query = query.filter(lines::campaign.eq(campaign.clone()));
        }
        if let Some(region) = &filter.region {
            query = query.filter(lines::region.eq(region.clone()));
        }
        if let Some(budget) = filter.budget_id {
            query = query.filter(lines::budget_id.eq(Key::from(budget)));
        }
        query.load(c)
    })?;
    rows.into_iter().map(reported).collect()
}

fn reported(columns: Columns) -> Result<Reported, Failure> {
    let (
        id,
        budget,
        department,
        category,
        period,
        campaign,
        region,
        allocated,
        beyond,
        reserved,
        committed,
        spent,
    ) = columns;
    Ok(Reported {
        id,
        budget,
        department,
        category,
        period: period.parse().map_err(|_| Failure::corrupt("budget_lines", "period", id.0))?,
        campaign,
        region,
        balance: Balance { allocated, beyond, reserved, committed, spent },
    })
}
