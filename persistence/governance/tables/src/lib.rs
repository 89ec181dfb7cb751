//! The tables of governance.
#![allow(clippy::wildcard_imports, missing_docs)]

mod regulation;

pub use persistence_base_tables::*;
pub use regulation::*;

use persistence_spine_tables as spine;

spine::together!(
    regulation_acknowledgements,
    regulation_askings,
    regulation_clauses,
    regulation_suggestions,
    regulation_versions,
    regulations,
);
spine::beside!(
    regulation_acknowledgements, regulation_suggestions, regulation_versions, regulations;
    (departments, document_readers, employees, policies)
);
mod announcement;

pub use announcement::*;
pub use persistence_base_tables::*;

use persistence_spine_tables as spine;

spine::together!(announcement_receipts, announcements);
spine::beside!(announcement_receipts, announcements; (employees));
