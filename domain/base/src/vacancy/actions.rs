//! What may be done with a vacancy now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;

/// A named action on a vacancy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VacancyActionName)]
pub enum VacancyAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// End it, once it is approved.
    Cancel,
}

crate::labels! { VacancyAction = "VacancyActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Cancel = "cancel", "取消", "Cancel";
}

impl Vacancy {
    /// Every action, with the refusal it would meet; none for who may not ask for anything.
    pub fn actions(
        &self,
        owner: Owner,
        by: &Actor,
        today: BusinessDate,
    ) -> Vec<(VacancyAction, Result<(), Refusal>)> {
        if !by.may(Permission::RequestVacancies) {
            return Vec::new();
        }
        VacancyAction::ALL
            .into_iter()
            .map(|action| {
                let allowed = match action {
                    VacancyAction::Revise => self.may_revise(by),
                    VacancyAction::Submit => self.check_submission(by, today),
                    VacancyAction::Withdraw => self.may_withdraw(by),
                    VacancyAction::Void => self.may_void(owner, by),
                    VacancyAction::Cancel => self.may_cancel(by, today),
                };
                (action, allowed)
            })
            .collect()
    }
}
