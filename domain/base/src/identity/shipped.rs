//! The roles that ship with the product. `[ID-4]`

mod share;

use super::RoleDetails;
use crate::spine::Permission::{self, *};
use crate::spine::ScopeKind;
use share::{
    LEADERSHIP, LEADS_SELLERS, OF_CUSTOMERS, OF_PEOPLE, OF_SALES, OFFICE, OVERSIGHT, SELLS, SERVES_CUSTOMERS,
    STAFF,
};

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
    /// What it is for, and why it goes no further: in Chinese and in English.
    pub why: (&'static str, &'static str),
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

const fn role(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    usual_scope: ScopeKind,
    why: (&'static str, &'static str),
    permissions: &'static [&'static [Permission]],
) -> ShippedRole {
    ShippedRole { code, zh, en, usual_scope, why, permissions }
}

/// The code of the role that may do everything: somebody who holds it always remains.
pub const ADMINISTRATOR: &str = "administrator";

/// The code of the role of somebody who has expenses of their own, beside a role that has no business with them.
pub const EMPLOYEE: &str = "employee";

/// The code of the role that manages people and has no business with expenses. Once it had: whoever holds it from then gets
/// [`EMPLOYEE`] beside it.
pub const ADMINISTRATION_OFFICE: &str = "administration-office";

