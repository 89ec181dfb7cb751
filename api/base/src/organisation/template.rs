//! The departments and positions that the regulations describe, set up as they stand there. `[ORG-1]`

use super::department::check_place;
use crate::spine::{
    Can, ItemOutcome, PerItem, Reading, Refers, Reply, Routes, UnitOfWork, Valid, View, routes,
};
use domain::{
    organisation::{
        DEPARTMENT_TEMPLATES, Department, DepartmentTemplate, Position, PositionId, PositionTemplate,
    },
    spine::{AnyId, DepartmentId, Findings, codes, perm},
};
use persistence::{
    organisation::{DEPARTMENT, department, position, referred},
    spine::{Failure, Reader, Tx},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "departments", [list_department_templates, set_up_departments]);
}

/// A position as a regulation describes it.
#[derive(Serialize, ToSchema)]
#[schema(as = PositionTemplate)]
struct PositionTemplateView {
    /// Its code.
    #[schema(max_length = 40, example = "sales-representative")]
    code: &'static str,
    /// Chinese name.
    #[schema(max_length = 60, example = "销售代表")]
    name_zh: &'static str,
    /// English name.
    #[schema(max_length = 60, example = "Sales representative")]
    name_en: &'static str,
    /// Its written duties, in order.
    #[schema(max_items = 50)]
    duties: &'static [&'static str],
    /// The clause that describes it.
    #[schema(max_length = 200, example = "000 §2.3(1)")]
    clause: &'static str,
    /// The position of that code here, where there is one.
    position_id: Option<PositionId>,
}

/// A department as a regulation describes it.
#[derive(Serialize, ToSchema)]
#[schema(as = DepartmentTemplate)]
struct DepartmentTemplateView {
    /// Its code.
    #[schema(max_length = 40, example = "sales")]
    code: &'static str,
    /// Chinese name.
    #[schema(max_length = 60, example = "销售部")]
    name_zh: &'static str,
    /// English name.
    #[schema(max_length = 60, example = "Sales department")]
    name_en: &'static str,
    /// The code of the department above.
    #[schema(max_length = 40, example = "marketing-centre")]
    parent: Option<&'static str>,
    /// The clause that sets it up.
    #[schema(max_length = 200, example = "000 §2")]
    clause: &'static str,
    /// Its positions.
    #[schema(max_items = 50)]
    positions: Vec<PositionTemplateView>,
    /// The department of that code here, where there is one.
    department_id: Option<DepartmentId>,
}

/// What the regulations describe.
#[derive(Serialize, ToSchema)]
pub(super) struct DepartmentTemplateList {
    /// Each department; one above stands before those below it.
    #[schema(max_items = 100)]
    data: Vec<DepartmentTemplateView>,
}
impl View for DepartmentTemplateList {
    const REFERS: &'static [Refers] = &[Refers::to("department", &DEPARTMENT).by("department_id")];
}

/// What stands here of the codes of some templates: read in one query each, whatever their number.
struct Standing {
    departments: HashMap<String, Department>,
    positions: HashMap<String, PositionId>,
}

impl Standing {
    /// The departments above count too: those below hang there.
    fn of(reader: &mut Reader<'_>, templates: &[&DepartmentTemplate]) -> Result<Self, Failure> {
        let above = templates.iter().filter_map(|template| template.parent);
        let departments: Vec<&str> = templates.iter().map(|template| template.code).chain(above).collect();
        let positions = templates.iter().flat_map(|template| template.positions);
        let positions: Vec<&str> = positions.map(|position| position.code).collect();
        Ok(Self {
            departments: department::with_codes(reader, &departments)?,
            positions: position::ids_of_codes(reader, &positions)?,
        })
    }
}

fn shown(standing: &Standing, template: &DepartmentTemplate) -> DepartmentTemplateView {
    let positions = template.positions.iter().map(|position| shown_position(standing, position)).collect();
    let DepartmentTemplate { code, zh, en, parent, clause, .. } = *template;
    let department_id = standing.departments.get(code).map(|found| found.id);
    DepartmentTemplateView { code, name_zh: zh, name_en: en, parent, clause, positions, department_id }
}

fn shown_position(standing: &Standing, template: &PositionTemplate) -> PositionTemplateView {
    let PositionTemplate { code, zh, en, duties, clause } = *template;
    let position_id = standing.positions.get(code).copied();
    PositionTemplateView { code, name_zh: zh, name_en: en, duties, clause, position_id }
}

/// List the departments and positions that the regulations describe. `[ORG-1]`
///
/// With the clause of each, and with what has been set up of it here.
#[utoipa::path(get, path = "/api/v1/department-templates")]
async fn list_department_templates(
    who: Can<perm::ReadOrganisation>,
    reading: Reading,
) -> Reply<DepartmentTemplateList> {
    reading
        .read(who, |reader| {
            let templates: Vec<_> = DEPARTMENT_TEMPLATES.iter().collect();
            let standing = Standing::of(reader, &templates)?;
            let data = templates.into_iter().map(|template| shown(&standing, template)).collect();
            Ok(DepartmentTemplateList { data })
        })
        .await
}

