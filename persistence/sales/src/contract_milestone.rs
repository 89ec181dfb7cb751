//! Milestones of contracts in the database. `[CON-2]`

use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, referred},
    sales_contract::{self, SALES_CONTRACT},
    schema::contract_milestones,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Refers, Several, Sight, Slice, Stored, Tx, View, Where,
        columns, db, guard, narrow, orders, paged, reached, save_row,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    contract_milestone::{ContractMilestone, ContractMilestoneId, MilestoneKind, MilestoneState, Reached},
    sales_contract::SalesContractId,
    spine::{BusinessDate, Change, DepartmentId, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = contract_milestones, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    contract_id: Key,
    department_id: Key,
    submitter_id: Key,
    kind: String,
    name: String,
    due_on: BusinessDate,
    reached_on: Option<BusinessDate>,
    reached_at: Option<Instant>,
    reached_by_id: Option<Key>,
    evidence: Option<String>,
    dropped_at: Option<Instant>,
    dropped_reason: Option<String>,
    status: String,
    changed_at: Instant,
    version: Version,
}

impl Row {
    fn of(milestone: &ContractMilestone, tx: &Tx<'_>) -> Self {
        let ContractMilestone { id, contract, department, submitter, kind, name, due_on, .. } = milestone;
        let ContractMilestone { reached, dropped, version, .. } = milestone;
        Self {
            id: (*id).into(),
            contract_id: (*contract).into(),
            department_id: (*department).into(),
            submitter_id: (*submitter).into(),
            kind: kind.code().to_owned(),
            name: name.clone(),
            due_on: *due_on,
            reached_on: reached.as_ref().map(|reached| reached.on),
            reached_at: reached.as_ref().map(|reached| reached.at.into()),
            reached_by_id: reached.as_ref().map(|reached| reached.by.into()),
            evidence: reached.as_ref().map(|reached| reached.evidence.clone()),
            dropped_at: dropped.as_ref().map(|(at, _)| (*at).into()),
            dropped_reason: dropped.as_ref().map(|(_, reason)| reason.clone()),
            status: milestone.state().code().to_owned(),
            changed_at: tx.now().into(),
            version: *version,
        }
    }

    fn milestone(self) -> Result<ContractMilestone, Failure> {
        let corrupt = |column| Failure::corrupt("contract_milestones", column, self.id.0);
        let reached = match (self.reached_on, self.reached_at, self.reached_by_id, self.evidence) {
            (Some(on), Some(at), Some(by), Some(evidence)) => {
                Some(Reached { on, at: at.into(), by: by.into(), evidence })
            }
            _ => None,
        };
        Ok(ContractMilestone {
            id: self.id.into(),
            contract: self.contract_id.into(),
            department: self.department_id.into(),
            submitter: self.submitter_id.into(),
            kind: MilestoneKind::from_code(&self.kind).ok_or_else(|| corrupt("kind"))?,
            name: self.name,
            due_on: self.due_on,
            reached,
            dropped: self.dropped_at.map(|at| (at.into(), self.dropped_reason.unwrap_or_default())),
            version: self.version,
        })
    }
}

impl Stored<crate::Sales> for ContractMilestone {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, contract_milestones, &row, before)?)
    }
}

crate::spine::resource! { crate::Sales: ContractMilestone as ContractMilestoneView; find, apply, show = show }

/// Writes a change of a milestone.
///
/// # Errors
/// Where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<ContractMilestone>) -> Result<ContractMilestone, Failure> {
    tx.apply(change)
}

/// Sets a milestone of a contract in sight.
///
/// # Errors
/// A contract out of sight; as of [`ContractMilestone::set`].
pub fn set(
    tx: &mut Tx<'_>,
    contract: SalesContractId,
    said: (MilestoneKind, String, BusinessDate),
) -> Result<ContractMilestone, Failure> {
    let contract = referred(sales_contract::find(tx, contract), "/contract_id")?;
    let change = ContractMilestone::set(tx.id(), &contract, said, tx.actor())?;
    apply(tx, change)
}

/// A milestone was reached on a day.
///
/// # Errors
/// As of [`ContractMilestone::reach`].
pub fn reach(
    tx: &mut Tx<'_>,
    milestone: ContractMilestone,
    (on, evidence): (BusinessDate, String),
) -> Result<Change<ContractMilestone>, Failure> {
    let contract = sales_contract::find_unscoped(tx, milestone.contract)?;
    let signed = contract.signature.map_or(BusinessDate::MIN, |signature| signature.on);
    let reached = Reached { on, at: tx.now(), by: tx.actor().user, evidence };
    Ok(milestone.reach(reached, (signed, tx.today()), tx.actor())?)
}

/// That a milestone is of a contract of one's own, or of a department in reach.
fn covered(reader: &Reader<'_>) -> Where {
    reached!(Sight::of(reader), contract_milestones, submitter_id)
}

/// One milestone, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: ContractMilestoneId) -> Result<ContractMilestone, Failure> {
    let (mut wanted, key) = (covered(reader), Key::from(id));
    wanted.also(contract_milestones::id.eq(key));
    let row: Row =
        db!(reader, |c| contract_milestones::table.filter(wanted).select(Row::as_select()).first(c))?;
    row.milestone()
}

