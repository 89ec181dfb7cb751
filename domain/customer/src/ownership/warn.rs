//! Before protection ends the owner is warned, and the contact that would keep the customer is owed. `[OWN-15, TIE-2]`
//!
//! With the first warning of an end the contact becomes a duty. The owner's own contact fulfils it; what ends or moves the
//! interval otherwise ends or moves it too. A customer who falls for want of it leaves it as it is: it was missed.

use super::{
    CHANGED, Derived, FOLLOW_UP_DUE, FOLLOW_UP_MOVED, FOLLOW_UP_OVER, NextKind, Ownership, PolicyBook,
    PoolCause, Standing, WARNED, Warning,
};
use crate::{
    customer_file,
    spine::{BusinessDate, Change, Timestamp},
};
use chrono::Duration;
use chrono_tz::Tz;
use serde_json::json;

/// What becomes of the contact that is owed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owed {
    /// It is as it was: owed, or not.
    Unchanged,
    /// It was made, or missed: nobody need be told.
    Settled,
    /// It is owed by another day.
    Moved(BusinessDate),
    /// It is owed no longer.
    Over,
}

impl Owed {
    pub(super) fn after(
        before: &customer_file::Standing,
        derived: &Derived,
        is_contact: bool,
        zone: Tz,
    ) -> Self {
        let Some(day) = before.follow_up_on else { return Self::Unchanged };
        let is_missed =
            matches!(derived.standing(), Standing::Pooled { cause: PoolCause::NotFollowedUp, .. });
        let same_owner = derived.standing().owner() == before.owner;
        match last_day(derived, zone).filter(|_| same_owner) {
            _ if is_missed => Self::Settled,
            None => Self::Over,
            Some(last) if last == day => Self::Unchanged,
            Some(_) if is_contact => Self::Settled,
            Some(last) => Self::Moved(last),
        }
    }

    pub(super) const fn day(self, before: Option<BusinessDate>) -> Option<BusinessDate> {
        match self {
            Self::Unchanged => before,
            Self::Moved(day) => Some(day),
            Self::Settled | Self::Over => None,
        }
    }

    pub(super) fn told(self, change: Change<Ownership>) -> Change<Ownership> {
        match self {
            Self::Unchanged | Self::Settled => change,
            Self::Moved(day) => change.and(FOLLOW_UP_MOVED, json!({"due_on": day})),
            Self::Over => change.and(FOLLOW_UP_OVER, json!({})),
        }
    }
}

/// The last day on which a contact is in time.
fn last_day(derived: &Derived, zone: Tz) -> Option<BusinessDate> {
    let by = derived.protection?.follow_up_by;
    Some(by.plus(-Duration::microseconds(1)).date_in(zone))
}

/// The warnings of the end that lies ahead.
fn open(derived: &Derived) -> impl Iterator<Item = &Warning> {
    let end = derived.protection.map(|protection| protection.end().at);
    derived.warnings.iter().filter(move |warning| warning.answered_at.is_none() && Some(warning.of) == end)
}

/// When the owner is warned next: one that is due stays so until it was given.
pub(super) fn next_warning(
    before: &customer_file::Standing,
    derived: &Derived,
    now: Timestamp,
) -> Option<Timestamp> {
    let end = derived.protection.map(|protection| protection.end().at)?;
    let is_due = before.warn_at.filter(|_| before.protected_until == Some(end));
    is_due.or_else(|| open(derived).map(|warning| warning.at).filter(|at| *at > now).min())
}

impl Ownership {
    /// Warns the owner that protection ends, where the day of a warning has come, and calls for the contact that keeps the
    /// customer; none where there is nothing to warn of.
    pub fn warn(self, book: &PolicyBook, (now, zone): (Timestamp, Tz)) -> Option<Change<Self>> {
        self.standing.warn_at.filter(|at| *at <= now)?;
        let derived = self.as_of(book, now, zone);
        let next = open(&derived).map(|warning| warning.at).filter(|at| *at > now).min();
        let mut after = self.clone();
        after.standing.warn_at = next;
        // What time has brought about is for another to write down: see `settle`.
        let is_same = derived.standing().owner() == self.standing.owner;
        let due =
            open(&derived).filter(|warning| warning.at <= now && is_same).min_by_key(|warning| warning.days);
        let (Some(warning), Some(end)) = (due, derived.protection.map(super::Protection::end)) else {
            let told = self.told_of(&after.standing);
            return Some(Change::updated(self, after, CHANGED, told));
        };
        let owner = self.standing.owner;
        let told = json!({"owner_id": owner, "days": warning.days, "next": end.kind.code(), "until": end.at});
        let day = last_day(&derived, zone).filter(|_| end.kind == NextKind::FollowUpDue);
        let called = day.filter(|_| self.standing.follow_up_on.is_none());
        after.standing.follow_up_on = called.or(self.standing.follow_up_on);
        let change = Change::updated(self, after, WARNED, told);
        Some(match called {
            Some(day) => change.and(FOLLOW_UP_DUE, json!({"due_on": day, "owner_id": owner})),
            None => change,
        })
    }
}
