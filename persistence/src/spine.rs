//! What every context's persistence hangs on.

mod access;
mod action;
mod apply;
mod audit;
mod cached;
mod clock;
mod column;
mod database;
mod engine;
mod event;
mod explanation;
mod failure;
mod idempotency;
mod ledger;
mod master;
mod number;
mod page;
mod pool;
mod reader;
mod sight;
mod tx;
mod writer;

pub use access::{Credential, Principal};
pub use action::{ActionView, Place, Placed, RefusalView};
pub use audit::{AuditEntryView, AuditFilter, AuditVerdict, erase_content, list_audit, verify_audit};
pub use clock::{SequentialIds, SystemClock, TestClock, TimeOrderedIds};
pub use column::{Instant, Key, SqlId, SqlInstant};
pub use database::{Database, Options};
pub use engine::EngineKind;
pub use event::{EventFilter, EventView, list_events};
pub use explanation::{ExplanationView, explanations_of};
pub use failure::{Failure, Fault};
pub use idempotency::IdempotencyKey;
pub use page::{Page, Slice};
pub use reader::Reader;
pub use tx::{Answered, Request, StoredAnswer, Tx};

pub(crate) use apply::{Stored, guard, save_row};
pub(crate) use cached::{cached, padded, pieces};
pub(crate) use engine::{Connection, Engine, db, insert_all, insert_missing, load_locked};
pub(crate) use failure::is_taken;
pub(crate) use number::next_number;
pub(crate) use page::keyset;
pub(crate) use sight::{Sight, within};
