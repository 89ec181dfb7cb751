//! What an opportunity looks like, and the opportunities within the caller's sight. `[SAL-3, INT-4]`

use super::{find, row::Row};
use crate::{
    customer_file::{
        CustomerRef,
        view::{CustomerColumns, refer_to},
    },
    merged::of_customer,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    pipeline_terms,
    sale::SALE,
    schema::{customers, opportunities},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Sight, Slice, Target,
        View, columns, covered, in_json, narrow, orders, paged,
    },
};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use domain::{
    customer_file::CustomerId,
    opportunity::{MoveKind, Opportunity, OpportunityAction, OpportunityId, OpportunityState},
    sale::SaleId,
    spine::{Currency, DepartmentId, EmployeeId, Money, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with an opportunity. An alias, because the derive would take a generic type apart.
type OpportunityActionView = ActionView<OpportunityAction>;

/// An opportunity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Opportunity)]
pub struct OpportunityView {
    /// Its identity.
    pub id: OpportunityId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "OP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: OpportunityState,
    /// With which customer.
    pub customer: CustomerRef,
    /// What it is about.
    #[schema(max_length = 200, example = "华东总部监护仪更新")]
    pub subject: String,
    /// Of which product line.
    #[schema(max_length = 60)]
    pub product_line: Option<String>,
    /// What it may come to, tax included.
    pub estimate: Option<Money>,
    /// The day it is expected to close.
    pub expected_on: Option<NaiveDate>,
    /// Who pursues it.
    pub owner: PersonRef,
    /// The department they work in.
    pub department: NamedRef,
    /// The stage it stands in.
    #[schema(max_length = 40, example = "visit")]
    pub stage: String,
    /// Since which day.
    pub stage_since: NaiveDate,
    /// The last day it should stay there; null where the company has no such stage any more.
    pub stage_until: Option<NaiveDate>,
    /// How probable a sale is from there, in basis points.
    #[schema(minimum = 0, maximum = 10_000)]
    pub probability_bp: u32,
    /// The estimate by that probability.
    pub expected: Option<Money>,
    /// The company's reason for which it was lost.
    #[schema(max_length = 40)]
    pub loss_reason: Option<String>,
    /// To which competitor.
    #[schema(max_length = 100)]
    pub competitor: Option<String>,
    /// What else was said of that.
    #[schema(max_length = 500)]
    pub loss_note: Option<String>,
    /// The sale that made it won.
    pub sale_id: Option<SaleId>,
    /// Every move, the first before the others.
    #[schema(max_items = 1000)]
    pub moves: Vec<OpportunityMoveView>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<OpportunityActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A move of an opportunity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpportunityMove)]
pub struct OpportunityMoveView {
    /// What kind.
    pub kind: MoveKind,
    /// The stage it stood in from then on.
    #[schema(max_length = 40)]
    pub stage: String,
    /// When.
    pub at: Timestamp,
    /// Who did it; null for what followed from a sale.
    pub by: Option<PersonRef>,
    /// Who pursued it from then on.
    pub owner: PersonRef,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl View for OpportunityView {
    const REFERS: &'static [Refers] = &[
        Refers::to("department", &DEPARTMENT),
        Refers::to("owner", &EMPLOYEE),
        Refers::to("sale", &SALE).by("sale_id"),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/opportunities/{}", self.id))
    }
}

/// One opportunity, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: OpportunityId) -> Result<OpportunityView, Failure> {
    let opportunity = find(reader, id)?;
    show(reader, opportunity)
}

/// An opportunity where something refers to it.
pub static OPPORTUNITY: Target =
    Target { permission: Permission::ReadOpportunities, look: |reader, id| in_json(view(reader, id.into())) };

/// How an opportunity at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, opportunity: Opportunity) -> Result<OpportunityView, Failure> {
    let (register, terms) = (Register::of(reader)?, pipeline_terms::today(reader)?);
    let customer = refer_to(reader, opportunity.customer)?;
    let actions = opportunity.actions(&terms.content, reader.actor());
    let stage = terms.content.stage(&opportunity.stage).map(|(_, stage)| stage);
    let longest = |days: u32| opportunity.stage_since.checked_add_days(Days::new(days.into()));
    let moves = opportunity.moves.iter().map(|step| {
        Ok(OpportunityMoveView {
            kind: step.kind,
            stage: step.stage.clone(),
            at: step.at,
            by: step.by.map(|by| register.named(by)).transpose()?,
            owner: register.named(step.owner)?,
            reason: step.reason.clone(),
        })
    });
    let loss = opportunity.loss.clone();
    Ok(OpportunityView {
        id: opportunity.id,
        status: opportunity.state,
        customer,
        subject: opportunity.content.subject.clone(),
        product_line: opportunity.content.product_line.clone(),
        estimate: opportunity.content.estimate,
        expected_on: opportunity.content.expected_on,
        owner: register.named(opportunity.owner)?,
        department: register.placed(opportunity.department)?,
        stage_until: stage.and_then(|stage| longest(stage.longest_days)),
        probability_bp: stage.map_or(0, |stage| stage.probability_bp),
        expected: opportunity.expected(&terms.content).map(|minor| Money::from_minor(minor, Currency::Cny)),
        loss_reason: loss.as_ref().map(|loss| loss.reason.clone()),
        competitor: loss.as_ref().and_then(|loss| loss.competitor.clone()),
        loss_note: loss.and_then(|loss| loss.note),
        sale_id: opportunity.sale,
        moves: moves.collect::<Result<_, Failure>>()?,
        opened_at: opportunity.opened_at,
        actions: ActionView::listed(&format!("/api/v1/opportunities/{}", opportunity.id), actions),
        version: opportunity.version,
        stage: opportunity.stage,
        stage_since: opportunity.stage_since,
        number: opportunity.number,
    })
}

