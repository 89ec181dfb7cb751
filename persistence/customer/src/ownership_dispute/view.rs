//! What a dispute looks like, and those within the caller's sight. `[OWN-14, INT-4]`

use super::row::{Row, find};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, Organisation, PersonRef, Register},
    ownership::view::{ShareView, shares_shown},
    schema::{ownership_dispute_respondents as respondents, ownership_disputes},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    ownership_dispute::{DisputeState, OwnershipDispute, Ruling, SettlementKind, Statement},
    spine::{AnyId, EmployeeId, Id, Money, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What a party said.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipDisputeStatement)]
pub struct StatementView {
    /// Which party.
    pub by: PersonRef,
    /// When.
    pub at: Timestamp,
    /// What.
    #[schema(max_length = 4000)]
    pub content: String,
    /// Facts of ownership that prove it.
    #[schema(max_items = 50)]
    pub fact_ids: Vec<AnyId>,
    /// Files that prove it.
    #[schema(max_items = 20)]
    pub file_ids: Vec<AnyId>,
}

/// What mediation came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipDisputeMediation)]
pub struct MediationView {
    /// Who mediated.
    pub by: Option<PersonRef>,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    #[schema(max_length = 2000)]
    pub note: String,
}

/// A line of a settlement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SettlementLine)]
pub struct SettlementLineView {
    /// What it is.
    pub kind: SettlementKind,
    /// Who pays or is given it; null for the company.
    pub employee: Option<PersonRef>,
    /// How much.
    pub amount: Money,
    /// What for.
    #[schema(max_length = 200)]
    pub purpose: String,
}

/// A ruling.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipRuling)]
pub struct RulingView {
    /// Who ruled.
    pub by: Option<PersonRef>,
    /// When.
    pub at: Timestamp,
    /// Whose the customer is from then on.
    pub owner: PersonRef,
    /// How credit and commission are shared.
    #[schema(max_items = 20)]
    pub shares: Vec<ShareView>,
    /// Why.
    #[schema(max_length = 4000)]
    pub reasons: String,
    /// What is settled in money: it comes out at exactly zero.
    #[schema(max_items = 100)]
    pub settlement: Vec<SettlementLineView>,
}

/// A dispute over whose a customer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OwnershipDispute)]
pub struct DisputeView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never used again.
    #[schema(max_length = 60, example = "OD-2026-000012")]
    pub number: String,
    /// Over which customer.
    pub customer_id: AnyId,
    /// The department to which the customer belonged when it was opened.
    pub department: NamedRef,
    /// Who claims the customer.
    pub claimant: PersonRef,
    /// Whose the customer was then, and who had a part.
    #[schema(max_items = 20)]
    pub respondents: Vec<PersonRef>,
    /// What is claimed, and why.
    #[schema(max_length = 2000)]
    pub claim: String,
    /// Where it stands.
    pub status: DisputeState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when evidence is taken.
    pub evidence_until: Timestamp,
    /// What the parties said, in order.
    #[schema(max_items = 1000)]
    pub statements: Vec<StatementView>,
    /// What mediation came to.
    pub mediation: Option<MediationView>,
    /// The ruling: final.
    pub ruling: Option<RulingView>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Why it was.
    #[schema(max_length = 500)]
    pub withdrawal_reason: Option<String>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for DisputeView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("claimant", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/ownership-disputes/{}", self.id))
    }
}

fn named(register: &Register, who: Option<EmployeeId>) -> Result<Option<PersonRef>, Failure> {
    who.map(|who| register.named(who)).transpose()
}

fn statement(register: &Register, statement: Statement) -> Result<StatementView, Failure> {
    let Statement { by, at, content, facts, files } = statement;
    Ok(StatementView {
        by: register.named(by)?,
        at,
        content,
        fact_ids: facts.into_iter().map(|fact| fact.uuid().into()).collect(),
        file_ids: files.into_iter().map(|file| file.uuid().into()).collect(),
    })
}

fn ruling(register: &Register, ruling: Ruling) -> Result<RulingView, Failure> {
    let Ruling { by, at, owner, shares, reasons, settlement } = ruling;
    let lines = settlement.into_iter().map(|line| {
        let employee = named(register, line.employee)?;
        Ok(SettlementLineView { kind: line.kind, employee, amount: line.amount, purpose: line.purpose })
    });
    Ok(RulingView {
        by: named(register, by)?,
        at,
        owner: register.named(owner)?,
        shares: shares_shown(register, Some(&shares))?,
        reasons,
        settlement: lines.collect::<Result<_, Failure>>()?,
    })
}

