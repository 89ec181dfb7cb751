//! The one door to the database, and what every context's persistence hangs on.

mod access;
mod action;
mod apply;
mod audit;
mod audit_head;
mod cached;
mod clock;
mod database;
mod engine;
mod event;
mod explanation;
mod export;
mod failure;
mod filter;
mod gate;
mod health;
mod hold;
mod idempotency;
mod lease;
mod ledger;
mod master;
mod number;
mod order;
mod page;
mod pool;
mod reader;
mod resource;
mod seal;
mod sight;
mod ticket;
mod tiding;
mod tx;
mod view;
mod wing;
mod writer;

pub use access::{Credential, Credentials, Principal, Stands};
pub use action::{ActionView, Place, Placed, RefusalView};
pub use audit::{AuditVerdict, Row as AuditRow, erase_content, notice, verify_audit};
pub use audit_head::{AuditHead, HeadVerdict, audit_head, holds_head, tell_head};
pub use clock::{SequentialIds, SystemClock, TestClock, TimeOrderedIds};
pub use database::{Database, Options, Unready};
pub use engine::EngineKind;
pub use event::{EventFilter, EventView, list_events};
pub use explanation::{ExplanationView, explanations_of};
pub use export::{AsItIs, Cell, Column, ExportGate, Exported, Label, ToCell};
pub use failure::{Failure, Fault};
pub use filter::{Amount, Amounts, Filter, Several};
pub use gate::Gate;
pub use hold::{Lock, Shared, in_order, several};
pub use idempotency::IdempotencyKey;
pub use master::Master;
pub use order::Order;
pub use page::{Mark, Page, Slice, SortKey};
pub use reader::Reader;
pub use resource::{Moved, Resource};
pub use seal::Seal;
pub use ticket::{keep_ticket, take_ticket};
pub use tiding::{Heard, Tiding, Tidings, entities, feed_head, hear, missed};
pub use tx::{Answered, Follows, Request, StoredAnswer, Told, Tx};
pub use view::{Refers, Target, View, in_json};
pub use wing::{House, Part, Wing};

/// The spine as the keeper of its entities.
pub struct Spine;

// What contexts are made of. The edge has no use for it, and a check sees to that.
pub use apply::{Stored, guard};
pub use cached::{cached, padded, pieces};
pub use engine::{Connection, Engine};
pub use failure::is_taken;
pub use filter::{Condition, Fragment, Operand, Where};
pub use number::next_number;
pub use order::{Choice, Seek, SortColumn, Sortable, Sorted};
pub use persistence_spine_tables::{self as schema, Instant, Key, SqlId, SqlInstant};
pub use sight::Sight;

// One name inside and outside: macros and whoever uses this say `spine`.
pub extern crate self as spine;
