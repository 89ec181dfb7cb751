//! Tasks that change hands: transfer, reassignment, added approvers, and approvers who are gone. `[APR-3, APR-9]`

use super::{
    APPROVER_ADDED, APPROVER_REMOVED, Added, Approval, Candidate, Circumstances, CloseReason, Counting,
    EntryKind, Fate, Label, NO_OPEN_TASK, NOT_ADDED_BY_YOU, NOT_OVERSEER, OWN_DOCUMENT, Origin, Placement,
    PlannedStep, Seat, SeatState, Step, StepReason, StepState, TARGET_INACTIVE, TARGET_OWN, TARGET_PRESENT,
    TASKS_MOVED, TOO_MANY_APPROVERS, TRANSFERRED, Task, TaskState, Why,
    directory::own_people,
    opening::{Holder, Says, Transition},
};
use crate::separation_policy::TWO_STEPS;
use crate::spine::{Change, Citation, EmployeeId, Id, Refusal};
use serde_json::json;

/// How many transfers and additions one round bears, so that a document cannot be passed around for ever.
const HAND_OVERS_MAX: usize = 30;

/// Why an approver cannot hold tasks any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unavailable {
    /// They left the company.
    Left,
    /// Their account was disabled or taken from them, or holds no right to decide any more.
    Disabled,
    /// They are absent from today.
    Absent,
    /// They stand in for somebody whose document it is, and it became their own by that.
    StandsIn,
}

impl Approval {
    /// Hands the approver's open tasks to somebody else. 转审
    ///
    /// # Errors
    /// Not their turn, or the other may not take it: inactive, own document, in this step already, too many.
    pub fn transfer(
        self,
        by: EmployeeId,
        to: EmployeeId,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_hand_over(by, world)?;
        self.may_take_part(to, world)?;
        self.refuse_second_step(to)?;
        let mine: Vec<Task> = self.open_tasks_of(by).cloned().collect();
        let mut transition = Transition::of(self, world);
        transition.act_for(mine.iter().find_map(|task| task.on_behalf_of));
        transition.happen(TRANSFERRED, json!({"by": by, "to": to}));
        for task in mine {
            transition.hand_on(
                &task,
                to,
                Origin::Transferred,
                EntryKind::Transferred,
                Some(by),
                note.clone(),
            );
        }
        Ok(transition.finish(TRANSFERRED))
    }

    /// An overseer gives an open task to somebody else, as where nobody else could take it.
    ///
    /// # Errors
    /// No such open task, no overseer, the overseer's own document, or the other may not take it.
    pub fn reassign(
        self,
        task: Id<Task>,
        by: Option<EmployeeId>,
        oversees: bool,
        to: EmployeeId,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_reassign(by, oversees, world)?;
        self.may_take_part(to, world)?;
        self.refuse_second_step(to)?;
        let found = self.open_tasks().find(|open| open.id == task).cloned();
        let task = found.ok_or_else(|| Refusal::new(NO_OPEN_TASK).citing(Citation::rule("APR-9")))?;
        let mut transition = Transition::of(self, world);
        transition.act_for(Some(task.assignee).filter(|assignee| by != Some(*assignee)));
        transition.happen(TRANSFERRED, json!({"by": by, "to": to}));
        transition.hand_on(&task, to, Origin::Reassigned, EntryKind::Reassigned, by, note);
        Ok(transition.finish(TRANSFERRED))
    }

    /// Whether somebody may choose who decides: an overseer, but not for their own document.
    pub(super) fn may_reassign(
        &self,
        by: Option<EmployeeId>,
        oversees: bool,
        world: Circumstances<'_>,
    ) -> Result<(), Refusal> {
        self.must_be_pending()?;
        if !oversees {
            return Err(Refusal::new(NOT_OVERSEER).citing(Citation::rule("APR-9")));
        }
        let own = own_people(&self.subject, world.directory, world.today);
        if by.is_some_and(|by| own.contains(&by)) {
            return Err(Refusal::new(OWN_DOCUMENT).citing(Citation::rule("APR-4")));
        }
        Ok(())
    }

