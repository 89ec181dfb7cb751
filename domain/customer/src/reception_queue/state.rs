//! Whose turn it is: what follows from the entries. `[QUE-1, QUE-2, OWN-9]`

use super::{
    LunchDuty, NOBODY_PRESENT, NOT_PLACED, NOT_YOUR_TURN, PassedOver, QueueEntry, Queued, RECEIVING_ALREADY,
    Turn, cite,
};
use crate::spine::{AnyId, EmployeeId, Refusal, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;

/// Where a queue stands.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct QueueState {
    /// The order of the day.
    pub order: Vec<EmployeeId>,
    /// The lunch duties.
    pub lunch: Vec<LunchDuty>,
    /// The place in the order whose turn is next.
    pub next: usize,
    /// Those whose turn was given back, in that order: they come first.
    pub restored: Vec<EmployeeId>,
    /// Who has stepped out.
    pub out: BTreeSet<EmployeeId>,
    /// The receptions that are open, with who receives.
    pub receiving: Vec<(AnyId, EmployeeId)>,
    /// Whether turns are not kept now.
    pub is_suspended: bool,
}

/// Whose turn it is, and who is passed over for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Whose.
    pub next: EmployeeId,
    /// Who stands before them and cannot, with why.
    pub passed: Vec<(EmployeeId, PassedOver)>,
}

