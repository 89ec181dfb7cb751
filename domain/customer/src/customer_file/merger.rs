//! Another file stands for the same customer, until that is undone. `[CUS-3]`

use super::{Customer, CustomerId, CustomerStatus, MERGED, UNMERGED};
use crate::spine::{BusinessDate, Change, Refusal, Timestamp};
use serde_json::json;

impl Customer {
    /// Lets another file stand for it. What it says stays as it is.
    ///
    /// # Errors
    /// A file that is not active.
    pub fn merge_into(self, into: CustomerId, at: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_active()?;
        let status = CustomerStatus::Merged { into, at };
        let after = Self { status, verification_due_on: None, ..self.clone() };
        let facts = json!({"number": self.number, "into_id": into});
        Ok(Change::updated(self, after, MERGED, facts))
    }

    /// Lets it stand for itself again; somebody has to look whether it is still true.
    pub fn unmerge(self, today: BusinessDate) -> Change<Self> {
        let after = Self { status: CustomerStatus::Active, verification_due_on: Some(today), ..self.clone() };
        let facts = json!({"number": self.number});
        Change::updated(self, after, UNMERGED, facts)
    }
}
