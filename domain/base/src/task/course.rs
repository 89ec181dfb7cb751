//! Begun and done by its owner, accepted or sent back by its giver. `[TSK-1]`

use super::*;

impl Task {
    /// Rewrites what it says, by its giver before it is done.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`; a text that is not well formed.
    pub fn revise(self, content: TaskContent, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        content.check()?;
        let after = Self { content, ..self.clone() };
        Ok(self.moved(after, CHANGED))
    }

    /// Begins it.
    ///
    /// # Errors
    /// `task.not_owner`, `task.wrong_state`.
    pub fn start(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_start(by)?;
        let after = Self { status: TaskStatus::InProgress { at: now }, ..self.clone() };
        Ok(self.moved(after, STARTED))
    }

    /// Says that it is done, with a note of up to 2,000 characters or files as evidence.
    ///
    /// # Errors
    /// `task.not_owner`, `task.wrong_state`, `task.no_evidence`; a note that is too long.
    pub fn finish(
        self,
        note: Option<String>,
        files: Vec<Id<File>>,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_finish(by)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/note", note.as_deref(), 2_000);
        if note.is_none() && files.is_empty() {
            findings.add("/note", NO_EVIDENCE);
        }
        findings.into_result()?;
        let work = Work { note, files, at: now, on: today };
        let after = Self { status: TaskStatus::Done { work }, asked: None, ..self.clone() };
        Ok(self.moved(after, DONE))
    }

    /// Accepts what was done: by its giver, never its owner.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`.
    pub fn accept(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let work = self.to_accept(by)?.clone();
        let after = Self { status: TaskStatus::Accepted { work, at: now }, ..self.clone() };
        Ok(self.moved(after, ACCEPTED))
    }

    /// Sends back what was done: it does not do.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`; a reason that is missing or longer than 500 characters.
    pub fn send_back(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let work = self.to_accept(by)?.clone();
        check_reason(&reason)?;
        let mut after = Self { status: TaskStatus::InProgress { at: now }, ..self.clone() };
        after.sent_back.push(SentBack { work, reason, at: now });
        Ok(self.moved(after, SENT_BACK))
    }

    /// Takes it back before it is done.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`; a reason that is missing or longer than 500 characters.
    pub fn cancel(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        check_reason(&reason)?;
        let status = TaskStatus::Cancelled { at: now, reason };
        let after = Self { status, asked: None, ..self.clone() };
        Ok(self.moved(after, CANCELLED))
    }

    /// Gives it to another owner, by its giver before it is done.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`, `task.owner_gives`.
    pub fn hand_over(self, to: EmployeeId, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        if to == self.giver {
            return Err(refused(OWNER_GIVES).at("/owner_id"));
        }
        Ok(self.owned_by(to, OwnedBy::HandedOver, now))
    }

    /// Goes to somebody else because its owner left or is away; nothing where it is done, or theirs already. Where it goes
    /// to its giver, who accepts nothing of their own, it stays with them as owner until they hand it on. `[TSK-2]`
    pub fn pass_to(self, to: EmployeeId, by: OwnedBy, now: Timestamp) -> Option<Change<Self>> {
        let moves = self.status.state().is_pending() && self.owner() != to;
        moves.then(|| self.owned_by(to, by, now))
    }

    fn owned_by(self, employee: EmployeeId, by: OwnedBy, from: Timestamp) -> Change<Self> {
        let mut after = Self { asked: None, ..self.clone() };
        after.owners.push(Owning { employee, from, by });
        self.moved(after, HANDED_OVER)
    }

    /// Whether it was done by the first and by the last due; none before it is done.
    pub fn in_time(&self) -> Option<(bool, bool)> {
        let (TaskStatus::Done { work } | TaskStatus::Accepted { work, .. }) = &self.status else {
            return None;
        };
        Some((work.on <= self.first_due_on, work.on <= self.due_on))
    }

    pub(super) fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_giver(by)?;
        self.ensure(TaskState::is_pending)
    }

    pub(super) fn may_start(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_owner(by)?;
        self.ensure(|state| state == TaskState::Open)
    }

    pub(super) fn may_finish(&self, by: &Actor) -> Result<(), Refusal> {
        self.ensure_owner(by)?;
        self.ensure(TaskState::is_pending)
    }

    pub(super) fn to_accept(&self, by: &Actor) -> Result<&Work, Refusal> {
        self.ensure_giver(by)?;
        if by.is(self.owner()) {
            return Err(refused(OWNER_GIVES));
        }
        match &self.status {
            TaskStatus::Done { work } => Ok(work),
            status => Err(refused(WRONG_STATE).with_label("state", status.state())),
        }
    }
}
