//! What a suggestion looks like, and all of them. `[REG-3, INT-4]`

use super::row::{Row, load};
use crate::{
    organisation::{DEPARTMENT, NamedRef, PersonRef, Register},
    regulation::{self, REGULATION, RegulationRef},
    schema::{regulation_suggestions, regulations},
    search,
    spine::{
        ActionView, Failure, Filter, Page, Place, Placed, Reader, Refers, Several, Slice, Target, View,
        Where, columns, in_json, narrow, orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    regulation_suggestion::{
        RegulationSuggestion, RegulationSuggestionAction, SuggestionState, SuggestionStatus,
    },
    spine::{Actor, AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What the caller may do with a suggestion. An alias, because the derive would take a generic type apart.
type RegulationSuggestionActionView = ActionView<RegulationSuggestionAction>;

/// How a regulation could be better.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationSuggestion)]
pub struct SuggestionView {
    /// Its identity.
    pub id: AnyId,
    /// Its number; never reused.
    #[schema(max_length = 60, example = "SG-2026-000004")]
    pub number: String,
    /// To which regulation.
    pub regulation: RegulationRef,
    /// The clause it is about.
    #[schema(max_length = 60)]
    pub clause: Option<String>,
    /// What is suggested, and why.
    #[schema(max_length = 2000)]
    pub text: String,
    /// Whether the name is hidden from others than who answers.
    pub is_anonymous: bool,
    /// Who made it; null where that is hidden from the caller.
    pub submitter: Option<PersonRef>,
    /// Who answers.
    pub department: NamedRef,
    /// Where it stands.
    pub status: SuggestionState,
    /// Since when.
    pub status_at: Option<Timestamp>,
    /// Why it was declined.
    #[schema(max_length = 1000)]
    pub status_reason: Option<String>,
    /// The version that takes it up.
    pub draft_id: Option<AnyId>,
    /// The suggestion that says the same.
    pub joined_to_id: Option<AnyId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the caller may do with it now.
    #[schema(max_items = 20)]
    pub actions: Vec<RegulationSuggestionActionView>,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SuggestionView {
    const REFERS: &'static [Refers] =
        &[Refers::to("regulation", &REGULATION), Refers::to("department", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/regulation-suggestions/{}", self.id))
    }
}

/// One suggestion.
///
/// # Errors
/// Not found where there is none.
pub fn view(reader: &mut Reader<'_>, id: Id<RegulationSuggestion>) -> Result<SuggestionView, Failure> {
    let suggestion = load(reader, id)?;
    show(reader, suggestion)
}

/// A suggestion where something refers to it.
pub static REGULATION_SUGGESTION: Target =
    Target { permission: Permission::ReadRegulations, look: |reader, id| in_json(view(reader, id.into())) };

/// Whether the caller is told who made a suggestion: whoever made it, and who answers for the department.
fn is_told(by: &Actor, is_anonymous: bool, submitter: EmployeeId, department: DepartmentId) -> bool {
    let answers = || {
        by.may(Permission::DraftRegulations)
            && by.reach(Permission::DraftRegulations).covers(department, false)
    };
    !is_anonymous || by.is(submitter) || answers()
}

/// How a suggestion at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(reader: &mut Reader<'_>, suggestion: RegulationSuggestion) -> Result<SuggestionView, Failure> {
    let register = Register::of(reader)?;
    let regulation = regulation::load(reader, suggestion.regulation)?;
    let actions = suggestion.actions(reader.actor());
    let RegulationSuggestion { id, number, regulation: _, department, content, .. } = suggestion;
    let is_told = is_told(reader.actor(), content.is_anonymous, suggestion.submitter, department);
    let submitter = is_told.then(|| register.named(suggestion.submitter)).transpose()?;
    let status = suggestion.status.state();
    let (at, reason, draft, joined) = match suggestion.status {
        SuggestionStatus::Filed => (None, None, None, None),
        SuggestionStatus::InReview { at } => (Some(at), None, None, None),
        SuggestionStatus::Adopted { at, draft } | SuggestionStatus::InForce { at, draft } => {
            (Some(at), None, Some(draft), None)
        }
        SuggestionStatus::Declined { at, reason } => (Some(at), Some(reason), None, None),
        SuggestionStatus::Joined { at, to } => (Some(at), None, None, Some(to)),
    };
    Ok(SuggestionView {
        id: id.uuid().into(),
        number,
        regulation: (&regulation).into(),
        clause: content.clause,
        text: content.text,
        is_anonymous: content.is_anonymous,
        submitter,
        department: register.placed(department)?,
        status,
        status_at: at,
        status_reason: reason,
        draft_id: draft.map(|draft| draft.uuid().into()),
        joined_to_id: joined.map(|joined| joined.uuid().into()),
        created_at: suggestion.created_at,
        actions: ActionView::listed(&format!("/api/v1/regulation-suggestions/{id}"), actions),
        version: suggestion.version,
    })
}

impl Placed<crate::Governance> for RegulationSuggestionAction {
    fn place(self) -> Place {
        match self {
            Self::TakeUp => Place::Post("/take-up"),
            Self::Adopt => Place::Post("/adopt"),
            Self::Decline => Place::Post("/decline"),
            Self::Join => Place::Post("/join"),
        }
    }
}

/// A suggestion in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationSuggestionSummary)]
pub struct SuggestionSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "SG-2026-000004")]
    pub number: String,
    /// To which regulation.
    pub regulation: RegulationRef,
    /// The clause it is about.
    #[schema(max_length = 60)]
    pub clause: Option<String>,
    /// What is suggested, and why.
    #[schema(max_length = 2000)]
    pub text: String,
    /// Who made it; null where that is hidden from the caller.
    pub submitter: Option<PersonRef>,
    /// Who answers.
    pub department: NamedRef,
    /// Where it stands.
    pub status: SuggestionState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for SuggestionSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("regulation", &REGULATION), Refers::to("department", &DEPARTMENT)];
}

