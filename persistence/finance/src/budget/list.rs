//! Lists of budgets: filtered and paged by keys, within the caller's sight.

use super::row::total;
use crate::spine::{Column, Exported, Label};
use crate::{
    finance::newest::{Placed, newest},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, like, lower},
    schema::budgets,
    spine::{Failure, Instant, Key, Page, Reader, Refers, Sight, Slice, View, db, keyset, within},
};
use diesel::prelude::*;
use domain::spine::Permission;
use domain::{
    finance::budget::{BudgetState, ScopeLevel},
    spine::{AnyId, DepartmentId, Money, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A budget in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetSummary)]
pub struct BudgetSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "BG-2026-000012")]
    pub number: String,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
    /// The fiscal year.
    #[schema(minimum = 2000, maximum = 2999)]
    pub fiscal_year: i32,
    /// What it is drawn up for.
    pub scope: ScopeLevel,
    /// The region, of a budget of a region.
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// The campaign, of a budget of a campaign.
    #[schema(max_length = 60)]
    pub campaign: Option<String>,
    /// Where it stands.
    pub status: BudgetState,
    /// The department that answers for it.
    pub department: NamedRef,
    /// Who answers for it.
    pub submitter: PersonRef,
    /// What is planned in all.
    pub total: Money,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for BudgetSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which budgets are wanted.
#[derive(Clone, Debug, Default)]
pub struct BudgetFilter {
    /// Only of this fiscal year.
    pub fiscal_year: Option<i32>,
    /// Only in this state.
    pub state: Option<BudgetState>,
    /// Only of this scope.
    pub scope: Option<ScopeLevel>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only where this text stands in number or title.
    pub text: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = budgets)]
struct SummaryRow {
    id: Key,
    number: String,
    title: String,
    fiscal_year: i32,
    scope: String,
    region: Option<String>,
    campaign: Option<String>,
    currency: String,
    total_minor: i64,
    created_at: Instant,
    changed_at: Instant,
    status: String,
    version: Version,
}

macro_rules! filtered {
    ($query:expr, $filter:expr, $sight:expr) => {{
        let filter = $filter;
        let mut query = within!($query.into_boxed(), $sight, budgets, "budget");
        if let Some(year) = filter.fiscal_year {
            query = query.filter(budgets::fiscal_year.eq(year));
        }
        if let Some(state) = filter.state {
            query = query.filter(budgets::status.eq(state.code()));
        }
        if let Some(scope) = filter.scope {
            query = query.filter(budgets::scope.eq(scope.code()));
        }
        if let Some(department) = filter.department {
            query = query.filter(budgets::department_id.eq(Key::from(department)));
        }
        if let Some(text) = &filter.text {
            let pattern = like(text);
            query = query.filter(
                lower(budgets::title)
                    .like(pattern.clone())
                    .escape('\\')
                    .or(lower(budgets::number).like(pattern).escape('\\')),
            );
        }
        query
    }};
}

/// A page of budgets within the caller's sight, the newest first.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &BudgetFilter,
    page: &Page<i64>,
    include_total: bool,
) -> Result<Slice<BudgetSummary, i64>, Failure> {
    let sight = Sight::of_concerned(reader);
    let (rows, total) =
        newest!(reader, budgets as SummaryRow, page, include_total, |query| filtered!(query, filter, sight));
    let views = rows.into_iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { total, ..Slice::cut(views, page.limit, |view| (0, view.id.uuid())) })
}

fn summary((row, place, submitter): Placed<SummaryRow>) -> Result<BudgetSummary, Failure> {
    let corrupt = |column| Failure::corrupt("budgets", column, row.id.0);
    Ok(BudgetSummary {
        id: row.id.into(),
        total: total(row.total_minor, &row.currency, row.id)?,
        scope: ScopeLevel::from_code(&row.scope).ok_or_else(|| corrupt("scope"))?,
        status: BudgetState::from_code(&row.status).ok_or_else(|| corrupt("status"))?,
        number: row.number,
        title: row.title,
        fiscal_year: row.fiscal_year,
        region: row.region,
        campaign: row.campaign,
        department: place.into(),
        submitter: submitter.into(),
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

impl Exported for BudgetSummary {
    const FILE: Label = Label { name: "budgets", zh: "营销预算", en: "Budgets" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |budget| (&budget.number).into()),
        Column::new("title", "名称", "Title", |budget| (&budget.title).into()),
        Column::new("fiscal_year", "年度", "Fiscal year", |budget| budget.fiscal_year.into()),
        Column::new("scope", "范围", "Scope", |budget| budget.scope.labels().into()),
        Column::new("region", "区域", "Region", |budget| budget.region.as_ref().into()),
        Column::new("campaign", "活动", "Campaign", |budget| budget.campaign.as_ref().into()),
        Column::new("status", "状态", "Status", |budget| budget.status.labels().into()),
        Column::new("department", "部门", "Department", |budget| (&budget.department.name_zh).into()),
        Column::new("submitter", "编制人", "Compiled by", |budget| (&budget.submitter.name).into()),
        Column::new("currency", "币种", "Currency", |budget| budget.total.currency().code().into()),
        Column::new("total", "总额", "Total", |budget| budget.total.into()),
        Column::new("created_at", "编制时间", "Created at", |budget| budget.created_at.into()),
        Column::new("changed_at", "更新时间", "Changed at", |budget| budget.changed_at.into()),
    ];
}
