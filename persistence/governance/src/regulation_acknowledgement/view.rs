//! What an acknowledgement looks like, and those within the caller's sight. `[REG-2, INT-4]`

use super::{
    find,
    row::{Row, sight},
};
use crate::{
    file::{self, FileView},
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    regulation::{REGULATION, RegulationRef},
    regulation_version::{self, EditionRef},
    schema::{regulation_acknowledgements, regulation_versions, regulations},
    search,
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Slice, Target, View, columns, in_json, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    regulation_acknowledgement::{
        AcknowledgementState, AcknowledgementStatus, LapseCause, RegulationAcknowledgement,
    },
    spine::{AnyId, DepartmentId, EmployeeId, Entity, Id, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// What one person says of one version of a regulation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationAcknowledgement)]
pub struct AcknowledgementView {
    /// Its identity.
    pub id: AnyId,
    /// Of which regulation.
    pub regulation: RegulationRef,
    /// Which version asks.
    pub version_id: AnyId,
    /// The text that is to be read: the last that was published. Its digest is what is acknowledged.
    pub text: Option<EditionRef>,
    /// Who is asked.
    pub employee: PersonRef,
    /// Where they worked when they were asked.
    pub department: NamedRef,
    /// Where it stands.
    pub status: AcknowledgementState,
    /// Since when.
    pub status_at: Option<Timestamp>,
    /// Why it is asked for no longer.
    pub cause: Option<LapseCause>,
    /// Which edition was acknowledged.
    pub edition: Option<i32>,
    /// The digest of the text that was acknowledged.
    #[schema(max_length = 64)]
    pub digest: Option<String>,
    /// Whether somebody filed a signed sheet for the person.
    pub is_on_paper: bool,
    /// Whether the person has left.
    pub has_left: bool,
    /// The scan of the sheet.
    #[schema(max_items = 20)]
    pub files: Vec<FileView>,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AcknowledgementView {
    const REFERS: &'static [Refers] = &[
        Refers::to("regulation", &REGULATION),
        Refers::to("department", &DEPARTMENT),
        Refers::to("employee", &EMPLOYEE),
    ];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/regulation-acknowledgements/{}", self.id))
    }
}

/// One acknowledgement, if the caller may see it.
///
/// # Errors
/// Not found where they may not.
pub fn view(
    reader: &mut Reader<'_>,
    id: Id<RegulationAcknowledgement>,
) -> Result<AcknowledgementView, Failure> {
    let asked = find(reader, id)?;
    show(reader, asked)
}

/// An acknowledgement where something refers to it.
pub static REGULATION_ACKNOWLEDGEMENT: Target =
    Target { permission: Permission::ReadRegulations, look: |reader, id| in_json(view(reader, id.into())) };

/// How an acknowledgement at hand is shown.
///
/// # Errors
/// Where the database fails.
pub fn show(
    reader: &mut Reader<'_>,
    asked: RegulationAcknowledgement,
) -> Result<AcknowledgementView, Failure> {
    let register = Register::of(reader)?;
    let regulation = crate::regulation::load(reader, asked.regulation)?;
    let last = regulation_version::last_published(reader, asked.regulation)?;
    let files = file::list_of(reader, RegulationAcknowledgement::KIND, asked.uuid())?;
    let (status_at, cause, edition, digest, is_on_paper) = match asked.status.clone() {
        AcknowledgementStatus::Asked => (None, None, None, None, false),
        AcknowledgementStatus::Lapsed { at, cause } => (Some(at), Some(cause), None, None, false),
        AcknowledgementStatus::Acknowledged { at, edition, digest, filed_by } => {
            (Some(at), None, Some(edition), Some(digest), filed_by.is_some())
        }
    };
    Ok(AcknowledgementView {
        id: asked.uuid().into(),
        regulation: (&regulation).into(),
        version_id: asked.asking.uuid().into(),
        text: last.as_ref().map(EditionRef::of),
        employee: register.named(asked.employee)?,
        department: register.placed(asked.department)?,
        status: asked.status.state(),
        status_at,
        cause,
        edition,
        digest,
        is_on_paper,
        has_left: register.has_left(asked.employee),
        files,
        asked_at: asked.asked_at,
        version: asked.version,
    })
}

/// An acknowledgement in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationAcknowledgementSummary)]
pub struct AcknowledgementSummary {
    /// Its identity.
    pub id: AnyId,
    /// Of which regulation.
    pub regulation: RegulationRef,
    /// Which version asks.
    pub version_id: AnyId,
    /// Which edition that is.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// Who is asked.
    pub employee: PersonRef,
    /// Where they worked when they were asked.
    pub department: NamedRef,
    /// Where it stands.
    pub status: AcknowledgementState,
    /// Since when.
    pub status_at: Option<Timestamp>,
    /// Whether somebody filed a signed sheet for the person.
    pub is_on_paper: bool,
    /// Whether the person has left.
    pub has_left: bool,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for AcknowledgementSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("regulation", &REGULATION),
        Refers::to("department", &DEPARTMENT),
        Refers::to("employee", &EMPLOYEE),
    ];
}

