//! The roles that ship with the product. `[ID-4]`

use super::RoleDetails;
use crate::spine::Permission::{self, *};
use crate::spine::ScopeKind;

/// A role that ships with the product: data, brought up to date at each start.
#[derive(Debug)]
pub struct ShippedRole {
    /// Its code.
    pub code: &'static str,
    /// Its Chinese name.
    pub zh: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// The scope it is usually granted with.
    pub usual_scope: ScopeKind,
    /// What its holders may do, in parts.
    pub permissions: &'static [&'static [Permission]],
}

impl ShippedRole {
    /// It as details of a role.
    pub fn details(&self) -> RoleDetails {
        RoleDetails {
            code: self.code.into(),
            name_zh: self.zh.into(),
            name_en: self.en.into(),
            permissions: self.permissions.iter().copied().flatten().copied().collect(),
        }
    }
}

/// What everybody who works here may do with what is theirs.
const STAFF: &[Permission] = &[
    ReadOrganisation,
    ManageAbsences,
    UseApprovals,
    ReadExpenseClaims,
    SubmitExpenseClaims,
    ReadExpenseRequests,
    SubmitExpenseRequests,
    ReadCashAdvances,
    SubmitCashAdvances,
    ReadExpenseCategories,
    ReadBudgets,
    ReadPolicies,
    ReadFiles,
    UploadFiles,
    ReadAuditFindings,
    RemediateAuditFindings,
    ReadDuties,
    PerformDuties,
    ReadTasks,
    PerformTasks,
    ReadIncentiveEntries,
];

/// What somebody may do who oversees how money is spent.
const OVERSIGHT: &[Permission] = &[ReadRiskSignals, ReadInternalAudits, ReadPostEvaluations];

/// What somebody may do who answers for others.
const LEADERSHIP: &[Permission] = &[
    ExportOrganisation,
    OverseeApprovals,
    SubmitExpenseClaimsForOthers,
    SubmitExpenseRequestsForOthers,
    SubmitCashAdvancesForOthers,
    ExportExpenseClaims,
    ExportExpenseRequests,
    ExportCashAdvances,
    ReadInvoices,
    ReadExpenseStatements,
    ReadAccountingPeriods,
    CompileBudgets,
    ExportBudgets,
    ReadVacancies,
    RequestVacancies,
    ExportDuties,
    GiveTasks,
    ProposeIncentiveEntries,
    ExportIncentiveEntries,
];

const fn role(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    usual_scope: ScopeKind,
    permissions: &'static [&'static [Permission]],
) -> ShippedRole {
    ShippedRole { code, zh, en, usual_scope, permissions }
}

/// The code of the role that may do everything: somebody who holds it always remains.
pub const ADMINISTRATOR: &str = "administrator";

