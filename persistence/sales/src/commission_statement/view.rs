//! What a statement looks like, and the statements within the caller's sight. `[COM-11]`

use super::{
    find,
    row::{Row, covered},
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{commission_statements, sales},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Slice, View, columns, db, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    commission_batch::CommissionBatchId,
    commission_statement::{CommissionStatement, CommissionStatementId, CommissionStatementState},
    sale::SaleId,
    spine::{AnyId, Currency, DepartmentId, EmployeeId, Money, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// What a person is paid of commission for a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionStatement)]
pub struct CommissionStatementView {
    /// Its identity.
    pub id: CommissionStatementId,
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// Where it stands.
    pub status: CommissionStatementState,
    /// Whose it is.
    pub employee: PersonRef,
    /// Their department on the last day of the month.
    pub department: NamedRef,
    /// What the month before left below nothing.
    pub carried: Money,
    /// What the lines that are not held come to, with that.
    pub sum: Money,
    /// What is paid out.
    pub payable: Money,
    /// What the next month begins with.
    pub carries: Money,
    /// What tells whether reckoning it again came to the same.
    #[schema(max_length = 64)]
    pub digest: String,
    /// Until when the person may object.
    pub objection_until: Option<Timestamp>,
    /// Its lines.
    #[schema(max_items = 100000)]
    pub lines: Vec<CommissionStatementLineView>,
    /// What the person objects to.
    #[schema(max_items = 1000)]
    pub objections: Vec<ObjectionView>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A line of a statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionStatementLine)]
pub struct CommissionStatementLineView {
    /// The entry of commission it shows: what an objection names.
    pub entry_id: AnyId,
    /// The sale.
    pub sale_id: SaleId,
    /// The number of its contract.
    #[schema(max_length = 60, example = "SC-2026-000012")]
    pub number: String,
    /// How much.
    pub amount: Money,
    /// Whether it waits for an objection.
    pub held: bool,
}

/// An objection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionObjection)]
pub struct ObjectionView {
    /// To which line.
    pub entry_id: AnyId,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// What was said to settle it.
    #[schema(max_length = 500)]
    pub settled: Option<String>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

impl View for CommissionStatementView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/commission-statements/{}", self.id))
    }
}

const fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::Cny)
}

/// One statement, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: CommissionStatementId) -> Result<CommissionStatementView, Failure> {
    let statement = find(reader, id)?;
    show(reader, statement)
}

/// How a statement at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(
    reader: &mut Reader<'_>,
    statement: CommissionStatement,
) -> Result<CommissionStatementView, Failure> {
    let register = Register::of(reader)?;
    let reckoned = &statement.reckoned;
    let sales: Vec<Key> = reckoned.lines.iter().filter_map(|line| line.sale).map(Key).collect();
    let numbers: Vec<(Key, String)> = db!(reader, |c| sales::table
        .filter(sales::id.eq_any(&sales))
        .select((sales::id, sales::number))
        .load(c))?;
    let numbers: HashMap<Uuid, String> = numbers.into_iter().map(|(id, number)| (id.0, number)).collect();
    let lines = reckoned.lines.iter().map(|line| {
        let sale = line.sale.unwrap_or_default();
        CommissionStatementLineView {
            entry_id: line.source.into(),
            sale_id: SaleId::from_uuid(sale),
            number: numbers.get(&sale).cloned().unwrap_or_default(),
            amount: yuan(line.amount),
            held: line.held,
        }
    });
    let lines = lines.collect();
    let objections = statement.objections.iter().map(|said| ObjectionView {
        entry_id: said.source.into(),
        reason: said.reason.clone(),
        at: said.at,
        settled: said.settled.as_ref().map(|(note, _, _)| note.clone()),
        settled_at: said.settled.as_ref().map(|(_, _, at)| *at),
    });
    Ok(CommissionStatementView {
        id: statement.id,
        month: statement.month.to_string(),
        status: statement.state,
        employee: register.named(reckoned.person)?,
        department: register.placed(statement.department)?,
        carried: yuan(reckoned.carried),
        sum: yuan(reckoned.sum()),
        payable: yuan(reckoned.payable()),
        carries: yuan(reckoned.carries()),
        digest: reckoned.digest(),
        objection_until: statement.objection_until,
        lines,
        objections: objections.collect(),
        approved_by: statement.approved_by,
        version: statement.version,
    })
}

/// A statement in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommissionStatementSummary)]
pub struct CommissionStatementSummary {
    /// Its identity.
    pub id: CommissionStatementId,
    /// The month.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// Where it stands.
    pub status: CommissionStatementState,
    /// Whose it is.
    pub employee: PersonRef,
    /// Their department.
    pub department: NamedRef,
    /// What the month before left below nothing.
    pub carried: Money,
    /// What is paid out.
    pub payable: Money,
    /// What the next month begins with.
    pub carries: Money,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CommissionStatementSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
}

/// Which statements are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CommissionStatementFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "published,approved")]
    pub status: Several<CommissionStatementState>,
    /// Only of this month.
    #[validate(length(min = 7, max = 7))]
    #[param(min_length = 7, max_length = 7, example = "2026-05")]
    pub month: Option<String>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only what goes with this batch of the payroll.
    pub commission_batch_id: Option<CommissionBatchId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CommissionStatementOrder,
}

impl Filter for CommissionStatementFilter {}

orders! {
    /// By what statements are ordered.
    pub CommissionStatementOrder of Row in commission_statements by id, descending:
    created_at = id;
    changed_at;
}

/// Statements within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CommissionStatementFilter,
    page: &Page,
) -> Result<Slice<CommissionStatementSummary>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, commission_statements, filter;
        status in status, month = month, employee_id = employee_id, department_id = department_id,
        batch_id = commission_batch_id, changed_at >= changed_from, changed_at < changed_before);
    let found = paged!(reader, page, filter.sort, wanted;
        commission_statements::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(register: &Register, row: Row) -> Result<CommissionStatementSummary, Failure> {
    Ok(CommissionStatementSummary {
        id: row.id.into(),
        status: row.state()?,
        employee: register.named(row.employee_id.into())?,
        department: register.placed(row.department_id.into())?,
        carried: yuan(row.carried_minor),
        payable: yuan(row.sum_minor.max(0)),
        carries: yuan(row.sum_minor.min(0)),
        month: row.month,
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { CommissionStatementSummary as "commission-statements" "佣金结算单" "Commission statements", domain::spine::Permission::ExportSales:
    month "月份" "Month";
    employee "员工" "Employee";
    department "部门" "Department";
    status "状态" "Status";
    carried "上月结转" "Carried over";
    payable "应发佣金" "Payable";
    carries "结转下月" "Carries";
    changed_at "更新时间" "Changed at";
}
