//! The announcements within the caller's sight. `[NOT-1a, INT-4]`

use super::row::Row;
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::announcements,
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    announcement::{AnnouncementKind, AnnouncementState, Want},
    spine::{AnyId, DepartmentId, EmployeeId, Timestamp, Version},
};
use persistence_base::search;
use serde::Deserialize;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An announcement in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AnnouncementSummary)]
pub struct AnnouncementSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "AN-2026-000012")]
    pub number: String,
    /// Whether to one person or to an audience.
    pub kind: AnnouncementKind,
    /// What it is about.
    #[schema(max_length = 200)]
    pub title: String,
    /// Who publishes it; null where the product itself tells somebody something.
    pub publisher: Option<PersonRef>,
    /// What is wanted of each reader.
    pub want: Want,
    /// The last day to answer.
    pub answer_by: Option<NaiveDate>,
    /// How many readers it was sent to.
    #[schema(minimum = 0)]
    pub readers: i64,
    /// Where it stands.
    pub status: AnnouncementState,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AnnouncementSummary {
    const REFERS: &'static [Refers] = &[Refers::to("publisher", &EMPLOYEE)];
}

/// Which announcements are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AnnouncementFilter {
    /// Only these kinds, separated by commas.
    #[param(inline, example = "announcement")]
    pub kind: Several<AnnouncementKind>,
    /// Only these states, separated by commas.
    #[param(inline, example = "published")]
    pub status: Several<AnnouncementState>,
    /// Only what wants this of its readers, separated by commas.
    #[param(inline, example = "received,answer")]
    pub want: Several<Want>,
    /// Only of this publisher.
    pub publisher_id: Option<EmployeeId>,
    /// Only from this department.
    pub department_id: Option<DepartmentId>,
    /// Only what was drafted at this instant or later.
    #[serde(rename = "drafted_at[gte]")]
    pub drafted_from: Option<Timestamp>,
    /// Only what was drafted before this instant.
    #[serde(rename = "drafted_at[lt]")]
    pub drafted_before: Option<Timestamp>,
    /// Only where this stands in number, title or the publisher's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "zhiban")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was drafted last first where absent.
    #[param(inline)]
    pub sort: AnnouncementOrder,
}

impl Filter for AnnouncementFilter {}

orders! {
    /// By what announcements are ordered.
    pub AnnouncementOrder of Row in announcements by id, descending:
    drafted_at = id;
    changed_at;
}

/// Only what the caller may see: their own, and what was published within reach.
fn within_sight(reader: &Reader<'_>) -> Where {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    let own = announcements::publisher_id.eq(sight.employee);
    let published = announcements::status.ne(AnnouncementState::Draft.code());
    if sight.all {
        wanted.also(own.or(published.nullable()));
    } else {
        wanted.also(own.or(published.nullable().and(announcements::department_id.eq_any(sight.departments))));
    }
    wanted
}

/// Announcements within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AnnouncementFilter,
    page: &Page,
) -> Result<Slice<AnnouncementSummary>, Failure> {
    let mut wanted = within_sight(reader);
    narrow!(wanted, announcements, filter;
        kind in kind, status in status, want in want, publisher_id = publisher_id, department_id = department_id,
        drafted_at >= drafted_from, drafted_at < drafted_before);
    search!(wanted, filter, announcements::search_text; announcements::publisher_id);
    let found =
        paged!(reader, page, filter.sort, wanted; announcements::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<AnnouncementSummary, Failure> {
    Ok(AnnouncementSummary {
        id: row.id.into(),
        kind: row.kind()?,
        publisher: row.publisher_id.map(|publisher| register.named(publisher.into())).transpose()?,
        want: row.want()?,
        answer_by: row.answer_by,
        readers: row.readers,
        status: row.state()?,
        drafted_at: row.drafted_at.into(),
        published_at: row.published_at.map(Into::into),
        changed_at: row.changed_at.into(),
        version: row.version,
        number: row.number,
        title: row.title,
    })
}

columns! { AnnouncementSummary as "announcements" "通知公告" "Announcements":
    number "编号" "Number";
    kind "类型" "Kind";
    title "标题" "Title";
    publisher "发布人" "Publisher";
    want "回复要求" "Reply wanted";
    answer_by "答复期限" "Answer by";
    readers "接收人数" "Readers";
    status "状态" "Status";
    drafted_at "起草时间" "Drafted at";
    published_at "发布时间" "Published at";
    changed_at "更新时间" "Changed at";
}