/// Which acknowledgements are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AcknowledgementFilter {
    /// Only of this regulation.
    pub regulation_id: Option<AnyId>,
    /// Only what this version asks.
    pub version_id: Option<AnyId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of people of this department, as it was when they were asked.
    pub department_id: Option<DepartmentId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "asked")]
    pub status: Several<AcknowledgementState>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in the title of the regulation or the person's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "lina")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: AcknowledgementOrder,
}

impl Filter for AcknowledgementFilter {}

orders! {
    /// By what acknowledgements are ordered.
    pub AcknowledgementOrder of Row in regulation_acknowledgements by id, ascending:
    asked_at = id;
    changed_at;
}

type Found = (Row, i32, Key, String, String);

/// Acknowledgements within the caller's sight: who has, who has not, who left.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &AcknowledgementFilter,
    page: &Page,
) -> Result<Slice<AcknowledgementSummary>, Failure> {
    let mut wanted = sight(reader);
    narrow!(wanted, regulation_acknowledgements, filter;
        regulation_id = regulation_id, version_id = version_id, employee_id = employee_id,
        department_id = department_id, status in status, changed_at >= changed_from, changed_at < changed_before);
    search!(wanted, filter, regulations::search_text; regulation_acknowledgements::employee_id);
    let found = paged!(reader, page, filter.sort, wanted;
        regulation_acknowledgements::table
            .inner_join(regulation_versions::table.inner_join(regulations::table))
        => (Row::as_select(), regulation_versions::edition, regulations::id, regulations::code, regulations::title);
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, row))
}

fn summary(
    register: &Register,
    (row, edition, regulation, code, title): Found,
) -> Result<AcknowledgementSummary, Failure> {
    let corrupt = || Failure::corrupt("regulation_acknowledgements", "status", row.id.0);
    let employee: EmployeeId = row.employee_id.into();
    Ok(AcknowledgementSummary {
        id: row.id.into(),
        regulation: RegulationRef { id: regulation.into(), code, title },
        version_id: row.version_id.into(),
        edition,
        employee: register.named(employee)?,
        department: register.placed(row.department_id.into())?,
        status: AcknowledgementState::from_code(&row.status).ok_or_else(corrupt)?,
        status_at: row.status_at.map(Into::into),
        is_on_paper: row.filed_by_id.is_some(),
        has_left: register.has_left(employee),
        asked_at: row.asked_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { AcknowledgementSummary as "regulation-acknowledgements" "制度确认" "Acknowledgements of regulations":
    regulation "制度" "Regulation" = |row| row.regulation.title.clone();
    edition "版次" "Edition";
    employee "人员" "Person";
    department "部门" "Department";
    status "状态" "Status";
    status_at "状态时间" "Since";
    is_on_paper "纸质签字" "On paper";
    has_left "已离职" "Has left";
    asked_at "要求确认时间" "Asked at";
}
