//! What every context's edge hangs on.

pub(crate) mod address;
mod answer;
mod argument;
mod authenticate;
mod background;
mod batch;
mod body;
mod conform;
mod edge;
mod expand;
mod export;
mod guard;
pub mod import;
mod items;
mod limit;
mod openapi;
mod page;
mod parameter;
mod per_type;
mod problem;
mod query;
mod registry;
mod settings;
mod shape;
mod state;
mod upload;
mod wing;
mod work;

pub use answer::{Answer, Created, Done, Listing, PerItem, Reply};
pub use argument::{Argument, Described, Description, Guarded};
pub use authenticate::{Doorkeeper, authenticate};
pub use background::{Chore, Every, each, start as start_chores};
pub use batch::{Batch, BatchMode, Batched, all_or_none};
pub use body::{JSON_BYTES_MAX, Patch, Valid};
pub use edge::edge;
pub use export::{Cell, Column, Exported, Format, Label, List, Listed, attachment};
pub use guard::{Access, Can, Guard, Public, SignedIn};
pub use items::Items;
pub use limit::limit;
pub use openapi::document;
pub use page::Paged;
pub use parameter::{IfMatch, PathId, PathOf, Query, version_in};
pub use problem::{EdgeCode, Meaning, Problem, catalogue, codes};
pub use registry::{RouteInfo, Routes, get_only, read_route};
pub use settings::ServerSettings;
pub use state::{AppState, Parts};
pub use upload::{ARRIVAL_MAX, Arriving, Upload};
pub use wing::Wing;
pub use work::{ByRules, Reading, Sought, UnitOfWork};

pub use persistence::spine::{Refers, View};

pub(crate) use answer::is_known;
pub(crate) use parameter::{Several, bounds, is_amount};
pub(crate) use registry::routes;

/// What this wing brings: what the product says about itself and about what happened.
pub(crate) const WING: &Wing = &Wing {
    name: "spine",
    zh: "审计、事件与产品自述",
    en: "Audit, events, the product itself",
    tags: &[
        ("audit", "审计。Who did what, when; it can be proven."),
        ("events", "事件。The feed other systems follow."),
        ("meta", "产品自述。What the product says about itself."),
    ],
    routes: |into| {
        crate::meta::routes(into);
        crate::audit::routes(into);
        crate::event::routes(into);
    },
};
