//! Rows of appraisals.

use crate::{
    organisation::Organisation,
    schema::{appraisal_periods as periods, appraisals},
    spine::{Failure, Instant, Key, Reader, Stored, Tx, Where, db, guard, is_taken, save_row},
};
use diesel::{dsl::count_star, prelude::*};
use domain::{
    appraisal::{
        Appraisal, AppraisalState, Calibration, Exemption, Frozen, Objection, Reopening, SchemeReference,
        SetTarget, SheetPart, Unscorable, Verdict,
    },
    appraisal_period::{AppraisalPeriod, Outstanding},
    scoring::{Computation, YearSum},
    spine::{EmployeeId, Id, Permission, Reach, Version},
    working_time::{Period, Span},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = appraisals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub appraisal_period_id: Key,
    pub employee_id: Key,
    pub department_id: Key,
    pub scheme_id: Option<Key>,
    pub revision: i32,
    pub status: String,
    pub result_hundredths: i64,
    pub grade: Option<String>,
    pub is_objected: bool,
    pub preceding_id: Option<Key>,
    pub detail: String,
    pub changed_at: Instant,
    pub version: Version,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    scheme: Option<SchemeReference>,
    parts: Vec<SheetPart>,
    targets: Vec<SetTarget>,
    frozen: Option<Frozen>,
    computation: Option<Computation>,
    year: Option<YearSum>,
    verdict: Option<Verdict>,
    calibrations: Vec<Calibration>,
    objection: Option<Objection>,
    unscored: Option<Unscorable>,
    exemption: Option<Exemption>,
    reopening: Option<Reopening>,
}

/// A result of two places in hundredths; of none, less than nothing.
fn hundredths(verdict: Option<&Verdict>) -> i64 {
    verdict.and_then(|verdict| (verdict.result * Decimal::ONE_HUNDRED).to_i64()).unwrap_or(-1)
}

