//! What a certificate looks like, and those within the caller's sight. `[KPI-8, INT-4]`

use super::{
    find,
    row::{Row, own_department},
};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    schema::certificates,
    search,
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, Target, View, Where, columns,
        in_json, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    certificate::{Certificate, CertificateState, CertificateStatus, CertificateText},
    spine::{AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What somebody, or a team, is honoured with on paper.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "CE-2026-000007")]
    pub number: String,
    /// Whom it honours; null where it is a team.
    pub employee: Option<PersonRef>,
    /// The department: of the person, or the team itself.
    pub department: NamedRef,
    /// For which period.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// Whom it names.
    #[schema(max_length = 60, example = "李娜")]
    pub holder: String,
    /// The honour, in Chinese.
    #[schema(max_length = 60, example = "优秀员工")]
    pub title_zh: String,
    /// The honour, in English.
    #[schema(max_length = 60, example = "Employee of honour")]
    pub title_en: String,
    /// What for.
    #[schema(max_length = 200)]
    pub grounds: String,
    /// The clause by which it is given.
    #[schema(max_length = 200, example = "000 §10")]
    pub clause: String,
    /// Who gives it.
    #[schema(max_length = 60)]
    pub issuer: String,
    /// The day on which it was issued.
    pub issued_on: NaiveDate,
    /// Where it stands.
    pub status: CertificateState,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked.
    #[schema(max_length = 500)]
    pub revoked_because: Option<String>,
    /// Where its document is, a PDF; null of one that is revoked.
    #[schema(max_length = 200)]
    pub document: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for CertificateView {
    const REFERS: &'static [Refers] =
        &[Refers::to("employee", &EMPLOYEE), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/certificates/{}", self.id))
    }
}

/// A certificate where something refers to it.
pub static CERTIFICATE: Target =
    Target { permission: Permission::ReadAppraisals, look: |reader, id| in_json(view(reader, id.into())) };

/// One certificate, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Certificate>) -> Result<CertificateView, Failure> {
    let certificate = find(reader, id)?;
    show(reader, certificate)
}

/// How a certificate at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, certificate: Certificate) -> Result<CertificateView, Failure> {
    let register = Register::of(reader)?;
    shown(&register, certificate)
}

fn shown(register: &Register, certificate: Certificate) -> Result<CertificateView, Failure> {
    let Certificate {
        id,
        number,
        employee,
        department,
        period,
        incident: _,
        text,
        issued_on,
        status,
        version,
    } = certificate;
    let CertificateText { holder, title, grounds, clause, issuer } = text;
    let state = status.state();
    let (revoked_at, revoked_because) = match status {
        CertificateStatus::Issued {} => (None, None),
        CertificateStatus::Revoked { at, reason, .. } => (Some(at), Some(reason)),
    };
    Ok(CertificateView {
        id: id.uuid().into(),
        number,
        employee: employee.map(|employee| register.named(employee)).transpose()?,
        department: register.placed(department)?,
        period: period.to_string(),
        holder,
        title_zh: title.zh,
        title_en: title.en,
        grounds,
        clause,
        issuer,
        issued_on,
        status: state,
        revoked_at,
        revoked_because,
        document: (state == CertificateState::Issued).then(|| format!("/api/v1/certificates/{id}/document")),
        version,
    })
}

/// Which certificates are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct CertificateFilter {
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department, or of people in it.
    pub department_id: Option<DepartmentId>,
    /// Only for this period.
    #[validate(length(min = 4, max = 10))]
    #[param(min_length = 4, max_length = 10, example = "2026-05")]
    pub period: Option<String>,
    /// Only in these states, separated by commas.
    #[param(inline, example = "issued")]
    pub status: Several<CertificateState>,
    /// Only where this stands in number, title or name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: CertificateOrder,
}

impl Filter for CertificateFilter {}

orders! {
    /// By what certificates are ordered.
    pub CertificateOrder of Row in certificates by id, descending:
    created_at = id;
    issued_on;
    changed_at;
}

/// Certificates within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &CertificateFilter,
    page: &Page,
) -> Result<Slice<CertificateView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let mut people = Organisation::below_caller(reader)?;
        people.push(sight.employee);
        let people: Vec<Option<Key>> = people.into_iter().map(Some).collect();
        let team: Vec<Key> = own_department(reader)?.into_iter().map(Key::from).collect();
        let people = certificates::employee_id.eq_any(people);
        let teams = certificates::employee_id.is_null().and(certificates::department_id.eq_any(team));
        let reached = certificates::department_id.eq_any(sight.departments);
        wanted.also(people.or(teams.nullable()).or(reached.nullable()));
    }
    narrow!(wanted, certificates, filter;
        employee_id = employee_id, department_id = department_id, period = period, status in status);
    search!(wanted, filter, certificates::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        certificates::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, row.try_into()?))
}

columns! { CertificateView as "certificates" "荣誉证书" "Certificates", Permission::ExportAppraisals:
    number "编号" "Number";
    holder "获奖者" "Holder";
    department "部门" "Department";
    period "考核期" "Period";
    title_zh "荣誉" "Title";
    grounds "事由" "Grounds";
    clause "条款" "Clause";
    issued_on "颁发日期" "Issued on";
    status "状态" "Status";
}
