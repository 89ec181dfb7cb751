//! What may be done with a suggestion now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::spine::Permission;

/// A named action on a suggestion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationSuggestionActionName)]
pub enum RegulationSuggestionAction {
    /// Look into it.
    TakeUp,
    /// Take it up in a draft.
    Adopt,
    /// Do not take it up.
    Decline,
    /// Join it to another.
    Join,
}

crate::labels! { RegulationSuggestionAction = "RegulationSuggestionActionName":
    TakeUp = "take_up", "评审", "Look into it";
    Adopt = "adopt", "采纳", "Adopt";
    Decline = "decline", "不采纳", "Decline";
    Join = "join", "合并", "Join";
}

impl RegulationSuggestion {
    /// Every action that the caller's permissions allow in the issuing department, with the refusal it would meet.
    pub fn actions(&self, by: &Actor) -> Vec<(RegulationSuggestionAction, Result<(), Refusal>)> {
        let answers = by.may(Permission::DraftRegulations)
            && by.reach(Permission::DraftRegulations).covers(self.department, false);
        let tried = |action| match action {
            RegulationSuggestionAction::TakeUp if self.status != SuggestionStatus::Filed => {
                Err(cite(self.refused(ALREADY_ANSWERED)))
            }
            _ => self.may_answer(),
        };
        RegulationSuggestionAction::ALL
            .into_iter()
            .filter(|_| answers)
            .map(|action| (action, tried(action)))
            .collect()
    }
}
