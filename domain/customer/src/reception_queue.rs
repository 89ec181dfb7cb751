//! The queue of a site for a day (排号): whose turn it is to receive who walks in. `[QUE-1, QUE-2, QUE-3; 002 §5(三)]`
//!
//! Nobody says whose turn it is. A queue is a ledger, each entry of which is chained to the one before it: the order that the
//! manager set, who stepped out, who took a turn and who was passed over and why. Whose turn it is follows from it
//! ([`QueueState`]). No visitor stands in it.

/// The chain of entries.
mod ledger;
/// Whose turn it is.
mod state;

pub use ledger::{PassedOver, QueueEntry, Queued, Turn, Verdict, verify};
pub use state::{Call, QueueState};

use crate::{
    site::Site,
    spine::{
        Actor, AnyId, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Findings,
        Id, Refusal, Timestamp, Version, wording,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// No queue has more places.
pub const PLACES_MAX: usize = 200;

crate::refusals! { RECEPTION_QUEUE_REFUSALS:
    PLACED_TWICE = "reception_queue.placed_twice", Invalid, "同一员工在排号中只能出现一次", "Everybody has one place in a queue";
    NOT_PLACED = "reception_queue.not_placed", Conflict, "该员工不在当日排号中", "The employee has no place in the queue of that day";
    NOT_YOUR_TURN = "reception_queue.not_your_turn", Conflict, "现在轮到{next}接待", "It is the turn of {next}";
    NOBODY_PRESENT = "reception_queue.nobody_present", Conflict, "排号中无人在场", "Nobody in the queue is present";
    RECEIVING_ALREADY = "reception_queue.receiving_already", Conflict, "接待未结束，且现场仍有人未在接待，不能再接待其他客户", "A reception is open, and not everybody present is receiving; no other can begin";
    OUT_ALREADY = "reception_queue.out_already", Conflict, "该员工已离开现场", "The employee has stepped out already";
    IN_ALREADY = "reception_queue.in_already", Conflict, "该员工在场", "The employee is present";
    SUSPENDED_ALREADY = "reception_queue.suspended_already", Conflict, "排号已暂停", "The queue is suspended already";
    NOT_SUSPENDED = "reception_queue.not_suspended", Conflict, "排号未暂停", "The queue is not suspended";
    OTHER_DAY = "reception_queue.other_day", Conflict, "该排号是 {date} 的，不是今天的", "The queue is that of {date}, not of today";
    DUTY_UNSOUND = "reception_queue.duty_unsound", Invalid, "午间值班须在当天、先起后止、互不重叠，且由排号中的员工担任", "Lunch duties lie on the day, end after they begin, do not overlap and are held by people in the queue";
}

crate::events! { RECEPTION_QUEUE_EVENTS:
    ARRANGED = "reception_queue.arranged", "当日排号已安排", "The queue of a day was set";
    REARRANGED = "reception_queue.rearranged", "当日排号已调整", "The queue of a day was set anew";
    SUSPENDED = "reception_queue.suspended", "排号已暂停", "A queue was suspended";
    RESUMED = "reception_queue.resumed", "排号已恢复", "A queue was resumed";
    STEPPED_OUT = "reception_queue.stepped_out", "接待人员离开现场", "Somebody in a queue stepped out";
    STEPPED_BACK = "reception_queue.stepped_back", "接待人员回到现场", "Somebody in a queue came back";
    MOVED = "reception_queue.moved", "排号已轮转", "A reception moved a queue";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[RECEPTION_QUEUE_REFUSALS],
    events: &[RECEPTION_QUEUE_EVENTS],
    enums: &[PassedOver::LABELS, Turn::LABELS],
};

/// Who is on lunch duty, and when. `[OWN-9; 002 §5(二)4]`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LunchDuty {
    /// Who.
    pub employee: EmployeeId,
    /// From this instant.
    pub from: Timestamp,
    /// Until before this one.
    pub until: Timestamp,
}

/// The order of a day, whose turn it is first, and the duties at lunch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Roster {
    /// In whose order: 1 to 200 people, each once.
    pub order: Vec<EmployeeId>,
    /// The lunch duties.
    pub lunch: Vec<LunchDuty>,
}

