//! How important and how sensitive a customer is (分级), and what is sealed because of that. `[CUS-4; 000 §5.1]`

use super::{CLASSIFIED, Customer, CustomerImportance, CustomerSensitivity, Rules};
use crate::spine::{Change, Refusal};
use serde_json::json;

impl Customer {
    /// Says how important and how sensitive it is; none where that is known already. By the classes and the company's rules
    /// its personal data are sealed at rest from now on, or no longer.
    ///
    /// # Errors
    /// A file that is not active.
    pub fn classify(
        self,
        importance: CustomerImportance,
        sensitivity: CustomerSensitivity,
        rules: &Rules,
    ) -> Result<Option<Change<Self>>, Refusal> {
        self.ensure_active()?;
        if (self.importance, self.sensitivity) == (importance, sensitivity) {
            return Ok(None);
        }
        let is_sealed = rules.content.seals(importance, sensitivity);
        let mut after = Self { importance, sensitivity, ..self.clone() };
        after.content.personal.is_sealed = is_sealed;
        let mut before = self;
        // What is sealed from now on does not go into the trail as what it was before.
        before.content.personal.is_sealed |= is_sealed;
        let facts = json!({"number": after.number, "importance": importance.code(),
            "sensitivity": sensitivity.code(), "sealed": is_sealed});
        Ok(Some(Change::updated(before, after, CLASSIFIED, facts)))
    }
}
