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

/// One reader of what was published, frozen at publication.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Receipt {
    /// Identity.
    pub id: Id<Self>,
    /// What was published.
    pub announcement: Id<Announcement>,
    /// Who reads it.
    pub reader: EmployeeId,
    /// What is wanted of them.
    pub wanted: Wanted,
    /// When they first read it.
    pub read_at: Option<Timestamp>,
    /// What they answered.
    pub answer: Option<Answer>,
    /// When they were strongly reminded: once at most.
    pub reminded_at: Option<Timestamp>,
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
    /// Opens a reader's part of what was published.
    pub fn open(id: Id<Self>, of: &Announcement, reader: EmployeeId) -> Change<Self> {
        let receipt = Self {
            id,
            announcement: of.id,
            reader,
            wanted: of.wanted,
            read_at: None,
            answer: None,
            reminded_at: None,
            version: 0,
        };
        let facts = receipt.told();
        Change::created(receipt, SENT, facts)
    }

    /// Notes that its reader read it: none where they had before, for the first reading counts. What was withdrawn
    /// may still be read.
    ///
    /// # Errors
    /// `announcement.not_reader`.
    pub fn read(self, by: &Actor, now: Timestamp) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_reader(by)?;
        if self.read_at.is_some() {
            return Ok(None);
        }
        let after = Self { read_at: Some(now), ..self.clone() };
        Ok(Some(self.moved(after, READ)))
    }

    /// Replies 收到, which is also reading.
    ///
    /// # Errors
    /// `announcement.not_reader`, `announcement.withdrawn`, `announcement.not_wanted`, `announcement.answered`.
    pub fn receive(self, of: &Announcement, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_open(of, by, self.wanted == Wanted::Received)?;
        Ok(self.answered(Answer::Received { at: now }, RECEIVED, now))
    }

    /// Answers what was asked, which is also reading; after its time as well, since it is owed still.
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
        self.ensure_open(of, by, matches!(self.wanted, Wanted::Answer { .. }))?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/text", &text, 2_000);
        findings.into_result()?;
        Ok(self.answered(Answer::Said { at: now, text }, GIVEN_ANSWER, now))
    }

    /// Strongly reminds its reader of what was due to be read by an instant: none where they have read it, were
    /// reminded before, or where it was withdrawn. `[NOT-2]`
    pub fn remind(self, of: &Announcement, due: Timestamp, now: Timestamp) -> Option<Change<Self>> {
        let is_due = due <= now && self.reminded_at.is_none();
        // Whoever read after it was due, yet before anybody came to remind, has nothing left to be reminded of.
        if !is_due || self.read_at.is_some() || of.ensure_stands().is_err() {
            return None;
        }
        let after = Self { reminded_at: Some(now), ..self.clone() };
        Some(self.moved(after, REMINDED))
    }

    fn answered(self, answer: Answer, kind: &'static EventKind, now: Timestamp) -> Change<Self> {
        let read_at = self.read_at.or(Some(now));
        let after = Self { read_at, answer: Some(answer), ..self.clone() };
        self.moved(after, kind)
    }

    fn ensure_reader(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.reader) { Ok(()) } else { Err(refused(NOT_READER)) }
    }

    fn ensure_open(&self, of: &Announcement, by: &Actor, is_wanted: bool) -> Result<(), Refusal> {
        self.ensure_reader(by)?;
        of.ensure_stands()?;
        if !is_wanted {
            return Err(refused(NOT_WANTED));
        }
        if self.answer.is_some() { Err(refused(ANSWERED)) } else { Ok(()) }
    }

    /// What its events tell; no text, which the feed's readers need not see.
    fn told(&self) -> serde_json::Value {
        json!({"announcement_id": self.announcement, "reader_id": self.reader, "wanted": self.wanted})
    }

    fn moved(self, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = after.told();
        Change::updated(self, after, kind, facts)
    }
}
