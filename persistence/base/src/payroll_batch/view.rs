//! What a batch of the payroll looks like, and the batches. `[INC-3]`

use super::{find, row::Row};
use crate::{
    incentive_entry::total::TotalsView,
    schema::payroll_batches,
    spine::{Failure, Filter, Page, Reader, Several, Slice, View, Where, columns, narrow, orders, paged},
};
use diesel::prelude::*;
use domain::{
    payroll_batch::{PayrollBatch, PayrollBatchState},
    spine::{AnyId, Id, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What goes with the wages of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PayrollBatch)]
pub struct PayrollBatchView {
    /// Its identity.
    pub id: AnyId,
    /// What its entries say of it.
    #[schema(max_length = 60, example = "2026-05")]
    pub name: String,
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// Which batch of the month: what was confirmed later goes with a further one.
    #[schema(minimum = 1, example = 1)]
    pub part: u32,
    /// Where it stands.
    pub status: PayrollBatchState,
    /// How many entries it has.
    #[schema(example = 12)]
    pub entries: u32,
    /// What they come to.
    pub totals: TotalsView,
    /// Who took it.
    pub taken_by: UserId,
    /// When.
    pub taken_at: Timestamp,
    /// What the payroll calls it.
    #[schema(max_length = 60, example = "GZ-2026-05")]
    pub reference: Option<String>,
    /// When the payroll said that it has it.
    pub acknowledged_at: Option<Timestamp>,
    /// When it went with the wages.
    pub confirmed_at: Option<Timestamp>,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for PayrollBatchView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/payroll-batches/{}", self.id))
    }
}

impl From<PayrollBatch> for PayrollBatchView {
    fn from(batch: PayrollBatch) -> Self {
        let name = batch.name();
        let PayrollBatch { id, month, part, entries, totals, taken_by, taken_at, status, version } = batch;
        let state = status.state();
        let acknowledgement = status.acknowledgement();
        let (acknowledged_at, reference) =
            (acknowledgement.map(|known| known.at), acknowledgement.map(|known| known.reference.clone()));
        let confirmed_at = status.confirmation().map(|(at, _)| at);
        Self {
            id: id.uuid().into(),
            name,
            month: month.to_string(),
            part,
            status: state,
            entries,
            totals: TotalsView::of(&totals),
            taken_by,
            taken_at,
            reference,
            acknowledged_at,
            confirmed_at,
            version,
        }
    }
}

/// How a batch at hand is shown.
///
/// # Errors
/// None.
pub fn show(_reader: &mut Reader<'_>, batch: PayrollBatch) -> Result<PayrollBatchView, Failure> {
    Ok(batch.into())
}

/// One batch, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<PayrollBatch>) -> Result<PayrollBatchView, Failure> {
    find(reader, id).map(Into::into)
}

/// Which batches are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct PayrollBatchFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "taken,acknowledged")]
    pub status: Several<PayrollBatchState>,
    /// Only of this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-05")]
    pub month: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: PayrollBatchOrder,
}

impl Filter for PayrollBatchFilter {}

orders! {
    /// By what batches are ordered.
    pub PayrollBatchOrder of Row in payroll_batches by id, descending:
    taken_at = id;
    month;
}

/// The batches; none for whoever does not answer for the whole company.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &PayrollBatchFilter,
    page: &Page,
) -> Result<Slice<PayrollBatchView>, Failure> {
    if !reader.reach().all {
        return Ok(Slice::empty(page));
    }
    let mut wanted = Where::new();
    narrow!(wanted, payroll_batches, filter; status in status, month = month);
    let found = paged!(reader, page, filter.sort, wanted;
        payroll_batches::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| PayrollBatch::try_from(row).map(Into::into))
}

columns! { PayrollBatchView as "payroll-batches" "工资批次" "Batches of the payroll",
    domain::spine::Permission::ExportIncentiveEntries:
    name "批次" "Batch";
    month "月份" "Month";
    status "状态" "Status";
    entries "条目数" "Entries" = |batch| batch.entries;
    points "积分" "Points" = |batch| batch.totals.points;
    wage_half_days "工资半天数" "Half days of wages" = |batch| batch.totals.wage_half_days;
    reference "签收编号" "Reference";
    taken_at "提取时间" "Taken at";
    acknowledged_at "签收时间" "Acknowledged at";
    confirmed_at "确认时间" "Confirmed at";
}
