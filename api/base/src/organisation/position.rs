//! Positions and their written duties. `[ORG-1]`

use crate::spine::{
    Can, Created, IfMatch, List, Patch, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use domain::{
    organisation::{Position, PositionDetails},
    spine::{DepartmentId, perm},
};
use persistence::organisation::{PositionFilter, PositionView, department, position, referred};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "positions", [list_positions, create_position, show_position, change_position]);
}

/// List positions by code. `[ORG-1]`
#[utoipa::path(get, path = "/api/v1/positions")]
async fn list_positions(
    who: Can<perm::ReadOrganisation>,
    wanted: Wanted<PositionFilter>,
    reading: Reading,
) -> List<PositionView> {
    reading.list(who, wanted, position::list).await
}

/// Show a position. `[ORG-1]`
#[utoipa::path(get, path = "/api/v1/positions/{id}")]
async fn show_position(
    who: Can<perm::ReadOrganisation>,
    id: PathId<Position>,
    reading: Reading,
) -> Reply<PositionView> {
    reading.read(who, move |reader| position::view(reader, *id)).await
}

/// A written duty.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 500, example = "直接与客户沟通")]
struct Duty(String);

/// A new position.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePosition {
    /// Unique short code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "sales-representative")]
    code: String,
    /// Chinese name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "销售代表")]
    name_zh: String,
    /// English name.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60, example = "Sales representative")]
    name_en: String,
    /// The department it belongs to; none where several have it.
    department_id: Option<DepartmentId>,
    /// Its written duties, in order.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    duties: Vec<Duty>,
    /// The clause that describes it.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "000 §2.3(1)")]
    clause: String,
}

fn texts(duties: Vec<Duty>) -> Vec<String> {
    duties.into_iter().map(|Duty(text)| text).collect()
}

/// Set up a position. `[ORG-1]`
#[utoipa::path(post, path = "/api/v1/positions")]
async fn create_position(
    who: Can<perm::ManageOrganisation>,
    body: Valid<CreatePosition>,
    work: UnitOfWork,
) -> Created<PositionView> {
    work.write(who, move |tx| {
        let CreatePosition { code, name_zh, name_en, department_id, duties, clause } = body.0.clone();
        if let Some(department) = department_id {
            department::refer(tx, department, "/department_id")?;
        }
        referred(position::ensure_within_reach(tx, department_id), "/department_id")?;
        let duties = texts(duties);
        let details = PositionDetails { code, name_zh, name_en, department: department_id, duties, clause };
        let change = Position::create(tx.id(), details)?;
        let created = position::apply(tx, change)?;
        position::view(tx, created.id)
    })
    .await
}

/// What changes about a position.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePosition {
    /// Unique short code.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40)]
    code: Patch<String>,
    /// Chinese name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
    name_zh: Patch<String>,
    /// English name.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 60)]
    name_en: Patch<String>,
    /// The department it belongs to; null where several have it.
    #[serde(default)]
    #[schema(value_type = Option<DepartmentId>)]
    department_id: Patch<DepartmentId>,
    /// Its written duties, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Duty>>, max_items = 50)]
    duties: Patch<Vec<Duty>>,
    /// The clause that describes it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    clause: Patch<String>,
}

/// Change a position. `[ORG-1]`
#[utoipa::path(patch, path = "/api/v1/positions/{id}")]
async fn change_position(
    who: Can<perm::ManageOrganisation>,
    id: PathId<Position>,
    version: IfMatch,
    body: Valid<ChangePosition>,
    work: UnitOfWork,
) -> Reply<PositionView> {
    work.write(who, move |tx| {
        let found = position::find(tx, *id)?;
        version.check(found.version)?;
        let ChangePosition { code, name_zh, name_en, department_id, duties, clause } = body.0.clone();
        let old = found.details.clone();
        let department = department_id.over(old.department);
        if department != old.department {
            if let Some(department) = department {
                department::refer(tx, department, "/department_id")?;
            }
            referred(position::ensure_within_reach(tx, department), "/department_id")?;
        }
        let details = PositionDetails {
            code: code.over_required(old.code, "/code")?,
            name_zh: name_zh.over_required(old.name_zh, "/name_zh")?,
            name_en: name_en.over_required(old.name_en, "/name_en")?,
            department,
            duties: match duties {
                Patch::Absent => old.duties,
                Patch::Null => Vec::new(),
                Patch::Set(duties) => texts(duties),
            },
            clause: clause.over_required(old.clause, "/clause")?,
        };
        position::apply(tx, found.change(details)?)?;
        position::view(tx, *id)
    })
    .await
}
