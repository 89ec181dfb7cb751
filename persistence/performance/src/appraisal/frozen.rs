//! What is measured at the cut-off, and from what; kept with the sheet, so that a later fact changes no old
//! score, and a second run comes to the same. `[KPI-5, KPI-6]`

use super::row::results_of;
use crate::{
    appraisal_review, digest,
    incentive_entry::by_rule::points_of,
    indicator::{
        self,
        measure::{self, Adjusted, Asked},
    },
    indicator_figure,
    scheme::Schemes,
    spine::{Failure, Reader},
};
use domain::{
    appraisal::{
        Adjustment, Appraisal, DirectionOf, Frozen, FrozenPoints, FrozenValue, SchemeOfPart, Scored,
        SheetPart,
    },
    appraisal_period::AppraisalPeriod,
    incentive_entry::{IncentiveAmount, IncentiveEntry},
    indicator::{Indicator, Source},
    indicator_figure::IndicatorFigure,
    scheme::Scheme,
    scoring::{Direction, MonthResult, ReviewAnswers},
    spine::{BusinessDate, EmployeeId, Id, Timestamp},
    working_time::{Period, Span},
};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// So many incidents of a value are kept.
const INCIDENTS_MAX: usize = 100;

/// What is known of some people when they are measured.
#[derive(Debug)]
pub(crate) struct Measuring {
    period: Period,
    schemes: Schemes,
    indicators: Directions,
    figures: BTreeMap<EmployeeId, Vec<IndicatorFigure>>,
    points: BTreeMap<EmployeeId, Vec<IncentiveEntry>>,
    answers: BTreeMap<Id<Appraisal>, ReviewAnswers>,
    months: BTreeMap<EmployeeId, Vec<MonthResult>>,
    at: Timestamp,
}

/// The indicators by their codes.
#[derive(Debug)]
struct Directions(BTreeMap<String, Indicator>);

impl DirectionOf for Directions {
    fn of(&self, indicator: &str) -> Direction {
        self.0.get(indicator).map_or(Direction::HigherIsBetter, |known| known.details.direction)
    }
}

fn by_person<T>(all: Vec<T>, of: impl Fn(&T) -> EmployeeId) -> BTreeMap<EmployeeId, Vec<T>> {
    let mut by: BTreeMap<EmployeeId, Vec<T>> = BTreeMap::new();
    for one in all {
        by.entry(of(&one)).or_default().push(one);
    }
    by
}

impl Measuring {
    /// What is known of the people of some sheets.
    pub fn of(
        reader: &mut Reader<'_>,
        period: &AppraisalPeriod,
        schemes: Schemes,
        sheets: &[Appraisal],
    ) -> Result<Self, Failure> {
        let people: Vec<EmployeeId> = sheets.iter().map(|sheet| sheet.employee).collect();
        let of = period.period;
        let months: Vec<Period> =
            (1..=of.span().months().unwrap_or(0)).filter_map(|month| of.nth_month(month)).collect();
        let is_year = of.span() == Span::Year;
        Ok(Self {
            period: of,
            schemes,
            indicators: Directions(indicator::all(reader)?),
            figures: by_person(indicator_figure::confirmed(reader, &people, of)?, |figure| figure.employee),
            points: by_person(points_of(reader, &people, &months)?, |entry| entry.employee),
            answers: appraisal_review::answers(reader, sheets)?,
            months: if is_year { year_of(reader, &people, of, &months)? } else { BTreeMap::new() },
            at: reader.now(),
        })
    }

