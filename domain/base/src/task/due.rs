//! Another due is asked for by the owner and granted by who decides about the task. `[TSK-1]`

use super::*;

/// Another due that is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AskedDue {
    /// Which.
    pub due_on: BusinessDate,
    /// Why.
    pub reason: String,
    /// When it was asked for.
    pub at: Timestamp,
}

/// How the due moved once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DueMoved {
    /// The due before.
    pub from: BusinessDate,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Task {
    /// Asks for a later due.
    ///
    /// # Errors
    /// `task.not_owner`, `task.wrong_state`, `task.due_not_later`; a reason that is missing or too long.
    pub fn ask_due(
        self,
        due_on: BusinessDate,
        reason: String,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_finish(by)?;
        check_reason(&reason)?;
        check_due(due_on, today)?;
        if due_on <= self.due_on {
            return Err(refused(DUE_NOT_LATER).with("due", self.due_on.to_string()).at("/due_on"));
        }
        let asked = Some(AskedDue { due_on, reason, at: now });
        let after = Self { asked, ..self.clone() };
        Ok(self.moved(after, DUE_ASKED))
    }

    /// Grants the due that is asked for.
    ///
    /// # Errors
    /// `task.not_giver`, `task.own`, `task.wrong_state`, `task.nothing_asked`.
    pub fn grant_due(self, line: Line<'_>, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let AskedDue { due_on, reason, .. } = self.to_grant(line)?.clone();
        let mut after = Self { due_on, asked: None, ..self.clone() };
        after.dues.push(DueMoved { from: self.due_on, reason, at: now });
        Ok(self.moved(after, DUE_MOVED))
    }

    /// Refuses it.
    ///
    /// # Errors
    /// As [`Self::grant_due`]; a reason that is missing or too long.
    pub fn refuse_due(self, reason: String, line: Line<'_>) -> Result<Change<Self>, Refusal> {
        self.to_grant(line)?;
        check_reason(&reason)?;
        let after = Self { asked: None, ..self.clone() };
        let mut facts = after.told();
        facts.insert("reason".to_owned(), json!(reason));
        Ok(Change::updated(self, after, DUE_REFUSED, facts.into()))
    }

    pub(super) fn to_grant(&self, line: Line<'_>) -> Result<&AskedDue, Refusal> {
        self.may_revise(line)?;
        self.asked.as_ref().ok_or_else(|| refused(NOTHING_ASKED))
    }
}
