//! What a duty looks like. `[DUT-2j]`

use super::{World, deed::superiors, find};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use domain::{
    approval::Label,
    duty::{
        CancelCause, Duty, DutyState, DutyStatus, DutySubject, Excuse, Hold, RetimingCause,
        actions::{DutyAction, Line},
        rule::SubjectKind,
    },
    spine::{AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with a duty. An alias, because the derive would take a generic type apart.
type DutyActionView = ActionView<DutyAction>;

/// Something that a regulation requires of somebody by a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Duty)]
pub struct DutyView {
    /// Its identity.
    pub id: AnyId,
    /// What it is called.
    pub name: Label,
    /// The code of the rule that calls for it.
    #[schema(max_length = 100, example = "duty-rule/weekly-report")]
    pub rule_code: String,
    /// The version of the rule.
    #[schema(minimum = 1)]
    pub rule_version: i32,
    /// The clause it enforces.
    #[schema(max_length = 200, example = "002 §6 第一章 §1")]
    pub clause: String,
    /// Whose it is.
    pub subject: SubjectKind,
    /// The record it is about, where it is one's.
    pub record_id: Option<AnyId>,
    /// What it is owed for: a period such as `2026-W20`, or the id of an event.
    #[schema(max_length = 40, example = "2026-W20")]
    pub occasion: String,
    /// What fulfils it; `manual` where who is responsible says so.
    #[schema(max_length = 60, example = "statistics.sent")]
    pub source: String,
    /// Who is responsible now.
    pub responsible: PersonRef,
    /// The department it is counted in.
    pub department: NamedRef,
    /// Where it stands at this instant.
    pub status: DutyState,
    /// When it shows.
    pub opens_at: Timestamp,
    /// When it is due; null while the clock it follows is paused.
    pub due_at: Option<Timestamp>,
    /// Until when late is still late, not missed.
    pub grace_until: Option<Timestamp>,
    /// Whether its times rest on a year whose holidays nobody has announced.
    pub provisional: bool,
    /// What was done, where something was.
    pub proof: Option<ProofView>,
    /// Why it was waived.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// Why it is excused.
    pub excuse: Option<Excuse>,
    /// Why it is owed no longer.
    pub cancelled_because: Option<CancelCause>,
    /// Who held it since when; the last is responsible.
    #[schema(max_items = 200)]
    pub holdings: Vec<HoldingView>,
    /// How its times moved, the oldest first.
    #[schema(max_items = 200)]
    pub retimings: Vec<RetimingView>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<DutyActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What fulfils a duty, or is said to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutyProof)]
pub struct ProofView {
    /// The record, where it is one.
    pub record_id: Option<AnyId>,
    /// What was done.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Evidence.
    #[schema(max_items = 50)]
    pub files: Vec<AnyId>,
    /// When the server received it.
    pub received_at: Timestamp,
    /// When it counts as received: earlier where it was filed again in time after another returned it.
    pub counted_at: Timestamp,
    /// When it was confirmed, where the rule wants that.
    pub confirmed_at: Option<Timestamp>,
}

/// Somebody held a duty from an instant on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutyHolding)]
pub struct HoldingView {
    /// Who.
    pub employee: PersonRef,
    /// Since when.
    pub from: Timestamp,
    /// How they came to it.
    pub hold: Hold,
}

/// How the times of a duty moved once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DutyRetiming)]
pub struct RetimingView {
    /// Why.
    pub cause: RetimingCause,
    /// When it was due before.
    pub due_before: Option<Timestamp>,
    /// What was said to it.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// When it moved.
    pub at: Timestamp,
}

impl View for DutyView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("responsible", &EMPLOYEE)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/duties/{}", self.id))
    }
}

/// A duty where something refers to it.
pub static DUTY: Target =
    Target { permission: Permission::ReadDuties, look: |reader, id| in_json(view(reader, id.into())) };

/// One duty, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Duty>) -> Result<DutyView, Failure> {
    let duty = find(reader, id)?;
    show(reader, duty)
}

