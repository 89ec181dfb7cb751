//! What a regulation looks like, and all of them. `[REG-1a, INT-4]`

use super::row::{Row, load};
use crate::{
    organisation::{DEPARTMENT, NamedRef, Register},
    regulation_version::{self, EditionRef},
    schema::regulations,
    search,
    spine::{
        Failure, Filter, Page, Reader, Refers, Slice, Target, View, Where, columns, in_json, narrow, orders,
        paged,
    },
};
use diesel::prelude::*;
use domain::{
    duty::rule::Scope,
    regulation::Regulation,
    spine::{AnyId, DepartmentId, EmployeeId, Id, Permission, Timestamp, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The code of a role, a position or a department.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RegulationScopeCode, min_length = 1, max_length = 100, example = "sales-representative")]
pub struct ScopeCode(String);

/// For whom a regulation holds: what is empty excludes nobody.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegulationScope {
    /// Holders of one of these roles, by code.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub roles: Vec<ScopeCode>,
    /// Holders of one of these positions, by code.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub positions: Vec<ScopeCode>,
    /// Members of one of these departments or of one below, by code.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub departments: Vec<ScopeCode>,
    /// Not these.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub except_ids: Vec<EmployeeId>,
}

impl From<Scope> for RegulationScope {
    fn from(scope: Scope) -> Self {
        let Scope { roles, positions, departments, heads: _, except } = scope;
        let [roles, positions, departments] =
            [roles, positions, departments].map(|codes| codes.into_iter().map(ScopeCode).collect());
        Self { roles, positions, departments, except_ids: except }
    }
}

impl From<RegulationScope> for Scope {
    fn from(scope: RegulationScope) -> Self {
        let RegulationScope { roles, positions, departments, except_ids } = scope;
        let [roles, positions, departments] =
            [roles, positions, departments].map(|codes| codes.into_iter().map(|code| code.0).collect());
        Self { roles, positions, departments, except: except_ids, ..Self::default() }
    }
}

/// What the company has written down.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Regulation)]
pub struct RegulationView {
    /// Its identity.
    pub id: AnyId,
    /// How policies cite it.
    #[schema(max_length = 40, example = "000")]
    pub code: String,
    /// What it is called.
    #[schema(max_length = 200, example = "营销中心管理制度")]
    pub title: String,
    /// Who issues it.
    pub department: NamedRef,
    /// Who holds the right of interpretation.
    pub interpreter: NamedRef,
    /// For whom it holds.
    pub scope: RegulationScope,
    /// The version in force today.
    pub in_force: Option<EditionRef>,
    /// Whether the product entered a text of it.
    pub is_shipped: bool,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for RegulationView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("interpreter", &DEPARTMENT)];
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/regulations/{}", self.id))
    }
}

/// A regulation where something refers to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = RegulationRef)]
pub struct RegulationRef {
    /// Its identity.
    pub id: AnyId,
    /// How policies cite it.
    #[schema(max_length = 40, example = "000")]
    pub code: String,
    /// What it is called.
    #[schema(max_length = 200)]
    pub title: String,
}

impl From<&Regulation> for RegulationRef {
    fn from(regulation: &Regulation) -> Self {
        let details = &regulation.details;
        Self { id: regulation.id.uuid().into(), code: details.code.clone(), title: details.title.clone() }
    }
}

/// A regulation where something refers to it.
pub static REGULATION: Target =
    Target { permission: Permission::ReadRegulations, look: |reader, id| in_json(view(reader, id.into())) };

/// One regulation.
///
/// # Errors
/// Not found where there is none.
pub fn view(reader: &mut Reader<'_>, id: Id<Regulation>) -> Result<RegulationView, Failure> {
    load(reader, id)?;
    let key = crate::spine::Key::from(id);
    let row: Row = crate::spine::db!(reader, |c| regulations::table
        .filter(regulations::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    let today = reader.today();
    let in_force = regulation_version::editions_in_force(reader, &[row.id], today)?;
    shown(&*Register::of(reader)?, &in_force, row)
}

fn shown(
    register: &Register,
    in_force: &HashMap<crate::spine::Key, EditionRef>,
    row: Row,
) -> Result<RegulationView, Failure> {
    let in_force = in_force.get(&row.id).cloned();
    let (created_at, changed_at, is_shipped) =
        (row.created_at.into(), row.changed_at.into(), row.shipped_digest.is_some());
    let regulation = Regulation::try_from(row)?;
    let details = regulation.details;
    Ok(RegulationView {
        id: regulation.id.uuid().into(),
        code: details.code,
        title: details.title,
        department: register.placed(details.department)?,
        interpreter: register.placed(details.interpreter)?,
        scope: details.scope.into(),
        in_force,
        is_shipped,
        created_at,
        changed_at,
        version: regulation.version,
    })
}

/// Which regulations are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct RegulationFilter {
    /// Only with this code.
    #[validate(length(max = 40))]
    #[param(max_length = 40, example = "000")]
    pub code: Option<String>,
    /// Only of the department that issues them.
    pub department_id: Option<DepartmentId>,
    /// Only what changed at this instant or later.
    #[serde(rename = "changed_at[gte]")]
    pub changed_from: Option<Timestamp>,
    /// Only what changed before this instant.
    #[serde(rename = "changed_at[lt]")]
    pub changed_before: Option<Timestamp>,
    /// Only where this stands in code or title, however that is written or read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "guanlizhidu")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: RegulationOrder,
}

impl Filter for RegulationFilter {}

orders! {
    /// By what regulations are ordered.
    pub RegulationOrder of Row in regulations by id, ascending:
    created_at = id;
    changed_at;
    code;
}

/// All regulations.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &RegulationFilter,
    page: &Page,
) -> Result<Slice<RegulationView>, Failure> {
    let mut wanted = Where::new();
    narrow!(wanted, regulations, filter;
        code = code, department_id = department_id, changed_at >= changed_from, changed_at < changed_before);
    search!(wanted, filter, regulations::search_text);
    let found =
        paged!(reader, page, filter.sort, wanted; regulations::table => Row::as_select(); |row: &Row| row);
    let today = reader.today();
    let keys: Vec<crate::spine::Key> = found.data.iter().map(|row| row.id).collect();
    let in_force = regulation_version::editions_in_force(reader, &keys, today)?;
    let register = Register::of(reader)?;
    found.try_map(|row| shown(&register, &in_force, row))
}

columns! { RegulationView as "regulations" "制度" "Regulations":
    code "编号" "Code";
    title "名称" "Title";
    department "发布部门" "Issued by";
    interpreter "解释部门" "Interpreted by";
    in_force "现行版本" "In force" = |row| row.in_force.as_ref().map(|edition| edition.number.clone());
    changed_at "更新时间" "Changed at";
}