/// Every shipped role; the administrator first.
pub const SHIPPED_ROLES: &[ShippedRole] = &[
    role(
        ADMINISTRATOR,
        "系统管理员",
        "Administrator",
        ScopeKind::All,
        (
            "管理账号、角色、密钥和政策，可办理一切；须由少数人持有，且不用于日常业务",
            "Manages accounts, roles, keys and policies, and may do everything; for few, and not for daily work",
        ),
        &[Permission::ALL],
    ),
    role(
        "general-manager",
        "总经理",
        "General manager",
        ScopeKind::All,
        (
            "代表公司管理层，查看并审批全公司事项，可查审计记录；不管理账号与权限，不记账",
            "Sees and decides what concerns the whole company, and may read the audit trail; neither manages access nor keeps the books",
        ),
        &[
            STAFF,
            LEADERSHIP,
            OF_PEOPLE,
            OVERSIGHT,
            &[ReadAudit, ManagePostEvaluations, DecideIncentiveEntries, PublishRegulations],
            &[ManageAppraisals, ApproveReopenings, ExportAppraisals],
            &[ReadCustomers, RevealCustomers, ExportCustomers, EraseCustomers, WatchQueues],
            OF_SALES,
            LEADS_SELLERS,
            &[ApproveCommission],
        ],
    ),
    role(
        "marketing-director",
        "营销总监",
        "Marketing director",
        ScopeKind::All,
        (
            "负责整个营销中心的审批与预算；不看审计记录，不记账",
            "Decides for the whole marketing centre and its budgets; reads no audit trail and keeps no books",
        ),
        &[
            STAFF,
            LEADERSHIP,
            OF_PEOPLE,
            OVERSIGHT,
            &[ManagePostEvaluations, DecideIncentiveEntries, PublishRegulations],
            &[ManageAppraisals, ApproveReopenings, ExportAppraisals],
            SERVES_CUSTOMERS,
            OF_CUSTOMERS,
            &[RevealCustomers, ExportCustomers, EraseCustomers],
            OF_SALES,
            SELLS,
            LEADS_SELLERS,
            &[ManageProducts, ManagePrices, ManageUnits, ApproveCommission],
        ],
    ),
    role(
        "deputy-director",
        "营销副总监",
        "Deputy director",
        ScopeKind::Subtree,
        (
            "负责所辖部门的审批与预算，范围以授权部门为限",
            "Decides for the departments below, and no further than they reach",
        ),
        &[
            STAFF,
            LEADERSHIP,
            OF_PEOPLE,
            SERVES_CUSTOMERS,
            OF_CUSTOMERS,
            &[ExportCustomers],
            SELLS,
            LEADS_SELLERS,
        ],
    ),
    role(
        "finance",
        "财务",
        "Finance",
        ScopeKind::All,
        (
            "核算报销、借款与账期，须能查看全公司的单据；不代他人填报，以免自填自核，也不导出员工名册",
            "Keeps the books of claims, advances and months, and so sees every document; files nothing for others, since nobody accounts what they have filed, and takes no list of employees away",
        ),
        &[
            STAFF,
            LEADERSHIP,
            OVERSIGHT,
            &[
                AccountExpenseClaims,
                AccountCashAdvances,
                RevealPayeeAccounts,
                CompileExpenseStatements,
                CloseAccountingPeriods,
                CloseExpenseRequests,
                ReadEvents,
                ManageBudgets,
                ManagePostEvaluations,
                PayIncentiveEntries,
            ],
            OF_SALES,
            &[ManageProductCosts, RecordReceipts, PayRefunds, CompileCommission, PayCommission],
            &[RequestCredit, SyncOrders, VerifyPriceProtections],
        ],
    ),
    role(
        "internal-auditor",
        "内部审计",
        "Internal auditor",
        ScopeKind::All,
        (
            "独立检查，只看不改业务单据，因此可查看全公司单据、账号与审计记录",
            "Checks independently: reads every document, the accounts and the audit trail, and changes none of them",
        ),
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
    role(
        "department-head",
        "部门负责人",
        "Department head",
        ScopeKind::Subtree,
        (
            "负责本部门及下级部门的人员、审批与预算",
            "Answers for the people, decisions and budgets of the department and those below",
        ),
        &[STAFF, LEADERSHIP, OF_PEOPLE, SERVES_CUSTOMERS, OF_CUSTOMERS, SELLS, LEADS_SELLERS],
    ),
    role(
        "sales-manager",
        "销售经理",
        "Sales manager",
        ScopeKind::Subtree,
        (
            "带领销售团队，代为填报并编制其预算，编制所辖部门的佣金结算单（由上级批准、财务发放）；不导出清单，不查发票",
            "Leads sellers, files for them, compiles their budgets and the commission statements of the departments below, which others approve and pay; exports no lists and searches no invoices",
        ),
        &[
            STAFF,
            &[OverseeApprovals, SubmitExpenseClaimsForOthers, SubmitExpenseRequestsForOthers, CompileBudgets],
            &[ReadVacancies, RequestVacancies, GiveTasks, ProposeIncentiveEntries, PublishAnnouncements],
            SERVES_CUSTOMERS,
            OF_CUSTOMERS,
            SELLS,
            LEADS_SELLERS,
            &[CompileCommission],
        ],
    ),
    role(
        "sales-representative",
        "销售代表",
        "Sales representative",
        ScopeKind::Own,
        (
            "服务本人的客户，办理本人的费用事项；看不到他人客户的完整信息",
            "Serves customers of one's own, and one's own expenses; sees no customer of others whole",
        ),
        &[STAFF, SERVES_CUSTOMERS, SELLS],
    ),
    role(
        "customer-service",
        "客服",
        "Customer service",
        ScopeKind::Own,
        (
            "服务本人的客户，办理本人的费用事项；看不到他人客户的完整信息",
            "Serves customers of one's own, and one's own expenses; sees no customer of others whole",
        ),
        &[STAFF, SERVES_CUSTOMERS, &[ReadProducts, ReadOrders, SubmitOrders, DispatchOrders]],
    ),
    role(
        "market-specialist",
        "市场专员",
        "Market specialist",
        ScopeKind::Own,
        (
            "服务本人的客户，办理本人的费用事项；看不到他人客户的完整信息",
            "Serves customers of one's own, and one's own expenses; sees no customer of others whole",
        ),
        &[STAFF, SERVES_CUSTOMERS],
    ),
    role(
        "planner",
        "策划",
        "Planner",
        ScopeKind::Own,
        ("办理本人的费用事项，并编制活动预算", "One's own expenses, and the budgets of events"),
        &[STAFF, &[CompileBudgets]],
    ),
    role(
        "designer",
        "设计",
        "Designer",
        ScopeKind::Own,
        ("办理本人的费用事项", "One's own expenses"),
        &[STAFF],
    ),
    role(
        ADMINISTRATION_OFFICE,
        "人事行政",
        "HR and administration office",
        ScopeKind::All,
        (
            "管理全公司的部门、岗位、员工、请假、用人申请、制度与奖惩，不办理费用；本人需要报销的，同时授予“员工”角色，范围为本人",
            "Manages departments, positions, employees, absences, vacancies, regulations, rewards and penalties of the whole company, but no expenses; whoever claims their own is also given the role of an employee, for what is theirs",
        ),
        &[OFFICE],
    ),
    role(
        EMPLOYEE,
        "员工",
        "Employee",
        ScopeKind::Own,
        (
            "办理本人的报销、申请、借款和请假等事项；担任行政人事等不含这些权限的角色时，须同时授予本角色",
            "Handles one's own claims, requests, advances and absences; given together with roles that do not include these, such as the administration office",
        ),
        &[STAFF],
    ),
    role(
        "data-analyst",
        "数据分析",
        "Data analyst",
        ScopeKind::Own,
        (
            "办理本人的费用事项，并按授权范围导出数据；要看得更远须明确授予更大的数据范围",
            "One's own expenses, and files of what the granted scope shows; to see further a wider scope is granted, in so many words",
        ),
        &[STAFF, &[ExportExpenseClaims, ExportExpenseRequests, ExportBudgets]],
    ),
    role(
        "integration",
        "系统集成",
        "Integration",
        ScopeKind::All,
        (
            "供其他系统经接口密钥使用：取单、回写记账与付款，登记收款与发货，办理佣金发放，读取事件；不能填报或审批，密钥可再收窄",
            "For other systems, by API keys: take documents, confirm posting and payment, record receipts and shipments, pay commission, follow the feed; files and decides nothing, and a key may narrow it further",
        ),
        &[&[
            ReadOrganisation,
            ReadExpenseClaims,
            AccountExpenseClaims,
            ExportExpenseClaims,
            ReadExpenseRequests,
            ExportExpenseRequests,
            ReadCashAdvances,
            AccountCashAdvances,
            ReadPayeeAccounts,
            RevealPayeeAccounts,
            ReadExpenseCategories,
            ReadBudgets,
            ExportBudgets,
            ReadInvoices,
            ReadFiles,
            ReadEvents,
            ReadIncentiveEntries,
            PayIncentiveEntries,
            // What a company's books and stores tell of sales, and what its payroll pays of them.
            ReadOrders,
            SyncOrders,
            ReadReceipts,
            RecordReceipts,
            PayRefunds,
            ReadCommission,
            PayCommission,
        ]],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_role_is_shipped_and_the_administrator_may_everything() {
        let codes: BTreeSet<_> = SHIPPED_ROLES.iter().map(|role| role.code).collect();
        assert_eq!(codes.len(), 17);
        let administrator = SHIPPED_ROLES[0].details();
        assert!(Permission::ALL.iter().all(|permission| administrator.permissions.contains(permission)));
    }

    #[test]
    fn only_the_administrator_and_nobody_else_manages_access() {
        let managing = [ManageUsers, ManageRoles, ManageApiKeys, ManagePolicies, ManageWebhooks];
        for role in &SHIPPED_ROLES[1..] {
            let held = role.details().permissions;
            assert!(managing.iter().all(|permission| !held.contains(permission)), "{}", role.code);
        }
    }

    #[test]
    fn nobody_files_for_others_what_they_account_and_who_manages_people_sees_no_expenses() {
        let filing =
            [SubmitExpenseClaimsForOthers, SubmitExpenseRequestsForOthers, SubmitCashAdvancesForOthers];
        for role in &SHIPPED_ROLES[1..] {
            let held = role.details().permissions;
            let holds = |permission: &Permission| held.contains(permission);
            let accounts = [AccountExpenseClaims, AccountCashAdvances].iter().any(holds);
            assert!(!accounts || !filing.iter().any(holds), "{}", role.code);
            let sees =
                [ReadExpenseClaims, ReadExpenseRequests, ReadCashAdvances, ReadInvoices].iter().any(holds);
            assert!(!holds(&ManageOrganisation) || !sees, "{}", role.code);
            assert!(!role.why.0.is_empty() && !role.why.1.is_empty(), "{}", role.code);
        }
    }
}