    /// What is known of some sheets that were reckoned, to reckon them again: what was frozen stands in them, and so do the
    /// months of a year.
    pub fn again(
        reader: &mut Reader<'_>,
        period: &AppraisalPeriod,
        schemes: Schemes,
        sheets: &[Appraisal],
    ) -> Result<Self, Failure> {
        let of_year = |sheet: &Appraisal| Some((sheet.employee, sheet.year.as_ref()?.months.clone()));
        Ok(Self {
            period: period.period,
            schemes,
            indicators: Directions(indicator::all(reader)?),
            figures: BTreeMap::new(),
            points: BTreeMap::new(),
            answers: appraisal_review::answers(reader, sheets)?,
            months: sheets.iter().filter_map(of_year).collect(),
            at: reader.now(),
        })
    }

    fn scheme(&self, part: &SheetPart) -> Option<&Scheme> {
        let version = self.schemes.version(part.scheme.as_ref()?.id)?;
        part.unscored.is_none().then_some(&version.content)
    }

    /// What has grown with the days so far, as much as it would be at the end of each part if it went on like
    /// that.
    pub fn forecast(&self, sheet: &Appraisal, mut frozen: Frozen, today: BusinessDate) -> Frozen {
        for value in &mut frozen.values {
            let part = value.part.checked_sub(1).and_then(|place| sheet.parts.get(place));
            let Some(part) = part.filter(|part| part.from <= today && today < part.until) else { continue };
            let used = self.scheme(part).and_then(|scheme| scheme.indicator(&value.indicator));
            let grows = used.is_some_and(|used| used.by_days);
            let days = |until: BusinessDate| Decimal::from((until - part.from).num_days() + 1);
            let grown = value.value.map(|value| value * days(part.until));
            if let Some(grown) = grown.filter(|_| grows).and_then(|grown| grown.checked_div(days(today))) {
                value.value = Some(grown.round_dp(4));
            }
        }
        frozen
    }

    /// What a sheet comes to; changes nothing.
    pub fn compute(&self, sheet: &Appraisal, frozen: &Frozen) -> Scored {
        let period_days = self.period.first().iter_days().take_while(|day| *day <= self.period.last());
        let period_days = u32::try_from(period_days.count()).unwrap_or(u32::MAX);
        let schemes = |place: usize| {
            let scheme = self.scheme(sheet.parts.get(place.checked_sub(1)?)?)?;
            Some(SchemeOfPart { scheme, direction: &self.indicators, period_days })
        };
        let none = ReviewAnswers::default();
        let answers = self.answers.get(&sheet.id).unwrap_or(&none);
        sheet.compute(frozen, &schemes, answers, self.months.get(&sheet.employee).map(Vec::as_slice))
    }
}

/// The months of a year, those before they were appraised left out.
fn year_of(
    reader: &mut Reader<'_>,
    people: &[EmployeeId],
    year: Period,
    months: &[Period],
) -> Result<BTreeMap<EmployeeId, Vec<MonthResult>>, Failure> {
    let results = results_of(reader, people, Span::Month, (year.first(), year.last()))?;
    let of_person = |(employee, by): (EmployeeId, BTreeMap<Period, _>)| {
        let of_month = |month: &Period| {
            let verdict: &Option<domain::appraisal::Verdict> = by.get(month)?;
            let result = verdict.as_ref().map(|verdict| verdict.result);
            Some(MonthResult { month: month.to_string(), result })
        };
        (employee, months.iter().filter_map(of_month).collect())
    };
    Ok(results.into_iter().map(of_person).collect())
}

/// Measures what the schemes of a sheet ask for.
pub(crate) fn freeze(
    reader: &mut Reader<'_>,
    measuring: &Measuring,
    sheet: &Appraisal,
) -> Result<Frozen, Failure> {
    let mut values = Vec::new();
    let mut counts_twice = false;
    for (place, part) in sheet.parts.iter().enumerate() {
        let Some(scheme) = measuring.scheme(part) else { continue };
        counts_twice |= scheme.counts_incidents_twice;
        for used in &scheme.indicators {
            let Some(indicator) = measuring.indicators.0.get(&used.indicator) else { continue };
            values.push(value(reader, measuring, sheet.employee, (place + 1, part), indicator)?);
        }
    }
    let counted: BTreeSet<Uuid> = values.iter().flat_map(|value| value.incidents.iter().copied()).collect();
    let entries = measuring.points.get(&sheet.employee).map_or(&[][..], Vec::as_slice);
    let points = points(entries, |entry| !counts_twice && counted.contains(&entry.incident.id));
    for value in &mut values {
        value.incidents.truncate(INCIDENTS_MAX);
    }
    Ok(Frozen { at: measuring.at, values, points })
}

