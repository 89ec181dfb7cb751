//! What a clock says: reckoned from its log and the calendar alone.

use super::super::WorkingTime;
use super::{ClockEntry, ClockEvent, WorkingClock};
use crate::spine::Timestamp;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a clock runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs, within working hours.
    Running,
    /// Somebody else has to act.
    Paused,
    /// What was to be done is done.
    Stopped,
}

crate::labels! { ClockState = "ClockState":
    Running = "running", "计时中", "Running";
    Paused = "paused", "已暂停", "Paused";
    Stopped = "stopped", "已停止", "Stopped";
}

/// Whether it was done in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockVerdict {
    /// It still may be.
    Pending,
    /// It stopped before it was due, or stands with time left.
    InTime,
    /// It was due before it stopped.
    Late,
}

crate::labels! { ClockVerdict = "ClockVerdict":
    Pending = "pending", "未到期", "Not due yet";
    InTime = "in_time", "按时", "In time";
    Late = "late", "超时", "Late";
}

/// What a clock says at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockReading {
    /// Which cycle, from 1.
    pub cycle: usize,
    /// Whether it runs.
    pub state: ClockState,
    /// The working time that has passed while it ran.
    pub elapsed: Duration,
    /// The working time it may run in all.
    pub allowance: Duration,
    /// What is left of that, never below nothing.
    pub left: Duration,
    /// When it is or was due; none while it is paused with time left.
    pub due: Option<Timestamp>,
    /// Whether it was done in time.
    pub verdict: ClockVerdict,
    /// Whether the figures rest on a year nobody has announced.
    pub provisional: bool,
}

/// A pause that has not ended: since when, and when it ends by itself.
#[derive(Clone, Copy, Debug)]
struct Pause {
    since: Timestamp,
    ends: Option<Timestamp>,
}

/// A cycle as far as it was followed.
#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    time: WorkingTime<'a>,
    /// Stretches in which it ran, ascending.
    ran: Vec<(Timestamp, Timestamp)>,
    /// Since when it runs.
    running: Option<Timestamp>,
    paused: Option<Pause>,
    spent: Duration,
    allowance: Duration,
    stopped: Option<(Timestamp, Option<Timestamp>)>,
    provisional: bool,
}

