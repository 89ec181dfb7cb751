//! Budgets (营销预算): what a fiscal year's money is planned for, from draft to active. `[BUD-1 … BUD-3]`

use crate::spine::Id;
use serde::Serialize;

/// A budget of a fiscal year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Budget {
    /// Identity.
    pub id: Id<Self>,
}
