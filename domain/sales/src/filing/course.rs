//! The course of a filing: filed, reviewed, ruled on, extended, converted, come to its end, given up. `[SAL-2]`

use super::{
    CONFLICT, CONTESTED, CONVERTED, EXPIRED, EXTENDED, EXTENDED_ALREADY, FILED, Filing, FilingState,
    FilingStatus, LIVE_MAX, OWN_REVIEW, PROGRESSED, PROTECTED, PROTECTED_BY_ANOTHER, Protection, REFUSED,
    RELEASED, REVIEWED, RULED, TAKEN, cite,
};
use crate::{
    approval::check_reason,
    pipeline_terms::{FilingTerms, OnConflict},
    spine::{Actor, BusinessDate, Change, Refusal, RefusalCode, Timestamp},
};

/// Where filing a customer leads: what stands in its way, and how many its filer has.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The live filing of the same customer and product line, where there is one.
    pub rival: Option<&'a Filing>,
    /// The name of who holds it.
    pub holder: &'a str,
    /// How many live ones the filer has.
    pub live: usize,
}

/// A name of which the first character alone is told.
fn masked(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{first}**"))
}

impl Filing {
    /// Whether a caller may change it now.
    pub(super) fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        self.expect(&[FilingState::Draft])
    }

    /// Files it: what is live already of the customer and product line refuses it, or makes it contested.
    ///
    /// # Errors
    /// `filing.conflict`, `filing.taken`, `filing.live_max`; another's, or one that is filed.
    pub fn file(
        self,
        way: Way<'_>,
        terms: &FilingTerms,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_revise(by)?;
        let max = usize::try_from(terms.live_max).unwrap_or(usize::MAX);
        if way.live >= max {
            return Err(cite(Refusal::new(LIVE_MAX).with("max", terms.live_max)));
        }
        match (way.rival, terms.on_conflict) {
            (None, _) => Ok(self.becomes(FILED, |after| after.status = FilingStatus::Filed { at: now })),
            (Some(rival), OnConflict::Refuse) => Err(rival.in_the_way(way.holder)),
            (Some(rival), OnConflict::Contest) => Ok(self.becomes(CONTESTED, |after| {
                after.status = FilingStatus::Contested { at: now };
                after.against = Some(rival.id);
            })),
        }
    }

    /// What another who files the same is told: the rule and how long, and of the holder no more than a letter.
    fn in_the_way(&self, holder: &str) -> Refusal {
        if self.protection.is_some() { self.told(CONFLICT, holder) } else { self.told(TAKEN, holder) }
    }

    /// What another who quotes, contracts or orders the same is told.
    pub fn keeps_out(&self, holder: &str) -> Refusal {
        self.told(PROTECTED_BY_ANOTHER, holder)
    }

    fn told(&self, code: &'static RefusalCode, holder: &str) -> Refusal {
        let refusal = Refusal::new(code)
            .with("product_line", self.content.product_line.clone())
            .with("holder", masked(holder));
        match self.protection {
            Some(protection) => cite(refusal.with("until", protection.lapses_on().to_string())),
            None => cite(refusal),
        }
    }

    /// Whether a caller may review it now: never who filed it.
    pub(super) fn may_review(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_own(by)?;
        self.expect(&[FilingState::Filed])
    }

    /// Whether a caller may rule on it now: never a party.
    pub(super) fn may_rule(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_own(by)?;
        self.expect(&[FilingState::Contested])
    }

    fn refuse_own(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.filer) { Err(cite(Refusal::new(OWN_REVIEW))) } else { Ok(()) }
    }

    /// Agrees to it: it protects from today on.
    ///
    /// # Errors
    /// One's own; one that does not wait.
    pub fn protect(
        self,
        terms: &FilingTerms,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_review(by)?;
        let protection = Protection::begin(today, terms);
        let change = self.becomes(PROTECTED, |after| {
            after.status = FilingStatus::Protected { at: now };
            after.protection = Some(protection);
            after.decided_by = by.employee;
        });
        let facts = change.after().facts();
        Ok(change.and(REVIEWED, facts))
    }

    /// Refuses it.
    ///
    /// # Errors
    /// One's own; one that does not wait; no reason.
    pub fn refuse(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_review(by)?;
        check_reason(&reason)?;
        let change = self.becomes(REFUSED, |after| {
            after.status = FilingStatus::Refused { at: now, reason };
            after.decided_by = by.employee;
        });
        let facts = change.after().facts();
        Ok(change.and(REVIEWED, facts))
    }

    /// Rules on a contested one: in its favour it protects, and the other has to be given up before; against it, it is over.
    ///
    /// # Errors
    /// A party; one that is not contested; no reason.
    pub fn rule(
        self,
        (in_favour, reason): (bool, String),
        terms: &FilingTerms,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_rule(by)?;
        check_reason(&reason)?;
        let protection = Protection::begin(today, terms);
        let kind = if in_favour { PROTECTED } else { RULED };
        let change = self.becomes(kind, |after| {
            after.decided_by = by.employee;
            if in_favour {
                after.status = FilingStatus::Protected { at: now };
                after.protection = Some(protection);
            } else {
                after.status = FilingStatus::Ruled { at: now, reason };
            }
        });
        if !in_favour {
            return Ok(change);
        }
        let facts = change.after().facts();
        Ok(change.and(RULED, facts))
    }

    /// Whether a caller may have it extended now.
    pub(super) fn may_extend(&self, by: &Actor, today: BusinessDate) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        self.expect(&[FilingState::Protected])?;
        match self.protection {
            Some(protection) if protection.is_extended => {
                Err(cite(Refusal::new(EXTENDED_ALREADY).with("number", self.number.clone())))
            }
            Some(protection) if protection.holds_on(today) => Ok(()),
            _ => Err(self.wrong_state()),
        }
    }

    /// Extends it, once, before its end.
    ///
    /// # Errors
    /// `filing.extended_already`; another's; one whose time is over; no reason.
    pub fn extend(
        self,
        reason: String,
        terms: &FilingTerms,
        by: &Actor,
        today: BusinessDate,
    ) -> Result<Change<Self>, Refusal> {
        self.may_extend(by, today)?;
        check_reason(&reason)?;
        let protection = self.protection.map(|protection| protection.extended(today, terms));
        Ok(self.becomes(EXTENDED, |after| {
            after.protection = protection;
            after.extension_reason = Some(reason);
        }))
    }

    /// Whether a caller may give it up now: who filed it.
    pub(super) fn may_release(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        self.expect(&[FilingState::Draft, FilingState::Filed, FilingState::Protected, FilingState::Contested])
    }

    /// Gives it up.
    ///
    /// # Errors
    /// Another's; one that is over; no reason.
    pub fn release(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_release(by)?;
        check_reason(&reason)?;
        Ok(self.released(reason, now))
    }

    /// Gives way to one that was ruled in favour of.
    pub fn released(self, reason: String, now: Timestamp) -> Change<Self> {
        self.becomes(RELEASED, |after| after.status = FilingStatus::Released { at: now, reason })
    }

    /// Notes progress; none where it does not protect, or progress is noted for the day.
    pub fn progress(self, today: BusinessDate) -> Option<Change<Self>> {
        let protection = self.protection.filter(|_| self.status.state() == FilingState::Protected)?;
        let after = protection.progressed(today);
        (after != protection).then(|| self.becomes(PROGRESSED, |filing| filing.protection = Some(after)))
    }

    /// A sale came of it.
    pub fn convert(self, now: Timestamp) -> Change<Self> {
        self.becomes(CONVERTED, |after| after.status = FilingStatus::Converted { at: now })
    }

    /// Notes that it came to its end; none while it holds.
    pub fn expire(self, (now, today): (Timestamp, BusinessDate)) -> Option<Change<Self>> {
        let is_over = self.status.state() == FilingState::Protected
            && self.protection.is_none_or(|protection| !protection.holds_on(today));
        is_over.then(|| self.becomes(EXPIRED, |after| after.status = FilingStatus::Expired { at: now }))
    }
}
