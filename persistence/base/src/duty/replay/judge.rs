//! Where a duty stands by a version of its rule, from what was filed, leave, outages and what superiors decided.
//! `[REG-7b; DUT-2b, DUT-2f, DUT-2h]`

use super::{
    super::{World, outage, settle, settle::Away},
    Rule,
    history::History,
    side::Owes,
};
use crate::spine::Failure;
use domain::{
    duty::{
        CancelCause, Duty, DutyState, DutyStatus, DutySubject, NewDuty, Occasion, Proof, Times,
        outage::Outage,
        rule::{FieldIs, FulfilledBy, MANUAL},
    },
    policy_replay::{Outcome, Said},
    spine::{Id, Timestamp},
};
use uuid::Uuid;

/// One thing that lets off may follow on another: an outage moves a due into leave.
const RELIEFS_MAX: usize = 4;

/// What a duty is judged from.
pub(super) struct Judging<'a> {
    pub rule: &'a Rule,
    pub times: Times,
    pub occasion: Occasion,
    pub world: &'a World,
    pub stored: Option<&'a Duty>,
    pub history: &'a History,
    pub outages: &'a [Outage],
    pub away: &'a Away,
    /// When what called for it was gone.
    pub gone: Option<Timestamp>,
    pub until: Timestamp,
}

/// What was done.
enum Done {
    Nothing,
    By(Proof),
    /// It was done by hand and waits to be confirmed.
    Waits(Proof),
}

impl Judging<'_> {
    /// Where it stands and what follows; else the fact that is not known.
    pub fn outcome(&self, owes: &Owes) -> Result<Result<Outcome, Said>, Failure> {
        let done = match self.done(owes)? {
            Ok(done) => done,
            Err(missing) => return Ok(Err(missing)),
        };
        let (time, settings) = (self.world.time(), &self.world.settings.content);
        let duty = self.settled(owes, done)?;
        let outcome = duty.replayed(self.rule, self.until, settings, time);
        let is_charged =
            outcome.points.iter().any(|point| point.key == "consequence" && point.says.is_some());
        if is_charged && self.stored.is_none() && !owes.is_sure {
            return Ok(Err(Said::new("到期时的责任人", "who held it when it came to be due")));
        }
        Ok(Ok(outcome))
    }

    fn settled(&self, owes: &Owes, done: Done) -> Result<Duty, Failure> {
        let new = NewDuty {
            id: Id::from_uuid(Uuid::nil()),
            subject: owes.meant.subject.clone(),
            occasion: self.occasion,
            responsible: owes.meant.responsible,
            hold: owes.meant.hold,
            times: self.times,
            proof: None,
        };
        let mut duty = Duty::raise(new, self.rule, self.times.opens).into_after();
        if let Some(stored) = self.stored {
            duty = duty.as_it_was_held(stored, self.world.time());
        }
        let still = |proof: &Proof| self.gone.is_none_or(|gone| proof.counted < gone);
        match done {
            Done::By(proof) if still(&proof) => duty = duty.done_by(proof, false),
            Done::Waits(proof) if still(&proof) => duty = duty.done_by(proof, true),
            Done::Nothing | Done::By(_) | Done::Waits(_) => {
                let cause = owes.left.or_else(|| self.gone.map(|_| CancelCause::CauseGone));
                if let Some(cause) = cause {
                    return Ok(duty.cancel(cause, self.until)?.into_after());
                }
            }
        }
        if let Some(stored) = self.stored {
            duty = duty.waived_as(stored, self.until);
        }
        for _ in 0..RELIEFS_MAX {
            let lets_off = !matches!(
                duty.state(self.until),
                DutyState::OnTime | DutyState::Waived | DutyState::Excused | DutyState::Cancelled
            );
            let change = match outage::relieved_by(self.outages, self.until, self.world, &duty)? {
                None if lets_off => settle::leave(self.world, self.away, &duty, self.until)?,
                known => known.filter(|_| lets_off),
            };
            let Some(change) = change else { break };
            duty = change.into_after();
        }
        Ok(duty)
    }

    /// What was done for it: what fulfilled the duty that was raised, if it fulfils this one, else what was filed.
    fn done(&self, owes: &Owes) -> Result<Result<Done, Said>, Failure> {
        let wanted = &self.rule.content.fulfilled_by;
        let was = match self.stored {
            Some(duty) => Some(&self.world.rules.version(&duty.rule)?.content.fulfilled_by),
            None => None,
        };
        let kept = self.stored.and_then(Duty::proof).filter(|proof| proof.source == wanted.source);
        if let Some(proof) = kept.filter(|proof| self.suits(proof, wanted, was)) {
            let waits = matches!(self.stored.map(|duty| &duty.status), Some(DutyStatus::Reported { .. }));
            let proof = proof.clone();
            return Ok(Ok(if waits { Done::Waits(proof) } else { Done::By(proof) }));
        }
        if wanted.source == MANUAL {
            return Ok(match was {
                Some(was) if was.source == MANUAL => Ok(Done::Nothing),
                _ => Err(Said::new(
                    "当时是否办理（未要求手工办结，没有记录）",
                    "whether it was done: nobody was asked to report it by hand",
                )),
            });
        }
        let filed = self.history.filed(&wanted.source, self.occasion, &owes.meant.subject);
        // A record that was there before it was called for is none of it; what is filed for a period may come before it.
        let is_record = matches!(owes.meant.subject, DutySubject::Record { .. });
        let first = filed.iter().find(|filing| {
            FieldIs::all_hold(&wanted.only, &filing.facts) && (!is_record || filing.at >= self.times.opens)
        });
        Ok(Ok(first.map_or(Done::Nothing, |filing| {
            Done::By(Proof {
                source: wanted.source.clone(),
                record: Some(filing.record),
                note: None,
                files: Vec::new(),
                by: None,
                received: filing.at,
                counted: filing.at,
                confirmed: None,
            })
        })))
    }

    /// Whether what fulfilled the duty that was raised is what this version asks for.
    fn suits(&self, proof: &Proof, wanted: &FulfilledBy, was: Option<&FulfilledBy>) -> bool {
        let asks_the_same = was.is_some_and(|was| was.only == wanted.only);
        let facts = proof.record.and_then(|record| self.history.facts_of(&wanted.source, record));
        asks_the_same || facts.is_some_and(|facts| FieldIs::all_hold(&wanted.only, facts))
    }
}
