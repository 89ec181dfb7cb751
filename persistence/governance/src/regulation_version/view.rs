//! What a version looks like, and the versions within the caller's sight. `[REG-1a, INT-4]`

use super::{
    find, in_force,
    row::{Row, holds_on},
};
use crate::{
    approval::{APPROVAL, document::owner},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    regulation::{self, REGULATION, RegulationRef},
    schema::regulation_versions,
    spine::{ActionView, Failure, Key, Place, Placed, Reader, Refers, Target, View, db, in_json},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    regulation::{Clause, ClauseKind, Regulation},
    regulation_version::{
        NONE_IN_FORCE, Nature, RegulationVersion, RegulationVersionAction, RegulationVersionState,
    },
    spine::{AnyId, BusinessDate, Id, Permission, Refusal, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What the caller may do with a version. An alias, because the derive would take a generic type apart.
type RegulationVersionActionView = ActionView<RegulationVersionAction>;

/// A version where something refers to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = RegulationEdition)]
pub struct EditionRef {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "RV-2026-000003")]
    pub number: String,
    /// 1, 2, 3 … within the regulation.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// The first day on which it is in force.
    pub effective_from: Option<NaiveDate>,
    /// The digest of its text: what is acknowledged.
    #[schema(max_length = 64)]
    pub digest: String,
}

impl EditionRef {
    /// As it refers to a version at hand.
    pub fn of(version: &RegulationVersion) -> Self {
        Self {
            id: version.id.uuid().into(),
            number: version.petition.number.clone(),
            edition: version.edition,
            effective_from: version.publication.as_ref().map(|publication| publication.effective_from),
            digest: version.digest(),
        }
    }
}

impl From<&Row> for EditionRef {
    fn from(row: &Row) -> Self {
        Self {
            id: row.id.into(),
            number: row.number.clone(),
            edition: row.edition,
            effective_from: row.effective_from,
            digest: row.digest.clone(),
        }
    }
}

/// The versions of these regulations in force on a day.
///
/// # Errors
/// Where the database fails.
pub fn editions_in_force(
    reader: &mut Reader<'_>,
    of: &[Key],
    on: BusinessDate,
) -> Result<HashMap<Key, EditionRef>, Failure> {
    let rows: Vec<Row> = db!(reader, |c| regulation_versions::table
        .filter(regulation_versions::regulation_id.eq_any(of))
        .filter(holds_on!(on))
        .order(regulation_versions::edition)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.iter().map(|row| (row.regulation_id, row.into())).collect())
}

/// A clause of a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationClause)]
pub struct ClauseView {
    /// Stays through all versions.
    #[schema(max_length = 60, example = "9.3.5")]
    pub id: String,
    /// What it is.
    pub kind: ClauseKind,
    /// The clause above.
    #[schema(max_length = 60)]
    pub parent: Option<String>,
    /// The number as it is printed; empty where there is none.
    #[schema(max_length = 40, example = "第三条")]
    pub number: String,
    /// What it says.
    #[schema(max_length = 5000)]
    pub text: String,
    /// Whether it binds.
    pub binding: bool,
}

impl From<Clause> for ClauseView {
    fn from(clause: Clause) -> Self {
        let Clause { id, kind, parent, number, text, binding } = clause;
        Self { id, kind, parent, number, text, binding }
    }
}

