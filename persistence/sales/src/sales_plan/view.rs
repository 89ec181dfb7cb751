//! What a plan looks like, and the plans within the caller's sight. `[SAL-1, INT-4]`

use super::{find, row::Row};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::sales_plans,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, View,
        columns, covered, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    sales_plan::{Measure, PlanNode, PlanPeriod, SalesPlan, SalesPlanAction, SalesPlanId, SalesPlanState},
    spine::{AnyId, DepartmentId, EmployeeId, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a plan. An alias, because the derive would take a generic type apart.
type SalesPlanActionView = ActionView<SalesPlanAction>;

/// A sales plan of a department: one revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesPlan)]
pub struct SalesPlanView {
    /// Its identity.
    pub id: SalesPlanId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesPlanState,
    /// Since when; null for a draft.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department whose plan it is.
    pub department: NamedRef,
    /// Of which year.
    pub year: i32,
    /// What it measures.
    pub measure: Measure,
    /// Which revision, from 1.
    #[schema(minimum = 1)]
    pub revision: u32,
    /// On what it rests.
    #[schema(max_length = 500)]
    pub grounds: Option<String>,
    /// Its targets.
    #[schema(max_items = 5000)]
    pub nodes: Vec<SalesPlanNodeView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<SalesPlanActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A target of a plan: whole numbers in the unit of the measure, fen for amounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesPlanNode)]
pub struct SalesPlanNodeView {
    /// The department.
    pub department: NamedRef,
    /// Whose, where it is a person's.
    pub employee: Option<PersonRef>,
    /// When.
    pub period: PlanPeriod,
    /// At least.
    pub floor: i64,
    /// What adds up.
    pub target: i64,
    /// At best.
    pub challenge: i64,
    /// What of it no scope below has; below nothing where they were given more.
    pub reserve_of_scopes: i64,
    /// What of it no period within has.
    pub reserve_of_periods: i64,
}

impl View for SalesPlanView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/sales-plans/{}", self.id))
    }
}

/// One plan, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: SalesPlanId) -> Result<SalesPlanView, Failure> {
    let plan = find(reader, id)?;
    show(reader, plan)
}

/// How a plan at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, plan: SalesPlan) -> Result<SalesPlanView, Failure> {
    let register = Register::of(reader)?;
    let actions = plan.actions(owner(reader, &plan)?, reader.actor());
    let (id, status) = (plan.id, plan.state());
    let (status_at, reason) = plan.petition.standing.told();
    let (status_reason, content) = (reason.map(str::to_owned), plan.content);
    let nodes = content.nodes.into_iter().map(|node| shown(&register, node));
    Ok(SalesPlanView {
        id,
        status,
        status_at,
        status_reason,
        created_by: plan.petition.creator,
        created_at: plan.petition.created_at,
        submitter: register.named(plan.petition.submitter)?,
        department: register.placed(plan.department)?,
        year: content.year,
        measure: content.measure,
        revision: plan.revision,
        grounds: content.grounds,
        nodes: nodes.collect::<Result<_, _>>()?,
        approval_id: plan.petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/sales-plans/{id}"), actions),
        version: plan.version,
        number: plan.petition.number,
    })
}

fn shown(register: &Register, node: PlanNode) -> Result<SalesPlanNodeView, Failure> {
    let PlanNode { scope, period, floor, target, challenge, reserve_of_scopes, reserve_of_periods } = node;
    Ok(SalesPlanNodeView {
        department: register.placed(scope.department)?,
        employee: scope.person.map(|person| register.named(person)).transpose()?,
        period,
        floor,
        target,
        challenge,
        reserve_of_scopes,
        reserve_of_periods,
    })
}

impl Placed<crate::Sales> for SalesPlanAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
        }
    }
}

/// A plan in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesPlanSummary)]
pub struct SalesPlanSummary {
    /// Its identity.
    pub id: SalesPlanId,
    /// Its number.
    #[schema(max_length = 60, example = "SP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: SalesPlanState,
    /// Who drew it up.
    pub submitter: PersonRef,
    /// The department whose plan it is.
    pub department: NamedRef,
    /// Of which year.
    pub year: i32,
    /// What it measures.
    pub measure: Measure,
    /// Which revision.
    pub revision: i32,
    /// What the department is to reach in the year, in the unit of the measure.
    pub target: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SalesPlanSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which plans are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesPlanFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "in_force")]
    pub status: Several<SalesPlanState>,
    /// Only of these measures, separated by commas.
    #[param(inline, example = "amount")]
    pub measure: Several<Measure>,
    /// Only of this year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999)]
    pub year: Option<i32>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever drew it up.
    pub submitter_id: Option<EmployeeId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SalesPlanOrder,
}

impl Filter for SalesPlanFilter {}

orders! {
    /// By what plans are ordered.
    pub SalesPlanOrder of Row in sales_plans by id, descending:
    created_at = id;
    changed_at;
    year;
}

/// Plans within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesPlanFilter,
    page: &Page,
) -> Result<Slice<SalesPlanSummary>, Failure> {
    let mut wanted = covered!(Sight::of(reader), sales_plans, "sales_plan");
    narrow!(wanted, sales_plans, filter;
        status in status, measure in measure, year = year, department_id = department_id,
        submitter_id = submitter_id, changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        sales_plans::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<SalesPlanSummary, Failure> {
    Ok(SalesPlanSummary {
        id: row.id.into(),
        status: row.state()?,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        year: row.year,
        measure: row.measure()?,
        revision: row.revision,
        target: row.target,
        number: row.number,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { SalesPlanSummary as "sales-plans" "销售计划" "Sales plans", domain::spine::Permission::ExportSales:
    number "单号" "Number";
    year "年度" "Year";
    department "部门" "Department";
    measure "指标" "Measure";
    revision "修订" "Revision";
    status "状态" "Status";
    target "全年目标" "Target";
    submitter "编制人" "Drawn up by";
    created_at "编制时间" "Created at";
    changed_at "更新时间" "Changed at";
}
