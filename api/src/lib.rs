//! The HTTP edge: bodies in, answers out, nothing decided here.

pub mod spine;

mod approval;
mod audit;
pub mod command;
mod event;
mod file;
mod finance;
pub mod identity;
mod meta;
mod organisation;
mod policy;
mod server;
mod settings;

pub use approval::limits::sweep as sweep_time_limits;
pub use file::FileStore;
pub use organisation::{begin_absences, finish_leavings, release_expired};
pub use server::{Running, connect, first_start, open_database, start};
pub use settings::Settings;

use domain::spine::EnumLabels;
use spine::{Routes, Wing};

/// The wings of the product in their order: each knows only those before it.
pub const WINGS: &[&Wing] = &[spine::WING, BASE, finance::WING];

/// What every other wing stands on: people, access, approvals, policies, files.
const BASE: &Wing = &Wing {
    name: "base",
    zh: "组织、权限与审批",
    en: "People, access, approvals",
    tags: &[
        ("absences", "请假与代理。Absences and stand-ins."),
        ("account", "本人账号。One's own account, permissions and password."),
        ("api-keys", "接口密钥。Keys of other systems."),
        ("approvals", "审批。What waits for a decision, and how it was decided."),
        ("departments", "部门。The tree of departments."),
        ("employees", "员工。Who works where and for whom."),
        ("files", "附件。Evidence of documents."),
        ("identity", "身份。Signing in, and which account holds which role, how far and how long."),
        ("policies", "政策。Limits, days and chains as data, each citing a clause."),
        ("positions", "岗位。What employees are appointed to."),
        ("roles", "角色。Permissions and how far they reach."),
        ("sessions", "会话。Signing in and out."),
        ("users", "账号。Who may come in."),
    ],
    routes: |into| {
        identity::routes(into);
        organisation::routes(into);
        policy::routes(into);
        approval::routes(into);
        file::routes(into);
    },
};

/// Every route of the product.
pub fn routes() -> Routes {
    Routes::of(WINGS)
}

/// The labels of every enum in the document of the API: of the rules, of the views, of the bodies.
pub fn enums() -> impl Iterator<Item = &'static EnumLabels> {
    let here = [
        approval::BatchDecision::LABELS,
        spine::BatchMode::LABELS,
        finance::ItemOutcome::LABELS,
        organisation::SetUpKind::LABELS,
        spine::import::Outcome::LABELS,
    ];
    domain::enums().chain(persistence::enums()).chain(here)
}
