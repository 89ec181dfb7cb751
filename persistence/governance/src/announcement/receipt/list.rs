//! The notices of the caller's own, and what all readers of an announcement did. `[NOT-1a, INT-4]`

use super::{super::row::Row as AnnouncementRow, Row};
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::{announcement_receipts as receipts, announcements},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Slice, View, Where, columns, narrow, orders,
        paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    announcement::{Announcement, AnnouncementKind, AnnouncementState, ReceiptState, Want},
    spine::{AnyId, EmployeeId, Id, Timestamp, Version},
};
use persistence_base::search;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A notice in the list of its reader.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NoticeSummary)]
pub struct NoticeSummary {
    /// The identity of the reader's part.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "AN-2026-000012")]
    pub number: String,
    /// Whether it went to one person or to an audience.
    pub kind: AnnouncementKind,
    /// What it is about.
    #[schema(max_length = 200)]
    pub title: String,
    /// Who published it; null where the product itself tells something.
    pub publisher: Option<PersonRef>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// What is wanted of the reader.
    pub want: Want,
    /// The last day to answer.
    pub answer_by: Option<NaiveDate>,
    /// Whether it was withdrawn.
    pub is_withdrawn: bool,
    /// How far the reader came.
    pub state: ReceiptState,
    /// When they were strongly reminded.
    pub reminded_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for NoticeSummary {
    const REFERS: &'static [Refers] = &[Refers::to("publisher", &EMPLOYEE)];
}

/// Which of one's own notices are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct NoticeFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "unread")]
    pub state: Several<ReceiptState>,
    /// Only what wants this of the reader, separated by commas.
    #[param(inline, example = "received,answer")]
    pub want: Several<Want>,
    /// Only of this publisher.
    pub publisher_id: Option<EmployeeId>,
    /// Only where this stands in number, title or the publisher's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "zhiban")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was published last first where absent.
    #[param(inline)]
    pub sort: NoticeOrder,
}

impl Filter for NoticeFilter {}

orders! {
    /// By what notices are ordered.
    pub NoticeOrder of Row in receipts by id, descending:
    published_at = id;
}

/// The notices of the caller's own.
///
/// # Errors
/// Where the database fails.
pub fn list_own(
    reader: &mut Reader<'_>,
    filter: &NoticeFilter,
    page: &Page,
) -> Result<Slice<NoticeSummary>, Failure> {
    let mut wanted = Where::new();
    let me = reader.actor().employee.map_or(Key(uuid::Uuid::nil()), Into::into);
    wanted.also(receipts::reader_id.eq(me));
    narrow!(wanted, receipts, filter; state in state);
    narrow!(wanted, announcements, filter; want in want, publisher_id = publisher_id);
    search!(wanted, filter, announcements::search_text; announcements::publisher_id);
    let found = paged!(reader, page, filter.sort, wanted;
        receipts::table.inner_join(announcements::table) => (Row::as_select(), AnnouncementRow::as_select());
        |row: &(Row, AnnouncementRow)| &row.0);
    let register = Register::of(reader)?;
    found.try_map(|row| notice(&register, row))
}

fn notice(register: &Register, (row, of): (Row, AnnouncementRow)) -> Result<NoticeSummary, Failure> {
    Ok(NoticeSummary {
        id: row.id.into(),
        kind: of.kind()?,
        publisher: of.publisher_id.map(|publisher| register.named(publisher.into())).transpose()?,
        published_at: of.published_at.map(Into::into),
        want: of.want()?,
        answer_by: of.answer_by,
        is_withdrawn: of.state()? == AnnouncementState::Withdrawn,
        state: row.state()?,
        reminded_at: row.reminded_at.map(Into::into),
        version: row.version,
        number: of.number,
        title: of.title,
    })
}

columns! { NoticeSummary as "notices" "我的通知" "My notices":
    number "编号" "Number";
    kind "类型" "Kind";
    title "标题" "Title";
    publisher "发布人" "Publisher";
    published_at "发布时间" "Published at";
    want "回复要求" "Reply wanted";
    answer_by "答复期限" "Answer by";
    is_withdrawn "是否撤回" "Withdrawn";
    state "状态" "State";
    reminded_at "强提醒时间" "Reminded at";
}

/// What one reader did with an announcement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AnnouncementReceipt)]
pub struct ReceiptSummary {
    /// The identity of the reader's part.
    pub id: AnyId,
    /// Who reads it.
    pub reader: PersonRef,
    /// Whether they have left.
    pub has_left: bool,
    /// How far they came.
    pub state: ReceiptState,
    /// When they first read it.
    pub read_at: Option<Timestamp>,
    /// When they replied.
    pub answered_at: Option<Timestamp>,
    /// What they answered.
    #[schema(max_length = 2000)]
    pub answer: Option<String>,
    /// When they were strongly reminded.
    pub reminded_at: Option<Timestamp>,
}

impl View for ReceiptSummary {
    const REFERS: &'static [Refers] = &[Refers::to("reader", &EMPLOYEE)];
}

/// Which receipts of an announcement are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ReceiptFilter {
    /// Only these states, separated by commas: `unread` for who has not read it.
    #[param(inline, example = "unread")]
    pub state: Several<ReceiptState>,
    /// Only of this reader.
    pub reader_id: Option<EmployeeId>,
    /// The order; a minus turns it round. In the order in which they were sent where absent.
    #[param(inline)]
    pub sort: ReceiptOrder,
}

impl Filter for ReceiptFilter {}

orders! {
    /// By what receipts are ordered.
    pub ReceiptOrder of Row in receipts by id, ascending:
    sent_at = id;
}

/// What the readers of an announcement did, which the caller may see as its publisher or by reach.
///
/// # Errors
/// Not found where they may not see it.
pub fn list(
    reader: &mut Reader<'_>,
    of: Id<Announcement>,
    filter: &ReceiptFilter,
    page: &Page,
) -> Result<Slice<ReceiptSummary>, Failure> {
    let of = super::super::find(reader, of)?;
    let mut wanted = Where::new();
    wanted.also(receipts::announcement_id.eq(Key::from(of.id)));
    narrow!(wanted, receipts, filter; state in state, reader_id = reader_id);
    let found =
        paged!(reader, page, filter.sort, wanted; receipts::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<ReceiptSummary, Failure> {
    let employee = row.reader_id.into();
    Ok(ReceiptSummary {
        id: row.id.into(),
        reader: register.named(employee)?,
        has_left: register.has_left(employee),
        state: row.state()?,
        read_at: row.read_at.map(Into::into),
        answered_at: row.answered_at.map(Into::into),
        reminded_at: row.reminded_at.map(Into::into),
        answer: row.answer,
    })
}

columns! { ReceiptSummary as "receipts" "阅读回执" "Receipts":
    reader "接收人" "Reader";
    has_left "是否离职" "Left";
    state "状态" "State";
    read_at "阅读时间" "Read at";
    answered_at "回复时间" "Replied at";
    answer "答复" "Answer";
    reminded_at "强提醒时间" "Reminded at";
}
