//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod announcement;
mod regulation;

pub use announcement::*;
pub use persistence_base_tables::*;
pub use regulation::*;

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
spine::beside!(announcement_receipts, announcements; (employees));
spine::beside!(
    regulation_acknowledgements, regulation_suggestions, regulation_versions, regulations;
    (departments, document_readers, employees, policies)
);