/// How many milestones of departments in reach are open beyond their day.
pub(crate) fn late_in_reach(reader: &mut Reader<'_>) -> Result<i64, Failure> {
    let (mut wanted, today) = (covered(reader), reader.today());
    wanted.also(contract_milestones::status.eq(MilestoneState::Open.code()));
    wanted.also(contract_milestones::due_on.lt(today));
    Ok(db!(reader, |c| contract_milestones::table.filter(wanted).count().get_result(c))?)
}

/// A milestone of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContractMilestone)]
pub struct ContractMilestoneView {
    /// Its identity.
    pub id: ContractMilestoneId,
    /// Of which contract.
    pub contract_id: SalesContractId,
    /// Where it stands.
    pub status: MilestoneState,
    /// The department of the contract.
    pub department: NamedRef,
    /// Who drew the contract up.
    pub submitter: PersonRef,
    /// What kind it is.
    pub kind: MilestoneKind,
    /// What is to have come about.
    #[schema(max_length = 200, example = "首批设备到货验收")]
    pub name: String,
    /// By the end of which day.
    pub due_on: NaiveDate,
    /// How many days it is open beyond its day; null where it is not.
    pub late_days: Option<i64>,
    /// The day on which it was reached.
    pub reached_on: Option<NaiveDate>,
    /// What shows that.
    #[schema(max_length = 500)]
    pub evidence: Option<String>,
    /// When it was dropped.
    pub dropped_at: Option<Timestamp>,
    /// Why.
    #[schema(max_length = 1000)]
    pub dropped_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ContractMilestoneView {
    const REFERS: &'static [Refers] = &[
        Refers::to("contract", &SALES_CONTRACT).by("contract_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/contract-milestones/{}", self.id))
    }
}

/// One milestone, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: ContractMilestoneId) -> Result<ContractMilestoneView, Failure> {
    let milestone = find(reader, id)?;
    show(reader, milestone)
}

/// How a milestone at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, milestone: ContractMilestone) -> Result<ContractMilestoneView, Failure> {
    let (register, today) = (Register::of(reader)?, reader.today());
    shown(&register, milestone, today)
}

fn shown(
    register: &Register,
    milestone: ContractMilestone,
    today: BusinessDate,
) -> Result<ContractMilestoneView, Failure> {
    let status = milestone.state();
    let late = (today - milestone.due_on).num_days();
    let (dropped_at, dropped_reason) = milestone.dropped.unzip();
    Ok(ContractMilestoneView {
        id: milestone.id,
        contract_id: milestone.contract,
        status,
        department: register.placed(milestone.department)?,
        submitter: register.named(milestone.submitter)?,
        kind: milestone.kind,
        name: milestone.name,
        due_on: milestone.due_on,
        late_days: (status == MilestoneState::Open && late > 0).then_some(late),
        reached_on: milestone.reached.as_ref().map(|reached| reached.on),
        evidence: milestone.reached.map(|reached| reached.evidence),
        dropped_at,
        dropped_reason,
        version: milestone.version,
    })
}

/// Which milestones are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ContractMilestoneFilter {
    /// Only these states, separated by commas.
    #[param(inline, example = "open")]
    pub status: Several<MilestoneState>,
    /// Only of these kinds, separated by commas.
    #[param(inline, example = "delivery")]
    pub kind: Several<MilestoneKind>,
    /// Only of this contract.
    pub contract_id: Option<SalesContractId>,
    /// Only of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of contracts that this person drew up.
    pub submitter_id: Option<EmployeeId>,
    /// Only due on this day or later.
    #[serde(rename = "due_on[gte]")]
    pub due_from: Option<NaiveDate>,
    /// Only due on this day or before.
    #[serde(rename = "due_on[lte]")]
    pub due_to: Option<NaiveDate>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: ContractMilestoneOrder,
}

impl Filter for ContractMilestoneFilter {}

orders! {
    /// By what milestones are ordered.
    pub ContractMilestoneOrder of Row in contract_milestones by id, descending:
    created_at = id;
    due_on;
}

/// Milestones within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ContractMilestoneFilter,
    page: &Page,
) -> Result<Slice<ContractMilestoneView>, Failure> {
    let (mut wanted, today) = (covered(reader), reader.today());
    narrow!(wanted, contract_milestones, filter;
        status in status, kind in kind, contract_id = contract_id, department_id = department_id,
        submitter_id = submitter_id, due_on >= due_from, due_on <= due_to);
    let found = paged!(reader, page, filter.sort, wanted;
        contract_milestones::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row: Row| shown(&register, row.milestone()?, today))
}

columns! { ContractMilestoneView as "contract-milestones" "合同节点" "Milestones of contracts", domain::spine::Permission::ExportSales:
    name "节点" "Milestone";
    kind "类型" "Kind";
    status "状态" "Status";
    department "部门" "Department";
    submitter "合同填报人" "Contract by";
    due_on "应达成日期" "Due on";
    late_days "逾期天数" "Days late";
    reached_on "达成日期" "Reached on";
    evidence "依据" "Evidence";
}
