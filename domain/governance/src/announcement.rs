//! Notices to one person and announcements (通知、公告) to an audience: what is published, and what each reader did with it.
//! The audience is frozen at publication, one [`Receipt`] a reader; whoever joins later is not asked. `[NOT-1, NOT-2, 002 §8]`
//!
//! Not here: when an unread one is reminded of, which [`crate::working_time::notice::NoticeReminder`] reckons; and the answer
//! that is owed by a day, which is a duty of the reader.

/// What may be done with one now, and if not why. `[ACT-1]`
mod actions;
/// For whom it is meant.
mod audience;
/// What a reader did with it.
mod receipt;
/// What is wanted of a reader.
mod wanted;

pub use actions::{AnnouncementAction, NoticeAction};
pub use audience::Audience;
pub use receipt::{Answer, Errand, Receipt, ReceiptState};
pub use wanted::{Want, Wanted};

use crate::{
    approval::check_reason,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings, Id,
        Refusal, RefusalCode, Timestamp, Version, codes, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What the numbers of announcements begin with.
pub const NUMBER_PREFIX: &str = "AN";

crate::refusals! { ANNOUNCEMENT_REFUSALS:
    NO_PUBLISHER = "announcement.no_publisher", Forbidden, "当前账号没有对应的员工，不能发布通知公告", "The account belongs to no employee and publishes nothing";
    NOT_PUBLISHER = "announcement.not_publisher", Forbidden, "只有发布人可以进行此操作", "Only who published it may do this";
    NO_READERS = "announcement.no_readers", Invalid, "所选范围内没有可接收的在职员工", "Nobody who works here is in the audience";
    READERS_OUT_OF_REACH = "announcement.readers_out_of_reach", Forbidden, "所选范围内有 {count} 人不在您可发布的范围内", "Of the audience, {count} are not within your reach";
    ONE_READER = "announcement.one_reader", Invalid, "通知只能发给一名员工；发给多人请发布公告", "A notice goes to one person; to reach several, publish an announcement";
    ANSWER_IN_PAST = "announcement.answer_in_past", Invalid, "答复期限 {date} 早于今天", "The day to answer by, {date}, lies in the past";
    NO_ANSWER_WANTED = "announcement.no_answer_wanted", Invalid, "未要求限期答复，不能填写答复期限", "A day to answer by is named only where an answer is wanted";
    PUBLISHED_ALREADY = "announcement.published_already", Conflict, "该通知公告已发布，内容不能修改；更正请另行发布", "It was published and its text does not change; a correction is a new one";
    NOT_PUBLISHED = "announcement.not_published", Conflict, "该通知公告尚未发布", "It has not been published";
    WITHDRAWN = "announcement.is_withdrawn", Conflict, "该通知公告已撤回", "It was withdrawn";
    NOT_READER = "announcement.not_reader", Forbidden, "只有接收人本人可以进行此操作", "Only its reader may do this";
    NOT_WANTED = "announcement.not_wanted", Conflict, "该通知公告无需此类回复", "No such reply is wanted";
    ANSWERED = "announcement.answered", Conflict, "已经答复，答复内容不能修改", "It was answered already; an answer is not changed";
}

crate::events! { ANNOUNCEMENT_EVENTS:
    DRAFTED = "announcement.drafted", "通知公告已起草", "A notice or an announcement was drafted";
    CHANGED = "announcement.changed", "通知公告草稿已修改", "The draft of a notice or an announcement was changed";
    PUBLISHED = "announcement.published", "通知公告已发布", "A notice or an announcement was published";
    TAKEN_BACK = "announcement.withdrawn", "通知公告已撤回", "A notice or an announcement was withdrawn";
    ASKED = "notice.answer_asked", "通知要求接收人限期答复", "A reader was asked to answer by a day";
    CALLED_OFF = "notice.called_off", "通知撤回，不再要求答复", "No answer is asked of a reader any more";
    READ = "notice.read", "通知已读", "A notice was read";
    RECEIVED = "notice.received", "通知已回复“收到”", "Its reader replied that they received it";
    GIVEN_ANSWER = "notice.answered", "通知已答复", "Its reader answered";
    REMINDED = "notice.reminded", "未读通知已强提醒", "A reader who had not read was strongly reminded";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[ANNOUNCEMENT_REFUSALS],
    events: &[ANNOUNCEMENT_EVENTS],
    enums: &[
        AnnouncementKind::LABELS,
        AnnouncementState::LABELS,
        Want::LABELS,
        ReceiptState::LABELS,
        AnnouncementAction::LABELS,
        NoticeAction::LABELS,
    ],
};

/// The rule that publishing rests on.
const RULE: &str = "NOT-1";
/// How many people one announcement may reach: a technical bound of one unit of work.
pub const READERS_MAX: usize = 20_000;

/// Whether it goes to one person or to an audience.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementKind {
    /// A notice to one person.
    Notice,
    /// An announcement to an audience.
    Announcement,
}

