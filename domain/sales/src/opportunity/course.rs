//! From stage to stage, by what has happened; lost for a reason, reopened, won by a closed sale alone. `[SAL-3]`

use super::{
    ADVANCED, FACT_MISSING, FIRST_STAGE, HANDED_OVER, LAST_STAGE, LOST, Loss, Move, MoveKind, NOT_LOST,
    Opportunity, OpportunityState, REASON_UNKNOWN, REOPENED, SAME_OWNER, STAGE_UNKNOWN, STEPPED_BACK, WON,
    cite,
};
use crate::{
    approval::check_reason,
    pipeline_terms::{EntryFact, PipelineTerms, Stage},
    sale::SaleId,
    spine::{
        Actor, BusinessDate, Change, DepartmentId, EmployeeId, Findings, Permission, Refusal, Timestamp,
        in_both, wording,
    },
};
use std::collections::BTreeSet;

/// When something happens.
pub type When = (Timestamp, BusinessDate);

impl Opportunity {
    fn step(&self, kind: MoveKind, stage: &str, by: &Actor, (at, on): When) -> Move {
        Move { kind, stage: stage.to_owned(), at, on, by: by.employee, owner: self.owner, reason: None }
    }

    /// The stage it would advance to: the next in the company's order; the first where its own is gone.
    ///
    /// # Errors
    /// `opportunity.last_stage`; another's, or one that is over.
    pub fn next_stage<'a>(&self, terms: &'a PipelineTerms, by: &Actor) -> Result<&'a Stage, Refusal> {
        self.may_work(by)?;
        let next = terms.stage(&self.stage).map_or(0, |(place, _)| place + 1);
        let last = || cite(Refusal::new(LAST_STAGE).with("number", self.number.clone()));
        terms.stages.get(next).ok_or_else(last)
    }

    /// What must have happened and has not: the first fact that is missing.
    ///
    /// # Errors
    /// `opportunity.fact_missing`, with the stage and the fact.
    pub fn check_entry(&self, stage: &Stage, facts: &BTreeSet<EntryFact>) -> Result<(), Refusal> {
        let is_given = |fact: &EntryFact| match fact {
            EntryFact::EstimateGiven => self.content.estimate.is_some() && self.content.expected_on.is_some(),
            fact => facts.contains(fact),
        };
        let Some(missing) = stage.entry.iter().find(|fact| !is_given(fact)) else { return Ok(()) };
        let refusal =
            Refusal::new(FACT_MISSING).with("stage", in_both(stage.name.zh.as_str(), stage.name.en.as_str()));
        Err(cite(refusal.with_label("fact", *missing)))
    }

    /// To the next stage, once what that asks for has happened.
    ///
    /// # Errors
    /// `opportunity.fact_missing`, `opportunity.last_stage`; another's, or one that is over.
    pub fn advance(
        self,
        terms: &PipelineTerms,
        facts: &BTreeSet<EntryFact>,
        by: &Actor,
        when: When,
    ) -> Result<Change<Self>, Refusal> {
        let stage = self.next_stage(terms, by)?;
        self.check_entry(stage, facts)?;
        let step = self.step(MoveKind::Advanced, &stage.code, by, when);
        Ok(self.moved(ADVANCED, step, |_| ()))
    }

    /// Back to an earlier stage, for a reason.
    ///
    /// # Errors
    /// `opportunity.stage_unknown`, `opportunity.first_stage`; another's, or one that is over; no reason.
    pub fn step_back(
        self,
        (to, reason): (&str, String),
        terms: &PipelineTerms,
        by: &Actor,
        when: When,
    ) -> Result<Change<Self>, Refusal> {
        self.may_work(by)?;
        check_reason(&reason)?;
        let unknown = || cite(Refusal::new(STAGE_UNKNOWN).at("/stage"));
        let (place, stage) = terms.stage(to).ok_or_else(unknown)?;
        if terms.stage(&self.stage).is_some_and(|(here, _)| place >= here) {
            return Err(cite(Refusal::new(FIRST_STAGE).at("/stage")));
        }
        let step = Move { reason: Some(reason), ..self.step(MoveKind::SteppedBack, &stage.code, by, when) };
        Ok(self.moved(STEPPED_BACK, step, |_| ()))
    }

    /// Lost, for one of the company's reasons.
    ///
    /// # Errors
    /// `opportunity.reason_unknown`; another's, or one that is over; what is not well formed.
    pub fn lose(
        self,
        loss: Loss,
        terms: &PipelineTerms,
        by: &Actor,
        when: When,
    ) -> Result<Change<Self>, Refusal> {
        self.may_work(by)?;
        let mut findings = Findings::new();
        if !terms.loss_reasons.iter().any(|reason| reason.code == loss.reason) {
            findings.add("/reason", REASON_UNKNOWN);
        }
        wording::check_optional(&mut findings, "/competitor", loss.competitor.as_deref(), 100);
        wording::check_optional(&mut findings, "/note", loss.note.as_deref(), 500);
        findings.into_result().map_err(cite)?;
        let stage = self.stage.clone();
        let step = Move { reason: loss.note.clone(), ..self.step(MoveKind::Lost, &stage, by, when) };
        Ok(self.moved(LOST, step, |after| {
            after.state = OpportunityState::Lost;
            after.loss = Some(loss);
        }))
    }

    /// Whether a caller may take it up again now.
    pub(super) fn may_reopen(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_stranger(by)?;
        if self.state == OpportunityState::Lost { Ok(()) } else { Err(self.refuse(NOT_LOST)) }
    }

    /// Pursued again, in the stage in which it was lost.
    ///
    /// # Errors
    /// One that was not lost; another's; no reason.
    pub fn reopen(self, reason: String, by: &Actor, when: When) -> Result<Change<Self>, Refusal> {
        self.may_reopen(by)?;
        check_reason(&reason)?;
        let stage = self.stage.clone();
        let step = Move { reason: Some(reason), ..self.step(MoveKind::Reopened, &stage, by, when) };
        Ok(self.moved(REOPENED, step, |after| {
            after.state = OpportunityState::Open;
            after.loss = None;
        }))
    }

    /// Whether a caller may hand it to somebody else now: whoever supervises who pursues it.
    pub(super) fn may_hand_over(&self, by: &Actor) -> Result<(), Refusal> {
        let supervises = by.reach(Permission::SuperviseOpportunities).covers(self.department, false);
        if !supervises {
            return Err(cite(Refusal::new(super::NOT_YOURS)));
        }
        self.may_work(by)
    }

    /// Handed to somebody else; its history stays.
    ///
    /// # Errors
    /// Where the caller does not supervise it; one that is over; who pursues it already.
    pub fn hand_over(
        self,
        (to, department): (EmployeeId, DepartmentId),
        reason: String,
        by: &Actor,
        when: When,
    ) -> Result<Change<Self>, Refusal> {
        self.may_hand_over(by)?;
        check_reason(&reason)?;
        if to == self.owner {
            return Err(cite(Refusal::new(SAME_OWNER).at("/employee_id")));
        }
        let stage = self.stage.clone();
        let step = self.step(MoveKind::HandedOver, &stage, by, when);
        let step = Move { reason: Some(reason), owner: to, ..step };
        Ok(self.moved(HANDED_OVER, step, |after| after.department = department))
    }

    /// A sale with its customer was closed: the one way to win.
    pub fn win(self, sale: SaleId, by: &Actor, when: When) -> Change<Self> {
        let stage = self.stage.clone();
        let step = Move { by: None, ..self.step(MoveKind::Won, &stage, by, when) };
        self.moved(WON, step, |after| {
            after.state = OpportunityState::Won;
            after.sale = Some(sale);
        })
    }

    /// What it may come to by its stage: the estimate × the probability; none without an estimate.
    pub fn expected(&self, terms: &PipelineTerms) -> Option<i64> {
        let probability = terms.stage(&self.stage).map_or(0, |(_, stage)| stage.probability_bp);
        let product = i128::from(self.content.estimate?.minor()) * i128::from(probability);
        i64::try_from((product + 5_000).div_euclid(10_000)).ok()
    }
}
