//! How timely duties were done: the counts of the board, and the rate. `[DUT-4]`

use super::DutyState;
use serde::{Deserialize, Serialize};

/// Duties of a person, department, rule, clause or month, counted by where they stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// All.
    pub raised: u64,
    /// Done before they were due.
    pub on_time: u64,
    /// Done within the grace.
    pub late: u64,
    /// Not done.
    pub missed: u64,
    /// Done after they were missed; they count as missed in the rate.
    pub made_up: u64,
    /// Excused by rule.
    pub excused: u64,
    /// Waived.
    pub waived: u64,
    /// Cancelled.
    pub cancelled: u64,
}

impl Tally {
    /// Counts a duty.
    pub fn count(&mut self, state: DutyState) {
        self.raised += 1;
        let count = match state {
            DutyState::OnTime => &mut self.on_time,
            DutyState::Late => &mut self.late,
            DutyState::Missed => &mut self.missed,
            DutyState::MadeUp => &mut self.made_up,
            DutyState::Excused => &mut self.excused,
            DutyState::Waived => &mut self.waived,
            DutyState::Cancelled => &mut self.cancelled,
            DutyState::Scheduled | DutyState::Open | DutyState::Overdue | DutyState::Reported => return,
        };
        *count += 1;
    }

    /// Done on time, of all that were neither excused, waived nor cancelled; in basis points, half up. None
    /// where there are none.
    pub fn rate_basis_points(&self) -> Option<u64> {
        let left_out = self.excused + self.waived + self.cancelled;
        let owed = self.raised.checked_sub(left_out).filter(|owed| *owed > 0)?;
        Some((self.on_time * 10_000 + owed / 2) / owed)
    }
}
