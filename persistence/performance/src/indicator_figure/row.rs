//! Rows of figures.

use crate::{
    organisation::Organisation,
    schema::indicator_figures as figures,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    file::File,
    indicator::Indicator,
    indicator_figure::{Adjusts, ENTERED_TWICE, FigureState, FigureStatus, IndicatorFigure},
    spine::{Citation, EmployeeId, Id, Refusal, Version},
    working_time::Period,
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = figures, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub indicator_id: Key,
    pub employee_id: Key,
    pub department_id: Key,
    pub period: String,
    pub part: i32,
    pub value: String,
    pub adjusts_period: Option<String>,
    pub held: Option<String>,
    pub entered_by_id: Key,
    pub entered_at: Instant,
    pub status: String,
    pub detail: String,
    pub changed_at: Instant,
    pub version: Version,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    about: Option<String>,
    basis: String,
    evidence: Vec<Id<File>>,
    status: FigureStatus,
}

/// What it is the figure of, as one text, by which it is unique.
fn held(figure: &IndicatorFigure) -> Option<String> {
    let IndicatorFigure { indicator, employee, period, part, adjusts, status, .. } = figure;
    let counts = adjusts.is_none() && status.state().is_live();
    counts.then(|| held_as(*indicator, *employee, *period, *part))
}

fn held_as(indicator: Id<Indicator>, employee: EmployeeId, period: Period, part: i32) -> String {
    format!("{indicator}:{employee}:{period}:{part}")
}

impl Row {
    fn of(figure: &IndicatorFigure, tx: &Tx<'_>) -> Result<Self, Failure> {
        let IndicatorFigure { id, indicator, employee, department, period, part, value, adjusts, .. } =
            figure;
        let IndicatorFigure { basis, evidence, entered_by, entered_at, status, version, .. } = figure;
        let (adjusts_period, about) =
            adjusts.as_ref().map(|adjusts| (adjusts.period.to_string(), adjusts.about.clone())).unzip();
        let detail =
            Detail { about, basis: basis.clone(), evidence: evidence.clone(), status: status.clone() };
        Ok(Self {
            id: (*id).into(),
            indicator_id: (*indicator).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            period: period.to_string(),
            part: *part,
            value: value.to_string(),
            adjusts_period,
            held: held(figure),
            entered_by_id: (*entered_by).into(),
            entered_at: (*entered_at).into(),
            status: status.state().code().to_owned(),
            detail: serde_json::to_string(&detail)?,
            changed_at: tx.now().into(),
            version: *version,
        })
    }
}

impl TryFrom<Row> for IndicatorFigure {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("indicator_figures", column, row.id.0);
        let Detail { about, basis, evidence, status } = serde_json::from_str(&row.detail)?;
        let period = |text: &str| text.parse::<Period>();
        let adjusts = match (&row.adjusts_period, about) {
            (Some(text), Some(about)) => {
                Some(Adjusts { period: period(text).map_err(|_| corrupt("adjusts_period"))?, about })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            indicator: row.indicator_id.into(),
            employee: row.employee_id.into(),
            department: row.department_id.into(),
            period: period(&row.period).map_err(|_| corrupt("period"))?,
            part: row.part,
            value: row.value.parse().map_err(|_| corrupt("value"))?,
            adjusts,
            basis,
            evidence,
            entered_by: row.entered_by_id.into(),
            entered_at: row.entered_at.into(),
            status,
            version: row.version,
        })
    }
}

impl Stored<crate::Performance> for IndicatorFigure {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, figures, &row, before) {
            Err(error) if is_taken(&error) => {
                Err(Refusal::new(ENTERED_TWICE).citing(Citation::rule("KPI-1")).into())
            }
            saved => guard(saved?),
        }
    }
}

/// One figure that the caller may see: their own, one they entered, that of somebody below them, what lies
/// within reach.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<IndicatorFigure>) -> Result<IndicatorFigure, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| figures::table.filter(figures::id.eq(key)).select(Row::as_select()).first(c))?;
    let figure = IndicatorFigure::try_from(row)?;
    let is_own = reader.actor().is(figure.employee) || figure.entered_by == reader.actor().user;
    if is_own || reader.reach().covers(figure.department, false) {
        return Ok(figure);
    }
    if Organisation::caller_is_above(reader, figure.employee)? { Ok(figure) } else { Err(Failure::NotFound) }
}

/// What is confirmed about some people for a period, whoever asks, in the order in which it was entered.
///
/// # Errors
/// Where the database fails.
pub fn confirmed(
    reader: &mut Reader<'_>,
    employees: &[EmployeeId],
    period: Period,
) -> Result<Vec<IndicatorFigure>, Failure> {
    let keys: Vec<Key> = employees.iter().copied().map(Key::from).collect();
    let (period, state) = (period.to_string(), FigureState::Confirmed.code());
    let rows: Vec<Row> = db!(reader, |c| figures::table
        .filter(figures::employee_id.eq_any(&keys).and(figures::period.eq(&period)))
        .filter(figures::status.eq(state))
        .order(figures::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The figure that holds for an indicator, a person and a part of a period, where there is one.
///
/// # Errors
/// Where the database fails.
pub(super) fn standing(
    reader: &mut Reader<'_>,
    indicator: Id<Indicator>,
    employee: EmployeeId,
    period: Period,
    part: i32,
) -> Result<Option<IndicatorFigure>, Failure> {
    let held = held_as(indicator, employee, period, part);
    let row: Option<Row> = db!(reader, |c| figures::table
        .filter(figures::held.eq(&held))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}