/// Which suggestions are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SuggestionFilter {
    /// Only to this regulation.
    pub regulation_id: Option<AnyId>,
    /// Only to this clause.
    #[validate(length(max = 60))]
    #[param(max_length = 60, example = "9.3.5")]
    pub clause: Option<String>,
    /// Only these states, separated by commas.
    #[param(inline, example = "filed,in_review")]
    pub status: Several<SuggestionState>,
    /// Only of the department that answers.
    pub department_id: Option<DepartmentId>,
    /// Only what the caller suggested.
    pub mine: Option<bool>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number or text.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "报销")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: SuggestionOrder,
}

impl Filter for SuggestionFilter {}

orders! {
    /// By what suggestions are ordered.
    pub SuggestionOrder of Row in regulation_suggestions by id, descending:
    created_at = id;
    changed_at;
}

type Found = (Row, String, String);

/// All suggestions. Nobody finds by a name that is hidden from them, so names are not searched.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SuggestionFilter,
    page: &Page,
) -> Result<Slice<SuggestionSummary>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, regulation_suggestions, filter;
        regulation_id = regulation_id, status in status, department_id = department_id,
        changed_at >= changed_from, changed_at < changed_before);
    if let Some(clause) = &filter.clause {
        wanted.also(regulation_suggestions::clause.eq(clause.clone()));
    }
    let own = reader.actor().employee.map_or(crate::spine::Key(uuid::Uuid::nil()), Into::into);
    match filter.mine {
        Some(true) => wanted.also(regulation_suggestions::submitter_id.eq(own)),
        Some(false) => wanted.also(regulation_suggestions::submitter_id.ne(own)),
        None => {}
    }
    search!(wanted, filter, regulation_suggestions::search_text);
    let found = paged!(reader, page, filter.sort, wanted;
        regulation_suggestions::table.inner_join(regulations::table)
        => (Row::as_select(), regulations::code, regulations::title);
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    let actor = reader.actor();
    found.try_map(|row| summary(&register, actor, row))
}

fn summary(register: &Register, by: &Actor, (row, code, title): Found) -> Result<SuggestionSummary, Failure> {
    let (submitter, department) = (row.submitter_id.into(), row.department_id.into());
    let is_told = is_told(by, row.is_anonymous, submitter, department);
    Ok(SuggestionSummary {
        id: row.id.into(),
        status: row.state()?,
        number: row.number,
        regulation: RegulationRef { id: row.regulation_id.into(), code, title },
        clause: row.clause,
        text: row.text,
        submitter: is_told.then(|| register.named(submitter)).transpose()?,
        department: register.placed(department)?,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { SuggestionSummary as "regulation-suggestions" "改进建议" "Suggestions":
    number "编号" "Number";
    regulation "制度" "Regulation" = |row| row.regulation.title.clone();
    clause "条款" "Clause";
    text "建议" "Suggestion";
    submitter "提出人" "Made by";
    department "答复部门" "Answered by";
    status "状态" "Status";
    created_at "提出时间" "Made at";
}
