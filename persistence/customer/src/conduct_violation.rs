//! Violations of the rules of conduct in the database, with what is entered in the ledger for them. `[QUE-4]`

use crate::{
    incentive_entry::by_rule::{self, ByRule},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, employee, referred},
    policy::{self, Kind, Shipped},
    schema::conduct_violations,
    site,
    spine::{
        Failure, Filter, Instant, Key, Page, Part, Reader, Refers, Several, Sight, Slice, Stored, Tx, View,
        Where, columns, db, guard, narrow, orders, paged, reached, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    conduct_violation::{
        CONDUCT_CODE, ConductRule, ConductViolation, NewViolation, ReceptionConduct, SHIPPED_CONDUCT, Voiding,
    },
    incentive_entry::{Incident, IncidentKind, UndoGround},
    site::Site,
    spine::{
        AnyId, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Explanation, Id, Timestamp, UserId,
        Version,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Kind::of::<ReceptionConduct>(),
    &Shipped::text(CONDUCT_CODE, "接待行为规范", "002 §5(二)", SHIPPED_CONDUCT),
];

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = conduct_violations, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    employee_id: Key,
    department_id: Key,
    site_id: Key,
    rule: String,
    happened_on: BusinessDate,
    account: String,
    citation: String,
    recorded_by_id: Key,
    recorded_at: Instant,
    voided: Option<String>,
    version: Version,
}

impl Row {
    fn of(violation: &ConductViolation) -> Result<Self, Failure> {
        let ConductViolation { id, employee, department, site, rule, on, account, citation, .. } = violation;
        let ConductViolation { recorded_by, recorded_at, voided, version, .. } = violation;
        Ok(Self {
            id: (*id).into(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            site_id: (*site).into(),
            rule: rule.code().to_owned(),
            happened_on: *on,
            account: account.clone(),
            citation: serde_json::to_string(citation)?,
            recorded_by_id: (*recorded_by).into(),
            recorded_at: (*recorded_at).into(),
            voided: voided.as_ref().map(serde_json::to_string).transpose()?,
            version: *version,
        })
    }
}

impl TryFrom<Row> for ConductViolation {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Row { id, employee_id, department_id, site_id, rule, happened_on, account, citation, .. } = row;
        let corrupt = || Failure::corrupt("conduct_violations", "rule", id.0);
        Ok(Self {
            id: id.into(),
            employee: employee_id.into(),
            department: department_id.into(),
            site: site_id.into(),
            rule: ConductRule::from_code(&rule).ok_or_else(corrupt)?,
            on: happened_on,
            account,
            citation: serde_json::from_str(&citation)?,
            recorded_by: row.recorded_by_id.into(),
            recorded_at: row.recorded_at.into(),
            voided: row.voided.as_deref().map(serde_json::from_str::<Voiding>).transpose()?,
            version: row.version,
        })
    }
}

impl Stored<crate::Customer> for ConductViolation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self)?;
        guard(save_row!(tx, conduct_violations, &row, before)?)
    }
}

crate::spine::resource! { crate::Customer: ConductViolation as ViolationView; find, apply, show = show }

/// Writes a change of a violation.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<ConductViolation>) -> Result<ConductViolation, Failure> {
    tx.apply(change)
}

/// What is recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Who broke the rule.
    pub employee: EmployeeId,
    /// Where.
    pub site: Id<Site>,
    /// Which rule.
    pub rule: ConductRule,
    /// On which day; today where none is named.
    pub on: Option<BusinessDate>,
    /// What happened.
    pub account: String,
}

/// Records a violation at a site within reach, and enters what the rules take for it.
///
/// # Errors
/// A site out of reach, somebody who does not work here; what [`ConductViolation::record`] refuses.
pub fn record(tx: &mut Tx<'_>, recording: Recording) -> Result<ViolationView, Failure> {
    let Recording { employee, site, rule, on, account } = recording;
    let (now, today) = (tx.now(), tx.today());
    let site = referred(site::find(tx, site), "/site_id")?;
    employee::refer(tx, employee, "/employee_id")?;
    let rules: Arc<_> = policy::in_force::<ReceptionConduct>(tx, "company", today)?;
    let new = NewViolation { id: tx.id(), employee, rule, on: on.unwrap_or(today), account };
    let (change, amount) = ConductViolation::record(new, &site, &rules, tx.actor(), (now, today))?;
    let violation = apply(tx, change)?;
    let citation = violation.citation.clone();
    let facts = json!({"violation_id": violation.id, "rule": rule, "site": site.details.name});
    let grounds = format!("{}：{}（{}）", rule.labels().0, violation.account, site.details.name);
    by_rule::enter(
        tx,
        ByRule {
            employee,
            incident: incident(&violation),
            amount,
            grounds,
            citation: citation.clone(),
            monthly_cap: None,
            why: Explanation::new("conduct_violated", citation, facts),
        },
    )?;
    show(tx, violation)
}

