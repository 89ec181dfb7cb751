//! Documents of people who have left. What such a document holds — the invoices of a claim, the period of a statement —
//! would be held for ever, since only its owner ends it; so whoever keeps the books may end it then.
//!
//! Deliberately not here: writing or submitting it in the leaver's place. What was owed is asked for anew.

use crate::spine::{Actor, Department, Id, Permission};

/// Whether the person who answers for a document still works here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// They do.
    Here,
    /// They have left.
    Left,
}

impl Owner {
    /// Whether a caller may end a document in its owner's place: the owner has left, and the caller's permission
    /// reaches the document's department.
    pub fn is_stood_in_for(self, by: &Actor, permission: Permission, department: Id<Department>) -> bool {
        self == Self::Left && by.reach(permission).covers(department, false)
    }
}
