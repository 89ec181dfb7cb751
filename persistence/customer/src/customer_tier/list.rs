//! How runs came out for the customers within the caller's sight. `[TIE-1, INT-4]`

use super::{row::AssessmentRow, view::points};
use crate::{
    customer_file::{CustomerRef, scope::seen, view::CustomerColumns},
    schema::{customer_standings as standings, customers, tier_assessments},
    spine::{Failure, Filter, Page, Reader, Several, Slice, View, Where, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{customer_file::CustomerId, customer_tier::AssessmentOutcome, spine::AnyId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// How a run came out for a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierAssessmentSummary)]
pub struct AssessmentSummary {
    /// Its identity.
    pub id: AnyId,
    /// Which run.
    pub run_id: AnyId,
    /// Whose tier.
    pub customer: CustomerRef,
    /// The points of the whole, 0 to 100.
    #[schema(value_type = String, max_length = 20, example = "76.5")]
    pub points: Decimal,
    /// The tier that they reach.
    #[schema(max_length = 60)]
    pub reached: String,
    /// The computed tier before; null of the first run.
    #[schema(max_length = 60)]
    pub tier_before: Option<String>,
    /// The computed tier from then on.
    #[schema(max_length = 60)]
    pub tier: String,
    /// What follows.
    pub outcome: AssessmentOutcome,
    /// The first day on which a tier that it gave is held.
    pub held_from: NaiveDate,
}

impl View for AssessmentSummary {}

/// Which assessments are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AssessmentFilter {
    /// Only of this run.
    pub run_id: Option<AnyId>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only with these outcomes, separated by commas.
    #[param(inline, example = "raised,lowered")]
    pub outcome: Several<AssessmentOutcome>,
    /// Only where this is the computed tier from then on.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "A")]
    pub tier: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AssessmentOrder,
}

impl Filter for AssessmentFilter {}

orders! {
    /// By what assessments are ordered.
    pub AssessmentOrder of AssessmentRow in tier_assessments by id, descending:
    created_at = id;
}

type Found = (AssessmentRow, CustomerColumns);

/// How runs came out for customers within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn assessments(
    reader: &mut Reader<'_>,
    filter: &AssessmentFilter,
    page: &Page,
) -> Result<Slice<AssessmentSummary>, Failure> {
    let mut wanted = Where::new();
    if let Some(seen) = seen(reader)? {
        let seen = standings::table.filter(seen).select(standings::customer_id);
        wanted.also(tier_assessments::customer_id.eq_any(seen));
    }
    narrow!(wanted, tier_assessments, filter; run_id = run_id, customer_id = customer_id,
        outcome in outcome, tier = tier);
    let found = paged!(reader, page, filter.sort, wanted;
        tier_assessments::table.inner_join(customers::table.on(customers::id.eq(tier_assessments::customer_id)))
        => (AssessmentRow::as_select(), (customers::id, customers::number, customers::name));
        |found: &Found| &found.0);
    found.try_map(|(row, customer)| summary(row, customer.into()))
}

fn summary(row: AssessmentRow, customer: CustomerRef) -> Result<AssessmentSummary, Failure> {
    let corrupt = || Failure::corrupt("tier_assessments", "outcome", row.id.0);
    Ok(AssessmentSummary {
        id: row.id.0.into(),
        run_id: row.run_id.0.into(),
        customer,
        points: points(row.score),
        outcome: AssessmentOutcome::from_code(&row.outcome).ok_or_else(corrupt)?,
        reached: row.reached,
        tier_before: row.tier_before,
        tier: row.tier,
        held_from: row.held_from,
    })
}

columns! { AssessmentSummary as "tier-assessments" "客户分级评定" "Assessments for tiers", domain::spine::Permission::ExportCustomers:
    customer_number "客户编号" "Customer number" = |one| one.customer.number.as_str();
    customer "客户" "Customer" = |one| one.customer.name.as_str();
    points "得分" "Points" = |one| one.points.to_string();
    reached "达到等级" "Reached";
    tier_before "原等级" "Tier before";
    tier "评定等级" "Tier";
    outcome "结果" "Outcome";
    held_from "生效日期" "Held from";
}
