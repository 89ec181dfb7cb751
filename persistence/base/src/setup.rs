//! What a company sets up before its people can work: each noun says what of it is missing, and where it is mended.
//! `[ID-1, ORG-1]`

use crate::{
    schema::{departments, employee_placements, employees, users},
    spine::{Failure, Part, Reader, View, db},
};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

/// What this noun brings to its wing: what must stand of the organisation, in the order in which it is set up.
pub(crate) const NOUN: &[Part] = &[&DEPARTMENTS, &EMPLOYEES, &HEADS, &SUPERIORS, &ACCOUNTS];

/// At most so many names of what is missing are told.
const NAMES_MAX: i64 = 20;

/// A step of setting up, registered by its noun. The wings' steps are taken in their order.
pub struct SetupStep {
    /// Its stable code.
    pub code: &'static str,
    /// What is to be done, in Chinese.
    pub zh: &'static str,
    /// What is to be done, in English.
    pub en: &'static str,
    /// Where it is done.
    pub href: &'static str,
    /// Whether nothing works without it.
    pub is_required: bool,
    /// What is missing: nothing, or something, with the names of what can be named.
    pub missing: fn(&mut Reader<'_>) -> Result<Option<Vec<String>>, Failure>,
}

/// One step of setting up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = SetupStep)]
pub struct SetupStepView {
    /// Its stable code.
    #[schema(max_length = 40, example = "department_heads")]
    pub code: String,
    /// What is to be done, in Chinese.
    #[schema(max_length = 200, example = "为每个部门指定负责人")]
    pub zh: String,
    /// What is to be done, in English.
    #[schema(max_length = 200, example = "Name a head for each department")]
    pub en: String,
    /// Whether nothing works without it.
    pub is_required: bool,
    /// Whether nothing of it is missing.
    pub is_done: bool,
    /// What is missing, where it has names; the first ones.
    #[schema(max_items = 20)]
    pub missing: Vec<String>,
    /// Where it is done.
    #[schema(max_length = 200, example = "/api/v1/departments")]
    pub href: String,
}

/// How far a company is set up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = Setup)]
pub struct SetupView {
    /// Whether every step without which nothing works is done.
    pub is_ready: bool,
    /// The steps in their order.
    #[schema(max_items = 100)]
    pub steps: Vec<SetupStepView>,
}

impl View for SetupView {}

/// How far the company is set up.
///
/// # Errors
/// Where the database fails.
pub fn view(reader: &mut Reader<'_>) -> Result<SetupView, Failure> {
    let registered: Vec<&SetupStep> = reader.house().all::<SetupStep>().collect();
    let mut steps = Vec::with_capacity(registered.len());
    for step in registered {
        let missing = (step.missing)(reader)?;
        steps.push(SetupStepView {
            code: step.code.to_owned(),
            zh: step.zh.to_owned(),
            en: step.en.to_owned(),
            is_required: step.is_required,
            is_done: missing.is_none(),
            missing: missing.unwrap_or_default(),
            href: step.href.to_owned(),
        });
    }
    Ok(SetupView { is_ready: steps.iter().all(|step| step.is_done || !step.is_required), steps })
}

/// A step of which there must be something: nothing is missing where there is.
pub const fn unless(there_is: bool) -> Option<Vec<String>> {
    if there_is { None } else { Some(Vec::new()) }
}

/// A step of which things by name are missing.
fn unless_named(names: Vec<String>) -> Option<Vec<String>> {
    if names.is_empty() { None } else { Some(names) }
}

const DEPARTMENTS: SetupStep = SetupStep {
    code: "departments",
    zh: "建立部门",
    en: "Set up departments",
    href: "/api/v1/departments",
    is_required: true,
    missing: |reader| {
        let open = departments::table.filter(departments::closed_on.is_null());
        Ok(unless(db!(reader, |c| diesel::select(diesel::dsl::exists(open)).get_result(c))?))
    },
};

const EMPLOYEES: SetupStep = SetupStep {
    code: "employees",
    zh: "登记员工：可下载模板，连同上级、账号和角色一起导入",
    en: "Enter the employees: fill in the template and import them with superiors, accounts and roles",
    href: "/api/v1/employees/import-template",
    is_required: true,
    missing: |reader| {
        let here = employees::table.filter(employees::status.ne("left"));
        Ok(unless(db!(reader, |c| diesel::select(diesel::dsl::exists(here)).get_result(c))?))
    },
};

const HEADS: SetupStep = SetupStep {
    code: "department_heads",
    zh: "为有员工的部门指定负责人，单据由其首先审批",
    en: "Name the heads of departments in which people work: they decide first",
    href: "/api/v1/departments",
    is_required: true,
    missing: |reader| {
        let today = reader.today();
        let headless = db!(reader, |c| departments::table
            .filter(departments::closed_on.is_null().and(departments::head_id.is_null()))
            .filter(
                departments::id.eq_any(
                    employee_placements::table
                        .filter(
                            employee_placements::until_on
                                .is_null()
                                .or(employee_placements::until_on.gt(today))
                        )
                        .select(employee_placements::department_id)
                )
            )
            .order(departments::code)
            .limit(NAMES_MAX)
            .select(departments::name_zh)
            .load(c))?;
        Ok(unless_named(headless))
    },
};

/// Whoever has nobody above them is seen by nobody: superiors see the customers, duties and results of their people.
const SUPERIORS: SetupStep = SetupStep {
    code: "superiors",
    zh: "为员工指定直接上级：客户资料、应办事项和考核结果由其查看；单位负责人除外",
    en: "Name the direct superior of everybody but whoever leads the company: they see their people's customers, duties and results",
    href: "/api/v1/employees",
    is_required: false,
    missing: |reader| {
        let today = reader.today();
        let placed = employee_placements::until_on.is_null().or(employee_placements::until_on.gt(today));
        let alone = employee_placements::table
            .filter(placed.and(employee_placements::superior_id.is_null()))
            .select(employee_placements::employee_id);
        let names: Vec<String> = db!(reader, |c| employees::table
            .filter(employees::status.ne("left").and(employees::id.eq_any(alone)))
            .order(employees::number)
            .limit(NAMES_MAX)
            .select(employees::name)
            .load(c))?;
        // Somebody is at the very top.
        Ok(unless_named(if names.len() > 1 { names } else { Vec::new() }))
    },
};

const ACCOUNTS: SetupStep = SetupStep {
    code: "accounts",
    zh: "为员工开通账号并授予角色",
    en: "Give the employees accounts and roles",
    href: "/api/v1/employees/import-template",
    is_required: false,
    missing: |reader| {
        let without = db!(reader, |c| employees::table
            .filter(employees::status.ne("left"))
            .filter(
                employees::id.ne_all(
                    users::table
                        .filter(users::employee_id.is_not_null())
                        .select(users::employee_id.assume_not_null())
                )
            )
            .order(employees::number)
            .limit(NAMES_MAX)
            .select(employees::name)
            .load(c))?;
        Ok(unless_named(without))
    },
};
