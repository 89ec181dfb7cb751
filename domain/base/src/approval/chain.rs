//! A chain as data: ordered steps, who decides each, how several count, and when a step applies. `[APR-1]`

use super::{Condition, ContentPart};
use crate::spine::{EmployeeId, Finding, PolicyContent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A name in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStepName)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Chinese, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "部门负责人审核")]
    pub zh: String,
    /// English, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "Department head")]
    pub en: String,
}

/// Where a role is looked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "in", rename_all = "snake_case", deny_unknown_fields)]
pub enum RolePlace {
    /// In the requester's department itself.
    RequesterDepartment {},
    /// In the requester's department or the nearest one above it that has a holder.
    RequesterDepartmentOrAbove {},
    /// In a department named by its code, or below it.
    Department {
        /// The department's code.
        #[schema(min_length = 1, max_length = 60, example = "finance")]
        code: String,
    },
    /// Anywhere in the company.
    Anywhere {},
}

crate::labels! { tagged RolePlace = "RolePlace":
    RequesterDepartment = "requester_department", "申请人所在部门", "The requester's department";
    RequesterDepartmentOrAbove = "requester_department_or_above", "申请人所在部门或其上级部门", "The requester's department or one above it";
    Department = "department", "指定部门", "A named department";
    Anywhere = "anywhere", "全公司", "Anywhere";
}

/// Who decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApproverRule {
    /// Everybody who holds a role in a place.
    Role {
        /// The role's code.
        #[schema(min_length = 1, max_length = 60, example = "finance")]
        role: String,
        /// Where.
        place: RolePlace,
    },
    /// The head of the requester's department.
    DepartmentHead {},
    /// The head of the superior department: the nearest one above the requester's that has a head.
    SuperiorDepartmentHead {},
    /// The heads of the departments whose ids a field of the document lists, each department's own or the nearest
    /// above it.
    DepartmentHeadsOf {
        /// The field's name.
        #[schema(min_length = 1, max_length = 60, example = "bearing_departments")]
        field: String,
    },
    /// The requester's superior, their superior, and so on.
    Superior {
        /// 1 is the direct superior; at most 10.
        #[schema(minimum = 1, maximum = 10)]
        level: u8,
    },
    /// Everybody who holds a position.
    Position {
        /// The position's code.
        #[schema(min_length = 1, max_length = 60, example = "general-manager")]
        position: String,
    },
    /// These people.
    Named {
        /// 1 to 20 employees.
        #[schema(min_items = 1, max_items = 20)]
        employees: Vec<EmployeeId>,
    },
}

crate::labels! { tagged ApproverRule = "ApproverRule":
    Role = "role", "角色", "Role";
    DepartmentHead = "department_head", "部门负责人", "Department head";
    SuperiorDepartmentHead = "superior_department_head", "上级部门负责人", "Head of the superior department";
    DepartmentHeadsOf = "department_heads_of", "相关部门负责人", "Heads of the departments concerned";
    Superior = "superior", "上级", "Superior";
    Position = "position", "岗位", "Position";
    Named = "named", "指定人员", "Named people";
}

/// How several approvers of one step count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalCounting)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// 会签: everybody agrees.
    AllOf,
    /// 或签: the first to decide decides.
    AnyOf,
    /// 依次: everybody agrees, one after the other.
    Sequential,
}

crate::labels! { Counting = "ApprovalCounting":
    AllOf = "all_of", "会签", "Everybody";
    AnyOf = "any_of", "或签", "Anybody";
    Sequential = "sequential", "依次", "One after the other";
}

/// When an undecided task is reminded of, and when it goes to the approver's superior. It never passes a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalTimeLimit)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// Hours from opening to the reminder, 1 to 8760.
    #[schema(minimum = 1, maximum = 8760, example = 24)]
    pub remind_after_hours: u32,
    /// Hours from opening to the escalation, more than those to the reminder; absent: it only reminds.
    #[schema(minimum = 2, maximum = 8760, example = 48)]
    pub escalate_after_hours: Option<u32>,
}

/// One step of a chain.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// Names the step within its chain, 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40, example = "finance")]
    pub code: String,
    /// What people read.
    pub name: Label,
    /// Who decides, 1 to 20 rules; together they give the candidates, in this order.
    #[schema(min_items = 1, max_items = 20)]
    pub approvers: Vec<ApproverRule>,
    /// How several count.
    pub counting: Counting,
    /// When the step applies: all of these hold. Empty: always.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub when: Vec<Condition>,
    /// The ladder of amount bands this step is a rung of. The rungs of one ladder exclude each other and
    /// leave no gap.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40)]
    pub ladder: Option<String>,
    /// The step is decided even by someone who decided the step before: a special review.
    #[serde(default)]
    pub decided_anew: bool,
    /// Its time limit.
    #[serde(default)]
    pub time_limit: Option<TimeLimit>,
    /// The clause of the regulation it enforces.
    #[schema(min_length = 1, max_length = 200, example = "000 §9.2")]
    pub clause: String,
}

/// The content of an `approval-chain/…` policy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainPolicy {
    /// The steps in their order, 1 to 30.
    #[schema(min_items = 1, max_items = 30)]
    pub steps: Vec<StepRule>,
    /// Who decides where a step finds nobody: whom the first of these rules finds. Where none finds anybody the
    /// document is refused.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub fallback: Vec<ApproverRule>,
    /// Whether somebody who decided one step is spared the next. A step that a higher amount added, and one
    /// marked `decided_anew`, is always decided.
    #[serde(default = "yes")]
    pub same_person_decides_once: bool,
    /// What a returned document may change without earlier decisions being taken again, also where the return did not ask
    /// for it: wording or papers, nothing else. Empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 2)]
    pub unseen_changes: Vec<ContentPart>,
    /// Hours between two reminders by the submitter, 1 to 720.
    #[serde(default = "four")]
    #[schema(minimum = 1, maximum = 720)]
    pub reminder_interval_hours: u32,
    /// Codes of the departments whose documents meet this chain; empty: all.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub departments: Vec<String>,
}

const fn yes() -> bool {
    true
}
const fn four() -> u32 {
    4
}

impl PolicyContent for ChainPolicy {
    const KIND: &'static str = "approval-chain";
    const EXAMPLE: &'static str = include_str!("shipped/example.json");
    fn findings(&self) -> Vec<Finding> {
        super::soundness::findings(self)
    }
}