/// Voids a record, and takes back what was entered for it.
///
/// # Errors
/// What [`ConductViolation::void`] refuses.
pub fn void(
    tx: &mut Tx<'_>,
    violation: ConductViolation,
    reason: String,
) -> Result<ConductViolation, Failure> {
    let change = violation.void(reason, tx.actor(), tx.now())?;
    let violation = apply(tx, change)?;
    by_rule::take_back(tx, &incident(&violation), UndoGround::Void)?;
    Ok(violation)
}

fn incident(violation: &ConductViolation) -> Incident {
    Incident { kind: IncidentKind::Conduct, id: violation.id.uuid(), on: violation.on }
}

/// What the caller sees of violations: their own, and those of departments in reach.
fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), conduct_violations, employee_id)
}

/// One violation, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<ConductViolation>) -> Result<ConductViolation, Failure> {
    let mut wanted = covered(reader);
    wanted.also(conduct_violations::id.eq(Key::from(id)));
    let row: Row =
        db!(reader, |c| conduct_violations::table.filter(&wanted).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// A violation of a rule of conduct.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConductViolation)]
pub struct ViolationView {
    /// Its identity.
    pub id: AnyId,
    /// Who broke the rule.
    pub employee: PersonRef,
    /// The department that receives at the site.
    pub department: NamedRef,
    /// Where.
    pub site_id: AnyId,
    /// Which rule.
    pub rule: ConductRule,
    /// On which day.
    pub on: NaiveDate,
    /// What happened.
    #[schema(max_length = 1000)]
    pub account: String,
    /// The rule with its version and clause.
    pub citation: Citation,
    /// The account that recorded it.
    pub recorded_by: UserId,
    /// When.
    pub recorded_at: Timestamp,
    /// When it was voided; null where it was not.
    pub voided_at: Option<Timestamp>,
    /// Why.
    #[schema(max_length = 500)]
    pub voided_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ViolationView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/conduct-violations/{}", self.id))
    }
}

/// How a violation at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, violation: ConductViolation) -> Result<ViolationView, Failure> {
    shown(&*Register::of(reader)?, violation)
}

/// One violation, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<ConductViolation>) -> Result<ViolationView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

fn shown(register: &Register, violation: ConductViolation) -> Result<ViolationView, Failure> {
    let ConductViolation { id, employee, department, site, rule, on, account, citation, .. } = violation;
    let ConductViolation { recorded_by, recorded_at, voided, version, .. } = violation;
    let (voided_at, voided_reason) = voided.map(|voided| (voided.at, voided.reason)).unzip();
    Ok(ViolationView {
        id: id.uuid().into(),
        employee: register.named(employee)?,
        department: register.placed(department)?,
        site_id: site.uuid().into(),
        rule,
        on,
        account,
        citation,
        recorded_by,
        recorded_at,
        voided_at,
        voided_reason,
        version,
    })
}

/// Which violations are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ViolationFilter {
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only at this site.
    pub site_id: Option<AnyId>,
    /// Only of these rules, separated by commas.
    #[param(inline, example = "stole_customer")]
    pub rule: Several<ConductRule>,
    /// Only on this day or later.
    #[serde(rename = "on[gte]")]
    pub on_from: Option<NaiveDate>,
    /// Only on this day or before.
    #[serde(rename = "on[lte]")]
    pub on_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ViolationOrder,
}

impl Filter for ViolationFilter {}

orders! {
    /// By what violations are ordered.
    pub ViolationOrder of Row in conduct_violations by id, descending:
    created_at = id;
}

/// The caller's own violations, and those of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ViolationFilter,
    page: &Page,
) -> Result<Slice<ViolationView>, Failure> {
    let mut wanted = covered(reader);
    narrow!(wanted, conduct_violations, filter; employee_id = employee_id, department_id = department_id,
        site_id = site_id, rule in rule, happened_on >= on_from, happened_on <= on_to);
    let found = paged!(reader, page, filter.sort, wanted;
        conduct_violations::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, row.try_into()?))
}

columns! { ViolationView as "conduct-violations" "接待违规" "Violations of conduct", domain::spine::Permission::ExportCustomers:
    employee "员工" "Employee";
    department "部门" "Department";
    rule "违规行为" "Rule";
    on "发生日期" "On";
    account "经过" "Account";
    recorded_at "登记时间" "Recorded at";
    voided_at "撤销时间" "Voided at";
}
