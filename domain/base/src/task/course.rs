//! Begun and done by its owner, accepted or sent back by who decides about it. `[TSK-1]`

use super::*;

impl Task {
    /// Rewrites what it says, by who decides about it before it is done.
    ///
    /// # Errors
    /// `task.not_giver`, `task.own`, `task.wrong_state`; a text that is not well formed.
    pub fn revise(self, content: TaskContent, line: Line<'_>) -> Result<Change<Self>, Refusal> {
        self.may_revise(line)?;
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

    /// Accepts what was done: by who decides about it, never its owner.
    ///
    /// # Errors
    /// `task.not_giver`, `task.own`, `task.wrong_state`.
    pub fn accept(self, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let work = self.to_accept(line)?.clone();
        let after = Self { status: TaskStatus::Accepted { work, at: now }, ..self.clone() };
        Ok(self.moved(after, ACCEPTED))
    }

    /// Sends back what was done: it does not do.
    ///
    /// # Errors
    /// As [`Self::accept`]; a reason that is missing or longer than 500 characters.
    pub fn send_back(self, reason: String, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let work = self.to_accept(line)?.clone();
        check_reason(&reason)?;
        let mut after = Self { status: TaskStatus::InProgress { at: now }, ..self.clone() };
        after.sent_back.push(SentBack { work, reason, at: now });
        Ok(self.moved(after, SENT_BACK))
    }

    /// Takes it back before it is done.
    ///
    /// # Errors
    /// As [`Self::revise`]; a reason that is missing or longer than 500 characters.
    pub fn cancel(self, reason: String, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_revise(line)?;
        check_reason(&reason)?;
        let status = TaskStatus::Cancelled { at: now, reason };
        let after = Self { status, asked: None, ..self.clone() };
        Ok(self.moved(after, CANCELLED))
    }

    /// Gives it to another owner, by its giver, also where they came to own it, or who else decides about it, before it is
    /// done.
    ///
    /// # Errors
    /// `task.not_giver`, `task.wrong_state`, `task.owner_gives`.
    pub fn hand_over(self, to: EmployeeId, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_hand_over(line)?;
        if to == self.giver {
            return Err(refused(OWNER_GIVES).at("/owner_id"));
        }
        Ok(self.owned_by(to, OwnedBy::HandedOver, now))
    }

    /// Goes to somebody else because its owner left or is away; nothing where it is done, or theirs already. Where it goes
    /// to its giver, who accepts nothing of their own, they hand it on, or their superior decides about it. `[TSK-2]`
    pub fn pass_to(self, to: EmployeeId, by: OwnedBy, now: Timestamp) -> Option<Change<Self>> {
        let moves = self.status.state().is_pending() && self.owner() != to;
        moves.then(|| self.owned_by(to, by, now))
    }

    /// Is somebody else's to decide about, because its giver left; nothing where it is over. `[TSK-2]`
    pub fn given_by(self, giver: EmployeeId) -> Option<Change<Self>> {
        let is_over = matches!(self.status, TaskStatus::Accepted { .. } | TaskStatus::Cancelled { .. });
        if is_over || self.giver == giver {
            return None;
        }
        let mut facts = self.told();
        facts.insert("giver_id".to_owned(), json!(giver));
        facts.insert("from_id".to_owned(), json!(self.giver));
        let after = Self { giver, ..self.clone() };
        Some(Change::updated(self, after, GIVER_LEFT, facts.into()))
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

    pub(super) fn may_revise(&self, line: Line<'_>) -> Result<(), Refusal> {
        self.ensure_decides(line)?;
        self.ensure(TaskState::is_pending)
    }

    /// Whoever came to own what they gave may pass it on, which lets them off nothing.
    pub(super) fn may_hand_over(&self, line: Line<'_>) -> Result<(), Refusal> {
        if !line.by.is(self.giver) {
            self.ensure_decides(line)?;
        }
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

    pub(super) fn to_accept(&self, line: Line<'_>) -> Result<&Work, Refusal> {
        self.ensure_decides(line)?;
        match &self.status {
            TaskStatus::Done { work } => Ok(work),
            status => Err(refused(WRONG_STATE).with_label("state", status.state())),
        }
    }
}