    /// Adds an approver, who obeys every rule of the chain. 加签
    ///
    /// # Errors
    /// As for [`Approval::transfer`].
    pub fn add_approver(
        self,
        by: EmployeeId,
        who: EmployeeId,
        placement: Placement,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_hand_over(by, world)?;
        self.may_take_part(who, world)?;
        if placement == Placement::Parallel {
            self.refuse_second_step(who)?;
        }
        let Some(index) = self.current_index() else { return Err(Refusal::new(NO_OPEN_TASK)) };
        let for_whom = self.open_tasks_of(by).find_map(|task| task.on_behalf_of);
        let mut transition = Transition::of(self, world);
        transition.act_for(for_whom);
        let step = Some(transition.steps()[index].planned.code.clone());
        let kind = match placement {
            Placement::Before => EntryKind::AddedBefore,
            Placement::After => EntryKind::AddedAfter,
            Placement::Parallel => EntryKind::AddedParallel,
        };
        transition.record(kind, Says { step, by: Some(by), to: Some(who), note, ..Says::default() });
        transition.happen(APPROVER_ADDED, json!({"by": by, "added": who, "placement": placement}));
        match placement {
            Placement::Parallel => {
                let seat = Seat { candidate: who, added_by: Some(by), state: SeatState::Pending };
                transition.steps()[index].seats.push(seat);
                transition.fill_open(index);
            }
            Placement::After => transition.insert_step(index, index + 1, who, Added { by, placement }),
            Placement::Before => {
                transition.close_tasks(CloseReason::Postponed, |_| true);
                transition.steps()[index].state = StepState::Waiting;
                transition.insert_step(index, index, who, Added { by, placement });
                transition.open_step(index, false);
            }
        }
        Ok(transition.finish(APPROVER_ADDED))
    }

    /// Takes out an approver one has added, as long as they have not decided.
    ///
    /// # Errors
    /// The approval is over, or that person was not added by the caller or has decided.
    pub fn remove_approver(
        self,
        by: EmployeeId,
        who: EmployeeId,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.must_be_pending()?;
        let refused = || Refusal::new(NOT_ADDED_BY_YOU).citing(Citation::rule("APR-3"));
        let (index, seat) = self
            .added_by(by)
            .find(|(_, _, added)| *added == who)
            .map(|(i, s, _)| (i, s))
            .ok_or_else(refused)?;
        let mut transition = Transition::of(self, world);
        let step = Some(transition.steps()[index].planned.code.clone());
        transition
            .record(EntryKind::AddedRemoved, Says { step, by: Some(by), to: Some(who), ..Says::default() });
        transition.happen(APPROVER_REMOVED, json!({"by": by, "removed": who}));
        transition.remove_seat(index, seat, by);
        Ok(transition.finish(APPROVER_REMOVED))
    }

    /// The approvers somebody added who have not decided: step index, seat, and who.
    pub(super) fn added_by(&self, by: EmployeeId) -> impl Iterator<Item = (usize, usize, EmployeeId)> {
        let live = |step: &&Step| !matches!(step.state, StepState::Closed { .. });
        self.steps().iter().enumerate().filter(move |(_, step)| live(step)).flat_map(move |(index, step)| {
            let inserted = step.added.is_some_and(|added| added.by == by);
            let mine = move |seat: &Seat| seat.added_by == Some(by) || (inserted && seat.added_by.is_none());
            let seats = step.seats.iter().enumerate();
            let seats = seats.filter(move |(_, seat)| mine(seat) && seat.state == SeatState::Pending);
            seats.map(move |(seat, it)| (index, seat, it.candidate))
        })
    }

