//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod announcement;
mod webhook;

pub use announcement::*;
pub use persistence_base_tables::*;
pub use webhook::*;

use persistence_spine_tables as spine;

spine::together!(announcement_receipts, announcements);
spine::together!(webhook_cursors, webhook_endpoints);
spine::beside!(announcement_receipts, announcements; (employees));