/// How a duty at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, duty: Duty) -> Result<DutyView, Failure> {
    let (world, register, now) = (World::today(reader)?, Register::of(reader)?, reader.now());
    let rule = &world.rules.version(&duty.rule)?.content;
    let line = superiors(&world, &duty);
    let by = Line { by: reader.actor(), superiors: &line };
    let actions = match reader.actor().may(Permission::PerformDuties) {
        true => duty.actions(&rule.fulfilled_by, by, now).collect(),
        false => Vec::new(),
    };
    let (responsible, department) = held(&duty, &register, &world)?;
    let (subject, record_id) = subject(&duty.subject);
    let holding = |holding: &domain::duty::Holding| {
        let employee = register.named(holding.employee)?;
        Ok(HoldingView { employee, from: holding.from, hold: holding.hold })
    };
    let (reason, excuse, cancelled_because) = let_off(&duty.status);
    Ok(DutyView {
        id: duty.id.uuid().into(),
        name: rule.name.clone(),
        rule_code: duty.rule.code.clone(),
        rule_version: duty.rule.number,
        clause: duty.clause.clone(),
        subject,
        record_id,
        occasion: duty.occasion.to_string(),
        source: rule.fulfilled_by.source.clone(),
        responsible: register.named(responsible)?,
        department: register.placed(department)?,
        status: duty.state(now),
        opens_at: duty.times.opens,
        due_at: duty.times.due,
        grace_until: duty.times.grace_until,
        provisional: duty.times.provisional,
        proof: proof(&duty.status),
        reason,
        excuse,
        cancelled_because,
        holdings: duty.holdings.iter().map(holding).collect::<Result<_, Failure>>()?,
        retimings: duty.retimings.iter().map(retiming).collect(),
        raised_at: duty.raised_at,
        actions: ActionView::listed(&format!("/api/v1/duties/{}", duty.id), actions),
        version: duty.version,
    })
}

/// Who is responsible, and the department a duty is counted in.
fn held(duty: &Duty, register: &Register, world: &World) -> Result<(EmployeeId, DepartmentId), Failure> {
    let corrupt = |column| move || Failure::corrupt("duties", column, duty.id);
    let responsible = duty.responsible().ok_or_else(corrupt("responsible_id"))?;
    let department = match duty.subject {
        DutySubject::Post { department, .. } => Some(department),
        _ => register.department_on(responsible, world.today),
    };
    Ok((responsible, department.ok_or_else(corrupt("department_id"))?))
}

fn subject(subject: &DutySubject) -> (SubjectKind, Option<AnyId>) {
    match subject {
        DutySubject::Person { .. } => (SubjectKind::Person, None),
        DutySubject::Post { .. } => (SubjectKind::Post, None),
        DutySubject::Record { id, .. } => (SubjectKind::Record, Some(AnyId::from(*id))),
    }
}

/// Why it need not be done, where it need not.
fn let_off(status: &DutyStatus) -> (Option<String>, Option<Excuse>, Option<CancelCause>) {
    match status {
        DutyStatus::Waived { reason, .. } => (Some(reason.clone()), None, None),
        DutyStatus::Excused { excuse, .. } => (None, Some(*excuse), None),
        DutyStatus::Cancelled { cause, .. } => (None, None, Some(*cause)),
        _ => (None, None, None),
    }
}

fn proof(status: &DutyStatus) -> Option<ProofView> {
    let proof = match status {
        DutyStatus::Reported { proof } | DutyStatus::Fulfilled { proof } => proof,
        DutyStatus::Waived { proof, .. } => proof.as_ref()?,
        _ => return None,
    };
    Some(ProofView {
        record_id: proof.record.map(Into::into),
        note: proof.note.clone(),
        files: proof.files.iter().map(|file| file.uuid().into()).collect(),
        received_at: proof.received,
        counted_at: proof.counted,
        confirmed_at: proof.confirmed.map(|(_, at)| at),
    })
}

fn retiming(retiming: &domain::duty::Retiming) -> RetimingView {
    RetimingView {
        cause: retiming.cause,
        due_before: retiming.before.due,
        reason: retiming.reason.clone(),
        at: retiming.at,
    }
}

impl Placed<crate::Base> for DutyAction {
    fn place(self) -> Place {
        match self {
            Self::Fulfil => Place::Post("/fulfil"),
            Self::Confirm => Place::Post("/confirm"),
            Self::Return => Place::Post("/return"),
            Self::Waive => Place::Post("/waive"),
            Self::Extend => Place::Post("/extend"),
            Self::HandOver => Place::Post("/hand-over"),
        }
    }
}