    /// Moves the open tasks of somebody who is gone: to the stand-in, else to the active superior who is neither
    /// submitter nor beneficiary, else to the fallback. Nothing if they hold none.
    pub fn move_tasks(
        self,
        of: EmployeeId,
        why: Unavailable,
        world: Circumstances<'_>,
    ) -> Option<Change<Self>> {
        let theirs: Vec<Task> = self.open_tasks_of(of).cloned().collect();
        if theirs.is_empty() {
            return None;
        }
        let kind = match why {
            Unavailable::Left => EntryKind::TransferredApproverLeft,
            Unavailable::Disabled => EntryKind::TransferredApproverDisabled,
            Unavailable::Absent => EntryKind::TransferredApproverAbsent,
            Unavailable::StandsIn => EntryKind::TransferredApproverStandsIn,
        };
        let mut transition = Transition::of(self, world);
        for task in theirs {
            let holder = transition.holder(of, true);
            if holder.assignee != of {
                transition.happen(TASKS_MOVED, json!({"from": of, "to": holder.assignee, "task": task.id}));
                transition.hand_on(&task, holder.assignee, holder.origin, kind, None, None);
            } else if task.origin != Origin::Stuck
                && let Some(open) = transition.after.tasks.iter_mut().find(|open| open.id == task.id)
            {
                open.origin = Origin::Stuck;
                transition.happen(TASKS_MOVED, json!({"from": of, "to": null, "task": task.id}));
                let says = Says { from: Some(of), ..Says::default() };
                transition.record(EntryKind::NobodyCanDecide, says);
            }
        }
        transition.finish_if_any()
    }

    /// Lets somebody who was absent and is here again have the open tasks that went to a stand-in, a superior or the
    /// fallback for that. What was handed on by people stays where it is.
    pub fn return_tasks(self, to: EmployeeId, world: Circumstances<'_>) -> Option<Change<Self>> {
        let by_absence = [Origin::StandIn, Origin::Superior, Origin::Fallback, Origin::Stuck];
        let gone = |task: &&Task| task.on_behalf_of == Some(to) && by_absence.contains(&task.origin);
        let theirs: Vec<Task> = self.open_tasks().filter(gone).cloned().collect();
        let mut transition = Transition::of(self, world);
        for task in theirs {
            let holder = transition.holder(to, false);
            if holder.assignee == to && holder.origin == Origin::Chain {
                transition.happen(TASKS_MOVED, json!({"from": task.assignee, "to": to, "task": task.id}));
                let back = EntryKind::TransferredApproverBack;
                transition.hand_on(&task, to, Origin::Chain, back, None, None);
            }
        }
        transition.finish_if_any()
    }

    pub(super) fn may_hand_over(&self, by: EmployeeId, world: Circumstances<'_>) -> Result<(), Refusal> {
        if self.open_tasks_of(by).next().is_none() {
            return self.may_decide(by, world);
        }
        // A task that nobody else could take stays with somebody whose own document it is: not theirs to place.
        if own_people(&self.subject, world.directory, world.today).contains(&by) {
            return Err(Refusal::new(OWN_DOCUMENT).citing(Citation::rule("APR-4")));
        }
        let round = self.round_number();
        let handed =
            |task: &&Task| task.round == round && matches!(task.origin, Origin::Transferred | Origin::Added);
        let added = self.steps().iter().filter(|step| step.added.is_some()).count();
        let seats =
            self.steps().iter().flat_map(|step| &step.seats).filter(|seat| seat.added_by.is_some()).count();
        if self.tasks.iter().filter(handed).count() + added + seats >= HAND_OVERS_MAX {
            let refusal = Refusal::new(TOO_MANY_APPROVERS).with("limit", HAND_OVERS_MAX);
            return Err(refusal.citing(Citation::rule("APR-3")));
        }
        Ok(())
    }

    /// Whether somebody may become an approver of the present step.
    fn may_take_part(&self, who: EmployeeId, world: Circumstances<'_>) -> Result<(), Refusal> {
        let refused = |code, rule| Err(Refusal::new(code).citing(Citation::rule(rule)).at("/employee_id"));
        if !world.directory.is_active(who, world.today) {
            return refused(TARGET_INACTIVE, "APR-9");
        }
        if own_people(&self.subject, world.directory, world.today).contains(&who) {
            return refused(TARGET_OWN, "APR-4");
        }
        let Some(step) = self.current_step() else { return Ok(()) };
        let holds = self.open_tasks_of(who).next().is_some();
        let seated = step.seats.iter().any(|seat| {
            let waits = seat.candidate == who && seat.state == SeatState::Pending;
            waits || matches!(seat.state, SeatState::Approved { by, .. } if by == who)
        });
        if holds || (seated && !self.gave_away(who, step.key)) {
            return refused(TARGET_PRESENT, "APR-3");
        }
        Ok(())
    }

