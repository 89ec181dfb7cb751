//! What an interaction looks like. `[CUS-6]`

use super::find;
use crate::{
    customer_file::{CUSTOMER, CustomerRef, view::refer_to},
    file::{self, FileView},
    organisation::{NamedRef, PersonRef, Register},
    spine::{Failure, Reader, Refers, View},
};
use chrono::NaiveDate;
use domain::{
    interaction::{
        Interaction, InteractionId, InteractionKind, InteractionPlan, InteractionReport,
        InteractionShortfall, InteractionState, InteractionStatus, VisitMethod,
    },
    spine::{Entity, Timestamp, Version},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody was, or means to be, in touch with a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Interaction)]
pub struct InteractionView {
    /// Its identity.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerRef,
    /// Who.
    pub employee: PersonRef,
    /// The department they worked in then.
    pub department: NamedRef,
    /// How.
    pub kind: InteractionKind,
    /// By which method, for a visit.
    pub method: Option<VisitMethod>,
    /// Where it stands.
    pub status: InteractionState,
    /// Since when it is cancelled or voided.
    pub status_at: Option<Timestamp>,
    /// Why it was cancelled or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The superior who voided it.
    pub voided_by: Option<PersonRef>,
    /// What was planned.
    pub plan: Option<InteractionPlanView>,
    /// What took place.
    pub report: Option<InteractionReportView>,
    /// Whether it counts now.
    pub is_qualified: bool,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

/// What was planned.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InteractionPlan)]
pub struct InteractionPlanView {
    /// For when.
    pub planned_for: Timestamp,
    /// What for.
    #[schema(max_length = 200)]
    pub purpose: String,
    /// What was to be talked about.
    #[schema(max_length = 2000)]
    pub content: String,
    /// What matters most.
    #[schema(max_length = 500)]
    pub focus: Option<String>,
    /// When the server learned of it.
    pub planned_at: Timestamp,
}

/// What took place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InteractionReport)]
pub struct InteractionReportView {
    /// When it began.
    pub held_at: Timestamp,
    /// How many minutes it took.
    #[schema(minimum = 0, maximum = 1440)]
    pub minutes: u32,
    /// The number of the contact with whom.
    pub contact: Option<u32>,
    /// Who else was there.
    #[schema(max_length = 500)]
    pub participants: Option<String>,
    /// What was said.
    #[schema(max_length = 4000)]
    pub content: String,
    /// Which needs were heard.
    #[schema(max_length = 2000)]
    pub needs: Option<String>,
    /// What is to follow.
    #[schema(max_length = 500)]
    pub next_step: Option<String>,
    /// By when.
    pub next_on: Option<NaiveDate>,
    /// What proves it; null in a list.
    #[schema(max_items = 20)]
    pub evidence: Option<Vec<FileView>>,
    /// When the server learned of it.
    pub reported_at: Timestamp,
    /// What it lacked to count, when it was reported.
    #[schema(max_items = 10)]
    pub shortfalls: Vec<InteractionShortfall>,
}

impl View for InteractionView {
    const REFERS: &'static [Refers] = &[Refers::to("customer", &CUSTOMER)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/interactions/{}", self.id))
    }
}

/// One interaction, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: InteractionId) -> Result<InteractionView, Failure> {
    let interaction = find(reader, id)?;
    show(reader, interaction)
}

/// How an interaction at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, interaction: Interaction) -> Result<InteractionView, Failure> {
    let evidence = file::list_of(reader, Interaction::KIND, interaction.id.uuid())?;
    let customer = refer_to(reader, interaction.customer)?;
    let register = Register::of(reader)?;
    let mut view = shown(&register, interaction, customer)?;
    if let Some(report) = &mut view.report {
        report.evidence = Some(evidence);
    }
    Ok(view)
}

/// How one is shown, the files that prove it aside.
pub(super) fn shown(
    register: &Register,
    interaction: Interaction,
    customer: CustomerRef,
) -> Result<InteractionView, Failure> {
    let (is_qualified, state) = (interaction.is_qualified(), interaction.status.state());
    let Interaction { id, customer: _, employee, department, kind, method, plan, report, status, version } =
        interaction;
    let (status_at, status_reason, voided_by) = match status {
        InteractionStatus::Planned | InteractionStatus::Reported => (None, None, None),
        InteractionStatus::Cancelled { at, reason } => (Some(at), Some(reason), None),
        InteractionStatus::Voided { at, reason, by } => (Some(at), Some(reason), Some(by)),
    };
    Ok(InteractionView {
        id,
        customer,
        employee: register.named(employee)?,
        department: register.placed(department)?,
        kind,
        method,
        status: state,
        status_at,
        status_reason,
        voided_by: voided_by.map(|by| register.named(by)).transpose()?,
        plan: plan.map(Into::into),
        report: report.map(Into::into),
        is_qualified,
        version,
    })
}

impl From<InteractionPlan> for InteractionPlanView {
    fn from(plan: InteractionPlan) -> Self {
        let InteractionPlan { planned_for, purpose, content, focus, planned_at } = plan;
        Self { planned_for, purpose, content, focus, planned_at }
    }
}

impl From<InteractionReport> for InteractionReportView {
    fn from(report: InteractionReport) -> Self {
        let InteractionReport { held_at, minutes, contact, participants, content, needs, .. } = report;
        let InteractionReport { next_step, next_on, evidence: _, reported_at, shortfalls, .. } = report;
        Self {
            held_at,
            minutes,
            contact,
            participants,
            content,
            needs,
            next_step,
            next_on,
            evidence: None,
            reported_at,
            shortfalls,
        }
    }
}
