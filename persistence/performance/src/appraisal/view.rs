//! What an appraisal looks like: its own person sees results once they are published; those above them see
//! all but what single peers said, which nobody does. `[KPI-7, KPI-9]`

use super::{
    deed::manages,
    find,
    row::later,
    sheet::{self, SheetView},
};
use crate::{
    appraisal_period::{self, APPRAISAL_PERIOD},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    appraisal::{
        Appraisal, AppraisalAction, AppraisalState, Calibration, CalibrationKind, Objection, Reopening,
        SetTarget, SheetPart, Unscorable,
    },
    appraisal_period::{AppraisalPeriod, Stage},
    spine::{AnyId, Id, Permission, Timestamp, UserId, Version},
};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with an appraisal. An alias, because the derive would take a generic type apart.
type AppraisalActionView = ActionView<AppraisalAction>;

/// One person's appraisal of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Appraisal)]
pub struct AppraisalView {
    /// Its identity.
    pub id: AnyId,
    /// The period.
    pub appraisal_period_id: AnyId,
    /// Which that is.
    #[schema(max_length = 10, example = "2026-05")]
    pub period: String,
    /// How far that has come.
    pub stage: Stage,
    /// Of whom.
    pub employee: PersonRef,
    /// Where they work.
    pub department: NamedRef,
    /// Where it stands; its person sees that it is scored once that is published.
    pub status: AppraisalState,
    /// Why it is not scored.
    pub unscored: Option<Unscorable>,
    /// Why somebody decided that it is not.
    #[schema(max_length = 500)]
    pub exempt_because: Option<String>,
    /// The parts of the period.
    #[schema(max_items = 31)]
    pub parts: Vec<PartView>,
    /// The targets that were set apart from the scheme.
    #[schema(max_items = 500)]
    pub targets: Vec<TargetView>,
    /// The result; null until it is published to whom the caller is.
    #[schema(value_type = Option<String>, max_length = 10, example = "80.48")]
    pub result: Option<Decimal>,
    /// The code of the grade.
    #[schema(max_length = 20, example = "B")]
    pub grade: Option<String>,
    /// How the result came about.
    pub sheet: Option<SheetView>,
    /// How it was changed by hand, in order.
    #[schema(max_items = 200)]
    pub calibrations: Vec<CalibrationView>,
    /// What the person says against it.
    pub objection: Option<ObjectionView>,
    /// From 1; more where it was opened again.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// Why it was opened again, and who agreed.
    pub reopening: Option<ReopeningView>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<AppraisalActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// A stretch of the period in which position, department and superior were the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalPart)]
pub struct PartView {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
    /// The department.
    pub department: NamedRef,
    /// The code of the position.
    #[schema(max_length = 40, example = "sales-representative")]
    pub position: Option<String>,
    /// The superior.
    pub superior: Option<PersonRef>,
    /// The code of the scheme.
    #[schema(max_length = 100, example = "appraisal-scheme/sales")]
    pub scheme: Option<String>,
    /// The number of its version.
    #[schema(minimum = 1)]
    pub scheme_version: Option<i32>,
    /// The clause it enforces.
    #[schema(max_length = 200)]
    pub clause: Option<String>,
    /// Its calendar days, less those that are exempt.
    #[schema(minimum = 0)]
    pub days: u32,
    /// Its working days, less those that are exempt.
    #[schema(minimum = 0)]
    pub working_days: u32,
    /// Why it is not scored.
    pub unscored: Option<Unscorable>,
}

/// A target that a person was set.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalTarget)]
pub struct TargetView {
    /// The part, from 1.
    #[schema(minimum = 1)]
    pub part: usize,
    /// The code of the indicator.
    #[schema(max_length = 60, example = "sales")]
    pub indicator: String,
    /// The target for the whole period; null where there is to be none.
    #[schema(value_type = Option<String>, max_length = 30, example = "1000000")]
    pub value: Option<Decimal>,
    /// The upper end, of a band.
    #[schema(value_type = Option<String>, max_length = 30)]
    pub upper: Option<Decimal>,
}

/// A change of a result by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalCalibration)]
pub struct CalibrationView {
    /// How.
    pub kind: CalibrationKind,
    /// What the result was.
    #[schema(value_type = String, max_length = 10, example = "80.48")]
    pub old_result: Decimal,
    /// What the grade was.
    #[schema(max_length = 20, example = "B")]
    pub old_grade: String,
    /// What the result is.
    #[schema(value_type = String, max_length = 10, example = "82.00")]
    pub new_result: Decimal,
    /// What the grade is.
    #[schema(max_length = 20, example = "B")]
    pub new_grade: String,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The account that did it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// What the person says against a result.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalObjection)]
pub struct ObjectionView {
    /// What.
    #[schema(max_length = 2000)]
    pub grounds: String,
    /// When.
    pub at: Timestamp,
    /// Whether the result was changed; null until somebody rules on it.
    pub upheld: Option<bool>,
    /// Why.
    #[schema(max_length = 500)]
    pub ruling: Option<String>,
    /// The account that ruled.
    pub ruled_by: Option<UserId>,
    /// When.
    pub ruled_at: Option<Timestamp>,
}

/// Why an appraisal was opened again.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AppraisalReopening)]
pub struct ReopeningView {
    /// The revision before, which stays as it is.
    pub preceding_id: AnyId,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The account that asked.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Timestamp,
    /// The account that decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

impl View for AppraisalView {
    const REFERS: &'static [Refers] = &[
        Refers::to("appraisal_period", &APPRAISAL_PERIOD).by("appraisal_period_id"),
        Refers::to("employee", &EMPLOYEE),
        Refers::to("department", &DEPARTMENT),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/appraisals/{}", self.id))
    }
}

/// An appraisal where something refers to it.
pub static APPRAISAL: Target =
    Target { permission: Permission::ReadAppraisals, look: |reader, id| in_json(view(reader, id.into())) };

impl Placed<crate::Performance> for AppraisalAction {
    fn place(self) -> Place {
        Place::Post(match self {
            Self::SetTargets => "/set-targets",
            Self::Exempt => "/exempt",
            Self::Calibrate => "/calibrate",
            Self::Object => "/object",
            Self::Rule => "/rule",
            Self::AskToReopen => "/ask-to-reopen",
            Self::ApproveReopening => "/approve-reopening",
            Self::RefuseReopening => "/refuse-reopening",
            Self::Conclude => "/conclude",
        })
    }
}

/// One appraisal, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<Appraisal>) -> Result<AppraisalView, Failure> {
    let appraisal = find(reader, id)?;
    show(reader, appraisal)
}

/// Whether a result is out: its own person sees it from then on.
pub(super) const fn is_out(stage: Stage, state: AppraisalState) -> bool {
    let is_published = matches!(stage, Stage::Published | Stage::Final);
    is_published && !matches!(state, AppraisalState::ReopeningAsked | AppraisalState::Reopened)
}

/// How an appraisal at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, mut appraisal: Appraisal) -> Result<AppraisalView, Failure> {
    let register = Register::of(reader)?;
    let period = appraisal_period::find(reader, appraisal.period)?;
    let actions = actions(reader, &appraisal, &period)?;
    if reader.actor().is(appraisal.employee) && !is_out(period.stage(), appraisal.state) {
        conceal(&mut appraisal);
    }
    let sheet = sheet::show(reader, &appraisal)?;
    let Appraisal { id, employee, department, parts, targets, verdict, calibrations, objection, .. } =
        appraisal;
    let Appraisal { unscored, exemption, state, revision, reopening, version, .. } = appraisal;
    let (result, grade) = verdict.map(|verdict| (verdict.result, verdict.grade)).unzip();
    let parts = parts.into_iter().map(|part| part_view(&register, part));
    Ok(AppraisalView {
        id: id.uuid().into(),
        appraisal_period_id: period.id.uuid().into(),
        period: period.period.to_string(),
        stage: period.stage(),
        employee: register.named(employee)?,
        department: register.placed(department)?,
        status: state,
        unscored,
        exempt_because: exemption.map(|exemption| exemption.reason),
        parts: parts.collect::<Result<_, _>>()?,
        targets: targets.into_iter().map(target_view).collect(),
        result,
        grade,
        sheet,
        calibrations: calibrations.into_iter().map(calibration_view).collect(),
        objection: objection.map(objection_view),
        revision,
        reopening: reopening.map(reopening_view),
        actions,
        version,
    })
}

