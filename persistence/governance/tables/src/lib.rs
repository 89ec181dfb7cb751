//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod announcement;

pub use announcement::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(announcement_receipts, announcements);
spine::beside!(announcement_receipts, announcements; (employees));
