//! What is done with a period: opened, taken to its next stage, scored; a cohort of it distributed. `[KPI-6,
//! KPI-7]`

use super::{apply, pass};
use crate::{
    appraisal,
    organisation::{Organisation, department, referred},
    policy,
    scheme::Schemes,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    appraisal::{
        APPRAISAL_GRADE_UNKNOWN, Appraisal, AppraisalState, COHORT_TOO_SMALL, CalibrationKind,
        NO_DISTRIBUTION, Recalibrated,
    },
    appraisal_period::{AppraisalPeriod, AppraisalSettings, NOBODY_COVERED, Outstanding, Stage},
    organisation::working_calendar::WorkingCalendar,
    scheme::Scheme,
    scoring::{Ranked, distribute},
    spine::{BusinessDate, Citation, DepartmentId, Id, PolicyVersion, Refusal},
    working_time::{Period, WorkingTime},
};
use std::sync::Arc;

/// The last day of a stage that begins today.
fn due_on(reader: &mut Reader<'_>, stage: Stage) -> Result<Option<BusinessDate>, Failure> {
    let today = reader.today();
    let settings: Arc<PolicyVersion<AppraisalSettings>> = policy::in_force(reader, "company", today)?;
    let calendar: Arc<PolicyVersion<WorkingCalendar>> = policy::in_force(reader, "company", today)?;
    let time = WorkingTime::new(&calendar.content, reader.zone());
    let days = settings.content.stage_working_days.of(stage);
    Ok(days.map(|days| time.working_day_after(today, days).value))
}

/// Opens a period, and begins to find who is appraised.
///
/// # Errors
/// `appraisal_period.opened_already`, `appraisal_period.nobody_covered`, `scheme.not_a_period`.
pub fn open(tx: &mut Tx<'_>, period: Period) -> Result<AppraisalPeriod, Failure> {
    let due_on = due_on(tx, Stage::Targets)?;
    let change = AppraisalPeriod::open(tx.id(), period, due_on, tx.actor(), tx.now())?;
    if Schemes::of(tx, period.span())?.is_empty(period.last()) {
        let refusal = Refusal::new(NOBODY_COVERED).citing(Citation::rule("KPI-2"));
        return Err(refusal.with("period", period.to_string()).into());
    }
    let period = apply(tx, change)?;
    pass::go_on(tx, period)
}

/// Takes a period to its next stage.
///
/// # Errors
/// What still has to be done before: see [`AppraisalPeriod::may_advance`].
pub fn advance(tx: &mut Tx<'_>, period: AppraisalPeriod) -> Result<AppraisalPeriod, Failure> {
    // Nobody objects between the count of objections and the next stage.
    tx.connection().hold_rows("appraisal_periods", &[period.id.into()])?;
    let due_on = match period.stage().next() {
        Some(stage) => due_on(tx, stage)?,
        None => None,
    };
    let outstanding = match period.stage() {
        Stage::Calibration | Stage::Published => appraisal::outstanding(tx, period.id)?,
        _ => Outstanding::default(),
    };
    let at = (tx.now(), tx.today());
    let change = period.advance(outstanding, due_on, &tx.actor().clone(), at)?;
    let period = apply(tx, change)?;
    pass::go_on(tx, period)
}

/// Takes a period to its next stage behind the last day of the one it is in; leaves it where something is still to be done
/// before. Done twice, or by two servers, it goes one stage on.
///
/// # Errors
/// Where the database fails.
pub fn close_by_clock(tx: &mut Tx<'_>, id: Id<AppraisalPeriod>) -> Result<(), Failure> {
    tx.connection().hold_rows("appraisal_periods", &[id.into()])?;
    let period = super::find(tx, id)?;
    let is_over = period.due_on().is_some_and(|due_on| due_on < tx.today());
    if !is_over || !period.stage().ends_by_clock() || period.pass.is_some() {
        return Ok(());
    }
    let outstanding = appraisal::outstanding(tx, id)?;
    if period.stage() == Stage::Published && outstanding.objections > 0 {
        return Ok(());
    }
    advance(tx, period).map(drop)
}