fn shown(register: &Register, dispute: OwnershipDispute) -> Result<DisputeView, Failure> {
    let status = dispute.state();
    let OwnershipDispute { id, number, customer, department, claimant, respondents, claim, .. } = dispute;
    let OwnershipDispute { opened_at, evidence_until, statements, mediation, version, withdrawal, .. } =
        dispute;
    let mediated = match mediation {
        None => None,
        Some(held) => Some(MediationView { by: named(register, held.by)?, at: held.at, note: held.note }),
    };
    Ok(DisputeView {
        id: id.uuid().into(),
        number,
        customer_id: customer.uuid().into(),
        department: register.placed(department)?,
        claimant: register.named(claimant)?,
        respondents: respondents.into_iter().map(|who| register.named(who)).collect::<Result<_, _>>()?,
        claim,
        status,
        opened_at,
        evidence_until,
        statements: statements.into_iter().map(|said| statement(register, said)).collect::<Result<_, _>>()?,
        mediation: mediated,
        ruling: dispute.ruling.map(|given| ruling(register, given)).transpose()?,
        withdrawn_at: withdrawal.as_ref().map(|withdrawal| withdrawal.at),
        withdrawal_reason: withdrawal.map(|withdrawal| withdrawal.reason),
        version,
    })
}

/// How a dispute at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, dispute: OwnershipDispute) -> Result<DisputeView, Failure> {
    shown(&*Register::of(reader)?, dispute)
}

/// One dispute, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<OwnershipDispute>) -> Result<DisputeView, Failure> {
    let found = find(reader, id)?;
    show(reader, found)
}

/// Which disputes are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct DisputeFilter {
    /// Only over this customer.
    pub customer_id: Option<AnyId>,
    /// Only by this claimant.
    pub claimant_id: Option<EmployeeId>,
    /// Only these, separated by commas.
    #[param(inline, example = "open,mediated")]
    pub status: Several<DisputeState>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: DisputeOrder,
}

impl Filter for DisputeFilter {}

orders! {
    /// By what disputes are ordered.
    pub DisputeOrder of Row in ownership_disputes by id, descending:
    opened_at = id;
}

/// The disputes in which the caller, or somebody below, is a party, and those of departments in reach.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &DisputeFilter,
    page: &Page,
) -> Result<Slice<DisputeView>, Failure> {
    let (mut wanted, sight) = (Where::new(), Sight::of(reader));
    if !sight.all {
        let mut people: Vec<Key> = Organisation::below_caller(reader)?;
        people.push(sight.employee);
        let answering = respondents::employee_id.eq_any(people.clone());
        let answering = respondents::table.filter(answering).select(respondents::dispute_id);
        let near = ownership_disputes::department_id.eq_any(sight.departments);
        let claims = ownership_disputes::claimant_id.eq_any(people);
        wanted.also(near.or(claims).or(ownership_disputes::id.eq_any(answering)));
    }
    narrow!(wanted, ownership_disputes, filter; customer_id = customer_id, claimant_id = claimant_id,
        status in status);
    let mut found = paged!(reader, page, filter.sort, wanted;
        ownership_disputes::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    let rows: Vec<Row> = std::mem::take(&mut found.data);
    let data = rows.into_iter().map(|row| shown(&register, row.whole(reader)?));
    let data = data.collect::<Result<_, Failure>>()?;
    Ok(Slice { data, next: found.next, total: found.total })
}

columns! { DisputeView as "ownership-disputes" "归属争议" "Disputes over ownership", domain::spine::Permission::ExportCustomers:
    number "编号" "Number";
    claimant "提出人" "Claimant";
    department "部门" "Department";
    status "状态" "Status";
    opened_at "提出时间" "Opened at";
    evidence_until "举证截止" "Evidence until";
    ruled_at "裁决时间" "Ruled at" = |one| one.ruling.as_ref().map(|ruling| ruling.at);
    ruled_owner "裁决归属" "Ruled to" = |one| one.ruling.as_ref().map(|ruling| ruling.owner.name.as_str());
}
