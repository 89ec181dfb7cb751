//! What each reader did: its row, and what they see of it themselves. `[NOT-1a, NOT-2]`

/// One's own notices, and all receipts of an announcement.
pub mod list;

use super::row::find_unscoped as announcement;
use crate::{
    organisation::{EMPLOYEE, PersonRef, Register},
    schema::announcement_receipts as receipts,
    spine::{
        ActionView, Failure, Instant, Key, Place, Placed, Reader, Refers, Stored, Tx, View, db, guard,
        save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    announcement::{
        AnnouncementKind, AnnouncementState, Answer, Errand, NoticeAction, Receipt, ReceiptState, Want,
    },
    spine::{AnyId, Change, Id, Permission, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = receipts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub announcement_id: Key,
    pub reader_id: Key,
    pub state: String,
    pub read_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub answer: Option<String>,
    pub remind_at: Option<Instant>,
    pub reminded_at: Option<Instant>,
    pub errand: Option<String>,
    pub version: Version,
}

/// An errand as rows keep it.
pub(super) const fn errand_code(errand: Errand) -> &'static str {
    match errand {
        Errand::Ask => "ask",
        Errand::CallOff => "call_off",
    }
}

impl From<&Receipt> for Row {
    fn from(receipt: &Receipt) -> Self {
        let Receipt { id, announcement, reader, read_at, answer, remind_at, reminded_at, errand, version } =
            receipt;
        let (answered_at, answer) = match answer {
            None => (None, None),
            Some(Answer::Received { at }) => (Some((*at).into()), None),
            Some(Answer::Said { at, text }) => (Some((*at).into()), Some(text.clone())),
        };
        Self {
            id: (*id).into(),
            announcement_id: (*announcement).into(),
            reader_id: (*reader).into(),
            state: receipt.state().code().to_owned(),
            read_at: read_at.map(Into::into),
            answered_at,
            answer,
            remind_at: remind_at.map(Into::into),
            reminded_at: reminded_at.map(Into::into),
            errand: errand.map(|errand| errand_code(errand).to_owned()),
            version: *version,
        }
    }
}

impl Row {
    fn state(&self) -> Result<ReceiptState, Failure> {
        let corrupt = || Failure::corrupt("announcement_receipts", "state", self.id.0);
        ReceiptState::from_code(&self.state).ok_or_else(corrupt)
    }
}

impl TryFrom<Row> for Receipt {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let answer = match (row.answered_at, row.answer) {
            (None, _) => None,
            (Some(at), None) => Some(Answer::Received { at: at.into() }),
            (Some(at), Some(text)) => Some(Answer::Said { at: at.into(), text }),
        };
        let errand = match row.errand.as_deref() {
            None => None,
            Some("ask") => Some(Errand::Ask),
            Some("call_off") => Some(Errand::CallOff),
            Some(_) => return Err(Failure::corrupt("announcement_receipts", "errand", row.id.0)),
        };
        Ok(Self {
            id: row.id.into(),
            announcement: row.announcement_id.into(),
            reader: row.reader_id.into(),
            read_at: row.read_at.map(Into::into),
            answer,
            remind_at: row.remind_at.map(Into::into),
            reminded_at: row.reminded_at.map(Into::into),
            errand,
            version: row.version,
        })
    }
}

impl Stored<crate::Governance> for Receipt {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, receipts, &row, before)?)
    }
}

crate::spine::resource! { crate::Governance: Receipt as NoticeView; find, apply, show = show }

/// Writes a change of a receipt.
pub fn apply(tx: &mut Tx<'_>, change: Change<Receipt>) -> Result<Receipt, Failure> {
    tx.apply(change)
}

/// One receipt whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Receipt>) -> Result<Receipt, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| receipts::table.filter(receipts::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One notice of the caller's own.
///
/// # Errors
/// Not found where it is another's.
pub fn find(reader: &mut Reader<'_>, id: Id<Receipt>) -> Result<Receipt, Failure> {
    let receipt = find_unscoped(reader, id)?;
    if reader.actor().is(receipt.reader) { Ok(receipt) } else { Err(Failure::NotFound) }
}

/// What the caller may do with a notice. An alias, because the derive would take a generic type apart.
type NoticeActionView = ActionView<NoticeAction>;

/// What was published, as one of its readers sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeView {
    /// The identity of the reader's part.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "AN-2026-000012")]
    pub number: String,
    /// Whether it went to one person or to an audience.
    pub kind: AnnouncementKind,
    /// What it is about.
    #[schema(max_length = 200, example = "五一值班安排")]
    pub title: String,
    /// What it says.
    #[schema(max_length = 10000)]
    pub text: String,
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
    /// Why it was withdrawn.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// How far the reader came.
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
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<NoticeActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for NoticeView {
    const REFERS: &'static [Refers] = &[Refers::to("publisher", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/notices/{}", self.id))
    }
}

/// One notice of the caller's own.
///
/// # Errors
/// Not found where it is another's.
pub fn view(reader: &mut Reader<'_>, id: Id<Receipt>) -> Result<NoticeView, Failure> {
    let receipt = find(reader, id)?;
    show(reader, receipt)
}

/// How a notice at hand is shown to its reader.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, receipt: Receipt) -> Result<NoticeView, Failure> {
    let (of, register) = (announcement(reader, receipt.announcement)?, Register::of(reader)?);
    let actions = match reader.actor().may(Permission::ReadNotices) {
        true => receipt.actions(&of, reader.actor()).collect(),
        false => Vec::new(),
    };
    let reason = of.status.told().1.map(str::to_owned);
    let row = Row::from(&receipt);
    Ok(NoticeView {
        id: receipt.id.uuid().into(),
        kind: of.content.kind,
        publisher: of.publisher.map(|publisher| register.named(publisher)).transpose()?,
        published_at: of.published_at,
        want: of.content.wanted.want(),
        answer_by: of.content.wanted.answer_by(),
        is_withdrawn: of.status.state() == AnnouncementState::Withdrawn,
        reason,
        state: receipt.state(),
        read_at: receipt.read_at,
        answered_at: row.answered_at.map(Into::into),
        answer: row.answer,
        reminded_at: receipt.reminded_at,
        actions: ActionView::listed(&format!("/api/v1/notices/{}", receipt.id), actions),
        version: receipt.version,
        number: of.number,
        title: of.content.title,
        text: of.content.text,
    })
}

impl Placed<crate::Governance> for NoticeAction {
    fn place(self) -> Place {
        match self {
            Self::Read => Place::Post("/read"),
            Self::Receive => Place::Post("/receive"),
            Self::Answer => Place::Post("/answer"),
        }
    }
}