impl QueueState {
    /// What follows from entries in their order.
    pub fn of(entries: &[QueueEntry]) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.take(&entry.what);
        }
        state
    }

    fn take(&mut self, what: &Queued) {
        match what {
            Queued::Arranged { roster, .. } => {
                self.order.clone_from(&roster.order);
                self.lunch.clone_from(&roster.lunch);
                self.next = 0;
                let order = &self.order;
                self.restored.retain(|who| order.contains(who));
                self.out.retain(|who| order.contains(who));
            }
            Queued::Suspended { .. } => self.is_suspended = true,
            Queued::Resumed {} => self.is_suspended = false,
            Queued::SteppedOut { employee, .. } => {
                self.out.insert(*employee);
            }
            Queued::SteppedBack { employee } => {
                self.out.remove(employee);
            }
            // Who stands first for a turn given back and cannot take it has had it: no turn is made up for twice.
            Queued::PassedOver { employee, .. } => self.use_restored(*employee),
            Queued::Received { employee, reception, turn } => {
                self.receiving.push((*reception, *employee));
                if *turn == Turn::Taken {
                    self.use_turn(*employee);
                }
            }
            Queued::Ended { reception, .. } => self.receiving.retain(|(open, _)| open != reception),
            Queued::Restored { employee, .. } => {
                if self.order.contains(employee) {
                    self.restored.push(*employee);
                }
            }
        }
    }

    fn use_turn(&mut self, employee: EmployeeId) {
        if self.restored.contains(&employee) {
            self.use_restored(employee);
        } else if let Some(place) = self.order.iter().position(|who| *who == employee) {
            self.next = (place + 1) % self.order.len();
        }
    }

    fn use_restored(&mut self, employee: EmployeeId) {
        if let Some(at) = self.restored.iter().position(|who| *who == employee) {
            self.restored.remove(at);
        }
    }

    /// How many receptions of somebody are open.
    pub fn open_of(&self, employee: EmployeeId) -> usize {
        self.receiving.iter().filter(|(_, who)| *who == employee).count()
    }

    /// Why somebody cannot take a turn for not being there.
    fn not_there(&self, who: EmployeeId, away: &BTreeSet<EmployeeId>) -> Option<PassedOver> {
        if away.contains(&who) {
            Some(PassedOver::Away)
        } else {
            self.out.contains(&who).then_some(PassedOver::SteppedOut)
        }
    }

    /// Why a turn would pass somebody over; none where they could take it.
    pub fn passes_over(&self, who: EmployeeId, away: &BTreeSet<EmployeeId>) -> Option<PassedOver> {
        let receives = (self.open_of(who) > 0).then_some(PassedOver::Receiving);
        self.not_there(who, away).or(receives)
    }

    /// Those in line, whose turn was given back first.
    fn line(&self) -> Vec<EmployeeId> {
        let (before, from) = self.order.split_at(self.next.min(self.order.len()));
        let mut line = Vec::new();
        for who in self.restored.iter().chain(from).chain(before) {
            if !line.contains(who) {
                line.push(*who);
            }
        }
        line
    }

    /// Whose turn it is: the first in line who is there and free; where everybody there is receiving, the first of those
    /// with the fewest receptions.
    ///
    /// # Errors
    /// `reception_queue.nobody_present`.
    pub fn call(&self, away: &BTreeSet<EmployeeId>) -> Result<Call, Refusal> {
        let line = self.line();
        let there = || line.iter().filter(|who| self.not_there(**who, away).is_none());
        let fewest = there().map(|who| self.open_of(*who)).min();
        let Some(fewest) = fewest else { return Err(cite(NOBODY_PRESENT)) };
        let mut passed = Vec::new();
        for who in &line {
            match self.not_there(*who, away) {
                Some(because) => passed.push((*who, because)),
                None if self.open_of(*who) > fewest => passed.push((*who, PassedOver::Receiving)),
                None => return Ok(Call { next: *who, passed }),
            }
        }
        Err(cite(NOBODY_PRESENT))
    }

    /// Who is on lunch duty at an instant.
    pub fn on_lunch_duty(&self, at: Timestamp) -> Option<EmployeeId> {
        self.lunch.iter().find(|duty| duty.from <= at && at < duty.until).map(|duty| duty.employee)
    }

    /// Whose turn it is at an instant, with how that uses the queue: the lunch duty's while it lasts and they are free.
    ///
    /// # Errors
    /// `reception_queue.nobody_present`.
    pub fn next_at(&self, away: &BTreeSet<EmployeeId>, at: Timestamp) -> Result<(Call, Turn), Refusal> {
        let on_duty = self.on_lunch_duty(at);
        let free = on_duty.filter(|who| self.not_there(*who, away).is_none() && self.open_of(*who) == 0);
        match free {
            Some(next) => Ok((Call { next, passed: Vec::new() }, Turn::LunchDuty)),
            None => Ok((self.call(away)?, Turn::Taken)),
        }
    }

    /// How somebody who begins to receive a new visitor uses the queue, and who is passed over.
    pub(super) fn turn_of(
        &self,
        receiver: EmployeeId,
        away: &BTreeSet<EmployeeId>,
        now: Timestamp,
    ) -> Result<(Turn, Vec<(EmployeeId, PassedOver)>), Refusal> {
        if self.is_suspended {
            return Ok((Turn::Suspended, Vec::new()));
        }
        let (call, turn) = self.next_at(away, now)?;
        if call.next != receiver {
            return Err(cite(NOT_YOUR_TURN).with("next_id", json!(call.next)));
        }
        Ok((turn, call.passed))
    }

    /// Whoever has a reception open takes no other, unless everybody present has. `[QUE-2]`
    pub(super) fn ensure_free(
        &self,
        receiver: EmployeeId,
        away: &BTreeSet<EmployeeId>,
    ) -> Result<(), Refusal> {
        let is_busy = |who: EmployeeId| self.open_of(who) > 0;
        let somebody_is_free =
            self.order.iter().any(|who| self.not_there(*who, away).is_none() && !is_busy(*who));
        if !self.is_suspended && is_busy(receiver) && somebody_is_free {
            return Err(cite(RECEIVING_ALREADY));
        }
        Ok(())
    }

    pub(super) fn ensure_placed(&self, employee: EmployeeId) -> Result<(), Refusal> {
        if self.order.contains(&employee) { Ok(()) } else { Err(cite(NOT_PLACED)) }
    }
}
