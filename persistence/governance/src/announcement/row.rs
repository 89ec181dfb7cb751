//! Rows of announcements.

use crate::{
    schema::announcements,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    announcement::{
        Announcement, AnnouncementContent, AnnouncementKind, AnnouncementState, AnnouncementStatus, Audience,
        Want, Wanted,
    },
    spine::{BusinessDate, Id, Version, search_text},
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = announcements, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub kind: String,
    pub title: String,
    pub publisher_id: Option<Key>,
    pub department_id: Option<Key>,
    pub corrects_id: Option<Key>,
    pub want: String,
    pub answer_by: Option<BusinessDate>,
    pub readers: i64,
    pub detail: String,
    pub drafted_at: Instant,
    pub published_at: Option<Instant>,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub version: Version,
    pub search_text: String,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    text: String,
    audience: Audience,
}

impl Row {
    fn of(announcement: &Announcement, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Announcement { id, number, content, publisher, department, readers, .. } = announcement;
        let Announcement { drafted_at, published_at, status, version, .. } = announcement;
        let AnnouncementContent { kind, title, text, audience, wanted, corrects } = content;
        let detail = Detail { text: text.clone(), audience: audience.clone() };
        let (status_at, status_reason) = status.told();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            kind: kind.code().to_owned(),
            title: title.clone(),
            publisher_id: publisher.map(Into::into),
            department_id: department.map(Into::into),
            corrects_id: corrects.map(Into::into),
            want: wanted.want().code().to_owned(),
            answer_by: wanted.answer_by(),
            readers: (*readers).into(),
            detail: serde_json::to_string(&detail)?,
            drafted_at: (*drafted_at).into(),
            published_at: published_at.map(Into::into),
            changed_at: tx.now().into(),
            status: status.state().code().to_owned(),
            status_at: status_at.map(Into::into),
            status_reason: status_reason.map(str::to_owned),
            version: *version,
            search_text: search_text(&[title], &[number]),
        })
    }

    pub fn kind(&self) -> Result<AnnouncementKind, Failure> {
        AnnouncementKind::from_code(&self.kind).ok_or_else(|| self.corrupt("kind"))
    }

    pub fn want(&self) -> Result<Want, Failure> {
        Want::from_code(&self.want).ok_or_else(|| self.corrupt("want"))
    }

    pub fn state(&self) -> Result<AnnouncementState, Failure> {
        AnnouncementState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("announcements", column, self.id.0)
    }
}

impl TryFrom<Row> for Announcement {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { text, audience } = serde_json::from_str(&row.detail)?;
        let (kind, want, state) = (row.kind()?, row.want()?, row.state()?);
        let wanted = Wanted::of(want, row.answer_by).ok_or_else(|| row.corrupt("answer_by"))?;
        let (at, reason) = (row.status_at.map(Into::into), row.status_reason.clone());
        let status = AnnouncementStatus::of(state, at, reason).ok_or_else(|| row.corrupt("status_at"))?;
        let readers = u32::try_from(row.readers).map_err(|_| row.corrupt("readers"))?;
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            content: AnnouncementContent {
                kind,
                title: row.title,
                text,
                audience,
                wanted,
                corrects: row.corrects_id.map(Into::into),
            },
            publisher: row.publisher_id.map(Into::into),
            department: row.department_id.map(Into::into),
            readers,
            drafted_at: row.drafted_at.into(),
            published_at: row.published_at.map(Into::into),
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Governance> for Announcement {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, announcements, &row, before)?)
    }
}

/// One announcement whoever asks: for rules, and for who reads it.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Announcement>) -> Result<Announcement, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| announcements::table
        .filter(announcements::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// One announcement that the caller may see as its publishers do: their own, and what was published from a department in
/// reach. Whoever reads it sees their notice.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Announcement>) -> Result<Announcement, Failure> {
    let announcement = find_unscoped(reader, id)?;
    let is_own = announcement.publisher.is_some_and(|publisher| reader.actor().is(publisher));
    let is_draft = announcement.status.state() == AnnouncementState::Draft;
    let reach = reader.reach();
    let covered = match announcement.department {
        Some(department) => reach.covers(department, false),
        None => reach.all,
    };
    if is_own || (covered && !is_draft) { Ok(announcement) } else { Err(Failure::NotFound) }
}
