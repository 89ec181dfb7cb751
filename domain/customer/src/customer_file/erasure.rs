//! Everything personal is destroyed (彻底销毁); what the books need stays: the number, the kind, and that there was somebody.
//! `[CUS-9; 000 §5.1]`

use super::{Customer, CustomerContent, CustomerStatus, ERASED, ERASED_ALREADY, Personal};
use crate::spine::{Change, Citation, Refusal, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// What stands for the name of somebody who is erased.
pub const ERASED_NAME: &str = "（已删除）";

impl Customer {
    /// Destroys what is personal. The change says nothing of what was: the trail must not keep what is to be gone.
    ///
    /// # Errors
    /// One that is erased already.
    pub fn erase(self, at: Timestamp) -> Result<Change<Self>, Refusal> {
        if matches!(self.status, CustomerStatus::Erased { .. }) {
            let refusal = Refusal::new(ERASED_ALREADY).with("number", self.number);
            return Err(refusal.citing(Citation::rule("CUS-9")));
        }
        let CustomerContent { kind, industry, region, channel, .. } = self.content;
        let content = CustomerContent {
            kind,
            name: ERASED_NAME.to_owned(),
            tax_number: None,
            industry,
            region,
            channel,
            needs: None,
            tags: Vec::new(),
            external: None,
            metadata: BTreeMap::new(),
            personal: Personal::default(),
        };
        let before = Self { content, verification_due_on: None, completeness: 0, ..self };
        let after = Self { status: CustomerStatus::Erased { at }, ..before.clone() };
        let facts = json!({"number": after.number});
        Ok(Change::updated(before, after, ERASED, facts))
    }
}
