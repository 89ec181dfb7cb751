//! What an announcement looks like to who publishes it. `[NOT-1a]`

use super::row::find;
use crate::{
    organisation::{EMPLOYEE, NamedRef, PersonRef, Register, position},
    schema::announcement_receipts as receipts,
    spine::{ActionView, Failure, Key, Place, Placed, Reader, Refers, View, db},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    announcement::{
        Announcement, AnnouncementAction, AnnouncementKind, AnnouncementState, Audience, ReceiptState, Want,
    },
    spine::{AnyId, Id, Permission, Timestamp, Version},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the caller may do with an announcement. An alias, because the derive would take a generic type apart.
type AnnouncementActionView = ActionView<AnnouncementAction>;

/// A notice or an announcement, as its publisher sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Announcement)]
pub struct AnnouncementView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "AN-2026-000012")]
    pub number: String,
    /// Whether to one person or to an audience.
    pub kind: AnnouncementKind,
    /// What it is about.
    #[schema(max_length = 200, example = "五一值班安排")]
    pub title: String,
    /// What it says.
    #[schema(max_length = 10000)]
    pub text: String,
    /// For whom it is meant.
    pub audience: AudienceView,
    /// What is wanted of each reader.
    pub want: Want,
    /// The last day to answer.
    pub answer_by: Option<NaiveDate>,
    /// Which one it corrects.
    pub corrects_id: Option<AnyId>,
    /// Who publishes it; null where the product itself tells somebody something.
    pub publisher: Option<PersonRef>,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Where it stands.
    pub status: AnnouncementState,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Why it was withdrawn.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// How far its readers came.
    pub receipts: ReceiptCounts,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<AnnouncementActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// For whom it is meant: whoever one of these covers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AnnouncementAudience)]
pub struct AudienceView {
    /// Everybody who works here.
    pub everybody: bool,
    /// Those of these departments and of all below them.
    #[schema(max_items = 200)]
    pub departments: Vec<NamedRef>,
    /// Those who hold one of these positions.
    #[schema(max_items = 200)]
    pub positions: Vec<NamedRef>,
    /// These people.
    #[schema(max_items = 500)]
    pub employees: Vec<PersonRef>,
}

/// How far the readers of an announcement came.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(as = AnnouncementReceiptCounts)]
pub struct ReceiptCounts {
    /// How many it was sent to.
    #[schema(minimum = 0)]
    pub sent: i64,
    /// How many have not read it.
    #[schema(minimum = 0)]
    pub unread: i64,
    /// How many have read it, those who replied among them.
    #[schema(minimum = 0)]
    pub read: i64,
    /// How many replied 收到.
    #[schema(minimum = 0)]
    pub received: i64,
    /// How many answered.
    #[schema(minimum = 0)]
    pub answered: i64,
    /// How many were strongly reminded.
    #[schema(minimum = 0)]
    pub reminded: i64,
}

impl View for AnnouncementView {
    const REFERS: &'static [Refers] = &[Refers::to("publisher", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/announcements/{}", self.id))
    }
}

/// One announcement, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Announcement>) -> Result<AnnouncementView, Failure> {
    let announcement = find(reader, id)?;
    show(reader, announcement)
}

/// How an announcement at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, announcement: Announcement) -> Result<AnnouncementView, Failure> {
    let register = Register::of(reader)?;
    let receipts = counted(reader, &announcement)?;
    let audience = audience(reader, &register, &announcement.content.audience)?;
    let actions = match reader.actor().may(Permission::PublishAnnouncements) {
        true => announcement.actions(reader.actor()).collect(),
        false => Vec::new(),
    };
    let (withdrawn_at, reason) = announcement.status.told();
    let (wanted, reason) = (announcement.content.wanted, reason.map(str::to_owned));
    Ok(AnnouncementView {
        id: announcement.id.uuid().into(),
        kind: announcement.content.kind,
        audience,
        want: wanted.want(),
        answer_by: wanted.answer_by(),
        corrects_id: announcement.content.corrects.map(|corrects| corrects.uuid().into()),
        publisher: announcement.publisher.map(|publisher| register.named(publisher)).transpose()?,
        drafted_at: announcement.drafted_at,
        published_at: announcement.published_at,
        status: announcement.status.state(),
        withdrawn_at,
        reason,
        receipts,
        actions: ActionView::listed(&format!("/api/v1/announcements/{}", announcement.id), actions),
        version: announcement.version,
        number: announcement.number,
        title: announcement.content.title,
        text: announcement.content.text,
    })
}

fn audience(
    reader: &mut Reader<'_>,
    register: &Register,
    audience: &Audience,
) -> Result<AudienceView, Failure> {
    let departments = audience.departments.iter().map(|department| register.placed(*department));
    let employees = audience.employees.iter().map(|employee| register.named(*employee));
    let positions: Vec<_> = audience.positions.iter().copied().collect();
    Ok(AudienceView {
        everybody: audience.everybody,
        departments: departments.collect::<Result<_, _>>()?,
        positions: position::names(reader, &positions)?,
        employees: employees.collect::<Result<_, _>>()?,
    })
}

/// Counts how far the readers came, by an index that holds no more than that.
fn counted(reader: &mut Reader<'_>, of: &Announcement) -> Result<ReceiptCounts, Failure> {
    if of.readers == 0 {
        return Ok(ReceiptCounts::default());
    }
    let key = Key::from(of.id);
    let states: Vec<(String, i64)> = db!(reader, |c| receipts::table
        .filter(receipts::announcement_id.eq(key))
        .group_by(receipts::state)
        .select((receipts::state, diesel::dsl::count_star()))
        .load(c))?;
    let reminded: i64 = db!(reader, |c| receipts::table
        .filter(receipts::announcement_id.eq(key).and(receipts::reminded_at.is_not_null()))
        .count()
        .get_result(c))?;
    let states: BTreeMap<String, i64> = states.into_iter().collect();
    let number = |state: ReceiptState| states.get(state.code()).copied().unwrap_or_default();
    let unread = number(ReceiptState::Unread);
    let sent = i64::from(of.readers);
    Ok(ReceiptCounts {
        sent,
        unread,
        read: sent - unread,
        received: number(ReceiptState::Received),
        answered: number(ReceiptState::Answered),
        reminded,
    })
}

impl Placed<crate::Governance> for AnnouncementAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Publish => Place::Post("/publish"),
            Self::Withdraw => Place::Post("/withdraw"),
        }
    }
}