crate::labels! { AnnouncementKind = "AnnouncementKind":
    Notice = "notice", "通知", "Notice";
    Announcement = "announcement", "公告", "Announcement";
}

/// The names of the states.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementState {
    /// It is being written.
    Draft,
    /// It stands.
    Published,
    /// It was taken back.
    Withdrawn,
}

crate::labels! { AnnouncementState = "AnnouncementState":
    Draft = "draft", "草稿", "Draft";
    Published = "published", "已发布", "Published";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
}

/// Where it stands. Once it is published its text never changes: a correction is another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AnnouncementStatus {
    /// It is being written.
    Draft {},
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

crate::status! { AnnouncementStatus as AnnouncementState: Draft; Published; Withdrawn at reason; }

/// What it says, and to whom.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AnnouncementContent {
    /// Whether to one person or to an audience.
    pub kind: AnnouncementKind,
    /// What it is about: 1 to 200 characters.
    pub title: String,
    /// What it says: 1 to 10,000 characters.
    pub text: String,
    /// For whom it is meant.
    pub audience: Audience,
    /// What is wanted of each reader.
    pub wanted: Wanted,
    /// Which one this corrects.
    pub corrects: Option<Id<Announcement>>,
}

/// A notice or an announcement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Announcement {
    /// Identity.
    pub id: Id<Self>,
    /// Its number, from the counter of its year.
    pub number: String,
    /// What it says, and to whom.
    pub content: AnnouncementContent,
    /// Who publishes it; nobody where the product itself tells somebody something.
    pub publisher: Option<EmployeeId>,
    /// The department the publisher worked in when it was drafted, by which it is within reach.
    pub department: Option<DepartmentId>,
    /// How many readers it was sent to; 0 before that.
    pub readers: u32,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
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
    /// Drafts one.
    ///
    /// # Errors
    /// `announcement.no_publisher`; texts that are not well formed, nobody to read it, several readers of a notice, a day to
    /// answer by that has passed.
    pub fn draft(
        (id, number): (Id<Self>, String),
        content: AnnouncementContent,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let publisher = by.employee.ok_or_else(|| refused(NO_PUBLISHER))?;
        content.check(today)?;
        let drafted = Self {
            id,
            number,
            content,
            publisher: Some(publisher),
            department: by.department,
            readers: 0,
            drafted_at: now,
            published_at: None,
            status: AnnouncementStatus::Draft {},
            version: 0,
        };
        let facts = drafted.told();
        Ok(Change::created(drafted, DRAFTED, facts))
    }

    /// What the product itself tells somebody: published as it comes to be.
    pub fn tell(
        (id, number): (Id<Self>, String),
        (title, text): (String, String),
        to: EmployeeId,
        now: Timestamp,
    ) -> Change<Self> {
        let audience = Audience { employees: [to].into(), ..Audience::default() };
        let (kind, wanted) = (AnnouncementKind::Notice, Wanted::Read);
        let told = Self {
            id,
            number,
            content: AnnouncementContent { kind, title, text, audience, wanted, corrects: None },
            publisher: None,
            department: None,
            readers: 1,
            drafted_at: now,
            published_at: Some(now),
            status: AnnouncementStatus::Published {},
            version: 0,
        };
        let facts = told.told();
        Change::created(told, PUBLISHED, facts)
    }

    /// Changes what a draft says.
    ///
    /// # Errors
    /// As [`Self::draft`]; `announcement.not_publisher`, `announcement.published_already`.
    pub fn revise(
        self,
        content: AnnouncementContent,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check(today)?;
        let after = Self { content, ..self.clone() };
        Ok(self.moved(after, CHANGED))
    }

    /// Publishes a draft to the readers who are in its audience now; a [`Receipt`] is opened for each of them. Whoever
    /// publishes it is not asked to read it.
    ///
    /// # Errors
    /// `announcement.not_publisher`, `announcement.published_already`, `announcement.is_withdrawn`; nobody or too many to read
    /// it, a day to answer by that has passed since it was drafted.
    pub fn publish(
        self,
        readers: usize,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        self.content.check(today)?;
        let mut findings = Findings::new();
        if readers == 0 {
            findings.add("/audience", NO_READERS);
        } else if readers > READERS_MAX {
            let bounds = [("min", json!(1)), ("max", json!(READERS_MAX))];
            findings.add_with("/audience", codes::OUT_OF_RANGE, bounds);
        }
        findings.into_result()?;
        let after = Self {
            readers: u32::try_from(readers).unwrap_or(u32::MAX),
            published_at: Some(now),
            status: AnnouncementStatus::Published {},
            ..self.clone()
        };
        Ok(self.moved(after, PUBLISHED))
    }

    /// Takes it back: its readers still see that it was, and are reminded no more.
    ///
    /// # Errors
    /// `announcement.not_publisher`, `announcement.not_published`, `announcement.is_withdrawn`; a reason that is missing or
    /// longer than 500 characters.
    pub fn withdraw(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_withdraw(by)?;
        check_reason(&reason)?;
        let after = Self { status: AnnouncementStatus::Withdrawn { at: now, reason }, ..self.clone() };
        Ok(self.moved(after, TAKEN_BACK))
    }

    fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_publisher(by)?;
        match self.status {
            AnnouncementStatus::Draft {} => Ok(()),
            AnnouncementStatus::Published {} => Err(refused(PUBLISHED_ALREADY)),
            AnnouncementStatus::Withdrawn { .. } => Err(refused(WITHDRAWN)),
        }
    }

    fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_publisher(by)?;
        self.ensure_stands()
    }

    fn ensure_publisher(&self, by: &Actor) -> Result<(), Refusal> {
        let is_own = self.publisher.is_some_and(|publisher| by.is(publisher));
        if is_own { Ok(()) } else { Err(refused(NOT_PUBLISHER)) }
    }

    fn ensure_stands(&self) -> Result<(), Refusal> {
        match self.status {
            AnnouncementStatus::Draft {} => Err(refused(NOT_PUBLISHED)),
            AnnouncementStatus::Published {} => Ok(()),
            AnnouncementStatus::Withdrawn { .. } => Err(refused(WITHDRAWN)),
        }
    }

    /// What its events tell: no text, which the feed's readers need not see.
    fn told(&self) -> serde_json::Value {
        json!({
            "number": self.number, "kind": self.content.kind, "state": self.status.state(), "readers": self.readers,
            "publisher_id": self.publisher, "wanted": self.content.wanted, "corrects_id": self.content.corrects,
        })
    }

    fn moved(self, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }
}

impl AnnouncementContent {
    fn check(&self, today: BusinessDate) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/title", &self.title, 200);
        wording::check(&mut findings, "/text", &self.text, 10_000);
        if self.audience.is_nobody() {
            findings.add("/audience", codes::REQUIRED);
        } else if self.kind == AnnouncementKind::Notice && !self.audience.is_one_person() {
            findings.add("/audience", ONE_READER);
        }
        if let Some(by) = self.wanted.answer_by().filter(|by| *by < today) {
            findings.add_with("/answer_by", ANSWER_IN_PAST, [("date", json!(by.to_string()))]);
        }
        findings.into_result()
    }
}

#[cfg(test)]
mod tests;
