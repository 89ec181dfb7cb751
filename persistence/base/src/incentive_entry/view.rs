//! What an entry looks like. `[INC-1]`

use super::{find, settings};
use crate::{
    approval::APPROVAL,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    spine::{ActionView, Failure, Place, Placed, Reader, Refers, Target, View, in_json},
};
use chrono::NaiveDate;
use domain::{
    incentive_entry::{
        Answer, Confirmation, Execution, IncentiveAmount, IncentiveEntry, IncentiveState, IncentiveStatus,
        IncidentKind, UndoGround, Undone, actions::IncentiveAction,
    },
    spine::{AnyId, Citation, Id, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the caller may do with an entry. An alias, because the derive would take a generic type apart.
type IncentiveActionView = ActionView<IncentiveAction>;

/// A reward or a penalty.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveEntry)]
pub struct IncentiveEntryView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "RP-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: IncentiveState,
    /// Whom it concerns.
    pub employee: PersonRef,
    /// Where they worked when it was proposed.
    pub department: NamedRef,
    /// What gave rise to it.
    pub incident_kind: IncidentKind,
    /// What gave rise to it: the duty, the ticket, the day. One incident has one entry.
    pub incident_id: AnyId,
    /// The day on which it happened.
    pub happened_on: NaiveDate,
    /// What is granted, or taken where it is less than nothing.
    pub amount: IncentiveAmount,
    /// What it would have been without the caps of the month.
    pub uncapped: IncentiveAmount,
    /// The month it counts in: that of the day, or the first that the payroll has not taken.
    #[schema(max_length = 7, example = "2026-05")]
    pub month: String,
    /// What for.
    #[schema(max_length = 2000, example = "未按期完成：周报（2026-W20）")]
    pub grounds: String,
    /// The rule and clause it rests on.
    pub citation: Citation,
    /// Files as evidence.
    #[schema(max_items = 50)]
    pub evidence: Vec<AnyId>,
    /// Who proposed it; null where a rule did.
    pub proposed_by: Option<UserId>,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when the person may answer, while it is told and not confirmed.
    pub answer_until: Option<Timestamp>,
    /// What the person said, until it is confirmed.
    pub answer: Option<AnswerView>,
    /// The approval it was handed to last.
    pub approval_id: Option<AnyId>,
    /// Whether it waits for its approvers.
    pub in_approval: bool,
    /// Who confirmed it.
    pub confirmation: Option<ConfirmationView>,
    /// With which payroll it went.
    pub execution: Option<ExecutionView>,
    /// How it was taken back.
    pub undone: Option<UndoneView>,
    /// The entry that it takes back.
    pub counters_id: Option<AnyId>,
    /// The entry that takes it back.
    pub countered_by_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<IncentiveActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What the person said to an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveAnswer)]
pub struct AnswerView {
    /// When.
    pub at: Timestamp,
    /// The objection; null where they accept it.
    #[schema(max_length = 2000)]
    pub objection: Option<String>,
}

/// Who confirmed an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveConfirmation)]
pub struct ConfirmationView {
    /// When.
    pub at: Timestamp,
    /// Who; null where a rule made a counter-entry.
    pub by: Option<UserId>,
    /// What was said to an objection.
    #[schema(max_length = 500)]
    pub ruling: Option<String>,
}

/// With which payroll an entry went.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveExecution)]
pub struct ExecutionView {
    /// When.
    pub at: Timestamp,
    /// The batch.
    #[schema(max_length = 60, example = "2026-05")]
    pub batch: String,
}

/// How an entry was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncentiveUndone)]
pub struct UndoneView {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub ground: UndoGround,
    /// What was said, where somebody decided so.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// Who; null where it followed by rule.
    pub by: Option<UserId>,
}

impl View for IncentiveEntryView {
    const REFERS: &'static [Refers] = &[
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("counters", &INCENTIVE_ENTRY).by("counters_id"),
        Refers::to("countered_by", &INCENTIVE_ENTRY).by("countered_by_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("employee", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/incentive-entries/{}", self.id))
    }
}

/// An entry where something refers to it.
pub static INCENTIVE_ENTRY: Target = Target {
    permission: Permission::ReadIncentiveEntries,
    look: |reader, id| in_json(view(reader, id.into())),
};

/// One entry, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<IncentiveEntry>) -> Result<IncentiveEntryView, Failure> {
    let entry = find(reader, id)?;
    show(reader, entry)
}