/// Leaves out what its person is not told yet.
fn conceal(appraisal: &mut Appraisal) {
    appraisal.frozen = None;
    appraisal.computation = None;
    appraisal.year = None;
    appraisal.verdict = None;
    appraisal.calibrations.clear();
    if matches!(appraisal.state, AppraisalState::Scored | AppraisalState::Blocked) {
        appraisal.state = AppraisalState::Open;
        appraisal.unscored = None;
    }
}

fn actions(
    reader: &mut Reader<'_>,
    appraisal: &Appraisal,
    period: &AppraisalPeriod,
) -> Result<Vec<AppraisalActionView>, Failure> {
    if !reader.actor().may(Permission::TakePartInAppraisals) {
        return Ok(Vec::new());
    }
    let later = later(reader, appraisal)?.map(|(state, _)| state);
    let manages = manages(reader, appraisal);
    let may_approve = reader.actor().may(Permission::ApproveReopenings);
    let decides = |action: AppraisalAction| {
        matches!(action, AppraisalAction::ApproveReopening | AppraisalAction::RefuseReopening)
    };
    let actions = appraisal.actions(period, manages, later, (reader.actor(), reader.today()));
    let actions = actions.into_iter().filter(|(action, _)| may_approve || !decides(*action));
    Ok(ActionView::listed(&format!("/api/v1/appraisals/{}", appraisal.id), actions))
}

