//! People, access, approvals, policies, files and the audit trail, over HTTP.

pub mod approval;
pub mod audit;
pub mod duty;
pub mod file;
pub mod identity;
mod incentive_entry;
pub mod operation;
pub mod organisation;
mod pack;
mod payroll_batch;
mod policy;
pub mod policy_replay;
mod setup;
mod task;
pub mod vacancy;

pub use api_spine::{self as spine, routes};

use spine::Wing;

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "base",
    zh: "组织、权限与审批",
    en: "People, access, approvals",
    tags: &[
        ("absences", "请假与代理。Absences and stand-ins."),
        ("account", "本人账号。One's own account, permissions and password."),
        ("api-keys", "接口密钥。Keys of other systems."),
        ("approvals", "审批。What waits for a decision, and how it was decided."),
        ("audit", "审计。Who did what, when; it can be proven."),
        ("departments", "部门。The tree of departments."),
        ("duties", "应办事项。What regulations require of somebody by a time, and how timely it is done."),
        ("employees", "员工。Who works where and for whom."),
        ("files", "附件。Evidence of documents."),
        ("identity", "身份。Signing in, and which account holds which role, how far and how long."),
        (
            "incentive-entries",
            "奖惩台账。Rewards and penalties: proposed, answered, confirmed, taken back, summed by month.",
        ),
        (
            "operations",
            "长时操作。What takes longer than a request may: how far it has come, and what came of it.",
        ),
        ("packs", "行业包。What a company of a kind begins with: previewed, loaded, exported."),
        ("payroll-batches", "工资批次。What of rewards and penalties goes with the wages of a month."),
        ("policies", "政策。Limits, days and chains as data, each citing a clause."),
        ("positions", "岗位。What employees are appointed to."),
        ("roles", "角色。Permissions and how far they reach."),
        ("setup", "初始设置。What is still to be set up, and where."),
        ("sessions", "会话。Signing in and out."),
        ("tasks", "事项。What people are to do for each other by a day."),
        ("users", "账号。Who may come in."),
        ("working-calendar", "工作日历。Holidays and the days that are worked in their stead."),
        ("vacancies", "用人申请与人员配置。Vacancies, and how the centre is staffed."),
    ],
    rules: domain::WING,
    enums: &[
        incentive_entry::PROPOSED_AMOUNTS,
        approval::BatchDecision::LABELS,
        organisation::SetUpKind::LABELS,
    ],
    chores: &[
        approval::limits::CHORE,
        audit::HEADS,
        duty::CHORE,
        file::CHORE,
        file::ENDS,
        identity::KEYS,
        identity::KEY_USES,
        identity::TOKENS,
        operation::CHORE,
        operation::FORGET,
        organisation::ABSENCES,
        organisation::EXPIRED_GRANTS,
        organisation::LEAVINGS,
        policy_replay::ENDS,
        vacancy::EXPIRIES,
    ],
    routes: |into| {
        identity::routes(into);
        organisation::routes(into);
        operation::routes(into);
        setup::routes(into);
        policy::routes(into);
        policy_replay::routes(into);
        pack::routes(into);
        approval::routes(into);
        file::routes(into);
        audit::routes(into);
        vacancy::routes(into);
        duty::routes(into);
        task::routes(into);
        incentive_entry::routes(into);
        payroll_batch::routes(into);
    },
};
