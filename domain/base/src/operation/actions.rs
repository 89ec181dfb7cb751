//! What may be done with a long operation now, and if not why. `[ACT-1]`

use super::Operation;
use crate::spine::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on a long operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OperationActionName)]
pub enum OperationAction {
    /// Stop it.
    Cancel,
}

crate::labels! { OperationAction = "OperationActionName":
    Cancel = "cancel", "取消", "Cancel";
}

impl Operation {
    /// Every action with the refusal it would meet.
    pub fn actions(&self) -> impl Iterator<Item = (OperationAction, Result<(), Refusal>)> {
        OperationAction::ALL.into_iter().map(|action| match action {
            OperationAction::Cancel => (action, self.ensure_not_over()),
        })
    }
}
