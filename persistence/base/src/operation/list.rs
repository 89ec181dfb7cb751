//! The operations of the caller: nobody sees another's. `[OPR-1, INT-4]`

use super::row::Row;
use crate::{
    schema::operations,
    search,
    spine::{
        Failure, Filter, Key, Page, Reader, Several, Slice, View, Where, columns, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    operation::OperationState,
    spine::{AnyId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A long operation in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OperationSummary)]
pub struct OperationSummary {
    /// Its identity.
    pub id: AnyId,
    /// Which kind of work it is.
    #[schema(max_length = 60, example = "employee_import")]
    pub kind: String,
    /// What it works on: the name of the file.
    #[schema(max_length = 255, example = "员工.xlsx")]
    pub title: String,
    /// Where it stands.
    pub status: OperationState,
    /// How much is done.
    #[schema(minimum = 0)]
    pub done: i64,
    /// How much there is, once that is known.
    #[schema(minimum = 0)]
    pub total: Option<i64>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for OperationSummary {}

/// Which operations are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct OperationFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "queued,running")]
    pub status: Several<OperationState>,
    /// Only of this kind.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60, example = "employee_import")]
    pub kind: Option<String>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in what it works on, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "yuangong")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was asked for last first where absent.
    #[param(inline)]
    pub sort: OperationOrder,
}

impl Filter for OperationFilter {}

orders! {
    /// By what operations are ordered.
    pub OperationOrder of Row in operations by id, descending:
    asked_at = id;
    changed_at;
}

/// The operations of the caller.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &OperationFilter,
    page: &Page,
) -> Result<Slice<OperationSummary>, Failure> {
    let mut wanted = Where::new();
    wanted.also(operations::asker_id.eq(Key::from(reader.actor().user)));
    narrow!(wanted, operations, filter;
        status in status, changed_at >= changed_from, changed_at < changed_before);
    if let Some(kind) = filter.kind.clone() {
        wanted.also(operations::kind.eq(kind));
    }
    search!(wanted, filter, operations::search_text);
    let found =
        paged!(reader, page, filter.sort, wanted; operations::table => Row::as_select(); |row: &Row| row);
    found.try_map(summary)
}

fn summary(row: Row) -> Result<OperationSummary, Failure> {
    let corrupt = || Failure::corrupt("operations", "status", row.id.0);
    let status = OperationState::from_code(&row.status).ok_or_else(corrupt)?;
    Ok(OperationSummary {
        id: row.id.into(),
        kind: row.kind,
        title: row.title,
        status,
        done: row.done,
        total: row.total,
        asked_at: row.asked_at.into(),
        changed_at: row.changed_at.into(),
        ended_at: row.ended_at.map(Into::into),
        version: row.version,
    })
}

columns! { OperationSummary as "operations" "长时操作" "Operations":
    kind "种类" "Kind";
    title "内容" "About";
    status "状态" "Status";
    done "已处理" "Done";
    total "总数" "Total";
    asked_at "发起时间" "Asked at";
    ended_at "结束时间" "Ended at";
}
