//! What a run looks like, and all of them. `[TIE-1, INT-4]`

use super::row::{Row, find};
use crate::{
    schema::tier_runs,
    spine::{Failure, Filter, Page, Reader, Slice, View, Where, columns, narrow, orders, paged},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    spine::{AnyId, Id, Timestamp, UserId, Version},
    tier_run::TierRun,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A run of the tier model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TierRun)]
pub struct RunView {
    /// Its identity.
    pub id: AnyId,
    /// The last day whose facts count.
    pub cut_off: NaiveDate,
    /// The first day on which tiers that it gives are held.
    pub holds_from: NaiveDate,
    /// The version of the tier model.
    #[schema(minimum = 1)]
    pub model_version: i32,
    /// The account that called for it; null where the schedule did.
    pub opened_by: Option<UserId>,
    /// When.
    pub opened_at: Timestamp,
    /// Whether customers are still gone through; it goes on by itself.
    pub is_under_way: bool,
    /// How many customers were.
    #[schema(minimum = 0)]
    pub done: i64,
    /// How many hold another computed tier by it, the first ones included.
    #[schema(minimum = 0)]
    pub moved: i64,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RunView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/tier-runs/{}", self.id))
    }
}

/// One run.
///
/// # Errors
/// Where there is none.
pub fn view(reader: &mut Reader<'_>, id: Id<TierRun>) -> Result<RunView, Failure> {
    let run = find(reader, id)?;
    show(reader, run)
}

/// How a run at hand is shown.
///
/// # Errors
/// None: it is a resource like others.
pub fn show(_: &mut Reader<'_>, run: TierRun) -> Result<RunView, Failure> {
    let TierRun { id, cut_off, holds_from, model, opened_by, opened_at, is_under_way, .. } = run;
    let TierRun { done, moved, version, .. } = run;
    Ok(RunView {
        id: id.uuid().into(),
        cut_off,
        holds_from,
        model_version: model,
        opened_by,
        opened_at,
        is_under_way,
        done,
        moved,
        version,
    })
}

/// Which runs are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RunFilter {
    /// Only with a cut-off on this day or later.
    #[serde(rename = "cut_off[gte]")]
    pub cut_off_from: Option<NaiveDate>,
    /// Only with a cut-off on this day or before.
    #[serde(rename = "cut_off[lte]")]
    pub cut_off_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The latest first where absent.
    #[param(inline)]
    pub sort: RunOrder,
}

impl Filter for RunFilter {}

orders! {
    /// By what runs are ordered.
    pub RunOrder of Row in tier_runs by id, descending:
    created_at = id;
}

/// All runs.
///
/// # Errors
/// Where the database fails.
pub fn list(reader: &mut Reader<'_>, filter: &RunFilter, page: &Page) -> Result<Slice<RunView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, tier_runs, filter; cut_off >= cut_off_from, cut_off <= cut_off_to);
    let found =
        paged!(reader, page, filter.sort, wanted; tier_runs::table => Row::as_select(); |row: &Row| row);
    found.try_map(|row| show(reader, row.into()))
}

columns! { RunView as "tier-runs" "客户分级评定批次" "Runs of the tier model", domain::spine::Permission::ExportCustomers:
    cut_off "截止日" "Cut-off";
    holds_from "生效日期" "Holds from";
    model_version "模型版本" "Model version";
    is_under_way "是否进行中" "Under way";
    done "已评定客户数" "Customers";
    moved "等级变动数" "Moved";
    opened_at "开始时间" "Opened at";
}
