//! The HTTP edge: what every context's edge hangs on.

pub mod address;
mod answer;
mod argument;
mod at;
mod authenticate;
mod background;
mod batch;
mod body;
mod bounds;
/// Figures as a picture.
pub mod chart;
mod conform;
mod edge;
pub mod event;
mod expand;
mod export;
mod guard;
pub mod import;
mod items;
mod limit;
mod meaning;
mod merge;
pub mod notice;
mod openapi;
mod page;
mod parameter;
mod patience;
mod per_type;
mod problem;
mod query;
mod registry;
mod said;
mod sample;
mod secret;
mod settings;
mod shape;
mod state;
pub mod stream;
mod tidy;
mod upload;
mod wanted;
mod wing;
mod work;

pub use answer::{Answer, Created, Done, Either, Listing, PerItem, Reply};
pub use argument::{Argument, Described, Description, Guarded};
pub use at::At;
pub use authenticate::{Doorkeeper, authenticate};
pub use background::{Attempts, Chore, Every, each, start as start_chores};
pub use batch::{Batch, BatchMode, Batched, ItemOutcome, all_or_none};
pub use body::{JSON_BYTES_MAX, Valid};
pub use conform::differences_in;
pub use edge::edge;
pub use export::{Cell, Column, Exported, Format, Label, List, Listed, attachment, csv_text};
pub use guard::{Access, Can, Guard, Public, SignedIn};
pub use items::Items;
pub use limit::limit;
pub use merge::{Merge, Merged};
pub use openapi::{Composed, document};
pub use page::Paged;
pub use parameter::{IfMatch, PathId, PathOf, Query, version_in};
pub use patience::Patience;
pub use problem::{EdgeCode, Meaning, Problem, catalogue, codes};
pub use registry::{RouteInfo, Routes, get_only, read_route};
pub use said::{LongReason, Note, Reason};
pub use secret::random_text;
pub use settings::ServerSettings;
pub use state::{AppState, Parts};
pub use stream::{EventStream, Listening};
pub use upload::{ARRIVAL_MAX, Arriving, Upload};
pub use wanted::Wanted;
pub use wing::Wing;
pub use work::{ByRules, Reading, UnitOfWork, Unrehearsed};

pub use persistence::spine::{Refers, View};

pub use answer::is_known;

// `routes!` needs it wherever it is said.
#[doc(hidden)]
pub use pastey;

// One name inside and outside: macros and whoever uses this say `spine`.
pub extern crate self as spine;