/// Begins to score everybody of a period who has no result yet.
///
/// # Errors
/// See [`AppraisalPeriod::may_score`].
pub fn score(tx: &mut Tx<'_>, period: AppraisalPeriod) -> Result<AppraisalPeriod, Failure> {
    let change = period.score(tx.today())?;
    let period = apply(tx, change)?;
    pass::go_on(tx, period)
}

/// A cohort that is to be distributed.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// The department, with those below it.
    pub department: DepartmentId,
    /// The code of the scheme by which its people are measured.
    pub scheme: String,
    /// Why.
    pub reason: String,
}

/// Gives a cohort the grades that its scheme's forced distribution allows: nobody a better one than they
/// have. Answers how many have another now.
///
/// # Errors
/// `appraisal.cohort_too_small` with its size, `appraisal.no_distribution`, `appraisal.own`; a department out
/// of reach.
pub fn distribute_cohort(
    tx: &mut Tx<'_>,
    period: AppraisalPeriod,
    cohort: Cohort,
) -> Result<AppraisalPeriod, Failure> {
    let Cohort { department, scheme: code, reason } = cohort;
    tx.connection().hold_rows("appraisal_periods", &[period.id.into()])?;
    period.ensure(Stage::Calibration)?;
    period.ensure_at_rest()?;
    referred(department::ensure_within_reach(tx, department), "/department_id")?;
    let organisation = Organisation::today(tx)?;
    let below: Vec<Key> = {
        use domain::approval::Directory;
        let all = organisation.departments().into_iter().map(|(id, _)| id);
        all.filter(|id| organisation.lies_within(*id, department)).map(Key::from).collect()
    };
    let people: Vec<Appraisal> = appraisal::scored_of(tx, period.id, &below)?
        .into_iter()
        .filter(|one| one.scheme.as_ref().is_some_and(|scheme| scheme.code == code))
        .collect();
    let none = || Refusal::new(NO_DISTRIBUTION).citing(Citation::rule("KPI-6"));
    let schemes = Schemes::of(tx, period.period.span())?;
    let version = people.last().and_then(|one| schemes.version(one.scheme.as_ref()?.id));
    let version = version.ok_or_else(none)?;
    let rule = version.content.distribution.as_ref().ok_or_else(none)?;
    let given = ranked(people, &version.content)?;
    let grades: Vec<&str> = version.content.grades.iter().map(|grade| grade.code.as_str()).collect();
    let given = distribute(&given, &grades, &rule.at_most, rule.cohort_at_least).map_err(|small| {
        let refusal = Refusal::new(COHORT_TOO_SMALL).citing(version.cite("KPI-6", None));
        refusal.with("size", small.size).with("least", small.least)
    })?;
    let (by, now) = (tx.actor().clone(), tx.now());
    let mut changed = 0;
    for Ranked { who, grade, .. } in given {
        let grade = grades.get(grade).map(|grade| (*grade).to_owned());
        if who.verdict.as_ref().map(|verdict| &verdict.grade) == grade.as_ref() {
            continue;
        }
        let to = Recalibrated { result: None, grade, reason: reason.clone() };
        let change = who.calibrate(to, CalibrationKind::Distribution, &version.content, &by, now)?;
        appraisal::apply(tx, change)?;
        changed += 1;
    }
    apply(tx, period.distributed(department, &code, changed))
}

/// People with their results and the places of their grades.
fn ranked(people: Vec<Appraisal>, scheme: &Scheme) -> Result<Vec<Ranked<Appraisal>>, Refusal> {
    let people = people.into_iter().filter(|one| one.state == AppraisalState::Scored);
    let ranked = people.filter_map(|who| {
        let verdict = who.verdict.clone()?;
        let unknown = || Refusal::new(APPRAISAL_GRADE_UNKNOWN).with("grade", verdict.grade.as_str());
        let grade = scheme.place(&verdict.grade).ok_or_else(unknown);
        Some(grade.map(|grade| Ranked { who, result: verdict.result, grade }))
    });
    ranked.collect()
}