fn value(
    reader: &mut Reader<'_>,
    measuring: &Measuring,
    employee: EmployeeId,
    (place, part): (usize, &SheetPart),
    indicator: &Indicator,
) -> Result<FrozenValue, Failure> {
    let code = indicator.details.code.clone();
    let Source::Measured { measure, of } = &indicator.details.source else {
        let figures = measuring.figures.get(&employee).map_or(&[][..], Vec::as_slice);
        return Ok(entered(figures, place, indicator));
    };
    let Some(known) = measure::of_code(reader, measure) else {
        return Err(Failure::fault(format_args!("indicator {code}: no measure {measure}")));
    };
    let subject = of.clone().unwrap_or_default();
    let asked = Asked { employee, from: part.from, until: part.until, of: &subject };
    let measured = (known.of)(reader, &asked)?;
    let span = measuring.period.span();
    let adjustment =
        |Adjusted { on, about, value }| Adjustment { period: Period::containing(span, on), about, value };
    Ok(FrozenValue {
        part: place,
        indicator: code,
        value: measured.value,
        query: format!("{measure} {subject} {} {}", part.from, part.until),
        rows: measured.rows,
        digest: measured.digest,
        adjustments: measured.adjusted.into_iter().map(adjustment).collect(),
        incidents: measured.incidents,
        direction: Some(indicator.details.direction),
    })
}

/// What was entered and confirmed: the period's own figure, with what adjusts it. Without an own figure there
/// is none.
fn entered(figures: &[IndicatorFigure], place: usize, indicator: &Indicator) -> FrozenValue {
    let of_part = |figure: &&IndicatorFigure| {
        figure.indicator == indicator.id && usize::try_from(figure.part).is_ok_and(|part| part == place)
    };
    let mine: Vec<&IndicatorFigure> = figures.iter().filter(of_part).collect();
    let own = mine.iter().find(|figure| figure.adjusts.is_none()).map(|figure| figure.value);
    let adjustments: Vec<Adjustment> = mine
        .iter()
        .filter_map(|figure| {
            let adjusts = figure.adjusts.as_ref()?;
            Some(Adjustment { period: adjusts.period, about: adjusts.about.clone(), value: figure.value })
        })
        .collect();
    let adjusted: Decimal = adjustments.iter().map(|adjustment| adjustment.value).sum();
    FrozenValue {
        part: place,
        indicator: indicator.details.code.clone(),
        value: own.map(|own| own + adjusted),
        query: "entered".to_owned(),
        rows: i64::try_from(mine.len()).unwrap_or(i64::MAX),
        digest: digest(
            mine.iter().map(|figure| format!("{} {} {}", figure.id, figure.version, figure.value)),
        ),
        adjustments,
        incidents: Vec::new(),
        direction: Some(indicator.details.direction),
    }
}

fn points(entries: &[IncentiveEntry], is_left_out: impl Fn(&IncentiveEntry) -> bool) -> FrozenPoints {
    let mut points = FrozenPoints::default();
    for entry in entries {
        let IncentiveAmount::Points { points: amount } = &entry.amount else { continue };
        if is_left_out(entry) {
            points.left_out.push(entry.number.clone());
        } else {
            points.points += i64::from(*amount);
            points.entries.push(entry.number.clone());
        }
    }
    points.digest = digest(entries.iter().map(|entry| format!("{} {:?}", entry.number, entry.amount)));
    points
}
