//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod announcement;
mod notice_preference;
mod regulation;
mod webhook;

pub use announcement::*;
pub use notice_preference::*;
pub use persistence_base_tables::*;
pub use regulation::*;
pub use webhook::*;

use persistence_spine_tables as spine;

spine::together!(announcement_receipts, announcements);
spine::together!(
    regulation_acknowledgements,
    regulation_askings,
    regulation_clauses,
    regulation_suggestions,
    regulation_versions,
    regulations,
);
spine::together!(webhook_cursors, webhook_endpoints);
spine::beside!(announcement_receipts, announcements; (employees));
spine::beside!(
    regulation_acknowledgements, regulation_suggestions, regulation_versions, regulations;
    (departments, document_readers, employees, policies)
);