impl Roster {
    fn check(&self, on: BusinessDate, zone: chrono_tz::Tz) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        let people: BTreeSet<EmployeeId> = self.order.iter().copied().collect();
        findings.within("/order", self.order.len(), 1..=PLACES_MAX);
        if people.len() < self.order.len() {
            findings.add("/order", PLACED_TWICE);
        }
        for (index, duty) in self.lunch.iter().enumerate() {
            let is_of_day = duty.from.date_in(zone) == on && duty.from < duty.until;
            let overlaps =
                self.lunch.iter().take(index).any(|other| other.from < duty.until && duty.from < other.until);
            if !is_of_day || overlaps || !people.contains(&duty.employee) {
                findings.add(format!("/lunch_duties/{index}"), DUTY_UNSOUND);
            }
        }
        findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("QUE-1")))
    }
}

/// The queue of a site for a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReceptionQueue {
    /// Identity.
    pub id: Id<Self>,
    /// Of which site.
    pub site: Id<Site>,
    /// The department that receives there.
    pub department: DepartmentId,
    /// Of which day.
    pub on: BusinessDate,
    /// What happened, in order: only ever added to.
    pub entries: Vec<QueueEntry>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for ReceptionQueue {
    const KIND: &'static str = "reception_queue";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

/// When, and by whom, something is done with a queue.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// When.
    pub now: Timestamp,
    /// Which day that is where the company is.
    pub today: BusinessDate,
    /// By whom.
    pub by: Option<EmployeeId>,
}

impl Stamp {
    /// Of somebody now.
    pub fn of(by: &Actor, now: Timestamp, today: BusinessDate) -> Self {
        Self { now, today, by: by.employee }
    }
}

/// Who receives whom, as far as the queue is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The reception.
    pub reception: AnyId,
    /// Who receives.
    pub receiver: EmployeeId,
    /// Whether the visitor is somebody's already, or asks for somebody: then no turn is used.
    pub is_somebodys: bool,
}

impl ReceptionQueue {
    /// Sets the order of a day.
    ///
    /// # Errors
    /// What is not sound in it, all of it named.
    pub fn arrange(
        (id, site, department): (Id<Self>, Id<Site>, DepartmentId),
        on: BusinessDate,
        roster: Roster,
        stamp: Stamp,
        zone: chrono_tz::Tz,
    ) -> Result<Change<Self>, Refusal> {
        roster.check(on, zone)?;
        let mut queue = Self { id, site, department, on, entries: Vec::new(), version: 0 };
        queue.enter(stamp, Queued::Arranged { roster, reason: None });
        let facts = queue.told();
        Ok(Change::created(queue, ARRANGED, facts))
    }

    /// Sets it anew; the list begins with whose turn it is then. `[002 §5(三)2]`
    ///
    /// # Errors
    /// What is not sound in it.
    pub fn rearrange(
        self,
        roster: Roster,
        reason: String,
        stamp: Stamp,
        zone: chrono_tz::Tz,
    ) -> Result<Change<Self>, Refusal> {
        roster.check(self.on, zone)?;
        check_reason(&reason)?;
        Ok(self.moved(stamp, [Queued::Arranged { roster, reason: Some(reason) }], REARRANGED))
    }

    /// Suspends it, as in opening rushes: until it is resumed everybody receives whom they meet. `[QUE-2; 002 §5(三)1]`
    ///
    /// # Errors
    /// `reception_queue.suspended_already`.
    pub fn suspend(self, reason: String, stamp: Stamp) -> Result<Change<Self>, Refusal> {
        check_reason(&reason)?;
        if self.state().is_suspended {
            return Err(cite(SUSPENDED_ALREADY));
        }
        Ok(self.moved(stamp, [Queued::Suspended { reason }], SUSPENDED))
    }

    /// Resumes it where it stood.
    ///
    /// # Errors
    /// `reception_queue.not_suspended`.
    pub fn resume(self, stamp: Stamp) -> Result<Change<Self>, Refusal> {
        if !self.state().is_suspended {
            return Err(cite(NOT_SUSPENDED));
        }
        Ok(self.moved(stamp, [Queued::Resumed {}], RESUMED))
    }

    /// Somebody is not there for a while: a turn that comes meanwhile passes them over.
    ///
    /// # Errors
    /// `reception_queue.not_placed`, `reception_queue.out_already`.
    pub fn step_out(
        self,
        employee: EmployeeId,
        reason: String,
        stamp: Stamp,
    ) -> Result<Change<Self>, Refusal> {
        check_reason(&reason)?;
        let state = self.state();
        state.ensure_placed(employee)?;
        if state.out.contains(&employee) {
            return Err(cite(OUT_ALREADY));
        }
        Ok(self.moved(stamp, [Queued::SteppedOut { employee, reason }], STEPPED_OUT))
    }

