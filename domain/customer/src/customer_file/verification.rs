//! Somebody looks whether a file is still true (核查), again and again. `[CUS-3; 000 §5.1]`

use super::{Customer, CustomerStatus, Rules, VERIFICATION_DUE, VERIFIED};
use crate::spine::{BusinessDate, Change, Refusal};
use serde_json::json;

impl Customer {
    /// Calls for its verification, once its day has come; none where it has not, or was called for already.
    pub fn call_for_verification(self, today: BusinessDate) -> Option<Change<Self>> {
        let due_on = self.verification_due_on.filter(|due_on| *due_on <= today)?;
        if self.status != CustomerStatus::Active {
            return None;
        }
        let after = Self { verification_due_on: None, ..self.clone() };
        let facts = json!({"number": self.number, "due_since": due_on});
        Some(Change::updated(self, after, VERIFICATION_DUE, facts))
    }

    /// Says on a day that it is true as it stands.
    ///
    /// # Errors
    /// A file that is not active.
    pub fn verify(self, today: BusinessDate, rules: &Rules) -> Result<Change<Self>, Refusal> {
        self.ensure_active()?;
        let due_on = rules.content.verified_until(today);
        let after = Self { verified_on: Some(today), verification_due_on: Some(due_on), ..self.clone() };
        let facts = json!({"number": self.number, "again_on": due_on});
        Ok(Change::updated(self, after, VERIFIED, facts))
    }
}
