//! The versions within the caller's sight, without their clauses. `[REG-1a, INT-4]`

use super::row::{Row, sight};
use crate::{
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    regulation::{REGULATION, RegulationRef},
    schema::{regulation_versions, regulations},
    search,
    spine::{
        Failure, Filter, Page, Reader, Refers, Several, Slice, View, Where, columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    regulation_version::{Nature, RegulationVersionState},
    spine::{AnyId, BusinessDate, DepartmentId, EmployeeId, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A version in a list: without its clauses.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegulationVersionSummary)]
pub struct RegulationVersionSummary {
    /// Its identity.
    pub id: AnyId,
    /// Its number.
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
    /// Where it stands today.
    pub status: RegulationVersionState,
    /// Who drafts it.
    pub submitter: PersonRef,
    /// Who issues it.
    pub department: NamedRef,
    /// The first day on which it is in force.
    pub effective_from: Option<NaiveDate>,
    /// The day by which its trial is reviewed.
    pub review_on: Option<NaiveDate>,
    /// The digest of its text.
    #[schema(max_length = 64)]
    pub digest: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RegulationVersionSummary {
    const REFERS: &'static [Refers] = &[
        Refers::to("regulation", &REGULATION),
        Refers::to("department", &DEPARTMENT),
        Refers::to("submitter", &EMPLOYEE),
    ];
}

/// Which versions are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RegulationVersionFilter {
    /// Only of this regulation.
    pub regulation_id: Option<AnyId>,
    /// Only these states, separated by commas.
    #[param(inline, example = "draft,published")]
    pub status: Several<RegulationVersionState>,
    /// Only of this nature.
    #[param(inline)]
    pub nature: Several<Nature>,
    /// Only of the department that issues them.
    pub department_id: Option<DepartmentId>,
    /// Only of whoever drafts them.
    pub submitter_id: Option<EmployeeId>,
    /// Only in force from this day on or later.
    #[serde(rename = "effective_from[gte]")]
    pub effective_from: Option<NaiveDate>,
    /// Only in force from this day on or before.
    #[serde(rename = "effective_from[lte]")]
    pub effective_to: Option<NaiveDate>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in number, summary or the drafter's name, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "报销")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: RegulationVersionOrder,
}

impl Filter for RegulationVersionFilter {}

orders! {
    /// By what versions are ordered.
    pub RegulationVersionOrder of Row in regulation_versions by id, descending:
    created_at = id;
    changed_at;
}

/// In a state on a day: one that is kept as published is superseded or repealed from its days on.
fn standing(state: RegulationVersionState, today: BusinessDate) -> Where {
    use regulation_versions::{repealed_from, superseded_from};
    let mut wanted = Where::new();
    let published = regulation_versions::status.eq(RegulationVersionState::Published.code());
    match state {
        RegulationVersionState::Published => wanted.also(
            published
                .and(superseded_from.is_null().or(superseded_from.gt(today)))
                .and(repealed_from.is_null().or(repealed_from.gt(today))),
        ),
        RegulationVersionState::Superseded => wanted.also(superseded_from.le(today)),
        RegulationVersionState::Repealed => {
            wanted.also(repealed_from.le(today).and(superseded_from.is_null().or(superseded_from.gt(today))));
        }
        _ => wanted.also(regulation_versions::status.eq(state.code())),
    }
    wanted
}

type Found = (Row, String, String);

/// Versions within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RegulationVersionFilter,
    page: &Page,
) -> Result<Slice<RegulationVersionSummary>, Failure> {
    let today = reader.today();
    let mut wanted = sight(reader);
    narrow!(wanted, regulation_versions, filter;
        regulation_id = regulation_id, nature in nature, department_id = department_id,
        submitter_id = submitter_id, effective_from >= effective_from, effective_from <= effective_to,
        changed_at >= changed_from, changed_at < changed_before);
    wanted.also_any(filter.status.0.iter().map(|state| standing(*state, today)).collect());
    search!(wanted, filter, regulation_versions::search_text; regulation_versions::submitter_id);
    let found = paged!(reader, page, filter.sort, wanted;
        regulation_versions::table.inner_join(regulations::table)
        => (Row::as_select(), regulations::code, regulations::title);
        |found: &Found| &found.0);
    let register = Register::of(reader)?;
    found.try_map(|row| summary(&register, today, row))
}

fn summary(
    register: &Register,
    today: BusinessDate,
    (row, code, title): Found,
) -> Result<RegulationVersionSummary, Failure> {
    let (status, nature) = (row.state_on(today)?, row.nature()?);
    Ok(RegulationVersionSummary {
        id: row.id.into(),
        number: row.number,
        regulation: RegulationRef { id: row.regulation_id.into(), code, title },
        edition: row.edition,
        nature,
        summary: row.summary,
        status,
        submitter: register.named(row.submitter_id.into())?,
        department: register.placed(row.department_id.into())?,
        effective_from: row.effective_from,
        review_on: row.review_on,
        digest: row.digest,
        created_at: row.created_at.into(),
        changed_at: row.changed_at.into(),
        version: row.version,
    })
}

columns! { RegulationVersionSummary as "regulation-versions" "制度版本" "Versions of regulations":
    number "编号" "Number";
    regulation "制度" "Regulation" = |row| row.regulation.title.clone();
    edition "版次" "Edition";
    nature "修改性质" "Nature";
    status "状态" "Status";
    submitter "起草人" "Drafted by";
    department "发布部门" "Issued by";
    effective_from "生效日期" "Effective from";
    review_on "试行评估日期" "Trial reviewed on";
    created_at "起草时间" "Drafted at";
    changed_at "更新时间" "Changed at";
}
