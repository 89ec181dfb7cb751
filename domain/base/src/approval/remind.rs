//! Reminders, time limits, comments and copies. `[APR-3, APR-5]`

use super::{
    Approval, COMMENTED, COPIED, Circumstances, Copied, ESCALATED, EntryKind, NOT_PARTICIPANT, Origin,
    REMINDED, REMINDED_RECENTLY, TARGET_INACTIVE, TOO_MANY_COPIES, TOO_MUCH_SAID, Task,
    decide::given,
    directory::nearest_superior,
    opening::{Says, Transition},
};
use crate::spine::{Change, Citation, EmployeeId, Id, Refusal, Timestamp};
use chrono::Duration;
use serde_json::json;

/// How many comments one approval takes: every deed reads all that happened before it.
const COMMENTS_MAX: usize = 1_000;
/// To how many people one approval is copied.
const COPIES_MAX: usize = 1_000;

impl Approval {
    /// The submitter reminds whoever it waits for. 催办
    ///
    /// # Errors
    /// Only submitter or creator, only while a step waits, and not again before the chain's interval is over.
    pub fn remind(
        self,
        by: EmployeeId,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_remind(by, world.now)?;
        let waiting: Vec<EmployeeId> = self.open_tasks().map(|task| task.assignee).collect();
        let step = self.current_step().map(|step| step.planned.code.clone());
        let mut transition = Transition::of(self, world);
        transition.after.last_reminder = Some(world.now);
        transition.record(EntryKind::Reminded, Says { step, by: Some(by), note, ..Says::default() });
        transition.happen(REMINDED, json!({"by": by, "assignees": waiting}));
        Ok(transition.finish(REMINDED))
    }

    pub(super) fn may_remind(&self, by: EmployeeId, now: Timestamp) -> Result<(), Refusal> {
        self.must_be_pending()?;
        self.must_be_requester(by)?;
        let interval = Duration::hours(i64::from(self.plan.reminder_interval_hours));
        match self.last_reminder.map(|last| last.plus(interval)).filter(|again| now < *again) {
            None => Ok(()),
            Some(again) => Err(Refusal::new(REMINDED_RECENTLY)
                .with("again_at", again.to_string())
                .with("seconds", again.since(now).num_seconds().max(1))
                .citing(Citation::rule("APR-3").by_policy(&self.plan.policy.code, self.plan.policy.number))),
        }
    }

    /// Says something, for everybody who takes part to read.
    ///
    /// # Errors
    /// Only who takes part or oversees; the text must say something; no more than 1000 comments.
    pub fn comment(
        self,
        by: Option<EmployeeId>,
        oversees: bool,
        text: String,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_comment(by, oversees)?;
        let text = given(text)?;
        let mut transition = Transition::of(self, world);
        transition.record(EntryKind::Commented, Says { by, note: Some(text), ..Says::default() });
        transition.happen(COMMENTED, json!({"by": by}));
        Ok(transition.finish(COMMENTED))
    }

    pub(super) fn may_comment(&self, by: Option<EmployeeId>, oversees: bool) -> Result<(), Refusal> {
        if !oversees && !by.is_some_and(|by| self.takes_part(by)) {
            return Err(Refusal::new(NOT_PARTICIPANT).citing(Citation::rule("APR-3")));
        }
        let comments = self.history.iter().filter(|entry| entry.kind == EntryKind::Commented);
        if comments.count() >= COMMENTS_MAX {
            let refusal = Refusal::new(TOO_MUCH_SAID).with("limit", COMMENTS_MAX);
            return Err(refusal.citing(Citation::rule("APR-3")));
        }
        Ok(())
    }

