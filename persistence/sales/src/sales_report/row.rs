//! Rows of reports.

use crate::{
    organisation::Organisation,
    schema::sales_reports,
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, Where, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    sales_report::{SalesReport, SalesReportId},
    spine::{EmployeeId, Version},
    working_time::Period,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sales_reports, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub employee_id: Key,
    pub department_id: Key,
    pub span: String,
    pub period: String,
    pub figures: String,
    pub comment: Option<String>,
    pub status: String,
    pub compiled_at: Instant,
    pub submitted_at: Option<Instant>,
    pub changed_at: Instant,
    pub version: Version,
}

impl Row {
    fn of(report: &SalesReport, tx: &Tx<'_>) -> Result<Self, Failure> {
        let SalesReport { id, employee, department, period, figures, comment, .. } = report;
        let SalesReport { compiled_at, submitted_at, version, .. } = report;
        Ok(Self {
            id: (*id).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            span: report.span().code().to_owned(),
            period: period.to_string(),
            figures: serde_json::to_string(figures)?,
            comment: comment.clone(),
            status: report.state().code().to_owned(),
            compiled_at: (*compiled_at).into(),
            submitted_at: submitted_at.map(Into::into),
            changed_at: tx.now().into(),
            version: *version,
        })
    }

    pub fn report(self) -> Result<SalesReport, Failure> {
        let period = self.period.parse();
        Ok(SalesReport {
            id: self.id.into(),
            employee: self.employee_id.into(),
            department: self.department_id.into(),
            period: period.map_err(|_| Failure::corrupt("sales_reports", "period", self.id.0))?,
            figures: serde_json::from_str(&self.figures)?,
            comment: self.comment,
            compiled_at: self.compiled_at.into(),
            submitted_at: self.submitted_at.map(Into::into),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for SalesReport {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, sales_reports, &row, before) {
            // The other of two at once: done again, the first is found.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

/// That a report lies within the caller's sight: one's own, of those below one, and of departments in reach.
pub(super) fn covered(reader: &mut Reader<'_>) -> Result<Where, Failure> {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let mut theirs = Organisation::below_caller(reader)?;
        theirs.push(sight.employee);
        let reached = sales_reports::department_id.eq_any(sight.departments);
        wanted.also(sales_reports::employee_id.eq_any(theirs).or(reached));
    }
    Ok(wanted)
}

/// One report, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: SalesReportId) -> Result<SalesReport, Failure> {
    let (wanted, key) = (covered(reader)?, Key::from(id));
    let row: Row = db!(reader, |c| sales_reports::table
        .filter(&wanted)
        .filter(sales_reports::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.report()
}

/// One report whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: SalesReportId) -> Result<SalesReport, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| sales_reports::table
        .filter(sales_reports::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.report()
}

/// Whether somebody has a report of a period.
pub(super) fn is_there(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    period: Period,
) -> Result<bool, Failure> {
    let (person, text) = (Key::from(employee), period.to_string());
    let found = sales_reports::table
        .filter(sales_reports::employee_id.eq(person).and(sales_reports::period.eq(text)));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(found)).get_result(c))?)
}
