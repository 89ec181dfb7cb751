//! What may be done with a filing now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::Filing;
use crate::spine::{Actor, BusinessDate, Permission, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on a filing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FilingActionName)]
pub enum FilingAction {
    /// Change what a draft says.
    Revise,
    /// File it.
    File,
    /// Extend it, once.
    Extend,
    /// Give it up.
    Release,
    /// Agree to it.
    Protect,
    /// Refuse it.
    Refuse,
    /// Rule on it, where it is contested.
    Rule,
}

crate::labels! { FilingAction = "FilingActionName":
    Revise = "revise", "修改", "Revise";
    File = "file", "提交报备", "File";
    Extend = "extend", "申请延期", "Extend";
    Release = "release", "释放", "Release";
    Protect = "protect", "审核通过", "Protect";
    Refuse = "refuse", "审核不通过", "Refuse";
    Rule = "rule", "裁决", "Rule";
}

impl Filing {
    /// Every action that is the caller's kind of action, with the refusal it would meet; what meets a rival is said when it
    /// is filed.
    pub fn actions(&self, by: &Actor, today: BusinessDate) -> Vec<(FilingAction, Result<(), Refusal>)> {
        let (files, reviews) = (
            by.may(Permission::SubmitFilings),
            by.reach(Permission::ReviewFilings).covers(self.department, false),
        );
        let allowed = |action| match action {
            FilingAction::Revise | FilingAction::File => files.then(|| self.may_revise(by)),
            FilingAction::Extend => files.then(|| self.may_extend(by, today)),
            FilingAction::Release => files.then(|| self.may_release(by)),
            FilingAction::Protect | FilingAction::Refuse => reviews.then(|| self.may_review(by)),
            FilingAction::Rule => reviews.then(|| self.may_rule(by)),
        };
        FilingAction::ALL.into_iter().filter_map(|action| Some((action, allowed(action)?))).collect()
    }
}
