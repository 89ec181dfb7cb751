//! Lists of budgets: filtered and paged by keys, within the caller's sight.

use super::row::total;
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::budgets,
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    finance::budget::{BudgetState, ScopeLevel},
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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

/// Which budgets are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct BudgetFilter {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    pub fiscal_year: Option<i32>,
    /// Only these states, separated by commas.
    #[param(inline, example = "active,closed")]
    pub status: Several<BudgetState>,
    /// Only of these scopes, separated by commas.
    #[param(inline, example = "department,region")]
    pub scope: Several<ScopeLevel>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only of this region.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "east")]
    pub region: Option<String>,
    /// Only of this campaign.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "spring-2026")]
    pub campaign: Option<String>,
    /// Only with at least this total, in its own currency.
    #[serde(rename = "total[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub total_from: Option<Amount>,
    /// Only with at most this total, in its own currency.
    #[serde(rename = "total[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub total_to: Option<Amount>,
    /// Only where it is drawn up in this currency.
    #[param(inline)]
    pub total_currency: Option<Currency>,
    /// Only what was made at this instant or later.
    #[serde(rename = "created_at[gte]")]
    pub created_from: Option<Timestamp>,
    /// Only what was made before this instant.
    #[serde(rename = "created_at[lt]")]
    pub created_before: Option<Timestamp>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, title or the name of who answers for it, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "春季")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: BudgetOrder,
}

impl BudgetFilter {
    fn total(&self) -> Amounts<'_> {
        let (from, to) = (self.total_from.as_ref(), self.total_to.as_ref());
        Amounts { name: "total", from, to, currency: self.total_currency }
    }
}

impl Filter for BudgetFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.total()]
    }
}

orders! {
    /// By what budgets are ordered.
    pub BudgetOrder of SummaryRow in budgets by id, descending:
    created_at = id;
    changed_at;
    total = total_minor;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = budgets)]
struct SummaryRow {
    id: Key,
    number: String,
    title: String,
    fiscal_year: i32,
    scope: String,
    department_id: Key,
    submitter_id: Key,
    region: Option<String>,
    campaign: Option<String>,
    currency: String,
    total_minor: i64,
    created_at: Instant,
    changed_at: Instant,
    status: String,
    version: Version,
}

/// A page of budgets within the caller's sight.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &BudgetFilter,
    page: &Page,
) -> Result<Slice<BudgetSummary>, Failure> {
    let mut wanted = covered!(Sight::of_concerned(reader), budgets, "budget");
    narrow!(wanted, budgets, filter;
        fiscal_year = fiscal_year, status in status, scope in scope, department_id = department_id,
        submitter_id = submitter_id, region = region, campaign = campaign, (total_minor, currency) within total,
        created_at >= created_from, created_at < created_before, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, budgets::search_text; budgets::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        budgets::table => SummaryRow::as_select(); |row: &SummaryRow| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: SummaryRow) -> Result<BudgetSummary, Failure> {
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
        department: register.placed(row.department_id.into())?,
        submitter: register.named(row.submitter_id.into())?,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { BudgetSummary as "budgets" "营销预算" "Budgets", domain::spine::Permission::ExportBudgets:
    number "编号" "Number";
    title "名称" "Title";
    fiscal_year "年度" "Fiscal year";
    scope "范围" "Scope";
    region "区域" "Region";
    campaign "活动" "Campaign";
    status "状态" "Status";
    department "部门" "Department";
    submitter "编制人" "Compiled by";
    currency "币种" "Currency" = |budget| budget.total.currency().code();
    total "总额" "Total";
    created_at "编制时间" "Created at";
    changed_at "更新时间" "Changed at";
}
