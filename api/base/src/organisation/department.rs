//! Departments and their tree. `[ORG-1]`

use crate::spine::{
    At, Can, Created, List, Merge, Merged, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted, routes,
};
use chrono::NaiveDate;
use domain::{
    organisation::{Department, DepartmentDetails, HEAD_UNKNOWN},
    spine::{self, Citation, DepartmentId, EmployeeId, Refusal, codes, perm},
};
use persistence::{
    organisation::{DepartmentFilter, DepartmentView, department, employee, referred},
    spine::{Failure, Tx},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(
        into,
        "departments",
        [list_departments, create_department, show_department, change_department, close_department]
    );
}

/// List the departments. `[ORG-1, INT-4]`
///
/// The tree follows from the parents.
#[utoipa::path(get, path = "/api/v1/departments")]
async fn list_departments(
    who: Can<perm::ReadOrganisation>,
    wanted: Wanted<DepartmentFilter>,
    reading: Reading,
) -> List<DepartmentView> {
    reading.list(who, wanted, department::list).await
}

/// Show a department. `[ORG-1]`
#[utoipa::path(get, path = "/api/v1/departments/{id}")]
async fn show_department(
    who: Can<perm::ReadOrganisation>,
    id: PathId<spine::Department>,
    reading: Reading,
) -> Reply<DepartmentView> {
    reading.read(who, move |reader| department::view(reader, *id)).await
}

/// A new department.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateDepartment {
    /// Unique short code.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "sales")]
    code: String,
    /// Chinese name.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "销售部")]
    name_zh: String,
    /// English name.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60, example = "Sales department")]
    name_en: String,
    /// The department above.
    parent_id: Option<DepartmentId>,
    /// Who heads it.
    head_id: Option<EmployeeId>,
}

impl Merged for CreateDepartment {
    const PATCH: &'static str = "ChangeDepartment";
    const FILLED: &'static [&'static str] = &["name_en"];
}

impl From<DepartmentDetails> for CreateDepartment {
    fn from(details: DepartmentDetails) -> Self {
        let DepartmentDetails { code, name_zh, name_en, parent, head } = details;
        Self { code, name_zh, name_en, parent_id: parent, head_id: head }
    }
}

/// Set up a department. `[ORG-1]`
#[utoipa::path(post, path = "/api/v1/departments")]
async fn create_department(
    who: Can<perm::ManageOrganisation>,
    body: Valid<CreateDepartment>,
    work: UnitOfWork,
) -> Created<DepartmentView> {
    work.write(who, move |tx| {
        let CreateDepartment { code, name_zh, name_en, parent_id, head_id } = body.0.clone();
        check_place(tx, parent_id)?;
        check_head(tx, head_id)?;
        let tree = department::tree(tx)?;
        let details = DepartmentDetails { code, name_zh, name_en, parent: parent_id, head: head_id };
        let change = Department::create(tx.id(), details, &tree)?;
        let created = department::apply(tx, change)?;
        department::view(tx, created.id)
    })
    .await
}

/// Where a department may be hung: below an open one within reach; at the top only by whoever reaches all.
pub(super) fn check_place(tx: &mut Tx<'_>, parent: Option<DepartmentId>) -> Result<(), Failure> {
    let Some(parent) = parent else {
        let required = || Refusal::new(codes::REQUIRED).at("/parent_id").into();
        return if tx.reach().all { Ok(()) } else { Err(required()) };
    };
    department::refer(tx, parent, "/parent_id")?;
    referred(department::ensure_within_reach(tx, parent), "/parent_id")
}

fn check_head(tx: &mut Tx<'_>, head: Option<EmployeeId>) -> Result<(), Failure> {
    let Some(head) = head else { return Ok(()) };
    let today = tx.today();
    if employee::refer(tx, head, "/head_id")?.employment.grants_access(today) {
        return Ok(());
    }
    Err(Refusal::new(HEAD_UNKNOWN).citing(Citation::rule("ORG-1")).at("/head_id").into())
}

/// Change a department. `[ORG-1]`
#[utoipa::path(patch, path = "/api/v1/departments/{id}")]
async fn change_department(
    who: Can<perm::ManageOrganisation>,
    at: At<Department>,
    patch: Merge<CreateDepartment>,
    work: UnitOfWork,
) -> Reply<DepartmentView> {
    work.moves(who, at, move |found, tx| {
        let old = &found.details;
        let said = patch.over(&old.clone().into())?;
        let CreateDepartment { code, name_zh, name_en, parent_id: parent, head_id: head } = said;
        let details = DepartmentDetails { code, name_zh, name_en, parent, head };
        if details.parent != old.parent {
            check_place(tx, details.parent)?;
        }
        if details.head != old.head {
            check_head(tx, details.head)?;
        }
        let tree = department::tree(tx)?;
        Ok(found.change(details, &tree)?)
    })
    .await
}

/// From when a department no longer exists.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseDepartment {
    /// The first day without it; today unless said otherwise.
    on: Option<NaiveDate>,
}

/// Close a department. `[ORG-1]`
///
/// Nobody may work in it and no open department stand below it any more.
#[utoipa::path(post, path = "/api/v1/departments/{id}/close")]
async fn close_department(
    who: Can<perm::ManageOrganisation>,
    at: At<Department>,
    body: Valid<CloseDepartment>,
    work: UnitOfWork,
) -> Reply<DepartmentView> {
    work.moves(who, at, move |found, tx| {
        let on = body.on.unwrap_or_else(|| tx.today());
        let people = department::count_people(tx, found.id)?;
        let tree = department::tree(tx)?;
        Ok(found.close(on, people, &tree)?)
    })
    .await
}