/// The code of a template.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[schema(min_length = 1, max_length = 40, example = "sales")]
struct TemplateCode(String);

/// Which departments are to be set up.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUpDepartments {
    /// The codes of their templates.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    codes: Vec<TemplateCode>,
    /// The department below which those hang whose own department above is not here; none at the top.
    parent_id: Option<DepartmentId>,
}

/// What became of a department or position of a template.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SetUp {
    /// What it is.
    kind: SetUpKind,
    /// Its code.
    #[schema(max_length = 40, example = "sales")]
    code: &'static str,
    /// Its identity.
    id: AnyId,
    /// Whether it was made, or stood already: then it is left as it is.
    outcome: ItemOutcome,
}

/// What a template makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetUpKind {
    /// A department.
    Department,
    /// A position.
    Position,
}

domain::labels! { SetUpKind = "SetUpKind":
    Department = "department", "部门", "Department";
    Position = "position", "岗位", "Position";
}

/// What became of all of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SetUpResults {
    /// Departments, each followed by its positions; one above stands before those below it.
    #[schema(max_items = 1000)]
    data: Vec<SetUp>,
}
impl View for SetUpResults {}

/// Set up departments and positions as the regulations describe them. `[ORG-1]`
///
/// What has such a code already is left as it is and answered `already`: the same again makes nothing twice.
/// `validate_only=true` tells what would be made.
#[utoipa::path(post, path = "/api/v1/department-templates/set-up")]
async fn set_up_departments(
    who: Can<perm::ManageOrganisation>,
    body: Valid<SetUpDepartments>,
    work: UnitOfWork,
) -> PerItem<SetUpResults> {
    work.write(who, move |tx| {
        let mut data = Vec::new();
        let templates = chosen(&body.codes)?;
        let mut standing = Standing::of(tx, &templates)?;
        for template in templates {
            let (id, made) = standing.set_up(tx, template, body.parent_id)?;
            data.push(told(SetUpKind::Department, template.code, id.uuid(), made));
            for position in template.positions {
                let (id, made) = standing.set_up_position(tx, position, id)?;
                data.push(told(SetUpKind::Position, position.code, id.uuid(), made));
            }
        }
        Ok(SetUpResults { data })
    })
    .await
}

fn told(kind: SetUpKind, code: &'static str, id: uuid::Uuid, made: bool) -> SetUp {
    let outcome = if made { ItemOutcome::Done } else { ItemOutcome::Already };
    SetUp { kind, code, id: id.into(), outcome }
}

/// The templates of these codes in the order in which they are set up; every unknown one is named.
fn chosen(codes: &[TemplateCode]) -> Result<Vec<&'static DepartmentTemplate>, Failure> {
    let mut findings = Findings::new();
    for (index, TemplateCode(code)) in codes.iter().enumerate() {
        if !DEPARTMENT_TEMPLATES.iter().any(|template| template.code == code) {
            findings.add(format!("/codes/{index}"), codes::UNKNOWN_REFERENCE);
        }
    }
    findings.into_result()?;
    let is_chosen =
        |template: &&DepartmentTemplate| codes.iter().any(|TemplateCode(code)| code == template.code);
    Ok(DEPARTMENT_TEMPLATES.iter().filter(is_chosen).collect())
}

impl Standing {
    /// The department of a template, and whether it was made now.
    fn set_up(
        &mut self,
        tx: &mut Tx<'_>,
        template: &DepartmentTemplate,
        otherwise: Option<DepartmentId>,
    ) -> Result<(DepartmentId, bool), Failure> {
        if let Some(standing) = self.departments.get(template.code) {
            referred(department::ensure_within_reach(tx, standing.id), "/codes")?;
            return Ok((standing.id, false));
        }
        let above = template.parent.and_then(|code| self.departments.get(code));
        let parent = above.filter(|above| above.closed_on.is_none()).map(|above| above.id).or(otherwise);
        check_place(tx, parent)?;
        let tree = department::tree(tx)?;
        let change = Department::create(tx.id(), template.details(parent), &tree)?;
        let made = department::apply(tx, change).map_err(made_meanwhile)?;
        let id = made.id;
        self.departments.insert(template.code.to_owned(), made);
        Ok((id, true))
    }

    /// The position of a template, and whether it was made now.
    fn set_up_position(
        &mut self,
        tx: &mut Tx<'_>,
        template: &PositionTemplate,
        department: DepartmentId,
    ) -> Result<(PositionId, bool), Failure> {
        if let Some(standing) = self.positions.get(template.code) {
            return Ok((*standing, false));
        }
        let change = Position::create(tx.id(), template.details(department))?;
        let id = position::apply(tx, change).map_err(made_meanwhile)?.id;
        self.positions.insert(template.code.to_owned(), id);
        Ok((id, true))
    }
}

/// A code that was free a moment ago is taken: somebody else made it, so this is done again and finds it standing.
fn made_meanwhile(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(refusal) if refusal.code == codes::NOT_UNIQUE => Failure::Moved,
        other => other,
    }
}
