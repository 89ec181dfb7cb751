//! The HTTP edge: bodies in, answers out, nothing decided here.
//!
//! Each wing is a crate of its own, in the order in which they know each other; this one makes a server of them.

pub mod command;
mod meta;
mod server;
mod settings;

use api_base::operation;
pub use api_base::{
    approval::limits::sweep as sweep_time_limits,
    audit::tell_audit_head,
    duty::attend as attend_duties,
    file::{self, FileStore},
    identity,
    organisation::{begin_absences, finish_leavings, release_expired},
    policy_replay::forget_policy_replays,
    vacancy::expire_vacancies,
};
pub use api_customer::customer_file::call_for_verifications;
pub use api_customer::reception::escalate_receptions;
pub use api_customer::{
    customer_tier::attend as attend_tiers,
    ownership::{settle_ownership, warn_owners},
};
pub use api_governance::announcement::attend as attend_notices;
pub use api_governance::regulation_acknowledgement::ask_for_acknowledgements;
pub use api_governance::webhook::deliver_all as deliver_webhooks;
pub use api_performance::appraisal_period::go_on as go_on_with_appraisals;
pub use api_sales::filing::expire_filings;
pub use api_sales::price_deviation::expire_price_deviations;
pub use api_sales::price_protection::lapse_price_protections;
pub use server::{Running, connect, first_start, open_database, start};
pub use settings::Settings;

use domain::spine::EnumLabels;
use spine::{BatchMode, Chore, Every, ItemOutcome, Meaning, Routes, Wing};
use std::sync::LazyLock;

/// What every context's edge hangs on.
pub mod spine {
    pub use api_spine::*;
}

/// The wings of the product in their order: each knows only those before it.
pub const WINGS: &[&Wing] = &[
    SPINE,
    api_base::WING,
    api_governance::WING,
    api_finance::WING,
    api_customer::WING,
    api_sales::WING,
    api_performance::WING,
];

/// What the product says about itself and about what happened.
const SPINE: &Wing = &Wing {
    name: "spine",
    zh: "事件、实时消息与产品自述",
    en: "Events, streams, the product itself",
    tags: &[
        ("events", "事件。The feed other systems follow."),
        ("streams", "实时消息。What is told on connections that stay open."),
        ("meta", "产品自述。What the product says about itself."),
    ],
    rules: domain::spine::WING,
    enums: &[BatchMode::LABELS, ItemOutcome::LABELS, spine::import::Outcome::LABELS],
    chores: &[
        &Chore {
            name: "idle-callers",
            every: Every::Seconds(60),
            run: |state| {
                state.forget_idle_callers();
                Box::pin(std::future::ready(Ok(())))
            },
        },
        &Chore {
            name: "forget-answers",
            every: Every::Seconds(60),
            run: |state| Box::pin(state.database.forget_answers(state.settings.idempotency_hours)),
        },
        &Chore {
            name: "streams",
            every: Every::Moment,
            run: |state| Box::pin(state.streams.go_round(state)),
        },
    ],
    routes: |into| {
        meta::routes(into);
        spine::event::routes(into);
        spine::stream::routes(into);
    },
};

/// Every route of the product.
pub fn routes() -> &'static Routes {
    static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::of(WINGS));
    &ROUTES
}

/// Works on the long operations that wait, and does at most so many batches of each; safe to be done by several servers.
///
/// # Errors
/// The first failure, after everything was tried.
pub async fn work_on_operations(
    database: &persistence::spine::Database,
    batches: usize,
) -> Result<(), persistence::spine::Failure> {
    let kinds: Vec<&'static operation::Kind> = routes().all().collect();
    operation::work_on_all(database, &kinds, batches).await
}

/// Every code the product can answer with.
pub fn catalogue() -> Vec<Meaning> {
    spine::catalogue(domain::refusals())
}

/// The labels of every enum in the document of the API: of the rules, of the views, of the bodies.
pub fn enums() -> impl Iterator<Item = &'static EnumLabels> {
    let here = WINGS.iter().flat_map(|wing| wing.enums).copied();
    domain::enums().chain(persistence::enums()).chain(here)
}