impl Placed<crate::Sales> for OpportunityAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Advance => Place::Post("/advance"),
            Self::StepBack => Place::Post("/step-back"),
            Self::Lose => Place::Post("/lose"),
            Self::Reopen => Place::Post("/reopen"),
            Self::HandOver => Place::Post("/hand-over"),
        }
    }
}

/// An opportunity in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpportunitySummary)]
pub struct OpportunitySummary {
    /// Its identity.
    pub id: OpportunityId,
    /// Its number.
    #[schema(max_length = 60, example = "OP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: OpportunityState,
    /// With which customer.
    pub customer: CustomerRef,
    /// What it is about.
    #[schema(max_length = 200)]
    pub subject: String,
    /// Of which product line.
    #[schema(max_length = 60)]
    pub product_line: Option<String>,
    /// What it may come to, tax included.
    pub estimate: Option<Money>,
    /// The day it is expected to close.
    pub expected_on: Option<NaiveDate>,
    /// Who pursues it.
    pub owner: PersonRef,
    /// The department they work in.
    pub department: NamedRef,
    /// The stage it stands in.
    #[schema(max_length = 40)]
    pub stage: String,
    /// Since which day.
    pub stage_since: NaiveDate,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for OpportunitySummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("owner", &EMPLOYEE)];
}

/// Which opportunities are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct OpportunityFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "open")]
    pub status: Several<OpportunityState>,
    /// Only in this stage.
    #[validate(length(min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "visit")]
    pub stage: Option<String>,
    /// Only with this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this product line.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub product_line: Option<String>,
    /// Only of who pursues them.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only those expected to close on this day or later.
    #[serde(rename = "expected_on[gte]")]
    pub expected_from: Option<NaiveDate>,
    /// Only those expected to close on this day or before.
    #[serde(rename = "expected_on[lte]")]
    pub expected_to: Option<NaiveDate>,
    /// Only those that stand in their stage since this day or before.
    #[serde(rename = "stage_since[lte]")]
    pub since_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, subject or the name of who pursues it, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "监护")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: OpportunityOrder,
}

impl Filter for OpportunityFilter {}

orders! {
    /// By what opportunities are ordered.
    pub OpportunityOrder of Row in opportunities by id, descending:
    created_at = id;
    changed_at;
    stage_since;
}

type Found = (Row, CustomerColumns);

/// Opportunities within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &OpportunityFilter,
    page: &Page,
) -> Result<Slice<OpportunitySummary>, Failure> {
    let sight = Sight::of(reader);
    let own = opportunities::owner_id.eq(sight.employee);
    let mut wanted = covered!(sight, opportunities, "opportunity", own);
    of_customer!(wanted, reader, opportunities, filter);
    narrow!(wanted, opportunities, filter;
        status in status, stage = stage, product_line = product_line,
        owner_id = owner_id, department_id = department_id, expected_on >= expected_from,
        expected_on <= expected_to, stage_since <= since_to, changed_at >= changed_from,
        changed_at < changed_before);
    search!(wanted, filter, opportunities::search_text; opportunities::owner_id);
    let found = paged!(reader, page, filter.sort, wanted;
        opportunities::table.inner_join(customers::table.on(customers::id.eq(opportunities::customer_id)))
        => (Row::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, (row, customer): Found) -> Result<OpportunitySummary, Failure> {
    Ok(OpportunitySummary {
        id: row.id.into(),
        status: row.state()?,
        estimate: row.estimate()?,
        customer: customer.into(),
        owner: register.named(row.owner_id.into())?,
        department: register.placed(row.department_id.into())?,
        number: row.number,
        subject: row.subject,
        product_line: row.product_line,
        expected_on: row.expected_on,
        stage: row.stage,
        stage_since: row.stage_since,
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { OpportunitySummary as "opportunities" "销售机会" "Opportunities", domain::spine::Permission::ExportSales:
    number "编号" "Number";
    status "状态" "Status";
    customer "客户" "Customer" = |row| row.customer.name.as_str();
    subject "标的" "Subject";
    product_line "产品线" "Product line";
    stage "阶段" "Stage";
    stage_since "进入阶段" "In it since";
    owner "跟进人" "Pursued by";
    department "部门" "Department";
    estimate "预计金额" "Estimate";
    expected_on "预计成交" "Expected on";
    changed_at "更新时间" "Changed at";
}