    /// They are back.
    ///
    /// # Errors
    /// `reception_queue.not_placed`, `reception_queue.in_already`.
    pub fn step_back(self, employee: EmployeeId, stamp: Stamp) -> Result<Change<Self>, Refusal> {
        let state = self.state();
        state.ensure_placed(employee)?;
        if !state.out.contains(&employee) {
            return Err(cite(IN_ALREADY));
        }
        Ok(self.moved(stamp, [Queued::SteppedBack { employee }], STEPPED_BACK))
    }

    /// Somebody begins to receive. Those before whose turn it is are passed over, and get no turn for it. `[QUE-1, QUE-2,
    /// OWN-9]`
    ///
    /// # Errors
    /// `reception_queue.not_your_turn` and whose it is; `reception_queue.receiving_already`.
    pub fn receive(
        self,
        visit: Visit,
        away: &BTreeSet<EmployeeId>,
        stamp: Stamp,
    ) -> Result<(Change<Self>, Turn), Refusal> {
        let Visit { reception, receiver, is_somebodys } = visit;
        self.ensure_today(stamp)?;
        let state = self.state();
        state.ensure_placed(receiver)?;
        let (turn, passed) = if is_somebodys {
            state.ensure_free(receiver, away)?;
            (Turn::None, Vec::new())
        } else {
            state.turn_of(receiver, away, stamp.now)?
        };
        let passed =
            passed.into_iter().map(|(employee, because)| Queued::PassedOver { employee, because, reception });
        let entries: Vec<_> =
            passed.chain([Queued::Received { employee: receiver, reception, turn }]).collect();
        Ok((self.moved(stamp, entries, MOVED), turn))
    }

    /// A reception has ended. Where the customer turned out to be another's, the turn is given back, unless the policy says
    /// otherwise: whoever received is the next again.
    pub fn end(
        self,
        (reception, employee): (AnyId, EmployeeId),
        gives_back: bool,
        stamp: Stamp,
    ) -> Change<Self> {
        let restored = gives_back.then_some(Queued::Restored { employee, reception });
        let entries: Vec<_> =
            std::iter::once(Queued::Ended { employee, reception }).chain(restored).collect();
        self.moved(stamp, entries, MOVED)
    }

    /// Where it stands.
    pub fn state(&self) -> QueueState {
        QueueState::of(&self.entries)
    }

    /// The hash of the last entry.
    pub fn head(&self) -> &str {
        self.entries.last().map_or("", |entry| entry.hash.as_str())
    }

    fn ensure_today(&self, stamp: Stamp) -> Result<(), Refusal> {
        if self.on == stamp.today {
            return Ok(());
        }
        Err(cite(OTHER_DAY).with("date", json!(self.on)))
    }

    fn moved(
        self,
        stamp: Stamp,
        entries: impl IntoIterator<Item = Queued>,
        event: &'static EventKind,
    ) -> Change<Self> {
        let mut after = self.clone();
        for what in entries {
            after.enter(stamp, what);
        }
        let facts = after.told();
        Change::updated(self, after, event, facts)
    }

    fn enter(&mut self, Stamp { now, by, .. }: Stamp, what: Queued) {
        let sequence = u32::try_from(self.entries.len()).map_or(u32::MAX, |last| last + 1);
        let entry = QueueEntry::chained(self.id, self.head(), (sequence, now, by), what);
        self.entries.push(entry);
    }

    fn told(&self) -> serde_json::Value {
        let (state, last) = (self.state(), self.entries.last());
        json!({"site_id": self.site, "on": self.on, "entries": self.entries.len(), "hash": self.head(),
            "is_suspended": state.is_suspended, "receiving": state.receiving.len(),
            "last": last.map(|entry| entry.what.code())})
    }
}

fn check_reason(reason: &str) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, "/reason", reason, 500);
    findings.into_result().map_err(|refusal| refusal.citing(Citation::rule("QUE-1")))
}

fn cite(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule(if code == RECEIVING_ALREADY { "QUE-2" } else { "QUE-1" }))
}

#[cfg(test)]
mod tests;