    /// Refuses somebody who decides another step of this round: one person would pass two.
    fn refuse_second_step(&self, who: EmployeeId) -> Result<(), Refusal> {
        if !self.plan.one_step_each {
            return Ok(());
        }
        let present = self.current_step().map(|step| step.key);
        let is_open = |step: &&Step| {
            let over = [StepReason::NotApplicable, StepReason::Removed];
            !matches!(step.state, StepState::Closed { reason, .. } if over.contains(&reason))
        };
        let decides = |seat: &Seat| match seat.state {
            SeatState::Removed => false,
            SeatState::Approved { by, .. } | SeatState::SamePerson { by } => by == who,
            SeatState::Pending => seat.candidate == who,
        };
        let mut others = self.steps().iter().filter(|step| Some(step.key) != present).filter(is_open);
        if others.any(|step| step.seats.iter().any(decides)) {
            return Err(Refusal::new(TWO_STEPS).citing(Citation::rule("APR-4")).at("/employee_id"));
        }
        Ok(())
    }

    /// Whether somebody handed their task of a step to another, and so may get it back.
    fn gave_away(&self, who: EmployeeId, step: u32) -> bool {
        let round = self.round_number();
        let last = self.tasks.iter().rev().find(|t| t.round == round && t.step == step && t.assignee == who);
        last.is_some_and(|task| {
            matches!(task.state, TaskState::Closed { why: CloseReason::HandedOn { .. }, .. })
        })
    }
}

impl Transition<'_> {
    /// Closes a task and opens its seat's next one for somebody else. One who is absent passes it to the stand-in.
    pub(super) fn hand_on(
        &mut self,
        task: &Task,
        to: EmployeeId,
        origin: Origin,
        kind: EntryKind,
        by: Option<EmployeeId>,
        note: Option<String>,
    ) {
        let Some(index) = self.after.steps().iter().position(|step| step.key == task.step) else { return };
        let resolved = self.holder(to, false);
        let to = if resolved.origin == Origin::StandIn { resolved.assignee } else { to };
        self.close_tasks(CloseReason::HandedOn { to }, |open| open.id == task.id);
        let step = Some(self.steps()[index].planned.code.clone());
        self.record(kind, Says { step, by, from: Some(task.assignee), to: Some(to), note });
        self.open_task(index, task.seat, Holder { assignee: to, origin });
    }

    /// Puts a step of one added approver at a place of the present round.
    fn insert_step(&mut self, beside: usize, at: usize, who: EmployeeId, added: Added) {
        let key = self.next_key();
        let model = &self.steps()[beside].planned;
        let planned = PlannedStep {
            code: format!("{}+{key}", model.code.split('+').next().unwrap_or_default()),
            name: Label {
                zh: format!("加签：{}", model.name.zh), en: format!("Added: {}", model.name.en)
            },
            counting: Counting::AllOf,
            candidates: vec![Candidate { employee: who, why: Why::Rule }],
            fate: Fate::Decides,
            added_by_amount: false,
            decided_anew: true,
            time_limit: model.time_limit,
            clause: model.clause.clone(),
            explanations: Vec::new(),
        };
        let seats = vec![Seat { candidate: who, added_by: None, state: SeatState::Pending }];
        let step = Step { key, planned, added: Some(added), seats, state: StepState::Waiting };
        self.steps().insert(at, step);
    }

    fn remove_seat(&mut self, index: usize, seat: usize, by: EmployeeId) {
        let was_open = matches!(self.steps()[index].state, StepState::Open { .. });
        let (key, inserted) = (self.steps()[index].key, self.steps()[index].added.is_some());
        self.steps()[index].seats[seat].state = SeatState::Removed;
        self.close_tasks(CloseReason::Removed, |task| task.step == key && task.seat == seat);
        if inserted && self.steps()[index].seats.iter().all(|seat| seat.state == SeatState::Removed) {
            self.close_step(index, StepReason::Removed, Some(by));
            if was_open {
                self.advance();
            }
        } else if was_open && super::opening::is_complete(&self.steps()[index]) {
            self.close_step(index, StepReason::Decided, Some(by));
            self.advance();
        }
    }
}