impl<'a> Run<'a> {
    fn new(time: WorkingTime<'a>) -> Self {
        Self {
            time,
            ran: Vec::new(),
            running: None,
            paused: None,
            spent: Duration::zero(),
            allowance: Duration::zero(),
            stopped: None,
            provisional: false,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// The working time that pauses which have ended took.
    pub(super) fn pause_spent(&self) -> Duration {
        self.spent
    }

    fn elapsed_between(&mut self, from: Timestamp, until: Timestamp) -> Duration {
        let elapsed = self.time.elapsed(from, until);
        self.provisional |= elapsed.provisional;
        elapsed.value
    }

    /// How long it has run until an instant.
    fn elapsed(&mut self, at: Timestamp) -> Duration {
        let mut total = Duration::zero();
        for (from, until) in self.ran.clone() {
            total += self.elapsed_between(from, until);
        }
        match self.running {
            Some(since) => total + self.elapsed_between(since, at),
            None => total,
        }
    }

    /// Goes on to an instant: a pause that is spent by then ends by itself.
    fn advance(&mut self, at: Timestamp) {
        if let Some(Pause { since, ends: Some(ends) }) = self.paused
            && ends <= at
        {
            let waited = self.elapsed_between(since, ends);
            self.spent += waited;
            self.paused = None;
            self.running = Some(ends);
        }
    }

    fn stand(&mut self, at: Timestamp) {
        if let Some(since) = self.running.take() {
            self.ran.push((since, at));
        }
        if let Some(Pause { since, .. }) = self.paused.take() {
            let waited = self.elapsed_between(since, at);
            self.spent += waited;
        }
    }

    fn follow(&mut self, entry: &ClockEntry) {
        let at = entry.at;
        self.advance(at);
        let minutes = |minutes: u32| Duration::minutes(minutes.into());
        match &entry.event {
            ClockEvent::Start { allowance_minutes, .. } => {
                self.allowance = minutes(*allowance_minutes);
                self.running = Some(at);
            }
            ClockEvent::Pause { limit_minutes, .. } => {
                self.stand(at);
                let left = limit_minutes.map(|limit| (minutes(limit) - self.spent).max(Duration::zero()));
                let ends = left.map(|left| self.time.plus(at, left));
                self.provisional |= ends.is_some_and(|ends| ends.provisional);
                self.paused = Some(Pause { since: at, ends: ends.map(|ends| ends.value) });
            }
            ClockEvent::Resume {} => {
                if self.is_paused() {
                    self.stand(at);
                    self.running = Some(at);
                }
            }
            ClockEvent::Retarget { allowance_minutes, least_left_minutes, .. } => {
                let elapsed = self.elapsed(at);
                let has_run_out = elapsed >= self.allowance;
                let least = if has_run_out { self.allowance } else { elapsed + minutes(*least_left_minutes) };
                self.allowance = minutes(*allowance_minutes).max(least);
            }
            ClockEvent::Stop { due } => {
                self.stand(at);
                self.stopped = Some((at, *due));
            }
        }
    }

    /// When it had or will have run for so long; none where it stands before that.
    fn reaches(&mut self, part: Duration) -> Option<Timestamp> {
        let mut left = part;
        for (from, until) in self.ran.clone() {
            let elapsed = self.elapsed_between(from, until);
            if left <= elapsed {
                return Some(self.after(from, left));
            }
            left -= elapsed;
        }
        self.running.map(|since| self.after(since, left))
    }

    fn after(&mut self, from: Timestamp, work: Duration) -> Timestamp {
        let reached = self.time.plus(from, work);
        self.provisional |= reached.provisional;
        reached.value
    }

    /// When its allowance has or will have run; none where it stands before that.
    pub(super) fn due(&mut self) -> Option<Timestamp> {
        self.reaches(self.allowance)
    }

    fn reading(mut self, cycle: usize, now: Timestamp) -> ClockReading {
        let (at, state) = match (self.stopped, self.is_paused()) {
            (Some((at, _)), _) => (at, ClockState::Stopped),
            (None, true) => (now, ClockState::Paused),
            (None, false) => (now, ClockState::Running),
        };
        let elapsed = self.elapsed(at);
        let due = match self.stopped {
            Some((_, due)) => due,
            None => self.due(),
        };
        let verdict = match (state, due) {
            (_, Some(due)) if due <= at => ClockVerdict::Late,
            (ClockState::Running, _) => ClockVerdict::Pending,
            (ClockState::Paused | ClockState::Stopped, _) => ClockVerdict::InTime,
        };
        let left = (self.allowance - elapsed).max(Duration::zero());
        let Self { allowance, provisional, .. } = self;
        ClockReading { cycle, state, elapsed, allowance, left, due, verdict, provisional }
    }
}

impl WorkingClock {
    /// The entries of each cycle.
    fn cycles(&self) -> impl DoubleEndedIterator<Item = &[ClockEntry]> {
        let is_start = |entry: &ClockEntry| matches!(entry.event, ClockEvent::Start { .. });
        self.entries().chunk_by(move |_, next| !is_start(next))
    }

    fn follow<'a>(entries: &[ClockEntry], now: Timestamp, time: WorkingTime<'a>) -> Run<'a> {
        let mut run = Run::new(time);
        entries.iter().for_each(|entry| run.follow(entry));
        run.advance(now);
        run
    }

    /// The last cycle, followed to an instant.
    pub(super) fn run_until<'a>(&self, now: Timestamp, time: WorkingTime<'a>) -> Run<'a> {
        Self::follow(self.cycles().next_back().unwrap_or_default(), now, time)
    }

    /// What every cycle says, the last one at an instant.
    pub fn readings(&self, now: Timestamp, time: WorkingTime<'_>) -> Vec<ClockReading> {
        let reading = |(index, entries)| Self::follow(entries, now, time).reading(index + 1, now);
        self.cycles().enumerate().map(reading).collect()
    }

    /// What it says at an instant.
    pub fn reading(&self, now: Timestamp, time: WorkingTime<'_>) -> ClockReading {
        self.run_until(now, time).reading(self.cycles().count(), now)
    }

    /// When it had or will have run for so many per cent of its allowance; none while it is paused before
    /// that.
    pub fn mark(&self, share_percent: u32, now: Timestamp, time: WorkingTime<'_>) -> Option<Timestamp> {
        let mut run = self.run_until(now, time);
        let share = i32::try_from(share_percent).unwrap_or(i32::MAX);
        let part = run.allowance.checked_mul(share).map_or(run.allowance, |product| product / 100);
        run.reaches(part)
    }
}
