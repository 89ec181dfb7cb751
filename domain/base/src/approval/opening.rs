//! Opening steps and tasks: who holds each, and what follows when a step is complete. `[APR-4, APR-9]`

use super::{
    Approval, Candidate, Circumstances, CloseReason, Counting, Entry, EntryKind, Fate, Origin, Outcome, Plan,
    Round, Seat, SeatState, Step, StepReason, StepState, TASK_OPENED, Task, TaskState,
    directory::{acting_stand_in, nearest_superior, own_people},
};
use crate::spine::{Change, EmployeeId, EventKind};
use chrono::Duration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A transition in the making: the state before, the state so far, and what happened.
pub(super) struct Transition<'a> {
    before: Option<Approval>,
    pub(super) after: Approval,
    pub(super) world: Circumstances<'a>,
    happened: Vec<(&'static EventKind, Value)>,
    /// On whose behalf it is done, where the doer holds somebody else's task.
    on_behalf_of: Option<EmployeeId>,
}

/// Who holds a task, and how it came to them.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub(super) assignee: EmployeeId,
    pub(super) origin: Origin,
}

/// What an entry of the history says beside its kind.
#[derive(Clone, Default)]
pub(super) struct Says {
    pub(super) step: Option<String>,
    pub(super) by: Option<EmployeeId>,
    pub(super) from: Option<EmployeeId>,
    pub(super) to: Option<EmployeeId>,
    pub(super) note: Option<String>,
}

impl<'a> Transition<'a> {
    /// Begins a transition of an approval.
    pub(super) fn of(approval: Approval, world: Circumstances<'a>) -> Self {
        let before = Some(approval.clone());
        Self { before, after: approval, world, happened: Vec::new(), on_behalf_of: None }
    }

    /// Begins the first transition, which brings the approval into being.
    pub(super) fn first(approval: Approval, world: Circumstances<'a>) -> Self {
        Self { before: None, after: approval, world, happened: Vec::new(), on_behalf_of: None }
    }

    /// Notes an event; the first one noted is the transition's main event.
    pub(super) fn happen(&mut self, kind: &'static EventKind, facts: Value) {
        let subject = &self.after.subject;
        let mut all = json!({"approval": self.after.id, "document_kind": subject.kind,
            "document": subject.document, "number": subject.number});
        if let (Value::Object(all), Value::Object(facts)) = (&mut all, facts) {
            all.extend(facts);
        }
        self.happened.push((kind, all));
    }

    /// Says whose task it is that somebody else holds or moves.
    pub(super) fn act_for(&mut self, whom: Option<EmployeeId>) {
        self.on_behalf_of = whom;
    }

