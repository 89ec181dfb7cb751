//! What may be done with a duty now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::rule::{FulfilledBy, MANUAL};
use super::{Duty, OTHER_SOURCE, refused};
use crate::spine::{Actor, EmployeeId, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who acts on a duty, and the superiors of who is responsible for it, the nearest first.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Who acts.
    pub by: &'a Actor,
    /// The superiors of who is responsible.
    pub superiors: &'a [EmployeeId],
}

/// A named action on a duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyActionName)]
pub enum DutyAction {
    /// Report it done, with evidence.
    Fulfil,
    /// Confirm what was reported.
    Confirm,
    /// Return what was reported.
    Return,
    /// Let it go.
    Waive,
    /// Give more time.
    Extend,
    /// Hand it to somebody else.
    HandOver,
}

crate::labels! { DutyAction = "DutyActionName":
    Fulfil = "fulfil", "办结", "Report done";
    Confirm = "confirm", "确认", "Confirm";
    Return = "return", "退回", "Return";
    Waive = "waive", "豁免", "Waive";
    Extend = "extend", "延期", "Extend";
    HandOver = "hand_over", "移交", "Hand over";
}

impl Duty {
    /// Every action with the refusal it would meet.
    pub fn actions(
        &self,
        rule: &FulfilledBy,
        line: Line<'_>,
        now: Timestamp,
    ) -> impl Iterator<Item = (DutyAction, Result<(), Refusal>)> {
        DutyAction::ALL.into_iter().map(move |action| (action, self.may(action, rule, line, now)))
    }

    fn may(
        &self,
        action: DutyAction,
        rule: &FulfilledBy,
        line: Line<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match action {
            DutyAction::Fulfil if rule.source != MANUAL => Err(refused(OTHER_SOURCE, "DUT-1a")),
            DutyAction::Fulfil => self.ensure_responsible(line).and_then(|()| self.ensure_pending(now)),
            DutyAction::Confirm | DutyAction::Return => self.to_confirm(line, now).map(|_| ()),
            DutyAction::Waive => self.to_waive(now).and_then(|_| self.ensure_superior(line)),
            DutyAction::Extend => self.to_extend(now).and_then(|_| self.ensure_superior(line)),
            DutyAction::HandOver => {
                self.ensure_pending(now)?;
                self.ensure_transferable()?;
                self.ensure_in_line(line)
            }
        }
    }
}
