//! Positions and their written duties. `[ORG-1]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
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
struct WrittenDuty(String);

/// A new position.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
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
    duties: Vec<WrittenDuty>,
    /// The clause that describes it.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "000 §2.3(1)")]
    clause: String,
}

impl Merged for CreatePosition {
    const PATCH: &'static str = "ChangePosition";
    const FILLED: &'static [&'static str] = &["name_en", "clause"];
}

impl From<PositionDetails> for CreatePosition {
    fn from(details: PositionDetails) -> Self {
        let PositionDetails { code, name_zh, name_en, department, duties, clause } = details;
        let duties = duties.into_iter().map(WrittenDuty).collect();
        Self { code, name_zh, name_en, department_id: department, duties, clause }
    }
}

fn texts(duties: Vec<WrittenDuty>) -> Vec<String> {
    duties.into_iter().map(|WrittenDuty(text)| text).collect()
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

/// Change a position. `[ORG-1]`
#[utoipa::path(patch, path = "/api/v1/positions/{id}")]
async fn change_position(
    who: Can<perm::ManageOrganisation>,
    at: At<Position>,
    patch: Merge<CreatePosition>,
    work: UnitOfWork,
) -> Reply<PositionView> {
    work.moves(who, at, move |found, tx| {
        let old = &found.details;
        let said = patch.over(&old.clone().into())?;
        let CreatePosition { code, name_zh, name_en, department_id: department, duties, clause } = said;
        if department != old.department {
            if let Some(department) = department {
                department::refer(tx, department, "/department_id")?;
            }
            referred(position::ensure_within_reach(tx, department), "/department_id")?;
        }
        let duties = texts(duties);
        let details = PositionDetails { code, name_zh, name_en, department, duties, clause };
        Ok(found.change(details)?)
    })
    .await
}
