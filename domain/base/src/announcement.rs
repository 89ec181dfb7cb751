//! Notices to one person and announcements (通知、公告) to an audience: what is published, and what each reader did with it.
//! The audience is frozen at publication, one [`Receipt`] a reader; whoever joins later is not asked. `[NOT-1, NOT-2, 002 §8]`
//!
//! Not here: when an unread one is reminded of, which [`crate::working_time::NoticeReminder`] reckons; and the answer that
//! is owed by a time, which is a duty of the reader.

/// What a reader did with it.
mod receipt;

pub use receipt::{Answer, Receipt};

use crate::{
    approval::check_reason,
    spine::{
        Actor, Change, Citation, EmployeeId, Entity, EventKind, Findings, Id, Refusal, RefusalCode,
        Timestamp, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

crate::refusals! { ANNOUNCEMENT_REFUSALS:
    NO_PUBLISHER = "announcement.no_publisher", Forbidden, "当前账号没有对应的员工，不能发布通知公告", "The account belongs to no employee and publishes nothing";
    NOT_PUBLISHER = "announcement.not_publisher", Forbidden, "只有发布人可以进行此操作", "Only who published it may do this";
    NO_READERS = "announcement.no_readers", Invalid, "所选范围内没有可接收的员工", "Nobody is in the audience";
    ONE_READER = "announcement.one_reader", Invalid, "通知只能发给一名员工；发给多人请发布公告", "A notice goes to one person; to reach several, publish an announcement";
    ANSWER_IN_PAST = "announcement.answer_in_past", Invalid, "答复时限须晚于发布时间", "The time to answer by must come after publication";
    WITHDRAWN = "announcement.withdrawn", Conflict, "该通知公告已撤回", "It was withdrawn";
    NOT_READER = "announcement.not_reader", Forbidden, "只有接收人本人可以进行此操作", "Only its reader may do this";
    NOT_WANTED = "announcement.not_wanted", Conflict, "该通知公告无需此类回复", "No such reply is wanted";
    ANSWERED = "announcement.answered", Conflict, "已经答复，答复内容不能修改", "It was answered already; an answer is not changed";
}

crate::events! { ANNOUNCEMENT_EVENTS:
    PUBLISHED = "announcement.published", "通知公告已发布", "A notice or an announcement was published";
    TAKEN_BACK = "announcement.withdrawn", "通知公告已撤回", "A notice or an announcement was withdrawn";
    SENT = "notice.sent", "通知已送达", "A notice reached its reader";
    READ = "notice.read", "通知已读", "A notice was read";
    RECEIVED = "notice.received", "通知已回复“收到”", "Its reader replied that they received it";
    GIVEN_ANSWER = "notice.answered", "通知已答复", "Its reader answered";
    REMINDED = "notice.reminded", "未读通知已强提醒", "A reader who had not read was strongly reminded";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[ANNOUNCEMENT_REFUSALS], events: &[ANNOUNCEMENT_EVENTS], enums: &[] };

/// The rule that publishing rests on.
const RULE: &str = "NOT-1";
/// How many people one announcement may reach: a technical bound of one unit of work.
pub const READERS_MAX: usize = 20_000;

/// Whether it goes to one person or to an audience.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaches {
    /// A notice to one person.
    Person,
    /// An announcement to an audience.
    Audience,
}

/// What is wanted of each reader. "无需回复" is the default of announcements. `[002 §8 四.3]`
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Wanted {
    /// Nothing.
    #[default]
    Nothing,
    /// That it is read.
    Read,
    /// The reply 收到.
    Received,
    /// An answer, which is owed by an instant.
    Answer {
        /// By when.
        by: Timestamp,
    },
}

impl Wanted {
    /// Whether a reader may mute it: never what wants something. `[NOT-1b]`
    pub const fn is_mutable(self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// Where it stands. The text never changes: a correction is another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AnnouncementStatus {
    /// It stands.
    Published {},
    /// It was taken back, and nobody is reminded of it any more.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why: 1 to 500 characters.
        reason: String,
    },
}

/// What is to be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// Whether to one person or to an audience.
    pub reaches: Reaches,
    /// What it is about: 1 to 200 characters.
    pub title: String,
    /// What it says: 1 to 10,000 characters.
    pub text: String,
    /// What is wanted of each reader.
    pub wanted: Wanted,
    /// Which one this corrects.
    pub corrects: Option<Id<Announcement>>,
}

