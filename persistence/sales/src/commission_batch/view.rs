//! What a batch of commission looks like, and the batches. `[COM-11, EXP-10]`

use super::{find, row::Row};
use crate::{
    schema::commission_batches,
    spine::{Failure, Filter, Page, Reader, Several, Slice, View, Where, columns, narrow, orders, paged},
};
use diesel::prelude::*;
use domain::{
    commission_batch::CommissionBatch,
    payroll_batch::PayrollBatchState,
    spine::{AnyId, Currency, Id, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Commission that goes with the wages of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionBatch)]
pub struct CommissionBatchView {
    /// Its identity.
    pub id: AnyId,
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// Which batch of the month: what was approved later goes with a further one.
    #[schema(minimum = 1, example = 1)]
    pub part: u32,
    /// Where it stands.
    pub status: PayrollBatchState,
    /// How many statements it has.
    #[schema(example = 12)]
    pub statements: u32,
    /// What they pay.
    pub total: Money,
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

impl View for CommissionBatchView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/commission-batches/{}", self.id))
    }
}

impl From<CommissionBatch> for CommissionBatchView {
    fn from(batch: CommissionBatch) -> Self {
        let CommissionBatch { id, month, part, statements, total, taken_by, taken_at, status, version } =
            batch;
        let state = status.state();
        let acknowledgement = status.acknowledgement();
        let (acknowledged_at, reference) =
            (acknowledgement.map(|known| known.at), acknowledgement.map(|known| known.reference.clone()));
        let confirmed_at = status.confirmation().map(|(at, _)| at);
        Self {
            id: id.uuid().into(),
            month: month.to_string(),
            part,
            status: state,
            statements,
            total: Money::from_minor(total, Currency::Cny),
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
pub fn show(_reader: &mut Reader<'_>, batch: CommissionBatch) -> Result<CommissionBatchView, Failure> {
    Ok(batch.into())
}

/// One batch, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<CommissionBatch>) -> Result<CommissionBatchView, Failure> {
    find(reader, id).map(Into::into)
}

/// Which batches are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CommissionBatchFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "taken,acknowledged")]
    pub status: Several<PayrollBatchState>,
    /// Only of this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-05")]
    pub month: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CommissionBatchOrder,
}

impl Filter for CommissionBatchFilter {}

orders! {
    /// By what batches are ordered.
    pub CommissionBatchOrder of Row in commission_batches by id, descending:
    taken_at = id;
    month;
}

/// The batches; none for whoever does not answer for the whole company.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CommissionBatchFilter,
    page: &Page,
) -> Result<Slice<CommissionBatchView>, Failure> {
    if !reader.reach().all {
        return Ok(Slice::empty(page));
    }
    let mut wanted = Where::new();
    narrow!(wanted, commission_batches, filter; status in status, month = month);
    let found = paged!(reader, page, filter.sort, wanted;
        commission_batches::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| CommissionBatch::try_from(row).map(Into::into))
}

columns! { CommissionBatchView as "commission-batches" "佣金发放批次" "Batches of commission",
    domain::spine::Permission::ExportSales:
    month "月份" "Month";
    part "批次" "Part";
    status "状态" "Status";
    statements "结算单数" "Statements";
    total "应发合计" "Total";
    reference "签收编号" "Reference";
    taken_at "提取时间" "Taken at";
    acknowledged_at "签收时间" "Acknowledged at";
    confirmed_at "确认时间" "Confirmed at";
}