    /// Appends a line to the history.
    pub(super) fn record(&mut self, kind: EntryKind, says: Says) {
        let Says { step, by, from, to, note } = says;
        let number = u32::try_from(self.after.history.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (round, document_version) = (self.after.round_number(), self.after.subject.version);
        let at = self.world.now;
        self.after.history.push(Entry {
            number,
            round,
            step,
            kind,
            by,
            from,
            to,
            note,
            document_version,
            at,
        });
    }

    /// The change, if anything happened.
    pub(super) fn finish_if_any(self) -> Option<Change<Approval>> {
        let mut happened = self.happened.into_iter();
        let (kind, facts) = happened.next()?;
        let change = match self.before {
            Some(before) => Change::updated(before, self.after, kind, facts),
            None => Change::created(self.after, kind, facts),
        };
        Some(happened.fold(change, |change, (kind, facts)| change.and(kind, facts)))
    }

    /// The change of a transition that noted its main event.
    pub(super) fn finish(mut self, otherwise: &'static EventKind) -> Change<Approval> {
        if self.happened.is_empty() {
            self.happen(otherwise, json!({}));
        }
        let (kind, facts) = self.happened.remove(0);
        let change = match self.before {
            Some(before) => Change::updated(before, self.after, kind, facts),
            None => Change::created(self.after, kind, facts),
        };
        let change = change.in_the_name_of(self.on_behalf_of);
        self.happened.into_iter().fold(change, |change, (kind, facts)| change.and(kind, facts))
    }

    pub(super) fn own(&self) -> BTreeSet<EmployeeId> {
        own_people(&self.after.subject, self.world.directory, self.world.today)
    }

    pub(super) fn steps(&mut self) -> &mut Vec<Step> {
        if self.after.rounds.is_empty() {
            let policy = self.after.plan.policy.clone();
            self.after.rounds.push(Round { number: 1, opened_at: self.world.now, policy, steps: Vec::new() });
        }
        let last = self.after.rounds.len() - 1;
        &mut self.after.rounds[last].steps
    }

    /// Begins a round with these steps.
    pub(super) fn begin_round(&mut self, steps: Vec<Step>) {
        let (number, policy) = (self.after.round_number() + 1, self.after.plan.policy.clone());
        self.after.rounds.push(Round { number, opened_at: self.world.now, policy, steps });
    }

    /// Steps fresh from a plan, with keys that no earlier step has.
    pub(super) fn fresh_steps(&self, plan: &Plan) -> Vec<Step> {
        let first = self.next_key();
        let seat = |candidate: &Candidate| Seat {
            candidate: candidate.employee,
            added_by: None,
            state: SeatState::Pending,
        };
        let step = |(key, planned): (u32, &super::PlannedStep)| Step {
            key,
            added: None,
            seats: planned.candidates.iter().map(seat).collect(),
            state: if planned.fate == Fate::NotApplicable {
                StepState::Closed { at: self.world.now, reason: StepReason::NotApplicable }
            } else {
                StepState::Waiting
            },
            planned: planned.clone(),
        };
        (first..).zip(&plan.steps).map(step).collect()
    }

    pub(super) fn next_key(&self) -> u32 {
        let keys = self.after.rounds.iter().flat_map(|round| &round.steps).map(|step| step.key);
        keys.max().map_or(1, |key| key + 1)
    }

    /// Opens the first step that waits; where none does, the approval is complete.
    pub(super) fn advance(&mut self) {
        let waiting = self.steps().iter().position(|step| step.state == StepState::Waiting);
        match waiting {
            Some(index) => self.open_step(index, true),
            None => {
                let at = self.world.now;
                self.after.outcome = Outcome::Approved { at };
                self.record(EntryKind::Completed, Says::default());
                self.happen(super::APPROVED, json!({}));
            }
        }
    }

    /// Opens a step. Whoever decided the step before may be spared it if `may_skip`.
    pub(super) fn open_step(&mut self, index: usize, may_skip: bool) {
        let since = self.world.now;
        let spared = if may_skip { self.deciders_before(index) } else { BTreeSet::new() };
        self.steps()[index].state = StepState::Open { since };
        self.fill(index, &spared);
        if is_complete(&self.steps()[index]) {
            self.close_step(index, StepReason::SkippedSamePerson, None);
            self.advance();
        }
    }

    /// Opens a task for every seat that is due one and has none.
    fn fill(&mut self, index: usize, spared: &BTreeSet<EmployeeId>) {
        let mut due: Vec<(usize, Holder)> = Vec::new();
        loop {
            let step = self.steps()[index].clone();
            let next = seats_due(&step).find(|seat| {
                let has_task = |task: &&Task| task.step == step.key && task.seat == *seat;
                !due.iter().any(|(other, _)| other == seat)
                    && !self.after.open_tasks().any(|task| has_task(&task))
            });
            let Some(seat) = next else { break };
            let holder = self.seat_holder(&step, seat);
            let is_spared = step.seats[seat].added_by.is_none() && spared.contains(&holder.assignee);
            if is_spared {
                self.steps()[index].seats[seat].state = SeatState::SamePerson { by: holder.assignee };
                let says = Says {
                    step: Some(step.planned.code.clone()),
                    to: Some(holder.assignee),
                    ..Says::default()
                };
                self.record(EntryKind::SkippedSamePerson, says);
                if is_complete(&self.steps()[index]) {
                    return;
                }
            } else {
                due.push((seat, holder));
            }
        }
        due.into_iter().for_each(|(seat, holder)| self.open_task(index, seat, holder));
    }

    /// Opens the tasks that became due within an open step.
    pub(super) fn fill_open(&mut self, index: usize) {
        self.fill(index, &BTreeSet::new());
    }

    /// Opens one task.
    pub(super) fn open_task(&mut self, index: usize, seat: usize, holder: Holder) {
        let step = self.steps()[index].clone();
        let candidate = step.seats[seat].candidate;
        let (now, limit) = (self.world.now, step.planned.time_limit);
        let after = |hours: u32| now.plus(Duration::hours(i64::from(hours)));
        let id = self.world.ids.id();
        self.after.tasks.push(Task {
            id,
            round: self.after.round_number(),
            step: step.key,
            seat,
            assignee: holder.assignee,
            on_behalf_of: (holder.assignee != candidate).then_some(candidate),
            origin: holder.origin,
            opened_at: now,
            remind_at: limit.map(|limit| after(limit.remind_after_hours)),
            escalate_at: limit.and_then(|limit| limit.escalate_after_hours).map(after),
            state: TaskState::Open,
        });
        let kind = match holder.origin {
            Origin::StandIn => EntryKind::TaskOpenedForStandIn,
            Origin::Superior => EntryKind::RoseToSuperior,
            Origin::Fallback => EntryKind::TakenOverByFallback,
            Origin::Stuck => EntryKind::NobodyCanDecide,
            _ => EntryKind::TaskOpened,
        };
        let from = (holder.assignee != candidate).then_some(candidate);
        let says = Says {
            step: Some(step.planned.code.clone()),
            from,
            to: Some(holder.assignee),
            ..Says::default()
        };
        self.record(kind, says);
        let code = step.planned.code;
        self.happen(TASK_OPENED, json!({"task": id, "step": code, "assignee": holder.assignee}));
    }

    /// Closes a step and whatever tasks of it are still open.
    pub(super) fn close_step(&mut self, index: usize, reason: StepReason, by: Option<EmployeeId>) {
        let at = self.world.now;
        let key = self.steps()[index].key;
        self.steps()[index].state = StepState::Closed { at, reason };
        let why = match (reason, by) {
            (StepReason::Withdrawn, _) | (_, None) => CloseReason::Withdrawn,
            (StepReason::Removed, _) => CloseReason::Removed,
            (_, Some(by)) => CloseReason::NotNeeded { by },
        };
        self.close_tasks(why, |task| task.step == key);
    }

    /// Closes open tasks undecided.
    pub(super) fn close_tasks(&mut self, why: CloseReason, which: impl Fn(&Task) -> bool) {
        let at = self.world.now;
        let open = self.after.tasks.iter_mut().filter(|task| task.state == TaskState::Open && which(task));
        open.for_each(|task| task.state = TaskState::Closed { at, why });
    }

    /// Who holds the next task of a seat. One that was taken back or postponed comes again to whoever held it: a
    /// transfer stands.
    fn seat_holder(&self, step: &Step, seat: usize) -> Holder {
        let round = self.after.round_number();
        let of_seat = |task: &&Task| task.round == round && task.step == step.key && task.seat == seat;
        let again = |task: &&Task| match task.state {
            TaskState::Decided { .. } => true,
            TaskState::Closed { why, .. } => matches!(why, CloseReason::TakenBack | CloseReason::Postponed),
            TaskState::Open => false,
        };
        let Some(last) = self.after.tasks.iter().rfind(of_seat).filter(again) else {
            return self.holder(step.seats[seat].candidate, false);
        };
        let holder = self.holder(last.assignee, false);
        let same = holder.assignee == last.assignee && holder.origin == Origin::Chain;
        if same && last.origin != Origin::Stuck { Holder { origin: last.origin, ..holder } } else { holder }
    }

    /// Who holds a task of a candidate: the candidate; if absent, the stand-in; else the nearest superior who is
    /// here and may decide; else the fallback. `gone` keeps the candidate out of it. Nobody ends with the
    /// candidate, whom the guard of every decision stops, until an overseer assigns the task.
    pub(super) fn holder(&self, candidate: EmployeeId, gone: bool) -> Holder {
        let (directory, today) = (self.world.directory, self.world.today);
        let own = self.own();
        let may = |person: EmployeeId| {
            let kept_out = own.contains(&person) || (gone && person == candidate);
            !kept_out && directory.is_active(person, today)
        };
        let present = |person: EmployeeId| directory.stand_in(person, today).is_none();
        let holder = |origin| move |assignee| Holder { assignee, origin };
        if may(candidate) && present(candidate) {
            return Holder { assignee: candidate, origin: Origin::Chain };
        }
        acting_stand_in(directory, candidate, today, may)
            .map(holder(Origin::StandIn))
            .or_else(|| {
                nearest_superior(directory, candidate, |person| may(person) && present(person))
                    .map(holder(Origin::Superior))
            })
            .or_else(|| {
                self.after
                    .plan
                    .fallback
                    .iter()
                    .copied()
                    .find(|person| may(*person))
                    .map(holder(Origin::Fallback))
            })
            .or_else(|| may(candidate).then_some(candidate).map(holder(Origin::Chain)))
            .unwrap_or(Holder { assignee: candidate, origin: Origin::Stuck })
    }

    /// Who decided the step before, if this step may be spared for that.
    fn deciders_before(&mut self, index: usize) -> BTreeSet<EmployeeId> {
        let once = self.after.plan.same_person_decides_once;
        let steps = self.steps();
        let step = &steps[index];
        if !once || step.planned.added_by_amount || step.planned.decided_anew || step.added.is_some() {
            return BTreeSet::new();
        }
        for before in steps[..index].iter().rev() {
            match before.state {
                StepState::Closed { reason: StepReason::NotApplicable | StepReason::Removed, .. } => {}
                StepState::Closed { reason: StepReason::Decided | StepReason::SkippedSamePerson, .. } => {
                    return before.seats.iter().filter_map(|seat| decider(seat.state)).collect();
                }
                _ => break,
            }
        }
        BTreeSet::new()
    }
}

const fn decider(state: SeatState) -> Option<EmployeeId> {
    match state {
        SeatState::Approved { by, .. } | SeatState::SamePerson { by } => Some(by),
        SeatState::Pending | SeatState::Removed => None,
    }
}

/// The pending seats whose turn it is.
fn seats_due(step: &Step) -> impl Iterator<Item = usize> {
    let pending = |seat: &Seat| seat.state == SeatState::Pending;
    let first = step.seats.iter().position(|seat| seat.added_by.is_none() && pending(seat));
    let sequential = step.planned.counting == Counting::Sequential;
    let due = move |(index, seat): &(usize, &Seat)| {
        pending(seat) && (!sequential || seat.added_by.is_some() || Some(*index) == first)
    };
    step.seats.iter().enumerate().filter(due).map(|(index, _)| index)
}

/// Whether a step asks for nothing more: its counting is satisfied. Who was added in parallel is one of those who count,
/// as any other: the first to agree settles a step of any-of, and of the others everybody agrees. An approver who was
/// removed is not asked for.
pub(super) fn is_complete(step: &Step) -> bool {
    let mut asked = step.seats.iter().filter(|seat| seat.state != SeatState::Removed);
    let agreed = |seat: &Seat| decider(seat.state).is_some();
    match step.planned.counting {
        Counting::AnyOf => asked.any(agreed),
        Counting::AllOf | Counting::Sequential => asked.all(agreed),
    }
}
