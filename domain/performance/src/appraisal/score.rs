//! From what is frozen and said to a result. Run again it comes to the same. `[KPI-6]`

use super::{
    APPRAISAL_WRONG_STATE, Appraisal, AppraisalState, BLOCKED, EXEMPTED, Frozen, SCORED, Unscorable, Verdict,
    refused,
};
use crate::{
    scheme::{MissingValue, Scheme},
    scoring::{
        Computation, Direction, Measurement, MonthResult, Part, ReviewAnswers, Unscored, YearSum, compute,
        year,
    },
    spine::{Change, Explanation, Refusal},
};
use rust_decimal::Decimal;
use serde_json::json;

/// The scheme of a part that is scored, with the directions of its indicators.
#[derive(Clone, Copy, Debug)]
pub struct SchemeOfPart<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Which way an indicator is good.
    pub direction: &'a dyn DirectionOf,
    /// How many days the period has.
    pub period_days: u32,
}

/// Which way indicators are good.
pub trait DirectionOf: std::fmt::Debug {
    /// Of an indicator by its code.
    fn of(&self, indicator: &str) -> Direction;
}

/// What an appraisal came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Scored {
    /// A result.
    Result(Box<(Computation, Option<YearSum>, Verdict)>),
    /// Something is missing.
    Not(Unscorable),
}

impl Appraisal {
    /// Computes the result; changes nothing. `schemes` are those of the parts that are scored, by their
    /// places from 1;
    /// `months` are those of a year.
    pub fn compute<'a>(
        &self,
        frozen: &Frozen,
        schemes: &dyn Fn(usize) -> Option<SchemeOfPart<'a>>,
        answers: &ReviewAnswers,
        months: Option<&[MonthResult]>,
    ) -> Scored {
        let mut parts = Vec::new();
        let mut last = None;
        for (place, part) in self.parts.iter().enumerate().filter(|(_, part)| part.unscored.is_none()) {
            let Some(of) = schemes(place + 1) else { continue };
            let measurements = self.measurements(place + 1, part.days, of, frozen);
            let lacks = measurements.iter().any(|one| one.value.is_none() && !one.curve.is_veto());
            if lacks && of.scheme.missing_values == MissingValue::Block {
                return Scored::Not(Unscorable::ValueMissing);
            }
            parts.push(Part { days: part.days, measurements });
            last = Some(of.scheme);
        }
        let Some(scheme) = last else { return Scored::Not(Unscorable::NoScheme) };
        let points = if scheme.year.is_some() { 0 } else { frozen.points.points };
        let reviews = (&scheme.reviews, answers);
        let computation = match compute(&parts, reviews, scheme.shares, scheme.result, points) {
            Ok(computation) => computation,
            Err(Unscored::ReviewMissing) => return Scored::Not(Unscorable::ReviewMissing),
            Err(Unscored::Nothing) => return Scored::Not(Unscorable::NothingApplies),
        };
        let sum = scheme
            .year
            .and_then(|plan| year(months.unwrap_or_default().to_vec(), Some(computation.bounded), plan));
        let result = sum
            .as_ref()
            .map_or(computation.result, |sum| computation.veto.map_or(sum.result, |cap| sum.result.min(cap)));
        let grade = scheme.grade(result).map(|grade| grade.code.clone()).unwrap_or_default();
        Scored::Result(Box::new((computation, sum, Verdict { result, grade })))
    }

    fn measurements(
        &self,
        place: usize,
        days: u32,
        of: SchemeOfPart<'_>,
        frozen: &Frozen,
    ) -> Vec<Measurement> {
        let measurement = |known: &crate::scheme::SchemeIndicator| {
            let target = self.target(place, &known.indicator, known.target);
            let (target, curve) = if known.by_days {
                let target = target.map(|target| target.for_days(days, of.period_days));
                (target, known.curve.for_days(days, of.period_days))
            } else {
                (target, known.curve.clone())
            };
            Measurement {
                indicator: known.indicator.clone(),
                weight: known.weight,
                direction: frozen
                    .direction(place, &known.indicator)
                    .unwrap_or_else(|| of.direction.of(&known.indicator)),
                curve,
                target,
                value: frozen.value(place, &known.indicator),
            }
        };
        of.scheme.indicators.iter().map(measurement).collect()
    }

    /// Scores it: what was frozen before stays, so that a second run comes to the same.
    ///
    /// # Errors
    /// `appraisal.wrong_state` of one that is exempt, final, or calibrated by hand already.
    pub fn score(self, frozen: Frozen, scored: Scored) -> Result<Change<Self>, Refusal> {
        self.ensure(&[AppraisalState::Open, AppraisalState::Blocked, AppraisalState::Scored])?;
        if !self.calibrations.is_empty() {
            return Err(refused(APPRAISAL_WRONG_STATE).with_label("state", self.state));
        }
        let mut after = self.clone();
        let result = match scored {
            Scored::Result(result) => result,
            // Nothing there could ever be waited for.
            Scored::Not(why @ (Unscorable::NothingApplies | Unscorable::NoScheme)) => {
                after.unscored = Some(why);
                after.state = AppraisalState::Exempt;
                return Ok(self.moved(after, EXEMPTED));
            }
            Scored::Not(why) => {
                after.unscored = Some(why);
                after.state = AppraisalState::Blocked;
                return Ok(self.moved(after, BLOCKED));
            }
        };
        let (computation, year, verdict) = *result;
        let citation = self.scheme.as_ref().map(|scheme| scheme.cite("KPI-6"));
        let facts = json!({"indicators": computation.indicators,
            "reviews": computation.reviews.map(|reviews| reviews.sum), "points": computation.points,
            "veto": computation.veto, "result": verdict.result, "grade": verdict.grade});
        after.frozen = Some(frozen);
        after.computation = Some(computation);
        after.year = year;
        after.verdict = Some(verdict);
        after.unscored = None;
        after.state = AppraisalState::Scored;
        let why = citation.map(|citation| Explanation::new("appraisal_scored", citation, facts));
        Ok(self.moved(after, SCORED).explained(why))
    }

    /// The result, where there is one that counts: none of what is exempt.
    pub fn result(&self) -> Option<Decimal> {
        self.verdict.as_ref().map(|verdict| verdict.result)
    }
}
