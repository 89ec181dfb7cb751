//! The funnel of opportunities within the caller's sight, as of any day. `[SAL-3]`

use super::row::MoveRow;
use crate::{
    pipeline_terms,
    schema::{opportunities, opportunity_moves as moves},
    spine::{Failure, Filter, Page, Reader, Sight, Slice, View, columns, db, narrow, reached},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    opportunity::{Move, funnel::funnel},
    spine::{DepartmentId, EmployeeId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A stage of the funnel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpportunityFunnelStage)]
pub struct FunnelStageView {
    /// Its code.
    #[schema(max_length = 40, example = "visit")]
    pub stage: String,
    /// Its Chinese name.
    #[schema(max_length = 60, example = "拜访")]
    pub name_zh: String,
    /// Its English name.
    #[schema(max_length = 60, example = "Visit")]
    pub name_en: String,
    /// How many ever entered it.
    #[schema(minimum = 0)]
    pub entered: u64,
    /// How many of them went on, or were won from it.
    #[schema(minimum = 0)]
    pub passed_on: u64,
    /// How many of them in basis points; null where none entered.
    pub passed_on_bp: Option<u64>,
    /// How many were lost in it.
    #[schema(minimum = 0)]
    pub lost: u64,
    /// How many stand in it.
    #[schema(minimum = 0)]
    pub standing: u64,
    /// The median of the days that those who went on had stayed, in tenths of a day; null where none did.
    pub median_tenths: Option<u64>,
}

impl View for FunnelStageView {}

/// Of which opportunities.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct FunnelFilter {
    /// As of this day; today where absent.
    pub as_of: Option<NaiveDate>,
    /// Only of who pursues them now.
    pub owner_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this product line.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub product_line: Option<String>,
}

impl Filter for FunnelFilter {}

/// The funnel, stage by stage in the company's order.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &FunnelFilter,
    page: &Page,
) -> Result<Slice<FunnelStageView>, Failure> {
    let as_of = filter.as_of.unwrap_or_else(|| reader.today());
    let mut wanted = reached!(Sight::of(reader), opportunities, owner_id);
    narrow!(wanted, opportunities, filter; owner_id = owner_id, department_id = department_id,
        product_line = product_line);
    let rows: Vec<MoveRow> = db!(reader, |c| moves::table
        .inner_join(opportunities::table.on(opportunities::id.eq(moves::opportunity_id)))
        .filter(&wanted)
        .filter(moves::moved_on.le(as_of))
        .order((moves::opportunity_id, moves::place))
        .select(MoveRow::as_select())
        .load(c))?;
    let mut by_opportunity: BTreeMap<_, Vec<Move>> = BTreeMap::new();
    for row in rows {
        by_opportunity.entry(row.opportunity_id).or_default().push(row.step()?);
    }
    let terms = pipeline_terms::today(reader)?;
    let codes: Vec<&str> = terms.content.stages.iter().map(|stage| stage.code.as_str()).collect();
    let flows = funnel(&codes, by_opportunity.values().map(Vec::as_slice), as_of);
    let shown = terms.content.stages.iter().zip(flows).map(|(stage, flow)| FunnelStageView {
        stage: stage.code.clone(),
        name_zh: stage.name.zh.clone(),
        name_en: stage.name.en.clone(),
        entered: flow.entered,
        passed_on: flow.passed_on,
        passed_on_bp: (flow.passed_on * 10_000).checked_div(flow.entered),
        lost: flow.lost,
        standing: flow.standing,
        median_tenths: flow.median_tenths,
    });
    Ok(Slice::of(shown.collect(), page))
}

columns! { FunnelStageView as "opportunity-funnel" "销售漏斗" "Opportunity funnel", domain::spine::Permission::ExportSales:
    stage "阶段代码" "Stage";
    name "阶段" "Name" = |row| (row.name_zh.as_str(), row.name_en.as_str());
    entered "进入" "Entered" = |row| i64::try_from(row.entered).unwrap_or(i64::MAX);
    passed_on "通过" "Passed on" = |row| i64::try_from(row.passed_on).unwrap_or(i64::MAX);
    lost "丢失" "Lost" = |row| i64::try_from(row.lost).unwrap_or(i64::MAX);
    standing "在阶段内" "Standing" = |row| i64::try_from(row.standing).unwrap_or(i64::MAX);
    median_tenths "停留天数中位数（十分之一天）" "Median days (tenths)" = |row| row.median_tenths.and_then(|tenths| i64::try_from(tenths).ok());
}