/// Something that was published.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Announcement {
    /// Identity.
    pub id: Id<Self>,
    /// Whether it went to one person or to an audience.
    pub reaches: Reaches,
    /// Who published it.
    pub publisher: EmployeeId,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: String,
    /// What is wanted of each reader.
    pub wanted: Wanted,
    /// Which one it corrects.
    pub corrects: Option<Id<Self>>,
    /// How many readers it was sent to.
    pub readers: u32,
    /// When it was published.
    pub published_at: Timestamp,
    /// Where it stands.
    pub status: AnnouncementStatus,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Announcement {
    const KIND: &'static str = "announcement";
    fn uuid(&self) -> uuid::Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

fn refused(code: &'static RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule(RULE))
}

impl Announcement {
    /// Publishes a draft to the readers who are in its audience now; a [`Receipt`] is opened for each of them.
    ///
    /// # Errors
    /// `announcement.no_publisher`; texts that are not well formed, nobody or too many to read it, several readers of a
    /// notice, an answer that is due by then.
    pub fn publish(
        id: Id<Self>,
        draft: Draft,
        readers: &BTreeSet<EmployeeId>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let publisher = by.employee.ok_or_else(|| refused(NO_PUBLISHER))?;
        draft.check(readers.len(), now)?;
        let Draft { reaches, title, text, wanted, corrects } = draft;
        let readers = u32::try_from(readers.len()).unwrap_or(u32::MAX);
        let facts = json!({
            "publisher_id": publisher, "reaches": reaches, "wanted": wanted, "corrects": corrects, "readers": readers,
        });
        let status = AnnouncementStatus::Published {};
        let published = Self {
            id,
            reaches,
            publisher,
            title,
            text,
            wanted,
            corrects,
            readers,
            published_at: now,
            status,
            version: 0,
        };
        Ok(Change::created(published, PUBLISHED, facts))
    }

    /// Takes it back: its readers still see that it was, and are reminded no more.
    ///
    /// # Errors
    /// `announcement.not_publisher`, `announcement.withdrawn`; a reason that is missing or longer than 500 characters.
    pub fn withdraw(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if !by.is(self.publisher) {
            return Err(refused(NOT_PUBLISHER));
        }
        self.ensure_stands()?;
        check_reason(&reason)?;
        let facts = json!({"publisher_id": self.publisher, "reason": reason});
        let after = Self { status: AnnouncementStatus::Withdrawn { at: now, reason }, ..self.clone() };
        Ok(Change::updated(self, after, TAKEN_BACK, facts))
    }

    fn ensure_stands(&self) -> Result<(), Refusal> {
        match self.status {
            AnnouncementStatus::Published {} => Ok(()),
            AnnouncementStatus::Withdrawn { .. } => Err(refused(WITHDRAWN)),
        }
    }
}

impl Draft {
    fn check(&self, readers: usize, now: Timestamp) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &self.title, 200);
        wording::check(&mut findings, "/text", &self.text, 10_000);
        match (self.reaches, readers) {
            (_, 0) => findings.add("/audience", NO_READERS),
            (Reaches::Person, 2..) => findings.add("/audience", ONE_READER),
            (_, count) if count > READERS_MAX => {
                let bounds = [("min", json!(1)), ("max", json!(READERS_MAX))];
                findings.add_with("/audience", crate::spine::codes::OUT_OF_RANGE, bounds);
            }
            _ => {}
        }
        if matches!(self.wanted, Wanted::Answer { by } if by <= now) {
            findings.add("/wanted/by", ANSWER_IN_PAST);
        }
        findings.into_result()
    }
}

#[cfg(test)]
mod tests;
