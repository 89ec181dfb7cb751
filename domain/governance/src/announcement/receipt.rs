//! One reader's part: read, received, answered, reminded. `[NOT-1a, NOT-2]`

use super::*;

/// What a reader answered; it is never changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// They replied 收到.
    Received {
        /// When.
        at: Timestamp,
    },
    /// They answered what was asked.
    Said {
        /// When.
        at: Timestamp,
        /// What: 1 to 2,000 characters.
        text: String,
    },
}

/// How far a reader came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeState)]
pub enum ReceiptState {
    /// They have not read it.
    Unread,
    /// They have read it and replied nothing.
    Read,
    /// They replied 收到.
    Received,
    /// They answered.
    Answered,
}

crate::labels! { ReceiptState = "NoticeState":
    Unread = "unread", "未读", "Unread";
    Read = "read", "已读", "Read";
    Received = "received", "已回复收到", "Received";
    Answered = "answered", "已答复", "Answered";
}

/// What is still to be told of a reader's part, a batch at a time: an answer that is owed is a duty of each reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// That an answer is asked of them.
    Ask,
    /// That none is any more.
    CallOff,
}

/// One reader of what was published, frozen at publication.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Receipt {
    /// Identity.
    pub id: Id<Self>,
    /// What was published.
    pub announcement: Id<Announcement>,
    /// Who reads it.
    pub reader: EmployeeId,
    /// When they first read it.
    pub read_at: Option<Timestamp>,
    /// What they answered.
    pub answer: Option<Answer>,
    /// When they are reminded unless they have read by then; none where nobody needs to be.
    pub remind_at: Option<Timestamp>,
    /// When they were strongly reminded: once at most.
    pub reminded_at: Option<Timestamp>,
    /// What is still to be told.
    pub errand: Option<Errand>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Receipt {
    const KIND: &'static str = "notice";
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

impl Receipt {
    /// Opens a reader's part of what was published: told with all others by the event of the publication, since ten thousand
    /// are opened at once.
    pub fn open(id: Id<Self>, of: &Announcement, reader: EmployeeId, remind_at: Option<Timestamp>) -> Self {
        let errand = of.content.wanted.answer_by().map(|_| Errand::Ask);
        Self {
            id,
            announcement: of.id,
            reader,
            read_at: None,
            answer: None,
            remind_at,
            reminded_at: None,
            errand,
            version: 1,
        }
    }

    /// How far its reader came.
    pub const fn state(&self) -> ReceiptState {
        match (&self.answer, self.read_at) {
            (Some(Answer::Said { .. }), _) => ReceiptState::Answered,
            (Some(Answer::Received { .. }), _) => ReceiptState::Received,
            (None, Some(_)) => ReceiptState::Read,
            (None, None) => ReceiptState::Unread,
        }
    }

    /// Notes that its reader read it: none where they had before, for the first reading counts. What was withdrawn
    /// may still be read.
    ///
    /// # Errors
    /// `announcement.not_reader`.
    pub fn read(
        self,
        of: &Announcement,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_reader(by)?;
        if self.read_at.is_some() {
            return Ok(None);
        }
        let after = Self { read_at: Some(now), remind_at: None, ..self.clone() };
        Ok(Some(self.moved(of, after, READ)))
    }

    /// Replies 收到, which is also reading.
    ///
    /// # Errors
    /// `announcement.not_reader`, `announcement.is_withdrawn`, `announcement.not_wanted`, `announcement.answered`.
    pub fn receive(self, of: &Announcement, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_reply(of, by, Want::Received)?;
        Ok(self.answered(of, Answer::Received { at: now }, RECEIVED, now))
    }

    /// Answers what was asked, which is also reading; after its day as well, since it is owed still.
    ///
    /// # Errors
    /// As [`Self::receive`]; a text that is missing or longer than 2,000 characters.
    pub fn answer(
        self,
        of: &Announcement,
        text: String,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_reply(of, by, Want::Answer)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/text", &text, 2_000);
        findings.into_result()?;
        Ok(self.answered(of, Answer::Said { at: now, text }, GIVEN_ANSWER, now))
    }

    /// Strongly reminds its reader of what was due to be read by an instant: none where they have read it, were
    /// reminded before, or where it was withdrawn. `[NOT-2]`
    pub fn remind(self, of: &Announcement, due: Timestamp, now: Timestamp) -> Option<Change<Self>> {
        let is_due = due <= now && self.reminded_at.is_none();
        // Whoever read after it was due, yet before anybody came to remind, has nothing left to be reminded of.
        if !is_due || self.read_at.is_some() || of.ensure_stands().is_err() {
            return None;
        }
        let after = Self { reminded_at: Some(now), remind_at: None, ..self.clone() };
        Some(self.moved(of, after, REMINDED))
    }

    /// Tells what is still to be told of it.
    pub fn run_errand(self, of: &Announcement) -> Option<Change<Self>> {
        let kind = match self.errand? {
            Errand::Ask => ASKED,
            Errand::CallOff => CALLED_OFF,
        };
        let after = Self { errand: None, ..self.clone() };
        Some(self.moved(of, after, kind))
    }

    /// Whoever answers before they were told that they must was asked in the same instant: the duty is born and done.
    fn answered(
        self,
        of: &Announcement,
        answer: Answer,
        kind: &'static EventKind,
        now: Timestamp,
    ) -> Change<Self> {
        let read_at = self.read_at.or(Some(now));
        let asks = self.errand == Some(Errand::Ask);
        let after = Self { read_at, answer: Some(answer), remind_at: None, errand: None, ..self.clone() };
        let facts = after.told(of);
        match asks {
            true => Change::updated(self, after, ASKED, facts.clone()).and(kind, facts),
            false => Change::updated(self, after, kind, facts),
        }
    }

    fn ensure_reader(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.reader) { Ok(()) } else { Err(refused(NOT_READER)) }
    }

    pub(super) fn may_reply(&self, of: &Announcement, by: &Actor, want: Want) -> Result<(), Refusal> {
        self.ensure_reader(by)?;
        of.ensure_stands()?;
        if of.content.wanted.want() != want {
            return Err(refused(NOT_WANTED));
        }
        if self.answer.is_some() { Err(refused(ANSWERED)) } else { Ok(()) }
    }

    pub(super) fn may_read(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_reader(by)
    }

    /// What its events tell; no text, which the feed's readers need not see.
    fn told(&self, of: &Announcement) -> serde_json::Value {
        json!({
            "announcement_id": self.announcement, "number": of.number, "reader_id": self.reader,
            "state": self.state(), "want": of.content.wanted.want(), "answer_by": of.content.wanted.answer_by(),
        })
    }

    fn moved(self, of: &Announcement, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = after.told(of);
        Change::updated(self, after, kind, facts)
    }
}