impl Row {
    fn of(appraisal: &Appraisal, tx: &Tx<'_>) -> Result<Self, Failure> {
        let Appraisal { id, period, employee, department, scheme, parts, targets, frozen, .. } = appraisal;
        let Appraisal { computation, year, verdict, calibrations, objection, unscored, .. } = appraisal;
        let Appraisal { exemption, state, revision, reopening, version, .. } = appraisal;
        let detail = Detail {
            scheme: scheme.clone(),
            parts: parts.clone(),
            targets: targets.clone(),
            frozen: frozen.clone(),
            computation: computation.clone(),
            year: year.clone(),
            verdict: verdict.clone(),
            calibrations: calibrations.clone(),
            objection: objection.clone(),
            unscored: *unscored,
            exemption: exemption.clone(),
            reopening: reopening.clone(),
        };
        Ok(Self {
            id: (*id).into(),
            appraisal_period_id: (*period).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            scheme_id: scheme.as_ref().map(|scheme| scheme.id.into()),
            revision: *revision,
            status: state.code().to_owned(),
            result_hundredths: hundredths(verdict.as_ref()),
            grade: verdict.as_ref().map(|verdict| verdict.grade.clone()),
            is_objected: objection.as_ref().is_some_and(|objection| objection.ruling.is_none()),
            preceding_id: reopening.as_ref().map(|reopening| reopening.of.into()),
            detail: serde_json::to_string(&detail)?,
            changed_at: tx.now().into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for Appraisal {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let detail: Detail = serde_json::from_str(&row.detail)?;
        let Detail { scheme, parts, targets, frozen, computation, year, verdict, calibrations, .. } = detail;
        let Detail { objection, unscored, exemption, reopening, .. } = detail;
        let corrupt = || Failure::corrupt("appraisals", "status", row.id.0);
        Ok(Self {
            id: row.id.into(),
            period: row.appraisal_period_id.into(),
            employee: row.employee_id.into(),
            department: row.department_id.into(),
            scheme,
            parts,
            targets,
            frozen,
            computation,
            year,
            verdict,
            calibrations,
            objection,
            unscored,
            exemption,
            state: AppraisalState::from_code(&row.status).ok_or_else(corrupt)?,
            revision: row.revision,
            reopening,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for Appraisal {
    const GROWING: &'static [&'static str] = &["calibrations"];

    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, appraisals, &row, before) {
            // Somebody else opened it, or asked for the same revision, meanwhile: done again, this finds it.
            Err(error) if before.is_none() && is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Appraisal>, Failure> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One appraisal whoever asks: for rules, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: Id<Appraisal>) -> Result<Appraisal, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| appraisals::table.filter(appraisals::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// How far the caller sees appraisals of people who are not below them: as far as they organise them. Whoever reads for other
/// work, all customers or all claims, has as little to do with results as anybody. `[KPI-9]`
pub(super) fn organised(reader: &Reader<'_>) -> Reach {
    reader.actor().reach(Permission::ManageAppraisals)
}

/// One appraisal that the caller may see: their own, that of somebody below them, and what they organise.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Appraisal>) -> Result<Appraisal, Failure> {
    let appraisal = find_unscoped(reader, id)?;
    let is_own = reader.actor().is(appraisal.employee);
    if is_own || organised(reader).covers(appraisal.department, false) {
        return Ok(appraisal);
    }
    let is_above = Organisation::caller_is_above(reader, appraisal.employee)?;
    if is_above { Ok(appraisal) } else { Err(Failure::NotFound) }
}

/// Whether the caller may read an appraisal.
pub(super) fn may_read(reader: &mut Reader<'_>, appraisal: Uuid) -> Result<bool, Failure> {
    reader.is_seen_by(Permission::ReadAppraisals, |reader| find(reader, Id::from_uuid(appraisal)))
}

/// The first revisions of some people in a period.
pub(crate) fn of_people(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    people: &[EmployeeId],
) -> Result<BTreeMap<EmployeeId, Appraisal>, Failure> {
    let (key, people): (Key, Vec<Key>) = (period.into(), people.iter().copied().map(Key::from).collect());
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .filter(appraisals::appraisal_period_id.eq(key).and(appraisals::revision.eq(1)))
        .filter(appraisals::employee_id.eq_any(&people))
        .select(Row::as_select())
        .load(c))?;
    Ok(all(rows)?.into_iter().map(|appraisal| (appraisal.employee, appraisal)).collect())
}

/// Those of a period that have a result which is not final, behind a person, in the order of people; at most
/// so many.
pub(crate) fn scored_behind(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    behind: Option<Key>,
    limit: i64,
) -> Result<Vec<Appraisal>, Failure> {
    let key = Key::from(period);
    let mut wanted = Where::new();
    wanted.also(appraisals::appraisal_period_id.eq(key));
    wanted.also(appraisals::status.eq(AppraisalState::Scored.code()));
    if let Some(behind) = behind {
        wanted.also(appraisals::employee_id.gt(behind));
    }
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .filter(&wanted)
        .order(appraisals::employee_id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    all(rows)
}

/// Those of a period and some departments that have a result which is not final.
pub(crate) fn scored_of(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    departments: &[Key],
) -> Result<Vec<Appraisal>, Failure> {
    let (key, scored) = (Key::from(period), AppraisalState::Scored.code());
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .filter(appraisals::appraisal_period_id.eq(key).and(appraisals::status.eq(scored)))
        .filter(appraisals::department_id.eq_any(departments))
        .order(appraisals::id)
        .select(Row::as_select())
        .load(c))?;
    all(rows)
}

/// So many sheets are read at once.
const AT_ONCE: i64 = 500;

/// The first revisions of a period that were reckoned, behind a person, in the order of people.
pub(crate) fn computed_behind(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    behind: Option<Key>,
) -> Result<Vec<Appraisal>, Failure> {
    let key = Key::from(period);
    let reckoned = [AppraisalState::Scored, AppraisalState::Final].map(AppraisalState::code);
    let mut wanted = Where::new();
    wanted.also(appraisals::appraisal_period_id.eq(key).and(appraisals::revision.eq(1)));
    wanted.also(appraisals::status.eq_any(reckoned));
    if let Some(behind) = behind {
        wanted.also(appraisals::employee_id.gt(behind));
    }
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .filter(&wanted)
        .order(appraisals::employee_id)
        .limit(AT_ONCE)
        .select(Row::as_select())
        .load(c))?;
    all(rows)
}

/// The sheets of a period that are final, of all revisions, behind a sheet, by id.
pub(crate) fn final_of_period(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
    behind: Option<Key>,
) -> Result<Vec<Appraisal>, Failure> {
    let key = Key::from(period);
    let mut wanted = Where::new();
    wanted.also(appraisals::appraisal_period_id.eq(key));
    wanted.also(appraisals::status.eq(AppraisalState::Final.code()));
    if let Some(behind) = behind {
        wanted.also(appraisals::id.gt(behind));
    }
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .filter(&wanted)
        .order(appraisals::id)
        .limit(AT_ONCE)
        .select(Row::as_select())
        .load(c))?;
    all(rows)
}

/// The sheets by some versions of a scheme that are final, of the periods from one to another, behind a sheet, by id.
pub(crate) fn final_behind(
    reader: &mut Reader<'_>,
    schemes: &[Key],
    (from, until): (Period, Period),
    behind: Option<Key>,
) -> Result<Vec<Appraisal>, Failure> {
    let mut wanted = Where::new();
    let schemes: Vec<Option<Key>> = schemes.iter().copied().map(Some).collect();
    wanted.also(appraisals::scheme_id.eq_any(schemes));
    wanted.also(appraisals::status.eq(AppraisalState::Final.code()));
    wanted.also(periods::first_on.ge(from.first()).and(periods::last_on.le(until.last())));
    if let Some(behind) = behind {
        wanted.also(appraisals::id.gt(behind));
    }
    let rows: Vec<Row> = db!(reader, |c| appraisals::table
        .inner_join(periods::table)
        .filter(&wanted)
        .order(appraisals::id)
        .limit(AT_ONCE)
        .select(Row::as_select())
        .load(c))?;
    all(rows)
}

/// What of a period has still to be done before it goes on.
pub(crate) fn outstanding(
    reader: &mut Reader<'_>,
    period: Id<AppraisalPeriod>,
) -> Result<Outstanding, Failure> {
    let key = Key::from(period);
    let open = [AppraisalState::Open, AppraisalState::Blocked].map(AppraisalState::code);
    let unscored: i64 = db!(reader, |c| appraisals::table
        .filter(appraisals::appraisal_period_id.eq(key).and(appraisals::status.eq_any(open)))
        .select(count_star())
        .first(c))?;
    let objections: i64 = db!(reader, |c| appraisals::table
        .filter(appraisals::appraisal_period_id.eq(key).and(appraisals::is_objected.eq(true)))
        .select(count_star())
        .first(c))?;
    Ok(Outstanding { unscored, objections })
}

/// The last revision behind one, with its number, where there is one.
pub(crate) fn later(
    reader: &mut Reader<'_>,
    of: &Appraisal,
) -> Result<Option<(AppraisalState, i32)>, Failure> {
    let (period, employee, revision) = (Key::from(of.period), Key::from(of.employee), of.revision);
    let row: Option<(Key, String, i32)> = db!(reader, |c| appraisals::table
        .filter(appraisals::appraisal_period_id.eq(period).and(appraisals::employee_id.eq(employee)))
        .filter(appraisals::revision.gt(revision))
        .order(appraisals::revision.desc())
        .select((appraisals::id, appraisals::status, appraisals::revision))
        .first(c)
        .optional())?;
    let state = |(id, status, revision): (Key, String, i32)| {
        let state = AppraisalState::from_code(&status);
        Ok((state.ok_or_else(|| Failure::corrupt("appraisals", "status", id.0))?, revision))
    };
    row.map(state).transpose()
}

/// What somebody's periods of a kind came to within a stretch of days, by period: the last revision of each
/// counts once it is final; none where they were exempt.
pub(crate) fn results_of(
    reader: &mut Reader<'_>,
    people: &[EmployeeId],
    span: Span,
    (from, until): (domain::spine::BusinessDate, domain::spine::BusinessDate),
) -> Result<BTreeMap<EmployeeId, BTreeMap<Period, Option<Verdict>>>, Failure> {
    let keys: Vec<Key> = people.iter().copied().map(Key::from).collect();
    let counting = [AppraisalState::Final, AppraisalState::Exempt].map(AppraisalState::code);
    let rows: Vec<(String, Row)> = db!(reader, |c| appraisals::table
        .inner_join(periods::table)
        .filter(appraisals::employee_id.eq_any(&keys).and(appraisals::status.eq_any(counting)))
        .filter(periods::first_on.ge(from).and(periods::last_on.le(until)))
        .order((periods::first_on, appraisals::revision))
        .select((periods::period, Row::as_select()))
        .load(c))?;
    let mut results: BTreeMap<EmployeeId, BTreeMap<Period, Option<Verdict>>> = BTreeMap::new();
    for (period, row) in rows {
        let corrupt = || Failure::corrupt("appraisal_periods", "period", row.appraisal_period_id.0);
        let period: Period = period.parse().map_err(|_| corrupt())?;
        if period.span() == span {
            let appraisal = Appraisal::try_from(row)?;
            let verdict = appraisal.verdict.filter(|_| appraisal.state == AppraisalState::Final);
            results.entry(appraisal.employee).or_default().insert(period, verdict);
        }
    }
    Ok(results)
}