/// Every shipped role; the administrator first.
pub const SHIPPED_ROLES: &[ShippedRole] = &[
    role(ADMINISTRATOR, "系统管理员", "Administrator", ScopeKind::All, &[Permission::ALL]),
    role(
        "general-manager",
        "总经理",
        "General manager",
        ScopeKind::All,
        &[STAFF, LEADERSHIP, OVERSIGHT, &[ReadAudit, ManagePostEvaluations, DecideIncentiveEntries]],
    ),
    role(
        "marketing-director",
        "营销总监",
        "Marketing director",
        ScopeKind::All,
        &[STAFF, LEADERSHIP, OVERSIGHT, &[ManagePostEvaluations, DecideIncentiveEntries]],
    ),
    role("deputy-director", "营销副总监", "Deputy director", ScopeKind::Subtree, &[STAFF, LEADERSHIP]),
    role(
        "finance",
        "财务",
        "Finance",
        ScopeKind::All,
        &[
            STAFF,
            LEADERSHIP,
            OVERSIGHT,
            &[
                AccountExpenseClaims,
                AccountCashAdvances,
                CompileExpenseStatements,
                CloseAccountingPeriods,
                CloseExpenseRequests,
                ReadEvents,
                ManageBudgets,
                ManagePostEvaluations,
                PayIncentiveEntries,
            ],
        ],
    ),
    role(
        "internal-auditor",
        "内部审计",
        "Internal auditor",
        ScopeKind::All,
        &[
            STAFF,
            OVERSIGHT,
            &[ConductInternalAudits, ManagePostEvaluations],
            &[
                ReadAudit,
                OverseeApprovals,
                ReadInvoices,
                ExportExpenseClaims,
                ExportExpenseRequests,
                ExportCashAdvances,
                ReadExpenseStatements,
                ExportBudgets,
                ReadUsers,
                ExportUsers,
                ReadRoles,
            ],
        ],
    ),
    role("department-head", "部门负责人", "Department head", ScopeKind::Subtree, &[STAFF, LEADERSHIP]),
    role(
        "sales-manager",
        "销售经理",
        "Sales manager",
        ScopeKind::Subtree,
        &[
            STAFF,
            &[OverseeApprovals, SubmitExpenseClaimsForOthers, SubmitExpenseRequestsForOthers, CompileBudgets],
            &[ReadVacancies, RequestVacancies, GiveTasks, ProposeIncentiveEntries],
        ],
    ),
    role("sales-representative", "销售代表", "Sales representative", ScopeKind::Own, &[STAFF]),
    role("customer-service", "客服", "Customer service", ScopeKind::Own, &[STAFF]),
    role("market-specialist", "市场专员", "Market specialist", ScopeKind::Own, &[STAFF]),
    role("planner", "策划", "Planner", ScopeKind::Own, &[STAFF, &[CompileBudgets]]),
    role("designer", "设计", "Designer", ScopeKind::Own, &[STAFF]),
    role(
        "administration-office",
        "人事行政",
        "HR and administration office",
        ScopeKind::All,
        &[
            STAFF,
            &[
                ManageOrganisation,
                ExportOrganisation,
                ReadVacancies,
                RequestVacancies,
                ManageVacancies,
                SubmitExpenseClaimsForOthers,
                SubmitExpenseRequestsForOthers,
                ProposeIncentiveEntries,
                DecideIncentiveEntries,
                ExportIncentiveEntries,
            ],
        ],
    ),
    role(
        "data-analyst",
        "数据分析",
        "Data analyst",
        ScopeKind::Own,
        &[STAFF, &[ExportExpenseClaims, ExportExpenseRequests, ExportBudgets]],
    ),
    role(
        "integration",
        "系统集成",
        "Integration",
        ScopeKind::All,
        &[&[
            ReadOrganisation,
            ReadExpenseClaims,
            AccountExpenseClaims,
            ExportExpenseClaims,
            ReadExpenseRequests,
            ExportExpenseRequests,
            ReadCashAdvances,
            AccountCashAdvances,
            ReadExpenseCategories,
            ReadBudgets,
            ExportBudgets,
            ReadInvoices,
            ReadFiles,
            ReadEvents,
            ReadIncentiveEntries,
            PayIncentiveEntries,
        ]],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_sixteen_roles_are_shipped_and_the_administrator_may_everything() {
        let codes: BTreeSet<_> = SHIPPED_ROLES.iter().map(|role| role.code).collect();
        assert_eq!(codes.len(), 16);
        let administrator = SHIPPED_ROLES[0].details();
        assert!(Permission::ALL.iter().all(|permission| administrator.permissions.contains(permission)));
    }

    #[test]
    fn only_the_administrator_and_nobody_else_manages_access() {
        let managing = [ManageUsers, ManageRoles, ManageApiKeys, ManagePolicies];
        for role in &SHIPPED_ROLES[1..] {
            let held = role.details().permissions;
            assert!(managing.iter().all(|permission| !held.contains(permission)), "{}", role.code);
        }
    }
}
