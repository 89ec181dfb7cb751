//! The shapes of an approval's rows.

use crate::{
    schema::{approval_history, approval_tasks, approvals},
    spine::{Failure, Instant, Key},
};
use diesel::prelude::*;
use domain::{
    approval::{Approval, Copied, Entry, Task, TaskState},
    spine::{BusinessDate, Money, Timestamp, Version},
};
use serde::{Serialize, de::DeserializeOwned};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = approvals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    #[diesel(skip_update)]
    pub document_kind: String,
    #[diesel(skip_update)]
    pub document: Key,
    #[diesel(skip_update)]
    pub number: String,
    pub submitter_id: Key,
    pub beneficiary_id: Key,
    pub department_id: Key,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub business_date: BusinessDate,
    pub state: String,
    pub subject: String,
    pub plan: String,
    pub rounds: String,
    pub outcome: String,
    pub last_reminder_at: Option<Instant>,
    pub due_at: Option<Instant>,
    #[diesel(skip_update)]
    pub started_at: Instant,
    pub moved_at: Instant,
    pub version: Version,
}

impl Row {
    pub fn of(approval: &Approval, now: Timestamp) -> Result<Self, Failure> {
        let Approval {
            id,
            subject,
            plan,
            rounds,
            tasks: _,
            history,
            copies: _,
            outcome,
            last_reminder,
            version,
        } = approval;
        Ok(Self {
            id: (*id).into(),
            document_kind: subject.kind.clone(),
            document: Key(subject.document),
            number: subject.number.clone(),
            submitter_id: subject.submitter.into(),
            beneficiary_id: subject.beneficiary.into(),
            department_id: subject.department.into(),
            amount: subject.amount.map(Money::minor),
            currency: subject.amount.map(|amount| amount.currency().code().to_owned()),
            business_date: subject.business_date,
            state: outcome.name().to_owned(),
            subject: serde_json::to_string(subject)?,
            plan: serde_json::to_string(plan)?,
            rounds: serde_json::to_string(rounds)?,
            outcome: serde_json::to_string(outcome)?,
            last_reminder_at: last_reminder.map(Into::into),
            due_at: approval.next_due().map(Into::into),
            started_at: history.first().map_or(now, |entry| entry.at).into(),
            moved_at: history.last().map_or(now, |entry| entry.at).into(),
            version: *version,
        })
    }

    pub fn approval(
        self,
        tasks: Vec<Task>,
        history: Vec<Entry>,
        copies: Vec<Copied>,
    ) -> Result<Approval, Failure> {
        Ok(Approval {
            id: self.id.into(),
            subject: serde_json::from_str(&self.subject)?,
            plan: serde_json::from_str(&self.plan)?,
            rounds: serde_json::from_str(&self.rounds)?,
            outcome: serde_json::from_str(&self.outcome)?,
            tasks,
            history,
            copies,
            last_reminder: self.last_reminder_at.map(Into::into),
            version: self.version,
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = approval_tasks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct TaskRow {
    pub id: Key,
    #[diesel(skip_update)]
    approval_id: Key,
    #[diesel(skip_update)]
    round: i32,
    #[diesel(skip_update)]
    step: i32,
    #[diesel(skip_update)]
    seat: i32,
    assignee_id: Key,
    #[diesel(skip_update)]
    on_behalf_of_id: Option<Key>,
    #[diesel(skip_update)]
    origin: String,
    #[diesel(skip_update)]
    opened_at: Instant,
    remind_at: Option<Instant>,
    escalate_at: Option<Instant>,
    state: String,
    ending: Option<String>,
}

impl TaskRow {
    pub fn of(approval: Key, task: &Task) -> Result<Self, Failure> {
        let Task { id, round, step, seat, assignee, on_behalf_of, origin, opened_at, .. } = task;
        let Task { remind_at, escalate_at, state, .. } = task;
        let ending = if *state == TaskState::Open { None } else { Some(serde_json::to_string(state)?) };
        Ok(Self {
            id: (*id).into(),
            approval_id: approval,
            round: small(*round)?,
            step: small(*step)?,
            seat: small(*seat)?,
            assignee_id: (*assignee).into(),
            on_behalf_of_id: on_behalf_of.map(Into::into),
            origin: word(origin)?,
            opened_at: (*opened_at).into(),
            remind_at: remind_at.map(Into::into),
            escalate_at: escalate_at.map(Into::into),
            state: state.name().to_owned(),
            ending,
        })
    }

    pub fn task(self) -> Result<Task, Failure> {
        let state = match &self.ending {
            None => TaskState::Open,
            Some(ending) => serde_json::from_str(ending)?,
        };
        Ok(Task {
            id: self.id.into(),
            round: count(self.round)?,
            step: count(self.step)?,
            seat: count(self.seat)?,
            assignee: self.assignee_id.into(),
            on_behalf_of: self.on_behalf_of_id.map(Into::into),
            origin: of_word(&self.origin)?,
            opened_at: self.opened_at.into(),
            remind_at: self.remind_at.map(Into::into),
            escalate_at: self.escalate_at.map(Into::into),
            state,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_history, treat_none_as_default_value = false)]
pub(super) struct HistoryRow {
    approval_id: Key,
    number: i32,
    round: i32,
    step: Option<String>,
    kind: String,
    by_id: Option<Key>,
    from_id: Option<Key>,
    to_id: Option<Key>,
    note: Option<String>,
    document_version: Version,
    at: Instant,
}

impl HistoryRow {
    pub fn of(approval: Key, entry: &Entry) -> Result<Self, Failure> {
        let Entry { number, round, step, kind, by, from, to, note, document_version, at } = entry;
        Ok(Self {
            approval_id: approval,
            number: small(*number)?,
            round: small(*round)?,
            step: step.clone(),
            kind: word(kind)?,
            by_id: by.map(Into::into),
            from_id: from.map(Into::into),
            to_id: to.map(Into::into),
            note: note.clone(),
            document_version: *document_version,
            at: (*at).into(),
        })
    }

    pub fn entry(self) -> Result<Entry, Failure> {
        Ok(Entry {
            number: count(self.number)?,
            round: count(self.round)?,
            step: self.step,
            kind: of_word(&self.kind)?,
            by: self.by_id.map(Into::into),
            from: self.from_id.map(Into::into),
            to: self.to_id.map(Into::into),
            note: self.note,
            document_version: self.document_version,
            at: self.at.into(),
        })
    }
}

/// An enum without data as its word.
fn word(value: &impl Serialize) -> Result<String, Failure> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(Failure::fault("not a word")),
    }
}

fn of_word<T: DeserializeOwned>(word: &str) -> Result<T, Failure> {
    Ok(serde_json::from_value(serde_json::Value::String(word.to_owned()))?)
}

fn small(value: impl TryInto<i32>) -> Result<i32, Failure> {
    value.try_into().map_err(|_| Failure::fault("a count beyond all measure"))
}

fn count<T: TryFrom<i32>>(value: i32) -> Result<T, Failure> {
    value.try_into().map_err(|_| Failure::fault("a negative count"))
}