    /// Copies the document to people, who may read it from then on. Somebody who has a copy gets no second. 抄送
    ///
    /// # Errors
    /// Only the parties and whoever holds or held a task; everybody named must be active; no more than 1000 copies.
    pub fn copy_to(
        self,
        by: EmployeeId,
        to: &[EmployeeId],
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_copy(by)?;
        for (index, person) in to.iter().enumerate() {
            if !world.directory.is_active(*person, world.today) {
                let refusal = Refusal::new(TARGET_INACTIVE).citing(Citation::rule("APR-3"));
                return Err(refusal.at(format!("/employee_ids/{index}")));
            }
        }
        let mut transition = Transition::of(self, world);
        for person in to {
            if transition.after.copies.iter().any(|copy| copy.to == *person) {
                continue;
            }
            transition.after.copies.push(Copied { to: *person, by, at: world.now });
            let says = Says { by: Some(by), to: Some(*person), note: note.clone(), ..Says::default() };
            transition.record(EntryKind::Copied, says);
        }
        if transition.after.copies.len() > COPIES_MAX {
            let refusal = Refusal::new(TOO_MANY_COPIES).with("limit", COPIES_MAX);
            return Err(refusal.citing(Citation::rule("APR-3")));
        }
        transition.happen(COPIED, json!({"by": by, "to": to}));
        Ok(transition.finish(COPIED))
    }

    pub(super) fn may_copy(&self, by: EmployeeId) -> Result<(), Refusal> {
        let holds = self.tasks.iter().any(|task| task.assignee == by);
        if holds || self.subject.parties().contains(&by) {
            return Ok(());
        }
        Err(Refusal::new(NOT_PARTICIPANT).citing(Citation::rule("APR-3")))
    }

    /// Does what the time limits ask for by now: reminds, then brings tasks to the superior. It never decides.
    /// Nothing if no limit has passed.
    pub fn limits_reached(self, world: Circumstances<'_>) -> Option<Change<Self>> {
        let passed = |limit: Option<Timestamp>| limit.is_some_and(|limit| limit <= world.now);
        let due: Vec<Task> = self
            .open_tasks()
            .filter(|task| passed(task.remind_at) || passed(task.escalate_at))
            .cloned()
            .collect();
        let mut transition = Transition::of(self, world);
        for task in due {
            if passed(task.remind_at) {
                transition.limit_reminds(&task);
            }
            if passed(task.escalate_at) {
                transition.limit_escalates(&task);
            }
        }
        transition.finish_if_any()
    }
}

impl Transition<'_> {
    fn open_task_mut(&mut self, id: Id<Task>) -> Option<&mut Task> {
        self.after.tasks.iter_mut().find(|task| task.id == id)
    }

    fn limit_reminds(&mut self, task: &Task) {
        if let Some(open) = self.open_task_mut(task.id) {
            open.remind_at = None;
        }
        let says = Says { step: self.code_of(task), to: Some(task.assignee), ..Says::default() };
        self.record(EntryKind::TimeLimitReminded, says);
        self.happen(REMINDED, json!({"by": null, "assignees": [task.assignee]}));
    }

    fn limit_escalates(&mut self, task: &Task) {
        let (directory, today) = (self.world.directory, self.world.today);
        let own = self.own();
        let holding: Vec<EmployeeId> = self.after.open_tasks().map(|open| open.assignee).collect();
        let superior = nearest_superior(directory, task.assignee, |person| {
            !own.contains(&person)
                && !holding.contains(&person)
                && directory.is_active(person, today)
                && directory.stand_in(person, today).is_none()
        });
        if let Some(superior) = superior {
            self.happen(ESCALATED, json!({"from": task.assignee, "to": superior}));
            self.hand_on(task, superior, Origin::Escalated, EntryKind::TimeLimitEscalated, None, None);
            return;
        }
        if let Some(open) = self.open_task_mut(task.id) {
            open.escalate_at = None;
        }
        let says = Says { step: self.code_of(task), to: Some(task.assignee), ..Says::default() };
        self.record(EntryKind::TimeLimitNobodyAbove, says);
        self.happen(REMINDED, json!({"by": null, "assignees": [task.assignee]}));
    }

    fn code_of(&self, task: &Task) -> Option<String> {
        self.after.steps().iter().find(|step| step.key == task.step).map(|step| step.planned.code.clone())
    }
}