/// What the caller may do with an entry, as far as they hold the permission for it.
fn actions(reader: &mut Reader<'_>, entry: &IncentiveEntry) -> Result<Vec<IncentiveActionView>, Failure> {
    let (settings, id) = (settings(reader)?, entry.id);
    let proposes = reader.finds_by(Permission::ProposeIncentiveEntries, |reader| find(reader, id))?;
    let decides = reader.finds_by(Permission::DecideIncentiveEntries, |reader| find(reader, id))?;
    let is_open = |action: &IncentiveAction| match action {
        IncentiveAction::Answer => true,
        IncentiveAction::Notify | IncentiveAction::Submit | IncentiveAction::Withdraw => proposes,
        IncentiveAction::Confirm | IncentiveAction::Cancel | IncentiveAction::Reverse => decides,
    };
    let all = entry.actions(&settings.content, reader.actor(), reader.now());
    let open = all.filter(|(action, _)| is_open(action));
    Ok(ActionView::listed(&format!("/api/v1/incentive-entries/{id}"), open))
}

/// How an entry at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, entry: IncentiveEntry) -> Result<IncentiveEntryView, Failure> {
    let (register, actions) = (Register::of(reader)?, actions(reader, &entry)?);
    let Told { answer_until, answer, confirmation, execution, undone, countered_by } = told(&entry.status);
    let (approval_id, in_approval) = (entry.goes_on(), entry.is_in_approval());
    Ok(IncentiveEntryView {
        id: entry.id.uuid().into(),
        status: entry.status.state(),
        employee: register.named(entry.employee)?,
        department: register.placed(entry.department)?,
        incident_kind: entry.incident.kind,
        incident_id: entry.incident.id.into(),
        happened_on: entry.incident.on,
        month: entry.month.to_string(),
        evidence: entry.evidence.iter().map(|file| file.uuid().into()).collect(),
        proposed_by: entry.proposed_by,
        proposed_at: entry.proposed_at,
        answer_until,
        answer,
        approval_id: approval_id.map(|approval| approval.uuid().into()),
        in_approval,
        confirmation,
        execution,
        undone,
        counters_id: entry.counters.map(|entry| entry.uuid().into()),
        countered_by_id: countered_by,
        actions,
        version: entry.version,
        number: entry.number,
        amount: entry.amount,
        uncapped: entry.uncapped,
        grounds: entry.grounds,
        citation: entry.citation,
    })
}

/// What the state of an entry says of its course.
#[derive(Default)]
struct Told {
    answer_until: Option<Timestamp>,
    answer: Option<AnswerView>,
    confirmation: Option<ConfirmationView>,
    execution: Option<ExecutionView>,
    undone: Option<UndoneView>,
    countered_by: Option<AnyId>,
}

fn told(status: &IncentiveStatus) -> Told {
    let confirmed = |confirmation: &Confirmation| {
        let (at, by, ruling) = (confirmation.at, confirmation.by, confirmation.ruling.clone());
        Some(ConfirmationView { at, by, ruling })
    };
    let executed = |execution: &Execution| ExecutionView { at: execution.at, batch: execution.batch.clone() };
    let taken_back = |undone: &Undone| {
        let (at, ground, reason, by) = (undone.at, undone.ground, undone.reason.clone(), undone.by);
        Some(UndoneView { at, ground, reason, by })
    };
    match status {
        IncentiveStatus::Proposed {} => Told::default(),
        IncentiveStatus::Notified { answer_until, answer, .. } => {
            let answer = answer.as_ref().map(|answer| match answer {
                Answer::Accepted { at } => AnswerView { at: *at, objection: None },
                Answer::Objected { at, text } => AnswerView { at: *at, objection: Some(text.clone()) },
            });
            Told { answer_until: Some(*answer_until), answer, ..Told::default() }
        }
        IncentiveStatus::Confirmed { confirmation } => {
            Told { confirmation: confirmed(confirmation), ..Told::default() }
        }
        IncentiveStatus::Executed { confirmation, execution } => Told {
            confirmation: confirmed(confirmation),
            execution: Some(executed(execution)),
            ..Told::default()
        },
        IncentiveStatus::Cancelled { undone } => Told { undone: taken_back(undone), ..Told::default() },
        IncentiveStatus::Reversed { confirmation, execution, undone, counter } => Told {
            confirmation: confirmed(confirmation),
            execution: execution.as_ref().map(executed),
            undone: taken_back(undone),
            countered_by: Some(counter.uuid().into()),
            ..Told::default()
        },
    }
}

impl Placed<crate::Base> for IncentiveAction {
    fn place(self) -> Place {
        match self {
            Self::Notify => Place::Post("/notify"),
            Self::Answer => Place::Post("/answer"),
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Confirm => Place::Post("/confirm"),
            Self::Cancel => Place::Post("/cancel"),
            Self::Reverse => Place::Post("/reverse"),
        }
    }
}