/// A version of a regulation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationVersion)]
pub struct RegulationVersionView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "RV-2026-000003")]
    pub number: String,
    /// Of which regulation.
    pub regulation: RegulationRef,
    /// 1, 2, 3 … within the regulation.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// Whether it changes what is asked of people.
    pub nature: Nature,
    /// What it changes and why.
    #[schema(max_length = 2000)]
    pub summary: String,
    /// The day by which its trial is reviewed.
    pub review_on: Option<NaiveDate>,
    /// Where it stands today.
    pub status: RegulationVersionState,
    /// Since when it stands there on its way through approval.
    pub status_at: Option<Timestamp>,
    /// Why it was returned, rejected or voided.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The account that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who drafts it.
    pub submitter: PersonRef,
    /// Who issues it.
    pub department: NamedRef,
    /// The digest of its text: what is acknowledged.
    #[schema(max_length = 64)]
    pub digest: String,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The first day on which it is in force.
    pub effective_from: Option<NaiveDate>,
    /// The first day on which the next version is.
    pub superseded_from: Option<NaiveDate>,
    /// The first day on which it is in force no longer, without a next one.
    pub repealed_from: Option<NaiveDate>,
    /// Why it was repealed.
    #[schema(max_length = 1000)]
    pub repeal_reason: Option<String>,
    /// Its clauses in reading order.
    #[schema(max_items = 2000)]
    pub clauses: Vec<ClauseView>,
    /// The approval of its latest submission.
    pub approval_id: Option<AnyId>,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<RegulationVersionActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RegulationVersionView {
    const REFERS: &'static [Refers] = &[
        Refers::to("regulation", &REGULATION),
        Refers::to("approval", &APPROVAL).by("approval_id"),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/regulation-versions/{}", self.id))
    }
}

/// One version, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(reader: &mut Reader<'_>, id: Id<RegulationVersion>) -> Result<RegulationVersionView, Failure> {
    let version = find(reader, id)?;
    show(reader, version)
}

/// The version of a regulation in force on a day, today where none is named.
///
/// # Errors
/// `regulation_version.none_in_force`.
pub fn view_in_force(
    reader: &mut Reader<'_>,
    of: Id<Regulation>,
    on: Option<BusinessDate>,
) -> Result<RegulationVersionView, Failure> {
    let on = on.unwrap_or_else(|| reader.today());
    regulation::load(reader, of)?;
    let none = || Refusal::new(NONE_IN_FORCE).with("date", on.to_string());
    let version = in_force(reader, of, on)?.ok_or_else(none)?;
    show(reader, version)
}

/// A version where something refers to it.
pub static REGULATION_VERSION: Target =
    Target { permission: Permission::ReadRegulations, look: |reader, id| in_json(view(reader, id.into())) };

/// How a version at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, version: RegulationVersion) -> Result<RegulationVersionView, Failure> {
    let (register, today) = (Register::of(reader)?, reader.today());
    let regulation = regulation::load(reader, version.regulation)?;
    let actions = version.actions(owner(reader, &version)?, reader.actor(), today);
    let (status, digest) = (version.state_on(today), version.digest());
    let (status_at, reason) = version.petition.standing.told();
    let reason = reason.map(str::to_owned);
    let RegulationVersion { id, petition, regulation: _, department, edition, text, publication, version } =
        version;
    let repeal = publication.as_ref().and_then(|publication| publication.repealed.clone());
    Ok(RegulationVersionView {
        id: id.uuid().into(),
        regulation: (&regulation).into(),
        edition,
        nature: text.nature,
        summary: text.summary,
        review_on: text.review_on,
        status,
        status_at,
        status_reason: reason,
        created_by: petition.creator,
        created_at: petition.created_at,
        submitter: register.named(petition.submitter)?,
        department: register.placed(department)?,
        digest,
        published_at: publication.as_ref().map(|publication| publication.at),
        effective_from: publication.as_ref().map(|publication| publication.effective_from),
        superseded_from: publication.as_ref().and_then(|publication| publication.superseded_from),
        repealed_from: repeal.as_ref().map(|repeal| repeal.from),
        repeal_reason: repeal.map(|repeal| repeal.reason),
        clauses: text.clauses.into_iter().map(Into::into).collect(),
        approval_id: petition.approval.map(|approval| approval.uuid().into()),
        actions: ActionView::listed(&format!("/api/v1/regulation-versions/{id}"), actions),
        version,
        number: petition.number,
    })
}

impl Placed<crate::Governance> for RegulationVersionAction {
    fn place(self) -> Place {
        match self {
            Self::Revise => Place::Patch,
            Self::Submit => Place::Post("/submit"),
            Self::Withdraw => Place::Post("/withdraw"),
            Self::Void => Place::Post("/void"),
            Self::Publish => Place::Post("/publish"),
            Self::Repeal => Place::Post("/repeal"),
        }
    }
}