fn part_view(register: &Register, part: SheetPart) -> Result<PartView, Failure> {
    let SheetPart { from, until, department, position, superior, scheme, days, working_days, unscored } =
        part;
    Ok(PartView {
        from,
        until,
        department: register.placed(department)?,
        position,
        superior: superior.map(|superior| register.named(superior)).transpose()?,
        scheme: scheme.as_ref().map(|scheme| scheme.code.clone()),
        scheme_version: scheme.as_ref().map(|scheme| scheme.number),
        clause: scheme.map(|scheme| scheme.clause),
        days,
        working_days,
        unscored,
    })
}

fn target_view(set: SetTarget) -> TargetView {
    let SetTarget { part, indicator, target } = set;
    let (value, upper) = target.map(|target| (target.value, target.upper)).unzip();
    TargetView { part, indicator, value, upper: upper.flatten() }
}

fn calibration_view(calibration: Calibration) -> CalibrationView {
    let Calibration { kind, old, new, reason, by, at } = calibration;
    CalibrationView {
        kind,
        old_result: old.result,
        old_grade: old.grade,
        new_result: new.result,
        new_grade: new.grade,
        reason,
        by,
        at,
    }
}

fn objection_view(objection: Objection) -> ObjectionView {
    let Objection { grounds, at, ruling } = objection;
    ObjectionView {
        grounds,
        at,
        upheld: ruling.as_ref().map(|ruling| ruling.upheld),
        ruled_by: ruling.as_ref().map(|ruling| ruling.by),
        ruled_at: ruling.as_ref().map(|ruling| ruling.at),
        ruling: ruling.map(|ruling| ruling.reason),
    }
}

fn reopening_view(reopening: Reopening) -> ReopeningView {
    let Reopening { of, reason, asked_by, asked_at, decided } = reopening;
    ReopeningView {
        preceding_id: of.uuid().into(),
        reason,
        asked_by,
        asked_at,
        decided_by: decided.map(|(by, _)| by),
        decided_at: decided.map(|(_, at)| at),
    }
}
